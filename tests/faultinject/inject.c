// SPDX-License-Identifier: GPL-2.0-or-later

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "inject.h"
#include "tap.h"

#define DEBUGFS	"/sys/kernel/debug/"
#define CACHES	"/sys/kernel/slab/"

static int fail_nth = -1, kmsg = -1;
static regex_t splats, no_splat;

static int setup_attributes(bool stacks)
{
	static const char * const values[][2] = {
		{ DEBUGFS "failslab/ignore-gfp-wait", "N" },
		{ DEBUGFS "failslab/cache-filter", "Y" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ DEBUGFS "fail_page_alloc/min-order", "0" },
	};
	const char *verbose = stacks ? "2" : "0";
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < sizeof(values) / sizeof(values[0]); i++)
		err = file_write(values[i][0], values[i][1]);
	if (!err)
		err = file_write(DEBUGFS "failslab/verbose", verbose);
	if (!err)
		err = file_write(DEBUGFS "fail_page_alloc/verbose", verbose);

	return err;
}

/*
 * With each object that an operation allocates, kmemleak and debug objects allocate their own,
 * and use a reserve if that fails. The operation does not notice.
 */
static bool cache_fails(const char *name)
{
	static const char * const exceptions[] = {
		"debug_objects_cache", "kmemleak_object", "kmemleak_scan_area",
	};
	unsigned int i;

	for (i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (!strcmp(name, exceptions[i]))
			return false;

	return true;
}

/* Links are further names of the caches. */
static void setup_caches(void)
{
	DIR *dir = opendir(CACHES);
	const struct dirent *cache;
	char path[PATH_MAX];
	int err;

	must(dir, CACHES " can't be opened: %s", strerror(errno));
	while ((cache = readdir(dir))) {
		if (cache->d_type != DT_DIR || cache->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CACHES "%s/failslab", cache->d_name);
		err = file_write(path, cache_fails(cache->d_name) ? "1" : "0");
		must(!err, "%s can't be written: %s", path, strerror(-err));
	}
	closedir(dir);
}

static void setup_pattern(regex_t *regex, const char *variable)
{
	const char *pattern = getenv(variable);

	must(pattern && !regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB),
	     "%s has no regular expression", variable);
}

static int setup_kmsg(void)
{
	setup_pattern(&splats, "SPLATS");
	setup_pattern(&no_splat, "NO_SPLAT");
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0)
		return -errno;
	lseek(kmsg, 0, SEEK_END);

	return 0;
}

int inject_setup(bool stacks)
{
	int err;

	fail_nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		return -errno;
	err = setup_attributes(stacks);
	if (err)
		return err;
	setup_caches();

	return setup_kmsg();
}

void inject_arm(unsigned int n)
{
	char value[16];
	int len = snprintf(value, sizeof(value), "%u", n);

	must(pwrite(fail_nth, value, len, 0) == len, "fail-nth can't be written");
}

bool inject_disarm(void)
{
	char value[16] = "";

	must(pread(fail_nth, value, sizeof(value) - 1, 0) > 0, "fail-nth can't be read");
	inject_arm(0);

	return !atoi(value);
}

/* A record of /dev/kmsg: numbers, ";", the message, and lines with a dictionary. */
static bool record_is_splat(char *record)
{
	char *message = strchr(record, ';');

	if (!message)
		return false;
	strtok(message, "\n");
	if (regexec(&splats, message, 0, NULL, 0) || !regexec(&no_splat, message, 0, NULL, 0))
		return false;

	diag("the kernel: %s", message + 1);
	return true;
}

bool kernel_complained(void)
{
	char record[8192];
	bool found = false;
	ssize_t len;

	for (;;) {
		len = read(kmsg, record, sizeof(record) - 1);
		/* Records that were overwritten are passed over. */
		if (len < 0 && errno == EPIPE)
			continue;
		if (len <= 0)
			return found;
		record[len] = 0;
		found = record_is_splat(record) || found;
	}
}
