// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Blocks of GPUs for a picture of a large machine, where a line for each link would be
 * unreadable. A block has three GPUs or more, each pair of which has the same kind of link;
 * blocks that are connected like that form larger blocks.
 */
#include <stdlib.h>
#include <string.h>

#include "blocks.h"

/* A line between two parts is clearer than a block */
#define LEAST_PARTS 3

/* With more lines, the paths inside groups are summed up */
#define MOST_LINES 200

static struct block *add_block(struct blocks *blocks, size_t group)
{
	struct block *block = check_memory(calloc(1, sizeof(*block)));

	blocks->all = check_memory(reallocarray(blocks->all, blocks->count + 1,
						sizeof(*blocks->all)));
	blocks->all[blocks->count++] = block;
	block->group = group;
	return block;
}

static void add_gpu(struct block *block, size_t gpu)
{
	block->gpus = check_memory(reallocarray(block->gpus, block->count + 1,
						sizeof(*block->gpus)));
	block->gpus[block->count++] = gpu;
}

static void add_part(struct block *block, struct block *part)
{
	for (size_t i = 0; i < part->count; i++)
		add_gpu(block, part->gpus[i]);
	if (part->group != block->group)
		block->group = NO_GROUP;
	block->is_of_blocks |= part->parts;
	block->parts++;
	part->parent = block;
}

static bool is_like(const struct path *a, const struct path *b)
{
	unsigned int a_hops = 0, b_hops = 0;

	if (a->state != b->state || a->bandwidth != b->bandwidth ||
	    strcmp(path_describe(a), path_describe(b)))
		return false;
	return gpusvm_link_get_hops(a->link, &a_hops) ==
	       gpusvm_link_get_hops(b->link, &b_hops) && a_hops == b_hops;
}

/* The path between all GPUs of two blocks, in both directions; NULL if these paths differ */
static const struct path *common_path(const struct model *model, const struct block *a,
				      const struct block *b)
{
	const struct path *first = model_path(model, a->gpus[0], b->gpus[0]);

	if (first->state < PATH_UNUSABLE)
		return NULL;
	for (size_t i = 0; i < a->count; i++) {
		for (size_t j = 0; j < b->count; j++) {
			if (!is_like(first, model_path(model, a->gpus[i], b->gpus[j])) ||
			    !is_like(first, model_path(model, b->gpus[j], a->gpus[i])))
				return NULL;
		}
	}
	return first;
}

static bool may_join(const struct block *first, const struct block *other)
{
	/* A GPU and a block are not parts of the same kind, and GPUs stay in their group */
	if (other->parent || !first->parts != !other->parts)
		return false;
	return first->parts || first->group == other->group;
}

/* The best path from @first to any later root */
static const struct path *best_path(const struct blocks *blocks, size_t first)
{
	const struct path *best = NULL;

	for (size_t i = first + 1; i < blocks->count; i++) {
		const struct path *path;

		if (!may_join(blocks->all[first], blocks->all[i]))
			continue;
		path = common_path(blocks->model, blocks->all[first], blocks->all[i]);
		if (path && (!best || path->state > best->state ||
			     (path->state == best->state && path->bandwidth > best->bandwidth)))
			best = path;
	}
	return best;
}

static bool fits(const struct blocks *blocks, struct block *const *parts, size_t count,
		 const struct block *other, const struct path *path)
{
	for (size_t i = 0; i < count; i++) {
		const struct path *here = common_path(blocks->model, parts[i], other);

		if (!here || !is_like(here, path))
			return false;
	}
	return true;
}

/* Makes a block of @first and later roots. Returns false if they are too few */
static bool join(struct blocks *blocks, size_t first)
{
	struct block **parts = check_memory(calloc(blocks->count, sizeof(*parts))), *block;
	const struct path *path = best_path(blocks, first);
	size_t count = 1;

	parts[0] = blocks->all[first];
	for (size_t i = first + 1; path && i < blocks->count; i++) {
		if (may_join(parts[0], blocks->all[i]) &&
		    fits(blocks, parts, count, blocks->all[i], path))
			parts[count++] = blocks->all[i];
	}
	if (count >= LEAST_PARTS) {
		block = add_block(blocks, parts[0]->group);
		block->path = path;
		for (size_t i = 0; i < count; i++)
			add_part(block, parts[i]);
	} else {
		count = 0;
	}
	free(parts);
	return count;
}

