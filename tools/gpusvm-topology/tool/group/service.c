// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The peer groups that files describe, as a service makes and removes them. It keeps the
 * names of its groups in a file, and leaves all other groups alone.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "group.h"
#include "root.h"

#define STATE_FILE STATE_DIRECTORY "/groups"
#define STATE_LENGTH_MAX 1048576

#define CLASS "sys/class/drm_pagemap"
#define CONFIG "sys/kernel/config/drm_pagemap"
#define CONFIG_TRIES 10
#define CONFIG_PAUSE_US 100000

static bool has_file(const struct peer_change *change, const char *name)
{
	enum root_type type;

	return !root_get_type(change->options->sysroot, name, &type);
}

/*
 * NULL if peer groups can be configured. A module that is being loaded creates its class
 * before its directory in configfs.
 */
const char *why_no_config(const struct peer_change *change)
{
	if (!has_file(change, CLASS))
		return "the kernel has no peer groups: is the module drm_pagemap_topology loaded?";
	for (int i = 0; i < CONFIG_TRIES; i++) {
		if (has_file(change, CONFIG "/enabled_groups"))
			return NULL;
		usleep(CONFIG_PAUSE_US);
	}
	return "/" CONFIG " is missing: is configfs mounted?";
}

/* Returns 0, or what to exit with */
int need_config(const struct peer_change *change)
{
	const char *reason = why_no_config(change);

	if (!reason)
		return 0;
	say("%s", reason);
	return EXIT_NO_TOPOLOGY;
}

static void add_started(struct peer_change *change, const char *name)
{
	struct gpusvm_peer_group *group;

	if (!gpusvm_peers_find_group(change->current, name) ||
	    gpusvm_peers_find_group(change->started, name))
		return;
	if (gpusvm_peers_add_group(change->started, name, &group))
		check_memory(NULL);
}

/* Sets the groups that "start" has made, as far as they still exist */
void read_started(struct peer_change *change)
{
	char *text, *rest, *name;
	size_t length;

	gpusvm_peers_free(change->started);
	change->started = peers_new(change);
	if (root_read(change->options->sysroot, STATE_FILE, STATE_LENGTH_MAX, &text, &length))
		return;
	rest = text;
	while ((name = strsep(&rest, "\n")))
		add_started(change, name);
	free(text);
}

static void print_names(FILE *stream, const struct gpusvm_peers *peers)
{
	const struct gpusvm_peer_group *group;

	for (size_t i = 0; (group = gpusvm_peers_get_group(peers, i)); i++)
		fprintf(stream, "%s\n", gpusvm_peer_group_get_name(group));
}

/*
 * Before a plan is applied, the file gets all groups that it may leave behind, even after
 * a crash. Afterwards, @plan is NULL, and the groups of the files are left.
 */
int write_started(const struct peer_change *change, const struct gpusvm_peer_plan *plan)
{
	const char *stand_in;
	char *text = NULL;
	size_t length;
	FILE *stream;
	int status;

	if (change->options->sysroot)
		return 0;
	stream = check_memory(open_memstream(&text, &length));
	if (change->files)
		print_names(stream, change->files);
	for (size_t i = 0; plan && (stand_in = gpusvm_peer_plan_get_stand_in(plan, i)); i++)
		fprintf(stream, "%s\n", stand_in);
	if (plan)
		print_names(stream, change->started);
	if (fclose(stream))
		check_memory(NULL);
	status = replace_file("/" STATE_FILE, text);
	free(text);
	return status;
}

static bool is_in(const struct gpusvm_peers *peers, const char *name)
{
	return peers && gpusvm_peers_find_group(peers, name);
}

/* Makes the groups of the files, if any, and removes the others that "start" has made */
static int change_started(struct peer_change *change)
{
	const struct gpusvm_peer_group *group;
	int status;

	status = change_lock(change) ?: change_read(change);
	if (!status && change->preview)
		status = change_scan(change);
	if (status)
		return status;

	read_started(change);
	for (size_t i = 0; (group = gpusvm_peers_get_group(change->started, i)); i++) {
		const char *name = gpusvm_peer_group_get_name(group);

		if (!is_in(change->files, name))
			gpusvm_peers_remove_group(change->wanted,
						  gpusvm_peers_find_group(change->wanted, name));
	}
	if (change->files && gpusvm_peers_merge(change->wanted, change->files))
		check_memory(NULL);
	return change_carry_out(change);
}

int peers_start(struct peer_change *change, const struct arguments *arguments)
{
	return read_files(change, arguments->words) ?: need_config(change) ?:
	       change_started(change);
}

/* Reads no files: they may be wrong by now, or describe other groups */
int peers_stop(struct peer_change *change, const struct arguments *arguments)
{
	(void)arguments;
	if (!has_file(change, CLASS))
		return 0;
	return need_config(change) ?: change_started(change);
}
