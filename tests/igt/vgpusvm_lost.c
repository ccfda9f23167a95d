// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm lost
 * Category: Core
 * Mega feature: SVM
 * Sub-category: memory management
 * Functionality: vgpusvm,surprise removal
 * Test category: functionality test
 * Description: A virtual GPU is pulled out, with pages in its memory: nobody reads anything
 *	else instead of them, nobody waits, and everything else goes on.
 */

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "igt.h"
#include "lib/lost.h"
#include "lib/settings.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/task.h"
#include "lib/vgpus.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("A virtual GPU is pulled out");

#define SIZE	(256 * KIB)
#define HUGE	(2 * MIB)
#define OLD	1
#define NEW	2

#define PIECE	(16 * KIB)
#define PIECES	256

#define AUTOPROBE	"/sys/bus/platform/drivers_autoprobe"

/* The GPU that is pulled out, and another one. */
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

static int set_lost(const char *value)
{
	return file_put(value, "%s/lost", vgpu_dir('a'));
}

static void pull_out(void)
{
	assert_ok(set_lost("1"));
}

static void insert_again(void)
{
	enable_vgpus("a");
	svm_close(&gpu);
	svm_start(&gpu, vgpu_uid('a'));
}

/* The error of an operation that reads it. */
static int read_by(struct svm_gpu *by, const char *p, size_t length)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_CRC32,
		.src = (uintptr_t)p,
		.length = length,
	};

	return vgpusvm_exec(by->fd, by->vm, &op, 1);
}

static void assert_stays(struct svm_gpu *by, const char *p, uint32_t where)
{
	uint32_t ids[SIZE / KIB / 4];
	size_t i, num = SIZE / page_size();

	assert_ok(by->driver->residency(by, p, SIZE, ids));
	for (i = 0; i < num; i++)
		igt_assert_eq(ids[i], where);
}

static void cpu_of(size_t length, bool huge)
{
	char *p = map_at(&gpu, length, huge, id, OLD);
	int ends[2];

	pull_out();
	igt_assert(is_lost(p, length));
	igt_assert(!pipe(ends));
	igt_assert_eq(write(ends[1], p, 1), -1);
	igt_assert(errno == EFAULT || errno == EHWPOISON);
	/* The process goes on: it discards these pages, and has new ones. */
	assert_ok(madvise(p, length, MADV_DONTNEED));
	put_pattern(p, length, NEW);
	igt_assert(has_pattern(p, length, NEW));
	munmap(p, length);
	close(ends[0]);
	close(ends[1]);
	insert_again();
}

/**
 * SUBTEST: cpu
 * Description: The CPU reads and writes pages of the GPU: each access sends SIGBUS as for
 *	poisoned memory, a system call fails, and the program can discard the pages.
 * Promises: vgpu/lost
 */
static void cpu(void)
{
	cpu_of(SIZE, false);
	cpu_of(HUGE, true);
}

/**
 * SUBTEST: peer
 * Description: Another GPU that has used the pages, and a VM that has not, can't read them;
 *	their place does not change, and they can't move.
 * Promises: vgpu/lost vgpu/lost:EFAULT OP:EFAULT
 */
static void peer(void)
{
	char *p = map_at(&gpu, SIZE, false, id, OLD);
	struct svm_gpu fresh = { .fd = -1 };

	assert_ok(read_by(&other, p, SIZE));
	assert_at(&other, p, SIZE, id);
	pull_out();
	assert_error(read_by(&other, p, SIZE), -EFAULT);
	svm_start(&fresh, vgpu_uid('b'));
	assert_error(read_by(&fresh, p, page_size()), -EFAULT);
	assert_error(fresh.driver->store(&fresh, p, NEW), -EFAULT);
	assert_stays(&fresh, p, id);
	assert_ok(fresh.driver->advise(&fresh, p, SIZE, fresh.ids[0]));
	igt_assert(fresh.driver->prefetch(&fresh, p, SIZE));
	assert_stays(&fresh, p, id);
	igt_assert(is_lost(p, SIZE));
	svm_close(&fresh);
	munmap(p, SIZE);
}

/**
 * SUBTEST: elsewhere
 * Description: Pages in system memory and on another GPU keep their content, and the other
 *	GPU works.
 * Promises: vgpu/lost
 */
