// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tests of the preferred pagemap of VMAs: arguments of ioctls, splits and merges of
 * VMAs, and the pagemap that a page fault uses.
 */

#include <linux/anon_inodes.h>
#include <linux/cleanup.h>
#include <linux/fcntl.h>
#include <linux/fdtable.h>
#include <linux/mman.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <drm/drm_gpuvm.h>
#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_util.h>
#include <drm/xe_drm.h>

#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include "tests/xe_pagemap_fake.h"
#include "xe_device.h"
#include "xe_pagemap_topology.h"
#include "xe_svm.h"
#include "xe_svm_pagemap.h"
#include "xe_svm_prefetch.h"
#include "xe_svm_prefetch_id.h"
#include "xe_svm_residency.h"
#include "xe_vm.h"
#include "xe_vm_madvise.h"
#include "xe_vm_pagemap.h"
#include "xe_vm_pagemap_fd.h"
#include "xe_vram_types.h"

#define FAKE_VM_SIZE	SZ_1G
#define FAKE_VMA_START	SZ_16M
#define FAKE_VMA_SIZE	SZ_16M

static const struct drm_pagemap_pci_path direct_path = { .hops = 3 };

static void fake_vm_free(struct drm_gpuvm *gpuvm)
{
	struct xe_vm *vm = container_of(gpuvm, struct xe_vm, gpuvm);

	drm_gpusvm_fini(&vm->svm.gpusvm);
	mutex_destroy(&vm->snap_mutex);
	kfree(vm);
}

static struct drm_gpuva_op *fake_op_alloc(void)
{
	struct xe_vma_op *op = kzalloc_obj(*op);

	return op ? &op->base : NULL;
}

static const struct drm_gpuvm_ops fake_gpuvm_ops = {
	.op_alloc = fake_op_alloc,
	.vm_free = fake_vm_free,
};

static void fake_vm_close(void *data)
{
	struct drm_gpuva *gpuva, *next;
	struct xe_vm *vm = data;

	drm_gpuvm_for_each_va_safe(gpuva, next, &vm->gpuvm) {
		struct xe_vma *vma = gpuva_to_vma(gpuva);

		drm_gpuva_remove(gpuva);
		xe_pagemap_topology_node_put(vma->attr.preferred_loc.node);
		kfree(vma);
		xe_vm_put(vm);
	}
	xe_svm_pagemap_release(vm);
	xe_vm_put(vm);
}

/* Create a VM without GPU page tables. */
static struct xe_vm *create_vm(struct kunit *test, struct xe_device *xe, u32 flags)
{
	struct drm_gem_object *resv = drm_gpuvm_resv_object_alloc(&xe->drm);
	struct xe_vm *vm;

	KUNIT_ASSERT_NOT_NULL(test, resv);
	vm = kzalloc_obj(*vm);
	KUNIT_ASSERT_NOT_NULL(test, vm);
	vm->xe = xe;
	vm->size = FAKE_VM_SIZE;
	init_rwsem(&vm->lock);
	mutex_init(&vm->snap_mutex);
	/* Without flags, because no process exists whose memory it could mirror. */
	KUNIT_ASSERT_EQ(test, 0, xe_svm_init(vm));
	vm->flags = flags;
	drm_gpuvm_init(&vm->gpuvm, "fake", DRM_GPUVM_RESV_PROTECTED, &xe->drm, resv, 0,
		       vm->size, 0, 0, &fake_gpuvm_ops);
	drm_gem_object_put(resv);

	if (flags & XE_VM_FLAG_FAULT_MODE) {
		vm->svm.group = xe_pagemap_topology_hold(xe);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vm->svm.group);
	}
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_vm_close, vm));

	return vm;
}

static struct xe_vm *create_svm_vm(struct kunit *test, struct xe_device *xe)
{
	return create_vm(test, xe, XE_VM_FLAG_FAULT_MODE | XE_VM_FLAG_LR_MODE);
}

static void close_vm(struct kunit *test, struct xe_vm *vm)
{
	kunit_release_action(test, fake_vm_close, vm);
}

/* Add the VMA that VM_BIND with DRM_XE_VM_BIND_FLAG_CPU_ADDR_MIRROR creates. */
static struct xe_vma *add_vma(struct kunit *test, struct xe_vm *vm)
{
	struct xe_vma *vma = kzalloc_obj(*vma);

	KUNIT_ASSERT_NOT_NULL(test, vma);
	INIT_LIST_HEAD(&vma->combined_links.rebind);
	INIT_LIST_HEAD(&vma->gpuva.gem.entry);
	vma->gpuva.vm = &vm->gpuvm;
	vma->gpuva.va.addr = FAKE_VMA_START;
	vma->gpuva.va.range = FAKE_VMA_SIZE;
	vma->gpuva.flags = XE_VMA_SYSTEM_ALLOCATOR;
	KUNIT_ASSERT_EQ(test, 0, drm_gpuva_insert(&vm->gpuvm, &vma->gpuva));
	xe_vm_get(vm);

	return vma;
}

static struct xe_vma *vma_at(struct kunit *test, struct xe_vm *vm, u64 addr)
{
	struct xe_vma *vma = xe_vm_find_vma_by_addr(vm, addr);

	KUNIT_ASSERT_NOT_NULL(test, vma);

	return vma;
}

static void connect(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;

	world->paths[0][1] = direct_path;
}

static void arguments_are_checked(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct drm_xe_madvise args = {
		.type = DRM_XE_MEM_RANGE_ATTR_PREFERRED_PAGEMAP,
		.preferred_pagemap.pagemap_id = U32_MAX,
	}, bad;

	/* The check does not look up the ID. */
	KUNIT_EXPECT_TRUE(test, xe_vm_pagemap_args_are_sane(xe, &args));

	bad = args;
	bad.preferred_pagemap.pad = 1;
	KUNIT_EXPECT_FALSE(test, xe_vm_pagemap_args_are_sane(xe, &bad));
	bad = args;
	bad.preferred_pagemap.reserved = BIT_ULL(63);
	KUNIT_EXPECT_FALSE(test, xe_vm_pagemap_args_are_sane(xe, &bad));
}

