// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <setjmp.h>
#include <signal.h>

#include "files.h"
#include "lost.h"
#include "svm.h"

static sigjmp_buf jump;
static volatile int code;

static void on_bus_error(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	code = info->si_code;
	siglongjmp(jump, 1);
}

int access_code(char *p, bool write)
{
	struct sigaction action = {
		.sa_sigaction = on_bus_error,
		.sa_flags = SA_SIGINFO,
	}, before;

	code = 0;
	sigaction(SIGBUS, &action, &before);
	if (!sigsetjmp(jump, 1)) {
		if (write)
			*(volatile char *)p = 1;
		else
			(void)*(volatile char *)p;
	}
	sigaction(SIGBUS, &before, NULL);

	return code;
}

/* A kernel without CONFIG_MEMORY_FAILURE does not tell poisoned memory apart. */
int code_of_poison(void)
{
	return file_exists("/proc/sys/vm/memory_failure_early_kill") ? BUS_MCEERR_AR :
								       BUS_ADRERR;
}

bool is_lost(char *p, size_t length)
{
	int poison = code_of_poison();
	size_t i;

	for (i = 0; i < length; i += page_size())
		if (access_code(p + i, i % (2 * page_size())) != poison)
			return false;

	return true;
}
