// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm stalls
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: vgpusvm,page-fault
 * Test category: functionality test
 * Description: A program holds back a page that a virtual GPU waits for: all other work
 *	continues, and the GPU can be unbound.
 */

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "igt.h"
#include "lib/dma_trace.h"
#include "lib/memory_cgroup.h"
#include "lib/placed.h"
#include "lib/stall.h"
#include "lib/subtests.h"
#include "lib/task.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("A virtual GPU waits for a page, and nobody else does");

static struct svm_gpu gpu;
static uint32_t id;
static char *p;

static struct stall stall;
static struct drm_vgpusvm_op op;
static uint64_t fence;

static void start(void)
{
	p = start_placed(&gpu);
	id = gpu.ids[0];
	fence = 0;
}

static int run_exec(void *unused)
{
	(void)unused;
	op = (struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_CRC32, .src = (uintptr_t)stall.p, .length = STALL_SIZE,
	};
	return vgpusvm_exec(gpu.fd, gpu.vm, &op, 1);
}

static int run_prefetch(void *unused)
{
	(void)unused;
	return vgpusvm_prefetch(gpu.fd, gpu.vm, stall.p, STALL_SIZE, 0, NULL);
}

/* Here the CPU waits while it reads the buffer of the operation. */
static int run_user_buffer(void *unused)
{
	(void)unused;
	op = (struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_WRITE, .dst = (uintptr_t)p, .value = (uintptr_t)stall.p,
		.length = STALL_SIZE,
	};
	return vgpusvm_exec(gpu.fd, gpu.vm, &op, 1);
}

static int run_job(void *unused)
{
	int err;

	(void)unused;
	op = (struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_CRC32, .src = (uintptr_t)stall.p, .length = STALL_SIZE,
	};
	err = vgpusvm_submit(gpu.fd, gpu.vm, &op, 1, &fence);
	if (err)
		return err;

	return vgpusvm_has_ended(&fence) ? op.error : -ETIME;
}

static int use_vm(int fd, uint32_t vm)
{
	struct drm_vgpusvm_op fill = {
		.op = DRM_VGPUSVM_OP_ATOMIC_ADD, .dst = (uintptr_t)p, .length = 8,
	};
	int err = vgpusvm_exec(fd, vm, &fill, 1);

	return err ?: vgpusvm_prefetch(fd, vm, p, PLACED_SIZE, 0, NULL);
}

static int use_another_vm(int fd)
{
	uint32_t vm;
	int err = vgpusvm_vm_create(fd, &vm);

	return err ?: use_vm(fd, vm) ?: vgpusvm_vm_destroy(fd, vm);
}

/* The same VM, another VM of the file, and another GPU. */
static int use_others(void *unused)
{
	struct svm_gpu other;
	int err;

	(void)unused;
	err = use_vm(gpu.fd, gpu.vm) ?: use_another_vm(gpu.fd) ?: svm_open(&other, vgpu_uid('b'));
	if (err)
		return err;

	err = use_another_vm(other.fd);
	svm_close(&other);

	return err;
}

static int unbind(void *letter)
{
	return unbind_vgpu(*(char *)letter);
}

/* Does it end while the page is held back? */
static bool ends_beside(int (*run)(void *arg), void *arg)
{
	struct task *task = calloc(1, sizeof(*task));

	igt_assert(task);
	start_task(task, run, arg);
	return task_ends(task) && !task->err;
}

