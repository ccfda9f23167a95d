// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "export.h"

#define MB 1000000.0
#define NS 0.000000001
#define COUNTER 0

static void print_label(const char *name, const char *value, const char *before)
{
	if (!value)
		return;
	printf("%s%s=\"", before, name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			putchar('\\');
		putchar(*value);
	}
	putchar('"');
}

static void print_typed_heading(const char *name, const char *help, const char *type)
{
	printf("# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void print_heading(const char *name, const char *help)
{
	print_typed_heading(name, help, "gauge");
}

static void print_number(uint64_t number)
{
	printf(" %llu\n", (unsigned long long)number);
}

static void print_pagemap_labels(const struct gpusvm_pagemap *pagemap)
{
	print_label("pagemap", gpusvm_pagemap_get_uid(pagemap), "{");
}

/* Pagemaps without a uid would be duplicate series, and the collector would drop the file */
static bool is_named(const struct gpusvm_pagemap *pagemap)
{
	return gpusvm_pagemap_get_uid(pagemap);
}

static void print_pagemap_info(const struct gpusvm_topology *topology)
{
	const struct gpusvm_pagemap *pagemap;

	print_heading("gpusvm_pagemap_info", "A pagemap, with its ID, GPU and group.");
	gpusvm_pagemap_foreach(topology, pagemap) {
		const struct gpusvm_initiator *initiator = gpusvm_pagemap_get_initiator(pagemap);
		const struct gpusvm_group *group = gpusvm_pagemap_get_group(pagemap);

		if (!is_named(pagemap))
			continue;
		fputs("gpusvm_pagemap_info", stdout);
		print_pagemap_labels(pagemap);
		printf(",id=\"%u\"", gpusvm_pagemap_get_id(pagemap));
		print_label("initiator", initiator ? gpusvm_initiator_get_uid(initiator) : NULL,
			    ",");
		print_label("group", group ? gpusvm_group_get_name(group) : NULL, ",");
		print_label("render", gpusvm_pagemap_get_render(pagemap), ",");
		print_label("device", gpusvm_pagemap_get_device(pagemap), ",");
		puts("} 1");
	}
}

static void print_bytes(const struct gpusvm_topology *topology, const char *name,
			const char *help,
			int (*get)(const struct gpusvm_pagemap *pagemap, uint64_t *bytes))
{
	const struct gpusvm_pagemap *pagemap;
	uint64_t bytes;

	print_heading(name, help);
	gpusvm_pagemap_foreach(topology, pagemap) {
		if (!is_named(pagemap) || get(pagemap, &bytes))
			continue;
		fputs(name, stdout);
		print_pagemap_labels(pagemap);
		putchar('}');
		print_number(bytes);
	}
}

static void print_states(const struct gpusvm_topology *topology)
{
	static const char *const states[] = { "idle", "active", "cached" };
	const struct gpusvm_pagemap *pagemap;

	print_heading("gpusvm_pagemap_state", "1 for the current state of the struct pages.");
	gpusvm_pagemap_foreach(topology, pagemap) {
		const char *state = is_named(pagemap) ? gpusvm_pagemap_get_state(pagemap) : NULL;

		for (size_t i = 0; state && i < sizeof(states) / sizeof(*states); i++) {
			fputs("gpusvm_pagemap_state", stdout);
			print_pagemap_labels(pagemap);
			print_label("state", states[i], ",");
			printf("} %d\n", !strcmp(state, states[i]));
		}
	}
}

/* A metric of a link. Unknown values are not printed */
struct link_metric {
	const char *name;
	const char *help;
	int (*get)(const struct gpusvm_link *link, uint64_t *value);
	double unit;	/* COUNTER for an integer that only grows, and is printed in full */
};

static bool is_counter(const struct link_metric *metric)
{
	return metric->unit == COUNTER;
}

static int get_direct(const struct gpusvm_link *link, uint64_t *value)
{
	*value = gpusvm_link_is_direct(link);
	return 0;
}

static int get_usable(const struct gpusvm_link *link, uint64_t *value)
{
	*value = gpusvm_link_is_usable(link);
	return 0;
}

static int get_hops(const struct gpusvm_link *link, uint64_t *value)
{
	unsigned int hops = 0;
	int err = gpusvm_link_get_hops(link, &hops);

	*value = hops;
	return err;
}

static const struct link_metric link_metrics[] = {
	{ "gpusvm_link_direct", "1 if access is direct.", get_direct, 1 },
	{ "gpusvm_link_usable", "1 if both ends are in the same group.", get_usable, 1 },
	{ "gpusvm_link_hops", "Number of bridges or switches on the link.", get_hops, 1 },
	{ "gpusvm_link_read_bandwidth_bytes_per_second", "Current read bandwidth.",
	  gpusvm_link_get_read_bandwidth, MB },
	{ "gpusvm_link_write_bandwidth_bytes_per_second", "Current write bandwidth.",
	  gpusvm_link_get_write_bandwidth, MB },
	{ "gpusvm_link_max_read_bandwidth_bytes_per_second", "Maximum read bandwidth.",
	  gpusvm_link_get_max_read_bandwidth, MB },
	{ "gpusvm_link_max_write_bandwidth_bytes_per_second", "Maximum write bandwidth.",
	  gpusvm_link_get_max_write_bandwidth, MB },
	{ "gpusvm_link_read_latency_seconds", "Read latency.",
	  gpusvm_link_get_read_latency, NS },
	{ "gpusvm_link_write_latency_seconds", "Write latency.",
	  gpusvm_link_get_write_latency, NS },
	{ "gpusvm_link_read_bytes_total", "Bytes read since the link was created.",
	  gpusvm_link_get_read_bytes, COUNTER },
	{ "gpusvm_link_write_bytes_total", "Bytes written since the link was created.",
	  gpusvm_link_get_write_bytes, COUNTER },
};

static void print_link(const struct link_metric *metric, const struct gpusvm_link *link)
{
	uint64_t value;

	if (metric->get(link, &value))
		return;
	fputs(metric->name, stdout);
	print_label("initiator", gpusvm_initiator_get_uid(gpusvm_link_get_initiator(link)), "{");
	print_label("pagemap", gpusvm_pagemap_get_uid(gpusvm_link_get_pagemap(link)), ",");
	print_label("type", gpusvm_link_get_type(link), ",");
	putchar('}');
	if (is_counter(metric))
		print_number(value);
	else
		printf(" %.12g\n", value * metric->unit);
}

/* By default, prints only direct links between GPUs, because links grow with their square */
static bool is_wanted(const struct gpusvm_link *link, const struct options *options)
{
	return options->all_links ||
	       (gpusvm_link_is_direct(link) && gpusvm_link_get_initiator(link) !=
		gpusvm_pagemap_get_initiator(gpusvm_link_get_pagemap(link)));
}

static void print_links(const struct gpusvm_topology *topology,
			const struct link_metric *metric, const struct options *options)
{
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *link;

	print_typed_heading(metric->name, metric->help, is_counter(metric) ? "counter" : "gauge");
	gpusvm_pagemap_foreach(topology, pagemap) {
		gpusvm_pagemap_link_foreach(pagemap, link) {
			if (is_named(pagemap) && is_wanted(link, options))
				print_link(metric, link);
		}
	}
}

/*
 * A problem of a link, as the label "reason". Printed for all links that have it. So it is
 * absent, and no alert fires, for a link without the problem.
 */
struct link_problem {
	const char *name;
	const char *help;
	/* Returns the @index-th reason, or NULL */
	const char *(*get)(const struct gpusvm_link *link, size_t index);
};

static const char *get_refused(const struct gpusvm_link *link, size_t index)
{
	return index || gpusvm_link_is_direct(link) ? NULL :
	       gpusvm_link_get_reason(link) ?: "unknown";
}

static const char *get_not_usable(const struct gpusvm_link *link, size_t index)
{
	return index || !gpusvm_link_is_direct(link) || gpusvm_link_is_usable(link) ? NULL :
	       gpusvm_link_get_usable_reason(link) ?: "unknown";
}

static const char *get_degraded(const struct gpusvm_link *link, size_t index)
{
	bool is_read = link_is_degraded(link, LINK_READ);

	if (is_read && !index)
		return "read_bandwidth";
	return index == is_read && link_is_degraded(link, LINK_WRITE) ? "write_bandwidth" : NULL;
}

static const struct link_problem link_problems[] = {
	{ "gpusvm_link_refused", "1 for a link without access, with the reason.", get_refused },
	{ "gpusvm_link_not_usable", "1 for a direct link that groups exclude, with the reason.",
	  get_not_usable },
	{ "gpusvm_link_degraded", "1 for a link below its maximum, with the bandwidth's key.",
	  get_degraded },
};

static void print_problem(const struct link_problem *problem, const struct gpusvm_link *link)
{
	const char *reason;

	for (size_t i = 0; (reason = problem->get(link, i)); i++) {
		fputs(problem->name, stdout);
		print_label("initiator",
			    gpusvm_initiator_get_uid(gpusvm_link_get_initiator(link)), "{");
		print_label("pagemap", gpusvm_pagemap_get_uid(gpusvm_link_get_pagemap(link)), ",");
		print_label("reason", reason, ",");
		puts("} 1");
	}
}

static void print_problems(const struct gpusvm_topology *topology,
			   const struct link_problem *problem)
{
	const struct gpusvm_pagemap *pagemap;
	const struct gpusvm_link *link;

	print_heading(problem->name, problem->help);
	gpusvm_pagemap_foreach(topology, pagemap) {
		gpusvm_pagemap_link_foreach(pagemap, link) {
			if (is_named(pagemap))
				print_problem(problem, link);
		}
	}
}

static int get_users(const struct gpusvm_group *group, uint64_t *value)
{
	return gpusvm_group_get_users(group, value);
}

static int get_pending(const struct gpusvm_group *group, uint64_t *value)
{
	bool pending = false;
	int err = gpusvm_group_get_pending(group, &pending);

	*value = pending;
	return err;
}

static int get_complete(const struct gpusvm_group *group, uint64_t *value)
{
	bool complete = false;
	int err = gpusvm_group_get_complete(group, &complete);

	*value = complete;
	return err;
}

static int count_initiators(const struct gpusvm_group *group, uint64_t *value)
{
	const struct gpusvm_initiator *initiator;

	uint64_t count = 0;

	gpusvm_group_initiator_foreach(group, initiator)
		count++;
	*value = count;
	return 0;
}

static void print_groups(const struct gpusvm_topology *topology, const char *name,
			 const char *help,
			 int (*get)(const struct gpusvm_group *group, uint64_t *value))
{
	const struct gpusvm_group *group;
	uint64_t value;

	print_heading(name, help);
	gpusvm_group_foreach(topology, group) {
		if (get(group, &value))
			continue;
		fputs(name, stdout);
		print_label("group", gpusvm_group_get_name(group), "{");
		print_label("origin", gpusvm_group_get_origin(group), ",");
		putchar('}');
		print_number(value);
	}
}

static void print_scan(const struct gpusvm_topology *topology)
{
	uint64_t generation;

	if (!gpusvm_topology_get_generation(topology, &generation)) {
		print_heading("gpusvm_topology_generation", "Number of the topology's state.");
		printf("gpusvm_topology_generation");
		print_number(generation);
	}
	print_heading("gpusvm_topology_consistent", "1 if nothing changed during the scan.");
	printf("gpusvm_topology_consistent %d\n", gpusvm_topology_is_consistent(topology));
	print_heading("gpusvm_topology_warnings",
		      "Number of unreadable or malformed entries.");
	printf("gpusvm_topology_warnings %u\n", gpusvm_topology_count_warnings(topology));
}

int export_prometheus(const struct gpusvm_topology *topology, const struct options *options)
{
	print_scan(topology);
	print_pagemap_info(topology);
	print_bytes(topology, "gpusvm_pagemap_size_bytes", "Size of the pagemap.",
		    gpusvm_pagemap_get_size);
	print_bytes(topology, "gpusvm_pagemap_free_bytes", "Free part of the pagemap.",
		    gpusvm_pagemap_get_free);
	print_states(topology);
	for (size_t i = 0; i < sizeof(link_metrics) / sizeof(*link_metrics); i++)
		print_links(topology, &link_metrics[i], options);
	for (size_t i = 0; i < sizeof(link_problems) / sizeof(*link_problems); i++)
		print_problems(topology, &link_problems[i]);
	print_groups(topology, "gpusvm_group_initiators", "Number of GPUs in the group.",
		     count_initiators);
	print_groups(topology, "gpusvm_group_users", "Number of open SVM VMs and pagemaps in use.",
		     get_users);
	print_groups(topology, "gpusvm_group_pending", "1 if holders delay a change.",
		     get_pending);
	print_groups(topology, "gpusvm_group_complete",
		     "1 if all configured members have joined.",
		     get_complete);
	return 0;
}
