// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "igt.h"
#include "missing.h"

static int open_userfaultfd(void)
{
	return syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
}

int miss_pages(void *p, size_t length)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register area = {
		.mode = UFFDIO_REGISTER_MODE_MISSING,
		.range = { .start = (uintptr_t)p, .len = length },
	};
	int fd = open_userfaultfd();

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &area)) {
		close(fd);
		return -1;
	}

	return fd;
}

void require_userfaultfd(void)
{
	int fd = open_userfaultfd();

	igt_require_f(fd >= 0, "there is no userfaultfd\n");
	close(fd);
}
