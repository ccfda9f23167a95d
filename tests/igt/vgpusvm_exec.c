// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm exec
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: vgpusvm,execution
 * Test category: functionality test
 * Description: EXEC of the virtual GPU: each operation, their order, protection of
 *	mappings, jobs with user fences.
 */

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "igt.h"
#include "lib/missing.h"
#include "lib/placed.h"
#include "lib/settings.h"
#include "lib/stall.h"
#include "lib/subtests.h"
#include "lib/task.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("What the virtual GPU runs");

#define SIZE	PLACED_SIZE
#define SEED	PLACED_SEED
#define NOWHERE	((uint64_t)8)

static struct svm_gpu gpu;
static uint32_t id;
static char *p;

static void start(void)
{
	p = start_placed(&gpu);
	id = gpu.ids[0];
}

static int run(struct drm_vgpusvm_op *ops, unsigned int num)
{
	return vgpusvm_exec(gpu.fd, gpu.vm, ops, num);
}

static uint64_t word_at(size_t offset)
{
	return *(volatile uint64_t *)(p + offset);
}

/**
 * SUBTEST: op-fill
 * Description: FILL repeats a pattern from its first byte on, and cuts off the last one.
 * Promises: OP_FILL OP
 */
static void op_fill(void)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)p + 8, .length = 21,
		.value = 0x8877665544332211ull,
	};
	char before[64], now[64];

	memcpy(before, p, sizeof(before));
	assert_ok(run(&op, 1));
	igt_assert(!op.error && op.done == 21);
	assert_at(&gpu, p, SIZE, id);
	memcpy(now, p, sizeof(now));
	memcpy(before + 8, &op.value, 8);
	memcpy(before + 16, &op.value, 8);
	memcpy(before + 24, &op.value, 5);
	igt_assert(!memcmp(before, now, sizeof(now)));
}

/**
 * SUBTEST: op-copy
 * Description: COPY copies bytes between any two addresses.
 * Promises: OP_COPY
 */
static void op_copy(void)
{
	char expected[3 * 4096 + 5];
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_COPY, .dst = (uintptr_t)p + SIZE / 2 + 3,
		.src = (uintptr_t)p + 1, .length = sizeof(expected),
	};

	memcpy(expected, p + 1, sizeof(expected));
	assert_ok(run(&op, 1));
	igt_assert_eq_u64(op.done, sizeof(expected));
	assert_at(&gpu, p, SIZE, id);
	igt_assert(!memcmp(p + SIZE / 2 + 3, expected, sizeof(expected)));
	igt_assert(has_pattern(p, SIZE / 2, SEED));
}

/**
 * SUBTEST: op-add
 * Description: ADD adds to each word, in place or to another address.
 * Promises: OP_ADD
 */
static void op_add(void)
{
	struct drm_vgpusvm_op ops[] = {
		{
			.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)p, .length = 64,
			.value = 40,
		}, {
			.op = DRM_VGPUSVM_OP_ADD, .dst = (uintptr_t)p, .src = (uintptr_t)p,
			.length = 32, .value = 2,
		}, {
			.op = DRM_VGPUSVM_OP_ADD, .dst = (uintptr_t)p + 4096,
			.src = (uintptr_t)p, .length = 64, .value = -1,
		},
	};

	assert_ok(run(ops, 3));
	assert_at(&gpu, p, SIZE, id);
	igt_assert_eq_u64(word_at(0), 42);
	igt_assert_eq_u64(word_at(24), 42);
	igt_assert_eq_u64(word_at(32), 40);
	igt_assert_eq_u64(word_at(4096), 41);
	igt_assert_eq_u64(word_at(4096 + 56), 39);
	igt_assert(has_pattern_from(p + 8192, SIZE - 8192, SEED, 8192));
}

/**
 * SUBTEST: op-atomic-add
 * Description: ATOMIC_ADD adds to a word and returns its old value.
 * Promises: OP_ATOMIC_ADD
 */