static void ids_need_svm_vm(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct xe_vm *vm = create_vm(test, xe, 0), *svm = create_svm_vm(test, xe);
	u32 id = xe_fake_id(test, xe, 0);
	struct drm_pagemap_node *node;

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(xe_vm_pagemap_lookup(vm, id)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(xe_vm_pagemap_lookup(vm, 0)), -EINVAL);

	KUNIT_EXPECT_NULL(test, xe_vm_pagemap_lookup(svm, 0));
	node = xe_vm_pagemap_lookup(svm, id);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, node);
	KUNIT_EXPECT_EQ(test, drm_pagemap_node_id(node), id);
	scoped_guard(rwsem_read, &vm->lock)
		KUNIT_EXPECT_EQ(test, xe_vm_pagemap_check(vm, node), -ENOLINK);
	scoped_guard(rwsem_read, &svm->lock)
		KUNIT_EXPECT_EQ(test, xe_vm_pagemap_check(svm, node), 0);
	xe_pagemap_topology_node_put(node);
}

static void same_location_is_no_change(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_PVC);
	struct xe_vma *vma = add_vma(test, create_svm_vm(test, xe));
	struct drm_pagemap_node *a = xe_fake_vram(xe, 0)->pagemap_node;
	struct drm_pagemap_node *b = xe_fake_vram(xe, 1)->pagemap_node;

	KUNIT_EXPECT_FALSE(test, xe_vma_set_preferred_loc(vma, 0, NULL, 0));
	KUNIT_EXPECT_TRUE(test, xe_vma_has_default_mem_attrs(vma));
	KUNIT_EXPECT_EQ(test, xe_vma_preferred_pagemap_id(vma), 0);

	KUNIT_EXPECT_TRUE(test, xe_vma_set_preferred_loc(vma, 0, a, 0));
	KUNIT_EXPECT_FALSE(test, xe_vma_has_default_mem_attrs(vma));
	KUNIT_EXPECT_EQ(test, xe_vma_preferred_pagemap_id(vma), drm_pagemap_node_id(a));
	KUNIT_EXPECT_FALSE(test, xe_vma_set_preferred_loc(vma, 0, a, 0));

	/* The same file descriptor for another region, then another for the same. */
	KUNIT_EXPECT_TRUE(test, xe_vma_set_preferred_loc(vma, 7, b, 0));
	KUNIT_EXPECT_TRUE(test, xe_vma_set_preferred_loc(vma, 7, a, 0));
	KUNIT_EXPECT_FALSE(test, xe_vma_set_preferred_loc(vma, 8, a, 0));
	KUNIT_EXPECT_EQ(test, vma->attr.preferred_loc.devmem_fd, 8);

	KUNIT_EXPECT_TRUE(test, xe_vma_set_preferred_loc(vma, 0, a, 1));
	KUNIT_EXPECT_EQ(test, vma->attr.preferred_loc.migration_policy, 1);

	/* Without a node, the special values of the file descriptor differ. */
	KUNIT_EXPECT_TRUE(test, xe_vma_set_preferred_loc(vma, -1, NULL, 0));
	KUNIT_EXPECT_TRUE(test, xe_vma_set_preferred_loc(vma, 0, NULL, 0));
	KUNIT_EXPECT_TRUE(test, xe_vma_has_default_mem_attrs(vma));
}

/* References to nodes that the driver has taken, beyond those at the start of a test. */
static int num_references;

static void count_get(struct drm_pagemap_node *node)
{
	if (!node)
		return;
	drm_pagemap_node_get(node);
	num_references++;
}

static void count_put(struct drm_pagemap_node *node)
{
	if (!node)
		return;
	drm_pagemap_node_put(node);
	num_references--;
}

static void count_references(struct kunit *test)
{
	num_references = 0;
	kunit_activate_static_stub(test, xe_pagemap_topology_node_get, count_get);
	kunit_activate_static_stub(test, xe_pagemap_topology_node_put, count_put);
}

static void attributes_are_copied(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct drm_pagemap_node *node = xe_fake_vram(xe, 0)->pagemap_node;
	struct xe_vma_mem_attr from = { .pat_index = 3 }, to = {}, none = {};

	count_references(test);
	xe_pagemap_topology_node_get(node);
	from.preferred_loc.node = node;
	xe_vma_mem_attr_copy(&to, &from);
	KUNIT_EXPECT_PTR_EQ(test, to.preferred_loc.node, node);
	KUNIT_EXPECT_EQ(test, to.pat_index, 3);
	KUNIT_EXPECT_EQ(test, num_references, 2);

	/* A second copy of the same attributes takes no further reference. */
	xe_vma_mem_attr_copy(&to, &from);
	KUNIT_EXPECT_EQ(test, num_references, 2);

	xe_vma_mem_attr_copy(&to, &none);
	KUNIT_EXPECT_NULL(test, to.preferred_loc.node);
	xe_vma_mem_attr_copy(&from, &none);
	KUNIT_EXPECT_EQ(test, num_references, 0);
}

