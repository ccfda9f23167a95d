# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Prints TAP for checks on the host, and remembers what passed.

# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

in_subshell() (
	"$@"
)

# try NAME COMMAND...: as ok(), but COMMAND may exit, and changes no variable.
try() {
	ok "$1" in_subshell "${@:2}"
}

# try_once KEY NAME COMMAND...: as try, for a command whose outcome depends on KEY only. If it
# passed before, it does not run again.
try_once() {
	local passed=$CACHE/passed/$1
	shift
	if [ -e "$passed" ]; then
		try "$1" touch "$passed"
		return
	fi
	try "$@"
	if [ "$TAP_PASSED" = yes ]; then
		mkdir -p "$CACHE/passed"
		: >"$passed"
	fi
}

# passed_file RULES FILE COMMAND...: print the key for the outcome of COMMAND on FILE. RULES is
# the key of everything else that the outcome depends on.
passed_file() {
	(
		echo "$1 ${*:3} $2"
		cat "$2"
	) | key
}

# pass_together RULES COMMAND...: run COMMAND once for all new files of standard input. If it
# passes, record that for each file. One run is faster, because such programs start slowly.
pass_together() {
	local rules=$1 file new=() passed=()
	shift
	while read -r file; do
		passed+=("$CACHE/passed/$(passed_file "$rules" "$file" "$@")")
		if [ -e "${passed[-1]}" ]; then
			unset 'passed[-1]'
		else
			new+=("$file")
		fi
	done
	if [ "${#new[@]}" -gt 1 ] && "$@" "${new[@]}" >/dev/null 2>&1; then
		mkdir -p "$CACHE/passed"
		touch "${passed[@]}"
	fi
}

# try_files RULES WHAT COMMAND...: print a point for each file of standard input.
try_files() {
	local rules=$1 what=$2 files file
	shift 2
	mapfile -t files
	printf '%s\n' "${files[@]}" | pass_together "$rules" "$@"
	for file in "${files[@]}"; do
		try_once "$(passed_file "$rules" "$file" "$@")" "$what of $file" "$@" "$file"
	done
}