static void op_atomic_add(void)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_ATOMIC_ADD, .dst = (uintptr_t)p + 16, .length = 8,
		.value = 5,
	};
	uint64_t before = word_at(16);

	assert_ok(run(&op, 1));
	igt_assert_eq_u64(op.result, before);
	op.result = 0;
	op.done = 0;
	assert_ok(run(&op, 1));
	igt_assert_eq_u64(op.result, before + 5);
	assert_at(&gpu, p, page_size(), id);
	igt_assert_eq_u64(word_at(16), before + 10);
}

/**
 * SUBTEST: op-crc32
 * Description: CRC32 computes the CRC-32 of IEEE 802.3.
 * Promises: OP_CRC32
 */
static void op_crc32(void)
{
	static const char check[] = "123456789";
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_CRC32, .src = (uintptr_t)p + 4093, .length = 9,
	};

	memcpy(p + 4093, check, 9);
	assert_ok(run(&op, 1));
	igt_assert_eq_u64(op.result, 0xcbf43926);
	assert_at(&gpu, p, 2 * page_size(), id);
}

/**
 * SUBTEST: op-read-write
 * Description: READ and WRITE copy between the GPU's view and a buffer of the caller.
 * Promises: OP_READ OP_WRITE
 */
static void op_read_write(void)
{
	char *buffer = malloc(SIZE);
	struct drm_vgpusvm_op read = {
		.op = DRM_VGPUSVM_OP_READ, .src = (uintptr_t)p, .length = SIZE,
		.value = (uintptr_t)buffer,
	};
	struct drm_vgpusvm_op write = {
		.op = DRM_VGPUSVM_OP_WRITE, .dst = (uintptr_t)p, .length = SIZE,
		.value = (uintptr_t)buffer,
	};

	assert_ok(run(&read, 1));
	igt_assert(has_pattern(buffer, SIZE, SEED));
	put_pattern(buffer, SIZE, SEED + 1);
	assert_ok(run(&write, 1));
	assert_holds(&gpu, p, SIZE, id, SEED + 1);
	read.done = 0;
	read.value = NOWHERE;
	assert_error(run(&read, 1), -EFAULT);
	free(buffer);
}

/**
 * SUBTEST: exec-order
 * Description: Operations run in order. The first one that fails ends the job, and returns
 *	the faulting address.
 * Promises: EXEC OP:EFAULT EXEC:EFAULT OP
 */
static void exec_order(void)
{
	struct drm_vgpusvm_op ops[3];
	struct drm_vgpusvm_exec exec = {
		.vm_id = gpu.vm, .num_ops = 3, .ops = (uintptr_t)ops,
		.op_stride = sizeof(struct drm_vgpusvm_op),
	};
	int i;

	for (i = 0; i < 3; i++)
		ops[i] = (struct drm_vgpusvm_op) {
			.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)p + 4096 * i,
			.length = 4096, .value = i + 1,
		};
	munmap(p + 4096, 4096);
	assert_error(drm_call(gpu.fd, DRM_IOCTL_VGPUSVM_EXEC, &exec), -EFAULT);
	igt_assert_eq_u32(exec.num_done, 1);
	assert_error(ops[0].error, 0);
	assert_error(ops[1].error, -EFAULT);
	igt_assert_eq_u64(ops[1].fault_addr / 4096, (uintptr_t)p / 4096 + 1);
	igt_assert_eq_u64(ops[1].done, 0);
	igt_assert_eq_u64(ops[2].done, 0);
	igt_assert_eq_u64(word_at(0), 1);
	igt_assert(has_pattern_from(p + 8192, 4096, SEED, 8192));
}

/**
 * SUBTEST: exec-protection
 * Description: A GPU obeys the CPU's mappings: it reads read-only memory and can't write
 *	it, and can't access memory without access rights.
 * Promises: OP:EFAULT OP
 */
