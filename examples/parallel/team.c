// SPDX-License-Identifier: GPL-2.0-or-later
/* The GPUs of a group, and the modelled time of what they do together */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "team.h"

const char *team_uid(const struct team *team, unsigned int member)
{
	return gpusvm_initiator_get_uid(team->members[member].initiator);
}

static int failed(const struct team *team, unsigned int member, const char *what, int err)
{
	if (!err)
		return 0;
	warnx("%s: cannot %s: %s", team_uid(team, member), what,
	      err == -ENOTSUP ? "not a virtual GPU" : strerror(-err));
	return EXIT_FAILURE;
}

static int open_member(struct team *team, const struct gpusvm_initiator *initiator)
{
	struct member *member = &team->members[team->size];
	const char *render = gpusvm_initiator_get_render(initiator);
	int err = render ? gpu_open(&member->gpu, render) : -ENODEV;

	member->initiator = initiator;
	if (err)
		return failed(team, team->size, "open the render node", err);
	team->size++;
	return 0;
}

unsigned int team_count(const struct gpusvm_group *group)
{
	const struct gpusvm_initiator *initiator;
	unsigned int number = 0;

	for (initiator = gpusvm_group_get_first_initiator(group); initiator;
	     initiator = gpusvm_group_get_next_initiator(initiator))
		number++;
	return number;
}

/* Opens all GPUs of the group, which has one or more, each with a new VM. */
int team_open(struct team *team, const struct gpusvm_group *group)
{
	const struct gpusvm_initiator *initiator;
	int status = 0;

	memset(team, 0, sizeof(*team));
	team->group = group;
	team->members = calloc(team_count(group), sizeof(*team->members));
	if (!team->members) {
		warn("GPUs of the group %s", gpusvm_group_get_name(group));
		return EXIT_FAILURE;
	}
	for (initiator = gpusvm_group_get_first_initiator(group); initiator && !status;
	     initiator = gpusvm_group_get_next_initiator(initiator))
		status = open_member(team, initiator);
	if (status)
		team_close(team);
	return status;
}

void team_close(struct team *team)
{
	while (team->size)
		gpu_close(&team->members[--team->size].gpu);
	free(team->members);
	team->members = NULL;
}

/* The sum of all VMs since they were created */
static int sum_traffic(const struct team *team, struct traffic *sum)
{
	struct drm_vgpusvm_stats stats;
	unsigned int i, place;
	int err;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < team->size; i++) {
		err = gpu_query_stats(&team->members[i].gpu, &stats);
		if (err)
			return failed(team, i, "read the counters", err);
		for (place = 0; place < DRM_VGPUSVM_PLACES; place++) {
			sum->bytes[place] += stats.read_bytes[place] + stats.write_bytes[place];
			sum->moved += stats.migrated_bytes[place];
		}
	}
	return 0;
}

/* Starts to count time and bytes. */
int team_start(struct team *team)
{
	int status = team_step(team);

	team->modelled_ns = 0;
	return status ?: sum_traffic(team, &team->before);
}

/* Ends a step: it took as long as its slowest GPU. */
int team_step(struct team *team)
{
	uint64_t slowest = 0, now;
	struct member *member;
	unsigned int i;
	int err;

	for (i = 0; i < team->size; i++) {
		member = &team->members[i];
		err = gpusvm_query_modelled_time(member->gpu.fd, member->gpu.vm_id, &now);
		if (err)
			return failed(team, i, "read the modelled time", err);
		if (now - member->modelled_ns > slowest)
			slowest = now - member->modelled_ns;
		member->modelled_ns = now;
	}
	team->modelled_ns += slowest;
	return 0;
}

/* What the GPUs did since team_start() */
int team_traffic(const struct team *team, struct traffic *traffic)
{
	unsigned int place;

	if (sum_traffic(team, traffic))
		return EXIT_FAILURE;
	for (place = 0; place < DRM_VGPUSVM_PLACES; place++)
		traffic->bytes[place] -= team->before.bytes[place];
	traffic->moved -= team->before.moved;
	return 0;
}

int team_read(const struct team *team, unsigned int member, const void *from, size_t length,
	      void *buffer)
{
	const struct gpu *gpu = &team->members[member].gpu;

	return failed(team, member, "read memory",
		      gpusvm_gpu_read(gpu->fd, gpu->vm_id, from, length, buffer));
}

int team_write(const struct team *team, unsigned int member, void *to, size_t length,
	       const void *buffer)
{
	const struct gpu *gpu = &team->members[member].gpu;

	return failed(team, member, "write memory",
		      gpusvm_gpu_write(gpu->fd, gpu->vm_id, to, length, buffer));
}

int team_copy(const struct team *team, unsigned int member, void *to, const void *from,
	      size_t length)
{
	return failed(team, member, "copy memory",
		      gpu_copy(&team->members[member].gpu, to, from, length));
}

int team_add(const struct team *team, unsigned int member, void *to, const void *from,
	     size_t length, uint64_t value)
{
	return failed(team, member, "add to memory",
		      gpu_add(&team->members[member].gpu, to, from, length, value));
}
