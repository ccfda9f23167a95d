// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

void *check_memory(void *memory)
{
	if (memory)
		return memory;
	say("out of memory");
	exit(EXIT_ERROR);
}

char *text_copy(const char *text)
{
	return text ? check_memory(strdup(text)) : NULL;
}

char *text_vformat(const char *format, va_list args)
{
	char *text;

	return check_memory(vasprintf(&text, format, args) < 0 ? NULL : text);
}

char *text_format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = text_vformat(format, args);
	va_end(args);
	return text;
}

/* Formats 67108864 as 64M, and 1610612736 as 1.5G */
char *text_size(uint64_t bytes)
{
	static const char units[] = "BKMGTPE";
	unsigned int unit = 0;
	double size = bytes;

	for (; size >= 1024 && unit < strlen(units) - 1; unit++)
		size /= 1024;
	return text_format(size == (uint64_t)size ? "%.0f%c" : "%.1f%c", size, units[unit]);
}

/* Prints an error and returns false if @text is not a size */
bool parse_size(const char *text, uint64_t *bytes)
{
	if (!gpusvm_parse_size(text, bytes))
		return true;
	say("\"%s\" is not a size such as 64M", text);
	return false;
}

/* Formats ascending numbers as the kernel does: 1-4,7 */
char *text_ids(const uint32_t *ids, size_t count)
{
	char *text = NULL;
	size_t length;
	FILE *stream;

	stream = check_memory(open_memstream(&text, &length));
	for (size_t i = 0; i < count; i++) {
		size_t last = i;

		while (last + 1 < count && ids[last + 1] == ids[last] + 1)
			last++;
		fprintf(stream, "%s%u", i ? "," : "", ids[i]);
		if (last > i)
			fprintf(stream, "-%u", ids[last]);
		i = last;
	}
	if (fclose(stream))
		check_memory(NULL);
	return text;
}
