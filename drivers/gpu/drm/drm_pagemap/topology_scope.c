// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>

#include "topology_group.h"
#include "topology_initiator.h"
#include "topology_link.h"
#include "topology_node.h"
#include "topology_peers.h"
#include "topology_scope.h"

/*
 * The scope of a change: the initiators whose groups the change can affect. The group
 * rule divides each connected component of the links separately, so the groups of all
 * other initiators stay as they are, and nobody looks at their links.
 */

/* In no order. Initiators are added at the end, also while the list is walked. */
struct list_head drm_pagemap_topology_scope = LIST_HEAD_INIT(drm_pagemap_topology_scope);
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_scope);

/**
 * drm_pagemap_topology_scope_add() - Add an initiator that has changed
 * @initiator: The initiator, or one end of a link that has changed. Add both ends.
 */
void drm_pagemap_topology_scope_add(struct drm_pagemap_initiator *initiator)
{
	drm_pagemap_topology_change_assert();

	if (list_empty(&initiator->at_scope))
		list_add_tail(&initiator->at_scope, &drm_pagemap_topology_scope);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_scope_add);

/**
 * drm_pagemap_topology_scope_add_all() - Add all initiators
 */
void drm_pagemap_topology_scope_add_all(void)
{
	struct drm_pagemap_initiator *initiator;

	list_for_each_entry(initiator, &drm_pagemap_topology_initiators, entry)
		drm_pagemap_topology_scope_add(initiator);
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_scope_add_all);

/**
 * drm_pagemap_topology_scope_add_group() - Add the members of a group
 * @group: The group, or %NULL.
 */
void drm_pagemap_topology_scope_add_group(struct drm_pagemap_group *group)
{
	struct drm_pagemap_initiator *initiator;

	if (!group)
		return;

	list_for_each_entry(initiator, &group->initiators, at_group)
		drm_pagemap_topology_scope_add(initiator);
}

/**
 * drm_pagemap_topology_scope_add_peers() - Add a peer group and its members
 * @peers: The peer group. Its members may be absent, and may have changed since an attempt
 *	   that failed.
 */
void drm_pagemap_topology_scope_add_peers(struct topology_peer_group *peers)
{
	struct drm_pagemap_initiator *initiator;
	struct topology_peer_member *member;

	peers->in_scope = true;
	list_for_each_entry(member, &peers->members, entry) {
		initiator = drm_pagemap_topology_initiator_find(member->uid);
		if (initiator)
			drm_pagemap_topology_scope_add(initiator);
	}
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_scope_add_peers);

/**
 * drm_pagemap_topology_scope_has_group() - Check whether the change can affect a group
 * @group: The group. Either all of its members are in the closed scope, or none.
 *
 * Return: %true if it is in the scope, or has no members.
 */
bool drm_pagemap_topology_scope_has_group(struct drm_pagemap_group *group)
{
	struct drm_pagemap_initiator *first =
		list_first_entry_or_null(&group->initiators, struct drm_pagemap_initiator,
					 at_group);

	return !first || drm_pagemap_topology_scope_has(first);
}

/* Refused links lead nowhere: no group depends on them. */
static void topology_scope_follow_link(struct topology_link *link,
				       struct drm_pagemap_initiator *end)
{
	if (link->info.refusal == DRM_PAGEMAP_DIRECT)
		drm_pagemap_topology_scope_add(end);
}

static void topology_scope_follow_links(struct drm_pagemap_initiator *initiator)
{
	struct topology_link *link;
	unsigned int i;

	list_for_each_entry(link, &initiator->links, at_initiator)
		topology_scope_follow_link(link, link->region->initiator);

	for (i = 0; i < initiator->num_regions; i++)
		list_for_each_entry(link, &initiator->regions[i]->links, at_region)
			topology_scope_follow_link(link, link->initiator);
}

/* A refused member depends on the others, too. It is in one enabled peer group at most. */
static void topology_scope_follow_peers(struct drm_pagemap_initiator *initiator)
{
	struct topology_peer_group *peers;

	list_for_each_entry(peers, &drm_pagemap_topology_peer_groups, entry) {
		if (!peers->enabled ||
		    !drm_pagemap_topology_peer_group_has(peers, initiator->uid))
			continue;
		if (!peers->in_scope)
			drm_pagemap_topology_scope_add_peers(peers);
		return;
	}
}

/*
 * A new group may need the name of one that nobody holds, and whose members have nothing
 * else to do with it. They then get another group.
 */
static void topology_scope_follow_name(struct drm_pagemap_initiator *initiator)
{
	struct drm_pagemap_group *group;

	list_for_each_entry(group, &drm_pagemap_topology_groups, entry)
		if (!group->held && !drm_pagemap_topology_scope_has_group(group) &&
		    drm_pagemap_topology_group_named_after(group, initiator->uid))
			drm_pagemap_topology_scope_add_group(group);
}

/* Two initiators without memory share an edge without any link. */
static void topology_scope_add_memoryless(void)
{
	struct drm_pagemap_initiator *initiator;

	list_for_each_entry(initiator, &drm_pagemap_topology_initiators, entry)
		if (!initiator->num_regions)
			drm_pagemap_topology_scope_add(initiator);
}

/**
 * drm_pagemap_topology_scope_close() - Add all initiators that depend on those in the scope
 *
 * Two initiators are connected by direct links, a group, an enabled peer group, a name that
 * one of them needs, or because neither of them has memory. Which names are needed shows only
 * while all groups are frozen, so drm_pagemap_topology_regroup() calls it again.
 */
void drm_pagemap_topology_scope_close(void)
{
	struct drm_pagemap_initiator *initiator;
	bool memoryless = false;

	drm_pagemap_topology_change_assert();

	list_for_each_entry(initiator, &drm_pagemap_topology_scope, at_scope) {
		topology_scope_follow_links(initiator);
		topology_scope_follow_peers(initiator);
		topology_scope_follow_name(initiator);
		drm_pagemap_topology_scope_add_group(drm_pagemap_topology_group_of(initiator));
		if (initiator->num_regions || memoryless)
			continue;
		topology_scope_add_memoryless();
		memoryless = true;
	}
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_scope_close);

/**
 * drm_pagemap_topology_scope_update_refusals() - Refuse links without a link back
 */
void drm_pagemap_topology_scope_update_refusals(void)
{
	struct drm_pagemap_initiator *initiator;

	list_for_each_entry(initiator, &drm_pagemap_topology_scope, at_scope)
		drm_pagemap_topology_links_update_refusals(initiator);
}

/**
 * drm_pagemap_topology_scope_remove() - Remove an initiator that is being unregistered
 * @initiator: The initiator.
 */
void drm_pagemap_topology_scope_remove(struct drm_pagemap_initiator *initiator)
{
	drm_pagemap_topology_change_assert();

	list_del_init(&initiator->at_scope);
}

/**
 * drm_pagemap_topology_scope_clear() - Remove all initiators, after the groups are shown
 *
 * After a failure, the scope stays for the next attempt. If that is another change, it has
 * more to compute than it needs.
 */
void drm_pagemap_topology_scope_clear(void)
{
	struct drm_pagemap_initiator *initiator, *next;
	struct topology_peer_group *peers;

	drm_pagemap_topology_change_assert();

	list_for_each_entry_safe(initiator, next, &drm_pagemap_topology_scope, at_scope)
		list_del_init(&initiator->at_scope);
	list_for_each_entry(peers, &drm_pagemap_topology_peer_groups, entry)
		peers->in_scope = false;
}
EXPORT_SYMBOL_IF_KUNIT(drm_pagemap_topology_scope_clear);
