/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef IGT_KMOD_H
#define IGT_KMOD_H

int igt_kmod_load(const char *mod_name, const char *opts);

#endif
