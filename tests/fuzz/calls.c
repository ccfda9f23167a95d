// SPDX-License-Identifier: GPL-2.0-or-later
/* All calls that a program can make, with the types of their arguments. */

#include <errno.h>
#include <string.h>

#include "names.h"
#include "program.h"

#define FIELD(structure, member, type) \
	{ #member, offsetof(struct structure, member), \
	  sizeof(((struct structure *)0)->member), type }

#define IOCTL(name_, NAME, weight_, cost_, copies_, ...) { \
		.name = #name_, \
		.function = "DRM_IOCTL_VGPUSVM_" #NAME, \
		.weight = weight_, \
		.cost = cost_, \
		.copies = copies_, \
		.args = { ARG_FILE }, \
		.request = DRM_IOCTL_VGPUSVM_##NAME, \
		.structure = "drm_vgpusvm_" #name_, \
		.size = sizeof(struct drm_vgpusvm_##name_), \
		.fields = { __VA_ARGS__ }, \
	}

#define FUNCTION(name_, run_, weight_, cost_, copies_, ...) \
		.name = name_, \
		.function = #run_, \
		.weight = weight_, \
		.cost = cost_, \
		.copies = copies_, \
		.args = { __VA_ARGS__ }, \
		.run = run_

#define PLAIN(...)		{ FUNCTION(__VA_ARGS__) }
/* A call that prepares calls on the modules' files, or reaches the modules through memory. */
#define OTHER(...)		{ FUNCTION(__VA_ARGS__), .other = true }

