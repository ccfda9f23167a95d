// SPDX-License-Identifier: LGPL-2.1-or-later
/* Doing what a plan says, in configfs */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan.h"

#define STAND_IN ".new"
#define GROUP_NAME_MAX 63

/* A directory that was made or removed, to be undone */
struct deed {
	char *path;
	bool made;
};

/* A group that is in force in place of one whose members change */
struct stand_in {
	const struct gpusvm_peer_group *group;
	char name[GROUP_NAME_MAX + 1];
};

struct apply {
	struct gpusvm_peer_plan *plan;
	struct gpusvm_topology here;
	struct dir config;
	struct list deeds;
	struct list stand_ins;
};

static void deed_free(void *item)
{
	struct deed *deed = item;

	free(deed->path);
	free(deed);
}

static int note(struct apply *apply, char *path, bool made)
{
	struct deed *deed = malloc(sizeof(*deed));

	if (!deed)
		return -ENOMEM;
	*deed = (struct deed){ path, made };
	if (list_add(&apply->deeds, deed)) {
		free(deed);
		return -ENOMEM;
	}
	return 0;
}

static int do_directory(struct apply *apply, const char *path, bool make)
{
	int done = make ? mkdirat(apply->config.fd, path, 0755) :
			  unlinkat(apply->config.fd, path, AT_REMOVEDIR);

	return done ? -errno : 0;
}

/* Takes @path over */
static int change(struct apply *apply, char *path, bool make)
{
	int err;

	err = do_directory(apply, path, make);
	if (err) {
		err = set_error(&apply->plan->error, err, "%s %s/%s: %s",
				make ? "mkdir" : "rmdir", CONFIG_DIR, path,
				strerrordesc_np(-err));
	} else {
		err = note(apply, path, make);
		if (!err)
			return 0;
		do_directory(apply, path, !make);
	}
	free(path);
	return err;
}

static int change_group(struct apply *apply, const char *name, bool make)
{
	char *path;

	if (asprintf(&path, "groups/%s", name) < 0)
		return -ENOMEM;
	return change(apply, path, make);
}

/* The members that one group has and another one, which may be NULL, has not */
static int change_members(struct apply *apply, const char *name, bool make,
			  const struct gpusvm_peer_group *of,
			  const struct gpusvm_peer_group *without)
{
	int err = 0;

	for (size_t i = 0; !err && i < of->members.count; i++) {
		const struct peer_member *member = of->members.items[i];
		char *path;

		if (without && peer_group_find(without, member->uid))
			continue;
		if (asprintf(&path, "groups/%s/members/%s", name, member->uid) < 0)
			return -ENOMEM;
		err = change(apply, path, make);
	}
	return err;
}

static int make_group(struct apply *apply, const char *name,
		      const struct gpusvm_peer_group *like)
{
	int err;

	err = change_group(apply, name, true);
	return err ? err : change_members(apply, name, true, like, NULL);
}

static int remove_group(struct apply *apply, const char *name,
			const struct gpusvm_peer_group *like)
{
	int err;

	err = change_members(apply, name, false, like, NULL);
	return err ? err : change_group(apply, name, false);
}

static int swap_members(struct apply *apply, const struct gpusvm_peer_group *current,
			const struct gpusvm_peer_group *wanted)
{
	int err;

	err = change_members(apply, wanted->name, true, wanted, current);
	return err ? err : change_members(apply, wanted->name, false, current, wanted);
}

static void undo(struct apply *apply)
{
	while (apply->deeds.count) {
		struct deed *deed = apply->deeds.items[--apply->deeds.count];

		do_directory(apply, deed->path, !deed->made);
		deed_free(deed);
	}
}

static int add_stand_in(struct apply *apply, const struct gpusvm_peer_group *group)
{
	struct stand_in *stand_in = malloc(sizeof(*stand_in));
	const int length = GROUP_NAME_MAX - strlen(STAND_IN);

	if (!stand_in)
		return -ENOMEM;
	stand_in->group = group;
	snprintf(stand_in->name, sizeof(stand_in->name), "%.*s" STAND_IN, length, group->name);
	if (list_add(&apply->stand_ins, stand_in)) {
		free(stand_in);
		return -ENOMEM;
	}
	return make_group(apply, stand_in->name, group);
}

/* All that can be done without touching what is in force */
static int prepare(struct apply *apply, const struct gpusvm_peer_group *wanted)
{
	const struct gpusvm_peer_group *current;

	current = gpusvm_peers_find_group(apply->plan->current, wanted->name);
	if (!current)
		return make_group(apply, wanted->name, wanted);
	if (same_members(current, wanted))
		return 0;
	if (!current->enabled)
		return swap_members(apply, current, wanted);
	return wanted->enabled ? add_stand_in(apply, wanted) : 0;
}

/* All that could not be done because the group was in force */
static int finish(struct apply *apply, const struct gpusvm_peer_group *wanted)
{
	const struct gpusvm_peer_group *current;

	current = gpusvm_peers_find_group(apply->plan->current, wanted->name);
	if (!current || !current->enabled)
		return 0;
	return swap_members(apply, current, wanted);
}

