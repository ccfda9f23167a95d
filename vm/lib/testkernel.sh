# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The kernels that are built here. "test" has this project's files in tree, and all options
# that find bugs; "pristine" is the same without this project's files. "kcsan" finds data
# races, which excludes the other options. "kunit" has all KUnit tests of DRM, and is quick to
# build; "kunit-pristine" is its counterpart without this project's files.

# Set by built_kernel(): fragments of the configuration, whether the kernel has this project's
# files and patches, and kernels whose objects a build starts with.
FRAGMENTS=(base debug drm)
OURS=yes
SEEDS=()

# built_kernel NAME
built_kernel() {
	OURS=yes
	SEEDS=()
	case $1 in
	test | pristine) FRAGMENTS=(base debug drm) ;;
	kcsan) FRAGMENTS=(base kcsan) ;;
	kunit | kunit-pristine) FRAGMENTS=(base drm kunit) ;;
	esac
	case $1 in
	pristine) OURS='' SEEDS=(test) ;;
	kunit-pristine) OURS='' SEEDS=(series kunit) ;;
	kunit) SEEDS=(series kunit-pristine) ;;
	esac
}

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

# Options that only a kernel with this project's files has.
our_options() {
	sed -nE 's/^(menu)?config /CONFIG_/p' \
		"$TOP"/drivers/gpu/drm/{drm_pagemap,vgpusvm}/Kconfig
}

fragments() {
	local name
	for name in "${FRAGMENTS[@]}"; do
		cat "$TOP/vm/configs/$name.config"
	done | if [ -n "$OURS" ]; then
		cat
	else
		grep -vwFf <(our_options)
	fi
}

# Options of the fragments that the configuration lacks.
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

# Only when the fragments or a Kconfig of this project changed: kbuild rebuilds what depends on
# an option when that option changes, not when the file is written.
configure() {
	local dir=$1 id
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
	echo "$id" >"$dir/configured"
}

configure_test() {
	local missing
	configure "$1"
	missing=$(not_configured "$1/obj/.config")
	if [ -n "$missing" ]; then
		die "the kernel's configuration lacks these options: $missing"
	fi
}

copy_seed() {
	local from=$1 dir=$2
	rm -rf "$dir/tree" "$dir/obj.tmp"
	cp -al "$from/tree" "$dir/tree"
	cp -a "$from/obj" "$dir/obj.tmp"
	cp "$from/manifest" "$dir/manifest"
	mv "$dir/obj.tmp" "$dir/obj"
}

# Reuses the objects of a kernel that was built before. The tree starts as that kernel's, so
# that make sees the changes.
seed() {
	local dir=$1 from
	for from in "${SEEDS[@]}"; do
		from=$CACHE/$from-$SOURCE_ID
		if [ ! -e "$dir/obj" ] && [ -e "$from/configured" ]; then
			say "starting with the objects of ${from##*/}"
			locked "${from##*/}" copy_seed "$from" "$dir"
		fi
	done
}

# For tests that compare sysfs and configfs with the documents.
copy_abi_checker() {
	mkdir -p "$2"
	(
		cd "$1"
		cp -r --parents Documentation/ABI tools/docs/get_abi.py \
			tools/lib/python "$2"
	)
}

# build_test NAME DIR OUT
build_test() {
	local name=$1 dir=$2 out=$3 release
	mkdir -p "$out/boot"
	if [ -e "$dir/obj/arch/x86/boot/bzImage" ]; then
		say "building the changes of the kernel $name"
	else
		say "building the kernel $name (some 15 minutes; log: $CACHE/log/$name)"
	fi
	logged "$name" kbuild_test "$dir" bzImage modules
	rm -rf "$dir/obj/install"
	logged "$name-install" kbuild_test "$dir" modules_install \
		INSTALL_MOD_PATH=/build/obj/install/usr
	cp -r "$dir/obj/install/usr" "$out/"
	rm -rf "$dir/obj/install" "$out"/usr/lib/modules/*/build
	copy_abi_checker "$dir/tree" "$out/usr/src/linux"
	release=$(basename "$out"/usr/lib/modules/*)
	cp "$dir/obj/arch/x86/boot/bzImage" "$out/boot/vmlinuz-$release"
}

# test_dir [NAME]: sets TEST, where tree and objects of a kernel are.
test_dir() {
	kernel_source
	TEST=$CACHE/${1:-test}-$SOURCE_ID
	mkdir -p "$TEST"
}

# sync_test NAME DIR
sync_test() {
	local name=$1 dir=$2 id
	seed "$dir" >&2
	sync_tree "$dir" >&2
	configure_test "$dir" >&2
	id=$( (tree_list "$dir/stage" .; cat "$dir/obj/.config" "$TOP/vm/lib/testkernel.sh"
		echo "$dir") | key)
	product "$CACHE/layer-$name-$id" build_test "$name" "$dir"
	prune 3 "$CACHE/layer-$name-$id" "$CACHE/layer-$name"-[0-9a-f]*[0-9a-f] >&2
	echo "$CACHE/layer-$name-$id"
}

# test_kernel NAME: sets LAYER, VMLINUZ and INITRAMFS.
test_kernel() {
	built_kernel "$1"
	test_dir "$1"
	LAYER=$(locked "${TEST##*/}" sync_test "$1" "$TEST")
	VMLINUZ=$(echo "$LAYER"/boot/vmlinuz-*)
	initramfs "${VMLINUZ#*/vmlinuz-}" "$LAYER/usr"
}
