#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
#
# Members of an enabled peer group that come later, are refused, go, and come back.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

# What of a group tells how far it has come.
joined() {
	local number expected complete
	read -r number <"$GROUPS_DIR/$1/members_joined"
	read -r expected <"$GROUPS_DIR/$1/members_expected"
	read -r complete <"$GROUPS_DIR/$1/complete"
	echo "$number of $expected: $complete"
}

# Before there is any GPU

modprobe drm_pagemap_topology
mkdir "$PEERS/groups/left"
for number in 0 1 2; do
	mkdir "$PEERS/groups/left/members/platform-vgpusvm.$number"
done
says "a group can be enabled before any GPU exists" "ok: ok" switch left 1
says "it counts all members as absent" "0 of 3: 0" joined left
says "it appears in sysfs without initiators" "left=" partition
says "it has no pagemaps" "" of left pagemap_list
says "its origin is admin" admin of left origin
says "it has no users and nothing is pending" "0 0" of left users + of left pending

modprobe vgpusvm
for name in a b c d; do
	gpu "$name"
done
links a b c d

enable a
says "a GPU that appears joins the group" "joined: ok" member left a
says "the next member stays absent" "absent: ok" member left b
says "members_joined counts the GPU" "1 of 3: 0" joined left
enable d c
says "a GPU that is no member does not join" "2 of 3: 0 auto3=3 left=0,2" \
	joined left + partition
wait_for "$GROUPS_DIR/left/complete" 1
enable b
ok "poll(2) on complete wakes up when the last member joins" told
says "the group is complete" "3 of 3: 1 auto3=3 left=0,1,2" joined left + partition
says "pagemap_list has the pagemaps of all members" "1,3-4" of left pagemap_list

wait_for "$GROUPS_DIR/left/complete" 0
unbind b
ok "poll(2) on complete wakes up when a member goes" told
says "an unbound member is absent" "absent: ok" member left b
says "the other members stay" "2 of 3: 0 auto3=3 left=0,2" joined left + partition
bind b
says "a member joins again after rebind" "joined: ok 3 of 3: 1" member left b + joined left
says "its pagemap has the same ID" "1,3-4" of left pagemap_list
disable a b c
says "the group outlives all its members" "0 of 3: 0 auto3=3 left=" joined left + partition
clean_up

# Members that are no clique: who comes first stays.

for name in a b c d; do
	gpu "$name"
done
links a b
links b c
links a c -- refusal=link-down
group path a b c
says "absent members need no link" "ok: ok" switch path 1
enable c
enable b
says "members with a link join" "path=1,2" partition
enable a
says "a member without a link is refused, with the reason" \
	"refused: ENOLINK ${UIDS[a]} ${UIDS[c]}-vram0 link-down" \
	member path a
says "the rule groups the refused member" "auto0=0 path=1,2" partition
says "the other members stay" "joined: ok, joined: ok, 2 of 3: 0" \
	member path b +, member path c +, joined path
says "links of the refused member are not usable: admin-group" "0 admin-group" usable a b
says "a link without access has no usable_reason" "0" usable a c

wait_for "$GROUPS_DIR/path/complete" 1
put none "$GPUS/a/links/c/refusal"
put none "$GPUS/c/links/a/refusal"
ok "poll(2) on complete wakes up when the missing link comes up" told
says "the refused member joins" "joined: ok, 3 of 3: 1, path=0,1,2" \
	member path a +, joined path +, partition
put link-down "$GPUS/a/links/c/refusal"
is "a member without its link is refused again" \
	"$(of path members_joined) of 3: $(of path complete)" "2 of 3: 0"
put none "$GPUS/a/links/c/refusal"
says "it joins again with its link" "3 of 3: 1" joined path
put link-down "$GPUS/a/links/c/refusal"

disable a
enable a
says "a member is refused while another one is in its way" \
	"refused: ENOLINK ${UIDS[a]} ${UIDS[c]}-vram0 link-down" member path a
unbind c
says "it joins when the other one goes" "joined: ok, path=0,1" \
	member path a +, partition
bind c
says "the other one is refused when it comes back" \
	"refused: ENOLINK ${UIDS[c]} ${UIDS[a]}-vram0 one-way, auto2=2 path=0,1" \
	member path c +, partition
says "members of a disabled group have no reason" "ok: ok, configured: ok" \
	switch path 0 +, member path c

# It is refused because it is in use elsewhere.

put none "$GPUS/a/links/c/refusal"
put link-down "$GPUS/a/links/b/refusal"
says "without a link from a to b, the rule separates them" "auto0=0 auto1=1,2" partition
put link-down "$GPUS/a/links/c/refusal"
put 1 "$PEERS/groups/path/enabled" 2>/dev/null || true
is "a group whose present members lack a link can't be enabled" \
	"$(<"$PEERS/groups/path/last_error")" \
	"ENOLINK ${UIDS[a]} ${UIDS[b]}-vram0 link-down"
disable a
put 1 "$PEERS/groups/path/enabled"
enable a
says "a member without a link is refused, by an enabled peer group" \
	"refused: ENOLINK ${UIDS[a]} ${UIDS[b]}-vram0 link-down" \
	member path a
agent user a
says "the refused member's group is in use" "ok 1" tell user vm + group_shows a users
put none "$GPUS/a/links/c/refusal"
put none "$GPUS/a/links/b/refusal"
says "a member whose group is in use is refused: held" "refused: EBUSY ${UIDS[a]} held, 0 held" \
	member path a +, usable a b
says "both groups are pending" "1 1" of path pending + group_shows a pending
wait_for "$GROUPS_DIR/path/complete" 1
says "the user leaves" ok tell user novm
ok "poll(2) on complete wakes up when the user leaves" told
says "the member joins, and nothing is pending" "joined: ok, path=0,1,2, 0, 1" \
	member path a +, partition +, of path pending +, usable a b
dismiss user

clean_up
done_testing
