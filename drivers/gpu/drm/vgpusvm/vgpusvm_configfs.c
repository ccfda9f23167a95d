// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * GPUs in configfs.
 */

#include <linux/cleanup.h>
#include <linux/configfs.h>
#include <linux/ctype.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vgpusvm_configfs.h"
#include "vgpusvm_configfs_parts.h"
#include "vgpusvm_gpu.h"
#include "vgpusvm_inject.h"
#include "vgpusvm_options.h"

static struct configfs_subsystem vgpusvm_subsystem;

/**
 * struct vgpusvm_cfs_gpu - A GPU in configfs
 * @group: Directory of the GPU.
 * @parts: Regions and links of the GPU.
 * @inject: Failures of the GPU.
 */
struct vgpusvm_cfs_gpu {
	struct config_group group;
	struct vgpusvm_cfs_parts parts;
	struct vgpusvm_inject *inject;
};

static struct vgpusvm_cfs_gpu *to_vgpusvm_cfs_gpu(struct config_item *item)
{
	return container_of(to_config_group(item), struct vgpusvm_cfs_gpu,
			    group);
}

static struct vgpusvm_gpu *vgpusvm_cfs_gpu_of(struct config_item *item)
{
	return to_vgpusvm_cfs_gpu(item)->parts.gpu;
}

/*
 * No directory of an enabled GPU can be removed. Pinning a directory does not
 * pin the directories below it, so each of them is pinned.
 */
static int vgpusvm_cfs_pin(struct vgpusvm_cfs_gpu *gpu)
{
	int err;

	err = vgpusvm_cfs_parts_pin(&gpu->parts, &vgpusvm_subsystem);
	if (err)
		return err;

	err = configfs_depend_item_unlocked(&vgpusvm_subsystem,
					    &gpu->group.cg_item);
	if (err)
		vgpusvm_cfs_parts_unpin(&gpu->parts);

	return err;
}

static void vgpusvm_cfs_unpin(struct vgpusvm_cfs_gpu *gpu)
{
	vgpusvm_cfs_parts_unpin(&gpu->parts);
	configfs_undepend_item_unlocked(&gpu->group.cg_item);
}

static ssize_t vgpusvm_cfs_gpu_enabled_show(struct config_item *item,
					    char *page)
{
	guard(mutex)(&vgpusvm_gpus_lock);

	return sysfs_emit(page, "%d\n",
			  vgpusvm_gpu_enabled(vgpusvm_cfs_gpu_of(item)));
}

static int vgpusvm_cfs_gpu_enable(struct vgpusvm_cfs_gpu *gpu)
{
	int err;

	err = vgpusvm_cfs_pin(gpu);
	if (err)
		return err;

	err = vgpusvm_gpu_enable(gpu->parts.gpu);
	if (err)
		vgpusvm_cfs_unpin(gpu);

	return err;
}

static ssize_t vgpusvm_cfs_gpu_enabled_store(struct config_item *item,
					     const char *page, size_t count)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);
	bool enable;
	int err;

	err = kstrtobool(page, &enable);
	if (err)
		return err;

	/*
	 * su_mutex excludes mkdir and rmdir: an item on its way into or out of
	 * the tree has no parent, and pinning it would crash.
	 */
	guard(mutex)(&vgpusvm_subsystem.su_mutex);
	guard(mutex)(&vgpusvm_gpus_lock);
	if (enable == vgpusvm_gpu_enabled(gpu->parts.gpu))
		return count;

	if (enable) {
		err = vgpusvm_cfs_gpu_enable(gpu);
		return err ? err : count;
	}
	vgpusvm_gpu_disable(gpu->parts.gpu);
	vgpusvm_cfs_unpin(gpu);

	return count;
}

static ssize_t vgpusvm_cfs_gpu_lost_show(struct config_item *item, char *page)
{
	guard(mutex)(&vgpusvm_gpus_lock);

	return sysfs_emit(page, "%d\n",
			  vgpusvm_cfs_gpu_of(item)->config.lost);
}

