// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Placement with a fake driver, which replaces the C library's ioctl(). The tree is that of
 * "make-tree DIR gpus=4 topology=ring regions=2,1 memless=1", with pagemaps 1 to 4.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <syslog.h>

#include <drm.h>
#include <drm/vgpusvm_drm.h>
#include <gpusvm-work.h>

#include "driver/xe-uapi.h"

#include "tap.h"
#include "tree.h"

#define PAGES 4
#define LENGTH (PAGES * 4096)
#define START ((void *)0x10000)

/* The fake driver: its error for each ID, and the arguments of calls */
static const char *driver = "vgpusvm";
static int answers[10];
static int vm_answer;
static int interruptions;
static unsigned int advised;
static unsigned int calls;
/* The preferences of the two halves of the range */
static uint32_t halves[2];

static int answer(uint32_t id)
{
	return id < 10 ? answers[id] : -ENOENT;
}

static int version(struct drm_version *version)
{
	size_t length = strlen(driver);

	if (length > version->name_len)
		length = version->name_len;
	memcpy(version->name, driver, length);
	version->name_len = strlen(driver);
	return 0;
}

static int query_placement(struct drm_vgpusvm_query_placement *query)
{
	struct drm_vgpusvm_placement *placements = (void *)(uintptr_t)query->placements;

	if (query->num_placements > DRM_VGPUSVM_PLACEMENT_MAX || !query->num_placements)
		return -E2BIG;
	if (query->placement_stride != sizeof(*placements))
		return -EINVAL;
	for (size_t i = 0; i < query->num_placements; i++)
		placements[i].error = answer(placements[i].pagemap_id);
	return vm_answer;
}

static int madvise(const struct drm_vgpusvm_madvise *advice)
{
	if (vm_answer)
		return vm_answer;
	if (advice->length != LENGTH || advice->start != (uintptr_t)START || advice->flags)
		return -EINVAL;
	if (answer(advice->pagemap_id))
		return answer(advice->pagemap_id);
	advised = advice->pagemap_id;
	return 0;
}

static int query_range(struct drm_vgpusvm_query_range *query)
{
	struct drm_vgpusvm_range_attr *parts = (void *)(uintptr_t)query->attrs;
	unsigned int count = halves[0] == halves[1] ? 1 : 2, room = query->num_attrs;

	if (query->attr_stride != sizeof(*parts))
		return -EINVAL;
	for (size_t i = 0; i < count && i < room; i++)
		parts[i].pagemap_id = halves[i];
	query->num_attrs = count;
	return vm_answer ?: room < count ? -ENOSPC : 0;
}

static int query_residency(const struct drm_vgpusvm_query_residency *query)
{
	uint32_t *pages = (void *)(uintptr_t)query->pages;

	for (size_t i = 0; i < query->length / 4096; i++)
		pages[i] = i;
	return vm_answer;
}

static int vm_create(struct drm_vgpusvm_vm_create *create)
{
	create->vm_id = 4;
	return create->flags ? -EINVAL : vm_answer;
}

static int prefetch(const struct drm_vgpusvm_prefetch *prefetch)
{
	if (prefetch->length != LENGTH || prefetch->start != (uintptr_t)START || prefetch->flags)
		return -EINVAL;
	return vm_answer;
}

/* The memory of the fake GPU begins at START */
static char gpu_memory[LENGTH];

static int exec(const struct drm_vgpusvm_exec *exec)
{
	struct drm_vgpusvm_op *op = (void *)(uintptr_t)exec->ops;
	void *buffer = (void *)(uintptr_t)op->value;

	if (vm_answer)
		return vm_answer;
	if (exec->num_ops != 1 || exec->op_stride != sizeof(*op) || exec->flags)
		return -EINVAL;
	if (op->op == DRM_VGPUSVM_OP_READ && !op->dst)
		memcpy(buffer, gpu_memory + op->src - (uintptr_t)START, op->length);
	else if (op->op == DRM_VGPUSVM_OP_WRITE && !op->src)
		memcpy(gpu_memory + op->dst - (uintptr_t)START, buffer, op->length);
	else
		return -EINVAL;
	return 0;
}

