// SPDX-License-Identifier: GPL-2.0-or-later
/* reach renderD128 [ROOT]: prints the IDs of the pagemaps that this GPU can use now. */
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads a value of one word; an empty one if it is unknown */
static const char *get(const char *directory, const char *file, char word[32])
{
	char path[PATH_MAX];
	FILE *stream;

	*word = '\0';
	snprintf(path, sizeof(path), "%s/%s", directory, file);
	stream = fopen(path, "re");
	if (stream && fscanf(stream, "%31s", word) != 1)
		*word = '\0';
	if (stream)
		fclose(stream);
	return word;
}

int main(int argc, char **argv)
{
	char word[32], path[PATH_MAX], node[PATH_MAX];
	glob_t links;

	if (argc < 2 || chdir(argc > 2 ? argv[2] : "/") ||
	    glob("sys/class/drm_pagemap_link/*", 0, NULL, &links))
		return 1;
	for (char **link = links.gl_pathv; *link; link++) {
		snprintf(path, sizeof(path), "%s/initiator/render", *link);
		if (realpath(path, node) && !strcmp(strrchr(node, '/') + 1, argv[1]) &&
		    !strcmp(get(*link, "access", word), "direct") &&
		    !strcmp(get(*link, "usable", word), "1"))
			puts(get(*link, "pagemap/id", word));
	}
	globfree(&links);
	return 0;
}
