// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include "files.h"
#include "settings.h"

#define SETTINGS	16

static struct {
	const char *path, *value;
} settings[SETTINGS];
static int num_settings;

static void restore_settings(int sig)
{
	int i;

	(void)sig;
	for (i = num_settings - 1; i >= 0; i--)
		file_put(settings[i].value, "%s", settings[i].path);
}

void keep_setting(const char *path)
{
	int i;

	for (i = 0; i < num_settings; i++)
		if (!strcmp(settings[i].path, path))
			return;

	igt_assert(num_settings < SETTINGS);
	igt_install_exit_handler(restore_settings);
	settings[num_settings].path = text_of("%s", path);
	settings[num_settings++].value = file_text("%s", path);
}
