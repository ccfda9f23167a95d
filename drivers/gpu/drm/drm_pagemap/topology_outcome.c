// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include <kunit/visibility.h>

#include "topology_link.h"
#include "topology_node.h"
#include "topology_outcome.h"

/*
 * The grammar of last_error, see Documentation/ABI/testing/configfs-drm_pagemap: the
 * name of the errno, the subject, the object after its prefix, and the reason. An
 * outcome has only some of these.
 */
static const struct {
	int err;
	const char *name;
	const char *prefix;
} topology_outcomes[] = {
	[TOPOLOGY_OUTCOME_OK] = { 0, "ok", "" },
	[TOPOLOGY_OUTCOME_NO_LINK] = { -ENOLINK, "ENOLINK", "" },
	[TOPOLOGY_OUTCOME_HELD] = { -EBUSY, "EBUSY", "held" },
	[TOPOLOGY_OUTCOME_TAKEN] = { -EBUSY, "EBUSY", "group:" },
	[TOPOLOGY_OUTCOME_NO_MEMBERS] = { -EINVAL, "EINVAL", "no-members:" },
	[TOPOLOGY_OUTCOME_NO_GROUP] = { -EINVAL, "EINVAL", "no-group:" },
	[TOPOLOGY_OUTCOME_SYNTAX] = { -EINVAL, "EINVAL", "syntax" },
	[TOPOLOGY_OUTCOME_TOO_LONG] = { -EINVAL, "EINVAL", "too-long" },
	[TOPOLOGY_OUTCOME_NO_MEMORY] = { -ENOMEM, "ENOMEM", "" },
};

/**
 * drm_pagemap_topology_outcome_set() - Set the outcome of a write
 * @outcome: The outcome.
 * @code: The new code.
 * @subject: The uid of an initiator, or %NULL.
 * @object: The uid of a pagemap or the name of a group, or %NULL. Truncated if it is
 *	    too long.
 *
 * Return: The negative errno that belongs to @code.
 */
int drm_pagemap_topology_outcome_set(struct topology_outcome *outcome,
				     enum topology_outcome_code code,
				     const char *subject, const char *object)
{
	*outcome = (struct topology_outcome) { .code = code };
	strscpy(outcome->subject, subject ?: "");
	strscpy(outcome->object, object ?: "");

	return topology_outcomes[code].err;
}

/**
 * drm_pagemap_topology_outcome_no_link() - Set the outcome to a missing link
 * @outcome: The outcome.
 * @from: The initiator that lacks the link.
 * @to: The region that @from does not reach.
 *
 * Return: %-ENOLINK.
 */
int drm_pagemap_topology_outcome_no_link(struct topology_outcome *outcome,
					 struct drm_pagemap_initiator *from,
					 struct drm_pagemap_region *to)
{
	struct topology_link *link = drm_pagemap_topology_link_find(from, to);
	int err;

	err = drm_pagemap_topology_outcome_set(outcome, TOPOLOGY_OUTCOME_NO_LINK, from->uid,
					       to->node->uid);
	outcome->reason = link && !link->withdrawn ?
		drm_pagemap_topology_refusal_names[link->refusal] : "no-path";

	return err;
}

/**
 * drm_pagemap_topology_outcome_print() - Print an outcome in the grammar of last_error
 * @outcome: The outcome.
 * @buf: Receives one line without a newline.
 * @size: Size of @buf; %TOPOLOGY_OUTCOME_MAX is always enough.
 *
 * Return: The length of the line.
 */
size_t drm_pagemap_topology_outcome_print(const struct topology_outcome *outcome, char *buf,
					  size_t size)
{
	const char *prefix = topology_outcomes[outcome->code].prefix;
	bool detail = *prefix || *outcome->object;

	return scnprintf(buf, size, "%s%s%s%s%s%s%s%s",
			 topology_outcomes[outcome->code].name,
			 *outcome->subject ? " " : "", outcome->subject,
			 detail ? " " : "", prefix, outcome->object,
			 outcome->reason ? " " : "", outcome->reason ?: "");
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_outcome_print);
