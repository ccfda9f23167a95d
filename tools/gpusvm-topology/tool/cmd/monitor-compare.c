// SPDX-License-Identifier: GPL-2.0-or-later
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "monitor.h"

static const struct {
	const struct kind *kind;
	const char *object;
	const char *keys[3];	/* keys that identify it */
} kinds[] = {
	{ &pagemap_kind, "pagemap", { "id" } },
	{ &initiator_kind, "initiator", { "uid" } },
	{ &link_kind, "link", { "initiator_uid", "pagemap_id" } },
	{ &group_kind, "group", { "name" } },
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

/* Skips keys that change without an event, and keys that repeat others */
static bool is_followed(const char *key)
{
	static const char *const others[] = {
		"free", "state", "users", "read_bandwidth", "write_bandwidth", "read_bytes",
		"write_bytes", "rights", "own_ids", "usable_ids", "direct_ids", "linked_ids",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (!strcmp(others[i], key))
			return false;
	}
	return true;
}

static char *name_of(struct json_object *map, const char *const *keys)
{
	char *name = text_copy("");

	for (; *keys; keys++) {
		const char *part = json_object_get_string(json_object_object_get(map, *keys));
		char *longer = text_format("%s%s%s", name, *name ? " " : "", part ?: "?");

		free(name);
		name = longer;
	}
	return name;
}

static struct json_object *take_kind(const struct gpusvm_topology *topology, size_t index)
{
	const struct kind *kind = kinds[index].kind;
	struct json_object *objects = json_map();
	const void *object = topology ? kind->first(topology) : NULL;

	for (; object; object = kind->next(object)) {
		struct json_object *map = object_map(kind, object);
		char *name = name_of(map, kinds[index].keys);

		json_set(objects, name, map);
		free(name);
	}
	return objects;
}

struct json_object *facts_new(const struct gpusvm_topology *topology)
{
	struct json_object *facts = json_map(), *whole = json_map();

	if (topology)
		json_set(whole, "topology", json_map());
	json_set(facts, "topology", whole);
	for (size_t i = 0; i < KINDS; i++)
		json_set(facts, kinds[i].object, take_kind(topology, i));
	return facts;
}

static void compare_values(struct json_object *before, struct json_object *after,
			   struct change change, change_fn fn, void *data)
{
	static const struct options for_scripts = { .bytes = true };

	json_object_object_foreach(after, key, value) {
		struct json_object *old = json_object_object_get(before, key);

		if (!is_followed(key) || json_object_equal(old, value))
			continue;
		change.key = key;
		change.before = value_text(old, 0, &for_scripts);
		change.after = value_text(value, 0, &for_scripts);
		fn(&change, data);
		free(change.before);
		free(change.after);
	}
}

/* Reports removed objects first, in the order of events of a device that is bound again */
static void compare_objects(const char *object, struct json_object *before,
			    struct json_object *after, change_fn fn, void *data)
{
	struct change change = { .object = object };

	json_object_object_foreach(before, gone, old) {
		(void)old;
		change.what = "removed";
		change.name = gone;
		if (!json_object_object_get_ex(after, gone, NULL))
			fn(&change, data);
	}
	json_object_object_foreach(after, name, new) {
		struct json_object *other;

		change.name = name;
		if (json_object_object_get_ex(before, name, &other)) {
			change.what = "changed";
			compare_values(other, new, change, fn, data);
		} else {
			change.what = "added";
			fn(&change, data);
		}
	}
}

void facts_compare(struct json_object *before, struct json_object *after, change_fn fn,
		   void *data)
{
	json_object_object_foreach(after, object, objects)
		compare_objects(object, json_object_object_get(before, object), objects, fn,
				data);
}
