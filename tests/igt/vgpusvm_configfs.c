// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm configfs
 * Category: Core
 * Mega feature: SVM
 * Sub-category: uapi
 * Functionality: vgpusvm,configfs
 * Test category: functionality test
 * Description: Virtual GPUs made in configfs: files, values, refused writes and their
 *	errors. A GPU has the configured attributes. drm_pagemap_changes tests the resulting
 *	topology.
 */

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "lib/settings.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/task.h"
#include "lib/vgpus.h"

IGT_TEST_DESCRIPTION("Virtual GPUs in configfs");

static const char * const figures[] = {
	"read_bandwidth", "write_bandwidth", "max_read_bandwidth", "max_write_bandwidth",
	"read_latency", "write_latency",
};

static const char *region(char gpu)
{
	return text_of("%s/regions/0", vgpu_dir(gpu));
}

static const char *link_from(char from, char to)
{
	return text_of("%s/links/igt-%c", vgpu_dir(from), to);
}

/* Assert that each value is refused with that error and changes nothing. */
static void assert_refuses(const char *path, int err, const char * const *values, size_t num)
{
	const char *before = file_text("%s", path);
	size_t i;

	for (i = 0; i < num; i++)
		igt_assert_f(file_put(values[i], "%s", path) == -err, "%s takes \"%s\"\n", path,
			     values[i]);
	assert_text(file_text("%s", path), before);
}

#define refuses(path, err, values...) do { \
	static const char * const __values[] = { values }; \
	assert_refuses(path, err, __values, ARRAY_SIZE(__values)); \
} while (0)

static void assert_takes(const char *path, const char *value)
{
	assert_ok(file_put(value, "%s", path));
	assert_text(file_text("%s", path), value);
}

/**
 * SUBTEST: default-files
 * Description: A new GPU, region and link have all files and directories, with the right
 *	permissions.
 * Promises: vgpu vgpu/{enabled,index,serial,device,regions/each,links/each}
 *	vgpu/regions/{size,numa_node} vgpu/links/{type,refusal,hops}
 */
static void default_files(void)
{
	make_vgpus("a", 1);
	link_vgpu('a', 'b', "");
	assert_text(names_text("%s", vgpu_dir('a')),
		    "device enabled fail_copy_in fail_copy_out fail_probe fail_vram_alloc index "
		    "late_fence_ms links lost page_faults regions serial timeslice_ms");
	assert_text(names_text("%s", region('a')),
		    "max_read_bandwidth max_write_bandwidth numa_node read_bandwidth read_latency "
		    "size write_bandwidth write_latency");
	assert_text(names_text("%s", link_from('a', 'b')),
		    "hops max_read_bandwidth max_write_bandwidth read_bandwidth read_latency "
		    "refusal type write_bandwidth write_latency");
	igt_assert_eq(file_mode("%s/device", vgpu_dir('a')), 0444);
	igt_assert_eq(file_mode("%s/enabled", vgpu_dir('a')), 0644);
	igt_assert_eq(file_mode("%s/index", vgpu_dir('a')), 0644);
	igt_assert_eq(file_mode("%s/serial", vgpu_dir('a')), 0644);
	igt_assert_eq(file_mode("%s/size", region('a')), 0644);
	igt_assert_eq(file_mode("%s/refusal", link_from('a', 'b')), 0644);
	assert_error(file_put("x", "%s/device", vgpu_dir('a')), -EACCES);
}

/**
 * SUBTEST: default-values
 * Description: A new GPU, region and link have the documented default values.
 * Promises: vgpu/{enabled,index,serial,device} vgpu/regions/{size,numa_node}
 *	vgpu/links/{type,refusal,hops}
 */
static void default_values(void)
{
	const char *dir = vgpu_dir('a');

	assert_ok(make_dir("%s", dir));
	assert_ok(make_dir("%s/regions/0", dir));
	link_vgpu('a', 'b', "");
	assert_text(file_text("%s/enabled", dir), "0");
	assert_text(file_text("%s/serial", dir), "");
	assert_text(file_text("%s/device", dir),
		    text_of("vgpusvm.%s", file_text("%s/index", dir)));
	igt_assert_eq_u64(file_number("%s/size", region('a')), 64 << 20);
	assert_text(file_text("%s/numa_node", region('a')), "-1");
	assert_text(file_text("%s/type", link_from('a', 'b')), "virtual");
	assert_text(file_text("%s/refusal", link_from('a', 'b')), "none");
	assert_text(file_text("%s/hops", link_from('a', 'b')), "1");
}

