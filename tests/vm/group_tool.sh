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
	local status=0
	gpusvm-topology group "$@" >"$TAP_TMP/printed" 2>"$TAP_TMP/said" || status=$?
	sed -i 's/^gpusvm-topology: //' "$TAP_TMP/said"
	echo "$status $(paste -sd'|' "$TAP_TMP/said")" | sed 's/ $//'
}

# configured: all of configfs that one can change, as text.
configured() {
	local dir
	for dir in "$PEERS"/groups/*/; do
		if [ -d "$dir" ]; then
			echo "$(basename "$dir")=$(<"$dir/enabled"):$(find "$dir/members" -mindepth 1 \
				-maxdepth 1 -printf '%f\n' | sort | paste -sd,)"
		fi
	done | paste -sd' '
}

# a, b, c are a clique, d goes with c only.
modprobe vgpusvm
for name in a b c d; do
	gpu "$name"
done
links a b c
links c d
enable a b c d
a=$(uid a) b=$(uid b) c=$(uid c) d=$(uid d)

is "create" "$(group_tool create left "$a")" 0
is "it is there, and not in force" "$(configured)" "left=0:$a"
is "add by another name" "$(group_tool add left "${b#platform-}")" 0
is "enable" "$(group_tool enable left)" 0
is "it is in force" "$(configured): $(partition)" "left=1:$a,$b: auto2=2,3 left=0,1"
is "once more" "$(group_tool enable left)" 0
is "a member more, while it is in force" "$(group_tool add left "$c")" 0
is "it has three" "$(configured): $(partition)" "left=1:$a,$b,$c: auto3=3 left=0,1,2"
is "one that is absent" "$(group_tool add left pci-0000:77:00.0)" 0
is "and away again" "$(group_tool remove left pci-0000:77:00.0 "$b")" 0
is "it has two" "$(configured): $(partition)" "left=1:$a,$c: auto1=1 auto3=3 left=0,2"

# All or nothing

before="$(configured): $(partition)"
is "what the hardware can't" "$(group_tool add left "$d")" \
	"6 ENOLINK $a $d-vram0 no-path"
is "nothing has changed" "$(configured): $(partition)" "$before"
is "what another group has" "$(group_tool create --enable right "$c" "$d")" \
	"7 EBUSY $c group:left"
is "nothing has changed, the new group is gone" "$(configured): $(partition)" "$before"
is "a group without members" "$(group_tool create --enable right)" \
	"6 EINVAL no-members:right"
is "nothing has changed" "$(configured): $(partition)" "$before"
mkdir "$TAP_TMP/files"
echo "member = $b" >"$TAP_TMP/files/one.conf"
echo "member = $a $d" >"$TAP_TMP/files/two.conf"
is "one of two files is impossible" "$(group_tool restore "$TAP_TMP/files")" \
	"6 ENOLINK $a $d-vram0 no-path"
is "nothing has changed" "$(configured): $(partition)" "$before"
is "a plan" "$(group_tool --dry-run delete left)" 0
is "is printed" "$(paste -sd, "$TAP_TMP/printed")" "disable left,delete left"
is "and not carried out" "$(configured): $(partition)" "$before"
is "what a plan foretells" "$(group_tool --dry-run restore "$TAP_TMP/files")" \
	"6 would be refused: ENOLINK $a $d-vram0 no-path|would be refused: ENOLINK $d $a-vram0 no-path"

# In use

agent user a
is "a user of the group" "$(tell user vm)" ok
is "members can't change" "$(group_tool remove left "$c" | cut -d'|' -f1)" "7 EBUSY $a held"
like "who is in the way" "$(<"$TAP_TMP/said")" "process [0-9]+ \(svm_agent\) has renderD"
like "how many" "$(<"$TAP_TMP/said")" "left has 1 users:"
is "it can't be disabled" "$(group_tool disable left | cut -d'|' -f1)" "7 EBUSY $a held"
is "nor deleted" "$(group_tool delete left | cut -d'|' -f1)" "7 EBUSY $a held"
is "nothing has changed" "$(configured): $(partition)" "$before"
is "a plan knows" "$(group_tool --dry-run disable left | cut -d'|' -f1)" \
	"7 would be refused: EBUSY $a held"
is "what does not concern it can be done" "$(group_tool create --enable other "$b")" 0
is "and undone" "$(group_tool delete other)" 0
is "pages alone" "$(tell user place "${IDS[a]}") $(tell user novm)" "ok ok"
is "are in the way, too" "$(group_tool disable left | cut -d'|' -f1)" "7 EBUSY $a held"
like "and found" "$(<"$TAP_TMP/said")" "pagemap ${IDS[a]} is in use"
dismiss user

# Files

mkdir "$TAP_TMP/saved"
is "save" "$(group_tool save "$TAP_TMP/saved")" 0
is "it can be disabled now" "$(group_tool disable left)" 0
is "and deleted" "$(group_tool delete left): $(configured)" "0: "
is "restore" "$(group_tool restore "$TAP_TMP/saved")" 0
is "all is as it was" "$(configured): $(partition)" "$before"
rm "$TAP_TMP/files/two.conf"
is "apply leaves others" "$(group_tool apply "$TAP_TMP/files")" 0
is "both are in force" "$(configured): $(partition)" "left=1:$a,$c one=1:$b: auto3=3 left=0,2 one=1"
like "restore disables others" "$(group_tool restore "$TAP_TMP/files"): $(partition)" \
	"^0: auto0=.* one=1$"
is "and leaves them there" "$(configured)" "left=0:$a,$c one=1:$b"
before="$(configured): $(partition)"
echo "member = $a $d" >"$TAP_TMP/files/one.conf"
is "a swap of members that fails" "$(group_tool apply "$TAP_TMP/files")" \
	"6 ENOLINK $a $d-vram0 no-path"
is "nothing has changed" "$(configured): $(partition)" "$before"
printf 'member = %s pci-0000:77:00.0\n' "$d" >"$TAP_TMP/files/one.conf"
is "not all that is required" "$(group_tool apply "$TAP_TMP/files")" \
	"8 one: pci-0000:77:00.0 is absent"
echo "require = any" >>"$TAP_TMP/files/one.conf"
is "any is enough" "$(group_tool apply "$TAP_TMP/files"): $(partition)" \
	"0: auto0=0,1,2 one=3"
is "show" "$(gpusvm-topology group show -r -n -o NAME,MEMBERS,JOINED,ABSENT one)" \
	"one pci-0000:77:00.0,$d $d pci-0000:77:00.0"

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
is "a group of two" "$(group_tool create --enable two "$a" "$b")" 0
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
