// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Operations on configfs, and on the driver's files in sysfs. No program uses a GPU
 * meanwhile, so that groups have no holders and can change.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "operation.h"
#include "tap.h"

/* Too long for the buffer of a configfs item, so that configfs allocates the name. */
#define GPU_D	VGPUSVM "inject-d-that-has-a-long-name"
#define LEFT	"inject-left-that-has-a-long-name"
#define RIGHT	"inject-right"
/* Its only member is a GPU that does not exist. */
#define EMPTY	"inject-empty"
#define UID_A	"platform-vgpusvm.0"
#define UID_B	"platform-vgpusvm.1"
#define UID_C	"platform-vgpusvm.2"
#define UID_NONE	"platform-that-has-a-long-name.7"

#define REGION_SIZE	"8M"

/* Values of the link that operations change. They restore these. */
#define BANDWIDTH	"16000"
#define LATENCY		"1000"

/* The file to write. It is open already, so that open(2) is not under test. */
static int target = -1;

static void must_write(const char *path, const char *value)
{
	int err = file_write(path, value);

	must(!err, "\"%s\" can't be written to %s: %s", value, path, strerror(-err));
}

static void must_make(const char *path)
{
	must(!mkdir(path, 0755) || errno == EEXIST, "%s can't be made: %s", path,
	     strerror(errno));
}

static void must_remove(const char *path)
{
	must(!rmdir(path) || errno == ENOENT, "%s can't be removed: %s", path,
	     strerror(errno));
}

static void prepare_make(const struct operation *op)
{
	must_remove(op->path);
}

static void prepare_remove(const struct operation *op)
{
	must_make(op->path);
}

static int run_make(const struct operation *op)
{
	return mkdir(op->path, 0755) ? -errno : 0;
}

static int run_remove(const struct operation *op)
{
	return rmdir(op->path) ? -errno : 0;
}

static bool finish_directory(const struct operation *op)
{
	must_remove(op->path);
	return true;
}

static void prepare_write(const struct operation *op)
{
	if (op->old)
		must_write(op->path, op->old);
	target = open(op->path, O_WRONLY | O_CLOEXEC);
	must(target >= 0, "%s can't be opened: %s", op->path, strerror(errno));
}

static int run_write(const struct operation *op)
{
	return pwrite(target, op->value, strlen(op->value), 0) < 0 ? -errno : 0;
}

static bool finish_write(const struct operation *op)
{
	close(target);
	must_write(op->path, op->rest ? op->rest : op->old);

	return true;
}

/* Undo bind by unbind, and unbind by bind. */
static void prepare_bind(const struct operation *op)
{
	if (file_exists(DRIVER "vgpusvm.1"))
		must_write(DRIVER "unbind", op->value);
	prepare_write(op);
}

static void prepare_unbind(const struct operation *op)
{
	if (!file_exists(DRIVER "vgpusvm.1"))
		must_write(DRIVER "bind", op->value);
	prepare_write(op);
}

static bool finish_bound(const struct operation *op)
{
	close(target);
	if (!file_exists(DRIVER "vgpusvm.1"))
		must_write(DRIVER "bind", op->value);

	return true;
}

#define MAKE(what, where)						\
	{								\
		.name = "mkdir of " what, .path = (where), .shown = true,	\
		.prepare = prepare_make, .run = run_make,		\
		.finish = finish_directory,				\
	}

#define REMOVE(what, where)						\
	{								\
		.name = "rmdir of " what, .path = (where), .shown = true,	\
		.prepare = prepare_remove, .run = run_remove,		\
		.finish = finish_directory,				\
	}

#define WRITE(what, where, from, to, ...)				\
	{								\
		.name = what, .path = (where), .old = (from), .value = (to),	\
		.prepare = prepare_write, .run = run_write,		\
		.finish = finish_write, .shown = true, ##__VA_ARGS__	\
	}

#define GROUP(name, file)	PEERS "groups/" name "/" file
#define LINK(file)		VGPUSVM "inject-a/links/inject-b/" file