static void split_keeps_id(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct drm_pagemap_node *node = xe_fake_vram(xe, 0)->pagemap_node;
	struct xe_vm *vm = create_svm_vm(test, xe);
	u64 start = FAKE_VMA_START + SZ_4M, size = SZ_2M;
	u32 id = drm_pagemap_node_id(node);
	struct xe_vma *vma;

	count_references(test);
	guard(rwsem_write)(&vm->lock);
	xe_vma_set_preferred_loc(add_vma(test, vm), 0, node, 1);
	KUNIT_ASSERT_EQ(test, 0, xe_vm_alloc_madvise_vma(vm, start, size));

	for (u64 addr = FAKE_VMA_START; addr < FAKE_VMA_START + FAKE_VMA_SIZE;
	     addr = xe_vma_end(vma)) {
		vma = vma_at(test, vm, addr);
		KUNIT_EXPECT_EQ(test, xe_vma_preferred_pagemap_id(vma), id);
		KUNIT_EXPECT_EQ(test, vma->attr.preferred_loc.migration_policy, 1);
		KUNIT_EXPECT_TRUE(test, xe_vma_is_cpu_addr_mirror(vma));
	}
	KUNIT_EXPECT_EQ(test, xe_vma_start(vma_at(test, vm, start)), start);
	KUNIT_EXPECT_EQ(test, xe_vma_size(vma_at(test, vm, start)), size);
	KUNIT_EXPECT_EQ(test, num_references, 3);

	/* Only the middle part loses its preference. */
	xe_vma_set_preferred_loc(vma_at(test, vm, start), 0, NULL, 0);
	KUNIT_EXPECT_EQ(test, xe_vma_preferred_pagemap_id(vma_at(test, vm, start - 1)), id);
	KUNIT_EXPECT_EQ(test, xe_vma_preferred_pagemap_id(vma_at(test, vm, start + size)),
			id);
	KUNIT_EXPECT_EQ(test, num_references, 2);
}

static void merge_keeps_id(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct drm_pagemap_node *node = xe_fake_vram(xe, 0)->pagemap_node;
	struct xe_vm *vm = create_svm_vm(test, xe);
	u64 middle = FAKE_VMA_START + SZ_4M, last = middle + SZ_4M;
	u64 start = middle, end = last;

	/* Three VMAs, of which the one in the middle has a preference. */
	guard(rwsem_write)(&vm->lock);
	add_vma(test, vm);
	KUNIT_ASSERT_EQ(test, 0, xe_vm_alloc_madvise_vma(vm, middle, SZ_4M));
	xe_vma_set_preferred_loc(vma_at(test, vm, middle), 0, node, 0);

	/* A VMA with a preference does not merge with its neighbours. */
	start = last;
	end = FAKE_VMA_START + FAKE_VMA_SIZE;
	xe_vm_find_cpu_addr_mirror_vma_range(vm, &start, &end);
	KUNIT_EXPECT_EQ(test, start, last);

	/* Without the preference, they merge. */
	xe_vma_set_preferred_loc(vma_at(test, vm, middle), 0, NULL, 0);
	start = middle;
	end = last;
	xe_vm_find_cpu_addr_mirror_vma_range(vm, &start, &end);
	KUNIT_EXPECT_EQ(test, start, FAKE_VMA_START);
	KUNIT_EXPECT_EQ(test, end, FAKE_VMA_START + FAKE_VMA_SIZE);
	KUNIT_ASSERT_EQ(test, 0, xe_vm_alloc_cpu_addr_mirror_vma(vm, start, end - start));
	KUNIT_EXPECT_EQ(test, xe_vma_size(vma_at(test, vm, middle)), FAKE_VMA_SIZE);
	KUNIT_EXPECT_EQ(test, xe_vma_preferred_pagemap_id(vma_at(test, vm, middle)), 0);
}

/* Resolve with the lock of a page fault, and drop the reference at once. */
static void *resolve(struct xe_vm *vm, struct xe_vma *vma)
{
	struct drm_pagemap *dpagemap;

	guard(rwsem_write)(&vm->lock);
	dpagemap = xe_vma_resolve_pagemap(vma, xe_device_get_root_tile(vm->xe));
	if (!IS_ERR_OR_NULL(dpagemap))
		drm_pagemap_put(dpagemap);

	return dpagemap;
}

static void default_is_own_tile(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_PVC);
	struct xe_vm *vm = create_svm_vm(test, xe);
	struct xe_vma *vma = add_vma(test, vm);
	struct drm_pagemap *dpagemap;

	dpagemap = resolve(vm, vma);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
	KUNIT_EXPECT_PTR_EQ(test, dpagemap->drm, &xe->drm);
	KUNIT_EXPECT_EQ(test, atomic_read(&xe_fake_vram(xe, 0)->num_pagemaps), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&xe_fake_vram(xe, 1)->num_pagemaps), 0);

	xe_vma_set_preferred_loc(vma, DRM_XE_PREFERRED_LOC_DEFAULT_SYSTEM, NULL, 0);
	KUNIT_EXPECT_NULL(test, resolve(vm, vma));

	xe_vma_set_preferred_loc(vma, 0, xe_fake_vram(xe, 1)->pagemap_node, 0);
	KUNIT_EXPECT_PTR_NE(test, resolve(vm, vma), dpagemap);
	KUNIT_EXPECT_EQ(test, atomic_read(&xe_fake_vram(xe, 1)->num_pagemaps), 1);
}

static void vm_has_owner_of_pages(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct xe_vm *vm = create_svm_vm(test, xe);
	struct drm_pagemap *dpagemap = resolve(vm, add_vma(test, vm));

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
	KUNIT_EXPECT_PTR_EQ(test, xe_svm_private_page_owner(vm, false),
			    dpagemap->pagemap->owner);
	KUNIT_EXPECT_NULL(test, xe_svm_private_page_owner(vm, true));
	KUNIT_EXPECT_NULL(test, xe_svm_private_page_owner(create_vm(test, xe, 0), false));
}

static void placement_survives_rebind(struct kunit *test)
{
	struct drm_pagemap *dpagemap;
	struct xe_device *xe, *peer;
	struct xe_vma *vma;
	struct xe_vm *vm;

	connect(test);
	xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	peer = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	vm = create_svm_vm(test, xe);
	vma = add_vma(test, vm);
	xe_vma_set_preferred_loc(vma, 0, xe_fake_vram(peer, 0)->pagemap_node, 0);

	/* No struct pages exist before first use. */
	KUNIT_EXPECT_EQ(test, atomic_read(&xe_fake_vram(peer, 0)->num_pagemaps), 0);
	dpagemap = resolve(vm, vma);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
	KUNIT_EXPECT_PTR_EQ(test, dpagemap->drm, &peer->drm);

	xe_fake_unplug(test, 1);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(resolve(vm, vma)), -ENODEV);

	peer = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	dpagemap = resolve(vm, vma);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
	KUNIT_EXPECT_PTR_EQ(test, dpagemap->drm, &peer->drm);
}