static int for_wanted(struct apply *apply,
		      int (*fn)(struct apply *apply, const struct gpusvm_peer_group *wanted))
{
	const struct list *groups = &apply->plan->wanted->groups;
	int err = 0;

	for (size_t i = 0; !err && i < groups->count; i++)
		err = fn(apply, groups->items[i]);
	return err;
}

/* The name under which a group is in force meanwhile */
static const char *name_in_force(const struct apply *apply,
				 const struct gpusvm_peer_group *group)
{
	for (size_t i = 0; i < apply->stand_ins.count; i++) {
		const struct stand_in *stand_in = apply->stand_ins.items[i];

		if (stand_in->group == group)
			return stand_in->name;
	}
	return group->name;
}

/* The line for enabled_groups, or NULL for lack of memory */
static char *enabled_line(const struct apply *apply, bool final)
{
	const struct list *groups = &apply->plan->wanted->groups;
	char *line = NULL;
	size_t length;
	FILE *stream;

	stream = open_memstream(&line, &length);
	if (!stream)
		return NULL;
	for (size_t i = 0; i < groups->count; i++) {
		const struct gpusvm_peer_group *group = groups->items[i];

		if (group->enabled)
			fprintf(stream, "%s ", final ? group->name :
						       name_in_force(apply, group));
	}
	fputc('\n', stream);
	if (fclose(stream)) {
		free(line);
		return NULL;
	}
	return line;
}

/* "EBUSY <uid> held"; that a group has it is all that there is to say */
static void note_busy(struct gpusvm_peer_plan *plan, const char *text)
{
	static const char word[] = "EBUSY ";

	if (strncmp(text, word, strlen(word)) || !strstr(text, " held"))
		return;
	text += strlen(word);
	free(plan->busy);
	plan->busy = strndup(text, strcspn(text, " "));
}

/* What the kernel has to say of a write that failed with @err */
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

/* In one write, or the kernel would take the parts for sets of their own */
static int write_line(int fd, const char *line)
{
	ssize_t length = strlen(line);
	ssize_t written = write(fd, line, length);

	if (written < 0)
		return -errno;
	return written == length ? 0 : -EIO;
}

static int enable(struct apply *apply, bool final)
{
	char *line = enabled_line(apply, final);
	int fd, err;

	if (!line)
		return -ENOMEM;
	fd = openat(apply->config.fd, "enabled_groups", O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		err = set_error(&apply->plan->error, -errno, CONFIG_DIR "/enabled_groups: %s",
				strerrordesc_np(errno));
	} else {
		err = write_line(fd, line);
		close(fd);
		if (err)
			err = explain(apply, err);
	}
	free(line);
	return err;
}

/* Whether what is in force has to be written at all */
static bool switches(const struct apply *apply)
{
	const struct list *steps = &apply->plan->steps;

	if (apply->stand_ins.count)
		return true;
	for (size_t i = 0; i < steps->count; i++) {
		const struct gpusvm_peer_step *step = steps->items[i];

		if (step->action == GPUSVM_PEER_ENABLE || step->action == GPUSVM_PEER_DISABLE)
			return true;
	}
	return false;
}

/* The names as they should be, again in one step */
static int replace_stand_ins(struct apply *apply)
{
	int err;

	err = enable(apply, true);
	for (size_t i = 0; !err && i < apply->stand_ins.count; i++) {
		const struct stand_in *stand_in = apply->stand_ins.items[i];

		err = remove_group(apply, stand_in->name, stand_in->group);
	}
	return err;
}

static int remove_unwanted(struct apply *apply)
{
	const struct list *groups = &apply->plan->current->groups;
	int err = 0;

	for (size_t i = 0; !err && i < groups->count; i++) {
		const struct gpusvm_peer_group *group = groups->items[i];

		if (!gpusvm_peers_find_group(apply->plan->wanted, group->name))
			err = remove_group(apply, group->name, group);
	}
	return err;
}

/* What is wanted is in force now, so that nothing is undone any more */
static int clean_up(struct apply *apply)
{
	const struct stand_in *stand_in = list_get(&apply->stand_ins, 0);
	char *why;
	int err;

	err = for_wanted(apply, finish);
	if (!err && stand_in)
		err = replace_stand_ins(apply);
	if (!err)
		err = remove_unwanted(apply);
	if (!err || !stand_in || !apply->plan->error)
		return err;

	why = apply->plan->error;
	apply->plan->error = NULL;
	err = set_error(&apply->plan->error, err, "%s; %s is in force under the name %s", why,
			stand_in->group->name, stand_in->name);
	free(why);
	return err;
}

static int run(struct apply *apply)
{
	int err;

	err = for_wanted(apply, prepare);
	if (!err && switches(apply))
		err = enable(apply, false);
	if (err) {
		undo(apply);
		return err;
	}
	return clean_up(apply);
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
	err = open_config(&apply);
	if (err)
		return err;
	err = run(&apply);
	dir_close(&apply.config);
	list_free(&apply.deeds, deed_free);
	list_free(&apply.stand_ins, free);
	return err;
}
