// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * GPU page faults: find or make the range, move its pages to where it prefers
 * to be, map them.
 */

#include <linux/cleanup.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>

#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_topology.h>

#include "vgpusvm_device.h"
#include "vgpusvm_fault.h"
#include "vgpusvm_pagemap.h"
#include "vgpusvm_prefs.h"
#include "vgpusvm_range.h"
#include "vgpusvm_vm.h"

/* Everything a fault needs may be taken away again before it is mapped */
#define VGPUSVM_FAULT_TRIES	10
/* Memory that can't be accessed may have been unmapped and mapped again */
#define VGPUSVM_REFUSALS	3
/* Moving is an optimization, so it has fewer */
#define VGPUSVM_MIGRATE_TRIES	3

/*
 * Two GPUs that want the same pages in different places may each undo what the
 * other did. Who has failed once works alone.
 */
static DECLARE_RWSEM(vgpusvm_migrate_lock);

/**
 * struct vgpusvm_fault_state - What a fault has found out so far
 * @fault: The fault.
 * @ctx: For drm_gpusvm.
 * @range: The range.
 * @dpagemap: Where it prefers to be; %NULL if nowhere, or that is out of reach.
 *	      With a reference.
 * @max_size: The largest range that makes sense here.
 * @migrate_tries: How often to try to move the pages yet.
 * @unshare: The pages came to system memory to be copied, where they are shared;
 *	     they are not to be moved before that.
 * @refusals: How often the memory was found to be inaccessible.
 */
struct vgpusvm_fault_state {
	struct vgpusvm_fault *fault;
	struct drm_gpusvm_ctx ctx;
	struct vgpusvm_range *range;
	struct drm_pagemap *dpagemap;
	unsigned long max_size;
	int migrate_tries;
	bool unshare;
	unsigned int refusals;
};

static int vgpusvm_fault_find_range(struct vgpusvm_vm *vm,
				    struct vgpusvm_fault_state *state,
				    const struct vgpusvm_pref *pref)
{
	unsigned long addr = state->fault->addr;
	unsigned long start = max(pref->start,
				  ALIGN_DOWN(addr, state->max_size));
	unsigned long end = min(pref->end,
				ALIGN_DOWN(addr, state->max_size) +
				state->max_size);
	struct drm_gpusvm_range *base;

	base = drm_gpusvm_range_find_or_insert(&vm->svm, addr, start, end,
					       &state->ctx);
	if (!IS_ERR(base)) {
		state->range = to_vgpusvm_range(base);
		return 0;
	}

	switch (PTR_ERR(base)) {
	case -EPERM:
		/* No write access: fine for a GPU that only reads */
		if (state->fault->write || state->ctx.read_only)
			return -EFAULT;
		state->ctx.read_only = true;
		return -EAGAIN;
	case -ENOENT:
	case -EIO:
	case -EINVAL:
		return -EFAULT;
	default:
		return PTR_ERR(base);
	}
}

/* Too large a range, from before something said so, makes way for others. */
static bool vgpusvm_fault_range_fits(struct vgpusvm_vm *vm,
				     struct vgpusvm_fault_state *state)
{
	if (drm_gpusvm_range_size(&state->range->base) <= state->max_size)
		return true;

	vgpusvm_range_remove(vm, state->range);

	return false;
}

static int vgpusvm_fault_resolve(struct vgpusvm_vm *vm,
				 struct vgpusvm_fault_state *state,
				 const struct vgpusvm_pref *pref)
{
	struct drm_pagemap *dpagemap;

	if (!pref->node || state->dpagemap)
		return 0;

	dpagemap = drm_pagemap_node_resolve(pref->node, vm->group);
	if (!IS_ERR(dpagemap)) {
		state->dpagemap = dpagemap;
		return 0;
	}

	/* Used where they are, as long as the GPU that is preferred is away */
	return state->fault->place ? PTR_ERR(dpagemap) : 0;
}

static int vgpusvm_populate(struct vgpusvm_vm *vm, struct vgpusvm_range *range,
			    struct drm_pagemap *dpagemap)
{
	return drm_pagemap_populate_mm(dpagemap,
				       drm_gpusvm_range_start(&range->base),
				       drm_gpusvm_range_end(&range->base),
				       vm->mm, READ_ONCE(vgpusvm_timeslice_ms));
}

static int vgpusvm_populate_retrying(struct vgpusvm_vm *vm,
				     struct vgpusvm_range *range,
				     struct drm_pagemap *dpagemap)
{
	int err;

