// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GPU operations: random ones, synchronous or asynchronous. The model follows the
 * progress that they report.
 */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "worker.h"

static const char * const op_names[] = {
	[DRM_VGPUSVM_OP_FILL] = "FILL",
	[DRM_VGPUSVM_OP_COPY] = "COPY",
	[DRM_VGPUSVM_OP_ADD] = "ADD",
	[DRM_VGPUSVM_OP_ATOMIC_ADD] = "ATOMIC_ADD",
	[DRM_VGPUSVM_OP_CRC32] = "CRC32",
	[DRM_VGPUSVM_OP_READ] = "READ",
	[DRM_VGPUSVM_OP_WRITE] = "WRITE",
};

void jobs_init(struct worker *w)
{
	unsigned int i;

	for (i = 0; i < JOBS; i++)
		w->jobs[i].bounce = model_memory(JOB_OPS * BOUNCE_SIZE);
	w->now.bounce = model_memory(JOB_OPS * BOUNCE_SIZE);
}

/* Building a job */

static void set_dst(struct drm_vgpusvm_op *op, struct step *step, struct range range)
{
	step->dst = range.buffer;
	step->dst_offset = range.offset;
	op->dst = (uintptr_t)range.buffer->p + range.offset;
	op->length = range.length;
	range.buffer->busy++;
}

static void set_src(struct drm_vgpusvm_op *op, struct step *step, struct range range)
{
	step->src = range.buffer;
	step->src_offset = range.offset;
	op->src = (uintptr_t)range.buffer->p + range.offset;
	op->length = range.length;
	/* Otherwise, the model cannot know whether the GPU read old or freed content. */
	buffer_settle(range.buffer, range.offset, range.length);
	range.buffer->busy++;
}

/* Any buffer that no other job uses. Rarely, GPUs may not access it. */
static struct buffer *pick_operand(struct worker *w)
{
	return pick_buffer(w, rnd_once_in(&w->rnd, 16) ? 0 : CAN_GPU);
}

static size_t pick_align(struct worker *w)
{
	return rnd_once_in(&w->rnd, 4) ? 1 : 8;
}

static void make_fill(struct worker *w, struct drm_vgpusvm_op *op, struct step *step,
		      struct buffer *b)
{
	set_dst(op, step, pick_bytes(&w->rnd, b, pick_align(w), b->size));
	op->value = buffer_new_word(b);
}

static void make_write(struct worker *w, struct drm_vgpusvm_op *op, struct step *step,
		       struct buffer *b)
{
	set_dst(op, step, pick_bytes(&w->rnd, b, pick_align(w), BOUNCE_SIZE));
	buffer_new_words(b, step->dst_offset, op->length, step->bounce);
	op->value = (uintptr_t)step->bounce;
}

static void make_read(struct worker *w, struct drm_vgpusvm_op *op, struct step *step,
		      struct buffer *b)
{
	set_src(op, step, pick_bytes(&w->rnd, b, pick_align(w), BOUNCE_SIZE));
	op->value = (uintptr_t)step->bounce;
}

static void make_crc(struct worker *w, struct drm_vgpusvm_op *op, struct step *step,
		     struct buffer *b)
{
	set_src(op, step, pick_bytes(&w->rnd, b, pick_align(w), 512 * KIB));
}

static void make_atomic(struct worker *w, struct drm_vgpusvm_op *op, struct step *step,
			struct buffer *b)
{
	size_t words = b->size / 8;
	struct range range = { b, rnd_below(&w->rnd, words) * 8, 8 };

	set_dst(op, step, range);
	op->value = rnd_next(&w->rnd);
}

/* The source is another buffer, or for ADD the destination itself. */
static void make_two(struct worker *w, struct drm_vgpusvm_op *op, struct step *step,
		     struct buffer *b)
{
	size_t align = op->op == DRM_VGPUSVM_OP_ADD ? 8 : pick_align(w);
	struct range dst = pick_bytes(&w->rnd, b, align, b->size), src = dst;
	struct buffer *other;

