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
	is "a group can't be called ${name@Q}" "$(errno mkdir "$PEERS/groups/$name")" EINVAL
done
is "two groups of one name" "$(mkdir "$PEERS/groups/a"; errno mkdir "$PEERS/groups/a")" EEXIST

members=$PEERS/groups/a/members
for name in pci-0000:03:00.0 platform-vgpusvm.1 x-y pci-0000:03:00.0-tile1; do
	ok "a member can be called $name" mkdir "$members/$name"
	is "its state" "$(<"$members/$name/state"): $(<"$members/$name/reason")" \
		"configured: ok"
	rmdir "$members/$name"
done
for name in x -x x- 'x y-z' $'x-\x01' $'x-\xe4'; do
	is "a member can't be called ${name@Q}" "$(errno mkdir "$members/$name")" EINVAL
done
rmdir "$PEERS/groups/a"

# Values

for value in x -1 '' '1 2'; do
	is "min_bandwidth ${value@Q}" "$(errno put "$value" "$PEERS/auto/min_bandwidth")" EINVAL
done
is "min_bandwidth that is too large" \
	"$(errno put 4294967296 "$PEERS/auto/min_bandwidth")" ERANGE
is "min_bandwidth is as it was" "$(<"$PEERS/auto/min_bandwidth")" 0
ok "min_bandwidth takes the largest" put 4294967295 "$PEERS/auto/min_bandwidth"
is "min_bandwidth has it" "$(<"$PEERS/auto/min_bandwidth")" 4294967295
put 0 "$PEERS/auto/min_bandwidth"
is "foreign_access at first" "$(<"$PEERS/auto/foreign_access")" cgroup
for value in x 'none,' '' NONE; do
	is "foreign_access ${value@Q}" \
		"$(errno put "$value" "$PEERS/auto/foreign_access")" EINVAL
done
is "foreign_access is as it was" "$(<"$PEERS/auto/foreign_access")" cgroup
is "last_error at first" "$(<"$PEERS/last_error")" ok
is "last_error can't be written" "$(errno put ok "$PEERS/last_error")" EACCES
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
is "a group without members" "$(switch empty 1)" "EINVAL: EINVAL no-members:empty"
is "the same by enabled_groups" "$(switch_all empty)" "EINVAL: EINVAL no-members:empty"
for value in 2 x -1 '' '1 1'; do
	is "enabled ${value@Q}" "$(switch empty "$value")" "EINVAL: EINVAL syntax"
done
is "0 where 0 is" "$(switch empty 0)" "ok: ok"
is "it is not enabled" "$(<"$PEERS/groups/empty/enabled")" 0

group refused b d
for reason in host-bridge acs iommu bar-size link-down cross-driver driver; do
	put "$reason" "$GPUS/b/links/d/refusal"
	is "two without access: $reason" "$(switch refused 1)" \
		"ENOLINK: ENOLINK ${UIDS[b]} ${UIDS[d]}-vram0 $reason"
done
group apart c d
is "two without a path" "$(switch apart 1)" "ENOLINK: ENOLINK ${UIDS[c]} ${UIDS[d]}-vram0 no-path"
group oneway e f
is "two with one way" "$(switch oneway 1)" "ENOLINK: ENOLINK ${UIDS[e]} ${UIDS[f]}-vram0 one-way"
group three a c d
is "two of three" "$(switch three 1)" "ENOLINK: ENOLINK ${UIDS[c]} ${UIDS[d]}-vram0 no-path"
is "by enabled_groups" "$(switch_all three)" "ENOLINK: ENOLINK ${UIDS[c]} ${UIDS[d]}-vram0 no-path"
is "none of them is enabled" "$(<"$PEERS/enabled_groups")" ""
is "and none is there" "$(partition)" "auto0=0,1,2 auto3=3 auto4=4 auto5=5"

# Enabled

group one a b
group two b c
is "a group that can be" "$(switch one 1)" "ok: ok"
is "is there" "$(partition)" "auto2=2 auto3=3 auto4=4 auto5=5 one=0,1"
is "1 where 1 is" "$(switch one 1)" "ok: ok"
is "a member of another enabled group" "$(switch two 1)" "EBUSY: EBUSY ${UIDS[b]} group:one"
is "what is already there, by enabled_groups" "$(switch_all one)" "ok: ok"
like "two groups with one member at once" "$(switch_all one two)" \
	"^EBUSY: EBUSY ${UIDS[b]} group:(one|two)$"
is "a group that there is not" "$(switch_all one nosuch)" "EINVAL: EINVAL no-group:nosuch"
is "more names than can be written" "$(switch_all "$(printf "$long%.0s " {1..64})" one)" \
	"EINVAL: EINVAL too-long"
is "enabled_groups is as it was" "$(<"$PEERS/enabled_groups")" one
is "the groups are as they were" "$(partition)" "auto2=2 auto3=3 auto4=4 auto5=5 one=0,1"
is "the last_error of a group is its own" "$(<"$PEERS/groups/one/last_error")" ok

one=$PEERS/groups/one
is "a member can't be added" "$(errno mkdir "$one/members/${UIDS[c]}")" EBUSY
is "a member can't be removed" "$(errno rmdir "$one/members/${UIDS[a]}")" EBUSY
is "the group can't be removed" "$(errno rmdir "$one")" EBUSY
is "nor what comes with it" "$(errno rmdir "$one/members")" EPERM
is "another group can be changed" "$(errno mkdir "$PEERS/groups/two/members/${UIDS[a]}")" ok
rmdir "$PEERS/groups/two/members/${UIDS[a]}"
is "its members are what they were" "$(find "$one/members" -mindepth 1 -maxdepth 1 \
	-printf '%f\n' | sort | paste -sd' ')" "${UIDS[a]} ${UIDS[b]}"

is "disabled" "$(switch one 0)" "ok: ok"
is "it is gone" "$(partition)" "auto0=0,1,2 auto3=3 auto4=4 auto5=5"
is "a group with members can't be removed" "$(errno rmdir "$one")" ENOTEMPTY
is "a member can be added" "$(errno mkdir "$one/members/${UIDS[c]}")" ok
is "a member can be removed" "$(errno rmdir "$one/members/${UIDS[a]}")" ok
is "what has changed is enabled" "$(switch one 1)" "ok: ok"
is "with its members" "$(partition)" "auto0=0,3 auto4=4 auto5=5 one=1,2"
is "an empty line disables all" "$(switch_all)" "ok: ok"
is "all are gone" "$(partition)" "auto0=0,1,2 auto3=3 auto4=4 auto5=5"
ungroup one
nok "a removed group is gone" test -e "$one"

clean_up
is "nothing is left" "$(partition)" ""
done_testing