/* A call on a path. The last parameters are its arguments after the path and its names. */
#define ON_PATH(name_, run_, weight_, cost_, copies_, ...) \
	PLAIN(name_, run_, weight_, cost_, copies_, ARG_PATH, ARG_NAME, ARG_NAME, ARG_NAME, \
	      ##__VA_ARGS__)

const struct call_type call_types[] = {
	IOCTL(vm_create, VM_CREATE, 14, 5, 0,
	      FIELD(drm_vgpusvm_vm_create, flags, ARG_ZERO),
	      FIELD(drm_vgpusvm_vm_create, vm_id, ARG_ZERO),
	      FIELD(drm_vgpusvm_vm_create, reserved[0], ARG_ZERO)),
	IOCTL(vm_destroy, VM_DESTROY, 5, 5, 0,
	      FIELD(drm_vgpusvm_vm_destroy, vm_id, ARG_VM),
	      FIELD(drm_vgpusvm_vm_destroy, pad, ARG_ZERO)),
	IOCTL(madvise, MADVISE, 30, 0, 12,
	      FIELD(drm_vgpusvm_madvise, vm_id, ARG_VM),
	      FIELD(drm_vgpusvm_madvise, flags, ARG_FLAGS),
	      FIELD(drm_vgpusvm_madvise, start, ARG_ADDR),
	      FIELD(drm_vgpusvm_madvise, length, ARG_LENGTH),
	      FIELD(drm_vgpusvm_madvise, pagemap_id, ARG_PAGEMAP),
	      FIELD(drm_vgpusvm_madvise, devmem_fd, ARG_FILE),
	      FIELD(drm_vgpusvm_madvise, region_instance, ARG_ZERO),
	      FIELD(drm_vgpusvm_madvise, pad[0], ARG_ZERO),
	      FIELD(drm_vgpusvm_madvise, reserved[0], ARG_ZERO)),
	IOCTL(prefetch, PREFETCH, 25, 20, 1,
	      FIELD(drm_vgpusvm_prefetch, vm_id, ARG_VM),
	      FIELD(drm_vgpusvm_prefetch, flags, ARG_FLAGS),
	      FIELD(drm_vgpusvm_prefetch, start, ARG_ADDR),
	      FIELD(drm_vgpusvm_prefetch, length, ARG_LENGTH),
	      FIELD(drm_vgpusvm_prefetch, done, ARG_ZERO),
	      FIELD(drm_vgpusvm_prefetch, fallback, ARG_ZERO),
	      FIELD(drm_vgpusvm_prefetch, reserved, ARG_ZERO)),
	IOCTL(exec, EXEC, 35, 10, 2,
	      FIELD(drm_vgpusvm_exec, vm_id, ARG_VM),
	      FIELD(drm_vgpusvm_exec, flags, ARG_FLAGS),
	      FIELD(drm_vgpusvm_exec, num_ops, ARG_COUNT),
	      FIELD(drm_vgpusvm_exec, num_done, ARG_ZERO),
	      FIELD(drm_vgpusvm_exec, ops, ARG_ADDR),
	      FIELD(drm_vgpusvm_exec, fence_addr, ARG_ADDR),
	      FIELD(drm_vgpusvm_exec, fence_value, ARG_ZERO),
	      FIELD(drm_vgpusvm_exec, op_stride, ARG_STRIDE),
	      FIELD(drm_vgpusvm_exec, eventfd, ARG_ZERO),
	      FIELD(drm_vgpusvm_exec, status_addr, ARG_ZERO)),
	IOCTL(evict, EVICT, 15, 1, 8,
	      FIELD(drm_vgpusvm_evict, vm_id, ARG_VM),
	      FIELD(drm_vgpusvm_evict, flags, ARG_FLAGS),
	      FIELD(drm_vgpusvm_evict, start, ARG_ADDR),
	      FIELD(drm_vgpusvm_evict, length, ARG_LENGTH),
	      FIELD(drm_vgpusvm_evict, pagemap_id, ARG_PAGEMAP),
	      FIELD(drm_vgpusvm_evict, pad, ARG_ZERO),
	      FIELD(drm_vgpusvm_evict, reserved, ARG_ZERO)),
	IOCTL(query_range, QUERY_RANGE, 10, 0, 16,
	      FIELD(drm_vgpusvm_query_range, vm_id, ARG_VM),
	      FIELD(drm_vgpusvm_query_range, num_attrs, ARG_COUNT),
	      FIELD(drm_vgpusvm_query_range, start, ARG_ADDR),
	      FIELD(drm_vgpusvm_query_range, length, ARG_LENGTH),
	      FIELD(drm_vgpusvm_query_range, attrs, ARG_ADDR),
	      FIELD(drm_vgpusvm_query_range, attr_stride, ARG_STRIDE),
	      FIELD(drm_vgpusvm_query_range, pad, ARG_ZERO),
	      FIELD(drm_vgpusvm_query_range, reserved, ARG_ZERO)),
	IOCTL(query_residency, QUERY_RESIDENCY, 10, 0, 16,
	      FIELD(drm_vgpusvm_query_residency, vm_id, ARG_VM),
	      FIELD(drm_vgpusvm_query_residency, flags, ARG_ZERO),
	      FIELD(drm_vgpusvm_query_residency, start, ARG_ADDR),
	      FIELD(drm_vgpusvm_query_residency, length, ARG_LENGTH),
	      FIELD(drm_vgpusvm_query_residency, pages, ARG_ADDR),
	      FIELD(drm_vgpusvm_query_residency, reserved, ARG_ZERO)),
	IOCTL(query_regions, QUERY_REGIONS, 4, 0, 16,
	      FIELD(drm_vgpusvm_query_regions, num_regions, ARG_COUNT),
	      FIELD(drm_vgpusvm_query_regions, region_stride, ARG_STRIDE),
	      FIELD(drm_vgpusvm_query_regions, regions, ARG_ADDR),
	      FIELD(drm_vgpusvm_query_regions, reserved, ARG_ZERO)),
	IOCTL(query_placement, QUERY_PLACEMENT, 8, 0, 16,
	      FIELD(drm_vgpusvm_query_placement, vm_id, ARG_VM),
	      FIELD(drm_vgpusvm_query_placement, num_placements, ARG_COUNT),
	      FIELD(drm_vgpusvm_query_placement, placements, ARG_ADDR),
	      FIELD(drm_vgpusvm_query_placement, placement_stride, ARG_STRIDE),
	      FIELD(drm_vgpusvm_query_placement, pad, ARG_ZERO),
	      FIELD(drm_vgpusvm_query_placement, reserved, ARG_ZERO)),
	IOCTL(query_stats, QUERY_STATS, 6, 0, 16,
	      FIELD(drm_vgpusvm_query_stats, vm_id, ARG_VM),
	      FIELD(drm_vgpusvm_query_stats, flags, ARG_ZERO),
	      FIELD(drm_vgpusvm_query_stats, stats, ARG_ADDR),
	      FIELD(drm_vgpusvm_query_stats, stats_size, ARG_STRIDE),
	      FIELD(drm_vgpusvm_query_stats, pad, ARG_ZERO),
	      FIELD(drm_vgpusvm_query_stats, reserved, ARG_ZERO)),
	IOCTL(query_caps, QUERY_CAPS, 3, 0, 12,
	      FIELD(drm_vgpusvm_query_caps, size, ARG_STRIDE),
	      FIELD(drm_vgpusvm_query_caps, pad, ARG_ZERO),
	      FIELD(drm_vgpusvm_query_caps, caps, ARG_ADDR),
	      FIELD(drm_vgpusvm_query_caps, reserved, ARG_ZERO)),

	PLAIN("open", open_gpu, 12, 13, 0, ARG_FILE, ARG_GPU),
	PLAIN("close", close_file, 5, 1, 0, ARG_FILE),
	OTHER("dup", dup_file, 3, 0, 0, ARG_FILE, ARG_FILE),
	PLAIN("raw", raw_ioctl, 4, 0, 24, ARG_FILE, ARG_COUNT, ARG_COUNT, ARG_NUM, ARG_VM),
	PLAIN("poll_file", poll_file, 1, 2, 0, ARG_FILE),
	PLAIN("read_file", read_file, 1, 2, 0, ARG_FILE),
	PLAIN("fdinfo", show_fdinfo, 4, 5, 2, ARG_FILE),

	OTHER("op", put_op, 40, 0, 0, ARG_COUNT, ARG_OP, ARG_ZERO, ARG_ADDR, ARG_ADDR, ARG_LENGTH,
	      ARG_ADDR, ARG_ZERO, ARG_ZERO),
	OTHER("word", put_word, 8, 0, 0, ARG_COUNT, ARG_PAGEMAP),

	OTHER("mmap", map_memory, 10, 2, 0, ARG_MEMORY, ARG_LENGTH, ARG_KIND),
	OTHER("munmap", unmap_memory, 8, 20, 0, ARG_MEMORY, ARG_LENGTH),
	OTHER("mprotect", protect_memory, 8, 7, 0, ARG_MEMORY, ARG_LENGTH, ARG_PROT),
	OTHER("madv", advise_memory, 14, 5, 0, ARG_MEMORY, ARG_LENGTH, ARG_ADVICE),
	OTHER("mremap", move_memory, 8, 7, 0, ARG_MEMORY, ARG_LENGTH, ARG_MEMORY),
	OTHER("mlock", lock_memory, 3, 8, 0, ARG_MEMORY, ARG_LENGTH, ARG_FLAGS),
	OTHER("store", write_memory, 20, 40, 0, ARG_MEMORY, ARG_LENGTH),
	OTHER("load", read_memory, 14, 25, 0, ARG_MEMORY, ARG_LENGTH),
	OTHER("hold_faults", hold_faults, 3, SLOW_COST, 0, ARG_NONE),
	OTHER("serve_faults", serve_faults, 2, 0, 0, ARG_NONE),

	OTHER("fork_touch", fork_touch, 1, SLOW_COST, 0, ARG_MEMORY, ARG_LENGTH),
	PLAIN("fork_ioctl", fork_ioctl, 1, SLOW_COST, 0, ARG_FILE, ARG_VM),
	OTHER("kick", kick_lane, 4, 0, 0, ARG_NONE),
	OTHER("alarm", alarm_soon, 4, 3, 0, ARG_COUNT),
	OTHER("drop_rights", drop_rights, 4, 1, 0, ARG_FLAGS),
	OTHER("node_mode", node_mode, 2, 4, 0, ARG_GPU, ARG_FLAGS),
	OTHER("drop_caches", drop_caches, 1, SLOW_COST, 0, ARG_NONE),

	ON_PATH("mkdir", make_dir, 25, 6, 0),
	ON_PATH("rmdir", remove_dir, 12, 7, 0),
	ON_PATH("write", write_value, 45, 3, 4, ARG_VALUE),
	ON_PATH("read", read_value, 25, 2, 6),
	ON_PATH("ls", list_dir, 5, 3, 0),
	ON_PATH("readlink", read_target, 4, 2, 4),
	ON_PATH("symlink", make_link, 1, 3, 0),
	ON_PATH("rename", rename_dir, 1, 3, 0),
	ON_PATH("keep", keep_open, 8, 4, 0, ARG_KEPT),
	PLAIN("kept_read", keep_read, 8, 0, 24, ARG_KEPT, ARG_COUNT),
	PLAIN("kept_write", keep_write, 6, 0, 16, ARG_KEPT, ARG_VALUE),
	PLAIN("kept_poll", keep_poll, 5, 2, 0, ARG_KEPT),
	PLAIN("kept_close", keep_close, 3, 0, 0, ARG_KEPT),
};

const unsigned int num_call_types = sizeof(call_types) / sizeof(call_types[0]);

/* Returns the number of arguments, including the fields of an ioctl's structure. */
unsigned int call_args(const struct call_type *type)
{
	unsigned int num = 0;

	while (num < MAX_ARGS && call_arg_type(type, num) != ARG_NONE)
		num++;

	return num;
}

enum arg_type call_arg_type(const struct call_type *type, unsigned int i)
{
	if (!type->structure || !i)
		return type->args[i];

	return i <= MAX_FIELDS ? type->fields[i - 1].type : ARG_NONE;
}

unsigned int call_index(const struct call_type *type)
{
	return type - call_types;
}

const struct call_type *call_find(const char *name)
{
	for (unsigned int i = 0; i < num_call_types; i++)
		if (!strcmp(call_types[i].name, name))
			return &call_types[i];

	return NULL;
}

unsigned int call_cost(const struct call *call)
{
	if (call->type->args[0] == ARG_PATH && call->type->run != read_value &&
	    paths[call->args[0].value % num_paths].use & PATH_SLOW)
		return SLOW_COST;

	return call->type->cost;
}

bool call_counts(const struct call *call, long outcome)
{
	if (call->type->other || outcome == -EBADF)
		return false;

	return call->type->args[0] != ARG_PATH || outcome != -ENOENT;
}