	b->busy++;
	other = pick_buffer(w, CAN_GPU);
	b->busy--;
	if (other) {
		src = pick_bytes(&w->rnd, other, align, dst.length);
		dst.length = src.length;
	} else {
		op->op = DRM_VGPUSVM_OP_ADD;
		dst.offset = dst.offset / 8 * 8;
		dst.length = (dst.length + 7) / 8 * 8;
		if (dst.length > b->size - dst.offset)
			dst.length = b->size - dst.offset;
		src = dst;
	}
	set_src(op, step, src);
	set_dst(op, step, dst);
	op->value = op->op == DRM_VGPUSVM_OP_ADD ? rnd_next(&w->rnd) : 0;
}

static void make_op(struct worker *w, struct drm_vgpusvm_op *op, struct step *step,
		    struct buffer *b)
{
	op->op = 1 + rnd_below(&w->rnd, DRM_VGPUSVM_OP_WRITE);
	switch (op->op) {
	case DRM_VGPUSVM_OP_FILL:
		make_fill(w, op, step, b);
		break;
	case DRM_VGPUSVM_OP_COPY:
	case DRM_VGPUSVM_OP_ADD:
		make_two(w, op, step, b);
		break;
	case DRM_VGPUSVM_OP_ATOMIC_ADD:
		make_atomic(w, op, step, b);
		break;
	case DRM_VGPUSVM_OP_CRC32:
		make_crc(w, op, step, b);
		break;
	case DRM_VGPUSVM_OP_READ:
		make_read(w, op, step, b);
		break;
	default:
		make_write(w, op, step, b);
		break;
	}
}

static void make_job(struct worker *w, struct job *job)
{
	unsigned int i, num = 1 + rnd_below(&w->rnd, JOB_OPS);

	memset(job->ops, 0, sizeof(job->ops));
	memset(job->steps, 0, sizeof(job->steps));
	for (i = 0; i < num; i++) {
		struct buffer *b = pick_operand(w);

		if (!b)
			break;
		job->steps[i].bounce = job->bounce + i * BOUNCE_SIZE;
		make_op(w, &job->ops[i], &job->steps[i], b);
	}
	job->num = i;
}

/* Checking the results */

static bool is_secret(const struct buffer *b)
{
	return b && !(b->flags & CAN_GPU);
}

/* Whether the operation has to fail with -EFAULT, if it runs. */
static bool is_refused(const struct job *job, const struct step *step)
{
	return is_secret(step->src) || is_secret(step->dst) || (job->read_only && step->dst);
}

static void note(struct job *job, struct drm_vgpusvm_op *op, struct step *step)
{
	const char *how = job->value ? "async" : "sync";

	if (step->dst)
		buffer_note(step->dst, "GPU %u %s %s to 0x%zx, 0x%llx of 0x%llx bytes: %d",
			    job->gpu, how, op_names[op->op], step->dst_offset,
			    (unsigned long long)op->done, (unsigned long long)op->length,
			    op->error);
	if (step->src)
		buffer_note(step->src, "GPU %u %s %s from 0x%zx, 0x%llx of 0x%llx bytes: %d",
			    job->gpu, how, op_names[op->op], step->src_offset,
			    (unsigned long long)op->done, (unsigned long long)op->length,
			    op->error);
}

static void check_crc(struct worker *w, struct drm_vgpusvm_op *op, struct step *step)
{
	uint32_t wanted = model_crc(step->src, step->src_offset, op->done);

	if (op->done && op->result != wanted) {
		/* If the memory is wrong, too, this reports the byte. */
		buffer_check(step->src, step->src_offset, op->done, "after a wrong CRC-32");
		fail(w->report,
		     "CRC-32 of buffer %u (%s), 0x%llx bytes at 0x%zx: 0x%llx instead of 0x%x",
		     step->src->kind, kind_names[step->src->kind],
		     (unsigned long long)op->done, step->src_offset,
		     (unsigned long long)op->result, wanted);
	}
	shared->totals.bytes_verified += op->done;
}

static void check_atomic(struct worker *w, struct drm_vgpusvm_op *op, struct step *step)
{
	uint64_t model, alt;

	memcpy(&model, step->dst->model + step->dst_offset, 8);
	memcpy(&alt, step->dst->alt + step->dst_offset, 8);
	if (op->result != model &&
	    !(buffer_is_lazy(step->dst, step->dst_offset, 8) && op->result == alt))
		fail(w->report,
		     "ATOMIC_ADD in buffer %u (%s) at 0x%zx found 0x%llx instead of 0x%llx",
		     step->dst->kind, kind_names[step->dst->kind], step->dst_offset,
		     (unsigned long long)op->result, (unsigned long long)model);
}

