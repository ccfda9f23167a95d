// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "pages.h"

#define PM_PRESENT	0x8000000000000000ull
#define PM_SWAP		0x4000000000000000ull
/* For a page of a device, the offset of the swap entry is the number of the page. */
#define PM_NUMBER(entry)	(((entry) & 0x007fffffffffffe0ull) >> 5)

struct resource {
	uint64_t start, end;
	char name[NAME_SIZE];
};

/* The innermost resource at an address; those that have others come before them. */
static void find_resource(struct resource *found, uint64_t address)
{
	FILE *list = fopen("/proc/iomem", "r");
	struct resource each;
	char line[256];

	*found = (struct resource) { address, address, "none" };
	while (list && fgets(line, sizeof(line), list))
		if (sscanf(line, " %" SCNx64 "-%" SCNx64 " : %95[^\n]", &each.start, &each.end,
			   each.name) == 3 && each.start <= address && address <= each.end)
			*found = each;
	if (list)
		fclose(list);
}

static bool read_entries(const void *p, size_t num, uint64_t *entries)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;

	igt_assert(pread(fd, entries, num * 8, (uintptr_t)p / page * 8) == (ssize_t)num * 8);
	close(fd);

	return true;
}

bool find_pages(const void *p, size_t num, struct page *pages)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	uint64_t *entries = calloc(num, sizeof(*entries)), address;
	struct resource resource = { .start = 1 };
	bool allowed = read_entries(p, num, entries);
	size_t i;

	for (i = 0; allowed && i < num; i++) {
		pages[i] = (struct page) {
			.present = entries[i] & PM_PRESENT,
			.away = entries[i] & PM_SWAP,
		};
		address = PM_NUMBER(entries[i]) * page;
		if (!pages[i].away || !address)
			continue;
		if (address < resource.start || address > resource.end)
			find_resource(&resource, address);
		memcpy(pages[i].device, resource.name, NAME_SIZE);
	}
	free(entries);

	return allowed;
}