static void elsewhere(void)
{
	char *lost = map_at(&gpu, SIZE, false, id, OLD);
	char *there = map_at(&other, SIZE, false, other.ids[0], OLD);
	char *here = map_memory(SIZE, false);

	put_pattern(here, SIZE, NEW);
	assert_ok(gpu.driver->advise(&gpu, there, SIZE, other.ids[0]));
	assert_ok(read_by(&gpu, there, SIZE));
	assert_ok(read_by(&gpu, here, SIZE));
	pull_out();
	assert_holds(&other, there, SIZE, other.ids[0], OLD);
	assert_ok(other.driver->copy(&other, there, here, SIZE));
	assert_holds(&other, there, SIZE, other.ids[0], NEW);
	assert_cpu_takes(&other, there, SIZE, NEW);
	assert_error(read_by(&gpu, here, SIZE), -ENODEV);
	munmap(lost, SIZE);
	munmap(there, SIZE);
	munmap(here, SIZE);
}

static bool exits_well(pid_t pid)
{
	int status = -1;

	return waitpid(pid, &status, 0) == pid && !status;
}

/* In a child of the one that placed them, when that one has unmapped them or not. */
static bool child_finds(char *p, const int go[2])
{
	char byte;
	pid_t pid = fork();

	igt_assert(pid >= 0);
	if (!pid) {
		close(go[1]);
		_exit(read(go[0], &byte, 1) != 1 || !is_lost(p, SIZE));
	}
	close(go[0]);
	munmap(p, SIZE);
	pull_out();

	return write(go[1], "", 1) == 1 && exits_well(pid);
}

static int write_lost(void *unused)
{
	(void)unused;

	return set_lost("1");
}

/**
 * SUBTEST: race-cpu
 * Description: The GPU is pulled out while the CPU takes its pages back: an access gets the
 *	content, or the signal of poisoned memory, but no other one.
 * Promises: vgpu/lost
 */
static void race_cpu(void)
{
	static struct task losing;
	char *p = map_memory(PIECES * PIECE, false);
	int got = 0;
	size_t i;

	put_pattern(p, PIECES * PIECE, OLD);
	/* Many allocations, of which each access takes one. */
	for (i = 0; i < PIECES * PIECE; i += PIECE) {
		assert_ok(gpu.driver->advise(&gpu, p + i, PIECE, id));
		assert_ok(gpu.driver->prefetch(&gpu, p + i, PIECE));
	}
	start_task(&losing, write_lost, NULL);
	for (i = 0; i < PIECES * PIECE && !got; i += PIECE)
		got = access_code(p + i, false);
	igt_assert(task_ends(&losing));
	assert_ok(losing.err);
	/* Nothing is lost if the CPU took everything first. */
	if (got)
		igt_assert_eq(got, code_of_poison());
	munmap(p, PIECES * PIECE);
}

/**
 * SUBTEST: child
 * Description: Pages that only a child has are lost for it, too.
 * Promises: vgpu/lost
 */
static void child(void)
{
	char *p = map_at(&gpu, SIZE, false, id, OLD);
	int go[2];

	igt_assert(!pipe(go));
	igt_assert(child_finds(p, go));
	close(go[1]);
}

/**
 * SUBTEST: killed
 * Description: A process that reads such a page and does not expect it is killed by SIGBUS.
 * Promises: vgpu/lost
 */
static void killed(void)
{
	char *p = map_at(&gpu, SIZE, false, id, OLD);
	int status;
	pid_t pid;

	pull_out();
	pid = fork();
	igt_assert(pid >= 0);
	if (!pid) {
		signal(SIGBUS, SIG_DFL);
		prctl(PR_SET_DUMPABLE, 0);
		(void)*(volatile char *)p;
		_exit(0);
	}
	igt_assert_eq(waitpid(pid, &status, 0), pid);
	igt_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	munmap(p, SIZE);
}

/**
 * SUBTEST: insert
 * Description: A GPU is inserted while a process has pages of the one before: these stay
 *	lost, and the new one works, has the ID, and is empty.
 * Promises: vgpu/lost vgpu/enabled pagemap/id
 */
static void insert(void)
{
	char *p = map_at(&gpu, SIZE, false, id, OLD), *q;

	assert_ok(read_by(&other, p, SIZE));
	pull_out();
	insert_again();
	igt_assert_eq(gpu.ids[0], id);
	q = map_at(&gpu, SIZE, false, id, NEW);
	assert_holds(&other, q, SIZE, id, NEW);
	igt_assert(is_lost(p, SIZE));
	assert_error(read_by(&gpu, p, SIZE), -EFAULT);
	assert_error(read_by(&other, p, SIZE), -EFAULT);
	munmap(p, SIZE);
	/* Pages of the old one are freed, those of the new one stay. */
	assert_holds(&gpu, q, SIZE, id, NEW);
	assert_ok(unbind_vgpu('a'));
	assert_holds(&other, q, SIZE, SVM_SYSTEM, NEW);
	assert_ok(bind_vgpu('a'));
	munmap(q, SIZE);
}

