#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The export for Slurm, read by Slurm's daemon.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

# machine COMMAND...: Slurm and hwloc see the machine of the tree, or one with $cores cores (1) if
# the tree has no CPUs.
machine() {
	if [ -e tree/sys/devices/system/cpu/cpu0/topology ]; then
		env HWLOC_COMPONENTS=linux,stop HWLOC_FSROOT="$PWD/tree" "$@"
	else
		env HWLOC_SYNTHETIC="core:${cores:-1} pu:1" "$@"
	fi
}

# configure: makes a directory "slurm" from the output of the tool. The nodes of GPUs must
# exist, so they are links to /dev/null.
configure() {
	local node count=0
	rm -rf slurm
	mkdir -p slurm/dri
	while read -r node; do
		ln -s /dev/null "slurm/dri/$node"
		count=$((count + 1))
	done < <(sed -n 's,.*Name=gpu File=/dev/dri/\([^ ]*\).*,\1,p' out)
	sed "s,File=/dev/,File=$PWD/slurm/," out >slurm/gres.conf
	echo CgroupPlugin=disabled >slurm/cgroup.conf
	cat >slurm/slurm.conf <<-CONF
		ClusterName=test
		SlurmctldHost=localhost
		SlurmdUser=$(id -un)
		SlurmdSpoolDir=$PWD/slurm
		AuthType=auth/none
		CredType=cred/none
		DebugFlags=GRES
		GresTypes=gpu
		$(machine slurmd -C | sed -n 's/^NodeName=[^ ]*/NodeName=test/p') Gres=gpu:$count
	CONF
}

# lists: prints the GPUs that slurmd reads, such as "renderD128 Cores=0-1 Links=-1,1". Fails if
# slurmd logs that it ignores something.
lists() {
	machine slurmd -G -N test -f "$PWD/slurm/slurm.conf" >slurmd.log 2>&1 &&
		! grep -E '(warning|error|fatal): ' slurmd.log &&
		sed -n 's/.* File=[^ ]*\/\([^ ]*\)\( Cores=[^ ]*\)\?.*\( Links=[^ ]*\).*/\1\2\3/p' \
			slurmd.log
}

# lists_all: slurmd reads exactly the output of the tool.
lists_all() {
	configure
	diff -u <(sed -n 's/.*Name=gpu File=\/dev\/dri\/\([^#]*\) #.*/\1/p' out) <(lists) >differences &&
		[ -s slurm/gres.conf ] && return
	sed 's/^/# /' differences slurmd.log
	return 1
}

# refuses EXPRESSION: slurmd does not accept the file after this change by sed.
refuses() {
	configure
	sed -i "$1" slurm/gres.conf
	! lists >/dev/null
}

# links LINE...: the tool has printed exactly these links.
links() {
	printf '%s\n' "$@" | diff -u - <(sed -n 's/.*Links=\([^ ]*\).*/\1/p' out) >differences &&
		return
	sed 's/^/# /' differences
	return 1
}

# cores_of_node GPU NODE: according to hwloc, the GPU's cores are those of the node.
cores_of_node() {
	local cores
	cores=$(sed -n "s/.*$1 Cores=\([^ ]*\).*/\1/p" out)
	[ "$(machine hwloc-calc "core:$cores")" = "$(machine hwloc-calc "node:$2")" ]
}

# judge_cores WHAT: GPU n is at node n.
judge_cores() {
	local gpu
	for gpu in 0 1; do
		if command -v hwloc-calc >/dev/null; then
			check "slurm: $1: cores of GPU $gpu" \
				cores_of_node "renderD$((128 + gpu))" "$gpu"
		else
			skip "slurm: $1: cores of GPU $gpu" "no hwloc-calc"
		fi
	done
}

judge() {
	if command -v slurmd >/dev/null; then
		check "slurm: $1" "${@:2}"
	else
		skip "slurm: $1" "no slurmd"
	fi
}

# slurm WHAT ARGUMENT...: exports the topology, and lets slurmd check it.
slurm() {
	run "${@:2}" export slurm --node test
	check "slurm: $1: status" ended_with 0
	judge "$1" lists_all
}

for description in "gpu:1" "gpu:2 memless=2" "gpu:3 line" "gpu:4 none" \
	"gpu:8 full bw=64000 lat=700" "gpu:9 switches:3 numa=2 far-bw=16000" \
	"gpu:8 islands:2 regions=2 memless=1 refused=host-bridge type=xgmi"; do
	slurm "$description" --synthetic "$description"
