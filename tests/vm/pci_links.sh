#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# stock: yes
# long: yes
# timeout: 1200
#
# GPUs on PCI have the links that the machine's description leads to. tests/lib/machines boots
# the machine of this name in MACHINE.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

HERE=$(cd "$(dirname "$0")/../.." && pwd)
LINKS=/sys/class/drm_pagemap_link

# All that the description decides, and nothing that depends on the time of the boot.
show_machine() {
	gpusvm-topology list -r -o ID,UID,SIZE,NODE,GROUP
	gpusvm-topology list links -r \
		-o INITIATOR,PAGEMAP,TYPE,HOPS,READ_BW,MAX_READ_BW,ACCESS,REASON,USABLE
}

if [ "${MACHINE_SHOW:-}" ]; then
	show_machine
	exit
fi

# path_of UID: sets the array PATH_OF to the ports above a GPU, from the root, and the GPU.
path_of() {
	local line
	line=$(lspci -D -PP -s "${1#pci-}")
	IFS=/ read -ra PATH_OF <<<"${line%% *}"
}

# redirects PORT: the port redirects requests of peers, by the ACS bits that lspci shows.
redirects() {
	lspci -vv -s "$1" | grep -qE 'ACSCtl:.*(ReqRedir|CmpltRedir|EgressCtrl)\+'
}

# The kernel knows that these forward requests between root ports.
platform_forwards() {
	awk -F ': ' '/^vendor_id/ { amd = $2 == "AuthenticAMD" }
		/^cpu family/ { zen = $2 >= 23 } END { exit !(amd && zen) }' /proc/cpuinfo
}

# expected FROM TO: prints hops, access and reason, as lspci shows the two GPUs.
expected() {
	local from to common=0 port redirected=
	path_of "$1"
	from=("${PATH_OF[@]}")
	path_of "$2"
	to=("${PATH_OF[@]}")
	while [ "${from[common]}" = "${to[common]}" ]; do
		common=$((common + 1))
	done
	for port in "${from[@]:common}" "${to[@]:common}"; do
		if redirects "$port"; then
			redirected=yes
		fi
	done
	if [ "$common" = 0 ] || [ -n "$redirected" ]; then
		if ! platform_forwards; then
			echo "- none $([ "$common" = 0 ] && echo host-bridge || echo acs)"
			return
		fi
	fi
	# Bridges below the common one on both sides, and that one or the host bridge.
	echo "$((${#from[@]} - common - 1 + ${#to[@]} - common - 1 + 1)) direct none"
}

# published LINK
published() {
	local hops access reason
	read -r hops <"$1/hops" || hops=-
	read -r access <"$1/access"
	read -r reason <"$1/reason"
	echo "$hops $access $reason"
}

# computes GPU WHERE PLACES: the CRC of a file is right, and the GPU has read it there.
computes() {
	if ! gpusvm-crc32 --gpu "$1" --pagemap "$2" "$TAP_TMP/data" >"$TAP_TMP/crc" 2>&1 ||
		! grep -qE "^crc32 +$CRC 3000000 " "$TAP_TMP/crc" ||
		! grep -qE "^read +$3" "$TAP_TMP/crc"; then
		cat "$TAP_TMP/crc"
		return 1
	fi
}

show_machine >"$TAP_TMP/links"
ok "$MACHINE: the links are as before" \
	diff "$HERE/vm/machines/$MACHINE.links" "$TAP_TMP/links"

