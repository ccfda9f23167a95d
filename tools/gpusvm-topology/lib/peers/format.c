// SPDX-License-Identifier: LGPL-2.1-or-later
/* Groups as files, and plans as commands for a shell */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

typedef int (*print_fn)(const void *object, FILE *stream);

static int format(print_fn print, const void *object, char **text)
{
	char *buffer = NULL;
	size_t length;
	FILE *stream;
	int err;

	stream = open_memstream(&buffer, &length);
	if (!stream)
		return -ENOMEM;
	err = print(object, stream);
	if (fclose(stream))
		err = -ENOMEM;
	if (err)
		free(buffer);
	else
		*text = buffer;
	return err;
}

static int print_group(const void *object, FILE *stream)
{
	const struct gpusvm_peer_group *group = object;

	if (strcmp(group->require, "all"))
		fprintf(stream, "require = %s\n", group->require);
	for (size_t i = 0; i < group->members.count; i++) {
		const struct peer_member *member = group->members.items[i];

		if (strchr(member->uid, '#'))
			return -EINVAL;
		fprintf(stream, "member = %s\n", member->uid);
	}
	return group->members.count ? 0 : -EINVAL;
}

GPUSVM_EXPORT int gpusvm_peer_group_format(const struct gpusvm_peer_group *group, char **text)
{
	return format(print_group, group, text);
}

/* One word for a shell, whatever is in it */
static void print_word(FILE *stream, const char *directory, const char *name)
{
	const char *const parts[] = { directory, name };

	fputc('\'', stream);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		for (const char *byte = parts[i]; *byte; byte++) {
			if (*byte == '\'')
				fputs("'\\''", stream);
			else
				fputc(*byte, stream);
		}
	}
	fputc('\'', stream);
}

static int print_plan(const void *object, FILE *stream)
{
	const struct gpusvm_peer_plan *plan = object;
	char *directory;

	if (asprintf(&directory, "%s" CONFIG_DIR "/", plan->wanted->ctx->sysroot) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < plan->operations.count; i++) {
		const struct operation *operation = plan->operations.items[i];

		if (operation->kind == OPERATION_ENABLE) {
			fputs("echo ", stream);
			print_word(stream, operation->argument, "");
			fputs(" >", stream);
			print_word(stream, directory, "enabled_groups");
		} else {
			fputs(operation->kind == OPERATION_MKDIR ? "mkdir " : "rmdir ", stream);
			print_word(stream, directory, operation->argument);
		}
		fputc('\n', stream);
	}
	free(directory);
	return 0;
}

GPUSVM_EXPORT int gpusvm_peer_plan_format(const struct gpusvm_peer_plan *plan, char **text)
{
	return format(print_plan, plan, text);
}
