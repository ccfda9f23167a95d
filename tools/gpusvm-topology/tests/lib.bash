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

# put_cpus PRESENT NODE0 NODE1: the CPUs of the tree's machine, and of its two nodes, as in
# "0 2 4". Standard input has those that are online, as in "CPU PACKAGE CORE".
put_cpus() {
	local system=tree/sys/devices/system cpu package core node
	local -A online=() cores=() packages=() nodes=()
	while read -r cpu package core; do
		online[$cpu]="$package $core"
		cores[$package/$core]=$((${cores[$package/$core]:-0} | 1 << cpu))
		packages[$package]=$((${packages[$package]:-0} | 1 << cpu))
	done
	rm -rf "$system"
	mkdir -p "$system"/node/node{0,1}
	echo 0-1 | tee "$system/node/online" >"$system/node/has_cpu"
	nodes=([0]=$2 [1]=$3)
	for node in 0 1; do
		echo "${nodes[$node]// /,}" >"$system/node/node$node/cpulist"
		cpu=${nodes[$node]}
		printf '%x\n' $((1 << ${cpu// / | 1 << })) >"$system/node/node$node/cpumap"
	done
	for cpu in "${!online[@]}"; do
		read -r package core <<<"${online[$cpu]}"
		mkdir -p "$system/cpu/cpu$cpu/topology"
		cd "$system/cpu/cpu$cpu/topology" || exit
		echo "$package" >physical_package_id
		echo "$core" >core_id
		printf '%x\n' "${cores[$package/$core]}" >core_cpus
		printf '%x\n' "${packages[$package]}" >package_cpus
		cd "$OLDPWD" || exit
	done
	echo "$1" | tee "$system/cpu/possible" >"$system/cpu/present"
	printf '%s\n' "${!online[@]}" | sort -n | paste -sd, >"$system/cpu/online"
}

# make_machine: a tree of a machine of two packages with two cores of two threads each,
# which are numbered in turn, with a GPU at each.
make_machine() {
	local cpu gpu
	make_tree gpus=2 "$@"
	for cpu in {0..7}; do
		echo "$cpu $((cpu % 2)) $((cpu / 2 % 2))"
	done | put_cpus 0-7 "0 2 4 6" "1 3 5 7"
	for gpu in 0 1; do
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

# same_as FILE: it has exactly the lines of standard input.
same_as() {
	diff -u - "$1" >differences && return
	sed 's/^/# /' differences
	return 1
}

# prints LINE...: the output is exactly these lines.
prints() {
	printf '%s\n' "$@" | same_as out
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
	printf 'gpusvm-topology: warning: %s\n' "$@" | same_as err
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
