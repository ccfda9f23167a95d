// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

/* Never freed: messages of a failed test may use these texts at any time. */
static const char *keep(const char *text)
{
	char *copy = strdup(text);

	igt_assert(copy);
	return copy;
}

#define format_path(path, format) do { \
	va_list __args; \
	va_start(__args, format); \
	igt_assert(vsnprintf(path, sizeof(path), format, __args) < (int)sizeof(path)); \
	va_end(__args); \
} while (0)

const char *error_name(int err)
{
	return err ? strerrorname_np(abs(err)) : "ok";
}

const char *text_of(const char *format, ...)
{
	char text[LINE];
	va_list args;

	va_start(args, format);
	igt_assert(vsnprintf(text, sizeof(text), format, args) < (int)sizeof(text));
	va_end(args);

	return keep(text);
}

int file_write(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY);
	ssize_t written;
	int err;

	if (fd < 0)
		return -errno;

	written = write(fd, data, size);
	err = written < 0 ? -errno : 0;
	close(fd);
	if (!err && (size_t)written != size)
		err = -EIO;

	return err;
}

int file_put(const char *line, const char *format, ...)
{
	char path[PATH_MAX], text[2 * LINE];

	format_path(path, format);
	igt_assert(snprintf(text, sizeof(text), "%s\n", line) < (int)sizeof(text));
	return file_write(path, text, strlen(text));
}

/* The content of a file without its newline, or the name of the error of reading it. */
static const char *line_at(int fd, const char *name)
{
	char text[LINE];
	ssize_t length;

	length = pread(fd, text, sizeof(text) - 1, 0);
	if (length < 0)
		return error_name(-errno);

	igt_assert_f(length > 0 && text[length - 1] == '\n' &&
		     !memchr(text, '\n', length - 1) && !memchr(text, 0, length),
		     "%s is no line of text\n", name);
	text[length - 1] = 0;

	return keep(text);
}

const char *text_at(int fd)
{
	return line_at(fd, "the open file");
}

const char *file_text(const char *format, ...)
{
	char path[PATH_MAX];
	const char *text;
	int fd;

	format_path(path, format);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return error_name(-errno);

	text = line_at(fd, path);
	close(fd);

	return text;
}

uint64_t file_number(const char *format, ...)
{
	const char *text;
	char path[PATH_MAX], *end;
	uint64_t number;

	format_path(path, format);
	text = file_text("%s", path);
	number = strtoull(text, &end, 10);
	igt_assert_f(*text >= '0' && *text <= '9' && !*end && (*text != '0' || !text[1]),
		     "%s is no number: %s\n", path, text);

	return number;
}

bool file_exists(const char *format, ...)
{
	char path[PATH_MAX];
	struct stat st;

	format_path(path, format);
	return !lstat(path, &st);
}

int file_mode(const char *format, ...)
{
	char path[PATH_MAX];
	struct stat st;

	format_path(path, format);
	return lstat(path, &st) ? -errno : (int)(st.st_mode & 07777);
}

const char *link_name(const char *format, ...)
{
	char path[PATH_MAX], target[PATH_MAX], *slash;
	ssize_t length;

	format_path(path, format);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return error_name(errno);

	target[length] = 0;
	slash = strrchr(target, '/');

	return keep(slash ? slash + 1 : target);
}

bool same_file(const char *a, const char *b)
{
	struct stat first, second;

	return !stat(a, &first) && !stat(b, &second) && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

int make_dir(const char *format, ...)
{
	char path[PATH_MAX];

	format_path(path, format);
	return mkdir(path, 0755) ? -errno : 0;
}

int remove_dir(const char *format, ...)
{
	char path[PATH_MAX];

	format_path(path, format);
	return rmdir(path) ? -errno : 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

void names_in(struct names *names, const char *format, ...)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	names->num = 0;
	format_path(path, format);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		igt_assert(names->num < NAMES_MAX);
		igt_assert(snprintf(names->name[names->num++], NAME_SIZE, "%s",
				    entry->d_name) < NAME_SIZE);
	}
	if (dir)
		closedir(dir);
	qsort(names->name, names->num, NAME_SIZE, compare_names);
}

bool names_have(const struct names *names, const char *name)
{
	return bsearch(name, names->name, names->num, NAME_SIZE, compare_names);
}

const char *names_text(const char *format, ...)
{
	char path[PATH_MAX], text[LINE] = "";
	struct names names;
	size_t length = 0;
	int i;

	format_path(path, format);
	names_in(&names, "%s", path);
	for (i = 0; i < names.num; i++) {
		igt_assert(length + NAME_SIZE < sizeof(text));
		length += sprintf(text + length, "%s%s", i ? " " : "", names.name[i]);
	}

	return keep(text);
}
