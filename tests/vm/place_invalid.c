// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Malformed arguments, one wrong thing at a time: the right error, and nothing
 * has changed.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "tap.h"

#define SIZE	(256 * KIB)
#define SEED	11
#define NOWHERE	((uint64_t)8)

static struct gpu gpu;
static char *p;
static uint32_t id;

/* After each of the calls: the preference, the places, the content. */
static bool untouched(void)
{
	return gpu_preference(&gpu, p, SIZE) == id && holds(&gpu, p, SIZE, id, SEED);
}

static void expect(const char *what, int got, int wanted)
{
	if (got != wanted)
		diag("%s: %s instead of %s", what, strerror(-got), strerror(-wanted));
	ok(got == wanted && untouched(), "%s: %s", what, strerrorname_np(-wanted));
}

#define CALL(request, args)	gpu_ioctl(gpu.fd, DRM_IOCTL_VGPUSVM_##request, &(args))

/* A call that is right except for one change. */
#define WRONG(request, wanted, good, change) do {		\
	typeof(good) args = good;				\
								\
	args.change;						\
	expect(#request " with " #change, CALL(request, args), wanted); \
} while (0)

static void test_vm_create(void)
{
	struct drm_vgpusvm_vm_create good = {};
	struct drm_vgpusvm_vm_destroy destroy = { .vm_id = gpu.vm };

	WRONG(VM_CREATE, -EINVAL, good, flags = 1);
	WRONG(VM_CREATE, -EINVAL, good, reserved[0] = 1);
	WRONG(VM_CREATE, -EINVAL, good, reserved[1] = 1);
	WRONG(VM_DESTROY, -EINVAL, destroy, pad = 1);
	WRONG(VM_DESTROY, -ENOENT, destroy, vm_id = 12345);
	WRONG(VM_DESTROY, -ENOENT, destroy, vm_id = 0);
}

static void test_madvise(void)
{
	struct drm_vgpusvm_madvise good = {
		.vm_id = gpu.vm,
		.start = (uintptr_t)p,
		.length = SIZE,
	};

	/* Its preference would become "none" if one of these passed. */
	WRONG(MADVISE, -ENOENT, good, vm_id = 12345);
	WRONG(MADVISE, -EINVAL, good, flags = 2);
	WRONG(MADVISE, -EINVAL, good, flags = 1u << 31);
	WRONG(MADVISE, -EINVAL, good, start++);
	WRONG(MADVISE, -EINVAL, good, start += 8);
	WRONG(MADVISE, -EINVAL, good, length = 0);
	WRONG(MADVISE, -EINVAL, good, length--);
	WRONG(MADVISE, -EINVAL, good, length = 1);
	WRONG(MADVISE, -EINVAL, good, length = -good.start);
	WRONG(MADVISE, -EINVAL, good, length = -page_size());
	WRONG(MADVISE, -EINVAL, good, length = 1ull << 63);
	WRONG(MADVISE, -EINVAL, good, start = 1ull << 63);
	WRONG(MADVISE, -EINVAL, good, start = -page_size());
	WRONG(MADVISE, -EINVAL, good, devmem_fd = gpu.fd);
	WRONG(MADVISE, -EINVAL, good, devmem_fd = -1);
	WRONG(MADVISE, -EINVAL, good, region_instance = 1);
	WRONG(MADVISE, -EINVAL, good, pad[0] = 1);
	WRONG(MADVISE, -EINVAL, good, pad[1] = 1);
	WRONG(MADVISE, -EINVAL, good, pad[2] = 1);
	WRONG(MADVISE, -EINVAL, good, reserved[0] = 1);
	WRONG(MADVISE, -EINVAL, good, reserved[1] = 1ull << 32);
	WRONG(MADVISE, -EOPNOTSUPP, good, flags = DRM_VGPUSVM_MADVISE_FD);
	WRONG(MADVISE, -ENOENT, good, pagemap_id = 0xfffffff0);
}

static void test_prefetch(void)
{
	struct drm_vgpusvm_prefetch good = {
		.vm_id = gpu.vm,
		.flags = DRM_VGPUSVM_PREFETCH_SYSTEM,
		.start = (uintptr_t)p,
		.length = SIZE,
	};

	WRONG(PREFETCH, -ENOENT, good, vm_id = 12345);
	WRONG(PREFETCH, -EINVAL, good, flags = 2);
	WRONG(PREFETCH, -EINVAL, good, start++);
	WRONG(PREFETCH, -EINVAL, good, length = 0);
	WRONG(PREFETCH, -EINVAL, good, length--);
	WRONG(PREFETCH, -EINVAL, good, length = -good.start);
	WRONG(PREFETCH, -EINVAL, good, start = 1ull << 63);
	WRONG(PREFETCH, -EINVAL, good, done = 1);
	WRONG(PREFETCH, -EINVAL, good, done = 2 * SIZE);
	WRONG(PREFETCH, -EINVAL, good, reserved = 1);
}

