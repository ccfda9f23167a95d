// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm limits
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: vgpusvm,limits
 * Test category: functionality test
 * Description: The virtual GPU limits what a caller can have, and accounts it: VMs, jobs,
 *	preferences; the sizes that the caller passes.
 */

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "igt.h"
#include "lib/memory_cgroup.h"
#include "lib/missing.h"
#include "lib/placed.h"
#include "lib/settings.h"
#include "lib/stall.h"
#include "lib/subtests.h"
#include "lib/task.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("How much of anything a caller of the virtual GPU can have");

#define SIZE	PLACED_SIZE
#define NOBODY	65534

static struct svm_gpu gpu;
static struct drm_vgpusvm_caps caps;
static uint32_t id;
static char *p;

static void start(void)
{
	p = start_placed(&gpu);
	id = gpu.ids[0];
	assert_ok(vgpusvm_caps(gpu.fd, &caps));
}

static int call(unsigned long request, void *arg)
{
	return drm_call(gpu.fd, request, arg);
}

/**
 * SUBTEST: caps
 * Description: QUERY_CAPS reports the driver's operations, limits and optional features.
 * Promises: QUERY_CAPS CAPS FEATURE_MADVISE_FD FEATURE_HUGE_FOLIOS FEATURE_EXEC_STATUS
 */
static void query_caps(void)
{
	static const char by_file[] = "/sys/module/vgpusvm/parameters/fd_placement";
	static const char huge[] = "/sys/module/vgpusvm/parameters/huge_folios";
	uint64_t features[2];
	uint32_t code;

	for (code = DRM_VGPUSVM_OP_FILL; code <= DRM_VGPUSVM_OP_WRITE; code++)
		igt_assert(caps.ops & 1ull << code);
	igt_assert(caps.max_vms && caps.max_jobs && caps.max_parts);
	igt_assert_eq_u32(caps.max_ops, DRM_VGPUSVM_EXEC_MAX_OPS);
	igt_assert_eq_u32(caps.max_placements, DRM_VGPUSVM_PLACEMENT_MAX);
	igt_assert_eq_u32(caps.pad, 0);

	keep_setting(by_file);
	keep_setting(huge);
	assert_ok(file_put("Y", by_file));
	assert_ok(file_put("N", huge));
	assert_ok(vgpusvm_caps(gpu.fd, &caps));
	features[0] = caps.features;
	assert_ok(file_put("N", by_file));
	assert_ok(file_put("Y", huge));
	assert_ok(vgpusvm_caps(gpu.fd, &caps));
	features[1] = caps.features;
	assert_ok(file_put("N", huge));
	igt_assert_eq_u64(features[0], DRM_VGPUSVM_FEATURE_MADVISE_FD |
			  DRM_VGPUSVM_FEATURE_EXEC_STATUS);
	igt_assert_eq_u64(features[1], DRM_VGPUSVM_FEATURE_HUGE_FOLIOS |
			  DRM_VGPUSVM_FEATURE_EXEC_STATUS);
}

/**
 * SUBTEST: vms
 * Description: A file can have exactly as many VMs as the driver reports, and another file
 *	has its own limit.
 * Promises: VM_CREATE:EBUSY CAPS
 */
static void vms(void)
{
	struct svm_gpu other;
	uint32_t vm, last = 0;
	unsigned int num = 1;
	int err;

	while (!(err = vgpusvm_vm_create(gpu.fd, &vm)) && num++ < caps.max_vms)
		last = vm;
	assert_error(err, -EBUSY);
	igt_assert_eq_u32(num, caps.max_vms);
	svm_start(&other, gpu.uid);
	svm_close(&other);
	assert_ok(vgpusvm_vm_destroy(gpu.fd, last));
	assert_ok(vgpusvm_vm_create(gpu.fd, &vm));
	assert_error(vgpusvm_vm_create(gpu.fd, &vm), -EBUSY);
	assert_placed(&gpu, p);
}

static struct drm_vgpusvm_op crc_of(const void *memory)
{
	return (struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_CRC32, .src = (uintptr_t)memory, .length = STALL_SIZE,
	};
}

static int run_sync(void)
{
	struct drm_vgpusvm_op op = crc_of(p);

	return vgpusvm_exec(gpu.fd, gpu.vm, &op, 1);
}

