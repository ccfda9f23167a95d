// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Values of any length, in the tree of "make-tree DIR gpus=4 topology=ring". First as a snapshot,
 * and then as the root directory, where the library takes the files for those of the kernel.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gpusvm-topology.h>

#include "tap.h"
#include "tree.h"

#define GROUP "auto-platform-vgpusvm.0"
#define LIST "class/drm_pagemap_group/" GROUP "/pagemap_list"

/* The longest value that the library reads */
#define LENGTH_MAX (1024 * 1024)

/* Makes a list of IDs with @length characters, which is no multiple of 11 */
static char *make_list(size_t length)
{
	size_t first = length % 11, end;
	char *list = malloc(length + 1);

	must(list, "memory");
	/* 1, 10, 100, ... */
	memset(list, '0', first);
	list[0] = '1';
	for (end = first; end < length; end += 11)
		sprintf(list + end, ",%zu", 2000000000 + end);
	list[length] = '\0';
	return list;
}

/* Whether the library reads the value of @file as @expected, or not at all if that is NULL */
static bool reads(const char *root, const char *file, const char *expected)
{
	struct gpusvm_topology *topology;
	const char *list;
	bool same;

	change_value(root, LIST, file);
	topology = scan_tree(root);
	list = gpusvm_group_get_pagemap_list(gpusvm_group_find_by_name(topology, GROUP));
	same = expected ? list && !strcmp(list, expected) : !list;
	gpusvm_topology_unref(topology);
	return same;
}

static unsigned int count_links(const char *root)
{
	struct gpusvm_topology *topology = scan_tree(root);
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *link;
	unsigned int count = 0;

	gpusvm_pagemap_foreach(topology, pagemap)
		gpusvm_pagemap_link_foreach(pagemap, link)
			count++;
	gpusvm_topology_unref(topology);
	return count;
}

static void test_length(const char *root, const char *where, size_t length)
{
	char *list = make_list(length), *line, *what;

	must(asprintf(&line, "%s\n", list) >= 0, "memory");
	must(asprintf(&what, "values: %s: %zu bytes", where, length) >= 0, "memory");
	check(reads(root, list, length > LENGTH_MAX ? NULL : list), what);
	free(what);
	must(asprintf(&what, "values: %s: %zu bytes and a newline", where, length) >= 0, "memory");
	check(reads(root, line, length >= LENGTH_MAX ? NULL : list), what);
	free(what);
	free(line);
	free(list);
}

/* Around one and two pages, and around the longest value */
static void test_lengths(const char *root, const char *where)
{
	static const size_t lengths[] = {
		1, 4094, 4095, 4096, 4097, 8191, 8192, 8193, 70000,
		LENGTH_MAX - 2, LENGTH_MAX, LENGTH_MAX + 1,
	};

	check(reads(root, "", ""), "values: an empty file");
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		test_length(root, where, lengths[i]);
}

int main(int argc, char **argv)
{
	unsigned int links;

	if (argc != 2) {
		fprintf(stderr, "Usage: %s TREE\n", argv[0]);
		return 2;
	}

	test_lengths(argv[1], "snapshot");
	links = count_links(argv[1]);
	if (chroot(argv[1]) && errno == EPERM) {
		printf("ok - values: this machine # SKIP no permission for chroot\n");
		return tap_status();
	}
	must(!chdir("/"), "/");
	test_lengths("/", "this machine");
	check(links && count_links("/") == links, "values: this machine: all links");
	return tap_status();
}