static void exec_protection(void)
{
	struct drm_vgpusvm_op write = {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)p, .length = 8, .value = 1,
	};
	struct drm_vgpusvm_op read = {
		.op = DRM_VGPUSVM_OP_CRC32, .src = (uintptr_t)p, .length = 8,
	};

	igt_assert(!mprotect(p, SIZE, PROT_READ));
	assert_ok(run(&read, 1));
	assert_error(run(&write, 1), -EFAULT);
	assert_error(write.error, -EFAULT);
	igt_assert(!mprotect(p, SIZE, PROT_NONE));
	read.done = 0;
	assert_error(run(&read, 1), -EFAULT);
	igt_assert(!mprotect(p, SIZE, PROT_READ | PROT_WRITE));
	assert_placed(&gpu, p);
}

static int submit(struct drm_vgpusvm_op *ops, unsigned int num, uint64_t *fence)
{
	return vgpusvm_submit(gpu.fd, gpu.vm, ops, num, fence);
}

/**
 * SUBTEST: async
 * Description: Jobs run one after another, and the results of a job are visible when its
 *	fence is.
 * Promises: EXEC EXEC_ASYNC
 */
static void async(void)
{
	struct drm_vgpusvm_op ops[8];
	uint64_t fences[8] = {};
	int i;

	for (i = 0; i < 8; i++) {
		ops[i] = (struct drm_vgpusvm_op) {
			.op = DRM_VGPUSVM_OP_ATOMIC_ADD, .dst = (uintptr_t)p, .length = 8,
			.value = 1,
		};
		assert_ok(submit(&ops[i], 1, &fences[i]));
	}
	igt_assert(vgpusvm_has_ended(&fences[7]));
	for (i = 0; i < 8; i++) {
		igt_assert_eq_u64(fences[i], VGPUSVM_DONE);
		igt_assert_eq_u64(ops[i].result, ops[0].result + i);
		assert_error(ops[i].error, 0);
	}
	assert_at(&gpu, p, SIZE, id);
	igt_assert_eq_u64(word_at(0), ops[0].result + 8);
}

/**
 * SUBTEST: async-fault
 * Description: A job that fails returns the error in its operation and signals its fence.
 * Promises: EXEC_ASYNC OP:EFAULT
 */
static void async_fault(void)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)p, .length = SIZE, .value = 1,
	};
	uint64_t fence = 0;

	munmap(p + SIZE / 2, SIZE / 2);
	assert_ok(submit(&op, 1, &fence));
	igt_assert(vgpusvm_has_ended(&fence));
	assert_error(op.error, -EFAULT);
	igt_assert_eq_u64(op.fault_addr / 4096, ((uintptr_t)p + SIZE / 2) / 4096);
}

static int destroy_vm(void *arg)
{
	return vgpusvm_vm_destroy(gpu.fd, *(uint32_t *)arg);
}

/* Somebody has begun to destroy it, and waits for its jobs. */
static bool vm_is_going(struct task *destroyer)
{
	struct drm_vgpusvm_stats stats;

	return eventually(vgpusvm_stats(gpu.fd, gpu.vm, &stats) == -ENOENT) &&
	       task_sleeps(destroyer);
}

/**
 * SUBTEST: async-status
 * Description: When a job has ended, its eventfd can be read, once for each job. By then, its
 *	status has the error of the operation that failed, or 0.
 * Promises: EXEC EXEC_ASYNC EXEC_EVENTFD
 */
static void async_status(void)
{
	char *hole = map_memory(SIZE, false), *mine = map_memory(SIZE, false);
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)mine, .length = SIZE,
	};
	int64_t status = 1;
	uint64_t fence = 0, count;
	struct drm_vgpusvm_exec exec = {
		.vm_id = gpu.vm, .flags = DRM_VGPUSVM_EXEC_ASYNC | DRM_VGPUSVM_EXEC_EVENTFD,
		.num_ops = 1, .ops = (uintptr_t)&op, .op_stride = sizeof(op),
		.fence_addr = (uintptr_t)&fence, .fence_value = VGPUSVM_DONE,
		.eventfd = eventfd(0, EFD_CLOEXEC), .status_addr = (uintptr_t)&status,
	};

	igt_assert(exec.eventfd >= 0);
	assert_ok(drm_call(gpu.fd, DRM_IOCTL_VGPUSVM_EXEC, &exec));
	igt_assert_eq(read(exec.eventfd, &count, sizeof(count)), sizeof(count));
	igt_assert_eq_u64(count, 1);
	igt_assert_eq_u64(fence, VGPUSVM_DONE);
	assert_ok(status);

	munmap(hole, SIZE);
	op.dst = (uintptr_t)hole;
	op.done = 0;
	assert_ok(drm_call(gpu.fd, DRM_IOCTL_VGPUSVM_EXEC, &exec));
	igt_assert_eq(read(exec.eventfd, &count, sizeof(count)), sizeof(count));
	assert_error(status, -EFAULT);
	assert_error(op.error, -EFAULT);
	close(exec.eventfd);
	munmap(mine, SIZE);
}

