#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 400
#
# The library places memory, says why not, and knows where it is: all of it must be
# what the kernel says and does.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

modprobe vgpusvm
gpu a size=33554432
gpu b
gpu c
links a b
links a c -- refusal=host-bridge
enable a b c
A=${IDS[a]} B=${IDS[b]} C=${IDS[c]}

# of WORD...: what lib_place prints behind these words, from the last "places".
of() {
	local word
	for word; do
		sed -n "s/^$word //p" "$TAP_TMP/placed"
	done | paste -sd' '
}

# places ARGUMENT...: runs lib_place on GPU a.
places() {
	local options=()
	while [[ ${1-} == -* ]]; do
		options+=("$1")
		shift
		if [ "${options[-1]}" = -m ]; then
			options+=("$1")
			shift
		fi
	done
	lib_place "${options[@]}" "$(number a)" "$@" >"$TAP_TMP/placed" 2>"$TAP_TMP/said" ||
		diag "lib_place: $(<"$TAP_TMP/placed")"
}

places "$A" "$B" "$C" 4000000000
is "permission is what the kernel says" "$(of permission)" \
	"$(svm_ask "$(number a)" "$A" "$B" "$C" 4000000000 | tail -n 1)"
is "the first one is taken" "$(of said taken preference)" \
	"ok ECANCELED ECANCELED ECANCELED $A $A"
is "and has the pages" "$(of prefetch resident content)" "ok $A ok"

places "$C" 4000000000 "$B" "$A"
is "the first that will do" "$(of said taken preference)" "ENOLINK ENOENT ok ECANCELED $B $B"
is "has the pages" "$(of prefetch resident content)" "ok $B ok"

places "$C" 4000000000
is "none will do" "$(of said taken preference)" "ENOLINK ENOENT ENOLINK 0"
is "the pages stay" "$(of prefetch resident content)" "ok 0 ok"

places -m 16 "$B" "$A"
is "one without room is passed over" "$(of said taken resident)" "ENOSPC ok $A $A"
places -m 16 "$B" "$C"
is "none with room" "$(of said taken preference)" "ENOSPC ENOLINK ENOSPC 0"
places -f -m 16 "$C" "$B"
is "one without room, if that is wanted" "$(of said taken preference content)" \
	"ENOLINK ok $B $B ok"

unbind b
places "$B" "$A"
is "one that is away" "$(of permission said taken)" "ENODEV ok ENODEV ok $A"
bind b
put none "$PEERS/auto/foreign_access"
chmod 666 /dev/dri/renderD*
setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
	lib_place "$(number a)" "$B" "$A" >"$TAP_TMP/placed"
is "one that is not allowed" "$(of permission said taken resident)" \
	"EACCES ok EACCES ok $A $A"
put cgroup "$PEERS/auto/foreign_access"

# Default placement

# with NAMES ARGUMENT...: as places does, by "gpusvm-topology run".
with() {
	local chosen=$1
	shift
	gpusvm-topology run --pagemap "$chosen" "$@" -- lib_place -d "$(number a)" \
		>"$TAP_TMP/placed" 2>"$TAP_TMP/said"
}

places -d
is "nothing was chosen" "$(of taken preference resident)" "0 0 0"
with "$B"
is "run: one is chosen" "$(of taken preference resident content)" "$B $B $B ok"
is "run: and nothing is said" "$(<"$TAP_TMP/said")" ""
with "$(memory c),$(memory b)"
is "run: the second one will do" "$(of taken resident)" "$B $B"
is "run: why not the first one" "$(<"$TAP_TMP/said")" \
	"4 GPUSVM_PAGEMAP: pagemap $C: Link has been severed"
with "$(uid a)"
is "run: the memory of a GPU" "$(of taken resident)" "$A $A"
with "$C"
is "run: it will not do" "$(of taken preference resident)" "0 0 0"
with "$C" --strict
is "run: and is an error to the strict" "$(of taken preference resident)" "ENOLINK 0 0"
like "run: with the reason" "$(<"$TAP_TMP/said")" "^3 GPUSVM_PAGEMAP: pagemap $C: "
status=0
with 4000000000 || status=$?
is "run: there is none such" "$status $(<"$TAP_TMP/placed")" "125 "

# What the tools say agrees with it

is "select: near, and usable" "$(gpusvm-topology select -d ' ' --near "$(uid a)")" "$A $B"
is "select: with room" "$(gpusvm-topology select --near "$(uid b)" --free 16M)" "$A"
is "resolve: by render node" \
	"$(gpusvm-topology resolve --to id "$(basename "$(readlink "$INITIATORS/$(uid b)/render")")")" "$B"
card=$(gpusvm-topology resolve --to card "$A")
ok "resolve: the card node is there" test -c "/dev/dri/$card"
is "resolve: and is that of the GPU" "$(gpusvm-topology resolve --to id "/dev/dri/$card")" "$A"
like "explain: a peer" "$(gpusvm-topology explain "$(uid a)" "$B")" "can use pagemap $B "
status=0
gpusvm-topology explain "$(uid a)" "$C" >"$TAP_TMP/explained" || status=$?
like "explain: another island" "$status $(<"$TAP_TMP/explained")" '^9 .*\(host-bridge\)'

clean_up
done_testing