for link in "$LINKS"/*; do
	initiator=$(readlink "$link/initiator") owner=$(readlink "$link/pagemap/initiator")
	initiator=${initiator##*/} owner=${owner##*/}
	if [ "$initiator" != "$owner" ]; then
		is "${link##*/}: hops and reason agree with lspci" "$(published "$link" 2>/dev/null)" \
			"$(expected "$initiator" "$owner")"
	fi
done

head -c 3000000 /dev/urandom >"$TAP_TMP/data"
read -r CRC _ < <(cksum -a crc32b "$TAP_TMP/data")
for gpu in /sys/class/drm_pagemap_initiator/*; do
	gpu=${gpu##*/}
	ok "$gpu computes in its own BAR" computes "$gpu" near '3000000 bytes local, 0 peer'
	peers=$(grep -lx 1 "$LINKS/$gpu--"*/usable | wc -l)
	if [ "$peers" -gt 1 ]; then
		ok "$gpu computes in the BAR of a peer" computes "$gpu" peer \
			'0 bytes local, 3000000 peer'
	fi
done

# has_huge_folios GPU: prints whether DRM_VGPUSVM_FEATURE_HUGE_FOLIOS is set.
has_huge_folios() {
	local render
	render=$(readlink "/sys/class/drm_pagemap_initiator/$1/render")
	python3 - "/dev/dri/${render##*/}" <<'EOF'
import ctypes, fcntl, struct, sys

DRM_IOCTL_VGPUSVM_QUERY_CAPS = 0xC018644B
caps = ctypes.create_string_buffer(40)
query = struct.pack("=IIQQ", len(caps), 0, ctypes.addressof(caps), 0)
with open(sys.argv[1], "r+b", buffering=0) as gpu:
    fcntl.ioctl(gpu, DRM_IOCTL_VGPUSVM_QUERY_CAPS, query)
print(bool(caps.raw[0] & 2))
EOF
}

echo 1 >/sys/module/vgpusvm/parameters/huge_folios
is 'memory in a BAR has no huge folios' "$(has_huge_folios "$gpu")" False
echo 0 >/sys/module/vgpusvm/parameters/huge_folios

# find_pair: sets INITIATOR and OWNER to two GPUs of a group, and ID to the pagemap of OWNER.
find_pair() {
	local link
	for link in "$LINKS"/*; do
		INITIATOR=$(readlink "$link/initiator") OWNER=$(readlink "$link/pagemap/initiator")
		INITIATOR=${INITIATOR##*/} OWNER=${OWNER##*/}
		read -r ID <"$link/pagemap/id"
		if [ "$INITIATOR" != "$OWNER" ] && grep -qx 1 "$link/usable"; then
			return
		fi
	done
	return 1
}

# pulls_back PID: the GPU of the memory is unbound while the program is stopped. The program
# computes the same again, in system memory.
pulls_back() {
	echo "${OWNER#pci-}" >/sys/bus/pci/drivers/vgpusvm/unbind &&
		kill -CONT "$1" && wait "$1" &&
		[ "$(grep -cE "^crc32 +$CRC 3000000 " "$TAP_TMP/rounds")" = 2 ] &&
		grep -q '^prefetch  ENODEV' "$TAP_TMP/rounds"
}

if find_pair; then
	gpusvm-crc32 --gpu "$INITIATOR" --pagemap "$ID" --rounds 2 "$TAP_TMP/data" \
		>"$TAP_TMP/rounds" 2>&1 &
	ok "$INITIATOR uses the memory of $OWNER" \
		eventually 120 grep -q '^State:.T' "/proc/$!/status"
	ok 'debugfs has the pagemap of ranges in the BAR of a peer' \
		grep -q " pagemap $ID " "/sys/kernel/debug/dri/${INITIATOR#pci-}/ranges"
	ok 'debugfs has the allocations in a BAR' \
		grep -q '^  size ' "/sys/kernel/debug/dri/${OWNER#pci-}/allocations"
	ok 'a program computes on after the GPU of the memory is unbound' pulls_back $!
	echo "${OWNER#pci-}" >/sys/bus/pci/drivers/vgpusvm/bind
	is 'the memory of a GPU that is bound again has the same ID' \
		"$(cat "/sys/class/drm_pagemap_link/$INITIATOR--pagemap$ID/usable")" 1
fi

done_testing
