// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* xe as one of the drivers. */

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "drm-uapi/xe_drm.h"
#include "drm_call.h"
#include "intel_pat.h"
#include "svm.h"
#include "xe/xe_query.h"
#include "xe_commands.h"

#define MAX_GTS	8

/* Result of a query, in the size that the driver reports; NULL if the query fails. */
static void *query(int fd, uint32_t what)
{
	struct drm_xe_device_query query = { .query = what };
	void *data;

	if (drm_call(fd, DRM_IOCTL_XE_DEVICE_QUERY, &query))
		return NULL;

	data = calloc(1, query.size);
	query.data = (uintptr_t)data;
	if (!data || drm_call(fd, DRM_IOCTL_XE_DEVICE_QUERY, &query)) {
		free(data);
		return NULL;
	}

	return data;
}

/* A value of the configuration query, or 0 if the driver does not report it. */
static uint64_t config(int fd, unsigned int index)
{
	struct drm_xe_query_config *config = query(fd, DRM_XE_DEVICE_QUERY_CONFIG);
	uint64_t value = config && index < config->num_params ? config->info[index] : 0;

	free(config);
	return value;
}

/* GPUs that mirror processes, by a driver that has IDs. */
static bool takes_part(int fd)
{
	const uint64_t needed = DRM_XE_QUERY_CONFIG_FLAG_HAS_CPU_ADDR_MIRROR |
				DRM_XE_QUERY_CONFIG_FLAG_HAS_PAGEMAP_ID;

	return (config(fd, DRM_XE_QUERY_CONFIG_FLAGS) & needed) == needed;
}

static int query_ids(struct svm_gpu *gpu)
{
	struct drm_xe_query_mem_regions *regions;
	uint32_t i;

	if (!takes_part(gpu->fd))
		return -ENOTSUP;

	regions = query(gpu->fd, DRM_XE_DEVICE_QUERY_MEM_REGIONS);
	if (!regions)
		return -EIO;

	gpu->num_ids = 0;
	for (i = 0; i < regions->num_mem_regions && gpu->num_ids < SVM_IDS; i++)
		if (regions->mem_regions[i].pagemap_id)
			gpu->ids[gpu->num_ids++] = regions->mem_regions[i].pagemap_id;
	free(regions);

	return 0;
}

/* Bind, and wait until the bind is complete. */
static int bind(struct svm_gpu *gpu, struct drm_xe_vm_bind_op op)
{
	struct svm_xe_fence fence;
	struct drm_xe_vm_bind bind = {
		.vm_id = gpu->vm,
		.num_binds = 1,
		.bind = op,
		.num_syncs = 1,
		.syncs = svm_xe_fence_init(&fence),
	};
	int err = drm_call(gpu->fd, DRM_IOCTL_XE_VM_BIND, &bind);

	return err ? err : svm_xe_fence_wait(gpu->fd, &fence, 0);
}

/* On any engine: each has the commands that are used here. */
static int create_queue(struct svm_gpu *gpu)
{
	struct drm_xe_query_engines *engines = query(gpu->fd, DRM_XE_DEVICE_QUERY_ENGINES);
	struct drm_xe_exec_queue_create create = {
		.width = 1,
		.num_placements = 1,
		.vm_id = gpu->vm,
	};
	int err;

	if (!engines)
		return -EIO;

	create.instances = (uintptr_t)&engines->engines[0].instance;
	err = drm_call(gpu->fd, DRM_IOCTL_XE_EXEC_QUEUE_CREATE, &create);
	gpu->queue = create.exec_queue_id;
	free(engines);

	return err;
}

static int vm_destroy(struct svm_gpu *gpu)
{
	struct drm_xe_exec_queue_destroy queue = { .exec_queue_id = gpu->queue };
	struct drm_xe_vm_destroy vm = { .vm_id = gpu->vm };

	if (gpu->queue)
		drm_call(gpu->fd, DRM_IOCTL_XE_EXEC_QUEUE_DESTROY, &queue);
	gpu->queue = 0;
	gpu->vm = 0;

	return drm_call(gpu->fd, DRM_IOCTL_XE_VM_DESTROY, &vm);
}

/* No preference means to use memory in place. By default, xe moves it to its own VRAM. */
static int advise(struct svm_gpu *gpu, void *p, size_t length, uint32_t id)
{
	struct drm_xe_madvise advice = {
		.vm_id = gpu->vm,
		.start = (uintptr_t)p,
		.range = length,
	};

	if (id) {
		advice.type = DRM_XE_MEM_RANGE_ATTR_PREFERRED_PAGEMAP;
		advice.preferred_pagemap.pagemap_id = id;
	} else {
		advice.type = DRM_XE_MEM_RANGE_ATTR_PREFERRED_LOC;
		advice.preferred_mem_loc.devmem_fd = DRM_XE_PREFERRED_LOC_DEFAULT_SYSTEM;
		advice.preferred_mem_loc.migration_policy = DRM_XE_MIGRATE_ALL_PAGES;
	}

	return drm_call(gpu->fd, DRM_IOCTL_XE_MADVISE, &advice);
}

/* How ordinary memory is cached; IGT has to look at the device first. */
static uint8_t write_back(int fd)
{
	uint8_t index;

	xe_device_get(fd);
	index = intel_get_pat_idx_wb(fd);
	xe_device_put(fd);

	return index;
}

