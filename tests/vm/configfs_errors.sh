#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
#
# What peer groups refuse, with what error, and what they say of it.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

modprobe vgpusvm

# Names

long=$(printf 'x%.0s' {1..63})
for name in a 0 a.b-c_d "$long"; do
	ok "a group can be called $name" mkdir "$PEERS/groups/$name"
	rmdir "$PEERS/groups/$name"
done
for name in "x$long" A aB .a -a _a auto-a auto- 'a b' 'a*' $'a\xe4' $'a\xc3\xa4' 'a:b' $'a\n'; do
	says "a group can't be called ${name@Q}" EINVAL errno mkdir "$PEERS/groups/$name"
done
mkdir "$PEERS/groups/a"
says "two groups of one name" EEXIST errno mkdir "$PEERS/groups/a"

members=$PEERS/groups/a/members
for name in pci-0000:03:00.0 platform-vgpusvm.1 x-y pci-0000:03:00.0-tile1; do
	ok "a member can be called $name" mkdir "$members/$name"
	says "its state" "configured: ok" \
		show "$members/$name/state" +: show "$members/$name/reason"
	rmdir "$members/$name"
done
for name in x -x x- 'x y-z' $'x-\x01' $'x-\xe4'; do
	says "a member can't be called ${name@Q}" EINVAL errno mkdir "$members/$name"
done
rmdir "$PEERS/groups/a"

# Values

for value in x -1 '' '1 2'; do
	says "min_bandwidth ${value@Q}" EINVAL \
		errno put "$value" "$PEERS/auto/min_bandwidth"
done
says "min_bandwidth that is too large" ERANGE \
	errno put 4294967296 "$PEERS/auto/min_bandwidth"
is "min_bandwidth is as it was" "$(<"$PEERS/auto/min_bandwidth")" 0
ok "min_bandwidth takes the largest" put 4294967295 "$PEERS/auto/min_bandwidth"
is "min_bandwidth has it" "$(<"$PEERS/auto/min_bandwidth")" 4294967295
put 0 "$PEERS/auto/min_bandwidth"
is "foreign_access at first" "$(<"$PEERS/auto/foreign_access")" open
for value in x 'none,' '' NONE; do
	says "foreign_access ${value@Q}" EINVAL \
		errno put "$value" "$PEERS/auto/foreign_access"
done
is "foreign_access is as it was" "$(<"$PEERS/auto/foreign_access")" open
is "last_error at first" "$(<"$PEERS/last_error")" ok
says "last_error can't be written" EACCES errno put ok "$PEERS/last_error"
is "enabled_groups at first" "$(<"$PEERS/enabled_groups")" ""

# Links: a, b, c are a clique, d goes with a only, e reaches f but not back.

for name in a b c d e f; do
	gpu "$name"
done
links a b c
links a d
links b d -- refusal=host-bridge
link e f
enable a b c d e f

group empty
is "a new group is not enabled" "$(<"$PEERS/groups/empty/enabled")" 0
is "last_error of a new group" "$(<"$PEERS/groups/empty/last_error")" ok
says "a group without members" "EINVAL: EINVAL no-members:empty" switch empty 1
says "the same by enabled_groups" "EINVAL: EINVAL no-members:empty" switch_all empty
for value in 2 x -1 '' '1 1'; do
	says "enabled ${value@Q}" "EINVAL: EINVAL syntax" switch empty "$value"
done
says "0 where 0 is" "ok: ok" switch empty 0
is "it is not enabled" "$(<"$PEERS/groups/empty/enabled")" 0

group refused b d
for reason in host-bridge acs iommu bar-size link-down cross-driver driver; do
	put "$reason" "$GPUS/b/links/d/refusal"
	says "two without access: $reason" \
		"ENOLINK: ENOLINK ${UIDS[b]} ${UIDS[d]}-vram0 $reason" \
		switch refused 1
done
group apart c d
says "two without a path" "ENOLINK: ENOLINK ${UIDS[c]} ${UIDS[d]}-vram0 no-path" \
	switch apart 1
group oneway e f
says "two with one way" "ENOLINK: ENOLINK ${UIDS[e]} ${UIDS[f]}-vram0 one-way" \
	switch oneway 1
group three a c d
says "two of three" "ENOLINK: ENOLINK ${UIDS[c]} ${UIDS[d]}-vram0 no-path" switch three 1
says "by enabled_groups" "ENOLINK: ENOLINK ${UIDS[c]} ${UIDS[d]}-vram0 no-path" \
	switch_all three
is "none of them is enabled" "$(<"$PEERS/enabled_groups")" ""
says "and none is there" "auto0=0,1,2 auto3=3 auto4=4 auto5=5" partition

# Enabled

group one a b
group two b c
says "a group that can be" "ok: ok" switch one 1
says "is there" "auto2=2 auto3=3 auto4=4 auto5=5 one=0,1" partition
says "1 where 1 is" "ok: ok" switch one 1
says "a member of another enabled group" "EBUSY: EBUSY ${UIDS[b]} group:one" switch two 1
says "what is already there, by enabled_groups" "ok: ok" switch_all one
matches "two groups with one member at once" "^EBUSY: EBUSY ${UIDS[b]} group:(one|two)$" \
	switch_all one two
says "a group that there is not" "EINVAL: EINVAL no-group:nosuch" switch_all one nosuch
says "more names than can be written" "EINVAL: EINVAL too-long" \
	switch_all "$(printf "$long%.0s " {1..64})" one
is "enabled_groups is as it was" "$(<"$PEERS/enabled_groups")" one
says "the groups are as they were" "auto2=2 auto3=3 auto4=4 auto5=5 one=0,1" partition
is "the last_error of a group is its own" "$(<"$PEERS/groups/one/last_error")" ok

one=$PEERS/groups/one
says "a member can't be added" EBUSY errno mkdir "$one/members/${UIDS[c]}"
says "a member can't be removed" EBUSY errno rmdir "$one/members/${UIDS[a]}"
says "the group can't be removed" EBUSY errno rmdir "$one"
says "nor what comes with it" EPERM errno rmdir "$one/members"
says "another group can be changed" ok errno mkdir "$PEERS/groups/two/members/${UIDS[a]}"
rmdir "$PEERS/groups/two/members/${UIDS[a]}"
says "its members are what they were" "${UIDS[a]} ${UIDS[b]}" names "$one/members"

says "disabled" "ok: ok" switch one 0
says "it is gone" "auto0=0,1,2 auto3=3 auto4=4 auto5=5" partition
says "a group with members can't be removed" ENOTEMPTY errno rmdir "$one"
says "a member can be added" ok errno mkdir "$one/members/${UIDS[c]}"
says "a member can be removed" ok errno rmdir "$one/members/${UIDS[a]}"
says "what has changed is enabled" "ok: ok" switch one 1
says "with its members" "auto0=0,3 auto4=4 auto5=5 one=1,2" partition
says "an empty line disables all" "ok: ok" switch_all
says "all are gone" "auto0=0,1,2 auto3=3 auto4=4 auto5=5" partition
ungroup one
nok "a removed group is gone" test -e "$one"

clean_up
says "nothing is left" "" partition
done_testing
