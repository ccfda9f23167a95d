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

generation() {
	cat "$PAGEMAPS/topology/generation"
}

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

is "no set" "$(<"$PEERS/enabled_groups"): $(partition)" ": auto0=0,1,2,3 auto4=4,5"
before=$(generation)
is "a set" "$(switch_all cd ab)" "ok: ok"
is "is one change" "$(($(generation) - before))" 2
is "its names are sorted" "$(<"$PEERS/enabled_groups")" "ab cd"
is "its groups are there" "$(partition)" "ab=0,1 auto4=4,5 cd=2,3"
is "enabled says so" "$(cat "$PEERS"/groups/{ab,ac,bd,cd}/enabled | paste -sd' ')" "1 0 0 1"
before=$(generation)
is "the same set" "$(switch_all ab cd) $(($(generation) - before))" "ok: ok 0"
is "with more white space" "$(switch_all "  ab" $'\t' cd ab)" "ok: ok"
before=$(generation)
is "another set" "$(switch_all ac bd)" "ok: ok"
is "is one change, too" "$(($(generation) - before))" 2
is "the groups have changed" "$(partition)" "ac=0,2 auto4=4,5 bd=1,3"

# Nothing of a set that is wrong is done

before=$(generation)
like "a group without members in a set" "$(switch_all ab cd none)" \
	"^EINVAL: EINVAL no-members:none$"
like "an unknown group in a set" "$(switch_all ab cd nosuch)" \
	"^EINVAL: EINVAL no-group:nosuch$"
like "a group that can't be in a set" "$(switch_all cd ae)" \
	"^ENOLINK: ENOLINK ${UIDS[a]} ${UIDS[e]}-vram0 acs$"
like "two groups of a set with one member" "$(switch_all ab cd bd)" \
	"^EBUSY: EBUSY ${UIDS[b]} group:(ab|bd)|${UIDS[d]} group:(cd|bd)$"
is "the set is what it was" "$(<"$PEERS/enabled_groups"): $(partition)" \
	"ac bd: ac=0,2 auto4=4,5 bd=1,3"
is "the topology has not changed" "$(generation)" "$before"
is "who is in no group is as before" "$(member ab a), $(member ac a)" \
	"configured: ok, joined: ok"

# With a third group in use

is "a third group" "$(switch_all ac bd ef)" "ok: ok"
agent user e
is "it is in use" "$(tell user vm) $(tell user place "${IDS[f]}") $(of ef users)" "ok ok 2"
is "others are swapped beside it" "$(switch_all ab cd ef)" "ok: ok"
is "they are there" "$(partition)" "ab=0,1 cd=2,3 ef=4,5"
is "it is still in use" "$(of ef users) $(tell user where) $(tell user check)" \
	"2 ${IDS[f]} ok"
before=$(generation)
is "a set without it" "$(switch_all ac bd)" "EBUSY: EBUSY ${UIDS[e]} held"
is "changes nothing" "$(<"$PEERS/enabled_groups"): $(partition)" \
	"ab cd ef: ab=0,1 cd=2,3 ef=4,5"
is "not even the generation" "$(generation)" "$before"
is "others are swapped back" "$(switch_all ef bd ac)" "ok: ok"
is "the first set can be in use, too" "$(tell user touch) $(tell user novm)" "ok ok"
dismiss user
agent user a
is "by a VM of a" "$(tell user vm)" ok
is "then it can't be swapped" "$(switch_all ab cd)" "EBUSY: EBUSY ${UIDS[a]} held"
is "but what else there is" "$(switch_all ac)" "ok: ok"
is "is disabled" "$(partition)" "ac=0,2 auto1=1,3 auto4=4,5"
dismiss user
is "and now it can" "$(switch_all ab cd)" "ok: ok"
is "no set again" "$(switch_all): $(partition)" "ok: ok: auto0=0,1,2,3 auto4=4,5"

clean_up
done_testing
