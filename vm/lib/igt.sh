# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# IGT: a root of the suite that has it, where this project's IGT tests are compiled, and an
# image of it, in which they and Debian's tests run beside the VM's own root.

IGT_SUITE=forky
IGT_SOURCES=(tests/igt include/uapi patches)

igt_packages() {
	sed '/^#/d' "$TOP/vm/packages-igt"
}

# Made like the other roots, of other packages and another suite.
make_igt_root() (
	# shellcheck disable=SC2317,SC2329 # make_root() calls it
	root_packages() {
		igt_packages
	}
	SUITES=$IGT_SUITE
	make_root igt "$1"
)

# Sets IGT_ROOT.
igt_root() {
	IGT_ROOT=$CACHE/root-$( (igt_packages; echo "$IGT_SUITE"
		declare -f make_root make_igt_root) | key)
	product "$IGT_ROOT" make_igt_root
}

# Sets IGT_IMAGE.
igt_image() {
	IGT_IMAGE=$CACHE/image-${IGT_ROOT##*-}-$(key <"$TOP/vm/lib/image.sh")
	product "$IGT_IMAGE" make_image small "$IGT_ROOT"
}

# The kernel's own tests of memory that devices share, unchanged except for the time limit
# of each: processors may be emulated. Their code expects a libc that does not check calls.
build_hmm() {
	# shellcheck disable=SC2016 # for the shell in the root
	logged igt-hmm in_root "$ROOT" "$SOURCE:/build/src" "$1:/build/out" -- sh -ec '
		dir=/build/src/tools/testing/selftests
		sed "s/\(TEST_TIMEOUT_DEFAULT\) 30/\1 300/" $dir/kselftest_harness.h \
			>/tmp/kselftest_harness.h
		gcc -O2 -U_FORTIFY_SOURCE -D_GNU_SOURCE= -I/tmp -I/build/src -I$dir \
			-I$dir/mm -o /build/out/hmm-tests $dir/mm/hmm-tests.c \
			$dir/mm/vm_util.c $dir/mm/hugepage_settings.c -pthread'
}

# stage_headers SRC DIR: copies the tested interfaces to DIR: this project's, and that of xe
# with the patches.
stage_headers() {
	local src=$1 dir=$2 header=include/uapi/drm/xe_drm.h patch
	rm -rf "$dir.new"
	mkdir -p "$dir.new" "$dir"
	cp -r "$src/include" "$dir.new"
	cp "$SOURCE/$header" "$dir.new/$header"
	patches_for "$src" "$SOURCE" | while read -r patch; do
		(
			cd "$dir.new"
			GIT_CEILING_DIRECTORIES=$dir.new git_alone apply \
				--include="$header" "$patch"
		)
	done
	rsync -rlpc --delete "$dir.new/" "$dir/"
}

build_igt() {
	local src=$1 obj=$2 out=$3
	say "building the IGT tests"
	mkdir -p "$out/hmm"
	stage_headers "$src" "$obj/headers"
	logged igt in_root "$IGT_ROOT" "$src:/build/src" "$obj:/build/obj" \
		"$out:/build/out" -- make -j "$JOBS" -C /build/src/tests/igt \
		BUILD=/build/obj OUT=/build/out UAPI=/build/obj/headers/include/uapi
	build_hmm "$out/hmm"
}

sync_igt() {
	local dir=$CACHE/igt-${IGT_ROOT##*-} id
	sync_sources "$dir/src" "${IGT_SOURCES[@]}" >&2
	mkdir -p "$dir/obj"
	id=$( (echo "${IGT_ROOT##*-} $SOURCE_ID"; cat "$TOP/vm/lib/igt.sh"
		tree_list "$dir/src" .) | key)
	product "$CACHE/programs-igt-$id" build_igt "$dir/src" "$dir/obj"
	prune 4 "$CACHE/programs-igt-$id" "$CACHE"/programs-igt-*[0-9a-f] >&2
	echo "$CACHE/programs-igt-$id"
}

# Sets IGT_PROGRAMS.
igt_programs() {
	kernel_source
	IGT_PROGRAMS=$(locked igt sync_igt)
}

# Sets IGT_VM, the options of vm/run for a VM that has IGT's root as a second disk and the
# programs as a share. These may not be pruned as long as the caller lives.
igt_vm() {
	local shared
	igt_root
	igt_image
	igt_programs
	exec 9<"$IGT_PROGRAMS"
	flock -s 9
	read -r _ shared < <(share igt "$IGT_PROGRAMS")
	IGT_VM=(--mem 3072 --qemu -drive
		--qemu "file=$IGT_IMAGE,format=raw,readonly=on,if=virtio"
		--qemu -virtfs --qemu "$shared")
}
