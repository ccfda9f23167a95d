// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a command with mock events of the kernel: one event for each line on stdin,
 * which is the action. Run it by umockdev-wrapper. Exits with the status of the
 * command, or 128 plus the signal.
 *
 * Usage: mock-events COMMAND [ARGUMENT]...
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <umockdev.h>
#include <unistd.h>

static void send_events(UMockdevTestbed *testbed, const char *device)
{
	char action[64];

	while (fgets(action, sizeof(action), stdin)) {
		action[strcspn(action, "\n")] = '\0';
		umockdev_testbed_uevent(testbed, device, action);
	}
}

int main(int argc, char **argv)
{
	UMockdevTestbed *testbed = umockdev_testbed_new();
	gchar *device;
	int status;
	pid_t pid;

	if (argc < 2)
		return 2;
	device = umockdev_testbed_add_device(testbed, "drm_pagemap", "topology", NULL,
					     "generation", "2", NULL, NULL);
	pid = fork();
	if (!pid) {
		close(STDIN_FILENO);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	send_events(testbed, device);
	waitpid(pid, &status, 0);
	g_free(device);
	g_object_unref(testbed);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
