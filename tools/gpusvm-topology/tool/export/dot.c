// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A block of GPUs is one node with a table. A block of blocks is a node with a line to each
 * of them. So the graph is small, and dot needs only seconds for any machine.
 */
#include <math.h>
#include <stdlib.h>

#include "blocks.h"

/* Width of a cell relative to its height, to make tables about square */
#define CELL_RATIO 3.0

/* Maximum number of blocks beside each other */
#define MOST_IN_ROW 8

/* Prints text for use inside quotes */
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

	putchar('\t');
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

static void print_cell(const struct gpu *gpu)
{
	const char *render = gpusvm_initiator_get_render(gpu->initiator);
	char *memory = gpu_describe(gpu);

	printf("<td%s>", gpu->pagemaps ? " bgcolor=\"#dde8f5\"" : "");
	xml_print(gpu->uid);
	fputs("<br/>", stdout);
	xml_print(memory);
	if (render) {
		fputs("<br/>", stdout);
		xml_print(render);
	}
	puts("</td>");
	free(memory);
}

static void print_bandwidth(const struct bundle *bundle)
{
	if (!bundle->most_bandwidth)
		return;
	if (bundle->least_bandwidth != bundle->most_bandwidth)
		printf("%llu to ", (unsigned long long)bundle->least_bandwidth);
	printf("%llu MB/s", (unsigned long long)bundle->most_bandwidth);
}

/* Prints the type of a path and its hops. @print escapes text for the kind of label */
static void print_path(const struct path *path, const char *newline,
		       void (*print)(const char *text))
{
	unsigned int hops;

	print(path_describe(path));
	if (!gpusvm_link_get_hops(path->link, &hops))
		printf(", %u hop%s", hops, hops == 1 ? "" : "s");
	if (path->state == PATH_UNUSABLE) {
		printf("%snot usable: ", newline);
		print(gpusvm_link_get_usable_reason(path->link) ?: "unknown");
	}
}

/* Prints the links between the parts of a block, in HTML */
static void print_inside(const struct blocks *blocks, const struct block *block)
{
	const struct bundle inside = block_inside(blocks, block);

	if (block->path && block->is_of_blocks)
		printf("between all of these %zu", block->parts);
	else if (block->path)
		fputs("between all GPUs", stdout);
	else
		fputs("links that differ", stdout);
	printf(": %zu links<br/>", inside.count / 2);
	if (block->path) {
		print_path(block->path, "<br/>", xml_print);
		fputs(inside.most_bandwidth ? ", " : "", stdout);
	}
	print_bandwidth(&inside);
}

static size_t count_columns(size_t cells)
{
	size_t columns = ceil(sqrt(cells / CELL_RATIO));

	return columns > 1 ? columns : 2;
}

static void print_table(const struct blocks *blocks, const struct block *block, size_t index)
{
	size_t columns = count_columns(block->count);

	printf("\tblock_%zu [shape=plain, style=\"\", label=<", index);
	puts("<table border=\"2\" cellborder=\"0\" cellspacing=\"3\" cellpadding=\"4\">");
	printf("<tr><td colspan=\"%zu\"><b>", columns);
	print_inside(blocks, block);
	puts("</b></td></tr>");
	for (size_t i = 0; i < block->count; i++) {
		if (i % columns == 0)
			puts("<tr>");
		print_cell(&blocks->model->gpus[block->gpus[i]]);
		if (i % columns == columns - 1 || i == block->count - 1)
			puts("</tr>");
	}
	puts("</table>>]");
}

static void print_hub(const struct blocks *blocks, const struct block *block, size_t index)
{
	bool is_usable = !block->path || block->path->state == PATH_USABLE;

	printf("\tblock_%zu [shape=hexagon, style=\"%s\", fillcolor=\"#f5e8d0\", label=<", index,
	       is_usable ? "filled" : "filled,dashed");
	print_inside(blocks, block);
	puts(">]");
}

/* In a table, GPUs and blocks of GPUs are cells */
static bool is_drawn(const struct block *block)
{
	const struct block *parent = block->parent;

	return !parent || (parent->is_of_blocks && parent->path);
}

static void print_block(const struct blocks *blocks, size_t index)
{
	const struct block *block = blocks->all[index];

	if (!block->parts)
		print_gpu(&blocks->model->gpus[block->gpus[0]]);
	else if (block->is_of_blocks && block->path)
		print_hub(blocks, block, index);
	else
		print_table(blocks, block, index);
}

static void print_blocks(const struct blocks *blocks, size_t group)
{
	for (size_t i = 0; i < blocks->count; i++) {
		if (blocks->all[i]->group == group && is_drawn(blocks->all[i]))
			print_block(blocks, i);
	}
}

