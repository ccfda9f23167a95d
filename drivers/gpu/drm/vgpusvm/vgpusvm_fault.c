// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * GPU page faults: find or create the range, move its pages to the preferred
 * pagemap, and map them.
 */

#include <linux/cleanup.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/wait.h>

#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_topology.h>
#include <drm/drm_print.h>

#include "vgpusvm_device.h"
#include "vgpusvm_fault.h"
#include "vgpusvm_mm.h"
#include "vgpusvm_options.h"
#include "vgpusvm_pages.h"
#include "vgpusvm_prefs.h"
#include "vgpusvm_range.h"
#include "vgpusvm_trace.h"
#include "vgpusvm_vm.h"

/* Attempts to serve a fault; pages may go away again before they are mapped */
#define VGPUSVM_FAULT_TRIES	16
/* Refused attempts; the memory may have been unmapped and mapped again */
#define VGPUSVM_REFUSALS	3
/* Attempts to move pages; fewer, because moving is an optimization */
#define VGPUSVM_MIGRATE_TRIES	3

/* State of a fault, in addition to errors */
enum {
	/* Nothing is left to do */
	VGPUSVM_FAULT_SERVED = 1,
	/* Another fault works on the range */
	VGPUSVM_FAULT_WAIT,
	/* The other fault has ended; this attempt does not count as failed */
	VGPUSVM_FAULT_AGAIN,
};

/**
 * struct vgpusvm_fault_state - State of a fault between attempts
 * @fault: The fault.
 * @ctx: Context for drm_gpusvm.
 * @range: Range of the address; claimed, unless it is mapped already.
 * @node: Preferred node of the range; the VM has a reference.
 * @dpagemap: Preferred pagemap, with a reference; %NULL if there is no
 *	      preference or the pagemap is not usable.
 * @max_size: Maximum size of the range.
 * @migrate_tries: Number of attempts left to move the pages.
 * @unshare: Set after shared pages were moved to system memory, until a CPU
 *	     fault has copied them. They must not move before that.
 * @unresolved: Set if the preferred pagemap was not usable.
 * @refusals: Number of attempts in which the memory was inaccessible.
 */
struct vgpusvm_fault_state {
	struct vgpusvm_fault *fault;
	struct drm_gpusvm_ctx ctx;
	struct vgpusvm_range *range;
	struct drm_pagemap_node *node;
	struct drm_pagemap *dpagemap;
	unsigned long max_size;
	int migrate_tries;
	bool unshare;
	bool unresolved;
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
		/* The mapping is read-only, which suffices for a read */
		if (state->fault->write || state->ctx.read_only)
			return -EFAULT;
		state->ctx.read_only = true;
		return -EAGAIN;
	case -ENOENT:
	case -EIO:
	case -EINVAL:
		return -EFAULT;
	default:
		/* A GPU that is being removed creates no new ranges */
		return vgpusvm_vm_check(vm) ?: PTR_ERR(base);
	}
}

static u32 vgpusvm_fault_id(const struct vgpusvm_fault_state *state)
{
	return state->node ? drm_pagemap_node_id(state->node) :
			     DRM_VGPUSVM_PAGEMAP_NONE;
}

/* Take a new preference into account, which may have changed meanwhile. */
static bool vgpusvm_fault_knows(struct vgpusvm_fault_state *state,
				struct drm_pagemap_node *node)
{
	if (state->node != node) {
		drm_pagemap_put(state->dpagemap);
		state->dpagemap = NULL;
		state->migrate_tries = VGPUSVM_MIGRATE_TRIES;
		state->node = node;
	}

	return !node || state->dpagemap;
}

