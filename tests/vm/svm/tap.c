// SPDX-License-Identifier: GPL-2.0-or-later

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tap.h"

static unsigned int results, failures;

static void say(const char *format, va_list args, const char *end)
{
	vprintf(format, args);
	printf("%s\n", end);
	fflush(stdout);
}

bool ok(bool good, const char *format, ...)
{
	va_list args;

	failures += !good;
	printf("%sok %u - ", good ? "" : "not ", ++results);
	va_start(args, format);
	say(format, args, "");
	va_end(args);

	return good;
}

void diag(const char *format, ...)
{
	va_list args;

	printf("# ");
	va_start(args, format);
	say(format, args, "");
	va_end(args);
}

void must(bool good, const char *format, ...)
{
	va_list args;

	if (good)
		return;

	printf("Bail out! ");
	va_start(args, format);
	say(format, args, "");
	va_end(args);
	exit(1);
}

int tap_end(void)
{
	printf("1..%u\n", results);
	fflush(stdout);

	return failures ? 1 : 0;
}
