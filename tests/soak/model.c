// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The model: the expected value of each byte of a buffer, and the comparison.
 *
 * Each word identifies its writer: the worker and the buffer, each plus 1, in a byte,
 * then the version and the word's index in 24 bits.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "random.h"

#define INDEX_MASK	0xffffffull

static uint64_t word(const struct buffer *b, uint64_t version, uint64_t index)
{
	return (uint64_t)(b->worker + 1) << 56 | (uint64_t)(b->kind + 1) << 48 |
	       (version & INDEX_MASK) << 24 | (index & INDEX_MASK);
}

/* Files and userfaultfd pages start with words, all other memory with zeroes. */
void buffer_initial(const struct buffer *b, size_t offset, size_t length, void *to)
{
	unsigned char *bytes = to;
	size_t i;
	uint64_t w;

	if (b->kind != KIND_UFFD && b->kind != KIND_PRIVATE_FILE) {
		memset(to, 0, length);
		return;
	}
	for (i = 0; i < length; i += 8) {
		w = word(b, 0, (offset + i) / 8);
		memcpy(bytes + i, &w, 8);
	}
}

void buffer_new_words(struct buffer *b, size_t offset, size_t length, void *to)
{
	unsigned char *bytes = to;
	size_t i;
	uint64_t w;

	b->version++;
	for (i = 0; i < length; i += 8) {
		w = word(b, b->version, (offset + i) / 8);
		memcpy(bytes + i, &w, length - i < 8 ? length - i : 8);
	}
}

uint64_t buffer_new_word(struct buffer *b)
{
	return word(b, ++b->version, INDEX_MASK);
}

static bool whole_page(size_t page, size_t offset, size_t length)
{
	return offset <= page * page_size() && offset + length >= (page + 1) * page_size();
}

/* Pages that were written as a whole are no longer lazy. */
static void written(struct buffer *b, size_t offset, size_t length)
{
	size_t page;

	for (page = offset / page_size(); page * page_size() < offset + length; page++)
		if (whole_page(page, offset, length))
			b->lazy[page] = false;
}

void model_store(struct buffer *b, size_t offset, size_t length, const void *from)
{
	memcpy(b->model + offset, from, length);
	memcpy(b->alt + offset, from, length);
	written(b, offset, length);
}

static void fill(unsigned char *to, size_t length, uint64_t value)
{
	size_t i;

	for (i = 0; i + 8 <= length; i += 8)
		memcpy(to + i, &value, 8);
	memcpy(to + i, &value, length - i);
}

void model_fill(struct buffer *b, size_t offset, size_t length, uint64_t value)
{
	fill(b->model + offset, length, value);
	fill(b->alt + offset, length, value);
	written(b, offset, length);
}

static void add(unsigned char *to, size_t length, uint64_t value)
{
	size_t i;
	uint64_t w;

	for (i = 0; i < length; i += 8) {
		memcpy(&w, to + i, 8);
		w += value;
		memcpy(to + i, &w, 8);
	}
}

/* ADD reads before it writes, so a lazy page stays lazy. */
void model_add(struct buffer *b, size_t offset, size_t length, uint64_t value)
{
	add(b->model + offset, length, value);
	if (b->alt != b->model)
		add(b->alt + offset, length, value);
}

void model_drop(struct buffer *b, size_t offset, size_t length)
{
	buffer_initial(b, offset, length, b->model + offset);
	written(b, offset, length);
}

void model_free(struct buffer *b, size_t offset, size_t length)
{
	size_t page;

	buffer_initial(b, offset, length, b->alt + offset);
	for (page = offset / page_size(); page * page_size() < offset + length; page++)
		b->lazy[page] = true;
}

uint32_t model_crc(const struct buffer *b, size_t offset, size_t length)
{
	static uint32_t table[256];
	const unsigned char *byte = b->model + offset;
	uint32_t crc = ~0u;
	unsigned int i, bit;

	for (i = 0; !table[255] && i < 256; i++)
		for (table[i] = i, bit = 0; bit < 8; bit++)
			table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xedb88320 : table[i] >> 1;

	while (length--)
		crc = crc >> 8 ^ table[(crc ^ *byte++) & 0xff];

	return ~crc;
}