static int vgpusvm_fault_resolve(struct vgpusvm_vm *vm,
				 struct vgpusvm_fault_state *state,
				 const struct vgpusvm_pref *pref)
{
	struct drm_pagemap *dpagemap;

	if (vgpusvm_fault_knows(state, pref->node))
		return 0;

	dpagemap = vgpusvm_vm_resolve(vm, pref->node);
	if (!IS_ERR(dpagemap)) {
		state->dpagemap = dpagemap;
		return 0;
	}
	if (dpagemap == ERR_PTR(-ERESTARTSYS) || dpagemap == ERR_PTR(-EINTR))
		return -EINTR;
	if (state->fault->place)
		return PTR_ERR(dpagemap);

	/* Use the pages where they are while the preferred GPU is away */
	if (!state->unresolved) {
		vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_UNRESOLVED, 1);
		trace_vgpusvm_fallback(vm->vdev->drm.dev,
				       drm_pagemap_node_id(pref->node),
				       pref->start, pref->end,
				       PTR_ERR(dpagemap));
	}
	state->unresolved = true;

	return 0;
}

static int vgpusvm_populate(struct vgpusvm_vm *vm, struct vgpusvm_range *range,
			    struct drm_pagemap *dpagemap)
{
	const struct vgpusvm_region *region =
		to_vgpusvm_pagemap(dpagemap)->region;

	return drm_pagemap_populate_mm(dpagemap,
				       drm_gpusvm_range_start(&range->base),
				       drm_gpusvm_range_end(&range->base),
				       vm->mm, vgpusvm_region_timeslice(region));
}

/*
 * Two GPUs that prefer the same pages of a process in different places may undo
 * each other's moves. A GPU that has failed once retries alone.
 */
static int vgpusvm_populate_retrying(struct vgpusvm_vm *vm,
				     struct vgpusvm_range *range,
				     struct drm_pagemap *dpagemap)
{
	struct rw_semaphore *lock = &vm->shared->move_lock;
	int err;

	if (down_read_interruptible(lock))
		return -EINTR;
	err = vgpusvm_populate(vm, range, dpagemap);
	up_read(lock);
	if (err != -EBUSY)
		return err;

	/* Pages that can't move directly may move through system memory */
	if (down_write_killable(lock))
		return -EINTR;
	drm_gpusvm_range_evict(&vm->svm, &range->base);
	err = vgpusvm_populate(vm, range, dpagemap);
	up_write(lock);

	return err;
}

/* Move the pages to system memory: never leave them on another pagemap. */
static int vgpusvm_fault_fetch(struct vgpusvm_vm *vm,
			       struct vgpusvm_fault_state *state)
{
	int err = drm_gpusvm_range_evict(&vm->svm, &state->range->base);

	return err && err != -EINTR ? -EAGAIN : err;
}

static int vgpusvm_fault_fall_back(struct vgpusvm_vm *vm,
				   struct vgpusvm_fault_state *state,
				   bool elsewhere, int why)
{
	struct drm_gpusvm_range *base = &state->range->base;
	unsigned long size = drm_gpusvm_range_size(base);
	int err = elsewhere ? vgpusvm_fault_fetch(vm, state) : 0;

	if (err)
		return err;

	trace_vgpusvm_fallback(vm->vdev->drm.dev, vgpusvm_fault_id(state),
			       drm_gpusvm_range_start(base),
			       drm_gpusvm_range_end(base), why);
	drm_dbg(&vm->vdev->drm, "Can't move 0x%lx bytes at 0x%lx to pagemap %u: %pe\n",
		size, drm_gpusvm_range_start(base), vgpusvm_fault_id(state),
		ERR_PTR(why));

	state->fault->fallback = size;
	state->migrate_tries = 0;

	return 0;
}

static void vgpusvm_count_migration(struct vgpusvm_vm *vm,
				    struct vgpusvm_fault_state *state)
{
	struct vgpusvm_region *region =
		to_vgpusvm_pagemap(state->dpagemap)->region;

	/* An earlier attempt may have found no room */
	state->fault->fallback = 0;
	vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_MIGRATIONS, 1);
	vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_MIGRATED_BYTES +
			    vgpusvm_device_place(vm->vdev, region),
			    drm_gpusvm_range_size(&state->range->base));
}

