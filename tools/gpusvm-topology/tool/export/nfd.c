// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "export.h"

/* The prefix of labels of features. Some versions of nfd-master do not add it */
#define PREFIX "feature.node.kubernetes.io/"

/* Maximum length that Kubernetes allows for the name of a label after its prefix */
#define NAME_LENGTH 63

/* Makes the rest of a name after a prefix of this project */
static char *make_name(const char *text, const char *prefix)
{
	const struct name_rule rule = { "-_.", '_', '.', NAME_LENGTH - strlen(prefix), false };

	return name_make(text, &rule, false);
}

static void print_number(const char *name, uint64_t number)
{
	printf(PREFIX "gpusvm.%s=%llu\n", name, (unsigned long long)number);
}

static void print_group(const struct model *model, const struct gpusvm_group *group,
			size_t index, size_t *largest)
{
	static const char prefix[] = "gpusvm.gpus-in.";
	char *name = make_name(gpusvm_group_get_name(group), prefix);
	size_t count = 0;

	for (size_t i = 0; i < model->count; i++)
		count += model->gpus[i].group == index;
	printf(PREFIX "%s%s=%zu\n", prefix, name, count);
	if (count > *largest)
		*largest = count;
	free(name);
}

static void print_groups(const struct model *model)
{
	const struct gpusvm_group *group;
	size_t index = 0, largest = 0;

	print_number("groups", model->groups);
	gpusvm_group_foreach(model->topology, group)
		print_group(model, group, index++, &largest);
	print_number("largest-group", largest);
}

static bool has_type(const struct model *model, const char *type, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct gpusvm_link *link = model->paths[i].link;
		const char *other = link ? gpusvm_link_get_type(link) : NULL;

		if (other && model->paths[i].state == PATH_USABLE && !strcmp(other, type))
			return true;
	}
	return false;
}

static void print_type(const char *type)
{
	static const char prefix[] = "gpusvm.link.";
	char *name = make_name(type, prefix);

	printf(PREFIX "%s%s=true\n", prefix, name);
	free(name);
}

/* Prints each type of usable paths between GPUs once */
static void print_types(const struct model *model)
{
	for (size_t i = 0; i < model->count * model->count; i++) {
		const struct path *path = &model->paths[i];
		const char *type = path->link ? gpusvm_link_get_type(path->link) : NULL;

		if (type && path->state == PATH_USABLE && strcmp(type, "local") &&
		    !has_type(model, type, i))
			print_type(type);
	}
}

int export_nfd(const struct gpusvm_topology *topology, const struct options *options)
{
	struct model *model = model_new(topology);
	uint64_t size = 0;
	unsigned int pagemaps = 0;

	(void)options;
	for (size_t i = 0; i < model->count; i++) {
		size += model->gpus[i].size;
		pagemaps += model->gpus[i].pagemaps;
	}
	print_number("gpus", model->count);
	print_number("pagemaps", pagemaps);
	print_number("memory-mib", size >> 20);
	print_groups(model);
	print_types(model);
	if (model->least_bandwidth)
		print_number("least-bandwidth-mb-per-s", model->least_bandwidth);
	model_free(model);
	return 0;
}
