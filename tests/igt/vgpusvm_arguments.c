// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm arguments
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: vgpusvm,ioctl
 * Test category: functionality test
 * Description: The ioctls of the virtual GPU refuse wrong arguments, one by one, and change
 *	nothing.
 */

#include <errno.h>
#include <sys/mman.h>

#include "igt.h"
#include "lib/placed.h"
#include "lib/subtests.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("Wrong arguments of the virtual GPU's ioctls");

#define SIZE	PLACED_SIZE
#define NOWHERE	((uint64_t)8)
#define NO_VM	12345u

static struct svm_gpu gpu;
static uint32_t id;
static char *p;

static void start(void)
{
	p = start_placed(&gpu);
	id = gpu.ids[0];
}

/* Assert that a call that is right except for one change fails with that error. */
#define assert_wrong(request, err, good, change) do { \
	typeof(good) args = good; \
	args.change; \
	igt_debug(#request " with " #change "\n"); \
	igt_assert_eq(drm_call(gpu.fd, DRM_IOCTL_VGPUSVM_##request, &args), -(err)); \
} while (0)

/**
 * SUBTEST: bad-vm
 * Description: VM_CREATE and VM_DESTROY refuse wrong arguments.
 * Promises: IOCTLS:EINVAL IOCTLS:ENOENT VM_CREATE VM_DESTROY
 */
static void bad_vm(void)
{
	struct drm_vgpusvm_vm_create good = {};
	struct drm_vgpusvm_vm_destroy destroy = { .vm_id = gpu.vm };

	assert_wrong(VM_CREATE, EINVAL, good, flags = 1);
	assert_wrong(VM_CREATE, EINVAL, good, vm_id = 1);
	assert_wrong(VM_CREATE, EINVAL, good, reserved[0] = 1);
	assert_wrong(VM_CREATE, EINVAL, good, reserved[1] = 1);
	assert_wrong(VM_DESTROY, EINVAL, destroy, pad = 1);
	assert_wrong(VM_DESTROY, ENOENT, destroy, vm_id = NO_VM);
	assert_wrong(VM_DESTROY, ENOENT, destroy, vm_id = 0);
	assert_placed(&gpu, p);
}

/**
 * SUBTEST: bad-madvise
 * Description: MADVISE refuses wrong arguments.
 * Promises: MADVISE:EINVAL MADVISE:ENOENT IOCTLS:EINVAL IOCTLS:ENOENT MADVISE:EOPNOTSUPP
 */
static void bad_madvise(void)
{
	struct drm_vgpusvm_madvise good = {
		.vm_id = gpu.vm,
		.start = (uintptr_t)p,
		.length = SIZE,
	};

	/* If one of these passed, the preference would become none. */
	assert_wrong(MADVISE, ENOENT, good, vm_id = NO_VM);
	assert_wrong(MADVISE, EINVAL, good, flags = 2);
	assert_wrong(MADVISE, EINVAL, good, flags = 1u << 31);
	assert_wrong(MADVISE, EINVAL, good, start++);
	assert_wrong(MADVISE, EINVAL, good, start = 1ull << 63);
	assert_wrong(MADVISE, EINVAL, good, start = -page_size());
	assert_wrong(MADVISE, EINVAL, good, length = 0);
	assert_wrong(MADVISE, EINVAL, good, length--);
	assert_wrong(MADVISE, EINVAL, good, length = -good.start);
	assert_wrong(MADVISE, EINVAL, good, length = 1ull << 63);
	assert_wrong(MADVISE, EINVAL, good, devmem_fd = gpu.fd);
	assert_wrong(MADVISE, EINVAL, good, region_instance = 1);
	assert_wrong(MADVISE, EINVAL, good, pad[0] = 1);
	assert_wrong(MADVISE, EINVAL, good, pad[1] = 1);
	assert_wrong(MADVISE, EINVAL, good, pad[2] = 1);
	assert_wrong(MADVISE, EINVAL, good, reserved[0] = 1);
	assert_wrong(MADVISE, EINVAL, good, reserved[1] = 1ull << 32);
	assert_wrong(MADVISE, ENOENT, good, pagemap_id = 0xfffffff0);
	assert_wrong(MADVISE, EOPNOTSUPP, good, flags = DRM_VGPUSVM_MADVISE_FD);
	assert_placed(&gpu, p);
}

/**
 * SUBTEST: bad-prefetch
 * Description: PREFETCH refuses wrong arguments.
 * Promises: IOCTLS:EINVAL IOCTLS:ENOENT PREFETCH:EFAULT
 */
static void bad_prefetch(void)
{
	struct drm_vgpusvm_prefetch good = {
		.vm_id = gpu.vm,
		.flags = DRM_VGPUSVM_PREFETCH_SYSTEM,
		.start = (uintptr_t)p,
		.length = SIZE,
	};
	char *hole = map_memory(SIZE, false);

	assert_wrong(PREFETCH, ENOENT, good, vm_id = NO_VM);
	assert_wrong(PREFETCH, EINVAL, good, flags = 2);
	assert_wrong(PREFETCH, EINVAL, good, start++);
	assert_wrong(PREFETCH, EINVAL, good, start = 1ull << 63);
	assert_wrong(PREFETCH, EINVAL, good, length = 0);
	assert_wrong(PREFETCH, EINVAL, good, length--);
	assert_wrong(PREFETCH, EINVAL, good, length = -good.start);
	assert_wrong(PREFETCH, EINVAL, good, done = 1);
	assert_wrong(PREFETCH, EINVAL, good, done = 2 * SIZE);
	assert_wrong(PREFETCH, EINVAL, good, reserved = 1);
	munmap(hole, SIZE);
	assert_error(svm_vgpusvm.prefetch(&gpu, hole, SIZE), -EFAULT);
	assert_placed(&gpu, p);
}

/**
 * SUBTEST: bad-exec
 * Description: EXEC refuses wrong arguments.
 * Promises: EXEC:EINVAL EXEC:EFAULT EXEC:EBADF EXEC_EVENTFD EXEC_MAX_OPS
 *	IOCTLS:EINVAL IOCTLS:ENOENT IOCTLS:EFAULT
 */
static void bad_exec(void)
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
	struct drm_vgpusvm_exec async = good;

	async.flags = DRM_VGPUSVM_EXEC_ASYNC;
	async.fence_addr = (uintptr_t)&op;
	assert_wrong(EXEC, ENOENT, good, vm_id = NO_VM);
	assert_wrong(EXEC, EINVAL, good, flags = 4);
	assert_wrong(EXEC, EINVAL, good, flags = DRM_VGPUSVM_EXEC_EVENTFD);
	assert_wrong(EXEC, EINVAL, good, num_ops = 0);
	assert_wrong(EXEC, EINVAL, good, num_ops = DRM_VGPUSVM_EXEC_MAX_OPS + 1);
	assert_wrong(EXEC, EINVAL, good, num_done = 1);
	assert_wrong(EXEC, EINVAL, good, fence_addr = (uintptr_t)p);
	assert_wrong(EXEC, EINVAL, good, fence_value = 1);
	assert_wrong(EXEC, EINVAL, good, eventfd = 1);
	assert_wrong(EXEC, EINVAL, good, status_addr = (uintptr_t)p);
	assert_wrong(EXEC, EFAULT, good, ops = NOWHERE);
	assert_wrong(EXEC, EINVAL, async, num_done = 1);
	assert_wrong(EXEC, EINVAL, async, fence_addr++);
	assert_wrong(EXEC, EINVAL, async, status_addr = (uintptr_t)p + 4);
	assert_wrong(EXEC, EINVAL, async, eventfd = 1);
	async.flags |= DRM_VGPUSVM_EXEC_EVENTFD;
	assert_wrong(EXEC, EBADF, async, eventfd = -1);
	assert_wrong(EXEC, EINVAL, async, eventfd = gpu.fd);
	assert_placed(&gpu, p);
}

/* After one that is right, of which nothing is done either. */
static void assert_bad_op(struct drm_vgpusvm_op op)
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

	assert_error(vgpusvm_exec(gpu.fd, gpu.vm, ops, 2), -EINVAL);
}

