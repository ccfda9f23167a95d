#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The command explain: why a GPU can use a pagemap, or why not.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

GPU=platform-vgpusvm.
make_tree gpus=4 topology=ring refused=1
class=$sys/class/drm_pagemap

run_tree explain renderD128 2
check "explain: usable" prints "${GPU}0 can use pagemap 2 (${GPU}1-vram0)." \
	"It has direct access: xelink, 53000 MB/s, 900 ns. Both are in the group auto-${GPU}0."
check "explain: usable: status" ended_with 0

run_tree explain "${GPU}1" card2
check "explain: another group" prints "${GPU}1 cannot use pagemap 3 (${GPU}2-vram0)." \
	"It has direct access, but they are in different groups (clique): all GPUs of a group reach each other, and other groups have more bandwidth." \
	"  Make a group: gpusvm-topology group create --enable NAME ${GPU}1 ${GPU}2"
check "explain: another group: status" test "$status" -eq 9

# reason WORD: of the link from 0 to pagemap 3.
reason() {
	echo "$1" >"$class/pagemap3/initiators/${GPU}0/reason"
	run_tree explain 1 3
}

# Each reason of the kernel's documents
documents=$GPUSVM_TESTS/../../../Documentation/ABI/testing/sysfs-class-drm_pagemap_link
words="acs host-bridge iommu bar-size link-down one-way cross-driver driver"
for word in $words; do
	reason "$word"
	check "explain: $word: why" grep -q "has no direct access ($word): [a-zA-Z]" out
	check "explain: $word: remedy" grep -q '^  [A-Z]' out
	check "explain: $word: status" test "$status" -eq 9
done
if [ -e "$documents" ]; then
	check "explain: the documents have no other reason" diff <(tr " " "\n" <<<"$words" | sort) \
		<(awk '/\/reason$/ { on = 1 } /^Users/ { on = 0 }
			on && match($0, /^\t\t[a-z-]+  +[A-Z]/) && $1 != "none" { print $1 }' "$documents" | sort)
else
	skip "explain: the documents have no other reason" "no documents of the kernel"
fi
reason sunspots
check "explain: a word of a later kernel" grep -qx 'It has no direct access (sunspots).' out
rm "$class/pagemap3/initiators/${GPU}0/reason"
run_tree explain 1 3
check "explain: an unknown reason" grep -qx 'It has no direct access (unknown).' out
rm -r "$class/pagemap3/initiators/${GPU}0"
run_tree explain 1 3
check "explain: no path" grep -q '(no-path)' out

for word in admin-group held threshold; do
	echo "$word" >"$class/pagemap3/initiators/${GPU}1/usable_reason"
	run_tree explain card1 3
	check "explain: $word" grep -q "but they are in different groups ($word): [a-z]" out
	check "explain: $word: remedy" grep -q '^  [A-Z]' out
done
check "explain: threshold: of the maximum" grep -q 'maximum bandwidth .* below auto/min_bandwidth' out
mv "$sys/class/drm_pagemap_group/auto-${GPU}0" "$sys/class/drm_pagemap_group/left"
echo admin >"$sys/class/drm_pagemap_group/left/origin"
ln -nsf x/left "$sys/class/drm_pagemap_initiator/${GPU}1/group"
echo admin-group >"$class/pagemap3/initiators/${GPU}1/usable_reason"
run_tree explain card1 3
check "explain: a peer group" \
	grep -qx "  Put both into one group: gpusvm-topology group add left ${GPU}2" out
run_tree explain -J card1 3
check "explain: JSON" grep -q '"reason": "admin-group"' out
check_json "explain: JSON with its schema"
run_tree explain -J 1 2
check_json "explain: JSON of a usable pagemap"

make_tree gpus=4 topology=full pci=1 parts=2
run_tree explain -J 04:00.0 0000:03:00.0
check "explain: all partitions to all" test "$(json '[.explanations[] | .id]')" = "[1,2,1,2]"
make_tree gpus=4 topology=ring

run_tree explain card1 card9
check "explain: an unknown name" grep -q 'pagemap or GPU "card9" does not exist' err
check "explain: an unknown name: status" ended_with 5
run_tree explain card1
check "explain: one name: status" ended_with 2

[ "$failures" -eq 0 ]
