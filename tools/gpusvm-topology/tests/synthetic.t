#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Synthetic topologies from descriptions.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

run_synthetic() {
	local description=$1
	shift
	run --synthetic "$description" "$@"
}

run_synthetic "gpu:3 mem=48G numa=2" list
check "synthetic: status" ended_with 0
check "synthetic: the default is a full mesh" prints \
	"ID UID                    SIZE FREE NODE STATE GROUP                 RENDER     RIGHTS" \
	" 1 pci-0000:01:00.0-vram0  48G  48G    0 idle  auto-pci-0000:01:00.0 renderD128 -" \
	" 2 pci-0000:02:00.0-vram0  48G  48G    0 idle  auto-pci-0000:01:00.0 renderD129 -" \
	" 3 pci-0000:03:00.0-vram0  48G  48G    1 idle  auto-pci-0000:01:00.0 renderD130 -"

run_synthetic "gpu:4 ring bw=53000 lat=900 type=xelink" list links -rn \
	-o INITIATOR,TYPE,HOPS,READ_BW,WRITE_BW,READ_LAT,WRITE_LAT,MAX_READ_BW,USABLE,USABLE_REASON
check "synthetic: performance attributes" grep -qx "pci-0000:02:00.0 xelink 1 53000 53000 900 900 53000 1 -" out
check "synthetic: an unusable link" grep -qx "pci-0000:04:00.0 xelink 1 53000 53000 900 900 53000 0 clique" out
check "synthetic: a GPU's own memory" grep -qx "pci-0000:01:00.0 local 0 1000000 1000000 - - 1000000 1 -" out

run_synthetic "gpu:4 switches:2 far-bw=16000 far-lat=2000 lat=1000 local-bw=5 local-lat=7" \
	list links -rn -o PAGEMAP,HOPS,READ_BW,READ_LAT
check "synthetic: switches" prints \
	"1 0 5 7" "1 1 64000 1000" "1 3 16000 2000" "1 3 16000 2000" \
	"2 1 64000 1000" "2 0 5 7" "2 3 16000 2000" "2 3 16000 2000" \
	"3 3 16000 2000" "3 3 16000 2000" "3 0 5 7" "3 1 64000 1000" \
	"4 3 16000 2000" "4 3 16000 2000" "4 1 64000 1000" "4 0 5 7"

run_synthetic "gpu:4 islands:2 regions=2 memless=1 refused=host-bridge" matrix -r
check "synthetic: islands, regions, a GPU without memory" prints \
	"INITIATOR pagemap1 pagemap2 pagemap3 pagemap4 pagemap5 pagemap6" \
	'pci-0000:01:00.0 local local virtual virtual x\x20host-bridge x\x20host-bridge' \
	'pci-0000:02:00.0 virtual virtual local local x\x20host-bridge x\x20host-bridge' \
	'pci-0000:03:00.0 x\x20host-bridge x\x20host-bridge x\x20host-bridge x\x20host-bridge local local' \
	'pci-0000:04:00.0 x\x20host-bridge x\x20host-bridge x\x20host-bridge x\x20host-bridge virtual virtual'
run_synthetic "gpu:4 islands:2 regions=2 memless=1" groups -rn -o +MIN_READ_BW,MIN_WRITE_BW
check "synthetic: groups" prints \
	"auto-pci-0000:01:00.0 hardware 1-4 pci-0000:01:00.0,pci-0000:02:00.0 0 0 64000 64000" \
	"auto-pci-0000:03:00.0 hardware 5-6 pci-0000:03:00.0,pci-0000:04:00.0 0 0 64000 64000"

run_synthetic "gpu:2 none" matrix -rn
check "synthetic: none" prints "pci-0000:01:00.0 local -" "pci-0000:02:00.0 - local"
run_synthetic "gpu:3 line" matrix -rn --show access
check "synthetic: line" prints "pci-0000:01:00.0 direct direct -" \
	"pci-0000:02:00.0 direct direct direct" "pci-0000:03:00.0 - direct direct"
run_synthetic "gpu:512 islands:64 numa=8" list -rn -o NODE
check "synthetic: many" test "$(sort -n out | uniq -c | xargs)" = "$(echo 64\ {0..7})"
run_synthetic "gpu:1 mem=1T" list -rn -b -o SIZE
check "synthetic: size" prints 1099511627776
run_synthetic $' gpu:1 \t full  ' list -rn -o ID
check "synthetic: blanks" prints 1
run_synthetic "gpu:1" list -J
check_json "synthetic: JSON"
run --synthetic "gpu:1" list -rn -o ID
check "synthetic: before the command" prints 1
run list -rn -o ID --synthetic "gpu:1"
check "synthetic: after the command" prints 1

