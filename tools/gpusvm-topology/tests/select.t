#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The command select: IDs of matching pagemaps.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

# Groups of pagemaps 1, 2, 3 and of 4; GPU 3 has no memory. 3 is smaller than the others.
make_tree gpus=4 topology=ring regions=2,1 memless=1 nodes=2
class=tree/sys/class/drm_pagemap
echo 1048576 >"$class/pagemap3/size"
echo 4096 >"$class/pagemap3/free"

# selects "ID..." OPTION...
selects() {
	local ids=$1
	shift
	run_tree select -d ' ' "$@"
	check "select: $*" prints "$ids"
	check "select: $*: status" ended_with 0
}

selects "1 2 3 4"
selects "1 2 3" --group auto-platform-vgpusvm.0
selects "1 2 4" --size 64M
selects "1 2 4" --size 67108864
selects "1 2 3 4" --size 1m
selects "1 2 4" --size 64MiB
selects "1 2 4" --free 8K
selects "1 3 4" --one-each
selects "1 2" --near renderD128 --size 2M
selects "1 2 3" --near platform-vgpusvm.0
selects "3 1 2" --near 3
selects "3 1 2" --near platform-vgpusvm.1-vram0
selects "3 1 2 4" --near card1 --all
selects "3 1" --near card1 --one-each
selects "3 1" --near card1 -c 2
selects "4" --near card3
selects "1 2 4 3" --near node:0
selects "3 1 2 4" --near node:1
selects "3 1 2 4" --near cpu:2
selects "1 2" --near cpu:1 -c 2
selects "1 2" -c 2
selects "1 3" -c 2 -1
selects "1 2 3" -c 3
selects "4" -c 1 -g auto-platform-vgpusvm.2
selects "platform-vgpusvm.2-vram0" -u --near card2 -c 1

run_tree select
check "select: one a line" prints 1 2 3 4
run_tree select -J -c 1 --near card1
check "select: JSON" grep -q '"id": 3' out
check_json "select: JSON with its schema"

# finds_none MESSAGE OPTION...
finds_none() {
	local message=$1
	shift
	run_tree select "$@"
	check "select: $*: $message" grep -qx "gpusvm-topology: $message" err
	check "select: $*: status" ended_with 5
	check "select: $*: no output" test ! -s out
}

finds_none "no pagemap matches" --size 1T
finds_none "no pagemap matches" --near card3 --size 128M
finds_none "3 pagemaps match, and --count requires 4" --near renderD128 -c 4
finds_none "no 4 matching pagemaps have links between all of their GPUs" -c 4
finds_none "no 3 matching pagemaps have links between all of their GPUs" -c 3 -1
finds_none 'GPU, pagemap, node or CPU "card7" does not exist' --near card7
finds_none 'GPU, pagemap, node or CPU "node:2" does not exist' --near node:2
finds_none 'GPU, pagemap, node or CPU "cpu:4" does not exist' --near cpu:4
finds_none 'GPU, pagemap, node or CPU "node:-1" does not exist' --near node:-1
finds_none 'GPU, pagemap, node or CPU "" does not exist' --near ''
finds_none 'group "left" does not exist' --group left

make_tree gpus=8 topology=full pci=1 parts=4
finds_none '"04:00.0" has several partitions: name one of them, such as pci-0000:04:00.0-0' --near 04:00.0
selects "7 1 2 3 4 5 6 8" --near pci-0000:04:00.0-2
selects "6 1 2 3 4 5 7 8" --near 6

# wrong MESSAGE OPTION...
wrong() {
	local message=$1
	shift
	run_tree select "$@"
	check "select: $*: $message" grep -qF -e "$message" err
	check "select: $*: status" ended_with 2
}

for size in '' M 1X 1MM 1MB 1MiBs -1 1.5G 99999999999999999999 16777216T 0x10; do
	wrong "\"$size\" is not a size such as 64M" --size "$size"
done
wrong '--count takes a number from 1 on, not "0"' -c 0
wrong '--count takes a number from 1 on, not "two"' -c two
wrong 'too many arguments: "1"' 1

[ "$failures" -eq 0 ]
