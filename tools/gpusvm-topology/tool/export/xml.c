// SPDX-License-Identifier: GPL-2.0-or-later
#include "export.h"

void xml_print(const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", stdout);
			break;
		case '<':
			fputs("&lt;", stdout);
			break;
		case '>':
			fputs("&gt;", stdout);
			break;
		case '"':
			fputs("&quot;", stdout);
			break;
		default:
			putchar(*text);
		}
	}
}

/* Prints no attribute if the value is NULL */
void xml_attribute(const char *name, const char *value)
{
	if (!value)
		return;
	printf(" %s=\"", name);
	xml_print(value);
	putchar('"');
}

void xml_attribute_number(const char *name, uint64_t value)
{
	printf(" %s=\"%llu\"", name, (unsigned long long)value);
}
