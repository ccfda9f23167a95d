// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Operations on memory: ioctls of a GPU, CPU accesses, and unbind of a GPU. Each starts
 * with a new VM and a new mapping.
 */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "file.h"
#include "mem.h"
#include "operation.h"
#include "tap.h"
#include "topology.h"

#define OWN	0
#define PEER	1
#define SIZE	(64 * KIB)
#define HALF	(SIZE / 2)

/* Ten seconds. */
#define BACKOFF_TRIES		100
#define BACKOFF_DELAY_US	100000

static struct gpu gpu = { .fd = -1 };
static uint32_t peer_id;
static char *memory;
static uint64_t seed;
static uint64_t fallback;
static uint64_t fence;
static int file = -1;
static char first_node[64];

static void open_gpu(void)
{
	struct gpu peer;
	int err;

	if (gpu.fd >= 0)
		return;
	err = gpu_open(&peer, PEER);
	must(!err, "the peer can't be opened: %s", strerror(-err));
	peer_id = peer.ids[0];
	gpu_close(&peer);
	err = gpu_open(&gpu, OWN);
	must(!err, "the GPU can't be opened: %s", strerror(-err));
	if (!first_node[0])
		must(!render_path(OWN, first_node, sizeof(first_node)),
		     "there is no render node");
}

/* A GPU that is bound while its former render node is in use gets another one. */
static void restore_node(void)
{
	unsigned int tries;
	char node[64];

	for (tries = BACKOFF_TRIES; first_node[0] && tries; tries--) {
		must(!render_path(OWN, node, sizeof(node)), "there is no render node");
		if (!strcmp(node, first_node))
			return;
		usleep(BACKOFF_DELAY_US);
		must(!gpu_unbind(OWN) && !gpu_bind(OWN), "the GPU can't be bound again");
	}
}

void memory_close(void)
{
	gpu_close(&gpu);
	restore_node();
}

static uint32_t id_of(enum place place)
{
	if (place == ON_OWN)
		return gpu.ids[0];

	return place == ON_PEER ? peer_id : DRM_VGPUSVM_PAGEMAP_NONE;
}

static void prefer(enum place place)
{
	int err = gpu_madvise(&gpu, memory, SIZE, id_of(place));

	must(!err, "MADVISE failed: %s", strerror(-err));
}

/* After a failure to create struct pages, the kernel retries after a second. */
static int prefetch_later(void)
{
	unsigned int tries = BACKOFF_TRIES;
	int err;

	for (;;) {
		err = gpu_prefetch(&gpu, memory, SIZE, &fallback);
		if (err != -ENOMEM || !--tries)
			return err;
		usleep(BACKOFF_DELAY_US);
	}
}

static void place_at(enum place place)
{
	int err;

	cpu_put(memory, SIZE, ++seed);
	if (place == IN_SYSTEM)
		return;
	prefer(place);
	err = prefetch_later();
	must(!err, "PREFETCH failed: %s", strerror(-err));
	must(all_at(&gpu, memory, SIZE, id_of(place)), "a page is in the wrong place");
}

static bool is_idle(uint32_t id)
{
	char path[64], state[16];

	snprintf(path, sizeof(path), "/sys/class/drm_pagemap/pagemap%u/state", id);
	return !file_read(path, state, sizeof(state)) && !strcmp(state, "idle");
}

static void begin_memory(void)
{
	int err = gpu_vm(&gpu);

	must(!err, "VM_CREATE failed: %s", strerror(-err));
	memory = mem_map(SIZE, SMALL_PAGES);
}

static void drop_memory(void)
{
	mem_unmap(memory, SIZE);
	must(!gpu.vm || !gpu_vm_destroy(&gpu), "VM_DESTROY failed");
}

/*
 * Let the shrinker reclaim unused struct pages; it takes those that were freed last at the
 * end. Creating some first proves that the kernel does create them.
 */
static void make_cold(enum place place)
{
	uint32_t id = id_of(place);
	unsigned int tries;

	begin_memory();
	place_at(place);
	drop_memory();
	for (tries = 0; tries < 1000 && !is_idle(id); tries++) {
		must(!file_write("/proc/sys/vm/drop_caches", "2"), "caches can't be dropped");
		usleep(10000);
	}
	must(is_idle(id), "pagemap%u keeps its struct pages", id);
}

