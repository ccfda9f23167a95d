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
 * render node of a GPU, creates a VM, which mirrors the address space of the
 * calling process, says by pagemap ID where memory should live, and runs
 * operations on ordinary CPU addresses. The pagemap IDs are those of
 * /sys/class/drm_pagemap/pagemap<ID>/id.
 *
 * Rules that hold for every ioctl:
 *
 * - Sizes, lengths and offsets are in bytes, addresses are CPU virtual
 *   addresses. "Page" is the CPU's page, sysconf(_SC_PAGESIZE).
 * - Ranges given to MADVISE, PREFETCH, QUERY_RANGE, QUERY_RESIDENCY and
 *   EVICT have to be page-aligned and not empty, and have to end within the
 *   address space; -EINVAL otherwise.
 * - Every flags, pad and reserved field has to be zero where no value is
 *   defined for it; -EINVAL otherwise.
 * - A VM that does not exist gives -ENOENT. Handles belong to the open file.
 * - A VM is used by the process that created it; -EPERM for any other, even
 *   a child that inherited the file. The queries are no exception.
 * - Once the GPU was unbound or is being removed, every ioctl on an open file
 *   gives -ENODEV.
 * - An array that can't be read or written gives -EFAULT.
 * - Arrays can grow. The caller passes the distance of their elements in bytes,
 *   the stride, as its own sizeof: a multiple of 8, at least the size that the
 *   element had at first (DRM_VGPUSVM_*_SIZE_VER0), at most
 *   %DRM_VGPUSVM_STRIDE_MAX; -EINVAL otherwise. What the caller does not know
 *   counts as zero. What the kernel does not know at the end of an element must
 *   be zero on the way in, -E2BIG otherwise, and is zero on the way out. The same
 *   holds for the sizes of &struct drm_vgpusvm_stats and
 *   &struct drm_vgpusvm_caps.
 * - What one caller can have of anything is limited; QUERY_CAPS reports the
 *   limits. What this driver allocates for VMs, ranges, preferences and jobs is
 *   charged to the memory cgroup of the caller.
 * - Bad input changes nothing.
 * - A signal gives -EINTR, or the call is restarted. PREFETCH and EXEC keep
 *   their progress in their arguments, so calling them again with the same
 *   arguments, as drmIoctl() does, goes on where they stopped.
 *
 * What belongs to what: a preference set by MADVISE belongs to the VM and to
 * the virtual addresses. It stays through munmap(), mremap(), a new mmap() at
 * the same address, through unbind and rebind of the preferred GPU, until it
 * is set anew or the VM is destroyed. It does not move along with mremap().
 * Pages, on the other hand, belong to the process: they stay where they are
 * when the VM is destroyed, and come back to system memory when the CPU
 * touches them.
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

/* The sizes in the first version of this file */
#define DRM_VGPUSVM_OP_SIZE_VER0		72
#define DRM_VGPUSVM_RANGE_ATTR_SIZE_VER0	24
#define DRM_VGPUSVM_REGION_SIZE_VER0		24
#define DRM_VGPUSVM_PLACEMENT_SIZE_VER0		8
#define DRM_VGPUSVM_STATS_SIZE_VER0		176
#define DRM_VGPUSVM_CAPS_SIZE_VER0		40

/** define DRM_VGPUSVM_PAGEMAP_NONE - As an ID: no preference. */
#define DRM_VGPUSVM_PAGEMAP_NONE	0

/**
 * struct drm_vgpusvm_vm_create - Mirror the address space of the caller
 * @flags: Must be zero.
 * @vm_id: In: must be zero. Out: the handle, never 0, of this open file only.
 * @reserved: Must be zero.
 *
 * As long as the VM exists its GPU stays in the interconnect group it is in.
 * It goes with VM_DESTROY or when the file is closed.
 *
 * Errors: -ENOMEM; -EBUSY if the file has &drm_vgpusvm_caps.max_vms VMs
 * already.
 */
struct drm_vgpusvm_vm_create {
	__u32 flags;
	__u32 vm_id;
	__u64 reserved[2];
};

