// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "tool.h"

/* Whether the user of the tool may use the GPU; NULL if unknown */
const char *rights_of(const struct gpusvm_initiator *initiator)
{
	switch (gpusvm_initiator_check_render(initiator)) {
	case 0:
		return "ok";
	case -EACCES:
		return "denied";
	case -ENOENT:
		return "no-node";
	default:
		return NULL;
	}
}

const char *rights_get_color(const char *rights)
{
	return rights && strcmp(rights, "ok") ? "red" : NULL;
}
