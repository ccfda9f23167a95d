// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads archives from "snapshot", and archives that GNU tar, bsdtar and others make of an
 * unpacked snapshot: ustar headers, with long names in the format of GNU tar or of POSIX.
 * An archive can come from anyone, so any other content makes the whole archive invalid.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "tar.h"
#include "tool.h"

/* Limits against archives that would fill the memory. Snapshots are much smaller */
#define LARGEST (64 << 20)
#define MOST_MEMORY (2ULL << 30)
#define PER_ENTRY 256

struct tar {
	FILE *file;
	const char *name;
	struct json_object *tree;
	char *path;		/* of the next entry, if it is too long for the header */
	char *target;
	uint64_t memory;
	bool is_begun;
	bool is_over;
};

static bool refuse(const struct tar *tar, const char *what, const char *path)
{
	char *text = text_format("%s%s%s", path ?: "", path ? " " : "", what);

	/* The name comes from the archive, and may have escape sequences for terminals */
	for (char *byte = text; *byte; byte++) {
		if (*byte < ' ' || *byte > '~')
			*byte = '?';
	}
	say("cannot read %s: %s", tar->name, text);
	free(text);
	return false;
}

static bool read_block(struct tar *tar, void *block)
{
	if (fread(block, TAR_BLOCK, 1, tar->file) == 1)
		return true;
	return refuse(tar, tar->is_begun ? "the archive ends early" : "not a tar archive",
		      NULL);
}

/* Parses octal digits with blanks around them. Returns -1 for anything else */
static int64_t get_number(const char *field, size_t room)
{
	int64_t number = 0;
	size_t i = strspn(field, " ");

	if (i >= room || field[i] < '0' || field[i] > '7')
		return -1;
	for (; i < room && field[i] >= '0' && field[i] <= '7'; i++) {
		number = number * 8 + field[i] - '0';
		if (number > (int64_t)MOST_MEMORY)
			return -1;
	}
	return number;
}

static bool has_checksum(const struct tar_header *header)
{
	struct tar_header copy = *header;

	tar_put_checksum(&copy);
	return get_number(header->checksum, sizeof(header->checksum)) ==
	       get_number(copy.checksum, sizeof(copy.checksum));
}

static bool is_zero(const struct tar_header *header)
{
	static const struct tar_header zero;

	return !memcmp(header, &zero, sizeof(zero));
}

static char *field_text(const char *field, size_t room)
{
	return check_memory(strndup(field, room));
}

static char *header_path(const struct tar_header *header)
{
	char *name = field_text(header->name, sizeof(header->name)), *prefix, *path;

	if (memcmp(header->magic, "ustar\0", 6) || !*header->prefix)
		return name;
	prefix = field_text(header->prefix, sizeof(header->prefix));
	path = text_format("%s/%s", prefix, name);
	free(prefix);
	free(name);
	return path;
}

