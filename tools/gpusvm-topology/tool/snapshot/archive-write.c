// SPDX-License-Identifier: GPL-2.0-or-later
#include <archive.h>
#include <archive_entry.h>

#include "snapshot.h"

/* Owner and time are not set, so that snapshots differ only if the machines do */
static void write_entry(struct archive *archive, const struct entry *from)
{
	struct archive_entry *entry = check_memory(archive_entry_new());

	archive_entry_set_pathname(entry, from->name);
	archive_entry_set_filetype(entry, from->type);
	archive_entry_set_perm(entry, from->type == ENTRY_DIRECTORY ? 0755 : 0644);
	if (from->type == ENTRY_LINK)
		archive_entry_set_symlink(entry, from->data);
	else
		archive_entry_set_size(entry, from->size);
	archive_write_header(archive, entry);
	if (from->type == ENTRY_FILE)
		archive_write_data(archive, from->data, from->size);
	archive_entry_free(entry);
}

/* Errors of @out are for the caller */
void snapshot_write(const struct snapshot *snapshot, FILE *out)
{
	struct archive *archive = check_memory(archive_write_new());

	archive_write_set_format_gnutar(archive);
	archive_write_set_bytes_in_last_block(archive, 1);
	archive_write_open_FILE(archive, out);
	for (size_t i = 0; i < snapshot->count; i++)
		write_entry(archive, &snapshot->entries[i]);
	archive_write_free(archive);
}
