// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names, peers and sums, on the trees of "make-tree DIR gpus=4 topology=pairs regions=2,1
 * memless=1 pci=1" and "make-tree DIR gpus=4 topology=ring regions=2,1 memless=1". The
 * first GPU has pagemaps 1 and 2, the next two have 3 and 4.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gpusvm-topology.h>

#include "tap.h"
#include "tree.h"

static bool finds(const struct gpusvm_topology *topology, const char *name, const char *uid)
{
	const struct gpusvm_initiator *initiator = gpusvm_initiator_find(topology, name);

	if (!initiator || !uid)
		return !initiator && !uid;
	return !strcmp(gpusvm_initiator_get_uid(initiator), uid);
}

static void test_initiators(const struct gpusvm_topology *topology)
{
	const char *second = "pci-0000:04:00.0";

	check(finds(topology, "pci-0000:04:00.0", second), "initiator: by uid");
	check(finds(topology, "0000:04:00.0", second), "initiator: by PCI address");
	check(finds(topology, "04:00.0", second), "initiator: by PCI address without domain");
	check(finds(topology, "renderD129", second), "initiator: by render node");
	check(finds(topology, "/dev/dri/renderD129", second),
	      "initiator: by path of the render node");
	check(finds(topology, "card1", second), "initiator: by card node");
	check(finds(topology, "/dev/dri/card1", second), "initiator: by path of the card node");
	check(finds(topology, "card", NULL) && finds(topology, "", NULL) &&
	      finds(topology, "renderD12", NULL) && finds(topology, "4:00.0", NULL) &&
	      finds(topology, "0001:04:00.0", NULL) && finds(topology, "/dev/dri/", NULL) &&
	      finds(topology, "pci-04:00.0", NULL) && finds(topology, "card10", NULL),
	      "initiator: not by a part of a name");
	check(!gpusvm_initiator_find_by_node(topology, "04:00.0") &&
	      !gpusvm_initiator_find_by_device(topology, "card1"),
	      "initiator: each function takes its own kind of name only");
	check(!gpusvm_initiator_find_next(topology, "03:00.0",
					  gpusvm_initiator_find(topology, "03:00.0")),
	      "initiator: no other initiator has the name");
	check(!strcmp(gpusvm_initiator_get_card(gpusvm_initiator_get_first(topology)), "card0"),
	      "initiator: card node");
}

static void test_pagemaps(const struct gpusvm_topology *topology)
{
	const struct gpusvm_pagemap *third = gpusvm_pagemap_find_by_id(topology, 3);

	check(third && gpusvm_pagemap_find(topology, "3") == third, "pagemap: by ID");
	check(gpusvm_pagemap_find(topology, "pci-0000:04:00.0-vram0") == third,
	      "pagemap: by uid");
	check(!gpusvm_pagemap_find(topology, "0") && !gpusvm_pagemap_find(topology, "5") &&
	      !gpusvm_pagemap_find(topology, "03") && !gpusvm_pagemap_find(topology, "") &&
	      !gpusvm_pagemap_find(topology, "4294967299") &&
	      !gpusvm_pagemap_find(topology, "pci-0000:04:00.0"),
	      "pagemap: an unknown name finds nothing");
}

static void test_restrict(struct gpusvm_topology *topology)
{
	static const char *const wrong[] = { "1", "nothing", NULL }, *const third[] = { "3", NULL };
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *link;

	check(gpusvm_topology_restrict(topology, wrong) == -ENOENT &&
	      gpusvm_pagemap_find_by_id(topology, 4), "restrict: an unknown name changes nothing");
	check(!gpusvm_topology_restrict(topology, third), "restrict: to a pagemap");
	pagemap = gpusvm_pagemap_get_first(topology);
	check(gpusvm_pagemap_get_id(pagemap) == 3 && !gpusvm_pagemap_get_next(pagemap),
	      "restrict: no other pagemap stays");
	link = gpusvm_pagemap_get_first_link(pagemap);
	check(!gpusvm_pagemap_get_next_link(link) && !gpusvm_initiator_get_next_link(link) &&
	      gpusvm_link_get_initiator(link) == gpusvm_pagemap_get_initiator(pagemap),
	      "restrict: the link of its GPU stays");
	check(!gpusvm_group_get_next(gpusvm_group_get_first(topology)) &&
	      !gpusvm_group_get_next_pagemap(pagemap), "restrict: its group stays");
}

static unsigned int own(const struct gpusvm_initiator *initiator)
{
	const struct gpusvm_pagemap *pagemap;
	unsigned int ids = 0;

	gpusvm_initiator_pagemap_foreach(initiator, pagemap)
		ids = ids * 10 + gpusvm_pagemap_get_id(pagemap);
	return ids;
}

/* Returns the last digits of the peers' uids, without the function number of PCI */
static unsigned int peers(const struct gpusvm_initiator *initiator)
{
	const struct gpusvm_initiator *peer;
	unsigned int digits = 0;

	gpusvm_initiator_peer_foreach(initiator, peer)
		digits = digits * 10 + gpusvm_initiator_get_uid(peer)[10] - '0';
	return digits;
}