/* Release the page before any assertion, so that no task is left waiting. */
static void assert_stalls_nobody(int (*run)(void *unused))
{
	static struct task waiting;
	bool hit, others = false, unbound_b = false, unbound_a = false, ended;

	start_task(&waiting, run, NULL);
	hit = stall_is_hit(&stall);
	if (hit)
		others = ends_beside(use_others, NULL);
	if (others)
		unbound_b = ends_beside(unbind, "b");
	if (unbound_b)
		unbound_a = ends_beside(unbind, "a");
	ended = __atomic_load_n(&waiting.ended, __ATOMIC_ACQUIRE);
	stall_release(&stall);
	igt_assert(task_ends(&waiting));
	stall_end(&stall);
	igt_assert(hit);
	igt_assert_f(others, "others wait for the page, too\n");
	igt_assert_f(unbound_b, "another GPU can't be unbound\n");
	igt_assert_f(unbound_a, "the GPU can't be unbound\n");
	igt_assert_f(!ended, "the page was not held back\n");
	assert_error(waiting.err, -ENODEV);
	igt_assert(has_pattern_from(p + 8, PLACED_SIZE - 8, PLACED_SEED, 8));
}

/* If the GPU stays bound, the operation succeeds after the page is released. */
static void assert_goes_on(int (*run)(void *unused))
{
	static struct task waiting;
	bool hit;

	start_task(&waiting, run, NULL);
	hit = stall_is_hit(&stall);
	stall_release(&stall);
	igt_assert(hit && task_ends(&waiting));
	assert_ok(waiting.err);
	stall_end(&stall);
}

/**
 * SUBTEST: exec-%s
 * Description: An operation waits for a page that a program holds back: the same VM, other
 *	VMs and other GPUs continue. Both GPUs can be unbound, and the operation then fails
 *	with ENODEV.
 * Promises: EXEC OP:ENODEV IOCTLS:ENODEV
 *
 * arg[1]:
 *
 * @userfaultfd: A userfaultfd holds the page back.
 * @fuse: A file system holds the page back.
 */
static void exec_userfaultfd(void)
{
	stall_by_userfaultfd(&stall);
	assert_stalls_nobody(run_exec);
}

static void exec_fuse(void)
{
	stall_by_fuse(&stall);
	assert_stalls_nobody(run_exec);
}

/* The first half of the memory has pages, and the second one is held back. */
static int run_add(void *words)
{
	op = (struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_ADD, .dst = (uintptr_t)words, .src = (uintptr_t)words,
		.length = 2 * STALL_SIZE, .value = 1,
	};
	return vgpusvm_exec(gpu.fd, gpu.vm, &op, 1);
}

/**
 * SUBTEST: exec-done
 * Description: An operation waits for a page, and its GPU is unbound: the operation reports
 *	how far it came. Everything before that is done, and nothing after it.
 * Promises: OP OP:ENODEV
 */
static void exec_done(void)
{
	uint64_t *words = map_memory(2 * STALL_SIZE, false);
	static struct task adding;
	bool hit, unbound = false;
	size_t i;

	memset(words, 0, STALL_SIZE);
	stall_at(&stall, (char *)words + STALL_SIZE);
	start_task(&adding, run_add, words);
	hit = stall_is_hit(&stall);
	if (hit)
		unbound = ends_beside(unbind, "a");
	stall_release(&stall);
	igt_assert(task_ends(&adding));
	igt_assert(hit && unbound);
	assert_error(adding.err, -ENODEV);
	assert_error(op.error, -ENODEV);
	igt_assert_eq_u64(op.done, STALL_SIZE);
	for (i = 0; i < 2 * STALL_SIZE / 8; i++)
		igt_assert_eq_u64(words[i], i < STALL_SIZE / 8);
	munmap(words, 2 * STALL_SIZE);
}

/**
 * SUBTEST: placed-%s
 * Description: The same for memory that prefers to be on a GPU: a waiting fault does not
 *	block that GPU's memory.
 * Promises: MADVISE OP:ENODEV
 *
 * arg[1]:
 *
 * @own: The memory prefers the GPU that accesses it.
 * @peer: The memory prefers the other GPU.
 */
static void placed_own(void)
{
	stall_by_userfaultfd(&stall);
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, stall.p, STALL_SIZE, id));
	assert_stalls_nobody(run_exec);
}

static void placed_peer(void)
{
	stall_by_userfaultfd(&stall);
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, stall.p, STALL_SIZE, vgpu_id('b', 0)));
	assert_stalls_nobody(run_exec);
}

