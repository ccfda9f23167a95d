#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The commands show and tree.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

make_tree gpus=4 topology=pairs regions=2,1 memless=1

titles() {
	grep -v '^ ' out | grep .
}

# shows NAME TITLE...: show prints exactly these objects.
shows() {
	local name=$1
	shift
	run_tree show "$name"
	check "show: $name: status" ended_with 0
	check "show: $name" diff <(titles) <(printf '%s\n' "$@")
	run_tree show "$name" -J
	check_json "show: $name: JSON"
}

# to ID GPU...: the titles of links.
to() {
	local id=$1 gpu
	shift
	for gpu; do
		echo "link from platform-vgpusvm.$gpu to pagemap $id"
	done
}

shows 3 "pagemap 3" "$(to 3 0 1)"
shows platform-vgpusvm.1-vram0 "pagemap 3" "$(to 3 0 1)"
shows platform-vgpusvm.2 "initiator platform-vgpusvm.2" "$(to 4 2)"
shows auto-platform-vgpusvm.0 "group auto-platform-vgpusvm.0"
shows renderD130 "initiator platform-vgpusvm.2" "$(to 4 2)" "pagemap 4" "$(to 4 2 3)"
shows vgpusvm.3 "initiator platform-vgpusvm.3" "$(to 4 3)"

run_tree show 1 -b
check "show: a value" grep -qx "  size: 67108864" out
check "show: an unknown value" grep -qx "  rights: -" out

run_tree show 7 nonsense 1 -J
check "show: some are missing: status" ended_with 5
check "show: some are missing: messages" diff - err <<'END'
gpusvm-topology: pagemap, GPU or group "7" does not exist
gpusvm-topology: pagemap, GPU or group "nonsense" does not exist
END
check "show: some are missing: the others" test "$(json '[.pagemaps[].id]')" = '[1]'
for name in 0 01 -1 1x 99999999999999999999 ""; do
	run_tree show -- "$name"
	check "show: no pagemap: \"$name\"" ended_with 5
done

run_tree tree -o NAME,ID,SIZE
check "tree: status" ended_with 0
check "tree: groups, initiators, pagemaps" prints \
	"NAME                         ID SIZE" \
	"auto-platform-vgpusvm.0       - 192M" \
	"|-platform-vgpusvm.0          - 128M" \
	"| |-platform-vgpusvm.0-vram0  1  64M" \
	"| \`-platform-vgpusvm.0-vram1  2  64M" \
	"\`-platform-vgpusvm.1          -  64M" \
	"  \`-platform-vgpusvm.1-vram0  3  64M" \
	"auto-platform-vgpusvm.2       -  64M" \
	"|-platform-vgpusvm.2          -  64M" \
	"| \`-platform-vgpusvm.2-vram0  4  64M" \
	"\`-platform-vgpusvm.3          -    -"
run_tree tree -J
check_json "tree: JSON"
check "tree: JSON has nested children" test "$(json '[.tree[0].children[0].children[].id]')" = '[1,2]'
check "tree: a leaf has an empty list" test \
	"$(json '.tree[1].children[1].children')" = '[]'

rm "$sys/devices/platform/vgpusvm.2/drm_pagemap/pagemap4/initiator" \
	tree/sys/class/drm_pagemap_initiator/platform-vgpusvm.3/group
run_tree tree -rn -o NAME
check "tree: broken: status" ended_with 4
check "tree: broken: the tree has all objects" diff <(sort out) - <<'END'
auto-platform-vgpusvm.0
auto-platform-vgpusvm.2
platform-vgpusvm.0
platform-vgpusvm.0-vram0
platform-vgpusvm.0-vram1
platform-vgpusvm.1
platform-vgpusvm.1-vram0
platform-vgpusvm.2
platform-vgpusvm.2-vram0
platform-vgpusvm.3
END

finish_json
[ "$failures" -eq 0 ]
