// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "export.h"

/* For within quotes */
static void print_escaped(const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
}

static void print_word(const char *text)
{
	putchar('"');
	print_escaped(text);
	putchar('"');
}

static void print_gpu(const struct gpu *gpu)
{
	const char *render = gpusvm_initiator_get_render(gpu->initiator);
	char *memory = gpu_describe(gpu);

	fputs("\t\t", stdout);
	print_word(gpu->uid);
	fputs(" [label=\"\\N\\n", stdout);
	print_escaped(memory);
	if (render) {
		fputs("\\n", stdout);
		print_escaped(render);
	}
	printf("\"%s]\n", gpu->pagemaps ? "" : ", style=\"rounded\"");
	free(memory);
}

static void print_gpus(const struct model *model, size_t group)
{
	for (size_t i = 0; i < model->count; i++) {
		if (model->gpus[i].group == group)
			print_gpu(&model->gpus[i]);
	}
}

static void print_groups(const struct model *model)
{
	const struct gpusvm_group *group;
	size_t index = 0;

	gpusvm_group_foreach(model->topology, group) {
		printf("\tsubgraph cluster_%zu {\n\t\tlabel=", index);
		print_word(gpusvm_group_get_name(group));
		putchar('\n');
		print_gpus(model, index++);
		puts("\t}");
	}
	print_gpus(model, model->groups);
}

static void print_edge(const struct model *model, size_t from, size_t to, const char *direction)
{
	const struct path *path = model_path(model, from, to);

	if (path->state < PATH_UNUSABLE)
		return;
	putchar('\t');
	print_word(model->gpus[from].uid);
	fputs(" -> ", stdout);
	print_word(model->gpus[to].uid);
	printf(" [dir=%s, label=\"", direction);
	print_escaped(path_describe(path));
	if (path->bandwidth)
		printf("\\n%llu MB/s", (unsigned long long)path->bandwidth);
	printf("\"%s]\n", path->state == PATH_USABLE ? "" : ", style=dashed");
}

/* Paths that are the same both ways are one line */
static void print_edges(const struct model *model)
{
	for (size_t a = 0; a < model->count; a++) {
		for (size_t b = a + 1; b < model->count; b++) {
			if (model_is_same_both_ways(model, a, b)) {
				print_edge(model, a, b, "both");
			} else {
				print_edge(model, a, b, "forward");
				print_edge(model, b, a, "forward");
			}
		}
	}
}

int export_dot(const struct gpusvm_topology *topology, const struct options *options)
{
	struct model *model = model_new(topology);

	(void)options;
	puts("digraph gpusvm {\n"
	     "\tgraph [fontname=\"sans-serif\", fontsize=11]\n"
	     "\tnode [fontname=\"sans-serif\", fontsize=11, shape=box, style=\"rounded,filled\", fillcolor=\"#dde8f5\"]\n"
	     "\tedge [fontname=\"sans-serif\", fontsize=9]");
	print_groups(model);
	print_edges(model);
	puts("}");
	model_free(model);
	return 0;
}
