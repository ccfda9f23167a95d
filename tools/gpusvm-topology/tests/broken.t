#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Trees with faults: each causes a warning with the name of the file, and hides no other
# entry.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

gpu=sys/devices/platform/vgpusvm.0
pagemap=$gpu/drm_pagemap/pagemap1
class=tree/sys/class/drm_pagemap
link=$class/pagemap1/initiators/platform-vgpusvm.0
group=tree/sys/class/drm_pagemap_group/auto-platform-vgpusvm.0

# broken WHAT WARNING COMMAND...: after COMMAND, list prints exactly this warning, and both
# pagemaps.
broken() {
	local what=$1 warning=$2
	shift 2
	make_tree gpus=2 topology=pairs
	"$@"
	run_tree list -r -n -o ID
	check "broken: $what: warning" warned "$warning"
	check "broken: $what: status" ended_with 4
	check "broken: $what: all pagemaps" prints 1 2
}

put() {
	printf '%b' "$2" >"$1"
}

point() {
	rm -rf "$1"
	ln -s "$2" "$1"
}

for file in uid region_instance size numa_node state; do
	broken "no $file" "$class/pagemap1/$file: missing" rm "tree/$pagemap/$file"
done
for file in type access usable; do
	broken "link without $file" "$link/$file: missing" rm "$link/$file"
done
for file in origin pagemap_list users pending; do
	broken "group without $file" "$group/$file: missing" rm "$group/$file"
done

make_tree gpus=2 topology=pairs
cp "tree/$pagemap/uid" "$class/pagemap2/uid"
run_tree list -r -n -o ID
check "broken: two pagemaps with one uid: warning" \
	warned "$class/pagemap2/uid: the same as of pagemap1; skipped"
check "broken: two pagemaps with one uid: status" ended_with 4
check "broken: two pagemaps with one uid: the first one stays" prints 1
run_tree export prometheus
check "broken: two pagemaps with one uid: no series twice" \
	test -z "$(grep -v '^#' out | sed 's/ [^ ]*$//' | sort | uniq -d)"

broken "garbage" "$class/pagemap1/size: not as documented" put "tree/$pagemap/size" 'a lot\n'
broken "empty file" "$class/pagemap1/size: not as documented" put "tree/$pagemap/size" ''
broken "negative size" "$class/pagemap1/size: not as documented" put "tree/$pagemap/size" '-1\n'
broken "node below -1" "$class/pagemap1/numa_node: not as documented" \
	put "tree/$pagemap/numa_node" '-2\n'
broken "instance of more than 16 bits" "$class/pagemap1/region_instance: not as documented" \
	put "tree/$pagemap/region_instance" '65536\n'
broken "two lines" "$class/pagemap1/state: not as documented" \
	put "tree/$pagemap/state" 'idle\nidle\n'
broken "NUL" "$class/pagemap1/state: not as documented" put "tree/$pagemap/state" 'idle\0\n'
broken "escape sequence" "$class/pagemap1/uid: not as documented" \
	put "tree/$pagemap/uid" '\033[31mred\n'
broken "usable is neither 0 nor 1" "$link/usable: not as documented" put "$link/usable" '2\n'
broken "list of IDs" "$group/pagemap_list: not as documented" put "$group/pagemap_list" '2,1\n'
broken "huge file" "$class/pagemap1/size: too long" truncate -s 10G "tree/$pagemap/size"
broken "directory for a file" "$class/pagemap1/size: not a regular file" \
	eval "rm tree/$pagemap/size; mkdir tree/$pagemap/size"
broken "pipe for a file" "$class/pagemap1/size: not a regular file" \
	eval "rm tree/$pagemap/size; mkfifo tree/$pagemap/size"
broken "link for a file" "$class/pagemap1/size: Too many levels of symbolic links" \
	point "tree/$pagemap/size" /etc/hostname
broken "file for a link" "$class/pagemap1/group: not a symbolic link" \
	eval "rm tree/$pagemap/group; echo auto >tree/$pagemap/group"
