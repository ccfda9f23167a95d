// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The other form of MADVISE, for comparison: by an open file and an instance.
 * It has the same outcome as the ID of that memory.
 *
 * Expects GPUs 0 and 1 linked, 2 and 3 linked, and GPU 0 with two regions.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "tap.h"
#include "topology.h"

#define SIZE	(256 * KIB)
#define SEED	3

static struct gpu gpu, peer, far;
static char *p;

static int by_fd(int fd, unsigned int instance, uint32_t id)
{
	struct drm_vgpusvm_madvise madvise = {
		.vm_id = gpu.vm,
		.flags = DRM_VGPUSVM_MADVISE_FD,
		.start = (uintptr_t)p,
		.length = SIZE,
		.pagemap_id = id,
		.devmem_fd = fd,
		.region_instance = instance,
	};

	return gpu_ioctl(gpu.fd, DRM_IOCTL_VGPUSVM_MADVISE, &madvise);
}

static void places(struct gpu *there, unsigned int instance, const char *what)
{
	uint32_t id = there->ids[instance];

	ok(!by_fd(there->fd, instance, 0) && gpu_preference(&gpu, p, SIZE) == id &&
	   !gpu_prefetch(&gpu, p, SIZE, NULL) && holds(&gpu, p, SIZE, id, SEED),
	   "a file of %s", what);
}

static void fails(int fd, unsigned int instance, uint32_t id, int wanted, const char *what)
{
	int64_t before = gpu_preference(&gpu, p, SIZE);
	int err = by_fd(fd, instance, id);

	if (err != wanted)
		diag("%s: %s", what, strerror(-err));
	ok(err == wanted && gpu_preference(&gpu, p, SIZE) == before &&
	   holds(&gpu, p, SIZE, before, SEED), "%s: %s", what, strerrorname_np(-wanted));
}

int main(void)
{
	int null = open("/dev/null", O_RDWR);

	gpu_start(&gpu, 0);
	gpu_start(&peer, 1);
	gpu_start(&far, 2);
	p = mem_map(SIZE, SMALL_PAGES);
	cpu_put(p, SIZE, SEED);

	places(&peer, 0, "a peer");
	places(&gpu, 1, "the GPU itself, second memory");
	places(&gpu, 0, "the GPU itself, first memory");
	fails(far.fd, 0, 0, -ENOLINK, "a GPU of another island");
	fails(-1, 0, 0, -EBADF, "no file");
	fails(null, 0, 0, -EINVAL, "a file of something else");
	fails(peer.fd, 7, 0, -ENOENT, "a region that does not exist");
	fails(peer.fd, 0, peer.ids[0], -EINVAL, "an ID as well");
	must(!gpu_unbind(1), "the peer can't be unbound");
	fails(peer.fd, 0, 0, -ENODEV, "a GPU that is gone");
	must(!gpu_bind(1), "the peer can't be bound again");

	return tap_end();
}
