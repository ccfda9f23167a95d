// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <stdio.h>
#include <stdlib.h>

#include "dmem_cgroup.h"
#include "files.h"

#define ROOT	"/sys/fs/cgroup"
#define PARENT	ROOT "/igt-dmem"
#define CONTROL	"cgroup.subtree_control"

/* Set if the controller was off before. */
static bool switched_on;

static const char *dir_of(char cgroup)
{
	if (cgroup == '/')
		return ROOT;

	return cgroup == 'p' ? PARENT : text_of(PARENT "/%c", cgroup);
}

/* A process that ends leaves its group a moment later. */
static void remove_one(char cgroup)
{
	igt_assert(eventually(!file_exists("%s", dir_of(cgroup)) ||
			      !remove_dir("%s", dir_of(cgroup))));
}

void remove_dmem_cgroups(void)
{
	remove_one('a');
	remove_one('b');
	remove_one('p');
	if (switched_on)
		file_put("-dmem", ROOT "/" CONTROL);
	switched_on = false;
}

void make_dmem_cgroups(void)
{
	/* A subtest that failed leaves them. */
	if (file_exists(PARENT))
		remove_dmem_cgroups();
	igt_require_f(!make_dir(PARENT), "there are no control groups\n");
	switched_on = !file_exists(PARENT "/dmem.max") && !file_put("+dmem", ROOT "/" CONTROL);
	if (!file_exists(PARENT "/dmem.max")) {
		remove_dmem_cgroups();
		igt_require_f(false, "there is no dmem controller\n");
	}
	assert_ok(file_put("+dmem", PARENT "/" CONTROL));
	assert_ok(make_dir("%s", dir_of('a')));
	assert_ok(make_dir("%s", dir_of('b')));
}

void join_dmem_cgroup(char cgroup)
{
	assert_ok(file_put("0", "%s/cgroup.procs", dir_of(cgroup)));
}

/* Returns whether the file has the region. */
static bool find_region(char cgroup, const char *file, const char *region, uint64_t *bytes)
{
	FILE *lines = fopen(text_of("%s/dmem.%s", dir_of(cgroup), file), "r");
	char line[LINE], *value = NULL;

	igt_assert(lines);
	while (!value && fgets(line, sizeof(line), lines)) {
		char *space = strchr(line, ' ');

		if (!space)
			continue;
		*space = 0;
		if (!strcmp(line, region))
			value = space + 1;
	}
	fclose(lines);
	if (!value)
		return false;
	*bytes = !strncmp(value, "max", 3) ? UINT64_MAX : strtoull(value, NULL, 10);

	return true;
}

bool dmem_has(const char *region)
{
	uint64_t bytes;

	return find_region('/', "capacity", region, &bytes);
}

uint64_t dmem_of(char cgroup, const char *file, const char *region)
{
	uint64_t bytes = 0;

	igt_assert_f(find_region(cgroup, file, region, &bytes), "dmem.%s does not have %s\n",
		     file, region);

	return bytes;
}

void set_dmem(char cgroup, const char *file, const char *region, const char *limit)
{
	assert_ok(file_put(text_of("%s %s", region, limit), "%s/dmem.%s", dir_of(cgroup), file));
}