/**
 * struct drm_vgpusvm_vm_destroy - Destroy a VM
 * @vm_id: The VM.
 * @pad: Must be zero.
 *
 * Asynchronous jobs that have not finished are cancelled, see
 * &struct drm_vgpusvm_exec. Memory keeps its content and stays where it is.
 * When the call returns, no job of the VM runs any more. A job that waits for
 * the program to serve a page fault, by userfaultfd or FUSE, delays it until
 * then, or until the caller is killed.
 */
struct drm_vgpusvm_vm_destroy {
	__u32 vm_id;
	__u32 pad;
};

/**
 * define DRM_VGPUSVM_MADVISE_FD - Name the memory by file and instance
 *
 * For comparison with drivers that select memory by an open file. Accepted
 * only if the module's parameter fd_placement is set. As there, the struct
 * pages of the memory are made at once and not at first use.
 */
#define DRM_VGPUSVM_MADVISE_FD		(1 << 0)

/**
 * struct drm_vgpusvm_madvise - Say where a range should live
 * @vm_id: The VM.
 * @flags: 0 or %DRM_VGPUSVM_MADVISE_FD.
 * @start: Start of the range.
 * @length: Its length.
 * @pagemap_id: The preferred pagemap, or %DRM_VGPUSVM_PAGEMAP_NONE. Must be
 *	zero with %DRM_VGPUSVM_MADVISE_FD.
 * @devmem_fd: With %DRM_VGPUSVM_MADVISE_FD an open file of the GPU that has
 *	the memory, else must be zero. It may be closed afterwards.
 * @region_instance: With %DRM_VGPUSVM_MADVISE_FD the region of that GPU, else
 *	must be zero.
 * @pad: Must be zero.
 * @reserved: Must be zero.
 *
 * Nothing moves yet: the next fault or PREFETCH of the VM's GPU takes the
 * pages there. Nothing needs to be mapped at the range yet. Pages that are on
 * another pagemap, or in system memory, move even if the GPU has them mapped
 * already; setting the preference that a range has already does nothing.
 *
 * Without a preference a fault uses pages where they are, and new pages come
 * from system memory. When the preferred pagemap is full, others' pages are
 * evicted from it, and if that is not enough, the pages stay in or go to
 * system memory, never to another pagemap; QUERY_STATS counts that.
 *
 * Only private anonymous memory can live on a GPU. Others are used in place.
 * Huge pages are divided, unless the module parameter huge_folios was set when
 * the VM was created.
 *
 * Errors: -EINVAL if malformed, -ENOENT if there never was such an ID,
 * -ENODEV if the pagemap's device is gone at the moment, -EACCES if the caller
 * may not use it, -ENOLINK if it is not in the interconnect group of the VM.
 * With %DRM_VGPUSVM_MADVISE_FD: -EOPNOTSUPP if the form is switched off,
 * -EBADF if @devmem_fd is no open file, -EINVAL if it is no file of a vgpusvm
 * GPU, -ENOENT if that GPU has no such region, -ENOMEM or whatever else making
 * its struct pages gave, and else the errors above. In both forms: -ENOMEM;
 * -ENOSPC if the VM has &drm_vgpusvm_caps.max_parts preferences already.
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

/** define DRM_VGPUSVM_PREFETCH_SYSTEM - To system memory, just this once */
#define DRM_VGPUSVM_PREFETCH_SYSTEM	(1 << 0)

