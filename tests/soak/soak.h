/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SOAK_H
#define SOAK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define KIB		1024ul
#define MIB		(1024 * KIB)
#define HUGE_SIZE	(2 * MIB)

#define MAX_GPUS	8
#define UID_SIZE	64
#define MAX_WORKERS	8
#define MAX_ERRNO	134
#define BUFFERS		11
#define HISTORY		20
#define HISTORY_TEXT	112
#define MAX_ACTIONS	32

/* How a GPU goes away. */
enum absence {
	UNBIND,
	REMOVE,
	SLOT_OFF,
	ABSENCES
};

extern const char * const absence_names[ABSENCES];

/* Options of a run. */
struct options {
	uint64_t seed;
	unsigned int seconds;
	unsigned int round_seconds;
	unsigned int workers;
	unsigned int gpus;
	unsigned int first_round;
	unsigned int huge_pages;	/* in the kernel's pool at the start of a round */
	const char *dir;		/* on a file system that has O_DIRECT */
	const char *fuse;		/* an empty directory */
	const char *cgroup;		/* of the workers, or NULL */
};

/* The last operations on a buffer, oldest first from @next on. */
struct history {
	atomic_uint next;
	char text[HISTORY][HISTORY_TEXT];
};

/* The report of a worker, which is readable after the worker has exited. */
struct worker_report {
	struct history history[BUFFERS];
	struct history all;		/* of all buffers */
	char doing[112];
	char failure[2048];
	atomic_bool failed;
	atomic_ulong actions;
};

struct totals {
	atomic_ulong gpu_operations;
	atomic_ulong async_jobs;
	atomic_ulong bytes_verified;
	atomic_ulong bytes_lost;
	atomic_ulong migrations;
	atomic_ulong migrated_bytes;
	atomic_ulong fallback_bytes;
	atomic_ulong faults;
	atomic_ulong evictions;
	atomic_ulong forks;
	atomic_ulong pins;
	atomic_ulong refusals;
	atomic_ulong absences[ABSENCES];
	atomic_ulong regroups;
	atomic_ulong link_changes;
	atomic_ulong cache_drops;
	atomic_ulong squeezes;
	atomic_ulong offlined;
	atomic_ulong skipped_kinds;	/* a bit for each kind that the kernel lacks */
	atomic_ulong errors[MAX_ERRNO];
	/* By action: their number and time. */
	atomic_ulong done[MAX_ACTIONS];
	atomic_ulong us[MAX_ACTIONS];
};

/* Shared by all processes of a run. */
struct shared {
	struct options options;
	struct totals totals;
	struct worker_report workers[MAX_WORKERS];
	/* The report of the tasks beside the workers. */
	struct worker_report outside;
	unsigned int round;
	char uids[MAX_GPUS][UID_SIZE];	/* of the initiators */
	uint32_t ids[MAX_GPUS];
	atomic_uint ready;		/* workers that have begun */
	atomic_bool quiet;		/* use no GPU for a moment */
	atomic_bool stop;		/* end the round */
};

extern struct shared *shared;

/* Stops the process with a report in @report, that of its worker. */
void fail(struct worker_report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* Counts an error, if @err is one. */
void count_error(int err);

size_t page_size(void);

/*
 * files.c: small files of the kernel. @format and what follows make the path. put() and
 * put_number() return 0 or a negative errno.
 */
int put(const char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
int put_number(uint64_t number, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Read the first line, without its end. Return false if the file is missing or empty. */
bool get(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The number after @key, or 0. */
uint64_t get_number(const char *key, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Writes @which to drop_caches, and counts that. */
void drop_caches(unsigned int which);

/* By all workers, in all rounds. */
uint64_t actions_done(void);

/* The tasks, each in a process of its own until shared->stop. */
void worker_run(unsigned int number) __attribute__((noreturn));
extern const unsigned int num_actions;
const char *action_name(unsigned int action);

struct outside {
	const char *name;
	void (*run)(void);
};

/* Begins when all workers have their memory. */
void outside_run(const struct outside *task) __attribute__((noreturn));

extern const struct outside outside_tasks[];
extern const unsigned int num_outside_tasks;

#endif
