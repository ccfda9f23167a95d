// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "state.h"

struct state *state;

void state_start(void)
{
	pthread_mutexattr_t attr;

	state = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	if (state == MAP_FAILED) {
		perror("gpusvm-fuzz: mmap");
		exit(2);
	}
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&state->lock, &attr);
}

/* If the owner was killed, its last addition is lost. */
void state_lock(void)
{
	if (pthread_mutex_lock(&state->lock) == EOWNERDEAD)
		pthread_mutex_consistent(&state->lock);
}

void state_unlock(void)
{
	pthread_mutex_unlock(&state->lock);
}

void corpus_add(const struct program *program, const struct signal *signal, uint64_t time)
{
	state_lock();
	if (state->num_entries < MAX_ENTRIES) {
		program_copy(&state->entries[state->num_entries].program, program);
		state->entries[state->num_entries].signal = *signal;
		state->entries[state->num_entries].time = time;
		state->num_entries++;
	}
	state_unlock();
}

unsigned int corpus_read(const char *path)
{
	static const struct signal nothing;
	struct program program;
	unsigned int num = 0;
	FILE *file = fopen(path, "r");

	if (!file)
		return 0;
	while (program_read(file, &program)) {
		corpus_add(&program, &nothing, 0);
		num++;
	}
	fclose(file);
	state->num_read = state->num_entries;

	return num;
}

static void print(const struct program *program, FILE *out)
{
	char text[PROGRAM_TEXT];

	program_print(program, text, sizeof(text));
	fputs(text, out);
}

/* New coverage of an entry, relative to its length. */
static double gain(const struct entry *entry, const struct signal *covered)
{
	struct signal news = entry->signal;

	return (double)signal_news(&news, covered) / (1 + entry->program.num);
}

static unsigned int highest(const double *gains)
{
	unsigned int best = 0;

	for (unsigned int i = 1; i < state->num_entries; i++)
		if (gains[i] > gains[best])
			best = i;

	return best;
}

/*
 * Write the entry with the highest gain, until no entry adds coverage. Gains only
 * decrease. So an entry has the highest gain if its new gain equals its old one.
 */
void corpus_write(FILE *out)
{
	static struct signal covered;
	static double gains[MAX_ENTRIES];

	for (unsigned int i = 0; i < state->num_entries; i++)
		gains[i] = gain(&state->entries[i], &covered);
	while (state->num_entries) {
		unsigned int i = highest(gains);
		double now = gain(&state->entries[i], &covered);

		if (!gains[i])
			return;
		if (now < gains[i]) {
			gains[i] = now;
			continue;
		}
		signal_add(&covered, &state->entries[i].signal);
		print(&state->entries[i].program, out);
		gains[i] = 0;
	}
}

uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

uint64_t now_ms(void)
{
	return now_us() / 1000;
}
