// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Measures one pair of an initiator and a pagemap.
 *
 * Two processes share the work, so that a process that only compares bytes decides:
 *
 *  - The worker places memory on the pagemap, has the GPU read and write it, and measures.
 *  - The verifier is a child of the worker that never calls the driver. It reads the memory,
 *    which comes back from the pagemap by the copy engine of its owner, and compares it with
 *    what the GPU had to write. It also compares what the GPU has read.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <gpusvm-work.h>

#include "bench.h"

/* Migration works best on ranges with this alignment */
#define ALIGNMENT (2ull << 20)
#define LATENCY_SAMPLES 33
#define WORD sizeof(uint64_t)
/* A GPU that does not answer must not stop the program */
#define TIMEOUT_S 300

/* Contents that have nothing in common, also not with those of other runs */
enum content {
	CONTENT_OF_CPU,		/* before the pages move to the pagemap */
	CONTENT_OF_GPU,		/* what the GPU writes; the last round counts */
};

struct worker {
	const struct bench_settings *settings;
	/* In memory that the processes share */
	struct bench_result *result;
	uint64_t seed;
	uint32_t id;
	int fd;
	uint32_t vm;
	char *range;
	char *source;		/* bytes to write */
	char *first_read;	/* what the GPU has read before and after it wrote */
	char *last_read;
};

/* The function splitmix64 by Sebastiano Vigna: each number has another hash */
static uint64_t hash(uint64_t number)
{
	number += 0x9e3779b97f4a7c15;
	number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
	number = (number ^ number >> 27) * 0x94d049bb133111eb;
	return number ^ number >> 31;
}

static uint64_t seed_of(const struct worker *worker, enum content content, uint64_t round)
{
	return hash(hash(worker->seed + content) + round);
}

static void fill(char *memory, uint64_t size, uint64_t seed)
{
	uint64_t word;

	for (uint64_t i = 0; i < size / WORD; i++) {
		word = hash(seed ^ i);
		memcpy(memory + i * WORD, &word, WORD);
	}
}

