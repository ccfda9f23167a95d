// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unpacking what anybody may have made: GNU tar does it, and whatever it complains of is
 * taken for a fault, because it has no complaint of a snapshot. Afterwards there are only
 * files, directories, and links that stay inside.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive.h"
#include "tool.h"

/* No file of a snapshot comes near; that of a bomb does */
#define LONGEST (64 << 20)
#define SAID_MAX 512

static void __attribute__((noreturn)) be_tar(const char *archive, const char *directory,
					     int said, pid_t parent)
{
	const struct rlimit limit = { LONGEST, LONGEST };
	char *file = text_format("--file=%s", archive);
	char *into = text_format("--directory=%s", directory);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	setrlimit(RLIMIT_FSIZE, &limit);
	setenv("LC_ALL", "C", 1);
	unsetenv("TAR_OPTIONS");
	dup2(said, STDOUT_FILENO);
	dup2(said, STDERR_FILENO);
	execlp("tar", "tar", "--extract", file, into, "--force-local", "--touch",
	       "--no-same-owner", "--no-same-permissions",
	       "--warning=no-unknown-keyword", "--block-number", NULL);
	dprintf(said, "cannot run tar: %s\n", strerror(errno));
	_exit(1);
}

/* The beginning of what comes; all of it is taken, so that nobody is kept from ending */
static void take_said(int end, char *said)
{
	char rest[SAID_MAX];
	size_t length = 0;
	ssize_t count;

	while ((count = read(end, rest, sizeof(rest))) > 0 || (count < 0 && errno == EINTR)) {
		size_t more = SAID_MAX - 1 - length;

		if (count < 0)
			continue;
		if (more > (size_t)count)
			more = count;
		memcpy(said + length, rest, more);
		length += more;
	}
	said[length] = '\0';
}

/*
 * What tar has said of an archive, line by line. With --block-number it also notes on
 * which block it has stopped: on one of the zeros that end an archive, or where the file
 * ends without them. That all versions of GNU tar do, while only some can warn of it.
 */
struct verdict {
	const char *complaint;	/* the first one; NULL: none */
	unsigned long block;
	bool is_complete;
};

static bool take_note(struct verdict *verdict, const char *line)
{
	int end = 0;

	if (sscanf(line, "block %lu: ** %n", &verdict->block, &end) < 1 || !end)
		return false;
	verdict->is_complete = !strcmp(line + end, "Block of NULs **");
	return true;
}

static void judge(struct verdict *verdict, char *said)
{
	static const char name[] = "tar: ";
	char *line;

	while ((line = strsep(&said, "\n"))) {
		if (!*line || take_note(verdict, line) || verdict->complaint)
			continue;
		verdict->complaint = line;
		if (!strncmp(line, name, strlen(name)))
			verdict->complaint += strlen(name);
	}
}

static int refuse_tar(const char *archive, const struct verdict *verdict, int status)
{
	if (verdict->complaint)
		say("cannot unpack %s: %s", archive, verdict->complaint);
	else if (WIFSIGNALED(status))
		say("cannot unpack %s: tar was ended: %s", archive, strsignal(WTERMSIG(status)));
	else if (status)
		say("cannot unpack %s: tar has failed", archive);
	else
		say("cannot unpack %s: the archive ends early, at block %lu", archive,
		    verdict->block);
	return EXIT_ERROR;
}

static int run_tar(const char *archive, const char *directory)
{
	struct verdict verdict = { 0 };
	char said[SAID_MAX];
	int ends[2], status = -1;
	pid_t tar, tool = getpid();

	if (pipe2(ends, O_CLOEXEC)) {
		verdict.complaint = strerror(errno);
		return refuse_tar(archive, &verdict, 0);
	}
	tar = fork();
	if (!tar)
		be_tar(archive, directory, ends[1], tool);
	close(ends[1]);
	take_said(ends[0], said);
	close(ends[0]);
	while (tar > 0 && waitpid(tar, &status, 0) < 0 && errno == EINTR)
		;
	judge(&verdict, said);
	if (status || verdict.complaint || !verdict.is_complete)
		return refuse_tar(archive, &verdict, status);
	return 0;
}

/* That a link leads nowhere does not matter: so does one whose end is not in a snapshot */
static int check_link(int root, const char *name)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH };
	int fd, tries = 100;

	do {
		fd = syscall(SYS_openat2, root, name, &how, sizeof(how));
	} while (fd < 0 && errno == EAGAIN && --tries);
	if (fd >= 0)
		close(fd);
	else if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP && errno != EACCES)
		return -errno;
	return 0;
}

/* What is wrong with an entry; NULL, or to be freed */
static char *find_fault(int root, const char *name, const FTSENT *entry)
{
	int err;

	switch (entry->fts_info) {
	case FTS_SL:
	case FTS_SLNONE:
		err = check_link(root, name);
		if (err == -EXDEV)
			return text_format("the link %s leads out of it", name);
		return err ? text_format("the link %s: %s", name, strerror(-err)) : NULL;
	case FTS_DEFAULT:
		return text_format("%s is neither a file nor a directory nor a link", name);
	default:
		return NULL;
	}
}

/* Says it, on a terminal perhaps, whatever names the archive has */
static int refuse_entry(const char *archive, char *fault)
{
	for (char *byte = fault; *byte; byte++) {
		if (*byte < ' ' || *byte > '~')
			*byte = '?';
	}
	say("%s: %s", archive, fault);
	free(fault);
	return EXIT_ERROR;
}

static int check_all(const char *archive, const char *directory, int root)
{
	char *const paths[] = { (char *)directory, NULL };
	FTS *tree = check_memory(fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL));
	const FTSENT *entry;
	char *fault = NULL;

	while (!fault && (entry = fts_read(tree))) {
		if (entry->fts_level > FTS_ROOTLEVEL)
			fault = find_fault(root, entry->fts_path + strlen(directory) + 1, entry);
	}
	fts_close(tree);
	return fault ? refuse_entry(archive, fault) : 0;
}

/* Into an empty directory. Returns 0, or what to exit with after it has said why */
int unpack(const char *archive, const char *directory)
{
	int root, status;

	status = run_tar(archive, directory);
	if (status)
		return status;
	root = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		say("cannot open %s: %s", directory, strerror(errno));
		return EXIT_ERROR;
	}
	status = check_all(archive, directory, root);
	close(root);
	return status;
}
