# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the tests of the tool: lines of TAP, trees to break, and a run of the tool
# whose output, messages and exit status can be looked at.

tool=$GPUSVM_BUILD/gpusvm-topology
failures=0

# check WHAT COMMAND...: one test.
check() {
	local what=$1
	shift
	if "$@"; then
		echo "ok - $what"
	else
		echo "not ok - $what"
		sed 's/^/# stdout: /' out 2>/dev/null
		sed 's/^/# stderr: /' err 2>/dev/null
		failures=$((failures + 1))
	fi
}

skip() {
	echo "ok - $1 # SKIP $2"
}

# make_tree [PARAMETER...]: a new tree in "tree". Tests use $sys and $topology.
make_tree() {
	rm -rf tree
	"$GPUSVM_TESTS/make-tree" tree "$@" || exit
	sys=tree/sys
	topology=$sys/devices/virtual/drm_pagemap/topology
}

# run ARGUMENT...: sets $status, and leaves "out" and "err".
run() {
	"$tool" "$@" >out 2>err
	status=$?
}

# run_tree ARGUMENT...: the same on the tree.
run_tree() {
	run --sysroot tree "$@"
}

# prints LINE...: the output is exactly these lines.
prints() {
	printf '%s\n' "$@" | diff -u - out >differences && return
	sed 's/^/# /' differences
	return 1
}

# ended_with STATUS: with it, and with messages if and only if it is not 0.
ended_with() {
	[ "$status" -eq "$1" ] || return
	if [ "$1" -eq 0 ]; then
		[ ! -s err ]
	else
		[ -s err ]
	fi
}

# warned TEXT...: exactly these warnings.
warned() {
	printf 'gpusvm-topology: warning: %s\n' "$@" | diff -u - err >differences && return
	sed 's/^/# /' differences
	return 1
}

# check_json WHAT [OPTION]...: one test of whether the output is as the schema
# says; see check-json. It is kept for finish_json, because Python takes its time.
check_json() {
	local what=$1
	shift
	mkdir -p json.d
	jsons=$((${jsons:-0} + 1))
	cp out "json.d/$jsons"
	printf '%s\t%s\t%s\n' "json.d/$jsons" "$*" "$what" >>json.d/list
}

# finish_json: the tests that check_json has kept.
finish_json() {
	"$GPUSVM_TESTS/check-json" <json.d/list >json.d/results 2>&1 ||
		failures=$((failures + 1))
	cat json.d/results
}

# json FILTER: what jq makes of the output, in one line.
json() {
	jq -c "$1" out
}
