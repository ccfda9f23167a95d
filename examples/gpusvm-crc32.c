// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a GPU runtime does with the topology, from end to end: it chooses a
 * pagemap by ID, places ordinary memory there through the one GPU that it
 * computes on, computes, and looks where the pages are.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "choose.h"
#include "gpu.h"

enum {
	EXIT_USAGE = 2,
	EXIT_REFUSED = 3,
};

struct options {
	const char *gpu;
	const char *pagemap;	/* or NULL */
	unsigned long rounds;
	const char *file;
};

static int help(void)
{
	puts("Usage: gpusvm-crc32 [OPTION]... FILE\n"
	     "\n"
	     "Reads FILE into memory, places that on a GPU's pagemap, has a virtual GPU compute\n"
	     "the CRC-32 of it, touches it with the CPU, and tells where the pages are each time.\n"
	     "\n"
	     "  -g, --gpu UID        the GPU that computes, by default the first one\n"
	     "  -p, --pagemap WHERE  where to place the memory, by default where\n"
	     "                       gpusvm-topology run says, and else near:\n"
	     "                         near    the nearest usable pagemap\n"
	     "                         peer    the nearest usable one of another GPU\n"
	     "                         none    anywhere: the memory stays where it is\n"
	     "                         ID or uid of a pagemap\n"
	     "  -r, --rounds N       place and compute N times, and stop before each time but\n"
	     "                       the first; SIGCONT goes on\n"
	     "  -h, --help           print this help\n"
	     "\n"
	     "Exit status:\n"
	     "  0  success\n"
	     "  1  failure\n"
	     "  2  wrong usage\n"
	     "  3  the kernel has refused the pagemap");
	return EXIT_SUCCESS;
}

static bool parse_rounds(const char *text, unsigned long *rounds)
{
	char *end;

	errno = 0;
	*rounds = strtoul(text, &end, 10);
	if (!errno && *rounds && *text >= '0' && *text <= '9' && !*end)
		return true;
	warnx("--rounds wants a number from 1 on, not \"%s\"", text);
	return false;
}

static void print_gpu(const struct gpusvm_initiator *initiator)
{
	const struct gpusvm_group *group = gpusvm_initiator_get_group(initiator);

	printf("gpu       %s, in the group %s\n", gpusvm_initiator_get_uid(initiator),
	       group ? gpusvm_group_get_name(group) : "?");
}

static void print_link(const struct gpusvm_link *link)
{
	uint64_t bandwidth, latency;

	printf(", %s", gpusvm_link_get_type(link) ?: "?");
	if (!gpusvm_link_get_read_bandwidth(link, &bandwidth))
		printf(", %llu MB/s", (unsigned long long)bandwidth);
	if (!gpusvm_link_get_read_latency(link, &latency))
		printf(", %llu ns", (unsigned long long)latency);
}

static void print_pagemap(const struct gpusvm_initiator *initiator, uint32_t id)
{
	const struct gpusvm_topology *topology = gpusvm_initiator_get_topology(initiator);
	const struct gpusvm_pagemap *pagemap = gpusvm_pagemap_find_by_id(topology, id);
	const struct gpusvm_link *link;

	if (!id) {
		puts("pagemap   none");
		return;
	}
	printf("pagemap   %u", id);
	if (pagemap) {
		printf(", %s", gpusvm_pagemap_get_uid(pagemap) ?: "?");
		link = gpusvm_link_find(initiator, pagemap);
		if (link)
			print_link(link);
	}
	putchar('\n');
}

