// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <errno.h>
#include <sys/mman.h>

#include "drm_call.h"
#include "xe_commands.h"

#define SIGNALLED	0x5fe5fe5fe5fe5fe5ull
#define PATIENCE_NS	20000000000ll

#define BATCH_SIZE	(64 * KIB)

/* Number and length of a command of the command streamer. */
#define COMMAND(number, words)	((number) << 23 | ((words) - 2))
#define BATCH_END		(0x0au << 23)
#define STORE_WORD64		(COMMAND(0x20u, 5) | 1u << 21)
#define COPY_WORD32		COMMAND(0x2eu, 5)
/* With the operand in the command itself. */
#define ATOMIC_ADD32		(COMMAND(0x2fu, 11) | 1u << 18 | 0x07u << 8)

#define COPY_WORDS		5
#define COPIES			(BATCH_SIZE / 4 / COPY_WORDS - 1)

struct batch {
	uint32_t *words;
	unsigned int num;
};

uint64_t svm_xe_fence_init(struct svm_xe_fence *fence)
{
	fence->word = map_memory(page_size(), false);
	*fence->word = 0;
	fence->sync = (struct drm_xe_sync) {
		.type = DRM_XE_SYNC_TYPE_USER_FENCE,
		.flags = DRM_XE_SYNC_FLAG_SIGNAL,
		.addr = (uintptr_t)fence->word,
		.timeline_value = SIGNALLED,
	};

	return (uintptr_t)&fence->sync;
}

int svm_xe_fence_wait(int fd, struct svm_xe_fence *fence, uint32_t queue)
{
	struct drm_xe_wait_user_fence wait = {
		.addr = (uintptr_t)fence->word,
		.op = DRM_XE_UFENCE_WAIT_OP_EQ,
		.value = SIGNALLED,
		.mask = UINT64_MAX,
		.timeout = PATIENCE_NS,
		.exec_queue_id = queue,
	};
	int err = drm_call(fd, DRM_IOCTL_XE_WAIT_USER_FENCE, &wait);

	munmap(fence->word, page_size());
	return err;
}

static void start(struct batch *batch)
{
	batch->words = map_memory(BATCH_SIZE, false);
	batch->num = 0;
}

static void emit(struct batch *batch, uint32_t word)
{
	igt_assert(batch->num < BATCH_SIZE / sizeof(word));
	batch->words[batch->num++] = word;
}

static void emit64(struct batch *batch, uint64_t word)
{
	emit(batch, word);
	emit(batch, word >> 32);
}

/* The batch is ordinary memory, too, which the GPU reads by the mirror. */
static int run(struct svm_gpu *gpu, struct batch *batch)
{
	struct svm_xe_fence fence;
	struct drm_xe_exec exec = {
		.exec_queue_id = gpu->queue,
		.num_syncs = 1,
		.syncs = svm_xe_fence_init(&fence),
		.address = (uintptr_t)batch->words,
		.num_batch_buffer = 1,
	};
	int err;

	emit(batch, BATCH_END);
	err = drm_call(gpu->fd, DRM_IOCTL_XE_EXEC, &exec);
	if (!err)
		err = svm_xe_fence_wait(gpu->fd, &fence, gpu->queue);
	munmap(batch->words, BATCH_SIZE);

	return err;
}

/* As much as a batch has room for, in words of 32 bits. */
static int copy_words(struct svm_gpu *gpu, uintptr_t dst, uintptr_t src, size_t num)
{
	struct batch batch;
	size_t i;

	start(&batch);
	for (i = 0; i < num; i++) {
		emit(&batch, COPY_WORD32);
		emit64(&batch, dst + 4 * i);
		emit64(&batch, src + 4 * i);
	}

	return run(gpu, &batch);
}

int svm_xe_copy(struct svm_gpu *gpu, void *dst, const void *src, size_t length)
{
	size_t done, num;
	int err = 0;

	igt_assert(!(length % 4));
	for (done = 0; !err && done < length; done += 4 * num) {
		num = (length - done) / 4;
		if (num > COPIES)
			num = COPIES;
		err = copy_words(gpu, (uintptr_t)dst + done, (uintptr_t)src + done, num);
	}

	return err;
}

int svm_xe_store(struct svm_gpu *gpu, void *dst, uint64_t value)
{
	struct batch batch;

	start(&batch);
	emit(&batch, STORE_WORD64);
	emit64(&batch, (uintptr_t)dst);
	emit64(&batch, value);

	return run(gpu, &batch);
}

int svm_xe_atomic_add(struct svm_gpu *gpu, void *dst, uint64_t value)
{
	struct batch batch;
	int i;

	igt_assert(!(value >> 32));
	start(&batch);
	emit(&batch, ATOMIC_ADD32);
	emit64(&batch, (uintptr_t)dst);
	emit(&batch, value);
	/* The rest of two operands that can have 128 bits each. */
	for (i = 0; i < 7; i++)
		emit(&batch, 0);

	return run(gpu, &batch);
}
