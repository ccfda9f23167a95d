/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GPUSVM_TESTS_GROUP_FILES_H
#define GPUSVM_TESTS_GROUP_FILES_H

/*
 * Directories of files that describe peer groups, and what the library makes of each:
 * the groups as lines of NAME REQUIRE MEMBER..., or the first error, with the names of
 * files relative to the directory. Files are read in the order of their names in the C
 * locale, and lines from the first to the last one.
 *
 * In a text, FILL before a byte stands for that byte 4050 times.
 */

#include <stddef.h>

#define GPU "platform-vgpusvm."
#define ZEROS_62 "00000000000000000000000000000000000000000000000000000000000000"
#define LONGEST_NAME "a23456789012345678901234567890123456789012345678901234567890123"
#define FILL "\v"
#define FILL_LENGTH 4050

/* Without a text, it is a directory */
struct group_file {
	const char *name;
	const char *text;
	size_t length;
};

#define TEXT_FILE(name, text) { name, text, sizeof(text) - 1 }

struct group_files {
	const char *what;
	const char *expected;
	struct group_file files[3];
};

static const struct group_files good_files[] = {
	{ "comments and blanks", "right any " GPU "3 " GPU "2 pci-0000:03:00.0\n", {
		TEXT_FILE("right.conf",
			  "# A comment may contain = and member.\n\n   \t\n\t\n"
			  "\t require\t=\tany # instead of all\n"
			  "#member = " GPU "9-nowhere\n"
			  "member=" GPU "3\t \t" GPU "2#a comment without a blank\n"
			  "  member  =  pci-0000:03:00.0 \t\n"),
	} },
	{ "all kinds of uids",
	  "0.uids_of.all-sorts all a-b x-- pci-*=$HOME\"`~\\\\ virtual-[a]?(b){c,d};&|<>! pci-"
	  ZEROS_62 ZEROS_62 "\n", {
		TEXT_FILE("0.uids_of.all-sorts.conf",
			  "member = a-b x--\n"
			  "member = pci-*=$HOME\"`~\\\\ virtual-[a]?(b){c,d};&|<>!\n"
			  "member = pci-" ZEROS_62 ZEROS_62 "\n"),
	} },
	{ "lines of 4096 bytes, a name of 63, and bytes that are no UTF-8",
	  LONGEST_NAME " all longest-line\n", {
		TEXT_FILE(LONGEST_NAME ".conf",
			  "#" FILL "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"
			  "member = longest-line" FILL "                         \t\n"
			  "# \xff\xfe\x80\x1b\n"),
	} },
	{ "no newline at the end", "left none pci-0000:04:00.0\n", {
		TEXT_FILE("left.conf", "require=none\nmember = pci-0000:04:00.0"),
	} },
	{ "groups in the order of their names", "left all " GPU "0 " GPU "1\nright all a-b\n", {
		TEXT_FILE("right.conf", "member = a-b\n"),
		TEXT_FILE("left.conf", "member = " GPU "0 " GPU "1\n"),
	} },
	{ "other files", "left all a-b\n", {
		TEXT_FILE("left.conf", "member = a-b\n"),
		TEXT_FILE("left.conf.bak", "wrong\n"),
		TEXT_FILE(".hidden.conf", "wrong\n"),
	} },
	{ "no files", "", { } },
};

