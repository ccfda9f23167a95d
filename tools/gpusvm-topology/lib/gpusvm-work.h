/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GPUSVM_WORK_H
#define GPUSVM_WORK_H

/**
 * DOC: work
 *
 * Functions with which a GPU accesses memory of this process, to verify and measure
 * placement. Programs that compute use the driver's own interface instead.
 *
 * Files, VMs and ranges are those of gpusvm-placement.h. Errors in common are the same, too:
 * -ENOTSUP if the library does not support this work with the driver, or its kernel is too
 * old; -EBADF or -ENOTTY if the file is not that of a GPU; -EINVAL if the VM does not exist or
 * the range is invalid; -ENOMEM; -ENODEV if the GPU is gone.
 *
 * Threads: any thread may call any function at any time.
 */

#include <gpusvm-placement.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * gpusvm_vm_create() - Create a VM that mirrors the address space of this process
 * @fd: An open file of a GPU.
 * @vm_id: Set to the number of the VM.
 *
 * The VM holds the group of the GPU. It ends with gpusvm_vm_destroy(), or when the file is
 * closed.
 *
 * Return: 0, -EBUSY if the file has too many VMs, or an error as described above.
 */
int gpusvm_vm_create(int fd, uint32_t *vm_id);

/**
 * gpusvm_vm_destroy() - Destroy a VM
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 *
 * Memory keeps its content and its place.
 *
 * Return: 0, or an error as described above.
 */
int gpusvm_vm_destroy(int fd, uint32_t vm_id);

/**
 * gpusvm_prefetch() - Move a range to the pagemaps that it prefers
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Start of the range.
 * @length: Length of the range in bytes.
 *
 * Pages that have no room on the pagemap stay in system memory;
 * gpusvm_query_residency() returns the places.
 *
 * Return: 0, -EFAULT if a part of the range is not mapped, -ENODEV or -ENOLINK if a preferred
 * pagemap is not usable now, -EBUSY if pages were busy, or an error as described above.
 */
int gpusvm_prefetch(int fd, uint32_t vm_id, void *start, size_t length);

/**
 * gpusvm_gpu_read() - Have the GPU read bytes
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Address to read. The GPU reads the bytes in place, or after it has moved them to
 *	   the preferred pagemap.
 * @length: Number of bytes.
 * @buffer: Memory that receives the bytes as the GPU has read them.
 *
 * Return: 0, -EFAULT if a part of the range is not mapped, -EBUSY if pages were busy, or an
 * error as described above.
 */
int gpusvm_gpu_read(int fd, uint32_t vm_id, const void *start, size_t length, void *buffer);

/**
 * gpusvm_gpu_write() - Have the GPU write bytes
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @start: Address to write, in place or on the preferred pagemap.
 * @length: Number of bytes.
 * @buffer: The bytes.
 *
 * Return: 0, -EFAULT if a part of the range is not mapped or not writable, -EBUSY if pages
 * were busy, or an error as described above.
 */
int gpusvm_gpu_write(int fd, uint32_t vm_id, void *start, size_t length, const void *buffer);

/**
 * gpusvm_query_modelled_time() - Query the modelled time of a VM's accesses
 * @fd: An open file of a GPU.
 * @vm_id: A VM.
 * @nanoseconds: Set to the time that all accesses of the VM to memory until now would have
 *		 taken, by the bandwidth and latency of the links.
 *
 * Only a virtual GPU has a modelled time. An access over a link whose bandwidth and latency
 * are unknown takes no time.
 *
 * Return: 0, -ENOTSUP if the GPU is not virtual, or an error as described above.
 */
int gpusvm_query_modelled_time(int fd, uint32_t vm_id, uint64_t *nanoseconds);

#ifdef __cplusplus
}
#endif

#endif