static int query_stats(const struct drm_vgpusvm_query_stats *query)
{
	struct drm_vgpusvm_stats *stats = (void *)(uintptr_t)query->stats;

	if (!query->vm_id || query->stats_size != sizeof(*stats))
		return -EINVAL;
	memset(stats, 1, sizeof(*stats));
	for (size_t i = 0; i < DRM_VGPUSVM_PLACES; i++)
		stats->modelled_ns[i] = 10 + i;
	return vm_answer;
}

/* The fake xe. Its kernel may be too old, or have longer structures */
static bool xe_is_old;
static size_t xe_attr_size = sizeof(struct xe_range_attr);

static int xe_get_property(const struct xe_vm_get_property *query)
{
	struct xe_pagemap_access *access = (void *)(uintptr_t)query->data;

	if (xe_is_old || query->property != XE_PAGEMAP_ACCESS)
		return -EINVAL;
	for (size_t i = 0; i < query->size / sizeof(*access); i++)
		access[i].error = answer(access[i].pagemap_id);
	return vm_answer;
}

static int xe_madvise(const struct xe_madvise *advice)
{
	const struct drm_vgpusvm_madvise same = {
		.start = advice->start, .length = advice->range,
		.pagemap_id = advice->pagemap_id,
	};

	if (xe_is_old || advice->type != XE_PREFERRED_PAGEMAP || advice->pad)
		return -EINVAL;
	return madvise(&same);
}

/* How often another thread splits the range before its parts are read */
static unsigned int xe_splits;

static int xe_query_range(struct xe_query_range_attrs *query)
{
	if (vm_answer)
		return vm_answer;
	if (query->attrs && xe_splits) {
		xe_splits--;
		return -ENOSPC;
	}
	for (size_t i = 0; query->attrs && i < 2; i++) {
		struct xe_range_attr *attr;

		if (query->num_ranges != 2 || query->sizeof_attr != xe_attr_size)
			return -EINVAL;
		attr = (void *)(uintptr_t)(query->attrs + i * xe_attr_size);
		attr->pagemap_id = halves[i];
	}
	query->num_ranges = 2;
	query->sizeof_attr = xe_attr_size;
	return 0;
}

static int xe_query_residency(const struct xe_query_residency *query)
{
	const struct drm_vgpusvm_query_residency same = {
		.start = query->start, .length = query->range, .pages = query->places,
	};

	if (xe_is_old || query->place_stride != sizeof(uint32_t))
		return -EINVAL;
	return query_residency(&same);
}

static int xe_query_config(struct xe_device_query *query)
{
	struct xe_config *config = (void *)(uintptr_t)query->data;

	if (query->query != XE_QUERY_CONFIG)
		return -EINVAL;
	query->size = sizeof(*config) + 2 * sizeof(config->info[0]);
	if (config) {
		config->num_params = 2;
		config->info[XE_CONFIG_FLAGS] = xe_is_old ? 3 : XE_CONFIG_HAS_PAGEMAP_ID;
	}
	return 0;
}

static int dispatch(unsigned long request, void *argument)
{
	calls++;
	if (interruptions && interruptions--)
		return -EINTR;
	switch (request) {
	case DRM_IOCTL_VERSION:
		return version(argument);
	case DRM_IOCTL_VGPUSVM_QUERY_PLACEMENT:
		return query_placement(argument);
	case DRM_IOCTL_VGPUSVM_MADVISE:
		return madvise(argument);
	case DRM_IOCTL_VGPUSVM_QUERY_RANGE:
		return query_range(argument);
	case DRM_IOCTL_VGPUSVM_QUERY_RESIDENCY:
		return query_residency(argument);
	case DRM_IOCTL_VGPUSVM_VM_CREATE:
		return vm_create(argument);
	case DRM_IOCTL_VGPUSVM_VM_DESTROY:
		return vm_answer;
	case DRM_IOCTL_VGPUSVM_PREFETCH:
		return prefetch(argument);
	case DRM_IOCTL_VGPUSVM_EXEC:
		return exec(argument);
	case DRM_IOCTL_VGPUSVM_QUERY_STATS:
		return query_stats(argument);
	case XE_IOCTL_VM_GET_PROPERTY:
		return xe_get_property(argument);
	case XE_IOCTL_MADVISE:
		return xe_madvise(argument);
	case XE_IOCTL_QUERY_RANGE_ATTRS:
		return xe_query_range(argument);
	case XE_IOCTL_QUERY_RESIDENCY:
		return xe_query_residency(argument);
	case XE_IOCTL_DEVICE_QUERY:
		return xe_query_config(argument);
	default:
		return -ENOTTY;
	}
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *argument;
	int err;

	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);
	err = fd == 7 ? dispatch(request, argument) : -EBADF;
	errno = -err;
	return err ? -1 : 0;
}