	err = down_read_interruptible(&vgpusvm_migrate_lock);
	if (err)
		return -EINTR;
	err = vgpusvm_populate(vm, range, dpagemap);
	up_read(&vgpusvm_migrate_lock);
	if (err != -EBUSY)
		return err;

	/* Pages that can't be moved from where they are may be from elsewhere */
	if (down_write_killable(&vgpusvm_migrate_lock))
		return -EINTR;
	drm_gpusvm_range_evict(&vm->svm, &range->base);
	err = vgpusvm_populate(vm, range, dpagemap);
	up_write(&vgpusvm_migrate_lock);

	return err;
}

static void vgpusvm_fault_fall_back(struct vgpusvm_vm *vm,
				    struct vgpusvm_fault_state *state,
				    bool elsewhere)
{
	unsigned long size = drm_gpusvm_range_size(&state->range->base);

	/* Never silently on another pagemap */
	if (elsewhere)
		drm_gpusvm_range_evict(&vm->svm, &state->range->base);
	vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_FALLBACKS, 1);
	vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_FALLBACK_BYTES, size);
	state->fault->fallback = size;
	state->migrate_tries = 0;
}

static void vgpusvm_count_migration(struct vgpusvm_vm *vm,
				    struct vgpusvm_fault_state *state)
{
	struct vgpusvm_region *region =
		to_vgpusvm_pagemap(state->dpagemap)->region;

	vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_MIGRATIONS, 1);
	vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_MIGRATED_BYTES +
			    vgpusvm_place(vm->vdev, region),
			    drm_gpusvm_range_size(&state->range->base));
}

static int vgpusvm_fault_migrate(struct vgpusvm_vm *vm,
				 struct vgpusvm_fault_state *state)
{
	struct vgpusvm_range *range = state->range;
	enum drm_gpusvm_scan_result scan;
	int err;

	if (!state->dpagemap || !range->base.flags.migrate_devmem ||
	    state->migrate_tries <= 0 || state->unshare)
		return 0;

	scan = drm_gpusvm_scan_mm(&range->base,
				  state->ctx.device_private_page_owner,
				  state->dpagemap->pagemap);
	if (scan == DRM_GPUSVM_SCAN_EQUAL)
		return 0;

	state->migrate_tries--;
	err = vgpusvm_populate_retrying(vm, range, state->dpagemap);
	switch (err) {
	case 0:
		vgpusvm_count_migration(vm, state);
		return 0;
	case -ENOSPC:
	case -ENOMEM:
		vgpusvm_fault_fall_back(vm, state,
					scan != DRM_GPUSVM_SCAN_SYSTEM);
		return 0;
	case -ENODEV:
		state->migrate_tries = 0;
		return state->fault->place ? err : 0;
	case -EINTR:
		return err;
	case -EBUSY:
		if (state->migrate_tries)
			return -EAGAIN;
		return state->fault->place ? err : 0;
	default:
		/* It was unmapped, or split, or is another mapping by now */
		vgpusvm_range_remove(vm, range);
		state->migrate_tries++;
		return -EAGAIN;
	}
}

/* Pages of two pagemaps: each range has to do with one. */
static void vgpusvm_fault_split(struct vgpusvm_vm *vm,
				struct vgpusvm_fault_state *state)
{
	unsigned long size = drm_gpusvm_range_size(&state->range->base);

	if (size > SZ_64K)
		state->max_size = SZ_64K;
	else if (size > PAGE_SIZE)
		state->max_size = PAGE_SIZE;
	else
		drm_gpusvm_range_evict(&vm->svm, &state->range->base);
}

/*
 * The protection of the memory, or a part of it, is not what it was when the
 * range was made. A new one is within what has one protection, and is checked.
 */
static int vgpusvm_fault_refused(struct vgpusvm_vm *vm,
				 struct vgpusvm_fault_state *state)
{
	vgpusvm_range_remove(vm, state->range);

	return ++state->refusals < VGPUSVM_REFUSALS ? -EAGAIN : -EFAULT;
}

/*
 * Returns whether to map the pages for writing, -EAGAIN if they have to become
 * writable first. By a fault of the CPU's kind, which copies what is shared.
 */
static int vgpusvm_fault_may_write(struct vgpusvm_vm *vm,
				   struct vgpusvm_fault_state *state)
{
	struct vgpusvm_range *range = state->range;
	int ret;

	if (state->ctx.read_only)
		return 0;

	ret = vgpusvm_range_may_write(vm, range);
	if (ret == -EBUSY)
		return -EAGAIN;
	if (ret || !state->fault->write)
		return ret;