/*
 * Beside a VM whose jobs wait: the job of another VM ends, so does that VM, and operations
 * of the first one.
 */
static int run_beside(void *unused)
{
	static struct drm_vgpusvm_op op;
	static uint64_t fence;
	uint32_t vm;
	int err = vgpusvm_vm_create(gpu.fd, &vm);

	(void)unused;
	fence = 0;
	op = crc_of(p);
	if (!err)
		err = vgpusvm_submit(gpu.fd, vm, &op, 1, &fence);
	if (err)
		return err;
	if (!vgpusvm_has_ended(&fence))
		return -ETIME;

	return op.error ?: vgpusvm_vm_destroy(gpu.fd, vm) ?: run_sync();
}

#define JOBS_MAX	1024

/* As many jobs as there may be, of which the first one waits for a page. */
static unsigned int submit_jobs(char *held, struct drm_vgpusvm_op *ops, uint64_t *fences)
{
	unsigned int num;

	for (num = 0; num < JOBS_MAX; num++) {
		fences[num] = 0;
		ops[num] = crc_of(num ? p : held);
		if (vgpusvm_submit(gpu.fd, gpu.vm, &ops[num], 1, &fences[num]))
			break;
	}

	return num;
}

/**
 * SUBTEST: jobs
 * Description: A VM can have exactly as many unfinished jobs as the driver reports. They
 *	delay neither operations, nor jobs of other VMs, nor the end of another VM.
 * Promises: EXEC:EBUSY EXEC_ASYNC CAPS VM_DESTROY
 */
static void jobs(void)
{
	static struct drm_vgpusvm_op ops[JOBS_MAX];
	static uint64_t fences[JOBS_MAX];
	static struct task beside;
	struct drm_vgpusvm_op sync = crc_of(p), more = sync;
	struct stall stall;
	unsigned int num, i;
	uint64_t fence = 0;
	bool hit, others;
	int full;

	stall_by_userfaultfd(&stall);
	num = submit_jobs(stall.p, ops, fences);
	hit = stall_is_hit(&stall);
	full = vgpusvm_submit(gpu.fd, gpu.vm, &more, 1, &fence);
	start_task(&beside, run_beside, NULL);
	others = task_ends(&beside);
	stall_release(&stall);
	igt_assert(hit && others);
	assert_ok(beside.err);
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &sync, 1));
	igt_assert_eq_u32(num, caps.max_jobs);
	assert_error(full, -EBUSY);
	for (i = 0; i < num; i++) {
		igt_assert(vgpusvm_has_ended(&fences[i]));
		assert_ok(ops[i].error);
		igt_assert(!i || ops[i].result == sync.result);
	}
	stall_end(&stall);
	/* A job that has signalled its fence does not count any more. */
	for (i = 0; i < num; i++) {
		fences[i] = 0;
		assert_ok(vgpusvm_submit(gpu.fd, gpu.vm, &ops[i], 1, &fences[i]));
	}
	for (i = 0; i < num; i++)
		igt_assert(vgpusvm_has_ended(&fences[i]));
	assert_placed(&gpu, p);
}

