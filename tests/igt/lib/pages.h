/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef PAGES_H
#define PAGES_H

#include "files.h"

/*
 * Where pages are, by the page tables of this process and by /proc/iomem. No driver of a
 * GPU has a part in these.
 */

struct page {
	/* @present: in system memory. @away: elsewhere, with a swap entry in the page table. */
	bool present, away;
	/*
	 * If away: the device whose memory has the page, or "none". Empty if this process
	 * may not read addresses.
	 */
	char device[NAME_SIZE];
};

/* Fill @pages. Returns false if this process may not read its page tables. */
bool find_pages(const void *p, size_t num, struct page *pages);

#endif