#define assert_wrong_op(good, change) do { \
	struct drm_vgpusvm_op op = good; \
	op.change; \
	igt_debug("an operation with " #change "\n"); \
	assert_bad_op(op); \
} while (0)

/**
 * SUBTEST: bad-op
 * Description: EXEC refuses wrong operations before it runs the first one.
 * Promises: EXEC:EINVAL OP OP_CODE
 */
static void bad_op(void)
{
	const struct drm_vgpusvm_op fill = {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)p, .length = SIZE, .value = 1,
	};
	const struct drm_vgpusvm_op add = {
		.op = DRM_VGPUSVM_OP_ADD, .dst = (uintptr_t)p, .src = (uintptr_t)p, .length = 64,
		.value = 1,
	};
	const struct drm_vgpusvm_op copy = {
		.op = DRM_VGPUSVM_OP_COPY, .dst = (uintptr_t)p, .src = (uintptr_t)p + 4096,
		.length = 4096,
	};
	const struct drm_vgpusvm_op atomic = {
		.op = DRM_VGPUSVM_OP_ATOMIC_ADD, .dst = (uintptr_t)p, .length = 8, .value = 1,
	};
	const struct drm_vgpusvm_op crc = {
		.op = DRM_VGPUSVM_OP_CRC32, .src = (uintptr_t)p, .length = 8,
	};
	const struct drm_vgpusvm_op read = {
		.op = DRM_VGPUSVM_OP_READ, .src = (uintptr_t)p, .length = 8,
		.value = (uintptr_t)&crc,
	};
	const struct drm_vgpusvm_op write = {
		.op = DRM_VGPUSVM_OP_WRITE, .dst = (uintptr_t)p, .length = 8,
		.value = (uintptr_t)&crc,
	};

	assert_wrong_op(fill, op = 0);
	assert_wrong_op(fill, op = 99);
	assert_wrong_op(fill, flags = 1);
	assert_wrong_op(fill, pad = 1);
	assert_wrong_op(fill, length = 0);
	assert_wrong_op(fill, length = -(uint64_t)page_size());
	assert_wrong_op(fill, src = 8);
	assert_wrong_op(add, dst += 4);
	assert_wrong_op(add, src += 4);
	assert_wrong_op(add, length = 12);
	assert_wrong_op(add, dst += 8);
	assert_wrong_op(copy, length++);
	assert_wrong_op(copy, value = 1);
	assert_wrong_op(atomic, dst++);
	assert_wrong_op(atomic, length = 16);
	assert_wrong_op(atomic, src = 8);
	assert_wrong_op(crc, dst = 8);
	assert_wrong_op(crc, value = 8);
	assert_wrong_op(read, dst = 8);
	assert_wrong_op(write, src = 8);
	assert_placed(&gpu, p);
}

