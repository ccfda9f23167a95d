// SPDX-License-Identifier: GPL-2.0-or-later
/* gpusvm-topology group: shows and changes peer groups */
#include <getopt.h>
#include <limits.h>
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
	     "       gpusvm-topology group [OPTIONS] start [FILE|DIR]...\n"
	     "       gpusvm-topology group [OPTIONS] stop\n"
	     "       gpusvm-topology group [OPTIONS] status [FILE|DIR]...\n"
	     "       gpusvm-topology group [OPTIONS] check [FILE|DIR]...\n"
	     "       gpusvm-topology group [OPTIONS] wait [FILE|DIR]...\n"
	     "\n"
	     "Shows and changes the peer groups, which say what GPUs share memory. A GPU is\n"
	     "named by its uid, its name on the bus, or its render or card node; one that is\n"
	     "absent by its uid. Each command checks the whole of what would result, and does\n"
	     "all of it or nothing.\n"
	     "\n"
	     "  show      print the groups with the state of their members\n"
	     "  create    make a group; --enable puts it in force\n"
	     "  add       make GPUs members, also of a group that is in force\n"
	     "  remove    remove members, also from a group that is in force\n"
	     "  enable    put groups in force\n"
	     "  disable   put groups out of force\n"
	     "  delete    remove groups with their members, in force or not\n"
	     "\n"
	     "Files describe groups, see gpusvm-groups.conf(5). The default is\n"
	     GROUPS_DIRECTORY ".\n"
	     "\n"
	     "  save      write the groups in force to files NAME.conf in DIR\n"
	     "  apply     put the groups of the files in force; other groups stay as they are\n"
	     "  restore   the same, and put all others out of force\n"
	     "\n"
	     "gpusvm-peer-groups(8) and its service run these:\n"
	     "\n"
	     "  start     put the groups of the files in force, and remove those that an earlier\n"
	     "            start has made and that no file describes any more\n"
	     "  stop      remove the groups that start has made\n"
	     "  status    print the groups of the files with the state of their members\n"
	     "  check     print how groups differ from the files; nothing if they do not\n"
	     "  wait      until check has nothing to print\n"
	     "\n"
	     "     --dry-run        print the changes, and what would be refused\n"
	     "     --shell          the same, with changes as commands for a shell\n"
	     "     --enable         with create: put the group in force\n"
	     "     --timeout SECS   with wait: fail after so many seconds; without it, never\n"
	     JSON_OPTION_HELP
	     TABLE_OPTIONS_HELP
	     " -o, --output COLS    with show: these columns; +COLS: besides those by default\n"
	     COMMON_OPTIONS_HELP
	     "With --sysroot, groups can be shown and saved, and no others changed than with\n"
	     "--dry-run and --shell. JSON is for show and --dry-run.\n"
	     "\n"
	     "Exit status: 5 if there is no group or GPU of a name; 6 if the kernel refuses it,\n"
	     "or would; 7 if that is because a group is in use, whose users are printed, or\n"
	     "because a GPU is in another group, or if another process does not end changing\n"
	     "groups; 8 if groups are in force and not all members are there that files\n"
	     "require, or if they are not as files describe them; 14 if a file is wrong; 15 if\n"
	     "wait has timed out. Else as of gpusvm-topology, see there.");
	peers_show_help();
	return 0;
}

enum {
	CHANGES = 1 << 0,
	ALONE = 1 << 1,		/* locks, reads and carries out by itself */
};

