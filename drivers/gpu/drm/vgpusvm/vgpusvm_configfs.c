// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * GPUs in configfs.
 */

#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vgpusvm_configfs.h"
#include "vgpusvm_options.h"

static struct configfs_subsystem vgpusvm_subsystem;

static void vgpusvm_cfs_unpin(struct vgpusvm_cfs_gpu *gpu,
			      struct vgpusvm_cfs_part *end)
{
	struct vgpusvm_cfs_part *part;

	list_for_each_entry(part, &gpu->parts, entry) {
		if (part == end)
			return;
		configfs_undepend_item_unlocked(&part->item);
	}
	configfs_undepend_item_unlocked(&gpu->group.cg_item);
}

/*
 * No directory of an enabled GPU can be removed. Pinning a directory does not
 * pin the directories below it, so each of them is pinned.
 */
static int vgpusvm_cfs_pin(struct vgpusvm_cfs_gpu *gpu)
{
	struct vgpusvm_cfs_part *part;
	int err;

	list_for_each_entry(part, &gpu->parts, entry) {
		err = configfs_depend_item_unlocked(&vgpusvm_subsystem,
						    &part->item);
		if (err) {
			vgpusvm_cfs_unpin(gpu, part);
			return err;
		}
	}

	err = configfs_depend_item_unlocked(&vgpusvm_subsystem,
					    &gpu->group.cg_item);
	if (!err)
		return 0;

	list_for_each_entry(part, &gpu->parts, entry)
		configfs_undepend_item_unlocked(&part->item);

	return err;
}

static ssize_t vgpusvm_cfs_gpu_enabled_show(struct config_item *item,
					    char *page)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);

	guard(mutex)(&vgpusvm_config_lock);

	return sysfs_emit(page, "%d\n", vgpusvm_config_enabled(gpu->config));
}

static int vgpusvm_cfs_gpu_enable(struct vgpusvm_cfs_gpu *gpu)
{
	int err;

	err = vgpusvm_cfs_pin(gpu);
	if (err)
		return err;

	err = vgpusvm_config_enable(gpu->config);
	if (err)
		vgpusvm_cfs_unpin(gpu, NULL);

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
	guard(mutex)(&vgpusvm_config_lock);
	if (enable == vgpusvm_config_enabled(gpu->config))
		return count;

	if (enable) {
		err = vgpusvm_cfs_gpu_enable(gpu);
		return err ? err : count;
	}
	vgpusvm_config_disable(gpu->config);
	vgpusvm_cfs_unpin(gpu, NULL);

	return count;
}

static ssize_t vgpusvm_cfs_gpu_index_show(struct config_item *item, char *page)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);

	guard(mutex)(&vgpusvm_config_lock);

	return sysfs_emit(page, "%u\n", gpu->config->index);
}

static ssize_t vgpusvm_cfs_gpu_index_store(struct config_item *item,
					   const char *page, size_t count)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);
	unsigned int index;
	int err;

	err = kstrtouint(page, 0, &index);
	if (err)
		return err;

	guard(mutex)(&vgpusvm_config_lock);
	err = vgpusvm_config_set_index(gpu->config, index);

	return err ? err : count;
}

static ssize_t vgpusvm_cfs_gpu_serial_show(struct config_item *item, char *page)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);

	guard(mutex)(&vgpusvm_config_lock);

	return sysfs_emit(page, "%s\n", gpu->config->serial);
}

static bool vgpusvm_is_serial(const char *serial)
{
	for (; *serial; serial++)
		if (!isascii(*serial) || !isgraph(*serial))
			return false;

	return true;
}

static ssize_t vgpusvm_cfs_gpu_serial_store(struct config_item *item,
					    const char *page, size_t count)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);
	char serial[VGPUSVM_NAME_LEN];
	size_t length = strcspn(page, "\n");

	if (length >= sizeof(serial))
		return -ENAMETOOLONG;
	if (page[length] && page[length + 1])
		return -EINVAL;
	memcpy(serial, page, length);
	serial[length] = 0;
	if (!vgpusvm_is_serial(serial))
		return -EINVAL;

	guard(mutex)(&vgpusvm_config_lock);
	if (vgpusvm_config_enabled(gpu->config))
		return -EBUSY;
	strscpy(gpu->config->serial, serial);

	return count;
}

static ssize_t vgpusvm_cfs_gpu_device_show(struct config_item *item, char *page)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);

	guard(mutex)(&vgpusvm_config_lock);

	return sysfs_emit(page, "%s.%u\n", VGPUSVM_DRIVER_NAME,
			  gpu->config->index);
}

CONFIGFS_ATTR(vgpusvm_cfs_gpu_, enabled);
CONFIGFS_ATTR(vgpusvm_cfs_gpu_, index);
CONFIGFS_ATTR(vgpusvm_cfs_gpu_, serial);
CONFIGFS_ATTR_RO(vgpusvm_cfs_gpu_, device);

static struct configfs_attribute *vgpusvm_cfs_gpu_attrs[] = {
	&vgpusvm_cfs_gpu_attr_enabled,
	&vgpusvm_cfs_gpu_attr_index,
	&vgpusvm_cfs_gpu_attr_serial,
	&vgpusvm_cfs_gpu_attr_device,
	NULL,
};

static void vgpusvm_cfs_gpu_release(struct config_item *item)
{
	kfree(to_vgpusvm_cfs_gpu(item));
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
	struct vgpusvm_cfs_gpu *gpu;
	int err;

	err = vgpusvm_check_name(name);
	if (err)
		return ERR_PTR(err);

	gpu = kzalloc_obj(*gpu);
	if (!gpu)
		return ERR_PTR(-ENOMEM);

	INIT_LIST_HEAD(&gpu->parts);
	scoped_guard(mutex, &vgpusvm_config_lock)
		gpu->config = vgpusvm_config_create(name);
	if (IS_ERR(gpu->config)) {
		err = PTR_ERR(gpu->config);
		kfree(gpu);
		return ERR_PTR(err);
	}

	config_group_init_type_name(&gpu->group, name, &vgpusvm_cfs_gpu_type);
	config_group_init_type_name(&gpu->regions, "regions",
				    &vgpusvm_cfs_regions_type);
	configfs_add_default_group(&gpu->regions, &gpu->group);
	config_group_init_type_name(&gpu->links, "links",
				    &vgpusvm_cfs_links_type);
	configfs_add_default_group(&gpu->links, &gpu->group);

	return &gpu->group;
}

static void vgpusvm_cfs_drop_gpu(struct config_group *parent,
				 struct config_item *item)
{
	struct vgpusvm_cfs_gpu *gpu = to_vgpusvm_cfs_gpu(item);

	scoped_guard(mutex, &vgpusvm_config_lock) {
		vgpusvm_config_destroy(gpu->config);
		gpu->config = NULL;
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