/**
 * SUBTEST: bad-evict
 * Description: EVICT refuses wrong arguments.
 * Promises: EVICT:ENOENT EVICT_REGION IOCTLS:EINVAL IOCTLS:ENOENT
 */
static void bad_evict(void)
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

	assert_wrong(EVICT, ENOENT, good, vm_id = NO_VM);
	assert_wrong(EVICT, EINVAL, good, flags = 2);
	assert_wrong(EVICT, EINVAL, good, start++);
	assert_wrong(EVICT, EINVAL, good, length = 0);
	assert_wrong(EVICT, EINVAL, good, length = -good.start);
	assert_wrong(EVICT, EINVAL, good, pagemap_id = id);
	assert_wrong(EVICT, EINVAL, good, pad = 1);
	assert_wrong(EVICT, EINVAL, good, reserved = 1);
	assert_wrong(EVICT, EINVAL, region, vm_id = gpu.vm);
	assert_wrong(EVICT, EINVAL, region, start = good.start);
	assert_wrong(EVICT, EINVAL, region, length = SIZE);
	assert_wrong(EVICT, ENOENT, region, pagemap_id = 0);
	assert_wrong(EVICT, ENOENT, region, pagemap_id = vgpu_id('b', 0));
	assert_placed(&gpu, p);
}

/**
 * SUBTEST: bad-queries
 * Description: Each query refuses wrong arguments.
 * Promises: IOCTLS:EINVAL IOCTLS:ENOENT IOCTLS:EFAULT QUERY_RANGE QUERY_RESIDENCY
 *	QUERY_REGIONS
 *	QUERY_PLACEMENT QUERY_STATS PLACEMENT_MAX
 */
