// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The life cycle of a virtual GPU: probe(), registration with DRM and with the
 * topology, and remove(), which loses no data.
 */

#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_managed.h>
#include <drm/drm_pagemap.h>
#include <drm/drm_pagemap_util.h>
#include <drm/drm_print.h>

#include "vgpusvm_config.h"
#include "vgpusvm_debugfs.h"
#include "vgpusvm_device.h"
#include "vgpusvm_evict.h"
#include "vgpusvm_handle.h"
#include "vgpusvm_inject.h"
#include "vgpusvm_pagemap.h"
#include "vgpusvm_pages.h"
#include "vgpusvm_probe.h"
#include "vgpusvm_topology.h"
#include "vgpusvm_vram.h"
#include "vgpusvm_work.h"

/* Interval of the warnings of remove() while it waits for pages */
#define VGPUSVM_DRAIN_WARN	(10 * HZ)

/*
 * The virtual GPU derives system pages from the DMA addresses of drm_gpusvm. So
 * there must be no bounce buffers.
 */
static int vgpusvm_check_dma(struct device *dev)
{
	struct page *page;
	dma_addr_t addr;
	bool direct;
	int err;

	err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (err)
		return err;

	page = alloc_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;

	addr = dma_map_page(dev, page, 0, PAGE_SIZE, DMA_BIDIRECTIONAL);
	if (dma_mapping_error(dev, addr)) {
		__free_page(page);
		return -EIO;
	}
	direct = vgpusvm_dma_to_phys(dev, addr) == page_to_phys(page);
	dma_unmap_page(dev, addr, PAGE_SIZE, DMA_BIDIRECTIONAL);
	__free_page(page);

	return direct ? 0 : dev_err_probe(dev, -EOPNOTSUPP,
					  "DMA is not direct\n");
}

static void vgpusvm_regions_fini(struct drm_device *drm, void *arg)
{
	struct vgpusvm_device *vdev = arg;

	while (vdev->num_regions) {
		struct vgpusvm_region *region =
			&vdev->regions[--vdev->num_regions];

		vgpusvm_pagemap_reap(region);
		vgpusvm_region_fini(region);
	}
}

static void vgpusvm_device_fini_inject(struct drm_device *drm, void *arg)
{
	vgpusvm_inject_put(arg);
}

/* Called before each step of probe() that can fail in reality, too. */
static int vgpusvm_probe_step(struct vgpusvm_device *vdev)
{
	return vgpusvm_inject(vdev->inject, VGPUSVM_FAIL_PROBE) ? -EIO : 0;
}

static void vgpusvm_device_fini_traffic(struct drm_device *drm, void *arg)
{
	vgpusvm_traffic_fini(arg);
}

static void vgpusvm_device_fini_paths(struct drm_device *drm, void *arg)
{
	struct vgpusvm_path *path;
	unsigned long id;

	xa_for_each((struct xarray *)arg, id, path)
		kfree(path);
	xa_destroy(arg);
}

static int vgpusvm_regions_init(struct vgpusvm_device *vdev,
				const struct vgpusvm_mem_ops *mem,
				void *mem_private)
{
	const struct vgpusvm_region_config *config;
	size_t num = list_count_nodes(&vdev->config->regions);
	int err;

	vgpusvm_traffic_init(&vdev->traffic);
	err = drmm_add_action_or_reset(&vdev->drm, vgpusvm_device_fini_traffic,
				       &vdev->traffic);
	if (err)
		return err;

	vdev->regions = drmm_kcalloc(&vdev->drm, num, sizeof(*vdev->regions),
				     GFP_KERNEL);
	if (num && !vdev->regions)
		return -ENOMEM;

	list_for_each_entry(config, &vdev->config->regions, entry) {
		err = vgpusvm_region_init(&vdev->regions[vdev->num_regions],
					  &vdev->drm, &vdev->stats,
					  &vdev->traffic, config,
					  mem, mem_private);
		if (err) {
			vgpusvm_regions_fini(&vdev->drm, vdev);
			return err;
		}
		vdev->regions[vdev->num_regions].timeslice_ms =
			vdev->config->timeslice_ms;
		vdev->regions[vdev->num_regions].inject = vdev->inject;
		vdev->num_regions++;
	}

	return drmm_add_action_or_reset(&vdev->drm, vgpusvm_regions_fini, vdev);
}

/* vgpusvm_regions_fini() undoes this. */
static int vgpusvm_regions_register(struct vgpusvm_device *vdev)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < vdev->num_regions && !err; i++)
		err = vgpusvm_dmem_register(&vdev->regions[i].dmem,
					    vdev->drm.unique,
					    vdev->regions[i].instance,
					    vdev->regions[i].size,
					    vgpusvm_evict_reclaim);

	return err;
}

static void vgpusvm_reap_pagemaps(void *arg)
{
	struct vgpusvm_device *vdev = arg;
	unsigned int i;

	for (i = 0; i < vdev->num_regions; i++)
		vgpusvm_pagemap_reap(&vdev->regions[i]);
}

static int vgpusvm_caches_init(struct vgpusvm_device *vdev)
{
	struct drm_pagemap_shrinker *shrinker;
	unsigned int i;
	int err;

	/* Runs after the caches are gone, which may point to the pagemaps */
	err = devm_add_action_or_reset(vdev->drm.dev, vgpusvm_reap_pagemaps,
				       vdev);
	if (err)
		return err;

	shrinker = drm_pagemap_shrinker_create_devm(&vdev->drm);
	if (IS_ERR(shrinker))
		return PTR_ERR(shrinker);

	for (i = 0; i < vdev->num_regions; i++) {
		struct drm_pagemap_cache *cache =
			drm_pagemap_cache_create_devm(shrinker);

		if (IS_ERR(cache))
			return PTR_ERR(cache);
		vdev->regions[i].cache = cache;
	}

	return 0;
}