/* The whole address space of the process. */
static int mirror(struct svm_gpu *gpu)
{
	uint64_t length = 1ull << config(gpu->fd, DRM_XE_QUERY_CONFIG_VA_BITS);
	int err = bind(gpu, (struct drm_xe_vm_bind_op) {
		.range = length,
		.op = DRM_XE_VM_BIND_OP_MAP,
		.flags = DRM_XE_VM_BIND_FLAG_CPU_ADDR_MIRROR,
		.pat_index = write_back(gpu->fd),
	});

	return err ? err : advise(gpu, NULL, length, 0);
}

static int vm_create(struct svm_gpu *gpu)
{
	struct drm_xe_vm_create create = {
		.flags = DRM_XE_VM_CREATE_FLAG_LR_MODE | DRM_XE_VM_CREATE_FLAG_FAULT_MODE,
	};
	int err = drm_call(gpu->fd, DRM_IOCTL_XE_VM_CREATE, &create);

	if (err)
		return err;

	gpu->vm = create.vm_id;
	err = mirror(gpu);
	if (!err)
		err = create_queue(gpu);
	if (err)
		vm_destroy(gpu);

	return err;
}

static int permitted(struct svm_gpu *gpu, uint32_t id)
{
	struct drm_xe_pagemap_access access = { .pagemap_id = id };
	struct drm_xe_vm_get_property query = {
		.vm_id = gpu->vm,
		.property = DRM_XE_VM_GET_PROPERTY_PAGEMAP_ACCESS,
		.size = sizeof(access),
		.data = (uintptr_t)&access,
	};
	int err = drm_call(gpu->fd, DRM_IOCTL_XE_VM_GET_PROPERTY, &query);

	return err ? err : access.error;
}

static int same_preference(const struct drm_xe_mem_range_attr *parts, uint32_t num, uint32_t *id)
{
	uint32_t i;

	for (i = 1; i < num; i++)
		if (parts[i].pagemap_id != parts[0].pagemap_id)
			return -EXDEV;
	*id = parts[0].pagemap_id;

	return 0;
}

static int preference(struct svm_gpu *gpu, void *p, size_t length, uint32_t *id)
{
	struct drm_xe_vm_query_mem_range_attr query = {
		.vm_id = gpu->vm,
		.start = (uintptr_t)p,
		.range = length,
	};
	struct drm_xe_mem_range_attr *parts;
	int err = drm_call(gpu->fd, DRM_IOCTL_XE_VM_QUERY_MEM_RANGE_ATTRS, &query);

	if (err)
		return err;
	if (!query.num_mem_ranges || query.sizeof_mem_range_attr != sizeof(*parts))
		return -EPROTO;

	parts = calloc(query.num_mem_ranges, sizeof(*parts));
	igt_assert(parts);
	query.vector_of_mem_attr = (uintptr_t)parts;
	err = drm_call(gpu->fd, DRM_IOCTL_XE_VM_QUERY_MEM_RANGE_ATTRS, &query);
	if (!err)
		err = same_preference(parts, query.num_mem_ranges, id);
	free(parts);

	return err;
}

static int prefetch(struct svm_gpu *gpu, void *p, size_t length)
{
	return bind(gpu, (struct drm_xe_vm_bind_op) {
		.addr = (uintptr_t)p,
		.range = length,
		.op = DRM_XE_VM_BIND_OP_PREFETCH,
		.prefetch_mem_region_instance = DRM_XE_CONSULT_MEM_ADVISE_PREF_LOC,
	});
}

/* An element of the result is the ID alone, so @ids is the array that the driver fills. */
static int residency(struct svm_gpu *gpu, const void *p, size_t length, uint32_t *ids)
{
	struct drm_xe_vm_query_residency query = {
		.vm_id = gpu->vm,
		.place_stride = sizeof(*ids),
		.start = (uintptr_t)p,
		.range = length,
		.places = (uintptr_t)ids,
	};

	return drm_call(gpu->fd, DRM_IOCTL_XE_VM_QUERY_RESIDENCY, &query);
}

static int count_faults(int card, int gt, uint64_t *number)
{
	FILE *stats = fopen(text_of("/sys/kernel/debug/dri/%d/gt%d/stats", card, gt), "r");
	unsigned long long count;
	int err = -ENOENT;
	char line[128];

	while (stats && fgets(line, sizeof(line), stats)) {
		if (sscanf(line, "svm_pagefault_count: %llu", &count) == 1) {
			*number += count;
			err = 0;
		}
	}
	if (stats)
		fclose(stats);

	return err;
}

/* The faults of the device, because xe does not count those of a VM. */
static int faults(struct svm_gpu *gpu, uint64_t *number)
{
	int gt, err = -ENOENT;
	struct stat st;

	*number = 0;
	if (fstat(gpu->fd, &st))
		return -errno;
	for (gt = 0; gt < MAX_GTS; gt++)
		if (!count_faults(minor(st.st_rdev), gt, number))
			err = 0;

	return err;
}

const struct svm_driver svm_xe = {
	.name = "xe",
	.vm_create = vm_create,
	.vm_destroy = vm_destroy,
	.query_ids = query_ids,
	.advise = advise,
	.permitted = permitted,
	.preference = preference,
	.prefetch = prefetch,
	.residency = residency,
	.copy = svm_xe_copy,
	.store = svm_xe_store,
	.atomic_add = svm_xe_atomic_add,
	.faults = faults,
};
