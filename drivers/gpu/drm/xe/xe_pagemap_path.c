// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The path between two GPUs on PCI Express: whether requests of one reach the
 * other, the reason if they do not, and the bandwidth.
 */

#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/pci-p2pdma.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include <kunit/static_stub.h>

#include "xe_pagemap_path.h"

/* In Mb/s per lane, without encoding overhead, indexed by the speeds in registers. */
static const u32 xe_lane_rates[] = { 0, 2000, 4000, 7876, 15753, 31507, 60500 };

/**
 * struct xe_known_path - A measured path
 * @link: Entry in &xe_known_paths.
 * @a: One end. It is compared only, never dereferenced.
 * @b: The other end, likewise.
 * @path: Result of the measurement.
 */
struct xe_known_path {
	struct list_head link;
	struct device *a;
	struct device *b;
	struct xe_pagemap_path path;
};

static LIST_HEAD(xe_known_paths);
static DEFINE_MUTEX(xe_known_paths_lock);

static u32 xe_link_rate(u32 speed, u32 width)
{
	if (speed >= ARRAY_SIZE(xe_lane_rates))
		return 0;

	return xe_lane_rates[speed] * width / BITS_PER_BYTE;
}

/* Current rate of the link above a device; 0 if it is missing or unknown. */
static u32 xe_link_rate_now(struct pci_dev *pdev)
{
	u16 status = 0;

	pcie_capability_read_word(pdev, PCI_EXP_LNKSTA, &status);

	return xe_link_rate(FIELD_GET(PCI_EXP_LNKSTA_CLS, status),
			    FIELD_GET(PCI_EXP_LNKSTA_NLW, status));
}

static u32 xe_link_rate_cap(struct pci_dev *pdev)
{
	u32 cap = 0;

	pcie_capability_read_dword(pdev, PCI_EXP_LNKCAP, &cap);

	return xe_link_rate(FIELD_GET(PCI_EXP_LNKCAP_SLS, cap),
			    FIELD_GET(PCI_EXP_LNKCAP_MLW, cap));
}

static bool xe_is_own_port(const struct pci_dev *port, int type)
{
	return port && port->vendor == PCI_VENDOR_ID_INTEL &&
	       pci_pcie_type(port) == type;
}

/*
 * Discrete GPUs sit behind a switch on the card. The links inside this switch
 * are not physical, and the speed in their registers, usually 2.5 GT/s, has no
 * meaning.
 */
static struct pci_dev *xe_card_of(struct pci_dev *pdev)
{
	struct pci_dev *down = pci_upstream_bridge(pdev), *up;

	if (!xe_is_own_port(down, PCI_EXP_TYPE_DOWNSTREAM))
		return pdev;

	up = pci_upstream_bridge(down);

	return xe_is_own_port(up, PCI_EXP_TYPE_UPSTREAM) ? up : pdev;
}

static bool xe_is_above(struct pci_dev *bridge, struct pci_dev *pdev)
{
	for (; pdev; pdev = pci_upstream_bridge(pdev))
		if (pdev == bridge)
			return true;

	return false;
}

/* The first bridge above both devices; %NULL if only the host bridge is. */
static struct pci_dev *xe_common_bridge(struct pci_dev *a, struct pci_dev *b)
{
	for (; a; a = pci_upstream_bridge(a))
		if (xe_is_above(a, b))
			return a;

	return NULL;
}

static bool xe_redirects(struct pci_dev *pdev)
{
	u16 control = 0;

	if (!pdev->acs_cap)
		return false;

	pci_read_config_word(pdev, pdev->acs_cap + PCI_ACS_CTRL, &control);

	return control & (PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_EC);
}

/* Whether a port between @pdev and @top, inclusive, redirects peer requests. */
static bool xe_redirected_below(struct pci_dev *pdev, struct pci_dev *top)
{
	for (; pdev; pdev = pci_upstream_bridge(pdev)) {
		if (xe_redirects(pdev))
			return true;
		if (pdev == top)
			break;
	}

	return false;
}

static void xe_limit(u32 *rate, u32 limit)
{
	if (limit)
		*rate = min_not_zero(*rate, limit);
}

/* Apply the limits of all links from a card to @top, or to the root complex. */
static void xe_path_limit(struct pci_dev *pdev, struct pci_dev *top,
			  struct xe_pagemap_path *path)
{
	struct pci_dev *parent;

