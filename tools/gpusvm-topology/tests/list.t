#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The command list, on trees without faults.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

make_tree gpus=4 topology=pairs regions=2,1 memless=1

run_tree list
check "list: status" ended_with 0
check "list: pagemaps" prints \
	"ID UID                      SIZE FREE NODE STATE GROUP                   RENDER     RIGHTS" \
	" 1 platform-vgpusvm.0-vram0  64M  64M   -1 idle  auto-platform-vgpusvm.0 renderD128 -" \
	" 2 platform-vgpusvm.0-vram1  64M  64M   -1 idle  auto-platform-vgpusvm.0 renderD128 -" \
	" 3 platform-vgpusvm.1-vram0  64M  64M   -1 idle  auto-platform-vgpusvm.0 renderD129 -" \
	" 4 platform-vgpusvm.2-vram0  64M  64M   -1 idle  auto-platform-vgpusvm.2 renderD130 -"

cp out expected
run_tree list pagemaps
check "list: pagemaps are the default" cmp out expected

run_tree list initiators
check "list: initiators" prints \
	"UID                RENDER     RIGHTS GROUP                   OWN USABLE" \
	"platform-vgpusvm.0 renderD128 -      auto-platform-vgpusvm.0 1-2 1-3" \
	"platform-vgpusvm.1 renderD129 -      auto-platform-vgpusvm.0 3   1-3" \
	"platform-vgpusvm.2 renderD130 -      auto-platform-vgpusvm.2 4   4" \
	"platform-vgpusvm.3 renderD131 -      auto-platform-vgpusvm.2 -   4"

run_tree list groups -n -r -O
check "list: groups, all columns" prints \
	"auto-platform-vgpusvm.0 hardware 1-3 platform-vgpusvm.0,platform-vgpusvm.1 0 0 - - - 53000 53000" \
	"auto-platform-vgpusvm.2 hardware 4 platform-vgpusvm.2,platform-vgpusvm.3 0 0 - - - 53000 53000"

cp out expected
run_tree groups -n -r -O
check "list: the command groups prints the same" cmp out expected

run_tree list links -r -n -o INITIATOR,PAGEMAP,TYPE,READ_BW,ACCESS,USABLE
check "list: links" prints \
	"platform-vgpusvm.0 1 local 400000 direct 1" \
	"platform-vgpusvm.1 1 xelink 53000 direct 1" \
	"platform-vgpusvm.0 2 local 400000 direct 1" \
	"platform-vgpusvm.1 2 xelink 53000 direct 1" \
	"platform-vgpusvm.0 3 xelink 53000 direct 1" \
	"platform-vgpusvm.1 3 local 400000 direct 1" \
	"platform-vgpusvm.2 4 local 400000 direct 1" \
	"platform-vgpusvm.3 4 xelink 53000 direct 1"

run_tree list links -rn -o INITIATOR,READ_BYTES,WRITE_BYTES 1
check "list: statistics of links" prints "platform-vgpusvm.0 3M 1M"
run_tree list links -rnb -o READ_BYTES,WRITE_BYTES 1
check "list: statistics of links, bytes" prints "3145728 1048576"
run_tree list links
check "list: statistics of links are not shown by default" eval '! grep -q BYTES out'

run_tree list -P -b -o id,uid,size
check "list: pairs, bytes, columns in lower case" prints \
	'ID="1" UID="platform-vgpusvm.0-vram0" SIZE="67108864"' \
	'ID="2" UID="platform-vgpusvm.0-vram1" SIZE="67108864"' \
	'ID="3" UID="platform-vgpusvm.1-vram0" SIZE="67108864"' \
	'ID="4" UID="platform-vgpusvm.2-vram0" SIZE="67108864"'

run_tree list -n -r -o +INSTANCE,DEVICE
check "list: columns added" \
	grep -qx "2 platform-vgpusvm.0-vram1 64M 64M -1 idle auto-platform-vgpusvm.0 renderD128 - 1 vgpusvm.0" out

