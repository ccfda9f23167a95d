# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The output that is stored with the snapshot of a machine.

# show COMMAND...: prints the output of COMMAND, which is gpusvm-topology, without the rights,
# which are unknown for another machine.
show() {
	local links=INITIATOR,PAGEMAP,TYPE,HOPS,READ_BW,WRITE_BW,READ_LAT,WRITE_LAT,ACCESS
	links+=,REASON,USABLE,USABLE_REASON,MAX_READ_BW,MAX_WRITE_BW,PAGEMAP_UID
	"$@" list -o ID,UID,SIZE,FREE,NODE,STATE,GROUP,RENDER,INITIATOR,INSTANCE
	"$@" list initiators -o UID,RENDER,GROUP,OWN,USABLE,DIRECT,LINKED,DEVICE
	"$@" list links -o "$links"
	"$@" list groups -O
	"$@" tree -o NAME,ID,SIZE,FREE,RENDER
	"$@" matrix
	"$@" matrix --show read-bandwidth
	"$@" group show
}
