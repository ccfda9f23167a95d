// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* vgpusvm as one of the drivers. */

#include <errno.h>

#include "svm.h"
#include "vgpusvm.h"

static int vm_create(struct svm_gpu *gpu)
{
	return vgpusvm_vm_create(gpu->fd, &gpu->vm);
}

static int vm_destroy(struct svm_gpu *gpu)
{
	int err = vgpusvm_vm_destroy(gpu->fd, gpu->vm);

	gpu->vm = 0;
	return err;
}

static int query_ids(struct svm_gpu *gpu)
{
	struct drm_vgpusvm_region regions[SVM_IDS];
	struct drm_vgpusvm_query_regions query = {
		.num_regions = SVM_IDS,
		.regions = (uintptr_t)regions,
		.region_stride = sizeof(struct drm_vgpusvm_region),
	};
	int err = drm_call(gpu->fd, DRM_IOCTL_VGPUSVM_QUERY_REGIONS, &query);

	if (err)
		return err;

	for (gpu->num_ids = 0; gpu->num_ids < (int)query.num_regions; gpu->num_ids++)
		gpu->ids[gpu->num_ids] = regions[gpu->num_ids].pagemap_id;

	return 0;
}

static int advise(struct svm_gpu *gpu, void *p, size_t length, uint32_t id)
{
	return vgpusvm_madvise(gpu->fd, gpu->vm, p, length, id);
}

static int permitted(struct svm_gpu *gpu, uint32_t id)
{
	return vgpusvm_placement(gpu->fd, gpu->vm, id);
}

static int preference(struct svm_gpu *gpu, void *p, size_t length, uint32_t *id)
{
	struct drm_vgpusvm_range_attr attr = {};
	struct drm_vgpusvm_query_range query = {
		.vm_id = gpu->vm,
		.num_attrs = 1,
		.start = (uintptr_t)p,
		.length = length,
		.attrs = (uintptr_t)&attr,
		.attr_stride = sizeof(struct drm_vgpusvm_range_attr),
	};
	int err = drm_call(gpu->fd, DRM_IOCTL_VGPUSVM_QUERY_RANGE, &query);

	*id = attr.pagemap_id;
	return err == -ENOSPC ? -EXDEV : err;
}

static int prefetch(struct svm_gpu *gpu, void *p, size_t length)
{
	return vgpusvm_prefetch(gpu->fd, gpu->vm, p, length, 0, NULL);
}

static int residency(struct svm_gpu *gpu, const void *p, size_t length, uint32_t *ids)
{
	return vgpusvm_residency(gpu->fd, gpu->vm, p, length, ids);
}

static int copy(struct svm_gpu *gpu, void *dst, const void *src, size_t length)
{
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_COPY,
		.dst = (uintptr_t)dst,
		.src = (uintptr_t)src,
		.length = length,
	};

	return vgpusvm_exec(gpu->fd, gpu->vm, &op, 1);
}

static int word_op(struct svm_gpu *gpu, uint32_t code, void *dst, uint64_t value)
{
	struct drm_vgpusvm_op op = {
		.op = code,
		.dst = (uintptr_t)dst,
		.length = 8,
		.value = value,
	};

	return vgpusvm_exec(gpu->fd, gpu->vm, &op, 1);
}

static int store(struct svm_gpu *gpu, void *dst, uint64_t value)
{
	return word_op(gpu, DRM_VGPUSVM_OP_FILL, dst, value);
}

static int atomic_add(struct svm_gpu *gpu, void *dst, uint64_t value)
{
	return word_op(gpu, DRM_VGPUSVM_OP_ATOMIC_ADD, dst, value);
}

static int faults(struct svm_gpu *gpu, uint64_t *number)
{
	struct drm_vgpusvm_stats stats = {};
	int err = vgpusvm_stats(gpu->fd, gpu->vm, &stats);

	*number = stats.faults;
	return err;
}

static int traffic(struct svm_gpu *gpu, uint64_t bytes[3], uint64_t time[3])
{
	struct drm_vgpusvm_stats stats = {};
	int err = vgpusvm_stats(gpu->fd, gpu->vm, &stats);
	int place;

	for (place = 0; place < DRM_VGPUSVM_PLACES; place++) {
		bytes[place] = stats.read_bytes[place] + stats.write_bytes[place];
		time[place] = stats.modelled_ns[place];
	}

	return err;
}

const struct svm_driver svm_vgpusvm = {
	.name = "vgpusvm",
	.vm_create = vm_create,
	.vm_destroy = vm_destroy,
	.query_ids = query_ids,
	.advise = advise,
	.permitted = permitted,
	.preference = preference,
	.prefetch = prefetch,
	.residency = residency,
	.copy = copy,
	.store = store,
	.atomic_add = atomic_add,
	.faults = faults,
	.traffic = traffic,
};