/**
 * SUBTEST: gpu-names
 * Description: mkdir accepts valid names of GPUs and refuses all others.
 * Promises: vgpu vgpu:EINVAL vgpu:ENAMETOOLONG
 */
static void gpu_names(void)
{
	static const char * const bad[] = { "a.b", "a b", "a:b", "\xe4", "a+" };
	static const char * const good[] = { "igt-A_9", "igt--" };
	char longest[65] = "igt-";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_error(make_dir(VGPUS "/%s", bad[i]), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_ok(make_dir(VGPUS "/%s", good[i]));
		assert_ok(remove_dir(VGPUS "/%s", good[i]));
	}
	memset(longest + 4, 'x', 60);
	assert_error(make_dir(VGPUS "/%s", longest), -ENAMETOOLONG);
	longest[63] = 0;
	assert_ok(make_dir(VGPUS "/%s", longest));
	assert_ok(remove_dir(VGPUS "/%s", longest));
}

/**
 * SUBTEST: index
 * Description: The number of a GPU is unique, within its range, and a part of its uid.
 * Promises: vgpu/index vgpu/index:EEXIST vgpu/index:ERANGE vgpu/index:EBUSY vgpu/device
 *	vgpus:EINVAL
 */
static void index_values(void)
{
	const char *path = text_of("%s/index", vgpu_dir('b'));

	make_vgpus("ab", 1);
	refuses(path, EEXIST, "100");
	refuses(path, ERANGE, "4096", "4294967296", "99999999999999999999");
	refuses(path, EINVAL, "x", "-1", "", "1 2");
	assert_takes(path, "4095");
	assert_text(file_text("%s/device", vgpu_dir('b')), "vgpusvm.4095");
	enable_vgpus("b");
	igt_assert(file_exists(INITIATORS "/platform-vgpusvm.4095"));
	refuses(path, EBUSY, "101");
	disable_vgpus("b");
	assert_takes(path, "101");
}

/**
 * SUBTEST: serial
 * Description: serial accepts valid serial numbers and refuses all others.
 * Promises: vgpu/serial vgpu/serial:EINVAL vgpu/serial:ENAMETOOLONG vgpu/serial:EBUSY
 */
static void serial(void)
{
	const char *path = text_of("%s/serial", vgpu_dir('a'));
	char longest[65];

	make_vgpus("a", 1);
	assert_takes(path, "SN-1.2/3");
	refuses(path, EINVAL, "a b", "a\tb", "\x01", "\xe4");
	memset(longest, '9', 64);
	longest[64] = 0;
	assert_error(file_put(longest, "%s", path), -ENAMETOOLONG);
	assert_text(file_text("%s", path), "SN-1.2/3");
	longest[63] = 0;
	assert_takes(path, longest);
	enable_vgpus("a");
	refuses(path, EBUSY, "x");
	disable_vgpus("a");
	assert_takes(path, "");
}

/**
 * SUBTEST: timeslice
 * Description: Pages stay at least as long as the file of the GPU says, if it has a value.
 * Promises: vgpu/timeslice_ms vgpu/timeslice_ms:{ERANGE,EBUSY}
 */
static void timeslice(void)
{
	const char *path = text_of("%s/timeslice_ms", vgpu_dir('a'));
	struct svm_gpu gpu = { .fd = -1 };
	uint64_t begin;
	char *p;

	make_vgpus("a", 1);
	assert_text(file_text("%s", path), "-1");
	refuses(path, ERANGE, "-2", "1000", "4294967296");
	refuses(path, EINVAL, "", "x");
	assert_takes(path, "0");
	assert_takes(path, "999");
	assert_takes(path, "700");
	enable_vgpus("a");
	refuses(path, EBUSY, "1");
	svm_start(&gpu, vgpu_uid('a'));
	p = map_memory(64 * KIB, false);
	put_pattern(p, 64 * KIB, 1);
	assert_ok(gpu.driver->advise(&gpu, p, 64 * KIB, gpu.ids[0]));
	begin = now_ns();
	assert_ok(gpu.driver->prefetch(&gpu, p, 64 * KIB));
	assert_cpu_takes(&gpu, p, 64 * KIB, 1);
	igt_assert_lte_u64(700 * 1000000ull, now_ns() - begin);
	munmap(p, 64 * KIB);
	svm_close(&gpu);
	disable_vgpus("a");
	assert_takes(path, "-1");
}

/**
 * SUBTEST: page-faults
 * Description: A GPU without page faults has no VMs. Another GPU places memory there, and it
 *	returns.
 * Promises: vgpu/page_faults vgpu/page_faults:{EBUSY,EOPNOTSUPP} VM_CREATE:EOPNOTSUPP
 */
