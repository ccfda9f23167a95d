# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The images that VMs boot from: the small root without what only compiling and running
# VMs needs, or the full one, where compiling is among what is tested.

# hidden_in small|full ROOT: directories of it that no VM needs.
hidden_in() {
	local hidden=(var/lib/apt var/cache)
	if [ "$1" = small ]; then
		hidden+=(usr/src usr/include usr/lib/gcc usr/libexec/gcc
			usr/lib/ipxe usr/share/qemu usr/share/seabios)
	fi
	(
		cd "$2"
		ls -d "${hidden[@]}" 2>/dev/null || true
	)
}

# make_image small|full ROOT IMAGE
make_image() {
	local mounts
	say "making the image that the VM boots from ($1)"
	mkdir -p "$3.d/empty"
	mapfile -t mounts < <(hidden_in "$1" "$2" | sed "s|.*|$3.d/empty:/mnt/&|")
	# shellcheck disable=SC2016 # for the shell in the root
	in_root "$ROOT" "$2:/mnt" "${mounts[@]}" "$3.d:/build/out" -- sh -ec '
		size=$(du -sxm /mnt | cut -f1)
		rm -f /build/out/image
		mke2fs -q -t ext4 -O ^has_journal -m 0 -N 100000 -d /mnt \
			/build/out/image "$((size * 5 / 4 + 64))M"
	'
	mv "$3.d/image" "$3"
	rmdir "$3.d/empty" "$3.d"
}

# root_image small|full: sets IMAGE.
root_image() {
	local root=$ROOT
	if [ "$1" = full ]; then
		full_root
		root=$FULL_ROOT
	fi
	IMAGE=$CACHE/image-${root##*-}-$(key <"$TOP/vm/lib/image.sh")
	product "$IMAGE" make_image "$1" "$root"
}
