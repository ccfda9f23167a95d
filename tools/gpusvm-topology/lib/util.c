// SPDX-License-Identifier: LGPL-2.1-or-later
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "internal.h"

int list_add(struct list *list, void *item)
{
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 8;
		void **items = reallocarray(list->items, room, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
		list->room = room;
	}
	list->items[list->count++] = item;
	return 0;
}

void *list_get(const struct list *list, size_t index)
{
	return index < list->count ? list->items[index] : NULL;
}

/* @compare gets pointers to items, as qsort() has it */
void list_sort(struct list *list, int (*compare)(const void *a, const void *b))
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare);
}

void *list_find(const struct list *list, const void *key,
		int (*compare)(const void *a, const void *b))
{
	void **item = NULL;

	if (list->count)
		item = bsearch(&key, list->items, list->count, sizeof(*list->items), compare);
	return item ? *item : NULL;
}

void list_free(struct list *list, void (*free_item)(void *item))
{
	for (size_t i = 0; free_item && i < list->count; i++)
		free_item(list->items[i]);
	free(list->items);
	*list = (struct list){ 0 };
}

int figure_get(const struct figure *figure, uint64_t *value)
{
	if (!figure->known)
		return -ENODATA;
	*value = figure->value;
	return 0;
}

int figure_get_uint(const struct figure *figure, unsigned int *value)
{
	if (!figure->known)
		return -ENODATA;
	*value = figure->value;
	return 0;
}

int figure_get_bool(const struct figure *figure, bool *value)
{
	if (!figure->known)
		return -ENODATA;
	*value = figure->value;
	return 0;
}

/* Reads digits from *@text on, and moves *@text behind them */
static bool read_digits(const char **text, uint64_t max, uint64_t *value)
{
	const char *p = *text;
	uint64_t sum = 0;

	if (!isdigit((unsigned char)*p) || (*p == '0' && isdigit((unsigned char)p[1])))
		return false;

	for (; isdigit((unsigned char)*p); p++) {
		unsigned int digit = *p - '0';

		if (digit > max || sum > (max - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*text = p;
	*value = sum;
	return true;
}

bool parse_number(const char *text, uint64_t max, uint64_t *value)
{
	uint64_t number;

	if (!read_digits(&text, max, &number) || *text)
		return false;
	*value = number;
	return true;
}

bool is_word(const char *text)
{
	size_t length = 0;

	for (; text[length]; length++) {
		if (!isgraph((unsigned char)text[length]))
			return false;
	}
	return length > 0 && length <= NAME_MAX;
}

/* Numbers and ranges in ascending order: 1-4,7 */
bool is_id_list(const char *text)
{
	uint64_t first, last = 0;

	if (!*text)
		return true;

	for (;; text++) {
		if (!read_digits(&text, UINT32_MAX, &first) || first <= last)
			return false;
		last = first;
		if (*text == '-') {
			text++;
			if (!read_digits(&text, UINT32_MAX, &last) || last <= first)
				return false;
		}
		if (!*text)
			return true;
		if (*text != ',')
			return false;
	}
}
