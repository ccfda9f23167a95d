// SPDX-License-Identifier: LGPL-2.1-or-later
/* Peer groups in files, see gpusvm-groups.conf(5) */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "peers.h"

#define SUFFIX ".conf"
#define BLANKS " \t"
#define LINE_LENGTH_MAX 4096

/* A file while it is read */
struct reader {
	struct gpusvm_peers *peers;
	struct gpusvm_peer_group *group;
	const char *path;
	unsigned int line;
	bool required;
};

/* Where something is wrong, and what */
#define mistake(reader, format, ...) \
	set_error(&(reader)->peers->error, -EINVAL, "%s:%u: " format, \
		  (reader)->path, (reader)->line, ##__VA_ARGS__)

static char *skip_blanks(char *text)
{
	return text + strspn(text, BLANKS);
}

static void cut_blanks(char *text)
{
	size_t length = strlen(text);

	while (length && strchr(BLANKS, text[length - 1]))
		length--;
	text[length] = '\0';
}

/* In a group of @peers, or the one that is being read; sets which one */
static const struct peer_member *find_member(const struct reader *reader, const char *uid,
					     const char **file)
{
	const struct peer_member *member = peer_group_find(reader->group, uid);

	*file = reader->path;
	for (size_t i = 0; !member && i < reader->peers->groups.count; i++) {
		const struct gpusvm_peer_group *group = reader->peers->groups.items[i];

		if (!group->file)
			continue;
		*file = group->file;
		member = peer_group_find(group, uid);
	}
	return member;
}

static int take_member(struct reader *reader, const char *uid)
{
	const struct peer_member *member;
	const char *file;
	int err;

	if (!is_initiator_uid(uid))
		return mistake(reader, "\"%s\" is not the uid of an initiator", uid);
	member = find_member(reader, uid, &file);
	if (!member)
		return peer_group_add(reader->group, uid, reader->line);
	err = mistake(reader, "\"%s\" is a member already, by %s:%u", uid, file, member->line);
	return err == -ENOMEM ? err : -EEXIST;
}

static int take_members(struct reader *reader, char *value)
{
	int err = 0;
	char *uid;

	if (!*value)
		return mistake(reader, "\"member\" without a uid");
	while (!err && (uid = strsep(&value, BLANKS))) {
		if (*uid)
			err = take_member(reader, uid);
	}
	return err;
}

static int take_require(struct reader *reader, const char *value)
{
	if (reader->required)
		return mistake(reader, "\"require\" for the second time");
	if (gpusvm_peer_group_set_require(reader->group, value))
		return mistake(reader, "\"require\" is \"%s\", not all, any or none", value);
	reader->required = true;
	return 0;
}

static int take_pair(struct reader *reader, const char *key, char *value)
{
	if (!strcmp(key, "member"))
		return take_members(reader, value);
	if (!strcmp(key, "require"))
		return take_require(reader, value);
	return mistake(reader, "unknown key \"%s\"", key);
}

static int take_line(struct reader *reader, char *line, size_t length)
{
	char *value;

	if (length > LINE_LENGTH_MAX)
		return mistake(reader, "a line of more than %d bytes", LINE_LENGTH_MAX);
	if (memchr(line, '\0', length))
		return mistake(reader, "a NUL byte");

	line[strcspn(line, "#")] = '\0';
	line = skip_blanks(line);
	if (!*line)
		return 0;

	value = strchr(line, '=');
	if (!value)
		return mistake(reader, "not a \"key = value\"");
	*value++ = '\0';
	value = skip_blanks(value);
	cut_blanks(line);
	cut_blanks(value);
	return take_pair(reader, line, value);
}

/* A line that is too long is not read to its end */
static int next_line(FILE *stream, char *line, size_t room, size_t *length)
{
	int byte = EOF;

	for (*length = 0; *length < room; line[(*length)++] = byte) {
		byte = getc_unlocked(stream);
		if (byte == EOF || byte == '\n')
			break;
	}
	line[*length] = '\0';
	return byte == EOF && !*length ? EOF : 0;
}

static int read_lines(struct reader *reader, FILE *stream)
{
	char line[LINE_LENGTH_MAX + 2];
	size_t length;
	int err = 0;

	while (!err && !next_line(stream, line, sizeof(line) - 1, &length)) {
		reader->line++;
		err = take_line(reader, line, length);
	}
	if (!err && ferror(stream))
		err = set_error(&reader->peers->error, -EIO, "%s: %s", reader->path,
				strerrordesc_np(EIO));
	if (!err && !reader->group->members.count)
		err = set_error(&reader->peers->error, -EINVAL, "%s: no members", reader->path);
	return err;
}

/* A pipe or a device could keep the reader for ever */
static int open_file(const char *path, FILE **stream)
{
	struct stat st;
	int fd, err;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else
		err = S_ISREG(st.st_mode) ? 0 : -EBADF;
	*stream = err ? NULL : fdopen(fd, "r");
	if (!err && !*stream)
		err = -ENOMEM;
	if (err)
		close(fd);
	return err;
}

static int read_group(struct reader *reader)
{
	FILE *stream = NULL;
	int err;

	err = open_file(reader->path, &stream);
	if (err)
		return err == -ENOMEM ? err :
		       set_error(&reader->peers->error, err, "%s: %s", reader->path,
				 err == -EBADF ? "not a regular file" : strerrordesc_np(-err));
	err = read_lines(reader, stream);
	fclose(stream);
	return err;
}

/* The name of the file without .conf, or NULL for lack of memory */
static char *name_of_group(const char *path)
{
	const char *last = strrchr(path, '/');
	size_t length;

	last = last ? last + 1 : path;
	length = strlen(last);
	if (length >= strlen(SUFFIX) && !strcmp(last + length - strlen(SUFFIX), SUFFIX))
		length -= strlen(SUFFIX);
	return strndup(last, length);
}

static int read_named(struct gpusvm_peers *peers, const char *path, const char *name)
{
	struct reader reader = { .peers = peers, .path = path };
	int err;

	if (!is_group_name(name))
		return set_error(&peers->error, -EINVAL,
				 "%s: \"%s\" is not the name of a group", path, name);
	if (gpusvm_peers_find_group(peers, name))
		return set_error(&peers->error, -EEXIST,
				 "%s: there is a group \"%s\" already", path, name);

	reader.group = peer_group_new(name);
	if (!reader.group)
		return -ENOMEM;
	reader.group->enabled = true;
	reader.group->file = strdup(path);
	err = reader.group->file ? read_group(&reader) : -ENOMEM;
	if (!err)
		return peers_take(peers, reader.group);
	peer_group_free(reader.group);
	return err;
}

GPUSVM_EXPORT int gpusvm_peers_read_file(struct gpusvm_peers *peers, const char *path)
{
	char *name = name_of_group(path);
	int err;

	if (!name)
		return -ENOMEM;
	err = read_named(peers, path, name);
	free(name);
	return err;
}

static int is_group_file(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return *entry->d_name != '.' && length >= strlen(SUFFIX) &&
	       !strcmp(entry->d_name + length - strlen(SUFFIX), SUFFIX);
}

/* As in the C locale, whatever the program's is */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_entry(struct gpusvm_peers *peers, const char *directory, const char *name)
{
	char *path;
	int err;

	if (asprintf(&path, "%s/%s", directory, name) < 0)
		return -ENOMEM;
	err = gpusvm_peers_read_file(peers, path);
	free(path);
	return err;
}

GPUSVM_EXPORT int gpusvm_peers_read_directory(struct gpusvm_peers *peers, const char *path)
{
	struct dirent **entries;
	int count, err = 0;

	count = scandir(path, &entries, is_group_file, compare_names);
	if (count < 0)
		return set_error(&peers->error, -errno, "%s: %s", path, strerrordesc_np(errno));

	for (int i = 0; i < count; i++) {
		if (!err)
			err = read_entry(peers, path, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return err;
}

static int write_group(const struct gpusvm_peer_group *group, FILE *stream)
{
	if (strcmp(group->require, "all"))
		fprintf(stream, "require = %s\n", group->require);
	for (size_t i = 0; i < group->members.count; i++) {
		const struct peer_member *member = group->members.items[i];

		if (strchr(member->uid, '#'))
			return -EINVAL;
		fprintf(stream, "member = %s\n", member->uid);
	}
	return group->members.count ? 0 : -EINVAL;
}

GPUSVM_EXPORT int gpusvm_peer_group_format(const struct gpusvm_peer_group *group, char **text)
{
	char *buffer = NULL;
	size_t length;
	FILE *stream;
	int err;

	stream = open_memstream(&buffer, &length);
	if (!stream)
		return -ENOMEM;
	err = write_group(group, stream);
	if (fclose(stream))
		err = -ENOMEM;
	if (err)
		free(buffer);
	else
		*text = buffer;
	return err;
}
