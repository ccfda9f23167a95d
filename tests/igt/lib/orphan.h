/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef ORPHAN_H
#define ORPHAN_H

/*
 * A process that outlives its parent, which is a child of the test: it waits until the
 * test tells it to go on, and reports to the test that all is well.
 */
struct orphan {
	int go[2], well[2];
};

/* Before the first fork. */
void orphan_init(struct orphan *orphan);

/* In the orphan, at its beginning. */
void orphan_waits(struct orphan *orphan);
/* In the orphan, at its end, unless an assertion failed. */
__attribute__((__noreturn__)) void orphan_is_well(struct orphan *orphan);

/* In the test, when the parent is gone. */
void orphan_goes_on(struct orphan *orphan);
/* In the test; waits for the orphan. */
void orphan_assert_well(struct orphan *orphan);

#endif
