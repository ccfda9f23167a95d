# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Builds kernels after mails of the series. DIR/repo has the mails as commits, DIR/tree and
# DIR/obj are the tree and its objects. The configuration is that of the kernel "kunit".

built_kernel kunit
SEEDS=(kunit kunit-pristine)

# Sets DIR for SOURCE.
series_dir() {
	DIR=$CACHE/series-$SOURCE_ID
	mkdir -p "$DIR"
	series_by_nobody
}

# checkout COMMIT: set the tree to this commit.
checkout() {
	in_repository "$DIR/repo" checkout -q "$1" &&
		rm -rf "$DIR/stage" &&
		cp -r "$DIR/repo" "$DIR/stage" &&
		rm -rf "$DIR/stage/.git" &&
		sync_stage "$DIR" &&
		configure "$DIR"
}

# Print the directories that the series is about and that exist in the tree.
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

# Reduce symbols of trace points and static calls to their names.
plain_names() {
	sed -E 's/^__(tracepoint|traceiter|SC[TK]_(_tp_func)?)_//' | LC_ALL=C sort -u
}

# needed_symbols PART...: print the symbols that the modules of these parts import.
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

# Symbols that the source exports. Those whose names macros build come from the stock kernel.
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

# unknown_symbols PART...: print symbols that the modules import and no source exports. Nothing
# is linked, because that would need a kernel image.
unknown_symbols() {
	LC_ALL=C comm -23 <(needed_symbols "$@") <(
		{
			kernel_symbols
			exported_symbols "$DIR/stage"
		} | LC_ALL=C sort -u
	)
}

# builds PART...: the parts build without warnings and import no unknown symbol.
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
