/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef TOPOLOGY_H
#define TOPOLOGY_H

#include "files.h"

/* The pagemap topology as sysfs shows it. */

#define PAGEMAPS	"/sys/class/drm_pagemap"
#define INITIATORS	"/sys/class/drm_pagemap_initiator"
#define LINKS		"/sys/class/drm_pagemap_link"
#define GROUPS		"/sys/class/drm_pagemap_group"
#define GENERATION	PAGEMAPS "/topology/generation"

/* Skip the test if the topology does not exist. */
void require_topology(void);

/* All pagemaps, as "pagemap<ID>". */
void list_pagemaps(struct names *pagemaps);
/* The number in such a name. */
uint32_t pagemap_id(const char *pagemap);
/* The ID of a pagemap, by its uid; 0 if it does not exist. */
uint32_t find_pagemap(const char *uid);

uint64_t generation(void);
/*
 * Check that both ends of each link refer to each other, and that groups and their members
 * do. An initiator whose removal has begun may be in no group, and has no render node.
 */
bool topology_is_consistent(void);

/* The directory of the link from an initiator to a pagemap. */
const char *link_dir(const char *initiator, uint32_t id);
/* Is there a direct path from an initiator to a pagemap? */
bool is_direct(const char *initiator, uint32_t id);

/* The name with only characters that a dynamic subtest may have. */
const char *subtest_name(const char *name);

#endif