done
tar -xzf "$GPUSVM_TESTS/snapshots/islands.tar.gz" machine.tar
# It lacks files that hwloc reads.
cores=2 slurm "a stored machine" --sysroot machine.tar
for parameters in "gpus=8 topology=full pci=1" "gpus=8 topology=ring regions=2,1 memless=1" \
	"gpus=4 topology=switches refused=1" "gpus=2 bare=1"; do
	# Split it into words.
	# shellcheck disable=SC2086
	make_tree $parameters
	slurm "$parameters" --sysroot tree
done

make_tree gpus=2
run_tree export slurm
check "slurm: a snapshot without --node: no name" test "$(grep -c NodeName= out)" -eq 0
judge "a snapshot without --node" lists_all
run_tree export slurm --node other
judge "lines of another node are ignored" eval 'configure && ! lists | grep -q render'
for name in "" "two words" $'two\nlines'; do
	run_tree export slurm --node "$name"
	check "slurm: a wrong name of the node" ended_with 2
done

# ordered ADDRESS...: the GPUs have this order, and each is the first of its line of links.
ordered() {
	diff <(printf 'pci-%s\n' "$@") <(sed -n 's/.*Links=.* # //p' out) &&
		diff <(seq $#) <(sed -n 's/.*Links=\([^ ]*\).*/\1/p' out |
			awk -F, '{ for (i = 1; i <= NF; i++) if ($i == -1) print i }')
}

make_tree gpus=24 topology=pairs pci=1
slurm "the order of addresses" --sysroot tree
# shellcheck disable=SC2046
check "slurm: the order of addresses" ordered $(printf '0000:%02x:00.0\n' {3..26})

make_tree gpus=3
rm tree/sys/devices/platform/vgpusvm.1/{drm_pagemap_initiator,drm_pagemap}/*/render
slurm "a GPU without a node" --sysroot tree
check "slurm: a GPU without a node is not counted" links -1,1 1,-1

rm -rf tree
slurm "paths that differ much" --synthetic "gpu:4 switches:2 bw=64000 far-bw=16"
check "slurm: the count of a path does not exceed the limit of Slurm" \
	links -1,1023,1,1 1023,-1,1,1 1,1,-1,1023 1,1,1023,-1

make_machine pci=1
slurm "CPUs" --sysroot tree
judge_cores "all CPUs"

# cores OF-GPU-0 OF-GPU-1: the tool has printed exactly these cores.
cores() {
	printf '%s\n' "$@" | diff -u - <(sed -n 's/.*Cores=\([^ ]*\).*/\1/p' out) >differences &&
		return
	sed 's/^/# /' differences
	return 1
}

for cpu in 0 2 4 6 8 10 12 14; do
	echo "$cpu $((cpu / 8)) $((cpu / 2 % 4))"
done | put_cpus 0-15 "0 2 4 6" "8 10 12 14"
slurm "SMT is off" --sysroot tree
check "slurm: SMT is off: cores" cores 0-3 4-7

for cpu in 0 2 3 4 5 6 7 8 10 11 12 13 14 15; do
	echo "$cpu $((cpu / 4 % 2)) $((cpu % 4))"
done | put_cpus 0-15 "0 2 3 8 10 11" "4 5 6 7 12 13 14 15"
run_tree export slurm
check "slurm: a core is offline: cores" cores 0-2 3-6
judge_cores "a core is offline"

for cpu in {0..7}; do
	echo "$cpu 0 $((cpu % 4))"
done | put_cpus 0-7 "0 1 2 3" "4 5 6 7"
run_tree export slurm
check "slurm: nodes that share cores: cores" cores 0-3 0-3

# slurmd detects errors
make_machine pci=1
run_tree export slurm --node test
judge "detection is off" eval 'configure && lists >/dev/null && ! grep -i autodetect slurmd.log |
	grep -qiv off'
for bad in s/Links/Linkz/ s/Links=-1/Links=0/ s/Links=-1/Links=1024/ s/Links=-1/Links=x/ \
	s/Cores=2-3/Cores=2-4/ s/Name=gpu/Name=cpu/ /renderD129/d; do
	judge "refuses $bad" refuses "$bad"
done

[ "$failures" -eq 0 ]
