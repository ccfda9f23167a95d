# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Everything below vm/lib, in the order of dependence.

# shellcheck source=vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=vm/lib/host.sh
. "$TOP/vm/lib/host.sh"
# shellcheck source=vm/lib/apt.sh
. "$TOP/vm/lib/apt.sh"
# shellcheck source=vm/lib/kernels.sh
. "$TOP/vm/lib/kernels.sh"
# shellcheck source=vm/lib/root.sh
. "$TOP/vm/lib/root.sh"
# shellcheck source=vm/lib/image.sh
. "$TOP/vm/lib/image.sh"
# shellcheck source=vm/lib/initramfs.sh
. "$TOP/vm/lib/initramfs.sh"
# shellcheck source=vm/lib/checkout.sh
. "$TOP/vm/lib/checkout.sh"
# shellcheck source=vm/lib/modules.sh
. "$TOP/vm/lib/modules.sh"
# shellcheck source=vm/lib/kernel-source.sh
. "$TOP/vm/lib/kernel-source.sh"
# shellcheck source=vm/lib/tree.sh
. "$TOP/vm/lib/tree.sh"
# shellcheck source=vm/lib/series.sh
. "$TOP/vm/lib/series.sh"
# shellcheck source=vm/lib/testkernel.sh
. "$TOP/vm/lib/testkernel.sh"
# shellcheck source=vm/lib/user.sh
. "$TOP/vm/lib/user.sh"
# shellcheck source=vm/lib/deb.sh
. "$TOP/vm/lib/deb.sh"
# shellcheck source=vm/lib/igt.sh
. "$TOP/vm/lib/igt.sh"
# shellcheck source=vm/lib/hmm.sh
. "$TOP/vm/lib/hmm.sh"
# shellcheck source=vm/lib/docs.sh
. "$TOP/vm/lib/docs.sh"
# shellcheck source=vm/lib/machine.sh
. "$TOP/vm/lib/machine.sh"
# shellcheck source=vm/lib/qemu.sh
. "$TOP/vm/lib/qemu.sh"
# shellcheck source=vm/lib/verdict.sh
. "$TOP/vm/lib/verdict.sh"
# shellcheck source=vm/lib/session.sh
. "$TOP/vm/lib/session.sh"

# prepare KERNEL small|full: everything that a VM with that kernel and root needs
# is up to date. Sets VMLINUZ, INITRAMFS, IMAGE, LAYER and PROGRAMS.
prepare() {
	host_packages
	stock_root
	root_image "$2"
	case $1 in
	stock)
		VMLINUZ=$ROOT/boot/vmlinuz-$KERNEL_RELEASE
		initramfs "$KERNEL_RELEASE" "$ROOT/usr"
		stock_modules
		;;
	test | pristine | kcsan | kunit | kunit-pristine)
		test_kernel "$1"
		;;
	*)
		die "unknown kernel: $1"
		;;
	esac
	stock_user
}
