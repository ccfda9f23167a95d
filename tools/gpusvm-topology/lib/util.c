// SPDX-License-Identifier: LGPL-2.1-or-later
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Adds a copy of an object, which free() releases */
int list_add_copy(struct list *list, const void *object, size_t size)
{
	void *copy = malloc(size);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, object, size);
	if (list_add(list, copy)) {
		free(copy);
		return -ENOMEM;
	}
	return 0;
}

void *list_get(const struct list *list, size_t index)
{
	return index < list->count ? list->items[index] : NULL;
}

/* @compare receives pointers to items, as with qsort() */
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

void list_remove(struct list *list, const void *item)
{
	size_t i = 0;

	while (i < list->count && list->items[i] != item)
		i++;
	if (i == list->count)
		return;
	list->count--;
	memmove(list->items + i, list->items + i + 1, (list->count - i) * sizeof(*list->items));
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

/* Returns NULL if memory is short */
char *format_text(const char *format, va_list args)
{
	char *text;

	return vasprintf(&text, format, args) < 0 ? NULL : text;
}

/* Reads digits at *@text, and moves *@text past them */
bool parse_digits(const char **text, uint64_t max, uint64_t *value)
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

	if (!parse_digits(&text, max, &number) || *text)
		return false;
	*value = number;
	return true;
}

GPUSVM_EXPORT int gpusvm_parse_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMGTPEkmgtpe";
	const char *unit;
	uint64_t number;

	if (!parse_digits(&text, UINT64_MAX, &number))
		return -EINVAL;
	unit = *text ? strchr(units, *text) : NULL;
	if (*text && !unit)
		return -EINVAL;
	if (unit && text[1] && strcmp(text + 1, "iB"))
		return -EINVAL;
	for (ptrdiff_t power = unit ? (unit - units) % 6 + 1 : 0; power; power--) {
		if (__builtin_mul_overflow(number, 1024, &number))
			return -ERANGE;
	}
	*bytes = number;
	return 0;
}

/* Whether @text is printable ASCII without blanks, in any locale */
bool is_word(const char *text)
{
	size_t length = 0;

	for (; text[length]; length++) {
		if (text[length] < '!' || text[length] > '~')
			return false;
	}
	return length > 0 && length <= NAME_MAX;
}

/* Whether @text is a list of numbers and ranges in ascending order: 1-4,7 */
bool is_id_list(const char *text)
{
	uint64_t first, last = 0;

	if (!*text)
		return true;

	for (;; text++) {
		if (!parse_digits(&text, UINT32_MAX, &first) || first <= last)
			return false;
		last = first;
		if (*text == '-') {
			text++;
			if (!parse_digits(&text, UINT32_MAX, &last) || last <= first)
				return false;
		}
		if (!*text)
			return true;
		if (*text != ',')
			return false;
	}
}

/*
 * Removes the first number or range from a list such as 0-3,7, and the comma after it.
 * Returns false at the end of the list.
 */
bool next_range(const char **text, uint64_t *first, uint64_t *last)
{
	if (!parse_digits(text, RANGE_MAX, first))
		return false;
	*last = *first;
	if (**text == '-') {
		++*text;
		if (!parse_digits(text, RANGE_MAX, last) || *last < *first)
			return false;
	}
	if (**text == ',')
		++*text;
	return true;
}

/* Returns the index of @number among all numbers of such a list, or -1 if it is missing */
int range_list_index(const char *text, uint64_t number)
{
	uint64_t first, last, before = 0;

	while (next_range(&text, &first, &last)) {
		if (number >= first && number <= last)
			return before + number - first;
		before += last - first + 1;
		if (before > RANGE_MAX)
			break;
	}
	return -1;
}
