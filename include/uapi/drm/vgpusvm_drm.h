/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR MIT */
#ifndef _UAPI_VGPUSVM_DRM_H_
#define _UAPI_VGPUSVM_DRM_H_

#include "drm.h"

#if defined(__cplusplus)
extern "C" {
#endif

/**
 * DOC: vgpusvm
 *
 * vgpusvm is a virtual GPU with shared virtual memory. A program opens the
 * render node of a GPU and creates a VM, which mirrors the address space of the
 * calling process. The program chooses by pagemap ID where memory lives, and
 * runs operations on ordinary CPU addresses. The pagemap IDs are those of
 * /sys/class/drm_pagemap/pagemap<ID>/id.
 *
 * These rules hold for every ioctl:
 *
 * - Sizes, lengths and offsets are in bytes. Addresses are CPU virtual
 *   addresses. "Page" is the CPU's page, sysconf(_SC_PAGESIZE).
 * - A range of MADVISE, PREFETCH, QUERY_RANGE, QUERY_RESIDENCY or EVICT must
 *   be page-aligned, must not be empty, and must end within the address space.
 *   Otherwise the ioctl fails with -EINVAL.
 * - Every flags, pad and reserved field must be zero where no value is defined
 *   for it. Otherwise the ioctl fails with -EINVAL.
 * - The handle of a VM belongs to the open file. An unknown handle fails with
 *   -ENOENT.
 * - Only the process that created a VM may use or query it. Any other process
 *   gets -EPERM, even a child that inherited the file.
 * - After the GPU was unbound, or while it is being removed, every ioctl on an
 *   open file fails with -ENODEV.
 * - An array that can't be read or written fails with -EFAULT.
 * - Elements of arrays can grow. The caller passes their distance in bytes, the
 *   stride, as its own sizeof: a multiple of 8, at least the first size of the
 *   element (DRM_VGPUSVM_*_SIZE_VER0), at most %DRM_VGPUSVM_STRIDE_MAX.
 *   Otherwise the ioctl fails with -EINVAL. The kernel takes fields that the
 *   caller does not know as zero. Bytes at the end of an element that the
 *   kernel does not know must be zero on the way in, or the ioctl fails with
 *   -E2BIG; on the way out, the kernel sets them to zero. The same holds for
 *   the sizes of &struct drm_vgpusvm_stats and &struct drm_vgpusvm_caps.
 * - The number of objects that one caller can have is limited; QUERY_CAPS
 *   reports the limits. The driver charges its allocations for VMs, ranges,
 *   preferences and jobs to the memory cgroup of the caller.
 * - An ioctl that rejects its arguments changes nothing.
 * - A signal interrupts an ioctl with -EINTR, or the kernel restarts it.
 *   PREFETCH and EXEC keep their progress in their arguments. A call with the
 *   same arguments, as drmIoctl() makes it, continues where they stopped.
 *
 * A preference that MADVISE sets belongs to the VM and to the virtual
 * addresses. It outlives munmap(), mremap(), a new mmap() at the same address,
 * and unbind and rebind of the preferred GPU. It ends when it is replaced, or
 * when the VM is destroyed. It does not move along with mremap(). Pages, on the
 * other hand, belong to the process. They stay in place when the VM is
 * destroyed, and return to system memory when the CPU touches them.
 */

#define DRM_VGPUSVM_VM_CREATE		0x00
#define DRM_VGPUSVM_VM_DESTROY		0x01
#define DRM_VGPUSVM_MADVISE		0x02
#define DRM_VGPUSVM_PREFETCH		0x03
#define DRM_VGPUSVM_EXEC		0x04
#define DRM_VGPUSVM_EVICT		0x05
#define DRM_VGPUSVM_QUERY_RANGE		0x06
#define DRM_VGPUSVM_QUERY_RESIDENCY	0x07
#define DRM_VGPUSVM_QUERY_REGIONS	0x08
#define DRM_VGPUSVM_QUERY_PLACEMENT	0x09
#define DRM_VGPUSVM_QUERY_STATS		0x0a
#define DRM_VGPUSVM_QUERY_CAPS		0x0b

/** define DRM_VGPUSVM_STRIDE_MAX - Largest distance of array elements */
#define DRM_VGPUSVM_STRIDE_MAX		4096

/* Sizes in the first version of this file */
#define DRM_VGPUSVM_OP_SIZE_VER0		72
#define DRM_VGPUSVM_RANGE_ATTR_SIZE_VER0	24
#define DRM_VGPUSVM_REGION_SIZE_VER0		24
#define DRM_VGPUSVM_PLACEMENT_SIZE_VER0		8
#define DRM_VGPUSVM_STATS_SIZE_VER0		176
#define DRM_VGPUSVM_CAPS_SIZE_VER0		40

/** define DRM_VGPUSVM_PAGEMAP_NONE - The pagemap ID for "no preference" */
#define DRM_VGPUSVM_PAGEMAP_NONE	0

/**
 * struct drm_vgpusvm_vm_create - Mirror the address space of the caller
 * @flags: Must be zero.
 * @vm_id: In: must be zero. Out: handle of the VM, never 0, valid for this open
 *	file only.
 * @reserved: Must be zero.
 *
 * The VM holds the group of its GPU: the GPU stays in this group while the VM
 * exists. VM_DESTROY or closing the file ends the VM.
 *
 * Errors: -ENOMEM; -EBUSY if the file has &drm_vgpusvm_caps.max_vms VMs
 * already; -EOPNOTSUPP if the GPU has no page faults.
 */
struct drm_vgpusvm_vm_create {
	__u32 flags;
	__u32 vm_id;
	__u64 reserved[2];
};

/**
 * struct drm_vgpusvm_vm_destroy - Destroy a VM
 * @vm_id: Handle of the VM.
 * @pad: Must be zero.
 *
 * This cancels asynchronous jobs that have not finished, see
 * &struct drm_vgpusvm_exec. Memory keeps its content and its place. When the
 * call returns, no job of the VM runs any more. If a job waits for the program
 * to serve a page fault, by userfaultfd or FUSE, the call waits for that job,
 * or until the caller is killed.
 */
struct drm_vgpusvm_vm_destroy {
	__u32 vm_id;
	__u32 pad;
};

/**
 * define DRM_VGPUSVM_MADVISE_FD - Select a region by open file and instance
 *
 * This form exists for comparison with drivers that select a region by an open
 * file. The driver accepts it only if the module parameter fd_placement is set.
 * As in those drivers, the ioctl creates the struct pages of the region at once
 * instead of at first use.
 */
#define DRM_VGPUSVM_MADVISE_FD		(1 << 0)

/**
 * struct drm_vgpusvm_madvise - Set the preferred pagemap of a range
 * @vm_id: Handle of the VM.
 * @flags: 0 or %DRM_VGPUSVM_MADVISE_FD.
 * @start: Start of the range.
 * @length: Length of the range.
 * @pagemap_id: ID of the preferred pagemap, or %DRM_VGPUSVM_PAGEMAP_NONE. Must
 *	be zero with %DRM_VGPUSVM_MADVISE_FD.
 * @devmem_fd: Open file of the GPU that has the region. The caller may close
 *	it afterwards. Must be zero without %DRM_VGPUSVM_MADVISE_FD.
 * @region_instance: Number of the region on that GPU. Must be zero without
 *	%DRM_VGPUSVM_MADVISE_FD.
 * @pad: Must be zero.
 * @reserved: Must be zero.
 *
 * The ioctl moves nothing: the next fault or PREFETCH of the VM's GPU moves the
 * pages. The range need not be mapped yet. Pages on another pagemap or in
 * system memory move even if the GPU has them mapped already. Setting the same
 * preference again does nothing.
 *
 * Without a preference, a fault uses pages where they are, and new pages come
 * from system memory. When the preferred pagemap is full, the driver evicts
 * other pages from it. If that does not suffice, the pages stay in or go to
 * system memory, never to another pagemap; QUERY_STATS counts this.
 *
 * Only private anonymous memory can live on a GPU. The GPU uses any other
 * memory in place. The driver splits huge pages, unless the module parameter
 * huge_folios was set when the VM was created.
 *
 * Errors: -EINVAL if malformed, -ENOENT if the ID never existed, -ENODEV if the
 * device of the pagemap is gone at the moment, -EACCES if the caller may not
 * use the pagemap, -ENOLINK if the pagemap is not in the group of the VM.
 * With %DRM_VGPUSVM_MADVISE_FD: -EOPNOTSUPP if this form is switched off,
 * -EBADF if @devmem_fd is not an open file, -EINVAL if it is not a file of a
 * vgpusvm GPU, -ENOENT if that GPU has no such region, -ENOMEM or another error
 * of creating the struct pages, and also the errors above. In both forms:
 * -ENOMEM; -ENOSPC if the VM has &drm_vgpusvm_caps.max_parts preferences
 * already.
 */
struct drm_vgpusvm_madvise {
	__u32 vm_id;
	__u32 flags;
	__u64 start;
	__u64 length;
	__u32 pagemap_id;
	__s32 devmem_fd;
	__u16 region_instance;
	__u16 pad[3];
	__u64 reserved[2];
};

/** define DRM_VGPUSVM_PREFETCH_SYSTEM - Move to system memory this once */
#define DRM_VGPUSVM_PREFETCH_SYSTEM	(1 << 0)

/**
 * struct drm_vgpusvm_prefetch - Move a range before the GPU needs it
 * @vm_id: Handle of the VM.
 * @flags: 0: move each part of the range to the pagemap that it prefers, and
 *	map it on the GPU; map parts without a preference where they are.
 *	%DRM_VGPUSVM_PREFETCH_SYSTEM: move the range to system memory without
 *	mapping it. The preference stays, and the next access of the GPU moves
 *	the pages back.
 * @start: Start of the range.
 * @length: Length of the range.
 * @done: In: bytes to skip at the start of the range, normally 0; page-aligned,
 *	at most @length. Out: bytes that are done.
 * @fallback: In: initial value, normally 0. Out: initial value plus the bytes
 *	that ended in system memory because the preferred pagemap was full.
 * @reserved: Must be zero.
 *
 * Errors: -EFAULT if nothing is mapped at @start + @done, or if no device may
 * access that memory, such as memfd_secret() memory; -ENODEV, -ENOLINK, -ENOMEM
 * if the preferred pagemap is not usable now; -EIO if a copy failed; -EBUSY if
 * the pages were busy in several attempts, because another user holds them or
 * keeps moving them. On an error, the bytes before @done are in place.
 */
struct drm_vgpusvm_prefetch {
	__u32 vm_id;
	__u32 flags;
	__u64 start;
	__u64 length;
	__u64 done;
	__u64 fallback;
	__u64 reserved;
};

/**
 * enum drm_vgpusvm_op_code - Operations of the GPU
 * @DRM_VGPUSVM_OP_FILL: Fill length bytes at dst with the 64-bit pattern
 *	value, in native byte order, starting with its first byte. If length is
 *	not a multiple of 8, the last pattern is cut off. src must be zero.
 * @DRM_VGPUSVM_OP_COPY: Copy length bytes from src to dst, which must not
 *	overlap. value must be zero.
 * @DRM_VGPUSVM_OP_ADD: For each of length / 8 64-bit words: word at dst = word
 *	at src + value. dst, src and length are multiples of 8. dst equals src,
 *	or the two do not overlap.
 * @DRM_VGPUSVM_OP_ATOMIC_ADD: Add value to the 64-bit word at dst, atomically
 *	for the CPU and all GPUs, and return the old value in result. dst is a
 *	multiple of 8, length is 8, src must be zero.
 * @DRM_VGPUSVM_OP_CRC32: Return in result the CRC-32 of length bytes at src:
 *	the one of IEEE 802.3, as zlib, gzip and cksum -a crc32b compute it. dst
 *	and value must be zero.
 * @DRM_VGPUSVM_OP_READ: Copy length bytes at src, as the GPU sees them, to
 *	the user buffer at value, which the CPU writes. dst must be zero.
 * @DRM_VGPUSVM_OP_WRITE: Copy length bytes of the user buffer at value, which
 *	the CPU reads, to dst as the GPU. src must be zero.
 */
enum drm_vgpusvm_op_code {
	DRM_VGPUSVM_OP_FILL = 1,
	DRM_VGPUSVM_OP_COPY,
	DRM_VGPUSVM_OP_ADD,
	DRM_VGPUSVM_OP_ATOMIC_ADD,
	DRM_VGPUSVM_OP_CRC32,
	DRM_VGPUSVM_OP_READ,
	DRM_VGPUSVM_OP_WRITE,
};

/**
 * struct drm_vgpusvm_op - An operation of a GPU on virtual addresses
 * @op: One of &enum drm_vgpusvm_op_code.
 * @flags: Must be zero.
 * @dst: Address that the operation writes.
 * @src: Address that the operation reads.
 * @length: Length in bytes, not 0.
 * @value: Depends on @op.
 * @result: Out: depends on @op.
 * @done: In: must be 0 at first. Out: bytes that are done. An operation that is
 *	submitted again after an interruption continues from there, with the
 *	@result that it had.
 * @fault_addr: Out: faulting address, if an address caused @error.
 * @error: Out: 0 or a negative errno.
 * @pad: Must be zero.
 *
 * The GPU walks its own page tables. It faults where they have no entry: the
 * driver moves the pages to the preferred pagemap of the range and maps them.
 * A preferred pagemap that is not usable at the moment causes no error: the GPU
 * uses the pages where they are.
 *
 * @error is -EFAULT if nothing is mapped at @fault_addr, if the operation
 * writes where the program may not write, if the kernel itself has not mapped
 * the memory (memfd_secret()), or if the page was on a GPU that was pulled out.
 * It is -EBUSY if the pages were busy in
 * several attempts; -ENOMEM; -ENODEV if the GPU went away; -ECANCELED if an
 * asynchronous job was cancelled before or during the operation.
 */
struct drm_vgpusvm_op {
	__u32 op;
	__u32 flags;
	__u64 dst;
	__u64 src;
	__u64 length;
	__u64 value;
	__u64 result;
	__u64 done;
	__u64 fault_addr;
	__s32 error;
	__u32 pad;
};

/** define DRM_VGPUSVM_EXEC_ASYNC - Return at once and signal a user fence */
#define DRM_VGPUSVM_EXEC_ASYNC		(1 << 0)

/**
 * define DRM_VGPUSVM_EXEC_EVENTFD - Also signal an eventfd; only with
 * %DRM_VGPUSVM_EXEC_ASYNC
 */
#define DRM_VGPUSVM_EXEC_EVENTFD	(1 << 1)

/** define DRM_VGPUSVM_EXEC_MAX_OPS - Maximum number of operations of a job */
#define DRM_VGPUSVM_EXEC_MAX_OPS	1024

/**
 * struct drm_vgpusvm_exec - Run operations on the GPU
 * @vm_id: Handle of the VM.
 * @flags: 0 or %DRM_VGPUSVM_EXEC_ASYNC, with %DRM_VGPUSVM_EXEC_EVENTFD if
 *	@eventfd is valid.
 * @num_ops: Number of operations, 1 to %DRM_VGPUSVM_EXEC_MAX_OPS.
 * @num_done: In: number of operations to skip at the start of @ops, normally 0;
 *	less than @num_ops; must be 0 with %DRM_VGPUSVM_EXEC_ASYNC. Out: number
 *	of operations that are done.
 * @ops: Pointer to an array of @num_ops &struct drm_vgpusvm_op. The kernel
 *	writes their output fields.
 * @fence_addr: Address of the user fence, a 64-bit word; a multiple of 8. Must
 *	be zero without %DRM_VGPUSVM_EXEC_ASYNC.
 * @fence_value: Value to write to the user fence. Must be zero without
 *	%DRM_VGPUSVM_EXEC_ASYNC.
 * @op_stride: Distance of the elements of @ops, sizeof(struct drm_vgpusvm_op).
 * @eventfd: File descriptor of an eventfd, which the caller may close
 *	afterwards. Must be zero without %DRM_VGPUSVM_EXEC_EVENTFD.
 * @status_addr: Address of the status of the job, a signed 64-bit word; a
 *	multiple of 8. 0 for none. Must be zero without
 *	%DRM_VGPUSVM_EXEC_ASYNC.
 *
 * The ioctl checks all operations before the first one runs. If one is invalid,
 * it fails with -EINVAL and runs none. The operations run in order. The first
 * one that fails ends the job, and its @error has the reason.
 *
 * Without %DRM_VGPUSVM_EXEC_ASYNC, the call returns when the operations are
 * done. It returns the @error of the operation that failed.
 *
 * With %DRM_VGPUSVM_EXEC_ASYNC, the call returns when the job is queued. Jobs
 * of a VM run one after another. They run in a thread that the kernel adds to
 * the calling process with the first job. Their processor time and memory count
 * as the process's, and they end with the process. VMs do not wait for each
 * other.
 *
 * When an asynchronous job ends, by success, failure or cancellation, the
 * kernel writes the results to @ops, then the status to @status_addr, then
 * @fence_value to @fence_addr. The status is 0, or the @error of the operation
 * that failed. The kernel does not write @num_done. The addresses must stay
 * mapped until then; the kernel drops what it can't write. Then it adds 1 to
 * @eventfd, also if the process was killed and the job wrote nothing. It writes
 * @ops as a whole, as it was read except for the output fields, so the program
 * must not change @ops meanwhile. Such a job may fault, so it has neither a
 * dma_fence nor a sync object.
 *
 * Errors: -EINVAL, -ENOMEM, -EFAULT if @ops can't be read, and those of
 * &struct drm_vgpusvm_op. With %DRM_VGPUSVM_EXEC_ASYNC also -EBUSY if
 * &drm_vgpusvm_caps.max_jobs jobs of the VM have not ended, and -EDQUOT if the
 * process may not have another thread (RLIMIT_NPROC, the pids cgroup). With
 * %DRM_VGPUSVM_EXEC_EVENTFD also -EBADF if @eventfd is not an open file, and
 * -EINVAL if it is not an eventfd.
 */
struct drm_vgpusvm_exec {
	__u32 vm_id;
	__u32 flags;
	__u32 num_ops;
	__u32 num_done;
	__u64 ops;
	__u64 fence_addr;
	__u64 fence_value;
	__u32 op_stride;
	__s32 eventfd;
	__u64 status_addr;
};

/** define DRM_VGPUSVM_EVICT_REGION - Evict all pages of a region */
#define DRM_VGPUSVM_EVICT_REGION	(1 << 0)

/**
 * struct drm_vgpusvm_evict - Move pages to system memory, for tests
 * @vm_id: Handle of the VM. Must be zero with %DRM_VGPUSVM_EVICT_REGION.
 * @flags: 0: evict the pages of a range. %DRM_VGPUSVM_EVICT_REGION: evict all
 *	pages of a region of this GPU.
 * @start: Start of the range. Must be zero with %DRM_VGPUSVM_EVICT_REGION.
 * @length: Length of the range. Must be zero with %DRM_VGPUSVM_EVICT_REGION.
 * @pagemap_id: ID of the region. Must be zero without
 *	%DRM_VGPUSVM_EVICT_REGION.
 * @pad: Must be zero.
 * @reserved: Must be zero.
 *
 * When the call returns 0, all pages that nobody touched meanwhile are in
 * system memory. The call skips parts of the range where nothing is mapped.
 *
 * Errors: -EPERM with %DRM_VGPUSVM_EVICT_REGION if the caller lacks
 * CAP_SYS_ADMIN; -ENOENT if this GPU has no such region; -EBUSY if some pages
 * could not be moved in several attempts.
 */
struct drm_vgpusvm_evict {
	__u32 vm_id;
	__u32 flags;
	__u64 start;
	__u64 length;
	__u32 pagemap_id;
	__u32 pad;
	__u64 reserved;
};

/**
 * struct drm_vgpusvm_range_attr - Attributes of a part of a range
 * @start: Start of the part.
 * @end: End of the part, exclusive.
 * @pagemap_id: ID of the preferred pagemap, or %DRM_VGPUSVM_PAGEMAP_NONE.
 * @flags: 0; no flag is defined.
 */
struct drm_vgpusvm_range_attr {
	__u64 start;
	__u64 end;
	__u32 pagemap_id;
	__u32 flags;
};

/**
 * struct drm_vgpusvm_query_range - Query the attributes of a range
 * @vm_id: Handle of the VM.
 * @num_attrs: In: room in @attrs; 0 only queries the number of parts. Out:
 *	number of parts.
 * @start: Start of the range.
 * @length: Length of the range.
 * @attrs: Pointer to an array of &struct drm_vgpusvm_range_attr, or 0 if
 *	@num_attrs is 0.
 * @attr_stride: Distance of the elements of @attrs,
 *	sizeof(struct drm_vgpusvm_range_attr).
 * @pad: Must be zero.
 * @reserved: Must be zero.
 *
 * The range is returned in parts with equal attributes. The parts are in order,
 * without gaps, and cut to the range; neighbours differ. The kernel builds a
 * long list piece by piece, so that a concurrent MADVISE may show in a part of
 * it only.
 *
 * Errors: -ENOSPC if there are more parts than @attrs has room for. The kernel
 * has filled @attrs in this case.
 */
struct drm_vgpusvm_query_range {
	__u32 vm_id;
	__u32 num_attrs;
	__u64 start;
	__u64 length;
	__u64 attrs;
	__u32 attr_stride;
	__u32 pad;
	__u64 reserved;
};

/** define DRM_VGPUSVM_RESIDENCY_SYSTEM - The page is in system memory */
#define DRM_VGPUSVM_RESIDENCY_SYSTEM		0u
/**
 * define DRM_VGPUSVM_RESIDENCY_NOT_PRESENT - The page does not exist, is
 * swapped out, or is being moved at the moment
 */
#define DRM_VGPUSVM_RESIDENCY_NOT_PRESENT	0xffffffffu

/**
 * struct drm_vgpusvm_query_residency - Query where the pages of a range are
 * @vm_id: Handle of the VM.
 * @flags: Must be zero.
 * @start: Start of the range.
 * @length: Length of the range.
 * @pages: Pointer to an array with a __u32 for each page of the range. The
 *	kernel writes the ID of the pagemap where the page is,
 *	%DRM_VGPUSVM_RESIDENCY_SYSTEM or %DRM_VGPUSVM_RESIDENCY_NOT_PRESENT.
 * @reserved: Must be zero.
 *
 * The query faults in, moves and maps nothing. Parts of the range need not be
 * mapped. Each value was right at some moment of the call. The query reports
 * pages on the GPUs of all drivers that have pagemap IDs, inside and outside of
 * the VM's group. A page on another device counts as not present.
 *
 * Errors: -EBUSY if the address space changed too often meanwhile.
 */
struct drm_vgpusvm_query_residency {
	__u32 vm_id;
	__u32 flags;
	__u64 start;
	__u64 length;
	__u64 pages;
	__u64 reserved;
};

/**
 * struct drm_vgpusvm_region - A memory region of this GPU
 * @size: Size in bytes.
 * @free: Free bytes.
 * @pagemap_id: Pagemap ID of the region.
 * @instance: Number of the region on this GPU, region_instance in sysfs.
 * @pad: 0.
 */
struct drm_vgpusvm_region {
	__u64 size;
	__u64 free;
	__u32 pagemap_id;
	__u16 instance;
	__u16 pad;
};

/**
 * struct drm_vgpusvm_query_regions - Query the memory regions of this GPU
 * @num_regions: In: room in @regions; 0 only queries the number of regions.
 *	Out: number of regions, which may be 0.
 * @region_stride: Distance of the elements of @regions,
 *	sizeof(struct drm_vgpusvm_region).
 * @regions: Pointer to an array of &struct drm_vgpusvm_region, or 0 if
 *	@num_regions is 0.
 * @reserved: Must be zero.
 *
 * The regions are in the order of their instances. The query needs no VM.
 *
 * Errors: -ENOSPC if there are more regions than @regions has room for. The
 * kernel has filled @regions in this case.
 */
struct drm_vgpusvm_query_regions {
	__u32 num_regions;
	__u32 region_stride;
	__u64 regions;
	__u64 reserved;
};

/**
 * struct drm_vgpusvm_placement - The result that MADVISE would have for an ID
 * @pagemap_id: ID of the pagemap.
 * @error: Out: 0, or the negative errno that MADVISE would return: -ENOENT,
 *	-ENODEV, -EACCES or -ENOLINK. 0 for %DRM_VGPUSVM_PAGEMAP_NONE.
 */
struct drm_vgpusvm_placement {
	__u32 pagemap_id;
	__s32 error;
};

/** define DRM_VGPUSVM_PLACEMENT_MAX - Maximum number of IDs per query */
#define DRM_VGPUSVM_PLACEMENT_MAX	4096

/**
 * struct drm_vgpusvm_query_placement - Query which pagemaps MADVISE accepts
 * @vm_id: Handle of the VM.
 * @num_placements: Number of entries in @placements, 1 to
 *	%DRM_VGPUSVM_PLACEMENT_MAX.
 * @placements: Pointer to an array of &struct drm_vgpusvm_placement.
 * @placement_stride: Distance of the elements of @placements,
 *	sizeof(struct drm_vgpusvm_placement).
 * @pad: Must be zero.
 * @reserved: Must be zero.
 *
 * The query has no side effects: it places nothing and instantiates no device
 * memory.
 *
 * Errors: -ENOMEM, which says nothing about the IDs.
 */
struct drm_vgpusvm_query_placement {
	__u32 vm_id;
	__u32 num_placements;
	__u64 placements;
	__u32 placement_stride;
	__u32 pad;
	__u64 reserved;
};

/**
 * enum drm_vgpusvm_place - Places of memory, as seen by the GPU of the VM
 * @DRM_VGPUSVM_PLACE_LOCAL: A region of this GPU.
 * @DRM_VGPUSVM_PLACE_PEER: A region of another GPU.
 * @DRM_VGPUSVM_PLACE_SYSTEM: System memory.
 * @DRM_VGPUSVM_PLACES: Number of places.
 */
enum drm_vgpusvm_place {
	DRM_VGPUSVM_PLACE_LOCAL,
	DRM_VGPUSVM_PLACE_PEER,
	DRM_VGPUSVM_PLACE_SYSTEM,
	DRM_VGPUSVM_PLACES,
};

/**
 * struct drm_vgpusvm_stats - Counters, which start at 0 and are never reset
 * @read_bytes: Bytes that operations read, by place.
 * @write_bytes: Bytes that operations wrote, by place. ADD and ATOMIC_ADD count
 *	as both read and write.
 * @modelled_ns: Nanoseconds that these accesses would have taken with the
 *	bandwidth and latency of the links, by place: bytes / bandwidth, and the
 *	latency once for each operation and 2 MiB or part of it. The value is
 *	modelled, not measured: it depends on bytes and places only. An unknown
 *	bandwidth or latency costs nothing. The module parameters
 *	system_bandwidth and system_latency are the values of system memory.
 * @faults: Page faults of the GPU.
 * @invalidations: Mapped ranges that were unmapped because the CPU's mappings
 *	changed.
 * @migrations: Ranges moved to a preferred pagemap.
 * @migrated_bytes: Bytes copied by moves of ranges, by the place that the range
 *	moved to. Place system counts moves by PREFETCH and EVICT of the VM.
 * @fallbacks: Ranges left in or moved to system memory because the preferred
 *	pagemap was full, or a copy to it failed.
 * @fallback_bytes: Size of these ranges.
 * @evictions: Allocations of device memory that were moved to system memory, to
 *	make room, by EVICT with %DRM_VGPUSVM_EVICT_REGION, or at removal. Only
 *	for a device; 0 for a VM.
 * @evicted_bytes: Size of these allocations.
 * @copied_in_bytes: Bytes copied to the regions of the device, which includes
 *	copies for VMs of other GPUs. Only for a device; 0 for a VM.
 * @copied_out_bytes: Bytes copied from the regions of the device, by CPU
 *	faults, evictions or moves to a peer. Only for a device; 0 for a VM.
 * @unresolved: Faults whose preferred pagemap was not usable, because its
 *	device was gone, outside of the group or short of memory. The GPU used
 *	the pages where they were.
 */
struct drm_vgpusvm_stats {
	__u64 read_bytes[DRM_VGPUSVM_PLACES];
	__u64 write_bytes[DRM_VGPUSVM_PLACES];
	__u64 modelled_ns[DRM_VGPUSVM_PLACES];
	__u64 faults;
	__u64 invalidations;
	__u64 migrations;
	__u64 migrated_bytes[DRM_VGPUSVM_PLACES];
	__u64 fallbacks;
	__u64 fallback_bytes;
	__u64 evictions;
	__u64 evicted_bytes;
	__u64 copied_in_bytes;
	__u64 copied_out_bytes;
	__u64 unresolved;
};

/**
 * struct drm_vgpusvm_query_stats - Query the counters
 * @vm_id: Handle of the VM, or 0 for the device: the sum of all its VMs,
 *	including destroyed ones, and the counters that only a device has.
 * @flags: Must be zero.
 * @stats: Pointer to a &struct drm_vgpusvm_stats.
 * @stats_size: In: sizeof(struct drm_vgpusvm_stats) of the caller. Out: size
 *	that the kernel knows.
 * @pad: Must be zero.
 * @reserved: Must be zero.
 */
struct drm_vgpusvm_query_stats {
	__u32 vm_id;
	__u32 flags;
	__u64 stats;
	__u32 stats_size;
	__u32 pad;
	__u64 reserved;
};

/** define DRM_VGPUSVM_FEATURE_MADVISE_FD - MADVISE takes open files */
#define DRM_VGPUSVM_FEATURE_MADVISE_FD	(1 << 0)
/** define DRM_VGPUSVM_FEATURE_HUGE_FOLIOS - New VMs move huge pages unsplit */
#define DRM_VGPUSVM_FEATURE_HUGE_FOLIOS	(1 << 1)
/** define DRM_VGPUSVM_FEATURE_EXEC_STATUS - EXEC has a status and an eventfd */
#define DRM_VGPUSVM_FEATURE_EXEC_STATUS	(1 << 2)

/**
 * struct drm_vgpusvm_caps - Features and limits of this driver
 * @features: Bit mask of DRM_VGPUSVM_FEATURE_*.
 * @ops: Bit mask of the operations that EXEC takes: 1 << N for each N of
 *	&enum drm_vgpusvm_op_code.
 * @max_vms: Maximum number of VMs of an open file.
 * @max_jobs: Maximum number of asynchronous jobs of a VM that have not ended.
 * @max_ops: Maximum number of operations of a job.
 * @max_parts: Maximum number of parts of a VM that differ in their preference.
 * @max_placements: Maximum number of IDs in QUERY_PLACEMENT.
 * @pad: 0.
 */
struct drm_vgpusvm_caps {
	__u64 features;
	__u64 ops;
	__u32 max_vms;
	__u32 max_jobs;
	__u32 max_ops;
	__u32 max_parts;
	__u32 max_placements;
	__u32 pad;
};

/**
 * struct drm_vgpusvm_query_caps - Query features and limits
 * @size: In: sizeof(struct drm_vgpusvm_caps) of the caller. Out: size that the
 *	kernel knows.
 * @pad: Must be zero.
 * @caps: Pointer to a &struct drm_vgpusvm_caps.
 * @reserved: Must be zero.
 *
 * The query needs no VM. A later driver may have more features and higher
 * limits.
 */
struct drm_vgpusvm_query_caps {
	__u32 size;
	__u32 pad;
	__u64 caps;
	__u64 reserved;
};

#define DRM_IOCTL_VGPUSVM_VM_CREATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VGPUSVM_VM_CREATE, \
		 struct drm_vgpusvm_vm_create)