static void prepare_memory(const struct operation *op)
{
	open_gpu();
	if (op->cold)
		make_cold(op->prefers);
	begin_memory();
	if (op->from != NOWHERE)
		place_at(op->from);
	prefer(op->prefers);
	fallback = 0;
}

/* Check that each page is in some valid place; finish() checks the content. */
static bool check_sane(const struct operation *op, int err)
{
	uint32_t *pages = residency(&gpu, memory, SIZE);
	size_t i, n = SIZE / page_size();
	bool good = pages;

	(void)err;
	for (i = 0; good && i < n; i++) {
		good = pages[i] == SYSTEM || pages[i] == gpu.ids[0] || pages[i] == peer_id ||
		       (pages[i] == NOT_PRESENT && op->from == NOWHERE);
		if (!good)
			diag("page %zu is at %d", i, (int)pages[i]);
	}
	free(pages);

	return good;
}

/* Check that PREFETCH reports all pages that are in another place as fallback. */
static bool check_placed(const struct operation *op, int err)
{
	size_t placed;

	if (err)
		return check_sane(op, err);
	if (!all_at_either(&gpu, memory, SIZE, id_of(op->prefers), SYSTEM, &placed))
		return false;
	if (SIZE - placed * page_size() == fallback)
		return true;

	diag("%zu bytes are placed, %llu are reported as fallback", placed * page_size(),
	     (unsigned long long)fallback);
	return false;
}

static bool check_system(const struct operation *op, int err)
{
	return err ? check_sane(op, err) : all_at(&gpu, memory, SIZE, SYSTEM);
}

static bool check_preference(const struct operation *op, int err)
{
	enum place wanted = err ? op->prefers : op->from;
	int64_t id = gpu_preference(&gpu, memory, SIZE);

	if (id == id_of(wanted))
		return true;

	diag("the preference is %lld, not %u", (long long)id, id_of(wanted));
	return false;
}

/* Check the content: on the GPU with the pages in place, then on the CPU. */
static bool finish_memory(const struct operation *op)
{
	bool good = op->from == NOWHERE || (gpu_has(&gpu, memory, SIZE, seed) &&
					    cpu_has(memory, SIZE, seed));

	drop_memory();
	return good;
}

/* The operations: */

static void prepare_file(const struct operation *op)
{
	(void)op;
	open_gpu();
}

static int run_open(const struct operation *op)
{
	(void)op;
	file = open(first_node, O_RDWR | O_CLOEXEC);

	return file < 0 ? -errno : 0;
}

static bool finish_open(const struct operation *op)
{
	(void)op;
	close(file);
	return true;
}

static int run_create(const struct operation *op)
{
	(void)op;
	return gpu_vm(&gpu);
}

static bool finish_create(const struct operation *op)
{
	(void)op;
	return !gpu_vm_destroy(&gpu);
}

static int run_destroy(const struct operation *op)
{
	(void)op;
	return gpu_vm_destroy(&gpu);
}

static bool finish_cpu(const struct operation *op)
{
	bool good = cpu_has(memory, SIZE, seed);

	(void)op;
	drop_memory();
	return good;
}

static int run_close(const struct operation *op)
{
	(void)op;
	gpu_close(&gpu);
	return 0;
}

/* For these, @from is the new preferred place, and no pages exist yet. */
static void prepare_madvise(const struct operation *op)
{
	struct operation start = *op;

	start.from = NOWHERE;
	prepare_memory(&start);
}

static int run_madvise(const struct operation *op)
{
	return gpu_madvise(&gpu, memory, SIZE, id_of(op->from));
}

/* MADVISE in the middle, which splits the range into three parts. */
static int run_split(const struct operation *op)
{
	return gpu_madvise(&gpu, memory + HALF / 2, HALF, id_of(op->from));
}

