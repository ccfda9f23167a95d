// SPDX-License-Identifier: GPL-2.0-or-later
/* gpusvm-topology group: what the administrator does with peer groups */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"

static int print_help(void)
{
	puts("Usage: gpusvm-topology group [OPTIONS] show [NAME...]\n"
	     "       gpusvm-topology group [OPTIONS] create NAME [GPU...]\n"
	     "       gpusvm-topology group [OPTIONS] add NAME GPU...\n"
	     "       gpusvm-topology group [OPTIONS] remove NAME GPU...\n"
	     "       gpusvm-topology group [OPTIONS] enable NAME...\n"
	     "       gpusvm-topology group [OPTIONS] disable NAME...\n"
	     "       gpusvm-topology group [OPTIONS] delete NAME...\n"
	     "       gpusvm-topology group [OPTIONS] save [DIR]\n"
	     "       gpusvm-topology group [OPTIONS] apply [FILE|DIR]...\n"
	     "       gpusvm-topology group [OPTIONS] restore [FILE|DIR]...\n"
	     "\n"
	     "Shows and changes the peer groups, which say what GPUs share memory. A GPU is\n"
	     "named by its uid, its name on the bus, or its render or card node; one that is\n"
	     "not there by its uid. Each command checks the whole of what would result, and\n"
	     "does all of it or nothing.\n"
	     "\n"
	     "  show      the groups, with what has become of them\n"
	     "  create    make a group; --enable puts it in force\n"
	     "  add       make GPUs members, remove: make them none any more; also in a group\n"
	     "            that is in force\n"
	     "  enable    put groups in force, disable: put them out of force\n"
	     "  delete    remove groups with their members, in force or not\n"
	     "  save      write the groups in force to files NAME.conf in DIR, by default\n"
	     "            " GROUPS_DIRECTORY "\n"
	     "  apply     put the groups of the files in force; other groups stay as they are\n"
	     "  restore   the same, and put all others out of force\n"
	     "\n"
	     "     --dry-run        print what would be done, and say what would be refused\n"
	     "     --enable         see create\n"
	     JSON_OPTION_HELP
	     TABLE_OPTIONS_HELP
	     " -o, --output COLS    with show: these columns; +COLS: besides those by default\n"
	     COMMON_OPTIONS_HELP
	     "With --sysroot, only show, save and --dry-run work. JSON is for show and\n"
	     "--dry-run. gpusvm-groups.conf(5) describes the files.\n"
	     "\n"
	     "Exit status: 5 if there is no group or GPU of a name; 6 if the kernel refuses it,\n"
	     "or would; 7 if that is because a group is in use, and who uses it is said, or\n"
	     "another group has a GPU; 8 if the groups of files are in force, but not all\n"
	     "members are there that are required; 14 if a file is wrong. Else as of\n"
	     "gpusvm-topology, see there.");
	peers_show_help();
	return 0;
}

struct arguments {
	char **words;
	bool enable;
};

/* Says so if there is none of the name */
static struct gpusvm_peer_group *find_group(const struct peer_change *change, const char *name)
{
	struct gpusvm_peer_group *group = gpusvm_peers_find_group(change->wanted, name);

	if (!group)
		say("no peer group is called \"%s\"", name);
	return group;
}

typedef int (*member_fn)(struct gpusvm_peer_group *group, const char *uid);

/*
 * Calls @fn for the uid of each GPU that is called so, until one fails, whose error is
 * returned; what is not there may appear, and @name is its uid.
 */
static int each_uid(const struct peer_change *change, struct gpusvm_peer_group *group,
		    const char *name, member_fn fn)
{
	const struct gpusvm_initiator *initiator = NULL;
	int err = 0;

	if (change->topology)
		initiator = gpusvm_initiator_find(change->topology, name);
	if (!initiator)
		return fn(group, name);
	while (initiator && !err) {
		err = fn(group, gpusvm_initiator_get_uid(initiator));
		initiator = gpusvm_initiator_find_next(change->topology, name, initiator);
	}
	return err;
}

static int add_member(struct gpusvm_peer_group *group, const char *uid)
{
	int err = gpusvm_peer_group_add_member(group, uid);

	return err == -EEXIST ? 0 : err;
}

static int add_members(const struct peer_change *change, struct gpusvm_peer_group *group,
		       char **names)
{
	for (; *names; names++) {
		switch (each_uid(change, group, *names, add_member)) {
		case 0:
			break;
		case -EINVAL:
			say("no GPU is called \"%s\", and it is not the uid of an initiator",
			    *names);
			return EXIT_NOT_FOUND;
		default:
			check_memory(NULL);
		}
	}
	return 0;
}

static int create(struct peer_change *change, const struct arguments *arguments)
{
	struct gpusvm_peer_group *group = NULL;
	int err;

	err = gpusvm_peers_add_group(change->wanted, *arguments->words, &group);
	if (err)
		return peers_error(change->wanted, err);
	gpusvm_peer_group_set_enabled(group, arguments->enable);
	return add_members(change, group, arguments->words + 1);
}

static int add(struct peer_change *change, const struct arguments *arguments)
{
	struct gpusvm_peer_group *group = find_group(change, *arguments->words);

	return group ? add_members(change, group, arguments->words + 1) : EXIT_NOT_FOUND;
}

