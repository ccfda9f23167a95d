/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VGPUSVM_PREFS_H_
#define _VGPUSVM_PREFS_H_

#include <linux/types.h>

/* Maximum number of parts of a VM's preferences, similar to vm.max_map_count */
#define VGPUSVM_MAX_PARTS	65536

struct drm_pagemap_node;
struct vgpusvm_vm;

/**
 * struct vgpusvm_pref - Preference of a part of the address space
 * @start: Start of the part.
 * @end: End of the part, exclusive.
 * @node: Preferred pagemap, or %NULL; the VM has a reference.
 */
struct vgpusvm_pref {
	unsigned long start;
	unsigned long end;
	struct drm_pagemap_node *node;
};

void vgpusvm_prefs_init(struct vgpusvm_vm *vm);
void vgpusvm_prefs_fini(struct vgpusvm_vm *vm);
void vgpusvm_prefs_at(struct vgpusvm_vm *vm, unsigned long addr,
		      struct vgpusvm_pref *pref);
struct drm_pagemap_node *
vgpusvm_prefs_keep_node(struct vgpusvm_vm *vm, struct drm_pagemap_node *node);
int vgpusvm_prefs_set(struct vgpusvm_vm *vm, unsigned long start,
		      unsigned long end, struct drm_pagemap_node *node);

#endif
