# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The programs: tools, examples and test helpers, compiled in the root.

USER_SOURCES=(tools include/uapi tests examples)
USER_DIRS=(tools/gpusvm-topology examples tests/vm)

# compile_user SOURCES BUILD: each directory by its own Makefile, if it has one.
compile_user() {
	local src=$1 build=$2 dir
	for dir in "${USER_DIRS[@]}"; do
		if [ -e "$src/$dir/Makefile" ]; then
			logged "user-${dir//\//-}" in_root "$ROOT" "$src:/media" \
				"$build:/opt" -- make -j "$JOBS" -C "/media/$dir" \
				BUILD=/opt UAPI=/media/include/uapi
		fi
	done
}

# Programs are found by their ELF header; objects and archives stay behind.
build_user() {
	local dir=$CACHE/user-${ROOT##*-} out=$1 file
	mkdir -p "$dir/build" "$out/bin" "$out/lib" "$out/src"
	say "building the programs"
	compile_user "$dir/src" "$dir/build"
	find "$dir/build" -name '*.so*' -exec cp -Pt "$out/lib" {} +
	find "$dir/build" -type f -perm -u+x ! -name '*.so*' \
		-exec cp -t "$out/bin" {} +
	for file in "$dir"/src/tools/*/bin/*; do
		if [ -x "$file" ]; then
			cp "$file" "$out/bin"
		fi
	done
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
	prune 4 "$CACHE"/programs-*[0-9a-f] >&2
	echo "$CACHE/programs-$id"
}
