// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "export.h"
#include "machine.h"

/* Maximum number of connections between two GPUs in Slurm */
#define LINKS_MAX 1023

/*
 * The number of connections for Slurm. For a usable path in both directions, it is the ratio
 * of its bandwidth to that of the machine's slowest path. Otherwise it is 0, because jobs on
 * the two GPUs would not share memory.
 */
static int count_links(const struct model *model, size_t a, size_t b)
{
	const struct path *there = model_path(model, a, b), *back = model_path(model, b, a);
	const struct path *path = there->state == PATH_USABLE ? there : back;
	bool alone = !model->gpus[a].pagemaps || !model->gpus[b].pagemaps;
	uint64_t count;

	if (a == b)
		return -1;
	if (path->state != PATH_USABLE ||
	    (!alone && (there->state != PATH_USABLE || back->state != PATH_USABLE)))
		return 0;
	if (!alone && back->bandwidth < there->bandwidth)
		path = back;
	if (!path->bandwidth || !model->least_bandwidth)
		return 1;
	count = path->bandwidth / model->least_bandwidth;
	return count < LINKS_MAX ? count : LINKS_MAX;
}

static void print_line(const struct model *model, size_t index, const struct options *options)
{
	const struct gpusvm_initiator *initiator = model->gpus[index].initiator;
	const char *render = gpusvm_initiator_get_render(initiator);
	char *cores = machine_cores_of_node(options, machine_node_of(options, initiator));
	bool first = true;

	printf("Name=gpu File=/dev/dri/%s", render);
	if (cores)
		printf(" Cores=%s", cores);
	fputs(" Links=", stdout);
	for (size_t other = 0; other < model->count; other++) {
		if (!gpusvm_initiator_get_render(model->gpus[other].initiator))
			continue;
		printf("%s%d", first ? "" : ",", count_links(model, index, other));
		first = false;
	}
	printf(" # %s\n", model->gpus[index].uid);
	free(cores);
}

int export_slurm(const struct gpusvm_topology *topology, const struct options *options)
{
	struct model *model = model_new(topology);

	puts("# gres.conf: GPUs, the cores close to them, and connections between them");
	for (size_t i = 0; i < model->count; i++) {
		if (gpusvm_initiator_get_render(model->gpus[i].initiator))
			print_line(model, i, options);
		else
			printf("# %s has no render node\n", model->gpus[i].uid);
	}
	model_free(model);
	return 0;
}
