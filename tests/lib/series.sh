# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Building what the series makes of a kernel: DIR/repo has it as commits, DIR/tree and
# DIR/obj are the tree and its objects. It has the configuration of the kernel "kunit".

built_kernel kunit
SEEDS=(kunit kunit-pristine)

# Sets DIR for SOURCE.
series_dir() {
	DIR=$CACHE/series-$SOURCE_ID
	mkdir -p "$DIR"
	series_by_nobody
}

# checkout COMMIT: the tree is as it is then.
checkout() {
	in_repository "$DIR/repo" checkout -q "$1" &&
		rm -rf "$DIR/stage" &&
		cp -r "$DIR/repo" "$DIR/stage" &&
		rm -rf "$DIR/stage/.git" &&
		sync_stage "$DIR" &&
		configure "$DIR"
}

# What of the kernel the series is about, as far as it is there.
series_parts() {
	(
		cd "$DIR/tree"
		for part in drivers/gpu/drm/{drm_pagemap,vgpusvm,xe}; do
			if [ -e "$part/Makefile" ]; then
				echo "$part"
			fi
		done
	)
}

# Symbols of trace points and static calls go by the names of these.
plain_names() {
	sed -E 's/^__(tracepoint|traceiter|SC[TK]_(_tp_func)?)_//' | LC_ALL=C sort -u
}

# needed_symbols PART...: what its modules take from elsewhere.
needed_symbols() {
	local modules
	mapfile -t modules < <(printf "$DIR/obj/%s/modules.order\n" "$@" | xargs cat |
		sed 's,^,/build/obj/,')
	in_root "$ROOT" "$DIR/obj:/build/obj" -- nm -u "${modules[@]}" |
		awk '$1 == "U" && $2 != "__this_module" { print $2 }' | plain_names
}

# exported_symbols PATH...
exported_symbols() {
	grep -rhoE --include='*.[chS]' \
		'\bEXPORT_(\w*SYMBOL|STATIC_CALL)\w*\(\w+' "$@" | sed 's/.*(//' || true
}

# What the source exports; names that macros make are known from the stock kernel.
kernel_symbols() {
	if [ ! -e "$DIR/exported" ] || [ -n "${KERNEL_SRC:-}" ]; then
		{
			exported_symbols "$SOURCE"
			cut -f2 "$ROOT"/usr/lib/modules/*/build/Module.symvers
		} | plain_names >"$DIR/exported.new"
		mv "$DIR/exported.new" "$DIR/exported"
	fi
	cat "$DIR/exported"
}

# unknown_symbols PART...: nothing is linked, as that would take an image; so what the
# modules ask for is compared with what there is in the sources.
unknown_symbols() {
	LC_ALL=C comm -23 <(needed_symbols "$@") <(
		{
			kernel_symbols
			exported_symbols "$DIR/stage"
		} | LC_ALL=C sort -u
	)
}

# builds PART...: without a warning, and nothing is missing.
builds() {
	local log=$CACHE/log/series unknown
	if ! kbuild_test "$DIR" "${@/%/\/}" >"$log" 2>&1 </dev/null ||
		grep -E '(warning|error|WARNING|ERROR):' "$log"; then
		tail -n 40 "$log"
		return 1
	fi
	unknown=$(unknown_symbols "$@")
	if [ -n "$unknown" ]; then
		printf 'not exported: %s\n' "$unknown"
		return 1
	fi
}
