/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TOOL_KIND_H
#define GPUSVM_TOOL_KIND_H

#include "tool.h"

/* Define functions of columns that return a property of an object of the library */
#define TEXT_VALUE(kind, property) \
struct json_object *kind##_##property(const void *object) \
{ \
	return json_text(gpusvm_##kind##_get_##property(object)); \
}

#define SET_VALUE(kind, property, type, json) \
struct json_object *kind##_##property(const void *object) \
{ \
	type value = 0; \
	int err = gpusvm_##kind##_get_##property(object, &value); \
	\
	return json(err, value); \
}

#define NUMBER_VALUE(kind, property) SET_VALUE(kind, property, uint64_t, json_number)
#define UINT_VALUE(kind, property) SET_VALUE(kind, property, unsigned int, json_number)
#define BOOL_VALUE(kind, property) SET_VALUE(kind, property, bool, json_boolean)

#endif
