// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "snapshot.h"

#define BLOCK 512

/* As GNU tar writes and every tar reads it */
struct header {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char target[100];
	char magic[8];
	char rest[247];
};

_Static_assert(sizeof(struct header) == BLOCK, "a header is a block");

/* Octal digits, and a terminator */
static void put_number(char *field, size_t room, unsigned long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%0*lo", (int)room - 1, number);
	memcpy(field, text, room);
}

static void put_checksum(struct header *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned long sum = 0;

	memset(header->checksum, ' ', sizeof(header->checksum));
	for (size_t i = 0; i < BLOCK; i++)
		sum += bytes[i];
	put_number(header->checksum, sizeof(header->checksum) - 1, sum);
}

static void write_padded(FILE *out, const void *data, size_t size)
{
	static const char zeros[BLOCK];

	fwrite(data, 1, size, out);
	fwrite(zeros, 1, (BLOCK - size % BLOCK) % BLOCK, out);
}

/* Owner and time are always the same: two snapshots differ if the machine does */
static void write_header(FILE *out, const char *name, char type, const char *target,
			 size_t size)
{
	struct header header = { .type = type };

	memcpy(header.name, name, strnlen(name, sizeof(header.name)));
	memcpy(header.target, target, strnlen(target, sizeof(header.target)));
	memcpy(header.magic, "ustar  ", sizeof(header.magic));
	put_number(header.mode, sizeof(header.mode), type == ENTRY_DIRECTORY ? 0755 : 0644);
	put_number(header.uid, sizeof(header.uid), 0);
	put_number(header.gid, sizeof(header.gid), 0);
	put_number(header.size, sizeof(header.size), size);
	put_number(header.mtime, sizeof(header.mtime), 0);
	put_checksum(&header);
	write_padded(out, &header, sizeof(header));
}

/* What is too long for a header is the content of an entry before it, of this type */
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
	struct header *header;

	write_long(out, 'K', target, sizeof(header->target));
	write_long(out, 'L', entry->name, sizeof(header->name));
	write_header(out, entry->name, entry->type, target, is_link ? 0 : entry->size);
	if (!is_link)
		write_padded(out, entry->data ?: "", entry->size);
}

/* Two empty blocks are the end */
void snapshot_write(const struct snapshot *snapshot, FILE *out)
{
	static const char end[2 * BLOCK];

	for (size_t i = 0; i < snapshot->count; i++)
		write_entry(out, &snapshot->entries[i]);
	fwrite(end, 1, sizeof(end), out);
}
