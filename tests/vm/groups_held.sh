#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
#
# Groups that are in use: what they refuse, what they delay until their users leave, and
# what does not count as a user.

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

# Users of a group

says "no VM uses the group at first" "auto0=0,1,2,3: 0" partition +: users a
says "a VM counts as a user" "ok 1" tell one vm + users c
says "a second VM counts as a user" "ok 2" tell two vm + users c
says "a placement alone is no user" "ok 2" tell one advise "${IDS[b]}" + users c
says "a pagemap with pages counts as a user" "ok 3" tell one prefetch + users c
says "a pagemap counts once" "ok 3" tell two place "${IDS[b]}" + users c
says "another pagemap counts as a user" "ok 4" tell two place "${IDS[a]}" + users c
says "pages are unmapped" ok tell two free
ok "... and stop counting soon" becomes 10 3 users c
says "a VM that is gone stops counting" "ok 2" tell two novm + users c

# A group in use refuses changes

says "a group in use can't be split" "EBUSY: EBUSY ${UIDS[a]} held" switch left 1
says "... nor by enabled_groups" "EBUSY: EBUSY ${UIDS[c]} held" switch_all right
says "the group stays, and nothing is pending" "auto0=0,1,2,3: 0" partition +: pending a
says "its links stay usable" "1 1" usable a b + usable c b
says "after the VM, its pages hold the group" "ok 1" tell one novm + users c
says "a group with pages can't be split" "EBUSY: EBUSY ${UIDS[a]} held" switch left 1
says "the CPU takes the pages back" ok tell one touch
says "without users, the group can be split" "ok: ok" switch left 1
says "the group is split" "auto2=2,3 left=0,1" partition
is "the unused pagemap is cached" "$(<"$PAGEMAPS/pagemap${IDS[b]}/state")" cached

# A peer group that is in use

says "a VM uses a peer group" "ok 1" tell one vm + users b
says "a peer group in use can't be disabled" "EBUSY: EBUSY ${UIDS[a]} held" switch left 0
says "... nor by enabled_groups" "EBUSY: EBUSY ${UIDS[a]} held" switch_all
says "another peer group can be enabled meanwhile" "ok: ok" switch right 1
says "... and disabled" "ok: ok" switch_all left
says "placing across groups fails with ENOLINK" ENOLINK tell one ask "${IDS[c]}"
says "placing within the group succeeds" ok tell one ask "${IDS[b]}"
wait_for "$GROUPS_DIR/left/users" 0
says "the user leaves" ok tell one close
ok "poll(2) on users wakes up when the last user leaves" told
says "without users, the peer group can be disabled" "ok: ok" switch left 0
says "the rule makes one group again" "auto0=0,1,2,3" partition
tell one open >"$TAP_TMP/null"

# A cached pagemap does not hold a group, and gets its new owner at its next use

says "pages of a are on b" "ok ok ok" \
	tell one vm + tell one place "${IDS[b]}" + tell one check
says "the pages and the VM are gone" "ok ok" tell one free + tell one novm
ok "b's pagemap is cached" becomes 10 cached cat "$PAGEMAPS/pagemap${IDS[b]}/state"
group bc b c
group ad a d
says "b can join another group while its pagemap is cached" "ok: ok" switch_all bc ad
says "b is in the new group" "ad=0,3 bc=1,2" partition
agent three c
says "pages of c go to b" "ok ok" tell three vm + tell three place "${IDS[b]}"
says "... and keep place and content" "${IDS[b]} ok" tell three where + tell three check
says "b uses its own pagemap" "ok ok ok" tell two vm + tell two place "${IDS[b]}" + tell two check
says "a can't place on b" "ok ENOLINK" tell one vm + tell one ask "${IDS[b]}"
says "the CPU takes c's pages back" ok tell three touch
says "the CPU takes b's pages back" ok tell two touch
dismiss three
says "all users leave" "ok ok ok: ok" tell one novm + tell two novm + switch_all
says "pages of a go to b again" "ok ok ${IDS[b]} ok" \
	tell one vm + tell one place "${IDS[b]}" + tell one where + tell one check
says "the CPU takes a's pages back" "ok ok" tell one touch + tell one novm
ungroup left right bc ad

# A threshold splits groups in use when their users leave

says "a VM of a uses the group" ok tell one vm
ok "the threshold can be raised" put 200000 "$PEERS/auto/min_bandwidth"
says "the group in use stays, and is pending" "auto0=0,1,2,3: 1" partition +: pending a
says "links in the group stay usable" "1 ok" usable a b + tell one place "${IDS[b]}"
says "after the VM, its pages hold the group" "ok auto0=0,1,2,3: 1" \
	tell one novm + partition +: pending a
says "the CPU takes the pages back" ok tell one touch
ok "without users, the threshold splits the group" \
	becomes 10 "auto0=0 auto1=1 auto2=2 auto3=3" partition
says "nothing is pending" "0 0 threshold" pending a + usable a b

# Two groups in use don't merge

says "a VM of a and one of b use their groups" "ok ok" tell one vm + tell two vm
ok "the threshold can be lowered" put 0 "$PEERS/auto/min_bandwidth"
says "unused GPUs join one of the groups in use" "auto0=0,2,3 auto1=1" partition
says "both groups are pending, and their link is held" "1 1 0 held 0 held 1" \
	pending a + pending b + usable a b + usable b a + usable a c
says "the VM of a can place on a GPU that joined" "ok ENOLINK" \
	tell one ask "${IDS[c]}" + tell one ask "${IDS[b]}"
says "the VM of b leaves" ok tell two novm
ok "b joins the other group" becomes 10 "auto0=0,1,2,3" partition
says "the older VM of a can place on b" "ok 0" tell one ask "${IDS[b]}" + pending a
says "... and its pages are there" "ok ok" tell one place "${IDS[b]}" + tell one check

# GPUs that go and come

disable d
says "a GPU goes" "auto0=0,1,2" partition
enable d
says "it comes back to the group in use" "auto0=0,1,2,3 ok" \
	partition + tell one ask "${IDS[d]}"
disable b
says "a GPU with pages of another GPU's VM goes, and loses none" "auto0=0,2,3 0 ok" \
	partition + tell one where + tell one check
enable b
says "it comes back, and gets the pages again" \
	"auto0=0,1,2,3 ok ${IDS[b]}" partition + tell one prefetch + tell one where
says "a link inside a group in use can't be withdrawn" \
	EBUSY errno put link-down "$GPUS/a/links/b/refusal"
says "the link is unchanged" "none 1" show "$GPUS/a/links/b/refusal" + usable a b
disable a
says "the GPU of the VM goes" "ENODEV auto0=1,2,3" tell one ask "${IDS[b]}" + partition
says "the pages of its VM hold the group of b" "1 ok" users b + tell one touch
ok "without pages, the group has no users" becomes 10 0 users b
tell one close >"$TAP_TMP/null"
enable a
says "the groups are as at first" "auto0=0,1,2,3: 0 0" partition +: users a + pending a

dismiss one two
clean_up
done_testing
