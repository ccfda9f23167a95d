/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/* Where an IGT tree has its copy of the kernel's header. */
#include <drm/xe_drm.h>