static ssize_t vgpusvm_cfs_gpu_lost_store(struct config_item *item,
					  const char *page, size_t count)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);
	bool lost;
	int err;

	err = kstrtobool(page, &lost);
	if (err)
		return err;

	guard(mutex)(&vgpusvm_subsystem.su_mutex);
	guard(mutex)(&vgpusvm_gpus_lock);
	if (lost == gpu->parts.gpu->config.lost)
		return count;
	/* What is lost stays lost: enabling the GPU inserts another card */
	if (!lost)
		return -EINVAL;

	err = vgpusvm_gpu_lose(gpu->parts.gpu);
	if (err)
		return err;
	vgpusvm_cfs_unpin(gpu);

	return count;
}

static ssize_t vgpusvm_cfs_gpu_index_show(struct config_item *item, char *page)
{
	guard(mutex)(&vgpusvm_gpus_lock);

	return sysfs_emit(page, "%u\n",
			  vgpusvm_cfs_gpu_of(item)->config.index);
}

static ssize_t vgpusvm_cfs_gpu_index_store(struct config_item *item,
					   const char *page, size_t count)
{
	unsigned int index;
	int err;

	err = kstrtouint(page, 0, &index);
	if (err)
		return err;

	guard(mutex)(&vgpusvm_gpus_lock);
	err = vgpusvm_gpu_set_index(vgpusvm_cfs_gpu_of(item), index);

	return err ? err : count;
}

static ssize_t vgpusvm_cfs_gpu_serial_show(struct config_item *item, char *page)
{
	guard(mutex)(&vgpusvm_gpus_lock);

	return sysfs_emit(page, "%s\n",
			  vgpusvm_cfs_gpu_of(item)->config.serial);
}

static ssize_t vgpusvm_cfs_gpu_serial_store(struct config_item *item,
					    const char *page, size_t count)
{
	char serial[VGPUSVM_NAME_LEN];
	size_t length = strcspn(page, "\n");
	int err;

	if (length >= sizeof(serial))
		return -ENAMETOOLONG;
	if (page[length] && page[length + 1])
		return -EINVAL;
	memcpy(serial, page, length);
	serial[length] = 0;

	guard(mutex)(&vgpusvm_gpus_lock);
	err = vgpusvm_config_set_serial(&vgpusvm_cfs_gpu_of(item)->config,
					serial);

	return err ? err : count;
}

static ssize_t vgpusvm_cfs_gpu_timeslice_ms_show(struct config_item *item,
						 char *page)
{
	guard(mutex)(&vgpusvm_gpus_lock);

	return sysfs_emit(page, "%d\n",
			  vgpusvm_cfs_gpu_of(item)->config.timeslice_ms);
}

static ssize_t vgpusvm_cfs_gpu_timeslice_ms_store(struct config_item *item,
						  const char *page,
						  size_t count)
{
	int timeslice_ms, err;

	err = kstrtoint(page, 0, &timeslice_ms);
	if (err)
		return err;

	guard(mutex)(&vgpusvm_gpus_lock);
	err = vgpusvm_config_set_timeslice(&vgpusvm_cfs_gpu_of(item)->config,
					   timeslice_ms);

	return err ? err : count;
}

static ssize_t vgpusvm_cfs_gpu_page_faults_show(struct config_item *item,
						char *page)
{
	guard(mutex)(&vgpusvm_gpus_lock);

	return sysfs_emit(page, "%d\n",
			  !vgpusvm_cfs_gpu_of(item)->config.no_page_faults);
}

static ssize_t vgpusvm_cfs_gpu_page_faults_store(struct config_item *item,
						 const char *page, size_t count)
{
	bool page_faults;
	int err;

	err = kstrtobool(page, &page_faults);
	if (err)
		return err;

	guard(mutex)(&vgpusvm_gpus_lock);
	err = vgpusvm_config_set_page_faults(&vgpusvm_cfs_gpu_of(item)->config,
					     page_faults);

	return err ? err : count;
}

