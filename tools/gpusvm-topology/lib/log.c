// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "internal.h"

static void free_message(void *item)
{
	struct message *message = item;

	free(message->text);
	free(message);
}

/* Names of files may come from a tree of an unknown author */
void make_printable(char *text)
{
	for (; *text; text++) {
		if (*text < ' ' || *text > '~')
			*text = '?';
	}
}

/* Sends a message at once, for messages that do not belong to a scan */
void ctx_log(const struct gpusvm_ctx *ctx, int priority, char *message)
{
	make_printable(message);
	if (ctx->log_fn)
		ctx->log_fn(ctx->log_data, priority, message);
}

/* Returns 0, or -ENOMEM */
int topology_log(struct gpusvm_topology *topology, int priority, const char *format, ...)
{
	struct message *message;
	va_list args;

	message = calloc(1, sizeof(*message));
	if (!message)
		return -ENOMEM;

	va_start(args, format);
	message->text = format_text(format, args);
	va_end(args);
	if (!message->text) {
		free(message);
		return -ENOMEM;
	}

	make_printable(message->text);
	message->priority = priority;
	if (list_add(&topology->messages, message)) {
		free_message(message);
		return -ENOMEM;
	}
	if (priority <= LOG_WARNING)
		topology->warnings++;
	return 0;
}

/* Warns about the directory itself if @name is NULL. Returns 0, or -ENOMEM */
int dir_warn(const struct dir *dir, const char *name, const char *what)
{
	return topology_log(dir->topology, LOG_WARNING, "%s%s%s%s: %s",
			    dir->topology->ctx->sysroot, dir->path,
			    name ? "/" : "", name ? name : "", what);
}

static const char *describe(int err)
{
	switch (err) {
	case -ENOENT:
		return "missing";
	case -EBADF:
		return "not a regular file";
	case -EBADMSG:
		return "not as documented";
	case -EFBIG:
		return "too long";
	case -EINVAL:
		return "not a symbolic link";
	default:
		return strerrordesc_np(-err);
	}
}

/* Warns about the error of an operation on @name. Returns 0, or -ENOMEM */
int dir_warn_error(const struct dir *dir, const char *name, int err)
{
	return err == -ENOMEM ? err : dir_warn(dir, name, describe(err));
}

void topology_emit(struct gpusvm_topology *topology)
{
	const struct gpusvm_ctx *ctx = topology->ctx;

	for (size_t i = 0; ctx->log_fn && i < topology->messages.count; i++) {
		const struct message *message = topology->messages.items[i];

		ctx->log_fn(ctx->log_data, message->priority, message->text);
	}
	list_free(&topology->messages, free_message);
}

void topology_drop_messages(struct gpusvm_topology *topology)
{
	list_free(&topology->messages, free_message);
	topology->warnings = 0;
}
