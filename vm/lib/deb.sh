# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The Debian packages, built in the full root as debian/ tells, and an installation of the
# one that compiles xe.

DEB_SOURCES=(Kbuild debian drivers/gpu/drm examples include patches tools vm/lib/tree.sh)

# The build is in the root's /tmp, which is gone with it. Files that are older than
# the changelog would keep their times in a package, and are not in every checkout.
build_debs() {
	say "building the Debian packages"
	mkdir -p "$2"
	# shellcheck disable=SC2016 # for the shell in the root
	logged deb in_root "$FULL_ROOT" "$1:/build/src" "$2:/build/out" -- sh -ec '
		cp -r /build/src /tmp/gpusvm-topology
		cd /tmp/gpusvm-topology
		find . -exec touch -d "@$(dpkg-parsechangelog -S Timestamp)" {} +
		dpkg-checkbuilddeps -I
		DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$1" \
			dpkg-buildpackage -b -d --no-sign
		cp ../*.deb /build/out' sh "$JOBS"
}

sync_debs() {
	local dir=$CACHE/deb-${FULL_ROOT##*-} id
	sync_sources "$dir/src" "${DEB_SOURCES[@]}" >&2
	id=$( (echo "${FULL_ROOT##*-}"; cat "$TOP/vm/lib/deb.sh"
		tree_list "$dir/src" .) | key)
	product "$CACHE/debs-$id" build_debs "$dir/src"
	prune 4 "$CACHE/debs-$id" "$CACHE"/debs-*[0-9a-f] >&2
	echo "$CACHE/debs-$id"
}

# Sets DEBS, the directory that has them.
debian_packages() {
	host_packages
	stock_root
	full_root
	DEBS=$(locked deb sync_debs)
}

# install_xe DEBS SOURCE-DEB OUT: OUT/layer.tar has what changes in the full root when apt
# installs gpusvm-xe-dkms. On emulated processors, the compiler would take hours.
install_xe() {
	mkdir -p "$3"
	say "installing gpusvm-xe-dkms, which compiles xe and takes long (log: $CACHE/log/deb-xe)"
	# shellcheck disable=SC2016 # for the shell in the root
	logged deb-xe in_root "$FULL_ROOT" "$1:/build/debs" "$2:/build/deb" "$3:/build/out" -- \
		sh -ec '
		new=/tmp/new
		mkdir -p $new /build/out/upper /build/out/work
		mount -t overlay overlay $new \
			-o lowerdir=/,upperdir=/build/out/upper,workdir=/build/out/work
		mount --rbind /dev $new/dev
		mount --bind /proc $new/proc
		mount -t tmpfs tmp $new/tmp
		mkdir $new/tmp/debs $new/tmp/source
		mount --bind /build/debs $new/tmp/debs
		mount --bind /build/deb $new/tmp/source
		for conf in apt/apt.conf.d dpkg/dpkg.cfg.d; do
			truncate -s 0 $new/etc/$conf/99mmdebstrap
		done
		chroot $new sh -c "DEBIAN_FRONTEND=noninteractive apt-get install -y \
			/tmp/debs/gpusvm-*-dkms_*.deb /tmp/source/*.deb"
		tar -C /build/out/upper --exclude="./usr/src/linux-source-*" \
			--exclude=./var/cache -cf /build/out/layer.tar .
		rm -rf /build/out/upper /build/out/work
	'
}

# Sets XE_LAYER, the directory that has the archive. It is made anew only after a change of
# what the two packages have.
xe_layer() {
	debian_packages
	source_package
	XE_LAYER=$CACHE/xe-dkms-$( (echo "${FULL_ROOT##*-} ${SOURCE_DEB##*-}"
		declare -f install_xe
		tree_list "$CACHE/deb-${FULL_ROOT##*-}/src" debian include patches \
			drivers/gpu/drm/drm_pagemap drivers/gpu/drm/xe) | key)
	product "$XE_LAYER" install_xe "$DEBS" "$SOURCE_DEB"
	prune 2 "$XE_LAYER" "$CACHE"/xe-dkms-*[0-9a-f] >&2
}

# copy_debs DIR: none of them is ever seen in part.
copy_debs() (
	mkdir -p "$1"
	new=$(mktemp -d "$1/.new-XXXXXXXX")
	trap 'rm -rf "$new"' EXIT
	cp "$DEBS"/*.deb "$new"
	mv "$new"/*.deb "$1"
)