static void reset(void)
{
	memset(answers, 0, sizeof(answers));
	for (int id = 5; id < 10; id++)
		answers[id] = -ENOENT;
	vm_answer = 0;
	advised = 99;
	driver = "vgpusvm";
}

static struct gpusvm_ctx *ctx;

/* Tries pagemaps 1 to @count. Sets @errors to their errors as text */
static int place(size_t count, unsigned int flags, char *errors)
{
	struct gpusvm_placement placements[4];
	uint32_t taken = 0;
	int err;

	for (size_t i = 0; i < count; i++)
		placements[i] = (struct gpusvm_placement){ i + 1, 77 };
	err = gpusvm_place(ctx, 7, 1, START, LENGTH, placements, count, flags, &taken);
	*errors = '\0';
	for (size_t i = 0; i < count; i++)
		sprintf(errors + strlen(errors), "%s%s", i ? " " : "",
			placements[i].error ? strerrorname_np(-placements[i].error) ?: "?" : "ok");
	if (!err && taken != advised)
		return -EPROTO;
	return err;
}

static void test_place(const char *sysroot)
{
	char errors[100];

	check(!place(3, 0, errors) && !strcmp(errors, "ok ECANCELED ECANCELED") && advised == 1,
	      "place: takes the first pagemap");
	answers[1] = -EACCES;
	answers[2] = -ENOLINK;
	check(!place(4, 0, errors) && !strcmp(errors, "EACCES ENOLINK ok ECANCELED") &&
	      advised == 3, "place: takes the first pagemap with permission");
	reset();
	answers[1] = -ENODEV;
	answers[2] = -EACCES;
	check(place(2, 0, errors) == -ENODEV && !strcmp(errors, "ENODEV EACCES") && advised == 99,
	      "place: without permission for any");

	reset();
	change_value(sysroot, "class/drm_pagemap/pagemap1/free", "16383\n");
	check(!place(2, 0, errors) && !strcmp(errors, "ENOSPC ok") && advised == 2,
	      "place: takes the first pagemap with free space");
	check(place(1, 0, errors) == -ENOSPC && advised == 2, "place: without free space in any");
	answers[2] = -EACCES;
	check(place(2, 0, errors) == -ENOSPC && !strcmp(errors, "ENOSPC EACCES"),
	      "place: -ENOSPC if one lacks free space only");
	check(!place(2, GPUSVM_PLACE_FULL, errors) && advised == 1 &&
	      !strcmp(errors, "ok ECANCELED"), "place: takes a full pagemap with the flag");
	change_value(sysroot, "class/drm_pagemap/pagemap1/free", "16384\n");
	check(!place(1, 0, errors), "place: takes a pagemap with just enough space");
	change_value(sysroot, "class/drm_pagemap/pagemap1/free", "much\n");
	check(!place(1, 0, errors), "place: a malformed free size counts as free");
	change_value(sysroot, "class/drm_pagemap/pagemap1/free", NULL);
	check(!place(1, 0, errors), "place: an unknown free size counts as free");
}

