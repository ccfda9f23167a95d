// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm inject
 * Category: Core
 * Mega feature: SVM
 * Sub-category: memory management
 * Functionality: vgpusvm,fault injection
 * Test category: functionality test
 * Description: A virtual GPU fails on request: allocations, copies, probe, and fences that
 *	are late. Each failure happens once, no byte is lost, and everything works again
 *	afterwards.
 */

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "igt.h"
#include "lib/lost.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("A virtual GPU fails on request");

/* Each has one range, and so one allocation and one copy. The large one is half of a huge page. */
#define SIZE	(64 * KIB)
#define LARGE	MIB
#define HUGE	(2 * MIB)
#define OLD	1
#define NEW	2
/* More steps than a probe has. */
#define STEPS	32
/* Late enough that a test never sees the end of it, in ms. */
#define LATE	"60000"

/* The GPU that fails, and another one. */
static struct svm_gpu gpu = { .fd = -1 }, other = { .fd = -1 };
static uint32_t id;

static void start(void)
{
	svm_close(&gpu);
	svm_close(&other);
	start_afresh();
	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	enable_vgpus("ab");
	svm_start(&gpu, vgpu_uid('a'));
	svm_start(&other, vgpu_uid('b'));
	id = gpu.ids[0];
}

static void inject(char by, const char *file, const char *value)
{
	assert_ok(file_put(value, "%s/%s", vgpu_dir(by), file));
}

static void assert_left(char by, const char *file, const char *value)
{
	assert_text(file_text("%s/%s", vgpu_dir(by), file), value);
}

/* Of a VM, or of the GPU. */
static struct drm_vgpusvm_stats stats_of(uint32_t vm)
{
	struct drm_vgpusvm_stats stats;

	assert_ok(vgpusvm_stats(gpu.fd, vm, &stats));

	return stats;
}

static void unmap(char *p, size_t length)
{
	munmap(p, length == LARGE ? HUGE : length);
}

/* Memory with a pattern in system memory that prefers the pagemap. */
static char *map_for(struct svm_gpu *by, size_t length, uint32_t where)
{
	bool huge = length == LARGE;
	char *p = map_memory(huge ? HUGE : length, huge);

	put_pattern(p, length, OLD);
	assert_ok(by->driver->advise(by, p, length, where));

	return p;
}

/* The same, in the pagemap. */
static char *map_placed(size_t length)
{
	char *p = map_for(&gpu, length, id);

	assert_ok(gpu.driver->prefetch(&gpu, p, length));
	assert_at(&gpu, p, length, id);

	return p;
}

/**
 * SUBTEST: files
 * Description: The files take valid numbers at any time, and refuse all others. They keep
 *	their values when the GPU goes and comes.
 * Promises: vgpu/{fail_vram_alloc,fail_copy_in,fail_copy_out,fail_probe,late_fence_ms}
 *	vgpu/{fail_vram_alloc,fail_copy_in,fail_copy_out,fail_probe,late_fence_ms}:ERANGE
 */
static void files(void)
{
	static const char * const names[] = {
		"fail_vram_alloc", "fail_copy_in", "fail_copy_out", "fail_probe",
		"late_fence_ms",
	};
	static const char * const bad[] = { "", "x", "-1", "1 2", "1.5" };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		bool late = !strcmp(names[i], "late_fence_ms");
		const char *max = late ? "60000" : "2147483647";
		const char *above = late ? "60001" : "2147483648";
		const char *path = text_of("%s/%s", vgpu_dir('a'), names[i]);

		igt_assert_eq(file_mode("%s", path), 0644);
		assert_text(file_text("%s", path), "0");
		assert_ok(file_put(max, "%s", path));
		assert_text(file_text("%s", path), max);
		for (j = 0; j < ARRAY_SIZE(bad); j++)
			assert_error(file_put(bad[j], "%s", path), -EINVAL);
		assert_error(file_put(above, "%s", path), -ERANGE);
		assert_error(file_put("4294967296", "%s", path), -ERANGE);
		assert_text(file_text("%s", path), max);
		assert_ok(file_put("1000", "%s", path));
	}
	disable_vgpus("a");
	enable_vgpus("a");
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		/* The probe has used some of its steps. */
		if (strcmp(names[i], "fail_probe"))
			assert_left('a', names[i], "1000");
		else
			igt_assert_lt_u64(file_number("%s/fail_probe", vgpu_dir('a')), 1000);
		assert_left('b', names[i], "0");
		inject('a', names[i], "0");
		assert_left('a', names[i], "0");
	}
}

