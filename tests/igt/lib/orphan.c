// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <unistd.h>

#include "igt.h"
#include "orphan.h"

void orphan_init(struct orphan *orphan)
{
	igt_assert(!pipe(orphan->go) && !pipe(orphan->well));
}

void orphan_waits(struct orphan *orphan)
{
	char byte;

	close(orphan->go[1]);
	close(orphan->well[0]);
	if (read(orphan->go[0], &byte, 1) != 1)
		_exit(1);
}

void orphan_is_well(struct orphan *orphan)
{
	_exit(write(orphan->well[1], "", 1) != 1);
}

void orphan_goes_on(struct orphan *orphan)
{
	close(orphan->go[0]);
	close(orphan->well[1]);
	igt_assert_eq(write(orphan->go[1], "", 1), 1);
}

/* Its end of the pipe closes when it exits, however it exits. */
void orphan_assert_well(struct orphan *orphan)
{
	char byte;
	ssize_t length = read(orphan->well[0], &byte, 1);

	close(orphan->go[1]);
	close(orphan->well[0]);
	igt_assert_f(length == 1, "the orphan is not well\n");
}
