// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tests of the configurations of GPUs: each rule for each value, alone and as a
 * part of the whole.
 */

#include <linux/array_size.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <kunit/test.h>

#include "../vgpusvm_config.h"

/**
 * struct config_world - A valid configuration with two regions and two links
 * @config: The configuration.
 * @region: Region 3.
 * @link: Link to GPU "peer".
 * @reason: Buffer for the reason why @config is not valid.
 */
struct config_world {
	struct vgpusvm_config config;
	struct vgpusvm_region_config *region;
	struct vgpusvm_link_config *link;
	char reason[VGPUSVM_REASON_LEN];
};

static int config_test_init(struct kunit *test)
{
	struct config_world *world =
		kunit_kzalloc(test, sizeof(*world), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, world);
	KUNIT_ASSERT_EQ(test, vgpusvm_config_init(&world->config, "gpu"), 0);
	test->priv = world;

	world->region = vgpusvm_config_add_region(&world->config, 3);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, world->region);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
				     vgpusvm_config_add_region(&world->config,
							       1));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test,
				     vgpusvm_config_add_link(&world->config,
							     "other"));
	world->link = vgpusvm_config_add_link(&world->config, "peer");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, world->link);

	return 0;
}

static void config_test_exit(struct kunit *test)
{
	struct config_world *world = test->priv;

	if (world)
		vgpusvm_config_fini(&world->config);
}

static void expect_valid(struct kunit *test)
{
	struct config_world *world = test->priv;

	world->reason[0] = 0;
	KUNIT_EXPECT_TRUE(test, vgpusvm_config_valid(&world->config,
						     world->reason));
	KUNIT_EXPECT_STREQ(test, world->reason, "");
}

/* The configuration is not valid, because of @fault in @part. */
static void expect_invalid(struct kunit *test, const char *part,
			   const char *fault)
{
	struct config_world *world = test->priv;
	char reason[VGPUSVM_REASON_LEN];

	scnprintf(reason, sizeof(reason), "%s%s", part, fault);
	KUNIT_EXPECT_FALSE(test, vgpusvm_config_valid(&world->config,
						      world->reason));
	KUNIT_EXPECT_STREQ(test, world->reason, reason);
}

/* Region 3 refuses these attributes, and is not valid with them. */
static void expect_bad_region(struct kunit *test,
			      const struct vgpusvm_region_attrs *attrs,
			      const char *fault)
{
	struct config_world *world = test->priv;
	struct vgpusvm_region_attrs old = world->region->attrs;

	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_region(&world->config,
							world->region, attrs),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, world->region->attrs.size, old.size);
	KUNIT_EXPECT_EQ(test, world->region->attrs.numa_node, old.numa_node);
	KUNIT_EXPECT_MEMEQ(test, &world->region->attrs.info, &old.info,
			   sizeof(old.info));
	expect_valid(test);

	world->region->attrs = *attrs;
	expect_invalid(test, "region 3: ", fault);
	world->region->attrs = old;
}

static void expect_bad_link(struct kunit *test,
			    const struct drm_pagemap_link_info *info,
			    const char *fault)
{
	struct config_world *world = test->priv;
	struct drm_pagemap_link_info old = world->link->info;

	KUNIT_EXPECT_EQ(test, vgpusvm_config_check_link(&world->config,
							world->link, info),
			-EINVAL);
	vgpusvm_config_set_link(world->link, info);
	expect_invalid(test, "link to peer: ", fault);
	vgpusvm_config_set_link(world->link, &old);
	expect_valid(test);
}

static void config_test_defaults(struct kunit *test)
{
	struct config_world *world = test->priv;
	const struct vgpusvm_region_attrs *attrs = &world->region->attrs;

	expect_valid(test);
	KUNIT_EXPECT_STREQ(test, world->config.name, "gpu");
	KUNIT_EXPECT_STREQ(test, world->config.serial, "");
	KUNIT_EXPECT_EQ(test, world->config.index, 0);
	KUNIT_EXPECT_EQ(test, attrs->size, SZ_64M);
	KUNIT_EXPECT_EQ(test, attrs->numa_node, NUMA_NO_NODE);
	KUNIT_EXPECT_EQ(test, attrs->info.type, DRM_PAGEMAP_LINK_LOCAL);
	KUNIT_EXPECT_EQ(test, world->link->info.type, DRM_PAGEMAP_LINK_VIRTUAL);
	KUNIT_EXPECT_EQ(test, world->link->info.refusal, DRM_PAGEMAP_DIRECT);
	/* Placements are ranked by this order */
	KUNIT_EXPECT_GT(test, attrs->info.read_bandwidth,
			world->link->info.read_bandwidth);
}