static void page_faults(void)
{
	const char *path = text_of("%s/page_faults", vgpu_dir('a'));
	struct svm_gpu gpu = { .fd = -1 }, other = { .fd = -1 };
	char *p;

	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	assert_text(file_text("%s", path), "1");
	refuses(path, EINVAL, "2", "");
	assert_takes(path, "0");
	enable_vgpus("ab");
	refuses(path, EBUSY, "1");
	assert_ok(svm_open(&gpu, vgpu_uid('a')));
	assert_error(gpu.driver->vm_create(&gpu), -EOPNOTSUPP);
	svm_start(&other, vgpu_uid('b'));
	p = map_at(&other, 64 * KIB, false, vgpu_id('a', 0), 1);
	assert_holds(&other, p, 64 * KIB, vgpu_id('a', 0), 1);
	assert_cpu_takes(&other, p, 64 * KIB, 1);
	munmap(p, 64 * KIB);
	svm_close(&other);
	svm_close(&gpu);
	disable_vgpus("a");
	assert_takes(path, "1");
	enable_vgpus("a");
	svm_start(&gpu, vgpu_uid('a'));
	svm_close(&gpu);
}

/**
 * SUBTEST: enabled
 * Description: Enabling a GPU makes its device, disabling removes it, and writing the
 *	current value succeeds.
 * Promises: vgpu/enabled vgpu/device vgpus:EINVAL
 */
static void enabled(void)
{
	const char *path = text_of("%s/enabled", vgpu_dir('a'));
	const char *device = text_of("/sys/devices/platform/vgpusvm.%u", vgpu_number('a'));

	make_vgpus("a", 1);
	refuses(path, EINVAL, "2", "x", "");
	assert_takes(path, "0");
	igt_assert(!file_exists("%s", device));
	assert_takes(path, "1");
	assert_takes(path, "1");
	igt_assert(file_exists("%s", device));
	assert_text(link_name("%s/driver", device), "vgpusvm");
	refuses(path, EINVAL, "2", "x", "");
	assert_ok(unbind_vgpu('a'));
	assert_text(file_text("%s", path), "1");
	assert_text(link_name("%s/driver", device), "ENOENT");
	assert_ok(bind_vgpu('a'));
	assert_text(link_name("%s/driver", device), "vgpusvm");
	assert_ok(unbind_vgpu('a'));
	assert_takes(path, "0");
	igt_assert(!file_exists("%s", device));
}

/**
 * SUBTEST: refused-device
 * Description: Enabling fails if the driver does not bind to the device, and removes the
 *	device again.
 * Promises: vgpu/enabled:ENXIO
 */
static void refused_device(void)
{
	static const char autoprobe[] = "/sys/bus/platform/drivers_autoprobe";
	const char *path = text_of("%s/enabled", vgpu_dir('a'));
	int err;

	make_vgpus("a", 1);
	keep_setting(autoprobe);
	assert_ok(file_put("0", autoprobe));
	err = file_put("1", "%s", path);
	assert_ok(file_put("1", autoprobe));
	assert_error(err, -ENXIO);
	assert_text(file_text("%s", path), "0");
	igt_assert(!file_exists("/sys/devices/platform/vgpusvm.%u", vgpu_number('a')));
	assert_takes(path, "1");
}

/**
 * SUBTEST: immutable
 * Description: While a GPU is enabled, neither it nor its parts can be changed or removed,
 *	except the bandwidth, latency, hops and refusal of links.
 * Promises: vgpu:EBUSY vgpus:EBUSY vgpu/regions/each:EBUSY vgpu/regions/size:EBUSY
 *	vgpu/regions/numa_node:EBUSY
 *	vgpu/links/each:EBUSY vgpu/links/type:EBUSY vgpu/index:EBUSY vgpu/serial:EBUSY
 *	vgpu/regions/{read_bandwidth,max_read_bandwidth,read_latency}:EBUSY
 *	vgpu/links/{refusal,hops,read_bandwidth,max_read_bandwidth,read_latency}
 */
