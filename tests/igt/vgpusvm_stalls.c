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
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "igt.h"
#include "lib/dma_trace.h"
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

/* It is the processor that waits here, on behalf of the GPU. */
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

/* Whether it ends while the page is held back. */
static bool ends_beside(int (*run)(void *arg), void *arg)
{
	struct task *task = calloc(1, sizeof(*task));

	igt_assert(task);
	start_task(task, run, arg);
	return task_ends(task) && !task->err;
}

/* What waits goes on, for better or worse, before anything is asserted. */
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

/* Nothing but time was lost, if nobody unbinds the GPU. */
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

/* It asks for another GPU's memory where a file system of its own has the render nodes. */
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
