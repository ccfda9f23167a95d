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
	echo "$(of "$1" members_joined) of $(of "$1" members_expected): $(of "$1" complete)"
}

# Before there is any GPU

modprobe drm_pagemap_topology
mkdir "$PEERS/groups/left"
for number in 0 1 2; do
	mkdir "$PEERS/groups/left/members/platform-vgpusvm.$number"
done
is "a group is enabled before there is any GPU" "$(switch left 1)" "ok: ok"
is "all are absent" "$(joined left)" "0 of 3: 0"
is "it is empty" "$(partition)" "left="
is "it has no pagemaps" "$(of left pagemap_list)" ""
is "its origin" "$(of left origin)" admin
is "nobody uses it" "$(of left users) $(of left pending)" "0 0"

modprobe vgpusvm
for name in a b c d; do
	gpu "$name"
done
links a b c d

enable a
is "the first has come" "$(member left a)" "joined: ok"
is "the second has not" "$(member left b)" "absent: ok"
is "one of three" "$(joined left)" "1 of 3: 0"
enable d c
is "two of three, and one that is no member" "$(joined left) $(partition)" \
	"2 of 3: 0 auto3=3 left=0,2"
wait_for "$GROUPS_DIR/left/complete" 1
enable b
ok "who waits for it to be complete is told" told
is "it is complete" "$(joined left) $(partition)" "3 of 3: 1 auto3=3 left=0,1,2"
is "its pagemaps" "$(of left pagemap_list)" "1,3-4"

wait_for "$GROUPS_DIR/left/complete" 0
unbind b
ok "who waits for one to go is told" told
is "it is absent" "$(member left b)" "absent: ok"
is "the others stay" "$(joined left) $(partition)" "2 of 3: 0 auto3=3 left=0,2"
bind b
is "it joins again" "$(member left b) $(joined left)" "joined: ok 3 of 3: 1"
is "with the same pagemap" "$(of left pagemap_list)" "1,3-4"
disable a b c
is "all are gone, the group is not" "$(joined left) $(partition)" "0 of 3: 0 auto3=3 left="
clean_up

# Members that are no clique: who comes first stays.

for name in a b c d; do
	gpu "$name"
done
links a b
links b c
links a c -- refusal=link-down
group path a b c
is "absent members need no link" "$(switch path 1)" "ok: ok"
enable c
enable b
is "two that fit" "$(partition)" "path=1,2"
enable a
is "one that does not" "$(member path a)" "refused: ENOLINK ${UIDS[a]} ${UIDS[c]}-vram0 link-down"
is "is left to the rule" "$(partition)" "auto0=0 path=1,2"
is "the others stay" "$(member path b), $(member path c), $(joined path)" \
	"joined: ok, joined: ok, 2 of 3: 0"
is "not usable, for the admin's group" "$(usable a b)" "0 admin-group"
is "not usable, for there is no access" "$(usable a c)" "0"

wait_for "$GROUPS_DIR/path/complete" 1
put none "$GPUS/a/links/c/refusal"
put none "$GPUS/c/links/a/refusal"
ok "a link comes up, and who waits is told" told
is "it has joined" "$(member path a), $(joined path), $(partition)" \
	"joined: ok, 3 of 3: 1, path=0,1,2"
put link-down "$GPUS/a/links/c/refusal"
is "the link is down again: they are no clique any more" \
	"$(of path members_joined) of 3: $(of path complete)" "2 of 3: 0"
put none "$GPUS/a/links/c/refusal"
is "and up" "$(joined path)" "3 of 3: 1"
put link-down "$GPUS/a/links/c/refusal"

disable a
enable a
is "who is refused" "$(member path a)" "refused: ENOLINK ${UIDS[a]} ${UIDS[c]}-vram0 link-down"
unbind c
is "joins when what was in its way has gone" "$(member path a), $(partition)" \
	"joined: ok, path=0,1"
bind c
is "which is refused in turn" "$(member path c), $(partition)" \
	"refused: ENOLINK ${UIDS[c]} ${UIDS[a]}-vram0 one-way, auto2=2 path=0,1"
is "a disabled group has no opinion" "$(switch path 0), $(member path c)" \
	"ok: ok, configured: ok"

# It is refused because it is in use elsewhere.

put none "$GPUS/a/links/c/refusal"
put link-down "$GPUS/a/links/b/refusal"
is "without a's link to b" "$(partition)" "auto0=0 auto1=1,2"
put link-down "$GPUS/a/links/c/refusal"
put 1 "$PEERS/groups/path/enabled" 2>/dev/null || true
is "present members have to fit" "$(<"$PEERS/groups/path/last_error")" \
	"ENOLINK ${UIDS[a]} ${UIDS[b]}-vram0 link-down"
disable a
put 1 "$PEERS/groups/path/enabled"
enable a
is "refused for want of a link" "$(member path a)" \
	"refused: ENOLINK ${UIDS[a]} ${UIDS[b]}-vram0 link-down"
agent user a
is "it is in use meanwhile" "$(tell user vm) $(group_shows a users)" "ok 1"
put none "$GPUS/a/links/c/refusal"
put none "$GPUS/a/links/b/refusal"
is "refused for being in use" "$(member path a), $(usable a b)" \
	"refused: EBUSY ${UIDS[a]} held, 0 held"
is "something is pending" "$(of path pending) $(group_shows a pending)" "1 1"
wait_for "$GROUPS_DIR/path/complete" 1
is "its user leaves" "$(tell user novm)" ok
ok "who waits is told" told
is "it has joined" "$(member path a), $(partition), $(of path pending), $(usable a b)" \
	"joined: ok, path=0,1,2, 0, 1"
dismiss user

clean_up
done_testing
