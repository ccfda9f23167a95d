// SPDX-License-Identifier: GPL-2.0-or-later
/* The parsers, which must accept files of any content. */
#include <limits.h>
#include <string.h>

#include "internal.h"
#include "tap.h"

static bool parses(const char *text, uint64_t max, uint64_t expected)
{
	uint64_t value = ~expected;

	return parse_number(text, max, &value) && value == expected;
}

static bool refuses(const char *text, uint64_t max)
{
	uint64_t value = 12345;

	return !parse_number(text, max, &value) && value == 12345;
}

static void test_numbers(void)
{
	check(parses("0", UINT64_MAX, 0), "number: 0");
	check(parses("1", 1, 1), "number: the maximum of 1");
	check(refuses("2", 1), "number: above a maximum of 1");
	check(refuses("5", 1), "number: a digit above the maximum");
	check(parses("65535", UINT16_MAX, 65535), "number: 16 bits");
	check(refuses("65536", UINT16_MAX), "number: 16 bits and one");
	check(parses("18446744073709551615", UINT64_MAX, UINT64_MAX), "number: 64 bits");
	check(refuses("18446744073709551616", UINT64_MAX), "number: 64 bits and one");
	check(refuses("99999999999999999999", UINT64_MAX), "number: much more");
	check(refuses("", UINT64_MAX), "number: empty");
	check(refuses("-1", UINT64_MAX), "number: negative");
	check(refuses("+1", UINT64_MAX), "number: sign");
	check(refuses(" 1", UINT64_MAX), "number: leading space");
	check(refuses("1 ", UINT64_MAX), "number: trailing space");
	check(refuses("01", UINT64_MAX), "number: leading zero");
	check(refuses("0x10", UINT64_MAX), "number: hexadecimal");
	check(refuses("1a", UINT64_MAX), "number: trailing letter");
}

static void test_words(void)
{
	char longest[NAME_MAX + 2];

	memset(longest, 'a', sizeof(longest));
	longest[NAME_MAX + 1] = '\0';

	check(is_word("pci-0000:03:00.0"), "word: uid");
	check(is_word("drm/0000:03:00.0/vram0"), "word: dmem region");
	check(!is_word(""), "word: empty");
	check(!is_word("two words"), "word: space");
	check(!is_word("a\033[31m"), "word: escape sequence");
	check(!is_word("\xc3\xa4"), "word: not ASCII");
	check(!is_word(longest), "word: too long");
	check(is_word(longest + 1), "word: maximum length");
}

static void test_lists(void)
{
	check(is_id_list(""), "list: empty");
	check(is_id_list("1"), "list: one");
	check(is_id_list("1-4,7,9-4294967295"), "list: ranges");
	check(!is_id_list("0"), "list: 0 is not an ID");
	check(!is_id_list("0-3"), "list: range from 0");
	check(!is_id_list("4-1"), "list: range downwards");
	check(!is_id_list("1-1"), "list: range of one");
	check(!is_id_list("3,2"), "list: not ascending");
	check(!is_id_list("1-3,3"), "list: overlap");
	check(!is_id_list("1,"), "list: trailing comma");
	check(!is_id_list(",1"), "list: leading comma");
	check(!is_id_list("1-"), "list: open range");
	check(!is_id_list("1;2"), "list: other separator");
	check(!is_id_list("4294967296"), "list: too large");
}

int main(void)
{
	test_numbers();
	test_words();
	test_lists();
	return tap_status();
}