static int compare_places(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static void print_place(size_t pages, uint32_t place)
{
	printf("%zu ", pages);
	if (place == GPUSVM_RESIDENCY_SYSTEM)
		printf("in system memory");
	else if (place == GPUSVM_RESIDENCY_NOT_PRESENT)
		printf("not present");
	else
		printf("on pagemap %u", place);
}

/* Counts by sorting: a handful of places, and any of them may be anywhere. */
static void print_places(uint32_t *places, size_t number, const char *when)
{
	size_t first = 0, i;

	qsort(places, number, sizeof(*places), compare_places);
	printf("pages     ");
	for (i = 1; i <= number; i++) {
		if (i < number && places[i] == places[first])
			continue;
		print_place(i - first, places[first]);
		if (i < number)
			printf(", ");
		first = i;
	}
	printf("%s\n", when);
}

static int show_places(const struct gpu *gpu, const struct buffer *buffer, const char *when)
{
	size_t number = buffer->size / page_size();
	uint32_t *places = calloc(number, sizeof(*places));
	int err;

	if (!places) {
		warn("places of %zu pages", number);
		return EXIT_FAILURE;
	}
	err = gpusvm_query_residency(gpu->fd, gpu->vm_id, buffer->start, buffer->size, places);
	if (err)
		warnx("cannot ask where the pages are: %s", strerror(-err));
	else
		print_places(places, number, when);
	free(places);
	return err ? EXIT_FAILURE : 0;
}

/* A pagemap may come and go with its GPU. The preference stays, and the data is never lost. */
static int prefetch(const struct gpu *gpu, const struct buffer *buffer, uint32_t id)
{
	int err = gpu_prefetch(gpu, buffer->start, buffer->size);

	if (err == -ENODEV || err == -ENOLINK) {
		printf("prefetch  %s: pagemap %u can't be used now\n", strerrorname_np(-err), id);
		return 0;
	}
	if (err) {
		warnx("cannot move the memory: %s", strerror(-err));
		return EXIT_FAILURE;
	}
	return 0;
}

static int compute(const struct gpu *gpu, const struct buffer *buffer, const char *name)
{
	uint32_t crc;
	int err;

	err = gpu_crc32(gpu, buffer->start, buffer->length, &crc);
	if (err) {
		warnx("the GPU cannot read the memory: %s", strerror(-err));
		return EXIT_FAILURE;
	}
	printf("crc32     %u %zu %s\n", crc, buffer->length, name);
	return 0;
}

static void stop(void)
{
	printf("stopped   kill -CONT %d goes on\n", getpid());
	raise(SIGSTOP);
}

static int work(const struct gpu *gpu, const struct buffer *buffer, uint32_t id,
		const struct options *options)
{
	unsigned long round;
	int status;

	for (round = 1; round <= options->rounds; round++) {
		if (round > 1)
			stop();
		status = prefetch(gpu, buffer, id) ?: show_places(gpu, buffer, "") ?:
			 compute(gpu, buffer, options->file);
		if (status)
			return status;
	}
	return 0;
}

/* A read is enough to bring a page back. */
static int touch(const struct gpu *gpu, const struct buffer *buffer)
{
	size_t offset;

	for (offset = 0; offset < buffer->size; offset += page_size())
		(void)*(volatile unsigned char *)(buffer->start + offset);
	return show_places(gpu, buffer, " after the CPU touched them");
}

static int show_counters(const struct gpu *gpu)
{
	struct drm_vgpusvm_stats stats;
	unsigned long long modelled = 0;
	int err, place;

	err = gpu_query_stats(gpu, &stats);
	if (err) {
		warnx("cannot read the counters: %s", strerror(-err));
		return EXIT_FAILURE;
	}
	for (place = 0; place < DRM_VGPUSVM_PLACES; place++)
		modelled += stats.modelled_ns[place];
	printf("read      %llu bytes local, %llu peer, %llu system; modelled time %llu.%llu us\n",
	       (unsigned long long)stats.read_bytes[DRM_VGPUSVM_PLACE_LOCAL],
	       (unsigned long long)stats.read_bytes[DRM_VGPUSVM_PLACE_PEER],
	       (unsigned long long)stats.read_bytes[DRM_VGPUSVM_PLACE_SYSTEM],
	       modelled / 1000, modelled % 1000 / 100);
	return 0;
}

/* As the user has chosen for all programs, or else @id stays what it is. */
static int place_default(const struct gpusvm_initiator *initiator, const struct gpu *gpu,
			 const struct buffer *buffer, uint32_t *id)
{
	const struct gpusvm_topology *topology = gpusvm_initiator_get_topology(initiator);
	int err = gpusvm_place_default(topology, gpu->fd, gpu->vm_id, buffer->start,
				       buffer->size, id);

	if (err) {
		warnx("cannot place the memory as GPUSVM_PAGEMAP says: %s", strerror(-err));
		return EXIT_REFUSED;
	}
	if (*id != GPUSVM_PAGEMAP_NONE)
		print_pagemap(initiator, *id);
	return 0;
}

static int place_on(const struct gpusvm_initiator *initiator, const struct gpu *gpu,
		    const struct buffer *buffer, uint32_t id)
{
	int err = gpusvm_prefer(gpu->fd, gpu->vm_id, buffer->start, buffer->size, id);

	if (!err)
		return 0;
	explain_refusal(initiator, id, err);
	return EXIT_REFUSED;
}

static int place(const struct gpusvm_initiator *initiator, const struct gpu *gpu,
		 const struct buffer *buffer, const char *where, uint32_t *id)
{
	int status = 0;

	print_gpu(initiator);
	if (!where)
		status = place_default(initiator, gpu, buffer, id);
	if (status || *id != GPUSVM_PAGEMAP_NONE)
		return status;

	if (choose_pagemap(initiator, gpu, where ?: "near", buffer->size, id))
		return EXIT_FAILURE;
	print_pagemap(initiator, *id);
	return place_on(initiator, gpu, buffer, *id);
}

static int run_on_gpu(const struct gpusvm_initiator *initiator, const struct gpu *gpu,
		      const struct options *options)
{
	struct buffer buffer = { 0 };
	uint32_t id = GPUSVM_PAGEMAP_NONE;
	int status;

	status = buffer_read(options->file, &buffer) ?:
		 place(initiator, gpu, &buffer, options->pagemap, &id) ?:
		 work(gpu, &buffer, id, options) ?:
		 touch(gpu, &buffer) ?: show_counters(gpu);
	buffer_free(&buffer);
	return status;
}

static int run_in_topology(const struct gpusvm_topology *topology, const struct options *options)
{
	const struct gpusvm_initiator *initiator = choose_gpu(topology, options->gpu);
	const char *render;
	struct gpu gpu;
	int err, status;

	if (!initiator)
		return EXIT_FAILURE;
	render = gpusvm_initiator_get_render(initiator);
	err = render ? gpu_open(&gpu, render) : -ENODEV;
	if (err) {
		warnx("%s: cannot open %s: %s", gpusvm_initiator_get_uid(initiator),
		      render ?: "its render node",
		      err == -ENOTSUP ? "not a virtual GPU" : strerror(-err));
		return EXIT_FAILURE;
	}
	status = run_on_gpu(initiator, &gpu, options);
	gpu_close(&gpu);
	return status;
}

static int run(const struct options *options)
{
	struct gpusvm_topology *topology = NULL;
	struct gpusvm_ctx *ctx = NULL;
	int err, status;

	err = gpusvm_new(&ctx) ?: gpusvm_topology_new(ctx, &topology);
	if (err)
		warnx("cannot read the topology: %s", err == -ENOENT ?
		      "is the module drm_pagemap_topology loaded?" : strerror(-err));
	status = err ? EXIT_FAILURE : run_in_topology(topology, options);
	gpusvm_topology_unref(topology);
	gpusvm_unref(ctx);
	return status;
}

static int usage(void)
{
	fputs("Try: gpusvm-crc32 --help\n", stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "gpu", required_argument, NULL, 'g' },
		{ "pagemap", required_argument, NULL, 'p' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct options options = { .rounds = 1 };
	int option;

	while ((option = getopt_long(argc, argv, "g:p:r:h", long_options, NULL)) >= 0) {
		if (option == 'g')
			options.gpu = optarg;
		else if (option == 'p')
			options.pagemap = optarg;
		else if (option == 'h')
			return help();
		else if (option != 'r' || !parse_rounds(optarg, &options.rounds))
			return usage();
	}
	if (argc - optind != 1) {
		warnx(optind == argc ? "no FILE" : "more than one FILE");
		return usage();
	}
	options.file = argv[optind];

	/* Somebody may watch it stop and go on. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	return run(&options);
}
