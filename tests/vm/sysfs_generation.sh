#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 400
#
# The generation: which changes bump it, poll(2), and consistent scans.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

GENERATION=$PAGEMAPS/topology/generation
SCANS=10

# steps COMMAND...: by how much it moves, and what the command says.
steps() {
	local before after
	read -r before <"$GENERATION"
	"$@" >"$TAP_TMP/said"
	read -r after <"$GENERATION"
	echo $((after - before)) "$(<"$TAP_TMP/said")"
}

modprobe vgpusvm
says "the generation is 0 before any change" 0 show "$GENERATION"
gpu a
gpu b
gpu c
gpu d
links a b c d
says "making a GPU leaves it unchanged" 0 show "$GENERATION"
says "enabling a GPU bumps it once" "2 " steps enable a
enable b c d

# Changes that bump it

group x a b
says "making a peer group leaves it unchanged" "0 " steps group y a c
says "enabling a peer group bumps it once" "2 " steps put 1 "$PEERS/groups/x/enabled"
says "enabling it again leaves it unchanged" "0 " steps put 1 "$PEERS/groups/x/enabled"
says "switching sets bumps it once" "2 " steps put y "$PEERS/enabled_groups"
says "a refused set leaves it unchanged" "0 EBUSY" steps errno put "x y" "$PEERS/enabled_groups"
says "disabling a peer group bumps it once" "2 " steps put 0 "$PEERS/groups/y/enabled"
says "changing an attribute of a link bumps it once" \
	"2 " steps put 999 "$GPUS/a/links/b/read_latency"
says "the current bandwidth of a link leaves it unchanged" \
	"0 " steps put 999 "$GPUS/a/links/b/read_bandwidth"
says "refusing a link, which affects both directions, bumps it once" "2 " \
	steps put acs "$GPUS/a/links/b/refusal"
says "admitting the link bumps it once" "2 " steps put none "$GPUS/a/links/b/refusal"
says "foreign_access leaves it unchanged" "0 " steps put none "$PEERS/auto/foreign_access"
put open "$PEERS/auto/foreign_access"

agent user a
says "a VM leaves it unchanged" "0 ok" steps tell user vm
says "the VM uses the group" 1 of auto-platform-vgpusvm.0 users
says "placing and migrating memory leaves it unchanged" "0 ok" steps tell user place "${IDS[b]}"
says "the pagemap is active" active show "$PAGEMAPS/pagemap${IDS[b]}/state"
says "migrating back leaves it unchanged" "0 ok" steps tell user touch
says "the end of the VM leaves it unchanged" "0 ok" steps tell user novm
dismiss user

# poll(2)

wait_for "$GENERATION" $(($(<"$GENERATION") + 2))
put 998 "$GPUS/a/links/b/read_latency"
ok "poll(2) wakes up for a new generation" told

# Scans while two sets of groups are swapped. Each set changes the groups of all
# GPUs and half of the links in one step, so a torn scan is neither of the two.

group left c d
group middle b c
group right a d

# Each listing is a scan of its own.
scan_into() {
	gpusvm-topology list links -r -o INITIATOR,PAGEMAP,USABLE,USABLE_REASON \
		>"$TAP_TMP/links.$1" 2>>"$TAP_TMP/errors" || echo "status $?" >>"$TAP_TMP/errors"
	gpusvm-topology list groups -r -o NAME,PAGEMAPS,INITIATORS \
		>"$TAP_TMP/groups.$1" 2>>"$TAP_TMP/errors" || echo "status $?" >>"$TAP_TMP/errors"
}

# pause MICROSECONDS: between two changes a scan can end, and a change comes in
# every few of them, however slow the kernel is.
pause() {
	local micro=$(($1 * 2 > 200000 ? $1 * 2 : 200000))
	printf '%d.%06d\n' $((micro / 1000000)) $((micro % 1000000))
}

swap() {
	while [ -e "$TAP_TMP/running" ]; do
		put "x left" "$PEERS/enabled_groups"
		sleep "$1"
		put "right middle" "$PEERS/enabled_groups"
		sleep "$1"
	done
}

put "x left" "$PEERS/enabled_groups"
begin=${EPOCHREALTIME/./}
scan_into first
pace=$(pause $((${EPOCHREALTIME/./} - begin)))
diag "a change every $pace s"
put "right middle" "$PEERS/enabled_groups"
scan_into second
nok "the two sets differ" cmp "$TAP_TMP/links.first" "$TAP_TMP/links.second"

touch "$TAP_TMP/running"
swap "$pace" &
for ((i = 0; i < SCANS; i++)); do
	scan_into "$i"
done
rm "$TAP_TMP/running"
wait $!

# kinds FILE: how many of the scans are as the first set, the second, or none.
kinds() {
	local i first=0 second=0 other=0
	for ((i = 0; i < SCANS; i++)); do
		if cmp -s "$TAP_TMP/$1.$i" "$TAP_TMP/$1.first"; then
			first=$((first + 1))
		elif cmp -s "$TAP_TMP/$1.$i" "$TAP_TMP/$1.second"; then
			second=$((second + 1))
		else
			other=$((other + 1))
			sed 's/^/# /' "$TAP_TMP/$1.$i" >&2
		fi
	done
	echo "$first $second $other"
}

links=$(kinds links)
groups=$(kinds groups)
diag "scans of links: $links; of groups: $groups (one set, the other, torn)"
like "scans of links are never torn" "$links" '^[1-9][0-9]* [1-9][0-9]* 0$'
like "scans of groups are never torn" "$groups" '^[1-9][0-9]* [1-9][0-9]* 0$'
says "no scan had to give up" "" show "$TAP_TMP/errors"
is "the generation is even at rest" $(($(<"$GENERATION") % 2)) 0

clean_up
done_testing
