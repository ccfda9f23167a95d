// SPDX-License-Identifier: GPL-2.0-or-later

#include <stdio.h>
#include <string.h>

#include "names.h"

#define GPU	"kernel/config/vgpusvm/@"
#define REGION	GPU "/regions/@"
#define LINK	GPU "/links/@"
#define PEERS	"kernel/config/drm_pagemap"
#define PEER	PEERS "/groups/@"
#define MEMBER	PEER "/members/@"
#define PAGEMAP	"class/drm_pagemap/pagemap@"
#define ENDS	"class/drm_pagemap_link/@--pagemap@"
#define GROUP	"class/drm_pagemap_group/@"
#define STARTER	"class/drm_pagemap_initiator/@"
#define DRIVER	"bus/platform/drivers/vgpusvm"
#define MODULE	"module/vgpusvm/parameters"
#define RW	(PATH_READ | PATH_WRITE)

/*
 * Kinds of names: g is a GPU of configfs, m one of its regions, l the other end of a
 * link, p a peer group, u the uid of an initiator, i a pagemap's ID, n a GPU's number,
 * o a group in sysfs.
 */
const struct path paths[] = {
	{ "kernel/config/vgpusvm", "", PATH_LIST, 0 },
	{ GPU, "g", PATH_DIR, 0 },
	{ GPU "/enabled", "g", RW | PATH_SLOW, FOR_SWITCH },
	{ GPU "/lost", "g", RW | PATH_SLOW, FOR_SWITCH },
	{ GPU "/index", "g", RW, FOR_SMALL },
	{ GPU "/serial", "g", RW, FOR_WORD },
	{ GPU "/timeslice_ms", "g", RW, FOR_SMALL },
	{ GPU "/page_faults", "g", RW, FOR_SWITCH },
	{ GPU "/fail_vram_alloc", "g", RW, FOR_SMALL },
	{ GPU "/fail_copy_in", "g", RW, FOR_SMALL },
	{ GPU "/fail_copy_out", "g", RW, FOR_SMALL },
	{ GPU "/fail_probe", "g", RW, FOR_SMALL },
	{ GPU "/late_fence_ms", "g", RW, FOR_SMALL },
	{ GPU "/device", "g", PATH_READ, 0 },
	{ GPU "/regions", "g", PATH_LIST, 0 },
	{ REGION, "gm", PATH_DIR, 0 },
	{ REGION "/size", "gm", RW, FOR_SIZE },
	{ REGION "/numa_node", "gm", RW, FOR_SMALL },
	{ REGION "/read_bandwidth", "gm", RW, FOR_FIGURE },
	{ REGION "/write_bandwidth", "gm", RW, FOR_FIGURE },
	{ REGION "/max_read_bandwidth", "gm", RW, FOR_FIGURE },
	{ REGION "/max_write_bandwidth", "gm", RW, FOR_FIGURE },
	{ REGION "/read_latency", "gm", RW, FOR_FIGURE },
	{ REGION "/write_latency", "gm", RW, FOR_FIGURE },
	{ GPU "/links", "g", PATH_LIST, 0 },
	{ LINK, "gl", PATH_DIR, 0 },
	{ LINK "/type", "gl", RW, FOR_TYPE },
	{ LINK "/refusal", "gl", RW, FOR_REFUSAL },
	{ LINK "/hops", "gl", RW, FOR_SMALL },
	{ LINK "/read_bandwidth", "gl", RW, FOR_FIGURE },
	{ LINK "/write_bandwidth", "gl", RW, FOR_FIGURE },
	{ LINK "/max_read_bandwidth", "gl", RW, FOR_FIGURE },
	{ LINK "/max_write_bandwidth", "gl", RW, FOR_FIGURE },
	{ LINK "/read_latency", "gl", RW, FOR_FIGURE },
	{ LINK "/write_latency", "gl", RW, FOR_FIGURE },

	{ PEERS "/auto/min_bandwidth", "", RW | PATH_SLOW, FOR_FIGURE },
	{ PEERS "/auto/foreign_access", "", RW, FOR_ACCESS },
	{ PEERS "/enabled_groups", "", RW | PATH_SLOW, FOR_SET },
	{ PEERS "/last_error", "", PATH_READ, 0 },
	{ PEERS "/groups", "", PATH_LIST, 0 },
	{ PEER, "p", PATH_DIR, 0 },
	{ PEER "/enabled", "p", RW | PATH_SLOW, FOR_SWITCH },
	{ PEER "/last_error", "p", PATH_READ, 0 },
	{ PEER "/members", "p", PATH_LIST, 0 },
	{ MEMBER, "pu", PATH_DIR, 0 },
	{ MEMBER "/state", "pu", PATH_READ, 0 },
	{ MEMBER "/reason", "pu", PATH_READ, 0 },

	{ "class/drm_pagemap/topology/generation", "", PATH_READ, 0 },
	{ "class/drm_pagemap/topology/uevent", "", RW, FOR_WORD },
	{ "class/drm_pagemap", "", PATH_LIST, 0 },
	{ PAGEMAP, "i", PATH_LIST, 0 },
	{ PAGEMAP "/id", "i", PATH_READ, 0 },
	{ PAGEMAP "/uid", "i", PATH_READ, 0 },
	{ PAGEMAP "/region_instance", "i", PATH_READ, 0 },
	{ PAGEMAP "/size", "i", PATH_READ, 0 },
	{ PAGEMAP "/free", "i", PATH_READ, 0 },
	{ PAGEMAP "/numa_node", "i", PATH_READ, 0 },
	{ PAGEMAP "/state", "i", PATH_READ, 0 },
	{ PAGEMAP "/dmem_region", "i", PATH_READ, 0 },
	{ PAGEMAP "/uevent", "i", RW, FOR_WORD },
	{ PAGEMAP "/initiator", "i", PATH_LINK, 0 },
	{ PAGEMAP "/group", "i", PATH_LINK, 0 },
	{ PAGEMAP "/render", "i", PATH_LINK, 0 },
	{ PAGEMAP "/initiators", "i", PATH_LIST, 0 },
	{ PAGEMAP "/initiators/@", "iu", PATH_LIST | PATH_LINK, 0 },
	{ PAGEMAP "/initiators/@/type", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/hops", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/read_bandwidth", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/write_bandwidth", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/max_read_bandwidth", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/max_write_bandwidth", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/read_latency", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/write_latency", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/access", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/reason", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/usable", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/usable_reason", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/statistics/read_bytes", "iu", PATH_READ, 0 },
	{ PAGEMAP "/initiators/@/statistics/write_bytes", "iu", PATH_READ, 0 },
	{ ENDS, "ui", PATH_LIST, 0 },
	{ ENDS "/uevent", "ui", RW, FOR_WORD },
	{ GROUP, "o", PATH_LIST, 0 },
	{ GROUP "/origin", "o", PATH_READ, 0 },
	{ GROUP "/pagemap_list", "o", PATH_READ, 0 },
	{ GROUP "/users", "o", PATH_READ, 0 },
	{ GROUP "/pending", "o", PATH_READ, 0 },
	{ GROUP "/members_expected", "o", PATH_READ, 0 },
	{ GROUP "/members_joined", "o", PATH_READ, 0 },
	{ GROUP "/complete", "o", PATH_READ, 0 },
	{ GROUP "/min_read_bandwidth", "o", PATH_READ, 0 },
	{ GROUP "/min_write_bandwidth", "o", PATH_READ, 0 },
	{ GROUP "/uevent", "o", RW, FOR_WORD },
	{ GROUP "/pagemaps", "o", PATH_LIST, 0 },
	{ GROUP "/initiators", "o", PATH_LIST, 0 },
	{ STARTER, "u", PATH_LIST, 0 },
	{ STARTER "/targets", "u", PATH_LIST, 0 },
	{ STARTER "/group", "u", PATH_LINK, 0 },
	{ STARTER "/uevent", "u", RW, FOR_WORD },

	{ DRIVER "/bind", "", PATH_WRITE | PATH_SLOW, FOR_DEVICE },
	{ DRIVER "/unbind", "", PATH_WRITE | PATH_SLOW, FOR_DEVICE },
	{ "bus/platform/devices/vgpusvm.@/driver_override", "n", RW, FOR_DRIVER },
	{ "bus/platform/devices/pcspkr/driver_override", "", RW, FOR_DRIVER },
	{ "bus/platform/drivers_probe", "", PATH_WRITE | PATH_SLOW, FOR_DEVICE },
	{ MODULE "/fd_placement", "", RW, FOR_SWITCH },
	{ MODULE "/huge_folios", "", RW, FOR_SWITCH },
	{ MODULE "/system_bandwidth", "", RW, FOR_FIGURE },
	{ MODULE "/system_latency", "", RW, FOR_FIGURE },
	{ MODULE "/timeslice_ms", "", RW, FOR_SMALL },
	{ MODULE "/vram", "", PATH_READ, 0 },
	{ MODULE "/topology", "", PATH_READ, 0 },
};

