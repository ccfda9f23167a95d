# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The image that VMs boot from: the root without what only compiling needs.

# Directories that no VM needs; hidden while the image is made.
IMAGE_HIDES=(usr/src usr/include usr/lib/gcc usr/libexec/gcc
	var/lib/apt var/cache)

make_image() {
	say "making the image that the VM boots from"
	mkdir -p "$CACHE/tmp"
	# shellcheck disable=SC2016 # for the shell in the root
	in_root "$ROOT" "$ROOT:/mnt" "$CACHE/tmp:/build/out" -- sh -ec '
		for dir; do
			[ ! -d "/mnt/$dir" ] || mount -t tmpfs none "/mnt/$dir"
		done
		size=$(du -sxm /mnt | cut -f1)
		rm -f /build/out/image
		mke2fs -q -t ext4 -O ^has_journal -m 0 -N 100000 -d /mnt \
			/build/out/image "$((size * 5 / 4 + 64))M"
	' sh "${IMAGE_HIDES[@]}"
	mv "$CACHE/tmp/image" "$1"
}

# Sets IMAGE.
stock_image() {
	IMAGE=$CACHE/image-${ROOT##*-}-$(key <"$TOP/vm/lib/image.sh")
	product "$IMAGE" make_image
}
