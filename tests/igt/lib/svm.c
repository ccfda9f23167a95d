// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pages.h"
#include "svm.h"

static const struct svm_driver * const drivers[] = {
	&svm_vgpusvm,
	&svm_xe,
};

static const struct svm_driver *driver_of(const char *uid)
{
	const char *name = link_name(INITIATORS "/%s/render/device/driver", uid);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(drivers); i++)
		if (!strcmp(drivers[i]->name, name))
			return drivers[i];

	return NULL;
}

int svm_open(struct svm_gpu *gpu, const char *uid)
{
	int err;

	*gpu = (struct svm_gpu) { .driver = driver_of(uid), .fd = -1 };
	snprintf(gpu->uid, sizeof(gpu->uid), "%s", uid);
	if (!gpu->driver)
		return -ENOTSUP;

	gpu->fd = open(text_of("/dev/dri/%s", link_name(INITIATORS "/%s/render", uid)),
		       O_RDWR | O_CLOEXEC);
	if (gpu->fd < 0)
		return -errno;

	err = gpu->driver->query_ids(gpu);
	if (err)
		svm_close(gpu);

	return err;
}

void svm_close(struct svm_gpu *gpu)
{
	if (gpu->fd >= 0)
		close(gpu->fd);
	gpu->fd = -1;
}

bool svm_known(const char *uid)
{
	struct svm_gpu gpu;
	int err = svm_open(&gpu, uid);

	svm_close(&gpu);

	return err != -ENOTSUP;
}

void svm_start(struct svm_gpu *gpu, const char *uid)
{
	assert_ok(svm_open(gpu, uid));
	assert_ok(gpu->driver->vm_create(gpu));
}

size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

void *map_memory(size_t length, bool huge)
{
	const size_t align = 2 * MIB;
	char *p, *start;

	p = mmap(NULL, length + align, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		 -1, 0);
	igt_assert(p != MAP_FAILED);
	start = (char *)(((uintptr_t)p + align - 1) & -align);
	if (start > p)
		munmap(p, start - p);
	munmap(start + length, p + align - start);
	igt_assert(!madvise(start, length, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE));

	return start;
}

unsigned long huge_kib(const void *p)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	unsigned long start, end, kib = 0;
	bool inside = false;
	char line[256];

	while (smaps && fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			inside = start <= (uintptr_t)p && (uintptr_t)p < end;
		else if (inside && sscanf(line, "AnonHugePages: %lu kB", &kib) == 1)
			break;
	}
	if (smaps)
		fclose(smaps);

	return kib;
}

/* The finalizer of MurmurHash3: neighbours have nothing in common. */
static uint64_t word_of(uint64_t seed, uint64_t index)
{
	uint64_t word = (seed << 40) + index + 1;

	word = (word ^ word >> 33) * 0xff51afd7ed558ccdull;
	word = (word ^ word >> 33) * 0xc4ceb9fe1a85ec53ull;

	return word ^ word >> 33;
}

void put_pattern(void *p, size_t length, uint64_t seed)
{
	uint64_t *word = p;
	size_t i;

	for (i = 0; i < length / 8; i++)
		word[i] = word_of(seed, i);
}

bool has_pattern_from(const void *p, size_t length, uint64_t seed, size_t offset)
{
	const uint64_t *word = p;
	size_t i;

	for (i = 0; i < length / 8; i++) {
		if (word[i] != word_of(seed, offset / 8 + i)) {
			igt_info("word %zu is %#llx\n", i, (unsigned long long)word[i]);
			return false;
		}
	}

	return true;
}

bool has_pattern(const void *p, size_t length, uint64_t seed)
{
	return has_pattern_from(p, length, seed, 0);
}

static bool is_there(const struct page *page, uint32_t id, const char *device)
{
	switch (id) {
	case SVM_SYSTEM:
		return page->present;
	case SVM_ABSENT:
		return !page->present && !page->away;
	default:
		return page->away && (!*page->device || !strcmp(page->device, device));
	}
}

/* Compare the places that the driver reports with the page tables of the process. */
static void assert_witnessed(const void *p, size_t num, uint32_t id)
{
	const char *device = link_name(PAGEMAPS "/pagemap%u/device", id);
	struct page *pages = calloc(num, sizeof(*pages));
	bool allowed = find_pages(p, num, pages);
	size_t i;

	for (i = 0; allowed && i < num; i++)
		igt_assert_f(is_there(&pages[i], id, device),
			     "page %zu of %zu is said to be at %d, and is %s %s\n", i, num,
			     (int)id, pages[i].present ? "in system memory" :
			     pages[i].away ? "at" : "nowhere", pages[i].device);
	free(pages);
}

void assert_at(struct svm_gpu *gpu, const void *p, size_t length, uint32_t id)
{
	size_t num = length / page_size(), i;
	uint32_t *ids = calloc(num, sizeof(*ids));

	igt_assert(ids);
	assert_ok(gpu->driver->residency(gpu, p, length, ids));
	for (i = 0; i < num; i++)
		igt_assert_f(ids[i] == id, "page %zu of %zu is at %d, not at %d\n", i, num,
			     (int)ids[i], (int)id);
	free(ids);
	assert_witnessed(p, num, id);
}

/* Copy to memory without a preference, which is system memory. */
void assert_gpu_reads(struct svm_gpu *gpu, const void *p, size_t length, uint64_t seed,
		      size_t offset)
{
	void *copy = map_memory(length, false);

	assert_ok(gpu->driver->copy(gpu, copy, p, length));
	igt_assert(has_pattern_from(copy, length, seed, offset));
	munmap(copy, length);
}

void assert_holds(struct svm_gpu *gpu, const void *p, size_t length, uint32_t id,
		  uint64_t seed)
{
	assert_at(gpu, p, length, id);
	assert_gpu_reads(gpu, p, length, seed, 0);
	assert_at(gpu, p, length, id);
}

void assert_cpu_takes(struct svm_gpu *gpu, void *p, size_t length, uint64_t seed)
{
	igt_assert(has_pattern(p, length, seed));
	assert_at(gpu, p, length, SVM_SYSTEM);
}

void *map_at(struct svm_gpu *gpu, size_t length, bool huge, uint32_t id, uint64_t seed)
{
	void *p = map_memory(length, huge);

	put_pattern(p, length, seed);
	assert_at(gpu, p, length, SVM_SYSTEM);
	assert_ok(gpu->driver->advise(gpu, p, length, id));
	assert_ok(gpu->driver->prefetch(gpu, p, length));
	assert_at(gpu, p, length, id);

	return p;
}
