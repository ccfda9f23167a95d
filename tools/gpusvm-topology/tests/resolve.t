#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The command resolve: all names of a pagemap or a GPU.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

make_tree gpus=4 topology=pairs regions=2,1 memless=1 pci=1

first=("1 pci-0000:03:00.0-vram0 pci-0000:03:00.0 0000:03:00.0 renderD128 card0"
	"2 pci-0000:03:00.0-vram1 pci-0000:03:00.0 0000:03:00.0 renderD128 card0")
third="4 pci-0000:05:00.0-vram0 pci-0000:05:00.0 0000:05:00.0 renderD130 card2"
memless="- - pci-0000:06:00.0 0000:06:00.0 renderD131 card3"

# resolves NAME LINE...
resolves() {
	local name=$1
	shift
	run_tree resolve -r -n "$name"
	check "resolve: $name" prints "$@"
	check "resolve: $name: status" ended_with 0
}

resolves 2 "${first[1]}"
resolves pci-0000:05:00.0-vram0 "$third"
for name in pci-0000:05:00.0 0000:05:00.0 05:00.0 renderD130 /dev/dri/renderD130 card2; do
	resolves "$name" "$third"
done
resolves 0000:03:00.0 "${first[@]}"
resolves card3 "$memless"

run_tree resolve -r card3 card2
check "resolve: several, with headings" prints "ID UID INITIATOR DEVICE RENDER CARD" \
	"$memless" "$third"
run_tree resolve -r -n -o card,id 4
check "resolve: columns" prints "card2 4"

# to COLUMN NAME LINE...
to() {
	local column=$1 name=$2
	shift 2
	run_tree resolve --to "$column" "$name"
	check "resolve: $name to $column" prints "$@"
	check "resolve: $name to $column: status" ended_with 0
}

to id 03:00.0 1 2
to uid 4 pci-0000:05:00.0-vram0
to initiator renderD131 pci-0000:06:00.0
to device pci-0000:04:00.0-vram0 0000:04:00.0
to render 1 renderD128
to CARD 1 card0

run_tree resolve --to id card3 card2
check "resolve: a GPU without the value is skipped" prints 4
check "resolve: ... with a message" grep -qx 'gpusvm-topology: "card3" has no ID' err
check "resolve: ... and status 5" ended_with 5

for name in 0 5 9999999999 pci renderD1 05:00 ''; do
	run_tree resolve --to id "$name" 4
	check "resolve: \"$name\" does not exist" \
		grep -qx "gpusvm-topology: pagemap or GPU \"$name\" does not exist" err
	check "resolve: \"$name\": the others are printed" prints 4
	check "resolve: \"$name\": status" ended_with 5
done

# Partitions of one device
make_tree gpus=8 topology=full pci=1 parts=4
run_tree resolve -r -n 0000:03:00.0
check "resolve: all partitions of a device" prints \
	"1 pci-0000:03:00.0-0-vram0 pci-0000:03:00.0-0 0000:03:00.0 renderD128 -" \
	"2 pci-0000:03:00.0-1-vram0 pci-0000:03:00.0-1 0000:03:00.0 renderD129 -" \
	"3 pci-0000:03:00.0-2-vram0 pci-0000:03:00.0-2 0000:03:00.0 renderD130 -" \
	"4 pci-0000:03:00.0-3-vram0 pci-0000:03:00.0-3 0000:03:00.0 renderD131 -"
to id 04:00.0 5 6 7 8
to id pci-0000:04:00.0-1 6
to id renderD130 3
make_tree gpus=4 topology=pairs regions=2,1 memless=1 pci=1

rm -r tree/sys/devices/pci0000:00/0000:05:00.0/drm/card2
run_tree resolve -P -o ID,CARD 4
check "resolve: no card node" prints 'ID="4" CARD=""'
run_tree resolve -J 4
check "resolve: the same as JSON" grep -q '"card": null' out
check_json "resolve: with its schema"
run_tree resolve -J card3
check_json "resolve: a GPU without memory, as JSON"

run_tree resolve
check "resolve: no NAME" grep -q 'a NAME is required' err
check "resolve: no NAME: status" ended_with 2
run_tree resolve --to weight 4
check "resolve: no such column" grep -q 'names have no column "weight"' err
check "resolve: no such column: status" ended_with 2

[ "$failures" -eq 0 ]