static void test_peers(const struct gpusvm_topology *topology)
{
	const struct gpusvm_initiator *gpus[4], *gpu;
	size_t count = 0;

	gpusvm_initiator_foreach(topology, gpu)
		gpus[count++] = gpu;
	check(own(gpus[0]) == 12 && own(gpus[1]) == 3 && own(gpus[3]) == 0,
	      "peers: own pagemaps");
	check(peers(gpus[0]) == 4 && peers(gpus[1]) == 3 && peers(gpus[2]) == 6 &&
	      peers(gpus[3]) == 5, "peers: the other members of the group");
	check(gpusvm_initiator_can_be_peer(gpus[0], gpus[1]) &&
	      gpusvm_initiator_can_be_peer(gpus[3], gpus[2]), "peers: can be");
	check(!gpusvm_initiator_can_be_peer(gpus[1], gpus[2]) &&
	      !gpusvm_initiator_can_be_peer(gpus[0], gpus[3]), "peers: can't be");
}

/* In a ring, links between groups exist and are not usable */
static void test_ring(const struct gpusvm_topology *topology)
{
	const struct gpusvm_initiator *second, *third;

	second = gpusvm_initiator_find(topology, "platform-vgpusvm.1");
	third = gpusvm_initiator_find(topology, "renderD130");
	check(gpusvm_initiator_get_group(second) != gpusvm_initiator_get_group(third) &&
	      gpusvm_initiator_can_be_peer(second, third),
	      "peers: initiators of different groups could be peers");
}

static void test_totals(const struct gpusvm_topology *topology, const char *sysroot)
{
	const struct gpusvm_initiator *first = gpusvm_initiator_get_first(topology);
	const struct gpusvm_group *group = gpusvm_initiator_get_group(first);
	const uint64_t each = 64 << 20;
	uint64_t bytes = 0;

	check(!gpusvm_topology_get_total_size(topology, &bytes) && bytes == 4 * each &&
	      !gpusvm_topology_get_total_free(topology, &bytes) && bytes == 4 * each,
	      "totals: of all");
	check(!gpusvm_group_get_total_size(group, &bytes) && bytes == 3 * each &&
	      !gpusvm_group_get_total_free(group, &bytes) && bytes == 3 * each,
	      "totals: of a group");
	check(!gpusvm_initiator_get_total_size(first, &bytes) && bytes == 2 * each &&
	      !gpusvm_initiator_get_total_free(first, &bytes) && bytes == 2 * each,
	      "totals: of an initiator");
	first = gpusvm_initiator_find(topology, "card3");
	check(!gpusvm_initiator_get_total_size(first, &bytes) && !bytes,
	      "totals: of an initiator without memory");

	change_value(sysroot, "class/drm_pagemap/pagemap2/size", "18446744073709551615\n");
	change_value(sysroot, "class/drm_pagemap/pagemap3/free", NULL);
	topology = scan_tree(sysroot);
	first = gpusvm_initiator_get_first(topology);
	bytes = 7;
	check(gpusvm_topology_get_total_size(topology, &bytes) == -EOVERFLOW &&
	      gpusvm_initiator_get_total_size(first, &bytes) == -EOVERFLOW && bytes == 7,
	      "totals: overflow");
	check(gpusvm_topology_get_total_free(topology, &bytes) == -ENODATA && bytes == 7 &&
	      !gpusvm_initiator_get_total_free(first, &bytes),
	      "totals: an unknown value makes the sum unknown");
	gpusvm_topology_unref((struct gpusvm_topology *)topology);
}

/* If a device has several card nodes, or none, the node of the initiator is unknown */
static void test_cards(const char *sysroot)
{
	struct gpusvm_topology *topology;
	char *path;

	change_value(sysroot, "devices/pci0000:00/0000:03:00.0/drm/card7", "");
	change_value(sysroot, "devices/pci0000:00/0000:04:00.0/drm/card1/dev", NULL);
	path = tree_path(sysroot, "devices/pci0000:00/0000:04:00.0/drm/card1");
	must(!rmdir(path), path);
	free(path);
	topology = scan_tree(sysroot);
	check(!gpusvm_initiator_get_card(gpusvm_initiator_find(topology, "03:00.0")),
	      "cards: several");
	check(!gpusvm_initiator_get_card(gpusvm_initiator_find(topology, "04:00.0")) &&
	      !gpusvm_topology_count_warnings(topology), "cards: none");
	gpusvm_topology_unref(topology);
}

int main(int argc, char **argv)
{
	struct gpusvm_topology *topology;

	if (argc != 3) {
		fprintf(stderr, "Usage: %s PCI_TREE RING_TREE\n", argv[0]);
		return 2;
	}

	topology = scan_tree(argv[1]);
	test_initiators(topology);
	test_pagemaps(topology);
	test_peers(topology);
	test_totals(topology, argv[1]);
	test_restrict(topology);
	gpusvm_topology_unref(topology);
	test_cards(argv[1]);

	topology = scan_tree(argv[2]);
	test_ring(topology);
	gpusvm_topology_unref(topology);
	return tap_status();
}
