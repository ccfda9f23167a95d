// SPDX-License-Identifier: GPL-2.0-or-later

#include <elf.h>
#include <fcntl.h>
#include <linux/kcov.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cover.h"

#define TRACE_WORDS	(64u << 10)
#define MAX_RANGES	32

/* Offset from the relocation of a call's operand to the address after the call. */
#define OPERAND		4

/* A section of a module with code. */
struct range {
	const char *module;
	char section[64];
	uint64_t address;	/* 0 if not loaded */
	uint64_t size;
	uint16_t *sites;	/* by offset: 1 + the site, or 0 */
};

struct site {
	const char *module;
	char function[64];
};

static struct range ranges[MAX_RANGES];
static unsigned int num_ranges;
static struct site sites[MAX_SITES];
static unsigned int num_sites;

static __thread uint64_t *trace;

/* An object file in memory. */
struct object {
	const char *data;
	const Elf64_Ehdr *header;
	const Elf64_Shdr *sections;
	const char *section_names;
};

static const Elf64_Shdr *section(const struct object *object, unsigned int i)
{
	return &object->sections[i];
}

static bool open_object(const char *path, struct object *object)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return false;
	fstat(fd, &st);
	object->data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (object->data == MAP_FAILED || memcmp(object->data, ELFMAG, SELFMAG))
		return false;
	object->header = (const void *)object->data;
	object->sections = (const void *)(object->data + object->header->e_shoff);
	object->section_names = object->data +
		section(object, object->header->e_shstrndx)->sh_offset;

	return true;
}

/* Sets the name of the function at an offset of a section. */
static void name_function(const struct object *object, const Elf64_Shdr *symtab,
			  unsigned int in, uint64_t offset, struct site *site)
{
	const Elf64_Sym *symbols = (const void *)(object->data + symtab->sh_offset);
	const char *strings = object->data + section(object, symtab->sh_link)->sh_offset;

	for (size_t i = 0; i < symtab->sh_size / sizeof(*symbols); i++) {
		const Elf64_Sym *symbol = &symbols[i];

		if (ELF64_ST_TYPE(symbol->st_info) == STT_FUNC && symbol->st_shndx == in &&
		    offset >= symbol->st_value && offset < symbol->st_value + symbol->st_size)
			snprintf(site->function, sizeof(site->function), "%s",
				 strings + symbol->st_name);
	}
}

static struct range *new_range(const struct object *object, const char *module, unsigned int in)
{
	struct range *range = &ranges[num_ranges++];

	range->module = module;
	snprintf(range->section, sizeof(range->section), "%s",
		 object->section_names + section(object, in)->sh_name);
	range->size = section(object, in)->sh_size;
	range->sites = calloc(range->size + OPERAND + 1, sizeof(*range->sites));

	return range;
}

/* Finds the calls in one section that the compiler put into each basic block. */
static void find_sites(const struct object *object, const char *module, const Elf64_Shdr *rela)
{
	const Elf64_Shdr *symtab = section(object, rela->sh_link);
	const Elf64_Sym *symbols = (const void *)(object->data + symtab->sh_offset);
	const char *strings = object->data + section(object, symtab->sh_link)->sh_offset;
	const Elf64_Rela *relas = (const void *)(object->data + rela->sh_offset);
	struct range *range = NULL;

	for (size_t i = 0; i < rela->sh_size / sizeof(*relas); i++) {
		const Elf64_Sym *symbol = &symbols[ELF64_R_SYM(relas[i].r_info)];

		if (strcmp(strings + symbol->st_name, "__sanitizer_cov_trace_pc") ||
		    num_sites == MAX_SITES || num_ranges == MAX_RANGES)
			continue;
		if (!range)
			range = new_range(object, module, rela->sh_info);
		sites[num_sites].module = module;
		name_function(object, symtab, rela->sh_info, relas[i].r_offset,
			      &sites[num_sites]);
		range->sites[relas[i].r_offset + OPERAND] = ++num_sites;
	}
}

static bool module_file(const char *module, char *path, size_t size)
{
	char command[128];
	FILE *out;
	bool good;

	snprintf(command, sizeof(command), "modinfo -n %s", module);
	out = popen(command, "r");
	good = out && fgets(path, size, out);
	if (out)
		pclose(out);
	path[strcspn(path, "\n")] = '\0';

	return good;
}

bool cover_find(const char * const *modules, unsigned int num)
{
	for (unsigned int i = 0; i < num; i++) {
		char path[512] = "";
		struct object object;

		if (!module_file(modules[i], path, sizeof(path)) || !open_object(path, &object))
			continue;
		for (unsigned int j = 0; j < object.header->e_shnum; j++) {
			const Elf64_Shdr *rela = section(&object, j);

			if (rela->sh_type == SHT_RELA &&
			    section(&object, rela->sh_info)->sh_flags & SHF_EXECINSTR)
				find_sites(&object, modules[i], rela);
		}
	}

	return num_sites;
}

