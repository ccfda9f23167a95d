# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Functions that run programs in IGT's root, in a VM.

IGT_WORK=/tmp/igt
IGT_ENTERED=$IGT_WORK/root

# enter_root: mounts a writable overlay of the image, with this kernel's modules and the
# directories of devices, and with the programs of tests/igt in /opt/ours.
enter_root() {
	local dir
	mkdir -p "$IGT_WORK"/{image,rw/upper,rw/work,root}
	mount -t ext4 -o ro /dev/vdb "$IGT_WORK/image"
	mount -t overlay -o "lowerdir=$IGT_WORK/image,upperdir=$IGT_WORK/rw/upper,workdir=$IGT_WORK/rw/work" \
		igt "$IGT_ENTERED"
	mkdir -p "$IGT_ENTERED/opt/ours" "$IGT_ENTERED/usr/lib/modules"
	mount --bind /usr/lib/modules "$IGT_ENTERED/usr/lib/modules"
	mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 \
		igt "$IGT_ENTERED/opt/ours"
	for dir in dev sys proc; do
		mount --rbind "/$dir" "$IGT_ENTERED/$dir"
	done
	mount -t tmpfs tmp "$IGT_ENTERED/tmp"
}

# in_igt COMMAND...
in_igt() {
	chroot "$IGT_ENTERED" env -i HOME=/tmp LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin \
		SCANS="${SCANS:-}" "$@"
}
