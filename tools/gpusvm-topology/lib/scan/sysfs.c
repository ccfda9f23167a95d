// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

/* The smallest page. A list of IDs can be longer */
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
	dir->stream = NULL;
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
	return dir_open_path(child, parent->topology, parent, name, dir_path(parent, name));
}

/* Returns the allocated path of an entry; NULL if memory is short */
char *dir_path(const struct dir *dir, const char *name)
{
	char *path = malloc(strlen(dir->path) + strlen(name) + 2);

	if (path)
		stpcpy(stpcpy(stpcpy(path, dir->path), "/"), name);
	return path;
}

void dir_close(struct dir *dir)
{
	if (dir->stream)
		closedir(dir->stream);
	else if (dir->fd >= 0)
		close(dir->fd);
	free(dir->path);
}

static int visit_entries(const struct dir *dir, dir_fn fn, void *data)
{
	const struct dirent *entry;
	int err = 0;

	while (!err) {
		errno = 0;
		entry = readdir(dir->stream);
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
 * error. To be called once for each open directory.
 */
int dir_scan(struct dir *dir, dir_fn fn, void *data)
{
	if (dir->topology->ctx->files)
		return files_scan(dir, fn, data);

	/* The stream takes over the descriptor */
	dir->stream = fdopendir(dir->fd);
	if (!dir->stream)
		return -ENOMEM;
	return visit_entries(dir, fn, data);
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

/* Returns the number of bytes, or a negative errno */
static ssize_t read_some(int fd, char *buffer, size_t room)
{
	ssize_t count;

	do {
		count = read(fd, buffer, room);
	} while (count < 0 && errno == EINTR);
	return count < 0 ? -errno : count;
}

/*
 * sysfs reads as much as fits, at most a page. So a read of less than USUAL_LENGTH is the last
 * one, and saves a system call for each value. Other file systems may return less.
 */
static bool is_last_read(const struct dir *dir, size_t count)
{
	return !count || (is_live(dir->topology->ctx) && count < USUAL_LENGTH);
}

/* Leaves room for a terminator. Returns 0, -ENOMEM or -EFBIG */
static int append(char **text, size_t *length, const char *chunk, size_t count)
{
	char *bigger;

	if (*length + count > LENGTH_MAX)
		return -EFBIG;
	bigger = realloc(*text, *length + count + 1);
	if (!bigger)
		return -ENOMEM;

	memcpy(bigger + *length, chunk, count);
	*length += count;
	*text = bigger;
	return 0;
}

static int read_all(const struct dir *dir, int fd, char **text, size_t *length)
{
	char chunk[USUAL_LENGTH], *buffer = NULL;
	ssize_t count;
	int err;

	*length = 0;
	do {
		count = read_some(fd, chunk, sizeof(chunk));
		err = count < 0 ? (int)count : append(&buffer, length, chunk, count);
	} while (!err && !is_last_read(dir, count));

	if (err)
		free(buffer);
	else
		*text = buffer;
	return err;
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

	if (length && buffer[length - 1] == '\n')
		length--;
	buffer[length] = '\0';
	if (memchr(buffer, '\0', length) || memchr(buffer, '\n', length)) {
		free(buffer);
		return -EBADMSG;
	}
	*text = buffer;
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