static bool check_split(const struct operation *op, int err)
{
	enum place wanted = err ? op->prefers : op->from;

	return gpu_preference(&gpu, memory, HALF / 2) == id_of(op->prefers) &&
	       gpu_preference(&gpu, memory + HALF / 2, HALF) == id_of(wanted) &&
	       gpu_preference(&gpu, memory + SIZE - HALF / 2, HALF / 2) == id_of(op->prefers);
}

static bool finish_madvise(const struct operation *op)
{
	(void)op;
	drop_memory();
	return true;
}

static int run_prefetch(const struct operation *op)
{
	(void)op;
	return gpu_prefetch(&gpu, memory, SIZE, &fallback);
}

static int again_prefetch(const struct operation *op)
{
	(void)op;
	return prefetch_later();
}

static int run_prefetch_system(const struct operation *op)
{
	(void)op;
	return gpu_prefetch_system(&gpu, memory, SIZE);
}

static int run_fill(const struct operation *op)
{
	(void)op;
	return gpu_fill(&gpu, memory, SIZE, ~seed);
}

static bool finish_filled(const struct operation *op)
{
	uint64_t *word = (uint64_t *)memory;
	bool good = gpu_has_word(&gpu, memory, SIZE, ~seed);
	size_t i;

	(void)op;
	for (i = 0; good && i < SIZE / sizeof(*word); i++)
		good = word[i] == ~seed;
	drop_memory();

	return good;
}

static int run_crc(const struct operation *op)
{
	uint32_t crc;

	(void)op;
	return gpu_crc(&gpu, memory, SIZE, &crc);
}

static int run_async(const struct operation *op)
{
	static struct drm_vgpusvm_op fill;
	struct drm_vgpusvm_exec exec = {
		.vm_id = gpu.vm,
		.flags = DRM_VGPUSVM_EXEC_ASYNC,
		.num_ops = 1,
		.ops = (uintptr_t)&fill,
		.op_stride = sizeof(fill),
		.fence_addr = (uintptr_t)&fence,
		.fence_value = 1,
	};

	(void)op;
	fill = (struct drm_vgpusvm_op) {
		.op = DRM_VGPUSVM_OP_FILL,
		.dst = (uintptr_t)memory,
		.length = SIZE,
		.value = ~seed,
	};
	fence = 0;

	return gpu_ioctl(gpu.fd, DRM_IOCTL_VGPUSVM_EXEC, &exec);
}

/* The job runs without injection. A job that was not queued signals nothing. */
static bool check_async(const struct operation *op, int err)
{
	unsigned int tries;

	(void)op;
	for (tries = 0; !err && tries < 10000; tries++) {
		if (*(volatile uint64_t *)&fence)
			return true;
		usleep(1000);
	}
	if (!err)
		diag("the job does not end");

	return err;
}

static sigjmp_buf bus_error;

static void on_bus_error(int number)
{
	(void)number;
	siglongjmp(bus_error, 1);
}

/* A CPU fault that fails raises a signal, and the access can be repeated. */
static int run_touch(const struct operation *op)
{
	const struct sigaction action = { .sa_handler = on_bus_error };

	(void)op;
	sigaction(SIGBUS, &action, NULL);
	if (sigsetjmp(bus_error, 1))
		return -EFAULT;
	(void)*(volatile char *)memory;

	return 0;
}

static bool check_touched(const struct operation *op, int err)
{
	return check_sane(op, err) &&
	       (err || all_at(&gpu, memory, page_size(), SYSTEM));
}

static int run_evict(const struct operation *op)
{
	(void)op;
	return gpu_evict(&gpu, memory, SIZE);
}

static int run_evict_region(const struct operation *op)
{
	return gpu_evict_region(&gpu, id_of(op->from));
}

static int run_unmap(const struct operation *op)
{
	(void)op;
	return munmap(memory + HALF / 2, HALF) ? -errno : 0;
}

static bool finish_unmap(const struct operation *op)
{
	bool good = cpu_has(memory, HALF / 2, seed) &&
		    cpu_has_from(memory + SIZE - HALF / 2, HALF / 2, seed,
				 (SIZE - HALF / 2) / 8);

	(void)op;
	drop_memory();
	return good;
}

/*
 * A write that has no memory for its buffer does not reach the driver, so it is repeated.
 * From there on, unbinding must not fail.
 */
