// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci-p2pdma.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include <drm/drm_pagemap_pci.h>

/*
 * How two GPUs on PCI Express reach each other: whether requests of one arrive at
 * the other, the reason if they do not, and the bandwidth. For drivers; the
 * topology itself knows no bus.
 */

/* In Mb/s per lane, without encoding overhead, indexed by the speeds in registers. */
static const u32 topology_pci_lane_rates[] = { 0, 2000, 4000, 7876, 15753, 31507, 60500 };

/**
 * struct topology_pci_known - A measured path
 * @link: Entry in &drm_pagemap_pci_paths.list.
 * @a: One end. It is compared only, never dereferenced.
 * @b: The other end, likewise.
 * @path: Result of the measurement.
 */
struct topology_pci_known {
	struct list_head link;
	struct device *a;
	struct device *b;
	struct drm_pagemap_pci_path path;
};

static u32 topology_pci_link_rate(u32 speed, u32 width)
{
	if (speed >= ARRAY_SIZE(topology_pci_lane_rates))
		return 0;

	return topology_pci_lane_rates[speed] * width / BITS_PER_BYTE;
}

/* Current rate of the link that a device has a register for; 0 if unknown. */
static u32 topology_pci_link_status(struct pci_dev *pdev)
{
	u16 status = 0;

	pcie_capability_read_word(pdev, PCI_EXP_LNKSTA, &status);

	return topology_pci_link_rate(FIELD_GET(PCI_EXP_LNKSTA_CLS, status),
				      FIELD_GET(PCI_EXP_LNKSTA_NLW, status));
}

/* Current rate of the link between a device and the port above it. */
static u32 topology_pci_link_rate_now(struct pci_dev *pdev, struct pci_dev *parent)
{
	/* Virtual machines have devices without PCI Express registers. */
	return topology_pci_link_status(pdev) ?: topology_pci_link_status(parent);
}

static u32 topology_pci_link_rate_cap(struct pci_dev *pdev)
{
	u32 cap = 0;

	pcie_capability_read_dword(pdev, PCI_EXP_LNKCAP, &cap);

	return topology_pci_link_rate(FIELD_GET(PCI_EXP_LNKCAP_SLS, cap),
				      FIELD_GET(PCI_EXP_LNKCAP_MLW, cap));
}

/*
 * Some GPUs sit behind a switch on their card, made by the same vendor. The links
 * inside this switch are not physical, and the speed in their registers, usually
 * 2.5 GT/s, has no meaning.
 */
static bool topology_pci_is_card_port(const struct pci_dev *port,
				      const struct pci_dev *pdev, int type)
{
	return port && port->vendor == pdev->vendor &&
	       pci_pcie_type(port) == type;
}

static struct pci_dev *topology_pci_card_of(struct pci_dev *pdev)
{
	struct pci_dev *down = pci_upstream_bridge(pdev), *up;

	if (!topology_pci_is_card_port(down, pdev, PCI_EXP_TYPE_DOWNSTREAM))
		return pdev;

	up = pci_upstream_bridge(down);

	return topology_pci_is_card_port(up, pdev, PCI_EXP_TYPE_UPSTREAM) ? up : pdev;
}

static bool topology_pci_is_above(struct pci_dev *bridge, struct pci_dev *pdev)
{
	for (; pdev; pdev = pci_upstream_bridge(pdev))
		if (pdev == bridge)
			return true;

	return false;
}

/* The first bridge above both devices; %NULL if only the host bridge is. */
static struct pci_dev *topology_pci_common_bridge(struct pci_dev *a, struct pci_dev *b)
{
	for (; a; a = pci_upstream_bridge(a))
		if (topology_pci_is_above(a, b))
			return a;

	return NULL;
}

static bool topology_pci_redirects(struct pci_dev *pdev)
{
	u16 control = 0;

	if (!pdev->acs_cap)
		return false;

	pci_read_config_word(pdev, pdev->acs_cap + PCI_ACS_CTRL, &control);

	return control & (PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_EC);
}

/* Whether a port between @pdev and @top, inclusive, redirects peer requests. */
static bool topology_pci_redirected_below(struct pci_dev *pdev, struct pci_dev *top)
{
	for (; pdev; pdev = pci_upstream_bridge(pdev)) {
		if (topology_pci_redirects(pdev))
			return true;
		if (pdev == top)
			break;
	}

	return false;
}

static void topology_pci_limit(u32 *rate, u32 limit)
{
	if (limit)
		*rate = min_not_zero(*rate, limit);
}

/* Apply the limits of all links from a card to @top, or to the root complex. */
static void topology_pci_path_limit(struct pci_dev *pdev, struct pci_dev *top,
				    struct drm_pagemap_pci_path *path)
{
	struct pci_dev *parent;

