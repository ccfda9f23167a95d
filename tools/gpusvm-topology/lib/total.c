// SPDX-License-Identifier: LGPL-2.1-or-later
/* Total sizes of several pagemaps. */
#include <errno.h>

#include "internal.h"

/* Adds a size to a sum. An unknown size makes the sum -ENODATA */
static int add(uint64_t *sum, const struct figure *bytes)
{
	if (!bytes->known)
		return -ENODATA;
	return __builtin_add_overflow(*sum, bytes->value, sum) ? -EOVERFLOW : 0;
}

/* Adds up the value at @offset of all pagemaps of a list, or of those of @initiator */
static int total(const struct list *pagemaps, const struct gpusvm_initiator *initiator,
		 size_t offset, uint64_t *bytes)
{
	uint64_t sum = 0;
	int err = 0;

	for (size_t i = 0; !err && i < pagemaps->count; i++) {
		const struct gpusvm_pagemap *pagemap = pagemaps->items[i];

		if (!initiator || pagemap->initiator == initiator)
			err = add(&sum, (const void *)((const char *)pagemap + offset));
	}
	if (!err)
		*bytes = sum;
	return err;
}

GPUSVM_EXPORT int gpusvm_topology_get_total_size(const struct gpusvm_topology *topology,
						 uint64_t *bytes)
{
	return total(&topology->pagemaps, NULL, offsetof(struct gpusvm_pagemap, size), bytes);
}

GPUSVM_EXPORT int gpusvm_topology_get_total_free(const struct gpusvm_topology *topology,
						 uint64_t *bytes)
{
	return total(&topology->pagemaps, NULL, offsetof(struct gpusvm_pagemap, free), bytes);
}

GPUSVM_EXPORT int gpusvm_group_get_total_size(const struct gpusvm_group *group,
					      uint64_t *bytes)
{
	return total(&group->pagemaps, NULL, offsetof(struct gpusvm_pagemap, size), bytes);
}

GPUSVM_EXPORT int gpusvm_group_get_total_free(const struct gpusvm_group *group,
					      uint64_t *bytes)
{
	return total(&group->pagemaps, NULL, offsetof(struct gpusvm_pagemap, free), bytes);
}

GPUSVM_EXPORT int gpusvm_initiator_get_total_size(const struct gpusvm_initiator *initiator,
						  uint64_t *bytes)
{
	return total(&initiator->topology->pagemaps, initiator,
		     offsetof(struct gpusvm_pagemap, size), bytes);
}

GPUSVM_EXPORT int gpusvm_initiator_get_total_free(const struct gpusvm_initiator *initiator,
						  uint64_t *bytes)
{
	return total(&initiator->topology->pagemaps, initiator,
		     offsetof(struct gpusvm_pagemap, free), bytes);
}
