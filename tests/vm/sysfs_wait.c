// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sysfs_wait FILE VALUE SECONDS
 *
 * Waits for a file to have a value, by poll(2) alone: a change that is not
 * notified is not seen. Prints "waiting" once it would be.
 */

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int has(int fd, const char *value)
{
	char text[256];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);

	if (len <= 0)
		return 0;

	text[len] = 0;
	text[strcspn(text, "\n")] = 0;
	return !strcmp(text, value);
}

int main(int argc, char **argv)
{
	struct pollfd file = { .events = POLLPRI };
	int seconds;

	if (argc != 4)
		return 2;

	seconds = atoi(argv[3]);
	file.fd = open(argv[1], O_RDONLY);
	if (file.fd < 0) {
		perror(argv[1]);
		return 1;
	}

	/* To read is what arms it. */
	if (has(file.fd, argv[2])) {
		fprintf(stderr, "sysfs_wait: %s is %s already\n", argv[1], argv[2]);
		return 1;
	}
	puts("waiting");
	fflush(stdout);

	while (poll(&file, 1, seconds * 1000) > 0) {
		if (!(file.revents & POLLPRI))
			break;
		if (has(file.fd, argv[2]))
			return 0;
	}
	fprintf(stderr, "sysfs_wait: nothing says that %s is %s\n", argv[1], argv[2]);

	return 1;
}
