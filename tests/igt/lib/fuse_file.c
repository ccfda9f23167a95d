// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuse.h"
#include "fuse_file.h"

/* The alignment of a buffer that O_DIRECT requires. */
#define ALIGNMENT	4096

struct fuse_file {
	char dir[32];
	pid_t server;
	/* Pipes: the server reports a task that waits, and waits for the end of the other one. */
	int hits, releases;
	int fd;
};

/* State of the server. The test writes the file once, before any task waits. */
struct hold {
	int hits, releases;
	uint32_t opcode;
	bool written, released;
};

static void hold_back(uint32_t opcode, void *arg)
{
	struct hold *hold = arg;
	char end;

	hold->written |= opcode == FUSE_WRITE;
	if (opcode != hold->opcode || !hold->written || hold->released)
		return;
	if (write(hold->hits, "", 1) != 1 || read(hold->releases, &end, 1))
		_exit(1);
	hold->released = true;
}

/* The server has the other ends of the pipes, and the device, for itself. */
static bool start_server(struct fuse_file *file, int device, enum fuse_held held)
{
	int hits[2], releases[2];

	if (pipe2(hits, O_CLOEXEC) || pipe2(releases, O_CLOEXEC))
		return false;

	file->server = fork();
	if (!file->server) {
		struct hold hold = {
			.hits = hits[1], .releases = releases[0],
			.opcode = held == FUSE_HELD_READ ? FUSE_READ : FUSE_LOOKUP,
		};

		close(hits[0]);
		close(releases[1]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fuse_serve(device, hold_back, &hold);
		_exit(0);
	}
	close(hits[1]);
	close(releases[0]);
	file->hits = hits[0];
	file->releases = releases[1];

	return file->server > 0;
}

/* Bypass the page cache, so that each reader has to wait for the server. */
static bool fill(const char *path, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_DIRECT | O_CLOEXEC, 0600);
	char *bytes = aligned_alloc(ALIGNMENT, size);
	bool good = false;

	if (fd >= 0 && bytes) {
		memset(bytes, FUSE_FILE_BYTE, size);
		good = write(fd, bytes, size) == (ssize_t)size;
	}
	free(bytes);
	if (fd >= 0)
		close(fd);

	return good;
}

struct fuse_file *fuse_file_start(size_t size, enum fuse_held held)
{
	struct fuse_file *file = calloc(1, sizeof(*file));
	char path[64];
	int device;

	file->fd = -1;
	snprintf(file->dir, sizeof(file->dir), "/tmp/igt-fuse-XXXXXX");
	if (!mkdtemp(file->dir))
		goto err_free;
	device = fuse_mount(file->dir);
	if (device < 0)
		goto err_dir;
	if (!start_server(file, device, held))
		goto err_mount;

	close(device);
	snprintf(path, sizeof(path), "%s/file", file->dir);
	if (fill(path, size))
		file->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (file->fd >= 0)
		return file;
	fuse_file_end(file);
	return NULL;

err_mount:
	close(device);
	fuse_unmount(file->dir);
err_dir:
	rmdir(file->dir);
err_free:
	free(file);
	return NULL;
}

int fuse_file_fd(const struct fuse_file *file)
{
	return file->fd;
}

const char *fuse_file_dir(const struct fuse_file *file)
{
	return file->dir;
}

bool fuse_file_is_hit(struct fuse_file *file, int timeout)
{
	struct pollfd hits = { .fd = file->hits, .events = POLLIN };

	return poll(&hits, 1, timeout) == 1 && hits.revents & POLLIN;
}

void fuse_file_release(struct fuse_file *file)
{
	if (file->releases >= 0)
		close(file->releases);
	file->releases = -1;
}

void fuse_file_end(struct fuse_file *file)
{
	fuse_file_release(file);
	if (file->fd >= 0)
		close(file->fd);
	fuse_unmount(file->dir);
	rmdir(file->dir);
	close(file->hits);
	kill(file->server, SIGKILL);
	waitpid(file->server, NULL, 0);
	free(file);
}
