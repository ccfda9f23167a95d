# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# TAP, for all that prints it from a shell: checks on the host and tests in VMs.

TAP_POINTS=0
TAP_TMP=$(mktemp -d)
trap 'rm -rf "$TAP_TMP"' EXIT

point() {
	TAP_POINTS=$((TAP_POINTS + 1))
	echo "$1 $TAP_POINTS - $2"
}

diag() {
	REPLY=$*
	echo "# ${REPLY//$'\n'/$'\n# '}"
}

# ok NAME COMMAND...: COMMAND succeeds. Shows its output if it does not. Sets TAP_PASSED.
ok() {
	local name=$1 status=0
	shift
	"$@" >"$TAP_TMP/out" 2>&1 || status=$?
	TAP_PASSED=yes
	if [ "$status" = 0 ]; then
		point ok "$name"
	else
		TAP_PASSED=no
		point 'not ok' "$name"
		diag "status $status of: $*"
		sed 's/^/#   /' "$TAP_TMP/out"
	fi
}

# nok NAME COMMAND...: COMMAND fails.
nok() {
	local name=$1
	shift
	if "$@" >"$TAP_TMP/out" 2>&1; then
		point 'not ok' "$name"
		diag "succeeded: $*"
		sed 's/^/#   /' "$TAP_TMP/out"
	else
		point ok "$name"
	fi
}

# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then
		point ok "$1"
	else
		point 'not ok' "$1"
		diag "got:    $2"
		diag "wanted: $3"
	fi
}

# like NAME GOT REGEX
like() {
	if [[ $2 =~ $3 ]]; then
		point ok "$1"
	else
		point 'not ok' "$1"
		diag "got:            $2"
		diag "does not match: $3"
	fi
}

# skip REASON NAME
skip() {
	point ok "$2 # SKIP $1"
}

# skip_all REASON: this test can't run here.
skip_all() {
	echo "1..0 # SKIP $1"
	exit
}

done_testing() {
	echo "1..$TAP_POINTS"
}

# subtest NAME COMMAND...: COMMAND prints TAP of its own.
subtest() {
	local name=$1 status=0
	shift
	echo "# Subtest: $name"
	"$@" 2>&1 | sed -u 's/^/    /' || status=$?
	if [ "$status" = 0 ]; then
		point ok "$name"
	else
		point 'not ok' "$name"
	fi
}
