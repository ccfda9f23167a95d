// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/*
 * The monitor speaks QMP: JSON, an object a line. All commands are those for people, which
 * answer with a text.
 */

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu.h"

#define PORTS		"/sys/class/virtio-ports"
#define DEVICES		"/sys/bus/pci/devices"
#define TRIES		600

/* How answers begin, as opposed to the greeting and events. */
#define ANSWER		"{\"return\": "
#define ERROR		"{\"error\": "

static char line[65536];

/* The port may be opened by one process at a time. */
static int open_monitor(void)
{
	char path[PATH_MAX], name[32];
	struct dirent *entry;
	DIR *dir = opendir(PORTS);
	int fd = -1;
	FILE *file;

	while (dir && fd < 0 && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), PORTS "/%s/name", entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fgets(name, sizeof(name), file) && !strcmp(name, "monitor\n")) {
			snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
			fd = open(path, O_RDWR | O_CLOEXEC);
		}
		fclose(file);
	}
	if (dir)
		closedir(dir);

	return fd;
}

bool qemu_has_monitor(void)
{
	int fd = open_monitor();

	if (fd >= 0)
		close(fd);

	return fd >= 0;
}

static bool read_line(int fd)
{
	size_t length = 0;

	while (length < sizeof(line) - 1 && read(fd, line + length, 1) == 1)
		if (line[length++] == '\n')
			break;
	line[length] = 0;

	return length && line[length - 1] == '\n';
}

static bool starts_with(const char *text)
{
	return !strncmp(line, text, strlen(text));
}

/* Leaves the answer in @line. */
static bool ask(int fd, const char *request)
{
	if (write(fd, request, strlen(request)) != (ssize_t)strlen(request))
		return false;
	do {
		if (!read_line(fd))
			return false;
	} while (!starts_with(ANSWER) && !starts_with(ERROR));

	return true;
}

/* Run a command of the monitor. Returns NULL or an error message. */
static const char *run(const char *format, ...)
{
	char command[256], request[512];
	int fd = open_monitor();
	bool answered;
	va_list args;

	if (fd < 0)
		return "QEMU's monitor can't be opened";
	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	snprintf(request, sizeof(request),
		 "{\"execute\": \"human-monitor-command\", \"arguments\": {\"command-line\": \"%s\"}}\n",
		 command);
	/* The first request is needed once. It fails thereafter. */
	answered = ask(fd, "{\"execute\": \"qmp_capabilities\"}\n") && ask(fd, request);
	close(fd);
	if (!answered)
		return "QEMU's monitor does not answer";

	return starts_with(ANSWER) && !starts_with(ANSWER "\"Error") ? NULL : line;
}

/* The id of a device, from the answer to "info pci". */
static bool find_id(const char *device, char *id, size_t size)
{
	unsigned int domain, bus, slot, function;
	const char *at, *end;
	char heading[64];

	if (sscanf(device, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4)
		return false;
	snprintf(heading, sizeof(heading), "Bus %2u, device %3u, function %u:", bus, slot,
		 function);
	at = strstr(line, heading);
	at = at ? strstr(at, "id \\\"") : NULL;
	if (!at)
		return false;
	at += strlen("id \\\"");
	end = strchr(at, '\\');
	if (!end || end == at || (size_t)(end - at) >= size)
		return false;
	memcpy(id, at, end - at);
	id[end - at] = 0;

	return true;
}

bool qemu_find(const char *device, struct qemu_card *card)
{
	char path[PATH_MAX], *port;
	bool found;

	snprintf(path, sizeof(path), DEVICES "/%s/..", device);
	port = realpath(path, NULL);
	if (!port)
		return false;
	found = !run("info pci") &&
		find_id(device, card->id, sizeof(card->id)) &&
		find_id(strrchr(port, '/') + 1, card->port, sizeof(card->port));
	free(port);

	return found;
}

const char *qemu_remove(const struct qemu_card *card)
{
	return run("device_del %s", card->id);
}

/* The memory of a card can't be used again: an assertion of QEMU 11.1 fails. */
static const char *insert(const struct qemu_card *card, uint64_t size)
{
	const char *error;

	run("object_del %s-memory", card->id);
	error = run("object_add memory-backend-ram,id=%s-memory,size=%lluB,share=on", card->id,
		    (unsigned long long)size);
	if (error)
		return error;

	return run("device_add ivshmem-plain,id=%s,bus=%s,memdev=%s-memory", card->id,
		   card->port, card->id);
}

const char *qemu_insert(const struct qemu_card *card, uint64_t size)
{
	const char *error;
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		error = insert(card, size);
		if (!error)
			break;
		usleep(100000);
	}

	return error;
}
