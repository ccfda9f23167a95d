# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Everything below vm/lib, in the order of dependence.

# shellcheck source=vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for part in host apt kernels root image initramfs sources modules user qemu \
	verdict session; do
	# shellcheck source=/dev/null
	. "$TOP/vm/lib/$part.sh"
done

# prepare KERNEL: everything that a VM with that kernel needs is up to date.
# Sets VMLINUZ, INITRAMFS, IMAGE, LAYER and PROGRAMS.
prepare() {
	host_packages
	stock_root
	stock_image
	case $1 in
	stock)
		VMLINUZ=$ROOT/boot/vmlinuz-$KERNEL_RELEASE
		stock_initramfs
		stock_modules
		;;
	*)
		die "no kernel is called $1"
		;;
	esac
	stock_user
}
