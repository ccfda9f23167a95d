// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "internal.h"

/* The pauses between these attempts take about a second in total */
#define ATTEMPTS 12
#define FIRST_PAUSE_NS 500000L
#define LONGEST_PAUSE_NS 200000000L

static void topology_clear(struct gpusvm_topology *topology)
{
	list_free(&topology->pagemaps, pagemap_free);
	list_free(&topology->initiators, initiator_free);
	list_free(&topology->groups, group_free);
	topology_drop_messages(topology);
}

int topology_read_generation(struct gpusvm_topology *topology, struct figure *generation)
{
	struct dir dir;
	char *text;
	int err;

	*generation = (struct figure){ 0 };
	err = dir_open(&dir, topology, PAGEMAP_CLASS "/topology");
	if (err)
		return err;
	err = dir_read(&dir, "generation", &text);
	dir_close(&dir);
	if (err)
		return err;

	generation->known = parse_number(text, UINT64_MAX, &generation->value);
	free(text);
	return generation->known ? 0 : -EBADMSG;
}

static int scan_class(struct gpusvm_topology *topology, const char *path,
		      int (*scan)(struct dir *class))
{
	struct dir class;
	int err;

	err = dir_open(&class, topology, path);
	if (err)
		return err;
	err = scan(&class);
	dir_close(&class);
	return err;
}

/* If one of the other classes is missing, the topology still has the pagemaps */
static int scan_other_class(struct gpusvm_topology *topology, const char *path,
			    int (*scan)(struct dir *class))
{
	const struct dir class = { .topology = topology, .path = (char *)path };
	int err;

	err = scan_class(topology, path, scan);
	return err ? dir_warn_error(&class, NULL, err) : 0;
}

static int scan_all(struct gpusvm_topology *topology)
{
	int err;

	err = scan_other_class(topology, GROUP_CLASS, groups_scan);
	if (!err)
		err = scan_other_class(topology, INITIATOR_CLASS, initiators_scan);
	return err ? err : scan_class(topology, PAGEMAP_CLASS, pagemaps_scan);
}

/* The @last scan is complete in any case */
static int attempt(void *data, bool last, bool *retry)
{
	struct gpusvm_topology *topology = data;
	struct figure before, after;
	int err, before_err;

	topology_clear(topology);
	before_err = topology_read_generation(topology, &before);
	if (before_err == -ENOMEM)
		return before_err;
	topology->generation = before;
	*retry = before.known && before.value % 2;
	if (*retry && !last)
		return 0;

	err = scan_all(topology);
	if (err)
		return err;

	if (!before.known) {
		const struct dir dir = {
			.topology = topology,
			.path = PAGEMAP_CLASS "/topology",
		};

		return dir_warn_error(&dir, "generation", before_err);
	}
	if (topology_read_generation(topology, &after) == -ENOMEM)
		return -ENOMEM;
	topology->consistent = !*retry && after.known && after.value == before.value;
	*retry = !topology->consistent;
	return 0;
}

int topology_warn_changing(struct gpusvm_topology *topology)
{
	const struct dir dir = { .topology = topology, .path = PAGEMAP_CLASS "/topology" };

	return dir_warn(&dir, "generation", "kept changing during the scan");
}

int retry_attempts(attempt_fn fn, void *data, bool *retry)
{
	struct timespec pause = { .tv_nsec = FIRST_PAUSE_NS };
	int err;

	err = fn(data, false, retry);
	for (int left = ATTEMPTS - 1; !err && *retry && left; left--) {
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < LONGEST_PAUSE_NS)
			pause.tv_nsec *= 2;
		err = fn(data, left == 1, retry);
	}
	return err;
}

static int scan(struct gpusvm_topology *topology)
{
	bool retry;
	int err;

	err = retry_attempts(attempt, topology, &retry);
	if (!err && retry)
		err = topology_warn_changing(topology);
	return err;
}

/* Returns an empty topology with one reference; NULL if memory is short */
struct gpusvm_topology *topology_alloc(struct gpusvm_ctx *ctx)
{
	struct gpusvm_topology *topology = calloc(1, sizeof(*topology));

	if (topology) {
		atomic_init(&topology->refs, 1);
		topology->ctx = gpusvm_ref(ctx);
	}
	return topology;
}

GPUSVM_EXPORT int gpusvm_topology_new(struct gpusvm_ctx *ctx, struct gpusvm_topology **topology)
{
	struct gpusvm_topology *new = topology_alloc(ctx);
	int err;

	if (!new)
		return -ENOMEM;

	err = scan(new);
	if (err) {
		gpusvm_topology_unref(new);
		return err;
	}
	topology_emit(new);
	*topology = new;
	return 0;
}

GPUSVM_EXPORT struct gpusvm_topology *gpusvm_topology_ref(struct gpusvm_topology *topology)
{
	atomic_fetch_add(&topology->refs, 1);
	return topology;
}

GPUSVM_EXPORT void gpusvm_topology_unref(struct gpusvm_topology *topology)
{
	if (!topology || atomic_fetch_sub(&topology->refs, 1) > 1)
		return;
	topology_clear(topology);
	gpusvm_unref(topology->ctx);
	free(topology);
}

GPUSVM_EXPORT struct gpusvm_ctx *
gpusvm_topology_get_ctx(const struct gpusvm_topology *topology)
{
	return topology->ctx;
}

GPUSVM_EXPORT int gpusvm_topology_get_generation(const struct gpusvm_topology *topology,
						 uint64_t *generation)
{
	return figure_get(&topology->generation, generation);
}

GPUSVM_EXPORT bool gpusvm_topology_is_consistent(const struct gpusvm_topology *topology)
{
	return topology->consistent;
}

GPUSVM_EXPORT unsigned int
gpusvm_topology_count_warnings(const struct gpusvm_topology *topology)
{
	return topology->warnings;
}
