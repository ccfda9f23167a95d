// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Clients join groups: by drm_pagemap_acquire_owner() of mainline, which asks about each pair,
 * and by drm_pagemap_group_hold(). Both have to put the same clients together.
 */

#include <linux/cleanup.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/pci-p2pdma.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include <drm/drm_pagemap_topology.h>
#include <drm/drm_pagemap_util.h>

#include "bench.h"

#define BENCH_MAX_CLIENTS	16384

/* The two take turns. The result is the median of their turns. */
#define BENCH_TURNS		9
#define BENCH_MAINLINE_JOINS	4
#define BENCH_TOPOLOGY_JOINS	512

/**
 * struct bench_client - A VM of a GPU
 * @peer: What mainline knows it as. &drm_pagemap_peer.private is its GPU.
 * @group: The group that it holds.
 */
struct bench_client {
	struct drm_pagemap_peer peer;
	struct drm_pagemap_group *group;
};

static DRM_PAGEMAP_OWNER_LIST_DEFINE(bench_owners);
static u64 bench_callbacks;

/* Two devices whose distance costs as much as that of two GPUs; NULL for a trivial callback. */
static struct pci_dev *bench_pci[2];

/* The one of xe gets the distance of two GPUs that differ. */
static bool bench_has_interconnect(struct drm_pagemap_peer *a, struct drm_pagemap_peer *b)
{
	bench_callbacks++;
	if (bench_pci[1] && a->private != b->private)
		pci_p2pdma_distance(bench_pci[0], &bench_pci[1]->dev, false);

	return bench_same_island(a->private, b->private);
}

static void bench_get_pci(void)
{
	bench_pci[0] = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, NULL);
	/* The search drops the reference to the device that it starts from. */
	bench_pci[1] = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, pci_dev_get(bench_pci[0]));
}

static void bench_put_pci(void)
{
	pci_dev_put(bench_pci[0]);
	pci_dev_put(bench_pci[1]);
	memset(bench_pci, 0, sizeof(bench_pci));
}

static int bench_join_mainline(struct bench_client *client, struct bench_gpu *gpu)
{
	client->peer.private = gpu;
	return drm_pagemap_acquire_owner(&client->peer, &bench_owners, bench_has_interconnect);
}

static void bench_leave_mainline(struct bench_client *client)
{
	drm_pagemap_release_owner(&client->peer);
}

static int bench_join_topology(struct bench_client *client, struct bench_gpu *gpu)
{
	client->group = drm_pagemap_group_hold(gpu->initiator);
	return PTR_ERR_OR_ZERO(client->group);
}

static void bench_leave_topology(struct bench_client *client)
{
	drm_pagemap_group_release(client->group);
}

static struct bench_gpu *bench_gpu_of(unsigned int client)
{
	return &bench_gpus[client % bench_num_gpus];
}

static int bench_join_both(struct bench_client *client, struct bench_gpu *gpu)
{
	int err;

	err = bench_join_mainline(client, gpu);
	if (err)
		return err;
	err = bench_join_topology(client, gpu);
	if (err)
		bench_leave_mainline(client);

	return err;
}

static void bench_leave_both(struct bench_client *client)
{
	bench_leave_topology(client);
	bench_leave_mainline(client);
}

/* Clients that one of the two puts together with an earlier one, and the other does not. */
static unsigned int bench_count_differences(const struct bench_client *clients, unsigned int num)
{
	unsigned int a, b, differences = 0;
	bool mainline, topology;

	for (a = 0; a < num; a++) {
		for (b = a > bench_num_gpus ? a - bench_num_gpus : 0; b < a; b++) {
			mainline = clients[a].peer.owner == clients[b].peer.owner;
			topology = clients[a].group == clients[b].group;
			if (mainline != topology)
				break;
		}
		differences += b < a;
		cond_resched();
	}

	return differences;
}

/* Returns the time of one join with its leave. */
static u64 bench_turn(int (*join)(struct bench_client *client, struct bench_gpu *gpu),
		      void (*leave)(struct bench_client *client), unsigned int joins, int *err)
{
	u64 start = ktime_get_ns();
	struct bench_client client = {};
	unsigned int i;

	for (i = 0; i < joins && !*err; i++) {
		*err = join(&client, bench_gpu_of(i));
		if (!*err)
			leave(&client);
	}

	return div_u64(ktime_get_ns() - start, joins);
}

static int bench_compare(const void *left, const void *right)
{
	const u64 *l = left, *r = right;

	return (*l > *r) - (*l < *r);
}

static u64 bench_median(u64 *times)
{
	sort(times, BENCH_TURNS, sizeof(*times), bench_compare, NULL);
	return times[BENCH_TURNS / 2];
}

/* One more client, beside the others. */
static int bench_measure_join(void)
{
	u64 mainline[BENCH_TURNS], topology[BENCH_TURNS];
	u64 probes = bench_probes;
	unsigned int i;
	int err = 0;

	bench_callbacks = 0;
	for (i = 0; i < BENCH_TURNS && !err; i++) {
		mainline[i] = bench_turn(bench_join_mainline, bench_leave_mainline,
					 BENCH_MAINLINE_JOINS, &err);
		topology[i] = bench_turn(bench_join_topology, bench_leave_topology,
					 BENCH_TOPOLOGY_JOINS, &err);
		cond_resched();
	}
	if (err)
		return err;

	bench_report("mainline_ns", bench_median(mainline));
	bench_report("mainline_callbacks",
		     div_u64(bench_callbacks, BENCH_TURNS * BENCH_MAINLINE_JOINS));
	bench_report("topology_callbacks", bench_probes - probes);
	bench_report("topology_ns", bench_median(topology));

	return 0;
}

static int bench_join_beside(unsigned int num)
{
	struct bench_client *clients __free(kvfree) =
		kvcalloc(num + 1, sizeof(*clients), GFP_KERNEL);
	unsigned int joined;
	int err = 0;

	if (!clients)
		return -ENOMEM;

	bench_clear_result();
	for (joined = 0; joined < num && !err; joined += !err) {
		err = bench_join_both(&clients[joined], bench_gpu_of(joined));
		cond_resched();
	}
	if (!err) {
		bench_report("differences", bench_count_differences(clients, num));
		err = bench_measure_join();
	}
	while (joined--)
		bench_leave_both(&clients[joined]);

	return err;
}

/* The text: the number of others, and whether callbacks get the distance of PCI devices. */
static int bench_join(const char *value, const struct kernel_param *param)
{
	unsigned int num, pci;
	int err;

	if (sscanf(value, "%u %u", &num, &pci) != 2 || num > BENCH_MAX_CLIENTS ||
	    !bench_is_ready())
		return -EINVAL;

	if (pci)
		bench_get_pci();
	err = bench_join_beside(num);
	bench_put_pci();

	return err;
}

static const struct kernel_param_ops bench_join_ops = {
	.set = bench_join,
};

module_param_cb(join, &bench_join_ops, NULL, 0200);
MODULE_PARM_DESC(join, "One client joins and leaves beside others, written as NUM PCI");