static void test_errors(void)
{
	struct gpusvm_placement placement = { 1, 0 };
	char errors[100];
	const char *name = NULL;

	reset();
	check(place(0, 0, errors) == -EINVAL && place(1, 2, errors) == -EINVAL,
	      "errors: arguments");
	check(gpusvm_place(ctx, 3, 1, START, LENGTH, &placement, 1, 0, NULL) == -EBADF,
	      "errors: not a GPU");
	driver = "i915";
	check(place(1, 0, errors) == -ENOTSUP && gpusvm_driver_name(7, &name) == -ENOTSUP &&
	      gpusvm_prefer(7, 1, START, LENGTH, 1) == -ENOTSUP &&
	      gpusvm_query_permission(7, 1, &placement, 1) == -ENOTSUP, "errors: another driver");
	driver = "vgpusvm-with-a-name-that-is-much-too-long";
	check(gpusvm_driver_name(7, &name) == -ENOTSUP, "errors: a driver with a long name");
	reset();
	check(!gpusvm_driver_name(7, &name) && !strcmp(name, "vgpusvm"),
	      "errors: a supported driver");
	vm_answer = -ENOENT;
	check(place(1, 0, errors) == -EINVAL &&
	      gpusvm_prefer(7, 1, START, LENGTH, 1) == -EINVAL &&
	      gpusvm_query_permission(7, 1, &placement, 1) == -EINVAL, "errors: the VM must exist");
	vm_answer = 0;
	check(gpusvm_prefer(7, 1, START, LENGTH, 8) == -ENOENT, "errors: the pagemap must exist");
	check(gpusvm_prefer(7, 1, START, 1, 1) == -EINVAL,
	      "errors: the range must have whole pages");
	vm_answer = -ENODEV;
	check(place(1, 0, errors) == -ENODEV, "errors: the GPU is gone");
}

static void test_queries(void)
{
	enum { MANY = 10000 };
	struct gpusvm_placement *many = calloc(MANY, sizeof(*many));
	uint32_t pages[PAGES] = { 9, 9, 9, 9 }, id = 9;
	bool good = true;

	reset();
	must(many, "memory");
	for (uint32_t i = 0; i < MANY; i++)
		many[i].pagemap_id = i;
	check(!gpusvm_query_permission(7, 1, many, MANY), "permission: of many pagemaps");
	for (uint32_t i = 0; i < MANY; i++)
		good = good && many[i].error == answer(i) && many[i].pagemap_id == i;
	check(good, "permission: each pagemap has its error");
	check(!gpusvm_query_permission(7, 1, NULL, 0), "permission: of an empty list");
	free(many);

	halves[0] = 3;
	halves[1] = 3;
	check(!gpusvm_query_preference(7, 1, START, LENGTH, &id) && id == 3,
	      "preference: of the whole range");
	halves[1] = 0;
	check(gpusvm_query_preference(7, 1, START, LENGTH, &id) == -ERANGE && id == 3,
	      "preference: -ERANGE if parts differ");
	vm_answer = -ENOENT;
	check(gpusvm_query_preference(7, 1, START, LENGTH, &id) == -EINVAL,
	      "preference: the VM must exist");
	vm_answer = 0;
	check(!gpusvm_query_residency(7, 1, START, LENGTH, pages) && pages[0] == 0 &&
	      pages[3] == 3, "residency");
	calls = 0;
	interruptions = 3;
	check(!gpusvm_prefer(7, 1, START, LENGTH, 1) && calls == 5,
	      "signals: interrupted calls are repeated");
}

static void test_work(void)
{
	uint64_t modelled = 0;
	char read[6] = "";
	uint32_t vm = 0;

	reset();
	check(!gpusvm_vm_create(7, &vm) && vm == 4 && !gpusvm_vm_destroy(7, vm),
	      "work: create and destroy a VM");
	check(!gpusvm_prefetch(7, vm, START, LENGTH) &&
	      gpusvm_prefetch(7, vm, START, 1) == -EINVAL, "work: prefetch");
	check(!gpusvm_gpu_write(7, vm, START + 4096, 6, "bytes") &&
	      !gpusvm_gpu_read(7, vm, START + 4096, 6, read) && !strcmp(read, "bytes"),
	      "work: the GPU reads what it has written");
	check(!gpusvm_query_modelled_time(7, vm, &modelled) && modelled == 33,
	      "work: the modelled time is that of all places");
	vm_answer = -ENOENT;
	check(gpusvm_vm_destroy(7, vm) == -EINVAL &&
	      gpusvm_prefetch(7, vm, START, LENGTH) == -EINVAL &&
	      gpusvm_gpu_read(7, vm, START, 6, read) == -EINVAL &&
	      gpusvm_gpu_write(7, vm, START, 6, read) == -EINVAL &&
	      gpusvm_query_modelled_time(7, vm, &modelled) == -EINVAL,
	      "work: the VM must exist");
	vm_answer = -EBUSY;
	check(gpusvm_vm_create(7, &vm) == -EBUSY && vm == 4, "work: too many VMs");
	driver = "xe";
	check(gpusvm_vm_create(7, &vm) == -ENOTSUP && gpusvm_vm_destroy(7, vm) == -ENOTSUP &&
	      gpusvm_prefetch(7, vm, START, LENGTH) == -ENOTSUP &&
	      gpusvm_gpu_read(7, vm, START, 6, read) == -ENOTSUP &&
	      gpusvm_gpu_write(7, vm, START, 6, read) == -ENOTSUP &&
	      gpusvm_query_modelled_time(7, vm, &modelled) == -ENOTSUP,
	      "work: a driver without it");
	check(gpusvm_vm_create(3, &vm) == -EBADF, "work: not a GPU");
}