static uint64_t cpu_time(clockid_t clock)
{
	struct timespec time;

	igt_assert(!clock_gettime(clock, &time));
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* Processor time of the process, except that of this thread. */
static uint64_t time_beside(void)
{
	uint64_t own = cpu_time(CLOCK_THREAD_CPUTIME_ID);

	return cpu_time(CLOCK_PROCESS_CPUTIME_ID) - own;
}

/**
 * SUBTEST: jobs-time
 * Description: The processor time of jobs counts as the process's.
 * Promises: EXEC
 */
static void jobs_time(void)
{
	static struct drm_vgpusvm_op ops[64];
	static uint64_t fence;
	uint64_t before;
	unsigned int i;

	fence = 0;
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		ops[i] = crc_of(p);
	/* Nothing but the jobs runs beside this thread. */
	before = time_beside();
	assert_ok(vgpusvm_submit(gpu.fd, gpu.vm, ops, ARRAY_SIZE(ops), &fence));
	igt_assert(vgpusvm_has_ended(&fence));
	igt_assert_lt_u64(before, time_beside());
	assert_placed(&gpu, p);
}

/* Much more work than a processor does in a second. */
static struct drm_vgpusvm_op endless[DRM_VGPUSVM_EXEC_MAX_OPS];
#define ENDLESS_SIZE	(64 * MIB)

static void make_endless(void)
{
	char *zeroes = map_memory(ENDLESS_SIZE, false);
	size_t i;

	igt_assert(!mprotect(zeroes, ENDLESS_SIZE, PROT_READ));
	for (i = 0; i < ARRAY_SIZE(endless); i++) {
		endless[i] = crc_of(zeroes);
		endless[i].length = ENDLESS_SIZE;
	}
}

/* Both run only until the process has used up its processor time. */
static int run_endless(void)
{
	struct svm_gpu mine;

	return svm_open(&mine, gpu.uid) ?: vgpusvm_vm_create(mine.fd, &mine.vm) ?:
	       vgpusvm_exec(mine.fd, mine.vm, endless, ARRAY_SIZE(endless));
}

static int submit_endless(void)
{
	static uint64_t fence;
	struct svm_gpu mine;
	int err = svm_open(&mine, gpu.uid) ?: vgpusvm_vm_create(mine.fd, &mine.vm) ?:
		  vgpusvm_submit(mine.fd, mine.vm, endless, ARRAY_SIZE(endless), &fence);

	if (!err)
		pause();

	return err;
}

static bool has_ended(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

static void assert_limited(int (*run)(void))
{
	static const struct rlimit second = { 1, RLIM_INFINITY };
	int status = 0;
	bool ended;
	pid_t pid;

	make_endless();
	pid = fork();
	igt_assert(pid >= 0);
	if (!pid) {
		setrlimit(RLIMIT_CPU, &second);
		_exit(-run());
	}
	ended = eventually(has_ended(pid, &status));
	if (!ended) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	igt_assert_f(ended, "the limit of processor time has no effect\n");
	igt_assert(WIFSIGNALED(status));
	igt_assert_eq(WTERMSIG(status), SIGXCPU);
}

/**
 * SUBTEST: cpu-limit-%s
 * Description: A process exceeds its limit of processor time (RLIMIT_CPU) by work on the
 *	GPU, and gets the signal.
 * Promises: EXEC
 *
 * arg[1]:
 *
 * @exec: The work is one call.
 * @job: The work is a job.
 */
static void cpu_limit_exec(void)
{
	assert_limited(run_endless);
}

static void cpu_limit_job(void)
{
	assert_limited(submit_endless);
}

/* In a child, which may do less than its parent. */
static int in_child(int (*run)(void))
{
	int status;
	pid_t pid = fork();

	igt_assert(pid >= 0);
	if (!pid)
		_exit(-run());
	igt_assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status));

	return -WEXITSTATUS(status);
}

static uint64_t charged(void)
{
	return file_number(MEMORY_CGROUP "/memory.current");
}

/* Fills the queue of a VM with the longest jobs, which is held back by a page. */
static int charge_jobs(void)
{
	static struct drm_vgpusvm_op ops[DRM_VGPUSVM_EXEC_MAX_OPS];
	static uint64_t fence;
	struct stall stall;
	struct svm_gpu mine;
	uint64_t before;
	size_t i;
	int err = join_memory_cgroup() ?: svm_open(&mine, gpu.uid) ?:
		  vgpusvm_vm_create(mine.fd, &mine.vm);

	if (err)
		return err;

	stall_by_userfaultfd(&stall);
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		ops[i] = crc_of(stall.p);
	err = vgpusvm_submit(mine.fd, mine.vm, ops, 1, &fence);
	if (err || !stall_is_hit(&stall))
		return err ?: -ETIME;

	before = charged();
	for (i = 1; i < caps.max_jobs && !err; i++)
		err = vgpusvm_submit(mine.fd, mine.vm, ops, ARRAY_SIZE(ops), &fence);
	/* Small change is charged later. */
	if (!err && charged() - before < (caps.max_jobs - 1) * sizeof(ops) / 2)
		err = -ERANGE;
	stall_release(&stall);

	return err;
}

/**
 * SUBTEST: jobs-memory
 * Description: The kernel's memory for jobs is charged to the process's cgroup.
 * Promises: IOCTLS EXEC_ASYNC
 */
static void jobs_memory(void)
{
	int err;

	require_userfaultfd();
	make_memory_cgroup();
	err = in_child(charge_jobs);
	remove_memory_cgroup();
	assert_ok(err);
}