const unsigned int num_paths = sizeof(paths) / sizeof(paths[0]);

/* The number of the process replaces each %. */
const struct value values[] = {
	{ "1\n", FOR_SWITCH | FOR_SMALL | FOR_FIGURE },
	{ "0\n", FOR_SWITCH | FOR_SMALL | FOR_FIGURE | FOR_SIZE },
	{ "Y\n", FOR_SWITCH },
	{ "2\n", FOR_SWITCH | FOR_SMALL | FOR_FIGURE },
	{ "5\n", FOR_SMALL | FOR_FIGURE },
	{ "6", FOR_SMALL },
	{ "7", FOR_SMALL },
	{ "-1\n", FOR_SMALL | FOR_FIGURE | FOR_SIZE },
	{ "-2\n", FOR_SMALL },
	{ "1023\n", FOR_SMALL },
	{ "1024\n", FOR_SMALL },
	{ "4095\n", FOR_SMALL },
	{ "4096\n", FOR_SMALL | FOR_SIZE },
	{ "100\n", FOR_FIGURE },
	{ "25000\n", FOR_FIGURE },
	{ "64000\n", FOR_FIGURE },
	{ "4294967295\n", FOR_FIGURE | FOR_SMALL },
	{ "4294967296\n", FOR_FIGURE | FOR_SMALL },
	{ "18446744073709551615\n", FOR_FIGURE | FOR_SIZE },
	{ "18446744073709551616\n", FOR_FIGURE | FOR_SIZE },
	{ "0x10\n", FOR_FIGURE | FOR_SMALL },
	{ "2M\n", FOR_SIZE },
	{ "4M\n", FOR_SIZE },
	{ "16M\n", FOR_SIZE },
	{ "3M\n", FOR_SIZE },
	{ "1G\n", FOR_SIZE },
	{ "2097152\n", FOR_SIZE },
	{ "2Mx\n", FOR_SIZE },
	{ "K\n", FOR_SIZE },
	{ "16777216T\n", FOR_SIZE },
	{ "virtual\n", FOR_TYPE },
	{ "tile\n", FOR_TYPE },
	{ "pcie-p2p\n", FOR_TYPE },
	{ "xelink\n", FOR_TYPE },
	{ "cxl\n", FOR_TYPE },
	{ "local\n", FOR_TYPE },
	{ "none\n", FOR_REFUSAL | FOR_ACCESS | FOR_TYPE },
	{ "acs\n", FOR_REFUSAL },
	{ "link-down\n", FOR_REFUSAL },
	{ "one-way\n", FOR_REFUSAL },
	{ "driver\n", FOR_REFUSAL },
	{ "open\n", FOR_ACCESS },
	{ "cgroup\n", FOR_ACCESS },
	{ "serial-1\n", FOR_WORD },
	{ "serial-2\n", FOR_WORD },
	{ "add\n", FOR_WORD },
	{ "change\n", FOR_WORD },
	{ "two words\n", FOR_WORD | FOR_SWITCH },
	{ "", FOR_WORD | FOR_SET | FOR_SWITCH },
	{ "\n", FOR_WORD | FOR_SET | FOR_SIZE | FOR_DRIVER },
	{ "p%-0\n", FOR_SET },
	{ "p%-1\n", FOR_SET },
	{ "p%-0 p%-1\n", FOR_SET },
	{ "p%-1\tp%-0 p%-2\n", FOR_SET },
	{ "p%-0 p%-0\n", FOR_SET },
	{ "p%-0 no-such-group\n", FOR_SET },
	{ "auto-platform-vgpusvm.0\n", FOR_SET },
	{ "\n \t\n\t", FOR_SET | FOR_SWITCH },
	{ "vgpusvm.0\n", FOR_DEVICE },
	{ "vgpusvm.1\n", FOR_DEVICE },
	{ "vgpusvm.2", FOR_DEVICE },
	{ "vgpusvm.3\n", FOR_DEVICE },
	{ "vgpusvm.4\n", FOR_DEVICE },
	{ "pcspkr\n", FOR_DEVICE },
	{ "vgpusvm\n", FOR_DRIVER },
	{ "no-such-driver\n", FOR_DRIVER },
	{ "0123456789012345678901234567890123456789012345678901234567890123456789\n",
	  FOR_WORD | FOR_SET | FOR_FIGURE },
	{ "012345678901234567890123456789012345678901234567890123456789012\n", FOR_WORD },
	{ "\x80\xff\n", FOR_WORD | FOR_SET | FOR_TYPE },
};

