// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the peer groups are as files describe them */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "group.h"

#define WAIT_PAUSE_US 200000

/* @out gets lines about all groups; it is NULL if only @problems are needed */
struct report {
	FILE *out;
	char **problems;
	size_t count;
};

static void __printf(2, 3) add_problem(struct report *report, const char *format, ...)
{
	va_list args;

	report->problems = check_memory(reallocarray(report->problems, report->count + 1,
						     sizeof(*report->problems)));
	va_start(args, format);
	report->problems[report->count++] = text_vformat(format, args);
	va_end(args);
}

static void say_problems(const struct report *report)
{
	for (size_t i = 0; i < report->count; i++)
		say("%s", report->problems[i]);
}

static void free_problems(struct report *report)
{
	while (report->count)
		free(report->problems[--report->count]);
	free(report->problems);
	report->problems = NULL;
}

/* Returns how many members have joined */
static size_t count_joined(const struct gpusvm_peer_group *group, size_t *total)
{
	size_t joined = 0;

	for (*total = 0; gpusvm_peer_group_get_member(group, *total); ++*total) {
		const char *state = gpusvm_peer_group_get_member_state(group, *total);

		joined += state && !strcmp(state, "joined");
	}
	return joined;
}

static void print_members(FILE *out, const struct gpusvm_peer_group *group)
{
	const char *uid;

	for (size_t i = 0; (uid = gpusvm_peer_group_get_member(group, i)); i++) {
		const char *state = gpusvm_peer_group_get_member_state(group, i) ?: "unknown";
		const char *reason = gpusvm_peer_group_get_member_reason(group, i);

		if (reason && !strcmp(state, "refused"))
			fprintf(out, "    %s: refused: %s\n", uid, reason);
		else
			fprintf(out, "    %s: %s\n", uid, state);
	}
}

static const char *state_of(const struct gpusvm_peer_group *file,
			    const struct gpusvm_peer_group *group)
{
	if (!group)
		return "missing";
	if (!gpusvm_peer_group_is_enabled(group))
		return "not enabled";
	return gpusvm_peer_group_has_same_members(file, group) ? NULL :
								  "enabled with other members";
}

/* A group that a file describes; @group is that of the kernel, or NULL */
static void report_group(struct report *report, const struct gpusvm_peer_group *file,
			 struct gpusvm_peer_group *group)
{
	const char *name = gpusvm_peer_group_get_name(file);
	const char *require = gpusvm_peer_group_get_require(file);
	const char *problem = state_of(file, group);
	size_t joined, total;
	bool enough;

	if (problem)
		add_problem(report, "%s: %s", name, problem);
	if (!group) {
		if (report->out)
			fprintf(report->out, "%s: %s\n", name, problem);
		return;
	}

	joined = count_joined(group, &total);
	gpusvm_peer_group_set_require(group, require);
	enough = gpusvm_peer_group_is_enough(group, joined);
	if (!enough)
		add_problem(report, "%s: %zu of %zu joined, require %s", name, joined, total,
			    require);
	if (!report->out)
		return;
	fprintf(report->out, "%s: %s, %zu of %zu joined, require %s%s\n", name,
		problem ?: "enabled", joined, total, require, enough ? "" : ": not met");
	print_members(report->out, group);
}

/* A group that no file describes */
static void report_other(struct report *report, const struct gpusvm_peer_group *group,
			 bool started)
{
	const char *name = gpusvm_peer_group_get_name(group);
	const char *what = started ? "enabled, and in no file any more" : "enabled by others";

	if (!gpusvm_peer_group_is_enabled(group))
		return;
	if (started)
		add_problem(report, "%s: %s", name, what);
	if (report->out)
		fprintf(report->out, "%s: %s\n", name, what);
}

static void report_all(struct report *report, const struct peer_change *change)
{
	const struct gpusvm_peer_group *group;

	for (size_t i = 0; (group = gpusvm_peers_get_group(change->files, i)); i++)
		report_group(report, group,
			     gpusvm_peers_find_group(change->current,
						     gpusvm_peer_group_get_name(group)));
	for (size_t i = 0; (group = gpusvm_peers_get_group(change->current, i)); i++) {
		const char *name = gpusvm_peer_group_get_name(group);

		if (!gpusvm_peers_find_group(change->files, name))
			report_other(report, group,
				     gpusvm_peers_find_group(change->started, name));
	}
}

/* Reads the groups and reports them. Returns 0, or what to exit with */
static int look(struct peer_change *change, struct report *report)
{
	int status = change_read(change);

	if (status)
		return status;
	read_started(change);
	report_all(report, change);
	return 0;
}

static int run(struct peer_change *change, const struct arguments *arguments,
	       struct report *report)
{
	int status;

	status = read_files(change, arguments->words) ?: need_config(change) ?:
		 look(change, report);
	if (!status && report->count)
		status = EXIT_NOT_AS_REQUIRED;
	return status;
}

int peers_status(struct peer_change *change, const struct arguments *arguments)
{
	struct report report = { 0 };
	char *text = NULL;
	size_t length;
	int status;

	report.out = check_memory(open_memstream(&text, &length));
	status = run(change, arguments, &report);
	if (fclose(report.out))
		check_memory(NULL);
	if (!status || status == EXIT_NOT_AS_REQUIRED)
		fputs(length ? text : "no peer groups\n", stdout);
	free(text);
	free_problems(&report);
	return status;
}

int peers_check(struct peer_change *change, const struct arguments *arguments)
{
	struct report report = { 0 };
	int status;

	status = run(change, arguments, &report);
	say_problems(&report);
	free_problems(&report);
	return status;
}

static bool is_over(const struct timespec *begin, int timeout)
{
	struct timespec now;
	long long passed_ms;

	if (timeout < 0)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	passed_ms = (now.tv_sec - begin->tv_sec) * 1000LL +
		    (now.tv_nsec - begin->tv_nsec) / 1000000;
	return passed_ms >= timeout * 1000LL;
}

/* Returns 0, or what to exit with. Differences from the files are not a failure */
static int look_once(struct peer_change *change, struct report *report)
{
	const char *reason = why_no_config(change);

	if (!reason)
		return look(change, report);
	add_problem(report, "%s", reason);
	return 0;
}

int peers_wait(struct peer_change *change, const struct arguments *arguments)
{
	struct report report = { 0 };
	struct timespec begin;
	int status;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	status = read_files(change, arguments->words);
	while (!status) {
		status = look_once(change, &report);
		if (status || !report.count)
			break;
		if (is_over(&begin, arguments->timeout)) {
			say_problems(&report);
			say("not so after %d seconds", arguments->timeout);
			status = EXIT_TIMED_OUT;
			break;
		}
		free_problems(&report);
		usleep(WAIT_PAUSE_US);
	}
	free_problems(&report);
	return status;
}