static void config_test_empty(struct kunit *test)
{
	struct config_world *world = test->priv;

	vgpusvm_config_fini(&world->config);
	KUNIT_EXPECT_TRUE(test, list_empty(&world->config.regions));
	KUNIT_EXPECT_TRUE(test, list_empty(&world->config.links));
	expect_valid(test);
}

static void config_test_names(struct kunit *test)
{
	char name[VGPUSVM_NAME_LEN + 1] = {};
	struct vgpusvm_config config = {};

	KUNIT_EXPECT_EQ(test, vgpusvm_config_init(&config, ""), -EINVAL);
	memset(name, 'x', VGPUSVM_NAME_LEN);
	KUNIT_EXPECT_EQ(test, vgpusvm_config_init(&config, name),
			-ENAMETOOLONG);
	name[VGPUSVM_NAME_LEN - 1] = 0;
	KUNIT_EXPECT_EQ(test, vgpusvm_config_init(&config, name), 0);
	KUNIT_EXPECT_STREQ(test, config.name, name);
}

static void config_test_index(struct kunit *test)
{
	struct config_world *world = test->priv;
	struct vgpusvm_config *config = &world->config;

	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_index(config, 4095), 0);
	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_index(config, 4096), -ERANGE);
	KUNIT_EXPECT_EQ(test, config->index, 4095);
	expect_valid(test);

	config->index = 4096;
	expect_invalid(test, "", "index must be below 4096");
}

static void config_test_serial(struct kunit *test)
{
	struct config_world *world = test->priv;
	struct vgpusvm_config *config = &world->config;
	static const char * const bad[] = { "a b", "a\n", "\x01", "\xe4" };
	char serial[VGPUSVM_NAME_LEN + 1] = {};

	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_serial(config, "SN-1.2/3"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, vgpusvm_config_set_serial(config, bad[i]),
				-EINVAL);
	memset(serial, '9', VGPUSVM_NAME_LEN);
	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_serial(config, serial),
			-ENAMETOOLONG);
	KUNIT_EXPECT_STREQ(test, config->serial, "SN-1.2/3");
	serial[VGPUSVM_NAME_LEN - 1] = 0;
	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_serial(config, serial), 0);
	expect_valid(test);

	config->serial[1] = ' ';
	expect_invalid(test, "",
		       "serial number must be printable ASCII without spaces");
}

static void config_test_region_numbers(struct kunit *test)
{
	struct config_world *world = test->priv;
	struct vgpusvm_config *config = &world->config;
	struct vgpusvm_region_config *region;
	int last = -1;

	KUNIT_EXPECT_PTR_EQ(test, vgpusvm_config_add_region(config, 3),
			    ERR_PTR(-EEXIST));
	KUNIT_EXPECT_PTR_EQ(test, vgpusvm_config_add_region(config, 64),
			    ERR_PTR(-ERANGE));
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test,
				     vgpusvm_config_add_region(config, 63));
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test,
				     vgpusvm_config_add_region(config, 0));
	list_for_each_entry(region, &config->regions, entry) {
		KUNIT_EXPECT_GT(test, region->instance, last);
		last = region->instance;
	}
	KUNIT_EXPECT_EQ(test, last, 63);
	expect_valid(test);

	world->region->instance = 1;
	expect_invalid(test, "region 1: ",
		       "number must be higher than that of the region before");
	world->region->instance = 64;
	expect_invalid(test, "region 64: ", "number must be below 64");
}

