// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A GPU goes away in order, and comes back: by the files of its driver; on PCI also by those
 * of its device, and by the power of its slot.
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "absence.h"
#include "qemu.h"
#include "tap.h"
#include "topology.h"

#define PCI		"/sys/bus/pci"
#define FOUND_SECONDS	60

const char * const absence_names[ABSENCES] = {
	[UNBIND] = "unbind",
	[REMOVE] = "removal from PCI",
	[SLOT_OFF] = "removal from the slot",
};

/* That QEMU took out last, and its bytes of memory. */
static struct qemu_card card;
static uint64_t card_size;

bool gpus_are_pci(void)
{
	return !strncmp(shared->uids[0], "pci-", 4);
}

/* A uid is the bus and the name of the device. */
static const char *device_of(unsigned int gpu)
{
	return strchr(shared->uids[gpu], '-') + 1;
}

enum absence pick_absence(struct rnd *rnd)
{
	return gpus_are_pci() ? rnd_below(rnd, ABSENCES) : UNBIND;
}

/* Wait until the PCI core has found the device. vgpusvm has no table of devices. */
static int find_and_bind(const char *device)
{
	uint64_t end = now_ms() + FOUND_SECONDS * 1000;
	int err;

	while ((err = put("vgpusvm", PCI "/devices/%s/driver_override", device)) == -ENOENT &&
	       now_ms() < end)
		usleep(20000);

	return err ? err : put(device, PCI "/drivers_probe");
}

/* Waits until the driver has the GPU: the PCI core may be the one that binds it. */
static int wait_for_gpu(unsigned int gpu)
{
	uint64_t end = now_ms() + FOUND_SECONDS * 1000;
	char path[256];

	while (uid_render_path(shared->uids[gpu], path, sizeof(path))) {
		if (now_ms() > end)
			return -ETIMEDOUT;
		usleep(20000);
	}

	return 0;
}

static int slot_off(unsigned int gpu)
{
	const char *device = device_of(gpu);
	char address[32];
	struct dirent *entry;
	DIR *dir;
	int err = -ENODEV;

	if (!qemu_find(device, &card))
		return -ENXIO;
	card_size = get_number("", "/sys/class/drm_pagemap/pagemap%u/size", shared->ids[gpu]);
	dir = opendir(PCI "/slots");
	while (dir && err == -ENODEV && (entry = readdir(dir)))
		if (get(address, sizeof(address), PCI "/slots/%s/address", entry->d_name) &&
		    !strncmp(device, address, strlen(address)))
			err = put("0", PCI "/slots/%s/power", entry->d_name);
	if (dir)
		closedir(dir);

	return err;
}

/* QEMU takes a card out of a slot without power, so it has to be inserted again. */
static int insert(void)
{
	const char *error = qemu_insert(&card, card_size);

	if (!error)
		return 0;
	diag("%s", error);
	return -EIO;
}

int absence_begin(enum absence how, unsigned int gpu)
{
	switch (how) {
	case UNBIND:
		return uid_unbind(shared->uids[gpu]);
	case REMOVE:
		return put("1", PCI "/devices/%s/remove", device_of(gpu));
	default:
		return slot_off(gpu);
	}
}

int absence_end(enum absence how, unsigned int gpu)
{
	int err;

	if (how == UNBIND)
		return uid_bind(shared->uids[gpu]);
	err = how == REMOVE ? put("1", PCI "/rescan") : insert();
	if (!err)
		err = find_and_bind(device_of(gpu));

	return err ? err : wait_for_gpu(gpu);
}
