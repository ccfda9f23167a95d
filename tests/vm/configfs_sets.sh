#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
#
# enabled_groups: one set of groups in place of another, in one step or not at
# all.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

GENERATION=$PAGEMAPS/topology/generation

modprobe vgpusvm
for name in a b c d e f; do
	gpu "$name"
done
links a b c d
links e f
links a e -- refusal=acs
enable a b c d e f
group ab a b
group cd c d
group ac a c
group bd b d
group ef e f
group ae a e
group none

says "no set" ": auto0=0,1,2,3 auto4=4,5" show "$PEERS/enabled_groups" +: partition
before=$(<"$GENERATION")
says "a set" "ok: ok" switch_all cd ab
is "is one change" "$(($(<"$GENERATION") - before))" 2
is "its names are sorted" "$(<"$PEERS/enabled_groups")" "ab cd"
says "its groups are there" "ab=0,1 auto4=4,5 cd=2,3" partition
says "enabled says so" "1 0 0 1" values "$PEERS"/groups/{ab,ac,bd,cd}/enabled
before=$(<"$GENERATION")
says "the same set" "ok: ok" switch_all ab cd
is "is no change" "$(<"$GENERATION")" "$before"
says "with more white space" "ok: ok" switch_all "  ab" $'\t' cd ab
before=$(<"$GENERATION")
says "another set" "ok: ok" switch_all ac bd
is "is one change, too" "$(($(<"$GENERATION") - before))" 2
says "the groups have changed" "ac=0,2 auto4=4,5 bd=1,3" partition

# Nothing of a set that is wrong is done

before=$(<"$GENERATION")
matches "a group without members in a set" "^EINVAL: EINVAL no-members:none$" \
	switch_all ab cd none
matches "an unknown group in a set" "^EINVAL: EINVAL no-group:nosuch$" \
	switch_all ab cd nosuch
matches "a group that can't be in a set" \
	"^ENOLINK: ENOLINK ${UIDS[a]} ${UIDS[e]}-vram0 acs$" \
	switch_all cd ae
matches "two groups of a set with one member" \
	"^EBUSY: EBUSY ${UIDS[b]} group:(ab|bd)|${UIDS[d]} group:(cd|bd)$" \
	switch_all ab cd bd
says "the set is what it was" "ac bd: ac=0,2 auto4=4,5 bd=1,3" \
	show "$PEERS/enabled_groups" +: partition
is "the topology has not changed" "$(<"$GENERATION")" "$before"
says "who is in no group is as before" "configured: ok, joined: ok" \
	member ab a +, member ac a

# With a third group in use

says "a third group" "ok: ok" switch_all ac bd ef
agent user e
says "it is in use" "ok ok 2" tell user vm + tell user place "${IDS[f]}" + of ef users
says "others are swapped beside it" "ok: ok" switch_all ab cd ef
says "they are there" "ab=0,1 cd=2,3 ef=4,5" partition
says "it is still in use" "2 ${IDS[f]} ok" of ef users + tell user where + tell user check
before=$(<"$GENERATION")
says "a set without it" "EBUSY: EBUSY ${UIDS[e]} held" switch_all ac bd
says "changes nothing" "ab cd ef: ab=0,1 cd=2,3 ef=4,5" \
	show "$PEERS/enabled_groups" +: partition
is "not even the generation" "$(<"$GENERATION")" "$before"
says "others are swapped back" "ok: ok" switch_all ef bd ac
says "the first set can be in use, too" "ok ok" tell user touch + tell user novm
dismiss user
agent user a
says "by a VM of a" ok tell user vm
says "then it can't be swapped" "EBUSY: EBUSY ${UIDS[a]} held" switch_all ab cd
says "but what else there is" "ok: ok" switch_all ac
says "is disabled" "ac=0,2 auto1=1,3 auto4=4,5" partition
dismiss user
says "and now it can" "ok: ok" switch_all ab cd
says "no set again" "ok: ok: auto0=0,1,2,3 auto4=4,5" switch_all +: partition

clean_up
done_testing