static void unplugged_vm_releases_group(struct kunit *test)
{
	struct xe_device *xe, *peer;
	struct xe_vma *vma;
	struct xe_vm *vm;

	connect(test);
	xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	peer = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	vm = create_svm_vm(test, peer);
	vma = add_vma(test, vm);
	xe_vma_set_preferred_loc(vma, 0, xe_fake_vram(xe, 0)->pagemap_node, 0);
	vm->usm.asid = 1;
	KUNIT_ASSERT_NULL(test, xa_store(&peer->usm.asid_to_vm, 1, vm, GFP_KERNEL));
	INIT_LIST_HEAD(&vm->preempt.exec_queues);

	xe_fake_unregister(test, 1);
	KUNIT_EXPECT_NULL(test, vm->svm.group);
	scoped_guard(rwsem_read, &vm->lock)
		KUNIT_EXPECT_TRUE(test, xe_vm_is_closed_or_banned(vm));
	KUNIT_EXPECT_TRUE(test, IS_ERR(resolve(vm, vma)));

	xa_erase(&peer->usm.asid_to_vm, 1);
	close_vm(test, vm);
}

/* Query a list of IDs, as user space does. */
static int ask(struct kunit *test, struct xe_vm *vm, u64 user,
	       struct drm_xe_pagemap_access *entries, u32 num)
{
	struct drm_xe_vm_get_property args = {
		.property = DRM_XE_VM_GET_PROPERTY_PAGEMAP_ACCESS,
		.size = num * sizeof(*entries),
		.data = user,
	};
	int err;

	KUNIT_ASSERT_EQ(test, 0, copy_to_user(u64_to_user_ptr(user), entries,
					      args.size));
	err = xe_vm_pagemap_access(vm, &args);
	KUNIT_ASSERT_EQ(test, 0, copy_from_user(entries, u64_to_user_ptr(user),
						args.size));

	return err;
}