static int unbind_by_file(const char *device)
{
	ssize_t len = pwrite(file, device, strlen(device), 0);

	if (len < 0 && errno == ENOMEM)
		len = pwrite(file, device, strlen(device), 0);

	return len < 0 ? -errno : 0;
}

static int run_unbind_peer(const struct operation *op)
{
	(void)op;
	return unbind_by_file("vgpusvm.1");
}

static void prepare_unbind(const struct operation *op)
{
	prepare_memory(op);
	file = open(DRIVER "unbind", O_WRONLY | O_CLOEXEC);
	must(file >= 0, "the driver has no file to unbind by");
}

static bool finish_unbind_peer(const struct operation *op)
{
	bool good = cpu_has(memory, SIZE, seed);

	(void)op;
	close(file);
	must(!gpu_bind(PEER), "the peer can't be bound again");
	drop_memory();
	return good;
}

static int run_unbind_own(const struct operation *op)
{
	(void)op;
	return unbind_by_file("vgpusvm.0");
}

/* The VM is gone together with the GPU. */
static bool finish_unbind_own(const struct operation *op)
{
	bool good = cpu_has(memory, SIZE, seed);

	(void)op;
	close(file);
	gpu_close(&gpu);
	must(!gpu_bind(OWN), "the GPU can't be bound again");
	drop_memory();
	return good;
}

static int run_query_range(const struct operation *op)
{
	return gpu_preference(&gpu, memory, SIZE) == id_of(op->prefers) ? 0 : -ENOMEM;
}

static int run_query_residency(const struct operation *op)
{
	static uint32_t pages[SIZE / 4096];
	struct drm_vgpusvm_query_residency query = {
		.vm_id = gpu.vm,
		.start = (uintptr_t)memory,
		.length = SIZE,
		.pages = (uintptr_t)pages,
	};

	(void)op;
	return gpu_ioctl(gpu.fd, DRM_IOCTL_VGPUSVM_QUERY_RESIDENCY, &query);
}

static int run_query_regions(const struct operation *op)
{
	static struct drm_vgpusvm_region region;
	struct drm_vgpusvm_query_regions query = {
		.num_regions = 1,
		.regions = (uintptr_t)&region,
		.region_stride = sizeof(region),
	};

	(void)op;
	return gpu_ioctl(gpu.fd, DRM_IOCTL_VGPUSVM_QUERY_REGIONS, &query);
}

static int run_query_placement(const struct operation *op)
{
	(void)op;
	return gpu_ask(&gpu, peer_id);
}

static int run_query_stats(const struct operation *op)
{
	static struct drm_vgpusvm_stats stats;

	(void)op;
	return gpu_stats(&gpu, true, &stats);
}

static int run_query_caps(const struct operation *op)
{
	static struct drm_vgpusvm_caps caps;
	struct drm_vgpusvm_query_caps query = {
		.size = sizeof(caps),
		.caps = (uintptr_t)&caps,
	};

	(void)op;
	return gpu_ioctl(gpu.fd, DRM_IOCTL_VGPUSVM_QUERY_CAPS, &query);
}

#define MEMORY(what, where, wanted, how, look, ...)			\
	{								\
		.name = what, .from = (where), .prefers = (wanted),	\
		.prepare = prepare_memory, .run = how, .check = look,	\
		__VA_ARGS__						\
	}

/* Operations that do not change the content. */
#define KEEP(...)	MEMORY(__VA_ARGS__, .finish = finish_memory)
#define COLD(...)	KEEP(__VA_ARGS__, .cold = true)
#define FILL(...)	MEMORY(__VA_ARGS__, .finish = finish_filled)
#define TOUCH(...)	KEEP(__VA_ARGS__, .other_errno = EFAULT)
#define QUERY(what, how)	KEEP("QUERY_" what, ON_PEER, ON_OWN, how, check_sane)
#define END(...)	MEMORY(__VA_ARGS__, NULL, .finish = finish_cpu, .never_fails = true)

#define MADVISE(what, before, after, how, look)				\
	{								\
		.name = "MADVISE, " what, .prefers = (before), .from = (after),	\
		.prepare = prepare_madvise, .run = how, .check = look,	\
		.finish = finish_madvise,				\
	}

