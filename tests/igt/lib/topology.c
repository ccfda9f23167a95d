// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <ctype.h>

#include "topology.h"

void require_topology(void)
{
	igt_require_f(file_exists(GENERATION), "no driver takes part in the topology\n");
}

void list_pagemaps(struct names *pagemaps)
{
	int i, num = 0;

	names_in(pagemaps, PAGEMAPS);
	for (i = 0; i < pagemaps->num; i++)
		if (strcmp(pagemaps->name[i], "topology"))
			memmove(pagemaps->name[num++], pagemaps->name[i], NAME_SIZE);
	pagemaps->num = num;
}

uint32_t pagemap_id(const char *pagemap)
{
	static const char prefix[] = "pagemap";
	char *end;
	uint32_t id;

	igt_assert_f(!strncmp(pagemap, prefix, strlen(prefix)), "%s is no pagemap\n", pagemap);
	id = strtoul(pagemap + strlen(prefix), &end, 10);
	igt_assert_f(id && !*end, "%s is no pagemap\n", pagemap);

	return id;
}

uint32_t find_pagemap(const char *uid)
{
	struct names pagemaps;
	int i;

	list_pagemaps(&pagemaps);
	for (i = 0; i < pagemaps.num; i++)
		if (!strcmp(file_text(PAGEMAPS "/%s/uid", pagemaps.name[i]), uid))
			return pagemap_id(pagemaps.name[i]);

	return 0;
}

uint64_t generation(void)
{
	return file_number(GENERATION);
}

static bool links_agree(const char *initiator)
{
	struct names targets;
	int i;

	names_in(&targets, INITIATORS "/%s/targets", initiator);
	for (i = 0; i < targets.num; i++)
		if (!file_exists(PAGEMAPS "/%s/initiators/%s/access", targets.name[i],
				 initiator) ||
		    !file_exists(LINKS "/%s--%s/access", initiator, targets.name[i])) {
			igt_debug("the link from %s to %s is incomplete\n", initiator,
				  targets.name[i]);
			return false;
		}

	return true;
}

static bool group_agrees(const char *initiator, const struct names *initiators)
{
	struct names members;
	int i;

	if (!file_exists(INITIATORS "/%s/group", initiator)) {
		igt_debug("%s is in no group\n", initiator);
		return !file_exists(INITIATORS "/%s/render", initiator);
	}

	names_in(&members, GROUPS "/%s/initiators",
		 link_name(INITIATORS "/%s/group", initiator));
	for (i = 0; i < members.num; i++)
		if (!names_have(initiators, members.name[i])) {
			igt_debug("%s of the group of %s does not exist\n", members.name[i],
				  initiator);
			return false;
		}

	igt_debug("%s is in a group of %d\n", initiator, members.num);
	return names_have(&members, initiator);
}

bool topology_is_consistent(void)
{
	struct names initiators;
	int i;

	names_in(&initiators, INITIATORS);
	for (i = 0; i < initiators.num; i++)
		if (!links_agree(initiators.name[i]) ||
		    !group_agrees(initiators.name[i], &initiators))
			return false;

	return initiators.num;
}

const char *link_dir(const char *initiator, uint32_t id)
{
	return text_of(LINKS "/%s--pagemap%u", initiator, id);
}

bool is_direct(const char *initiator, uint32_t id)
{
	return !strcmp(file_text("%s/access", link_dir(initiator, id)), "direct");
}

const char *subtest_name(const char *name)
{
	char clean[NAME_SIZE];
	size_t i;

	for (i = 0; name[i] && i < NAME_SIZE - 1; i++)
		clean[i] = isalnum(name[i]) ? name[i] : '-';
	clean[i] = 0;

	return text_of("%s", clean);
}
