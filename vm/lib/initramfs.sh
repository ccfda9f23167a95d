# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A small initramfs, which under emulation boots several times faster than the
# one that Debian would make.

# Modules without which the root and the shares can't be mounted.
BOOT_MODULES=(virtio_pci virtio_blk virtio_console ext4 9p 9pnet_virtio overlay)

# make_initramfs RELEASE USR OUT: USR has lib/modules/RELEASE.
make_initramfs() {
	local out=$3
	mkdir -p "$out"
	logged initramfs in_root "$ROOT" "$out:/build/out" "$2:/mnt" \
		"$TOP/vm/guest:/build/guest" -- \
		/build/guest/make-initramfs "$1" /build/out/initramfs "${BOOT_MODULES[@]}"
}

# initramfs RELEASE USR: sets INITRAMFS. What is built in needs no modules, so
# one does for every build of the same release and configuration.
initramfs() {
	local id
	id=$( (echo "$1 ${ROOT##*-}"; cat "$2/lib/modules/$1/modules.builtin" \
		"$TOP"/vm/guest/*initramfs* "$TOP/vm/lib/initramfs.sh") | key)
	product "$CACHE/initramfs-$id" make_initramfs "$1" "$2"
	INITRAMFS=$CACHE/initramfs-$id/initramfs
}
