/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SVM_TAP_H
#define SVM_TAP_H

#include <stdbool.h>

/* Results as TAP. Only the first process may print them. */

/* A result; returns @good. */
bool ok(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Print a line that explains a failure. A child may use it. */
void diag(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Exit if @good is false, because later points depend on it. */
void must(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Print the plan. Returns the exit status for main(). */
int tap_end(void);

#endif
