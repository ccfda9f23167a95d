// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gpusvm-fuzz [OPTION]...
 *
 * Calls everything that vgpusvm and the topology have for user space, in programs that are
 * made at random and kept if they reach new code. tests/fuzz/README.md explains it.
 */

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "judge.h"
#include "random.h"
#include "state.h"
#include "worker.h"

/* A program hangs if no call of it ends in this time, in milliseconds */
#define HANG_TIME	120000

/* What may take as long as it likes, as a prefetch of terabytes, ends by a signal */
#define SIGNAL_TIME	10000

/* Between two lines on how far it is, in milliseconds */
#define PROGRESS_TIME	30000

static struct {
	unsigned long calls;
	unsigned long batch;
	uint64_t seed;
	unsigned int workers;
	unsigned int seconds;
	bool replay;
	const char *log;
} options = { .calls = 100000, .batch = 50000, .workers = 2 };

static int log_fd = -1;
static pid_t pids[MAX_WORKERS];
static uint64_t incarnation;
static uint64_t begin;

static const char usage[] =
	"usage: gpusvm-fuzz [OPTION]... [CORPUS]...\n"
	"  --calls N      end after so many (100000)\n"
	"  --batch N      put all to rest, judge it and load it anew after so many (50000)\n"
	"  --seconds N    or after that time\n"
	"  --seed N       of the random numbers\n"
	"  --workers N    processes that run programs, two lanes each (2)\n"
	"  --replay       run the programs of the corpora once, and no others\n"
	"  --log FILE     write each program there before it runs, and the results\n"
	"  --to-c         print the first program on standard input as C\n";

static void start_worker(unsigned int worker, unsigned long calls)
{
	const struct job job = {
		.worker = worker,
		.seed = options.seed + (incarnation++ << 8) + worker,
		.replay = options.replay,
		.log = log_fd,
		.calls = calls,
	};
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		worker_run(&job);
	pids[worker] = pid;
}

static bool more_wanted(unsigned long calls)
{
	if (atomic_load(&state->stop))
		return false;
	if (options.replay)
		return atomic_load(&state->next_entry) < state->num_read;

	return atomic_load(&state->calls) < calls;
}

/* A worker that a signal ended lost memory, or somebody wrote into it */
static bool judge_end(unsigned int worker, int status)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	printf("wrong: worker %u: ended with status %#x\n", worker, status);

	return false;
}

/* What each thread of a process waits for */
static void show_stacks(pid_t pid)
{
	char command[128];

	snprintf(command, sizeof(command), "head -n 40 /proc/%d/task/*/stack", pid);
	if (system(command))
		printf("no stacks of process %d\n", pid);
	fflush(stdout);
}

static bool judge_hang(unsigned int worker)
{
	static unsigned long ended[MAX_WORKERS], since[MAX_WORKERS];
	unsigned long now = atomic_load(&state->ended[worker]);

	if (!since[worker] || now != ended[worker]) {
		ended[worker] = now;
		since[worker] = now_ms();
	}
	if (now_ms() - since[worker] > SIGNAL_TIME)
		kill(pids[worker], SIGUSR2);
	if (now_ms() - since[worker] < HANG_TIME)
		return true;
	printf("wrong: worker %u: a call runs for more than %u ms\n", worker, HANG_TIME);
	show_stacks(pids[worker]);

	return false;
}

/* One look at a worker; false if something is wrong. */
static bool tend(unsigned int worker, unsigned long calls)
{
	int status;

	if (!pids[worker])
		return true;
	if (waitpid(pids[worker], &status, WNOHANG) <= 0)
		return judge_hang(worker);
	pids[worker] = 0;
	if (!judge_end(worker, status))
		return false;
	if (more_wanted(calls))
		start_worker(worker, calls);

	return true;
}

static bool any_worker(void)
{
	for (unsigned int i = 0; i < options.workers; i++)
		if (pids[i])
			return true;

	return false;
}

static void kill_workers(void)
{
	for (unsigned int i = 0; i < options.workers; i++)
		if (pids[i])
			kill(pids[i], SIGKILL);
}

static void progress(unsigned int batch)
{
	static const char * const names[] = { "fast", "slow", "again" };
	double seconds = (now_ms() - begin) / 1000.0;
	unsigned long calls = atomic_load(&state->calls);
	unsigned int ran = 0;

	for (unsigned int i = 0; i < cover_sites(); i++)
		ran += signal_has_site(&state->signal, i);
	printf("batch %u: %lu calls of %lu count, %.0f s, %.0f calls/s, corpus %u, blocks %u\n",
	       batch, calls, atomic_load(&state->all_calls), seconds, calls / seconds,
	       state->num_entries, ran);
	printf("programs:");
	for (unsigned int i = 0; i < PROGRAM_KINDS; i++)
		printf(" %lu %s, %lu calls in %lu s;", atomic_load(&state->programs[i]), names[i],
		       atomic_load(&state->calls_in[i]),
		       atomic_load(&state->time_in[i]) / 1000000);
	printf(" %lu s of it to end them\n", atomic_load(&state->time_of_ends) / 1000000);
	fflush(stdout);
}

static bool run_workers(unsigned int batch, unsigned long calls)
{
	uint64_t reported = now_ms();
	bool good = true;

	for (unsigned int i = 0; i < options.workers; i++)
		start_worker(i, calls);
	while (good && any_worker()) {
		usleep(100000);
		for (unsigned int i = 0; i < options.workers; i++)
			good &= tend(i, calls);
		good &= judge_log();
		if (now_ms() - reported > PROGRESS_TIME) {
			reported = now_ms();
			progress(batch);
		}
		if (options.seconds && now_ms() - begin > options.seconds * 1000ul)
			atomic_store(&state->stop, true);
	}
	if (!good)
		kill_workers();

	return good;
}

