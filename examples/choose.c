// SPDX-License-Identifier: GPL-2.0-or-later
/* Which GPU, and which pagemap: what the topology says, and what the kernel would allow */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "choose.h"

/* The GPU of this uid, or the first one if @uid is NULL */
const struct gpusvm_initiator *choose_gpu(const struct gpusvm_topology *topology,
					  const char *uid)
{
	const struct gpusvm_initiator *initiator;

	initiator = uid ? gpusvm_initiator_find_by_uid(topology, uid) :
			  gpusvm_initiator_get_first(topology);
	if (initiator)
		return initiator;

	if (uid)
		warnx("no GPU has the uid \"%s\"; see: gpusvm-topology list initiators", uid);
	else
		warnx("there is no GPU");
	return NULL;
}

static bool is_own(const struct gpusvm_link *link)
{
	return gpusvm_pagemap_get_initiator(gpusvm_link_get_pagemap(link)) ==
	       gpusvm_link_get_initiator(link);
}

static bool is_large_enough(const struct gpusvm_link *link, size_t size)
{
	uint64_t bytes;

	return gpusvm_pagemap_get_size(gpusvm_link_get_pagemap(link), &bytes) || bytes >= size;
}

/*
 * Whether a program may place memory somewhere is more than topology: its device
 * cgroup and the administrator have a say. The query tells without placing anything.
 */
static bool is_allowed(const struct gpu *gpu, const struct gpusvm_link *link)
{
	struct gpusvm_placement placement = {
		.pagemap_id = gpusvm_pagemap_get_id(gpusvm_link_get_pagemap(link)),
	};

	return !gpusvm_query_permission(gpu->fd, gpu->vm_id, &placement, 1) && !placement.error;
}

/* The nearest usable one that does, of another GPU if @peer */
static int choose_nearest(const struct gpusvm_initiator *initiator, const struct gpu *gpu,
			  bool peer, size_t size, uint32_t *id)
{
	const struct gpusvm_link *link;
	struct gpusvm_nearest *nearest;
	int err;

	err = gpusvm_nearest_new(initiator, 0, &nearest);
	if (err) {
		warnx("cannot order the pagemaps: %s", strerror(-err));
		return err;
	}

	while ((link = gpusvm_nearest_next(nearest))) {
		if (peer && is_own(link))
			continue;
		if (is_large_enough(link, size) && is_allowed(gpu, link))
			break;
	}
	gpusvm_nearest_free(nearest);
	if (!link) {
		warnx("%s can use no pagemap%s with room for %zu bytes",
		      gpusvm_initiator_get_uid(initiator), peer ? " of another GPU" : "", size);
		return -ENOENT;
	}
	*id = gpusvm_pagemap_get_id(gpusvm_link_get_pagemap(link));
	return 0;
}

/* A number is an ID, even if there is no such pagemap: the kernel tells best what is wrong. */
static bool parse_id(const char *text, uint32_t *id)
{
	unsigned long long number;
	char *end;

	if (strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	number = strtoull(text, &end, 10);
	*id = number;
	return !errno && number && number <= UINT32_MAX;
}

static int find_pagemap(const struct gpusvm_topology *topology, const char *name, uint32_t *id)
{
	const struct gpusvm_pagemap *pagemap;

	if (parse_id(name, id))
		return 0;
	pagemap = gpusvm_pagemap_find_by_uid(topology, name);
	if (!pagemap) {
		warnx("\"%s\" is neither an ID nor the uid of a pagemap; see: gpusvm-topology list",
		      name);
		return -EINVAL;
	}
	*id = gpusvm_pagemap_get_id(pagemap);
	return 0;
}

/* Sets @id to the pagemap for @size bytes that @where asks for, see the program's help. */
int choose_pagemap(const struct gpusvm_initiator *initiator, const struct gpu *gpu,
		   const char *where, size_t size, uint32_t *id)
{
	if (!strcmp(where, "none")) {
		*id = GPUSVM_PAGEMAP_NONE;
		return 0;
	}
	if (!strcmp(where, "near"))
		return choose_nearest(initiator, gpu, false, size, id);
	if (!strcmp(where, "peer"))
		return choose_nearest(initiator, gpu, true, size, id);
	return find_pagemap(gpusvm_initiator_get_topology(initiator), where, id);
}

/* Why a pagemap is not in the group of a GPU */
static const char *explain_no_link(const struct gpusvm_initiator *initiator, uint32_t id)
{
	const struct gpusvm_topology *topology = gpusvm_initiator_get_topology(initiator);
	const struct gpusvm_pagemap *pagemap = gpusvm_pagemap_find_by_id(topology, id);
	const struct gpusvm_link *link = pagemap ? gpusvm_link_find(initiator, pagemap) : NULL;

	if (!link)
		return "no path";
	return gpusvm_link_get_reason(link) ?: gpusvm_link_get_usable_reason(link) ?: "not known";
}

/* Tells the user why the kernel has refused to place memory on @id. */
void explain_refusal(const struct gpusvm_initiator *initiator, uint32_t id, int err)
{
	const char *uid = gpusvm_initiator_get_uid(initiator);

	switch (err) {
	case -ENOENT:
		warnx("pagemap %u: ENOENT: there never was one with this ID", id);
		break;
	case -ENODEV:
		warnx("pagemap %u: ENODEV: its GPU has no driver now", id);
		break;
	case -EACCES:
		warnx("pagemap %u: EACCES: this program may not place memory there", id);
		break;
	case -ENOLINK:
		warnx("pagemap %u: ENOLINK: not in the group of %s: %s", id, uid,
		      explain_no_link(initiator, id));
		break;
	default:
		warnx("pagemap %u: %s", id, strerror(-err));
	}
}
