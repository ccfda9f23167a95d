// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuse.h"

#define MAX_WRITE	(128u << 10)
#define REQUEST_SIZE	(MAX_WRITE + 4096)
#define VALID_SECONDS	3600
/* Node IDs of files follow that of the root. */
#define FIRST_FILE	(FUSE_ROOT_ID + 1)

struct file {
	char name[64];			/* empty if there is no such file */
	uint64_t size;
	unsigned char *content;
};

static struct file files[FUSE_FILES];

struct request {
	int fd;
	const struct fuse_in_header *head;
	const void *arg;
};

int fuse_mount(const char *dir)
{
	char options[128];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (!mount("tests", dir, "fuse", MS_NOSUID | MS_NODEV, options))
		return fd;

	err = -errno;
	close(fd);
	return err;
}

int fuse_unmount(const char *dir)
{
	return umount2(dir, MNT_DETACH) ? -errno : 0;
}

static void reply(const struct request *request, int err, const void *data, size_t size)
{
	struct fuse_out_header head = {
		.len = sizeof(head) + (err ? 0 : size),
		.error = err,
		.unique = request->head->unique,
	};
	struct iovec parts[2] = {
		{ &head, sizeof(head) },
		{ (void *)data, size },
	};

	/* Fails if the request was interrupted; nobody waits for it then. */
	if (writev(request->fd, parts, err || !size ? 1 : 2) < 0 && errno != ENOENT)
		perror("fuse: reply");
}

static struct file *file_of(const struct request *request)
{
	uint64_t i = request->head->nodeid - FIRST_FILE;

	return i < FUSE_FILES ? &files[i] : NULL;
}

static struct file *file_find(const char *name)
{
	struct file *file;

	for (file = files; file < files + FUSE_FILES; file++)
		if (!strcmp(file->name, name))
			return file;
	return NULL;
}

static struct file *file_make(const char *name)
{
	struct file *file = file_find("");

	if (!file || !*name || strlen(name) >= sizeof(file->name))
		return NULL;
	if (!file->content)
		file->content = mmap(NULL, FUSE_FILE_SIZE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (file->content == MAP_FAILED)
		return NULL;
	memcpy(file->name, name, strlen(name) + 1);
	return file;
}

static struct fuse_attr attributes(const struct file *file)
{
	if (!file)
		return (struct fuse_attr) {
			.ino = FUSE_ROOT_ID, .mode = S_IFDIR | 0755, .nlink = 2,
		};
	return (struct fuse_attr) {
		.ino = FIRST_FILE + (file - files),
		.size = file->size,
		.blocks = (file->size + 511) / 512,
		.mode = S_IFREG | 0600,
		.nlink = 1,
		.blksize = 4096,
	};
}

static struct fuse_entry_out entry_of(const struct file *file)
{
	return (struct fuse_entry_out) {
		.nodeid = FIRST_FILE + (file - files),
		.entry_valid = VALID_SECONDS,
		.attr_valid = VALID_SECONDS,
		.attr = attributes(file),
	};
}

static void reply_attributes(const struct request *request, const struct file *file)
{
	struct fuse_attr_out out = {
		.attr_valid = VALID_SECONDS,
		.attr = attributes(file),
	};

	reply(request, 0, &out, sizeof(out));
}

static void do_init(const struct request *request)
{
	const struct fuse_init_in *in = request->arg;
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = in->max_readahead,
		.flags = in->flags & FUSE_BIG_WRITES,
		.max_write = MAX_WRITE,
	};

	reply(request, 0, &out, sizeof(out));
}

static void do_lookup(const struct request *request)
{
	struct file *file = file_find(request->arg);
	struct fuse_entry_out out;

	if (!file || !file->name[0]) {
		reply(request, -ENOENT, NULL, 0);
		return;
	}
	out = entry_of(file);
	reply(request, 0, &out, sizeof(out));
}