/**
 * SUBTEST: prefetch-%s
 * Description: The same for a prefetch.
 * Promises: PREFETCH:ENODEV IOCTLS:ENODEV
 *
 * arg[1]:
 *
 * @userfaultfd: A userfaultfd holds the page back.
 * @fuse: A file system holds the page back.
 */
static void prefetch_userfaultfd(void)
{
	stall_by_userfaultfd(&stall);
	assert_stalls_nobody(run_prefetch);
}

static void prefetch_fuse(void)
{
	stall_by_fuse(&stall);
	assert_stalls_nobody(run_prefetch);
}

/**
 * SUBTEST: job-%s
 * Description: The same for an asynchronous job.
 * Promises: EXEC_ASYNC OP:ENODEV
 *
 * arg[1]:
 *
 * @userfaultfd: A userfaultfd holds the page back.
 * @fuse: A file system holds the page back.
 */
static void job_userfaultfd(void)
{
	stall_by_userfaultfd(&stall);
	assert_stalls_nobody(run_job);
}

static void job_fuse(void)
{
	stall_by_fuse(&stall);
	assert_stalls_nobody(run_job);
}

/**
 * SUBTEST: user-buffer-%s
 * Description: The same for the buffer of a WRITE.
 * Promises: OP_WRITE OP:ENODEV
 *
 * arg[1]:
 *
 * @userfaultfd: A userfaultfd holds the page back.
 * @fuse: A file system holds the page back.
 */
static void user_buffer_userfaultfd(void)
{
	stall_by_userfaultfd(&stall);
	assert_stalls_nobody(run_user_buffer);
}

static void user_buffer_fuse(void)
{
	stall_by_fuse(&stall);
	assert_stalls_nobody(run_user_buffer);
}

/* Places memory on the other GPU, whose render node a FUSE file system of this task has. */
static int run_lookup(void *unused)
{
	(void)unused;
	if (unshare(CLONE_NEWNS) || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount(fuse_file_dir(stall.file), "/dev/dri", NULL, MS_BIND, NULL))
		return -errno;

	return vgpusvm_madvise(gpu.fd, gpu.vm, p, PLACED_SIZE, vgpu_id('b', 0));
}

/**
 * SUBTEST: lookup-fuse
 * Description: The same while a file system delays the look-up of the other GPU's render
 *	node, in a MADVISE for that GPU's pagemap.
 * Promises: MADVISE pagemap/id
 */
static void lookup_fuse(void)
{
	stall_by_lookup(&stall);
	assert_stalls_nobody(run_lookup);
}

/**
 * SUBTEST: released-%s
 * Description: When the program provides the page, the operation continues with its
 *	content.
 * Promises: EXEC OP_CRC32
 *
 * arg[1]:
 *
 * @userfaultfd: A userfaultfd holds the page back.
 * @fuse: A file system holds the page back.
 */
static void released_userfaultfd(void)
{
	struct drm_vgpusvm_op zeroes = {
		.op = DRM_VGPUSVM_OP_CRC32, .length = STALL_SIZE,
		.src = (uintptr_t)map_memory(STALL_SIZE, false),
	};

	stall_by_userfaultfd(&stall);
	assert_goes_on(run_exec);
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &zeroes, 1));
	igt_assert_eq_u64(op.result, zeroes.result);
	assert_placed(&gpu, p);
}

static void released_fuse(void)
{
	char *bytes = map_memory(STALL_SIZE, false);
	struct drm_vgpusvm_op same = {
		.op = DRM_VGPUSVM_OP_CRC32, .length = STALL_SIZE, .src = (uintptr_t)bytes,
	};

	memset(bytes, FUSE_FILE_BYTE, STALL_SIZE);
	stall_by_fuse(&stall);
	assert_goes_on(run_exec);
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &same, 1));
	igt_assert_eq_u64(op.result, same.result);
	assert_placed(&gpu, p);
}