static int remove_members(struct peer_change *change, const struct arguments *arguments)
{
	struct gpusvm_peer_group *group = find_group(change, *arguments->words);

	if (!group)
		return EXIT_NOT_FOUND;
	for (char **name = arguments->words + 1; *name; name++) {
		if (!each_uid(change, group, *name, gpusvm_peer_group_remove_member))
			continue;
		say("\"%s\" is not a member of %s", *name, *arguments->words);
		return EXIT_NOT_FOUND;
	}
	return 0;
}

static int switch_groups(struct peer_change *change, char **names, bool enabled)
{
	for (; *names; names++) {
		struct gpusvm_peer_group *group = find_group(change, *names);

		if (!group)
			return EXIT_NOT_FOUND;
		gpusvm_peer_group_set_enabled(group, enabled);
	}
	return 0;
}

static int enable(struct peer_change *change, const struct arguments *arguments)
{
	return switch_groups(change, arguments->words, true);
}

static int disable(struct peer_change *change, const struct arguments *arguments)
{
	return switch_groups(change, arguments->words, false);
}

static int delete(struct peer_change *change, const struct arguments *arguments)
{
	for (char **name = arguments->words; *name; name++) {
		struct gpusvm_peer_group *group = find_group(change, *name);

		if (!group)
			return EXIT_NOT_FOUND;
		gpusvm_peers_remove_group(change->wanted, group);
	}
	return 0;
}

/* Reads all files before anything is changed */
static int merge_files(struct peer_change *change, char **paths, struct gpusvm_peers *files)
{
	int err = 0;

	if (!*paths)
		err = peers_read(files, GROUPS_DIRECTORY);
	for (; *paths && !err; paths++)
		err = peers_read(files, *paths);
	if (err) {
		peers_error(files, err);
		return EXIT_BAD_FILE;
	}
	if (gpusvm_peers_merge(change->wanted, files))
		check_memory(NULL);
	return 0;
}

static int apply(struct peer_change *change, const struct arguments *arguments)
{
	struct gpusvm_peers *files;
	int status;

	if (gpusvm_peers_new(change->ctx, &files))
		check_memory(NULL);
	status = merge_files(change, arguments->words, files);
	gpusvm_peers_free(files);
	change->required = true;
	return status;
}

static int restore(struct peer_change *change, const struct arguments *arguments)
{
	struct gpusvm_peer_group *group;

	for (size_t i = 0; (group = gpusvm_peers_get_group(change->wanted, i)); i++)
		gpusvm_peer_group_set_enabled(group, false);
	return apply(change, arguments);
}

static int save(struct peer_change *change, const struct arguments *arguments)
{
	return peers_save(change, *arguments->words ?: GROUPS_DIRECTORY);
}

static int show(struct peer_change *change, const struct arguments *arguments)
{
	return peers_show(change, arguments->words);
}

/* @most is 0 where any number of arguments is fine */
static const struct subcommand {
	const char *name;
	int least;
	int most;
	bool changes;
	int (*run)(struct peer_change *change, const struct arguments *arguments);
} subcommands[] = {
	{ "show", 0, 0, false, show },
	{ "create", 1, 0, true, create },
	{ "add", 2, 0, true, add },
	{ "remove", 2, 0, true, remove_members },
	{ "enable", 1, 0, true, enable },
	{ "disable", 1, 0, true, disable },
	{ "delete", 1, 0, true, delete },
	{ "save", 0, 1, false, save },
	{ "apply", 0, 0, true, apply },
	{ "restore", 0, 0, true, restore },
};

static const struct subcommand *find_subcommand(const char *name, int arguments)
{
	for (size_t i = 0; i < sizeof(subcommands) / sizeof(*subcommands); i++) {
		const struct subcommand *subcommand = &subcommands[i];

		if (strcmp(subcommand->name, name))
			continue;
		if (arguments < subcommand->least) {
			say("\"%s\" needs more arguments", name);
			return NULL;
		}
		if (subcommand->most && arguments > subcommand->most) {
			say("\"%s\" takes fewer arguments", name);
			return NULL;
		}
		return subcommand;
	}
	say("no such command: \"group %s\"", name);
	return NULL;
}

static int run(const struct subcommand *subcommand, struct peer_change *change,
	       const struct arguments *arguments)
{
	/* What a snapshot has can't be changed, as is said later */
	bool lock = subcommand->changes && !change->dry_run && !change->options->sysroot;
	int status;

	status = peers_begin(change, lock);
	if (!status)
		status = subcommand->run(change, arguments);
	if (!status && subcommand->changes)
		status = peers_carry_out(change);
	peers_end(change);
	return status;
}

int command_group(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "dry-run", no_argument, NULL, 'D' },
		{ "enable", no_argument, NULL, 'E' },
		{ 0 }
	};
	struct peer_change change = { .options = options };
	const struct subcommand *subcommand;
	struct arguments arguments = { 0 };
	int option;

	while ((option = next_option(argc, argv, OPTIONS_JSON | OPTIONS_TABLE | OPTIONS_COLUMNS,
				     "", long_options, options)) >= 0) {
		if (option == 'D')
			change.dry_run = true;
		else if (option == 'E')
			arguments.enable = true;
		else
			return other_option(option, "group", print_help);
	}
	if (optind == argc) {
		say("no command for \"group\"");
		return usage_error("group");
	}
	arguments.words = argv + optind + 1;
	subcommand = find_subcommand(argv[optind], argc - optind - 1);
	return subcommand ? run(subcommand, &change, &arguments) : usage_error("group");
}