/* Returns the data after a header, with a terminator; or prints an error and returns NULL */
static char *read_data(struct tar *tar, size_t size)
{
	size_t room = (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
	char *data = check_memory(malloc(room + 1));

	if (room && fread(data, room, 1, tar->file) != 1) {
		refuse(tar, "the archive ends early", NULL);
		free(data);
		return NULL;
	}
	data[size] = '\0';
	return data;
}

static void replace(char **text, const char *other)
{
	free(*text);
	*text = text_copy(other);
}

/* Reads names from records such as "20 path=some/where\n" */
static bool take_pax(struct tar *tar, char *data, size_t size)
{
	while (size) {
		size_t length = strtoul(data, NULL, 10);
		char *key = strchr(data, ' ');

		if (!length || length > size || !key || key > data + length ||
		    data[length - 1] != '\n')
			return refuse(tar, "malformed extended header", NULL);
		data[length - 1] = '\0';
		if (!strncmp(++key, "path=", strlen("path=")))
			replace(&tar->path, key + strlen("path="));
		else if (!strncmp(key, "linkpath=", strlen("linkpath=")))
			replace(&tar->target, key + strlen("linkpath="));
		else if (!strncmp(key, "size=", strlen("size=")) ||
			 !strncmp(key, "GNU.sparse", strlen("GNU.sparse")))
			return refuse(tar, "sparse and very large files are not supported", NULL);
		data += length;
		size -= length;
	}
	return true;
}

/* Whether a name stays below the root of the archive */
static bool check_path(const struct tar *tar, const char *path)
{
	const char *part = path;

	if (*path == '/')
		return refuse(tar, "is an absolute name", path);
	for (; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (!strncmp(part, "..", 2) && (part[2] == '/' || !part[2]))
			return refuse(tar, "has \"..\" in its name", path);
	}
	return true;
}

static bool add(struct tar *tar, const char *path, struct json_object *entry)
{
	if (!tree_add(tar->tree, path, entry))
		return true;
	return refuse(tar, "is not below a directory", path);
}

static bool take_entry(struct tar *tar, const struct tar_header *header, const char *path,
		       const char *data, size_t size)
{
	char *target;
	bool good;

	switch (header->type) {
	case '0':
	case '\0':
		return add(tar, path,
			   check_memory(json_object_new_string_len(data, size)));
	case '5':
		return add(tar, path, json_map());
	case '2':
		target = tar->target ? text_copy(tar->target) :
			 field_text(header->target, sizeof(header->target));
		good = add(tar, path, tree_new_link(target));
		free(target);
		return good;
	default:
		return refuse(tar, "is not a file, a directory or a link", path);
	}
}

static bool take_named(struct tar *tar, const struct tar_header *header, const char *data,
		       size_t size)
{
	char *path = tar->path ? text_copy(tar->path) : header_path(header);
	bool good = check_path(tar, path) && take_entry(tar, header, path, data, size);

	free(path);
	free(tar->path);
	free(tar->target);
	tar->path = NULL;
	tar->target = NULL;
	return good;
}

static bool take(struct tar *tar, const struct tar_header *header, char *data, size_t size)
{
	switch (header->type) {
	case 'L':
		replace(&tar->path, data);
		return true;
	case 'K':
		replace(&tar->target, data);
		return true;
	case 'x':
		return take_pax(tar, data, size);
	case 'g':
		return true;
	default:
		return take_named(tar, header, data, size);
	}
}

static bool has_data(const struct tar_header *header)
{
	return strchr("0LKxg", header->type);
}

/* Reads one entry with its data, or the end of the archive */
static bool read_entry(struct tar *tar)
{
	struct tar_header header;
	int64_t size = 0;
	char *data;
	bool good;

	if (!read_block(tar, &header))
		return false;
	tar->is_over = is_zero(&header);
	if (tar->is_over && tar->is_begun)
		return true;
	if (!has_checksum(&header))
		return refuse(tar, tar->is_begun ? "malformed header" :
						   "not a tar archive", NULL);
	tar->is_begun = true;
	if (has_data(&header))
		size = get_number(header.size, sizeof(header.size));
	tar->memory += size + PER_ENTRY;
	if (size < 0 || size > LARGEST || tar->memory > MOST_MEMORY)
		return refuse(tar, "too large for a snapshot", NULL);
	data = read_data(tar, size);
	if (!data)
		return false;
	good = take(tar, &header, data, size);
	free(data);
	return good;
}

/* A link's target may be missing, since a snapshot omits files, but must be in the archive */
static bool check_links(const struct tar *tar, struct json_object *directory, const char *path)
{
	json_object_object_foreach(directory, name, entry) {
		char *whole = text_format("%s%s%s", path, *path ? "/" : "", name);
		struct json_object *end;
		bool good = true;

		if (json_object_is_type(entry, json_type_object))
			good = check_links(tar, entry, whole);
		else if (tree_find(tar->tree, whole, TREE_FOLLOW | TREE_BENEATH, &end) == -EXDEV)
			good = refuse(tar, "is a link to outside of the archive", whole);
		free(whole);
		if (!good)
			return false;
	}
	return true;
}

/* Reads the rest, because a program that decompresses would fail otherwise */
static void drain(FILE *file)
{
	char rest[4096];

	while (fread(rest, 1, sizeof(rest), file))
		;
}

/* Returns the files of the archive; or prints an error and returns NULL */
struct json_object *tar_read(FILE *file, const char *name)
{
	struct tar tar = { .file = file, .name = name, .tree = json_map() };
	bool good = true;

	while (good && !tar.is_over)
		good = read_entry(&tar);
	if (good)
		drain(file);
	good = good && check_links(&tar, tar.tree, "");
	free(tar.path);
	free(tar.target);
	if (good)
		return tar.tree;
	json_object_put(tar.tree);
	return NULL;
}