static void access_query_returns_errors(struct kunit *test)
{
	struct drm_xe_pagemap_access entries[] = { {}, {}, {}, { U32_MAX, 1 }, {} };
	struct drm_xe_vm_get_property bad = {};
	struct xe_device *xe, *peer;
	struct xe_vm *vm;
	u64 user;

	connect(test);
	user = kunit_vm_mmap(test, NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE(test, user, 0);
	xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	peer = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	vm = create_svm_vm(test, xe);
	entries[1].pagemap_id = xe_fake_id(test, xe, 0);
	entries[2].pagemap_id = xe_fake_id(test, peer, 0);
	/* A kernel thread has no /dev, so it could not open the render node. */
	entries[4].pagemap_id = xe_fake_id(test, xe_fake_plug(test, 2, XE_BATTLEMAGE), 0);
	xe_pagemap_topology_kill(peer);

	KUNIT_EXPECT_EQ(test, 0, ask(test, vm, user, entries, ARRAY_SIZE(entries)));
	KUNIT_EXPECT_EQ(test, entries[0].error, 0);
	KUNIT_EXPECT_EQ(test, entries[1].error, 0);
	KUNIT_EXPECT_EQ(test, entries[2].error, -ENODEV);
	KUNIT_EXPECT_EQ(test, entries[3].error, -ENOENT);
	KUNIT_EXPECT_EQ(test, entries[3].pagemap_id, U32_MAX);
	KUNIT_EXPECT_EQ(test, entries[4].error, -EACCES);
	KUNIT_EXPECT_EQ(test, atomic_read(&xe_fake_vram(xe, 0)->num_pagemaps), 0);

	KUNIT_EXPECT_EQ(test, -EINVAL,
			ask(test, create_vm(test, xe, 0), user, entries, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL, xe_vm_pagemap_access(vm, &bad));
	bad.data = user;
	bad.size = sizeof(entries[0]) + 1;
	KUNIT_EXPECT_EQ(test, -EINVAL, xe_vm_pagemap_access(vm, &bad));
	bad.size = (DRM_XE_PAGEMAP_ACCESS_MAX + 1) * sizeof(entries[0]);
	KUNIT_EXPECT_EQ(test, -EINVAL, xe_vm_pagemap_access(vm, &bad));
	bad.size = sizeof(entries[0]);
	bad.data = PAGE_SIZE - 1 - sizeof(entries[0]);
	KUNIT_EXPECT_EQ(test, -EFAULT, xe_vm_pagemap_access(vm, &bad));
	vm->flags |= XE_VM_FLAG_BANNED;
	KUNIT_EXPECT_EQ(test, -ENOENT, ask(test, vm, user, entries, 1));
}

/* What a program gets for a file descriptor and an instance. */
static int fd_error(struct xe_vm *vm, int fd, u32 instance, u32 *id)
{
	struct drm_pagemap_node *node = xe_vm_pagemap_from_fd(fd, instance);
	int err;

	if (IS_ERR(node))
		return PTR_ERR(node);

	scoped_guard(rwsem_read, &vm->lock)
		err = xe_vm_pagemap_check(vm, node);
	*id = drm_pagemap_node_id(node);
	drm_pagemap_node_put(node);

	return err;
}

/* A file of another driver, whose private data is no DRM file. */
static const struct file_operations other_fops = {};

/* As before pagemap IDs: 0 for the own device, 0 or -ENOLINK for another one. */
static void fd_is_permission(struct kunit *test)
{
	struct xe_fake_world *world = test->priv;
	struct xe_device *xe, *linked, *unlinked;
	int own, peer, other, foreign;
	struct xe_vm *vm;
	u32 id;

	connect(test);
	world->paths[0][2].refusal = DRM_PAGEMAP_REFUSED_ACS;
	world->paths[1][2].refusal = DRM_PAGEMAP_REFUSED_ACS;
	xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	linked = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	unlinked = xe_fake_plug(test, 2, XE_BATTLEMAGE);
	vm = create_svm_vm(test, xe);
	own = xe_fake_open(test, xe);
	peer = xe_fake_open(test, linked);
	other = xe_fake_open(test, unlinked);

	KUNIT_EXPECT_EQ(test, fd_error(vm, own, 1, &id), 0);
	KUNIT_EXPECT_EQ(test, id, xe_fake_id(test, xe, 0));
	/* By ID, this task would get -EACCES. */
	KUNIT_EXPECT_EQ(test, fd_error(vm, peer, 1, &id), 0);
	KUNIT_EXPECT_EQ(test, id, xe_fake_id(test, linked, 0));
	KUNIT_EXPECT_EQ(test, fd_error(vm, other, 1, &id), -ENOLINK);

	KUNIT_EXPECT_EQ(test, fd_error(vm, own, 0, &id), -ENOENT);
	KUNIT_EXPECT_EQ(test, fd_error(vm, own, 2, &id), -ENOENT);
	KUNIT_EXPECT_EQ(test, fd_error(vm, INT_MAX, 1, &id), -ENOENT);
	foreign = anon_inode_getfd("other", &other_fops, NULL, O_CLOEXEC);
	KUNIT_ASSERT_GE(test, foreign, 0);
	KUNIT_EXPECT_EQ(test, fd_error(vm, foreign, 1, &id), -ENOENT);
	close_fd(foreign);
	/* A VM without page faults. */
	KUNIT_EXPECT_EQ(test, fd_error(create_vm(test, xe, 0), own, 1, &id), -ENOLINK);

	xe_fake_unregister(test, 1);
	KUNIT_EXPECT_EQ(test, fd_error(vm, peer, 1, &id), -ENODEV);
}

static unsigned long fault_threshold(struct kunit *test, enum xe_platform platform, bool prefer)
{
	struct xe_device *xe = xe_fake_plug(test, 0, platform);
	struct xe_device *peer = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	struct xe_vma *vma = add_vma(test, create_svm_vm(test, xe));
	unsigned long threshold;

	if (prefer)
		xe_vma_set_preferred_loc(vma, 0, xe_fake_vram(peer, 0)->pagemap_node, 0);
	threshold = xe_svm_check_pages_threshold(vma);
	xe_vma_set_preferred_loc(vma, 0, NULL, 0);
	close_vm(test, xe_vma_vm(vma));
	xe_fake_unplug(test, 0);
	xe_fake_unplug(test, 1);

	return threshold;
}

/* With a threshold, the first page fault of a small mapping gets a range of 4 KiB. */
static void integrated_gpus_fault_large_ranges(struct kunit *test)
{
	connect(test);
	KUNIT_EXPECT_EQ(test, 0, fault_threshold(test, XE_LUNARLAKE, false));
	KUNIT_EXPECT_EQ(test, SZ_64K, fault_threshold(test, XE_LUNARLAKE, true));
	KUNIT_EXPECT_EQ(test, SZ_64K, fault_threshold(test, XE_BATTLEMAGE, false));
}

/* A VM and a VMA that prefers the memory of a peer. */
static struct xe_vma *prefer_peer(struct kunit *test, u32 devmem_fd)
{
	struct xe_device *xe, *peer;
	struct xe_vma *vma;

	connect(test);
	xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	peer = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	vma = add_vma(test, create_svm_vm(test, xe));
	xe_vma_set_preferred_loc(vma, devmem_fd, xe_fake_vram(peer, 0)->pagemap_node, 0);

	return vma;
}

static void unresolved_fault_leaves_pages(struct kunit *test)
{
	struct xe_vma *vma = prefer_peer(test, 0);
	struct xe_vm *vm = xe_vma_vm(vma);
	struct xe_tile *tile = xe_device_get_root_tile(vm->xe);
	struct drm_gpusvm_ctx ctx = {};
	struct drm_pagemap *dpagemap;

	guard(rwsem_write)(&vm->lock);
	dpagemap = xe_svm_fault_pagemap(vma, tile, &ctx);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dpagemap);
	KUNIT_EXPECT_PTR_EQ(test, ctx.device_private_page_owner,
			    xe_svm_private_page_owner(vm, false));
	drm_pagemap_put(dpagemap);

	/* An owner of NULL would move all pages to system memory. */
	xe_fake_unplug(test, 1);
	ctx = (struct drm_gpusvm_ctx) {};
	KUNIT_EXPECT_NULL(test, xe_svm_fault_pagemap(vma, tile, &ctx));
	KUNIT_EXPECT_PTR_EQ(test, ctx.device_private_page_owner,
			    xe_svm_private_page_owner(vm, false));
	KUNIT_EXPECT_NOT_NULL(test, ctx.device_private_page_owner);

	/* System memory is what the program wants. */
	xe_vma_set_preferred_loc(vma, DRM_XE_PREFERRED_LOC_DEFAULT_SYSTEM, NULL, 0);
	KUNIT_EXPECT_NULL(test, xe_svm_fault_pagemap(vma, tile, &ctx));
	KUNIT_EXPECT_NULL(test, ctx.device_private_page_owner);

	/* An atomic access needs the memory of the device. */
	xe_pagemap_topology_kill(vm->xe);
	ctx.devmem_only = true;
	KUNIT_EXPECT_TRUE(test, IS_ERR(xe_svm_fault_pagemap(vma, tile, &ctx)));
}

static int prefetch_error(struct xe_vma *vma, struct xe_tile *tile,
			  struct xe_vma_op_prefetch_range *op)
{
	int err;

	*op = (struct xe_vma_op_prefetch_range) {};
	scoped_guard(rwsem_write, &xe_vma_vm(vma)->lock)
		err = xe_svm_prefetch_pagemap(vma, tile, op);
	drm_pagemap_put(op->dpagemap);

	return err;
}

static void prefetch_reports_ids_only(struct kunit *test)
{
	struct xe_vma *vma = prefer_peer(test, 0);
	struct xe_device *xe = xe_vma_vm(vma)->xe;
	struct drm_pagemap_node *node = vma->attr.preferred_loc.node;
	struct xe_tile *tile = xe_device_get_root_tile(xe);
	struct xe_vma_op_prefetch_range op;

	KUNIT_EXPECT_EQ(test, 0, prefetch_error(vma, NULL, &op));
	KUNIT_EXPECT_NOT_NULL(test, op.dpagemap);
	KUNIT_EXPECT_FALSE(test, op.stay);

	xe_fake_unplug(test, 1);
	KUNIT_EXPECT_EQ(test, -ENODEV, prefetch_error(vma, NULL, &op));
	/* An explicit region has nothing to do with the preference. */
	KUNIT_EXPECT_EQ(test, 0, prefetch_error(vma, tile, &op));
	KUNIT_EXPECT_NOT_NULL(test, op.dpagemap);

	/* By file descriptor, the prefetch is best effort, as ever. */
	xe_vma_set_preferred_loc(vma, 7, node, 0);
	KUNIT_EXPECT_EQ(test, 0, prefetch_error(vma, NULL, &op));
	KUNIT_EXPECT_NULL(test, op.dpagemap);
	KUNIT_EXPECT_TRUE(test, op.stay);

	/* So is one to the own memory, if that can't be used. */
	xe_vma_set_preferred_loc(vma, 0, NULL, 0);
	xe_pagemap_topology_kill(xe);
	KUNIT_EXPECT_EQ(test, 0, prefetch_error(vma, NULL, &op));
	KUNIT_EXPECT_TRUE(test, op.stay);
	KUNIT_EXPECT_EQ(test, 0, prefetch_error(vma, tile, &op));
	KUNIT_EXPECT_TRUE(test, op.stay);
}

/* The error of a lookup for one operation. */
static int prefetch_id_error(struct xe_vm *vm, u32 id)
{
	struct drm_xe_vm_bind_op op = {
		.op = DRM_XE_VM_BIND_OP_PREFETCH,
		.flags = DRM_XE_VM_BIND_FLAG_PREFETCH_PAGEMAP,
		.prefetch_pagemap_id = id,
	};
	struct drm_pagemap_node **nodes = xe_svm_prefetch_nodes_get(vm, &op, 1);

	if (IS_ERR(nodes))
		return PTR_ERR(nodes);
	xe_svm_prefetch_nodes_put(nodes, 1);

	return 0;
}

static void prefetch_ids_are_looked_up(struct kunit *test)
{
	struct xe_vma *vma = prefer_peer(test, 0);
	struct xe_vm *vm = xe_vma_vm(vma);
	u32 own = xe_fake_id(test, vm->xe, 0);
	struct drm_xe_vm_bind_op ops[] = {
		{ .op = DRM_XE_VM_BIND_OP_MAP },
		{
			.op = DRM_XE_VM_BIND_OP_PREFETCH,
			.flags = DRM_XE_VM_BIND_FLAG_PREFETCH_PAGEMAP,
			.prefetch_pagemap_id = own,
		},
	}, bad;
	struct drm_pagemap_node **nodes;

	KUNIT_EXPECT_TRUE(test, xe_svm_prefetch_args_are_sane(vm, &ops[1]));
	KUNIT_EXPECT_FALSE(test, xe_svm_prefetch_args_are_sane(create_vm(test, vm->xe, 0),
							       &ops[1]));
	bad = ops[1];
	bad.prefetch_pagemap_id = 0;
	KUNIT_EXPECT_FALSE(test, xe_svm_prefetch_args_are_sane(vm, &bad));
	bad = ops[1];
	bad.op = DRM_XE_VM_BIND_OP_UNMAP;
	KUNIT_EXPECT_FALSE(test, xe_svm_prefetch_args_are_sane(vm, &bad));

	KUNIT_EXPECT_NULL(test, xe_svm_prefetch_nodes_get(vm, ops, 1));
	nodes = xe_svm_prefetch_nodes_get(vm, ops, 2);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, nodes);
	KUNIT_EXPECT_NULL(test, nodes[0]);
	KUNIT_EXPECT_EQ(test, drm_pagemap_node_id(nodes[1]), own);
	xe_svm_prefetch_nodes_put(nodes, 2);

	KUNIT_EXPECT_EQ(test, -ENOENT, prefetch_id_error(vm, U32_MAX));
	/* A preference is no permission for other ranges. */
	KUNIT_EXPECT_EQ(test, -EACCES, prefetch_id_error(vm, xe_vma_preferred_pagemap_id(vma)));
}

