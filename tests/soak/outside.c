// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tasks that run beside the workers: they have GPUs go away and come back, change groups
 * and links, and make memory short. Each task undoes its changes before it ends.
 */

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absence.h"
#include "random.h"
#include "soak.h"

#define CONFIG_GPUS	"/sys/kernel/config/vgpusvm"
#define CONFIG_GROUPS	"/sys/kernel/config/drm_pagemap"
#define MEMORY_BLOCKS	"/sys/devices/system/memory"
#define MAX_GROUPS	3

static bool ended(void)
{
	return atomic_load(&shared->stop);
}

static struct rnd stream(unsigned int task)
{
	return rnd_stream(shared->options.seed + shared->round, 200 + task);
}

/*
 * Wait for some actions of the workers. Emulated processors are slow, and the tasks must
 * not take most of their time.
 */
static void pause_for(struct rnd *rnd, unsigned int most_actions)
{
	unsigned long end = actions_done() + 1 + rnd_below(rnd, most_actions);

	while (actions_done() < end && !ended())
		usleep(20000);
}

static void wait_for_workers(void)
{
	while (atomic_load(&shared->ready) < shared->options.workers && !ended())
		usleep(10000);
}

static void remove_gpus(void)
{
	struct rnd rnd = stream(0);
	int err;

	while (!ended()) {
		unsigned int gpu = rnd_below(&rnd, shared->options.gpus);
		enum absence how = pick_absence(&rnd);

		pause_for(&rnd, 60);
		err = absence_begin(how, gpu);
		if (err)
			fail(&shared->outside, "%s of GPU %u failed: %s", absence_names[how],
			     gpu, strerror(-err));
		shared->totals.absences[how]++;
		pause_for(&rnd, 10);
		err = absence_end(how, gpu);
		if (err)
			fail(&shared->outside, "GPU %u does not come back after %s: %s", gpu,
			     absence_names[how], strerror(-err));
	}
}

/* Groups */

static bool group_enabled[MAX_GROUPS];

static void group_path(unsigned int group, char *path, size_t size)
{
	snprintf(path, size, CONFIG_GROUPS "/groups/soak%u", group);
}

static void group_remove(unsigned int group)
{
	char path[300], member[600];
	unsigned int gpu;

	group_path(group, path, sizeof(path));
	for (gpu = 0; gpu < shared->options.gpus; gpu++) {
		snprintf(member, sizeof(member), "%s/members/%s", path, shared->uids[gpu]);
		rmdir(member);
	}
	if (rmdir(path) && errno != ENOENT)
		fail(&shared->outside, "a group can't be removed: %s", strerror(errno));
}

static void group_make(struct rnd *rnd, unsigned int group)
{
	char path[300], member[600];
	unsigned int i, num = 1 + rnd_below(rnd, 4);

	group_path(group, path, sizeof(path));
	mkdir(path, 0755);
	for (i = 0; i < num; i++) {
		snprintf(member, sizeof(member), "%s/members/%s", path,
			 shared->uids[rnd_below(rnd, shared->options.gpus)]);
		mkdir(member, 0755);
	}
}

static bool group_switch(unsigned int group, bool enable)
{
	char path[300];
	int err;

	group_path(group, path, sizeof(path));
	err = put(enable ? "1" : "0", "%s/enabled", path);
	if (!err) {
		group_enabled[group] = enable;
		shared->totals.regroups++;
		return true;
	}
	if (err != -EBUSY && err != -ENOLINK && err != -ENOMEM)
		fail(&shared->outside, "a group can't be %s: %s",
		     enable ? "enabled" : "disabled", strerror(-err));
	return false;
}

/* Returns false if the group could not change. */
static bool group_change(struct rnd *rnd, unsigned int group)
{
	if (group_enabled[group])
		return group_switch(group, false);
	group_remove(group);
	group_make(rnd, group);
	return group_switch(group, true);
}

/* If the group has holders, the workers close their VMs, most of the time. */
static void change_quietly(struct rnd *rnd, unsigned int group)
{
	unsigned int tries;

	if (group_change(rnd, group) || rnd_once_in(rnd, 3))
		return;
	atomic_store(&shared->quiet, true);
	for (tries = 0; tries < 20 && !ended() && !group_change(rnd, group); tries++)
		usleep(100000);
	atomic_store(&shared->quiet, false);
}

/* After the workers have exited, the groups lose their last holders. */
static void groups_remove(void)
{
	unsigned int group;

	for (group = 0; group < MAX_GROUPS; group++) {
		while (group_enabled[group]) {
			usleep(100000);
			group_switch(group, false);
		}
		group_remove(group);
	}
	put("0", CONFIG_GROUPS "/auto/min_bandwidth");
}

static void change_groups(void)
{
	struct rnd rnd = stream(1);

	while (!ended()) {
		pause_for(&rnd, 40);
		change_quietly(&rnd, rnd_below(&rnd, MAX_GROUPS));
		if (rnd_once_in(&rnd, 5))
			put(rnd_once_in(&rnd, 2) ? "0" : "30000",
			    CONFIG_GROUPS "/auto/min_bandwidth");
	}
	groups_remove();
}