/* GPUs of a batch, by its number */
static const char *parameters(unsigned int batch)
{
	static const char * const sets[] = {
		"gpus=3 vram=8M topology=full",
		"gpus=4 vram=4M topology=pairs",
		"gpus=4 memless=1 vram=4M topology=ring",
		"gpus=3 vram=2M topology=full fd_placement=1",
		"gpus=3 vram=8M topology=none regions=2,1",
		"gpus=4 vram=16M topology=full fd_placement=1 regions=1,2",
	};

	return sets[batch % (sizeof(sets) / sizeof(sets[0]))];
}

static void remove_config(void)
{
	for (unsigned int i = 0; i < options.workers; i++) {
		runtime_process = i;
		runtime_remove_config();
	}
	runtime_restore_binding();
}

static bool load(unsigned int batch)
{
	bool good;

	cover_begin();
	good = modules_load(parameters(batch));
	cover_locate();
	cover_end(&state->signal);

	return good;
}

static bool rest_and_unload(void)
{
	bool good;

	cover_begin();
	remove_config();
	good = judge_rest() && modules_unload();
	cover_end(&state->signal);

	return good && judge_log();
}

static bool batches(void)
{
	unsigned int batch = 0;

	do {
		unsigned long calls = (batch + 1) * options.batch;

		if (calls > options.calls)
			calls = options.calls;
		if (log_fd >= 0)
			dprintf(log_fd, "# batch %u: %s\n", batch, parameters(batch));
		if (!load(batch) || !run_workers(batch, calls) || !rest_and_unload())
			return false;
		progress(batch++);
	} while (more_wanted(options.calls));

	return true;
}

static void write_results(void)
{
	FILE *out = log_fd < 0 ? NULL : fdopen(dup(log_fd), "w");

	cover_summary(&state->signal, stdout);
	for (unsigned int i = 0; i < num_call_types; i++)
		printf("calls of %s: %lu, %lu us each\n", call_types[i].name,
		       atomic_load(&state->calls_of[i]),
		       atomic_load(&state->time_of[i]) /
		       (atomic_load(&state->timed_of[i]) ?: 1));
	if (!out)
		return;
	fputs("== coverage\n", out);
	cover_functions(&state->signal, out);
	fputs("== corpus\n", out);
	corpus_write(out);
	fputs("== end\n", out);
	fclose(out);
}

static void show_missing(void)
{
	static const struct {
		unsigned int area;
		const char *name;
	} kinds[] = {
		{ AREA_SECRET, "memfd_secret" }, { AREA_HUGETLB, "hugetlb" },
		{ AREA_DEVICE, "device memory" }, { AREA_USERFAULT, "userfaultfd" },
	};

	/* A worker of its own finds out, as each maps its memory */
	runtime_start();
	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (runtime_missing >> kinds[i].area & 1)
			printf("skipped: this kernel has no %s\n", kinds[i].name);
	fflush(stdout);
}

static void find_missing(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		show_missing();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static int to_c(void)
{
	struct program program;

	if (!program_read(stdin, &program))
		return 1;
	program_to_c(&program, stdout);

	return 0;
}

static void read_options(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "calls", required_argument, NULL, 'n' },
		{ "batch", required_argument, NULL, 'b' },
		{ "seconds", required_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 's' },
		{ "workers", required_argument, NULL, 'w' },
		{ "replay", no_argument, NULL, 'r' },
		{ "log", required_argument, NULL, 'l' },
		{ "to-c", no_argument, NULL, 'c' },
		{ },
	};
	int option;

	options.seed = time(NULL);
	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (option) {
		case 'n':
			options.calls = strtoul(optarg, NULL, 0);
			break;
		case 'b':
			options.batch = strtoul(optarg, NULL, 0);
			break;
		case 't':
			options.seconds = strtoul(optarg, NULL, 0);
			break;
		case 's':
			options.seed = strtoull(optarg, NULL, 0);
			break;
		case 'w':
			options.workers = strtoul(optarg, NULL, 0);
			break;
		case 'r':
			options.replay = true;
			break;
		case 'l':
			options.log = optarg;
			break;
		case 'c':
			exit(to_c());
		default:
			fputs(usage, stderr);
			exit(2);
		}
	}
	if (!options.batch || !options.workers || options.workers > MAX_WORKERS) {
		fputs(usage, stderr);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	const char *splats = getenv("SPLATS");
	bool good;

	/* judge_hang() may interrupt a worker that is slow to start, before its handler exists. */
	signal(SIGUSR2, SIG_IGN);
	read_options(argc, argv);
	printf("seed %llu\n", (unsigned long long)options.seed);
	state_start();
	for (int i = optind; i < argc; i++)
		printf("%s: %u programs\n", argv[i], corpus_read(argv[i]));
	if (options.log)
		log_fd = open(options.log, O_WRONLY | O_CLOEXEC);
	find_missing();
	judge_log_start(splats ?: "BUG:|WARNING:|KASAN|Oops");
	cover_find(modules, num_modules);
	if (!cover_start())
		printf("skipped: without KCOV nothing guides the programs\n");

	begin = now_ms();
	good = batches();
	if (!good)
		progress(0);
	write_results();
	printf("%s\n", good ? "nothing wrong" : "something is wrong");

	return !good;
}
