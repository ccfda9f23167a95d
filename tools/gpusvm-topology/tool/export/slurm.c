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

/* Prints the line of the GPU at @index, with connections to others in the order of the lines */
static void print_line(const struct model *model, const size_t *order, size_t index,
		       const struct options *options)
{
	const struct gpusvm_initiator *initiator = model->gpus[index].initiator;
	const char *render = gpusvm_initiator_get_render(initiator);
	char *cores = machine_cores_of_node(options, machine_node_of(options, initiator));
	bool first = true;

	if (options->node)
		printf("NodeName=%s ", options->node);
	printf("Name=gpu File=/dev/dri/%s", render);
	if (cores)
		printf(" Cores=%s", cores);
	fputs(" Links=", stdout);
	for (size_t i = 0; i < model->count; i++) {
		if (!gpusvm_initiator_get_render(model->gpus[order[i]].initiator))
			continue;
		printf("%s%d", first ? "" : ",", count_links(model, index, order[i]));
		first = false;
	}
	printf(" # %s\n", model->gpus[index].uid);
	free(cores);
}

/*
 * Detection that finds other GPUs or links than these lines drains the node, so it is off. The
 * order is that of PCI addresses, by which runtimes number the GPUs of a job.
 */
int export_slurm(const struct gpusvm_topology *topology, const struct options *options)
{
	struct model *model = model_new(topology);
	size_t *order = model_order_by_address(model);

	puts("# gres.conf: GPUs, the cores close to them, and connections between them");
	if (options->node)
		printf("NodeName=%s ", options->node);
	puts("AutoDetect=off");
	for (size_t i = 0; i < model->count; i++) {
		const struct gpu *gpu = &model->gpus[order[i]];

		if (gpusvm_initiator_get_render(gpu->initiator))
			print_line(model, order, order[i], options);
		else
			printf("# %s has no render node\n", gpu->uid);
	}
	free(order);
	model_free(model);
	return 0;
}
