#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Trees and archives with random faults: each command ends by itself, with one of its statuses.
# GPUSVM_FUZZ_SEED repeats the faults of an earlier run. GPUSVM_FUZZ_ROUNDS is the number of
# trees.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

rounds=${GPUSVM_FUZZ_ROUNDS:-40}
seed=${GPUSVM_FUZZ_SEED:-$RANDOM$RANDOM}
echo "# seed $seed"

printf 'member = pci-0000:03:00.0 pci-0000:05:00.0\n' >new.conf
commands=("list" "list -J initiators" "list -O links" "list groups" "matrix" "tree" "show 1"
	"check" "resolve 1 card0" "select" "select -c 2" "select --near card1 --all"
	"select --near cpu:3" "explain card0 card1" "group show -O" "group --dry-run apply new.conf"
	"group status new.conf" "group --shell start new.conf"
	"run -p 1 -- true" "resolve 03:00.0" "check --against tree" "matrix --show all 1 2"
	"list pagemaps card0 -x FREE" "snapshot" "bench" "bench -J")
for format in dot svg html prometheus slurm dra cdi jgf nfd hwloc nccl; do
	commands+=("export $format --node n1")
done

# make_whole_tree: a tree with all files that commands read, including peer groups and CPUs.
make_whole_tree() {
	local dir cpu
	make_tree gpus=3 topology=full regions=2,1 nodes=2 refused=1 pci=1
	dir=$sys/kernel/config/drm_pagemap/groups
	mkdir -p "$dir"/{left,right}/members/pci-0000:0{3,4}:00.0
	echo 1 >"$dir/left/enabled"
	echo 0 >"$dir/right/enabled"
	echo joined | tee "$dir"/{left,right}/members/pci-0000:0{3,4}:00.0/state >"$dir/../enabled_groups"
	echo ok | tee "$dir"/{left,right}/members/pci-0000:0{3,4}:00.0/reason >/dev/null
	mkdir -p tree/run/gpusvm-peer-groups
	printf 'left\nright\n' >tree/run/gpusvm-peer-groups/groups
	dir=$sys/devices/system
	for cpu in {0..3}; do
		mkdir -p "$dir/cpu/cpu$cpu/topology"
		echo $((cpu / 2)) >"$dir/cpu/cpu$cpu/topology/physical_package_id"
		echo $((cpu % 2)) >"$dir/cpu/cpu$cpu/topology/core_id"
	done
	echo 0-3 | tee "$dir/cpu/present" >"$dir/cpu/online"
	echo 0-1 >"$dir/node/has_cpu"
	echo 3 >"$dir/node/node0/cpumap"
}

# survives COMMAND...: the command ends in time, and not by a signal.
survives() {
	timeout 20 "$tool" --sysroot "$root" "$@" >out 2>err </dev/null
	status=$?
	[ "$status" -lt 14 ] || [ "$status" -eq 17 ] || [ "$status" -eq 125 ]
}

# survives_all SEED
survives_all() {
	local command good=0
	for command in "${commands[@]}"; do
		# shellcheck disable=SC2086
		survives $command && continue
		echo "# status $status of: $command"
		good=1
	done
	return "$good"
}

root=tree
for ((round = 0; round < rounds; round++)); do
	make_whole_tree
	"$GPUSVM_TESTS/fuzz-tree" tree $((seed + round)) >broken
	check "fuzz: seed $((seed + round))" survives_all
	if [ "$failures" -gt 0 ]; then
		sed 's/^/# /' broken
		break
	fi
done

make_tree gpus=2 topology=none refused=1
mkdir -p "$sys/$(printf 'y%.0s' {1..90})/$(printf 'z%.0s' {1..90})"
tar -cf gnu.tar -C tree sys
tar --format=pax -cf pax.tar -C tree sys
root=bad.tar
for ((round = 0; round < 2 * rounds; round++)); do
	from=gnu.tar
	((round % 2)) || from=pax.tar
	"$GPUSVM_TESTS/fuzz-archive" $((seed + round)) $from bad.tar
	check "fuzz: seed $((seed + round)): $from" survives list links
done
root=tree

# Some of them again with valgrind, which finds memory errors
if command -v valgrind >/dev/null; then
	for ((round = 0; round < 3; round++)); do
		make_whole_tree
		"$GPUSVM_TESTS/fuzz-tree" tree $((seed + round)) >broken
		for command in "list -J" "group show -O" "select -c 2"; do
			# shellcheck disable=SC2086
			timeout 120 valgrind -q --error-exitcode=99 --leak-check=no \
				"$tool" --sysroot tree $command >out 2>err </dev/null
			status=$?
			check "fuzz: seed $((seed + round)): valgrind of $command" test "$status" -ne 99 -a "$status" -lt 124
		done
	done
else
	skip "fuzz: under valgrind" "no valgrind"
fi

[ "$failures" -eq 0 ]