/* The threads of a user without rights are counted, also against the first one. */
static int submit_without_thread(void)
{
	static const struct rlimit none = { 0, 0 };
	static uint64_t fence;
	struct drm_vgpusvm_op op = crc_of(p);
	struct svm_gpu mine;
	int err = svm_open(&mine, gpu.uid) ?: vgpusvm_vm_create(mine.fd, &mine.vm);

	if (err)
		return err;
	if (setrlimit(RLIMIT_NPROC, &none) || setgid(NOBODY) || setuid(NOBODY))
		return -errno;

	return vgpusvm_submit(mine.fd, mine.vm, &op, 1, &fence);
}

/**
 * SUBTEST: jobs-no-thread
 * Description: A process that may have no more threads gets none for its jobs.
 * Promises: EXEC:EDQUOT
 */
static void jobs_no_thread(void)
{
	assert_error(in_child(submit_without_thread), -EDQUOT);
}

static int evict_without_rights(void)
{
	if (setgid(NOBODY) || setuid(NOBODY))
		return -errno;

	return vgpusvm_evict_region(gpu.fd, id);
}

/**
 * SUBTEST: evict-region
 * Description: Evicting the pages of all processes needs CAP_SYS_ADMIN.
 * Promises: EVICT:EPERM EVICT_REGION
 */
static void evict_region(void)
{
	assert_error(in_child(evict_without_rights), -EPERM);
	assert_placed(&gpu, p);
	assert_ok(vgpusvm_evict_region(gpu.fd, id));
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
}

static int query_parts(uint64_t start, uint64_t length, struct drm_vgpusvm_range_attr *attrs,
		       uint32_t *num)
{
	struct drm_vgpusvm_query_range query = {
		.vm_id = gpu.vm,
		.num_attrs = *num,
		.start = start,
		.length = length,
		.attrs = (uintptr_t)attrs,
		.attr_stride = sizeof(*attrs),
	};
	int err = call(DRM_IOCTL_VGPUSVM_QUERY_RANGE, &query);

	*num = query.num_attrs;
	return err;
}

/* An address without memory, which preferences do not need. */
static uint64_t parts_start(void)
{
	return 1ull << 32;
}

static int prefer_page(uint64_t page, uint32_t to)
{
	return vgpusvm_madvise(gpu.fd, gpu.vm,
			       (void *)(uintptr_t)(parts_start() + page * page_size()),
			       page_size(), to);
}

/**
 * SUBTEST: parts
 * Description: An address space can have exactly as many parts as the driver reports. A
 *	call that fails changes nothing, and merging parts makes room.
 * Promises: MADVISE:ENOSPC CAPS
 */
static void parts(void)
{
	const uint64_t length = 2ull * caps.max_parts * page_size();
	uint32_t before = 0, after = 0;
	uint64_t page = 0;
	int err;

	while (!(err = prefer_page(page, id)) && page < 2 * caps.max_parts)
		page += 2;
	assert_error(err, -ENOSPC);
	assert_ok(query_parts(parts_start(), length, NULL, &before));
	igt_assert_lte_u64(before, caps.max_parts);
	/* A change can take two more, and there is memory that was placed. */
	igt_assert_lte_u64(caps.max_parts, before + 8);
	assert_error(prefer_page(page, id), -ENOSPC);
	assert_ok(query_parts(parts_start(), length, NULL, &after));
	igt_assert_eq_u32(before, after);
	for (page = 0; page < 16; page += 2)
		assert_ok(prefer_page(page, DRM_VGPUSVM_PAGEMAP_NONE));
	assert_ok(prefer_page(1, id));
	assert_placed(&gpu, p);
}

/**
 * SUBTEST: query-range-huge
 * Description: QUERY_RANGE of the whole address space works with room for more parts than
 *	the kernel has memory for.
 * Promises: QUERY_RANGE
 */
static void query_range_huge(void)
{
	struct drm_vgpusvm_range_attr attrs[8] = {};
	const uint64_t start = page_size(), end = (uintptr_t)p + SIZE;
	uint32_t num = 0x10000000;

	assert_ok(query_parts(start, end - start, attrs, &num));
	igt_assert_eq_u32(num, 2);
	igt_assert_eq_u64(attrs[0].start, start);
	igt_assert_eq_u64(attrs[0].end, (uintptr_t)p);
	igt_assert_eq_u32(attrs[0].pagemap_id, DRM_VGPUSVM_PAGEMAP_NONE);
	igt_assert_eq_u64(attrs[1].start, (uintptr_t)p);
	igt_assert_eq_u64(attrs[1].end, end);
	igt_assert_eq_u32(attrs[1].pagemap_id, id);
	num = 0xffffffff;
	assert_ok(query_parts(start, end - start, attrs, &num));
	igt_assert_eq_u32(num, 2);
}

