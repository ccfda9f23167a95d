// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <stdio.h>

#include "files.h"
#include "memory_cgroup.h"

#define CONTROL	"/sys/fs/cgroup/cgroup.subtree_control"

/* Set if the controller was off before. */
static bool switched_on;

void make_memory_cgroup(void)
{
	igt_require_f(!make_dir(MEMORY_CGROUP), "there are no control groups\n");
	switched_on = !file_exists(MEMORY_CGROUP "/memory.high") &&
		      !file_put("+memory", CONTROL);
	if (file_exists(MEMORY_CGROUP "/memory.high"))
		return;

	remove_memory_cgroup();
	igt_require_f(false, "there is no memory controller\n");
}

int join_memory_cgroup(void)
{
	return file_put("0", MEMORY_CGROUP "/cgroup.procs");
}

bool memory_cgroup_is_over(void)
{
	FILE *file = fopen(MEMORY_CGROUP "/memory.events", "r");
	unsigned long high = 0;
	char line[80];

	igt_assert(file);
	while (fgets(line, sizeof(line), file) && sscanf(line, "high %lu", &high) != 1)
		;
	fclose(file);

	return high;
}

void remove_memory_cgroup(void)
{
	igt_assert(eventually(!remove_dir(MEMORY_CGROUP)));
	if (switched_on)
		file_put("-memory", CONTROL);
	switched_on = false;
}
