#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
# timeout: 600
#
# gpusvm-topology group on a live kernel: what it does, and that it does nothing when
# anything of it can't be done.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

# group_tool ARGUMENT...: its status, and what it says without the name of the program.
group_tool() {
	local status=0 lines text
	gpusvm-topology group "$@" >"$TAP_TMP/printed" 2>"$TAP_TMP/said" || status=$?
	mapfile -t lines <"$TAP_TMP/said"
	printf -v text '|%s' "${lines[@]#gpusvm-topology: }"
	text="$status ${text#|}"
	echo "${text% }"
}

# first_line ARGUMENT...: no more than the first line of that.
first_line() {
	group_tool "$@" >"$TAP_TMP/first"
	read -r REPLY <"$TAP_TMP/first"
	echo "${REPLY%%|*}"
}

# configured: all of configfs that one can change, as text.
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

# a, b, c are a clique, d goes with c only.
modprobe vgpusvm
for name in a b c d; do
	gpu "$name"
done
links a b c
links c d
enable a b c d
a=${UIDS[a]} b=${UIDS[b]} c=${UIDS[c]} d=${UIDS[d]}

says "create" 0 group_tool create left "$a"
says "it is there, and not in force" "left=0:$a" configured
says "add by another name" 0 group_tool add left "${b#platform-}"
says "enable" 0 group_tool enable left
says "it is in force" "left=1:$a,$b: auto2=2,3 left=0,1" configured +: partition
says "once more" 0 group_tool enable left
says "a member more, while it is in force" 0 group_tool add left "$c"
says "it has three" "left=1:$a,$b,$c: auto3=3 left=0,1,2" configured +: partition
says "one that is absent" 0 group_tool add left pci-0000:77:00.0
says "and away again" 0 group_tool remove left pci-0000:77:00.0 "$b"
says "it has two" "left=1:$a,$c: auto1=1 auto3=3 left=0,2" configured +: partition

# All or nothing

before="$(configured): $(partition)"
says "what the hardware can't" "6 ENOLINK $a $d-vram0 no-path" group_tool add left "$d"
says "nothing has changed" "$before" configured +: partition
says "what another group has" "7 EBUSY $c group:left" \
	group_tool create --enable right "$c" "$d"
says "nothing has changed, the new group is gone" "$before" configured +: partition
says "a group without members" "6 EINVAL no-members:right" group_tool create --enable right
says "nothing has changed" "$before" configured +: partition
mkdir "$TAP_TMP/files"
echo "member = $b" >"$TAP_TMP/files/one.conf"
echo "member = $a $d" >"$TAP_TMP/files/two.conf"
says "one of two files is impossible" "6 ENOLINK $a $d-vram0 no-path" \
	group_tool restore "$TAP_TMP/files"
says "nothing has changed" "$before" configured +: partition
says "a plan" 0 group_tool --dry-run delete left
is "is printed" "$(paste -sd, "$TAP_TMP/printed")" "disable left,delete left"
says "and not carried out" "$before" configured +: partition
says "what a plan foretells" \
	"6 would be refused: ENOLINK $a $d-vram0 no-path|would be refused: ENOLINK $d $a-vram0 no-path" \
	group_tool --dry-run restore "$TAP_TMP/files"

# In use

agent user a
says "a user of the group" ok tell user vm
says "members can't change" "7 EBUSY $a held" first_line remove left "$c"
like "who is in the way" "$(<"$TAP_TMP/said")" "process [0-9]+ \(svm_agent\) has renderD"
like "how many" "$(<"$TAP_TMP/said")" "left has 1 users:"
says "it can't be disabled" "7 EBUSY $a held" first_line disable left
says "nor deleted" "7 EBUSY $a held" first_line delete left
says "nothing has changed" "$before" configured +: partition
says "a plan knows" "7 would be refused: EBUSY $a held" first_line --dry-run disable left
says "what does not concern it can be done" 0 group_tool create --enable other "$b"
says "and undone" 0 group_tool delete other
says "pages alone" "ok ok" tell user place "${IDS[a]}" + tell user novm
says "are in the way, too" "7 EBUSY $a held" first_line disable left
like "and found" "$(<"$TAP_TMP/said")" "pagemap ${IDS[a]} is in use"
dismiss user

# Files

mkdir "$TAP_TMP/saved"
says "save" 0 group_tool save "$TAP_TMP/saved"
says "it can be disabled now" 0 group_tool disable left
says "and deleted" "0: " group_tool delete left +: configured
says "restore" 0 group_tool restore "$TAP_TMP/saved"
says "all is as it was" "$before" configured +: partition
rm "$TAP_TMP/files/two.conf"
says "apply leaves others" 0 group_tool apply "$TAP_TMP/files"
says "both are in force" "left=1:$a,$c one=1:$b: auto3=3 left=0,2 one=1" \
	configured +: partition
matches "restore disables others" "^0: auto0=.* one=1$" \
	group_tool restore "$TAP_TMP/files" +: partition
says "and leaves them there" "left=0:$a,$c one=1:$b" configured
before="$(configured): $(partition)"
echo "member = $a $d" >"$TAP_TMP/files/one.conf"
says "a swap of members that fails" "6 ENOLINK $a $d-vram0 no-path" \
	group_tool apply "$TAP_TMP/files"
says "nothing has changed" "$before" configured +: partition
printf 'member = %s pci-0000:77:00.0\n' "$d" >"$TAP_TMP/files/one.conf"
says "not all that is required" "8 one: pci-0000:77:00.0 is absent" \
	group_tool apply "$TAP_TMP/files"
echo "require = any" >>"$TAP_TMP/files/one.conf"
says "any is enough" "0: auto0=0,1,2 one=3" group_tool apply "$TAP_TMP/files" +: partition
says "show" "one pci-0000:77:00.0,$d $d pci-0000:77:00.0" \
	gpusvm-topology group show -r -n -o NAME,MEMBERS,JOINED,ABSENT one

# While members change, who is in the group never is in none of the administrator's

# Which group it is in, or "none"; nothing while that is being changed.
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
says "a group of two" 0 group_tool create --enable two "$a" "$b"
: >"$TAP_TMP/seen"
touch "$TAP_TMP/watch"
while [ -e "$TAP_TMP/watch" ]; do
	group_now "$a"
done >"$TAP_TMP/seen" &
# Until there was time to look a few times.
for ((i = 0; i < 50 && (i < 3 || $(wc -l <"$TAP_TMP/seen") < 5); i++)); do
	gpusvm-topology group add two "$c"
	gpusvm-topology group remove two "$c"
done
rm "$TAP_TMP/watch"
wait $!
diag "$(sort "$TAP_TMP/seen" | uniq -c)"
is "it was in these groups only" \
	"$(sort -u "$TAP_TMP/seen" | paste -sd' ' | sed 's/two two.new/two/')" two

clean_up
done_testing