static void config_test_region_sizes(struct kunit *test)
{
	struct config_world *world = test->priv;
	struct vgpusvm_region_attrs attrs = world->region->attrs;
	static const u64 bad[] = { 0, 1, SZ_1M, SZ_2M - 1, SZ_2M + SZ_4K };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		attrs.size = bad[i];
		expect_bad_region(test, &attrs,
				  "size must be a positive multiple of 2 MiB");
	}

	attrs.size = SZ_2M;
	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_region(&world->config,
							world->region, &attrs),
			0);
	KUNIT_EXPECT_EQ(test, world->region->attrs.size, SZ_2M);
	expect_valid(test);
}

static void config_test_region_nodes(struct kunit *test)
{
	struct config_world *world = test->priv;
	struct vgpusvm_region_attrs attrs = world->region->attrs;
	static const int good[] = { NUMA_NO_NODE, 0, 1023 };

	attrs.numa_node = -2;
	expect_bad_region(test, &attrs, "NUMA node must be from -1 to 1023");
	attrs.numa_node = 1024;
	expect_bad_region(test, &attrs, "NUMA node must be from -1 to 1023");
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		attrs.numa_node = good[i];
		KUNIT_EXPECT_EQ(test,
				vgpusvm_config_set_region(&world->config,
							  world->region,
							  &attrs), 0);
		expect_valid(test);
	}
}

static void config_test_region_info(struct kunit *test)
{
	struct config_world *world = test->priv;
	const struct vgpusvm_region_attrs good = world->region->attrs;
	struct vgpusvm_region_attrs attrs = good;

	attrs.info.type = DRM_PAGEMAP_LINK_VIRTUAL;
	expect_bad_region(test, &attrs,
			  "link of a GPU to its own region must be local");
	attrs = good;
	attrs.info.refusal = DRM_PAGEMAP_REFUSED_ACS;
	expect_bad_region(test, &attrs,
			  "link of a GPU to its own region can't be refused");
	attrs = good;
	attrs.info.read_bandwidth = attrs.info.max_read_bandwidth + 1;
	expect_bad_region(test, &attrs, "read bandwidth exceeds its maximum");
	attrs = good;
	attrs.info.write_bandwidth = attrs.info.max_write_bandwidth + 1;
	expect_bad_region(test, &attrs, "write bandwidth exceeds its maximum");

	/* An unknown maximum limits nothing */
	attrs.info.max_write_bandwidth = 0;
	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_region(&world->config,
							world->region, &attrs),
			0);
	expect_valid(test);
}

static void config_test_link_targets(struct kunit *test)
{
	struct config_world *world = test->priv;
	struct vgpusvm_config *config = &world->config;
	char target[VGPUSVM_NAME_LEN + 1] = {};

	KUNIT_EXPECT_PTR_EQ(test, vgpusvm_config_add_link(config, "gpu"),
			    ERR_PTR(-EINVAL));
	KUNIT_EXPECT_PTR_EQ(test, vgpusvm_config_add_link(config, "peer"),
			    ERR_PTR(-EEXIST));
	memset(target, 'x', VGPUSVM_NAME_LEN);
	KUNIT_EXPECT_PTR_EQ(test, vgpusvm_config_add_link(config, target),
			    ERR_PTR(-ENAMETOOLONG));
	target[VGPUSVM_NAME_LEN - 1] = 0;
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test,
				     vgpusvm_config_add_link(config, target));
	expect_valid(test);

	strscpy(world->link->target, "gpu");
	expect_invalid(test, "link to gpu: ", "link leads to the GPU itself");
}

