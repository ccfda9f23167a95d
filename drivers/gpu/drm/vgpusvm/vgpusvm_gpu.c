// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The set of all virtual GPUs. An enabled GPU has a platform device, to which
 * the driver may or may not be bound.
 */

#include <linux/lockdep.h>
#include <linux/platform_device.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vgpusvm_gpu.h"
#include "vgpusvm_options.h"

/* Nests outside device locks and the topology's mutex */
DEFINE_MUTEX(vgpusvm_gpus_lock);

static LIST_HEAD(vgpusvm_gpus);

/* Marks devices of this file; another module's device can have platform data, too */
static const struct device_type vgpusvm_device_type = {
	.name = VGPUSVM_DRIVER_NAME,
};

static struct vgpusvm_gpu *vgpusvm_gpu_find_index(unsigned int index)
{
	struct vgpusvm_gpu *gpu;

	list_for_each_entry(gpu, &vgpusvm_gpus, entry)
		if (gpu->config.index == index)
			return gpu;

	return NULL;
}

static bool vgpusvm_gpu_exists(const char *name)
{
	struct vgpusvm_gpu *gpu;

	list_for_each_entry(gpu, &vgpusvm_gpus, entry)
		if (!strcmp(gpu->config.name, name))
			return true;

	return false;
}

/* Give a GPU a name that no other GPU has, and the lowest free number. */
static int vgpusvm_gpu_init(struct vgpusvm_gpu *gpu, const char *name)
{
	unsigned int index = 0;
	int err;

	err = vgpusvm_config_init(&gpu->config, name);
	if (err)
		return err;
	if (vgpusvm_gpu_exists(name))
		return -EEXIST;
	while (vgpusvm_gpu_find_index(index))
		index++;

	return vgpusvm_config_set_index(&gpu->config, index) ? -ENOSPC : 0;
}

/**
 * vgpusvm_gpu_create() - Add a disabled GPU without regions and links
 * @name: Name of the GPU.
 *
 * The GPU gets the lowest free number.
 *
 * Return: The GPU, or an error pointer: -EINVAL, -ENAMETOOLONG, -EEXIST,
 * -ENOSPC or -ENOMEM.
 */
struct vgpusvm_gpu *vgpusvm_gpu_create(const char *name)
{
	struct vgpusvm_gpu *gpu;
	int err;

	lockdep_assert_held(&vgpusvm_gpus_lock);
	gpu = kzalloc_obj(*gpu);
	if (!gpu)
		return ERR_PTR(-ENOMEM);

	err = vgpusvm_gpu_init(gpu, name);
	if (err) {
		kfree(gpu);
		return ERR_PTR(err);
	}
	list_add_tail(&gpu->entry, &vgpusvm_gpus);

	return gpu;
}

/**
 * vgpusvm_gpu_destroy() - Remove a GPU with its regions and links
 * @gpu: The GPU. The function disables it first if necessary.
 */
void vgpusvm_gpu_destroy(struct vgpusvm_gpu *gpu)
{
	vgpusvm_gpu_disable(gpu);
	vgpusvm_config_fini(&gpu->config);
	list_del(&gpu->entry);
	kfree(gpu);
}

/**
 * vgpusvm_gpu_set_index() - Set the number of the platform device
 * @gpu: The GPU.
 * @index: Number of the platform device.
 *
 * Return: 0, -EBUSY if enabled, -ERANGE or -EEXIST.
 */
int vgpusvm_gpu_set_index(struct vgpusvm_gpu *gpu, unsigned int index)
{
	struct vgpusvm_gpu *other;

	lockdep_assert_held(&vgpusvm_gpus_lock);
	other = vgpusvm_gpu_find_index(index);
	if (other && other != gpu && !vgpusvm_gpu_enabled(gpu))
		return -EEXIST;

	return vgpusvm_config_set_index(&gpu->config, index);
}

/**
 * vgpusvm_gpu_enabled() - Check whether a GPU is enabled
 * @gpu: The GPU.
 *
 * Return: True if the GPU has its platform device.
 */
