// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * userfaultfd memory: a thread provides missing pages, often with a delay.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <sys/mman.h>

#include "buffer.h"
#include "random.h"

struct server {
	int fd;
	struct buffer *buffer;
	unsigned char *page;
	struct rnd rnd;
};

static void provide(struct server *server, uint64_t address)
{
	struct uffdio_copy copy = {
		.dst = address & -page_size(),
		.src = (uintptr_t)server->page,
		.len = page_size(),
	};

	buffer_initial(server->buffer, copy.dst - (uintptr_t)server->buffer->p, page_size(),
		       server->page);
	if (rnd_once_in(&server->rnd, 16))
		usleep(rnd_below(&server->rnd, 20000));
	/* EAGAIN: the address space is changing. The faulting thread will fault again. */
	while (ioctl(server->fd, UFFDIO_COPY, &copy) && errno == EAGAIN)
		copy.copy = 0;
}

static void *serve(void *arg)
{
	struct server *server = arg;
	struct uffd_msg msg;

	while (read(server->fd, &msg, sizeof(msg)) == sizeof(msg))
		if (msg.event == UFFD_EVENT_PAGEFAULT)
			provide(server, msg.arg.pagefault.address);

	return NULL;
}

static bool start(struct buffer *b, int fd)
{
	struct server *server = malloc(sizeof(*server));
	pthread_t thread;

	*server = (struct server) {
		.fd = fd,
		.buffer = b,
		.page = malloc(page_size()),
		.rnd = rnd_stream(shared->options.seed + shared->round, 1000 + b->worker),
	};
	return !pthread_create(&thread, NULL, serve, server);
}

bool uffd_serve(struct buffer *b)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)b->p, .len = b->size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0)
		return false;
	if (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &reg)) {
		close(fd);
		return false;
	}
	/* A child would inherit the memory, but not the thread that provides its pages. */
	return !madvise(b->p, b->size, MADV_DONTFORK) && start(b, fd);
}