/* Count what the caller is told: once for a fault, and nothing if the fault fails. */
static void vgpusvm_count_fallback(struct vgpusvm_vm *vm,
				   const struct vgpusvm_fault *fault)
{
	if (!fault->fallback)
		return;

	vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_FALLBACKS, 1);
	vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_FALLBACK_BYTES, fault->fallback);
}

/* Returns whether smaller ranges are possible, for the next attempt. */
static bool vgpusvm_fault_shrink(struct vgpusvm_fault_state *state)
{
	unsigned long size = drm_gpusvm_range_size(&state->range->base);

	if (size <= PAGE_SIZE)
		return false;

	state->max_size = size > SZ_64K ? SZ_64K : PAGE_SIZE;

	return true;
}

/*
 * The pages did not move in several attempts. A prefetch fails then, except
 * that guard pages, poisoned pages, and pages beyond the end of a file must not
 * keep their neighbours from moving.
 */
static int vgpusvm_fault_busy(struct vgpusvm_fault_state *state,
			      enum drm_gpusvm_scan_result scan)
{
	if (!state->fault->place)
		return 0;
	if (scan != DRM_GPUSVM_SCAN_UNPOPULATED)
		return -EBUSY;
	if (!vgpusvm_fault_shrink(state))
		return 0;

	state->migrate_tries = VGPUSVM_MIGRATE_TRIES;

	return -EAGAIN;
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
	trace_vgpusvm_migrate(vm->vdev->drm.dev, vgpusvm_fault_id(state),
			      drm_gpusvm_range_start(&range->base),
			      drm_gpusvm_range_end(&range->base), err);
	switch (err) {
	case 0:
		vgpusvm_count_migration(vm, state);
		return 0;
	case -EIO:
	case -ENOMEM:
		if (state->fault->place)
			return err;
		fallthrough;
	case -ENOSPC:
		return vgpusvm_fault_fall_back(vm, state,
					       scan != DRM_GPUSVM_SCAN_SYSTEM,
					       err);
	case -ENODEV:
		state->migrate_tries = 0;
		return state->fault->place ? err : 0;
	case -EINTR:
		return err;
	case -EBUSY:
		return state->migrate_tries ? -EAGAIN :
					      vgpusvm_fault_busy(state, scan);
	default:
		/* The mapping was unmapped, split or replaced */
		vgpusvm_range_doom(vm, range);
		state->migrate_tries++;
		return -EAGAIN;
	}
}

/* Use smaller ranges: a range can only map pages of one pagemap. */
static int vgpusvm_fault_split(struct vgpusvm_vm *vm,
			       struct vgpusvm_fault_state *state)
{
	if (vgpusvm_fault_shrink(state))
		return -EAGAIN;
	if (++state->refusals < VGPUSVM_REFUSALS)
		return vgpusvm_fault_fetch(vm, state) ?: -EAGAIN;

	return -EFAULT;
}

/*
 * At least a part of the memory is inaccessible. Its protection may have
 * changed since the range was created, so retry with a new range, which lies
 * within one protection and is checked against it. Then retry with smaller
 * ranges: a mapping can have guard pages, poisoned pages, and pages beyond the
 * end of its file.
 */
static int vgpusvm_fault_refused(struct vgpusvm_vm *vm,
				 struct vgpusvm_fault_state *state)
{
	vgpusvm_range_doom(vm, state->range);
	if (!state->refusals++)
		return -EAGAIN;

	if (vgpusvm_fault_shrink(state)) {
		/* The pages around the inaccessible ones can move */
		state->migrate_tries = VGPUSVM_MIGRATE_TRIES;
		return -EAGAIN;
	}

	return state->refusals < VGPUSVM_REFUSALS ? -EAGAIN : -EFAULT;
}

