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

says "no set is enabled at first" \
	": auto0=0,1,2,3 auto4=4,5" show "$PEERS/enabled_groups" +: partition
before=$(<"$GENERATION")
says "a set can be enabled" "ok: ok" switch_all cd ab
is "enabling a set bumps the generation once" "$(($(<"$GENERATION") - before))" 2
is "enabled_groups is sorted by name" "$(<"$PEERS/enabled_groups")" "ab cd"
says "the groups of the set appear in sysfs" "ab=0,1 auto4=4,5 cd=2,3" partition
says "enabled is 1 in exactly these groups" "1 0 0 1" values "$PEERS"/groups/{ab,ac,bd,cd}/enabled
before=$(<"$GENERATION")
says "writing the same set succeeds" "ok: ok" switch_all ab cd
is "the same set leaves the generation unchanged" "$(<"$GENERATION")" "$before"
says "enabled_groups accepts any white space" "ok: ok" switch_all "  ab" $'\t' cd ab
before=$(<"$GENERATION")
says "another set can be enabled" "ok: ok" switch_all ac bd
is "switching sets bumps the generation once" "$(($(<"$GENERATION") - before))" 2
says "the groups are those of the new set" "ac=0,2 auto4=4,5 bd=1,3" partition

# Nothing of a set that is wrong is done

before=$(<"$GENERATION")
matches "a set with an empty group is refused" "^EINVAL: EINVAL no-members:none$" \
	switch_all ab cd none
matches "a set with an unknown group is refused" "^EINVAL: EINVAL no-group:nosuch$" \
	switch_all ab cd nosuch
matches "a set with an impossible group is refused" \
	"^ENOLINK: ENOLINK ${UIDS[a]} ${UIDS[e]}-vram0 acs$" \
	switch_all cd ae
matches "a set with a member in two groups is refused" \
	"^EBUSY: EBUSY ${UIDS[b]} group:(ab|bd)|${UIDS[d]} group:(cd|bd)$" \
	switch_all ab cd bd
says "refused sets leave the enabled set unchanged" "ac bd: ac=0,2 auto4=4,5 bd=1,3" \
	show "$PEERS/enabled_groups" +: partition
is "refused sets leave the generation unchanged" "$(<"$GENERATION")" "$before"
says "refused sets leave members unchanged" "configured: ok, joined: ok" \
	member ab a +, member ac a

# With a third group in use

says "a third group can be enabled with the set" "ok: ok" switch_all ac bd ef
agent user e
says "the third group is in use" "ok ok 2" tell user vm + tell user place "${IDS[f]}" + of ef users
says "the other groups can be swapped meanwhile" "ok: ok" switch_all ab cd ef
says "the new groups are in sysfs" "ab=0,1 cd=2,3 ef=4,5" partition
says "the group in use keeps its users and pages" \
	"2 ${IDS[f]} ok" of ef users + tell user where + tell user check
before=$(<"$GENERATION")
says "a set without the group in use is refused" "EBUSY: EBUSY ${UIDS[e]} held" switch_all ac bd
says "... and changes no group" "ab cd ef: ab=0,1 cd=2,3 ef=4,5" \
	show "$PEERS/enabled_groups" +: partition
is "... and leaves the generation unchanged" "$(<"$GENERATION")" "$before"
says "the other groups can be swapped back" "ok: ok" switch_all ef bd ac
says "the user leaves the third group" "ok ok" tell user touch + tell user novm
dismiss user
agent user a
says "a VM uses a group of the set" ok tell user vm
says "a group in use can't be swapped" "EBUSY: EBUSY ${UIDS[a]} held" switch_all ab cd
says "the unused groups can be disabled" "ok: ok" switch_all ac
says "only the group in use stays" "ac=0,2 auto1=1,3 auto4=4,5" partition
dismiss user
says "after its last user, the group can be swapped" "ok: ok" switch_all ab cd
says "the set can be emptied" "ok: ok: auto0=0,1,2,3 auto4=4,5" switch_all +: partition

clean_up
done_testing
