#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
#
# What peer groups refuse, with which errno and which last_error.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

modprobe vgpusvm

# Names

long=$(printf 'x%.0s' {1..63})
for name in a 0 a.b-c_d "$long"; do
	ok "mkdir accepts $name as the name of a group" mkdir "$PEERS/groups/$name"
	rmdir "$PEERS/groups/$name"
done
for name in "x$long" A aB .a -a _a auto-a auto- 'a b' 'a*' $'a\xe4' $'a\xc3\xa4' 'a:b' $'a\n'; do
	says "mkdir refuses ${name@Q} as the name of a group" \
		EINVAL errno mkdir "$PEERS/groups/$name"
done
mkdir "$PEERS/groups/a"
says "mkdir refuses a second group with the same name" EEXIST errno mkdir "$PEERS/groups/a"

members=$PEERS/groups/a/members
for name in pci-0000:03:00.0 platform-vgpusvm.1 x-y pci-0000:03:00.0-tile1; do
	ok "mkdir accepts $name as the name of a member" mkdir "$members/$name"
	says "a new member is configured, with reason ok" "configured: ok" \
		show "$members/$name/state" +: show "$members/$name/reason"
	rmdir "$members/$name"
done
for name in x -x x- 'x y-z' $'x-\x01' $'x-\xe4'; do
	says "mkdir refuses ${name@Q} as the name of a member" EINVAL errno mkdir "$members/$name"
done
rmdir "$PEERS/groups/a"

# Values

for value in x -1 '' '1 2'; do
	says "min_bandwidth refuses ${value@Q}" EINVAL \
		errno put "$value" "$PEERS/auto/min_bandwidth"
done
says "min_bandwidth refuses a number above 32 bits" ERANGE \
	errno put 4294967296 "$PEERS/auto/min_bandwidth"
is "a refused write leaves min_bandwidth unchanged" "$(<"$PEERS/auto/min_bandwidth")" 0
ok "min_bandwidth accepts the largest number" put 4294967295 "$PEERS/auto/min_bandwidth"
is "min_bandwidth returns the largest number" "$(<"$PEERS/auto/min_bandwidth")" 4294967295
put 0 "$PEERS/auto/min_bandwidth"
is "foreign_access is open by default" "$(<"$PEERS/auto/foreign_access")" open
for value in x 'none,' '' NONE; do
	says "foreign_access refuses ${value@Q}" EINVAL \
		errno put "$value" "$PEERS/auto/foreign_access"
done
is "a refused write leaves foreign_access unchanged" "$(<"$PEERS/auto/foreign_access")" open
is "last_error is ok by default" "$(<"$PEERS/last_error")" ok
says "last_error can't be written" EACCES errno put ok "$PEERS/last_error"
is "enabled_groups is empty by default" "$(<"$PEERS/enabled_groups")" ""

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
is "last_error of a new group is ok" "$(<"$PEERS/groups/empty/last_error")" ok
says "a group without members can't be enabled" "EINVAL: EINVAL no-members:empty" switch empty 1
says "... nor by enabled_groups" "EINVAL: EINVAL no-members:empty" switch_all empty
for value in 2 x -1 '' '1 1'; do
	says "enabled refuses ${value@Q}" "EINVAL: EINVAL syntax" switch empty "$value"
done
says "writing 0 to a disabled group succeeds" "ok: ok" switch empty 0
is "... and leaves it disabled" "$(<"$PEERS/groups/empty/enabled")" 0

group refused b d
for reason in host-bridge acs iommu bar-size link-down cross-driver driver; do
	put "$reason" "$GPUS/b/links/d/refusal"
	says "two members without access can't be in a group: $reason" \
		"ENOLINK: ENOLINK ${UIDS[b]} ${UIDS[d]}-vram0 $reason" \
		switch refused 1
done
group apart c d
says "two members without a path can't be in a group" \
	"ENOLINK: ENOLINK ${UIDS[c]} ${UIDS[d]}-vram0 no-path" \
	switch apart 1
group oneway e f
says "two members with a one-way path can't be in a group" \
	"ENOLINK: ENOLINK ${UIDS[e]} ${UIDS[f]}-vram0 one-way" \
	switch oneway 1
group three a c d
says "a group with two such members of three can't be enabled" \
	"ENOLINK: ENOLINK ${UIDS[c]} ${UIDS[d]}-vram0 no-path" switch three 1
says "... nor by enabled_groups" "ENOLINK: ENOLINK ${UIDS[c]} ${UIDS[d]}-vram0 no-path" \
	switch_all three
is "refused groups are not in enabled_groups" "$(<"$PEERS/enabled_groups")" ""
says "refused groups do not appear in sysfs" "auto0=0,1,2 auto3=3 auto4=4 auto5=5" partition

# Enabled

group one a b
group two b c
says "a valid group can be enabled" "ok: ok" switch one 1
says "an enabled peer group appears in sysfs" "auto2=2 auto3=3 auto4=4 auto5=5 one=0,1" partition
says "writing 1 to an enabled peer group succeeds" "ok: ok" switch one 1
says "a member can't be in a second enabled peer group" "EBUSY: EBUSY ${UIDS[b]} group:one" switch two 1
says "enabled_groups accepts the set that is enabled" "ok: ok" switch_all one
matches "a set with a member in two groups is refused" "^EBUSY: EBUSY ${UIDS[b]} group:(one|two)$" \
	switch_all one two
says "a set with an unknown group is refused" "EINVAL: EINVAL no-group:nosuch" switch_all one nosuch
says "a set longer than a write is refused" "EINVAL: EINVAL too-long" \
	switch_all "$(printf "$long%.0s " {1..64})" one
is "refused sets leave enabled_groups unchanged" "$(<"$PEERS/enabled_groups")" one
says "refused sets leave the groups unchanged" "auto2=2 auto3=3 auto4=4 auto5=5 one=0,1" partition
is "a failure elsewhere leaves last_error of the group unchanged" \
	"$(<"$PEERS/groups/one/last_error")" ok

one=$PEERS/groups/one
says "an enabled peer group gets no members" EBUSY errno mkdir "$one/members/${UIDS[c]}"
says "an enabled peer group loses no members" EBUSY errno rmdir "$one/members/${UIDS[a]}"
says "an enabled peer group can't be removed" EBUSY errno rmdir "$one"
says "a directory that mkdir did not make can't be removed" EPERM errno rmdir "$one/members"
says "a disabled group can change meanwhile" ok errno mkdir "$PEERS/groups/two/members/${UIDS[a]}"
rmdir "$PEERS/groups/two/members/${UIDS[a]}"
says "the members of the enabled peer group are unchanged" "${UIDS[a]} ${UIDS[b]}" names "$one/members"

says "the group can be disabled" "ok: ok" switch one 0
says "a disabled group disappears from sysfs" "auto0=0,1,2 auto3=3 auto4=4 auto5=5" partition
says "a group with members can't be removed" ENOTEMPTY errno rmdir "$one"
says "a disabled group gets a member" ok errno mkdir "$one/members/${UIDS[c]}"
says "a disabled group loses a member" ok errno rmdir "$one/members/${UIDS[a]}"
says "a changed group can be enabled" "ok: ok" switch one 1
says "it appears with its new members" "auto0=0,3 auto4=4 auto5=5 one=1,2" partition
says "an empty set disables all groups" "ok: ok" switch_all
says "... which disappear from sysfs" "auto0=0,1,2 auto3=3 auto4=4 auto5=5" partition
ungroup one
nok "a removed group is gone" test -e "$one"

clean_up
says "no group is left after the GPUs" "" partition
done_testing
