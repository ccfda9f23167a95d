#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
#
# Groups that are in use: what they refuse, what they put off until their users
# have gone, and what does not count as use.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

users() {
	group_shows "$1" users
}

pending() {
	group_shows "$1" pending
}

modprobe vgpusvm
for name in a b c d; do
	gpu "$name"
done
links a b c d
enable a b c d
group left a b
group right c d
agent one a
agent two b

# Who uses a group

says "nobody at first" "auto0=0,1,2,3: 0" partition +: users a
says "a VM" "ok 1" tell one vm + users c
says "a second one" "ok 2" tell two vm + users c
says "placing alone is no use" "ok 2" tell one advise "${IDS[b]}" + users c
says "pages are" "ok 3" tell one prefetch + users c
says "of each pagemap once" "ok 3" tell two place "${IDS[b]}" + users c
says "of another one, too" "ok 4" tell two place "${IDS[a]}" + users c
says "unmapped pages are not" ok tell two free
ok "but that may take a moment to show" becomes 10 3 users c
says "the VM is gone" "ok 2" tell two novm + users c

# What is refused meanwhile

says "to split it" "EBUSY: EBUSY ${UIDS[a]} held" switch left 1
says "to split it by enabled_groups" "EBUSY: EBUSY ${UIDS[c]} held" switch_all right
says "the group is as it was" "auto0=0,1,2,3: 0" partition +: pending a
says "the memory is usable as it was" "1 1" usable a b + usable c b
says "the VM goes, the pages hold the group" "ok 1" tell one novm + users c
says "to split it is still refused" "EBUSY: EBUSY ${UIDS[a]} held" switch left 1
says "the CPU takes the pages" ok tell one touch
says "nothing is in the way any more" "ok: ok" switch left 1
says "it is split" "auto2=2,3 left=0,1" partition
is "the memory was cached" "$(<"$PAGEMAPS/pagemap${IDS[b]}/state")" cached

# An admin's group that is in use

says "a VM in it" "ok 1" tell one vm + users b
says "to disable it" "EBUSY: EBUSY ${UIDS[a]} held" switch left 0
says "to disable all" "EBUSY: EBUSY ${UIDS[a]} held" switch_all
says "to enable another is not its business" "ok: ok" switch right 1
says "nor to disable that" "ok: ok" switch_all left
says "across groups there is no link" ENOLINK tell one ask "${IDS[c]}"
says "within it there is" ok tell one ask "${IDS[b]}"
wait_for "$GROUPS_DIR/left/users" 0
says "the user goes" ok tell one close
ok "who waits for that is told" told
says "now it can be disabled" "ok: ok" switch left 0
says "it is one group again" "auto0=0,1,2,3" partition
tell one open >"$TAP_TMP/null"

# A cached pagemap does not hold a group, and gets its new owner at its next use

says "pages on b, from a" "ok ok ok" \
	tell one vm + tell one place "${IDS[b]}" + tell one check
says "and gone" "ok ok" tell one free + tell one novm
ok "b's memory is cached" becomes 10 cached cat "$PAGEMAPS/pagemap${IDS[b]}/state"
group bc b c
group ad a d
says "b comes into another group" "ok: ok" switch_all bc ad
says "with c" "ad=0,3 bc=1,2" partition
agent three c
says "c's pages on b" "ok ok" tell three vm + tell three place "${IDS[b]}"
says "are there, as they were" "${IDS[b]} ok" tell three where + tell three check
says "so b sees them" "ok ok ok" tell two vm + tell two place "${IDS[b]}" + tell two check
says "a does not reach b" "ok ENOLINK" tell one vm + tell one ask "${IDS[b]}"
says "the CPU sees c's pages" ok tell three touch
says "the CPU sees b's pages" ok tell two touch
dismiss three
says "all is free" "ok ok ok: ok" tell one novm + tell two novm + switch_all
says "a's pages on b again" "ok ok ${IDS[b]} ok" \
	tell one vm + tell one place "${IDS[b]}" + tell one where + tell one check
says "the CPU sees a's pages" "ok ok" tell one touch + tell one novm
ungroup left right bc ad

# A threshold: groups in use stay together until their users go

says "a VM of a" ok tell one vm
ok "to raise the threshold" put 200000 "$PEERS/auto/min_bandwidth"
says "changes nothing yet" "auto0=0,1,2,3: 1" partition +: pending a
says "what is usable stays" "1 ok" usable a b + tell one place "${IDS[b]}"
says "the VM goes, the pages stay" "ok auto0=0,1,2,3: 1" \
	tell one novm + partition +: pending a
says "the pages go" ok tell one touch
ok "and it is done" becomes 10 "auto0=0 auto1=1 auto2=2 auto3=3" partition
says "nothing is pending" "0 0 threshold" pending a + usable a b

# Two that are in use don't become one

says "a VM of a, one of b" "ok ok" tell one vm + tell two vm
ok "to lower the threshold" put 0 "$PEERS/auto/min_bandwidth"
says "the others join one of them" "auto0=0,2,3 auto1=1" partition
says "each waits" "1 1 0 held 0 held 1" \
	pending a + pending b + usable a b + usable b a + usable a c
says "the VM of a sees what has joined" "ok ENOLINK" \
	tell one ask "${IDS[c]}" + tell one ask "${IDS[b]}"
says "the VM of b goes" ok tell two novm
ok "and b joins" becomes 10 "auto0=0,1,2,3" partition
says "the old VM of a sees it" "ok 0" tell one ask "${IDS[b]}" + pending a
says "by a page on it" "ok ok" tell one place "${IDS[b]}" + tell one check

# Who comes later

disable d
says "one goes" "auto0=0,1,2" partition
enable d
says "and comes back to the group in use" "auto0=0,1,2,3 ok" \
	partition + tell one ask "${IDS[d]}"
disable b
says "also with pages of others" "auto0=0,2,3 0 ok" \
	partition + tell one where + tell one check
enable b
says "back" "auto0=0,1,2,3 ok ${IDS[b]}" partition + tell one prefetch + tell one where
says "a link can't be taken away" EBUSY errno put link-down "$GPUS/a/links/b/refusal"
says "it is as it was" "none 1" show "$GPUS/a/links/b/refusal" + usable a b
disable a
says "the GPU of the VM goes" "ENODEV auto0=1,2,3" tell one ask "${IDS[b]}" + partition
says "the pages of its VM hold b" "1 ok" users b + tell one touch
ok "and no more" becomes 10 0 users b
tell one close >"$TAP_TMP/null"
enable a
says "all is as at first" "auto0=0,1,2,3: 0 0" partition +: users a + pending a

dismiss one two
clean_up
done_testing
