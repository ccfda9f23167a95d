/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef DRMTEST_H
#define DRMTEST_H

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#endif