static void vram_alloc_of(size_t length)
{
	char *p = map_for(&gpu, length, id);
	struct drm_vgpusvm_stats before = stats_of(gpu.vm), after;
	uint64_t fallback = 0;

	inject('a', "fail_vram_alloc", "1");
	assert_ok(vgpusvm_prefetch(gpu.fd, gpu.vm, p, length, 0, &fallback));
	igt_assert_eq_u64(fallback, length);
	assert_left('a', "fail_vram_alloc", "0");
	after = stats_of(gpu.vm);
	igt_assert_eq_u64(after.fallback_bytes - before.fallback_bytes, length);
	igt_assert_eq_u64(after.migrations, before.migrations);
	assert_holds(&gpu, p, length, SVM_SYSTEM, OLD);
	/* It happens once. */
	assert_ok(gpu.driver->prefetch(&gpu, p, length));
	assert_holds(&gpu, p, length, id, OLD);
	assert_cpu_takes(&gpu, p, length, OLD);
	unmap(p, length);
}

/**
 * SUBTEST: vram-alloc
 * Description: An allocation fails: the pages stay in system memory, which counts as a
 *	fallback, and move the next time.
 * Promises: vgpu/fail_vram_alloc
 */
static void vram_alloc(void)
{
	vram_alloc_of(SIZE);
	vram_alloc_of(LARGE);
}

/**
 * SUBTEST: vram-alloc-nth
 * Description: Exactly the n-th allocation fails, nothing is evicted for it, and other GPUs
 *	do not count.
 * Promises: vgpu/fail_vram_alloc
 */
static void vram_alloc_nth(void)
{
	char *p[4], *there;
	uint64_t evictions;
	int i;

	for (i = 0; i < 4; i++)
		p[i] = map_for(&gpu, SIZE, id);
	there = map_for(&other, SIZE, other.ids[0]);
	evictions = stats_of(0).evictions;
	inject('a', "fail_vram_alloc", "3");
	assert_ok(other.driver->prefetch(&other, there, SIZE));
	assert_holds(&other, there, SIZE, other.ids[0], OLD);
	assert_left('a', "fail_vram_alloc", "3");
	for (i = 0; i < 4; i++) {
		/* Page faults and prefetches both count. */
		if (i % 2)
			assert_ok(gpu.driver->prefetch(&gpu, p[i], SIZE));
		else
			assert_gpu_reads(&gpu, p[i], SIZE, OLD, 0);
		assert_left('a', "fail_vram_alloc", i == 0 ? "2" : i == 1 ? "1" : "0");
		assert_holds(&gpu, p[i], SIZE, i == 2 ? SVM_SYSTEM : id, OLD);
	}
	igt_assert_eq_u64(stats_of(0).evictions, evictions);
	for (i = 0; i < 4; i++)
		munmap(p[i], SIZE);
	munmap(there, SIZE);
}

