#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Trees like real machines: each reading command runs without a warning, and the machines have
# the expected groups and links.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"
# shellcheck source=tools/gpusvm-topology/tests/snapshots/shown.bash
. "$GPUSVM_TESTS/snapshots/shown.bash"

commands=("list -O" "list initiators -O" "list links -O" "list groups -O" tree matrix check
	"export dot" "export svg" "export html" "export prometheus" "export slurm" "export nfd"
	"export hwloc" "export nccl" "export dra --node n1" "export cdi" "export jgf")

# looks WHAT PARAMETER...: all commands accept the machine.
looks() {
	local what=$1
	shift
	make_tree "$@"
	looks_at_tree "$what"
}

looks_at_tree() {
	local what=$1 command
	for command in "${commands[@]}"; do
		# Split it into words.
		# shellcheck disable=SC2086
		run_tree $command
		# NCCL knows GPUs on PCI only.
		if [ "$command" = "export nccl" ] &&
			! compgen -G 'tree/sys/class/drm_pagemap_initiator/pci-*' >/dev/null; then
			check "machines: $what: $command" ended_with 4
		else
			check "machines: $what: $command" ended_with 0
		fi
	done
}

# counts WHAT GROUPS USABLE REFUSED: the machine has so many groups and links.
counts() {
	run_tree groups -rn -o NAME
	check "machines: $1: groups" test "$(wc -l <out)" -eq "$2"
	run_tree list links -rn -o USABLE,ACCESS
	check "machines: $1: usable links" test "$(grep -c ^1 out)" -eq "$3"
	check "machines: $1: refused links" test "$(grep -c none out)" -eq "$4"
}

looks "a full mesh of 8" gpus=8 topology=full pci=1 nodes=2
counts "a full mesh of 8" 1 64 0
looks "two islands of 4" gpus=8 topology=islands refused=1 pci=1 nodes=2
counts "two islands of 4" 2 32 32
looks "a ring of 8" gpus=8 topology=ring
counts "a ring of 8" 4 16 0
looks "4 behind two switches" gpus=4 topology=switches pci=1 nodes=2
counts "4 behind two switches" 1 16 0
run_tree groups -rn -o MIN_READ_BW
check "machines: 4 behind two switches: the slowest path" prints 24000
looks "4 with two tiles" gpus=4 regions=2 pci=1
counts "4 with two tiles" 1 32 0
looks "8 partitions of 2" gpus=8 topology=full pci=1 parts=4
counts "8 partitions of 2" 1 64 0
looks "one without memory" gpus=3 memless=1
counts "one without memory" 1 6 0
run_tree check -J
check_json "machines: findings"

# stored NAME: a snapshot that snapshots/make made on a live machine.
stored() {
	rm -rf tree
	mkdir tree
	tar -xzf "$GPUSVM_TESTS/snapshots/$1.tar.gz"
	tar -C tree -xf machine.tar
	looks_at_tree "the snapshot $1"
	check "machines: the snapshot $1: shows the same as the machine" \
		diff shown <(show "$tool" --sysroot tree 2>&1)
}

# Links in it are directories in the pagemaps, as before they became devices.
stored islands
counts "the snapshot islands" 3 9 1

# Without commands that take the square of this time.
commands=("list -O" "list groups -O" tree "export nfd" "export prometheus" "export slurm")
looks "1024 pagemaps" gpus=1024 topology=pairs
counts "1024 pagemaps" 512 2048 0
run_tree list -J
check_json "machines: 1024 pagemaps: JSON"

finish_json
[ "$failures" -eq 0 ]
