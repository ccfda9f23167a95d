// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls on all kinds of memory. */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime_internal.h"

#define PAGE		4096ul
#define HUGE_MAPPED	(2ul << 20)
#define OP_ROOM		1024
#define WORDS_AT	0x10000
#define WORD_ROOM	0x1000
#define SINK_SIZE	0x10000ul

/* How long a program holds back a fault, in milliseconds. */
#define HOLD_TIME	50

unsigned int runtime_missing;

static int memfd, secret, file, hugetlb, device, zero, sink;
static int uffd = -1;
static atomic_bool hold;
/* Areas that a program may have changed, with one bit for each. */
static atomic_uint used;

static int new_file(int fd, size_t size)
{
	if (fd >= 0 && ftruncate(fd, size)) {
		close(fd);
		return -1;
	}

	return fd;
}

/* Opens a file read-only, so that no mapping can write to it. */
static int read_only_file(void)
{
	char path[] = "/tmp/fuzz-XXXXXX", reopened[64];
	int fd = mkstemp(path), readable;

	if (new_file(fd, AREA_SIZE) < 0)
		return -1;
	snprintf(reopened, sizeof(reopened), "/proc/self/fd/%d", fd);
	readable = open(reopened, O_RDONLY | O_CLOEXEC);
	unlink(path);
	close(fd);

	return readable;
}

/* Opens a resource file of a PCI device. */
static int device_file(void)
{
	glob_t found;
	int fd = -1;

	if (glob("/sys/bus/pci/devices/*/resource[0-9]", 0, NULL, &found))
		return -1;
	for (size_t i = 0; fd < 0 && i < found.gl_pathc; i++) {
		void *p;

		fd = open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
		if (p == MAP_FAILED) {
			close(fd);
			fd = -1;
		} else {
			munmap(p, PAGE);
		}
	}
	globfree(&found);

	return fd;
}

static bool zero_pages(unsigned long address, size_t size)
{
	struct uffdio_zeropage page = {
		.range = { .start = address & ~(size - 1), .len = size },
	};

	return !ioctl(uffd, UFFDIO_ZEROPAGE, &page);
}

/* Provides 16 pages, or one page, or wakes threads whose pages are gone. */
static void serve(unsigned long address)
{
	struct uffdio_range range = { .start = address & ~(PAGE - 1), .len = PAGE };

	for (int i = 0; i < HOLD_TIME && atomic_load(&hold); i++)
		usleep(1000);
	if (!zero_pages(address, 16 * PAGE) && !zero_pages(address, PAGE))
		ioctl(uffd, UFFDIO_WAKE, &range);
}

static void *server(void *arg)
{
	struct pollfd poll_uffd = { .fd = uffd, .events = POLLIN };
	struct uffd_msg message;

	for (;;) {
		poll(&poll_uffd, 1, -1);
		if (read(uffd, &message, sizeof(message)) == sizeof(message) &&
		    message.event == UFFD_EVENT_PAGEFAULT)
			serve(message.arg.pagefault.address);
	}

	return arg;
}