/* Visits new blocks, too, because they are added at the end */
static void join_all(struct blocks *blocks)
{
	for (size_t i = 0; i < blocks->count; i++) {
		if (!blocks->all[i]->parent)
			join(blocks, i);
	}
}

static size_t count_lines(const struct blocks *blocks)
{
	size_t lines = 0;

	for (size_t i = 0; i < blocks->count; i++) {
		for (size_t j = 0; j < blocks->count && !blocks->all[i]->parent; j++) {
			const struct block *a = blocks->all[i], *b = blocks->all[j];

			if (i == j || b->parent)
				continue;
			lines += !!blocks_bundle(blocks, a, b, PATH_USABLE).path;
			lines += !!blocks_bundle(blocks, a, b, PATH_UNUSABLE).path;
		}
	}
	return lines / 2;
}

/* Makes one block of all roots of a group, with any links */
static void join_group(struct blocks *blocks, size_t group)
{
	size_t count = blocks->count, roots = 0;
	struct block *block;

	for (size_t i = 0; i < count; i++)
		roots += !blocks->all[i]->parent && blocks->all[i]->group == group;
	if (roots < 2)
		return;
	block = add_block(blocks, group);
	for (size_t i = 0; i < count; i++) {
		if (!blocks->all[i]->parent && blocks->all[i]->group == group)
			add_part(block, blocks->all[i]);
	}
}

struct blocks *blocks_new(const struct model *model)
{
	struct blocks *blocks = check_memory(calloc(1, sizeof(*blocks)));

	blocks->model = model;
	for (size_t i = 0; i < model->count; i++)
		add_gpu(add_block(blocks, model->gpus[i].group), i);
	join_all(blocks);
	blocks->is_reduced = count_lines(blocks) > MOST_LINES;
	for (size_t group = 0; blocks->is_reduced && group <= model->groups; group++)
		join_group(blocks, group);
	return blocks;
}

void blocks_free(struct blocks *blocks)
{
	for (size_t i = 0; i < blocks->count; i++) {
		free(blocks->all[i]->gpus);
		free(blocks->all[i]);
	}
	free(blocks->all);
	free(blocks);
}

static void add_path(struct bundle *bundle, const struct path *path)
{
	if (!bundle->path || path->bandwidth < bundle->least_bandwidth)
		bundle->least_bandwidth = path->bandwidth;
	if (path->bandwidth > bundle->most_bandwidth)
		bundle->most_bandwidth = path->bandwidth;
	if (!bundle->path)
		bundle->path = path;
	bundle->count++;
}

struct bundle blocks_bundle(const struct blocks *blocks, const struct block *from,
			    const struct block *to, enum path_state state)
{
	struct bundle bundle = { 0 };

	for (size_t i = 0; i < from->count; i++) {
		for (size_t j = 0; j < to->count; j++) {
			const struct path *path = model_path(blocks->model, from->gpus[i],
							     to->gpus[j]);

			if (path->state == state)
				add_path(&bundle, path);
		}
	}
	return bundle;
}

bool bundle_is_same(const struct bundle *a, const struct bundle *b)
{
	return a->count == b->count && a->least_bandwidth == b->least_bandwidth &&
	       a->most_bandwidth == b->most_bandwidth;
}

/* The direct links inside a block, without those inside its parts */
struct bundle block_inside(const struct blocks *blocks, const struct block *block)
{
	struct bundle bundle = { 0 };

	for (size_t i = 0; i < block->count; i++) {
		for (size_t j = 0; j < block->count; j++) {
			const struct path *path = model_path(blocks->model, block->gpus[i],
							     block->gpus[j]);

			if (i == j || path->state < PATH_UNUSABLE ||
			    (block->path && !is_like(path, block->path)))
				continue;
			add_path(&bundle, path);
		}
	}
	return bundle;
}