run list -n -r -o ID --sysroot tree
check "list: --sysroot after the command" prints 1 2 3 4

make_tree gpus=1 bare=1
run_tree list -r -n -o ID,FREE,DMEM
check "list: an unknown value is a dash" prints "1 - -"
check "list: an unknown value causes no warning" ended_with 0
run_tree list -P -o ID,FREE,DMEM
check "list: in pairs, an unknown value is empty" prints 'ID="1" FREE="" DMEM=""'
run_tree list links -r -n -o HOPS,READ_BW,WRITE_BW,READ_LAT,WRITE_LAT,MAX_READ_BW,MAX_WRITE_BW
check "list: unknown performance attributes" prints "- - - - - - -"
run_tree list links -r -n -o READ_BYTES,WRITE_BYTES
check "list: unknown statistics" prints "- -"

make_tree gpus=1 vram=1610612736
run_tree list -r -n -o SIZE
check "list: size with a fraction" prints 1.5G

make_tree gpus=2 memless=2 topology=none
run_tree list
check "list: no pagemaps" ended_with 0
check "list: no pagemaps: no output" test ! -s out
run_tree list initiators -r -n
check "list: GPUs without memory" prints \
	"platform-vgpusvm.0 renderD128 - auto-platform-vgpusvm.0 - -" \
	"platform-vgpusvm.1 renderD129 - auto-platform-vgpusvm.1 - -"

make_tree gpus=12 topology=none
run_tree list initiators -r -n -o UID
check "list: numbers in uids are sorted by value" prints platform-vgpusvm.{0..11}

make_tree gpus=1024 topology=pairs
run_tree list -r -n -o ID
check "list: 1024 pagemaps" prints {1..1024}
run_tree list groups -r -n -o PAGEMAPS
check "list: 512 groups" test "$(wc -l <out)" -eq 512

# Sort and filter, as lsblk does
make_tree gpus=3 regions=2,1 nodes=2
class=tree/sys/class/drm_pagemap
echo 1048576 >"$class/pagemap2/free"
rm "$class/pagemap3/free"
run_tree list -rn -o ID --sort FREE
check "list: sorted by a number, unknown values last" prints 2 1 4 3
run_tree list -rn -o ID -x free
check "list: sorted by a key of JSON" prints 2 1 4 3
run_tree list links -rn -x HOPS -o HOPS
check "list: links are sorted" sort -nc out
run_tree list -J -x free
check "list: JSON is sorted" test "$(json '[.pagemaps[].id]')" = '[2,1,4,3]'
run_tree list -x WEIGHT
check "list: sorted by an unknown column" ended_with 2

# filters "ID..." EXPRESSION
filters() {
	run_tree list -rn -o ID -Q "$2"
	check "list: -Q $2" test "$(paste -sd' ' out)" = "$1"
	check "list: -Q $2: status" ended_with 0
}

run_tree list -Q 'ID > 0'
if grep -q 'older than 2.40' err; then
	skip "list: filters" "libsmartcols is older than 2.40"
else
	filters "2" 'FREE < 64M'
	filters "1 2 4" 'FREE > 0'
	filters "3" 'INITIATOR =~ "1$"'
	filters "1 2 4" 'NODE == 0'
	filters "2" 'NODE == 0 && free == 1048576'
	filters "" 'ID > 4'
	run_tree list links -rn -Q 'PAGEMAP == 4 && HOPS == 0' -o INITIATOR
	check "list: links are filtered" prints platform-vgpusvm.2
	run_tree list -J -Q 'ID == 4'
	check "list: JSON is filtered" test "$(json '[.pagemaps[].id]')" = '[4]'
	run_tree groups -Q 'WEIGHT == 1'
	check "list: filtered by an unknown column" ended_with 2
	run_tree list -Q 'ID >'
	check "list: half an expression: status" ended_with 2
	check "list: half an expression: message" \
		grep -q '^gpusvm-topology: cannot use the filter "ID >": ' err
fi

[ "$failures" -eq 0 ]