#define UNBIND(what, where, how, look, done)				\
	{								\
		.name = "unbind of " what " with pages", .from = (where),	\
		.prefers = (where), .prepare = prepare_unbind, .run = how,	\
		.check = look, .finish = done, .never_fails = true,	\
	}

const struct operation memory_operations[] = {
	{
		.name = "open of a render node", .prepare = prepare_file,
		.run = run_open, .finish = finish_open,
	},
	{
		.name = "VM_CREATE", .prepare = prepare_file,
		.run = run_create, .finish = finish_create,
	},
	END("VM_DESTROY with pages", ON_PEER, ON_OWN, run_destroy),
	END("close of a file with pages", ON_PEER, ON_OWN, run_close),
	MADVISE("own", NOWHERE, ON_OWN, run_madvise, check_preference),
	MADVISE("peer", NOWHERE, ON_PEER, run_madvise, check_preference),
	MADVISE("none", ON_PEER, NOWHERE, run_madvise, check_preference),
	MADVISE("of a part", ON_PEER, ON_OWN, run_split, check_split),
	KEEP("PREFETCH to own", IN_SYSTEM, ON_OWN, run_prefetch, check_placed),
	COLD("PREFETCH to own, no struct pages", IN_SYSTEM, ON_OWN, run_prefetch,
	     check_placed, .again = again_prefetch),
	KEEP("PREFETCH to peer", IN_SYSTEM, ON_PEER, run_prefetch, check_placed),
	COLD("PREFETCH to peer, no struct pages", IN_SYSTEM, ON_PEER, run_prefetch,
	     check_placed, .again = again_prefetch),
	KEEP("PREFETCH of new memory", NOWHERE, ON_OWN, run_prefetch, check_placed),
	KEEP("PREFETCH from peer to own", ON_PEER, ON_OWN, run_prefetch, check_placed),
	KEEP("PREFETCH from own to system", ON_OWN, ON_OWN, run_prefetch_system,
	     check_system),
	KEEP("PREFETCH from peer to system", ON_PEER, ON_OWN, run_prefetch_system,
	     check_system),
	KEEP("EXEC in system memory", IN_SYSTEM, NOWHERE, run_crc, check_sane),
	KEEP("EXEC that moves to own", IN_SYSTEM, ON_OWN, run_crc, check_sane),
	COLD("EXEC that moves to own, no struct pages", IN_SYSTEM, ON_OWN, run_crc,
	     check_sane),
	KEEP("EXEC that moves from own to peer", ON_OWN, ON_PEER, run_crc, check_sane),
	FILL("EXEC that writes in system memory", IN_SYSTEM, NOWHERE, run_fill, check_sane),
	FILL("EXEC that writes new memory", NOWHERE, ON_OWN, run_fill, check_sane),
	FILL("EXEC that writes at peer", ON_PEER, ON_PEER, run_fill, check_sane),
	FILL("EXEC, asynchronous", IN_SYSTEM, ON_OWN, run_async, check_async),
	TOUCH("CPU's access to own", ON_OWN, ON_OWN, run_touch, check_touched),
	TOUCH("CPU's access to peer", ON_PEER, NOWHERE, run_touch, check_touched),
	KEEP("EVICT", ON_OWN, ON_OWN, run_evict, check_system),
	KEEP("EVICT of a region", ON_OWN, ON_OWN, run_evict_region, check_system),
	MEMORY("munmap of a part on own", ON_OWN, ON_OWN, run_unmap, NULL,
	       .finish = finish_unmap),
	UNBIND("peer", ON_PEER, run_unbind_peer, check_system, finish_unbind_peer),
	UNBIND("own", ON_OWN, run_unbind_own, NULL, finish_unbind_own),
	QUERY("RANGE", run_query_range),
	QUERY("RESIDENCY", run_query_residency),
	QUERY("REGIONS", run_query_regions),
	QUERY("PLACEMENT", run_query_placement),
	QUERY("STATS", run_query_stats),
	QUERY("CAPS", run_query_caps),
};

const size_t num_memory_operations =
	sizeof(memory_operations) / sizeof(memory_operations[0]);
