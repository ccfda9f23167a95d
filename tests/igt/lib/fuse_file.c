// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuse_file.h"

#define NAME	"file"
#define FILE_ID	2
/* Of a request, and of what is read at once. */
#define BUFFER	(256 * 1024)

struct fuse_file {
	char dir[32];
	pid_t server;
	/* The server says on the one that it is read, and waits for the other's end. */
	int reads, releases;
	int fd;
};

/* What the server knows. */
struct server {
	int device, reads, releases;
	size_t size;
	bool released;
};

static void reply(struct server *server, const struct fuse_in_header *request, int err,
		  const void *data, size_t size)
{
	struct fuse_out_header header = {
		.len = sizeof(header) + (err ? 0 : size),
		.error = err,
		.unique = request->unique,
	};
	struct iovec parts[] = {
		{ &header, sizeof(header) },
		{ (void *)data, err ? 0 : size },
	};

	/* Who has asked may be gone. */
	if (writev(server->device, parts, 2) < 0 && errno != ENOENT)
		_exit(1);
}

static struct fuse_attr attr_of(const struct server *server, uint64_t id)
{
	return (struct fuse_attr) {
		.ino = id,
		.mode = id == FILE_ID ? S_IFREG | 0644 : S_IFDIR | 0755,
		.nlink = 1,
		.size = id == FILE_ID ? server->size : 0,
		.blksize = 4096,
	};
}

static void serve_init(struct server *server, const struct fuse_in_header *request,
		       const struct fuse_init_in *in)
{
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = in->minor < FUSE_KERNEL_MINOR_VERSION ? in->minor :
								 FUSE_KERNEL_MINOR_VERSION,
		.max_write = 4096,
	};

	reply(server, request, 0, &out, sizeof(out));
}

static void serve_lookup(struct server *server, const struct fuse_in_header *request,
			 const char *name)
{
	struct fuse_entry_out out = {
		.nodeid = FILE_ID,
		.entry_valid = 1,
		.attr_valid = 1,
		.attr = attr_of(server, FILE_ID),
	};

	reply(server, request, strcmp(name, NAME) ? -ENOENT : 0, &out, sizeof(out));
}

static void serve_getattr(struct server *server, const struct fuse_in_header *request)
{
	struct fuse_attr_out out = {
		.attr_valid = 1,
		.attr = attr_of(server, request->nodeid),
	};

	reply(server, request, 0, &out, sizeof(out));
}

static void serve_read(struct server *server, const struct fuse_in_header *request,
		       const struct fuse_read_in *in)
{
	static char data[BUFFER];
	char end;

	if (!server->released) {
		if (write(server->reads, "", 1) != 1 || read(server->releases, &end, 1))
			_exit(1);
		server->released = true;
	}
	memset(data, FUSE_FILE_BYTE, sizeof(data));
	reply(server, request, 0, data, in->size < sizeof(data) ? in->size : sizeof(data));
}

static void serve_request(struct server *server, const struct fuse_in_header *request)
{
	static const struct fuse_open_out opened = { .fh = 1 };
	const void *args = request + 1;

	switch (request->opcode) {
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		/* Nobody waits for an answer. */
		break;
	case FUSE_INIT:
		serve_init(server, request, args);
		break;
	case FUSE_LOOKUP:
		serve_lookup(server, request, args);
		break;
	case FUSE_GETATTR:
		serve_getattr(server, request);
		break;
	case FUSE_OPEN:
		reply(server, request, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		serve_read(server, request, args);
		break;
	case FUSE_RELEASE:
		reply(server, request, 0, NULL, 0);
		break;
	default:
		reply(server, request, -ENOSYS, NULL, 0);
	}
}

/* Until the file system is gone, or the test. */
static void serve(struct server *server)
{
	static char request[BUFFER];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		ssize_t size = read(server->device, request, sizeof(request));

		if (size >= (ssize_t)sizeof(struct fuse_in_header))
			serve_request(server, (void *)request);
		else if (size >= 0 || (errno != EINTR && errno != ENOENT))
			_exit(0);
	}
}

static int mount_fuse(const char *dir)
{
	int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[80];

	if (device < 0)
		return -1;

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
	if (mount("igt", dir, "fuse", MS_NOSUID | MS_NODEV, options)) {
		close(device);
		return -1;
	}

	return device;
}

/* The server has the other ends of the pipes, and the device, for itself. */
static bool start_server(struct fuse_file *file, int device, size_t size)
{
	int reads[2], releases[2];

	if (pipe2(reads, O_CLOEXEC) || pipe2(releases, O_CLOEXEC))
		return false;

	file->server = fork();
	if (!file->server) {
		struct server server = {
			.device = device, .reads = reads[1], .releases = releases[0],
			.size = size,
		};

		close(reads[0]);
		close(releases[1]);
		serve(&server);
	}
	close(reads[1]);
	close(releases[0]);
	file->reads = reads[0];
	file->releases = releases[1];

	return file->server > 0;
}

struct fuse_file *fuse_file_start(size_t size)
{
	struct fuse_file *file = calloc(1, sizeof(*file));
	char path[64];
	int device;

	snprintf(file->dir, sizeof(file->dir), "/tmp/igt-fuse-XXXXXX");
	if (!mkdtemp(file->dir))
		goto err_free;
	device = mount_fuse(file->dir);
	if (device < 0)
		goto err_dir;
	if (!start_server(file, device, size))
		goto err_mount;

	close(device);
	snprintf(path, sizeof(path), "%s/" NAME, file->dir);
	file->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (file->fd >= 0)
		return file;
	fuse_file_end(file);
	return NULL;

err_mount:
	close(device);
	umount2(file->dir, MNT_DETACH);
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

bool fuse_file_is_read(struct fuse_file *file, int timeout)
{
	struct pollfd reads = { .fd = file->reads, .events = POLLIN };

	return poll(&reads, 1, timeout) == 1 && reads.revents & POLLIN;
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
	umount2(file->dir, MNT_DETACH);
	rmdir(file->dir);
	close(file->reads);
	kill(file->server, SIGKILL);
	waitpid(file->server, NULL, 0);
	free(file);
}