	for (pdev = xe_card_of(pdev); pdev != top; pdev = parent) {
		parent = pci_upstream_bridge(pdev);
		if (!parent)
			break;
		/* It is inside a switch: its registers describe the link below. */
		if (pci_pcie_type(pdev) == PCI_EXP_TYPE_DOWNSTREAM)
			continue;

		xe_limit(&path->bandwidth, xe_link_rate_now(pdev));
		xe_limit(&path->max_bandwidth, xe_link_rate_cap(pdev));
		xe_limit(&path->max_bandwidth, xe_link_rate_cap(parent));
	}
}

/**
 * xe_pagemap_path_describe() - Describe a path whose distance is known
 * @a: One device.
 * @b: Another device.
 * @distance: Return value of pci_p2pdma_distance().
 * @path: Filled in.
 */
void xe_pagemap_path_describe(struct pci_dev *a, struct pci_dev *b,
			      int distance, struct xe_pagemap_path *path)
{
	struct pci_dev *top = xe_common_bridge(a, b);
	bool redirected = top && (xe_redirected_below(a, top) ||
				  xe_redirected_below(b, top));

	*path = (struct xe_pagemap_path) { .hops = -1 };

	if (distance < 0) {
		path->refusal = redirected ? DRM_PAGEMAP_REFUSED_ACS :
					     DRM_PAGEMAP_REFUSED_HOST_BRIDGE;
		return;
	}

	/* The distance counts links, and n links have n - 1 bridges in between. */
	path->hops = max(distance - 1, 0);
	/* A redirected request also passes all links up to the root complex. */
	if (redirected)
		top = NULL;
	xe_path_limit(a, top, path);
	xe_path_limit(b, top, path);
}

/**
 * xe_pagemap_path_measure() - Measure the path between two devices
 * @a: One device.
 * @b: Another device.
 * @path: Filled in.
 *
 * Resumes both devices. Above a suspended device, ports may have no power. Their
 * registers then read as all ones, as if the ports redirected requests.
 */
void xe_pagemap_path_measure(struct device *a, struct device *b,
			     struct xe_pagemap_path *path)
{
	KUNIT_STATIC_STUB_REDIRECT(xe_pagemap_path_measure, a, b, path);

	*path = (struct xe_pagemap_path) {
		.refusal = DRM_PAGEMAP_REFUSED_DRIVER,
		.hops = -1,
	};
	if (!IS_ENABLED(CONFIG_PCI_P2PDMA) || !dev_is_pci(a) || !dev_is_pci(b))
		return;

	pm_runtime_get_sync(a);
	pm_runtime_get_sync(b);
	xe_pagemap_path_describe(to_pci_dev(a), to_pci_dev(b),
				 pci_p2pdma_distance(to_pci_dev(a), b, false),
				 path);
	pm_runtime_put_autosuspend(b);
	pm_runtime_put_autosuspend(a);
}

static struct xe_known_path *xe_known_path_find(struct device *a, struct device *b)
{
	struct xe_known_path *known;

	list_for_each_entry(known, &xe_known_paths, link)
		if ((known->a == a && known->b == b) ||
		    (known->a == b && known->b == a))
			return known;

	return NULL;
}

/**
 * xe_pagemap_path_get() - Get the path between two devices
 * @a: One device.
 * @b: Another device.
 * @path: Filled in.
 *
 * The path is the same in both directions, and is measured once.
 */
void xe_pagemap_path_get(struct device *a, struct device *b,
			 struct xe_pagemap_path *path)
{
	struct xe_known_path *known;

	guard(mutex)(&xe_known_paths_lock);
	known = xe_known_path_find(a, b);
	if (known) {
		*path = known->path;
		return;
	}

	xe_pagemap_path_measure(a, b, path);

	known = kzalloc_obj(*known);
	if (!known)
		return;

	known->a = a;
	known->b = b;
	known->path = *path;
	list_add(&known->link, &xe_known_paths);
}

/**
 * xe_pagemap_path_forget() - Forget all paths of a device
 * @dev: The device, which is gone.
 */
void xe_pagemap_path_forget(struct device *dev)
{
	struct xe_known_path *known, *next;

	guard(mutex)(&xe_known_paths_lock);
	list_for_each_entry_safe(known, next, &xe_known_paths, link) {
		if (known->a != dev && known->b != dev)
			continue;
		list_del(&known->link);
		kfree(known);
	}
}
