// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Runs the tests of pagemaps, which are in the driver itself.
 */

#include <linux/module.h>

#include "tests/xe_pagemap_fake.h"

kunit_test_suite(xe_pagemap_path_suite);
kunit_test_suite(xe_pagemap_topology_suite);
kunit_test_suite(xe_vm_pagemap_suite);

MODULE_DESCRIPTION("KUnit tests of pagemaps in xe");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
