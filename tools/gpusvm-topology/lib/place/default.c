// SPDX-License-Identifier: LGPL-2.1-or-later
/* Default placement by the environment variable GPUSVM_PAGEMAP. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "gpusvm-placement.h"
#include "ranking.h"

#define VARIABLE "GPUSVM_PAGEMAP"

static bool is_strict(void)
{
	const char *strict = secure_getenv(VARIABLE "_STRICT");

	return strict && !strcmp(strict, "1");
}

/* Logs an error in strict mode, else a warning. Returns 0, or -ENOMEM */
static int tell(struct gpusvm_ctx *ctx, const char *format, ...) __printf(2, 3);
static int tell(struct gpusvm_ctx *ctx, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	if (!text)
		return -ENOMEM;
	ctx_log(ctx, is_strict() ? LOG_ERR : LOG_WARNING, text);
	free(text);
	return 0;
}

static int take(struct gpusvm_ranking *ranking, const char *name)
{
	const struct gpusvm_pagemap *pagemap = gpusvm_pagemap_find(ranking->topology, name);
	int err;

	if (pagemap)
		return ranking_add(ranking, pagemap);
	err = tell(ranking->topology->ctx, VARIABLE ": no pagemap has the ID or uid \"%s\"", name);
	if (err)
		return err;
	return is_strict() ? -ENOENT : 0;
}

static int take_all(struct gpusvm_ranking *ranking, const char *names)
{
	char *copy = strdup(names), *rest = copy, *name;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	while (!err && (name = strsep(&rest, ",")))
		err = take(ranking, name);
	free(copy);
	return err;
}

GPUSVM_EXPORT int gpusvm_default_new(const struct gpusvm_topology *topology,
				     struct gpusvm_ranking **ranking)
{
	const char *names = secure_getenv(VARIABLE);
	struct gpusvm_ranking *new;
	int err = 0;

	new = ranking_new(topology);
	if (!new)
		return -ENOMEM;
	if (names && *names)
		err = take_all(new, names);
	if (err)
		gpusvm_ranking_free(new);
	else
		*ranking = new;
	return err;
}

static int tell_passed_over(struct gpusvm_ctx *ctx, const struct gpusvm_placement *placements,
			    size_t count)
{
	int err = 0;

	for (size_t i = 0; !err && i < count; i++) {
		if (placements[i].error && placements[i].error != -ECANCELED)
			err = tell(ctx, VARIABLE ": pagemap %u: %s", placements[i].pagemap_id,
				   strerrordesc_np(-placements[i].error));
	}
	return err;
}

/* Whether @err means that no pagemap was possible, in contrast to an error of the call */
static bool is_passed_over(const struct gpusvm_placement *placements, size_t count, int err)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (!placements[i].error)
			return false;
		any = any || placements[i].error == err;
	}
	return any;
}

static int place(struct gpusvm_ctx *ctx, int fd, uint32_t vm_id, void *start, size_t length,
		 struct gpusvm_ranking *ranking, uint32_t *taken)
{
	size_t count = gpusvm_ranking_count(ranking);
	struct gpusvm_placement *placements = calloc(count, sizeof(*placements));
	int err, told;

	if (!placements)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		placements[i].pagemap_id = gpusvm_pagemap_get_id(gpusvm_ranking_next(ranking));

	err = gpusvm_place(ctx, fd, vm_id, start, length, placements, count, 0, taken);
	if (!err || is_passed_over(placements, count, err)) {
		told = tell_passed_over(ctx, placements, count);
		if (told || !is_strict())
			err = told;
	}
	free(placements);
	return err;
}

GPUSVM_EXPORT int gpusvm_place_default(const struct gpusvm_topology *topology, int fd,
				       uint32_t vm_id, void *start, size_t length,
				       uint32_t *taken)
{
	struct gpusvm_ranking *ranking;
	int err;

	if (taken)
		*taken = GPUSVM_PAGEMAP_NONE;
	err = gpusvm_default_new(topology, &ranking);
	if (err)
		return err;
	if (gpusvm_ranking_count(ranking))
		err = place(topology->ctx, fd, vm_id, start, length, ranking, taken);
	gpusvm_ranking_free(ranking);
	return err;
}
