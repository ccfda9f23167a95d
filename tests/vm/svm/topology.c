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

int render_path(unsigned int number, char *path, size_t size)
{
	char link[128], target[256];
	const char *name;
	ssize_t len;

	snprintf(link, sizeof(link),
		 "/sys/class/drm_pagemap_initiator/platform-vgpusvm.%u/render", number);
	len = readlink(link, target, sizeof(target) - 1);
	if (len < 0)
		return -errno;

	target[len] = 0;
	name = strrchr(target, '/');
	snprintf(path, size, "/dev/dri/%s", name ? name + 1 : target);

	return 0;
}

static int driver_write(const char *file, unsigned int number)
{
	char path[64], name[32];
	int fd, err = 0;

	snprintf(path, sizeof(path), "/sys/bus/platform/drivers/vgpusvm/%s", file);
	snprintf(name, sizeof(name), "vgpusvm.%u", number);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;

	if (write(fd, name, strlen(name)) < 0)
		err = -errno;
	close(fd);

	return err;
}

int gpu_unbind(unsigned int number)
{
	return driver_write("unbind", number);
}

/* The node in /dev comes with the device, by devtmpfs. */
int gpu_bind(unsigned int number)
{
	return driver_write("bind", number);
}
