// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A trial that fails may cost the boot of a VM, one that survives costs seconds. So this does not
 * halve what fails, where each success would be a failure of the kernel. It adds calls to those
 * that are known to be needed, from the last one backwards, until these fail. Then the call that
 * was added last is needed, and those before it are not.
 */

#include <string.h>

#include "shorten.h"

/* Calls that are left out together. */
struct unit {
	unsigned int record, from, to;
};

static struct unit units[MAX_RECORDS * 8];

static const struct history *history;
static enum outcome (*try_choice)(const struct choice *choice, unsigned int trial);
static struct choice *best;
static unsigned int num_trials;
static bool is_over;

static void intersect(struct choice *choice, const struct choice *with)
{
	for (unsigned int i = 0; i < history->num; i++)
		for (unsigned int j = 0; j < MAX_CALLS; j++)
			choice->has[i][j] &= with->has[i][j];
}

static void keep(const struct choice *choice, unsigned int trial)
{
	*best = *choice;
	if (trial < history->num_trials && history->trials[trial].begun)
		intersect(best, history->trials[trial].begun);
}

static bool try_once(const struct choice *choice)
{
	enum outcome outcome;
	unsigned int trial;

	if (is_over || !choice_calls(history, choice))
		return false;
	trial = num_trials++;
	if (trial < history->num_trials)
		outcome = history->trials[trial].fails ? FAILS : SURVIVES;
	else
		outcome = try_choice(choice, trial);
	is_over = outcome == UNKNOWN;
	if (outcome == FAILS)
		keep(choice, trial);

	return outcome == FAILS;
}

/* The best choice is known to fail. */
static bool fails(const struct choice *choice)
{
	return !memcmp(choice, best, sizeof(*best)) || try_once(choice);
}

static void add(struct choice *choice, const struct unit *unit)
{
	for (unsigned int i = unit->from; i < unit->to; i++)
		choice->has[unit->record][i] = best->has[unit->record][i];
}

static bool is_present(const struct unit *unit)
{
	for (unsigned int i = unit->from; i < unit->to; i++)
		if (best->has[unit->record][i])
			return true;

	return false;
}

/* Drops units without calls in the best choice. Returns the number of the others. */
static unsigned int present(struct unit *from, unsigned int num)
{
	unsigned int left = 0;

	for (unsigned int i = 0; i < num; i++)
		if (is_present(&from[i]))
			from[left++] = from[i];

	return left;
}

static unsigned int twice(unsigned int n, unsigned int limit)
{
	return 2 * n < limit ? 2 * n : limit;
}

static bool fails_with_last(const struct choice *needed, const struct unit *rest,
			    unsigned int num, unsigned int n)
{
	static struct choice choice;

	choice = *needed;
	for (unsigned int i = num - n; i < num; i++)
		add(&choice, &rest[i]);

	return fails(&choice);
}

/* Returns how many of the last units fail with the needed calls, or 0 if all survive. */
static unsigned int fewest(const struct choice *needed, const struct unit *rest,
			   unsigned int num)
{
	unsigned int low = 0, high = 1;

	while (!fails_with_last(needed, rest, num, high)) {
		if (high == num)
			return 0;
		low = high;
		high = twice(high, num);
	}
	while (high - low > 1) {
		unsigned int middle = (low + high) / 2;

		if (fails_with_last(needed, rest, num, middle))
			high = middle;
		else
			low = middle;
	}

	return high;
}

/* Leaves out units that are not needed. Calls outside of all units stay. */
static void leave_out(struct unit *rest, unsigned int num)
{
	static struct choice needed;

	needed = *best;
	for (unsigned int i = 0; i < num; i++)
		for (unsigned int j = rest[i].from; j < rest[i].to; j++)
			needed.has[rest[i].record][j] = false;
	while ((num = present(rest, num)) && !fails(&needed)) {
		unsigned int n = fewest(&needed, rest, num);

		if (!n)
			return;
		intersect(&needed, best);
		add(&needed, &rest[num - n]);
		rest += num - n + 1;
		num = n - 1;
	}
}

static void leave_out_programs(void)
{
	for (unsigned int i = 0; i < history->num; i++)
		units[i] = (struct unit){ i, 0, MAX_CALLS };
	leave_out(units, history->num);
}

/* Most failures need a file and a VM, so these calls are left out last. */
static bool sets_up(const struct call *call)
{
	return !strcmp(call->type->name, "open") || !strcmp(call->type->name, "vm_create");
}

static void leave_out_calls(bool setting_up)
{
	unsigned int num = 0;

	for (unsigned int i = 0; i < history->num; i++) {
		const struct program *program = &history->records[i].program;

		for (unsigned int j = 0; j < program->num; j++)
			if (best->has[i][j] && sets_up(&program->calls[j]) == setting_up &&
			    num < sizeof(units) / sizeof(units[0]))
				units[num++] = (struct unit){ i, j, j + 1 };
	}
	leave_out(units, num);
}

static bool two_lanes(void)
{
	for (unsigned int i = 0; i < history->num; i++)
		for (unsigned int j = 0; j < history->records[i].program.num; j++)
			if (best->has[i][j] && history->records[i].program.calls[j].lane)
				return true;

	return false;
}

static void try_one_lane(void)
{
	static struct choice choice;

	if (!two_lanes())
		return;
	choice = *best;
	choice.one_lane = true;
	fails(&choice);
}

/* Finds a number of last programs that fail. */
static bool find_last_programs(void)
{
	static struct choice choice;

	for (unsigned int n = 1;; n = twice(n, history->num)) {
		memset(&choice, 0, sizeof(choice));
		for (unsigned int i = history->num - n; i < history->num; i++)
			choice_all(history, i, &choice);
		if (try_once(&choice))
			return true;
		if (n == history->num)
			return false;
	}
}

bool shorten(const struct history *the_history,
	     enum outcome (*try)(const struct choice *choice, unsigned int trial),
	     struct choice *the_best)
{
	history = the_history;
	try_choice = try;
	best = the_best;
	memset(best, 0, sizeof(*best));
	if (!history->num || !find_last_programs())
		return false;
	try_one_lane();
	leave_out_programs();
	leave_out_calls(false);
	leave_out_calls(true);

	return true;
}
