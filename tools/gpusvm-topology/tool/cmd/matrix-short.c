// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matrix of a machine with many GPUs, for people. It numbers GPUs, names a column after
 * the GPU that owns the memory, and explains short names in legends.
 */
#include <stdlib.h>
#include <string.h>

#include "export/export.h"
#include "machine.h"
#include "matrix.h"

struct short_matrix {
	const struct options *options;
	const struct property *property;
	const struct model *model;
	struct codes codes;
	const struct gpusvm_pagemap **pagemaps;
	size_t count;
	char **cells;			/* model->count rows of @count */
	bool *is_hidden;		/* equals another column of the same GPU */
};

static char *make_cell(const struct short_matrix *matrix, const struct gpusvm_link *link)
{
	if (matrix->property->get)
		return matrix_cell(link, matrix->property, matrix->options);
	return text_copy(link ? codes_find(&matrix->codes, link) : "-");
}

static const struct gpusvm_link *link_at(const struct short_matrix *matrix, size_t row,
					 size_t column)
{
	return gpusvm_link_find(matrix->model->gpus[row].initiator, matrix->pagemaps[column]);
}

static void fill(struct short_matrix *matrix)
{
	const struct gpusvm_pagemap *pagemap;
	size_t rows = matrix->model->count;

	gpusvm_pagemap_foreach(matrix->model->topology, pagemap)
		matrix->count++;
	matrix->pagemaps = check_memory(calloc(matrix->count + 1, sizeof(*matrix->pagemaps)));
	matrix->is_hidden = check_memory(calloc(matrix->count + 1, sizeof(*matrix->is_hidden)));
	matrix->cells = check_memory(calloc(rows * matrix->count + 1, sizeof(*matrix->cells)));
	matrix->count = 0;
	gpusvm_pagemap_foreach(matrix->model->topology, pagemap)
		matrix->pagemaps[matrix->count++] = pagemap;
	for (size_t row = 0; row < rows; row++) {
		for (size_t column = 0; column < matrix->count; column++)
			matrix->cells[row * matrix->count + column] =
				make_cell(matrix, link_at(matrix, row, column));
	}
}

static size_t owner_of(const struct short_matrix *matrix, size_t column)
{
	const struct gpusvm_initiator *initiator =
		gpusvm_pagemap_get_initiator(matrix->pagemaps[column]);
	size_t owner = 0;

	while (owner < matrix->model->count && matrix->model->gpus[owner].initiator != initiator)
		owner++;
	return owner;
}

static bool is_same(const struct short_matrix *matrix, size_t a, size_t b)
{
	for (size_t row = 0; row < matrix->model->count; row++) {
		if (strcmp(matrix->cells[row * matrix->count + a],
			   matrix->cells[row * matrix->count + b]))
			return false;
	}
	return true;
}

/* If all pagemaps of a GPU have equal columns, keeps only one of them */
static void hide_alike(struct short_matrix *matrix, size_t owner)
{
	size_t first = matrix->count;

	for (size_t i = 0; i < matrix->count; i++) {
		if (owner_of(matrix, i) != owner)
			continue;
		if (first == matrix->count)
			first = i;
		else if (!is_same(matrix, first, i))
			return;
	}
	for (size_t i = first + 1; i < matrix->count; i++)
		matrix->is_hidden[i] |= owner_of(matrix, i) == owner;
}

/* Returns G3 for the memory of this GPU, or G3.1 for its second pagemap of several */
static char *make_heading(const struct short_matrix *matrix, size_t column)
{
	size_t owner = owner_of(matrix, column), before = 0;
	bool is_one = true;

	if (owner == matrix->model->count)
		return text_format("pagemap%u", gpusvm_pagemap_get_id(matrix->pagemaps[column]));
	for (size_t i = 0; i < matrix->count; i++) {
		if (i == column || matrix->is_hidden[i] || owner_of(matrix, i) != owner)
			continue;
		is_one = false;
		before += i < column;
	}
	return is_one ? text_format("G%zu", owner) : text_format("G%zu.%zu", owner, before);
}

