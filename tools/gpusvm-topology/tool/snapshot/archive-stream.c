// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive.h"
#include "tool.h"

extern char **environ;

static const struct compression {
	const char *magic;
	size_t length;
	const char *program;
} compressions[] = {
	{ "\x1f\x8b", 2, "gzip" },
	{ "BZh", 3, "bzip2" },
	{ "\xfd\x37zXZ", 5, "xz" },
	{ "\x28\xb5\x2f\xfd", 4, "zstd" },
};

static const char *find_program(int fd)
{
	char begin[8] = "";

	if (pread(fd, begin, sizeof(begin), 0) <= 0)
		return NULL;
	for (size_t i = 0; i < sizeof(compressions) / sizeof(*compressions); i++) {
		if (!memcmp(begin, compressions[i].magic, compressions[i].length))
			return compressions[i].program;
	}
	return NULL;
}

/* Hides messages of the program, because the reader reports errors. Returns 0 or an errno */
static int spawn(struct stream *stream, int in, int out)
{
	char *const arguments[] = { (char *)stream->program, "-dc", NULL };
	posix_spawn_file_actions_t actions;
	int err;

	if (posix_spawn_file_actions_init(&actions))
		check_memory(NULL);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	err = posix_spawnp(&stream->pid, stream->program, &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* Closes @fd. Returns the output of a program that decompresses it, or -1 */
static int decompress(struct stream *stream, int fd)
{
	int ends[2], err;

	if (pipe2(ends, O_CLOEXEC)) {
		err = errno;
		ends[0] = -1;
	} else {
		err = spawn(stream, fd, ends[1]);
		close(ends[1]);
	}
	close(fd);
	if (!err)
		return ends[0];
	if (ends[0] >= 0)
		close(ends[0]);
	say("cannot read %s: cannot run %s: %s", stream->name, stream->program, strerror(err));
	return -1;
}

/* Prints an error and returns false if it cannot open the archive */
bool stream_open(struct stream *stream, const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	*stream = (struct stream){ .name = name };
	if (fd < 0) {
		say("cannot open %s: %s", name, strerror(errno));
		return false;
	}
	stream->program = find_program(fd);
	if (stream->program)
		fd = decompress(stream, fd);
	stream->file = fd < 0 ? NULL : check_memory(fdopen(fd, "r"));
	return stream->file;
}

/* Returns false if the program failed, with an error unless @quiet */
bool stream_close(struct stream *stream, bool quiet)
{
	int status = 0;

	fclose(stream->file);
	if (!stream->program)
		return true;
	while (waitpid(stream->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status && !quiet)
		say("cannot read %s: %s cannot decompress it", stream->name, stream->program);
	return !status;
}
