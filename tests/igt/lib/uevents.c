// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "files.h"
#include "uevents.h"

/* Not before igt.h, which in IGT's tree refuses to come after the header's macros. */
#include <linux/netlink.h>

int listen_for_uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	int size = 1 << 20;

	igt_assert(fd >= 0);
	igt_assert(!setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)));
	igt_assert(!bind(fd, (struct sockaddr *)&address, sizeof(address)));

	return fd;
}

static bool take(const char *line, const char *key, char *value, size_t size)
{
	size_t length = strlen(key);

	if (strncmp(line, key, length))
		return false;

	snprintf(value, size, "%s", line + length);
	return true;
}

static bool parse(struct uevent *event, const char *buffer, ssize_t length)
{
	const char *line;
	char number[32];

	memset(event, 0, sizeof(*event));
	for (line = buffer; line < buffer + length; line += strlen(line) + 1) {
		take(line, "ACTION=", event->action, sizeof(event->action));
		take(line, "SUBSYSTEM=", event->subsystem, sizeof(event->subsystem));
		take(line, "DEVPATH=", event->path, sizeof(event->path));
		take(line, "UID=", event->uid, sizeof(event->uid));
		take(line, "ID=", event->id, sizeof(event->id));
		take(line, "GROUP=", event->group, sizeof(event->group));
		if (take(line, "GENERATION=", number, sizeof(number))) {
			event->tells_generation = true;
			event->generation = strtoull(number, NULL, 10);
		}
	}
	event->name = strrchr(event->path, '/') ? strrchr(event->path, '/') + 1 : event->path;

	return !strncmp(event->subsystem, "drm_pagemap", strlen("drm_pagemap"));
}

static bool receive(int fd, struct uevent *event, int timeout)
{
	struct pollfd kernel = { .fd = fd, .events = POLLIN };
	char buffer[8192];
	ssize_t length;

	while (poll(&kernel, 1, timeout) > 0) {
		length = recv(fd, buffer, sizeof(buffer) - 1, 0);
		igt_assert(length > 0);
		buffer[length] = 0;
		if (parse(event, buffer, length))
			return true;
	}

	return false;
}

bool next_uevent(int fd, struct uevent *event)
{
	return receive(fd, event, 20000);
}

bool next_uevent_at_hand(int fd, struct uevent *event)
{
	return receive(fd, event, 0);
}
