/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef SETTINGS_H
#define SETTINGS_H

/*
 * Of a file that belongs to the machine, before a test writes it: what it has when it is
 * kept for the first time comes back, however the program ends.
 */
void keep_setting(const char *path);

#endif
