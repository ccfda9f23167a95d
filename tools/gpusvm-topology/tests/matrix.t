#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the matrix shows, above all of links that cannot be used.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

make_tree gpus=4 topology=ring memless=1

run_tree matrix
check "matrix: status" ended_with 0
check "matrix: types, no path, not usable" prints \
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
check "matrix: access, whatever the groups are" prints \
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
check "matrix: refused, with the reason" prints \
	"INITIATOR          pagemap1      pagemap2      pagemap3      pagemap4" \
	"platform-vgpusvm.0 local         xelink        x host-bridge x host-bridge" \
	"platform-vgpusvm.1 xelink        local         x host-bridge x host-bridge" \
	"platform-vgpusvm.2 x host-bridge x host-bridge local         xelink" \
	"platform-vgpusvm.3 x host-bridge x host-bridge xelink        local"

make_tree gpus=2 bare=1
run_tree matrix --show hops -r -n
check "matrix: not known is not 0, and not no path" prints \
	"platform-vgpusvm.0 ? ?" \
	"platform-vgpusvm.1 ? ?"

[ "$failures" -eq 0 ]
