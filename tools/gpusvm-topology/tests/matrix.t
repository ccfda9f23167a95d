#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The command matrix, in particular with links that are not usable.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

make_tree gpus=4 topology=ring memless=1

run_tree matrix
check "matrix: status" ended_with 0
check "matrix: types, missing paths, unusable links" prints \
	"INITIATOR          pagemap1       pagemap2       pagemap3" \
	"platform-vgpusvm.0 local          xelink         -" \
	"platform-vgpusvm.1 xelink         local          xelink !clique" \
	"platform-vgpusvm.2 -              xelink !clique local" \
	"platform-vgpusvm.3 xelink !clique -              xelink"

run_tree matrix --show read_bandwidth
check "matrix: --show takes the keys of JSON" ended_with 0
mv out expected
run_tree matrix --show read-bandwidth
check "matrix: the key of JSON shows the same" cmp -s out expected
check "matrix: read bandwidth" prints \
	"INITIATOR               pagemap1      pagemap2      pagemap3" \
	"platform-vgpusvm.0        400000         53000             -" \
	"platform-vgpusvm.1         53000        400000 53000 !clique" \
	"platform-vgpusvm.2             - 53000 !clique        400000" \
	"platform-vgpusvm.3 53000 !clique             -         53000"

for show in write-bandwidth:53000 latency:900 write-latency:900 hops:1; do
	run_tree matrix --show "${show%:*}" -P
	check "matrix: ${show%:*}" grep -q "\"platform-vgpusvm.3\".*pagemap3=\"${show#*:}\"" out
done

run_tree matrix --show access -r -n
check "matrix: access, independent of groups" prints \
	"platform-vgpusvm.0 direct direct -" \
	"platform-vgpusvm.1 direct direct direct" \
	"platform-vgpusvm.2 - direct direct" \
	"platform-vgpusvm.3 direct - direct"

run_tree matrix --show group -r -n
check "matrix: groups" prints \
	"platform-vgpusvm.0 auto-platform-vgpusvm.0 auto-platform-vgpusvm.0 -" \
	"platform-vgpusvm.1 auto-platform-vgpusvm.0 auto-platform-vgpusvm.0 -\x20!clique" \
	"platform-vgpusvm.2 - -\x20!clique auto-platform-vgpusvm.2" \
	"platform-vgpusvm.3 -\x20!clique - auto-platform-vgpusvm.2"

make_tree gpus=4 topology=pairs refused=1
run_tree matrix
check "matrix: refused links, with the reason" prints \
	"INITIATOR          pagemap1      pagemap2      pagemap3      pagemap4" \
	"platform-vgpusvm.0 local         xelink        x host-bridge x host-bridge" \
	"platform-vgpusvm.1 xelink        local         x host-bridge x host-bridge" \
	"platform-vgpusvm.2 x host-bridge x host-bridge local         xelink" \
	"platform-vgpusvm.3 x host-bridge x host-bridge xelink        local"

make_tree gpus=2 bare=1
run_tree matrix --show hops -r -n
check "matrix: an unknown value is not 0, and not a missing path" prints \
	"platform-vgpusvm.0 ? ?" \
	"platform-vgpusvm.1 ? ?"

# Short names, for people, if long ones would not fit
make_machine pci=1
run_tree matrix --show all
check "matrix: all attributes, with CPUs, nodes and legends" prints \
	"GPU G0 G1 CPUS    NODE" \
	"G0  L  XE 0,2,4,6    0" \
	"G1  XE L  1,3,5,7    1" \
	"" \
	"CODE LINKS TYPE   HOPS READ_BW WRITE_BW READ_LAT WRITE_LAT MAX_READ_BW MAX_WRITE_BW ACCESS REASON USABLE USABLE_REASON" \
	"L        2 local     0  400000   400000      300       300      400000       400000 direct -           1 -" \
	"XE       2 xelink    1   53000    53000      900       900       53000        53000 direct -           1 -" \
	"" \
	"GPU UID              RENDER     PAGEMAPS SIZE GROUP" \
	"G0  pci-0000:03:00.0 renderD128 1         64M auto-pci-0000:03:00.0" \
	"G1  pci-0000:04:00.0 renderD129 2         64M auto-pci-0000:03:00.0"
run_tree matrix -J
check "matrix: JSON: CPUs, nodes, owners" test \
	"$(json '.rows[1] | [.cpus, .numa_node, .cells[0].owner_uid]')" = \
	'["1,3,5,7",1,"pci-0000:03:00.0"]'
run_tree matrix -J --show all
check "matrix: JSON: all attributes" test \
	"$(json '.rows[0].cells[1] | [.type, .hops, .read_bandwidth, .read_latency, .group]')" = \
	'["xelink",1,53000,900,"auto-pci-0000:03:00.0"]'

# first_table: keeps the cells of the output, without legends.
first_table() {
	sed '/^$/,$d' out >table && mv table out
}

run --synthetic "gpu:5 line regions=2 refused=acs" matrix
first_table
check "matrix: more than 8 pagemaps: codes, one column for equal pagemaps of a GPU" prints \
	"GPU G0  G1  G2  G3  G4 CPUS NODE" \
	"G0  L   VI! x   x   x  -       -" \
	"G1  VI! L   VI  x   x  -       -" \
	"G2  x   VI  L   VI! x  -       -" \
	"G3  x   x   VI! L   VI -       -" \
	"G4  x   x   x   VI  L  -       -"
run --synthetic "gpu:16 switches:2 far-bw=16000" matrix --show read-bandwidth
check "matrix: more than 8 pagemaps: one attribute" grep -qE '^G0 +1000000( +64000){7}( +16000){8} -' out
run --synthetic "gpu:16 switches:2 far-bw=16000" matrix
check "matrix: codes of one type are numbered" grep -qE '^G0 +L( +VI1){7}( +VI2){8} -' out
check "matrix: the legend has the numbers" grep -qE '^VI2 +128 virtual +3 +16000' out
run --synthetic "gpu:9" matrix -rn
check "matrix: long names for scripts" grep -q '^pci-0000:01:00.0 local virtual' out

make_tree gpus=5 regions=2
rm -r "$(readlink -f tree/sys/class/drm_pagemap/pagemap4)/initiators/platform-vgpusvm.0"
run_tree matrix
first_table
check "matrix: a column for each pagemap of a GPU if these differ" prints \
	"GPU G0 G1.0 G1.1 G2 G3 G4 CPUS NODE" \
	"G0  L  XE   -    XE XE XE -       -" \
	"G1  XE L    L    XE XE XE -       -" \
	"G2  XE XE   XE   L  XE XE -       -" \
	"G3  XE XE   XE   XE L  XE -       -" \
	"G4  XE XE   XE   XE XE L  -       -"
run_tree matrix --show all -r
check "matrix: all attributes are refused for scripts" ended_with 2

[ "$failures" -eq 0 ]