static void immutable(void)
{
	const char *dir = vgpu_dir('a'), *to = link_from('a', 'b');
	size_t i;

	make_vgpus("ab", 1);
	link_vgpus("ab", "");
	enable_vgpus("a");
	assert_error(remove_dir("%s", dir), -EBUSY);
	assert_error(remove_dir("%s", region('a')), -EBUSY);
	assert_error(remove_dir("%s", to), -EBUSY);
	assert_error(make_dir("%s/regions/1", dir), -EBUSY);
	assert_error(make_dir("%s/links/igt-c", dir), -EBUSY);
	refuses(text_of("%s/size", region('a')), EBUSY, "4194304");
	refuses(text_of("%s/numa_node", region('a')), EBUSY, "0");
	refuses(text_of("%s/type", to), EBUSY, "cxl");
	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		refuses(text_of("%s/%s", region('a'), figures[i]), EBUSY, "4000000");
		assert_takes(text_of("%s/%s", to, figures[i]), text_of("%zu", 70000 + i));
	}
	assert_takes(text_of("%s/hops", to), "9");
	assert_takes(text_of("%s/refusal", to), "acs");
	disable_vgpus("a");
	assert_ok(remove_dir("%s", to));
	assert_ok(remove_dir("%s", region('a')));
	assert_ok(make_dir("%s/regions/63", dir));
}

/**
 * SUBTEST: regions
 * Description: A GPU accepts regions with valid numbers, sizes and NUMA nodes, and refuses
 *	all others.
 * Promises: vgpu/regions/each vgpu/regions/each:EINVAL vgpu/regions/each:ERANGE
 *	vgpu/regions/{size,numa_node} vgpu/regions/{size,numa_node}:EINVAL vgpus:EINVAL
 */
static void regions(void)
{
	static const char * const bad[] = { "x", "-1", "01", "0x1", " 1", "1 " };
	static const char * const large[] = { "64", "65535", "65536" };
	const char *path;
	size_t i;

	make_vgpus("a", 1);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_error(make_dir("%s/regions/%s", vgpu_dir('a'), bad[i]), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(large); i++)
		assert_error(make_dir("%s/regions/%s", vgpu_dir('a'), large[i]), -ERANGE);
	path = text_of("%s/size", region('a'));
	refuses(path, EINVAL, "0", "x", "", "1M", "2M x", "3145728");
	assert_ok(file_put("6M", "%s", path));
	assert_text(file_text("%s", path), "6291456");
	assert_ok(file_put("2048K", "%s", path));
	assert_text(file_text("%s", path), "2097152");
	path = text_of("%s/numa_node", region('a'));
	refuses(path, EINVAL, "x", "-2", "1024", "");
	assert_takes(path, "1023");
	assert_takes(path, "-1");
}

/**
 * SUBTEST: numa-node-missing
 * Description: A region reports the configured NUMA node even if the machine does not have
 *	it. The region works, with pages from another node.
 * Promises: vgpu/regions/numa_node pagemap/numa_node
 */
static void numa_node_missing(void)
{
	static const char * const nodes[] = { "1023", "0", "-1" };
	struct svm_gpu gpu;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nodes); i++) {
		make_vgpus("a", 1);
		assert_takes(text_of("%s/numa_node", region('a')), nodes[i]);
		enable_vgpus("a");
		assert_text(file_text(PAGEMAPS "/pagemap%u/numa_node", vgpu_id('a', 0)),
			    nodes[i]);
		svm_start(&gpu, vgpu_uid('a'));
		munmap(map_at(&gpu, VGPU_SIZE / 2, false, gpu.ids[0], 7), VGPU_SIZE / 2);
		svm_close(&gpu);
		remove_vgpus("a");
	}
}

#define PLATFORM	"/sys/bus/platform/devices"

/* A device that has nothing to do with GPUs, and no driver. */
static const char *foreign_device(void)
{
	struct names names;
	int i;

	names_in(&names, PLATFORM);
	for (i = 0; i < names.num; i++)
		if (!file_exists(PLATFORM "/%s/driver", names.name[i]) &&
		    !strcmp(file_text(PLATFORM "/%s/driver_override", names.name[i]), "(null)") &&
		    strncmp(names.name[i], "vgpusvm.", 8))
			return text_of("%s", names.name[i]);

	return NULL;
}

/**
 * SUBTEST: foreign-device
 * Description: A platform device that vgpusvm did not make does not become a GPU, even with
 *	driver_override.
 * Promises: vgpu
 */
static void foreign_device_stays(void)
{
	const char *name = foreign_device();
	int err;

	igt_require_f(name, "each platform device has a driver\n");
	igt_info("%s\n", name);
	make_vgpus("a", 1);
	assert_ok(file_put("vgpusvm", PLATFORM "/%s/driver_override", name));
	err = file_put(name, DRIVER "/bind");
	assert_ok(file_put("", PLATFORM "/%s/driver_override", name));
	assert_error(err, -ENODEV);
	igt_assert(!file_exists(PLATFORM "/%s/driver", name));
	enable_vgpus("a");
	igt_assert(vgpu_id('a', 0));
}

