#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# JSON output, compared with the schema.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

# is_json FILTER VALUE
is_json() {
	local got
	got=$(json "$1")
	[ "$got" = "$2" ] && return
	echo "# $1 is $got"
	return 1
}

kinds="pagemaps initiators links groups"

# All commands, on machines with all and with few values.
for parameters in "gpus=4 topology=pairs regions=2,1 memless=1 refused=1" "gpus=1 bare=1" \
	"gpus=1 memless=1"; do
	# Split it into words.
	# shellcheck disable=SC2086
	make_tree $parameters
	for command in "list pagemaps" "list initiators" "list links" "list groups" groups tree check "resolve platform-vgpusvm.0" \
		"matrix" "matrix --show read-bandwidth" "matrix --show write-bandwidth" \
		"matrix --show latency" "matrix --show write-latency" "matrix --show hops" \
		"matrix --show access" "matrix --show group" "matrix --show all"; do
		# shellcheck disable=SC2086
		run_tree $command -J
		check "json: $parameters: $command: status" ended_with 0
		check_json "json: $parameters: $command: schema"
	done
done

make_tree gpus=2
for kind in $kinds; do
	first=$("$tool" list "$kind" --help | sed -n "/^Columns of $kind/,/^$/s/^ \* \([A-Z_]*\) .*/\1/p" | head -n 1)
	run_tree list "$kind" -J -o "$first"
	check_json "json: $kind: one selected column: schema" chosen
	check "json: $kind: one selected column" is_json ".$kind | map(length) | unique" '[1]'
done

run_tree list -J
check "json: version" is_json .schema_version 1
check "json: command" is_json .command '"list"'
check "json: generation" is_json '[.generation, .consistent, .warnings]' '[2,true,0]'
check "json: numbers have the type number" \
	is_json '.pagemaps[0] | [.id, .size, .numa_node]' '[1,67108864,-1]'
check "json: an unknown value is null" is_json '.pagemaps[0].rights' null
run_tree list groups -J
check "json: lists" is_json '.groups[0] | [.pagemap_ids, .initiator_uids, .pending]' \
	'[[1,2],["platform-vgpusvm.0","platform-vgpusvm.1"],false]'

echo 18446744073709551615 >tree/sys/class/drm_pagemap_link/platform-vgpusvm.0--pagemap1/statistics/read_bytes
rm -r tree/sys/class/drm_pagemap_link/platform-vgpusvm.1--pagemap1/statistics
run_tree list links -J
check "json: statistics of a link" is_json '.links[0].write_bytes' 1048576
check "json: statistics of a link: the largest number" grep -q '"read_bytes": 18446744073709551615,' out
check "json: statistics of a link: unknown" is_json '.links[1] | [.read_bytes, .write_bytes]' '[null,null]'

run_tree select -J
check_json "json: select: schema"
run_tree explain platform-vgpusvm.0 2 -J
check_json "json: explain: schema"
mkdir -p tree/sys/kernel/config/drm_pagemap/groups/left/members/platform-vgpusvm.0
echo 0 >tree/sys/kernel/config/drm_pagemap/groups/left/enabled
run_tree group show -J
check_json "json: group show: schema"

make_tree gpus=1 memless=1
run_tree list -J
check "json: an empty list is an array" is_json .pagemaps '[]'
run_tree list initiators -J
check "json: empty lists of an object are arrays" is_json '.initiators[0] | [.own_ids, .usable_ids]' '[[],[]]'

make_tree gpus=2 topology=none refused=1
run_tree matrix -J
check "json: refused in a matrix" is_json '.rows[0].cells[1]' \
	'{"pagemap_id":2,"owner_uid":"platform-vgpusvm.1","linked":true,"access":"none","reason":"host-bridge","usable":false,"usable_reason":null,"type":"pcie-p2p"}'
make_tree gpus=2 topology=none
run_tree matrix -J --show read-bandwidth
check "json: no path in a matrix" is_json '.rows[0].cells[1]' \
	'{"pagemap_id":2,"owner_uid":"platform-vgpusvm.1","linked":false,"access":null,"reason":null,"usable":null,"usable_reason":null,"read_bandwidth":null}'

make_tree gpus=1
echo 18446744073709551615 >"$sys/devices/platform/vgpusvm.0/drm_pagemap/pagemap1/size"
run_tree list -J
check "json: the largest number" grep -q '"size": 18446744073709551615,' out
echo lots >"$sys/devices/platform/vgpusvm.0/drm_pagemap/pagemap1/size"
run_tree list -J
check "json: a broken file: status" ended_with 4
check "json: a broken file: null, and counted" is_json '[.pagemaps[0].size, .warnings]' '[null,1]'

finish_json
[ "$failures" -eq 0 ]
