// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * soak OPTION...
 *
 * Processes use virtual GPUs at random, with memory of all kinds, and compare every
 * byte with a model. Meanwhile GPUs go away and come back, groups and links change,
 * and memory is short. At the end of each round, all processes have ended, and no GPU
 * may have pages or users. Prints TAP.
 *
 * The seed and the number of the round determine all random choices, but not how
 * the processes interleave.
 */

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "absence.h"
#include "buffer.h"
#include "fuse.h"
#include "random.h"
#include "soak.h"
#include "tap.h"
#include "topology.h"

#define CLASS		"/sys/class/drm_pagemap"
#define GROUP_CLASS	"/sys/class/drm_pagemap_group"
/* If no worker completes an action for so long, the kernel hangs. */
#define HANG_SECONDS	600
#define SETTLE_SECONDS	120

struct shared *shared;

size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

void fail(struct worker_report *report, const char *format, ...)
{
	va_list args;

	/* Keep only the first failure of a worker or of its child. */
	if (!atomic_exchange(&report->failed, true)) {
		va_start(args, format);
		vsnprintf(report->failure, sizeof(report->failure), format, args);
		va_end(args);
	}
	atomic_store(&shared->stop, true);
	_exit(1);
}

void count_error(int err)
{
	if (err < 0 && -err < MAX_ERRNO)
		shared->totals.errors[-err]++;
}

/* The processes of a round */

struct task {
	pid_t pid;
	const char *name;
	struct worker_report *report;
	bool ended;
};

#define MAX_TASKS	(MAX_WORKERS + 8)

static struct task tasks[MAX_TASKS];
static unsigned int num_tasks;

static bool task_start(const char *name, struct worker_report *report)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		return true;
	}
	must(pid > 0, "fork() failed");
	tasks[num_tasks++] = (struct task) { pid, name, report, false };
	return false;
}

static void tasks_start(void)
{
	unsigned int i;

	num_tasks = 0;
	for (i = 0; i < shared->options.workers; i++)
		if (task_start("worker", &shared->workers[i]))
			worker_run(i);
	for (i = 0; i < num_outside_tasks; i++)
		if (task_start(outside_tasks[i].name, &shared->outside))
			outside_run(&outside_tasks[i]);
}

uint64_t actions_done(void)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < shared->options.workers; i++)
		sum += shared->workers[i].actions;
	return sum;
}

/* Record the exit of a task. Returns false if it failed. */
static bool task_ended(struct task *task, int status)
{
	task->ended = true;
	if (!status && !atomic_load(&task->report->failed))
		return true;

	if (!atomic_exchange(&task->report->failed, true))
		snprintf(task->report->failure, sizeof(task->report->failure),
			 WIFSIGNALED(status) ? "the process %s was killed by signal %d" :
			 "the process %s ended with %d", task->name,
			 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	atomic_store(&shared->stop, true);
	return false;
}

static bool tasks_reap(void)
{
	bool good = true;
	unsigned int i;
	int status;

	for (i = 0; i < num_tasks; i++)
		if (!tasks[i].ended && waitpid(tasks[i].pid, &status, WNOHANG) == tasks[i].pid)
			good = task_ended(&tasks[i], status) && good;
	return good;
}

static unsigned int tasks_left(void)
{
	unsigned int i, left = 0;

	for (i = 0; i < num_tasks; i++)
		left += !tasks[i].ended;
	return left;
}

static void kill_tasks(void)
{
	unsigned int i;

	for (i = 0; i < num_tasks; i++)
		if (!tasks[i].ended)
			kill(tasks[i].pid, SIGKILL);
}

/* Print the kernel stacks of all tasks to the kernel log. */
static void show_hang(void)
{
	unsigned int i;

	for (i = 0; i < num_tasks; i++)
		if (!tasks[i].ended)
			diag("process %d, %s: %s", tasks[i].pid, tasks[i].name,
			     tasks[i].report->doing);
	put("w", "/proc/sysrq-trigger");
}

/*
 * Wait until the end of the round, then for its tasks. The round begins when all
 * workers have their memory. Returns false if a task failed.
 */
static bool tasks_wait(unsigned int seconds)
{
	uint64_t end = 0, seen = 0, since = now_ms();
	bool good = true;

	while (tasks_left()) {
		usleep(200000);
		good = tasks_reap() && good;
		if (!end && shared->ready == shared->options.workers)
			end = now_ms() + seconds * 1000ull;
		if (end && now_ms() >= end)
			atomic_store(&shared->stop, true);
		if (seen != actions_done()) {
			seen = actions_done();
			since = now_ms();
		}
		if (now_ms() - since > HANG_SECONDS * 1000ull) {
			diag("no worker completed an action for %u seconds", HANG_SECONDS);
			show_hang();
			kill_tasks();
			return false;
		}
		if (!good && now_ms() - since > 30000)
			kill_tasks();
	}

	return good;
}

/* The FUSE server of a round */

static void sometimes_late(uint32_t opcode, void *arg)
{
	struct rnd *rnd = arg;

	if ((opcode == FUSE_READ || opcode == FUSE_WRITE) && rnd_once_in(rnd, 16))
		usleep(rnd_below(rnd, 20000));
}

static pid_t fuse_start(void)
{
	struct rnd rnd = rnd_stream(shared->options.seed + shared->round, 300);
	int fd = fuse_mount(shared->options.fuse);
	pid_t pid;

	if (fd < 0) {
		diag("FUSE is not available: %s", strerror(-fd));
		return 0;
	}
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fuse_serve(fd, sometimes_late, &rnd);
		_exit(0);
	}
	close(fd);

	return pid;
}

