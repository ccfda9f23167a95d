# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For tests of the Debian packages: a fresh root of the image, which has nothing else of
# this project. Sourced after lib.sh, in a mount namespace that ends with the test.

WORK=/mnt
DEBIAN=$WORK/debian

if [ "$GPUSVM_KERNEL" != stock ]; then
	skip_all "not Debian's own kernel"
fi

# make_debian ARCHIVE|none: the root is in DEBIAN, with the changes that the archive has. Empties
# the configuration of dpkg and apt that mmdebstrap wrote, as machines have none.
make_debian() {
	local dir lower=$WORK/image
	mount -t tmpfs work "$WORK"
	mkdir "$WORK"/{image,layer,upper,work,debian}
	mount -t ext4 -o ro /dev/vda "$WORK/image"
	if [ "$1" != none ]; then
		tar -C "$WORK/layer" -xf "$1"
		lower=$WORK/layer:$lower
	fi
	mount -t overlay -o "lowerdir=$lower,upperdir=$WORK/upper,workdir=$WORK/work" \
		debian "$DEBIAN"
	for dir in dev sys proc; do
		mount --rbind "/$dir" "$DEBIAN/$dir"
	done
	mount -t tmpfs tmp "$DEBIAN/tmp"
	mount -t tmpfs run "$DEBIAN/run"
	mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose packages "$DEBIAN/media"
	truncate -s 0 "$DEBIAN"/etc/{apt/apt.conf.d,dpkg/dpkg.cfg.d}/99mmdebstrap
	# Making an initramfs takes half an hour on emulated processors.
	mount --bind "$DEBIAN/usr/bin/true" "$DEBIAN/etc/kernel/postinst.d/dracut"
}

in_debian() {
	chroot "$DEBIAN" env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		PATH=/usr/sbin:/usr/bin "$@"
}

# dkms_module NAME: does modprobe take the module of this name from DKMS?
dkms_module() {
	[ "$(in_debian modinfo -n "$1")" = \
		"/lib/modules/$(uname -r)/updates/dkms/$1.ko.xz" ]
}