/**
 * SUBTEST: evict-huge
 * Description: EVICT and PREFETCH to system memory of the whole address space skip what is
 *	not mapped, and move what is.
 * Promises: EVICT PREFETCH
 */
static void evict_huge(void)
{
	const uint64_t start = page_size(), length = (uintptr_t)p + SIZE - start;

	assert_placed(&gpu, p);
	assert_ok(vgpusvm_evict(gpu.fd, gpu.vm, (void *)(uintptr_t)start, length));
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
	assert_ok(svm_vgpusvm.prefetch(&gpu, p, SIZE));
	assert_placed(&gpu, p);
	assert_ok(vgpusvm_prefetch(gpu.fd, gpu.vm, (void *)(uintptr_t)start, length,
				   DRM_VGPUSVM_PREFETCH_SYSTEM, NULL));
	assert_at(&gpu, p, SIZE, SVM_SYSTEM);
	igt_assert(has_pattern(p, SIZE, PLACED_SEED));
}

#define PAGES	400

/* PAGES and this have no common divisor, so its multiples reach each page. */
#define STEP	7

/* A random preference for each page. Some pages come before both of their neighbours. */
static void prefer_at_random(uint32_t *prefers)
{
	const uint32_t choice[] = { DRM_VGPUSVM_PAGEMAP_NONE, id, vgpu_id('b', 0) };
	const unsigned int seed = 20261128;
	size_t i, page;

	igt_info("seed %u\n", seed);
	srandom(seed);
	for (i = 0; i < PAGES; i++) {
		page = i * STEP % PAGES;
		prefers[page] = choice[random() % 3];
		assert_ok(prefer_page(page, prefers[page]));
	}
}

/* The parts that this makes, as the kernel should list them. */
static uint32_t parts_of(const uint32_t *prefers, struct drm_vgpusvm_range_attr *parts)
{
	const uint64_t start = parts_start(), page = page_size();
	uint32_t num = 0;
	size_t i;

	for (i = 0; i < PAGES; i++) {
		if (!i || prefers[i] != prefers[i - 1])
			parts[num++] = (struct drm_vgpusvm_range_attr) {
				.start = start + i * page, .pagemap_id = prefers[i],
			};
		parts[num - 1].end = start + (i + 1) * page;
	}

	return num;
}

/**
 * SUBTEST: query-range-many
 * Description: QUERY_RANGE lists more parts than the kernel lists at a time, with room for
 *	all, for more, and for fewer.
 * Promises: QUERY_RANGE QUERY_RANGE:ENOSPC RANGE_ATTR
 */
static void query_range_many(void)
{
	static struct drm_vgpusvm_range_attr model[PAGES], got[PAGES + 1];
	const uint64_t length = PAGES * page_size();
	const size_t size = sizeof(got[0]);
	uint32_t prefers[PAGES], num, room, listed;

	prefer_at_random(prefers);
	num = parts_of(prefers, model);
	igt_assert(num > 3 * 64);
	for (room = 0; room <= PAGES; room += room < num - 3 ? 61 : 1) {
		memset(got, 0xff, sizeof(got));
		listed = room;
		assert_error(query_parts(parts_start(), length, room ? got : NULL, &listed),
			     room && room < num ? -ENOSPC : 0);
		igt_assert_eq_u32(listed, num);
		if (listed > room)
			listed = room;
		igt_assert(!memcmp(got, model, listed * size));
		igt_assert_eq_u64(got[listed].start, -1ull);
	}
}

