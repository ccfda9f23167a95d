# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The kernel "test": our files in tree, and everything on that finds bugs.

FRAGMENTS=(base debug drm)

# kbuild_in TREE OBJECTS ARGS...
kbuild_in() {
	local tree=$1 obj=$2
	shift 2
	in_root "$ROOT" "$tree:/build/src" "$obj:/build/obj" -- \
		make -C /build/src O=/build/obj -j "$JOBS" --no-print-directory \
		KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_VERSION=1 "$@"
}

# kbuild_test DIR ARGS...: make in the tree, objects beside it.
kbuild_test() {
	kbuild_in "$1/tree" "$1/obj" "${@:2}"
}

fragments() {
	local name
	for name in "${FRAGMENTS[@]}"; do
		cat "$TOP/vm/configs/$name.config"
	done
}

# What the fragments ask for and the configuration does not have.
not_configured() {
	local line
	fragments | grep -E '^(# )?CONFIG_' | while read -r line; do
		case $line in
		\#*) line=${line#\# }; line=${line% is not set}
			! grep "^$line=" "$1" ;;
		*) grep -qxF "$line" "$1" || echo "$line" ;;
		esac
	done
}

# Only when the fragments or a Kconfig of ours changed: what depends on an
# option is rebuilt when that option changes, not when the file is written.
configure_test() {
	local dir=$1 id missing
	id=$( (fragments; find "$dir/stage" -name Kconfig -exec cat {} +) | key)
	if [ "$(cat "$dir/configured" 2>/dev/null)" = "$id" ]; then
		return
	fi
	mkdir -p "$dir/obj"
	say "configuring the kernel"
	rm -f "$dir/configured"
	logged config kbuild_test "$dir" tinyconfig
	fragments >>"$dir/obj/.config"
	logged config kbuild_test "$dir" olddefconfig
	missing=$(not_configured "$dir/obj/.config")
	if [ -n "$missing" ]; then
		die "options that did not take effect: $missing"
	fi
	echo "$id" >"$dir/configured"
}

# For tests that compare what the kernel shows with what is documented.
copy_abi_checker() {
	mkdir -p "$2"
	(
		cd "$1"
		cp -r --parents Documentation/ABI tools/docs/get_abi.py \
			tools/lib/python "$2"
	)
}

build_test() {
	local dir=$1 out=$2 release
	mkdir -p "$out/boot"
	if [ -e "$dir/obj/arch/x86/boot/bzImage" ]; then
		say "building what changed in the test kernel"
	else
		say "building the test kernel (some 15 minutes; log: $CACHE/log/test)"
	fi
	logged test kbuild_test "$dir" bzImage modules
	rm -rf "$dir/obj/install"
	logged test-install kbuild_test "$dir" modules_install \
		INSTALL_MOD_PATH=/build/obj/install/usr
	cp -r "$dir/obj/install/usr" "$out/"
	rm -rf "$dir/obj/install" "$out"/usr/lib/modules/*/build
	copy_abi_checker "$dir/tree" "$out/usr/src/linux"
	release=$(basename "$out"/usr/lib/modules/*)
	cp "$dir/obj/arch/x86/boot/bzImage" "$out/boot/vmlinuz-$release"
}

# Sets TEST, where tree and objects are.
test_dir() {
	kernel_source
	TEST=$CACHE/test-$SOURCE_ID
	mkdir -p "$TEST"
}

sync_test() {
	local dir=$1 id
	sync_tree "$dir" >&2
	configure_test "$dir" >&2
	id=$( (tree_list "$dir/stage" .; cat "$dir/obj/.config" "$TOP/vm/lib/testkernel.sh"
		echo "$dir") | key)
	product "$CACHE/layer-test-$id" build_test "$dir"
	prune 3 "$CACHE/layer-test-$id" "$CACHE"/layer-test-*[0-9a-f] >&2
	echo "$CACHE/layer-test-$id"
}

# Sets LAYER, VMLINUZ and INITRAMFS.
test_kernel() {
	test_dir
	LAYER=$(locked "${TEST##*/}" sync_test "$TEST")
	VMLINUZ=$(echo "$LAYER"/boot/vmlinuz-*)
	initramfs "${VMLINUZ#*/vmlinuz-}" "$LAYER/usr"
}
