// SPDX-License-Identifier: GPL-2.0-or-later
/* Files, signals, permissions and lanes. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime_internal.h"

#define NOBODY		65534
#define MAX_GPUS	16
#define FIRST_RENDER	128

unsigned int runtime_process;
int runtime_files[MAX_FILES] = { -1, -1, -1, -1, -1, -1 };
int runtime_kept[MAX_KEPT] = { -1, -1, -1, -1, -1, -1 };

static pthread_t lane_threads[LANES];
static bool lane_runs[LANES];
static __thread unsigned int this_lane;
static bool modes_changed;

static long result(long value)
{
	return value < 0 ? -errno : 0;
}

/* Two lanes may use a slot at the same time, so exchange the file before closing it. */
static void put_slot(int *slot, int fd)
{
	int old = __atomic_exchange_n(slot, fd, __ATOMIC_SEQ_CST);

	if (old >= 0)
		close(old);
}

static int *file_slot(uint64_t slot)
{
	return &runtime_files[slot % MAX_FILES];
}

static int *kept_slot(uint64_t slot)
{
	return &runtime_kept[slot % MAX_KEPT];
}

static void nothing(int signal)
{
	(void)signal;
}

void runtime_start(void)
{
	struct sigaction action = { .sa_handler = nothing };

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	memory_start();
	runtime_lane(0);
}

void runtime_lane(unsigned int lane)
{
	this_lane = lane;
	lane_threads[lane] = pthread_self();
	__atomic_store_n(&lane_runs[lane], true, __ATOMIC_RELEASE);
}

void runtime_lane_end(void)
{
	__atomic_store_n(&lane_runs[this_lane], false, __ATOMIC_RELEASE);
	drop_rights((const uint64_t[]){ 0 });
}

static void restore_modes(void)
{
	for (unsigned int i = 0; modes_changed && i < MAX_GPUS; i++)
		node_mode((const uint64_t[]){ i, 0 });
	modes_changed = false;
}

void runtime_end(void)
{
	setitimer(ITIMER_REAL, &(struct itimerval){}, NULL);
	for (unsigned int i = 0; i < MAX_FILES; i++)
		put_slot(&runtime_files[i], -1);
	for (unsigned int i = 0; i < MAX_KEPT; i++)
		put_slot(&runtime_kept[i], -1);
	restore_modes();
	memory_end();
	config_end();
}

static void *lane1_thread(void *lane)
{
	runtime_lane(1);
	((void (*)(void))lane)();
	runtime_lane_end();
	return NULL;
}

void run_lanes(void (*lane0)(void), void (*lane1)(void))
{
	pthread_t thread;

	if (lane1)
		pthread_create(&thread, NULL, lane1_thread, lane1);
	lane0();
	runtime_lane_end();
	if (lane1)
		pthread_join(thread, NULL);
}

/* DRM assigns minors in order, so the minors of the first GPUs rarely change. */
static void gpu_node(unsigned int number, const char *kind, unsigned int first, char *path,
		     size_t size)
{
	snprintf(path, size, "/dev/dri/%s%u", kind, first + number % MAX_GPUS);
}

/* Numbers from MAX_GPUS on stand for primary nodes. */
long open_gpu(const uint64_t *args)
{
	char path[64];
	int fd;

	if (args[1] < MAX_GPUS)
		gpu_node(args[1], "renderD", FIRST_RENDER, path, sizeof(path));
	else
		gpu_node(args[1], "card", 0, path, sizeof(path));
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	put_slot(file_slot(args[0]), fd);

	return 0;
}

long close_file(const uint64_t *args)
{
	put_slot(file_slot(args[0]), -1);

	return 0;
}

long dup_file(const uint64_t *args)
{
	int fd = dup(*file_slot(args[0]));

	if (fd < 0)
		return -errno;
	put_slot(file_slot(args[1]), fd);

	return 0;
}

long run_ioctl(int slot, unsigned long request, void *arg)
{
	return result(ioctl(*file_slot(slot), request, arg));
}

/* Calls an ioctl by number, including numbers and sizes that the driver lacks. */
long raw_ioctl(const uint64_t *args)
{
	uint64_t words[64] = { args[4], args[3] };

	return result(ioctl(*file_slot(args[0]),
			    _IOC(args[1] & 3, 'd', args[1] >> 2 & 0xff, args[2] % sizeof(words)),
			    words));
}

long poll_file(const uint64_t *args)
{
	struct pollfd file = { .fd = *file_slot(args[0]), .events = POLLIN };

	return result(poll(&file, 1, 1));
}

/* Does not block, because these DRM files never have events to read. */
long read_file(const uint64_t *args)
{
	int fd = *file_slot(args[0]);
	char buffer[64];

	if (fcntl(fd, F_SETFL, O_NONBLOCK))
		return -errno;

	return result(read(fd, buffer, sizeof(buffer)));
}

long show_fdinfo(const uint64_t *args)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", *file_slot(args[0]));

	return read_value((const uint64_t[]){ S(path) });
}

long fork_ioctl(const uint64_t *args)
{
	struct drm_vgpusvm_vm_destroy vm = { .vm_id = args[1] };
	pid_t pid = fork();

	if (!pid)
		_exit(-run_ioctl(args[0], DRM_IOCTL_VGPUSVM_VM_DESTROY, &vm));

	return result(TEMP_FAILURE_RETRY(waitpid(pid, NULL, 0)));
}

long kick_lane(const uint64_t *args)
{
	unsigned int other = !this_lane;

	(void)args;
	if (__atomic_load_n(&lane_runs[other], __ATOMIC_ACQUIRE))
		pthread_kill(lane_threads[other], SIGUSR1);

	return 0;
}

long alarm_soon(const uint64_t *args)
{
	struct itimerval timer = { .it_value.tv_usec = 100 + args[0] % 16 * 700 };

	return result(setitimer(ITIMER_REAL, &timer, NULL));
}

/* Uses the system call, because setresuid(3) would change all threads. */
long drop_rights(const uint64_t *args)
{
	return result(syscall(SYS_setresuid, -1, args[0] & 1 ? NOBODY : 0, -1));
}

long node_mode(const uint64_t *args)
{
	char path[64];

	gpu_node(args[0], "renderD", FIRST_RENDER, path, sizeof(path));
	modes_changed = true;

	return result(chmod(path, args[1] & 1 ? 0666 : 0600));
}

/* Reclaims the pagemaps that are only cached. */
long drop_caches(const uint64_t *args)
{
	(void)args;

	return put_file("/proc/sys/vm/drop_caches", "2\n");
}

long keep_open(const uint64_t *args)
{
	const char *path = (const char *)(uintptr_t)args[0];
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	put_slot(kept_slot(args[4]), fd);

	return 0;
}

long keep_read(const uint64_t *args)
{
	char buffer[4200];

	return result(pread(*kept_slot(args[0]), buffer, sizeof(buffer), args[1]));
}

long keep_write(const uint64_t *args)
{
	const char *value = (const char *)(uintptr_t)args[1];

	return result(pwrite(*kept_slot(args[0]), value, strlen(value), 0));
}

long keep_poll(const uint64_t *args)
{
	struct pollfd file = { .fd = *kept_slot(args[0]), .events = POLLPRI | POLLERR };

	return result(poll(&file, 1, 1));
}

long keep_close(const uint64_t *args)
{
	put_slot(kept_slot(args[0]), -1);

	return 0;
}