/* A right size, and wrong ones. */
#define assert_checks_size(request, query, field) do { \
	const typeof((query).field) __size = (query).field; \
	static const int __bad[] = { -8, -1, 1, 4, 7, DRM_VGPUSVM_STRIDE_MAX }; \
	typeof(query) __args; \
	size_t __i; \
	for (__i = 0; __i < ARRAY_SIZE(__bad); __i++) { \
		__args = query; \
		__args.field = __size + __bad[__i]; \
		assert_error(call(DRM_IOCTL_VGPUSVM_##request, &__args), -EINVAL); \
	} \
	__args = query; \
	__args.field = 0; \
	assert_error(call(DRM_IOCTL_VGPUSVM_##request, &__args), -EINVAL); \
	__args.field = -8; \
	assert_error(call(DRM_IOCTL_VGPUSVM_##request, &__args), -EINVAL); \
} while (0)

/* Structures of a program that is newer than the kernel. */
struct newer_op {
	struct drm_vgpusvm_op known;
	uint64_t more[2];
};

struct newer_placement {
	struct drm_vgpusvm_placement known;
	uint64_t more[2];
};

struct newer_attr {
	struct drm_vgpusvm_range_attr known;
	uint64_t more[2];
};

struct newer_region {
	struct drm_vgpusvm_region known;
	uint64_t more[2];
};

struct newer_stats {
	struct drm_vgpusvm_stats known;
	uint64_t more[2];
};

struct newer_caps {
	struct drm_vgpusvm_caps known;
	uint64_t more[2];
};

static void put_operations(void *ops, size_t stride)
{
	size_t i;

	for (i = 0; i < 2; i++)
		*(struct drm_vgpusvm_op *)((char *)ops + i * stride) = (struct drm_vgpusvm_op) {
			.op = DRM_VGPUSVM_OP_ATOMIC_ADD, .dst = (uintptr_t)p, .length = 8,
			.value = 1,
		};
}

/**
 * SUBTEST: sizes-op
 * Description: Operations may be longer than the kernel knows if the rest is zero. With a
 *	wrong stride or another rest, none runs.
 * Promises: IOCTLS:E2BIG IOCTLS:EINVAL STRIDE_MAX EXEC
 */
static void sizes_op(void)
{
	static char wide[2 * DRM_VGPUSVM_STRIDE_MAX];
	struct newer_op ops[2] = {};
	struct drm_vgpusvm_exec exec = {
		.vm_id = gpu.vm, .num_ops = 2, .ops = (uintptr_t)ops,
		.op_stride = sizeof(struct drm_vgpusvm_op),
	};
	const uint64_t before = *(uint64_t *)p;

	put_operations(ops, sizeof(ops[0]));
	assert_checks_size(EXEC, exec, op_stride);
	exec.op_stride = sizeof(ops[0]);
	ops[1].more[1] = 1;
	assert_error(call(DRM_IOCTL_VGPUSVM_EXEC, &exec), -E2BIG);
	igt_assert_eq_u64(*(uint64_t *)p, before);
	ops[1].more[1] = 0;
	assert_ok(call(DRM_IOCTL_VGPUSVM_EXEC, &exec));
	igt_assert_eq_u64(ops[0].known.result, before);
	igt_assert_eq_u64(ops[1].known.result, before + 1);

	put_operations(wide, DRM_VGPUSVM_STRIDE_MAX);
	exec.ops = (uintptr_t)wide;
	exec.op_stride = DRM_VGPUSVM_STRIDE_MAX;
	exec.num_done = 0;
	assert_ok(call(DRM_IOCTL_VGPUSVM_EXEC, &exec));
	igt_assert_eq_u64(*(uint64_t *)p, before + 4);
}

/**
 * SUBTEST: sizes-placement
 * Description: The same for the IDs of QUERY_PLACEMENT.
 * Promises: IOCTLS:E2BIG IOCTLS:EINVAL QUERY_PLACEMENT
 */
static void sizes_placement(void)
{
	struct newer_placement places[2] = {
		{ .known = { .pagemap_id = id, .error = 1 } },
		{ .known = { .pagemap_id = 0xfffffff0 } },
	};
	struct drm_vgpusvm_query_placement query = {
		.vm_id = gpu.vm, .num_placements = 2, .placements = (uintptr_t)places,
		.placement_stride = sizeof(struct drm_vgpusvm_placement),
	};

	assert_checks_size(QUERY_PLACEMENT, query, placement_stride);
	query.placement_stride = sizeof(places[0]);
	places[1].more[0] = 1ull << 63;
	assert_error(call(DRM_IOCTL_VGPUSVM_QUERY_PLACEMENT, &query), -E2BIG);
	igt_assert_eq(places[0].known.error, 1);
	places[1].more[0] = 0;
	assert_ok(call(DRM_IOCTL_VGPUSVM_QUERY_PLACEMENT, &query));
	assert_ok(places[0].known.error);
	assert_error(places[1].known.error, -ENOENT);
}

/**
 * SUBTEST: sizes-out
 * Description: Results of a query may be longer than the kernel knows; the kernel sets the
 *	rest to zero.
 * Promises: IOCTLS QUERY_RANGE QUERY_REGIONS QUERY_STATS QUERY_CAPS
 */
static void sizes_out(void)
{
	struct newer_attr attr = { .more = { 1, 1 } };
	struct newer_region region = { .more = { 1, 1 } };
	struct newer_stats stats = { .more = { 1, 1 } };
	struct newer_caps newer_caps = { .more = { 1, 1 } };
	struct drm_vgpusvm_query_range range = {
		.vm_id = gpu.vm, .num_attrs = 1, .start = (uintptr_t)p, .length = SIZE,
		.attrs = (uintptr_t)&attr, .attr_stride = sizeof(attr.known),
	};
	struct drm_vgpusvm_query_regions regions = {
		.num_regions = 1, .regions = (uintptr_t)&region,
		.region_stride = sizeof(region.known),
	};
	struct drm_vgpusvm_query_stats counters = {
		.vm_id = gpu.vm, .stats = (uintptr_t)&stats, .stats_size = sizeof(stats.known),
	};
	struct drm_vgpusvm_query_caps query = {
		.caps = (uintptr_t)&newer_caps, .size = sizeof(newer_caps.known),
	};

	assert_checks_size(QUERY_RANGE, range, attr_stride);
	assert_checks_size(QUERY_REGIONS, regions, region_stride);
	assert_checks_size(QUERY_STATS, counters, stats_size);
	assert_checks_size(QUERY_CAPS, query, size);
	range.attr_stride = sizeof(attr);
	assert_ok(call(DRM_IOCTL_VGPUSVM_QUERY_RANGE, &range));
	regions.region_stride = sizeof(region);
	assert_ok(call(DRM_IOCTL_VGPUSVM_QUERY_REGIONS, &regions));
	counters.stats_size = sizeof(stats);
	assert_ok(call(DRM_IOCTL_VGPUSVM_QUERY_STATS, &counters));
	query.size = sizeof(newer_caps);
	assert_ok(call(DRM_IOCTL_VGPUSVM_QUERY_CAPS, &query));
	igt_assert(!attr.more[0] && !attr.more[1] && attr.known.pagemap_id == id);
	igt_assert(!region.more[0] && !region.more[1] && region.known.pagemap_id == id);
	igt_assert(!stats.more[0] && !stats.more[1] && stats.known.migrations);
	igt_assert(!newer_caps.more[0] && !newer_caps.more[1]);
	igt_assert_eq_u32(counters.stats_size, sizeof(stats.known));
	igt_assert_eq_u32(query.size, sizeof(newer_caps.known));
	igt_assert(!memcmp(&newer_caps.known, &caps, sizeof(caps)));
}

static const struct subtest tests[] = {
	{ "caps", "What the driver reports", query_caps },
	{ "vms", "VMs of a file", vms },
	{ "jobs", "Jobs of a VM", jobs },
	{ "jobs-time", "Processor time of jobs is accounted", jobs_time },
	{ "cpu-limit-exec", "Processor time of a call is limited", cpu_limit_exec },
	{ "cpu-limit-job", "Processor time of a job is limited", cpu_limit_job },
	{ "jobs-memory", "Memory of jobs is accounted", jobs_memory },
	{ "jobs-no-thread", "A process at its limit of threads", jobs_no_thread },
	{ "evict-region", "Evicting a region needs CAP_SYS_ADMIN", evict_region },
	{ "parts", "Parts of an address space", parts },
	{ "query-range-huge", "A query of a whole address space", query_range_huge },
	{ "evict-huge", "Evicting a whole address space", evict_huge },
	{ "query-range-many", "A query of many parts", query_range_many },
	{ "sizes-op", "Longer operations", sizes_op },
	{ "sizes-placement", "Longer placements", sizes_placement },
	{ "sizes-out", "Longer results", sizes_out },
};

int igt_main()
{
	igt_fixture() {
		require_vgpus();
		gpu.fd = -1;
	}

	run_subtests(tests, start());
}