static void do_create(const struct request *request)
{
	const char *name = (const char *)request->arg + sizeof(struct fuse_create_in);
	struct file *file = file_find(name);
	struct {
		struct fuse_entry_out entry;
		struct fuse_open_out open;
	} out = {};

	if (!file)
		file = file_make(name);
	if (!file) {
		reply(request, -ENOSPC, NULL, 0);
		return;
	}
	out.entry = entry_of(file);
	reply(request, 0, &out, sizeof(out));
}

static void do_open(const struct request *request)
{
	struct fuse_open_out out = { .open_flags = FOPEN_KEEP_CACHE };

	reply(request, 0, &out, sizeof(out));
}

static void do_setattr(const struct request *request, struct file *file)
{
	const struct fuse_setattr_in *in = request->arg;

	if (file && in->valid & FATTR_SIZE) {
		if (in->size > FUSE_FILE_SIZE) {
			reply(request, -EFBIG, NULL, 0);
			return;
		}
		if (in->size < file->size)
			memset(file->content + in->size, 0, file->size - in->size);
		file->size = in->size;
	}
	reply_attributes(request, file);
}

static void do_read(const struct request *request, struct file *file)
{
	const struct fuse_read_in *in = request->arg;
	uint64_t left;

	if (!file) {
		reply(request, -EISDIR, NULL, 0);
		return;
	}
	left = in->offset < file->size ? file->size - in->offset : 0;
	reply(request, 0, file->content + in->offset, in->size < left ? in->size : left);
}

static void do_write(const struct request *request, struct file *file)
{
	const struct fuse_write_in *in = request->arg;
	struct fuse_write_out out = { .size = in->size };

	if (!file || in->offset > FUSE_FILE_SIZE || in->size > FUSE_FILE_SIZE - in->offset) {
		reply(request, -EFBIG, NULL, 0);
		return;
	}
	memcpy(file->content + in->offset, in + 1, in->size);
	if (file->size < in->offset + in->size)
		file->size = in->offset + in->size;
	reply(request, 0, &out, sizeof(out));
}

static void do_statfs(const struct request *request)
{
	struct fuse_statfs_out out = { .st = { .bsize = 4096, .namelen = 63 } };

	reply(request, 0, &out, sizeof(out));
}

static void serve(const struct request *request)
{
	struct file *file = file_of(request);

	switch (request->head->opcode) {
	case FUSE_INIT:
		do_init(request);
		break;
	case FUSE_LOOKUP:
		do_lookup(request);
		break;
	case FUSE_CREATE:
		do_create(request);
		break;
	case FUSE_OPEN:
		do_open(request);
		break;
	case FUSE_GETATTR:
		reply_attributes(request, file);
		break;
	case FUSE_SETATTR:
		do_setattr(request, file);
		break;
	case FUSE_READ:
		do_read(request, file);
		break;
	case FUSE_WRITE:
		do_write(request, file);
		break;
	case FUSE_STATFS:
		do_statfs(request);
		break;
	case FUSE_RELEASE:
	case FUSE_FLUSH:
	case FUSE_FSYNC:
	case FUSE_DESTROY:
		reply(request, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		/* Nobody waits for a reply. */
		break;
	default:
		reply(request, -ENOSYS, NULL, 0);
		break;
	}
}

void fuse_serve(int fd, fuse_hook hook, void *arg)
{
	unsigned char *buffer = malloc(REQUEST_SIZE);
	struct request request = {
		.fd = fd,
		.head = (void *)buffer,
		.arg = buffer + sizeof(struct fuse_in_header),
	};
	ssize_t length;

	while (buffer) {
		length = read(fd, buffer, REQUEST_SIZE);
		/* ENOENT: the request was interrupted before it was read. */
		if (length < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT))
			continue;
		if (length < (ssize_t)sizeof(struct fuse_in_header))
			break;
		if (hook)
			hook(request.head->opcode, arg);
		serve(&request);
	}
	free(buffer);
}