const struct operation config_operations[] = {
	MAKE("a GPU", GPU_D),
	REMOVE("a GPU", GPU_D),
	MAKE("a region", VGPUSVM "inject-c/regions/1"),
	REMOVE("a region", VGPUSVM "inject-c/regions/1"),
	MAKE("a link", VGPUSVM "inject-c/links/inject-d-that-has-a-long-name"),
	REMOVE("a link", VGPUSVM "inject-c/links/inject-d-that-has-a-long-name"),
	/* The write fails with ENXIO; only the kernel log has the reason. */
	WRITE("enable a GPU", VGPUSVM "inject-c/enabled", "0", "1", .other_errno = ENXIO),
	WRITE("disable a GPU", VGPUSVM "inject-c/enabled", "1", "0", .rest = "0"),
	{
		.name = "bind of a GPU", .path = DRIVER "bind", .value = "vgpusvm.1",
		.prepare = prepare_bind, .run = run_write, .finish = finish_bound,
		.shown = true,
	},
	{
		.name = "unbind of a GPU", .path = DRIVER "unbind", .value = "vgpusvm.1",
		.prepare = prepare_unbind, .run = run_write, .finish = finish_bound,
		.shown = true,
	},
	WRITE("change a link's bandwidth", LINK("read_bandwidth"), BANDWIDTH, "8000"),
	WRITE("raise a link's max bandwidth", LINK("max_read_bandwidth"), BANDWIDTH, "64000"),
	WRITE("change a link's latency", LINK("read_latency"), LATENCY, "500"),
	WRITE("refuse a link", LINK("refusal"), "none", "link-down"),
	WRITE("permit a refused link", LINK("refusal"), "link-down", "none",
	      .rest = "none"),
	WRITE("lower min_bandwidth", PEERS "auto/min_bandwidth", "1000000", "0",
	      .rest = "0"),
	WRITE("raise min_bandwidth", PEERS "auto/min_bandwidth", "0", "1000000"),
	WRITE("change foreign_access", PEERS "auto/foreign_access", "open", "none"),
	MAKE("a group", PEERS "groups/inject-other-that-has-a-long-name"),
	REMOVE("a group", PEERS "groups/inject-other-that-has-a-long-name"),
	MAKE("a member", GROUP(LEFT, "members/" UID_NONE)),
	REMOVE("a member", GROUP(LEFT, "members/" UID_NONE)),
	WRITE("enable a group", GROUP(LEFT, "enabled"), "0", "1"),
	WRITE("disable a group", GROUP(LEFT, "enabled"), "1", "0", .rest = "0"),
	WRITE("enable an empty group", GROUP(EMPTY, "enabled"), "0", "1"),
	WRITE("disable an empty group", GROUP(EMPTY, "enabled"), "1", "0", .rest = "0"),
	WRITE("enable a set of groups", PEERS "enabled_groups", "\n", LEFT " " RIGHT),
	WRITE("switch sets of groups", PEERS "enabled_groups", LEFT, RIGHT, .rest = "\n"),
	WRITE("disable all groups", PEERS "enabled_groups", LEFT " " RIGHT, "\n",
	      .rest = "\n"),
};

const size_t num_config_operations =
	sizeof(config_operations) / sizeof(config_operations[0]);

static void build_gpu(char name)
{
	char path[128], other;

	snprintf(path, sizeof(path), VGPUSVM "inject-%c", name);
	must_make(path);
	snprintf(path, sizeof(path), VGPUSVM "inject-%c/regions/0", name);
	must_make(path);
	snprintf(path, sizeof(path), VGPUSVM "inject-%c/regions/0/size", name);
	must_write(path, REGION_SIZE);
	for (other = 'a'; other <= 'c'; other++) {
		if (other == name)
			continue;
		snprintf(path, sizeof(path), VGPUSVM "inject-%c/links/inject-%c", name, other);
		must_make(path);
	}
}

static void strike_gpu(char name)
{
	char path[128], other;

	snprintf(path, sizeof(path), VGPUSVM "inject-%c/enabled", name);
	must_write(path, "0");
	snprintf(path, sizeof(path), VGPUSVM "inject-%c/regions/0", name);
	must_remove(path);
	for (other = 'a'; other <= 'c'; other++) {
		snprintf(path, sizeof(path), VGPUSVM "inject-%c/links/inject-%c", name, other);
		if (other != name)
			must_remove(path);
	}
	snprintf(path, sizeof(path), VGPUSVM "inject-%c", name);
	must_remove(path);
}

static void build_groups(void)
{
	must_make(PEERS "groups/" LEFT);
	must_make(GROUP(LEFT, "members/" UID_A));
	must_make(PEERS "groups/" RIGHT);
	must_make(GROUP(RIGHT, "members/" UID_B));
	must_make(GROUP(RIGHT, "members/" UID_C));
	must_make(PEERS "groups/" EMPTY);
	must_make(GROUP(EMPTY, "members/" UID_NONE));
}

static void strike_groups(void)
{
	must_write(PEERS "enabled_groups", "\n");
	must_remove(GROUP(LEFT, "members/" UID_A));
	must_remove(PEERS "groups/" LEFT);
	must_remove(GROUP(RIGHT, "members/" UID_B));
	must_remove(GROUP(RIGHT, "members/" UID_C));
	must_remove(PEERS "groups/" RIGHT);
	must_remove(GROUP(EMPTY, "members/" UID_NONE));
	must_remove(PEERS "groups/" EMPTY);
}

void stage_build(void)
{
	build_gpu('a');
	build_gpu('b');
	build_gpu('c');
	must_write(LINK("read_bandwidth"), BANDWIDTH);
	must_write(LINK("max_read_bandwidth"), BANDWIDTH);
	must_write(LINK("read_latency"), LATENCY);
	must_write(VGPUSVM "inject-a/enabled", "1");
	must_write(VGPUSVM "inject-b/enabled", "1");
	build_groups();
}

void stage_strike(void)
{
	strike_groups();
	strike_gpu('a');
	strike_gpu('b');
	strike_gpu('c');
}
