// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that describe peer groups: those of group-files.h, and files that are missing */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "group-files.h"
#include "peer-sets.h"
#include "tap.h"

static struct gpusvm_ctx *ctx;

static void write_text(FILE *stream, const struct group_file *file)
{
	for (size_t i = 0; i < file->length; i++) {
		int repeat = 1;

		if (file->text[i] == *FILL) {
			repeat = FILL_LENGTH;
			i++;
		}
		while (repeat--)
			must(fputc(file->text[i], stream) != EOF, file->name);
	}
}

static void make_file(const char *directory, const struct group_file *file)
{
	FILE *stream;
	char *path;

	must(asprintf(&path, "%s/%s", directory, file->name) >= 0, "memory");
	if (file->text) {
		stream = fopen(path, "w");
		must(stream, path);
		write_text(stream, file);
		must(!fclose(stream), path);
	} else {
		must(!mkdir(path, 0755), path);
	}
	free(path);
}

/* A new directory below @scratch with these files */
static char *make_files(const char *scratch, const struct group_files *files)
{
	char *directory;

	must(asprintf(&directory, "%s/%s", scratch, files->what) >= 0, "memory");
	must(!mkdir(directory, 0755), directory);
	for (size_t i = 0; i < sizeof(files->files) / sizeof(*files->files); i++) {
		if (files->files[i].name)
			make_file(directory, &files->files[i]);
	}
	return directory;
}

static void report(bool good, const char *what, const char *got)
{
	char *text;

	must(asprintf(&text, "files: %s", what) >= 0, "memory");
	check(good, text);
	if (!good)
		printf("# %s\n", got);
	free(text);
}

/* Also once the groups are merged into another set */
static bool are_groups(const struct gpusvm_peers *peers, const char *expected)
{
	struct gpusvm_peers *other = new_peers(ctx);
	const struct gpusvm_peer_group *group;
	char *text = describe(peers), *merged;
	bool good;

	must(!gpusvm_peers_merge(other, peers), "memory");
	merged = describe(other);
	good = !strcmp(text, expected) && !strcmp(merged, expected);
	for (size_t i = 0; (group = gpusvm_peers_get_group(other, i)); i++)
		good = good && gpusvm_peer_group_is_enabled(group);
	free(text);
	free(merged);
	gpusvm_peers_free(other);
	return good;
}

static void test_good_files(const char *scratch, const struct group_files *files)
{
	struct gpusvm_peers *peers = new_peers(ctx);
	char *directory = make_files(scratch, files), *got;
	int err = gpusvm_peers_read_directory(peers, directory);

	got = describe(peers);
	report(!err && !*gpusvm_peers_get_error(peers) && are_groups(peers, files->expected),
	       files->what, err ? gpusvm_peers_get_error(peers) : got);
	free(got);
	free(directory);
	gpusvm_peers_free(peers);
}

/* Removes the directory from the paths of files */
static char *without_directory(const char *message, const char *directory)
{
	char *plain = strdup(message), *found, *prefix;

	must(plain && asprintf(&prefix, "%s/", directory) > 0, "memory");
	while ((found = strstr(plain, prefix)))
		memmove(found, found + strlen(prefix), strlen(found + strlen(prefix)) + 1);
	free(prefix);
	return plain;
}

static void test_bad_files(const char *scratch, const struct group_files *files)
{
	struct gpusvm_peers *peers = new_peers(ctx);
	char *directory = make_files(scratch, files), *got;
	int err = gpusvm_peers_read_directory(peers, directory);

	got = without_directory(gpusvm_peers_get_error(peers), directory);
	report(err < 0 && err != -ENOMEM && !strcmp(got, files->expected), files->what, got);
	free(got);
	free(directory);
	gpusvm_peers_free(peers);
}

static void test_missing_files(void)
{
	struct gpusvm_peers *peers = new_peers(ctx);

	check(gpusvm_peers_read_file(peers, "/nonexistent/left.conf") == -ENOENT &&
	      !strcmp(gpusvm_peers_get_error(peers),
		      "/nonexistent/left.conf: No such file or directory"), "files: none");
	check(gpusvm_peers_read_directory(peers, "/nonexistent") == -ENOENT &&
	      !strcmp(gpusvm_peers_get_error(peers), "/nonexistent: No such file or directory"),
	      "files: no directory");
	check(!gpusvm_peers_get_group(peers, 0), "files: nothing was added");
	gpusvm_peers_free(peers);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "Usage: %s NEW_DIRECTORY\n", argv[0]);
		return 2;
	}

	must(!mkdir(argv[1], 0755), argv[1]);
	must(!gpusvm_new(&ctx), "context");
	for (size_t i = 0; i < sizeof(good_files) / sizeof(*good_files); i++)
		test_good_files(argv[1], &good_files[i]);
	for (size_t i = 0; i < sizeof(bad_files) / sizeof(*bad_files); i++)
		test_bad_files(argv[1], &bad_files[i]);
	test_missing_files();
	gpusvm_unref(ctx);
	return tap_status();
}