/* Compares byte by byte, and adds to the result */
static void compare(struct bench_result *result, const char *memory, uint64_t size, uint64_t seed)
{
	uint64_t words = size / WORD;

	for (uint64_t i = 0; i < words; i++) {
		uint64_t word = hash(seed ^ i);

		if (!memcmp(memory + i * WORD, &word, WORD))
			continue;
		for (size_t byte = 0; byte < WORD; byte++) {
			if (memory[i * WORD + byte] == ((const char *)&word)[byte])
				continue;
			if (!result->different++)
				result->first = i * WORD + byte;
		}
	}
	result->bytes += size;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static bool fails(struct worker *worker, const char *step, int err)
{
	if (!err)
		return false;
	worker->result->verdict = BENCH_ERROR;
	worker->result->error = err;
	snprintf(worker->result->step, sizeof(worker->result->step), "%s", step);
	return true;
}

static char *map(uint64_t size)
{
	char *memory = mmap(NULL, size + ALIGNMENT, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	return memory + (ALIGNMENT - (uintptr_t)memory % ALIGNMENT) % ALIGNMENT;
}

/* Buffers have pages before the first measurement */
static bool prepare(struct worker *worker, const char *node)
{
	uint64_t size = worker->settings->size;

	worker->range = map(size);
	worker->source = map(size);
	worker->first_read = map(size);
	worker->last_read = map(size);
	if (!worker->range || !worker->source || !worker->first_read || !worker->last_read)
		return !fails(worker, "allocate memory", -ENOMEM);
	if (getrandom(&worker->seed, sizeof(worker->seed), 0) != sizeof(worker->seed))
		return !fails(worker, "get random numbers", -errno);
	memset(worker->first_read, 0, size);
	memset(worker->last_read, 0, size);
	fill(worker->range, size, seed_of(worker, CONTENT_OF_CPU, 0));

	worker->fd = open(node, O_RDWR | O_CLOEXEC);
	if (worker->fd < 0)
		return !fails(worker, "open the render node", -errno);
	return !fails(worker, "create a VM", gpusvm_vm_create(worker->fd, &worker->vm));
}

/* Sets the verdict if a page is not on the pagemap. Without a query, that is unknown */
static bool is_elsewhere(struct worker *worker)
{
	size_t pages = worker->settings->size / sysconf(_SC_PAGESIZE);
	uint32_t *places = calloc(pages, sizeof(*places));
	bool elsewhere = false;
	int err;

	if (!places)
		return fails(worker, "allocate memory", -ENOMEM);
	err = gpusvm_query_residency(worker->fd, worker->vm, worker->range,
				     worker->settings->size, places);
	for (size_t i = 0; !err && i < pages; i++)
		elsewhere |= places[i] != worker->id;
	free(places);
	worker->result->located = !err;
	if (elsewhere)
		worker->result->verdict = BENCH_ELSEWHERE;
	return elsewhere || (err != -ENOTSUP && fails(worker, "query where pages are", err));
}

static bool place(struct worker *worker)
{
	uint64_t size = worker->settings->size;

	int err;

	err = gpusvm_prefer(worker->fd, worker->vm, worker->range, size, worker->id);
	if (fails(worker, "set the preference", err))
		return false;
	err = gpusvm_prefetch(worker->fd, worker->vm, worker->range, size);
	return !fails(worker, "move the pages", err) && !is_elsewhere(worker);
}

/* Has the GPU read into or write from @buffer. Sets @ns to the time; 0 if unknown */
static bool access_range(struct worker *worker, bool write, char *buffer, uint64_t size,
			 uint64_t *ns)
{
	uint64_t before = 0, after = 0, start;
	bool modelled = !gpusvm_query_modelled_time(worker->fd, worker->vm, &before);
	int err;

	start = now_ns();
	if (write)
		err = gpusvm_gpu_write(worker->fd, worker->vm, worker->range, size, buffer);
	else
		err = gpusvm_gpu_read(worker->fd, worker->vm, worker->range, size, buffer);
	*ns = now_ns() - start;
	if (fails(worker, write ? "have the GPU write" : "have the GPU read", err))
		return false;

	worker->result->modelled = modelled;
	if (!modelled)
		return true;
	err = gpusvm_query_modelled_time(worker->fd, worker->vm, &after);
	*ns = after - before;
	return !fails(worker, "query the modelled time", err);
}

/* The best of all rounds, because anything else on the machine only slows it down */
static bool measure_bandwidth(struct worker *worker, bool write)
{
	double *best = &worker->result->amounts[write ? BENCH_WRITE_BANDWIDTH :
							BENCH_READ_BANDWIDTH];
	uint64_t size = worker->settings->size, ns;

	for (uint64_t round = 0; round < worker->settings->rounds; round++) {
		if (write)
			fill(worker->source, size, seed_of(worker, CONTENT_OF_GPU, round));
		if (!access_range(worker, write, write ? worker->source : worker->first_read,
				  size, &ns))
			return false;
		if (ns && size * 1000. / ns > *best)
			*best = size * 1000. / ns;
	}
	return true;
}

static int compare_times(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* The median of accesses to one word. Writes do not change it */
static bool measure_latency(struct worker *worker, bool write)
{
	uint64_t times[LATENCY_SAMPLES], word;

	memcpy(&word, worker->source, WORD);
	for (size_t i = 0; i < LATENCY_SAMPLES; i++) {
		if (!access_range(worker, write, (char *)&word, WORD, &times[i]))
			return false;
	}
	qsort(times, LATENCY_SAMPLES, sizeof(*times), compare_times);
	worker->result->amounts[write ? BENCH_WRITE_LATENCY : BENCH_READ_LATENCY] =
		times[LATENCY_SAMPLES / 2];
	return true;
}

/* The pages come back to system memory as the verifier reads them */
static void verify(const struct worker *worker)
{
	uint64_t size = worker->settings->size;
	uint64_t written = seed_of(worker, CONTENT_OF_GPU, worker->settings->rounds - 1);
	struct bench_result *result = worker->result;

	compare(result, worker->range, size, written);
	compare(result, worker->last_read, size, written);
	compare(result, worker->first_read, size, seed_of(worker, CONTENT_OF_CPU, 0));
	result->compared = true;
}

/*
 * Ends this process with its parent, or after TIMEOUT_S. The program that started the tool may
 * have left SIGALRM ignored or blocked.
 */
static void limit_life(void)
{
	sigset_t set;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	signal(SIGALRM, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	alarm(TIMEOUT_S);
}

/* Waits for a child. Returns whether it came to its end */
static bool wait_for(pid_t child, int *status)
{
	pid_t ended;

	do {
		ended = waitpid(child, status, 0);
	} while (ended < 0 && errno == EINTR);
	return ended == child && WIFEXITED(*status);
}

static void start_verifier(struct worker *worker)
{
	int status = 0;
	pid_t child;

	child = fork();
	if (!child) {
		limit_life();
		verify(worker);
		_exit(0);
	}
	if (child < 0) {
		fails(worker, "start a process", -errno);
		return;
	}
	if (!wait_for(child, &status) || !worker->result->compared) {
		fails(worker, "compare the bytes", -EIO);
		return;
	}
	worker->result->verdict = worker->result->different ? BENCH_DIFFERS : BENCH_VERIFIED;
}

static void work(struct worker *worker, const char *node)
{
	uint64_t ns;

	if (!prepare(worker, node) || !place(worker))
		return;
	if (!measure_bandwidth(worker, false) || !measure_bandwidth(worker, true) ||
	    !measure_latency(worker, false) || !measure_latency(worker, true) ||
	    !access_range(worker, false, worker->last_read, worker->settings->size, &ns) ||
	    is_elsewhere(worker))
		return;
	start_verifier(worker);
}

/* Measures in a process of its own, which a fault of a driver may end */
void bench_pair_measure(struct bench_pair *pair, const char *node,
			const struct bench_settings *settings)
{
	struct worker worker = {
		.settings = settings,
		.id = gpusvm_pagemap_get_id(pair->pagemap),
	};
	int status = 0;
	pid_t child;

	worker.result = mmap(NULL, sizeof(*worker.result), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (worker.result == MAP_FAILED)
		check_memory(NULL);
	/* If SIGCHLD is ignored, waitpid() gets no status */
	signal(SIGCHLD, SIG_DFL);
	child = fork();
	if (!child) {
		limit_life();
		work(&worker, node);
		_exit(0);
	}
	if (child < 0)
		fails(&worker, "start a process", -errno);
	else if (!wait_for(child, &status))
		fails(&worker, "measure", WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ?
					  -ETIME : -EIO);
	pair->result = *worker.result;
	munmap(worker.result, sizeof(*worker.result));
}
