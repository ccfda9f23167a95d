// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <getopt.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "export.h"

typedef int (*export_fn)(const struct gpusvm_topology *topology,
			 const struct options *options);

static const struct format {
	const char *name;
	const char *help;
	export_fn print;
} formats[] = {
	{ "dot", "a graph for Graphviz", export_dot },
	{ "svg", "a picture", export_svg },
	{ "html", "a page with the picture, the matrix and all values", export_html },
	{ "prometheus", "metrics for the textfile collector of the node exporter",
	  export_prometheus },
	{ "slurm", "lines of gres.conf, with Links= and Cores=", export_slurm },
	{ "dra", "ResourceSlices for Dynamic Resource Allocation of Kubernetes", export_dra },
	{ "cdi", "a specification of devices for containers", export_cdi },
	{ "jgf", "a graph of resources for Flux", export_jgf },
	{ "nfd", "a local feature file for node-feature-discovery", export_nfd },
	{ "hwloc", "XML for hwloc and lstopo, with a matrix of bandwidths", export_hwloc },
	{ "nccl", "XML for NCCL_TOPO_FILE", export_nccl },
};

#define FORMATS (sizeof(formats) / sizeof(*formats))

static int print_help(void)
{
	puts("Usage: gpusvm-topology export [OPTIONS] FORMAT [NAME...]\n"
	     "\n"
	     "Prints the topology for other programs.\n"
	     NAMES_HELP
	     "\n"
	     "     --all-links      prometheus: include local links and links that are not direct\n"
	     "     --node NAME      slurm, dra, jgf: name of the node; by default that of this machine\n"
	     COMMON_OPTIONS_HELP
	     "\n"
	     "Formats:");
	for (size_t i = 0; i < FORMATS; i++)
		printf("  %-12s %s\n", formats[i].name, formats[i].help);
	puts("\nExit status: that of gpusvm-topology.");
	return 0;
}

static const struct format *find_format(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++) {
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	}
	say("unknown format \"%s\"", name);
	return NULL;
}

static int print(const struct gpusvm_topology *topology, const struct options *options,
		 void *data)
{
	const struct format *format = data;

	return format->print(topology, options);
}

/* A name with a blank would be several words of a configuration file */
static bool is_node_name(const char *name)
{
	for (const char *p = name; *p; p++) {
		if (!isgraph((unsigned char)*p))
			return false;
	}
	return *name;
}

/* Names the node after this machine, as slurmd and kubelet do, unless another one is read */
static void choose_node(struct options *options)
{
	static char name[HOST_NAME_MAX + 1];

	if (options->node || options->sysroot || options->synthetic ||
	    gethostname(name, sizeof(name)))
		return;
	name[strcspn(name, ".")] = '\0';
	options->node = name;
}

int command_export(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "all-links", no_argument, NULL, 'A' },
		{ "node", required_argument, NULL, 'N' },
		{ 0 }
	};
	const struct format *format;
	int option;

	while ((option = next_option(argc, argv, 0, "", long_options, options)) >= 0) {
		switch (option) {
		case 'A':
			options->all_links = true;
			break;
		case 'N':
			options->node = optarg;
			break;
		default:
			return other_option(option, "export", print_help);
		}
	}
	if (optind == argc) {
		say("a FORMAT is required");
		return usage_error("export");
	}
	format = find_format(argv[optind++]);
	if (!format)
		return usage_error("export");
	if (options->node && !is_node_name(options->node)) {
		say("\"%s\" is no name of a node", options->node);
		return usage_error("export");
	}
	take_names(argc, argv, options);
	choose_node(options);
	return with_topology(options, print, (void *)format);
}