static pid_t start_child(int (*run)(void))
{
	pid_t pid = fork();

	igt_assert(pid >= 0);
	if (!pid)
		_exit(-run());

	return pid;
}

static void kill_child(pid_t pid)
{
	kill(pid, SIGKILL);
	igt_assert_eq(waitpid(pid, NULL, 0), pid);
}

/* Moves new memory to GPU b while its cgroup is above its limit. */
static int move_slowly(void)
{
	struct svm_gpu mine;
	int err = join_memory_cgroup() ?: svm_open(&mine, vgpu_uid('b')) ?:
		  vgpusvm_vm_create(mine.fd, &mine.vm) ?:
		  file_put("0", MEMORY_CGROUP "/memory.high");

	while (!err) {
		char *new = map_memory(MIB, false);

		err = vgpusvm_madvise(mine.fd, mine.vm, new, MIB, vgpu_id('b', 0)) ?:
		      vgpusvm_prefetch(mine.fd, mine.vm, new, MIB, 0, NULL);
		munmap(new, MIB);
	}

	return err;
}

/* Moves memory to a full region of GPU a, which evicts other memory each time. */
static int evict_often(void *memory)
{
	char *q = memory;
	int err = 0;
	size_t i;

	for (i = 0; i < 2 * VGPU_SIZE && !err; i += MIB)
		err = vgpusvm_prefetch(gpu.fd, gpu.vm, q + i, MIB, 0, NULL);

	return err;
}

/**
 * SUBTEST: cgroup-limit
 * Description: Two processes move memory to a GPU, and a limit of their cgroup slows them
 *	down: another process moves and evicts memory of another GPU meanwhile.
 * Promises: PREFETCH MADVISE
 */
static void cgroup_limit(void)
{
	char *q = map_memory(2 * VGPU_SIZE, false);
	static struct task evicting;
	pid_t slow[2];
	bool slowed, ended;

	make_memory_cgroup();
	assert_ok(vgpusvm_madvise(gpu.fd, gpu.vm, q, 2 * VGPU_SIZE, id));
	slow[0] = start_child(move_slowly);
	slow[1] = start_child(move_slowly);
	slowed = eventually(memory_cgroup_is_over());
	start_task(&evicting, evict_often, q);
	ended = task_ends(&evicting);
	kill_child(slow[0]);
	kill_child(slow[1]);
	igt_assert(task_ends(&evicting));
	remove_memory_cgroup();
	igt_assert_f(slowed, "nobody is slowed down\n");
	igt_assert_f(ended, "memory waits for that of others\n");
	assert_ok(evicting.err);
	munmap(q, 2 * VGPU_SIZE);
}

/* More than the 1024 work items of a queue that the kernel runs at a time. */
#define VMS		1100
/* Each needs a page table of its own, which fork() copies slowly beyond the limit. */
#define TABLES		2048

struct closing {
	/* The forked processes set these when they have come so far. */
	bool copying, copied, closed;
	/* The test sets this, and they wait for it. */
	bool close;
};

static struct closing *closing;

static bool is_set(const bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_ACQUIRE);
}

static void set(bool *flag)
{
	__atomic_store_n(flag, true, __ATOMIC_RELEASE);
}

/* Opens GPU a, and makes VMs which have a page mapped. Returns how many. */
static int open_vms(int *fd, void *page, int num)
{
	struct drm_vgpusvm_op add = {
		.op = DRM_VGPUSVM_OP_ATOMIC_ADD, .dst = (uintptr_t)page, .length = 8,
	};
	struct svm_gpu mine;
	uint32_t vm;
	int i;

	if (svm_open(&mine, gpu.uid))
		return 0;
	*fd = mine.fd;
	for (i = 0; i < num && !vgpusvm_vm_create(mine.fd, &vm); i++) {
		struct drm_vgpusvm_op op = add;

		if (vgpusvm_exec(mine.fd, vm, &op, 1))
			return 0;
	}

	return i;
}

