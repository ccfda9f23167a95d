// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/**
 * TEST: vgpusvm pci
 * Category: Core
 * Mega feature: SVM
 * Sub-category: memory management
 * Functionality: vgpusvm,hot-plug
 * Test category: functionality test
 * Description: A virtual GPU on PCI is removed, in order and by surprise, while a process
 *	has pages in its BAR, and inserted. The last subtest leaves its slot empty.
 */

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igt.h"
#include "lib/lost.h"
#include "lib/qemu.h"
#include "lib/subtests.h"
#include "lib/svm.h"
#include "lib/vgpusvm.h"

IGT_TEST_DESCRIPTION("A virtual GPU on PCI goes away and comes back");

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

/* Waits for the thread of the slot, which may be binding the GPU already. */
static int bind_driver(void)
{
	int err = file_put(name, PCI "/drivers/vgpusvm/bind");

	return err == -EBUSY ? 0 : err;
}

/*
 * The PCI core has found the device. Bind the driver as an admin does, as it has no table.
 * "bind" fails until the PCI core lets drivers have the device.
 */
static void bind_again(void)
{
	igt_assert(eventually(file_exists(PCI "/devices/%s/driver_override", name)));
	assert_ok(file_put("vgpusvm", PCI "/devices/%s/driver_override", name));
	igt_assert(eventually(!bind_driver()));
	igt_assert(!is_gone());
}

/* The GPU went away in order, so its data is in system memory. */
static void assert_left(char *p)
{
	igt_assert(!file_exists(PAGEMAPS "/pagemap%u", gpu.ids[0]));
	assert_holds(&other, p, SIZE, SVM_SYSTEM, OLD);
	igt_assert(has_pattern(p, SIZE, OLD));
	assert_error(gpu.driver->prefetch(&gpu, p, SIZE), -ENODEV);
	assert_error(other.driver->permitted(&other, gpu.ids[0]), -ENODEV);
}

/* The GPU in the slot takes data. Returns the ID of its pagemap. */
static uint32_t assert_takes(char *p)
{
	struct svm_gpu again = { .fd = -1 };
	uint32_t id;

	svm_start(&again, gpu.uid);
	id = again.ids[0];
	assert_text(file_text(PAGEMAPS "/pagemap%u/uid", id), text_of("%s-vram0", gpu.uid));
	put_pattern(p, SIZE, NEW);
	assert_ok(again.driver->advise(&again, p, SIZE, id));
	assert_ok(again.driver->prefetch(&again, p, SIZE));
	assert_holds(&again, p, SIZE, id, NEW);
	assert_cpu_takes(&again, p, SIZE, NEW);
	svm_close(&again);

	return id;
}

/**
 * SUBTEST: remove-rescan
 * Description: The device is removed and found again, by sysfs: no data is lost, and the
 *	pagemap has the same ID.
 * Promises: pagemap/id
 */
static void remove_rescan(void)
{
	char *p = map_at(&gpu, SIZE, false, gpu.ids[0], OLD);

	assert_ok(file_put("1", PCI "/devices/%s/remove", name));
	igt_assert(is_gone());
	assert_left(p);
	assert_ok(file_put("1", PCI "/rescan"));
	bind_again();
	igt_assert_eq(assert_takes(p), gpu.ids[0]);
	munmap(p, SIZE);
}

static uint64_t memory_size(uint32_t id)
{
	return file_number(PAGEMAPS "/pagemap%u/size", id);
}

/* The operator presses the button of the slot, and takes the card out when its light is off. */
static void take_out(struct qemu_card *card)
{
	const char *error;

	igt_require_f(qemu_has_monitor(), "the VM can't command QEMU\n");
	igt_assert(qemu_find(name, card));
	error = qemu_remove(card);
	igt_assert_f(!error, "%s\n", error);
	igt_assert(eventually(is_gone()));
}

static void insert(const struct qemu_card *card, uint64_t size)
{
	const char *error = qemu_insert(card, size);

	igt_assert_f(!error, "%s\n", error);
	bind_again();
}

/**
 * SUBTEST: button
 * Description: The host takes the card out, as with the button of its slot, and inserts it
 *	again: no data is lost, and the pagemap has the same ID.
 * Promises: pagemap/id
 */
static void button(void)
{
	char *p = map_at(&gpu, SIZE, false, gpu.ids[0], OLD);
	uint64_t size = memory_size(gpu.ids[0]);
	struct qemu_card card;

	take_out(&card);
	assert_left(p);
	insert(&card, size);
	igt_assert_eq(assert_takes(p), gpu.ids[0]);
	munmap(p, SIZE);
}

/**
 * SUBTEST: another-card
 * Description: The host inserts a smaller card instead: its pagemap has the same uid and
 *	another ID.
 * Promises: pagemap/id
 */
static void another_card(void)
{
	uint64_t size = memory_size(gpu.ids[0]) / 2;
	char *p = map_at(&gpu, SIZE, false, gpu.ids[0], OLD);
	struct qemu_card card;
	uint32_t id;

	take_out(&card);
	assert_left(p);
	insert(&card, size);
	id = assert_takes(p);
	igt_assert_neq_u32(id, gpu.ids[0]);
	igt_assert_eq_u64(memory_size(id), size);
	assert_error(other.driver->permitted(&other, gpu.ids[0]), -ENODEV);
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
	{ "button", "Removal by the button of the slot, and back", button },
	{ "another-card", "Another card in the slot", another_card },
	{ "surprise", "A device vanishes from its slot", surprise },
};

int igt_main()
{
	run_subtests(tests, start());
}
