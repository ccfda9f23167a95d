// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <stdio.h>
#include <string.h>

#include "dma_trace.h"
#include "files.h"
#include "igt.h"

#define TRACING	"/sys/kernel/debug/tracing"
#define EVENTS	TRACING "/events/dma"
#define MARK	"the device is gone"

void dma_trace_start(void)
{
	igt_require_f(file_exists(EVENTS "/dma_map_phys/enable"),
		      "the kernel does not trace DMA mappings\n");
	assert_ok(file_put("0", TRACING "/trace"));
	assert_ok(file_put("1", EVENTS "/dma_map_phys/enable"));
	assert_ok(file_put("1", EVENTS "/dma_unmap_phys/enable"));
}

void dma_trace_mark(void)
{
	assert_ok(file_put(MARK, TRACING "/trace_marker"));
}

static void count_line(const char *line, const char *device, bool *late, struct dma_trace *trace)
{
	const char *map = text_of("dma_map_phys: %s ", device);
	const char *unmap = text_of("dma_unmap_phys: %s ", device);

	if (strstr(line, MARK))
		*late = true;
	else if (strstr(line, map))
		trace->mapped++;
	else if (strstr(line, unmap) && *late)
		trace->unmapped_late++;
	else if (strstr(line, unmap))
		trace->unmapped++;
}

void dma_trace_end(const char *device, struct dma_trace *trace)
{
	FILE *file = fopen(TRACING "/trace", "r");
	char line[LINE];
	bool late = false;

	*trace = (struct dma_trace) {};
	igt_assert(file);
	while (fgets(line, sizeof(line), file))
		count_line(line, device, &late, trace);
	fclose(file);
	assert_ok(file_put("0", EVENTS "/enable"));
	igt_assert_f(late, "the trace has no mark\n");
}
