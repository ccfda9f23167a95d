// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

/* Initial length. A list of IDs can be longer than the page of other values */
#define USUAL_LENGTH 4096
#define LENGTH_MAX (1024 * 1024)

static int open_directory(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/*
 * Opens a directory as if @root were "/", so that a link in a snapshot cannot lead out of
 * it. For a path with "..", such as links in sysfs have, openat2() fails with EAGAIN while
 * another process renames any file.
 */
static int open_in_root(int root, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};
	int fd, tries = 100;

	do {
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	} while (fd < 0 && errno == EAGAIN && --tries);

	/* A sandbox may lack the system call */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_directory(root, path + 1);
	return fd < 0 ? -errno : fd;
}

/* sysfs of this machine has no pipes, devices or links that lead out, which a snapshot may have */
static bool is_live(const struct gpusvm_ctx *ctx)
{
	return !ctx->files && !*ctx->sysroot;
}

/* Opens @name in @parent, which may be NULL. Takes over @path, the path of both */
static int dir_open_path(struct dir *dir, struct gpusvm_topology *topology,
			 const struct dir *parent, const char *name, char *path)
{
	const struct gpusvm_ctx *ctx = topology->ctx;
	int err;

	if (!path)
		return -ENOMEM;

	dir->topology = topology;
	dir->path = path;
	dir->fd = -1;
	if (ctx->files) {
		err = files_open(ctx, path);
	} else {
		/* From the parent, the path has one component */
		if (parent && is_live(ctx))
			err = open_directory(parent->fd, name);
		else
			err = open_in_root(ctx->root, path);
		dir->fd = err;
	}
	if (err < 0)
		free(path);
	return err < 0 ? err : 0;
}

int dir_open(struct dir *dir, struct gpusvm_topology *topology, const char *path)
{
	return dir_open_path(dir, topology, NULL, NULL, strdup(path));
}

int dir_open_child(struct dir *child, const struct dir *parent, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", parent->path, name) < 0)
		return -ENOMEM;
	return dir_open_path(child, parent->topology, parent, name, path);
}

void dir_close(struct dir *dir)
{
	if (dir->fd >= 0)
		close(dir->fd);
	free(dir->path);
}

static int visit_entries(DIR *stream, const struct dir *dir, dir_fn fn, void *data)
{
	const struct dirent *entry;
	int err = 0;

	while (!err) {
		errno = 0;
		entry = readdir(stream);
		if (!entry && errno)
			return dir_warn_error(dir, NULL, -errno);
		if (!entry)
			return 0;
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			err = fn(dir, entry->d_name, data);
	}
	return err;
}

/*
 * Calls @fn for each entry except "." and "..", until it returns an error, and returns this
 * error.
 */
int dir_scan(struct dir *dir, dir_fn fn, void *data)
{
	DIR *stream;
	int fd, err;

	if (dir->topology->ctx->files)
		return files_scan(dir, fn, data);
	fd = open_directory(dir->fd, ".");
	if (fd < 0)
		return dir_warn_error(dir, NULL, fd);
	stream = fdopendir(fd);
	if (!stream) {
		close(fd);
		return -ENOMEM;
	}
	err = visit_entries(stream, dir, fn, data);
	closedir(stream);
	return err;
}

