// SPDX-License-Identifier: GPL-2.0-or-later
/* A temporary directory, which goes away however the process ends */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive.h"
#include "tool.h"

#define KEPT 3

/*
 * What an archive has may forbid its owner to look into it. Who still writes there, because
 * it is told only now that this process has ended, is soon gone, too.
 */
#define REMOVE \
	"PATH=/usr/bin:/bin; for try in 1 2 3 4 5; do" \
	" chmod -R u+rwX \"$1\"; rm -rf \"$1\" && exit; sleep 1; done"

/*
 * In a process of its own, so that there is no directory without who removes it: makes it,
 * says where it is, and removes it when nobody holds the other end of @end any more. What
 * waits for the output of the tool does not wait for this one.
 */
static void __attribute__((noreturn)) keep(int end, char *path)
{
	char byte;
	int err, null;

	setsid();
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	dup2(end, KEPT);
	close_range(KEPT + 1, ~0U, 0);
	null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < KEPT; fd++)
		dup2(null, fd);
	err = mkdtemp(path) ? 0 : -errno;
	send(KEPT, &err, sizeof(err), MSG_NOSIGNAL);
	if (err)
		_exit(1);
	send(KEPT, path, strlen(path), MSG_NOSIGNAL);
	while (read(KEPT, &byte, 1) < 0 && errno == EINTR)
		;
	execl("/bin/sh", "sh", "-c", REMOVE, "sh", path, NULL);
	_exit(1);
}

static int start_keeper(struct scratch *scratch)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
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

static ssize_t hear(int end, void *said, size_t length)
{
	ssize_t count;

	do {
		count = recv(end, said, length, 0);
	} while (count < 0 && errno == EINTR);
	return count;
}

static int ask_keeper(const struct scratch *scratch)
{
	const ssize_t length = strlen(scratch->path);
	int err;

	if (hear(scratch->held, &err, sizeof(err)) != sizeof(err))
		return -EPIPE;
	if (err)
		return err;
	return hear(scratch->held, scratch->path, length) == length ? 0 : -EPIPE;
}

/* Returns 0 or a negative errno */
int scratch_make(struct scratch *scratch)
{
	const char *top = getenv("TMPDIR");
	int err;

	scratch->path = text_format("%s/gpusvm-topology-XXXXXX", top && *top ? top : "/tmp");
	err = start_keeper(scratch);
	if (err) {
		free(scratch->path);
		return err;
	}
	err = ask_keeper(scratch);
	if (err)
		scratch_remove(scratch);
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