static const struct group_files bad_files[] = {
	{ "carriage return", "left.conf:1: \"" GPU "0?\" is not the uid of an initiator", {
		TEXT_FILE("left.conf", "member = " GPU "0\r\n"),
	} },
	{ "directory", "left.conf: not a regular file", { { "left.conf", NULL, 0 } } },
	{ "empty key", "left.conf:1: unknown key \"\"", {
		TEXT_FILE("left.conf", "= " GPU "1\nmember = " GPU "0\n"),
	} },
	{ "key in capitals", "left.conf:1: unknown key \"Member\"", {
		TEXT_FILE("left.conf", "Member = " GPU "1\nmember = " GPU "0\n"),
	} },
	{ "key unprintable", "left.conf:1: unknown key \"?[1mme??ber\"", {
		TEXT_FILE("left.conf", "\x1b[1mme\303\251ber = " GPU "1\nmember = " GPU "0\n"),
	} },
	{ "line too long", "left.conf:2: a line of more than 4096 bytes", {
		TEXT_FILE("left.conf", "member = " GPU "0\n#" FILL
				    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"),
	} },
	{ "member empty", "left.conf:2: \"member\" without a uid", {
		TEXT_FILE("left.conf", "member = " GPU "0\nmember = # nothing\n"),
	} },
	{ "member of two", "right.conf:2: \"" GPU "0\" is a member already, by left.conf:1", {
		TEXT_FILE("left.conf", "member = " GPU "0\n"),
		TEXT_FILE("right.conf", "member = " GPU "1\nmember = " GPU "0\n"),
	} },
	{ "member twice", "left.conf:3: \"" GPU "0\" is a member already, by left.conf:1", {
		TEXT_FILE("left.conf", "member = " GPU "0\nmember = " GPU "1\n"
				    "member = " GPU "2 " GPU "0\n"),
	} },
	{ "member twice in a line",
	  "left.conf:1: \"" GPU "0\" is a member already, by left.conf:1", {
		TEXT_FILE("left.conf", "member = " GPU "0 " GPU "0\n"),
	} },
	{ "name auto", "auto-left.conf: \"auto-left\" is not the name of a group", {
		TEXT_FILE("auto-left.conf", "member = " GPU "0\n"),
	} },
	{ "name before contents", "Left.conf: \"Left\" is not the name of a group", {
		TEXT_FILE("Left.conf", "one\n"),
	} },
	{ "name capitals", "Left.conf: \"Left\" is not the name of a group", {
		TEXT_FILE("Left.conf", "member = " GPU "0\n"),
	} },
	{ "name character", "left right.conf: \"left right\" is not the name of a group", {
		TEXT_FILE("left right.conf", "member = " GPU "0\n"),
	} },
	{ "name first", "_left.conf: \"_left\" is not the name of a group", {
		TEXT_FILE("_left.conf", "member = " GPU "0\n"),
	} },
	{ "name too long",
	  LONGEST_NAME "4.conf: \"" LONGEST_NAME "4\" is not the name of a group", {
		TEXT_FILE(LONGEST_NAME "4.conf", "member = " GPU "0\n"),
	} },
	{ "no equals sign", "left.conf:2: not a \"key = value\"", {
		TEXT_FILE("left.conf", "member = " GPU "0\nmember " GPU "1\n"),
	} },
	{ "no members", "left.conf: no members", {
		TEXT_FILE("left.conf", "# member = " GPU "1\nrequire = none\n"),
	} },
	{ "NUL", "left.conf:2: a NUL byte", {
		TEXT_FILE("left.conf", "member = " GPU "0\nmember = " GPU "1\0\nno = matter\n"),
	} },
	{ "NUL in a comment", "left.conf:2: a NUL byte", {
		TEXT_FILE("left.conf", "member = " GPU "0\n# \0"),
	} },
	{ "require empty", "left.conf:1: \"require\" is \"\", not all, any or none", {
		TEXT_FILE("left.conf", "require = # nothing\nmember = " GPU "0\n"),
	} },
	{ "require twice", "left.conf:3: \"require\" for the second time", {
		TEXT_FILE("left.conf", "require = any\nmember = " GPU "0\nrequire = any\n"),
	} },
	{ "require two values", "left.conf:1: \"require\" is \"any all\", not all, any or none", {
		TEXT_FILE("left.conf", "require = any all\nmember = " GPU "0\n"),
	} },
	{ "require value", "left.conf:1: \"require\" is \"some\", not all, any or none", {
		TEXT_FILE("left.conf", "require = some\nmember = " GPU "0\n"),
	} },
	{ "second file", "b.conf:1: not a \"key = value\"", {
		TEXT_FILE("a.conf", "member = " GPU "0\n"),
		TEXT_FILE("b.conf", "one\n"),
		TEXT_FILE("c.conf", "another\n"),
	} },
	{ "uid dash first", "left.conf:1: \"-vgpusvm.1\" is not the uid of an initiator", {
		TEXT_FILE("left.conf", "member = -vgpusvm.1\n"),
	} },
	{ "uid dash last", "left.conf:1: \"platform-\" is not the uid of an initiator", {
		TEXT_FILE("left.conf", "member = platform-\n"),
	} },
	{ "uid not ASCII", "left.conf:1: \"platform-??\" is not the uid of an initiator", {
		TEXT_FILE("left.conf", "member = platform-\xc3\xa9\n"),
	} },
	{ "uid slash", "left.conf:1: \"platform-../../left\" is not the uid of an initiator", {
		TEXT_FILE("left.conf", "member = platform-../../left\n"),
	} },
	{ "uid too long",
	  "left.conf:1: \"pci-0" ZEROS_62 ZEROS_62 "\" is not the uid of an initiator", {
		TEXT_FILE("left.conf", "member = pci-0" ZEROS_62 ZEROS_62 "\n"),
	} },
	{ "uid unprintable", "left.conf:1: \"" GPU "?\" is not the uid of an initiator", {
		TEXT_FILE("left.conf", "member = " GPU "\a\n"),
	} },
	{ "uid without dash", "left.conf:1: \"vgpusvm.1\" is not the uid of an initiator", {
		TEXT_FILE("left.conf", "member = " GPU "0 vgpusvm.1\n"),
	} },
	{ "unknown key", "left.conf:2: unknown key \"members\"", {
		TEXT_FILE("left.conf", "member = " GPU "0\nmembers = " GPU "1 # not this\n"
				    "no = either\n"),
	} },
};

#endif
