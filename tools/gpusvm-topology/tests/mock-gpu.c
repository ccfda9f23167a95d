// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded, it is the driver of all open files whose name begins with renderD: a GPU whose
 * memory is that of the process. Each access takes 1000 ns in its model, and 1 ns for each
 * word.
 *
 * MOCK_GPU is a list of faults "WHAT:NODE:ID ...", such as "write:renderD128:2":
 *   write      one byte that the GPU writes to this pagemap is lost
 *   read       one byte that the GPU reads from it is wrong
 *   elsewhere  one page does not move to it
 *   busy       pages do not move, and the call fails
 *   denied     the preference is refused
 *   crash      the process ends when the GPU writes
 *   hang       the process stays when the GPU writes, and its ID is in the file "hung"
 *   blind      the driver has no query of residency
 *   timeless   the driver has no model
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

#include <drm.h>
#include <drm/vgpusvm_drm.h>

#define BASE_NS 1000
#define WRONG_BYTE 4097

/* The last preference, which is enough for one range */
static unsigned int preferred;
static uint64_t modelled;

/* Returns the name of a render node in @path, or NULL for any other file */
static const char *get_node(int fd, char *path, size_t size)
{
	const char *node;
	ssize_t length;
	char link[32];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, size - 1);
	if (length < 0)
		return NULL;
	path[length] = '\0';
	node = strrchr(path, '/');
	return node && !strncmp(node + 1, "renderD", 7) ? node + 1 : NULL;
}

static bool has_fault(const char *what, const char *node)
{
	const char *faults = getenv("MOCK_GPU");
	char fault[64];

	snprintf(fault, sizeof(fault), "%s:%s:%u ", what, node, preferred);
	return faults && strstr(faults, fault);
}

static int version(struct drm_version *version)
{
	version->name_len = strlen("vgpusvm");
	strcpy(version->name, "vgpusvm");
	return 0;
}

static void hang(void)
{
	FILE *file = fopen("hung.new", "w");

	fprintf(file, "%d\n", getpid());
	fclose(file);
	rename("hung.new", "hung");
	for (;;)
		pause();
}

static int exec(const struct drm_vgpusvm_exec *exec, const char *node)
{
	struct drm_vgpusvm_op *op = (void *)(uintptr_t)exec->ops;
	char *buffer = (void *)(uintptr_t)op->value;
	bool write = op->op == DRM_VGPUSVM_OP_WRITE;
	char *memory = (void *)(uintptr_t)(write ? op->dst : op->src);

	if (write && has_fault("crash", node))
		abort();
	if (write && has_fault("hang", node))
		hang();
	memcpy(write ? memory : buffer, write ? buffer : memory, op->length);
	if (op->length > WRONG_BYTE && has_fault(write ? "write" : "read", node))
		(write ? memory : buffer)[WRONG_BYTE] ^= 1;
	modelled += BASE_NS + op->length / 8;
	return 0;
}

static int query_residency(const struct drm_vgpusvm_query_residency *query, const char *node)
{
	uint32_t *pages = (void *)(uintptr_t)query->pages;
	size_t count = query->length / sysconf(_SC_PAGESIZE);

	if (has_fault("blind", node))
		return -ENOTSUP;
	for (size_t i = 0; i < count; i++)
		pages[i] = preferred;
	if (has_fault("elsewhere", node))
		pages[count - 1] = DRM_VGPUSVM_RESIDENCY_SYSTEM;
	return 0;
}

static int query_stats(const struct drm_vgpusvm_query_stats *query, const char *node)
{
	struct drm_vgpusvm_stats *stats = (void *)(uintptr_t)query->stats;

	if (has_fault("timeless", node))
		return -ENOTTY;
	memset(stats, 0, sizeof(*stats));
	stats->modelled_ns[DRM_VGPUSVM_PLACE_PEER] = modelled;
	return 0;
}

static int dispatch(unsigned long request, void *argument, const char *node)
{
	switch (request) {
	case DRM_IOCTL_VERSION:
		return version(argument);
	case DRM_IOCTL_VGPUSVM_VM_CREATE:
		((struct drm_vgpusvm_vm_create *)argument)->vm_id = 1;
		return 0;
	case DRM_IOCTL_VGPUSVM_MADVISE:
		preferred = ((struct drm_vgpusvm_madvise *)argument)->pagemap_id;
		return has_fault("denied", node) ? -EACCES : 0;
	case DRM_IOCTL_VGPUSVM_PREFETCH:
		return has_fault("busy", node) ? -EBUSY : 0;
	case DRM_IOCTL_VGPUSVM_EXEC:
		return exec(argument, node);
	case DRM_IOCTL_VGPUSVM_QUERY_RESIDENCY:
		return query_residency(argument, node);
	case DRM_IOCTL_VGPUSVM_QUERY_STATS:
		return query_stats(argument, node);
	default:
		return -ENOTTY;
	}
}

__attribute((visibility("default"))) int ioctl(int fd, unsigned long request, ...)
{
	int (*next)(int fd, unsigned long request, ...);
	char path[4096];
	const char *node;
	va_list args;
	void *argument;
	int err;

	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);
	node = get_node(fd, path, sizeof(path));
	if (!node) {
		next = dlsym(RTLD_NEXT, "ioctl");
		return next(fd, request, argument);
	}
	err = dispatch(request, argument, node);
	errno = -err;
	return err ? -1 : 0;
}