const unsigned int num_values = sizeof(values) / sizeof(values[0]);

/* The number of the process replaces each %. */
static const char * const gpu_names[] = {
	"g%_0", "g%_1", "g%_2", "g%-no.dots",
	"g%_4567890123456789012345678901234567890123456789012345678901234567890",
};

static const char * const memory_names[] = { "0", "1", "63", "64", "01", "-1", "x" };

static const char * const peer_names[] = {
	"p%-0", "p%-1", "p%-2", "Upper", "auto-%", "-",
	"p%_4567890123456789012345678901234567890123456789012345678901234567890",
};

static const char * const uid_names[] = {
	"platform-vgpusvm.0", "platform-vgpusvm.1", "platform-vgpusvm.2", "platform-vgpusvm.3",
	"platform-vgpusvm.4", "platform-absent.7", "pci-0000:03:00.0", "no uid", "x",
};

static const char * const id_names[] = { "1", "2", "3", "4", "5", "6", "0", "77" };
static const char * const number_names[] = { "0", "1", "2", "3", "4", "99" };

static const char * const group_names[] = {
	"auto-platform-vgpusvm.0", "auto-platform-vgpusvm.1", "auto-platform-vgpusvm.2", "p%-0",
	"p%-1", "auto-platform-vgpusvm.3",
};