static void bad_queries(void)
{
	struct drm_vgpusvm_range_attr attr;
	struct drm_vgpusvm_query_range range = {
		.vm_id = gpu.vm, .num_attrs = 1, .start = (uintptr_t)p, .length = SIZE,
		.attrs = (uintptr_t)&attr,
		.attr_stride = sizeof(struct drm_vgpusvm_range_attr),
	};
	uint32_t pages[SIZE / 4096];
	struct drm_vgpusvm_query_residency residency = {
		.vm_id = gpu.vm, .start = (uintptr_t)p, .length = SIZE,
		.pages = (uintptr_t)pages,
	};
	struct drm_vgpusvm_region region;
	struct drm_vgpusvm_query_regions regions = {
		.num_regions = 1, .regions = (uintptr_t)&region,
		.region_stride = sizeof(struct drm_vgpusvm_region),
	};
	struct drm_vgpusvm_placement place = { .pagemap_id = id };
	struct drm_vgpusvm_query_placement placement = {
		.vm_id = gpu.vm, .num_placements = 1, .placements = (uintptr_t)&place,
		.placement_stride = sizeof(struct drm_vgpusvm_placement),
	};
	struct drm_vgpusvm_stats stats;
	struct drm_vgpusvm_query_stats query = {
		.vm_id = gpu.vm, .stats = (uintptr_t)&stats,
		.stats_size = sizeof(struct drm_vgpusvm_stats),
	};

	assert_wrong(QUERY_RANGE, ENOENT, range, vm_id = NO_VM);
	assert_wrong(QUERY_RANGE, EINVAL, range, start++);
	assert_wrong(QUERY_RANGE, EINVAL, range, length = 0);
	assert_wrong(QUERY_RANGE, EINVAL, range, length = -range.start);
	assert_wrong(QUERY_RANGE, EINVAL, range, pad = 1);
	assert_wrong(QUERY_RANGE, EINVAL, range, reserved = 1);
	assert_wrong(QUERY_RANGE, EFAULT, range, attrs = NOWHERE);
	assert_wrong(QUERY_RESIDENCY, ENOENT, residency, vm_id = NO_VM);
	assert_wrong(QUERY_RESIDENCY, EINVAL, residency, flags = 1);
	assert_wrong(QUERY_RESIDENCY, EINVAL, residency, start += 8);
	assert_wrong(QUERY_RESIDENCY, EINVAL, residency, length = 0);
	assert_wrong(QUERY_RESIDENCY, EINVAL, residency, length = -residency.start);
	assert_wrong(QUERY_RESIDENCY, EINVAL, residency, reserved = 1);
	assert_wrong(QUERY_RESIDENCY, EFAULT, residency, pages = NOWHERE);
	assert_wrong(QUERY_REGIONS, EINVAL, regions, reserved = 1);
	assert_wrong(QUERY_REGIONS, EFAULT, regions, regions = NOWHERE);
	assert_wrong(QUERY_PLACEMENT, ENOENT, placement, vm_id = NO_VM);
	assert_wrong(QUERY_PLACEMENT, EINVAL, placement, num_placements = 0);
	assert_wrong(QUERY_PLACEMENT, EINVAL, placement,
		     num_placements = DRM_VGPUSVM_PLACEMENT_MAX + 1);
	assert_wrong(QUERY_PLACEMENT, EINVAL, placement, pad = 1);
	assert_wrong(QUERY_PLACEMENT, EINVAL, placement, reserved = 1);
	assert_wrong(QUERY_PLACEMENT, EFAULT, placement, placements = NOWHERE);
	assert_wrong(QUERY_STATS, ENOENT, query, vm_id = NO_VM);
	assert_wrong(QUERY_STATS, EINVAL, query, flags = 1);
	assert_wrong(QUERY_STATS, EINVAL, query, pad = 1);
	assert_wrong(QUERY_STATS, EINVAL, query, reserved = 1);
	assert_wrong(QUERY_STATS, EFAULT, query, stats = NOWHERE);
	assert_placed(&gpu, p);
}

static const struct subtest tests[] = {
	{ "bad-vm", "Wrong arguments of VM_CREATE and VM_DESTROY", bad_vm },
	{ "bad-madvise", "Wrong arguments of MADVISE", bad_madvise },
	{ "bad-prefetch", "Wrong arguments of PREFETCH", bad_prefetch },
	{ "bad-exec", "Wrong arguments of EXEC", bad_exec },
	{ "bad-op", "Wrong operations", bad_op },
	{ "bad-evict", "Wrong arguments of EVICT", bad_evict },
	{ "bad-queries", "Wrong arguments of queries", bad_queries },
};

int igt_main()
{
	igt_fixture() {
		require_vgpus();
		gpu.fd = -1;
	}

	run_subtests(tests, start());
}