static void test_xe(void)
{
	uint32_t pages[PAGES], id = 9;
	char errors[100];

	reset();
	driver = "xe";
	answers[1] = -EACCES;
	check(!place(3, 0, errors) && !strcmp(errors, "EACCES ok ECANCELED") && advised == 2,
	      "xe: place");
	check(gpusvm_prefer(7, 1, START, LENGTH, 8) == -ENOENT &&
	      !gpusvm_prefer(7, 1, START, LENGTH, 0) && !advised, "xe: prefer");
	halves[0] = 3;
	halves[1] = 3;
	check(!gpusvm_query_preference(7, 1, START, LENGTH, &id) && id == 3, "xe: preference");
	xe_splits = 2;
	check(!gpusvm_query_preference(7, 1, START, LENGTH, &id) && id == 3,
	      "xe: preference of a range that is just being split");
	xe_splits = UINT_MAX;
	check(gpusvm_query_preference(7, 1, START, LENGTH, &id) == -EBUSY,
	      "xe: preference of a range that changes all the time");
	xe_splits = 0;
	xe_attr_size += 16;
	halves[1] = 4;
	check(gpusvm_query_preference(7, 1, START, LENGTH, &id) == -ERANGE,
	      "xe: -ERANGE if parts differ, on a later kernel");
	check(!gpusvm_query_residency(7, 1, START, LENGTH, pages) && pages[0] == 0 &&
	      pages[3] == 3, "xe: residency");
	vm_answer = -ENOENT;
	check(place(3, 0, errors) == -EINVAL &&
	      gpusvm_prefer(7, 1, START, LENGTH, 1) == -EINVAL &&
	      gpusvm_query_residency(7, 1, START, LENGTH, pages) == -EINVAL,
	      "xe: the VM must exist");
	vm_answer = 0;
	check(gpusvm_prefer(7, 1, START, 1, 1) == -EINVAL, "xe: the range must have whole pages");
	xe_is_old = true;
	check(place(3, 0, errors) == -ENOTSUP &&
	      gpusvm_prefer(7, 1, START, LENGTH, 1) == -ENOTSUP &&
	      gpusvm_query_preference(7, 1, START, LENGTH, &id) == -ENOTSUP &&
	      gpusvm_query_residency(7, 1, START, LENGTH, pages) == -ENOTSUP,
	      "xe: -ENOTSUP if the kernel is too old");
}

/* The last message to the log function, and the number of messages */
static char said[200];
static int priority_said;
static unsigned int count_said;

static void hear(void *data, int priority, const char *message)
{
	(void)data;
	snprintf(said, sizeof(said), "%s", message);
	priority_said = priority;
	count_said++;
}

/* Returns the IDs of a value of the variable as digits, or the error */
static int chosen(const struct gpusvm_topology *topology, const char *value)
{
	const struct gpusvm_pagemap *pagemap;
	struct gpusvm_ranking *ranking;
	int err, ids = 0;

	count_said = 0;
	if (value)
		setenv("GPUSVM_PAGEMAP", value, 1);
	else
		unsetenv("GPUSVM_PAGEMAP");
	err = gpusvm_default_new(topology, &ranking);
	if (err)
		return err;
	while ((pagemap = gpusvm_ranking_next(ranking)))
		ids = ids * 10 + gpusvm_pagemap_get_id(pagemap);
	gpusvm_ranking_free(ranking);
	return ids;
}