static unsigned long module_users(void)
{
	return file_number("/sys/module/vgpusvm/refcnt");
}

/**
 * SUBTEST: freed
 * Description: When the last process unmaps the pages, nothing of the GPU is left: the
 *	module has as few users as before.
 * Promises: vgpu/lost
 */
static void freed(void)
{
	unsigned long before, with;
	char *p;

	svm_close(&gpu);
	before = module_users();
	svm_start(&gpu, vgpu_uid('a'));
	p = map_at(&gpu, SIZE, false, id, OLD);
	pull_out();
	svm_close(&gpu);
	with = module_users();
	igt_assert_lt_u64(before, with);
	munmap(p, SIZE);
	igt_assert(eventually(module_users() <= before));
}

/* Reads until that fails. -EIO if two results differ. */
static int read_on(void *arg)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_CRC32,
		.src = (uintptr_t)arg,
		.length = SIZE,
	};
	uint32_t first;
	int err;

	err = vgpusvm_exec(other.fd, other.vm, &op, 1);
	first = op.result;
	while (!err) {
		op.done = 0;
		err = vgpusvm_exec(other.fd, other.vm, &op, 1);
		if (!err && op.result != first)
			return -EIO;
	}

	return err;
}

/**
 * SUBTEST: race
 * Description: The GPU is pulled out while another GPU reads its pages all the time: each
 *	value that it gets is right, until it gets EFAULT.
 * Promises: vgpu/lost vgpu/lost:EFAULT OP:EFAULT
 */
static void race(void)
{
	static struct task task;
	char *p = map_at(&gpu, SIZE, false, id, OLD);

	assert_ok(read_by(&other, p, SIZE));
	start_task(&task, read_on, p);
	pull_out();
	igt_assert(task_ends(&task));
	assert_error(task.err, -EFAULT);
	igt_assert(is_lost(p, SIZE));
	munmap(p, SIZE);
}

/**
 * SUBTEST: file
 * Description: The file has 1 only from the loss until the GPU is enabled again, also if
 *	enabling fails meanwhile, and refuses what makes no sense.
 * Promises: vgpu/lost vgpu/lost:ENODEV vgpu/lost:EINVAL vgpu/enabled
 */
static void file(void)
{
	const char *dir = vgpu_dir('a');
	int err;

	assert_text(file_text("%s/lost", dir), "0");
	assert_ok(set_lost("0"));
	assert_error(set_lost("2"), -EINVAL);
	assert_error(set_lost("x"), -EINVAL);
	assert_text(file_text("%s/enabled", dir), "1");
	pull_out();
	assert_text(file_text("%s/lost", dir), "1");
	assert_text(file_text("%s/enabled", dir), "0");
	igt_assert(!vgpu_id('a', 0));
	assert_ok(set_lost("1"));
	assert_error(set_lost("0"), -EINVAL);
	/* Enabling that fails inserts no card. */
	keep_setting(AUTOPROBE);
	assert_ok(file_put("0", AUTOPROBE));
	err = file_put("1", "%s/enabled", dir);
	assert_ok(file_put("1", AUTOPROBE));
	assert_error(err, -ENXIO);
	assert_text(file_text("%s/lost", dir), "1");
	enable_vgpus("a");
	assert_text(file_text("%s/lost", dir), "0");
	disable_vgpus("a");
	assert_error(set_lost("1"), -ENODEV);
	assert_text(file_text("%s/lost", dir), "0");
	/* A driver that is not bound has nothing to lose. */
	enable_vgpus("a");
	assert_ok(unbind_vgpu('a'));
	pull_out();
	assert_text(file_text("%s/enabled", dir), "0");
}

static const struct subtest tests[] = {
	{ "cpu", "The CPU accesses lost pages", cpu },
	{ "peer", "Another GPU accesses lost pages", peer },
	{ "elsewhere", "Other pages stay", elsewhere },
	{ "child", "Only a child has the lost pages", child },
	{ "killed", "A process that expects no loss is killed", killed },
	{ "insert", "A GPU is inserted beside lost pages", insert },
	{ "freed", "Nothing is left after the last unmap", freed },
	{ "race", "A GPU is lost while another one reads it", race },
	{ "race-cpu", "A GPU is lost while the CPU takes its pages", race_cpu },
	{ "file", "The file lost", file },
};

int igt_main()
{
	igt_fixture()
		require_vgpus();

	run_subtests(tests, start());
}
