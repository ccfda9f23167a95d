// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads tar archives, compressed or not. An archive can come from anyone, so any content that
 * no snapshot has makes the whole archive invalid.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive-tree.h"
#include "tool.h"

/* Limits against archives that would fill the memory. Snapshots are much smaller */
#define LARGEST (64 << 20)
#define MOST_MEMORY (2ULL << 30)
#define PER_ENTRY 256
#define BLOCK 10240

struct source {
	struct archive *archive;
	const char *name;
	struct json_object *tree;
	uint64_t memory;
};

static bool refuse(const struct source *source, const char *what, const char *path)
{
	char *text = text_format("%s%s%s", path ?: "", path ? " " : "", what);

	/* The name comes from the archive, and may have escape sequences for terminals */
	for (char *byte = text; *byte; byte++) {
		if (*byte < ' ' || *byte > '~')
			*byte = '?';
	}
	say("cannot read %s: %s", source->name, text);
	free(text);
	return false;
}

static bool refuse_malformed(const struct source *source)
{
	return refuse(source, archive_error_string(source->archive) ?: "malformed archive", NULL);
}

/* Whether a name stays below the root of the archive */
static bool check_path(const struct source *source, const char *path)
{
	const char *part = path;

	if (*path == '/')
		return refuse(source, "is an absolute name", path);
	for (; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (!strncmp(part, "..", 2) && (part[2] == '/' || !part[2]))
			return refuse(source, "has \"..\" in its name", path);
	}
	return true;
}

static bool check_size(struct source *source, int64_t size, const char *path)
{
	if (size >= 0 && size <= LARGEST)
		source->memory += size + PER_ENTRY;
	if (size < 0 || size > LARGEST || source->memory > MOST_MEMORY)
		return refuse(source, "is too large for a snapshot", path);
	return true;
}

static bool add(struct source *source, const char *path, struct json_object *entry)
{
	if (!tree_add(source->tree, path, entry))
		return true;
	return refuse(source, "is not below a directory", path);
}

static bool add_file(struct source *source, const char *path, size_t size)
{
	char *data = check_memory(malloc(size + 1));
	bool good = archive_read_data(source->archive, data, size) == (la_ssize_t)size;

	good = good ? add(source, path, check_memory(json_object_new_string_len(data, size))) :
		      refuse_malformed(source);
	free(data);
	return good;
}

static bool add_entry(struct source *source, struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry) ?: "";
	int64_t size = archive_entry_size(entry);

	if (!check_path(source, path) || !check_size(source, size, path))
		return false;
	switch (archive_entry_hardlink(entry) ? 0 : archive_entry_filetype(entry)) {
	case AE_IFREG:
		return add_file(source, path, size);
	case AE_IFDIR:
		return add(source, path, json_map());
	case AE_IFLNK:
		return add(source, path, tree_new_link(archive_entry_symlink(entry) ?: ""));
	default:
		return refuse(source, "is not a file, a directory or a link", path);
	}
}

static bool add_entries(struct source *source)
{
	struct archive_entry *entry;
	int err;

	while ((err = archive_read_next_header(source->archive, &entry)) == ARCHIVE_OK) {
		if (!add_entry(source, entry))
			return false;
	}
	if (err != ARCHIVE_EOF)
		return refuse_malformed(source);
	/* The library accepts an archive that is cut off between entries, without an end block */
	if (archive_filter_bytes(source->archive, 0) ==
	    archive_read_header_position(source->archive))
		return refuse(source, "the archive ends early", NULL);
	return true;
}

/* A link's target may be missing, since a snapshot omits files, but must be in the archive */
static bool check_links(const struct source *source, struct json_object *directory,
			const char *path)
{
	json_object_object_foreach(directory, name, entry) {
		char *whole = text_format("%s%s%s", path, *path ? "/" : "", name);
		struct json_object *end;
		bool good = true;

		if (json_object_is_type(entry, json_type_object))
			good = check_links(source, entry, whole);
		else if (tree_find(source->tree, whole, TREE_FOLLOW | TREE_BENEATH, &end) == -EXDEV)
			good = refuse(source, "is a link to outside of the archive", whole);
		free(whole);
		if (!good)
			return false;
	}
	return true;
}

static struct archive *new_archive(void)
{
	struct archive *archive = check_memory(archive_read_new());

	archive_read_support_format_tar(archive);
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_zstd(archive);
	return archive;
}

/* Returns the files of the archive; or prints an error and returns NULL */
struct json_object *tree_read(const char *name)
{
	struct source source = { .name = name };
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	bool good;

	if (fd < 0) {
		say("cannot open %s: %s", name, strerror(errno));
		return NULL;
	}
	source.archive = new_archive();
	source.tree = json_map();
	good = archive_read_open_fd(source.archive, fd, BLOCK) == ARCHIVE_OK ?
		       add_entries(&source) && check_links(&source, source.tree, "") :
		       refuse_malformed(&source);
	archive_read_free(source.archive);
	close(fd);
	if (good)
		return source.tree;
	json_object_put(source.tree);
	return NULL;
}