#define NAMES(letter, array) { letter, array, sizeof(array) / sizeof((array)[0]) }

static const struct {
	char kind;
	const char * const *names;
	unsigned int num;
} kinds[] = {
	NAMES('g', gpu_names), NAMES('l', gpu_names), NAMES('m', memory_names),
	NAMES('p', peer_names), NAMES('u', uid_names), NAMES('i', id_names),
	NAMES('n', number_names), NAMES('o', group_names),
};

#define NUM_KINDS	(sizeof(kinds) / sizeof(kinds[0]))

unsigned int num_names(char kind)
{
	for (unsigned int i = 0; i < NUM_KINDS; i++)
		if (kinds[i].kind == kind)
			return kinds[i].num;

	return 1;
}

static const char *name_text(char kind, uint64_t name)
{
	for (unsigned int i = 0; i < NUM_KINDS; i++)
		if (kinds[i].kind == kind)
			return kinds[i].names[name % kinds[i].num];

	return "";
}

static void append(char *text, size_t size, const char *more, unsigned int process)
{
	size_t length = strlen(text);

	for (; *more && length + 12 < size; more++)
		if (*more == '%')
			length += sprintf(text + length, "%u", process);
		else
			text[length++] = *more;
	text[length] = '\0';
}

void path_text(char *text, size_t size, unsigned int path, const uint64_t *names,
	       unsigned int process)
{
	const struct path *p = &paths[path % num_paths];
	unsigned int name = 0;

	snprintf(text, size, "/sys/");
	for (const char *c = p->text; *c; c++) {
		const char letter[] = { *c, '\0' };

		if (*c != '@') {
			append(text, size, letter, process);
		} else {
			append(text, size, name_text(p->names[name], names[name]), process);
			name++;
		}
	}
}

void value_text(char *text, size_t size, unsigned int value, unsigned int process)
{
	*text = '\0';
	append(text, size, values[value % num_values].text, process);
}