bool vgpusvm_gpu_enabled(const struct vgpusvm_gpu *gpu)
{
	lockdep_assert_held(&vgpusvm_gpus_lock);

	return gpu->pdev;
}

/* Returns the platform device with the driver bound, or an error pointer. */
static struct platform_device *
vgpusvm_gpu_add_device(struct vgpusvm_config *config)
{
	struct platform_device *pdev;
	int err;

	pdev = platform_device_alloc(VGPUSVM_DRIVER_NAME, config->index);
	if (!pdev)
		return ERR_PTR(-ENOMEM);

	pdev->dev.type = &vgpusvm_device_type;
	err = platform_device_add_data(pdev, &config, sizeof(config));
	if (!err)
		err = platform_device_add(pdev);
	/* For a name without memory, platform_device_add() returns -EINVAL */
	if (err && !dev_name(&pdev->dev))
		err = -ENOMEM;
	if (err) {
		platform_device_put(pdev);
		return ERR_PTR(err);
	}

	/* platform_device_add() does not return errors of probe() */
	if (!device_is_bound(&pdev->dev)) {
		platform_device_unregister(pdev);
		return ERR_PTR(-ENXIO);
	}

	return pdev;
}

/**
 * vgpusvm_gpu_enable() - Create the platform device of a GPU
 * @gpu: The GPU.
 *
 * Return: 0 or a negative errno; -EINVAL if the configuration is not valid,
 * -ENXIO if the driver did not bind to the device.
 */
int vgpusvm_gpu_enable(struct vgpusvm_gpu *gpu)
{
	char reason[VGPUSVM_REASON_LEN];
	bool lost = gpu->config.lost;
	struct platform_device *pdev;

	lockdep_assert_held(&vgpusvm_gpus_lock);
	if (vgpusvm_gpu_enabled(gpu))
		return 0;
	if (!vgpusvm_config_valid(&gpu->config, reason)) {
		pr_err("vgpusvm: Can't enable GPU %s: %s\n", gpu->config.name,
		       reason);
		return -EINVAL;
	}

	gpu->config.frozen = true;
	gpu->config.lost = false;
	pdev = vgpusvm_gpu_add_device(&gpu->config);
	if (IS_ERR(pdev)) {
		gpu->config.frozen = false;
		gpu->config.lost = lost;
		return PTR_ERR(pdev);
	}
	gpu->pdev = pdev;

	return 0;
}

/**
 * vgpusvm_gpu_disable() - Remove the platform device of a GPU
 * @gpu: The GPU.
 *
 * Pages in the regions of the GPU move to system memory.
 */
void vgpusvm_gpu_disable(struct vgpusvm_gpu *gpu)
{
	lockdep_assert_held(&vgpusvm_gpus_lock);
	if (!vgpusvm_gpu_enabled(gpu))
		return;

	platform_device_unregister(gpu->pdev);
	gpu->pdev = NULL;
	gpu->config.frozen = false;
}

/**
 * vgpusvm_gpu_lose() - Remove the platform device of a GPU as if it was pulled out
 * @gpu: The GPU.
 *
 * The content of its memory is lost. If the driver is not bound, the memory has no
 * content.
 *
 * Return: 0, or -ENODEV if the GPU is not enabled.
 */
int vgpusvm_gpu_lose(struct vgpusvm_gpu *gpu)
{
	lockdep_assert_held(&vgpusvm_gpus_lock);
	if (!vgpusvm_gpu_enabled(gpu))
		return -ENODEV;

	WRITE_ONCE(gpu->config.lost, true);
	vgpusvm_gpu_disable(gpu);

	return 0;
}

/**
 * vgpusvm_gpu_config() - Get the configuration of the GPU of a device
 * @pdev: Any platform device. Another module may have made it, and
 *	  driver_override may have bound it to this driver.
 *
 * Return: The configuration, which stays as long as the device, or %NULL if the
 * device is not of a virtual GPU.
 */
struct vgpusvm_config *vgpusvm_gpu_config(struct platform_device *pdev)
{
	struct vgpusvm_config **config = dev_get_platdata(&pdev->dev);

	return pdev->dev.type == &vgpusvm_device_type ? *config : NULL;
}
