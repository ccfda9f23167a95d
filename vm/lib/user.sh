# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The programs: tools, examples and test helpers, compiled in the root.

USER_SOURCES=(tools include/uapi tests examples bench Documentation/ABI)
USER_DIRS=(tools/gpusvm-topology examples tests/vm tests/fuzz tests/faultinject tests/soak bench)

# compile_user SOURCES BUILD: each directory by its own Makefile, if it has one.
compile_user() {
	local src=$1 build=$2 dir
	for dir in "${USER_DIRS[@]}"; do
		if [ -e "$src/$dir/Makefile" ]; then
			logged "user-${dir//\//-}" in_root "$ROOT" "$src:/build/src" \
				"$build:/build/obj" -- make -j "$JOBS" -C "/build/src/$dir" \
				BUILD=/build/obj UAPI=/build/src/include/uapi
		fi
	done
}

# What the Makefiles leave in the build directory itself, no deeper, is for the
# VM: programs and shared libraries.
build_user() {
	local dir=$CACHE/user-${ROOT##*-} out=$1
	mkdir -p "$dir/build" "$out/bin" "$out/lib" "$out/src"
	say "building the programs"
	compile_user "$dir/src" "$dir/build"
	find "$dir/build" -maxdepth 1 -name '*.so*' -exec cp -Pt "$out/lib" {} +
	find "$dir/build" -maxdepth 1 -type f -perm -u+x ! -name '*.so*' \
		-exec cp -t "$out/bin" {} +
}

# Sets PROGRAMS.
stock_user() {
	PROGRAMS=$(locked user sync_user)
}

sync_user() {
	local dir=$CACHE/user-${ROOT##*-} id
	sync_sources "$dir/src" "${USER_SOURCES[@]}" >&2
	id=$( (echo "${ROOT##*-}"; cat "$TOP/vm/lib/user.sh"
		tree_list "$dir/src" . | grep -v '\.sh$') | key)
	product "$CACHE/programs-$id" build_user
	prune 4 "$CACHE/programs-$id" "$CACHE"/programs-*[0-9a-f] >&2
	echo "$CACHE/programs-$id"
}
