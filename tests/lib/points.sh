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

# try_once KEY NAME COMMAND...: as try, of a command whose outcome KEY determines: what
# has passed once, passes.
try_once() {
	local passed=$CACHE/passed/$1
	shift
	if [ -e "$passed" ]; then
		try "$1" touch "$passed"
		return
	fi
	try "$@"
	if [ "$TRIED" = yes ]; then
		mkdir -p "$CACHE/passed"
		: >"$passed"
	fi
}

# try_file RULES NAME FILE COMMAND...: once, of a command that looks at FILE and
# judges it by RULES, a key, alone.
try_file() {
	local rules=$1 name=$2 file=$3
	shift 3
	try_once "$( (echo "$rules $*"; cat "$file") | key)" "$name" "$@"
}

done_testing() {
	echo "1..$POINTS"
}
