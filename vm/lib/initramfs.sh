# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A small initramfs, which under emulation boots several times faster than the
# one that Debian would make.

# Modules without which the root and the shares can't be mounted.
BOOT_MODULES=(virtio_pci virtio_blk virtio_console ext4 9p 9pnet_virtio overlay)

# make_initramfs RELEASE MODULES-DIR OUT: MODULES-DIR has lib/modules/RELEASE.
make_initramfs() {
	local out=$3
	mkdir -p "$out"
	logged initramfs in_root "$ROOT" "$out:/media" "$2:/mnt" \
		"$TOP/vm/guest:/opt/guest" -- \
		/opt/guest/make-initramfs "$1" /media/initramfs "${BOOT_MODULES[@]}"
}