/**
 * struct drm_vgpusvm_prefetch - Move a range now, before the GPU needs it
 * @vm_id: The VM.
 * @flags: 0: to where each part of the range prefers to be, and mapped on the
 *	GPU; parts without a preference are mapped where they are.
 *	%DRM_VGPUSVM_PREFETCH_SYSTEM: to system memory, and not mapped; the
 *	preference stays, and the next access of the GPU takes the pages back.
 * @start: Start of the range.
 * @length: Its length.
 * @done: In: how much of the range to skip, normally 0; page-aligned, not
 *	beyond @length. Out: how much is done.
 * @fallback: In: added to, normally 0. Out: how many bytes ended in system
 *	memory because the preferred pagemap was full.
 * @reserved: Must be zero.
 *
 * Errors: -EFAULT if there is no memory mapped at @start + @done, or memory
 * that no device may access, as that of memfd_secret(); -ENODEV,
 * -ENOLINK, -ENOMEM if the preferred pagemap can't be used now; -EBUSY if the
 * pages could not be had in some tries, because others use or move them all
 * the time. What is before @done is in place in any case.
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
 * enum drm_vgpusvm_op_code - What an operation does
 * @DRM_VGPUSVM_OP_FILL: Fill length bytes at dst with the 64-bit pattern
 *	value, in native byte order, starting with its first byte; the last one
 *	is cut off if length is not a multiple of 8. src must be zero.
 * @DRM_VGPUSVM_OP_COPY: Copy length bytes from src to dst. They must not
 *	overlap. value must be zero.
 * @DRM_VGPUSVM_OP_ADD: For length / 8 64-bit words, word at dst = word at
 *	src + value. All of dst, src, length are multiples of 8, and dst
 *	is src or they don't overlap.
 * @DRM_VGPUSVM_OP_ATOMIC_ADD: Add value to the 64-bit word at dst, atomic
 *	for the CPU and all GPUs. The old value comes back in result. dst is a
 *	multiple of 8, length is 8, src must be zero.
 * @DRM_VGPUSVM_OP_CRC32: The CRC-32 of length bytes at src comes back in
 *	result: the one of IEEE 802.3, as zlib, gzip and cksum -a crc32b have
 *	it. dst and value must be zero.
 * @DRM_VGPUSVM_OP_READ: Copy length bytes at src, as the GPU sees them, to
 *	the user buffer at value, which the CPU writes. dst must be zero.
 * @DRM_VGPUSVM_OP_WRITE: Copy length bytes of the user buffer at value,
 *	which the CPU reads, to dst as the GPU. src must be zero.
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
 * @dst: Where it writes.
 * @src: Where it reads.
 * @length: In bytes, not 0.
 * @value: Depends on @op.
 * @result: Returned: depends on @op.
 * @done: In: must be 0 at first. Out: how many bytes are done. An operation
 *	that is submitted again after an interruption goes on from there, with
 *	the @result that it had.
 * @fault_addr: Returned if @error is set by an address: the address.
 * @error: Returned: 0 or a negative errno.
 * @pad: Must be zero.
 *
 * The GPU walks its own page tables. Where these have nothing it faults: the
 * pages are moved to where the range prefers to be, and mapped. A preferred
 * pagemap that can't be used at the moment is no error: the pages are used
 * where they are.
 *
 * @error is -EFAULT if nothing is mapped at @fault_addr, or it must not be
 * accessed so: written where the program may not write, or accessed at all in
 * memory that the kernel itself has not mapped (memfd_secret()); -EBUSY if the
 * pages there could not be had in some tries; -ENOMEM; -ENODEV if the GPU went
 * away; -ECANCELED if an asynchronous job was cancelled before or during the
 * operation.
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

/** define DRM_VGPUSVM_EXEC_ASYNC - Return at once, signal a user fence */
#define DRM_VGPUSVM_EXEC_ASYNC		(1 << 0)

/** define DRM_VGPUSVM_EXEC_MAX_OPS - Most operations of one job */
#define DRM_VGPUSVM_EXEC_MAX_OPS	1024

