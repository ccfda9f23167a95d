#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tool prints of trees without a fault.

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
check "list: groups is a command, too" cmp out expected

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

run_tree list -P -b -o id,uid,size
check "list: pairs, bytes, columns in small letters" prints \
	'ID="1" UID="platform-vgpusvm.0-vram0" SIZE="67108864"' \
	'ID="2" UID="platform-vgpusvm.0-vram1" SIZE="67108864"' \
	'ID="3" UID="platform-vgpusvm.1-vram0" SIZE="67108864"' \
	'ID="4" UID="platform-vgpusvm.2-vram0" SIZE="67108864"'

run_tree list -n -r -o +INSTANCE,DEVICE
check "list: columns added" \
	grep -qx "2 platform-vgpusvm.0-vram1 64M 64M -1 idle auto-platform-vgpusvm.0 renderD128 - 1 vgpusvm.0" out

run list -n -r -o ID --sysroot tree
check "list: --sysroot behind the command" prints 1 2 3 4

make_tree gpus=1 bare=1
run_tree list -r -n -o ID,FREE,DMEM
check "list: what is not known is a dash" prints "1 - -"
check "list: and no warning" ended_with 0
run_tree list -P -o ID,FREE,DMEM
check "list: in pairs it is empty" prints 'ID="1" FREE="" DMEM=""'
run_tree list links -r -n -o HOPS,READ_BW,WRITE_BW,READ_LAT,WRITE_LAT,MAX_READ_BW,MAX_WRITE_BW
check "list: figures that are not known" prints "- - - - - - -"

make_tree gpus=1 vram=1610612736
run_tree list -r -n -o SIZE
check "list: size with a fraction" prints 1.5G

make_tree gpus=2 memless=2 topology=none
run_tree list
check "list: no pagemaps" ended_with 0
check "list: nothing to print" test ! -s out
run_tree list initiators -r -n
check "list: GPUs without memory" prints \
	"platform-vgpusvm.0 renderD128 - auto-platform-vgpusvm.0 - -" \
	"platform-vgpusvm.1 renderD129 - auto-platform-vgpusvm.1 - -"

make_tree gpus=12 topology=none
run_tree list initiators -r -n -o UID
check "list: numbers in uids by value" prints platform-vgpusvm.{0..11}

make_tree gpus=1024 topology=pairs
run_tree list -r -n -o ID
check "list: 1024 pagemaps" prints {1..1024}
run_tree list groups -r -n -o PAGEMAPS
check "list: 512 groups" test "$(wc -l <out)" -eq 512

[ "$failures" -eq 0 ]