broken "link to something else than a group" "$class/pagemap1/group: its target is not a group" \
	point "tree/$pagemap/group" ../nonsense
broken "link to something else than an initiator" "$class/pagemap1/initiator: its target is not an initiator" \
	point "tree/$pagemap/initiator" ../nonsense
broken "directory of links is missing" "$class/pagemap1/initiators: missing" \
	rm -r "tree/$pagemap/initiators"
broken "looping directory" "$class/pagemap1/initiators: Too many levels of symbolic links" \
	point "tree/$pagemap/initiators" initiators
broken "link of an unknown initiator" \
	"$class/pagemap1/initiators/pci-0: not the uid of an initiator; skipped" \
	mkdir "tree/$pagemap/initiators/pci-0"
broken "link that leads nowhere" "$link: missing" point "$link" nowhere
broken "link that loops" "$link: Too many levels of symbolic links" \
	point "$link" platform-vgpusvm.0
broken "link that leads out" "$link: missing" point "$link" "$PWD/tree/$gpu"
broken "link to a file" "$link: Not a directory" point "$link" ../size
broken "garbage in statistics" "$link/statistics/read_bytes: not as documented" \
	put "$link/statistics/read_bytes" '1 MB\n'
broken "file for statistics" "$link/statistics: Not a directory" \
	eval "rm -r $link/statistics; touch $link/statistics"
broken "pagemap that loops" "$class/pagemap7: Too many levels of symbolic links" \
	ln -s pagemap7 "$class/pagemap7"
broken "pagemap that leads nowhere" "$class/pagemap7: missing" ln -s nowhere "$class/pagemap7"
broken "pagemap that leads out" "$class/pagemap7: missing" \
	ln -s "$PWD/$class/pagemap1" "$class/pagemap7"
broken "pagemap that is a file" "$class/pagemap7: Not a directory" touch "$class/pagemap7"
broken "ID of another pagemap" \
	"$class/pagemap7/id: differs from the name of the directory; skipped" \
	ln -s pagemap1 "$class/pagemap7"
broken "name that is not printable" \
	"tree/sys/class/drm_pagemap_group/a?b: not the name of a group" \
	mkdir $'tree/sys/class/drm_pagemap_group/a\nb'

make_tree gpus=2
touch "$class/something" "$class/pagemap" "$class/pagemap0" "$class/pagemap01" "$class/pagemap1x"
run_tree list -r -n -o ID
check "broken: other names in the class cause no warning" ended_with 0

make_tree gpus=2
rm "tree/$pagemap/group"
run_tree list -r -n -o ID,GROUP
check "broken: a GPU that is about to go has no group: status" ended_with 0
check "broken: a GPU that is about to go has no group" prints "1 -" "2 auto-platform-vgpusvm.0"

make_tree gpus=2
rm -r tree/sys/class/drm_pagemap_group
run_tree list -r -n -o ID,GROUP
check "broken: no class of groups: pagemaps" prints "1 -" "2 -"
check "broken: no class of groups: warning" \
	grep -q "warning: tree/sys/class/drm_pagemap_group: missing" err

make_tree gpus=2
rm -r tree/sys/class/drm_pagemap_initiator
run_tree list -r -n -o ID,INITIATOR
check "broken: no class of initiators: pagemaps" prints "1 -" "2 -"
check "broken: no class of initiators: warning" \
	grep -q "warning: tree/sys/class/drm_pagemap_initiator: missing" err

# What a snapshot shows is in the snapshot.
make_tree gpus=1
mv "$link/statistics" outside
ln -s "$PWD/outside" "$link/statistics"
run_tree list links -rn -o READ_BYTES
check "broken: statistics that lead out" prints -

make_tree gpus=2
echo 18446744073709551615 >"tree/$pagemap/size"
run_tree list -r -n -b -o SIZE
check "broken: the largest number is valid" prints 18446744073709551615 67108864

[ "$failures" -eq 0 ]
