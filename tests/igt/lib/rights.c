// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <grp.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "igt.h"
#include "rights.h"

void set_capability(int capability, bool effective)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	uint32_t *word, bit = CAP_TO_MASK(capability);

	igt_assert(!syscall(SYS_capget, &header, data));
	word = &data[CAP_TO_INDEX(capability)].effective;
	*word = effective ? *word | bit : *word & ~bit;
	igt_assert(!syscall(SYS_capset, &header, data));
}

void become_nobody(void)
{
	igt_assert(!setgroups(0, NULL) && !setgid(NOBODY) && !setuid(NOBODY));
}