static void print_groups(const struct blocks *blocks)
{
	const struct gpusvm_group *group;
	size_t index = 0;

	gpusvm_group_foreach(blocks->model->topology, group) {
		printf("\tsubgraph cluster_%zu {\n\tlabel=", index);
		print_word(gpusvm_group_get_name(group));
		printf("\n\tstyle=rounded\n\tsortv=%zu\n", index + 1);
		print_blocks(blocks, index++);
		puts("\t}");
	}
	print_blocks(blocks, blocks->model->groups);
	print_blocks(blocks, NO_GROUP);
}

static void print_name(const struct blocks *blocks, size_t index)
{
	const struct block *block = blocks->all[index];

	if (block->parts)
		printf("block_%zu", index);
	else
		print_word(blocks->model->gpus[block->gpus[0]].uid);
}

static void print_edge(const struct blocks *blocks, size_t from, size_t to,
		       const struct bundle *bundle, const char *direction)
{
	if (!bundle->path)
		return;
	putchar('\t');
	print_name(blocks, from);
	fputs(" -> ", stdout);
	print_name(blocks, to);
	printf(" [dir=%s, label=\"", direction);
	if (bundle->count > 1)
		printf("%zu links: ", bundle->count);
	print_path(bundle->path, "\\n", print_escaped);
	fputs(bundle->most_bandwidth ? "\\n" : "", stdout);
	print_bandwidth(bundle);
	printf("\"%s%s]\n", bundle->count > 1 ? ", penwidth=3" : "",
	       bundle->path->state == PATH_USABLE ? "" : ", style=dashed");
}

/* Prints one line for both directions if they are equal */
static void print_pair(const struct blocks *blocks, size_t a, size_t b, enum path_state state)
{
	const struct bundle there = blocks_bundle(blocks, blocks->all[a], blocks->all[b], state);
	const struct bundle back = blocks_bundle(blocks, blocks->all[b], blocks->all[a], state);

	if (bundle_is_same(&there, &back)) {
		print_edge(blocks, a, b, &there, "both");
	} else {
		print_edge(blocks, a, b, &there, "forward");
		print_edge(blocks, b, a, &back, "forward");
	}
}

static void print_edges(const struct blocks *blocks)
{
	for (size_t a = 0; a < blocks->count; a++) {
		for (size_t b = a + 1; b < blocks->count; b++) {
			if (blocks->all[a]->parent || blocks->all[b]->parent)
				continue;
			print_pair(blocks, a, b, PATH_USABLE);
			if (!blocks->is_reduced)
				print_pair(blocks, a, b, PATH_UNUSABLE);
		}
	}
}

static size_t index_of(const struct blocks *blocks, const struct block *block)
{
	size_t index = 0;

	while (blocks->all[index] != block)
		index++;
	return index;
}

static size_t rows_of(size_t parts)
{
	return (parts + MOST_IN_ROW - 1) / MOST_IN_ROW;
}

/* Prints lines from larger blocks to their parts, in several rows if these are many */
static void print_spokes(const struct blocks *blocks)
{
	size_t spokes = 0;

	for (size_t i = 0; i < blocks->count; i++) {
		const struct block *hub = blocks->all[i]->parent;

		if (!hub || !is_drawn(blocks->all[i]))
			continue;
		printf("\tblock_%zu -> block_%zu [dir=none, penwidth=3, minlen=%zu%s]\n",
		       index_of(blocks, hub), i, 1 + spokes++ % rows_of(hub->parts),
		       hub->path->state == PATH_USABLE ? "" : ", style=dashed");
	}
}

static size_t count_roots(const struct blocks *blocks)
{
	size_t roots = 0;

	for (size_t i = 0; i < blocks->count; i++)
		roots += !blocks->all[i]->parent;
	return roots;
}

int export_dot(const struct gpusvm_topology *topology, const struct options *options)
{
	struct model *model = model_new(topology);
	struct blocks *blocks = blocks_new(model);

	(void)options;
	puts("digraph gpusvm {\n"
	     "\tgraph [fontname=\"sans-serif\", fontsize=11]\n"
	     "\tnode [fontname=\"sans-serif\", fontsize=11, shape=box]\n"
	     "\tnode [style=\"rounded,filled\", fillcolor=\"#dde8f5\"]\n"
	     "\tedge [fontname=\"sans-serif\", fontsize=9]");
	/* Lays out components side by side. With one large table, this would crash dot */
	if (count_roots(blocks) > 1)
		puts("\tgraph [packmode=array_u]");
	if (blocks->is_reduced)
		puts("\tlabel=\"Links inside a group are summed up, others are omitted.\"");
	print_groups(blocks);
	print_spokes(blocks);
	print_edges(blocks);
	puts("}");
	blocks_free(blocks);
	model_free(model);
	return 0;
}
