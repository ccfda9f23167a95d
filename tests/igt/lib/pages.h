/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef PAGES_H
#define PAGES_H

#include "files.h"

/*
 * Where pages are by the page tables of this process and the kernel's list of
 * addresses, /proc/iomem: what no driver of a GPU has a part in.
 */

struct page {
	/* In system memory; elsewhere, which leaves a swap entry. */
	bool present, away;
	/*
	 * If elsewhere: the device whose memory it is, "none" if there is no such.
	 * Empty for who may not know.
	 */
	char device[NAME_SIZE];
};

/* May this process look? */
bool find_pages(const void *p, size_t num, struct page *pages);

#endif