/**
 * SUBTEST: async-cancel
 * Description: VM_DESTROY cancels jobs that have not run and signals their fences, while
 *	the first job waits for a page.
 * Promises: VM_DESTROY EXEC_ASYNC OP:ECANCELED
 */
static void async_cancel(void)
{
	enum { JOBS = 8 };
	static struct drm_vgpusvm_op ops[JOBS];
	static uint64_t fences[JOBS];
	static struct task destroyer;
	struct stall stall;
	bool hit, going;
	int i;

	memset(fences, 0, sizeof(fences));
	stall_by_userfaultfd(&stall);
	for (i = 0; i < JOBS; i++) {
		ops[i] = (struct drm_vgpusvm_op) {
			.op = DRM_VGPUSVM_OP_CRC32, .length = SIZE / 2,
			.src = (uintptr_t)(i ? p : stall.p),
		};
		assert_ok(submit(&ops[i], 1, &fences[i]));
	}
	hit = stall_is_hit(&stall);
	start_task(&destroyer, destroy_vm, &gpu.vm);
	going = vm_is_going(&destroyer);
	stall_release(&stall);
	igt_assert(hit && going && task_ends(&destroyer));
	assert_ok(destroyer.err);
	for (i = 0; i < JOBS; i++) {
		igt_assert(vgpusvm_has_ended(&fences[i]));
		assert_error(ops[i].error, -ECANCELED);
	}
	stall_end(&stall);
	gpu.vm = 0;
}

/* Signalled at the end of the job that waits for a missing page. */
static struct pollfd job_end = { .events = POLLIN };

/* The job of a VM waits for a page that only this process can bring. */
static bool miss_page(const char *uid)
{
	struct drm_vgpusvm_op op = { .op = DRM_VGPUSVM_OP_FILL, .length = SIZE };
	struct pollfd missed = { .events = POLLIN };
	char *missing = map_memory(SIZE, false);
	uint64_t fence = 0;
	struct drm_vgpusvm_exec exec = {
		.flags = DRM_VGPUSVM_EXEC_ASYNC | DRM_VGPUSVM_EXEC_EVENTFD,
		.num_ops = 1, .ops = (uintptr_t)&op, .op_stride = sizeof(op),
		.fence_addr = (uintptr_t)&fence, .fence_value = VGPUSVM_DONE,
		.eventfd = job_end.fd,
	};

	missed.fd = miss_pages(missing, SIZE);
	op.dst = (uintptr_t)missing;
	if (missed.fd < 0 || svm_open(&gpu, uid) || svm_vgpusvm.vm_create(&gpu))
		return false;
	exec.vm_id = gpu.vm;

	return !drm_call(gpu.fd, DRM_IOCTL_VGPUSVM_EXEC, &exec) && poll(&missed, 1, -1) == 1;
}

