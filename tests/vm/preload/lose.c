// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded, it is a GPU that loses bytes on the way to one pagemap: after each large write to
 * it, one byte at the destination has its old value again. LOSE is "renderD128:2", the render
 * node of the GPU and the ID of the pagemap. The driver and the GPU report success.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm/vgpusvm_drm.h>

#define OFFSET 70001

/* The last preference of this process */
static unsigned int preferred;

static int next_ioctl(int fd, unsigned long request, void *argument)
{
	int (*next)(int fd, unsigned long request, ...) = dlsym(RTLD_NEXT, "ioctl");

	return next(fd, request, argument);
}

static bool is_lossy(int fd)
{
	const char *lossy = getenv("LOSE");
	char link[32], path[4096], way[128];
	const char *node;
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (!lossy || length < 0)
		return false;
	path[length] = '\0';
	node = strrchr(path, '/');
	if (!node || strlen(node) > 64)
		return false;
	snprintf(way, sizeof(way), "%.64s:%u", node + 1, preferred);
	return !strcmp(way, lossy);
}

/* Writes a wrong byte, which the driver has no part in */
static void lose(int fd, const struct drm_vgpusvm_exec *exec)
{
	const struct drm_vgpusvm_op *done = (void *)(uintptr_t)exec->ops;
	unsigned char byte = ((unsigned char *)(uintptr_t)done->value)[OFFSET] ^ 0xff;
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_WRITE,
		.dst = done->dst + OFFSET,
		.length = 1,
		.value = (uintptr_t)&byte,
	};
	struct drm_vgpusvm_exec again = {
		.vm_id = exec->vm_id,
		.num_ops = 1,
		.ops = (uintptr_t)&op,
		.op_stride = sizeof(op),
	};

	if (next_ioctl(fd, DRM_IOCTL_VGPUSVM_EXEC, &again))
		abort();
}

int ioctl(int fd, unsigned long request, ...)
{
	const struct drm_vgpusvm_exec *exec;
	const struct drm_vgpusvm_op *op;
	va_list args;
	void *argument;
	int status;

	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);
	status = next_ioctl(fd, request, argument);
	if (status)
		return status;
	if (request == DRM_IOCTL_VGPUSVM_MADVISE)
		preferred = ((struct drm_vgpusvm_madvise *)argument)->pagemap_id;
	if (request != DRM_IOCTL_VGPUSVM_EXEC || !is_lossy(fd))
		return 0;
	exec = argument;
	op = (void *)(uintptr_t)exec->ops;
	if (op->op == DRM_VGPUSVM_OP_WRITE && op->length > OFFSET)
		lose(fd, exec);
	return 0;
}
