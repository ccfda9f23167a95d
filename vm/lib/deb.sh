# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The Debian packages, built in the full root as debian/ tells.

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

# copy_debs DIR: none of them is ever seen in part.
copy_debs() (
	mkdir -p "$1"
	new=$(mktemp -d "$1/.new-XXXXXXXX")
	trap 'rm -rf "$new"' EXIT
	cp "$DEBS"/*.deb "$new"
	mv "$new"/*.deb "$1"
)