/* Links */

static void link_path(unsigned int from, unsigned int to, const char *file, char *path,
		      size_t size)
{
	snprintf(path, size, CONFIG_GPUS "/gpu%u/links/gpu%u/%s", from, to, file);
}

static void refuse(unsigned int from, unsigned int to, const char *why)
{
	char path[256];
	int err;

	link_path(from, to, "refusal", path, sizeof(path));
	err = put(why, "%s", path);
	if (err && err != -EBUSY)
		fail(&shared->outside, "%s: %s", path, strerror(-err));
}

static void change_link(struct rnd *rnd)
{
	static const char * const files[] = {
		"read_bandwidth", "write_bandwidth", "max_read_bandwidth",
		"max_write_bandwidth", "read_latency", "write_latency", "hops",
	};
	unsigned int from = rnd_below(rnd, shared->options.gpus);
	unsigned int to = rnd_below(rnd, shared->options.gpus);
	const char *file = files[rnd_below(rnd, sizeof(files) / sizeof(files[0]))];
	char path[256];
	int err;

	if (from == to)
		return;
	if (rnd_once_in(rnd, 4)) {
		refuse(from, to, rnd_once_in(rnd, 2) ? "link-down" : "none");
		return;
	}
	link_path(from, to, file, path, sizeof(path));
	/* EINVAL: max_* would be below the current bandwidth. */
	err = put_number(rnd_below(rnd, 100000), "%s", path);
	if (err && err != -EBUSY && err != -EINVAL && err != -ERANGE)
		fail(&shared->outside, "%s: %s", path, strerror(-err));
	shared->totals.link_changes++;
}

static void change_links(void)
{
	struct rnd rnd = stream(2);
	unsigned int from, to;

	if (gpus_are_pci())
		return;
	while (!ended()) {
		pause_for(&rnd, 40);
		change_link(&rnd);
	}
	for (from = 0; from < shared->options.gpus; from++)
		for (to = 0; to < shared->options.gpus; to++)
			if (from != to)
				refuse(from, to, "none");
}

/* Memory */

/* For a moment, limit the workers to less memory than they use: the rest is swapped out. */
static void squeeze(struct rnd *rnd)
{
	const char *cgroup = shared->options.cgroup;
	uint64_t used;

	if (!cgroup)
		return;
	used = get_number("", "%s/memory.current", cgroup);
	if (!used || put_number(used / 4 + rnd_below(rnd, used / 2), "%s/memory.high", cgroup))
		return;
	usleep(rnd_below(rnd, 200000));
	put("max", "%s/memory.high", cgroup);
	shared->totals.squeezes++;
}

static void reclaim(struct rnd *rnd)
{
	if (!shared->options.cgroup)
		return;
	/* Fails if it could not reclaim that much. */
	put_number((1 + rnd_below(rnd, 16)) * MIB, "%s/memory.reclaim", shared->options.cgroup);
}

static void run_short_of_memory(void)
{
	struct rnd rnd = stream(3);

	while (!ended()) {
		pause_for(&rnd, 40);
		switch (rnd_below(&rnd, 4)) {
		case 0:
			drop_caches(1 + rnd_below(&rnd, 3));
			break;
		case 1:
			put("1", "/proc/sys/vm/compact_memory");
			break;
		case 2:
			squeeze(&rnd);
			break;
		default:
			reclaim(&rnd);
			break;
		}
	}
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* A memory block that is movable, or -1. */
static int pick_block(struct rnd *rnd)
{
	unsigned int seen = 0;
	struct dirent *entry;
	int block, found = -1;
	char zones[64];
	DIR *dir = opendir(MEMORY_BLOCKS);

	while (dir && (entry = readdir(dir))) {
		if (sscanf(entry->d_name, "memory%d", &block) != 1)
			continue;
		if (get(zones, sizeof(zones), MEMORY_BLOCKS "/memory%d/valid_zones", block) &&
		    strstr(zones, "Movable") && rnd_once_in(rnd, ++seen))
			found = block;
	}
	if (dir)
		closedir(dir);

	return found;
}

/* Use a timeout, because offlining waits for pages that can't move. */
static void offline_memory(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct rnd rnd = stream(4);
	int block;

	sigaction(SIGALRM, &action, NULL);
	while (!ended()) {
		pause_for(&rnd, 200);
		block = pick_block(&rnd);
		if (block < 0)
			continue;
		alarm(5);
		if (!put("offline", MEMORY_BLOCKS "/memory%d/state", block))
			shared->totals.offlined++;
		alarm(0);
		pause_for(&rnd, 20);
		put("online_movable", MEMORY_BLOCKS "/memory%d/state", block);
	}
}

void outside_run(const struct outside *task)
{
	wait_for_workers();
	task->run();
	exit(0);
}

const struct outside outside_tasks[] = {
	{ "removal", remove_gpus },
	{ "groups", change_groups },
	{ "links", change_links },
	{ "memory", run_short_of_memory },
	{ "offline", offline_memory },
};

const unsigned int num_outside_tasks = sizeof(outside_tasks) / sizeof(outside_tasks[0]);
