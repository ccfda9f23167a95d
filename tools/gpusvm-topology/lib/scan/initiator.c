// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define CARD "card"

#define INITIATOR_LINK(file) \
	{ #file, ATTR_LINK, true, offsetof(struct gpusvm_initiator, file), 0 }

static const struct attr initiator_attrs[] = {
	INITIATOR_LINK(device),
	INITIATOR_LINK(render),
	{ 0 }
};

void initiator_free(void *item)
{
	struct gpusvm_initiator *initiator = item;

	list_free(&initiator->links, NULL);
	free(initiator->uid);
	free(initiator->device);
	free(initiator->render);
	free(initiator->card);
	free(initiator);
}

static int take_card(const struct dir *dir, const char *name, void *data)
{
	struct gpusvm_initiator *initiator = data;
	const char *number = name + strlen(CARD);
	uint64_t value;

	(void)dir;
	if (strncmp(name, CARD, strlen(CARD)) || !parse_number(number, UINT32_MAX, &value))
		return 0;
	if (initiator->card)
		return -EEXIST;
	initiator->card = strdup(name);
	return initiator->card ? 0 : -ENOMEM;
}

/*
 * No link leads to the card node. It is in the directory of the device's nodes. If that has
 * several card nodes, the right one is unknown.
 */
static int read_card(const struct dir *dir, struct gpusvm_initiator *initiator)
{
	struct dir nodes;
	int err;

	err = dir_open_child(&nodes, dir, "device/drm");
	if (err)
		return err == -ENOMEM ? err : 0;
	err = dir_scan(&nodes, take_card, initiator);
	dir_close(&nodes);
	if (err != -EEXIST)
		return err;

	free(initiator->card);
	initiator->card = NULL;
	return 0;
}

static int initiator_read(const struct dir *dir, const char *name, void *object, void *data)
{
	struct gpusvm_initiator *initiator = object;
	int err;

	(void)data;
	initiator->topology = dir->topology;
	initiator->uid = strdup(name);
	if (!initiator->uid)
		return -ENOMEM;

	err = dir_read_attrs(dir, initiator_attrs, initiator);
	if (!err)
		err = read_card(dir, initiator);
	return err ? err : group_from_link(dir, &initiator->group);
}

static const struct object_type initiator_type = {
	.size = sizeof(struct gpusvm_initiator),
	.read = initiator_read,
	.free = initiator_free,
};

static int initiator_add(const struct dir *class, const char *name, void *data)
{
	if (!is_word(name))
		return dir_warn(class, name, "not the uid of an initiator");
	return dir_add_object(class, name, &initiator_type, &class->topology->initiators, data);
}

static int compare_initiators(const void *a, const void *b)
{
	const struct gpusvm_initiator *const *left = a, *const *right = b;

	return strverscmp((*left)->uid, (*right)->uid);
}

/* Connects initiators with their objects, after all were scanned. Returns 0, or -ENOMEM */
int initiators_connect(struct gpusvm_topology *topology)
{
	int err = 0;

	list_sort(&topology->initiators, compare_initiators);
	for (size_t i = 0; !err && i < topology->initiators.count; i++) {
		struct gpusvm_initiator *initiator = topology->initiators.items[i];

		initiator->index = i;
		if (initiator->group)
			err = group_add_initiator(initiator->group, initiator);
	}
	return err;
}

int initiators_scan(struct dir *class)
{
	int err;

	err = dir_scan(class, initiator_add, NULL);
	return err ? err : initiators_connect(class->topology);
}

GPUSVM_EXPORT const struct gpusvm_initiator *
gpusvm_initiator_get_first(const struct gpusvm_topology *topology)
{
	return list_get(&topology->initiators, 0);
}

GPUSVM_EXPORT const struct gpusvm_initiator *
gpusvm_initiator_get_next(const struct gpusvm_initiator *initiator)
{
	return list_get(&initiator->topology->initiators, initiator->index + 1);
}

GPUSVM_EXPORT const struct gpusvm_initiator *
gpusvm_initiator_find_by_uid(const struct gpusvm_topology *topology, const char *uid)
{
	const struct gpusvm_initiator key = { .uid = (char *)uid };

	return list_find(&topology->initiators, &key, compare_initiators);
}

GPUSVM_GET_OBJECT(initiator, topology)
GPUSVM_GET_TEXT(initiator, uid)
GPUSVM_GET_TEXT(initiator, device)
GPUSVM_GET_TEXT(initiator, render)
GPUSVM_GET_TEXT(initiator, card)
GPUSVM_GET_OBJECT(initiator, group)

GPUSVM_EXPORT const struct gpusvm_link *
gpusvm_initiator_get_first_link(const struct gpusvm_initiator *initiator)
{
	return list_get(&initiator->links, 0);
}

GPUSVM_EXPORT const struct gpusvm_link *
gpusvm_initiator_get_next_link(const struct gpusvm_link *link)
{
	return list_get(&link->initiator->links, link->index_in_initiator + 1);
}
