# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The modules for the stock kernel, out of tree, as a layer over the root.

MODULE_SOURCES=(Kbuild bench/kernel drivers include)

# kbuild_stock SOURCES OBJECTS ARGS...: make against the kernel's headers.
kbuild_stock() {
	local src=$1 obj=$2
	shift 2
	in_root "$ROOT" "$src:/build/src" "$obj:/build/obj" -- \
		make -C "/usr/lib/modules/$KERNEL_RELEASE/build" -j "$JOBS" \
		M=/build/src MO=/build/obj "$@"
}

# Indices as depmod makes them, over the modules of the image and ours. Of a copy:
# an ordinary user, to whom a root's setuid programs are not root's, can't mount there.
depmod_stock() {
	# shellcheck disable=SC2016 # for the shell in the root
	in_root "$ROOT" "$1:/build/out" -- sh -ec '
		modules=usr/lib/modules/$1
		mkdir -p /tmp/all/usr/lib/modules "/build/out/$modules"
		ln -s usr/lib /tmp/all/lib
		cp -r "/$modules" "/tmp/all/$modules"
		mkdir -p "/tmp/all/$modules/updates"
		mv /build/out/*.ko "/tmp/all/$modules/updates"
		depmod -b /tmp/all "$1"
		cp -r "/tmp/all/$modules"/modules.* "/tmp/all/$modules/updates" \
			"/build/out/$modules"
	' sh "$KERNEL_RELEASE"
}

build_stock_modules() {
	local dir=$CACHE/stock-${ROOT##*-} out=$1
	mkdir -p "$dir/obj" "$out"
	say "building the modules for Linux $KERNEL_RELEASE"
	logged modules-stock kbuild_stock "$dir/src" "$dir/obj" modules
	find "$dir/obj" -name '*.ko' -exec cp -t "$out" {} +
	logged depmod-stock depmod_stock "$out"
}

# Sets LAYER. The sources that are hashed are the ones that are built: both
# happen under one lock.
stock_modules() {
	LAYER=$(locked modules-stock sync_stock_modules)
}

sync_stock_modules() {
	local dir=$CACHE/stock-${ROOT##*-} id
	sync_sources "$dir/src" "${MODULE_SOURCES[@]}" >&2
	id=$( (echo "${ROOT##*-}"; tree_list "$dir/src" . ; cat "$TOP/vm/lib/modules.sh") | key)
	product "$CACHE/layer-stock-$id" build_stock_modules
	prune 4 "$CACHE/layer-stock-$id" "$CACHE"/layer-stock-*[0-9a-f] >&2
	echo "$CACHE/layer-stock-$id"
}
