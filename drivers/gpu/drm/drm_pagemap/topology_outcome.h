/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _DRM_PAGEMAP_TOPOLOGY_OUTCOME_H_
#define _DRM_PAGEMAP_TOPOLOGY_OUTCOME_H_

#include <linux/types.h>

#include "topology_initiator.h"

struct drm_pagemap_region;

/**
 * enum topology_outcome_code - Outcome of a write to configfs
 * @TOPOLOGY_OUTCOME_OK: The write took effect.
 * @TOPOLOGY_OUTCOME_NO_LINK: The subject does not reach the object.
 * @TOPOLOGY_OUTCOME_HELD: The group of the subject has holders.
 * @TOPOLOGY_OUTCOME_TAKEN: The subject is a member of another peer group, the object,
 *			    which is enabled.
 * @TOPOLOGY_OUTCOME_NO_MEMBERS: The peer group, the object, has no members.
 * @TOPOLOGY_OUTCOME_NO_GROUP: The peer group, the object, does not exist.
 * @TOPOLOGY_OUTCOME_SYNTAX: The value is malformed.
 * @TOPOLOGY_OUTCOME_TOO_LONG: The value does not fit into one write.
 * @TOPOLOGY_OUTCOME_NO_MEMORY: Memory is short.
 */
enum topology_outcome_code {
	TOPOLOGY_OUTCOME_OK,
	TOPOLOGY_OUTCOME_NO_LINK,
	TOPOLOGY_OUTCOME_HELD,
	TOPOLOGY_OUTCOME_TAKEN,
	TOPOLOGY_OUTCOME_NO_MEMBERS,
	TOPOLOGY_OUTCOME_NO_GROUP,
	TOPOLOGY_OUTCOME_SYNTAX,
	TOPOLOGY_OUTCOME_TOO_LONG,
	TOPOLOGY_OUTCOME_NO_MEMORY,
};

/**
 * struct topology_outcome - Outcome of a write to configfs, with its details
 * @code: The outcome.
 * @subject: uid of an initiator, or empty.
 * @object: uid of a pagemap or name of a group, or empty.
 * @reason: Reason why @subject does not reach @object, or %NULL.
 */
struct topology_outcome {
	enum topology_outcome_code code;
	char subject[TOPOLOGY_UID_MAX + 1];
	char object[TOPOLOGY_UID_MAX + sizeof("-vram65535")];
	const char *reason;
};

/* Longest text, with its terminator */
#define TOPOLOGY_OUTCOME_MAX	(2 * TOPOLOGY_UID_MAX + 64)

int drm_pagemap_topology_outcome_set(struct topology_outcome *outcome,
				     enum topology_outcome_code code,
				     const char *subject, const char *object);
int drm_pagemap_topology_outcome_no_link(struct topology_outcome *outcome,
					 struct drm_pagemap_initiator *from,
					 struct drm_pagemap_region *to);
size_t drm_pagemap_topology_outcome_print(const struct topology_outcome *outcome, char *buf,
					  size_t size);

#endif
