// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tests of drm_pagemap_pci_path_describe(), on fake ports that have only the registers
 * that it reads.
 */

#include <linux/bitfield.h>
#include <linux/dma-mapping.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include <kunit/device.h>
#include <kunit/test.h>

#include <drm/drm_pagemap_pci.h>

#define FAKE_EXP	0x40
#define FAKE_ACS	0x100

#define VENDOR_SWITCH	0x1000

/* The values of speeds in registers. */
enum { GEN1 = 1, GEN3 = 3, GEN4, GEN5 };

/**
 * struct fake_port - A device or port on a bus of its own
 * @pdev: The device.
 * @bus: The bus above the device.
 * @status: Link status register, for the link above the device.
 * @cap: Link capabilities register.
 * @acs: ACS control register.
 */
struct fake_port {
	struct pci_dev pdev;
	struct pci_bus bus;
	u16 status;
	u32 cap;
	u16 acs;
};

static int fake_read(struct pci_bus *bus, unsigned int devfn, int where, int size,
		     u32 *val)
{
	struct fake_port *port = container_of(bus, struct fake_port, bus);

	switch (where) {
	case FAKE_EXP + PCI_EXP_LNKSTA:
		*val = port->status;
		break;
	case FAKE_EXP + PCI_EXP_LNKCAP:
		*val = port->cap;
		break;
	case FAKE_ACS + PCI_ACS_CTRL:
		*val = port->acs;
		break;
	default:
		*val = 0;
	}

	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops fake_ops = { .read = fake_read };

static struct fake_port *add_port(struct kunit *test, struct fake_port *parent,
				  int type, u16 vendor)
{
	struct fake_port *port = kunit_kzalloc(test, sizeof(*port), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, port);
	port->bus.ops = &fake_ops;
	port->bus.self = parent ? &parent->pdev : NULL;
	port->bus.parent = parent ? &parent->bus : NULL;
	port->pdev.bus = &port->bus;
	port->pdev.vendor = vendor;
	port->pdev.pcie_cap = FAKE_EXP;
	port->pdev.pcie_flags_reg = FIELD_PREP(PCI_EXP_FLAGS_TYPE, type) | 2;
	port->pdev.acs_cap = FAKE_ACS;
	spin_lock_init(&port->pdev.dev.power.lock);

	return port;
}

static void set_link(struct fake_port *port, u16 speed, u16 width)
{
	port->status = FIELD_PREP(PCI_EXP_LNKSTA_CLS, speed) |
		FIELD_PREP(PCI_EXP_LNKSTA_NLW, width);
}

static void set_cap(struct fake_port *port, u32 speed, u32 width)
{
	port->cap = FIELD_PREP(PCI_EXP_LNKCAP_SLS, speed) |
		FIELD_PREP(PCI_EXP_LNKCAP_MLW, width);
}

/**
 * struct fake_tree - Two GPUs below a switch below a root port
 * @root: The root port.
 * @up: The upstream port of the switch.
 * @down: The downstream ports of the switch.
 * @gpu: The GPUs.
 */
struct fake_tree {
	struct fake_port *root;
	struct fake_port *up;
	struct fake_port *down[2];
	struct fake_port *gpu[2];
};

static int pci_test_init(struct kunit *test)
{
	struct fake_tree *tree = kunit_kzalloc(test, sizeof(*tree), GFP_KERNEL);

	if (!tree)
		return -ENOMEM;

	tree->root = add_port(test, NULL, PCI_EXP_TYPE_ROOT_PORT, PCI_VENDOR_ID_INTEL);
	tree->up = add_port(test, tree->root, PCI_EXP_TYPE_UPSTREAM, VENDOR_SWITCH);
	set_link(tree->up, GEN3, 8);
	for (unsigned int i = 0; i < 2; i++) {
		tree->down[i] = add_port(test, tree->up, PCI_EXP_TYPE_DOWNSTREAM,
					 VENDOR_SWITCH);
		tree->gpu[i] = add_port(test, tree->down[i], PCI_EXP_TYPE_ENDPOINT,
					PCI_VENDOR_ID_INTEL);
		set_cap(tree->down[i], GEN4, 16);
		set_cap(tree->gpu[i], GEN5, 16);
	}
	set_link(tree->gpu[0], GEN4, 16);
	set_link(tree->gpu[1], GEN4, 8);
	test->priv = tree;

	return 0;
}

static struct drm_pagemap_pci_path describe(struct kunit *test, int distance)
{
	struct fake_tree *tree = test->priv;
	struct drm_pagemap_pci_path path;

	drm_pagemap_pci_path_describe(&tree->gpu[0]->pdev, &tree->gpu[1]->pdev, distance,
				      &path);

	return path;
}

static void expect_direct(struct kunit *test, int distance, u32 bandwidth,
			  u32 max_bandwidth)
{
	struct drm_pagemap_pci_path path = describe(test, distance);

	KUNIT_EXPECT_EQ(test, path.refusal, DRM_PAGEMAP_DIRECT);
	KUNIT_EXPECT_EQ(test, path.hops, distance - 1);
	KUNIT_EXPECT_EQ(test, path.bandwidth, bandwidth);
	KUNIT_EXPECT_EQ(test, path.max_bandwidth, max_bandwidth);
}

static void expect_refused(struct kunit *test, enum drm_pagemap_refusal refusal)
{
	struct drm_pagemap_pci_path path = describe(test, -1);

	KUNIT_EXPECT_EQ(test, path.refusal, refusal);
	KUNIT_EXPECT_EQ(test, path.hops, -1);
	KUNIT_EXPECT_EQ(test, path.bandwidth, 0);
	KUNIT_EXPECT_EQ(test, path.max_bandwidth, 0);
}

static void pci_test_through_switch(struct kunit *test)
{
	struct fake_tree *tree = test->priv;

	/* The link above the switch is not on the path. */
	set_cap(tree->up, GEN1, 1);
	/* 16 GT/s with 8 lanes and 128b/130b; both ends support 16 lanes. */
	expect_direct(test, 4, 15753, 31506);
}

static void pci_test_is_symmetric(struct kunit *test)
{
	struct fake_tree *tree = test->priv;
	struct drm_pagemap_pci_path path = describe(test, 4), back;

	swap(tree->gpu[0], tree->gpu[1]);
	back = describe(test, 4);
	KUNIT_EXPECT_MEMEQ(test, &path, &back, sizeof(path));
}

static void pci_test_of_unknown_links(struct kunit *test)
{
	struct fake_tree *tree = test->priv;

	for (unsigned int i = 0; i < 2; i++) {
		tree->gpu[i]->status = 0;
		tree->gpu[i]->cap = 0;
		tree->down[i]->cap = 0;
	}
	expect_direct(test, 4, 0, 0);
}

/* A device may lack the registers that the port above it has. */
static void pci_test_of_plain_device(struct kunit *test)
{
	struct fake_tree *tree = test->priv;

	for (unsigned int i = 0; i < 2; i++) {
		tree->gpu[i]->status = 0;
		tree->gpu[i]->cap = 0;
		set_link(tree->down[i], GEN1, 1);
	}
	expect_direct(test, 4, 250, 31506);
}

static void pci_test_refused_by_acs(struct kunit *test)
{
	struct fake_tree *tree = test->priv;

	for (unsigned int i = 0; i < 2; i++) {
		tree->down[i]->acs = PCI_ACS_RR;
		expect_refused(test, DRM_PAGEMAP_REFUSED_ACS);
		tree->down[i]->acs = 0;
	}
}

static void pci_test_refused_by_host_bridge(struct kunit *test)
{
	struct fake_tree *tree = test->priv;

	/* The root port is not on the path. */
	tree->root->acs = PCI_ACS_RR;
	/* These bits do not redirect requests. */
	tree->down[0]->acs = PCI_ACS_SV | PCI_ACS_UF;
	expect_refused(test, DRM_PAGEMAP_REFUSED_HOST_BRIDGE);

	/* Without a common bridge, ACS is not the reason. */
	tree->gpu[1]->bus.self = NULL;
	tree->gpu[1]->bus.parent = NULL;
	tree->down[0]->acs = PCI_ACS_RR;
	expect_refused(test, DRM_PAGEMAP_REFUSED_HOST_BRIDGE);
}

static void pci_test_redirected(struct kunit *test)
{
	struct fake_tree *tree = test->priv;

	/* The path goes to the host bridge and back, by the link above the switch. */
	tree->down[1]->acs = PCI_ACS_CR;
	expect_direct(test, 4, 7876, 31506);
}

static void pci_test_within_card(struct kunit *test)
{
	struct fake_tree *tree = test->priv;
	struct fake_port *up, *down;

	/* A card with its own switch, whose inner link registers have no meaning. */
	up = add_port(test, tree->down[1], PCI_EXP_TYPE_UPSTREAM, PCI_VENDOR_ID_INTEL);
	down = add_port(test, up, PCI_EXP_TYPE_DOWNSTREAM, PCI_VENDOR_ID_INTEL);
	tree->gpu[1] = add_port(test, down, PCI_EXP_TYPE_ENDPOINT, PCI_VENDOR_ID_INTEL);
	set_link(up, GEN5, 8);
	set_cap(up, GEN5, 8);
	set_link(tree->gpu[1], GEN1, 1);
	set_cap(tree->gpu[1], GEN1, 1);
	set_link(down, GEN1, 1);

	expect_direct(test, 6, 31506, 31506);
}

/* The links of a switch are physical if only one of its ports is of the GPU's vendor. */
static void pci_test_other_switch(struct kunit *test)
{
	struct fake_tree *tree = test->priv;

	tree->up->pdev.vendor = PCI_VENDOR_ID_INTEL;
	expect_direct(test, 4, 15753, 31506);
	tree->up->pdev.vendor = VENDOR_SWITCH;
	tree->down[0]->pdev.vendor = PCI_VENDOR_ID_INTEL;
	expect_direct(test, 4, 15753, 31506);
}

/* An emulated switch with ACS has root ports in place of downstream ports. */
static void pci_test_emulated_switch(struct kunit *test)
{
	struct fake_tree *tree = test->priv;

	for (unsigned int i = 0; i < 2; i++) {
		tree->down[i]->pdev.pcie_flags_reg =
			FIELD_PREP(PCI_EXP_FLAGS_TYPE, PCI_EXP_TYPE_ROOT_PORT) | 2;
		/* It is the link to the GPU, on the way to the root complex as well. */
		set_link(tree->down[i], GEN1, 1);
	}
	tree->down[1]->acs = PCI_ACS_RR;
	expect_direct(test, 4, 7876, 31506);
}

/* Whether the device is suspended, or has no runtime power management at all. */
static void set_suspended(struct device *dev, bool suspended)
{
#ifdef CONFIG_PM
	dev->power.disable_depth = !suspended;
	dev->power.runtime_status = suspended ? RPM_SUSPENDED : RPM_ACTIVE;
#endif
}

/* The bandwidth is read from the registers each time. */
static void pci_test_trained_lower(struct kunit *test)
{
	struct fake_tree *tree = test->priv;
	struct device *a = &tree->gpu[0]->pdev.dev, *b = &tree->gpu[1]->pdev.dev;

	a->bus = &pci_bus_type;
	b->bus = &pci_bus_type;
	set_suspended(a, false);
	set_suspended(b, false);
	KUNIT_EXPECT_EQ(test, drm_pagemap_pci_path_bandwidth(a, b), 15753);
	set_link(tree->gpu[0], GEN1, 1);
	KUNIT_EXPECT_EQ(test, drm_pagemap_pci_path_bandwidth(a, b), 250);

	/* A suspended device is not touched. */
	set_suspended(a, true);
	if (IS_ENABLED(CONFIG_PM))
		KUNIT_EXPECT_EQ(test, drm_pagemap_pci_path_bandwidth(a, b), 0);
}

static void pci_test_to_integrated(struct kunit *test)
{
	struct fake_tree *tree = test->priv;

	/* It is on the root bus and has no link: only the other GPU's links count. */
	tree->gpu[0] = add_port(test, NULL, PCI_EXP_TYPE_RC_END, PCI_VENDOR_ID_INTEL);
	expect_direct(test, 5, 7876, 31506);
}

static unsigned int pci_test_num_measured;

static void pci_test_count(struct device *a, struct device *b,
			   struct drm_pagemap_pci_path *path)
{
	*path = (struct drm_pagemap_pci_path) { .hops = ++pci_test_num_measured };
}

static struct drm_pagemap_pci_paths pci_test_paths = {
	.lock = __MUTEX_INITIALIZER(pci_test_paths.lock),
	.list = LIST_HEAD_INIT(pci_test_paths.list),
	.measure = pci_test_count,
};

static int pci_test_hops(struct device *a, struct device *b)
{
	struct drm_pagemap_pci_path path;

	drm_pagemap_pci_path_get(&pci_test_paths, a, b, &path);

	return path.hops;
}

static void pci_test_measured_once(struct kunit *test)
{
	struct fake_tree *tree = test->priv;
	struct device *a = &tree->gpu[0]->pdev.dev, *b = &tree->gpu[1]->pdev.dev;
	struct device *c = &tree->up->pdev.dev;

	pci_test_num_measured = 0;
	KUNIT_EXPECT_EQ(test, pci_test_hops(a, b), 1);
	KUNIT_EXPECT_EQ(test, pci_test_hops(b, a), 1);
	KUNIT_EXPECT_EQ(test, pci_test_hops(a, c), 2);

	/* A new device at the same address needs a new measurement. */
	drm_pagemap_pci_path_forget(&pci_test_paths, b);
	KUNIT_EXPECT_EQ(test, pci_test_hops(c, a), 2);
	KUNIT_EXPECT_EQ(test, pci_test_hops(a, b), 3);

	drm_pagemap_pci_path_forget(&pci_test_paths, a);
	KUNIT_EXPECT_TRUE(test, list_empty(&pci_test_paths.list));
}

/* Devices without a PCI bus have no path. */
static void pci_test_other_bus(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "pci-test");
	struct drm_pagemap_pci_path path;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	drm_pagemap_pci_path_measure(dev, dev, &path);
	KUNIT_EXPECT_EQ(test, path.refusal, DRM_PAGEMAP_REFUSED_DRIVER);
	KUNIT_EXPECT_EQ(test, path.hops, -1);
	KUNIT_EXPECT_EQ(test, drm_pagemap_pci_path_bandwidth(dev, dev), 0);
}

