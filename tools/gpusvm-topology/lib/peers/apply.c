// SPDX-License-Identifier: LGPL-2.1-or-later
/* Carries out the operations of a plan in configfs */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan.h"

struct apply {
	struct gpusvm_peer_plan *plan;
	struct gpusvm_topology here;
	struct dir config;
};

static int change_directory(const struct apply *apply, const char *path, bool make)
{
	int failed = make ? mkdirat(apply->config.fd, path, 0755) :
			    unlinkat(apply->config.fd, path, AT_REMOVEDIR);

	return failed ? -errno : 0;
}

/* "EBUSY <uid> held". "EBUSY <uid> group:<name>" names the group that is in the way */
static void note_busy(struct gpusvm_peer_plan *plan, const char *text)
{
	static const char word[] = "EBUSY ";

	if (strncmp(text, word, strlen(word)) || !strstr(text, " held"))
		return;
	text += strlen(word);
	free(plan->busy);
	plan->busy = strndup(text, strcspn(text, " "));
}

/* The reason that the kernel has for a write that failed with @err */
static int explain(struct apply *apply, int err)
{
	struct gpusvm_peer_plan *plan = apply->plan;
	char *text;

	if (dir_read(&apply->config, "last_error", &text))
		return set_error(&plan->error, err, CONFIG_DIR "/enabled_groups: %s",
				 strerrordesc_np(-err));
	note_busy(plan, text);
	err = set_error(&plan->error, err, "%s", text);
	free(text);
	return err;
}

/* In one write: the kernel takes each write for a whole set */
static int write_names(int fd, const char *names)
{
	ssize_t length, written;
	char *line;

	length = asprintf(&line, "%s\n", names);
	if (length < 0)
		return -ENOMEM;
	written = write(fd, line, length);
	free(line);
	if (written < 0)
		return -errno;
	return written == length ? 0 : -EIO;
}

static int enable(struct apply *apply, const char *names)
{
	int fd, err;

	fd = openat(apply->config.fd, "enabled_groups", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return set_error(&apply->plan->error, -errno, CONFIG_DIR "/enabled_groups: %s",
				 strerrordesc_np(errno));
	err = write_names(fd, names);
	close(fd);
	return err ? explain(apply, err) : 0;
}

static int carry_out(struct apply *apply, const struct operation *operation)
{
	bool make = operation->kind == OPERATION_MKDIR;
	int err;

	if (operation->kind == OPERATION_ENABLE)
		return enable(apply, operation->argument);
	err = change_directory(apply, operation->argument, make);
	if (!err)
		return 0;
	return set_error(&apply->plan->error, err, "%s %s/%s: %s", make ? "mkdir" : "rmdir",
			 CONFIG_DIR, operation->argument, strerrordesc_np(-err));
}

/* The first @count operations, from the last one to the first one */
static void undo(const struct apply *apply, size_t count)
{
	while (count--) {
		const struct operation *operation = apply->plan->operations.items[count];

		change_directory(apply, operation->argument, operation->kind == OPERATION_RMDIR);
	}
}

static bool is_interrupted(void)
{
	sigset_t pending;

	return !sigpending(&pending) &&
	       (sigismember(&pending, SIGHUP) || sigismember(&pending, SIGINT) ||
		sigismember(&pending, SIGTERM));
}

/* Adds the names of the stand-ins to a reason why they could not be replaced */
static int name_stand_ins(struct gpusvm_peer_plan *plan, int err)
{
	for (size_t i = 0; plan->error && i < plan->stand_ins.count; i++) {
		const struct stand_in *stand_in = plan->stand_ins.items[i];
		char *reason = plan->error;

		plan->error = NULL;
		err = set_error(&plan->error, err, "%s; %s is enabled under the name %s", reason,
				stand_in->group->name, stand_in->name);
		free(reason);
	}
	return err;
}

static int run(struct apply *apply)
{
	struct gpusvm_peer_plan *plan = apply->plan;

	for (size_t i = 0; i < plan->operations.count; i++) {
		int err;

		if (i <= plan->commit && is_interrupted())
			err = set_error(&plan->error, -EINTR, "interrupted by a signal");
		else
			err = carry_out(apply, plan->operations.items[i]);
		if (!err)
			continue;
		if (i <= plan->commit)
			undo(apply, i);
		else if (i <= plan->rename)
			err = name_stand_ins(plan, err);
		return err;
	}
	return 0;
}

static int open_config(struct apply *apply)
{
	struct gpusvm_peer_plan *plan = apply->plan;
	int err;

	if (*plan->wanted->ctx->sysroot)
		return set_error(&plan->error, -EROFS,
				 "%s is not the root of the running system",
				 plan->wanted->ctx->sysroot);
	err = dir_open(&apply->config, &apply->here, CONFIG_DIR);
	if (err)
		err = set_error(&plan->error, err, CONFIG_DIR ": %s", strerrordesc_np(-err));
	return err;
}

GPUSVM_EXPORT int gpusvm_peer_plan_apply(struct gpusvm_peer_plan *plan)
{
	struct apply apply = { .plan = plan, .here = { .ctx = plan->wanted->ctx } };
	int err;

	free(plan->error);
	free(plan->busy);
	plan->error = NULL;
	plan->busy = NULL;
	if (!plan->operations.count)
		return 0;
	err = open_config(&apply);
	if (err)
		return err;
	err = run(&apply);
	dir_close(&apply.config);
	return err;
}
