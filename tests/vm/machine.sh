#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# vgpusvm-machine: each profile makes the topology that its manual page promises.
# stock: only

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

SCRIPT=$PWD/tools/gpusvm-topology/scripts/vgpusvm-machine

machine() {
	"$SCRIPT" "$@" 2>"$TAP_TMP/said"
}

# status COMMAND...: its exit status.
status() {
	local status=0
	machine "$@" >/dev/null || status=$?
	echo "$status"
}

# names DIRECTORY: of the entries there, in one line.
names() {
	local entries=("$1"/*)
	[ -e "${entries[0]}" ] || entries=()
	echo "${entries[@]##*/}"
}

# blocks: the numbers of the GPUs of each group, sorted. A name of a group depends on the
# order in which its GPUs came.
blocks() {
	local words word
	read -ra words <<<"$(partition)"
	for word in "${words[@]}"; do
		echo "${word#*=}"
	done | sort | paste -sd' '
}

# counts WHAT DIRECT REFUSED BLOCKS: of the links between GPUs, and the groups.
counts() {
	local link access direct=0 refused=0
	for link in /sys/class/drm_pagemap_link/*/; do
		read -r access <"$link/type"
		[ "$access" != local ] || continue
		read -r access <"$link/access"
		if [ "$access" = direct ]; then
			direct=$((direct + 1))
		else
			refused=$((refused + 1))
		fi
	done
	is "$1: direct and refused links" "$direct $refused" "$2 $3"
	says "$1: groups" "$4" blocks
}

# profile NAME DIRECT REFUSED BLOCKS
profile() {
	ok "$1 can be applied" machine --size 2M apply "$1"
	counts "$@"
	machine show >"$TAP_TMP/first"
	ok "$1 can be removed" machine remove "$1"
}

ok "apply loads the module" machine --size 2M apply two-pairs
counts "two-pairs" 5 10 "0,1 2,3"
is "... with the size" "$(<"$GPUS/gpu0/regions/1/size")" 2097152
is "a profile can't be applied twice" "$(status apply two-pairs)" 7
says "... and leaves the GPUs" "gpu0 gpu1 gpu2 gpu3" names "$GPUS"

machine show >"$TAP_TMP/first"
ok "remove removes all" machine remove
says "... GPUs" "" names "$GPUS"
ok "what show prints can be applied" machine apply "$TAP_TMP/first"
machine show >"$TAP_TMP/second"
ok "... and makes the same GPUs" diff "$TAP_TMP/first" "$TAP_TMP/second"
machine remove

profile full-mesh-8 56 0 "0,1,2,3,4,5,6,7"
profile two-islands 24 32 "0,1,2,3 4,5,6,7"
profile ring-8 16 0 "0,1 2,3 4,5 6,7"
profile partitions 56 0 "0,1,2,3,4,5,6,7"
profile dead-link 10 2 "0 1,2,3"

ok "switch-pair can be applied" machine --size 2M apply switch-pair
counts switch-pair 12 0 "0,1,2,3"
put 20000 "$PEERS/auto/min_bandwidth"
counts "switch-pair, without slow paths" 12 0 "0,1 2,3"
put 0 "$PEERS/auto/min_bandwidth"
machine remove

ok "asymmetric can be applied" machine --size 2M apply asymmetric
is "... a path without the opposite one is refused" \
	"$(cat /sys/class/drm_pagemap_link/platform-vgpusvm.2--*/reason | sort -u | paste -sd' ')" \
	"none one-way"
machine remove

# All or nothing
printf '%s\n' '[gpu a b]' 'size = 4M' '[links a b]' 'type = wire' >"$TAP_TMP/wrong.conf"
is "a value that the kernel refuses" "$(status apply "$TAP_TMP/wrong.conf")" 1
matches "... is named" 'a/links/b: type = wire: Invalid argument$' cat "$TAP_TMP/said"
says "... and no GPU is left" "" names "$GPUS"
printf '%s\n' '[gpu a]' '[gpu b]' 'index = 0' >"$TAP_TMP/wrong.conf"
is "an index that is taken" "$(status apply "$TAP_TMP/wrong.conf")" 7
says "... leaves no GPU" "" names "$GPUS"

clean_up
done_testing
