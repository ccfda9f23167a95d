// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A plugin of hwloc, the library by which Open MPI, PRRTE, Flux and Slurm know the machine.
 *
 * Each pagemap becomes an OS device "gpusvm<ID>" below its GPU. Matrices of distances have the
 * links from the GPU of one pagemap to another pagemap.
 */
#include <hwloc.h>
#include <hwloc/plugins.h>
#include <stdlib.h>
#include <string.h>

#include <gpusvm-topology.h>

#define ROOT_VARIABLE "HWLOC_FSROOT"

/* The distance of a pagemap that a GPU does not reach, or reaches with unknown latency or hops */
#define FAR UINT64_MAX

struct devices {
	hwloc_topology_t topology;
	const struct gpusvm_pagemap **pagemaps;
	hwloc_obj_t *objects;
	unsigned int count;
};

/* Returns the device on PCI, or an object close to it. NULL if it is not on PCI */
static hwloc_obj_t find_on_pci(hwloc_topology_t topology, const struct gpusvm_pagemap *pagemap,
			       hwloc_obj_t (*find)(hwloc_topology_t topology, unsigned int domain,
						   unsigned int bus, unsigned int device,
						   unsigned int function))
{
	const char *address = gpusvm_pagemap_get_device(pagemap);
	unsigned int domain, bus, device, function;

	if (!address || sscanf(address, "%x:%x:%x.%x", &domain, &bus, &device, &function) != 4)
		return NULL;
	return find(topology, domain, bus, device, function);
}

/* Returns the object with the CPUs of the pagemap's NUMA node, or NULL */
static hwloc_obj_t find_by_node(hwloc_topology_t topology, const struct gpusvm_pagemap *pagemap)
{
	hwloc_obj_t object = NULL;
	int node;

	if (!gpusvm_pagemap_get_numa_node(pagemap, &node) && node >= 0)
		object = hwloc_get_numanode_obj_by_os_index(topology, node);
	while (object && hwloc_obj_type_is_memory(object->type))
		object = object->parent;
	return object;
}

static hwloc_obj_t find_parent(hwloc_topology_t topology, const struct gpusvm_pagemap *pagemap)
{
	hwloc_obj_t parent = find_on_pci(topology, pagemap, hwloc_pci_find_by_busid);

	if (!parent)
		parent = find_by_node(topology, pagemap);
	if (!parent)
		parent = find_on_pci(topology, pagemap, hwloc_pci_find_parent_by_busid);
	return parent ? parent : hwloc_get_root_obj(topology);
}

static void add_info(hwloc_obj_t object, const char *name, const char *value)
{
	if (value)
		hwloc_obj_add_info(object, name, value);
}

static void add_infos(hwloc_obj_t object, const struct gpusvm_pagemap *pagemap)
{
	const struct gpusvm_initiator *initiator = gpusvm_pagemap_get_initiator(pagemap);
	const struct gpusvm_group *group = gpusvm_pagemap_get_group(pagemap);
	uint64_t size;
	char text[24];

	add_info(object, "Backend", "GPUSVM");
	add_info(object, "GPUSVMPagemap", gpusvm_pagemap_get_uid(pagemap));
	add_info(object, "GPUSVMInitiator",
		 initiator ? gpusvm_initiator_get_uid(initiator) : NULL);
	add_info(object, "GPUSVMGroup", group ? gpusvm_group_get_name(group) : NULL);
	add_info(object, "GPUSVMRenderNode", gpusvm_pagemap_get_render(pagemap));
	if (gpusvm_pagemap_get_size(pagemap, &size))
		return;
	/* In KiB, as in the attributes of other backends */
	snprintf(text, sizeof(text), "%llu", (unsigned long long)size >> 10);
	add_info(object, "GPUSVMMemorySize", text);
}

static bool add_device(struct devices *devices, const struct gpusvm_pagemap *pagemap)
{
	hwloc_obj_t object = hwloc_alloc_setup_object(devices->topology, HWLOC_OBJ_OS_DEVICE,
						      HWLOC_UNKNOWN_INDEX);
	char name[24];

	if (!object)
		return false;
	snprintf(name, sizeof(name), "gpusvm%u", gpusvm_pagemap_get_id(pagemap));
	object->name = strdup(name);
	object->subtype = strdup("GPUSVM");
	object->attr->osdev.type = HWLOC_OBJ_OSDEV_GPU;
	add_infos(object, pagemap);
	hwloc_insert_object_by_parent(devices->topology, find_parent(devices->topology, pagemap),
				      object);
	devices->pagemaps[devices->count] = pagemap;
	devices->objects[devices->count++] = object;
	return true;
}

/* A kind of distance. Returns 0 and sets the value, or a negative errno if it is unknown */
struct distance {
	const char *name;
	unsigned long kind;
	uint64_t unknown;
	int (*get)(const struct gpusvm_link *link, uint64_t *value);
};

static int get_bandwidth(const struct gpusvm_link *link, uint64_t *value)
{
	uint64_t read, write;
	int read_err = gpusvm_link_get_read_bandwidth(link, &read);
	int write_err = gpusvm_link_get_write_bandwidth(link, &write);

	if (read_err && write_err)
		return read_err;
	*value = read_err || (!write_err && write < read) ? write : read;
	return 0;
}

static int get_hops(const struct gpusvm_link *link, uint64_t *value)
{
	unsigned int hops;
	int err = gpusvm_link_get_hops(link, &hops);

	if (!err)
		*value = hops;
	return err;
}

