// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <json-c/json.h>
#include <libudev.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "monitor.h"
#include "root.h"

struct monitor {
	const struct options *options;
	struct json_object *facts;
	uint64_t generation;
	bool has_generation;
	unsigned long left;	/* changes until the end; 0 without end */
	bool is_initial;
	bool done;
};

static int print_help(void)
{
	puts("Usage: gpusvm-topology monitor [OPTIONS]\n"
	     "\n"
	     "Waits for changes of the topology, and prints a line for each object that was added,\n"
	     "removed or changed. Ends with status 0 on SIGINT and SIGTERM.\n"
	     "\n"
	     "     --count N        end after N changes\n"
	     "     --initial        first print all existing objects as added\n"
	     " -J, --json           print each change as one line of JSON\n"
	     COMMON_OPTIONS_HELP
	     "\n"
	     "Exit status: that of gpusvm-topology.");
	return 0;
}

static void print_json(const struct monitor *monitor, const struct change *change)
{
	struct json_object *document = document_new("monitor", NULL);

	json_set(document, "generation",
		 json_number(!monitor->has_generation, monitor->generation));
	json_set(document, "change", json_text(change->what));
	json_set(document, "object", json_text(change->object));
	json_set(document, "name", json_text(change->name));
	json_set(document, "key", json_text(change->key));
	json_set(document, "before", json_text(change->before));
	json_set(document, "after", json_text(change->after));
	puts(json_object_to_json_string_ext(document, JSON_C_TO_STRING_PLAIN |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(document);
}

static void print_line(const struct change *change)
{
	printf("%s %s %s", change->object, change->name, change->what);
	if (change->key)
		printf(" %s %s -> %s", change->key, change->before ?: "-",
		       change->after ?: "-");
	putchar('\n');
}

static void print_change(const struct change *change, void *data)
{
	struct monitor *monitor = data;

	if (monitor->done)
		return;
	if (monitor->options->json)
		print_json(monitor, change);
	else
		print_line(change);
	if (!monitor->is_initial && monitor->left)
		monitor->done = !--monitor->left;
}

/* The topology may go away and return, so it is not an error if it does not exist */
static bool is_there(const struct options *options)
{
	char *path = text_format("%s/sys/class/drm_pagemap/topology",
				 options->sysroot ?: "");
	bool there = !access(path, F_OK);

	free(path);
	return there;
}

/* Scans, and reports all changes. Returns 0, or the exit status */
static int update(struct monitor *monitor, bool quiet)
{
	struct gpusvm_topology *topology = NULL;
	struct json_object *facts;
	int status = 0;

	if (is_there(monitor->options))
		status = open_topology(monitor->options, &topology);
	if (status == EXIT_NO_TOPOLOGY)
		status = 0;
	if (status)
		return status;

	monitor->has_generation = topology &&
		!gpusvm_topology_get_generation(topology, &monitor->generation);
	facts = facts_new(topology);
	if (!quiet)
		facts_compare(monitor->facts, facts, print_change, monitor);
	json_object_put(monitor->facts);
	monitor->facts = facts;
	gpusvm_topology_unref(topology);
	if (!fflush(stdout))
		return 0;
	say("cannot write the output: %s", strerror(errno));
	return EXIT_ERROR;
}

/*
 * Discards pending events, because one scan finds all their changes. Returns whether
 * any came from the subsystems to listen to, or were lost: others wake poll(), too.
 */
static bool drain(struct udev_monitor *events)
{
	struct udev_device *device;
	bool any = false;

	while ((device = udev_monitor_receive_device(events))) {
		udev_device_unref(device);
		any = true;
	}
	return any || errno == ENOBUFS;
}

static int wait_for_changes(struct monitor *monitor, struct udev_monitor *events, int signals)
{
	struct pollfd fds[] = {
		{ .fd = udev_monitor_get_fd(events), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int status = 0;

	while (!status && !monitor->done) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR) {
			say("cannot wait for events: %s", strerror(errno));
			return EXIT_ERROR;
		}
		if (fds[1].revents)
			return 0;
		if (fds[0].revents && drain(events))
			status = update(monitor, false);
	}
	return status;
}

/* Uses the kernel's events, with or without udevd, because files exist before the event */
static struct udev_monitor *listen_to(struct udev *udev)
{
	static const char *const subsystems[] = {
		"drm_pagemap", "drm_pagemap_group", "drm_pagemap_initiator",
		"drm_pagemap_link",
	};
	struct udev_monitor *events = udev_monitor_new_from_netlink(udev, "kernel");

	for (size_t i = 0; events && i < sizeof(subsystems) / sizeof(*subsystems); i++)
		udev_monitor_filter_add_match_subsystem_devtype(events, subsystems[i], NULL);
	if (events && udev_monitor_enable_receiving(events) >= 0)
		return events;
	udev_monitor_unref(events);
	return NULL;
}

static int get_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Listens before it scans, so that it does not miss a change in between */
static int watch(struct monitor *monitor, bool initial)
{
	struct udev *udev = check_memory(udev_new());
	struct udev_monitor *events = listen_to(udev);
	int signals = get_signals(), status;

	if (!events || signals < 0) {
		say("cannot listen to the kernel's events: %s", strerror(errno));
		status = EXIT_ERROR;
	} else {
		monitor->facts = facts_new(NULL);
		monitor->is_initial = true;
		status = update(monitor, !initial);
		monitor->is_initial = false;
		if (!status)
			status = wait_for_changes(monitor, events, signals);
	}
	json_object_put(monitor->facts);
	if (signals >= 0)
		close(signals);
	udev_monitor_unref(events);
	udev_unref(udev);
	return status;
}

static bool take_count(const char *text, unsigned long *count)
{
	char *end;

	errno = 0;
	*count = strtoul(text, &end, 10);
	if (*text >= '1' && *text <= '9' && !*end && !errno)
		return true;
	say("--count takes a number from 1 on, not \"%s\"", text);
	return false;
}

int command_monitor(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "count", required_argument, NULL, 'C' },
		{ "initial", no_argument, NULL, 'I' },
		{ 0 }
	};
	struct monitor monitor = { .options = options };
	bool initial = false;
	int option, status;

	while ((option = next_option(argc, argv, OPTIONS_JSON, "", long_options,
				     options)) >= 0) {
		if (option == 'I')
			initial = true;
		else if (option != 'C')
			return other_option(option, "monitor", print_help);
		else if (!take_count(optarg, &monitor.left))
			return usage_error("monitor");
	}
	status = no_arguments(argc, argv, "monitor");
	if (status)
		return status;
	if (options->synthetic) {
		say("cannot monitor a synthetic topology: it never changes");
		return usage_error("monitor");
	}
	if (root_is_archive(options->sysroot)) {
		say("cannot monitor %s: an archive never changes", options->sysroot);
		return usage_error("monitor");
	}
	return watch(&monitor, initial);
}
