/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef SETTINGS_H
#define SETTINGS_H

/*
 * Keep the value of a file that belongs to the machine. Call this before a test writes the
 * file: the first value is restored, however the program ends.
 */
void keep_setting(const char *path);

#endif
