// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a command with mock events of the kernel: one event for each line on stdin,
 * which is the action, and "topology", "link" or "other" for the device. Run it by
 * umockdev-wrapper. Exits with the status of the command, or 128 plus the signal.
 *
 * Usage: mock-events COMMAND [ARGUMENT]...
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <umockdev.h>
#include <unistd.h>

/* A device that sends events. */
static struct source {
	const char *name;
	const char *subsystem;
	const char *device;
	gchar *path;
} sources[] = {
	{ .name = "topology", .subsystem = "drm_pagemap", .device = "topology" },
	{ .name = "link", .subsystem = "drm_pagemap_link",
	  .device = "platform-vgpusvm.1--pagemap1" },
	{ .name = "other", .subsystem = "drm", .device = "card0" },
};

#define SOURCES (sizeof(sources) / sizeof(*sources))

static void add_sources(UMockdevTestbed *testbed)
{
	for (size_t i = 0; i < SOURCES; i++)
		sources[i].path = umockdev_testbed_add_device(testbed, sources[i].subsystem,
							      sources[i].device, NULL, NULL, NULL);
}

static void free_sources(void)
{
	for (size_t i = 0; i < SOURCES; i++)
		g_free(sources[i].path);
}

static void send_events(UMockdevTestbed *testbed)
{
	char line[64], action[32], name[32];

	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%31s %31s", action, name) != 2)
			continue;
		for (size_t i = 0; i < SOURCES; i++)
			if (!strcmp(sources[i].name, name))
				umockdev_testbed_uevent(testbed, sources[i].path, action);
	}
}

int main(int argc, char **argv)
{
	UMockdevTestbed *testbed = umockdev_testbed_new();
	int status;
	pid_t pid;

	if (argc < 2)
		return 2;
	add_sources(testbed);
	pid = fork();
	if (!pid) {
		close(STDIN_FILENO);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	send_events(testbed);
	waitpid(pid, &status, 0);
	free_sources();
	g_object_unref(testbed);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
