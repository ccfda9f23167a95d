// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cgroup_deny CGROUP MAJOR:MINOR ACCESS
 *
 * Has a control group deny access (of the letters r, w, m those that are given)
 * to a character device, and allow everything else. Exits with 77 if the kernel
 * can't do that.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SKIP	77

#define INSN(_code, _dst, _src, _off, _imm) \
	((struct bpf_insn) { .code = _code, .dst_reg = _dst, .src_reg = _src, \
			     .off = _off, .imm = _imm })
#define LOAD(dst, field) \
	INSN(BPF_LDX | BPF_MEM | BPF_W, dst, BPF_REG_1, \
	     offsetof(struct bpf_cgroup_dev_ctx, field), 0)
#define SET(dst, value)		INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, value)
#define RETURN			INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
/* Skips instructions. */
#define UNLESS_EQUAL(dst, value, skip) \
	INSN(BPF_JMP | BPF_JNE | BPF_K, dst, 0, skip, value)
#define IF_BITS(dst, bits, skip) \
	INSN(BPF_JMP | BPF_JSET | BPF_K, dst, 0, skip, bits)

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int give_up(const char *what)
{
	int status = errno == ENOSYS || errno == EINVAL || errno == EPERM ? SKIP : 1;

	fprintf(stderr, "cgroup_deny: %s: %s\n", what, strerror(errno));
	return status;
}

static unsigned int access_bits(const char *letters)
{
	unsigned int bits = 0;

	for (; *letters; letters++) {
		if (*letters == 'r')
			bits |= BPF_DEVCG_ACC_READ;
		if (*letters == 'w')
			bits |= BPF_DEVCG_ACC_WRITE;
		if (*letters == 'm')
			bits |= BPF_DEVCG_ACC_MKNOD;
	}

	return bits;
}

static int load(unsigned int major, unsigned int minor, unsigned int bits)
{
	const struct bpf_insn program[] = {
		LOAD(BPF_REG_2, access_type),
		LOAD(BPF_REG_3, major),
		LOAD(BPF_REG_4, minor),
		SET(BPF_REG_0, 1),
		UNLESS_EQUAL(BPF_REG_3, major, 4),
		UNLESS_EQUAL(BPF_REG_4, minor, 3),
		/* The type is below, the access above. */
		IF_BITS(BPF_REG_2, bits << 16, 1),
		RETURN,
		SET(BPF_REG_0, 0),
		RETURN,
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
		.insns = (uintptr_t)program,
		.insn_cnt = sizeof(program) / sizeof(program[0]),
		.license = (uintptr_t)"GPL",
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

int main(int argc, char **argv)
{
	unsigned int major, minor;
	union bpf_attr attr = {};
	int cgroup, program;

	if (argc != 4 || sscanf(argv[2], "%u:%u", &major, &minor) != 2)
		return 2;

	cgroup = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (cgroup < 0)
		return give_up(argv[1]);

	program = load(major, minor, access_bits(argv[3]));
	if (program < 0)
		return give_up("BPF_PROG_LOAD");

	/* It stays with the control group when this program ends. */
	attr.target_fd = cgroup;
	attr.attach_bpf_fd = program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	if (bpf(BPF_PROG_ATTACH, &attr))
		return give_up("BPF_PROG_ATTACH");

	return 0;
}
