// SPDX-License-Identifier: GPL-2.0-or-later

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "judge.h"
#include "state.h"

#define PAGEMAPS	"/sys/class/drm_pagemap"
#define INITIATORS	"/sys/class/drm_pagemap_initiator"
#define GROUPS		"/sys/class/drm_pagemap_group"

/* Time limit until nothing is in use any more, in seconds. */
#define SETTLE_TIME	30

/* The second module uses the first one. */
const char * const modules[] = { "drm_pagemap_topology", "vgpusvm" };
const unsigned int num_modules = 2;

static bool wrong(const char *what, const char *where)
{
	printf("wrong: %s: %s\n", where, what);
	fflush(stdout);

	return false;
}

static bool module_load(const char *module, const char *parameters)
{
	char command[256], path[512] = "";
	FILE *out;
	int fd;

	snprintf(command, sizeof(command), "modinfo -n %s", module);
	out = popen(command, "r");
	if (!out || !fgets(path, sizeof(path), out))
		path[0] = '\0';
	if (out)
		pclose(out);
	path[strcspn(path, "\n")] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0))
		return wrong(strerror(errno), module);
	close(fd);

	return true;
}

/* modprobe loads what the modules need. This thread loads the modules, so that KCOV counts. */
bool modules_load(const char *parameters)
{
	static bool needs_loaded;

	if (!needs_loaded && (system("modprobe vgpusvm") || !modules_unload()))
		return wrong("modprobe failed", "vgpusvm");
	needs_loaded = true;

	return module_load(modules[0], "") && module_load(modules[1], parameters);
}

static bool module_unload(const char *module)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	for (int i = 0; i < SETTLE_TIME * 10; i++) {
		if (access(path, F_OK) ||
		    !syscall(SYS_delete_module, module, O_NONBLOCK))
			return true;
		usleep(100000);
	}

	return wrong(strerror(errno), module);
}

bool modules_unload(void)
{
	if (!module_unload(modules[1]) || !module_unload(modules[0]))
		return false;
	if (!access(PAGEMAPS, F_OK))
		return wrong("exists without the modules", PAGEMAPS);

	return true;
}

static bool read_line(const char *path, char *line, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return false;
	length = read(fd, line, size - 1);
	close(fd);
	if (length < 0)
		return false;
	line[length] = '\0';
	line[strcspn(line, "\n")] = '\0';

	return true;
}

/* Calls @each with the directory and each name in it, until it returns false. */
static bool for_all(const char *path, bool (*each)(const char *path, const char *name))
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool good = true;

	if (!dir)
		return wrong(strerror(errno), path);
	while (good && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			good = each(path, entry->d_name);
	closedir(dir);

	return good;
}

static bool file_is(const char *dir, const char *name, const char *file, const char *value)
{
	char path[1024], line[4096];

	snprintf(path, sizeof(path), "%s/%s/%s", dir, name, file);

	return !read_line(path, line, sizeof(line)) || !strcmp(line, value);
}

static bool group_idle(const char *dir, const char *name)
{
	return file_is(dir, name, "users", "0") && file_is(dir, name, "pending", "0");
}

static bool pagemap_idle(const char *dir, const char *name)
{
	char path[1024], line[64];

	snprintf(path, sizeof(path), "%s/%s/state", dir, name);

	return !read_line(path, line, sizeof(line)) || strcmp(line, "active");
}

static bool generation_even(void)
{
	char line[64];

	return read_line(PAGEMAPS "/topology/generation", line, sizeof(line)) &&
	       strtoull(line, NULL, 10) % 2 == 0;
}

static bool settles(void)
{
	for (int i = 0; i < SETTLE_TIME * 10; i++) {
		if (generation_even() && for_all(GROUPS, group_idle) &&
		    for_all(PAGEMAPS, pagemap_idle))
			return true;
		usleep(100000);
	}

	return false;
}

/* The link @back of each entry in @dir/@name/@list must lead to @dir/@name. */
static bool lead_back(const char *dir, const char *name, const char *list, const char *back)
{
	char path[1024], target[4096], wanted[4096];
	struct dirent *entry;
	bool good = true;
	DIR *entries;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (!realpath(path, wanted))
		return wrong(strerror(errno), path);
	snprintf(path, sizeof(path), "%s/%s/%s", dir, name, list);
	entries = opendir(path);
	while (entries && good && (entry = readdir(entries))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s/%s/%s", dir, name, list, entry->d_name,
			 back);
		if (!realpath(path, target) || strcmp(target, wanted))
			good = wrong("does not lead back", path);
	}
	if (entries)
		closedir(entries);

	return good;
}

/* The initiator whose targets are judged. */
static const char *judged;

/* The target of @dir/@name/@link must list @name in @list. */
static bool is_listed(const char *dir, const char *name, const char *link, const char *list)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s/%s/%s/%s", dir, name, link, list, name);
	if (access(path, F_OK))
		return wrong("missing", path);

	return true;
}

static bool judge_group(const char *dir, const char *name)
{
	return lead_back(dir, name, "pagemaps", "group") &&
	       lead_back(dir, name, "initiators", "group");
}

static bool judge_pagemap(const char *dir, const char *name)
{
	if (!strcmp(name, "topology"))
		return true;

	return is_listed(dir, name, "group", "pagemaps") &&
	       lead_back(dir, name, "initiators", "pagemap");
}

/* A target is a pagemap, which lists the initiator, or the link to a pagemap. */
static bool judge_target(const char *dir, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s/initiators/%s", dir, name, judged);
	if (!access(path, F_OK))
		return true;
	snprintf(path, sizeof(path), "%s/%s/initiator/targets/%s", dir, name, name);

	return !access(path, F_OK) || wrong("does not lead back", path);
}

static bool judge_initiator(const char *dir, const char *name)
{
	char path[1024];

	judged = name;
	snprintf(path, sizeof(path), "%s/%s/targets", dir, name);

	return is_listed(dir, name, "group", "initiators") && for_all(path, judge_target);
}

bool judge_rest(void)
{
	if (!settles())
		return wrong("in use, changes are pending, or the generation is odd", GROUPS);

	return for_all(GROUPS, judge_group) && for_all(PAGEMAPS, judge_pagemap) &&
	       for_all(INITIATORS, judge_initiator);
}

void judge_leaks(void)
{
	const char *leaks = getenv("LEAKS");

	if (leaks && system(leaks))
		wrong("failed", leaks);
}

static int log_fd = -1;
static regex_t log_splats;

void judge_log_start(const char *splats)
{
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd < 0 || regcomp(&log_splats, splats, REG_EXTENDED | REG_NOSUB)) {
		fprintf(stderr, "gpusvm-fuzz: can't read the kernel log\n");
		exit(2);
	}
	lseek(log_fd, 0, SEEK_END);
}

bool judge_log(void)
{
	char line[8192];
	bool good = true;

	for (;;) {
		ssize_t length = read(log_fd, line, sizeof(line) - 1);

		/* The kernel has overwritten some lines. */
		if (length < 0 && errno == EPIPE)
			continue;
		if (length <= 0)
			return good;
		line[length] = '\0';
		if (good && !regexec(&log_splats, line, 0, NULL, 0))
			good = wrong(line, "kernel log");
	}
}
