// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "snapshot.h"
#include "tar.h"

/* Writes octal digits and a terminator */
static void put_number(char *field, size_t room, unsigned long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%0*lo", (int)room - 1, number);
	memcpy(field, text, room);
}

void tar_put_checksum(struct tar_header *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned long sum = 0;

	memset(header->checksum, ' ', sizeof(header->checksum));
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += bytes[i];
	put_number(header->checksum, sizeof(header->checksum) - 1, sum);
}

static void write_padded(FILE *out, const void *data, size_t size)
{
	static const char zeros[TAR_BLOCK];

	fwrite(data, 1, size, out);
	fwrite(zeros, 1, (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK, out);
}

/* Owner and time are constant, so that snapshots differ only if the machines do */
static void write_header(FILE *out, const char *name, char type, const char *target,
			 size_t size)
{
	struct tar_header header = { .type = type };

	memcpy(header.name, name, strnlen(name, sizeof(header.name)));
	memcpy(header.target, target, strnlen(target, sizeof(header.target)));
	memcpy(header.magic, "ustar  ", sizeof(header.magic));
	put_number(header.mode, sizeof(header.mode), type == ENTRY_DIRECTORY ? 0755 : 0644);
	put_number(header.uid, sizeof(header.uid), 0);
	put_number(header.gid, sizeof(header.gid), 0);
	put_number(header.size, sizeof(header.size), size);
	put_number(header.mtime, sizeof(header.mtime), 0);
	tar_put_checksum(&header);
	write_padded(out, &header, sizeof(header));
}

/* Writes an entry of this type, whose content is text that is too long for a header */
static void write_long(FILE *out, char type, const char *text, size_t room)
{
	if (strlen(text) < room)
		return;
	write_header(out, "././@LongLink", type, "", strlen(text) + 1);
	write_padded(out, text, strlen(text) + 1);
}

static void write_entry(FILE *out, const struct entry *entry)
{
	bool is_link = entry->type == ENTRY_LINK;
	const char *target = is_link ? entry->data : "";
	struct tar_header *header;

	write_long(out, 'K', target, sizeof(header->target));
	write_long(out, 'L', entry->name, sizeof(header->name));
	write_header(out, entry->name, entry->type, target, is_link ? 0 : entry->size);
	if (!is_link)
		write_padded(out, entry->data ?: "", entry->size);
}

/* Ends the archive with two empty blocks */
void snapshot_write(const struct snapshot *snapshot, FILE *out)
{
	static const char end[2 * TAR_BLOCK];

	for (size_t i = 0; i < snapshot->count; i++)
		write_entry(out, &snapshot->entries[i]);
	fwrite(end, 1, sizeof(end), out);
}