	for (pdev = topology_pci_card_of(pdev); pdev != top; pdev = parent) {
		parent = pci_upstream_bridge(pdev);
		if (!parent)
			break;
		/*
		 * It is inside a switch: its registers describe the link below. An
		 * emulated switch may have root ports there.
		 */
		if (pci_pcie_type(pdev) == PCI_EXP_TYPE_DOWNSTREAM ||
		    pci_pcie_type(pdev) == PCI_EXP_TYPE_ROOT_PORT)
			continue;

		topology_pci_limit(&path->bandwidth, topology_pci_link_rate_now(pdev, parent));
		topology_pci_limit(&path->max_bandwidth, topology_pci_link_rate_cap(pdev));
		topology_pci_limit(&path->max_bandwidth, topology_pci_link_rate_cap(parent));
	}
}

/* Whether requests between two devices go up to the root complex, and back. */
static bool topology_pci_is_redirected(struct pci_dev *a, struct pci_dev *b,
				       struct pci_dev *top)
{
	return top && (topology_pci_redirected_below(a, top) ||
		       topology_pci_redirected_below(b, top));
}

static void topology_pci_path_limits(struct pci_dev *a, struct pci_dev *b,
				     struct drm_pagemap_pci_path *path)
{
	struct pci_dev *top = topology_pci_common_bridge(a, b);

	/* A redirected request also passes all links up to the root complex. */
	if (topology_pci_is_redirected(a, b, top))
		top = NULL;
	topology_pci_path_limit(a, top, path);
	topology_pci_path_limit(b, top, path);
}

/**
 * drm_pagemap_pci_path_describe() - Describe a path whose distance is known
 * @a: One device.
 * @b: Another device.
 * @distance: Return value of pci_p2pdma_distance().
 * @path: Filled in.
 *
 * Drivers call drm_pagemap_pci_path_measure() instead.
 */
void drm_pagemap_pci_path_describe(struct pci_dev *a, struct pci_dev *b,
				   int distance,
				   struct drm_pagemap_pci_path *path)
{
	struct pci_dev *top = topology_pci_common_bridge(a, b);

	*path = (struct drm_pagemap_pci_path) { .hops = -1 };

	if (distance < 0) {
		path->refusal = topology_pci_is_redirected(a, b, top) ?
				DRM_PAGEMAP_REFUSED_ACS :
				DRM_PAGEMAP_REFUSED_HOST_BRIDGE;
		return;
	}

	/* The distance counts links, and n links have n - 1 bridges in between. */
	path->hops = max(distance - 1, 0);
	topology_pci_path_limits(a, b, path);
}
EXPORT_SYMBOL_GPL(drm_pagemap_pci_path_describe);

/**
 * drm_pagemap_pci_path_measure() - Measure the path between two devices
 * @a: One device.
 * @b: Another device.
 * @path: Filled in.
 *
 * Resumes both devices. Above a suspended device, ports may have no power. Their
 * registers then read as all ones, as if the ports redirected requests.
 */
void drm_pagemap_pci_path_measure(struct device *a, struct device *b,
				  struct drm_pagemap_pci_path *path)
{
	*path = (struct drm_pagemap_pci_path) {
		.refusal = DRM_PAGEMAP_REFUSED_DRIVER,
		.hops = -1,
	};
	if (!IS_ENABLED(CONFIG_PCI_P2PDMA) || !dev_is_pci(a) || !dev_is_pci(b))
		return;

	pm_runtime_get_sync(a);
	pm_runtime_get_sync(b);
	drm_pagemap_pci_path_describe(to_pci_dev(a), to_pci_dev(b),
				      pci_p2pdma_distance(to_pci_dev(a), b, false),
				      path);
	pm_runtime_put_autosuspend(b);
	pm_runtime_put_autosuspend(a);
}
EXPORT_SYMBOL_GPL(drm_pagemap_pci_path_measure);

/**
 * drm_pagemap_pci_path_bandwidth() - Read the current bandwidth of a path
 * @a: One device.
 * @b: Another device that @a can reach.
 *
 * For &drm_pagemap_initiator_ops.link_bandwidth. Reads how the links are trained
 * now. Does not resume the devices.
 *
 * Return: Bandwidth of the slowest link in MB/s; 0 if unknown or if one of the
 * devices is suspended.
 */
