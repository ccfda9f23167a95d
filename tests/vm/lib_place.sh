#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
#
# The library places memory, explains failures, and knows where memory is. Its results
# must agree with the kernel.

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

# of WORD...: prints the rest of the line of the last "places" that begins with these words.
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
says "the library reports the errors of the kernel" \
	"$(svm_ask "${UIDS[a]##*.}" "$A" "$B" "$C" 4000000000 | tail -n 1)" \
	of permission
says "the first pagemap of a list is taken" "ok ECANCELED ECANCELED ECANCELED $A $A" \
	of said taken preference
says "... and has the pages" "ok $A ok" of prefetch resident content

places "$C" 4000000000 "$B" "$A"
says "the first usable pagemap of a list is taken" \
	"ENOLINK ENOENT ok ECANCELED $B $B" of said taken preference
says "... and has the pages" "ok $B ok" of prefetch resident content

places "$C" 4000000000
says "a list without a usable pagemap takes none" \
	"ENOLINK ENOENT ENOLINK 0" of said taken preference
says "... and the pages stay" "ok 0 ok" of prefetch resident content

places -m 16 "$B" "$A"
says "a pagemap without room is skipped" "ENOSPC ok $A $A" of said taken resident
places -m 16 "$B" "$C"
says "a list without room takes none" "ENOSPC ENOLINK ENOSPC 0" of said taken preference
places -f -m 16 "$C" "$B"
says "a pagemap without room is taken on request" "ENOLINK ok $B $B ok" \
	of said taken preference content

unbind b
places "$B" "$A"
says "a pagemap whose GPU is away is skipped" "ENODEV ok ENODEV ok $A" of permission said taken
bind b
put none "$PEERS/auto/foreign_access"
chmod 666 /dev/dri/renderD*
setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
	lib_place "${UIDS[a]##*.}" "$B" "$A" >"$TAP_TMP/placed"
says "a pagemap that the caller may not use is skipped" \
	"EACCES ok EACCES ok $A $A" of permission said taken resident
put open "$PEERS/auto/foreign_access"

# Default placement

# with NAMES ARGUMENT...: the same as places, run by "gpusvm-topology run".
with() {
	local chosen=$1
	shift
	gpusvm-topology run --pagemap "$chosen" "$@" -- lib_place -d "${UIDS[a]##*.}" \
		>"$TAP_TMP/placed" 2>"$TAP_TMP/said"
}

places -d
says "without a default, no pagemap is chosen" "0 0 0" of taken preference resident
with "$B"
says "run: the default pagemap is taken" "$B $B $B ok" of taken preference resident content
is "run: and no message is printed" "$(<"$TAP_TMP/said")" ""
with "${UIDS[c]}-vram0,${UIDS[b]}-vram0"
says "run: the second name is taken if the first is not usable" "$B $B" of taken resident
is "run: a message has the reason" "$(<"$TAP_TMP/said")" \
	"4 GPUSVM_PAGEMAP: pagemap $C: Link has been severed"
with "${UIDS[a]}"
says "run: a GPU stands for its pagemap" "$A $A" of taken resident
with "$C"
says "run: without a usable name, nothing is placed" "0 0 0" of taken preference resident
with "$C" --strict
says "run: --strict makes that an error" "ENOLINK 0 0" of taken preference resident
like "run: with the reason" "$(<"$TAP_TMP/said")" "^3 GPUSVM_PAGEMAP: pagemap $C: "
status=0
with 4000000000 || status=$?
is "run: an unknown name fails" "$status $(<"$TAP_TMP/placed")" "125 "

# The tool agrees with the library

says "select: near and usable pagemaps" "$A $B" gpusvm-topology select -d ' ' --near "${UIDS[a]}"
says "select: pagemaps with room" "$A" gpusvm-topology select --near "${UIDS[b]}" --free 16M
says "resolve: a render node" "$B" \
	gpusvm-topology resolve --to id "$(basename "$(readlink "$INITIATORS/${UIDS[b]}/render")")"
card=$(gpusvm-topology resolve --to card "$A")
ok "resolve: the card node exists" test -c "/dev/dri/$card"
says "resolve: a card node" "$A" gpusvm-topology resolve --to id "/dev/dri/$card"
matches "explain: a peer" "can use pagemap $B " gpusvm-topology explain "${UIDS[a]}" "$B"
status=0
gpusvm-topology explain "${UIDS[a]}" "$C" >"$TAP_TMP/explained" || status=$?
like "explain: another island" "$status $(<"$TAP_TMP/explained")" '^9 .*\(host-bridge\)'

clean_up
done_testing