/* Start a process whose job waits for a missing page. It calls @then, and waits to be killed. */
static pid_t start_missing(bool (*then)(void))
{
	int ends[2];
	char said;
	pid_t pid;

	require_userfaultfd();
	igt_assert(!pipe(ends));
	job_end.fd = eventfd(0, EFD_CLOEXEC);
	igt_assert(job_end.fd >= 0);
	pid = fork();
	igt_assert(pid >= 0);
	if (!pid) {
		if (!miss_page(vgpu_uid('a')) || (then && !then()) ||
		    write(ends[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ends[1]);
	igt_assert_eq(read(ends[0], &said, 1), 1);
	close(ends[0]);
	igt_assert_eq(poll(&job_end, 1, 0), 0);

	return pid;
}

/* When the process exits, the kernel first closes the file that was opened last. */
static void kill_missing(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	igt_assert(eventually(waitpid(pid, &status, WNOHANG) == pid));
	igt_assert(eventually(poll(&job_end, 1, 0) == 1));
	close(job_end.fd);
	svm_close(&gpu);
	assert_ok(unbind_vgpu('a'));
	assert_ok(bind_vgpu('a'));
}

/**
 * SUBTEST: async-killed
 * Description: A process is killed while its job waits for a page that only the process
 *	itself could provide: the process ends, the eventfd of the job is signalled for others
 *	that wait for the job, and the GPU can be unbound.
 * Promises: EXEC_ASYNC EXEC_EVENTFD
 */
static void async_killed(void)
{
	kill_missing(start_missing(NULL));
}

/* Sends a file with the only socket that it could be received from: the kernel closes it. */
static bool leave_in_flight(int fd)
{
	char control[CMSG_SPACE(2 * sizeof(int))] = {}, byte = 0;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&msg);
	int ends[2];
	bool sent;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return false;

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(2 * sizeof(int));
	memcpy(CMSG_DATA(header), (int[]){ fd, ends[1] }, 2 * sizeof(int));
	sent = sendmsg(ends[0], &msg, 0) == 1;
	close(fd);
	close(ends[1]);
	close(ends[0]);

	return sent;
}

/* Several, as those that the kernel finds together are closed in any order. */
static bool leave_gpu_and_others(void)
{
	int ends[2], i;

	if (!leave_in_flight(gpu.fd))
		return false;

	for (i = 0; i < 3; i++) {
		struct pollfd other = { 0 };

		if (pipe(ends) || !leave_in_flight(ends[1]))
			return false;
		other.fd = ends[0];
		if (poll(&other, 1, 20000) != 1 || !(other.revents & POLLHUP))
			return false;
		close(ends[0]);
	}

	return true;
}

/**
 * SUBTEST: async-left
 * Description: The kernel closes the file of a VM whose job waits for a page, after a
 *	process sent the file where nobody can receive it: closing does not wait for the
 *	job, and closes further files.
 * Promises: EXEC_ASYNC
 */
static void async_left(void)
{
	kill_missing(start_missing(leave_gpu_and_others));
}

static int run_job(void *unused)
{
	static struct drm_vgpusvm_op op;
	static uint64_t fence;
	int err;

	(void)unused;
	fence = 0;
	op = (struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_ATOMIC_ADD, .dst = (uintptr_t)p, .length = 8, .value = 1,
	};
	err = submit(&op, 1, &fence);
	if (err)
		return err;

	return vgpusvm_has_ended(&fence) ? op.error : -ETIME;
}

static int run_job_and_exit(void *unused)
{
	_exit(-run_job(unused));
}

/**
 * SUBTEST: async-other-process
 * Description: Two processes share their memory, and one of them ends, which ran the first
 *	job: jobs of the other one run.
 * Promises: EXEC_ASYNC
 */
static void async_other_process(void)
{
	static char stack[64 * KIB] __attribute__((aligned(16)));
	const uint64_t before = word_at(0);
	static struct task later;
	int status;
	pid_t pid;

	/* CLONE_VFORK, because the C library has one errno for both */
	pid = clone(run_job_and_exit, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD,
		    NULL);
	igt_assert(pid >= 0);
	igt_assert_eq(waitpid(pid, &status, 0), pid);
	igt_assert_eq(status, 0);
	start_task(&later, run_job, NULL);
	igt_assert_f(task_ends(&later), "no job can be queued any more\n");
	assert_ok(later.err);
	igt_assert_eq_u64(word_at(0), before + 2);
}

#define PARAMETERS	"/sys/module/vgpusvm/parameters"

/* Accesses to system memory take this many ns each, and operations really wait. */
static void set_delay(const char *latency)
{
	keep_setting(PARAMETERS "/delay");
	keep_setting(PARAMETERS "/system_latency");
	assert_ok(file_put(latency, PARAMETERS "/system_latency"));
	assert_ok(file_put("Y", PARAMETERS "/delay"));
}

static void end_delay(void)
{
	assert_ok(file_put("N", PARAMETERS "/delay"));
}

/**
 * SUBTEST: delay
 * Description: With the parameter "delay", an operation takes at least the time of the
 *	model, in system memory and on the GPU.
 * Promises: EXEC OP
 */
static void delay(void)
{
	uint64_t bytes[3], before[3], after[3], begin, took;
	char *q = map_memory(SIZE, false);
	struct drm_vgpusvm_op ops[] = {
		{ .op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)q, .length = SIZE, },
		{ .op = DRM_VGPUSVM_OP_CRC32, .src = (uintptr_t)p, .length = SIZE, },
	};

	set_delay("30000000");
	assert_ok(gpu.driver->traffic(&gpu, bytes, before));
	begin = now_ns();
	assert_ok(run(ops, ARRAY_SIZE(ops)));
	took = now_ns() - begin;
	end_delay();
	assert_ok(gpu.driver->traffic(&gpu, bytes, after));
	igt_assert_lte_u64(30000000, after[2] - before[2]);
	igt_assert(after[0] > before[0]);
	igt_assert_lte_u64(after[0] + after[2] - before[0] - before[2], took);
	munmap(q, SIZE);
}

static int run_long(void *arg)
{
	struct drm_vgpusvm_op *op = arg;

	return run(op, 1);
}

/**
 * SUBTEST: delay-unbind
 * Description: An operation that waits for the time of the model ends when its GPU is
 *	unbound.
 * Promises: OP:ENODEV
 */
static void delay_unbind(void)
{
	/* In chunks of 2 MiB, each of which takes 4 s */
	static struct drm_vgpusvm_op op;
	static struct task task;
	char *q = map_memory(64 * MIB, true);

	op = (struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)q, .length = 64 * MIB,
	};
	set_delay("4000000000");
	start_task(&task, run_long, &op);
	igt_assert(task_sleeps(&task));
	assert_ok(unbind_vgpu('a'));
	igt_assert(task_ends(&task));
	end_delay();
	assert_error(task.err, -ENODEV);
	igt_assert_lt_u64(op.done, op.length);
	assert_ok(bind_vgpu('a'));
	munmap(q, 64 * MIB);
}

