/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SVM_TAP_H
#define SVM_TAP_H

#include <stdbool.h>

/* Results as TAP. Only the process that started writes them. */

/* A result; returns @good. */
bool ok(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line for whoever reads why something failed; may be used in a child. */
void diag(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Without this nothing that follows makes sense. */
void must(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The plan; the status for main() to return. */
int tap_end(void);

#endif