static void add_headings(const struct short_matrix *matrix, struct libscols_table *table)
{
	table_add_column(table, "GPU", 0);
	for (size_t i = 0; i < matrix->count; i++) {
		char *heading;

		if (matrix->is_hidden[i])
			continue;
		heading = make_heading(matrix, i);
		table_add_column(table, heading, matrix->property->flags);
		free(heading);
	}
	table_add_column(table, "CPUS", 0);
	table_add_column(table, "NODE", COLUMN_RIGHT);
}

static void add_line(const struct short_matrix *matrix, struct libscols_table *table, size_t row)
{
	const struct gpusvm_initiator *initiator = matrix->model->gpus[row].initiator;
	struct libscols_line *line = table_add_line(table, NULL);
	int node = machine_node_of(matrix->options, initiator);
	size_t place = 0;

	table_set(line, place++, text_format("G%zu", row), matrix->options);
	for (size_t i = 0; i < matrix->count; i++) {
		const struct gpusvm_link *link = link_at(matrix, row, i);

		if (matrix->is_hidden[i])
			continue;
		table_set(line, place, text_copy(matrix->cells[row * matrix->count + i]),
			  matrix->options);
		if (link)
			table_set_color(line, place, link_color(link));
		place++;
	}
	table_set(line, place++, machine_cpus_of_node(matrix->options, node), matrix->options);
	table_set(line, place, node < 0 ? NULL : text_format("%d", node), matrix->options);
}

static int print_cells(const struct short_matrix *matrix)
{
	struct libscols_table *table = table_new(matrix->options);
	int status;

	add_headings(matrix, table);
	for (size_t row = 0; row < matrix->model->count; row++)
		add_line(matrix, table, row);
	status = table_print(table);
	table_free(table);
	return status;
}

static void add_gpu(const struct short_matrix *matrix, struct libscols_table *table, size_t row)
{
	const struct gpu *gpu = &matrix->model->gpus[row];
	const struct gpusvm_group *group = gpusvm_initiator_get_group(gpu->initiator);
	const struct options *options = matrix->options;
	struct libscols_line *line = table_add_line(table, NULL);

	table_set(line, 0, text_format("G%zu", row), options);
	table_set(line, 1, text_copy(gpu->uid), options);
	table_set(line, 2, text_copy(gpusvm_initiator_get_render(gpu->initiator)), options);
	table_set(line, 3, gpu_list_pagemaps(gpu), options);
	table_set(line, 4, gpu->pagemaps ? text_size(gpu->size) : NULL, options);
	table_set(line, 5, text_copy(group ? gpusvm_group_get_name(group) : NULL), options);
}

static int print_gpus(const struct short_matrix *matrix)
{
	static const char *const names[] = { "UID", "RENDER", "PAGEMAPS", "SIZE", "GROUP" };
	struct libscols_table *table = table_new(matrix->options);
	int status;

	table_add_column(table, "GPU", 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		table_add_column(table, names[i], strcmp(names[i], "SIZE") ? 0 : COLUMN_RIGHT);
	for (size_t row = 0; row < matrix->model->count; row++)
		add_gpu(matrix, table, row);
	status = table_print(table);
	table_free(table);
	return status;
}

static int print_all(const struct short_matrix *matrix)
{
	int status = print_cells(matrix);

	if (!status && !matrix->property->get && matrix->codes.count) {
		putchar('\n');
		status = codes_print(&matrix->codes, matrix->options);
	}
	if (!status) {
		putchar('\n');
		status = print_gpus(matrix);
	}
	return status;
}

/* Returns the exit status */
int matrix_print_short(const struct gpusvm_topology *topology, const struct property *property,
		       const struct options *options)
{
	struct model *model = model_new(topology);
	struct short_matrix matrix = { options, property, model, { 0 }, NULL, 0, NULL, NULL };
	int status;

	codes_init(&matrix.codes, topology);
	fill(&matrix);
	for (size_t owner = 0; owner < model->count; owner++)
		hide_alike(&matrix, owner);
	status = print_all(&matrix);
	for (size_t i = 0; i < model->count * matrix.count; i++)
		free(matrix.cells[i]);
	free(matrix.cells);
	free(matrix.is_hidden);
	free(matrix.pagemaps);
	codes_free(&matrix.codes);
	model_free(model);
	return status;
}