static void copy_in_of(size_t length)
{
	char *p = map_for(&gpu, length, id);
	struct drm_vgpusvm_stats before, after;

	inject('a', "fail_copy_in", "1");
	assert_error(gpu.driver->prefetch(&gpu, p, length), -EIO);
	assert_left('a', "fail_copy_in", "0");
	assert_at(&gpu, p, length, SVM_SYSTEM);
	igt_assert(has_pattern(p, length, OLD));

	/* A page fault uses the pages where they are. */
	before = stats_of(gpu.vm);
	inject('a', "fail_copy_in", "1");
	assert_gpu_reads(&gpu, p, length, OLD, 0);
	assert_left('a', "fail_copy_in", "0");
	assert_holds(&gpu, p, length, SVM_SYSTEM, OLD);
	after = stats_of(gpu.vm);
	igt_assert_eq_u64(after.fallback_bytes - before.fallback_bytes, length);
	assert_ok(gpu.driver->prefetch(&gpu, p, length));
	assert_holds(&gpu, p, length, id, OLD);
	assert_cpu_takes(&gpu, p, length, OLD);
	unmap(p, length);
}

/**
 * SUBTEST: copy-in
 * Description: A copy to the GPU fails: PREFETCH returns the error, and the pages stay in
 *	system memory with their content. A page fault uses them there.
 * Promises: vgpu/fail_copy_in vgpu/fail_copy_in:EIO PREFETCH:EIO
 */
static void copy_in(void)
{
	copy_in_of(SIZE);
	copy_in_of(LARGE);
}

/**
 * SUBTEST: copy-in-nth
 * Description: PREFETCH of a long range reports what was done before the copy that failed,
 *	and continues from there.
 * Promises: vgpu/fail_copy_in vgpu/fail_copy_in:EIO PREFETCH:EIO
 */
static void copy_in_nth(void)
{
	char *p = map_for(&gpu, 2 * LARGE, id);

	inject('a', "fail_copy_in", "2");
	assert_error(gpu.driver->prefetch(&gpu, p, 2 * LARGE), -EIO);
	assert_left('a', "fail_copy_in", "0");
	assert_at(&gpu, p, LARGE, id);
	assert_at(&gpu, p + LARGE, LARGE, SVM_SYSTEM);
	assert_ok(gpu.driver->prefetch(&gpu, p, 2 * LARGE));
	assert_holds(&gpu, p, 2 * LARGE, id, OLD);
	munmap(p, 2 * LARGE);
}

/**
 * SUBTEST: copy-peer
 * Description: A copy between two GPUs fails, by the engine of the GPU that has the pages:
 *	PREFETCH returns the error, and the pages stay there. A page fault moves them to
 *	system memory.
 * Promises: vgpu/fail_copy_out vgpu/fail_copy_out:EIO PREFETCH:EIO
 */
static void copy_peer(void)
{
	char *p = map_at(&gpu, SIZE, false, id, OLD);
	uint32_t there = other.ids[0];

	assert_ok(other.driver->advise(&other, p, SIZE, there));
	inject('a', "fail_copy_out", "1");
	assert_error(other.driver->prefetch(&other, p, SIZE), -EIO);
	assert_left('a', "fail_copy_out", "0");
	assert_holds(&gpu, p, SIZE, id, OLD);
	inject('a', "fail_copy_out", "1");
	assert_gpu_reads(&other, p, SIZE, OLD, 0);
	assert_left('a', "fail_copy_out", "0");
	assert_holds(&other, p, SIZE, SVM_SYSTEM, OLD);
	assert_ok(other.driver->prefetch(&other, p, SIZE));
	assert_holds(&other, p, SIZE, there, OLD);
	assert_cpu_takes(&other, p, SIZE, OLD);
	munmap(p, SIZE);
}

static void copy_out_of(size_t length)
{
	char *p = map_placed(length);
	int ends[2];

	inject('a', "fail_copy_out", "1");
	igt_assert_eq(access_code(p, false), BUS_ADRERR);
	assert_left('a', "fail_copy_out", "0");
	assert_holds(&gpu, p, length, id, OLD);
	inject('a', "fail_copy_out", "1");
	igt_assert_eq(access_code(p, true), BUS_ADRERR);
	assert_holds(&gpu, p, length, id, OLD);
	igt_assert(!pipe(ends));
	inject('a', "fail_copy_out", "1");
	igt_assert_eq(write(ends[1], p, 1), -1);
	igt_assert_eq(errno, EFAULT);
	assert_holds(&gpu, p, length, id, OLD);
	igt_assert_eq(write(ends[1], p, 1), 1);
	assert_cpu_takes(&gpu, p, length, OLD);
	close(ends[0]);
	close(ends[1]);
	unmap(p, length);
}

