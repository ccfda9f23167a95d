// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "missing.h"
#include "stall.h"
#include "svm.h"

/* In ms. It matters only if the test fails. */
#define TIMEOUT	60000

void stall_at(struct stall *stall, char *p)
{
	require_userfaultfd();
	*stall = (struct stall) { .p = p, .missing = miss_pages(p, STALL_SIZE) };
	igt_assert(stall->missing >= 0);
}

void stall_by_userfaultfd(struct stall *stall)
{
	stall_at(stall, map_memory(STALL_SIZE, false));
}

static void stall_by_file(struct stall *stall, enum fuse_held held)
{
	*stall = (struct stall) { .missing = -1 };
	stall->file = fuse_file_start(STALL_SIZE, held);
	igt_require_f(stall->file, "there is no FUSE\n");
	stall->p = mmap(NULL, STALL_SIZE, PROT_READ, MAP_SHARED, fuse_file_fd(stall->file), 0);
	igt_assert(stall->p != MAP_FAILED);
}

void stall_by_fuse(struct stall *stall)
{
	stall_by_file(stall, FUSE_HELD_READ);
}

void stall_by_lookup(struct stall *stall)
{
	stall_by_file(stall, FUSE_HELD_LOOKUP);
}

bool stall_is_hit(struct stall *stall)
{
	struct pollfd missed = { .fd = stall->missing, .events = POLLIN };

	if (stall->file)
		return fuse_file_is_hit(stall->file, TIMEOUT);

	return poll(&missed, 1, TIMEOUT) == 1;
}

/* Without its userfaultfd, memory is ordinary again. */
void stall_release(struct stall *stall)
{
	if (stall->file)
		fuse_file_release(stall->file);
	else if (stall->missing >= 0)
		close(stall->missing);
	stall->missing = -1;
}

void stall_end(struct stall *stall)
{
	stall_release(stall);
	munmap(stall->p, STALL_SIZE);
	if (stall->file)
		fuse_file_end(stall->file);
	stall->file = NULL;
}