static void test_default(const struct gpusvm_topology *topology)
{
	check(chosen(topology, NULL) == 0 && chosen(topology, "") == 0 && !count_said,
	      "default: without the variable");
	check(chosen(topology, "3") == 3 && !count_said, "default: one pagemap");
	check(chosen(topology, "3,platform-vgpusvm.0-vram1,1") == 321 && !count_said,
	      "default: several pagemaps");
	check(chosen(topology, "3,x,2") == 32 && count_said == 1 && priority_said == LOG_WARNING &&
	      !strcmp(said, "GPUSVM_PAGEMAP: no pagemap has the ID or uid \"x\""),
	      "default: an unknown one is skipped");
	check(chosen(topology, "9,,platform-vgpusvm.0") == 0 && count_said == 3,
	      "default: all are unknown");
	check(chosen(topology, "\033[31m") == 0 && strstr(said, "\"?[31m\""),
	      "default: messages are printable");
	setenv("GPUSVM_PAGEMAP_STRICT", "1", 1);
	check(chosen(topology, "3,2") == 32 && chosen(topology, NULL) == 0, "default: strict");
	check(chosen(topology, "3,x,2") == -ENOENT && count_said == 1 &&
	      priority_said == LOG_ERR, "default: strict, an unknown one is an error");
	unsetenv("GPUSVM_PAGEMAP_STRICT");
}

static void test_place_default(const struct gpusvm_topology *topology)
{
	uint32_t taken = 9;

	reset();
	unsetenv("GPUSVM_PAGEMAP");
	check(!gpusvm_place_default(topology, 7, 1, START, LENGTH, &taken) && !taken &&
	      advised == 99, "default placement: without the variable");
	setenv("GPUSVM_PAGEMAP", "2,4", 1);
	check(!gpusvm_place_default(topology, 7, 1, START, LENGTH, &taken) && taken == 2,
	      "default placement: takes the first pagemap");
	answers[2] = -EACCES;
	count_said = 0;
	check(!gpusvm_place_default(topology, 7, 1, START, LENGTH, &taken) && taken == 4 &&
	      count_said == 1 && !strcmp(said, "GPUSVM_PAGEMAP: pagemap 2: Permission denied"),
	      "default placement: takes the second one, with a message");
	answers[4] = -ENOLINK;
	advised = 99;
	check(!gpusvm_place_default(topology, 7, 1, START, LENGTH, &taken) && !taken &&
	      advised == 99 && count_said == 3, "default placement: none is possible");
	check(gpusvm_place_default(topology, 3, 1, START, LENGTH, &taken) == -EBADF,
	      "default placement: not a GPU");
	setenv("GPUSVM_PAGEMAP_STRICT", "1", 1);
	check(gpusvm_place_default(topology, 7, 1, START, LENGTH, &taken) == -EACCES && !taken,
	      "default placement: strict");
	setenv("GPUSVM_PAGEMAP", "2,9", 1);
	check(gpusvm_place_default(topology, 7, 1, START, LENGTH, &taken) == -ENOENT,
	      "default placement: strict, an unknown one is an error");
	unsetenv("GPUSVM_PAGEMAP_STRICT");
}

int main(int argc, char **argv)
{
	struct gpusvm_topology *topology;

	if (argc != 2) {
		fprintf(stderr, "Usage: %s TREE\n", argv[0]);
		return 2;
	}

	must(!gpusvm_new(&ctx) && !gpusvm_set_sysroot(ctx, argv[1]), argv[1]);
	gpusvm_set_log_fn(ctx, hear, NULL);
	must(!gpusvm_topology_new(ctx, &topology), argv[1]);
	reset();
	test_place(argv[1]);
	test_errors();
	test_queries();
	test_work();
	test_xe();
	test_default(topology);
	test_place_default(topology);
	gpusvm_topology_unref(topology);
	gpusvm_unref(ctx);
	return tap_status();
}
