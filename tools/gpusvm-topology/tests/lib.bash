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

# set_generation NUMBER: at once, as the kernel does it.
set_generation() {
	echo "$1" >"$topology/new"
	mv "$topology/new" "$topology/generation"
}

# make_machine: the same, of a machine of two packages with two cores of two threads each,
# which are numbered in turn, with a GPU at each.
make_machine() {
	local system=tree/sys/devices/system cpu gpu
	local siblings=(11 22 44 88) packages=(55 aa)
	make_tree gpus=2
	mkdir -p "$system"/node/node{0,1} "$system"/cpu/cpu{0..7}/topology
	echo 0-7 | tee "$system"/cpu/{present,possible} >"$system/cpu/online"
	echo 0-1 | tee "$system/node/online" >"$system/node/has_cpu"
	echo 0,2,4,6 >"$system/node/node0/cpulist"
	echo 1,3,5,7 >"$system/node/node1/cpulist"
	for cpu in {0..7}; do
		cd "$system/cpu/cpu$cpu/topology" || exit
		echo $((cpu % 2)) >physical_package_id
		echo $((cpu / 2 % 2)) >core_id
		echo "${siblings[cpu % 4]}" >core_cpus
		echo "${packages[cpu % 2]}" >package_cpus
		cd "$OLDPWD" || exit
	done
	for gpu in 0 1; do
		echo "${packages[gpu]}" >"$system/node/node$gpu/cpumap"
		echo "$gpu" >"tree/sys/class/drm_pagemap/pagemap$((gpu + 1))/numa_node"
	done
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