static void test_prefetch_nothing(void)
{
	char *hole = mem_map(SIZE, SMALL_PAGES);

	mem_unmap(hole, SIZE);
	expect("PREFETCH of what is not mapped", gpu_prefetch(&gpu, hole, SIZE, NULL),
	       -EFAULT);
	expect("EXEC on what is not mapped", gpu_fill(&gpu, hole, SIZE, 1), -EFAULT);
}

/* An operation that is right is before the wrong one: nothing of it is done. */
static void test_op(const char *what, struct drm_vgpusvm_op op)
{
	struct drm_vgpusvm_op ops[] = {
		{
			.op = DRM_VGPUSVM_OP_FILL,
			.dst = (uintptr_t)p,
			.length = SIZE,
			.value = 1,
		},
		op,
	};

	expect(what, gpu_exec(&gpu, ops, 2), -EINVAL);
}

#define WRONG_OP(good, change) do {				\
	struct drm_vgpusvm_op op = good;			\
								\
	op.change;						\
	test_op("an operation with " #change, op);		\
} while (0)

static void test_ops(void)
{
	const struct drm_vgpusvm_op fill = {
		.op = DRM_VGPUSVM_OP_FILL,
		.dst = (uintptr_t)p,
		.length = SIZE,
		.value = 1,
	};
	const struct drm_vgpusvm_op add = {
		.op = DRM_VGPUSVM_OP_ADD,
		.dst = (uintptr_t)p,
		.src = (uintptr_t)p,
		.length = 64,
		.value = 1,
	};
	const struct drm_vgpusvm_op copy = {
		.op = DRM_VGPUSVM_OP_COPY,
		.dst = (uintptr_t)p,
		.src = (uintptr_t)p + 4096,
		.length = 4096,
	};
	const struct drm_vgpusvm_op atomic = {
		.op = DRM_VGPUSVM_OP_ATOMIC_ADD,
		.dst = (uintptr_t)p,
		.length = 8,
		.value = 1,
	};

	WRONG_OP(fill, op = 0);
	WRONG_OP(fill, op = 99);
	WRONG_OP(fill, flags = 1);
	WRONG_OP(fill, pad = 1);
	WRONG_OP(fill, length = 0);
	WRONG_OP(fill, src = 8);
	WRONG_OP(fill, length = -(uint64_t)page_size());
	WRONG_OP(add, dst += 4);
	WRONG_OP(add, length = 12);
	WRONG_OP(add, dst += 8);
	WRONG_OP(copy, length++);
	WRONG_OP(copy, value = 1);
	WRONG_OP(atomic, dst++);
	WRONG_OP(atomic, length = 16);
	WRONG_OP(atomic, src = 8);
}

static void test_exec(void)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_FILL,
		.dst = (uintptr_t)p,
		.length = SIZE,
		.value = 1,
	};
	struct drm_vgpusvm_exec good = {
		.vm_id = gpu.vm,
		.num_ops = 1,
		.ops = (uintptr_t)&op,
		.op_stride = sizeof(struct drm_vgpusvm_op),
	};

	WRONG(EXEC, -ENOENT, good, vm_id = 12345);
	WRONG(EXEC, -EINVAL, good, flags = 2);
	WRONG(EXEC, -EINVAL, good, num_ops = 0);
	WRONG(EXEC, -EINVAL, good, num_ops = DRM_VGPUSVM_EXEC_MAX_OPS + 1);
	WRONG(EXEC, -EINVAL, good, num_done = 1);
	WRONG(EXEC, -EINVAL, good, fence_addr = (uintptr_t)p);
	WRONG(EXEC, -EINVAL, good, fence_value = 1);
	WRONG(EXEC, -EINVAL, good, op_stride = 0);
	WRONG(EXEC, -EINVAL, good, pad = 1);
	WRONG(EXEC, -EINVAL, good, reserved = 1);
	WRONG(EXEC, -EFAULT, good, ops = NOWHERE);
}

static void test_evict(void)
{
	struct drm_vgpusvm_evict good = {
		.vm_id = gpu.vm,
		.start = (uintptr_t)p,
		.length = SIZE,
	};
	struct drm_vgpusvm_evict region = {
		.flags = DRM_VGPUSVM_EVICT_REGION,
		.pagemap_id = id,
	};

	WRONG(EVICT, -ENOENT, good, vm_id = 12345);
	WRONG(EVICT, -EINVAL, good, flags = 2);
	WRONG(EVICT, -EINVAL, good, start++);
	WRONG(EVICT, -EINVAL, good, length = 0);
	WRONG(EVICT, -EINVAL, good, length = -good.start);
	WRONG(EVICT, -EINVAL, good, pagemap_id = id);
	WRONG(EVICT, -EINVAL, good, pad = 1);
	WRONG(EVICT, -EINVAL, good, reserved = 1);
	WRONG(EVICT, -EINVAL, region, vm_id = gpu.vm);
	WRONG(EVICT, -EINVAL, region, start = good.start);
	WRONG(EVICT, -EINVAL, region, length = SIZE);
	WRONG(EVICT, -ENOENT, region, pagemap_id = 0);
	WRONG(EVICT, -ENOENT, region, pagemap_id = id + 1);
}

