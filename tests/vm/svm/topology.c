// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "topology.h"

uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

#define UID_SIZE	32

static const char *uid_of(unsigned int number, char uid[UID_SIZE])
{
	snprintf(uid, UID_SIZE, "platform-vgpusvm.%u", number);
	return uid;
}

int uid_render_path(const char *uid, char *path, size_t size)
{
	char link[128], target[256];
	const char *name;
	ssize_t len;

	snprintf(link, sizeof(link), "/sys/class/drm_pagemap_initiator/%s/render", uid);
	len = readlink(link, target, sizeof(target) - 1);
	if (len < 0)
		return -errno;

	target[len] = 0;
	name = strrchr(target, '/');
	snprintf(path, size, "/dev/dri/%s", name ? name + 1 : target);

	return 0;
}

int render_path(unsigned int number, char *path, size_t size)
{
	char uid[UID_SIZE];

	return uid_render_path(uid_of(number, uid), path, size);
}

/* A uid is the bus and the name of the device. */
static int driver_write(const char *file, const char *uid)
{
	const char *name = strchr(uid, '-') + 1;
	char path[64];
	int fd, err = 0;

	snprintf(path, sizeof(path), "/sys/bus/%.*s/drivers/vgpusvm/%s",
		 (int)(name - 1 - uid), uid, file);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;

	if (write(fd, name, strlen(name)) < 0)
		err = -errno;
	close(fd);

	return err;
}

int uid_unbind(const char *uid)
{
	return driver_write("unbind", uid);
}

/* The node in /dev comes with the device, by devtmpfs. */
int uid_bind(const char *uid)
{
	return driver_write("bind", uid);
}

int gpu_unbind(unsigned int number)
{
	char uid[UID_SIZE];

	return uid_unbind(uid_of(number, uid));
}

int gpu_bind(unsigned int number)
{
	char uid[UID_SIZE];

	return uid_bind(uid_of(number, uid));
}