static void apply_two(struct drm_vgpusvm_op *op, struct step *step)
{
	if (op->op == DRM_VGPUSVM_OP_ADD && step->dst == step->src) {
		model_add(step->dst, step->dst_offset, op->done, op->value);
		return;
	}
	model_store(step->dst, step->dst_offset, op->done,
		    step->src->model + step->src_offset);
	if (op->op == DRM_VGPUSVM_OP_ADD)
		model_add(step->dst, step->dst_offset, op->done, op->value);
}

/* Update the model with the results of an operation. */
static void apply(struct worker *w, struct drm_vgpusvm_op *op, struct step *step)
{
	switch (op->op) {
	case DRM_VGPUSVM_OP_FILL:
		model_fill(step->dst, step->dst_offset, op->done, op->value);
		break;
	case DRM_VGPUSVM_OP_COPY:
	case DRM_VGPUSVM_OP_ADD:
		apply_two(op, step);
		break;
	case DRM_VGPUSVM_OP_ATOMIC_ADD:
		check_atomic(w, op, step);
		model_add(step->dst, step->dst_offset, op->done, op->value);
		break;
	case DRM_VGPUSVM_OP_CRC32:
		check_crc(w, op, step);
		break;
	case DRM_VGPUSVM_OP_READ:
		buffer_check_copy(step->src, step->src_offset, op->done, step->bounce,
				  "a READ");
		break;
	case DRM_VGPUSVM_OP_WRITE:
		model_store(step->dst, step->dst_offset, op->done, step->bounce);
		break;
	}
}

/* Check that the error of the job matches the progress of an operation. */
static void check_error(struct worker *w, struct job *job, unsigned int i, int err)
{
	struct drm_vgpusvm_op *op = &job->ops[i];
	bool refused = is_refused(job, &job->steps[i]);
	const char *wrong = NULL;

	if (refused && op->done)
		wrong = "accessed forbidden memory";
	else if (op->done > op->length)
		wrong = "did more than its length";
	else if (refused && !op->error && !err && !job->interrupted)
		wrong = "did not fail";
	else if (err && (op->done || op->error))
		wrong = "ran after a failed operation";
	else if (op->error && !(refused && op->error == -EFAULT) && !gpu_may_fail(op->error))
		wrong = "failed";

	if (wrong)
		fail(w->report,
		     "%s of GPU %u, operation %u of %u, dst 0x%llx (%s) src 0x%llx (%s) length 0x%llx done 0x%llx: %s: error %d, fault address 0x%llx, job %d",
		     op_names[op->op], job->gpu, i, job->num, (unsigned long long)op->dst,
		     job->steps[i].dst ? kind_names[job->steps[i].dst->kind] : "",
		     (unsigned long long)op->src,
		     job->steps[i].src ? kind_names[job->steps[i].src->kind] : "",
		     (unsigned long long)op->length, (unsigned long long)op->done, wrong,
		     op->error, (unsigned long long)op->fault_addr, err);
	if (refused && op->error == -EFAULT)
		shared->totals.refusals++;
}

static void let_go(struct step *step)
{
	if (step->dst)
		step->dst->busy--;
	if (step->src)
		step->src->busy--;
}

/* @err: The error of the call if it failed before the operations, else 0. */
static void finish(struct worker *w, struct job *job, int err)
{
	unsigned int i;

	for (i = 0; i < job->num; i++) {
		struct drm_vgpusvm_op *op = &job->ops[i];

		check_error(w, job, i, err);
		note(job, op, &job->steps[i]);
		if (op->done)
			apply(w, op, &job->steps[i]);
		let_go(&job->steps[i]);
		if (op->done < op->length && !err)
			err = op->error ? op->error : -EINTR;
		if (op->done == op->length)
			shared->totals.gpu_operations++;
		count_error(op->error);
	}
	job->pending = false;
}

/* Whether an operation of the job ran, after the call failed. */
static bool has_begun(const struct job *job)
{
	return job->ops[0].done || job->ops[0].error;
}

