// SPDX-License-Identifier: GPL-2.0-or-later

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

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

void skip(const char *why, const char *format, ...)
{
	va_list args;

	printf("ok %u - ", ++results);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(" # SKIP %s\n", why);
	fflush(stdout);
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

bool in_child(bool (*run)(void *arg), void *arg)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(run(arg) ? 0 : 1);

	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int tap_end(void)
{
	printf("1..%u\n", results);
	fflush(stdout);

	return failures ? 1 : 0;
}
