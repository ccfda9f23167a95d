// SPDX-License-Identifier: LGPL-2.1-or-later
/* What has become of groups */
#include <errno.h>
#include <string.h>

#include "peers.h"

GPUSVM_EXPORT enum gpusvm_peer_state
gpusvm_peer_group_get_state(const struct gpusvm_peer_group *group, const char *uid,
			    const struct gpusvm_topology *topology)
{
	const struct gpusvm_initiator *initiator = gpusvm_initiator_find_by_uid(topology, uid);

	if (!initiator)
		return GPUSVM_PEER_ABSENT;
	if (initiator->group && !strcmp(initiator->group->name, group->name))
		return GPUSVM_PEER_JOINED;
	return GPUSVM_PEER_REFUSED;
}

static bool is_enough(const struct gpusvm_peer_group *group, size_t joined)
{
	if (!strcmp(group->require, "none"))
		return true;
	return !strcmp(group->require, "any") ? joined > 0 : joined == group->members.count;
}

static bool has_stranger(const struct gpusvm_peer_group *group,
			 const struct gpusvm_group *shown)
{
	const struct gpusvm_initiator *initiator;

	gpusvm_group_initiator_foreach(shown, initiator) {
		if (!peer_group_find(group, initiator->uid))
			return true;
	}
	return false;
}

GPUSVM_EXPORT int gpusvm_peer_group_verify(const struct gpusvm_peer_group *group,
					   const struct gpusvm_topology *topology)
{
	const struct gpusvm_group *shown = gpusvm_group_find_by_name(topology, group->name);
	size_t states[GPUSVM_PEER_REFUSED + 1] = { 0 };

	if (!shown || !shown->origin || strcmp(shown->origin, "admin"))
		return -ENOENT;
	for (size_t i = 0; i < group->members.count; i++) {
		const struct peer_member *member = group->members.items[i];

		states[gpusvm_peer_group_get_state(group, member->uid, topology)]++;
	}
	if (states[GPUSVM_PEER_REFUSED])
		return -ENOLINK;
	if (!is_enough(group, states[GPUSVM_PEER_JOINED]))
		return -ENODEV;
	return has_stranger(group, shown) ? -EEXIST : 0;
}