static const struct subtest tests[] = {
	{ "op-fill", "The operation FILL", op_fill },
	{ "op-copy", "The operation COPY", op_copy },
	{ "op-add", "The operation ADD", op_add },
	{ "op-atomic-add", "The operation ATOMIC_ADD", op_atomic_add },
	{ "op-crc32", "The operation CRC32", op_crc32 },
	{ "op-read-write", "The operations READ and WRITE", op_read_write },
	{ "exec-order", "Operations run in order", exec_order },
	{ "exec-protection", "A GPU obeys the CPU's mappings", exec_protection },
	{ "async", "Jobs and their fences", async },
	{ "async-fault", "A job that fails", async_fault },
	{ "async-status", "Jobs have a status and an eventfd", async_status },
	{ "async-cancel", "VM_DESTROY cancels jobs", async_cancel },
	{ "async-killed", "A process is killed with a waiting job", async_killed },
	{ "async-other-process", "Another process with the same memory ends",
	  async_other_process },
	{ "async-left", "The kernel closes the file of a waiting job", async_left },
	{ "delay", "Operations take the time of the model", delay },
	{ "delay-unbind", "A GPU is unbound while an operation waits", delay_unbind },
};

int igt_main()
{
	igt_fixture() {
		require_vgpus();
		gpu.fd = -1;
	}

	run_subtests(tests, start());
}