static const struct subcommand {
	const char *name;
	int least;
	int most;
	unsigned int flags;
	int (*run)(struct peer_change *change, const struct arguments *arguments);
} subcommands[] = {
	{ "show", 0, INT_MAX, 0, peers_show },
	{ "create", 1, INT_MAX, CHANGES, peers_create },
	{ "add", 2, INT_MAX, CHANGES, peers_add },
	{ "remove", 2, INT_MAX, CHANGES, peers_remove },
	{ "enable", 1, INT_MAX, CHANGES, peers_enable },
	{ "disable", 1, INT_MAX, CHANGES, peers_disable },
	{ "delete", 1, INT_MAX, CHANGES, peers_delete },
	{ "save", 0, 1, 0, peers_save },
	{ "apply", 0, INT_MAX, CHANGES, peers_apply },
	{ "restore", 0, INT_MAX, CHANGES, peers_restore },
	{ "start", 0, INT_MAX, CHANGES | ALONE, peers_start },
	{ "stop", 0, 0, CHANGES | ALONE, peers_stop },
	{ "status", 0, INT_MAX, ALONE, peers_status },
	{ "check", 0, INT_MAX, ALONE, peers_check },
	{ "wait", 0, INT_MAX, ALONE, peers_wait },
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
		if (arguments > subcommand->most) {
			say("\"%s\" takes fewer arguments", name);
			return NULL;
		}
		return subcommand;
	}
	say("no such command: \"group %s\"", name);
	return NULL;
}

/* An option without effect is a mistake */
static bool check_options(const struct subcommand *subcommand, const struct peer_change *change,
			  const struct arguments *arguments)
{
	if (change->preview && !(subcommand->flags & CHANGES))
		say("--dry-run and --shell are for commands that change groups");
	else if (change->preview == PREVIEW_SHELL && change->options->json)
		say("--shell and -J exclude each other");
	else if (arguments->enable && subcommand->run != peers_create)
		say("--enable is for create");
	else if (arguments->timeout >= 0 && subcommand->run != peers_wait)
		say("--timeout is for wait");
	else
		return true;
	return false;
}

static int run_with_groups(const struct subcommand *subcommand, struct peer_change *change,
			   const struct arguments *arguments)
{
	bool changes = subcommand->flags & CHANGES;
	int status;

	status = changes ? change_lock(change) : 0;
	if (!status)
		status = change_scan(change) ?: change_read(change);
	if (!status)
		status = subcommand->run(change, arguments);
	if (!status && changes)
		status = change_carry_out(change);
	return status;
}

static int run(const struct subcommand *subcommand, struct peer_change *change,
	       const struct arguments *arguments)
{
	int status;

	status = change_open(change);
	if (!status && subcommand->flags & ALONE)
		status = subcommand->run(change, arguments);
	else if (!status)
		status = run_with_groups(subcommand, change, arguments);
	change_close(change);
	return status;
}

static bool parse_timeout(const char *text, int *timeout)
{
	size_t length = strlen(text);

	if (!length || length > 9 || strspn(text, "0123456789") < length) {
		say("--timeout takes a number of seconds, not \"%s\"", text);
		return false;
	}
	*timeout = atoi(text);
	return true;
}

int command_group(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "dry-run", no_argument, NULL, 'D' },
		{ "enable", no_argument, NULL, 'E' },
		{ "shell", no_argument, NULL, 'S' },
		{ "timeout", required_argument, NULL, 'T' },
		{ 0 }
	};
	struct peer_change change = { .options = options };
	struct arguments arguments = { .timeout = -1 };
	const struct subcommand *subcommand;
	int option;

	while ((option = next_option(argc, argv, OPTIONS_JSON | OPTIONS_TABLE | OPTIONS_COLUMNS,
				     "", long_options, options)) >= 0) {
		if (option == 'D')
			change.preview = change.preview ?: PREVIEW_STEPS;
		else if (option == 'E')
			arguments.enable = true;
		else if (option == 'S')
			change.preview = PREVIEW_SHELL;
		else if (option != 'T')
			return other_option(option, "group", print_help);
		else if (!parse_timeout(optarg, &arguments.timeout))
			return usage_error("group");
	}
	if (optind == argc) {
		say("no command for \"group\"");
		return usage_error("group");
	}
	arguments.words = argv + optind + 1;
	subcommand = find_subcommand(argv[optind], argc - optind - 1);
	if (!subcommand || !check_options(subcommand, &change, &arguments))
		return usage_error("group");
	return run(subcommand, &change, &arguments);
}