u32 drm_pagemap_pci_path_bandwidth(struct device *a, struct device *b)
{
	struct drm_pagemap_pci_path path = {};
	int a_active, b_active;

	if (!dev_is_pci(a) || !dev_is_pci(b))
		return 0;

	/* An error means that the device has no runtime power management. */
	a_active = pm_runtime_get_if_active(a);
	b_active = pm_runtime_get_if_active(b);
	if (a_active && b_active)
		topology_pci_path_limits(to_pci_dev(a), to_pci_dev(b), &path);
	if (b_active > 0)
		pm_runtime_put_autosuspend(b);
	if (a_active > 0)
		pm_runtime_put_autosuspend(a);

	return path.bandwidth;
}
EXPORT_SYMBOL_GPL(drm_pagemap_pci_path_bandwidth);

/* Whether DMA of a device reaches a page of device memory. */
static enum drm_pagemap_refusal
topology_pci_try_map(struct device *initiator, phys_addr_t phys)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(initiator);
	dma_addr_t addr;

	/* Mapping an address above the mask would warn. */
	if (!domain || domain->type == IOMMU_DOMAIN_IDENTITY)
		return phys + PAGE_SIZE - 1 > dma_get_mask(initiator) ?
		       DRM_PAGEMAP_REFUSED_DRIVER : DRM_PAGEMAP_DIRECT;

	addr = dma_map_resource(initiator, phys, PAGE_SIZE, DMA_BIDIRECTIONAL, 0);
	if (dma_mapping_error(initiator, addr))
		return DRM_PAGEMAP_REFUSED_IOMMU;

	dma_unmap_resource(initiator, addr, PAGE_SIZE, DMA_BIDIRECTIONAL, 0);

	return DRM_PAGEMAP_DIRECT;
}

/**
 * drm_pagemap_pci_check_bar() - Check whether a device reaches memory in a BAR
 * @initiator: Device that accesses the memory, by a path with direct access.
 * @target: Device with the memory.
 * @bar: Index of the BAR.
 * @size: Size of the memory, which begins with the BAR.
 *
 * Return: %DRM_PAGEMAP_DIRECT; %DRM_PAGEMAP_REFUSED_BAR_SIZE if the BAR shows only
 * a part of the memory; %DRM_PAGEMAP_REFUSED_IOMMU if the IOMMU of @initiator maps
 * no address of the BAR; %DRM_PAGEMAP_REFUSED_DRIVER if DMA of @initiator does not
 * reach that far.
 */
enum drm_pagemap_refusal
drm_pagemap_pci_check_bar(struct device *initiator, struct pci_dev *target,
			  int bar, u64 size)
{
	u64 len = pci_resource_len(target, bar);

	if (!size || len < size)
		return DRM_PAGEMAP_REFUSED_BAR_SIZE;

	return topology_pci_try_map(initiator, pci_resource_start(target, bar) +
					       size - PAGE_SIZE);
}
EXPORT_SYMBOL_GPL(drm_pagemap_pci_check_bar);

static struct topology_pci_known *
topology_pci_find(struct drm_pagemap_pci_paths *paths, struct device *a,
		  struct device *b)
{
	struct topology_pci_known *known;

	list_for_each_entry(known, &paths->list, link)
		if ((known->a == a && known->b == b) ||
		    (known->a == b && known->b == a))
			return known;

	return NULL;
}

/**
 * drm_pagemap_pci_path_get() - Get the path between two devices
 * @paths: Measured paths of the driver.
 * @a: One device.
 * @b: Another device.
 * @path: Filled in.
 *
 * The path is the same in both directions, and is measured once.
 */
void drm_pagemap_pci_path_get(struct drm_pagemap_pci_paths *paths,
			      struct device *a, struct device *b,
			      struct drm_pagemap_pci_path *path)
{
	struct topology_pci_known *known;

	guard(mutex)(&paths->lock);
	known = topology_pci_find(paths, a, b);
	if (known) {
		*path = known->path;
		return;
	}

	paths->measure(a, b, path);

	known = kzalloc_obj(*known);
	if (!known)
		return;

	known->a = a;
	known->b = b;
	known->path = *path;
	list_add(&known->link, &paths->list);
}
EXPORT_SYMBOL_GPL(drm_pagemap_pci_path_get);

/**
 * drm_pagemap_pci_path_forget() - Forget all paths of a device
 * @paths: Measured paths of the driver.
 * @dev: The device, which is gone.
 */
void drm_pagemap_pci_path_forget(struct drm_pagemap_pci_paths *paths,
				 struct device *dev)
{
	struct topology_pci_known *known, *next;

	guard(mutex)(&paths->lock);
	list_for_each_entry_safe(known, next, &paths->list, link) {
		if (known->a != dev && known->b != dev)
			continue;
		list_del(&known->link);
		kfree(known);
	}
}
EXPORT_SYMBOL_GPL(drm_pagemap_pci_path_forget);
