#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
#
# Members of an enabled group that come later, don't fit, go, and come back.

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
says "a group is enabled before there is any GPU" "ok: ok" switch left 1
says "all are absent" "0 of 3: 0" joined left
says "it is empty" "left=" partition
says "it has no pagemaps" "" of left pagemap_list
says "its origin" admin of left origin
says "nobody uses it" "0 0" of left users + of left pending

modprobe vgpusvm
for name in a b c d; do
	gpu "$name"
done
links a b c d

enable a
says "the first has come" "joined: ok" member left a
says "the second has not" "absent: ok" member left b
says "one of three" "1 of 3: 0" joined left
enable d c
says "two of three, and one that is no member" "2 of 3: 0 auto3=3 left=0,2" \
	joined left + partition
wait_for "$GROUPS_DIR/left/complete" 1
enable b
ok "who waits for it to be complete is told" told
says "it is complete" "3 of 3: 1 auto3=3 left=0,1,2" joined left + partition
says "its pagemaps" "1,3-4" of left pagemap_list

wait_for "$GROUPS_DIR/left/complete" 0
unbind b
ok "who waits for one to go is told" told
says "it is absent" "absent: ok" member left b
says "the others stay" "2 of 3: 0 auto3=3 left=0,2" joined left + partition
bind b
says "it joins again" "joined: ok 3 of 3: 1" member left b + joined left
says "with the same pagemap" "1,3-4" of left pagemap_list
disable a b c
says "all are gone, the group is not" "0 of 3: 0 auto3=3 left=" joined left + partition
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
says "two that fit" "path=1,2" partition
enable a
says "one that does not" "refused: ENOLINK ${UIDS[a]} ${UIDS[c]}-vram0 link-down" \
	member path a
says "is left to the rule" "auto0=0 path=1,2" partition
says "the others stay" "joined: ok, joined: ok, 2 of 3: 0" \
	member path b +, member path c +, joined path
says "not usable, for the admin's group" "0 admin-group" usable a b
says "not usable, for there is no access" "0" usable a c

wait_for "$GROUPS_DIR/path/complete" 1
put none "$GPUS/a/links/c/refusal"
put none "$GPUS/c/links/a/refusal"
ok "a link comes up, and who waits is told" told
says "it has joined" "joined: ok, 3 of 3: 1, path=0,1,2" \
	member path a +, joined path +, partition
put link-down "$GPUS/a/links/c/refusal"
is "the link is down again: they are no clique any more" \
	"$(of path members_joined) of 3: $(of path complete)" "2 of 3: 0"
put none "$GPUS/a/links/c/refusal"
says "and up" "3 of 3: 1" joined path
put link-down "$GPUS/a/links/c/refusal"

disable a
enable a
says "who is refused" "refused: ENOLINK ${UIDS[a]} ${UIDS[c]}-vram0 link-down" member path a
unbind c
says "joins when what was in its way has gone" "joined: ok, path=0,1" \
	member path a +, partition
bind c
says "which is refused in turn" \
	"refused: ENOLINK ${UIDS[c]} ${UIDS[a]}-vram0 one-way, auto2=2 path=0,1" \
	member path c +, partition
says "a disabled group has no opinion" "ok: ok, configured: ok" \
	switch path 0 +, member path c

# It is refused because it is in use elsewhere.

put none "$GPUS/a/links/c/refusal"
put link-down "$GPUS/a/links/b/refusal"
says "without a's link to b" "auto0=0 auto1=1,2" partition
put link-down "$GPUS/a/links/c/refusal"
put 1 "$PEERS/groups/path/enabled" 2>/dev/null || true
is "present members have to fit" "$(<"$PEERS/groups/path/last_error")" \
	"ENOLINK ${UIDS[a]} ${UIDS[b]}-vram0 link-down"
disable a
put 1 "$PEERS/groups/path/enabled"
enable a
says "refused for want of a link" "refused: ENOLINK ${UIDS[a]} ${UIDS[b]}-vram0 link-down" \
	member path a
agent user a
says "it is in use meanwhile" "ok 1" tell user vm + group_shows a users
put none "$GPUS/a/links/c/refusal"
put none "$GPUS/a/links/b/refusal"
says "refused for being in use" "refused: EBUSY ${UIDS[a]} held, 0 held" \
	member path a +, usable a b
says "something is pending" "1 1" of path pending + group_shows a pending
wait_for "$GROUPS_DIR/path/complete" 1
says "its user leaves" ok tell user novm
ok "who waits is told" told
says "it has joined" "joined: ok, path=0,1,2, 0, 1" \
	member path a +, partition +, of path pending +, usable a b
dismiss user

clean_up
done_testing
