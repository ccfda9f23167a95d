// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gpusvm-fuzz [OPTION]...
 *
 * Calls all interfaces of vgpusvm and the topology for user space. It makes programs at random,
 * and keeps those that reach new code. tests/fuzz/README.md explains it.
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
#include "trials.h"
#include "workers.h"

static struct {
	unsigned long calls;
	unsigned long batch;
	uint64_t seed;
	unsigned int workers;
	unsigned int seconds;
	enum task task;
	bool shorten;
	const char *log;
} options = { .calls = 100000, .batch = 50000, .workers = 2 };

static int log_fd = -1;
static unsigned int batch;

static const char usage[] =
	"usage: gpusvm-fuzz [OPTION]... [CORPUS]...\n"
	"  --calls N      end after N calls (100000)\n"
	"  --batch N      judge the modules and load them anew after N calls (50000)\n"
	"  --seconds N    end after N seconds\n"
	"  --seed N       seed of the random numbers\n"
	"  --workers N    number of processes that run programs, in two lanes each (2)\n"
	"  --replay       run the programs of the corpora once, and no others\n"
	"  --log FILE     write each program to FILE before it runs, and the results\n"
	"  --shorten      find few calls that fail, from the log on standard input\n"
	"  --shortened    print the shortest programs that failed in this log\n"
	"  --to-c         print the first program of this log as C\n";

static void progress(void)
{
	static const char * const names[] = { "fast", "slow", "again" };
	double seconds = (now_ms() - state->begin) / 1000.0;
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

/* Returns the GPUs of a batch, as parameters of vgpusvm. */
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

static bool load(void)
{
	bool good;

	cover_begin();
	good = modules_load(parameters(batch));
	cover_locate();
	cover_end(&state->signal);

	return good;
}

static void note(const char *what, const char *more)
{
	if (log_fd >= 0)
		dprintf(log_fd, "# %s%s\n", what, more);
}

static bool rest_and_unload(void)
{
	bool good;

	note("rest", "");
	cover_begin();
	workers_remove_config(options.workers);
	good = judge_rest() && modules_unload();
	cover_end(&state->signal);
	if (good && options.task == TASK_FUZZ)
		judge_leaks();

	return judge_log() && good;
}

/* Runs programs until the number of calls is @calls, and judges the modules. */
static bool run_batch(unsigned long calls)
{
	const struct workers workers = {
		.num = options.workers,
		.job = {
			.task = options.task,
			.seed = options.seed,
			.log = log_fd,
			.calls = calls < options.calls ? calls : options.calls,
		},
		.seconds = options.seconds,
		.report = progress,
	};
	char number[32];

	snprintf(number, sizeof(number), "batch %u: ", batch);
	note(number, parameters(batch));

	return load() && workers_run(&workers) && rest_and_unload();
}

static bool batches(void)
{
	const struct job all = { .task = options.task, .calls = options.calls };
	bool good;

	do {
		good = run_batch((batch + 1) * options.batch);
		progress();
		batch++;
	} while (good && job_goes_on(&all));

	return good;
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

	/* Each process maps its own memory. */
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
		{ "shorten", no_argument, NULL, 'S' },
		{ "shortened", no_argument, NULL, 'R' },
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
			options.task = TASK_REPLAY;
			break;
		case 'l':
			options.log = optarg;
			break;
		case 'S':
			options.shorten = true;
			break;
		case 'R':
			exit(trials_result(stdin, stdout));
		case 'c':
			exit(trials_to_c(stdin, stdout));
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

static void start(void)
{
	const char *splats = getenv("SPLATS");

	/* workers_run() may send a signal to a worker before the worker has a handler. */
	signal(SIGUSR1, SIG_IGN);
	state_start();
	state->begin = now_ms();
	if (options.log)
		log_fd = open(options.log, O_WRONLY | O_CLOEXEC);
	judge_log_start(splats ?: "BUG:|WARNING:|KASAN|Oops");
}

static int fuzz(void)
{
	bool good;

	find_missing();
	cover_find(modules, num_modules);
	if (!cover_start())
		printf("skipped: without KCOV nothing guides the programs\n");

	state->begin = now_ms();
	good = batches();
	write_results();
	printf("%s\n", good ? "nothing wrong" : "something is wrong");

	return !good;
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	start();
	if (options.shorten)
		return trials_run(stdin, log_fd);

	printf("seed %llu\n", (unsigned long long)options.seed);
	for (int i = optind; i < argc; i++)
		printf("%s: %u programs\n", argv[i], corpus_read(argv[i]));

	return fuzz();
}
