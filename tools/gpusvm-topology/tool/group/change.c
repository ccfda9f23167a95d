// SPDX-License-Identifier: GPL-2.0-or-later
/* The parts of a change of peer groups: context, lock, topology and the groups that exist */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "group.h"

#define LOCK_TRIES 600
#define LOCK_PAUSE_US 100000

/* Prints the error of a set, and returns what to exit with */
int peers_error(const struct gpusvm_peers *peers, int err)
{
	const char *text = gpusvm_peers_get_error(peers);

	if (err == -ENOMEM)
		check_memory(NULL);
	say("%s", *text ? text : strerror(-err));
	return EXIT_ERROR;
}

struct gpusvm_peers *peers_new(const struct peer_change *change)
{
	struct gpusvm_peers *peers = NULL;

	if (gpusvm_peers_new(change->ctx, &peers))
		check_memory(NULL);
	return peers;
}

/* change_close() has to be called in any case */
int change_open(struct peer_change *change)
{
	change->lock = -1;
	if (change->options->synthetic) {
		say("a synthetic topology has no peer groups");
		return EXIT_USAGE;
	}
	return open_context(change->options, &change->ctx);
}

static int try_lock(struct peer_change *change)
{
	int err = -EAGAIN;

	for (int i = 0; err == -EAGAIN && i < LOCK_TRIES; i++) {
		err = gpusvm_peers_lock(change->ctx, false, &change->lock);
		if (err != -EAGAIN)
			return err;
		if (!i)
			say("waiting for another process that changes the groups");
		usleep(LOCK_PAUSE_US);
	}
	return err;
}

/* Held from before groups are read until after they are changed. A snapshot has no lock */
int change_lock(struct peer_change *change)
{
	int err;

	if (change->preview || change->options->sysroot)
		return 0;
	err = try_lock(change);
	if (!err)
		return 0;
	if (err == -EAGAIN)
		say("another process keeps the lock /" STATE_DIRECTORY "/lock");
	else
		say("cannot lock the groups: /" STATE_DIRECTORY "/lock: %s", strerror(-err));
	return err == -EAGAIN ? EXIT_BUSY : EXIT_ERROR;
}

/* Groups can be set up before any GPU exists, so the topology may be missing */
int change_scan(struct peer_change *change)
{
	int err = gpusvm_topology_new(change->ctx, &change->topology);

	if (!err)
		return 0;
	change->topology = NULL;
	if (err == -ENOENT)
		return 0;
	say("cannot read the topology: %s", strerror(-err));
	return EXIT_ERROR;
}

/* May be called again, for the groups that exist by then */
int change_read(struct peer_change *change)
{
	int err;

	gpusvm_peers_free(change->current);
	gpusvm_peers_free(change->wanted);
	change->current = peers_new(change);
	change->wanted = peers_new(change);
	err = gpusvm_peers_read_kernel(change->current);
	if (err == -ENOENT) {
		say("no peer groups in %s/sys: configfs and the topology are both missing",
		    change->options->sysroot ?: "");
		return EXIT_NO_TOPOLOGY;
	}
	if (err)
		return peers_error(change->current, err);
	if (gpusvm_peers_merge(change->wanted, change->current))
		check_memory(NULL);
	return 0;
}

void change_close(struct peer_change *change)
{
	gpusvm_peers_free(change->current);
	gpusvm_peers_free(change->wanted);
	gpusvm_peers_free(change->files);
	gpusvm_peers_free(change->started);
	gpusvm_topology_unref(change->topology);
	gpusvm_unref(change->ctx);
	if (change->lock >= 0)
		close(change->lock);
}
