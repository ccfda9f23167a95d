// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * place_signal [SEED]
 *
 * Signals interrupt calls that take long; they go on where they stopped. An
 * addition that is made twice, or not at all, would show.
 */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "mem.h"
#include "tap.h"

#define SIZE	(4 * MIB)
#define TURNS	5

static struct gpu gpu;
static volatile sig_atomic_t signals;
static unsigned int seed;

/* The next one comes some time later, so that no call is kept from its end. */
static void arm(void)
{
	const struct itimerval timer = {
		.it_value.tv_usec = 1000 + rand_r(&seed) % 50000,
	};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void disarm(void)
{
	const struct itimerval timer = {};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void handler(int signal)
{
	(void)signal;
	signals++;
	arm();
}

static int add_one(uint64_t *words)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_ADD,
		.dst = (uintptr_t)words,
		.src = (uintptr_t)words,
		.length = SIZE,
		.value = 1,
	};

	return gpu_exec(&gpu, &op, 1);
}

static bool all_are(const uint64_t *words, uint64_t value)
{
	size_t i;

	for (i = 0; i < SIZE / 8; i++) {
		if (words[i] == value)
			continue;
		diag("word %zu is %llu instead of %llu", i, (unsigned long long)words[i],
		     (unsigned long long)value);
		return false;
	}

	return true;
}

static void test(int flags, const char *what)
{
	const struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
	uint64_t *words = mem_map(SIZE, SMALL_PAGES);
	unsigned int i;
	int err = 0;

	memset(words, 0, SIZE);
	must(!gpu_madvise(&gpu, words, SIZE, gpu.ids[0]), "pages can't be placed");
	signals = 0;
	sigaction(SIGALRM, &action, NULL);
	arm();
	for (i = 0; i < TURNS && !err; i++) {
		err = gpu_prefetch(&gpu, words, SIZE, NULL);
		if (!err && !all_at(&gpu, words, SIZE, gpu.ids[0]))
			break;
		if (!err)
			err = add_one(words);
		if (!err)
			err = gpu_evict(&gpu, words, SIZE);
	}
	disarm();
	ok(i == TURNS && !err, "%s: prefetches and operations come to their end", what);
	ok(all_are(words, TURNS), "%s: each addition was made once", what);
	diag("%s: %d signals", what, (int)signals);
	mem_unmap(words, SIZE);
}

int main(int argc, char **argv)
{
	seed = argc > 1 ? atoi(argv[1]) : (int)time(NULL);
	diag("seed %u", seed);
	gpu_start(&gpu, 0);
	test(0, "EINTR");
	test(SA_RESTART, "SA_RESTART");

	return tap_end();
}
