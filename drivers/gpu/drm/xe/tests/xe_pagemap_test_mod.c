// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Module that runs the tests of pagemaps. The tests are in the driver.
 */

#include <linux/module.h>

#include "tests/xe_pagemap_fake.h"

kunit_test_suite(xe_pagemap_topology_suite);
kunit_test_suite(xe_svm_unplug_suite);
kunit_test_suite(xe_vm_pagemap_suite);

MODULE_DESCRIPTION("KUnit tests of pagemaps in xe");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