bool buffer_is_lazy(const struct buffer *b, size_t offset, size_t length)
{
	size_t page;

	for (page = offset / page_size(); page * page_size() < offset + length; page++)
		if (b->lazy[page])
			return true;
	return false;
}

/* The entry of a page in /proc/self/pagemap. */
static uint64_t pagemap_entry(const void *p)
{
	uint64_t entry = 0;
	FILE *file = fopen("/proc/self/pagemap", "r");

	if (!file)
		return 0;
	if (fseeko(file, (uintptr_t)p / page_size() * 8, SEEK_SET) ||
	    fread(&entry, sizeof(entry), 1, file) != 1)
		entry = 0;
	fclose(file);

	return entry;
}

static uint64_t word_at(const unsigned char *bytes, size_t offset)
{
	uint64_t w;

	memcpy(&w, bytes + offset, 8);
	return w;
}

static size_t count_different(const unsigned char *a, const unsigned char *b, size_t length)
{
	size_t i, n = 0;

	for (i = 0; i < length; i++)
		n += a[i] != b[i];
	return n;
}

/* @copy has the content of the buffer from @from on. */
static void report(struct buffer *b, size_t offset, size_t length, const unsigned char *copy,
		   size_t from, const char *who)
{
	size_t first = offset, at, lost;

	while (copy[first - from] == b->model[first])
		first++;
	at = first / 8 * 8 < from ? first : first / 8 * 8;
	if (at + 8 > offset + length)
		at = offset + length - 8;
	lost = count_different(copy + offset - from, b->model + offset, length);
	shared->totals.bytes_lost += lost;

	fail(&shared->workers[b->worker],
	     "buffer %u (%s) at %p: %s: offset 0x%zx has 0x%016llx instead of 0x%016llx%s; %zu of 0x%zx bytes at 0x%zx differ; the CPU reads 0x%016llx now, pagemap entry 0x%llx",
	     b->kind, kind_names[b->kind], b->p, who, at,
	     (unsigned long long)word_at(copy, at - from),
	     (unsigned long long)word_at(b->model, at),
	     b->lazy[first / page_size()] ? " or the content after MADV_FREE" : "", lost,
	     length, offset, (unsigned long long)word_at(b->p, at),
	     (unsigned long long)pagemap_entry(b->p + at));
}

/* Check a range within one page. */
static void check_page(struct buffer *b, size_t offset, size_t length,
		       const unsigned char *copy, size_t from, const char *who)
{
	const unsigned char *found = copy + offset - from;

	if (!memcmp(found, b->model + offset, length))
		return;
	if (b->lazy[offset / page_size()] && !memcmp(found, b->alt + offset, length))
		return;
	report(b, offset, length, copy, from, who);
}

static void check_bytes(struct buffer *b, size_t offset, size_t length,
			const unsigned char *copy, const char *who)
{
	size_t from = offset, end = offset + length, part;

	for (; offset < end; offset += part) {
		part = page_size() - offset % page_size();
		if (part > end - offset)
			part = end - offset;
		check_page(b, offset, part, copy, from, who);
	}
	shared->totals.bytes_verified += length;
}

void buffer_check_copy(struct buffer *b, size_t offset, size_t length, const void *copy,
		       const char *who)
{
	check_bytes(b, offset, length, copy, who);
}

void buffer_check(struct buffer *b, size_t offset, size_t length, const char *who)
{
	check_bytes(b, offset, length, b->p + offset, who);
}

/* Write the same byte again: it dirties the page, so that the content stays. */
static void settle_page(struct buffer *b, size_t page)
{
	size_t offset = page * page_size();

	__atomic_fetch_or((uint64_t *)(b->p + offset), 0, __ATOMIC_SEQ_CST);
	check_page(b, offset, page_size(), b->p + offset, offset, "a page after MADV_FREE");
	memcpy(b->model + offset, b->p + offset, page_size());
	b->lazy[page] = false;
}

void buffer_settle(struct buffer *b, size_t offset, size_t length)
{
	size_t page;

	for (page = offset / page_size(); page * page_size() < offset + length; page++)
		if (b->lazy[page])
			settle_page(b, page);
}