static void config_test_link_info(struct kunit *test)
{
	struct config_world *world = test->priv;
	const struct drm_pagemap_link_info good = world->link->info;
	struct drm_pagemap_link_info info = good;

	info.type = DRM_PAGEMAP_LINK_TYPES;
	expect_bad_link(test, &info, "type is unknown");
	info.type = DRM_PAGEMAP_LINK_LOCAL;
	expect_bad_link(test, &info, "link to another GPU is never local");
	info = good;
	info.refusal = DRM_PAGEMAP_REFUSALS;
	expect_bad_link(test, &info, "refusal is unknown");
	info = good;
	info.hops = -2;
	expect_bad_link(test, &info, "hops must be -1 or more");
	info = good;
	info.max_read_bandwidth = info.read_bandwidth - 1;
	expect_bad_link(test, &info, "read bandwidth exceeds its maximum");
	info = good;
	info.max_write_bandwidth = info.write_bandwidth - 1;
	expect_bad_link(test, &info, "write bandwidth exceeds its maximum");

	KUNIT_EXPECT_EQ(test, vgpusvm_config_check_link(&world->config,
							world->link,
							&vgpusvm_refused_info),
			0);
	info = good;
	info.hops = -1;
	KUNIT_EXPECT_EQ(test, vgpusvm_config_check_link(&world->config,
							world->link, &info),
			0);
}

static void config_test_link_lookup(struct kunit *test)
{
	struct config_world *world = test->priv;
	struct drm_pagemap_link_info info;

	vgpusvm_config_set_link(world->link, &vgpusvm_refused_info);
	KUNIT_ASSERT_TRUE(test, vgpusvm_config_link_info(&world->config, "peer",
							 &info));
	KUNIT_EXPECT_MEMEQ(test, &info, &vgpusvm_refused_info, sizeof(info));
	KUNIT_ASSERT_TRUE(test, vgpusvm_config_link_info(&world->config,
							 "other", &info));
	KUNIT_EXPECT_MEMEQ(test, &info, &vgpusvm_peer_info, sizeof(info));
	KUNIT_EXPECT_FALSE(test, vgpusvm_config_link_info(&world->config,
							  "third", &info));

	vgpusvm_config_del_link(world->link);
	KUNIT_EXPECT_FALSE(test, vgpusvm_config_link_info(&world->config,
							  "peer", &info));
}

static void config_test_frozen(struct kunit *test)
{
	struct config_world *world = test->priv;
	struct vgpusvm_config *config = &world->config;
	struct drm_pagemap_link_info info = world->link->info;

	config->frozen = true;
	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_index(config, 1), -EBUSY);
	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_serial(config, "1"), -EBUSY);
	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_timeslice(config, 1), -EBUSY);
	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_page_faults(config, false),
			-EBUSY);
	KUNIT_EXPECT_FALSE(test, config->no_page_faults);
	KUNIT_EXPECT_PTR_EQ(test, vgpusvm_config_add_region(config, 2),
			    ERR_PTR(-EBUSY));
	KUNIT_EXPECT_EQ(test, vgpusvm_config_set_region(config, world->region,
							&world->region->attrs),
			-EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, vgpusvm_config_add_link(config, "third"),
			    ERR_PTR(-EBUSY));

	/* The type of a link can't change, its other attributes can */
	info.type = DRM_PAGEMAP_LINK_CXL;
	KUNIT_EXPECT_EQ(test, vgpusvm_config_check_link(config, world->link,
							&info), -EBUSY);
	info = vgpusvm_refused_info;
	info.type = world->link->info.type;
	KUNIT_EXPECT_EQ(test, vgpusvm_config_check_link(config, world->link,
							&info), 0);
	expect_valid(test);
}

static struct kunit_case config_test_cases[] = {
	KUNIT_CASE(config_test_defaults),
	KUNIT_CASE(config_test_empty),
	KUNIT_CASE(config_test_names),
	KUNIT_CASE(config_test_index),
	KUNIT_CASE(config_test_serial),
	KUNIT_CASE(config_test_region_numbers),
	KUNIT_CASE(config_test_region_sizes),
	KUNIT_CASE(config_test_region_nodes),
	KUNIT_CASE(config_test_region_info),
	KUNIT_CASE(config_test_link_targets),
	KUNIT_CASE(config_test_link_info),
	KUNIT_CASE(config_test_link_lookup),
	KUNIT_CASE(config_test_frozen),
	{}
};

static struct kunit_suite config_test_suite = {
	.name = "vgpusvm_config",
	.init = config_test_init,
	.exit = config_test_exit,
	.test_cases = config_test_cases,
};

kunit_test_suite(config_test_suite);

MODULE_DESCRIPTION("KUnit tests of the virtual SVM GPU");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