static void fuse_stop(pid_t pid)
{
	if (pid <= 0)
		return;
	fuse_unmount(shared->options.fuse);
	waitpid(pid, NULL, 0);
}

/* Checks at the end of a round */

/* Whether a file has a value in each entry of a class that has it. @say: Print the others. */
static bool all_are(const char *class, const char *file, const char *wanted, bool say)
{
	char path[600], text[64];
	DIR *dir = opendir(class);
	struct dirent *entry;
	bool good = dir;

	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s/%s", class, entry->d_name, file);
		if (entry->d_name[0] == '.' || access(path, F_OK))
			continue;
		if (get(text, sizeof(text), "%s", path) && !strcmp(text, wanted))
			continue;
		good = false;
		if (say)
			diag("%s is %s, expected %s", path, text, wanted);
	}
	if (dir)
		closedir(dir);

	return good;
}

static bool pagemaps_free(bool say)
{
	char size[32], free[32];
	unsigned int i;
	bool good = true;

	for (i = 0; i < shared->options.gpus; i++) {
		get(size, sizeof(size), CLASS "/pagemap%u/size", shared->ids[i]);
		get(free, sizeof(free), CLASS "/pagemap%u/free", shared->ids[i]);
		if (*size && !strcmp(size, free))
			continue;
		good = false;
		if (say)
			diag("pagemap%u has %s of %s bytes free", shared->ids[i], free, size);
	}

	return good;
}

/* Bytes of a kind that are charged to the cgroup of the workers. */
static unsigned long charged(const char *kind)
{
	return get_number(kind, "%s/memory.stat", shared->options.cgroup);
}

/*
 * All processes of the cgroup have ended. So all its charges are kernel objects, caches
 * of files, or pages that somebody still references.
 */
static bool pages_free(bool say)
{
	unsigned long all, known;

	if (!shared->options.cgroup)
		return true;
	put("0", "%s/memory.high", shared->options.cgroup);
	all = get_number("", "%s/memory.current", shared->options.cgroup);
	/* "file" includes "shmem". */
	known = charged("kernel ") + charged("file ") - charged("shmem ");
	if (all <= known)
		return true;
	if (say)
		diag("%lu KiB of ended processes are still charged: anon %lu, shmem %lu",
		     (all - known) / KIB, charged("anon ") / KIB, charged("shmem ") / KIB);
	return false;
}

static void allow_pages(void)
{
	if (shared->options.cgroup)
		put("max", "%s/memory.high", shared->options.cgroup);
}

static bool nothing_left(bool say)
{
	bool pages = pages_free(say);
	bool users = all_are(GROUP_CLASS, "users", "0", say);
	bool free = pagemaps_free(say);

	/* Reclaim pagemaps that are only cached. */
	put("2", "/proc/sys/vm/drop_caches");
	return all_are(CLASS, "state", "idle", say) && users && free && pages;
}