/**
 * struct drm_vgpusvm_exec - Run operations on the GPU
 * @vm_id: The VM.
 * @flags: 0 or %DRM_VGPUSVM_EXEC_ASYNC.
 * @num_ops: Number of operations, 1 to %DRM_VGPUSVM_EXEC_MAX_OPS.
 * @num_done: In: operations to skip at the start of @ops, normally 0; less
 *	than @num_ops; must be 0 with %DRM_VGPUSVM_EXEC_ASYNC. Out: operations
 *	that are done.
 * @ops: Pointer to an array of @num_ops &struct drm_vgpusvm_op. The fields
 *	that return something are written there.
 * @fence_addr: With %DRM_VGPUSVM_EXEC_ASYNC the address of a 64-bit word, a
 *	multiple of 8, else must be zero.
 * @fence_value: What to write there; must be zero without
 *	%DRM_VGPUSVM_EXEC_ASYNC.
 * @op_stride: Distance of the elements of @ops, sizeof(struct drm_vgpusvm_op).
 * @pad: Must be zero.
 * @reserved: Must be zero.
 *
 * All operations are checked before the first one runs: -EINVAL, and nothing
 * was done. They run in their order, and the first that fails ends the job;
 * its @error says why.
 *
 * Without %DRM_VGPUSVM_EXEC_ASYNC the call returns when they are done, and
 * returns the @error of the one that failed.
 *
 * With %DRM_VGPUSVM_EXEC_ASYNC the call returns when the job is queued. Jobs of
 * a VM run one after another, in a thread that the kernel adds to the calling
 * process with the first one: their processor time and memory count as the
 * process's, and end with it. VMs don't wait for each other. When one ends, by
 * success, failure or cancellation, the results are written to @ops, then
 * @fence_value to @fence_addr; @num_done is not written. Both have to stay
 * mapped until then; of the two, what can't be written is dropped. @ops is
 * written as a whole, as it was read but for what is returned, so the program
 * may not change it meanwhile. Such a job may fault, so there is no dma_fence
 * and no sync object for it.
 *
 * Errors: -EINVAL, -ENOMEM, -EFAULT if @ops can't be read, and those of
 * &struct drm_vgpusvm_op. With %DRM_VGPUSVM_EXEC_ASYNC also -EBUSY if
 * &drm_vgpusvm_caps.max_jobs jobs of the VM have not ended, and -EDQUOT if the
 * process may not have another thread (RLIMIT_NPROC, the pids cgroup).
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
	__u32 pad;
	__u64 reserved;
};

/** define DRM_VGPUSVM_EVICT_REGION - A region's pages, whosever they are */
#define DRM_VGPUSVM_EVICT_REGION	(1 << 0)

/**
 * struct drm_vgpusvm_evict - Move pages to system memory, for tests
 * @vm_id: The VM; must be zero with %DRM_VGPUSVM_EVICT_REGION.
 * @flags: 0: the pages of a range. %DRM_VGPUSVM_EVICT_REGION: all pages of a
 *	region of this GPU.
 * @start: Start of the range; must be zero with %DRM_VGPUSVM_EVICT_REGION.
 * @length: Its length; must be zero with %DRM_VGPUSVM_EVICT_REGION.
 * @pagemap_id: The region's ID with %DRM_VGPUSVM_EVICT_REGION, else must be
 *	zero.
 * @pad: Must be zero.
 * @reserved: Must be zero.
 *
 * Pages that nobody touches meanwhile are in system memory when the call
 * returns 0. Parts of the range where nothing is mapped are passed over.
 *
 * Errors: -EPERM with %DRM_VGPUSVM_EVICT_REGION if the caller lacks
 * CAP_SYS_ADMIN; -ENOENT if this GPU has no such region; -EBUSY if some pages
 * could not be moved in some tries.
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
 * @start: Its start.
 * @end: Its end, exclusive.
 * @pagemap_id: Where it prefers to be, or %DRM_VGPUSVM_PAGEMAP_NONE.
 * @flags: None is defined; 0.
 */
struct drm_vgpusvm_range_attr {
	__u64 start;
	__u64 end;
	__u32 pagemap_id;
	__u32 flags;
};