/* Opens a value, which must be a regular file and not a link */
static int open_value(const struct dir *dir, const char *name)
{
	struct stat st;
	int fd, err = 0;

	fd = openat(dir->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (is_live(dir->topology->ctx))
		return fd;

	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EBADF;
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

/* Shrinks a buffer to its length, because a topology has thousands of words */
static char *fit(char *buffer, size_t length)
{
	char *smaller = realloc(buffer, length);

	return smaller ? smaller : buffer;
}

/*
 * sysfs reads at most a page at once. A read of another length that is shorter than asked for is
 * the last one, and saves a system call for each value. Other file systems may return less.
 */
static bool is_last_read(const struct dir *dir, size_t count, size_t asked)
{
	return is_live(dir->topology->ctx) && count < asked && count % sysconf(_SC_PAGESIZE);
}

static int read_all(const struct dir *dir, int fd, char **text, size_t *length)
{
	size_t room = USUAL_LENGTH;
	char *buffer = NULL;

	for (*length = 0;;) {
		char *bigger = realloc(buffer, room);
		size_t asked = room - *length;
		ssize_t count;

		if (!bigger) {
			free(buffer);
			return -ENOMEM;
		}
		buffer = bigger;

		count = read(fd, buffer + *length, asked);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			int err = -errno;

			free(buffer);
			return err;
		}
		*length += count;
		if (*length > LENGTH_MAX) {
			free(buffer);
			return -EFBIG;
		}
		if (!count || is_last_read(dir, count, asked))
			break;
		if (*length == room)
			room *= 2;
	}
	*text = buffer;
	return 0;
}

static int read_value(const struct dir *dir, const char *name, char **text, size_t *length)
{
	int fd, err;

	if (dir->topology->ctx->files)
		return files_read(dir, name, text, length);
	fd = open_value(dir, name);
	if (fd < 0)
		return fd;
	err = read_all(dir, fd, text, length);
	close(fd);
	return err;
}

/*
 * Reads a file of one line, without its newline. Returns 0, -ENOMEM, -EFBIG if the file is
 * far too long, -EBADMSG if it is not one line, or a system error.
 */
int dir_read(const struct dir *dir, const char *name, char **text)
{
	char *buffer = NULL;
	size_t length;
	int err;

	err = read_value(dir, name, &buffer, &length);
	if (err)
		return err;

	/* The buffer has room for the terminator, because a full buffer was doubled */
	if (length && buffer[length - 1] == '\n')
		length--;
	buffer[length] = '\0';
	if (memchr(buffer, '\0', length) || memchr(buffer, '\n', length)) {
		free(buffer);
		return -EBADMSG;
	}
	*text = fit(buffer, length + 1);
	return 0;
}

static int read_link(const struct dir *dir, const char *name, char **target)
{
	char buffer[PATH_MAX];
	ssize_t length;

	if (dir->topology->ctx->files)
		return files_read_link(dir, name, target);
	length = readlinkat(dir->fd, name, buffer, sizeof(buffer) - 1);
	if (length < 0)
		return -errno;
	*target = strndup(buffer, length);
	return *target ? 0 : -ENOMEM;
}

/* Reads the last component of the target of a symbolic link */
int dir_read_link(const struct dir *dir, const char *name, char **target)
{
	const char *last;
	char *whole;
	int err;

	err = read_link(dir, name, &whole);
	if (err)
		return err;
	last = strrchr(whole, '/');
	last = last ? last + 1 : whole;
	if (is_word(last)) {
		*target = strdup(last);
		err = *target ? 0 : -ENOMEM;
	} else {
		err = -EBADMSG;
	}
	free(whole);
	return err;
}

static bool parse_figure(const struct attr *attr, const char *text, struct figure *figure)
{
	if (attr->kind == ATTR_NODE && !strcmp(text, "-1")) {
		figure->value = (uint64_t)-1;
		figure->known = true;
		return true;
	}
	figure->known = parse_number(text, attr->max, &figure->value);
	return figure->known;
}

/* Takes over @text if the member keeps it, else frees it */
static bool set_member(const struct attr *attr, void *object, char *text)
{
	void *member = (char *)object + attr->offset;
	bool good;

	switch (attr->kind) {
	case ATTR_NUMBER:
	case ATTR_NODE:
		good = parse_figure(attr, text, member);
		free(text);
		return good;
	case ATTR_IDS:
		good = is_id_list(text);
		break;
	default:
		good = is_word(text);
	}

	if (good)
		*(char **)member = text;
	else
		free(text);
	return good;
}

static int read_attr(const struct dir *dir, const struct attr *attr, void *object)
{
	char *text;
	int err;

	if (attr->kind == ATTR_LINK)
		err = dir_read_link(dir, attr->name, &text);
	else
		err = dir_read(dir, attr->name, &text);

	if (!err && !set_member(attr, object, text))
		err = -EBADMSG;
	if (!err || err == -ENOMEM)
		return err;
	if ((err == -ENOENT || err == -ENODATA) && attr->optional)
		return 0;
	/* The device is about to go with its entry, which is not a fault */
	if (err == -ENODEV)
		return 0;
	return dir_warn_error(dir, attr->name, err);
}

/*
 * Fills the members of @object for all @attrs, up to one without a name. Warns about an
 * unreadable value, which does not change its member. Returns 0, or -ENOMEM.
 */
int dir_read_attrs(const struct dir *dir, const struct attr *attrs, void *object)
{
	int err = 0;

	for (; attrs->name && !err; attrs++)
		err = read_attr(dir, attrs, object);
	return err;
}

/*
 * Reads an object from the directory @name in @dir, and adds it to @list. Warns of a directory
 * that it cannot open. Returns 0, -ENOMEM, or the error of @type->read.
 */
int dir_add_object(const struct dir *dir, const char *name, const struct object_type *type,
		   struct list *list, void *data)
{
	struct dir child;
	void *object;
	int err;

	err = dir_open_child(&child, dir, name);
	if (err)
		return dir_warn_error(dir, name, err);
	object = calloc(1, type->size);
	err = object ? type->read(&child, name, object, data) : -ENOMEM;
	if (!err)
		err = list_add(list, object);
	if (err && object)
		type->free(object);
	dir_close(&child);
	return err;
}