static bool comes_to_nothing(void)
{
	uint64_t end = now_ms() + SETTLE_SECONDS * 1000;

	while (!nothing_left(false)) {
		if (now_ms() > end)
			return nothing_left(true);
		usleep(200000);
	}
	return true;
}

/* Reports */

static void show_history(struct history *history)
{
	unsigned int i;

	for (i = 0; i < HISTORY; i++) {
		const char *text = history->text[(history->next + i) % HISTORY];

		if (*text)
			diag("    %s", text);
	}
}

/* Show the history of the buffer that the report names, or of all buffers. */
static void show_worker(unsigned int number)
{
	struct worker_report *report = &shared->workers[number];
	const char *named = strstr(report->failure, "buffer ");
	int only = -1;
	unsigned int i;

	diag("worker %u, %s: %s", number, report->doing,
	     report->failed ? report->failure : "this worker did not fail");
	if (named)
		sscanf(named, "buffer %d", &only);
	diag("  its last operations:");
	show_history(&report->all);
	for (i = 0; i < BUFFERS; i++) {
		if (only >= 0 && i != (unsigned int)only)
			continue;
		diag("  the last operations on buffer %u (%s):", i, kind_names[i]);
		show_history(&report->history[i]);
	}
}

static bool any_failed(void)
{
	bool failed = atomic_load(&shared->outside.failed);
	unsigned int i;

	for (i = 0; i < shared->options.workers; i++)
		failed |= atomic_load(&shared->workers[i].failed);
	return failed;
}

/* If no worker has failed, something hangs or remains: then show all of them. */
static void show_failures(void)
{
	unsigned int i;

	diag("seed %llu, round %u", (unsigned long long)shared->options.seed, shared->round);
	if (shared->outside.failed)
		diag("beside the workers: %s", shared->outside.failure);
	for (i = 0; i < shared->options.workers; i++)
		if (shared->workers[i].failed || !any_failed())
			show_worker(i);
	diag("to repeat: %stests/lib/soak MINUTES %llu %u",
	     gpus_are_pci() ? "MACHINE=FILE " : "",
	     (unsigned long long)shared->options.seed, shared->round);
}

static void show_errors(void)
{
	unsigned int i;

	for (i = 0; i < MAX_ERRNO; i++)
		if (shared->totals.errors[i])
			diag("  %lu times %s", shared->totals.errors[i], strerror(i));
}

static void show_totals(unsigned int rounds)
{
	struct totals *t = &shared->totals;
	unsigned int i;

	diag("actions:");
	for (i = 0; i < num_actions; i++)
		diag("  %s: %lu, %lu ms", action_name(i), t->done[i], t->us[i] / 1000);
	diag("errors of GPUs:");
	show_errors();
	for (i = 0; i < KINDS; i++)
		if (t->skipped_kinds & 1ul << i)
			diag("this kernel lacks this kind of memory: %s", kind_names[i]);
	diag("%lu link changes, %lu cache drops, %lu cgroup squeezes, %lu memory blocks offlined",
	     t->link_changes, t->cache_drops, t->squeezes, t->offlined);
	diag("%lu forks, %lu pins, %lu accesses refused, %lu asynchronous jobs", t->forks,
	     t->pins, t->refusals, t->async_jobs);
	diag("%lu GPU faults, %lu MiB migrated, %lu MiB for which there was no room", t->faults,
	     t->migrated_bytes / MIB, t->fallback_bytes / MIB);
	diag("seed %llu, %u rounds, %llu actions", (unsigned long long)shared->options.seed,
	     rounds, (unsigned long long)actions_done());
	diag("%lu unbinds, %lu removals from PCI, %lu removals from slots", t->absences[UNBIND],
	     t->absences[REMOVE], t->absences[SLOT_OFF]);
	diag("%lu GPU operations, %lu regroups, %lu migrations", t->gpu_operations, t->regroups,
	     t->migrations);
	diag("%lu MiB verified, %lu bytes lost", t->bytes_verified / MIB, t->bytes_lost);
}