/* Failures have no lock, so that a test can change them while an event waits. */
static ssize_t vgpusvm_cfs_show_failure(struct config_item *item, char *page,
					enum vgpusvm_failure what)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);

	return sysfs_emit(page, "%d\n", atomic_read(&gpu->inject->left[what]));
}

static ssize_t vgpusvm_cfs_store_failure(struct config_item *item,
					 const char *page, size_t count,
					 enum vgpusvm_failure what)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);
	unsigned int left;
	int err;

	err = kstrtouint(page, 0, &left);
	if (err)
		return err;
	if (left > INT_MAX)
		return -ERANGE;

	atomic_set(&gpu->inject->left[what], left);

	return count;
}

#define VGPUSVM_CFS_FAILURE(_name, _what)				\
static ssize_t vgpusvm_cfs_gpu_##_name##_show(struct config_item *item,	\
					      char *page)		\
{									\
	return vgpusvm_cfs_show_failure(item, page,			\
					VGPUSVM_FAIL_##_what);		\
}									\
									\
static ssize_t vgpusvm_cfs_gpu_##_name##_store(struct config_item *item, \
					       const char *page,	\
					       size_t count)		\
{									\
	return vgpusvm_cfs_store_failure(item, page, count,		\
					 VGPUSVM_FAIL_##_what);		\
}									\
									\
CONFIGFS_ATTR(vgpusvm_cfs_gpu_, _name)

VGPUSVM_CFS_FAILURE(fail_vram_alloc, VRAM_ALLOC);
VGPUSVM_CFS_FAILURE(fail_copy_in, COPY_IN);
VGPUSVM_CFS_FAILURE(fail_copy_out, COPY_OUT);
VGPUSVM_CFS_FAILURE(fail_probe, PROBE);

static ssize_t vgpusvm_cfs_gpu_late_fence_ms_show(struct config_item *item,
						  char *page)
{
	return sysfs_emit(page, "%u\n",
			  vgpusvm_inject_late_fence(to_vgpusvm_cfs_gpu(item)->inject));
}

static ssize_t vgpusvm_cfs_gpu_late_fence_ms_store(struct config_item *item,
						   const char *page,
						   size_t count)
{
	unsigned int late_ms;
	int err;

	err = kstrtouint(page, 0, &late_ms);
	if (err)
		return err;
	if (late_ms > VGPUSVM_MAX_LATE_FENCE)
		return -ERANGE;

	WRITE_ONCE(to_vgpusvm_cfs_gpu(item)->inject->late_fence_ms, late_ms);

	return count;
}

static ssize_t vgpusvm_cfs_gpu_device_show(struct config_item *item, char *page)
{
	guard(mutex)(&vgpusvm_gpus_lock);

	return sysfs_emit(page, "%s.%u\n", VGPUSVM_DRIVER_NAME,
			  vgpusvm_cfs_gpu_of(item)->config.index);
}

CONFIGFS_ATTR(vgpusvm_cfs_gpu_, enabled);
CONFIGFS_ATTR(vgpusvm_cfs_gpu_, lost);
CONFIGFS_ATTR(vgpusvm_cfs_gpu_, index);
CONFIGFS_ATTR(vgpusvm_cfs_gpu_, serial);
CONFIGFS_ATTR(vgpusvm_cfs_gpu_, timeslice_ms);
CONFIGFS_ATTR(vgpusvm_cfs_gpu_, page_faults);
CONFIGFS_ATTR(vgpusvm_cfs_gpu_, late_fence_ms);
CONFIGFS_ATTR_RO(vgpusvm_cfs_gpu_, device);

static struct configfs_attribute *vgpusvm_cfs_gpu_attrs[] = {
	&vgpusvm_cfs_gpu_attr_enabled,
	&vgpusvm_cfs_gpu_attr_lost,
	&vgpusvm_cfs_gpu_attr_index,
	&vgpusvm_cfs_gpu_attr_serial,
	&vgpusvm_cfs_gpu_attr_timeslice_ms,
	&vgpusvm_cfs_gpu_attr_page_faults,
	&vgpusvm_cfs_gpu_attr_fail_vram_alloc,
	&vgpusvm_cfs_gpu_attr_fail_copy_in,
	&vgpusvm_cfs_gpu_attr_fail_copy_out,
	&vgpusvm_cfs_gpu_attr_fail_probe,
	&vgpusvm_cfs_gpu_attr_late_fence_ms,
	&vgpusvm_cfs_gpu_attr_device,
	NULL,
};

static void vgpusvm_cfs_gpu_release(struct config_item *item)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);

	vgpusvm_inject_put(gpu->inject);
	kfree(gpu);
}

