// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include "files.h"
#include "vgpusvm.h"

int vgpusvm_vm_create(int fd, uint32_t *vm)
{
	struct drm_vgpusvm_vm_create create = {};
	int err = drm_call(fd, DRM_IOCTL_VGPUSVM_VM_CREATE, &create);

	*vm = create.vm_id;
	return err;
}

int vgpusvm_vm_destroy(int fd, uint32_t vm)
{
	struct drm_vgpusvm_vm_destroy destroy = { .vm_id = vm };

	return drm_call(fd, DRM_IOCTL_VGPUSVM_VM_DESTROY, &destroy);
}

int vgpusvm_madvise(int fd, uint32_t vm, const void *p, size_t length, uint32_t id)
{
	struct drm_vgpusvm_madvise advice = {
		.vm_id = vm,
		.start = (uintptr_t)p,
		.length = length,
		.pagemap_id = id,
	};

	return drm_call(fd, DRM_IOCTL_VGPUSVM_MADVISE, &advice);
}

int vgpusvm_prefetch(int fd, uint32_t vm, const void *p, size_t length, uint32_t flags,
		     uint64_t *fallback)
{
	struct drm_vgpusvm_prefetch prefetch = {
		.vm_id = vm,
		.flags = flags,
		.start = (uintptr_t)p,
		.length = length,
	};
	int err = drm_call(fd, DRM_IOCTL_VGPUSVM_PREFETCH, &prefetch);

	if (fallback)
		*fallback = prefetch.fallback;

	return err;
}

int vgpusvm_evict(int fd, uint32_t vm, const void *p, size_t length)
{
	struct drm_vgpusvm_evict evict = {
		.vm_id = vm,
		.start = (uintptr_t)p,
		.length = length,
	};

	return drm_call(fd, DRM_IOCTL_VGPUSVM_EVICT, &evict);
}

int vgpusvm_evict_region(int fd, uint32_t id)
{
	struct drm_vgpusvm_evict evict = {
		.flags = DRM_VGPUSVM_EVICT_REGION,
		.pagemap_id = id,
	};

	return drm_call(fd, DRM_IOCTL_VGPUSVM_EVICT, &evict);
}

int vgpusvm_exec(int fd, uint32_t vm, struct drm_vgpusvm_op *ops, unsigned int num)
{
	struct drm_vgpusvm_exec exec = {
		.vm_id = vm,
		.num_ops = num,
		.ops = (uintptr_t)ops,
		.op_stride = sizeof(struct drm_vgpusvm_op),
	};

	return drm_call(fd, DRM_IOCTL_VGPUSVM_EXEC, &exec);
}

int vgpusvm_submit(int fd, uint32_t vm, struct drm_vgpusvm_op *ops, unsigned int num,
		   uint64_t *fence)
{
	struct drm_vgpusvm_exec exec = {
		.vm_id = vm,
		.flags = DRM_VGPUSVM_EXEC_ASYNC,
		.num_ops = num,
		.ops = (uintptr_t)ops,
		.op_stride = sizeof(*ops),
		.fence_addr = (uintptr_t)fence,
		.fence_value = VGPUSVM_DONE,
	};

	return drm_call(fd, DRM_IOCTL_VGPUSVM_EXEC, &exec);
}

bool vgpusvm_has_ended(const uint64_t *fence)
{
	return eventually(*(volatile const uint64_t *)fence == VGPUSVM_DONE);
}

int vgpusvm_caps(int fd, struct drm_vgpusvm_caps *caps)
{
	struct drm_vgpusvm_query_caps query = {
		.size = sizeof(*caps),
		.caps = (uintptr_t)caps,
	};

	return drm_call(fd, DRM_IOCTL_VGPUSVM_QUERY_CAPS, &query);
}

int vgpusvm_residency(int fd, uint32_t vm, const void *p, size_t length, uint32_t *ids)
{
	struct drm_vgpusvm_query_residency query = {
		.vm_id = vm,
		.start = (uintptr_t)p,
		.length = length,
		.pages = (uintptr_t)ids,
	};

	return drm_call(fd, DRM_IOCTL_VGPUSVM_QUERY_RESIDENCY, &query);
}

int vgpusvm_placement(int fd, uint32_t vm, uint32_t id)
{
	struct drm_vgpusvm_placement placement = { .pagemap_id = id };
	struct drm_vgpusvm_query_placement query = {
		.vm_id = vm,
		.num_placements = 1,
		.placements = (uintptr_t)&placement,
		.placement_stride = sizeof(struct drm_vgpusvm_placement),
	};
	int err = drm_call(fd, DRM_IOCTL_VGPUSVM_QUERY_PLACEMENT, &query);

	return err ? err : placement.error;
}

int vgpusvm_stats(int fd, uint32_t vm, struct drm_vgpusvm_stats *stats)
{
	struct drm_vgpusvm_query_stats query = {
		.vm_id = vm,
		.stats = (uintptr_t)stats,
		.stats_size = sizeof(struct drm_vgpusvm_stats),
	};

	return drm_call(fd, DRM_IOCTL_VGPUSVM_QUERY_STATS, &query);
}