/* Sometimes arrange for a signal during the call. */
static void alarm_soon(struct worker *w)
{
	struct itimerval timer = {};

	if (rnd_once_in(&w->rnd, 6)) {
		timer.it_value.tv_usec = 1 + rnd_below(&w->rnd, 20000);
		setitimer(ITIMER_REAL, &timer, NULL);
	}
}

static void alarm_off(void)
{
	struct itimerval timer = {};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static int run_now(struct worker *w, struct gpu *gpu)
{
	struct job *job = &w->now;
	unsigned int i;
	int err;

	job->gpu = gpu->number;
	alarm_soon(w);
	err = gpu_exec(gpu, job->ops, job->num, &w->rnd);
	alarm_off();
	job->interrupted = err == -EINTR;

	for (i = 0; !err && i < job->num; i++)
		if (job->ops[i].done != job->ops[i].length)
			err = -EIO;
	if (err && err != -EFAULT && !gpu_may_fail(err))
		fail(w->report, "EXEC on GPU %u failed: error %d", gpu->number, err);
	finish(w, job, err && err != -EINTR && !has_begun(job) ? err : 0);

	return err;
}

void run_sync(struct worker *w)
{
	struct gpu *gpu = pick_gpu(w);

	if (!gpu)
		return;
	w->now.read_only = false;
	make_job(w, &w->now);
	if (w->now.num)
		run_now(w, gpu);
}

static struct job *single(struct worker *w)
{
	struct job *job = &w->now;

	memset(job->ops, 0, sizeof(job->ops));
	memset(job->steps, 0, sizeof(job->steps));
	job->steps[0].bounce = job->bounce;
	job->num = 1;
	job->read_only = false;
	return job;
}

static int fill_now(struct worker *w, struct range r, bool read_only)
{
	struct gpu *gpu = pick_gpu(w);
	struct job *job = single(w);

	if (!gpu)
		return -ENODEV;
	job->ops[0].op = DRM_VGPUSVM_OP_FILL;
	job->ops[0].value = buffer_new_word(r.buffer);
	set_dst(&job->ops[0], &job->steps[0], r);
	job->read_only = read_only;
	return run_now(w, gpu);
}

int run_fill(struct worker *w, struct range r)
{
	return fill_now(w, r, false);
}

int run_read_only(struct worker *w, struct range r)
{
	int err = fill_now(w, r, true);

	run_read(w, r);
	return err;
}

int run_read(struct worker *w, struct range r)
{
	struct gpu *gpu = pick_gpu(w);
	struct job *job = single(w);

	if (!gpu)
		return -ENODEV;
	job->ops[0].op = DRM_VGPUSVM_OP_CRC32;
	set_src(&job->ops[0], &job->steps[0], r);
	return run_now(w, gpu);
}

/* Asynchronous jobs */

static void let_go_all(struct job *job)
{
	unsigned int i;

	for (i = 0; i < job->num; i++)
		let_go(&job->steps[i]);
}

static void submit(struct worker *w, struct job *job, struct gpu *gpu)
{
	int err;

	job->gpu = gpu->number;
	job->fence = 0;
	job->value = ++w->fences;
	err = gpu_exec_async(gpu, job->ops, job->num, &job->fence, job->value);
	if (!err) {
		job->pending = true;
		shared->totals.async_jobs++;
		return;
	}
	if (!gpu_may_fail(err))
		fail(w->report, "asynchronous EXEC on GPU %u failed: error %d", gpu->number, err);
	let_go_all(job);
}

void run_async(struct worker *w)
{
	struct gpu *gpu = pick_gpu(w);
	struct job *job;

	for (job = w->jobs; job < w->jobs + JOBS && job->pending; job++)
		;
	if (!gpu || job == w->jobs + JOBS)
		return;
	make_job(w, job);
	if (job->num)
		submit(w, job, gpu);
}

static bool has_ended(struct job *job)
{
	return __atomic_load_n(&job->fence, __ATOMIC_ACQUIRE) == job->value;
}

void jobs_reap(struct worker *w)
{
	struct job *job;

	for (job = w->jobs; job < w->jobs + JOBS; job++)
		if (job->pending && has_ended(job))
			finish(w, job, 0);
}

void jobs_wait(struct worker *w)
{
	struct job *job;

	for (job = w->jobs; job < w->jobs + JOBS; job++) {
		while (job->pending && !has_ended(job))
			usleep(1000);
		if (job->pending)
			finish(w, job, 0);
	}
}
