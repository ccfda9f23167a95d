/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_RUNTIME_H
#define FUZZ_RUNTIME_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include <drm/vgpusvm_drm.h>

/*
 * The implementation of the calls of a program. The fuzzer links with it, and so do the
 * C programs that it writes after a failure of the kernel.
 */

#define MAX_ARGS	12
#define MAX_FILES	6
#define MAX_KEPT	6
#define LANES		2

/* Areas, one for each kind of memory, at fixed addresses. */
enum area {
	AREA_ANON,
	AREA_ANON_2,
	AREA_HUGE,		/* anonymous, with transparent huge pages */
	AREA_SHARED,		/* anonymous, shared */
	AREA_MEMFD,		/* shared */
	AREA_MEMFD_PRIVATE,
	AREA_SECRET,
	AREA_HUGETLB,
	AREA_READ_ONLY,
	AREA_NO_ACCESS,
	AREA_FILE,		/* shared, of a read-only file */
	AREA_DEVICE,
	AREA_USERFAULT,
	AREA_UNMAPPED,
	AREA_BUFFERS,		/* for arrays of the ioctls; never unmapped */
	AREAS,
};

#define AREA_SIZE	(4ul << 20)
#define AREA(n)		(0x100000000000ul + (n) * 0x1000000ul)

#define S(string)	((uint64_t)(uintptr_t)(string))
#define CALL(function, ...) function((const uint64_t[MAX_ARGS]) { __VA_ARGS__ })

/* The number of the process. It is part of the names of its configfs directories. */
extern unsigned int runtime_process;
/* Files by slot, -1 if not open. */
extern int runtime_files[MAX_FILES];

void runtime_start(void);
/* Called in the thread of a lane, before its first call. */
void runtime_lane(unsigned int lane);
/* Called in that thread after its last call. */
void runtime_lane_end(void);
/* Undoes the effects of calls, except directories in configfs. */
void runtime_end(void);
/* Removes the configfs directories of this process. */
void runtime_remove_config(void);
/* Binds the driver to all GPUs, and to no other device. */
void runtime_restore_binding(void);
/* Maps an area again, with its initial kind of memory. */
void area_map(unsigned int area);
/* Runs two lanes at once. */
void run_lanes(void (*lane0)(void), void (*lane1)(void));

/* Kinds of memory that this kernel lacks, with one bit for each area. */
extern unsigned int runtime_missing;

/* All calls return 0 or a negative errno. */
long run_ioctl(int slot, unsigned long request, void *arg);

long open_gpu(const uint64_t *args);
long close_file(const uint64_t *args);
long dup_file(const uint64_t *args);
long raw_ioctl(const uint64_t *args);
long poll_file(const uint64_t *args);
long read_file(const uint64_t *args);
long show_fdinfo(const uint64_t *args);

long put_op(const uint64_t *args);
long put_word(const uint64_t *args);

long map_memory(const uint64_t *args);
long unmap_memory(const uint64_t *args);
long protect_memory(const uint64_t *args);
long advise_memory(const uint64_t *args);
long move_memory(const uint64_t *args);
long lock_memory(const uint64_t *args);
long write_memory(const uint64_t *args);
long read_memory(const uint64_t *args);
long hold_faults(const uint64_t *args);
long serve_faults(const uint64_t *args);

long fork_touch(const uint64_t *args);
long fork_ioctl(const uint64_t *args);
long kick_lane(const uint64_t *args);
long alarm_soon(const uint64_t *args);
long drop_rights(const uint64_t *args);
long node_mode(const uint64_t *args);
long drop_caches(const uint64_t *args);

long make_dir(const uint64_t *args);
long remove_dir(const uint64_t *args);
long write_value(const uint64_t *args);
long read_value(const uint64_t *args);
long list_dir(const uint64_t *args);
long read_target(const uint64_t *args);
long make_link(const uint64_t *args);
long rename_dir(const uint64_t *args);
long keep_open(const uint64_t *args);
long keep_read(const uint64_t *args);
long keep_write(const uint64_t *args);
long keep_poll(const uint64_t *args);
long keep_close(const uint64_t *args);

#endif