	drm_gpusvm_range_evict(&vm->svm, &range->base);
	state->unshare = true;

	return -EAGAIN;
}

/* Pages that are not where they prefer to be, although that may yet succeed. */
static bool vgpusvm_fault_misplaced(const struct vgpusvm_fault_state *state)
{
	const struct vgpusvm_range *range = state->range;

	if (!state->dpagemap || !range->base.flags.migrate_devmem ||
	    range->pages.dpagemap == state->dpagemap)
		return false;

	/* Only who asked for the place would rather have nothing else. */
	return state->migrate_tries > 0 ||
	       (state->fault->place && !state->fault->fallback);
}

static int vgpusvm_fault_map(struct vgpusvm_vm *vm,
			     struct vgpusvm_fault_state *state)
{
	struct vgpusvm_range *range = state->range;
	int err;

	err = drm_gpusvm_get_pages(&vm->svm, &range->pages, vm->mm,
				   &range->base.notifier->notifier,
				   drm_gpusvm_range_start(&range->base),
				   drm_gpusvm_range_end(&range->base),
				   &state->ctx);
	switch (err) {
	case 0:
		break;
	case -EOPNOTSUPP:
		vgpusvm_fault_split(vm, state);
		return -EAGAIN;
	case -EFAULT:
	case -EPERM:
		return vgpusvm_fault_refused(vm, state);
	case -EBUSY:
	case -ETIME:
		return -EAGAIN;
	default:
		return err;
	}

	/* To write, pages that are shared since a fork had to be copied */
	state->unshare = false;
	if (vgpusvm_fault_misplaced(state)) {
		vgpusvm_range_unmap(vm, range);
		if (state->migrate_tries > 0)
			return -EAGAIN;
		return -EBUSY;
	}

	err = vgpusvm_fault_may_write(vm, state);

	return err < 0 ? err : vgpusvm_range_map(vm, range, err);
}

static int vgpusvm_fault_try(struct vgpusvm_vm *vm,
			     struct vgpusvm_fault_state *state)
{
	struct vgpusvm_fault *fault = state->fault;
	struct vgpusvm_range *range;
	struct vgpusvm_pref pref;
	int err;

	/* First, so that no range is left of what was unmapped */
	vgpusvm_range_gc(vm);
	vgpusvm_prefs_at(vm, fault->addr, &pref);
	err = vgpusvm_fault_resolve(vm, state, &pref);
	if (err)
		return err;

	err = vgpusvm_fault_find_range(vm, state, &pref);
	if (err)
		return err;
	if (!vgpusvm_fault_range_fits(vm, state))
		return -EAGAIN;

	range = state->range;
	if (range->mapped && !fault->place) {
		if (range->writable || !fault->write)
			return 0;
		vgpusvm_range_unmap(vm, range);
	}

	err = vgpusvm_fault_migrate(vm, state);
	if (err)
		return err;

	return vgpusvm_fault_map(vm, state);
}

/**
 * vgpusvm_fault() - Serve a GPU page fault
 * @vm: The VM, locked and checked. In drm_dev_enter() of its GPU.
 * @fault: The fault.
 *
 * Return: 0; -EFAULT if nothing is mapped there or the access is not allowed;
 * -EBUSY if others interfere all the time; -EINTR; -ENOMEM; with
 * &vgpusvm_fault.place also why the preferred pagemap can't be used.
 */
int vgpusvm_fault(struct vgpusvm_vm *vm, struct vgpusvm_fault *fault)
{
	struct vgpusvm_fault_state state = {
		.fault = fault,
		.ctx = {
			.device_private_page_owner =
				drm_pagemap_group_owner(vm->group),
			.devmem_possible = 1,
			.allow_mixed = 1,
		},
		.max_size = SZ_2M,
		.migrate_tries = VGPUSVM_MIGRATE_TRIES,
	};
	unsigned int i;
	int err = -EAGAIN;

	lockdep_assert_held(&vm->lock);
	fault->fallback = 0;
	if (!fault->place)
		vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_FAULTS, 1);

	for (i = 0; i < VGPUSVM_FAULT_TRIES && err == -EAGAIN; i++) {
		if (signal_pending(current)) {
			err = -EINTR;
			break;
		}
		err = vgpusvm_fault_try(vm, &state);
	}
	drm_pagemap_put(state.dpagemap);
	if (!err)
		fault->end = drm_gpusvm_range_end(&state.range->base);

	return err == -EAGAIN ? -EBUSY : err;
}
