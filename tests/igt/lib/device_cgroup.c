// SPDX-License-Identifier: GPL-2.0-or-later OR MIT

#include <fcntl.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device_cgroup.h"
#include "files.h"

#define GROUP	"/sys/fs/cgroup/igt-device"

/* A BPF instruction, and the registers 0 to 3. */
#define INSN(op, dst, src, offset, value) \
	{ .code = op, .dst_reg = dst, .src_reg = src, .off = offset, .imm = value }
#define FIELD(dst, name) \
	INSN(BPF_LDX | BPF_MEM | BPF_W, dst, 1, offsetof(struct bpf_cgroup_dev_ctx, name), 0)
#define RETURN(value) \
	INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, value), INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define SKIP_UNLESS(dst, value, count) \
	INSN(BPF_JMP | BPF_JNE | BPF_K, dst, 0, count, value)
#define SKIP_IF_BITS(dst, bits, count) \
	INSN(BPF_JMP | BPF_JSET | BPF_K, dst, 0, count, bits)

static int load_program(dev_t device, unsigned int denied)
{
	const struct bpf_insn program[] = {
		FIELD(2, major),
		SKIP_UNLESS(2, major(device), 4),
		FIELD(2, minor),
		SKIP_UNLESS(2, minor(device), 2),
		FIELD(2, access_type),
		/* The upper half has the requested accesses. */
		SKIP_IF_BITS(2, denied << 16, 2),
		RETURN(1),
		RETURN(0),
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
		.insns = (uintptr_t)program,
		.insn_cnt = ARRAY_SIZE(program),
		.license = (uintptr_t)"GPL",
	};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static bool attach(int program)
{
	union bpf_attr attr = {
		.target_fd = open(GROUP, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.attach_bpf_fd = program,
		.attach_type = BPF_CGROUP_DEVICE,
	};
	bool good = !syscall(SYS_bpf, BPF_PROG_ATTACH, &attr, sizeof(attr));

	close(attr.target_fd);
	return good;
}

static void remove_at_exit(int sig)
{
	(void)sig;
	remove_device_cgroup();
}

bool make_device_cgroup(dev_t device, unsigned int denied)
{
	static bool installed;
	int program;
	bool good;

	if (!installed)
		igt_install_exit_handler(remove_at_exit);
	installed = true;
	remove_device_cgroup();
	if (make_dir(GROUP))
		return false;

	program = load_program(device, denied);
	good = program >= 0 && attach(program);
	if (program >= 0)
		close(program);

	return good;
}

void join_device_cgroup(void)
{
	assert_ok(file_put("0", GROUP "/cgroup.procs"));
}

void remove_device_cgroup(void)
{
	remove_dir(GROUP);
}