/**
 * struct drm_vgpusvm_query_range - The attributes of a range, part by part
 * @vm_id: The VM.
 * @num_attrs: In: room in @attrs; 0 only asks how many there are. Out: how
 *	many there are.
 * @start: Start of the range.
 * @length: Its length.
 * @attrs: Pointer to an array of &struct drm_vgpusvm_range_attr, or 0 if
 *	@num_attrs is 0.
 * @attr_stride: Distance of the elements of @attrs,
 *	sizeof(struct drm_vgpusvm_range_attr).
 * @pad: Must be zero.
 * @reserved: Must be zero.
 *
 * The parts are in order, without gaps, cut to the range, and neighbours
 * differ. A long list is made piece by piece: a MADVISE at the same time may
 * show in a part of it only.
 *
 * Errors: -ENOSPC if there are more than @attrs has room for; it was filled.
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
 * define DRM_VGPUSVM_RESIDENCY_NOT_PRESENT - There is no page, it is swapped,
 * or the program itself is just moving it
 */
#define DRM_VGPUSVM_RESIDENCY_NOT_PRESENT	0xffffffffu

/**
 * struct drm_vgpusvm_query_residency - Where the pages of a range are
 * @vm_id: The VM.
 * @flags: Must be zero.
 * @start: Start of the range.
 * @length: Its length.
 * @pages: Pointer to an array with a __u32 for each page of the range. It
 *	becomes the ID of the pagemap where the page is,
 *	%DRM_VGPUSVM_RESIDENCY_SYSTEM or %DRM_VGPUSVM_RESIDENCY_NOT_PRESENT.
 * @reserved: Must be zero.
 *
 * Nothing is faulted in, moved or mapped by it, also where nothing is mapped.
 * Each page's answer was right at some moment of the call. The memory of all
 * vgpusvm GPUs is told, in the VM's group or not; a page on another driver's
 * device counts as not present.
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
 * struct drm_vgpusvm_region - A memory of this GPU
 * @size: In bytes.
 * @free: Free bytes.
 * @pagemap_id: Its ID.
 * @instance: The GPU's number for it, region_instance in sysfs.
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
 * struct drm_vgpusvm_query_regions - The memories of this GPU
 * @num_regions: In: room in @regions; 0 only asks how many there are. Out:
 *	how many there are, which may be 0.
 * @region_stride: Distance of the elements of @regions,
 *	sizeof(struct drm_vgpusvm_region).
 * @regions: Pointer to an array of &struct drm_vgpusvm_region, or 0 if
 *	@num_regions is 0.
 * @reserved: Must be zero.
 *
 * In the order of the instances. Needs no VM.
 *
 * Errors: -ENOSPC if there are more than @regions has room for; it was filled.
 */
struct drm_vgpusvm_query_regions {
	__u32 num_regions;
	__u32 region_stride;
	__u64 regions;
	__u64 reserved;
};

/**
 * struct drm_vgpusvm_placement - What MADVISE would say of an ID
 * @pagemap_id: The ID.
 * @error: Returned: 0, or the negative errno that MADVISE would give:
 *	-ENOENT, -ENODEV, -EACCES or -ENOLINK. 0 for %DRM_VGPUSVM_PAGEMAP_NONE.
 */
struct drm_vgpusvm_placement {
	__u32 pagemap_id;
	__s32 error;
};

/** define DRM_VGPUSVM_PLACEMENT_MAX - Most IDs of one QUERY_PLACEMENT */
#define DRM_VGPUSVM_PLACEMENT_MAX	4096

/**
 * struct drm_vgpusvm_query_placement - Which pagemaps MADVISE would accept
 * @vm_id: The VM.
 * @num_placements: Number of entries, 1 to %DRM_VGPUSVM_PLACEMENT_MAX.
 * @placements: Pointer to an array of &struct drm_vgpusvm_placement.
 * @placement_stride: Distance of the elements of @placements,
 *	sizeof(struct drm_vgpusvm_placement).
 * @pad: Must be zero.
 * @reserved: Must be zero.
 *
 * Has no side effects: nothing is placed and no device memory instantiated.
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
 * enum drm_vgpusvm_place - Where memory is, as seen by the GPU of the VM
 * @DRM_VGPUSVM_PLACE_LOCAL: In a memory of its own.
 * @DRM_VGPUSVM_PLACE_PEER: In a memory of another GPU.
 * @DRM_VGPUSVM_PLACE_SYSTEM: In system memory.
 * @DRM_VGPUSVM_PLACES: How many there are.
 */
