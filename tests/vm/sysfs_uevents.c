// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sysfs_uevents SECONDS
 *
 * Prints a line for each uevent of the classes drm_pagemap*, as
 *
 *   add drm_pagemap_initiator platform-vgpusvm.0 even
 *
 * with whether the generation is even or odd at that moment. Behind it comes
 * what is wrong: "no FILE" for what should be there, "there" for what should be
 * gone, "GENERATION" for a generation that is not told, or cannot be read yet.
 * Prints "ready" once it listens, and ends at an "online" event, which can be
 * made by writing to a file uevent, when the topology itself has gone, or when
 * nothing has come for that long.
 *
 * It runs before all else, so that it looks at the very moment of an event.
 */

#include <dirent.h>
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct event {
	const char *action;
	const char *path;
	const char *subsystem;
	const char *generation;
};

static const char * const pagemap_files[] = {
	"id", "uid", "region_instance", "size", "free", "numa_node", "state",
	"device", "initiator", "render", "group", "initiators/*", NULL
};

static const char * const link_files[] = {
	"device", "initiator", "pagemap", "type", "access", "reason", "usable", NULL
};

static const char * const initiator_files[] = {
	"device", "render", "group", "targets/*", NULL
};

static const char * const group_files[] = {
	"origin", "pagemap_list", "users", "pending", "pagemaps", "initiators", NULL
};

static const char * const topology_files[] = { "generation", NULL };

static const char *name_of(const struct event *event)
{
	return strrchr(event->path, '/') + 1;
}

static const char * const *files_of(const struct event *event)
{
	if (!strcmp(event->subsystem, "drm_pagemap_initiator"))
		return initiator_files;
	if (!strcmp(event->subsystem, "drm_pagemap_link"))
		return link_files;
	if (!strcmp(event->subsystem, "drm_pagemap_group"))
		return group_files;
	if (!strcmp(name_of(event), "topology"))
		return topology_files;
	return pagemap_files;
}

static unsigned long long generation_now(void)
{
	unsigned long long value = 0;
	FILE *file = fopen("/sys/class/drm_pagemap/topology/generation", "re");

	if (file) {
		if (fscanf(file, "%llu", &value) != 1)
			value = 0;
		fclose(file);
	}
	return value;
}

static bool has_entries(const char *path)
{
	DIR *dir = opendir(path);
	int count = 0;

	if (!dir)
		return false;
	while (readdir(dir))
		count++;
	closedir(dir);
	return count > 2;
}

static void check_file(const struct event *event, const char *file)
{
	char path[4096];
	int length;

	length = snprintf(path, sizeof(path), "/sys%s/%s", event->path, file);
	if (path[length - 1] == '*') {
		path[length - 2] = '\0';
		if (!has_entries(path))
			printf(" no %s", file);
	} else if (access(path, F_OK)) {
		printf(" no %s", file);
	}
}

static void check_there(const struct event *event)
{
	const char * const *file;

	for (file = files_of(event); *file; file++)
		check_file(event, *file);
}

static void check_gone(const struct event *event)
{
	char path[4096];

	snprintf(path, sizeof(path), "/sys/class/%s/%s", event->subsystem, name_of(event));
	if (!access(path, F_OK))
		printf(" there");
}

static void check_generation(const struct event *event, unsigned long long now)
{
	bool tells = !strcmp(event->action, "change") && !strcmp(name_of(event), "topology");

	if (tells != !!event->generation)
		printf(" GENERATION");
	else if (tells && strtoull(event->generation, NULL, 10) > now)
		printf(" GENERATION=%s at %llu", event->generation, now);
}

static void report(const struct event *event)
{
	unsigned long long now = generation_now();

	printf("%s %s %s %s", event->action, event->subsystem, name_of(event),
	       now % 2 ? "odd" : "even");
	if (!strcmp(event->action, "remove"))
		check_gone(event);
	else
		check_there(event);
	check_generation(event, now);
	printf("\n");
	fflush(stdout);
}

static void take(const char *line, const char *key, const char **value)
{
	size_t length = strlen(key);

	if (!strncmp(line, key, length))
		*value = line + length;
}

/* Returns whether to go on */
static bool parse(const char *buffer, ssize_t length)
{
	struct event event = { 0 };
	const char *line;

	for (line = buffer; line < buffer + length; line += strlen(line) + 1) {
		take(line, "ACTION=", &event.action);
		take(line, "DEVPATH=", &event.path);
		take(line, "SUBSYSTEM=", &event.subsystem);
		take(line, "GENERATION=", &event.generation);
	}

	if (!event.action || !event.path || !event.subsystem ||
	    strncmp(event.subsystem, "drm_pagemap", strlen("drm_pagemap")))
		return true;
	if (!strcmp(event.action, "online"))
		return false;
	report(&event);
	return strcmp(event.action, "remove") || strcmp(name_of(&event), "topology");
}

static int listen_to_kernel(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int size = 1 << 20;
	int fd;

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		perror("netlink");
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	struct sched_param first = { .sched_priority = 1 };
	struct pollfd kernel = { .events = POLLIN };
	static char buffer[65536];

	if (argc != 2)
		return 2;
	kernel.fd = listen_to_kernel();
	if (sched_setscheduler(0, SCHED_FIFO, &first)) {
		perror("sched_setscheduler");
		return 1;
	}
	puts("ready");
	fflush(stdout);

	while (poll(&kernel, 1, atoi(argv[1]) * 1000) > 0) {
		ssize_t length = recv(kernel.fd, buffer, sizeof(buffer) - 1, 0);

		if (length < 0) {
			perror("netlink");
			return 1;
		}
		buffer[length] = '\0';
		if (!parse(buffer, length))
			break;
	}
	return 0;
}