static int prefetch_node_error(struct xe_vma *vma, struct drm_pagemap_node *node,
			       struct xe_vma_op_prefetch_range *op)
{
	int err;

	*op = (struct xe_vma_op_prefetch_range) {};
	scoped_guard(rwsem_write, &xe_vma_vm(vma)->lock)
		err = xe_svm_prefetch_node(vma, node, op);
	drm_pagemap_put(op->dpagemap);

	return err;
}

static void prefetch_by_id_ignores_preference(struct kunit *test)
{
	struct xe_vma *vma = prefer_peer(test, 0);
	struct xe_vm *vm = xe_vma_vm(vma);
	struct drm_pagemap_node *peer = vma->attr.preferred_loc.node;
	struct drm_pagemap_node *own = xe_fake_vram(vm->xe, 0)->pagemap_node;
	struct xe_vma_op_prefetch_range op;

	KUNIT_EXPECT_EQ(test, 0, prefetch_node_error(vma, own, &op));
	KUNIT_ASSERT_NOT_NULL(test, op.dpagemap);
	KUNIT_EXPECT_PTR_EQ(test, op.dpagemap->drm, &vm->xe->drm);
	KUNIT_EXPECT_PTR_EQ(test, vma->attr.preferred_loc.node, peer);
	KUNIT_EXPECT_EQ(test, 0, prefetch_node_error(vma, peer, &op));

	vma->gpuva.flags = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, prefetch_node_error(vma, own, &op));
	vma->gpuva.flags = XE_VMA_SYSTEM_ALLOCATOR;

	/* All errors are reported: the program has asked for this pagemap. */
	xe_vma_set_preferred_loc(vma, DRM_XE_PREFERRED_LOC_DEFAULT_SYSTEM, NULL, 0);
	drm_pagemap_node_get(peer);
	xe_fake_unplug(test, 1);
	KUNIT_EXPECT_EQ(test, -ENODEV, prefetch_node_error(vma, peer, &op));
	KUNIT_EXPECT_NULL(test, op.dpagemap);
	drm_pagemap_node_put(peer);
}

