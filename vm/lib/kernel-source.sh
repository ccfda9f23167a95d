# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The kernel's source as Debian's linux-source package has it.

# What must be the same in a tree that is built.
CORE=(drivers/gpu/drm/drm_gpusvm.c drivers/gpu/drm/drm_pagemap.c
	drivers/gpu/drm/drm_pagemap_util.c include/drm/drm_gpusvm.h
	include/drm/drm_pagemap.h include/drm/drm_pagemap_util.h mm)

core_sums() {
	(
		cd "$1"
		find "${CORE[@]}" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
	)
}

# download_source DIR: DIR is new, and has the package with the source of the kernel.
download_source() {
	local out=$1 package suites dir
	package=linux-source-$(cut -d. -f1,2 <<<"$KERNEL_RELEASE")
	read -ra suites <<<"$SUITES"
	dir=$(apt_dir "${suites[@]}")
	say "fetching $package"
	rm -rf "$out"
	mkdir -p "$out"
	(
		cd "$out"
		logged "$package" apt_in "$dir" apt-get download "$package"
	)
}

make_source() {
	local out=$1
	download_source "$out.deb"
	mkdir -p "$out/tree"
	say "unpacking the source of the kernel"
	logged unpack-source in_root "$ROOT" "$out/tree:/build/src" "$out.deb:/build/deb" -- \
		sh -ec 'dpkg-deb --fsys-tarfile /build/deb/*.deb |
			tar -xO --wildcards "./usr/src/*.tar.xz" |
			tar -xJ --strip-components=1 -C /build/src'
	rm -rf "$out.deb"
	core_sums "$out/tree" >"$out/core"
}

# Sets SOURCE_DEB, a directory with that package.
source_package() {
	SOURCE_DEB=$CACHE/linux-source-$(key <<<"$KERNEL_RELEASE $SUITES")
	product "$SOURCE_DEB" download_source
}

# Sets SOURCE, which stays as it is: trees that are built are linked copies. So
# the sums of core files were taken when it was unpacked.
kernel_source() {
	if [ -n "${KERNEL_SRC:-}" ]; then
		SOURCE=$(realpath "$KERNEL_SRC")
		SOURCE_ID=$(key <<<"$SOURCE")
		return
	fi
	SOURCE_ID=$(key <<<"$KERNEL_RELEASE $SUITES")
	SOURCE=$CACHE/source-$SOURCE_ID/tree
	product "$CACHE/source-$SOURCE_ID" make_source
}

choose_other() {
	rm -f "$CACHE"/apt/*/fresh
	choose "${1//./\\.}\\." >"$2"
	if [ ! -s "$2" ]; then
		die "no package linux-image-$1.*-amd64 in any suite of vm/kernels.conf"
	fi
}

# other_source VERSION: as kernel_source(), of another version (7.2) than that of VMs.
other_source() {
	local choice
	choice=$CACHE/kernel-$1-$(key <"$TOP/vm/kernels.conf")
	product "$choice" choose_other "$1"
	read -r KERNEL_RELEASE SUITES <"$choice"
	kernel_source
}
