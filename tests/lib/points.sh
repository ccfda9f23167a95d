# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# TAP for checks on the host.

POINTS=0

# try NAME COMMAND...: a point; what the command says is shown when it fails. Sets
# TRIED to whether it passed.
try() {
	local name=$1 out
	shift
	POINTS=$((POINTS + 1))
	TRIED=yes
	if out=$("$@" 2>&1); then
		echo "ok $POINTS - $name"
	else
		TRIED=no
		echo "not ok $POINTS - $name"
		printf '%s\n' "$out" | sed 's/^/#   /'
	fi
}

# try_file RULES NAME FILE COMMAND...: as try, of a command that looks at FILE and
# judges it by RULES, a key, alone: what has passed once, passes.
try_file() {
	local rules=$1 name=$2 file=$3 passed
	shift 3
	passed=$CACHE/passed/$( (echo "$rules $*"; cat "$file") | key)
	if [ -e "$passed" ]; then
		try "$name" touch "$passed"
		return
	fi
	try "$name" "$@"
	if [ "$TRIED" = yes ]; then
		mkdir -p "$CACHE/passed"
		: >"$passed"
	fi
}

done_testing() {
	echo "1..$POINTS"
}