#define DRM_IOCTL_VGPUSVM_VM_DESTROY \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VGPUSVM_VM_DESTROY, \
		struct drm_vgpusvm_vm_destroy)
#define DRM_IOCTL_VGPUSVM_MADVISE \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VGPUSVM_MADVISE, \
		struct drm_vgpusvm_madvise)
#define DRM_IOCTL_VGPUSVM_PREFETCH \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VGPUSVM_PREFETCH, \
		 struct drm_vgpusvm_prefetch)
#define DRM_IOCTL_VGPUSVM_EXEC \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VGPUSVM_EXEC, \
		 struct drm_vgpusvm_exec)
#define DRM_IOCTL_VGPUSVM_EVICT \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VGPUSVM_EVICT, \
		struct drm_vgpusvm_evict)
#define DRM_IOCTL_VGPUSVM_QUERY_RANGE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VGPUSVM_QUERY_RANGE, \
		 struct drm_vgpusvm_query_range)
#define DRM_IOCTL_VGPUSVM_QUERY_RESIDENCY \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VGPUSVM_QUERY_RESIDENCY, \
		struct drm_vgpusvm_query_residency)
#define DRM_IOCTL_VGPUSVM_QUERY_REGIONS \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VGPUSVM_QUERY_REGIONS, \
		 struct drm_vgpusvm_query_regions)
#define DRM_IOCTL_VGPUSVM_QUERY_PLACEMENT \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VGPUSVM_QUERY_PLACEMENT, \
		struct drm_vgpusvm_query_placement)
#define DRM_IOCTL_VGPUSVM_QUERY_STATS \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VGPUSVM_QUERY_STATS, \
		 struct drm_vgpusvm_query_stats)
#define DRM_IOCTL_VGPUSVM_QUERY_CAPS \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VGPUSVM_QUERY_CAPS, \
		 struct drm_vgpusvm_query_caps)

#if defined(__cplusplus)
}
#endif

#endif
