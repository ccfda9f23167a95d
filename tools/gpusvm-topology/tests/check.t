#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Links with problems.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

a=platform-vgpusvm.0
b=platform-vgpusvm.1
class=tree/sys/class/drm_pagemap

# link ID INITIATOR: the directory of a link.
link() {
	echo "$class/pagemap$1/initiators/$2"
}

# both_bandwidths DIRECTORY VALUE
both_bandwidths() {
	echo "$2" >"$1/read_bandwidth"
	echo "$2" >"$1/write_bandwidth"
}

# found STATUS LINE...: check prints exactly these findings, and exits with STATUS.
found() {
	local wanted=$1
	shift
	if [ "$status" -ne "$wanted" ] || [ -s err ]; then
		echo "# status $status"
		return 1
	fi
	if [ $# -eq 0 ]; then
		[ ! -s out ]
	else
		prints "$@"
	fi
}

# checks WHAT STATUS LINE...: without a baseline.
checks() {
	local what=$1
	shift
	run_tree check -rn
	check "check: $what" found "$@"
	run_tree check -J
	check_json "check: $what: JSON"
	check "check: $what: the same in JSON" test "$(json '.findings | length')" -eq $(($# - 1))
}

# compares WHAT STATUS LINE...: with the baselines "before", a directory, and
# "before.json".
compares() {
	local what=$1 baseline
	shift
	for baseline in before before.json; do
		run_tree check -rn --against "$baseline"
		check "check: against $baseline: $what" found "$@"
	done
}

remember() {
	rm -rf before
	cp -a tree before
	run_tree list links -J
	cp out before.json
}

make_tree gpus=3 topology=pairs memless=1 refused=1
remember
checks "a good machine has no finding" 0
compares "an unchanged machine has no finding" 0

both_bandwidths "$(link 1 $b)" 26500
checks "a slower link" 11 \
	"degraded $b $a-vram0 read_bandwidth 53000 26500" \
	"degraded $b $a-vram0 write_bandwidth 53000 26500" \
	"asymmetric $b $a-vram0 read_bandwidth 53000 26500" \
	"asymmetric $b $a-vram0 write_bandwidth 53000 26500"
compares "a slower link" 11 \
	"degraded $b $a-vram0 read_bandwidth 53000 26500" \
	"degraded $b $a-vram0 write_bandwidth 53000 26500" \
	"asymmetric $b $a-vram0 read_bandwidth 53000 26500" \
	"asymmetric $b $a-vram0 write_bandwidth 53000 26500"
remember
compares "a link that was slower before" 0
for way in read write; do
	echo 26500 >"$(link 1 $b)/max_${way}_bandwidth"
done
checks "a link that is asymmetric by design" 12 \
	"asymmetric $b $a-vram0 read_bandwidth 53000 26500" \
	"asymmetric $b $a-vram0 write_bandwidth 53000 26500"

make_tree gpus=2
remember
both_bandwidths "$(link 1 $b)" 90000
compares "a faster link" 12 \
	"asymmetric $a $b-vram0 read_bandwidth 90000 53000" \
	"asymmetric $a $b-vram0 write_bandwidth 90000 53000"
rm "$(link 1 $b)"/*_bandwidth "$(link 2 $a)"/*_bandwidth
compares "bandwidths that are now unknown" 11 \
	"degraded $b $a-vram0 read_bandwidth 53000 -" \
	"degraded $b $a-vram0 write_bandwidth 53000 -" \
	"degraded $b $a-vram0 max_read_bandwidth 53000 -" \
	"degraded $b $a-vram0 max_write_bandwidth 53000 -" \
	"degraded $a $b-vram0 read_bandwidth 53000 -" \
	"degraded $a $b-vram0 write_bandwidth 53000 -" \
	"degraded $a $b-vram0 max_read_bandwidth 53000 -" \
	"degraded $a $b-vram0 max_write_bandwidth 53000 -"
run_tree check -J --against before
check_json "check: now unknown: JSON"
# Unknown values are not compared.
checks "unknown bandwidths" 0
remember
both_bandwidths "$(link 1 $b)" 1
compares "bandwidths that were unknown" 0

make_tree gpus=2
remember
both_bandwidths "$(link 1 $b)" 0
checks "a link without bandwidth" 11 \
	"degraded $b $a-vram0 read_bandwidth 53000 0" \
	"degraded $b $a-vram0 write_bandwidth 53000 0" \
	"asymmetric $b $a-vram0 read_bandwidth 53000 0" \
	"asymmetric $b $a-vram0 write_bandwidth 53000 0"

make_tree gpus=2
remember
echo 3 >"$(link 1 $b)/hops"
echo 901 >"$(link 1 $b)/read_latency"
echo 1800 >"$(link 1 $b)/write_latency"
echo 33554432 >"$class/pagemap2/size"
compares "a longer path, and less memory" 11 \
	"degraded $b $a-vram0 hops 1 3" \
	"degraded $b $a-vram0 read_latency 900 901" \
	"degraded $b $a-vram0 write_latency 900 1800" \
	"degraded $b $b-vram0 pagemap_size 67108864 33554432"
run_tree check -J --against before.json
check_json "check: a longer path: JSON"
rm "$(link 1 $b)"/{hops,*_latency}
echo 134217728 >"$class/pagemap2/size"
compares "a path that is now unknown" 11 \
	"degraded $b $a-vram0 hops 1 -" \
	"degraded $b $a-vram0 read_latency 900 -" \
	"degraded $b $a-vram0 write_latency 900 -"
remember
make_tree gpus=2
compares "values that were unknown" 11 "degraded $b $b-vram0 pagemap_size 134217728 67108864"
jq 'del(.links[].pagemap_size)' before.json >old.json
run_tree check -rn --against old.json
check "check: a baseline without sizes" found 0

make_tree gpus=2
remember
echo 0 >"$(link 1 $b)/usable"
echo clique >"$(link 1 $b)/usable_reason"
checks "a link that is not usable" 0
compares "a link that is no longer usable" 10 "missing $b $a-vram0 usable 1 0"
remember
echo 1 >"$(link 1 $b)/usable"
compares "a link that becomes usable" 0

make_tree gpus=2
remember
echo pcie-p2p >"$(link 1 $b)/type"
compares "another type" 11 "degraded $b $a-vram0 type xelink pcie-p2p"

make_tree gpus=2
remember
echo none >"$(link 1 $b)/access"
echo link-down >"$(link 1 $b)/reason"
echo 0 >"$(link 1 $b)/usable"
checks "a link that is down" 10 \
	"missing $b $a-vram0 access direct link-down" \
	"asymmetric $a $b-vram0 access both\\x20ways one\\x20way"
compares "a link that is down" 10 \
	"missing $b $a-vram0 access direct link-down"
mv before after
mv tree before
mv after tree
run_tree check -rn --against before
check "check: a link that comes up" found 13 "new $b $a-vram0 access link-down direct"

make_tree gpus=2
remember
rm -r "$(link 1 $b)"
compares "a missing link" 10 "missing $b $a-vram0 access direct no\\x20path"

make_tree gpus=2
remember
make_tree gpus=3
compares "another GPU" 13 \
	"new platform-vgpusvm.2 $a-vram0 access no\\x20path direct" \
	"new platform-vgpusvm.2 $b-vram0 access no\\x20path direct" \
	"new $a platform-vgpusvm.2-vram0 access no\\x20path direct" \
	"new $b platform-vgpusvm.2-vram0 access no\\x20path direct" \
	"new platform-vgpusvm.2 platform-vgpusvm.2-vram0 access no\\x20path direct"

make_tree gpus=2 topology=none refused=1
remember
compares "refused by design" 0
make_tree gpus=2 topology=none
compares "refused by design, then missing" 0

run_tree check -o FINDING,WEIGHT
check "check: unknown column" ended_with 2
rm "$(link 1 $a)/type"
run_tree check
check "check: a broken entry: status" ended_with 4

# unreadable WHAT MESSAGE: the file "bad" is not a baseline.
unreadable() {
	run_tree check --against bad
	check "check: $1: status" ended_with 1
	check "check: $1: message" grep -qF "$2" err
	check "check: $1: no output" test ! -s out
}

make_tree gpus=1
run_tree list links -J
cp out good
unreadable "no file" "cannot read bad: No such file or directory"
echo '{' >bad
unreadable "not JSON" "cannot read bad: "
echo '[]' >bad
unreadable "an array" 'bad: "schema_version" is not 1'
jq '.schema_version = 2' good >bad
unreadable "another version" 'bad: "schema_version" is not 1'
jq 'del(.links)' good >bad
unreadable "no links" 'bad: the array "links" is missing'
jq '.links[0].access = 1' good >bad
unreadable "another type" 'bad: link 0: "access" is missing or has the wrong type'
jq 'del(.links[0].read_bandwidth)' good >bad
unreadable "a column that was not selected" 'bad: link 0: "read_bandwidth" is missing or has the wrong type'
jq '.links[0].initiator_uid = null' good >bad
unreadable "a link without an initiator" 'bad: link 0: "initiator_uid" is missing or has the wrong type'

finish_json
[ "$failures" -eq 0 ]