void cover_locate(void)
{
	for (unsigned int i = 0; i < num_ranges; i++) {
		char path[256];
		FILE *file;

		snprintf(path, sizeof(path), "/sys/module/%s/sections/%s", ranges[i].module,
			 ranges[i].section);
		ranges[i].address = 0;
		file = fopen(path, "r");
		if (!file)
			continue;
		if (fscanf(file, "%lx", &ranges[i].address) != 1)
			ranges[i].address = 0;
		fclose(file);
	}
}

bool cover_start(void)
{
	int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	void *p;

	/* Do not use the buffer of the parent process. */
	trace = NULL;
	if (fd < 0 || !num_sites)
		return false;
	if (ioctl(fd, KCOV_INIT_TRACE, TRACE_WORDS))
		return false;
	p = mmap(NULL, TRACE_WORDS * sizeof(*trace), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC))
		return false;
	/* Children of programs do not need the buffer. */
	madvise(p, TRACE_WORDS * sizeof(*trace), MADV_DONTFORK);
	trace = p;

	return true;
}

void cover_begin(void)
{
	if (trace)
		__atomic_store_n(trace, 0, __ATOMIC_RELAXED);
}

static void set_bit(struct signal *signal, unsigned int bit)
{
	signal->words[bit / 64] |= 1ull << bit % 64;
}

static bool note(struct signal *signal, const struct range *range, uint64_t address)
{
	uint64_t offset = address - range->address;

	if (!range->address || offset > range->size || !range->sites[offset])
		return false;
	set_bit(signal, range->sites[offset] - 1);

	return true;
}

void cover_end(struct signal *signal)
{
	uint64_t num = trace ? __atomic_load_n(trace, __ATOMIC_RELAXED) : 0;
	unsigned int last = 0;

	if (num >= TRACE_WORDS)
		num = TRACE_WORDS - 1;
	for (uint64_t i = 1; i <= num; i++) {
		/* Most sites are in the same range as the site before. */
		if (note(signal, &ranges[last], trace[i]))
			continue;
		for (unsigned int j = 0; j < num_ranges; j++)
			if (note(signal, &ranges[j], trace[i]))
				last = j;
	}
}

void signal_outcome(struct signal *signal, const struct call_type *type, long outcome)
{
	set_bit(signal, MAX_SITES + call_index(type) % MAX_TYPES * OUTCOMES + -outcome % OUTCOMES);
}

void signal_add(struct signal *to, const struct signal *from)
{
	for (unsigned int i = 0; i < SIGNAL_WORDS; i++)
		if (from->words[i])
			__atomic_fetch_or(&to->words[i], from->words[i], __ATOMIC_RELAXED);
}

unsigned int signal_news(struct signal *signal, const struct signal *known)
{
	unsigned int num = 0;

	for (unsigned int i = 0; i < SIGNAL_WORDS; i++) {
		signal->words[i] &= ~known->words[i];
		num += __builtin_popcountll(signal->words[i]);
	}

	return num;
}

bool signal_has(const struct signal *signal, const struct signal *part)
{
	for (unsigned int i = 0; i < SIGNAL_WORDS; i++)
		if (part->words[i] & ~signal->words[i])
			return false;

	return true;
}

bool signal_meets(const struct signal *signal, const struct signal *other)
{
	for (unsigned int i = 0; i < SIGNAL_WORDS; i++)
		if (signal->words[i] & other->words[i])
			return true;

	return false;
}

bool signal_has_any_site(const struct signal *signal)
{
	for (unsigned int i = 0; i < MAX_SITES / 64; i++)
		if (signal->words[i])
			return true;

	return false;
}

bool signal_has_site(const struct signal *signal, unsigned int site)
{
	return signal->words[site / 64] >> site % 64 & 1;
}

unsigned int cover_sites(void)
{
	return num_sites;
}

void cover_summary(const struct signal *signal, FILE *out)
{
	unsigned int first = 0;

	while (first < num_sites) {
		unsigned int i = first, ran = 0;

		for (; i < num_sites && sites[i].module == sites[first].module; i++)
			ran += signal_has_site(signal, i);
		fprintf(out, "%s: %u of %u basic blocks, %.1f %%\n", sites[first].module, ran,
			i - first, 100.0 * ran / (i - first));
		first = i;
	}
}

void cover_functions(const struct signal *signal, FILE *out)
{
	unsigned int first = 0;

	while (first < num_sites) {
		unsigned int i = first, ran = 0;

		for (; i < num_sites && sites[i].module == sites[first].module &&
		     !strcmp(sites[i].function, sites[first].function); i++)
			ran += signal_has_site(signal, i);
		fprintf(out, "%s %s %u %u\n", sites[first].module, sites[first].function, ran,
			i - first);
		first = i;
	}
}
