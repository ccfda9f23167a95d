#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
#
# gpusvm-topology group on a live kernel: it applies a whole change, or nothing.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

# group_tool ARGUMENT...: prints the exit status, and the output without the program's name.
group_tool() {
	local status=0 lines text
	gpusvm-topology group "$@" >"$TAP_TMP/printed" 2>"$TAP_TMP/said" || status=$?
	mapfile -t lines <"$TAP_TMP/said"
	printf -v text '|%s' "${lines[@]#gpusvm-topology: }"
	text="$status ${text#|}"
	echo "${text% }"
}

# first_line ARGUMENT...: prints the first line of the same.
first_line() {
	group_tool "$@" >"$TAP_TMP/first"
	read -r REPLY <"$TAP_TMP/first"
	echo "${REPLY%%|*}"
}

# configured: prints everything in configfs that a write can change.
configured() {
	local dir member members text=
	for dir in "$PEERS"/groups/*/; do
		if [ -d "$dir" ]; then
			members=
			for member in "${dir}members"/*/; do
				member=${member%/}
				members+=,${member##*/}
			done
			dir=${dir%/}
			text+=" ${dir##*/}=$(<"$dir/enabled"):${members#,}"
		fi
	done
	echo "${text# }"
}

REFUSED="the kernel refuses the change:"

# a, b and c are a clique; d has links with c only.
modprobe vgpusvm
for name in a b c d; do
	gpu "$name"
done
links a b c
links c d
enable a b c d
a=${UIDS[a]} b=${UIDS[b]} c=${UIDS[c]} d=${UIDS[d]}

says "create makes a group" 0 group_tool create left "$a"
says "the new group is not enabled" "left=0:$a" configured
says "add takes another name of a GPU" 0 group_tool add left "${b#platform-}"
says "enable enables the group" 0 group_tool enable left
says "the group is in force" "left=1:$a,$b: auto2=2,3 left=0,1" configured +: partition
says "enable succeeds again" 0 group_tool enable left
says "add works on an enabled peer group" 0 group_tool add left "$c"
says "the enabled peer group has three members" \
	"left=1:$a,$b,$c: auto3=3 left=0,1,2" configured +: partition
says "add takes an absent GPU" 0 group_tool add left pci-0000:77:00.0
says "remove takes an absent and a present GPU" 0 group_tool remove left pci-0000:77:00.0 "$b"
says "the enabled peer group has two members" \
	"left=1:$a,$c: auto1=1 auto3=3 left=0,2" configured +: partition

# All or nothing

before="$(configured): $(partition)"
says "add refuses a GPU without a link" "6 $REFUSED ENOLINK $a $d-vram0 no-path" group_tool add left "$d"
says "... and changes nothing" "$before" configured +: partition
says "create refuses a GPU of another group" "7 $REFUSED EBUSY $c group:left" \
	group_tool create --enable right "$c" "$d"
says "... changes nothing, and leaves no group" "$before" configured +: partition
says "create refuses to enable a group without members" \
	"6 $REFUSED EINVAL no-members:right" group_tool create --enable right
says "... and changes nothing" "$before" configured +: partition
mkdir "$TAP_TMP/files"
echo "member = $b" >"$TAP_TMP/files/one.conf"
echo "member = $a $d" >"$TAP_TMP/files/two.conf"
says "restore refuses all files if one is impossible" "6 $REFUSED ENOLINK $a $d-vram0 no-path" \
	group_tool restore "$TAP_TMP/files"
says "... and changes nothing" "$before" configured +: partition
says "--dry-run succeeds" 0 group_tool --dry-run delete left
is "... prints the plan" "$(paste -sd, "$TAP_TMP/printed")" "disable left,delete left"
says "... and changes nothing" "$before" configured +: partition
says "--dry-run predicts what the kernel refuses" \
	"6 would be refused: ENOLINK $a $d-vram0 no-path|would be refused: ENOLINK $d $a-vram0 no-path" \
	group_tool --dry-run restore "$TAP_TMP/files"

# In use

agent user a
says "a VM uses the group" ok tell user vm
says "remove fails on a group in use" "7 $REFUSED EBUSY $a held" first_line remove left "$c"
like "... and prints the process that uses it" \
	"$(<"$TAP_TMP/said")" "process [0-9]+ \(svm_agent\) has renderD"
like "... and the number of users" "$(<"$TAP_TMP/said")" "left has 1 users:"
says "disable fails on a group in use" "7 $REFUSED EBUSY $a held" first_line disable left
says "delete fails on a group in use" "7 $REFUSED EBUSY $a held" first_line delete left
says "... and changes nothing" "$before" configured +: partition
says "--dry-run predicts that a group is in use" \
	"7 would be refused: EBUSY $a held" first_line --dry-run disable left
says "other groups can be made meanwhile" 0 group_tool create --enable other "$b"
says "... and deleted" 0 group_tool delete other
says "only pages use the group" "ok ok" tell user place "${IDS[a]}" + tell user novm
says "disable fails while pages use the group" "7 $REFUSED EBUSY $a held" first_line disable left
like "... and prints their pagemap" "$(<"$TAP_TMP/said")" "pagemap ${IDS[a]} is in use"
dismiss user

# Files

mkdir "$TAP_TMP/saved"
says "save writes files" 0 group_tool save "$TAP_TMP/saved"
says "disable succeeds after the last user" 0 group_tool disable left
says "delete removes the group" "0: " group_tool delete left +: configured
says "restore makes groups from saved files" 0 group_tool restore "$TAP_TMP/saved"
says "... as they were" "$before" configured +: partition
rm "$TAP_TMP/files/two.conf"
says "apply leaves other groups alone" 0 group_tool apply "$TAP_TMP/files"
says "both groups are in force" "left=1:$a,$c one=1:$b: auto3=3 left=0,2 one=1" \
	configured +: partition
matches "restore disables other groups" "^0: auto0=.* one=1$" \
	group_tool restore "$TAP_TMP/files" +: partition
says "... without deleting them" "left=0:$a,$c one=1:$b" configured
before="$(configured): $(partition)"
echo "member = $a $d" >"$TAP_TMP/files/one.conf"
says "apply refuses a file with an impossible group" "6 $REFUSED ENOLINK $a $d-vram0 no-path" \
	group_tool apply "$TAP_TMP/files"
says "... and changes nothing" "$before" configured +: partition
printf 'member = %s pci-0000:77:00.0\n' "$d" >"$TAP_TMP/files/one.conf"
says "apply reports a required member that is absent" "8 one: pci-0000:77:00.0 is absent" \
	group_tool apply "$TAP_TMP/files"
echo "require = any" >>"$TAP_TMP/files/one.conf"
says "require = any is satisfied by one member" \
	"0: auto0=0,1,2 one=3" group_tool apply "$TAP_TMP/files" +: partition
says "show prints members, joined and absent" "one pci-0000:77:00.0,$d $d pci-0000:77:00.0" \
	gpusvm-topology group show -r -n -o NAME,MEMBERS,JOINED,ABSENT one

# While members change, a remaining member is in a peer group all the time

# Prints the group of a GPU, or "none", and nothing during a change.
group_now() {
	local before after group
	read -r before <"$PAGEMAPS/topology/generation"
	group=$(readlink "$INITIATORS/$1/group") || group=none
	read -r after <"$PAGEMAPS/topology/generation"
	if [ $((before % 2)) = 0 ] && [ "$before" = "$after" ]; then
		echo "${group##*/}"
	fi
}

put "" "$PEERS/enabled_groups"
says "create makes a group of two" 0 group_tool create --enable two "$a" "$b"
: >"$TAP_TMP/seen"
touch "$TAP_TMP/watch"
while [ -e "$TAP_TMP/watch" ]; do
	group_now "$a"
done >"$TAP_TMP/seen" &
# Continue until the observer has looked a few times.
for ((i = 0; i < 50 && (i < 3 || $(wc -l <"$TAP_TMP/seen") < 5); i++)); do
	gpusvm-topology group add two "$c"
	gpusvm-topology group remove two "$c"
done
rm "$TAP_TMP/watch"
wait $!
diag "$(sort "$TAP_TMP/seen" | uniq -c)"
is "a member is in the group at any time while others change" \
	"$(sort -u "$TAP_TMP/seen" | paste -sd' ' | sed 's/two two.swap-1/two/')" two

clean_up
done_testing