static bool is_active(struct xe_vram_region *vr)
{
	struct drm_pagemap *dpagemap = drm_pagemap_get_from_cache_if_active(vr->dpagemap_cache);

	drm_pagemap_put(dpagemap);

	return dpagemap;
}

/* The shrinker takes only struct pages that nobody references. */
static void own_pages_are_kept(struct kunit *test)
{
	struct xe_vma *vma = prefer_peer(test, 0);
	struct xe_vm *vm = xe_vma_vm(vma);
	struct xe_vram_region *own = xe_fake_vram(vm->xe, 0);
	struct xe_vram_region *peer = drm_pagemap_node_private(vma->attr.preferred_loc.node);
	struct xe_vma_op_prefetch_range op;

	KUNIT_EXPECT_FALSE(test, is_active(own));
	KUNIT_EXPECT_EQ(test, 0, prefetch_error(vma, NULL, &op));
	KUNIT_EXPECT_FALSE(test, is_active(peer));
	/* The VM takes one reference, however often it uses the pagemap. */
	for (unsigned int i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, 0, prefetch_error(vma, xe_device_get_root_tile(vm->xe),
							&op));
	KUNIT_EXPECT_TRUE(test, is_active(own));

	xe_svm_pagemap_release(vm);
	KUNIT_EXPECT_FALSE(test, is_active(own));
}

static int madvise(struct xe_vm *vm, struct drm_file *file, struct drm_xe_madvise args)
{
	args.vm_id = 1;
	args.start = FAKE_VMA_START;
	args.range = FAKE_VMA_SIZE;

	return xe_vm_madvise_ioctl(&vm->xe->drm, &args, file);
}

static int madvise_id(struct xe_vm *vm, struct drm_file *file, u32 id, u32 pad)
{
	return madvise(vm, file, (struct drm_xe_madvise) {
		.type = DRM_XE_MEM_RANGE_ATTR_PREFERRED_PAGEMAP,
		.preferred_pagemap = { .pagemap_id = id, .pad = pad },
	});
}

static int madvise_fd(struct xe_vm *vm, struct drm_file *file, int fd, u16 instance)
{
	return madvise(vm, file, (struct drm_xe_madvise) {
		.type = DRM_XE_MEM_RANGE_ATTR_PREFERRED_LOC,
		.preferred_mem_loc = { .devmem_fd = fd, .region_instance = instance },
	});
}

static void no_garbage(struct work_struct *work)
{
}

KUNIT_DEFINE_ACTION_WRAPPER(forget_vms, xa_destroy, struct xarray *);

/* Give the VM a file, where it has the handle 1. */
static struct drm_file *file_of(struct kunit *test, struct xe_vm *vm)
{
	struct drm_file *file = kunit_kzalloc(test, sizeof(*file), GFP_KERNEL);
	struct xe_file *xef = kunit_kzalloc(test, sizeof(*xef), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, file);
	KUNIT_ASSERT_NOT_NULL(test, xef);
	file->driver_priv = xef;
	mutex_init(&xef->vm.lock);
	xa_init_flags(&xef->vm.xa, XA_FLAGS_ALLOC1);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, forget_vms, &xef->vm.xa));
	KUNIT_ASSERT_EQ(test, 0, xa_err(xa_store(&xef->vm.xa, 1, vm, GFP_KERNEL)));
	INIT_WORK(&vm->svm.garbage_collector.work, no_garbage);

	return file;
}

static void madvise_sets_pagemaps(struct kunit *test)
{
	struct xe_device *xe, *peer;
	struct drm_file *file;
	struct xe_vma *vma;
	struct xe_vm *vm;
	u32 own, other;
	int fd;

	connect(test);
	xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	peer = xe_fake_plug(test, 1, XE_BATTLEMAGE);
	own = xe_fake_id(test, xe, 0);
	other = xe_fake_id(test, peer, 0);
	vm = create_svm_vm(test, xe);
	vma = add_vma(test, vm);
	file = file_of(test, vm);
	/* The first one may be 0, which means the default. */
	fd = xe_fake_open(test, peer) ?: xe_fake_open(test, peer);

	KUNIT_EXPECT_EQ(test, 0, madvise_id(vm, file, own, 0));
	KUNIT_EXPECT_EQ(test, xe_vma_preferred_pagemap_id(vma), own);
	KUNIT_EXPECT_TRUE(test, xe_vma_prefers_id(vma));

	/* Errors change nothing. */
	KUNIT_EXPECT_EQ(test, -ENOENT, madvise_id(vm, file, U32_MAX, 0));
	KUNIT_EXPECT_EQ(test, -EACCES, madvise_id(vm, file, other, 0));
	KUNIT_EXPECT_EQ(test, -EINVAL, madvise_id(vm, file, other, 1));
	KUNIT_EXPECT_EQ(test, -ENOENT, madvise_fd(vm, file, fd, 2));
	KUNIT_EXPECT_EQ(test, xe_vma_preferred_pagemap_id(vma), own);

	KUNIT_EXPECT_EQ(test, 0, madvise_fd(vm, file, fd, 1));
	KUNIT_EXPECT_EQ(test, xe_vma_preferred_pagemap_id(vma), other);
	KUNIT_EXPECT_FALSE(test, xe_vma_prefers_id(vma));

	/* The placement does not depend on the open file. */
	xe_fake_close_fd(test, fd);
	KUNIT_EXPECT_EQ(test, xe_vma_preferred_pagemap_id(vma), other);

	KUNIT_EXPECT_EQ(test, 0, madvise_id(vm, file, 0, 0));
	KUNIT_EXPECT_TRUE(test, xe_vma_has_default_mem_attrs(vma));
}