/*
 * Returns whether to map the pages for writing, or -EAGAIN if they have to
 * become writable first, by a CPU fault that copies shared pages.
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

/* Get the pagemap of the pages, for comparison only: the pages may go away. */
static struct drm_pagemap *
vgpusvm_fault_pagemap(const struct vgpusvm_fault_state *state)
{
	/* vgpusvm_range_map() checks the pages again under the notifier lock */
	return data_race(state->range->pages.dpagemap);
}

/* Check for pages that may still move to the preferred pagemap. */
static bool vgpusvm_fault_misplaced(const struct vgpusvm_fault_state *state)
{
	const struct vgpusvm_range *range = state->range;

	if (!state->dpagemap || !range->base.flags.migrate_devmem ||
	    vgpusvm_fault_pagemap(state) == state->dpagemap)
		return false;

	/* Only a prefetch fails if the pages do not reach the pagemap */
	return state->migrate_tries > 0 ||
	       (state->fault->place && !state->fault->fallback);
}

/* Check for pages on a third GPU when the preferred pagemap was full. */
static bool vgpusvm_fault_strayed(const struct vgpusvm_fault_state *state)
{
	struct drm_pagemap *dpagemap = vgpusvm_fault_pagemap(state);

	return state->fault->fallback && dpagemap &&
	       dpagemap != state->dpagemap;
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
		return vgpusvm_fault_split(vm, state);
	case -EFAULT:
	case -EPERM:
		return vgpusvm_fault_refused(vm, state);
	case -EBUSY:
	case -ETIME:
		return -EAGAIN;
	default:
		return err;
	}

	/* The CPU fault has copied pages that were shared since a fork */
	state->unshare = false;
	if (vgpusvm_fault_strayed(state)) {
		vgpusvm_range_unmap(vm, range);
		return vgpusvm_fault_fetch(vm, state) ?: -EAGAIN;
	}
	if (vgpusvm_fault_misplaced(state)) {
		vgpusvm_range_unmap(vm, range);
		if (state->migrate_tries > 0)
			return -EAGAIN;
		return -EBUSY;
	}

	err = vgpusvm_fault_may_write(vm, state);

	return err < 0 ? err : vgpusvm_range_map(vm, range, err);
}

/* Wait until the other fault unclaims the range. It may take a page fault. */
static int vgpusvm_fault_wait(struct vgpusvm_vm *vm,
			      struct vgpusvm_range *range)
{
	int err;

	err = wait_event_interruptible(vm->range_free,
				       !READ_ONCE(range->busy) ||
				       vgpusvm_vm_check(vm));
	drm_gpusvm_range_put(&range->base);

	return err ? -EINTR : VGPUSVM_FAULT_AGAIN;
}

/* Check whether another fault has mapped the address already. */
static bool vgpusvm_fault_is_served(const struct vgpusvm_fault_state *state)
{
	const struct vgpusvm_range *range = state->range;

	return READ_ONCE(range->mapped) && !state->fault->place &&
	       (READ_ONCE(range->writable) || !state->fault->write);
}

/*
 * Find and claim the range. Called with the VM locked.
 *
 * Returns 0 if the range is claimed, VGPUSVM_FAULT_SERVED if nothing is left to
 * do, or VGPUSVM_FAULT_WAIT, with a reference to the range, if another fault
 * works on it.
 */
static int vgpusvm_fault_begin_locked(struct vgpusvm_vm *vm,
				      struct vgpusvm_fault_state *state)
{
	struct vgpusvm_pref pref;
	int err;

	/* First remove ranges whose memory was unmapped */
	vgpusvm_range_gc(vm);
	vgpusvm_prefs_at(vm, state->fault->addr, &pref);
	err = vgpusvm_fault_resolve(vm, state, &pref);
	if (err)
		return err;

	err = vgpusvm_fault_find_range(vm, state, &pref);
	if (err)
		return err;