static void check_figures(const char *dir)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		const char *path = text_of("%s/%s", dir, figures[i]);

		assert_ok(file_put("0", "%s", path));
		refuses(path, EINVAL, "x", "-1", "", "1 2");
		refuses(path, ERANGE, "4294967296");
	}
	/* A bandwidth above the maximum raises the maximum. */
	assert_takes(text_of("%s/max_read_bandwidth", dir), "100");
	assert_takes(text_of("%s/read_bandwidth", dir), "100");
	refuses(text_of("%s/max_read_bandwidth", dir), EINVAL, "99");
	assert_takes(text_of("%s/read_bandwidth", dir), "200");
	assert_text(file_text("%s/max_read_bandwidth", dir), "200");
	assert_takes(text_of("%s/write_latency", dir), "4294967295");
}

/**
 * SUBTEST: figures
 * Description: Regions and links accept valid bandwidths and latencies and refuse all
 *	others.
 * Promises: vgpu/regions/{read_bandwidth,max_read_bandwidth,read_latency}{,:EINVAL,:ERANGE}
 *	vgpu/links/{read_bandwidth,max_read_bandwidth,read_latency}{,:EINVAL,:ERANGE}
 *	vgpu/{regions,links}/{write_bandwidth,max_write_bandwidth,write_latency}{,:EINVAL,:ERANGE}
 *	vgpus:ERANGE
 *	vgpu/regions/{write_bandwidth,max_write_bandwidth,write_latency}:EBUSY
 */
static void figure_values(void)
{
	make_vgpus("a", 1);
	link_vgpu('a', 'b', "");
	check_figures(region('a'));
	check_figures(link_from('a', 'b'));
}

/**
 * SUBTEST: links
 * Description: A GPU accepts links with valid targets, types, refusals and hops, and
 *	refuses all others.
 * Promises: vgpu/links/each vgpu/links/each:EINVAL vgpu/links/each:ENAMETOOLONG
 *	vgpu/links/{type,refusal,hops} vgpu/links/{type,refusal,hops}:EINVAL
 *	vgpu/links/hops:ERANGE
 */
static void links(void)
{
	static const char * const types[] = {
		"tile", "pcie-p2p", "xelink", "xgmi", "nvlink", "cxl", "virtual",
	};
	static const char * const refusals[] = {
		"acs", "host-bridge", "iommu", "bar-size", "link-down", "one-way", "cross-driver",
		"driver", "none",
	};
	const char *to = link_from('a', 'z');
	char longest[65];
	size_t i;

	make_vgpus("a", 1);
	assert_error(make_dir("%s", link_from('a', 'a')), -EINVAL);
	memset(longest, 'x', 64);
	longest[64] = 0;
	assert_error(make_dir("%s/links/%s", vgpu_dir('a'), longest), -ENAMETOOLONG);
	link_vgpu('a', 'z', "");
	for (i = 0; i < ARRAY_SIZE(types); i++)
		assert_takes(text_of("%s/type", to), types[i]);
	refuses(text_of("%s/type", to), EINVAL, "local", "x", "", "Tile");
	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		assert_takes(text_of("%s/refusal", to), refusals[i]);
	refuses(text_of("%s/refusal", to), EINVAL, "x", "", "no-path");
	assert_takes(text_of("%s/hops", to), "-1");
	assert_takes(text_of("%s/hops", to), "7");
	refuses(text_of("%s/hops", to), EINVAL, "x", "-2", "");
	refuses(text_of("%s/hops", to), ERANGE, "2147483648");
}

static const struct subtest tests[] = {
	{ "default-files", "Files of new objects", default_files },
	{ "default-values", "Values of new objects", default_values },
	{ "gpu-names", "Valid and invalid names of GPUs", gpu_names },
	{ "index", "The number of a GPU", index_values },
	{ "serial", "The serial number of a GPU", serial },
	{ "timeslice", "How long pages stay", timeslice },
	{ "page-faults", "A GPU without page faults", page_faults },
	{ "enabled", "The device comes and goes", enabled },
	{ "refused-device", "A GPU whose driver does not bind", refused_device },
	{ "immutable", "Enabled GPUs don't change", immutable },
	{ "regions", "Regions of a GPU", regions },
	{ "numa-node-missing", "A region with a missing NUMA node", numa_node_missing },
	{ "foreign-device", "A device that vgpusvm did not make", foreign_device_stays },
	{ "figures", "Bandwidths and latencies", figure_values },
	{ "links", "Links of a GPU", links },
};

int igt_main()
{
	igt_fixture()
		require_vgpus();

	run_subtests(tests, start_afresh());
}
