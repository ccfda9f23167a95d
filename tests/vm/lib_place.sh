#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
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
	local word name value text=
	for word; do
		while read -r name value; do
			if [ "$name" = "$word" ]; then
				text+=" $value"
			fi
		done <"$TAP_TMP/placed"
	done
	echo "${text# }"
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
	lib_place "${options[@]}" "${UIDS[a]##*.}" "$@" >"$TAP_TMP/placed" 2>"$TAP_TMP/said" ||
		diag "lib_place: $(<"$TAP_TMP/placed")"
}

places "$A" "$B" "$C" 4000000000
says "permission is what the kernel says" \
	"$(svm_ask "${UIDS[a]##*.}" "$A" "$B" "$C" 4000000000 | tail -n 1)" \
	of permission
says "the first one is taken" "ok ECANCELED ECANCELED ECANCELED $A $A" \
	of said taken preference
says "and has the pages" "ok $A ok" of prefetch resident content

places "$C" 4000000000 "$B" "$A"
says "the first that will do" "ENOLINK ENOENT ok ECANCELED $B $B" of said taken preference
says "has the pages" "ok $B ok" of prefetch resident content

places "$C" 4000000000
says "none will do" "ENOLINK ENOENT ENOLINK 0" of said taken preference
says "the pages stay" "ok 0 ok" of prefetch resident content

places -m 16 "$B" "$A"
says "one without room is passed over" "ENOSPC ok $A $A" of said taken resident
places -m 16 "$B" "$C"
says "none with room" "ENOSPC ENOLINK ENOSPC 0" of said taken preference
places -f -m 16 "$C" "$B"
says "one without room, if that is wanted" "ENOLINK ok $B $B ok" \
	of said taken preference content

unbind b
places "$B" "$A"
says "one that is away" "ENODEV ok ENODEV ok $A" of permission said taken
bind b
put none "$PEERS/auto/foreign_access"
chmod 666 /dev/dri/renderD*
setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
	lib_place "${UIDS[a]##*.}" "$B" "$A" >"$TAP_TMP/placed"
says "one that is not allowed" "EACCES ok EACCES ok $A $A" of permission said taken resident
put open "$PEERS/auto/foreign_access"

# Default placement

# with NAMES ARGUMENT...: as places does, by "gpusvm-topology run".
with() {
	local chosen=$1
	shift
	gpusvm-topology run --pagemap "$chosen" "$@" -- lib_place -d "${UIDS[a]##*.}" \
		>"$TAP_TMP/placed" 2>"$TAP_TMP/said"
}

places -d
says "nothing was chosen" "0 0 0" of taken preference resident
with "$B"
says "run: one is chosen" "$B $B $B ok" of taken preference resident content
is "run: and nothing is said" "$(<"$TAP_TMP/said")" ""
with "${UIDS[c]}-vram0,${UIDS[b]}-vram0"
says "run: the second one will do" "$B $B" of taken resident
is "run: why not the first one" "$(<"$TAP_TMP/said")" \
	"4 GPUSVM_PAGEMAP: pagemap $C: Link has been severed"
with "${UIDS[a]}"
says "run: the memory of a GPU" "$A $A" of taken resident
with "$C"
says "run: it will not do" "0 0 0" of taken preference resident
with "$C" --strict
says "run: and is an error to the strict" "ENOLINK 0 0" of taken preference resident
like "run: with the reason" "$(<"$TAP_TMP/said")" "^3 GPUSVM_PAGEMAP: pagemap $C: "
status=0
with 4000000000 || status=$?
is "run: there is none such" "$status $(<"$TAP_TMP/placed")" "125 "

# What the tools say agrees with it

says "select: near, and usable" "$A $B" gpusvm-topology select -d ' ' --near "${UIDS[a]}"
says "select: with room" "$A" gpusvm-topology select --near "${UIDS[b]}" --free 16M
says "resolve: by render node" "$B" \
	gpusvm-topology resolve --to id "$(basename "$(readlink "$INITIATORS/${UIDS[b]}/render")")"
card=$(gpusvm-topology resolve --to card "$A")
ok "resolve: the card node is there" test -c "/dev/dri/$card"
says "resolve: and is that of the GPU" "$A" gpusvm-topology resolve --to id "/dev/dri/$card"
matches "explain: a peer" "can use pagemap $B " gpusvm-topology explain "${UIDS[a]}" "$B"
status=0
gpusvm-topology explain "${UIDS[a]}" "$C" >"$TAP_TMP/explained" || status=$?
like "explain: another island" "$status $(<"$TAP_TMP/explained")" '^9 .*\(host-bridge\)'

clean_up
done_testing
