// SPDX-License-Identifier: GPL-2.0-or-later
/* A temporary directory, which goes away however the process ends */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive.h"
#include "tool.h"

#define KEPT 3

/* What an archive has may forbid its owner to look into it */
#define REMOVE "PATH=/usr/bin:/bin; chmod -R u+rwX \"$1\"; rm -rf \"$1\""

/*
 * In a process of its own: removes the directory when nobody holds the other end of the
 * pipe @end any more. What waits for the output of the tool does not wait for this one.
 */
static void __attribute__((noreturn)) keep(int end, const char *path)
{
	char byte;
	int null;

	setsid();
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	dup2(end, KEPT);
	close_range(KEPT + 1, ~0U, 0);
	null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < KEPT; fd++)
		dup2(null, fd);
	while (read(KEPT, &byte, 1) < 0 && errno == EINTR)
		;
	execl("/bin/sh", "sh", "-c", REMOVE, "sh", path, NULL);
	_exit(1);
}

static int start_keeper(struct scratch *scratch)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	scratch->keeper = fork();
	if (!scratch->keeper)
		keep(ends[0], scratch->path);
	scratch->held = ends[1];
	close(ends[0]);
	if (scratch->keeper > 0)
		return 0;
	close(ends[1]);
	return -EAGAIN;
}

/* Returns 0 or a negative errno */
int scratch_make(struct scratch *scratch)
{
	const char *top = getenv("TMPDIR");
	int err;

	scratch->path = text_format("%s/gpusvm-topology-XXXXXX", top && *top ? top : "/tmp");
	err = mkdtemp(scratch->path) ? 0 : -errno;
	if (!err) {
		err = start_keeper(scratch);
		if (err)
			rmdir(scratch->path);
	}
	if (err)
		free(scratch->path);
	return err;
}

/* Returns when it is gone */
void scratch_remove(struct scratch *scratch)
{
	close(scratch->held);
	while (waitpid(scratch->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	free(scratch->path);
}
