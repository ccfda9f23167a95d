// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Virtual GPUs on PCI. The device is QEMU's ivshmem-plain, whose BAR 2 becomes the
 * memory of the GPU. The driver binds only if driver_override names it, because
 * the device usually has other users.
 */

#include <linux/device.h>
#include <linux/err.h>
#include <linux/numa.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <drm/drm_drv.h>

#include "vgpusvm_config.h"
#include "vgpusvm_device.h"
#include "vgpusvm_mem_bar.h"
#include "vgpusvm_options.h"
#include "vgpusvm_pci.h"
#include "vgpusvm_probe.h"

#define VGPUSVM_PCI_DEVICE_IVSHMEM	0x1110

static const struct drm_driver *vgpusvm_pci_drm_driver;

static void vgpusvm_pci_fini_config(void *arg)
{
	vgpusvm_config_fini(arg);
}

/* One region, and no links: PCI has them. */
static int vgpusvm_pci_fill_config(struct pci_dev *pdev,
				   struct vgpusvm_config *config, u64 size)
{
	struct vgpusvm_region_config *region;
	struct vgpusvm_region_attrs attrs;
	char serial[VGPUSVM_NAME_LEN];
	int err;

	region = vgpusvm_config_add_region(config, 0);
	if (IS_ERR(region))
		return PTR_ERR(region);

	attrs = region->attrs;
	attrs.size = size;
	attrs.numa_node = dev_to_node(&pdev->dev);
	err = vgpusvm_config_set_region(config, region, &attrs);
	if (err)
		return err;

	/* The device has no serial number; another size is another card */
	snprintf(serial, sizeof(serial), "%04x:%04x-%llu", pdev->vendor,
		 pdev->device, size);

	return vgpusvm_config_set_serial(config, serial);
}

static struct vgpusvm_config *vgpusvm_pci_config(struct pci_dev *pdev, u64 size)
{
	struct vgpusvm_config *config =
		devm_kzalloc(&pdev->dev, sizeof(*config), GFP_KERNEL);
	int err;

	if (!config)
		return ERR_PTR(-ENOMEM);

	err = vgpusvm_config_init(config, pci_name(pdev));
	if (err)
		return ERR_PTR(err);
	err = devm_add_action_or_reset(&pdev->dev, vgpusvm_pci_fini_config,
				       config);
	if (err)
		return ERR_PTR(err);
	err = vgpusvm_pci_fill_config(pdev, config, size);
	if (err)
		return ERR_PTR(err);
	config->frozen = true;

	return config;
}

static int vgpusvm_pci_probe(struct pci_dev *pdev,
			     const struct pci_device_id *id)
{
	u64 size = ALIGN_DOWN(pci_resource_len(pdev, VGPUSVM_PCI_BAR), SZ_2M);
	struct vgpusvm_config *config;
	struct vgpusvm_device *vdev;
	struct vgpusvm_bar *bar;
	int err;

	if (pdev->vendor != PCI_VENDOR_ID_REDHAT_QUMRANET ||
	    pdev->device != VGPUSVM_PCI_DEVICE_IVSHMEM)
		return dev_err_probe(&pdev->dev, -ENODEV,
				     "The device is not ivshmem-plain\n");
	if (!size)
		return dev_err_probe(&pdev->dev, -ENODEV,
				     "BAR %d is smaller than 2 MiB\n",
				     VGPUSVM_PCI_BAR);

	err = pcim_enable_device(pdev);
	if (err)
		return err;
	config = vgpusvm_pci_config(pdev, size);
	if (IS_ERR(config))
		return PTR_ERR(config);

	vdev = devm_drm_dev_alloc(&pdev->dev, vgpusvm_pci_drm_driver,
				  struct vgpusvm_device, drm);
	if (IS_ERR(vdev))
		return PTR_ERR(vdev);

	bar = vgpusvm_bar_create(&vdev->drm, pdev, VGPUSVM_PCI_BAR, size);
	if (IS_ERR(bar))
		return PTR_ERR(bar);

	err = vgpusvm_device_init(vdev, config, &vgpusvm_mem_bar, bar);
	if (err)
		return err;

	pci_set_drvdata(pdev, vdev);

	return vgpusvm_device_register(vdev);
}

static void vgpusvm_pci_remove(struct pci_dev *pdev)
{
	vgpusvm_device_remove(pci_get_drvdata(pdev));
}

static struct pci_driver vgpusvm_pci_driver = {
	.name = VGPUSVM_DRIVER_NAME,
	.probe = vgpusvm_pci_probe,
	.remove = vgpusvm_pci_remove,
	.driver = {
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

/**
 * vgpusvm_pci_init() - Register the PCI driver
 * @driver: The DRM driver of all virtual GPUs.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_pci_init(const struct drm_driver *driver)
{
	vgpusvm_pci_drm_driver = driver;

	return pci_register_driver(&vgpusvm_pci_driver);
}

/**
 * vgpusvm_pci_fini() - Unregister the PCI driver
 */
void vgpusvm_pci_fini(void)
{
	pci_unregister_driver(&vgpusvm_pci_driver);
}
