// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <errno.h>
#include <unistd.h>

#include "igt_configfs.h"
#include "igt_kmod.h"
#include "settings.h"
#include "vgpus.h"

#define FIRST	100
#define PREFIX	"igt-"

static bool is_ours(const char *name)
{
	return !strncmp(name, PREFIX, strlen(PREFIX));
}

static void remove_group(const char *name)
{
	struct names members;
	int i;

	file_put("0", PEERS "/groups/%s/enabled", name);
	names_in(&members, PEERS "/groups/%s/members", name);
	for (i = 0; i < members.num; i++)
		remove_dir(PEERS "/groups/%s/members/%s", name, members.name[i]);
	remove_dir(PEERS "/groups/%s", name);
}

static void remove_vgpu(const char *name)
{
	static const char * const kinds[] = { "regions", "links" };
	struct names parts;
	size_t kind;
	int i;

	file_put("0", VGPUS "/%s/enabled", name);
	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		names_in(&parts, VGPUS "/%s/%s", name, kinds[kind]);
		for (i = 0; i < parts.num; i++)
			remove_dir(VGPUS "/%s/%s/%s", name, kinds[kind], parts.name[i]);
	}
	remove_dir(VGPUS "/%s", name);
}

/* GPUs first, because their users hold groups. */
static void remove_ours(void)
{
	struct names names;
	int i;

	names_in(&names, VGPUS);
	for (i = 0; i < names.num; i++)
		if (is_ours(names.name[i]))
			remove_vgpu(names.name[i]);
	names_in(&names, PEERS "/groups");
	for (i = 0; i < names.num; i++)
		if (is_ours(names.name[i]))
			remove_group(names.name[i]);
}

static void remove_at_exit(int sig)
{
	(void)sig;
	remove_ours();
}

bool vgpus_available(void)
{
	igt_configfs_mount();
	if (!file_exists(VGPUS))
		igt_kmod_load("vgpusvm", NULL);
	if (!file_exists(VGPUS) || !file_exists(PEERS))
		return false;

	/*
	 * The last handler runs first: the peer groups from before the test can't be
	 * enabled until those of the test are gone.
	 */
	keep_setting(PEERS "/enabled_groups");
	keep_setting(PEERS "/auto/foreign_access");
	keep_setting(PEERS "/auto/min_bandwidth");
	igt_install_exit_handler(remove_at_exit);

	return true;
}

void require_vgpus(void)
{
	igt_require_f(vgpus_available(), "there is no vgpusvm to make virtual GPUs with\n");
}

void start_afresh(void)
{
	remove_ours();
	igt_require_f(!file_put("", PEERS "/enabled_groups"),
		      "peer groups of this machine are in use\n");
	assert_ok(file_put("0", PEERS "/auto/min_bandwidth"));
	assert_ok(file_put("open", PEERS "/auto/foreign_access"));
}

unsigned int vgpu_number(char gpu)
{
	return FIRST + gpu - 'a';
}

const char *vgpu_dir(char gpu)
{
	return text_of(VGPUS "/" PREFIX "%c", gpu);
}

const char *vgpu_uid(char gpu)
{
	return text_of("platform-vgpusvm.%u", vgpu_number(gpu));
}

const char *vgpu_memory(char gpu, int region)
{
	return text_of("platform-vgpusvm.%u-vram%d", vgpu_number(gpu), region);
}

uint32_t vgpu_id(char gpu, int region)
{
	return find_pagemap(vgpu_memory(gpu, region));
}

void size_vgpu_memory(char gpu, int region, unsigned long size)
{
	assert_ok(file_put(text_of("%lu", size), "%s/regions/%d/size", vgpu_dir(gpu), region));
}

static void make_vgpu(char gpu, int memories)
{
	int i;

	assert_ok(make_dir("%s", vgpu_dir(gpu)));
	assert_ok(file_put(text_of("%u", vgpu_number(gpu)), "%s/index", vgpu_dir(gpu)));
	for (i = 0; i < memories; i++) {
		assert_ok(make_dir("%s/regions/%d", vgpu_dir(gpu), i));
		size_vgpu_memory(gpu, i, VGPU_SIZE);
	}
}

void make_vgpus(const char *gpus, int memories)
{
	for (; *gpus; gpus++)
		make_vgpu(*gpus, memories);
}

int set_link(char from, char to, const char *file, const char *value)
{
	return file_put(value, "%s/links/" PREFIX "%c/%s", vgpu_dir(from), to, file);
}

void link_vgpu(char from, char to, const char *figures)
{
	char *copy = strdup(figures), *save = NULL, *word, *value;

	assert_ok(make_dir("%s/links/" PREFIX "%c", vgpu_dir(from), to));
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		value = strchr(word, '=');
		*value++ = 0;
		assert_ok(set_link(from, to, word, value));
	}
	free(copy);
}

void link_vgpus(const char *gpus, const char *figures)
{
	const char *from, *to;

	for (from = gpus; *from; from++)
		for (to = gpus; *to; to++)
			if (from != to)
				link_vgpu(*from, *to, figures);
}

void set_bandwidth(char from, char to, unsigned int read, unsigned int write)
{
	/* A value above the maximum raises that; a maximum below the value is refused. */
	assert_ok(set_link(from, to, "read_bandwidth", text_of("%u", read)));
	assert_ok(set_link(from, to, "max_read_bandwidth", text_of("%u", read)));
	assert_ok(set_link(from, to, "write_bandwidth", text_of("%u", write)));
	assert_ok(set_link(from, to, "max_write_bandwidth", text_of("%u", write)));
}