static void test_query_range(void)
{
	struct drm_vgpusvm_range_attr attr;
	struct drm_vgpusvm_query_range good = {
		.vm_id = gpu.vm,
		.num_attrs = 1,
		.start = (uintptr_t)p,
		.length = SIZE,
		.attrs = (uintptr_t)&attr,
		.attr_stride = sizeof(struct drm_vgpusvm_range_attr),
	};

	WRONG(QUERY_RANGE, -ENOENT, good, vm_id = 12345);
	WRONG(QUERY_RANGE, -EINVAL, good, start++);
	WRONG(QUERY_RANGE, -EINVAL, good, length = 0);
	WRONG(QUERY_RANGE, -EINVAL, good, length = -good.start);
	WRONG(QUERY_RANGE, -EINVAL, good, attr_stride = 0);
	WRONG(QUERY_RANGE, -EINVAL, good, reserved = 1);
	WRONG(QUERY_RANGE, -EFAULT, good, attrs = NOWHERE);
	WRONG(QUERY_RANGE, -ENOSPC, good, length = 2 * SIZE);
}

static void test_query_residency(void)
{
	uint32_t pages[SIZE / 4096];
	struct drm_vgpusvm_query_residency good = {
		.vm_id = gpu.vm,
		.start = (uintptr_t)p,
		.length = SIZE,
		.pages = (uintptr_t)pages,
	};

	WRONG(QUERY_RESIDENCY, -ENOENT, good, vm_id = 12345);
	WRONG(QUERY_RESIDENCY, -EINVAL, good, flags = 1);
	WRONG(QUERY_RESIDENCY, -EINVAL, good, start += 8);
	WRONG(QUERY_RESIDENCY, -EINVAL, good, length = 0);
	WRONG(QUERY_RESIDENCY, -EINVAL, good, length = -good.start);
	WRONG(QUERY_RESIDENCY, -EINVAL, good, reserved = 1);
	WRONG(QUERY_RESIDENCY, -EFAULT, good, pages = NOWHERE);
}

static void test_query_placement(void)
{
	struct drm_vgpusvm_placement placement = { .pagemap_id = id };
	struct drm_vgpusvm_query_placement good = {
		.vm_id = gpu.vm,
		.num_placements = 1,
		.placements = (uintptr_t)&placement,
		.placement_stride = sizeof(struct drm_vgpusvm_placement),
	};

	WRONG(QUERY_PLACEMENT, -ENOENT, good, vm_id = 12345);
	WRONG(QUERY_PLACEMENT, -EINVAL, good, num_placements = 0);
	WRONG(QUERY_PLACEMENT, -EINVAL, good,
	      num_placements = DRM_VGPUSVM_PLACEMENT_MAX + 1);
	WRONG(QUERY_PLACEMENT, -EINVAL, good, placement_stride = 0);
	WRONG(QUERY_PLACEMENT, -EINVAL, good, reserved = 1);
	WRONG(QUERY_PLACEMENT, -EFAULT, good, placements = NOWHERE);
}

static void test_query_others(void)
{
	struct drm_vgpusvm_region region[MAX_REGIONS];
	struct drm_vgpusvm_stats stats;
	struct drm_vgpusvm_query_regions regions = {
		.num_regions = MAX_REGIONS,
		.regions = (uintptr_t)region,
		.region_stride = sizeof(struct drm_vgpusvm_region),
	};
	struct drm_vgpusvm_query_stats good = {
		.vm_id = gpu.vm,
		.stats = (uintptr_t)&stats,
		.stats_size = sizeof(struct drm_vgpusvm_stats),
	};

	WRONG(QUERY_REGIONS, -EINVAL, regions, region_stride = 0);
	WRONG(QUERY_REGIONS, -EINVAL, regions, reserved = 1);
	WRONG(QUERY_REGIONS, -EFAULT, regions, regions = NOWHERE);
	WRONG(QUERY_STATS, -ENOENT, good, vm_id = 12345);
	WRONG(QUERY_STATS, -EINVAL, good, flags = 1);
	WRONG(QUERY_STATS, -EINVAL, good, stats_size = 0);
	WRONG(QUERY_STATS, -EFAULT, good, stats = NOWHERE);
}

int main(void)
{
	gpu_start(&gpu, 0);
	id = gpu.ids[0];
	p = mem_map(2 * SIZE, SMALL_PAGES);
	cpu_put(p, SIZE, SEED);
	must(!gpu_madvise(&gpu, p, SIZE, id) && !gpu_prefetch(&gpu, p, SIZE, NULL) &&
	     untouched(), "pages can't be placed");

	test_vm_create();
	test_madvise();
	test_prefetch();
	test_prefetch_nothing();
	test_ops();
	test_exec();
	test_evict();
	test_query_range();
	test_query_residency();
	test_query_placement();
	test_query_others();

	return tap_end();
}