static void pci_test_bar(struct kunit *test)
{
	struct fake_tree *tree = test->priv;
	struct pci_dev *target = &tree->gpu[1]->pdev;
	struct device *dev = kunit_device_register(test, "pci-test");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, 0, dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(40)));
	target->resource[2] = DEFINE_RES_MEM(SZ_4G, SZ_2M);
	KUNIT_EXPECT_EQ(test, drm_pagemap_pci_check_bar(dev, target, 2, SZ_2M),
			DRM_PAGEMAP_DIRECT);
	KUNIT_EXPECT_EQ(test, drm_pagemap_pci_check_bar(dev, target, 2, SZ_4M),
			DRM_PAGEMAP_REFUSED_BAR_SIZE);
	/* The device has no such BAR. */
	KUNIT_EXPECT_EQ(test, drm_pagemap_pci_check_bar(dev, target, 4, SZ_2M),
			DRM_PAGEMAP_REFUSED_BAR_SIZE);
}

static void pci_test_bar_out_of_reach(struct kunit *test)
{
	struct fake_tree *tree = test->priv;
	struct pci_dev *target = &tree->gpu[1]->pdev;
	struct device *dev = kunit_device_register(test, "pci-test");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, 0, dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(40)));
	/* Its last page is above what the mask of the other device allows. */
	target->resource[2] = DEFINE_RES_MEM(BIT_ULL(40) - SZ_1M, SZ_2M);
	KUNIT_EXPECT_EQ(test, drm_pagemap_pci_check_bar(dev, target, 2, SZ_2M),
			DRM_PAGEMAP_REFUSED_DRIVER);
}

static struct kunit_case pci_test_cases[] = {
	KUNIT_CASE(pci_test_through_switch),
	KUNIT_CASE(pci_test_is_symmetric),
	KUNIT_CASE(pci_test_of_unknown_links),
	KUNIT_CASE(pci_test_of_plain_device),
	KUNIT_CASE(pci_test_refused_by_acs),
	KUNIT_CASE(pci_test_refused_by_host_bridge),
	KUNIT_CASE(pci_test_redirected),
	KUNIT_CASE(pci_test_within_card),
	KUNIT_CASE(pci_test_other_switch),
	KUNIT_CASE(pci_test_emulated_switch),
	KUNIT_CASE(pci_test_to_integrated),
	KUNIT_CASE(pci_test_trained_lower),
	KUNIT_CASE(pci_test_measured_once),
	KUNIT_CASE(pci_test_other_bus),
	KUNIT_CASE(pci_test_bar),
	KUNIT_CASE(pci_test_bar_out_of_reach),
	{}
};

static struct kunit_suite pci_test_suite = {
	.name = "drm_pagemap_topology_pci",
	.init = pci_test_init,
	.test_cases = pci_test_cases,
};

kunit_test_suite(pci_test_suite);