/* The last one to close these files, so that no other process waits for it. */
static void close_later(const int *fds, int num)
{
	while (!is_set(&closing->close))
		usleep(10000);
	while (num--)
		close(fds[num]);
	set(&closing->closed);
	pause();
}

/*
 * fork() copies the page tables of a mapping slowly, and no MMU notifier of the
 * process can end until it has done that.
 */
static int copy_slowly(void)
{
	const size_t length = TABLES * 2 * MIB;
	int fds[VMS], num = 0, vms = 0, more;
	char *wide;
	size_t i;

	/* More than the VM has: only one page of each page table is used. */
	wide = mmap(NULL, length, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (wide == MAP_FAILED || madvise(wide, length, MADV_NOHUGEPAGE) || join_memory_cgroup())
		return -errno;
	for (i = 0; i < length; i += 2 * MIB)
		wide[i] = 1;
	while (vms < VMS && (more = open_vms(&fds[num], wide, VMS - vms)) > 0) {
		vms += more;
		num++;
	}
	if (vms < VMS)
		return -ENOMEM;
	if (!fork())
		close_later(fds, num);
	while (num--)
		close(fds[num]);
	if (file_put("0", MEMORY_CGROUP "/memory.high"))
		return -errno;

	set(&closing->copying);
	if (!fork())
		pause();
	set(&closing->copied);
	pause();

	return 0;
}

static int destroy_own_vm(void *vm)
{
	return vgpusvm_vm_destroy(gpu.fd, *(uint32_t *)vm);
}

/**
 * SUBTEST: close-many
 * Description: A process has closed more than a thousand VMs, and delays their end: a VM of
 *	another process ends meanwhile.
 * Promises: VM_DESTROY
 */
static void close_many(void)
{
	static struct task destroying;
	static uint32_t vm;
	bool closed, ended, early;
	pid_t slow;

	make_memory_cgroup();
	closing = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	igt_assert(closing != MAP_FAILED);
	assert_ok(vgpusvm_vm_create(gpu.fd, &vm));
	assert_ok(use_vm(gpu.fd, vm));
	slow = start_child(copy_slowly);
	closed = eventually(is_set(&closing->copying)) && eventually(memory_cgroup_is_over());
	set(&closing->close);
	closed = closed && eventually(is_set(&closing->closed));
	start_task(&destroying, destroy_own_vm, &vm);
	ended = task_ends(&destroying);
	early = !is_set(&closing->copied);
	kill_child(slow);
	file_put("1", MEMORY_CGROUP "/cgroup.kill");
	igt_assert(task_ends(&destroying));
	remove_memory_cgroup();
	munmap(closing, page_size());
	igt_assert_f(closed, "the VMs are not closed\n");
	igt_assert_f(ended && early, "a VM waits for those of another process\n");
	assert_ok(destroying.err);
}

#define HUGE_SIZE	0x200000000000ULL

static int run_evict(void *vm)
{
	return vgpusvm_evict(gpu.fd, *(uint32_t *)vm, stall.p, HUGE_SIZE);
}

/**
 * SUBTEST: destroy-evict
 * Description: VM_DESTROY ends an EVICT that still has terabytes of mapped address space to
 *	look at.
 * Promises: VM_DESTROY EVICT
 */
static void destroy_evict(void)
{
	static struct task evict;
	static uint32_t vm;

	stall.p = mmap(NULL, HUGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		       -1, 0);
	igt_assert(stall.p != MAP_FAILED);
	assert_ok(vgpusvm_vm_create(gpu.fd, &vm));
	start_task(&evict, run_evict, &vm);
	usleep(100000);
	assert_ok(vgpusvm_vm_destroy(gpu.fd, vm));
	igt_assert(task_ends(&evict));
	igt_assert_eq(evict.err, -ENOENT);
	munmap(stall.p, HUGE_SIZE);
	stall.p = NULL;
}

static int run_destroy(void *unused)
{
	(void)unused;
	return vgpusvm_vm_destroy(gpu.fd, gpu.vm);
}

/* The GPU maps it, because pages of a file do not migrate. */
static char *map_for_dma(void)
{
	struct drm_vgpusvm_op read = { .op = DRM_VGPUSVM_OP_CRC32, .length = PLACED_SIZE };
	int fd = memfd_create("dma", MFD_CLOEXEC);
	char *memory;

	igt_assert(fd >= 0 && !ftruncate(fd, PLACED_SIZE));
	memory = mmap(NULL, PLACED_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	igt_assert(memory != MAP_FAILED);
	close(fd);
	read.src = (uintptr_t)memory;
	assert_ok(vgpusvm_exec(gpu.fd, gpu.vm, &read, 1));

	return memory;
}

/**
 * SUBTEST: destroy-unbind
 * Description: When unbind returns, the GPU has no DMA mapping, even if VM_DESTROY waits
 *	for a job meanwhile.
 * Promises: VM_DESTROY
 */
static void destroy_unbind(void)
{
	static struct task destroy;
	struct dma_trace trace;
	bool hit, sleeps, unbound;
	char *memory;

	dma_trace_start();
	memory = map_for_dma();
	stall_by_userfaultfd(&stall);
	op = (struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_CRC32, .src = (uintptr_t)stall.p, .length = STALL_SIZE,
	};
	assert_ok(vgpusvm_submit(gpu.fd, gpu.vm, &op, 1, &fence));
	hit = stall_is_hit(&stall);
	start_task(&destroy, run_destroy, NULL);
	sleeps = task_sleeps(&destroy);
	unbound = ends_beside(unbind, "a");
	dma_trace_mark();
	stall_release(&stall);
	igt_assert(task_ends(&destroy));
	stall_end(&stall);
	munmap(memory, PLACED_SIZE);
	dma_trace_end(strchr(vgpu_uid('a'), '-') + 1, &trace);
	igt_assert(hit && sleeps && unbound);
	igt_assert(trace.mapped > 0);
	igt_assert_eq(trace.unmapped, trace.mapped);
	igt_assert_eq(trace.unmapped_late, 0);
}

static const struct subtest tests[] = {
	{ "exec-userfaultfd", "An operation waits for a userfaultfd", exec_userfaultfd },
	{ "exec-fuse", "An operation waits for a file system", exec_fuse },
	{ "exec-done", "A waiting operation reports how far it came", exec_done },
	{ "placed-own", "Waiting memory prefers the same GPU", placed_own },
	{ "placed-peer", "Waiting memory prefers the other GPU", placed_peer },
	{ "prefetch-userfaultfd", "A prefetch waits for a userfaultfd", prefetch_userfaultfd },
	{ "prefetch-fuse", "A prefetch waits for a file system", prefetch_fuse },
	{ "job-userfaultfd", "A job waits for a userfaultfd", job_userfaultfd },
	{ "job-fuse", "A job waits for a file system", job_fuse },
	{ "user-buffer-userfaultfd", "A buffer waits for a userfaultfd",
	  user_buffer_userfaultfd },
	{ "user-buffer-fuse", "A buffer waits for a file system", user_buffer_fuse },
	{ "lookup-fuse", "A look-up waits for a file system", lookup_fuse },
	{ "cgroup-limit", "A cgroup slows down processes that move memory", cgroup_limit },
	{ "close-many", "A process delays the end of many VMs", close_many },
	{ "destroy-evict", "A VM is destroyed during a huge EVICT", destroy_evict },
	{ "destroy-unbind", "The GPU is unbound while a VM is destroyed", destroy_unbind },
	{ "released-userfaultfd", "A userfaultfd provides the page", released_userfaultfd },
	{ "released-fuse", "A file system provides the page", released_fuse },
};

int igt_main()
{
	igt_fixture() {
		require_vgpus();
		gpu.fd = -1;
	}

	run_subtests(tests, start());
}