/**
 * SUBTEST: copy-out-cpu
 * Description: A copy fails that the CPU's access needs: the access sends SIGBUS, and a
 *	system call fails. The pages stay on the GPU with their content, and the next access
 *	gets it.
 * Promises: vgpu/fail_copy_out vgpu/fail_copy_out:EFAULT
 */
static void copy_out_cpu(void)
{
	copy_out_of(SIZE);
	copy_out_of(LARGE);
}

static void copy_out_evict_of(size_t length)
{
	char *p = map_placed(length);

	inject('a', "fail_copy_out", "1");
	assert_ok(vgpusvm_evict(gpu.fd, gpu.vm, p, length));
	assert_left('a', "fail_copy_out", "0");
	assert_at(&gpu, p, length, SVM_SYSTEM);
	igt_assert(has_pattern(p, length, OLD));

	assert_ok(gpu.driver->prefetch(&gpu, p, length));
	assert_at(&gpu, p, length, id);
	inject('a', "fail_copy_out", "1");
	assert_ok(vgpusvm_evict_region(gpu.fd, id));
	assert_left('a', "fail_copy_out", "0");
	assert_at(&gpu, p, length, SVM_SYSTEM);
	igt_assert(has_pattern(p, length, OLD));

	assert_ok(gpu.driver->prefetch(&gpu, p, length));
	assert_at(&gpu, p, length, id);
	inject('a', "fail_copy_out", "1");
	assert_ok(unbind_vgpu('a'));
	assert_left('a', "fail_copy_out", "0");
	assert_holds(&other, p, length, SVM_SYSTEM, OLD);
	igt_assert(has_pattern(p, length, OLD));
	unmap(p, length);
	assert_ok(bind_vgpu('a'));
	svm_close(&gpu);
	svm_start(&gpu, vgpu_uid('a'));
}

/**
 * SUBTEST: copy-out-evict
 * Description: A copy of EVICT fails, of a range or a region, or one of the removal of the
 *	GPU: they try again, and no byte is lost.
 * Promises: vgpu/fail_copy_out EVICT EVICT_REGION
 */
static void copy_out_evict(void)
{
	copy_out_evict_of(SIZE);
	copy_out_evict_of(LARGE);
}

/**
 * SUBTEST: copy-out-room
 * Description: A copy fails that would make room in a full region: its pages stay, others
 *	go, and all of them have their content.
 * Promises: vgpu/fail_copy_out
 */
static void copy_out_room(void)
{
	const size_t num = VGPU_SIZE / SIZE;
	char *p[VGPU_SIZE / SIZE + 1];
	size_t i;

	for (i = 0; i < num; i++)
		p[i] = map_at(&gpu, SIZE, false, id, OLD + i);
	p[num] = map_memory(SIZE, false);
	put_pattern(p[num], SIZE, OLD + num);
	assert_ok(gpu.driver->advise(&gpu, p[num], SIZE, id));
	inject('a', "fail_copy_out", "1");
	assert_ok(gpu.driver->prefetch(&gpu, p[num], SIZE));
	assert_left('a', "fail_copy_out", "0");
	assert_holds(&gpu, p[num], SIZE, id, OLD + num);
	for (i = 0; i <= num; i++) {
		igt_assert(has_pattern(p[i], SIZE, OLD + i));
		munmap(p[i], SIZE);
	}
}

/* Nothing of the GPU exists, and its configuration can change. */
static void assert_nothing_left(void)
{
	const char *index = file_text("%s/index", vgpu_dir('a'));

	assert_left('a', "enabled", "0");
	igt_assert(!file_exists("/sys/devices/platform/vgpusvm.%u", vgpu_number('a')));
	igt_assert(!file_exists(INITIATORS "/%s", vgpu_uid('a')));
	igt_assert(!vgpu_id('a', 0));
	assert_ok(file_put(index, "%s/index", vgpu_dir('a')));
}