static void open_uffd(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	sigset_t all, before;
	pthread_t thread;

	uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api)) {
		runtime_missing |= 1u << AREA_USERFAULT;
		return;
	}
	/* The lanes get all signals. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	pthread_create(&thread, NULL, server, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void *map_file(void *p, size_t size, int prot, int flags, int fd, unsigned int kind)
{
	if (fd < 0) {
		runtime_missing |= 1u << kind;
		return MAP_FAILED;
	}

	return mmap(p, size, prot, flags | MAP_FIXED, fd, 0);
}

static void *map_anon(void *p, size_t size, int prot, int flags)
{
	return mmap(p, size, prot, flags | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
}

/* @advice: Most areas have no huge pages, because emulated processors clear these slowly. */
static void *map_private(void *p, size_t size, int advice)
{
	p = map_anon(p, size, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	if (p != MAP_FAILED)
		madvise(p, size, advice);

	return p;
}

static void *map_userfault(void *p, size_t size)
{
	struct uffdio_register range = {
		.range = { .start = (uintptr_t)p, .len = size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	p = map_private(p, size, MADV_NOHUGEPAGE);
	if (p != MAP_FAILED && uffd >= 0)
		ioctl(uffd, UFFDIO_REGISTER, &range);

	return p;
}

static void *map_kind(void *p, size_t size, unsigned int kind)
{
	const int rw = PROT_READ | PROT_WRITE;

	switch (kind) {
	case AREA_HUGE:
		return map_private(p, size, MADV_HUGEPAGE);
	case AREA_SHARED:
		return map_anon(p, size, rw, MAP_SHARED);
	case AREA_MEMFD:
		return map_file(p, size, rw, MAP_SHARED, memfd, kind);
	case AREA_MEMFD_PRIVATE:
		return map_file(p, size, rw, MAP_PRIVATE, memfd, kind);
	case AREA_SECRET:
		return map_file(p, size, rw, MAP_SHARED, secret, kind);
	case AREA_HUGETLB:
		return map_file(p, size < HUGE_MAPPED ? size : HUGE_MAPPED, rw, MAP_SHARED,
				hugetlb, kind);
	case AREA_READ_ONLY:
		return map_anon(p, size, PROT_READ, MAP_PRIVATE);
	case AREA_NO_ACCESS:
		return map_anon(p, size, PROT_NONE, MAP_PRIVATE);
	case AREA_FILE:
		return map_file(p, size, PROT_READ, MAP_SHARED, file, kind);
	case AREA_DEVICE:
		return map_file(p, PAGE, PROT_READ, MAP_SHARED, device, kind);
	case AREA_USERFAULT:
		return map_userfault(p, size);
	case AREA_UNMAPPED:
		return munmap(p, size) ? MAP_FAILED : p;
	default:
		return map_private(p, size, MADV_NOHUGEPAGE);
	}
}

void area_map(unsigned int area)
{
	void *p = (void *)AREA(area);

	munmap(p, AREA_SIZE);
	map_kind(p, AREA_SIZE, area);
}

void memory_start(void)
{
	memfd = new_file(memfd_create("fuzz", MFD_CLOEXEC), AREA_SIZE);
	secret = new_file(syscall(SYS_memfd_secret, O_CLOEXEC), AREA_SIZE);
	hugetlb = new_file(memfd_create("huge", MFD_CLOEXEC | MFD_HUGETLB), AREA_SIZE);
	file = read_only_file();
	device = device_file();
	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	sink = memfd_create("sink", MFD_CLOEXEC);
	open_uffd();
	for (unsigned int i = 0; i < AREAS; i++)
		area_map(i);
}

/* Restores the memory, so that each program starts with the same content. */
void memory_end(void)
{
	unsigned int areas = atomic_exchange(&used, 0);

	atomic_store(&hold, false);
	for (unsigned int i = 0; i < AREAS; i++)
		if (areas & 1u << i)
			area_map(i);
}

/* Returns the length, @args[1], limited to the end of the area of @args[0]. */
static size_t clipped(const uint64_t *args)
{
	unsigned int area = (args[0] - AREA(0)) / (AREA(1) - AREA(0));
	size_t room = AREA(area) + AREA_SIZE - args[0];

	atomic_fetch_or(&used, 1u << area);

	return args[1] < room ? args[1] : room;
}

static void *pointer(const uint64_t *args)
{
	return (void *)(uintptr_t)args[0];
}

static long result(long value)
{
	return value < 0 ? -errno : 0;
}

long put_op(const uint64_t *args)
{
	struct drm_vgpusvm_op *ops = (void *)AREA(AREA_BUFFERS);

	ops[args[0] % OP_ROOM] = (struct drm_vgpusvm_op){
		.op = args[1], .flags = args[2], .dst = args[3], .src = args[4],
		.length = args[5], .value = args[6], .done = args[7], .pad = args[8],
	};
	atomic_fetch_or(&used, 1u << AREA_BUFFERS);

	return 0;
}

long put_word(const uint64_t *args)
{
	uint64_t *words = (void *)(AREA(AREA_BUFFERS) + WORDS_AT);

	words[args[0] % WORD_ROOM] = args[1];
	atomic_fetch_or(&used, 1u << AREA_BUFFERS);

	return 0;
}

long map_memory(const uint64_t *args)
{
	size_t size = clipped(args);
	void *p = map_kind(pointer(args), size, args[2] % AREA_BUFFERS);

	return p == MAP_FAILED ? -errno : 0;
}

long unmap_memory(const uint64_t *args)
{
	return result(munmap(pointer(args), clipped(args)));
}

long protect_memory(const uint64_t *args)
{
	return result(mprotect(pointer(args), clipped(args), args[2] & 7));
}

static const int advices[] = {
	MADV_DONTNEED, MADV_FREE, MADV_PAGEOUT, MADV_COLD, MADV_HUGEPAGE, MADV_NOHUGEPAGE,
	MADV_COLLAPSE, MADV_DONTFORK, MADV_DOFORK, MADV_MERGEABLE, MADV_POPULATE_READ,
	MADV_POPULATE_WRITE, MADV_REMOVE, MADV_WILLNEED, MADV_WIPEONFORK,
};

long advise_memory(const uint64_t *args)
{
	int advice = advices[args[2] % (sizeof(advices) / sizeof(advices[0]))];

	return result(madvise(pointer(args), clipped(args), advice));
}

/* Moves memory to another address and replaces the mapping there. */
long move_memory(const uint64_t *args)
{
	const uint64_t to[] = { args[2], args[1] };
	size_t size = clipped(args), room = clipped(to);
	void *p;

	if (size > room)
		size = room;
	p = mremap(pointer(args), size, size, MREMAP_MAYMOVE | MREMAP_FIXED, pointer(to));

	return p == MAP_FAILED ? -errno : 0;
}

long lock_memory(const uint64_t *args)
{
	size_t size = clipped(args);

	return result(args[2] & 1 ? munlock(pointer(args), size) : mlock(pointer(args), size));
}

/* Writes through the kernel, which returns an error instead of a signal. */
long write_memory(const uint64_t *args)
{
	return result(read(zero, pointer(args), clipped(args)));
}

long read_memory(const uint64_t *args)
{
	const char *p = pointer(args);
	size_t size = clipped(args);
	long err = 0;

	while (!err && size) {
		ssize_t done = pwrite(sink, p, size < SINK_SIZE ? size : SINK_SIZE, 0);

		err = result(done);
		p += done;
		size -= done;
	}

	return err;
}

long hold_faults(const uint64_t *args)
{
	(void)args;
	atomic_store(&hold, true);

	return 0;
}

long serve_faults(const uint64_t *args)
{
	(void)args;
	atomic_store(&hold, false);

	return 0;
}

long fork_touch(const uint64_t *args)
{
	pid_t pid = fork();

	if (!pid) {
		write_memory(args);
		read_memory(args);
		_exit(0);
	}

	return result(TEMP_FAILURE_RETRY(waitpid(pid, NULL, 0)));
}
