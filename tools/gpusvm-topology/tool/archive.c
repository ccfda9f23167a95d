// SPDX-License-Identifier: GPL-2.0-or-later
/* Snapshots that nobody has unpacked are directories, too */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive.h"
#include "tool.h"

/* One for --sysroot, one for what it is compared with */
static struct archive {
	const char *name;
	struct scratch scratch;
} archives[2];
static size_t archive_count;

/* The directories of archives are removed; before a program is run in place of this one */
void archives_close(void)
{
	while (archive_count)
		scratch_remove(&archives[--archive_count].scratch);
}

static const char *add_archive(const char *name)
{
	struct archive *archive = &archives[archive_count];
	int err;

	err = scratch_make(&archive->scratch);
	if (err) {
		say("cannot make a directory for what is in %s: %s", name, strerror(-err));
		return NULL;
	}
	if (unpack(name, archive->scratch.path)) {
		scratch_remove(&archive->scratch);
		return NULL;
	}
	if (!archive_count)
		atexit(archives_close);
	archive->name = name;
	archive_count++;
	return archive->scratch.path;
}

/* What cannot be looked at is none: who opens it prints why */
bool is_archive(const char *name)
{
	struct stat st;

	return name && !stat(name, &st) && !S_ISDIR(st.st_mode);
}

/*
 * The directory itself, or one with what is in the archive, as long as this process
 * lives; "" is the root of the system, and of what is made up. NULL after it was said
 * what is wrong with the archive.
 */
const char *root_directory(const char *name)
{
	if (!name)
		return "";
	for (size_t i = 0; i < archive_count; i++) {
		if (!strcmp(archives[i].name, name))
			return archives[i].scratch.path;
	}
	return is_archive(name) ? add_archive(name) : name;
}

/* Has messages name the archive, and not the directory that nobody will find */
void print_message(const char *text, FILE *out)
{
	for (size_t i = 0; i < archive_count; i++) {
		const char *path = archives[i].scratch.path, *found = strstr(text, path);

		if (!found)
			continue;
		fprintf(out, "%.*s%s", (int)(found - text), text, archives[i].name);
		text = found + strlen(path);
	}
	fputs(text, out);
}