static unsigned long module_users(void)
{
	return file_number("/sys/module/vgpusvm/refcnt");
}

/**
 * SUBTEST: probe
 * Description: Each step of probe fails once: the GPU is not enabled, nothing of it is left,
 *	and it works when it is enabled again.
 * Promises: vgpu/fail_probe vgpu/fail_probe:{ENXIO,EIO}
 */
static void probe(void)
{
	unsigned long users;
	char *p;
	int n;

	svm_close(&gpu);
	disable_vgpus("a");
	users = module_users();
	for (n = 1; n < STEPS; n++) {
		int err;

		inject('a', "fail_probe", text_of("%d", n));
		err = file_put("1", "%s/enabled", vgpu_dir('a'));
		if (!err)
			break;
		assert_error(err, -ENXIO);
		assert_left('a', "fail_probe", "0");
		assert_nothing_left();
		igt_assert(eventually(module_users() <= users));
	}
	igt_info("A probe has %d steps\n", n - 1);
	igt_assert(n > 1 && n < STEPS);
	/* All steps have run, and the next one would fail. */
	assert_left('a', "fail_probe", "1");
	inject('a', "fail_probe", "0");
	svm_start(&gpu, vgpu_uid('a'));
	igt_assert_eq(gpu.ids[0], id);
	p = map_at(&gpu, SIZE, false, id, OLD);
	assert_holds(&other, p, SIZE, id, OLD);
	munmap(p, SIZE);
}

/**
 * SUBTEST: probe-bind
 * Description: Probe fails when the driver is bound by sysfs: the device stays without a
 *	driver, and can be bound again.
 * Promises: vgpu/fail_probe vgpu/fail_probe:EIO
 */
static void probe_bind(void)
{
	const char *driver = text_of("/sys/devices/platform/vgpusvm.%u/driver",
				     vgpu_number('a'));

	svm_close(&gpu);
	assert_ok(unbind_vgpu('a'));
	inject('a', "fail_probe", "2");
	igt_assert(bind_vgpu('a'));
	assert_left('a', "fail_probe", "0");
	assert_left('a', "enabled", "1");
	assert_text(link_name("%s", driver), "ENOENT");
	igt_assert(!vgpu_id('a', 0));
	assert_ok(bind_vgpu('a'));
	assert_text(link_name("%s", driver), "vgpusvm");
	igt_assert_eq(vgpu_id('a', 0), id);
}

/* A job that fills memory, with its results in a place that outlives the caller. */
struct job {
	char *p;
	struct drm_vgpusvm_op op;
	volatile int64_t status;
	volatile uint64_t fence;
};

static int submit(struct job *job)
{
	struct drm_vgpusvm_exec exec = {
		.vm_id = gpu.vm,
		.flags = DRM_VGPUSVM_EXEC_ASYNC,
		.num_ops = 1,
		.ops = (uintptr_t)&job->op,
		.op_stride = sizeof(job->op),
		.fence_addr = (uintptr_t)&job->fence,
		.fence_value = VGPUSVM_DONE,
		.status_addr = (uintptr_t)&job->status,
	};

	job->op = (struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_FILL, .dst = (uintptr_t)job->p, .length = SIZE,
		.value = 0x0101010101010101ull * NEW,
	};
	job->status = 1;
	job->fence = 0;

	return drm_call(gpu.fd, DRM_IOCTL_VGPUSVM_EXEC, &exec);
}

static void submit_late(struct job *job)
{
	job->p = map_for(&gpu, SIZE, id);
	inject('a', "late_fence_ms", LATE);
	assert_ok(submit(job));
	/* The results are there, and the fence is not. */
	igt_assert(eventually(!job->status));
	igt_assert_eq_u64(job->op.done, SIZE);
	igt_assert_eq(job->p[0], NEW);
	igt_assert_eq(job->p[SIZE - 1], NEW);
	igt_assert_eq_u64(job->fence, 0);
}

