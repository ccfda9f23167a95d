/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
#ifndef UEVENTS_H
#define UEVENTS_H

#include <stdbool.h>
#include <stdint.h>

/* The kernel's uevents of the classes of the topology. */
struct uevent {
	char action[16];
	char subsystem[32];
	char path[256];
	/* The last part of the path. */
	const char *name;
	bool tells_generation;
	uint64_t generation;
	/* The variables UID, ID and GROUP; empty if missing. */
	char uid[192];
	char id[16];
	char group[192];
};

/* Returns a socket, which queues events from now on. */
int listen_for_uevents(void);
/* The next event of these classes; false if none comes within some seconds. */
bool next_uevent(int fd, struct uevent *event);
/* The next event, without waiting. */
bool next_uevent_at_hand(int fd, struct uevent *event);

#endif
