#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Commands that show all objects, restricted to GPUs, pagemaps and groups.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

# Groups of GPUs 0 and 1 with pagemaps 1, 2, 3, and of GPUs 2 and 3 with pagemap 4
make_tree gpus=4 topology=ring regions=2,1 memless=1

# shows WHAT LINE... -- ARGUMENT...
shows() {
	local what=$1 lines=()
	shift
	while [ "$1" != -- ]; do
		lines+=("$1")
		shift
	done
	shift
	run_tree "$@"
	check "restrict: $what" prints "${lines[@]}"
	check "restrict: $what: status" ended_with 0
}

shows "a GPU has all its pagemaps" 1 2 -- list pagemaps platform-vgpusvm.0 -rn -o ID
shows "a render node is a GPU" 3 -- list pagemaps renderD129 -rn -o ID
shows "a pagemap by ID" 2 -- list pagemaps 2 -rn -o ID
shows "a pagemap has its GPU" platform-vgpusvm.0 -- list initiators -rn -o UID 2
shows "a group has all its members" 1 2 3 -- list pagemaps auto-platform-vgpusvm.0 -rn -o ID
shows "several names, in the usual order" 1 2 4 -- list pagemaps 4 platform-vgpusvm.0 -rn -o ID
shows "links with both ends" "platform-vgpusvm.1 3" "platform-vgpusvm.2 3" \
	"platform-vgpusvm.1 4" "platform-vgpusvm.2 4" \
	-- list links platform-vgpusvm.1 platform-vgpusvm.2 -rn -o INITIATOR,PAGEMAP
shows "groups with a part of their members" "auto-platform-vgpusvm.0 3 platform-vgpusvm.1" \
	-- groups platform-vgpusvm.1 -rn -o NAME,PAGEMAPS,INITIATORS
shows "a matrix" "INITIATOR          pagemap3       pagemap4" \
	"platform-vgpusvm.1 local          xelink !clique" \
	"platform-vgpusvm.2 xelink !clique local" \
	-- matrix platform-vgpusvm.1 platform-vgpusvm.2
shows "a tree" auto-platform-vgpusvm.2 platform-vgpusvm.3 \
	-- tree card3 -rn -o NAME
run_tree export dot 4 3
check "restrict: export: GPUs" test "$(grep -c 'pagemap [0-9]' out)" -eq 2
check "restrict: export: groups" test "$(grep -c 'subgraph cluster' out)" -eq 2
run_tree export prometheus --all-links 3
check "restrict: export: series" test "$(grep -c '^gpusvm_link_direct' out)" -eq 1
run_tree matrix -J 3
check "restrict: JSON" test "$(json '[.rows[].cells[].pagemap_id]')" = '[3]'

make_tree gpus=8 topology=full pci=1 parts=4
shows "all partitions of a device" 1 2 3 4 -- list pagemaps 03:00.0 -rn -o ID

run_tree list pagemaps -rn -o ID 2 nothing
check "restrict: a missing one: the others" prints 2
check "restrict: a missing one: status" ended_with 5
check "restrict: a missing one: message" grep -qx \
	'gpusvm-topology: pagemap, GPU or group "nothing" does not exist' err
run_tree matrix nothing
check "restrict: all are missing: status" ended_with 5
check "restrict: all are missing: no output" test ! -s out

[ "$failures" -eq 0 ]
