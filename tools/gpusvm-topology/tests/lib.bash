# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Functions for the tests of the tool: points of TAP, trees that tests may break, and runs of
# the tool whose output, messages and exit status tests can check.

tool=$GPUSVM_BUILD/gpusvm-topology
failures=0

# check WHAT COMMAND...: one point, which passes if COMMAND does.
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

# make_tree [PARAMETER...]: makes a new tree in "tree". Tests use $sys and $topology.
make_tree() {
	rm -rf tree
	"$GPUSVM_TESTS/make-tree" tree "$@" || exit
	sys=tree/sys
	topology=$sys/devices/virtual/drm_pagemap/topology
}

# make_gpus [PARAMETER...]: a tree whose GPUs mock-gpu.so drives.
make_gpus() {
	local node
	make_tree "$@"
	mkdir -p tree/dev/dri
	for node in "$sys"/class/drm_pagemap_initiator/*/render; do
		touch "tree/dev/dri/$(basename "$(readlink "$node")")"
	done
}

# set_generation NUMBER: sets it atomically, as the kernel does.
set_generation() {
	echo "$1" >"$topology/new"
	mv "$topology/new" "$topology/generation"
}

# put_cpus PRESENT NODE0 NODE1: sets the CPUs of the tree's machine, and of its two nodes, such
# as "0 2 4". Standard input has the online ones, as lines of "CPU PACKAGE CORE".
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

# make_machine: makes a tree of a machine with two packages, each with a GPU and two cores of two
# threads. The numbers of CPUs alternate between packages.
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

# run ARGUMENT...: runs the tool, and sets $status, "out" and "err".
run() {
	"$tool" "$@" >out 2>err
	status=$?
}

# run_tree ARGUMENT...: the same with the tree as sysroot.
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

# ended_with STATUS: the tool exited with STATUS, and printed messages exactly if it is not 0.
ended_with() {
	[ "$status" -eq "$1" ] || return
	if [ "$1" -eq 0 ]; then
		[ ! -s err ]
	else
		[ -s err ]
	fi
}

# warned TEXT...: the tool printed exactly these warnings.
warned() {
	printf 'gpusvm-topology: warning: %s\n' "$@" | same_as err
}

# check_json WHAT [OPTION]...: one point, which compares the output with the schema; see
# check-json. finish_json runs it later, because Python starts slowly.
check_json() {
	local what=$1
	shift
	mkdir -p json.d
	jsons=$((${jsons:-0} + 1))
	cp out "json.d/$jsons"
	printf '%s\t%s\t%s\n' "json.d/$jsons" "$*" "$what" >>json.d/list
}

# finish_json: runs the tests of check_json.
finish_json() {
	"$GPUSVM_TESTS/check-json" <json.d/list >json.d/results 2>&1 ||
		failures=$((failures + 1))
	cat json.d/results
}

# json FILTER: prints the output filtered by jq, in one line.
json() {
	jq -c "$1" out
}