static const struct configfs_item_operations vgpusvm_cfs_gpu_item_ops = {
	.release = vgpusvm_cfs_gpu_release,
};

static const struct config_item_type vgpusvm_cfs_gpu_type = {
	.ct_item_ops = &vgpusvm_cfs_gpu_item_ops,
	.ct_attrs = vgpusvm_cfs_gpu_attrs,
	.ct_owner = THIS_MODULE,
};

/* The dot is reserved for names of GPUs that module parameters make. */
static int vgpusvm_check_name(const char *name)
{
	for (; *name; name++)
		if (!isascii(*name) || (!isalnum(*name) && *name != '-' && *name != '_'))
			return -EINVAL;

	return 0;
}

static struct config_group *vgpusvm_cfs_make_gpu(struct config_group *parent,
						 const char *name)
{
	struct vgpusvm_inject *inject __free(vgpusvm_inject) = NULL;
	struct vgpusvm_cfs_gpu *cfs __free(kfree) = NULL;
	struct vgpusvm_gpu *gpu;
	int err;

	err = vgpusvm_check_name(name);
	if (err)
		return ERR_PTR(err);

	inject = vgpusvm_inject_create();
	cfs = kzalloc_obj(*cfs);
	if (!inject || !cfs)
		return ERR_PTR(-ENOMEM);

	scoped_guard(mutex, &vgpusvm_gpus_lock)
		gpu = vgpusvm_gpu_create(name);
	if (IS_ERR(gpu))
		return ERR_CAST(gpu);
	/* Nobody can enable the GPU before this function returns */
	gpu->config.inject = inject;
	cfs->inject = no_free_ptr(inject);

	config_group_init_type_name(&cfs->group, name, &vgpusvm_cfs_gpu_type);
	vgpusvm_cfs_parts_init(&cfs->parts, gpu, &cfs->group);

	return &no_free_ptr(cfs)->group;
}

static void vgpusvm_cfs_drop_gpu(struct config_group *parent,
				 struct config_item *item)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);

	scoped_guard(mutex, &vgpusvm_gpus_lock) {
		vgpusvm_gpu_destroy(gpu->parts.gpu);
		gpu->parts.gpu = NULL;
	}
	config_item_put(item);
}

static const struct configfs_group_operations vgpusvm_cfs_root_ops = {
	.make_group = vgpusvm_cfs_make_gpu,
	.drop_item = vgpusvm_cfs_drop_gpu,
};

static const struct config_item_type vgpusvm_cfs_root_type = {
	.ct_group_ops = &vgpusvm_cfs_root_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem vgpusvm_subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = VGPUSVM_DRIVER_NAME,
			.ci_type = &vgpusvm_cfs_root_type,
		},
	},
	.su_mutex = __MUTEX_INITIALIZER(vgpusvm_subsystem.su_mutex),
};

/**
 * vgpusvm_configfs_init() - Register /sys/kernel/config/vgpusvm
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_configfs_init(void)
{
	config_group_init(&vgpusvm_subsystem.su_group);

	return configfs_register_subsystem(&vgpusvm_subsystem);
}

/**
 * vgpusvm_configfs_fini() - Unregister /sys/kernel/config/vgpusvm
 */
void vgpusvm_configfs_fini(void)
{
	configfs_unregister_subsystem(&vgpusvm_subsystem);
}
