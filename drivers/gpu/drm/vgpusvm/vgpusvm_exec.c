// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The execution unit: operations on virtual addresses, through the GPU's page
 * tables.
 */

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/crc32.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>

#include "vgpusvm_acct.h"
#include "vgpusvm_exec.h"
#include "vgpusvm_fault.h"
#include "vgpusvm_pages.h"
#include "vgpusvm_range.h"
#include "vgpusvm_vm.h"

/* Bytes to process before the locks, which delay munmap(), are released */
#define VGPUSVM_EXEC_CHUNK	SZ_2M
/* User memory may fault, so it is copied while the GPU's locks are not held */
#define VGPUSVM_BOUNCE_SIZE	SZ_64K
/* Faults in a row without progress, if the pages go away again each time */
#define VGPUSVM_EXEC_TRIES	32

/**
 * struct vgpusvm_exec - State of a running operation
 * @vm: VM that runs the operation.
 * @op: The operation.
 * @bounce: Buffer for data from or to user memory.
 * @acct: Accesses that are not yet counted.
 * @walk: Result of the last walk of the page table.
 * @fault: Fault at the address that has no mapping.
 */
struct vgpusvm_exec {
	struct vgpusvm_vm *vm;
	struct drm_vgpusvm_op *op;
	void *bounce;
	struct vgpusvm_acct acct;
	int walk;
	struct vgpusvm_fault fault;
};

static bool vgpusvm_op_reads(const struct drm_vgpusvm_op *op)
{
	return op->op == DRM_VGPUSVM_OP_COPY || op->op == DRM_VGPUSVM_OP_ADD ||
	       op->op == DRM_VGPUSVM_OP_CRC32 || op->op == DRM_VGPUSVM_OP_READ;
}

static bool vgpusvm_op_writes(const struct drm_vgpusvm_op *op)
{
	return op->op == DRM_VGPUSVM_OP_FILL || op->op == DRM_VGPUSVM_OP_COPY ||
	       op->op == DRM_VGPUSVM_OP_ADD ||
	       op->op == DRM_VGPUSVM_OP_ATOMIC_ADD ||
	       op->op == DRM_VGPUSVM_OP_WRITE;
}

static bool vgpusvm_op_bounces(const struct drm_vgpusvm_op *op)
{
	return op->op == DRM_VGPUSVM_OP_READ || op->op == DRM_VGPUSVM_OP_WRITE;
}

static bool vgpusvm_op_has_value(const struct drm_vgpusvm_op *op)
{
	return op->op != DRM_VGPUSVM_OP_COPY && op->op != DRM_VGPUSVM_OP_CRC32;
}

static bool vgpusvm_op_overlaps(const struct drm_vgpusvm_op *op)
{
	return op->dst < op->src + op->length && op->src < op->dst + op->length;
}

/**
 * vgpusvm_exec_check() - Check an operation from user space
 * @op: Operation to check.
 *
 * Return: 0 or -EINVAL.
 */
int vgpusvm_exec_check(const struct drm_vgpusvm_op *op)
{
	bool reads = vgpusvm_op_reads(op), writes = vgpusvm_op_writes(op);
	u64 end;

	if (!reads && !writes)
		return -EINVAL;
	if (op->flags || op->pad || !op->length || op->done > op->length)
		return -EINVAL;
	if ((!reads && op->src) || (!writes && op->dst) ||
	    (!vgpusvm_op_has_value(op) && op->value))
		return -EINVAL;
	if (check_add_overflow(op->src, op->length, &end) ||
	    check_add_overflow(op->dst, op->length, &end))
		return -EINVAL;

	switch (op->op) {
	case DRM_VGPUSVM_OP_COPY:
		return vgpusvm_op_overlaps(op) ? -EINVAL : 0;
	case DRM_VGPUSVM_OP_ADD:
		if ((op->dst | op->src | op->length | op->done) % sizeof(u64))
			return -EINVAL;
		return op->dst != op->src && vgpusvm_op_overlaps(op) ?
			-EINVAL : 0;
	case DRM_VGPUSVM_OP_ATOMIC_ADD:
		if (op->dst % sizeof(u64) || op->length != sizeof(u64) ||
		    op->done % sizeof(u64))
			return -EINVAL;
		return 0;
	default:
		return 0;
	}
}

/* Rotate the pattern so that it starts at any of its bytes. */
static u64 vgpusvm_rotate(u64 value, unsigned int bytes)
{
	if (IS_ENABLED(CONFIG_CPU_BIG_ENDIAN))
		return rol64(value, 8 * bytes);

	return ror64(value, 8 * bytes);
}

static void vgpusvm_do_fill(struct drm_vgpusvm_op *op, void *dst, size_t size)
{
	u64 word = vgpusvm_rotate(op->value, op->done % sizeof(u64));
	size_t i;

	for (i = 0; i + sizeof(word) <= size; i += sizeof(word))
		put_unaligned(word, (u64 *)(dst + i));
	memcpy(dst + i, &word, size - i);
}

