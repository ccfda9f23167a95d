/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef QEMU_H
#define QEMU_H

#include <stdbool.h>
#include <stdint.h>

/*
 * QEMU's monitor, by which the host removes and inserts PCI devices. "vm/run --hot-plug"
 * connects it with a virtio port of the guest.
 */

/* QEMU's names of a GPU of vm/lib/machine.sh, and of the port above it. */
struct qemu_card {
	char id[32], port[32];
};

bool qemu_has_monitor(void);

/* Finds the card in a slot, by the name of its PCI device as in 0000:01:00.0. */
bool qemu_find(const char *device, struct qemu_card *card);

/* The functions below return NULL, or an error message that is valid until the next call. */

/*
 * Presses the button of the slot. The kernel waits five seconds for another press, then it
 * removes the device and switches off the slot.
 */
const char *qemu_remove(const struct qemu_card *card);
/*
 * Inserts a card with @size bytes of memory as soon as the slot is empty, which may be a
 * moment after the removal. @card: The card that was there.
 */
const char *qemu_insert(const struct qemu_card *card, uint64_t size);

#endif
