/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SVM_TOPOLOGY_H
#define SVM_TOPOLOGY_H

#include <stddef.h>
#include <stdint.h>

/*
 * The parts of sysfs that the tests need. Functions return 0 or a negative errno. @uid: Of
 * the initiator. @number: Number of a virtual GPU that is a platform device.
 */

int uid_render_path(const char *uid, char *path, size_t size);
int render_path(unsigned int number, char *path, size_t size);

/* Unbinds the driver from a GPU, and binds it again. */
int uid_unbind(const char *uid);
int uid_bind(const char *uid);
int gpu_unbind(unsigned int number);
int gpu_bind(unsigned int number);

uint64_t now_ms(void);

#endif
