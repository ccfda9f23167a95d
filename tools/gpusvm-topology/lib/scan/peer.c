// SPDX-License-Identifier: LGPL-2.1-or-later
/* The pagemaps of an initiator, and its peers. */
#include "internal.h"

static const struct gpusvm_pagemap *own_from(const struct gpusvm_pagemap *pagemap,
					     const struct gpusvm_initiator *initiator)
{
	while (pagemap && pagemap->initiator != initiator)
		pagemap = gpusvm_pagemap_get_next(pagemap);
	return pagemap;
}

GPUSVM_EXPORT const struct gpusvm_pagemap *
gpusvm_initiator_get_first_pagemap(const struct gpusvm_initiator *initiator)
{
	return own_from(gpusvm_pagemap_get_first(initiator->topology), initiator);
}

GPUSVM_EXPORT const struct gpusvm_pagemap *
gpusvm_initiator_get_next_pagemap(const struct gpusvm_pagemap *pagemap)
{
	if (!pagemap->initiator)
		return NULL;
	return own_from(gpusvm_pagemap_get_next(pagemap), pagemap->initiator);
}

/* Returns the first initiator from @peer on, except @initiator itself */
static const struct gpusvm_initiator *other_from(const struct gpusvm_initiator *peer,
						 const struct gpusvm_initiator *initiator)
{
	return peer == initiator ? gpusvm_group_get_next_initiator(peer) : peer;
}

GPUSVM_EXPORT const struct gpusvm_initiator *
gpusvm_initiator_get_first_peer(const struct gpusvm_initiator *initiator)
{
	if (!initiator->group)
		return NULL;
	return other_from(gpusvm_group_get_first_initiator(initiator->group), initiator);
}

GPUSVM_EXPORT const struct gpusvm_initiator *
gpusvm_initiator_get_next_peer(const struct gpusvm_initiator *initiator,
			       const struct gpusvm_initiator *peer)
{
	peer = gpusvm_group_get_next_initiator(peer);
	return peer ? other_from(peer, initiator) : NULL;
}

static bool reaches_all(const struct gpusvm_initiator *from, const struct gpusvm_initiator *to)
{
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *link;

	for (pagemap = gpusvm_initiator_get_first_pagemap(to); pagemap;
	     pagemap = gpusvm_initiator_get_next_pagemap(pagemap)) {
		link = gpusvm_link_find(from, pagemap);
		if (!link || !gpusvm_link_is_direct(link))
			return false;
	}
	return true;
}

GPUSVM_EXPORT bool gpusvm_initiator_can_be_peer(const struct gpusvm_initiator *initiator,
						const struct gpusvm_initiator *other)
{
	return reaches_all(initiator, other) && reaches_all(other, initiator);
}