static const struct distance distances[] = {
	{ "GPUSVMBandwidth", HWLOC_DISTANCES_KIND_MEANS_BANDWIDTH, 0, get_bandwidth },
	{ "GPUSVMLatency", HWLOC_DISTANCES_KIND_MEANS_LATENCY, FAR, gpusvm_link_get_read_latency },
	{ "GPUSVMHops", HWLOC_DISTANCES_KIND_MEANS_LATENCY, FAR, get_hops },
};

/* Fills a matrix. Returns whether any value in it is known */
static bool fill(const struct devices *devices, const struct distance *distance,
		 uint64_t *values)
{
	bool is_known = false;

	for (size_t i = 0; i < (size_t)devices->count * devices->count; i++) {
		const struct gpusvm_initiator *initiator =
			gpusvm_pagemap_get_initiator(devices->pagemaps[i / devices->count]);
		const struct gpusvm_link *link = initiator ?
			gpusvm_link_find(initiator, devices->pagemaps[i % devices->count]) : NULL;

		values[i] = distance->unknown;
		if (link && gpusvm_link_is_direct(link) && !distance->get(link, &values[i]))
			is_known = true;
	}
	return is_known;
}

/* On success, hwloc owns @objects and @values */
static int commit(const struct devices *devices, const struct distance *distance,
		  hwloc_obj_t *objects, uint64_t *values)
{
	hwloc_backend_distances_add_handle_t handle =
		hwloc_backend_distances_add_create(devices->topology, distance->name,
						   HWLOC_DISTANCES_KIND_FROM_OS | distance->kind,
						   0);

	if (!handle)
		return -1;
	if (hwloc_backend_distances_add_values(devices->topology, handle, devices->count, objects,
					       values, 0))
		return -1;
	hwloc_backend_distances_add_commit(devices->topology, handle, 0);
	return 0;
}

static void add_distance(const struct devices *devices, const struct distance *distance)
{
	hwloc_obj_t *objects = calloc(devices->count, sizeof(*objects));
	uint64_t *values = calloc((size_t)devices->count * devices->count, sizeof(*values));

	if (objects && values && fill(devices, distance, values)) {
		memcpy(objects, devices->objects, devices->count * sizeof(*objects));
		if (!commit(devices, distance, objects, values))
			return;
	}
	free(objects);
	free(values);
}

/* A matrix of hwloc has at least two objects */
static void add_distances(const struct devices *devices)
{
	for (size_t i = 0; i < sizeof(distances) / sizeof(*distances) && devices->count > 1; i++)
		add_distance(devices, &distances[i]);
}

static void add_devices(hwloc_topology_t topology, const struct gpusvm_topology *gpus)
{
	const struct gpusvm_pagemap *pagemap;
	struct devices devices = { .topology = topology };
	size_t count = 0;

	gpusvm_pagemap_foreach(gpus, pagemap)
		count++;
	devices.pagemaps = calloc(count + 1, sizeof(*devices.pagemaps));
	devices.objects = calloc(count + 1, sizeof(*devices.objects));
	if (devices.pagemaps && devices.objects) {
		gpusvm_pagemap_foreach(gpus, pagemap) {
			if (!add_device(&devices, pagemap))
				break;
		}
		add_distances(&devices);
	}
	free(devices.pagemaps);
	free(devices.objects);
}

/* Reads the files that hwloc itself reads. NULL if these are not files of any machine */
static const char *choose_root(hwloc_topology_t topology)
{
	const char *root = getenv(ROOT_VARIABLE);

	if (root)
		return root;
	return hwloc_topology_is_thissystem(topology) ? "/" : NULL;
}

/* A machine without the classes in sysfs has no pagemaps, which is no error */
static int discover(struct hwloc_backend *backend, struct hwloc_disc_status *status)
{
	enum hwloc_type_filter_e filter = HWLOC_TYPE_FILTER_KEEP_NONE;
	const char *root = choose_root(backend->topology);
	struct gpusvm_topology *gpus;
	struct gpusvm_ctx *ctx;

	(void)status;
	hwloc_topology_get_type_filter(backend->topology, HWLOC_OBJ_OS_DEVICE, &filter);
	if (filter == HWLOC_TYPE_FILTER_KEEP_NONE || !root || gpusvm_new(&ctx))
		return 0;
	if (!gpusvm_set_sysroot(ctx, root) && !gpusvm_topology_new(ctx, &gpus)) {
		add_devices(backend->topology, gpus);
		gpusvm_topology_unref(gpus);
	}
	gpusvm_unref(ctx);
	return 0;
}

static struct hwloc_backend *instantiate(struct hwloc_topology *topology,
					 struct hwloc_disc_component *component,
					 unsigned int excluded_phases, const void *data1,
					 const void *data2, const void *data3)
{
	struct hwloc_backend *backend = hwloc_backend_alloc(topology, component);

	(void)excluded_phases;
	(void)data1;
	(void)data2;
	(void)data3;
	if (backend)
		backend->discover = discover;
	return backend;
}

static struct hwloc_disc_component disc_component = {
	.name = "gpusvm",
	.phases = HWLOC_DISC_PHASE_IO,
	.excluded_phases = HWLOC_DISC_PHASE_GLOBAL,
	.instantiate = instantiate,
	.priority = 10,
	.enabled_by_default = 1,
};

static int init(unsigned long flags)
{
	(void)flags;
	return hwloc_plugin_check_namespace("gpusvm", "hwloc_backend_alloc");
}

extern const struct hwloc_component hwloc_gpusvm_component;

/* hwloc finds it by the name of the file */
const struct hwloc_component hwloc_gpusvm_component __attribute__((visibility("default"))) = {
	.abi = HWLOC_COMPONENT_ABI,
	.init = init,
	.type = HWLOC_COMPONENT_TYPE_DISC,
	.data = &disc_component,
};
