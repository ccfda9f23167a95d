// SPDX-License-Identifier: GPL-2.0-or-later
/* The results, for people and for programs */
#include <inttypes.h>
#include <stdio.h>

#include "report.h"

const char *report_placement(enum placement placement)
{
	return placement == PLACEMENT_NEAR ? "near" : "default";
}

static void text_result(const char *pattern, enum placement placement,
			const struct result *results)
{
	const struct result *result = &results[placement];

	printf("%-11s %-9s %12.1f", pattern, report_placement(placement),
	       result->modelled_ns / 1e3);
	if (result->modelled_ns)
		printf(" %6.1f", (double)results[PLACEMENT_DEFAULT].modelled_ns /
		       result->modelled_ns);
	else
		printf(" %6s", "-");
	printf(" %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "\n",
	       result->traffic.bytes[DRM_VGPUSVM_PLACE_LOCAL],
	       result->traffic.bytes[DRM_VGPUSVM_PLACE_PEER],
	       result->traffic.bytes[DRM_VGPUSVM_PLACE_SYSTEM]);
}

void report_text(const struct report *report)
{
	const struct gpusvm_initiator *initiator;
	unsigned int i, placement;

	printf("group %s:", gpusvm_group_get_name(report->group));
	for (initiator = gpusvm_group_get_first_initiator(report->group); initiator;
	     initiator = gpusvm_group_get_next_initiator(initiator))
		printf(" %s", gpusvm_initiator_get_uid(initiator));
	printf("\n%zu bytes for each GPU, rounds: %u; the time is modelled, not measured\n\n",
	       report->size, report->rounds);
	printf("%-11s %-9s %12s %6s %12s %12s %12s\n", "PATTERN", "PLACEMENT", "MODELLED_US",
	       "RATIO", "LOCAL_BYTES", "PEER_BYTES", "SYSTEM_BYTES");
	for (i = 0; report->patterns[i]; i++) {
		for (placement = 0; placement < PLACEMENTS; placement++)
			text_result(report->patterns[i]->name, placement, report->results[i]);
	}
}

static void json_places(const char *key, const uint64_t *places)
{
	printf("\"%s\": {\"local\": %" PRIu64 ", \"peer\": %" PRIu64 ", \"system\": %" PRIu64 "}",
	       key, places[DRM_VGPUSVM_PLACE_LOCAL], places[DRM_VGPUSVM_PLACE_PEER],
	       places[DRM_VGPUSVM_PLACE_SYSTEM]);
}

static void json_result(const char *pattern, enum placement placement,
			const struct result *result)
{
	printf("{\"pattern\": \"%s\", \"placement\": \"%s\", \"modelled_ns\": %" PRIu64 ", ",
	       pattern, report_placement(placement), result->modelled_ns);
	json_places("bytes", result->traffic.bytes);
	printf(", \"moved_bytes\": %" PRIu64 ", ", result->traffic.moved);
	json_places("pages", result->pages.at);
	printf(", \"absent_pages\": %" PRIu64 "}", result->pages.absent);
}

/* The kernel allows no character in names and uids that JSON escapes. */
void report_json(const struct report *report)
{
	const struct gpusvm_initiator *initiator;
	const char *between = "";
	unsigned int i, placement;

	printf("{\"group\": \"%s\", \"gpus\": [", gpusvm_group_get_name(report->group));
	for (initiator = gpusvm_group_get_first_initiator(report->group); initiator;
	     initiator = gpusvm_group_get_next_initiator(initiator)) {
		printf("%s\"%s\"", between, gpusvm_initiator_get_uid(initiator));
		between = ", ";
	}
	printf("],\n \"bytes_per_gpu\": %zu, \"rounds\": %u,\n \"results\": [", report->size,
	       report->rounds);
	between = "\n  ";
	for (i = 0; report->patterns[i]; i++) {
		for (placement = 0; placement < PLACEMENTS; placement++) {
			fputs(between, stdout);
			json_result(report->patterns[i]->name, placement,
				    &report->results[i][placement]);
			between = ",\n  ";
		}
	}
	puts("\n ]}");
}
