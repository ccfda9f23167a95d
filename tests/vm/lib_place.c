// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lib_place [-d] [-f] [-m MIB] GPU [ID]...
 *
 * Places memory of a VM of that GPU by the library, moves it there, and prints the results
 * of the library: the permission for each ID; the ID that the library chose, or the error,
 * with the error of each ID; the preference; and where the pages are. -d: by the default
 * placement instead of by IDs; -f: also in a full region; -m: the size.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <gpusvm-placement.h>

#include "mem.h"

#define MOST_IDS 16

static struct gpu gpu;
static struct gpusvm_ctx *ctx;

/* Options of the command line */
static struct gpusvm_placement placements[MOST_IDS];
static size_t count;
static unsigned int flags;
static bool by_default;
static size_t size = MIB;

static const char *name(int err)
{
	return err ? strerrorname_np(-err) : "ok";
}

static void hear(void *data, int priority, const char *message)
{
	(void)data;
	if (priority <= LOG_WARNING)
		fprintf(stderr, "%d %s\n", priority, message);
}

static int scan(struct gpusvm_topology **topology)
{
	int err;

	err = gpusvm_new(&ctx);
	if (err)
		return err;
	gpusvm_set_log_fn(ctx, hear, NULL);
	return gpusvm_topology_new(ctx, topology);
}

static void print_permissions(void)
{
	int err = gpusvm_query_permission(gpu.fd, gpu.vm, placements, count);

	printf("permission");
	for (size_t i = 0; i < count; i++)
		printf(" %s", name(err ? err : placements[i].error));
	putchar('\n');
}

static int place(const struct gpusvm_topology *topology, void *p, uint32_t *taken)
{
	int err;

	if (by_default)
		return gpusvm_place_default(topology, gpu.fd, gpu.vm, p, size, taken);
	err = gpusvm_place(ctx, gpu.fd, gpu.vm, p, size, placements, count, flags, taken);
	printf("said");
	for (size_t i = 0; i < count; i++)
		printf(" %s", name(placements[i].error));
	putchar('\n');
	return err;
}

static void print_preference(void *p)
{
	uint32_t id = 0;
	int err = gpusvm_query_preference(gpu.fd, gpu.vm, p, size, &id);

	if (err)
		printf("preference %s\n", name(err));
	else
		printf("preference %u\n", id);
}

/* The place of all pages, or "mixed" */
static void print_residency(void *p)
{
	size_t pages = size / page_size();
	uint32_t *places = calloc(pages, sizeof(*places));
	int err = places ? gpusvm_query_residency(gpu.fd, gpu.vm, p, size, places) : -ENOMEM;
	size_t same = 0;

	while (!err && same < pages && places[same] == places[0])
		same++;
	if (err)
		printf("resident %s\n", name(err));
	else if (same < pages)
		puts("resident mixed");
	else
		printf("resident %d\n", (int)places[0]);
	free(places);
}

static void run(const struct gpusvm_topology *topology)
{
	char *p = mem_map(size, SMALL_PAGES);
	uint32_t taken = 0;
	int err;

	cpu_put(p, size, 3);
	if (!by_default)
		print_permissions();
	err = place(topology, p, &taken);
	if (err)
		printf("taken %s\n", name(err));
	else
		printf("taken %u\n", taken);
	print_preference(p);
	printf("prefetch %s\n", name(gpu_prefetch(&gpu, p, size, NULL)));
	print_residency(p);
	puts(gpu_has(&gpu, p, size, 3) ? "content ok" : "content bad");
	mem_unmap(p, size);
}

static bool parse(int argc, char **argv, unsigned int *number)
{
	int option;

	while ((option = getopt(argc, argv, "dfm:")) >= 0) {
		if (option == 'd')
			by_default = true;
		else if (option == 'f')
			flags = GPUSVM_PLACE_FULL;
		else if (option == 'm')
			size = strtoul(optarg, NULL, 10) * MIB;
		else
			return false;
	}
	if (optind == argc || argc - optind > MOST_IDS)
		return false;
	*number = atoi(argv[optind++]);
	for (; optind < argc; optind++)
		placements[count++].pagemap_id = strtoul(argv[optind], NULL, 10);
	return true;
}

int main(int argc, char **argv)
{
	struct gpusvm_topology *topology = NULL;
	const char *driver = "";
	unsigned int number;
	int err;

	if (!parse(argc, argv, &number))
		return 2;
	err = scan(&topology);
	if (err) {
		printf("no topology: %s\n", name(err));
		return 1;
	}
	gpu_start(&gpu, number);
	err = gpusvm_driver_name(gpu.fd, &driver);
	if (err || strcmp(driver, "vgpusvm"))
		printf("driver %s %s\n", name(err), driver);
	run(topology);
	gpu_close(&gpu);
	gpusvm_topology_unref(topology);
	gpusvm_unref(ctx);
	return 0;
}
