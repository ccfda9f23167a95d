// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The module, the DRM driver and the platform driver. vgpusvm_pci.c has the PCI
 * driver.
 */

/**
 * DOC: Layers
 *
 * A file includes only headers of lower layers and calls only their functions.
 * A lower layer reaches a higher one only by a function pointer that the higher
 * one has set, such as &vgpusvm_job.ops, &vgpusvm_queue.idle, and the functions
 * of &vgpusvm_vm.close_work and other work. The layers, from the bottom, by the
 * names of their files without the prefix:
 *
 * - array, dmem, inject, options, stats, trace, traffic, usage, work: data and tools.
 *   They know no GPU and no VM. config has the rules for configurations. On top of these,
 *   gpu has the set of all configured GPUs with their platform devices, mm has what
 *   the VMs of a process share, and queue runs jobs.
 * - vram, mem_bar, mem_system, pages, evict, migrate, pagemap: memory. Each one
 *   may know those before it. They know the regions of all GPUs and what a region
 *   needs of its GPU, the DRM device and the counters. They know neither GPUs nor
 *   VMs.
 * - device: a GPU with its regions and counters. topology registers it, and
 *   reports changes of its links.
 * - vm: what all users of a VM need. On top of it: acct counts accesses, range
 *   has the page tables, prefs the preferences. residency finds pages of an mm
 *   without a VM. Then handle creates and closes VMs, fault serves GPU page
 *   faults, and exec runs operations.
 * - job, placement, prefetch, query: ioctls. They may know everything below,
 *   but not each other. debugfs, with its files, is beside them.
 * - probe: the life cycle of a GPU, from probe() to remove().
 * - configfs, configfs_parts, params, pci: the sources of GPUs. They fill
 *   configurations and enable GPUs. They know neither memory nor VMs.
 * - drv: this file.
 */

#include <linux/module.h>
#include <linux/platform_device.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_ioctl.h>

#include <uapi/drm/vgpusvm_drm.h>

#include "vgpusvm_configfs.h"
#include "vgpusvm_device.h"
#include "vgpusvm_gpu.h"
#include "vgpusvm_handle.h"
#include "vgpusvm_job.h"
#include "vgpusvm_mem_system.h"
#include "vgpusvm_options.h"
#include "vgpusvm_pagemap.h"
#include "vgpusvm_params.h"
#include "vgpusvm_pci.h"
#include "vgpusvm_placement.h"
#include "vgpusvm_prefetch.h"
#include "vgpusvm_probe.h"
#include "vgpusvm_query.h"
#include "vgpusvm_work.h"

#define VGPUSVM_IOCTL(name, func) \
	DRM_IOCTL_DEF_DRV(VGPUSVM_##name, func, DRM_RENDER_ALLOW)

static const struct drm_ioctl_desc vgpusvm_ioctls[] = {
	VGPUSVM_IOCTL(VM_CREATE, vgpusvm_vm_create_ioctl),
	VGPUSVM_IOCTL(VM_DESTROY, vgpusvm_vm_destroy_ioctl),
	VGPUSVM_IOCTL(MADVISE, vgpusvm_madvise_ioctl),
	VGPUSVM_IOCTL(PREFETCH, vgpusvm_prefetch_ioctl),
	VGPUSVM_IOCTL(EXEC, vgpusvm_exec_ioctl),
	VGPUSVM_IOCTL(EVICT, vgpusvm_evict_ioctl),
	VGPUSVM_IOCTL(QUERY_RANGE, vgpusvm_query_range_ioctl),
	VGPUSVM_IOCTL(QUERY_RESIDENCY, vgpusvm_query_residency_ioctl),
	VGPUSVM_IOCTL(QUERY_REGIONS, vgpusvm_query_regions_ioctl),
	VGPUSVM_IOCTL(QUERY_PLACEMENT, vgpusvm_query_placement_ioctl),
	VGPUSVM_IOCTL(QUERY_STATS, vgpusvm_query_stats_ioctl),
	VGPUSVM_IOCTL(QUERY_CAPS, vgpusvm_query_caps_ioctl),
};

static const struct drm_driver vgpusvm_drm_driver = {
	.driver_features = DRIVER_RENDER,
	.open = vgpusvm_file_open,
	.postclose = vgpusvm_file_close,
	.show_fdinfo = vgpusvm_file_show_fdinfo,
	.ioctls = vgpusvm_ioctls,
	.num_ioctls = ARRAY_SIZE(vgpusvm_ioctls),
	.fops = &vgpusvm_fops,
	.name = VGPUSVM_DRIVER_NAME,
	.desc = "Virtual SVM GPU",
	.major = 1,
	.minor = 0,
};

static int vgpusvm_probe(struct platform_device *pdev)
{
	struct vgpusvm_config *config = vgpusvm_gpu_config(pdev);
	struct vgpusvm_device *vdev;
	int err;

	if (!config)
		return -ENODEV;

	vdev = devm_drm_dev_alloc(&pdev->dev, &vgpusvm_drm_driver,
				  struct vgpusvm_device, drm);
	if (IS_ERR(vdev))
		return PTR_ERR(vdev);

	err = vgpusvm_device_init(vdev, config, &vgpusvm_mem_system, NULL);
	if (err)
		return err;

	platform_set_drvdata(pdev, vdev);

	return vgpusvm_device_register(vdev);
}

static void vgpusvm_remove(struct platform_device *pdev)
{
	vgpusvm_device_remove(platform_get_drvdata(pdev));
}

static struct platform_driver vgpusvm_platform_driver = {
	.probe = vgpusvm_probe,
	.remove = vgpusvm_remove,
	.driver = {
		.name = VGPUSVM_DRIVER_NAME,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

static int __init vgpusvm_init(void)
{
	int err;

	vgpusvm_pagemap_init_ops();
	err = vgpusvm_work_init();
	if (err)
		return err;
	err = platform_driver_register(&vgpusvm_platform_driver);
	if (err)
		goto err_work;
	err = vgpusvm_params_init();
	if (err)
		goto err_driver;
	err = vgpusvm_configfs_init();
	if (err)
		goto err_params;
	err = vgpusvm_pci_init(&vgpusvm_drm_driver);
	if (err)
		goto err_configfs;

	return 0;

err_configfs:
	vgpusvm_configfs_fini();
err_params:
	vgpusvm_params_fini();
err_driver:
	platform_driver_unregister(&vgpusvm_platform_driver);
err_work:
	vgpusvm_work_fini();

	return err;
}

static void __exit vgpusvm_exit(void)
{
	vgpusvm_pci_fini();
	vgpusvm_configfs_fini();
	vgpusvm_params_fini();
	platform_driver_unregister(&vgpusvm_platform_driver);
	vgpusvm_work_fini();
}

module_init(vgpusvm_init);
module_exit(vgpusvm_exit);

MODULE_DESCRIPTION("Virtual SVM GPU");
MODULE_LICENSE("Dual MIT/GPL");
