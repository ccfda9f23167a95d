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

is "nobody at first" "$(partition): $(users a)" "auto0=0,1,2,3: 0"
is "a VM" "$(tell one vm) $(users c)" "ok 1"
is "a second one" "$(tell two vm) $(users c)" "ok 2"
is "placing alone is no use" "$(tell one advise "${IDS[b]}") $(users c)" "ok 2"
is "pages are" "$(tell one prefetch) $(users c)" "ok 3"
is "of each pagemap once" "$(tell two place "${IDS[b]}") $(users c)" "ok 3"
is "of another one, too" "$(tell two place "${IDS[a]}") $(users c)" "ok 4"
is "unmapped pages are not" "$(tell two free)" ok
ok "but that may take a moment to show" becomes 10 3 users c
is "the VM is gone" "$(tell two novm) $(users c)" "ok 2"

# What is refused meanwhile

is "to split it" "$(switch left 1)" "EBUSY: EBUSY ${UIDS[a]} held"
is "to split it by enabled_groups" "$(switch_all right)" "EBUSY: EBUSY ${UIDS[c]} held"
is "the group is as it was" "$(partition): $(pending a)" "auto0=0,1,2,3: 0"
is "the memory is usable as it was" "$(usable a b) $(usable c b)" "1 1"
is "the VM goes, the pages hold the group" "$(tell one novm) $(users c)" "ok 1"
is "to split it is still refused" "$(switch left 1)" "EBUSY: EBUSY ${UIDS[a]} held"
is "the CPU takes the pages" "$(tell one touch)" ok
is "nothing is in the way any more" "$(switch left 1)" "ok: ok"
is "it is split" "$(partition)" "auto2=2,3 left=0,1"
is "the memory was cached" "$(<"$PAGEMAPS/pagemap${IDS[b]}/state")" cached

# An admin's group that is in use

is "a VM in it" "$(tell one vm) $(users b)" "ok 1"
is "to disable it" "$(switch left 0)" "EBUSY: EBUSY ${UIDS[a]} held"
is "to disable all" "$(switch_all)" "EBUSY: EBUSY ${UIDS[a]} held"
is "to enable another is not its business" "$(switch right 1)" "ok: ok"
is "nor to disable that" "$(switch_all left)" "ok: ok"
is "across groups there is no link" "$(tell one ask "${IDS[c]}")" ENOLINK
is "within it there is" "$(tell one ask "${IDS[b]}")" ok
wait_for "$GROUPS_DIR/left/users" 0
is "the user goes" "$(tell one close)" ok
ok "who waits for that is told" told
is "now it can be disabled" "$(switch left 0)" "ok: ok"
is "it is one group again" "$(partition)" "auto0=0,1,2,3"
tell one open >"$TAP_TMP/null"

# A cached pagemap does not hold a group, and gets its new owner at its next use

is "pages on b, from a" "$(tell one vm) $(tell one place "${IDS[b]}") $(tell one check)" \
	"ok ok ok"
is "and gone" "$(tell one free) $(tell one novm)" "ok ok"
ok "b's memory is cached" becomes 10 cached cat "$PAGEMAPS/pagemap${IDS[b]}/state"
group bc b c
group ad a d
is "b comes into another group" "$(switch_all bc ad)" "ok: ok"
is "with c" "$(partition)" "ad=0,3 bc=1,2"
agent three c
is "c's pages on b" "$(tell three vm) $(tell three place "${IDS[b]}")" "ok ok"
is "are there, as they were" "$(tell three where) $(tell three check)" "${IDS[b]} ok"
is "so b sees them" "$(tell two vm) $(tell two place "${IDS[b]}") $(tell two check)" "ok ok ok"
is "a does not reach b" "$(tell one vm) $(tell one ask "${IDS[b]}")" "ok ENOLINK"
is "the CPU sees c's pages" "$(tell three touch)" ok
is "the CPU sees b's pages" "$(tell two touch)" ok
dismiss three
is "all is free" "$(tell one novm) $(tell two novm) $(switch_all)" "ok ok ok: ok"
is "a's pages on b again" \
	"$(tell one vm) $(tell one place "${IDS[b]}") $(tell one where) $(tell one check)" \
	"ok ok ${IDS[b]} ok"
is "the CPU sees a's pages" "$(tell one touch) $(tell one novm)" "ok ok"
ungroup left right bc ad

# A threshold: groups in use stay together until their users go

is "a VM of a" "$(tell one vm)" ok
ok "to raise the threshold" put 200000 "$PEERS/auto/min_bandwidth"
is "changes nothing yet" "$(partition): $(pending a)" "auto0=0,1,2,3: 1"
is "what is usable stays" "$(usable a b) $(tell one place "${IDS[b]}")" "1 ok"
is "the VM goes, the pages stay" "$(tell one novm) $(partition): $(pending a)" \
	"ok auto0=0,1,2,3: 1"
is "the pages go" "$(tell one touch)" ok
ok "and it is done" becomes 10 "auto0=0 auto1=1 auto2=2 auto3=3" partition
is "nothing is pending" "$(pending a) $(usable a b)" "0 0 threshold"

# Two that are in use don't become one

is "a VM of a, one of b" "$(tell one vm) $(tell two vm)" "ok ok"
ok "to lower the threshold" put 0 "$PEERS/auto/min_bandwidth"
is "the others join one of them" "$(partition)" "auto0=0,2,3 auto1=1"
is "each waits" "$(pending a) $(pending b) $(usable a b) $(usable b a) $(usable a c)" \
	"1 1 0 held 0 held 1"
is "the VM of a sees what has joined" "$(tell one ask "${IDS[c]}") $(tell one ask "${IDS[b]}")" \
	"ok ENOLINK"
is "the VM of b goes" "$(tell two novm)" ok
ok "and b joins" becomes 10 "auto0=0,1,2,3" partition
is "the old VM of a sees it" "$(tell one ask "${IDS[b]}") $(pending a)" "ok 0"
is "by a page on it" "$(tell one place "${IDS[b]}") $(tell one check)" "ok ok"

# Who comes later

disable d
is "one goes" "$(partition)" "auto0=0,1,2"
enable d
is "and comes back to the group in use" "$(partition) $(tell one ask "${IDS[d]}")" \
	"auto0=0,1,2,3 ok"
disable b
is "also with pages of others" "$(partition) $(tell one where) $(tell one check)" \
	"auto0=0,2,3 0 ok"
enable b
is "back" "$(partition) $(tell one prefetch) $(tell one where)" \
	"auto0=0,1,2,3 ok ${IDS[b]}"
is "a link can't be taken away" "$(errno put link-down "$GPUS/a/links/b/refusal")" EBUSY
is "it is as it was" "$(<"$GPUS/a/links/b/refusal") $(usable a b)" "none 1"
disable a
is "the GPU of the VM goes" "$(tell one ask "${IDS[b]}") $(partition)" "ENODEV auto1=1,2,3"
is "the pages of its VM hold b" "$(users b) $(tell one touch)" "1 ok"
ok "and no more" becomes 10 0 users b
tell one close >"$TAP_TMP/null"
enable a
is "all is as at first" "$(partition): $(users a) $(pending a)" "auto0=0,1,2,3: 0 0"

dismiss one two
clean_up
done_testing
