/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef DMA_TRACE_H
#define DMA_TRACE_H

/*
 * The DMA mappings of a device, counted by trace events of the kernel between
 * dma_trace_start() and dma_trace_end().
 */
struct dma_trace {
	unsigned int mapped;
	unsigned int unmapped;
	unsigned int unmapped_late;	/* after dma_trace_mark() */
};

/* Skips the test if the kernel has no such events. */
void dma_trace_start(void);
void dma_trace_mark(void);
void dma_trace_end(const char *device, struct dma_trace *trace);

#endif