static void vgpusvm_do_add(struct drm_vgpusvm_op *op, u64 *dst, const u64 *src,
			   size_t size)
{
	size_t i;

	for (i = 0; i < size / sizeof(*dst); i++)
		dst[i] = src[i] + op->value;
}

static void vgpusvm_do_crc32(struct drm_vgpusvm_op *op, const void *src,
			     size_t size)
{
	u32 crc = op->done ? op->result : 0;

	op->result = ~crc32_le(~crc, src, size);
}

/* Process from &drm_vgpusvm_op.done, within one source and destination page. */
static void vgpusvm_do(struct vgpusvm_exec *exec, void *dst, const void *src,
		       size_t size, size_t bounced)
{
	struct drm_vgpusvm_op *op = exec->op;

	switch (op->op) {
	case DRM_VGPUSVM_OP_FILL:
		vgpusvm_do_fill(op, dst, size);
		break;
	case DRM_VGPUSVM_OP_COPY:
		memcpy(dst, src, size);
		break;
	case DRM_VGPUSVM_OP_ADD:
		vgpusvm_do_add(op, dst, src, size);
		break;
	case DRM_VGPUSVM_OP_ATOMIC_ADD:
		op->result = atomic64_fetch_add(op->value, (atomic64_t *)dst);
		break;
	case DRM_VGPUSVM_OP_CRC32:
		vgpusvm_do_crc32(op, src, size);
		break;
	case DRM_VGPUSVM_OP_READ:
		memcpy(exec->bounce + bounced, src, size);
		break;
	case DRM_VGPUSVM_OP_WRITE:
		memcpy(dst, exec->bounce + bounced, size);
		break;
	}
}

static bool vgpusvm_exec_walk(struct vgpusvm_exec *exec, unsigned long addr,
			      bool write, struct vgpusvm_access *access)
{
	exec->walk = vgpusvm_range_walk(exec->vm, addr, write, access);
	if (!exec->walk)
		return true;

	exec->fault.addr = addr;
	exec->fault.write = write;

	return false;
}

static void vgpusvm_exec_count(struct vgpusvm_exec *exec,
			       const struct vgpusvm_access *dst,
			       const struct vgpusvm_access *src, size_t size)
{
	bool both = exec->op->op == DRM_VGPUSVM_OP_ATOMIC_ADD;

	if (src)
		vgpusvm_acct_add(&exec->acct, src->region, size, 0);
	if (dst)
		vgpusvm_acct_add(&exec->acct, dst->region, both ? size : 0,
				 size);
}

/* Check after an access that the content was there all the time. */
static bool vgpusvm_exec_lost(struct vgpusvm_exec *exec, unsigned long addr,
			      const struct vgpusvm_access *access)
{
	if (!access->region || !vgpusvm_region_lost(access->region))
		return false;

	exec->walk = -EFAULT;
	exec->fault.addr = addr;

	return true;
}

/*
 * Process one step, up to the end of a page.
 *
 * Returns the number of bytes done, 0 if the GPU has to fault.
 */
static size_t vgpusvm_exec_step(struct vgpusvm_exec *exec, size_t size,
				size_t bounced)
{
	struct drm_vgpusvm_op *op = exec->op;
	bool reads = vgpusvm_op_reads(op), writes = vgpusvm_op_writes(op);
	unsigned long from = op->src + op->done, to = op->dst + op->done;
	void *src_map = NULL, *dst_map = NULL;
	struct vgpusvm_access src, dst;
	u64 result = op->result;

	if (reads) {
		if (!vgpusvm_exec_walk(exec, from, false, &src))
			return 0;
		size = min(size, PAGE_SIZE - offset_in_page(from));
	}
	if (writes) {
		if (!vgpusvm_exec_walk(exec, to, true, &dst))
			return 0;
		size = min(size, PAGE_SIZE - offset_in_page(to));
	}

	if (reads)
		src_map = vgpusvm_access_map(&src);
	if (writes)
		dst_map = vgpusvm_access_map(&dst);
	vgpusvm_do(exec, writes ? dst_map + offset_in_page(to) : NULL,
		   reads ? src_map + offset_in_page(from) : NULL, size,
		   bounced);
	if (dst_map)
		vgpusvm_access_unmap(&dst, dst_map);
	if (src_map)
		vgpusvm_access_unmap(&src, src_map);
	if ((reads && vgpusvm_exec_lost(exec, from, &src)) ||
	    (writes && vgpusvm_exec_lost(exec, to, &dst))) {
		op->result = result;
		return 0;
	}

	vgpusvm_exec_count(exec, writes ? &dst : NULL, reads ? &src : NULL,
			   size);

	return size;
}

/*
 * The time model counts whole chunks of the operation, so that its result does
 * not depend on where faults happened to interrupt it.
 */
static void vgpusvm_exec_advance(struct vgpusvm_exec *exec, size_t size)
{
	struct drm_vgpusvm_op *op = exec->op;

	op->done += size;
	if (!(op->done % VGPUSVM_EXEC_CHUNK) || op->done == op->length)
		vgpusvm_acct_flush(&exec->acct);
}