/**
 * vgpusvm_device_init() - Initialize a GPU without registering it
 * @vdev: The GPU; zeroed except for &vgpusvm_device.drm.
 * @config: Configuration of the GPU.
 * @mem: Operations of the memory of its regions.
 * @mem_private: Data of @mem; only for a GPU with one region.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_device_init(struct vgpusvm_device *vdev,
			struct vgpusvm_config *config,
			const struct vgpusvm_mem_ops *mem, void *mem_private)
{
	int err;

	vdev->config = config;
	vdev->inject = vgpusvm_inject_get(config->inject);
	init_completion(&vdev->probed);
	INIT_LIST_HEAD(&vdev->vms);
	xa_init(&vdev->paths);
	err = drmm_add_action_or_reset(&vdev->drm, vgpusvm_device_fini_inject,
				       vdev->inject);
	if (err)
		return err;

	err = drmm_mutex_init(&vdev->drm, &vdev->vms_lock);
	if (err)
		return err;

	err = drmm_add_action_or_reset(&vdev->drm, vgpusvm_device_fini_paths,
				       &vdev->paths);
	if (err)
		return err;

	err = vgpusvm_probe_step(vdev) ?: vgpusvm_check_dma(vdev->drm.dev);
	if (err)
		return err;

	err = vgpusvm_probe_step(vdev) ?:
	      vgpusvm_regions_init(vdev, mem, mem_private);
	if (err)
		return err;

	err = vgpusvm_probe_step(vdev) ?: vgpusvm_regions_register(vdev);
	if (err)
		return err;

	return vgpusvm_probe_step(vdev) ?: vgpusvm_caches_init(vdev);
}

/**
 * vgpusvm_device_register() - Register a GPU with DRM and the topology
 * @vdev: The GPU.
 *
 * Return: 0 or a negative errno.
 */
int vgpusvm_device_register(struct vgpusvm_device *vdev)
{
	int err;

	vgpusvm_debugfs_init(vdev);
	err = vgpusvm_probe_step(vdev) ?: drm_dev_register(&vdev->drm, 0);
	if (err)
		return err;

	err = vgpusvm_probe_step(vdev) ?: vgpusvm_topology_register(vdev);
	if (err)
		drm_dev_unplug(&vdev->drm);
	complete_all(&vdev->probed);

	return err;
}

static void vgpusvm_region_evict(struct vgpusvm_region *region)
{
	struct drm_pagemap *dpagemap = vgpusvm_region_pagemap(region);

	if (dpagemap)
		vgpusvm_evict_pagemap(to_vgpusvm_pagemap(dpagemap));
	drm_pagemap_put(dpagemap);
	flush_work(&region->release_work);
}

/*
 * Wait until the last user of each page drops it, which may take a while; no
 * new pages come. Content that is lost is given up. Do not ask the cache, because
 * its shrinker can make it forget a pagemap that is in use. Do not wait for a
 * pagemap without pages, because a process can delay a fault that refers to it
 * without limit.
 */
static void vgpusvm_region_drain(struct vgpusvm_region *region)
{
	unsigned long warn = jiffies + VGPUSVM_DRAIN_WARN;

	while (vgpusvm_region_used(region)) {
		if (vgpusvm_region_lost(region)) {
			drm_err(region->drm, "Region %u is lost, accesses to its pages fail\n",
				region->instance);
			vgpusvm_region_lose(region);
			break;
		}
		vgpusvm_region_evict(region);
		fsleep(1000);
		if (time_before(jiffies, warn))
			continue;

		drm_warn(region->drm, "Region %u waits for pages in use\n",
			 region->instance);
		warn = jiffies + VGPUSVM_DRAIN_WARN;
	}
}

/* What happens if somebody pulls the card out. PCI reports that by itself. */
static void vgpusvm_device_lose(struct vgpusvm_device *vdev)
{
	unsigned int i;

	for (i = 0; i < vdev->num_regions; i++)
		WRITE_ONCE(vdev->regions[i].lost, true);
}

/**
 * vgpusvm_device_remove() - Remove a GPU, in an order that loses no data
 * @vdev: The GPU.
 *
 * If the GPU was pulled out, the content of its memory is lost, and removal does not
 * wait for the users of the pages.
 */
void vgpusvm_device_remove(struct vgpusvm_device *vdev)
{
	unsigned int i;

	if (READ_ONCE(vdev->config->lost))
		vgpusvm_device_lose(vdev);
	/* Fail new placements and wait for running ones */
	vgpusvm_topology_kill(vdev);
	for (i = 0; i < vdev->num_regions; i++)
		vgpusvm_region_kill(&vdev->regions[i]);
	drm_dev_unplug(&vdev->drm);
	vgpusvm_device_kill_vms(vdev);
	for (i = 0; i < vdev->num_regions; i++)
		vgpusvm_region_drain(&vdev->regions[i]);
	/* Allocations with lost content exist, and the next card has the same name */
	for (i = 0; i < vdev->num_regions; i++)
		vgpusvm_dmem_unregister(&vdev->regions[i].dmem);
	/* This workqueue unmaps pagemaps */
	flush_workqueue(vgpusvm_wq);
	vgpusvm_topology_unregister(vdev);
	vdev->config = NULL;
}