void link_vgpus_at(const char *gpus, unsigned int read, unsigned int write)
{
	const char *from, *to;

	link_vgpus(gpus, "");
	for (from = gpus; *from; from++)
		for (to = gpus; *to; to++)
			if (from != to)
				set_bandwidth(*from, *to, read, write);
}

static void set_vgpus(const char *gpus, const char *enabled)
{
	for (; *gpus; gpus++)
		assert_ok(file_put(enabled, "%s/enabled", vgpu_dir(*gpus)));
}

void enable_vgpus(const char *gpus)
{
	set_vgpus(gpus, "1");
}

void disable_vgpus(const char *gpus)
{
	set_vgpus(gpus, "0");
}

void remove_vgpus(const char *gpus)
{
	for (; *gpus; gpus++)
		remove_vgpu(text_of(PREFIX "%c", *gpus));
}

int unbind_vgpu(char gpu)
{
	return file_put(text_of("vgpusvm.%u", vgpu_number(gpu)), DRIVER "/unbind");
}

int bind_vgpu(char gpu)
{
	return file_put(text_of("vgpusvm.%u", vgpu_number(gpu)), DRIVER "/bind");
}

const char *peers_dir(const char *group)
{
	return text_of(PEERS "/groups/" PREFIX "%s", group);
}

const char *group_dir(const char *group)
{
	return text_of(GROUPS "/" PREFIX "%s", group);
}

int add_member(const char *group, char gpu)
{
	return make_dir("%s/members/%s", peers_dir(group), vgpu_uid(gpu));
}

void make_group(const char *group, const char *gpus)
{
	assert_ok(make_dir("%s", peers_dir(group)));
	for (; *gpus; gpus++)
		assert_ok(add_member(group, *gpus));
}

int switch_group(const char *group, const char *value)
{
	return file_put(value, "%s/enabled", peers_dir(group));
}

int switch_groups(const char *groups)
{
	char text[LINE] = "", *copy = strdup(groups), *save = NULL, *word;

	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		strcat(text, *text ? " " PREFIX : PREFIX);
		strcat(text, word);
	}
	free(copy);

	return file_put(text, PEERS "/enabled_groups");
}

const char *outcome(const char *group)
{
	return group ? file_text("%s/last_error", peers_dir(group)) :
		       file_text(PEERS "/last_error");
}

const char *no_link(char from, char to, const char *reason)
{
	return text_of("ENOLINK %s %s %s", vgpu_uid(from), vgpu_memory(to, 0), reason);
}

const char *busy(char gpu, const char *why)
{
	return text_of("EBUSY %s %s", vgpu_uid(gpu), why);
}

const char *member_state(const char *group, char gpu)
{
	const char *dir = text_of("%s/members/%s", peers_dir(group), vgpu_uid(gpu));

	return text_of("%s %s", file_text("%s/state", dir), file_text("%s/reason", dir));
}

/* The letter of a GPU by its uid, or 0 if the test did not make it. */
static char letter_of(const char *uid)
{
	unsigned int number;

	if (sscanf(uid, "platform-vgpusvm.%u", &number) != 1 || number < FIRST ||
	    number >= FIRST + 26)
		return 0;

	return 'a' + number - FIRST;
}

static const char *short_name(const char *group)
{
	static const char automatic[] = "auto-";
	const char *uid, *suffix;
	char letter;

	if (is_ours(group))
		return group + strlen(PREFIX);
	if (strncmp(group, automatic, strlen(automatic)))
		return group;

	uid = group + strlen(automatic);
	suffix = strchrnul(uid, '~');
	letter = letter_of(text_of("%.*s", (int)(suffix - uid), uid));
	return letter ? text_of("auto-%c%s", letter, suffix) : group;
}

static const char *scan_groups(void)
{
	struct names groups, members;
	char text[LINE] = "";
	int i, j;

	names_in(&groups, GROUPS);
	for (i = 0; i < groups.num; i++) {
		char letters[NAMES_MAX + 1] = "";
		int num = 0;

		names_in(&members, GROUPS "/%s/initiators", groups.name[i]);
		for (j = 0; j < members.num; j++)
			if (letter_of(members.name[j]))
				letters[num++] = letter_of(members.name[j]);
		if (num || is_ours(groups.name[i]))
			strcat(text, text_of("%s%s=%s", *text ? " " : "",
					     short_name(groups.name[i]), letters));
	}

	return text_of("%s", text);
}

/* Scan until the generation is even and does not change. */
const char *partition(void)
{
	uint64_t before;
	const char *text;

	do {
		before = generation();
		text = scan_groups();
	} while (before % 2 || generation() != before);

	return text;
}

const char *group_of(char gpu)
{
	return short_name(link_name(INITIATORS "/%s/group", vgpu_uid(gpu)));
}

const char *group_shows(char gpu, const char *file)
{
	return file_text(INITIATORS "/%s/group/%s", vgpu_uid(gpu), file);
}

const char *usable(char from, char to)
{
	const char *dir = link_dir(vgpu_uid(from), vgpu_id(to, 0));

	return text_of("%s %s", file_text("%s/usable", dir), file_text("%s/usable_reason", dir));
}