/* Process as many bytes as are mapped. Called with the locks held. */
static bool vgpusvm_exec_run(struct vgpusvm_exec *exec, size_t size)
{
	size_t bounced = 0;

	while (bounced < size) {
		size_t step = vgpusvm_exec_step(exec, size - bounced, bounced);

		if (!step)
			return false;

		vgpusvm_exec_advance(exec, step);
		bounced += step;
	}

	return true;
}

static int vgpusvm_exec_chunk(struct vgpusvm_exec *exec, size_t size)
{
	struct vgpusvm_vm *vm = exec->vm;
	u64 before = exec->op->done;
	bool complete;
	int err;

	err = vgpusvm_vm_lock(vm);
	if (err)
		return err;
	drm_gpusvm_notifier_lock(&vm->svm);
	complete = vgpusvm_exec_run(exec, size);
	drm_gpusvm_notifier_unlock(&vm->svm);
	vgpusvm_vm_unlock(vm);
	/* Let the caller copy to user memory before a fault is served */
	if (complete || exec->op->done != before)
		return 0;

	err = exec->walk == -EAGAIN ? vgpusvm_fault(vm, &exec->fault) :
				      exec->walk;
	if (err && err != -EINTR)
		exec->op->fault_addr = exec->fault.addr;

	return err;
}

static int vgpusvm_exec_user_fault(struct vgpusvm_exec *exec)
{
	exec->op->fault_addr = exec->op->value + exec->op->done;

	return -EFAULT;
}

static int vgpusvm_exec_bounced(struct vgpusvm_exec *exec, size_t size)
{
	struct drm_vgpusvm_op *op = exec->op;
	u64 before = op->done;
	void __user *user = u64_to_user_ptr(op->value + before);
	int err;

	size = min(size, VGPUSVM_BOUNCE_SIZE);
	if (op->op == DRM_VGPUSVM_OP_WRITE) {
		if (copy_from_user(exec->bounce, user, size))
			return vgpusvm_exec_user_fault(exec);
		return vgpusvm_exec_chunk(exec, size);
	}

	err = vgpusvm_exec_chunk(exec, size);
	size = op->done - before;
	if (size && copy_to_user(user, exec->bounce, size)) {
		op->done = before;
		return vgpusvm_exec_user_fault(exec);
	}

	return err;
}

/* Let the program see which memory is near and which is far. */
static int vgpusvm_exec_delay(struct vgpusvm_exec *exec)
{
	ktime_t end = ktime_add_ns(ktime_get(), exec->acct.delay_ns);
	int err = 0;

	exec->acct.delay_ns = 0;
	while (!err && ktime_before(ktime_get(), end))
		err = vgpusvm_vm_sleep(exec->vm, end);

	return err;
}

static int vgpusvm_exec_some(struct vgpusvm_exec *exec)
{
	struct drm_vgpusvm_op *op = exec->op;
	size_t size = min(op->length - op->done,
			  VGPUSVM_EXEC_CHUNK - op->done % VGPUSVM_EXEC_CHUNK);

	if (READ_ONCE(exec->vm->closed))
		return -ENOENT;
	if (vgpusvm_vm_interrupted())
		return -ERESTARTSYS;
	cond_resched();

	return vgpusvm_op_bounces(op) ? vgpusvm_exec_bounced(exec, size) :
					vgpusvm_exec_chunk(exec, size);
}

/**
 * vgpusvm_exec_op() - Run an operation, starting at &drm_vgpusvm_op.done
 * @vm: The VM. The current task uses its mm.
 * @op: Operation, checked by vgpusvm_exec_check().
 *
 * Return: 0, or a negative errno for &drm_vgpusvm_op.error, or -EINTR or
 * -ERESTARTSYS for a signal.
 */
int vgpusvm_exec_op(struct vgpusvm_vm *vm, struct drm_vgpusvm_op *op)
{
	void *bounce __free(kvfree) = NULL;
	struct vgpusvm_exec exec = {
		.vm = vm,
		.op = op,
		.acct.vm = vm,
	};
	unsigned int tries = 0;
	int err = 0;

	if (vgpusvm_op_bounces(op)) {
		bounce = kvmalloc(VGPUSVM_BOUNCE_SIZE, GFP_KERNEL_ACCOUNT);
		if (!bounce)
			return -ENOMEM;
		exec.bounce = bounce;
	}

	while (op->done < op->length && !err) {
		u64 before = op->done, begin = ktime_get_ns();

		err = vgpusvm_exec_some(&exec) ?: vgpusvm_exec_delay(&exec);
		atomic64_add(ktime_get_ns() - begin, &vm->busy_ns);
		tries = op->done == before ? tries + 1 : 0;
		if (!err && tries > VGPUSVM_EXEC_TRIES) {
			op->fault_addr = exec.fault.addr;
			err = -EBUSY;
		}
	}
	vgpusvm_acct_flush(&exec.acct);

	return err;
}
