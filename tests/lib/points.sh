# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# TAP for checks on the host.

POINTS=0

# try NAME COMMAND...: a point; what the command says is shown when it fails.
try() {
	local name=$1 out
	shift
	POINTS=$((POINTS + 1))
	if out=$("$@" 2>&1); then
		echo "ok $POINTS - $name"
	else
		echo "not ok $POINTS - $name"
		printf '%s\n' "$out" | sed 's/^/#   /'
	fi
}

done_testing() {
	echo "1..$POINTS"
}
