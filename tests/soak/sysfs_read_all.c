// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sysfs_read_all MICROSECONDS FLAG DIRECTORY...
 *
 * Reads every file and every link below the directories, and what links in them
 * lead to as far as they are in one of the four classes, over and over as long
 * as the file FLAG exists. Whatever goes meanwhile may be missing: all errors
 * except ENOENT, ENODEV and ENODATA fail. Besides, it keeps some files open and
 * reads them again later. It waits after each file, to leave the processors to
 * others. Prints how many files were read and how many were gone.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT	64

static unsigned long done, gone;
static unsigned int wait_us;
static const char *flag;
static bool failed;
static struct {
	int fd;
	char path[4096];
} kept[KEPT];

static void judge(const char *path, const char *what)
{
	if (errno == ENOENT || errno == ENODEV || errno == ENODATA) {
		gone++;
		return;
	}
	printf("%s: %s: %s\n", path, what, strerror(errno));
	failed = true;
}

static void read_fd(int fd, const char *path)
{
	char buffer[65536];
	ssize_t length;

	length = pread(fd, buffer, sizeof(buffer), 0);
	if (length < 0) {
		judge(path, "read");
		return;
	}
	if (!length || buffer[length - 1] != '\n') {
		printf("%s: not a line\n", path);
		failed = true;
	}
	done++;
}

/* Every now and then a file stays open, and the one that was open is read */
static void keep(int fd, const char *path)
{
	unsigned int i = random() % (KEPT * 16);

	if (i >= KEPT) {
		close(fd);
		return;
	}
	if (kept[i].fd) {
		read_fd(kept[i].fd, kept[i].path);
		close(kept[i].fd);
	}
	kept[i].fd = fd;
	snprintf(kept[i].path, sizeof(kept[i].path), "%s", path);
}

static void read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		judge(path, "open");
		return;
	}
	read_fd(fd, path);
	keep(fd, path);
	usleep(wait_us);
}

static void read_link(const char *path)
{
	char target[4096];

	if (readlink(path, target, sizeof(target)) < 0)
		judge(path, "readlink");
	else
		done++;
}

static bool ended(void)
{
	return access(flag, F_OK);
}

static void walk(const char *path, int depth);

static void visit(const char *path, int depth)
{
	struct stat st;

	if (lstat(path, &st)) {
		judge(path, "stat");
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		walk(path, depth + 1);
	} else if (S_ISREG(st.st_mode) && st.st_mode & 0444 &&
		   strcmp(strrchr(path, '/'), "/uevent")) {
		read_file(path);
	} else if (S_ISLNK(st.st_mode)) {
		read_link(path);
		/* What is in a class is a link itself */
		if (!depth)
			walk(path, depth + 1);
	}
}

static void walk(const char *path, int depth)
{
	char child[4096];
	struct dirent *entry;
	DIR *dir = opendir(path);

	if (!dir) {
		judge(path, "opendir");
		return;
	}
	for (errno = 0; !ended() && (entry = readdir(dir)); errno = 0) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(child, sizeof(child), "%s/%s", path, entry->d_name);
		visit(child, depth);
	}
	if (errno && !ended())
		judge(path, "readdir");
	closedir(dir);
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;

	wait_us = atoi(argv[1]);
	flag = argv[2];
	while (!ended())
		for (int i = 3; i < argc; i++)
			walk(argv[i], 0);

	for (int i = 0; i < KEPT; i++)
		if (kept[i].fd)
			read_fd(kept[i].fd, kept[i].path);

	printf("%lu read, %lu gone\n", done, gone);
	return failed;
}