enum drm_vgpusvm_place {
	DRM_VGPUSVM_PLACE_LOCAL,
	DRM_VGPUSVM_PLACE_PEER,
	DRM_VGPUSVM_PLACE_SYSTEM,
	DRM_VGPUSVM_PLACES,
};

/**
 * struct drm_vgpusvm_stats - Counters, from 0 at creation and never reset
 * @read_bytes: Bytes that operations read, by place.
 * @write_bytes: Bytes that operations wrote, by place. ADD counts as both, and
 *	so does ATOMIC_ADD.
 * @modelled_ns: What these accesses would have taken by the figures of the
 *	links, in nanoseconds, by place: bytes / bandwidth, and the latency once
 *	for each operation and 2 MiB or part of it. Modelled, not measured: it
 *	depends on bytes and places only. A figure that a link does not have
 *	costs nothing. System memory has the figures of the module parameters
 *	system_bandwidth and system_latency.
 * @faults: GPU page faults.
 * @invalidations: Mapped ranges that were unmapped because the CPU's mappings
 *	changed.
 * @migrations: Ranges moved to a preferred pagemap.
 * @migrated_bytes: Bytes copied by these, by the place that they were moved
 *	to; place system counts those moved by PREFETCH and EVICT of the VM.
 * @fallbacks: Ranges left in or moved to system memory since the preferred
 *	pagemap was full.
 * @fallback_bytes: Their size.
 * @evictions: Of a device only: allocations of its memory that were moved to
 *	system memory to make room, by EVICT with %DRM_VGPUSVM_EVICT_REGION, or
 *	at removal. 0 for a VM.
 * @evicted_bytes: Their size.
 * @copied_in_bytes: Of a device only: what was copied to its memories. This
 *	includes what other GPUs' VMs placed there. 0 for a VM.
 * @copied_out_bytes: Of a device only: what was copied from its memories, be
 *	it by a CPU fault, an eviction or a move to a peer. 0 for a VM.
 * @unresolved: Faults whose preferred pagemap could not be used, because its
 *	device was gone, out of the group or short of memory: the pages were
 *	used where they were.
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
 * struct drm_vgpusvm_query_stats - Read the counters
 * @vm_id: The VM, or 0 for the device: the sum of all its VMs, also former
 *	ones, and what is counted for a device only.
 * @flags: Must be zero.
 * @stats: Pointer to a &struct drm_vgpusvm_stats.
 * @stats_size: In: its size, sizeof(struct drm_vgpusvm_stats). Out: the size
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

/** define DRM_VGPUSVM_FEATURE_MADVISE_FD - %DRM_VGPUSVM_MADVISE_FD is accepted */
#define DRM_VGPUSVM_FEATURE_MADVISE_FD	(1 << 0)
/** define DRM_VGPUSVM_FEATURE_HUGE_FOLIOS - New VMs place huge pages as such */
#define DRM_VGPUSVM_FEATURE_HUGE_FOLIOS	(1 << 1)

/**
 * struct drm_vgpusvm_caps - What this driver can do, and its limits
 * @features: A bit mask of DRM_VGPUSVM_FEATURE_*.
 * @ops: A bit mask: 1 << N for each N of &enum drm_vgpusvm_op_code that EXEC
 *	takes.
 * @max_vms: Most VMs of an open file.
 * @max_jobs: Most asynchronous jobs of a VM that have not ended.
 * @max_ops: Most operations of one job.
 * @max_parts: Most parts of a VM that differ in their preference.
 * @max_placements: Most IDs of one QUERY_PLACEMENT.
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
 * struct drm_vgpusvm_query_caps - Read capabilities and limits
 * @size: In: the size of @caps, sizeof(struct drm_vgpusvm_caps). Out: the size
 *	that the kernel knows.
 * @pad: Must be zero.
 * @caps: Pointer to a &struct drm_vgpusvm_caps.
 * @reserved: Must be zero.
 *
 * Needs no VM. A later driver may have more features and larger limits.
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