static int query_places(struct xe_vm *vm, struct drm_file *file,
			struct drm_xe_vm_query_residency args)
{
	return xe_vm_query_residency_ioctl(&vm->xe->drm, &args, file);
}

/* A query of one page with two elements, into the memory that it is about. */
static void residency_query_checks_arguments(struct kunit *test)
{
	struct xe_device *xe = xe_fake_plug(test, 0, XE_BATTLEMAGE);
	struct xe_vm *vm = create_svm_vm(test, xe);
	struct drm_file *file = file_of(test, vm);
	u32 places[] = { 1, 2, 3, 4 };
	struct drm_xe_vm_query_residency good, bad;
	u64 user;

	user = kunit_vm_mmap(test, NULL, 0, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE(test, user, 0);
	KUNIT_ASSERT_EQ(test, 0, copy_to_user(u64_to_user_ptr(user), places, sizeof(places)));
	vm->size = TASK_SIZE;
	good = (struct drm_xe_vm_query_residency) {
		.vm_id = 1,
		.place_stride = 2 * sizeof(u32),
		.start = user,
		.range = 2 * PAGE_SIZE,
		.places = user,
	};

	/* The VM is of another process, then of this one. */
	KUNIT_EXPECT_EQ(test, -EPERM, query_places(vm, file, good));
	mmgrab(current->mm);
	vm->svm.gpusvm.mm = current->mm;
	KUNIT_EXPECT_EQ(test, 0, query_places(vm, file, good));
	KUNIT_ASSERT_EQ(test, 0, copy_from_user(places, u64_to_user_ptr(user), sizeof(places)));
	KUNIT_EXPECT_EQ(test, places[0], DRM_XE_PAGE_PLACE_SYSTEM);
	KUNIT_EXPECT_EQ(test, places[1], 0);
	KUNIT_EXPECT_EQ(test, places[2], DRM_XE_PAGE_PLACE_NOT_PRESENT);
	KUNIT_EXPECT_EQ(test, places[3], 0);

#define EXPECT_ERROR(err, change) do { \
	bad = good; \
	bad.change; \
	KUNIT_EXPECT_EQ(test, err, query_places(vm, file, bad)); \
} while (0)
	EXPECT_ERROR(-EINVAL, extensions = 1);
	EXPECT_ERROR(-EINVAL, reserved[0] = 1);
	EXPECT_ERROR(-EINVAL, reserved[1] = BIT_ULL(63));
	EXPECT_ERROR(-EINVAL, place_stride = 0);
	EXPECT_ERROR(-EINVAL, place_stride = sizeof(u32) + 1);
	EXPECT_ERROR(-EINVAL, place_stride = DRM_XE_PAGE_PLACE_STRIDE_MAX + sizeof(u32));
	EXPECT_ERROR(-EINVAL, start += 8);
	EXPECT_ERROR(-EINVAL, range = 0);
	EXPECT_ERROR(-EINVAL, range += 8);
	EXPECT_ERROR(-EINVAL, range = -user);
	EXPECT_ERROR(-EINVAL, start = ALIGN_DOWN(vm->size, PAGE_SIZE));
	EXPECT_ERROR(-ENOENT, vm_id = 2);
	EXPECT_ERROR(-EFAULT, places = PAGE_SIZE);
#undef EXPECT_ERROR

	vm->flags &= ~XE_VM_FLAG_FAULT_MODE;
	KUNIT_EXPECT_EQ(test, -EINVAL, query_places(vm, file, good));
	vm->flags |= XE_VM_FLAG_FAULT_MODE | XE_VM_FLAG_BANNED;
	KUNIT_EXPECT_EQ(test, -ENOENT, query_places(vm, file, good));
}

static struct kunit_case xe_vm_pagemap_cases[] = {
	KUNIT_CASE(arguments_are_checked),
	KUNIT_CASE(ids_need_svm_vm),
	KUNIT_CASE(same_location_is_no_change),
	KUNIT_CASE(attributes_are_copied),
	KUNIT_CASE(split_keeps_id),
	KUNIT_CASE(merge_keeps_id),
	KUNIT_CASE(default_is_own_tile),
	KUNIT_CASE(vm_has_owner_of_pages),
	KUNIT_CASE(placement_survives_rebind),
	KUNIT_CASE(unplugged_vm_releases_group),
	KUNIT_CASE(access_query_returns_errors),
	KUNIT_CASE(fd_is_permission),
	KUNIT_CASE(integrated_gpus_fault_large_ranges),
	KUNIT_CASE(unresolved_fault_leaves_pages),
	KUNIT_CASE(prefetch_reports_ids_only),
	KUNIT_CASE(prefetch_ids_are_looked_up),
	KUNIT_CASE(prefetch_by_id_ignores_preference),
	KUNIT_CASE(own_pages_are_kept),
	KUNIT_CASE(madvise_sets_pagemaps),
	KUNIT_CASE(residency_query_checks_arguments),
	{}
};

struct kunit_suite xe_vm_pagemap_suite = {
	.name = "xe_vm_pagemap",
	.init = xe_fake_init,
	.test_cases = xe_vm_pagemap_cases,
};
EXPORT_SYMBOL_IF_KUNIT(xe_vm_pagemap_suite);