# groups DESCRIPTION GROUP...: the groups have these initiators, by the numbers of their buses.
groups() {
	run_synthetic "$1" groups -rn -o INITIATORS
	diff <(sed 's/pci-0000:0*\([0-9]*\):00\.0/\1/g' out) <(printf '%s\n' "${@:2}")
}

check "synthetic: groups of an even line" groups "gpu:4 line" 1,2 3,4
check "synthetic: groups of an odd line" groups "gpu:5 line" 1 2,3 4,5
check "synthetic: groups of an odd ring" groups "gpu:5 ring" 1 2,3 4,5
check "synthetic: groups of a triangle" groups "gpu:3 ring" 1,2,3
check "synthetic: groups of a long odd ring" groups "gpu:13 ring" 1,2 3,4 5,6 7,8 9,10 11,12 13
check "synthetic: groups of GPUs without memory" groups "gpu:4 none memless=2" 1 2 3,4

# wrong DESCRIPTION WORD WHY
wrong() {
	run_synthetic "$1" list
	check "synthetic: \"$1\": status" ended_with 2
	check "synthetic: \"$1\": message" \
		grep -qxF "gpusvm-topology: synthetic topology: \"$2\": $3" err
	check "synthetic: \"$1\": no output" test ! -s out
}

wrong "" "" "a description must begin with gpu:N"
wrong "full" "full" "a description must begin with gpu:N"
wrong "gpu=8" "gpu=8" "a description must begin with gpu:N"
wrong "gpu:0" "gpu:0" "gpu needs a number from 1 to 512"
wrong "gpu:513" "gpu:513" "gpu needs a number from 1 to 512"
wrong "gpu:" "gpu:" "gpu needs a number from 1 to 512"
wrong "gpu" "gpu" "gpu needs a number from 1 to 512"
wrong "gpu:-1" "gpu:-1" "gpu needs a number from 1 to 512"
wrong "gpu:2 gpu:2" "gpu:2" 'unknown shape "gpu"'
wrong "gpu:2 cube" "cube" 'unknown shape "cube"'
wrong "gpu:2 full:2" "full:2" "full takes no number"
wrong "gpu:2 islands" "islands" "islands needs a number from 1 to 512"
wrong "gpu:2 islands:3" "gpu" "fewer GPUs than islands or switches"
wrong "gpu:2 memless=3" "memless" "exceeds the number of GPUs"
wrong "gpu:3 ring memless=1" "memless" "is not possible with ring and line"
wrong "gpu:2 bw=fast" "bw=fast" "bw needs a number from 1 to 1000000000"
wrong "gpu:2 bw=0" "bw=0" "bw needs a number from 1 to 1000000000"
wrong "gpu:2 lat=99999999999999999999" "lat=99999999999999999999" \
	"lat needs a number from 1 to 1000000000"
wrong "gpu:2 weight=1" "weight=1" 'unknown key "weight"'
wrong "gpu:2 type=" "type=" "a word is missing after '='"
for size in 0 G 48X 99999999999999T; do
	wrong "gpu:2 mem=$size" "mem=$size" "mem needs a size such as 48G or 512M"
done

wrong "gpu:4 ring full" "full" "the description already has a shape"
wrong "gpu:4 islands:2 switches:2" "switches:2" "the description already has a shape"
wrong "gpu:4 bw=1 lat=2 bw=2" "bw=2" "bw occurs twice"
wrong "gpu:4 type=a type=a" "type=a" "type occurs twice"
wrong "gpu:4 islands:2 far-bw=5" "far-bw" "needs two switches or more"
wrong "gpu:4 switches:1 far-lat=5" "far-lat" "needs two switches or more"
wrong "gpu:4 none bw=5" "bw" "has no effect with none"
wrong "gpu:4 none lat=5" "lat" "has no effect with none"
wrong "gpu:4 refused=acs" "refused" "has no effect: each GPU reaches all others"
wrong "gpu:4 switches:2 refused=acs" "refused" "has no effect: each GPU reaches all others"
for size in 48g 48GiB 51539607552; do
	run_synthetic "gpu:1 mem=$size" list -rn -o SIZE
	check "synthetic: mem=$size" prints 48G
done

make_tree gpus=1
run_tree --synthetic "gpu:1" list
check "synthetic: not with a sysroot: status" ended_with 2
check "synthetic: not with a sysroot: message" \
	grep -qx "gpusvm-topology: --sysroot and --synthetic exclude each other" err

finish_json
[ "$failures" -eq 0 ]