/**
 * SUBTEST: late-fence
 * Description: The user fence of a job is late: the results are there before it. Writing 0
 *	lets it come. Jobs of other GPUs do not wait.
 * Promises: vgpu/late_fence_ms EXEC
 */
static void late_fence(void)
{
	static struct job job, next;
	struct drm_vgpusvm_op op = { .op = DRM_VGPUSVM_OP_FILL, .length = SIZE };
	static uint64_t fence;

	submit_late(&job);
	/* The next job of the VM runs after the fence of this one. */
	next.p = map_for(&gpu, SIZE, id);
	assert_ok(submit(&next));
	op.dst = (uintptr_t)map_memory(SIZE, false);
	fence = 0;
	assert_ok(vgpusvm_submit(other.fd, other.vm, &op, 1, &fence));
	igt_assert(vgpusvm_has_ended(&fence));
	igt_assert_eq_u64(job.fence, 0);
	igt_assert_eq(next.status, 1);
	inject('a', "late_fence_ms", "0");
	igt_assert(eventually(job.fence == VGPUSVM_DONE));
	igt_assert(eventually(next.fence == VGPUSVM_DONE));
	igt_assert_eq(next.status, 0);
	munmap((void *)(uintptr_t)op.dst, SIZE);
	munmap(next.p, SIZE);
	munmap(job.p, SIZE);
}

/**
 * SUBTEST: late-fence-gone
 * Description: A late fence delays nobody who ends the VM: destroying the VM and removing
 *	the GPU signal it at once, and a process that is killed ends.
 * Promises: vgpu/late_fence_ms VM_DESTROY EXEC
 */
static void late_fence_gone(void)
{
	static struct job job;
	int status;
	pid_t pid;

	submit_late(&job);
	assert_ok(gpu.driver->vm_destroy(&gpu));
	igt_assert(eventually(job.fence == VGPUSVM_DONE));
	munmap(job.p, SIZE);

	assert_ok(gpu.driver->vm_create(&gpu));
	submit_late(&job);
	assert_ok(unbind_vgpu('a'));
	igt_assert(eventually(job.fence == VGPUSVM_DONE));
	igt_assert_eq(job.p[SIZE - 1], NEW);
	munmap(job.p, SIZE);
	assert_ok(bind_vgpu('a'));

	pid = fork();
	igt_assert(pid >= 0);
	if (!pid) {
		svm_close(&gpu);
		svm_start(&gpu, vgpu_uid('a'));
		submit_late(&job);
		raise(SIGKILL);
	}
	igt_assert_eq(waitpid(pid, &status, 0), pid);
	igt_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static const struct subtest tests[] = {
	{ "files", "The files of failures", files },
	{ "vram-alloc", "An allocation on the GPU fails", vram_alloc },
	{ "vram-alloc-nth", "The n-th allocation fails", vram_alloc_nth },
	{ "copy-in", "A copy to the GPU fails", copy_in },
	{ "copy-in-nth", "The n-th copy to the GPU fails", copy_in_nth },
	{ "copy-peer", "A copy to another GPU fails", copy_peer },
	{ "copy-out-cpu", "A copy for an access of the CPU fails", copy_out_cpu },
	{ "copy-out-evict", "A copy of an eviction fails", copy_out_evict },
	{ "copy-out-room", "A copy that would make room fails", copy_out_room },
	{ "probe", "Each step of probe fails", probe },
	{ "probe-bind", "Probe fails when the driver is bound", probe_bind },
	{ "late-fence", "The fence of a job is late", late_fence },
	{ "late-fence-gone", "A late fence delays no end", late_fence_gone },
};

int igt_main()
{
	igt_fixture()
		require_vgpus();

	run_subtests(tests, start());
}
