// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm pci
 * Category: Core
 * Mega feature: SVM
 * Sub-category: memory management
 * Functionality: vgpusvm,hot-plug
 * Test category: functionality test
 * Description: A virtual GPU on PCI is removed, in order and by surprise, while a process
 *	has pages in its BAR. The last subtest leaves its slot empty.
 */

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "lib/lost.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("A virtual GPU on PCI goes away");

#define PCI	"/sys/bus/pci"
#define SIZE	(256 * KIB)
#define OLD	1
#define NEW	2

/* Capabilities in the configuration space, and parts of that of PCI Express. */
#define CAPABILITIES	0x34
#define PCI_EXPRESS	0x10
#define SLOT		0x14
#define SLOT_POWER	0x2
#define CONTROL		0x18
#define INTERRUPTS	0x20
#define INDICATOR_OFF	0x300
#define POWER_OFF	0x400

/* The GPU that goes away, and one that stays. */
static struct svm_gpu gpu = { .fd = -1 }, other = { .fd = -1 };
static const char *name;

static bool is_pci_vgpu(const char *uid)
{
	return !strncmp(uid, "pci-", 4) &&
	       !strcmp(link_name(INITIATORS "/%s/device/driver", uid), "vgpusvm");
}

/* Each subtest needs both, but the last one takes one away. */
static void start(void)
{
	const char *uids[2];
	struct names all;
	int i, num = 0;

	svm_close(&gpu);
	svm_close(&other);
	names_in(&all, INITIATORS);
	for (i = 0; i < all.num && num < 2; i++)
		if (is_pci_vgpu(all.name[i]))
			uids[num++] = all.name[i];
	igt_require_f(num == 2, "there are not two virtual GPUs on PCI\n");
	svm_start(&gpu, uids[0]);
	svm_start(&other, uids[1]);
	name = text_of("%s", gpu.uid + strlen("pci-"));
}

static bool is_gone(void)
{
	return !file_exists(INITIATORS "/%s", gpu.uid);
}

/* Bind the driver as an admin does, since it has no table of devices. */
static void bind_again(void)
{
	assert_ok(file_put("vgpusvm", PCI "/devices/%s/driver_override", name));
	assert_ok(file_put(name, PCI "/drivers_probe"));
	igt_assert(!is_gone());
}

/**
 * SUBTEST: remove-rescan
 * Description: The device is removed and found again, by sysfs: no data is lost, and the
 *	pagemap has the same ID.
 * Promises: pagemap/id
 */
static void remove_rescan(void)
{
	uint32_t id = gpu.ids[0];
	char *p = map_at(&gpu, SIZE, false, id, OLD);
	struct svm_gpu again = { .fd = -1 };

	assert_ok(file_put("1", PCI "/devices/%s/remove", name));
	igt_assert(is_gone());
	assert_holds(&other, p, SIZE, SVM_SYSTEM, OLD);
	igt_assert(has_pattern(p, SIZE, OLD));
	assert_error(gpu.driver->prefetch(&gpu, p, SIZE), -ENODEV);
	assert_ok(file_put("1", PCI "/rescan"));
	bind_again();
	svm_start(&again, gpu.uid);
	igt_assert_eq(again.ids[0], id);
	put_pattern(p, SIZE, NEW);
	assert_ok(again.driver->advise(&again, p, SIZE, id));
	assert_ok(again.driver->prefetch(&again, p, SIZE));
	assert_holds(&again, p, SIZE, id, NEW);
	assert_cpu_takes(&again, p, SIZE, NEW);
	svm_close(&again);
	munmap(p, SIZE);
}

static unsigned int config_read(int fd, unsigned int at, size_t size)
{
	uint32_t value = 0;

	igt_assert_eq(pread(fd, &value, size, at), size);

	return value;
}

/* The port above the GPU, and where its slot is in its configuration space. */
static int open_port(unsigned int *express)
{
	char link[256], *end;
	ssize_t length = readlink(text_of(PCI "/devices/%s", name), link, sizeof(link) - 1);
	unsigned int at;
	int fd;

	igt_assert(length > 0);
	link[length] = 0;
	end = strrchr(link, '/');
	*end = 0;
	fd = open(text_of(PCI "/devices/%s/config", strrchr(link, '/') + 1), O_RDWR);
	igt_require_f(fd >= 0, "the GPU is on a root bus\n");
	for (at = config_read(fd, CAPABILITIES, 1); at; at = config_read(fd, at + 1, 1))
		if (config_read(fd, at, 1) == PCI_EXPRESS)
			break;
	igt_require_f(at && config_read(fd, at + SLOT, 4) & SLOT_POWER,
		      "the slot has no power controller\n");
	*express = at;

	return fd;
}

static void write_control(int fd, unsigned int express, uint16_t control)
{
	igt_assert_eq(pwrite(fd, &control, 2, express + CONTROL), 2);
}

/*
 * QEMU takes a device out of a slot without power. The kernel then finds an empty slot
 * with power, from which somebody must have pulled the device.
 */
static void pull_out(void)
{
	unsigned int express;
	uint16_t control;
	int fd = open_port(&express);

	control = config_read(fd, express + CONTROL, 2);
	write_control(fd, express,
		      (control & ~INTERRUPTS) | INDICATOR_OFF | POWER_OFF);
	write_control(fd, express, control);
	close(fd);
}

/**
 * SUBTEST: surprise
 * Description: The device vanishes from its slot: pages in its BAR are lost, and never read
 *	as something else. Other pages stay, and the other GPU works.
 * Promises: OP:EFAULT
 */
static void surprise(void)
{
	char *p = map_at(&gpu, SIZE, false, gpu.ids[0], OLD);
	char *stays = map_at(&other, SIZE, false, other.ids[0], NEW);
	struct drm_vgpusvm_op op = {
		.op = DRM_VGPUSVM_OP_CRC32, .src = (uintptr_t)p, .length = SIZE,
	};

	/* The other GPU has a mapping of the BAR, if it reaches it */
	vgpusvm_exec(other.fd, other.vm, &op, 1);
	assert_at(&gpu, p, SIZE, gpu.ids[0]);
	pull_out();
	igt_assert(eventually(is_gone()));
	igt_assert(is_lost(p, SIZE));
	op.done = 0;
	assert_error(vgpusvm_exec(other.fd, other.vm, &op, 1), -EFAULT);
	assert_holds(&other, stays, SIZE, other.ids[0], NEW);
	assert_cpu_takes(&other, stays, SIZE, NEW);
	munmap(p, SIZE);
	munmap(stays, SIZE);
}

static const struct subtest tests[] = {
	{ "remove-rescan", "Removal by sysfs, and back", remove_rescan },
	{ "surprise", "A device vanishes from its slot", surprise },
};

int igt_main()
{
	run_subtests(tests, start());
}