/* Memory that went offline may have removed pages from the pool. */
static void fill_pool(void)
{
	put_number(shared->options.huge_pages, "/proc/sys/vm/nr_hugepages");
}

static bool run_round(unsigned int seconds)
{
	pid_t fuse;
	bool good;

	atomic_store(&shared->stop, false);
	atomic_store(&shared->ready, 0);
	allow_pages();
	atomic_store(&shared->quiet, false);
	fill_pool();
	fuse = fuse_start();
	tasks_start();
	good = tasks_wait(seconds);
	fuse_stop(fuse);
	if (!good) {
		show_failures();
		return false;
	}

	good = comes_to_nothing();
	if (!good)
		show_failures();
	return ok(good, "round %u: every byte matches the model, and all GPUs are empty",
		  shared->round);
}

static uint32_t id_of(unsigned int gpu)
{
	char wanted[UID_SIZE + 8], uid[UID_SIZE + 8];
	uint32_t id;

	snprintf(wanted, sizeof(wanted), "%.*s-vram0", UID_SIZE, shared->uids[gpu]);
	for (id = 1; id < 1000; id++) {
		if (get(uid, sizeof(uid), CLASS "/pagemap%u/uid", id) && !strcmp(uid, wanted))
			return id;
	}
	must(false, "%s has no pagemap", shared->uids[gpu]);
	return 0;
}

static void add_gpu(const char *uid)
{
	unsigned int number = shared->options.gpus++;

	must(number < MAX_GPUS, "there are more than %d GPUs", MAX_GPUS);
	must(strchr(uid, '-') && strlen(uid) < UID_SIZE, "%s is no uid", uid);
	snprintf(shared->uids[number], UID_SIZE, "%s", uid);
}

static void parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "seconds", required_argument, NULL, 't' },
		{ "round-seconds", required_argument, NULL, 'r' },
		{ "first-round", required_argument, NULL, 'f' },
		{ "workers", required_argument, NULL, 'w' },
		{ "gpu", required_argument, NULL, 'g' },
		{ "dir", required_argument, NULL, 'd' },
		{ "fuse", required_argument, NULL, 'm' },
		{ "cgroup", required_argument, NULL, 'c' },
		{ "huge-pages", required_argument, NULL, 'h' },
		{ }
	};
	int option;

	*options = (struct options) {
		.seed = time(NULL),
		.seconds = 120,
		.round_seconds = 30,
		.workers = 3,
		.dir = "/tmp",
		.fuse = "/mnt",
	};
	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (option) {
		case 's':
			options->seed = strtoull(optarg, NULL, 0);
			break;
		case 't':
			options->seconds = atoi(optarg);
			break;
		case 'r':
			options->round_seconds = atoi(optarg);
			break;
		case 'f':
			options->first_round = atoi(optarg);
			break;
		case 'w':
			options->workers = atoi(optarg);
			break;
		case 'g':
			add_gpu(optarg);
			break;
		case 'd':
			options->dir = optarg;
			break;
		case 'm':
			options->fuse = optarg;
			break;
		case 'c':
			options->cgroup = optarg;
			break;
		case 'h':
			options->huge_pages = atoi(optarg);
			break;
		default:
			exit(2);
		}
	}
	must(options->workers <= MAX_WORKERS, "--workers is too large");
	must(options->gpus, "there is no --gpu");
}

int main(int argc, char **argv)
{
	unsigned int i, done = 0;
	bool good = true;

	/* This process is charged, which is not in the cgroup of the workers. */
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	must(shared != MAP_FAILED, "can't allocate shared memory");
	parse(argc, argv, &shared->options);
	diag("seed %llu", (unsigned long long)shared->options.seed);
	for (i = 0; i < shared->options.gpus; i++)
		shared->ids[i] = id_of(i);

	shared->round = shared->options.first_round;
	for (; good && done < shared->options.seconds; done += shared->options.round_seconds) {
		good = run_round(shared->options.round_seconds);
		shared->round++;
	}
	ok(good, "all rounds pass");
	ok(shared->totals.gpu_operations, "GPUs have run operations");
	show_totals(shared->round - shared->options.first_round);

	return tap_end();
}
