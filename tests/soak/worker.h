/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SOAK_WORKER_H
#define SOAK_WORKER_H

#include <pthread.h>
#include <semaphore.h>

#include "buffer.h"
#include "gpu.h"
#include "random.h"
#include "soak.h"

#define SLOTS		3	/* GPUs that a worker has open */
#define JOBS		4	/* asynchronous jobs that it waits for */
#define JOB_OPS		6
#define BOUNCE_SIZE	(64 * KIB)

/* The source and destination of an operation. */
struct step {
	struct buffer *dst, *src;
	size_t dst_offset, src_offset;
	unsigned char *bounce;
};

struct job {
	struct drm_vgpusvm_op ops[JOB_OPS];
	struct step steps[JOB_OPS];
	unsigned int num;
	unsigned int gpu;		/* its number */
	bool pending;
	bool read_only;			/* no write may succeed */
	bool interrupted;		/* by a signal, and not continued */
	uint64_t fence, value;
	unsigned char *bounce;		/* of all steps */
};

struct worker {
	unsigned int number;
	struct rnd rnd;
	struct worker_report *report;
	struct buffer buffers[BUFFERS];
	struct gpu gpus[SLOTS];
	struct job jobs[JOBS];
	struct job now;			/* the synchronous job */
	uint64_t fences;
	pid_t child;			/* that checks its copy, or 0 */
	int pipe[2];
	int gup_test;			/* -1 if the kernel has none */
	int direct;			/* a file opened with O_DIRECT, or -1 */
	unsigned char *aligned;		/* as large as the largest buffer */
	/* Taken for writing while addresses change, by the neighbour for reading. */
	pthread_rwlock_t space;
	sem_t turn;			/* of the neighbour */
	atomic_bool stop;		/* the neighbour */
};

/* A range of a buffer. */
struct range {
	struct buffer *buffer;
	size_t offset, length;
};

/* pick.c: any buffer with all of these flags that no job uses, or NULL. */
struct buffer *pick_buffer(struct worker *w, unsigned int flags);
struct range pick_bytes(struct rnd *rnd, struct buffer *b, size_t align, size_t max);
struct range pick_pages(struct rnd *rnd, struct buffer *b);
/* Opens any GPU in a slot, and has memory prefer pagemaps there. */
void open_and_prefer(struct worker *w, struct gpu *gpu);
/* A GPU, which is opened if it has to be, or NULL. */
struct gpu *pick_gpu(struct worker *w);
uint32_t pick_id(struct rnd *rnd);

/* jobs.c */
void jobs_init(struct worker *w);
void jobs_reap(struct worker *w);
void jobs_wait(struct worker *w);
void run_sync(struct worker *w);
void run_async(struct worker *w);
/* Run one operation, and return its error. */
int run_fill(struct worker *w, struct range range);
int run_read(struct worker *w, struct range range);
/* The same in read-only memory: a FILL that must fail, then a read. */
int run_read_only(struct worker *w, struct range range);

/* space.c and pins.c: changes of the address space, and accesses of the kernel */
void act_drop(struct worker *w);
void act_replace(struct worker *w);
void act_move(struct worker *w);
void act_move_part(struct worker *w);
void act_lazy_free(struct worker *w);
void act_reopen(struct worker *w);
void act_protect(struct worker *w);
void act_splice(struct worker *w);
void act_longterm(struct worker *w);
void act_direct_io(struct worker *w);
void act_proc_mem(struct worker *w);

/* reclaim.c: pages that a GPU writes and the kernel reclaims */
void act_reclaim(struct worker *w);

/* child.c */
void act_fork(struct worker *w);
void child_wait(struct worker *w);

/* neighbour.c: a thread that moves pages without changing a byte. */
void *neighbour_run(void *worker);

#endif