	state->fault->end = drm_gpusvm_range_end(&state->range->base);
	if (vgpusvm_fault_is_served(state))
		return VGPUSVM_FAULT_SERVED;
	if (!vgpusvm_range_claim(vm, state->range)) {
		drm_gpusvm_range_get(&state->range->base);
		return VGPUSVM_FAULT_WAIT;
	}

	return 0;
}

/* Work on a claimed range without the VM's lock, because this may take long. */
static int vgpusvm_fault_serve(struct vgpusvm_vm *vm,
			       struct vgpusvm_fault_state *state)
{
	struct vgpusvm_range *range = state->range;
	int err;

	/* Replace a range from before max_size was lowered by smaller ones */
	if (drm_gpusvm_range_size(&range->base) > state->max_size) {
		vgpusvm_range_doom(vm, range);
		return -EAGAIN;
	}
	/* Do not keep pages that were obtained for reading only */
	if (!state->fault->place || !READ_ONCE(range->mapped) ||
	    !READ_ONCE(range->writable))
		vgpusvm_range_unmap(vm, range);

	err = vgpusvm_fault_migrate(vm, state);
	if (err)
		return err;

	return vgpusvm_fault_map(vm, state);
}

static int vgpusvm_fault_try(struct vgpusvm_vm *vm,
			     struct vgpusvm_fault_state *state)
{
	int err;

	err = vgpusvm_vm_lock(vm);
	if (err)
		return err;
	err = vgpusvm_fault_begin_locked(vm, state);
	vgpusvm_vm_unlock(vm);

	if (err == VGPUSVM_FAULT_WAIT)
		return vgpusvm_fault_wait(vm, state->range);
	if (err)
		return err;

	err = vgpusvm_fault_serve(vm, state);
	vgpusvm_range_unclaim(vm, state->range);

	return err;
}

/**
 * vgpusvm_fault() - Serve a GPU page fault
 * @vm: VM of the current process. Must not be locked: the function faults in
 *	memory of the process, and holds no lock that another process needs.
 * @fault: The fault.
 *
 * Return: 0; -EFAULT if nothing is mapped there or the access is not allowed;
 * -EBUSY if others interfere all the time; -EINTR; -ENOMEM; -ENOENT if the VM
 * was destroyed; -ENODEV if the GPU is being removed; with &vgpusvm_fault.place
 * also the error of using the preferred pagemap.
 */
int vgpusvm_fault(struct vgpusvm_vm *vm, struct vgpusvm_fault *fault)
{
	struct vgpusvm_fault_state state = {
		.fault = fault,
		.ctx = {
			.device_private_page_owner = vm->owner,
			.devmem_possible = 1,
			.allow_mixed = 1,
		},
		.max_size = SZ_2M,
		.migrate_tries = VGPUSVM_MIGRATE_TRIES,
	};
	unsigned int tries = VGPUSVM_FAULT_TRIES, num = 0;
	int err;

	fault->fallback = 0;
	if (!fault->place)
		vgpusvm_vm_stat_add(vm, VGPUSVM_STAT_FAULTS, 1);

	do {
		if (signal_pending(current)) {
			err = -EINTR;
			break;
		}
		err = vgpusvm_fault_try(vm, &state);
		num++;
	} while (err == VGPUSVM_FAULT_AGAIN || (err == -EAGAIN && --tries));
	drm_pagemap_put(state.dpagemap);
	if (err == VGPUSVM_FAULT_SERVED)
		err = 0;
	if (err == -EAGAIN)
		err = -EBUSY;
	if (!err)
		vgpusvm_count_fallback(vm, fault);
	trace_vgpusvm_page_fault(vm->vdev->drm.dev, vgpusvm_fault_id(&state),
				 fault->addr, fault->write, fault->place, num,
				 err);
	if (err && err != -EINTR)
		drm_dbg(&vm->vdev->drm, "%s at 0x%lx failed after %u attempts: %pe\n",
			fault->place ? "Prefetch" : "Fault", fault->addr, num,
			ERR_PTR(err));

	return err;
}
