#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Peer groups without a kernel: what is shown, planned, refused and saved.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

GPU=platform-vgpusvm.

# configured NAME 0|1 NUMBER...: a group in configfs, with these GPUs as members.
configured() {
	local dir=$sys/kernel/config/drm_pagemap/groups/$1 enabled=$2 number
	shift 2
	mkdir -p "$dir/members"
	echo "$enabled" >"$dir/enabled"
	for number; do
		mkdir "$dir/members/$GPU$number"
	done
}

# Neighbours are linked; left is in force and has 0 and 1, right is not and has 3.
make_tree gpus=4 topology=ring
configured left 1 0 1
configured right 0 3 9
class=$sys/class/drm_pagemap_group
mv "$class/auto-${GPU}0" "$class/left"
echo admin >"$class/left/origin"
for link in "$sys"/class/drm_pagemap{_initiator/"$GPU"{0,1},/pagemap{1,2}}/group; do
	ln -nsf ../x/left "$link"
done

# What is shown

run_tree group show -r
check "group: show" prints "NAME ENABLED MEMBERS ABSENT REFUSED USERS" \
	"left 1 ${GPU}0,${GPU}1 - - 0" "right 0 ${GPU}3,${GPU}9 - - -"
check "group: show: status" ended_with 0
run_tree group show -r -n -o name,joined left
check "group: show one" prints "left ${GPU}0,${GPU}1"
run_tree group show -r -n -o name nosuch left
check "group: show what is not there" prints left
check "group: show what is not there: message" \
	grep -qx 'gpusvm-topology: no peer group is called "nosuch"' err
check "group: show what is not there: status" ended_with 5
run_tree group show -J
check_json "group: show as JSON"

# What is planned

# plans WORDS -- LINE...
plans() {
	local words=()
	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	run_tree group --dry-run "${words[@]}"
	check "group: ${words[*]}" prints "$@"
	check "group: ${words[*]}: status" ended_with 0
}

# nothing WORD...
nothing() {
	run_tree group --dry-run "$@"
	check "group: $*: nothing to do" test ! -s out
	check "group: $*: status" ended_with 0
}

plans create new -- "create new"
plans create new "${GPU}2" pci-0000:77:00.0 -- "create new" "add new ${GPU}2" \
	"add new pci-0000:77:00.0"
plans create new --enable renderD130 card3 -- "create new" "add new ${GPU}2" \
	"add new ${GPU}3" "enable new"
plans add right vgpusvm.2 -- "add right ${GPU}2"
plans remove left card1 -- "remove left ${GPU}1"
plans remove right "${GPU}9" -- "remove right ${GPU}9"
plans enable right -- "enable right"
plans disable left -- "disable left"
plans delete left right -- "disable left" "delete left" "delete right"
run_tree group --shell delete right
check "group: --shell prints commands" prints \
	"rmdir 'tree/sys/kernel/config/drm_pagemap/groups/right/members/${GPU}3'" \
	"rmdir 'tree/sys/kernel/config/drm_pagemap/groups/right/members/${GPU}9'" \
	"rmdir 'tree/sys/kernel/config/drm_pagemap/groups/right'"
nothing add left "${GPU}1"
nothing enable left
nothing disable right

# would_refuse STATUS MESSAGE WORD...
would_refuse() {
	local wanted=$1 message=$2
	shift 2
	run_tree group --dry-run "$@"
	check "group: $*: $message" grep -qx "gpusvm-topology: would be refused: $message" err
	check "group: $*: status" ended_with "$wanted"
	check "group: $*: the plan is printed" test -s out
}

mkdir apart
echo "member = ${GPU}1 ${GPU}3" >apart/new.conf
would_refuse 6 "ENOLINK ${GPU}1 ${GPU}3-vram0 no-path" restore apart
would_refuse 6 "EINVAL no-members:new" create new --enable
would_refuse 7 "EBUSY ${GPU}1 group:left" create new --enable card1 card2
echo 3 >"$class/left/users"
would_refuse 7 "EBUSY ${GPU}0 held" disable left
would_refuse 7 "EBUSY ${GPU}1 held" remove left "${GPU}0"
run_tree group show -r -n -o users left
check "group: users" prints 3
echo 0 >"$class/left/users"
run_tree group --dry-run -J create new --enable card1 card2
check_json "group: a plan as JSON"
check "group: with its steps" grep -q '"action": "create"' out
check "group: with its problems" grep -q "\"EBUSY ${GPU}1 group:left\"" out

# What is wrong

# wrong STATUS MESSAGE WORD...
wrong() {
	local wanted=$1 message=$2
	shift 2
	run_tree group "$@"
	check "group: $*: $message" grep -qF -e "gpusvm-topology: $message" err
	check "group: $*: status" ended_with "$wanted"
	check "group: $*: nothing is printed" test ! -s out
}

wrong 2 'no command for "group"'
wrong 2 'no such command: "group make"' make left
wrong 2 '"create" needs more arguments' create
wrong 2 '"add" needs more arguments' add left
wrong 2 '"save" takes fewer arguments' save a b
wrong 2 '"stop" takes fewer arguments' stop left
wrong 2 '--enable is for create' add --enable left card2
wrong 2 '--timeout is for wait' check --timeout 1
wrong 2 '--timeout takes a number of seconds, not ""' wait --timeout ''
wrong 2 '--dry-run and --shell are for commands that change groups' show --dry-run
wrong 2 '--shell and -J exclude each other' --shell -J disable left
wrong 5 'no peer group is called "nosuch"' add nosuch card1
wrong 5 'no peer group is called "nosuch"' enable left nosuch
wrong 5 'no peer group is called "nosuch"' delete nosuch
wrong 5 '"card3" is not a member of left' remove left card3
wrong 5 'no GPU is called "card7", and it is not the uid of an initiator' add left card7
wrong 1 'group "left" exists already' create left
wrong 1 '"auto-x" is not the name of a group' create auto-x
wrong 1 '"Left" is not the name of a group' create Left
wrong 1 'tree is not the root of the running system' disable left
check "group: nothing was changed" test "$(<"$sys/kernel/config/drm_pagemap/groups/left/enabled")" = 1

# Files

mkdir files
printf 'member = %s2 %s3 # comment\nrequire = any\n' "$GPU" "$GPU" >files/right.conf
plans apply files -- "remove right ${GPU}9" "add right ${GPU}2" "enable right"
plans apply files/right.conf -- "remove right ${GPU}9" "add right ${GPU}2" "enable right"
plans restore files -- "disable left" "remove right ${GPU}9" "add right ${GPU}2" "enable right"
echo "members = a-b" >files/wrong.conf
wrong 14 'files/wrong.conf:1: unknown key "members"' apply --dry-run files
wrong 14 'files/nosuch.conf: No such file or directory' apply --dry-run files/nosuch.conf
wrong 14 'files/wrong.conf:1: unknown key "members"' check files
rm files/wrong.conf

cp files/right.conf before
run_tree group save files
check "group: save" diff files/left.conf - <<END
member = ${GPU}0
member = ${GPU}1
END
check "group: save leaves other files" cmp -s files/right.conf before
check "group: save warns of them" warned \
	"files/right.conf: left as it is, and the group is not in force"
check "group: save: status" ended_with 4

printf '# mine\nmember = %s1\nmember = %s0\nrequire = none\n' "$GPU" "$GPU" >files/left.conf
rm files/right.conf
cp files/left.conf before
run_tree group save files
check "group: save keeps a file that says the same" cmp -s files/left.conf before
check "group: save: status" ended_with 0
nothing apply files
sed -i 's/vgpusvm.0/vgpusvm.2/' files/left.conf
run_tree group save files
check "group: save keeps what the kernel does not know" diff files/left.conf - <<END
require = none
member = ${GPU}0
member = ${GPU}1
END
check "group: save leaves nothing else" test "$(ls files)" = left.conf
run_tree group save nosuch
check "group: save: no directory" grep -qx 'gpusvm-topology: nosuch: No such file or directory' err
check "group: save: no directory: status" ended_with 1

# Without configfs, sysfs tells what is in force

rm -r "$sys/kernel"
run_tree group show -r -n
check "group: show by sysfs" prints "left 1 ${GPU}0,${GPU}1 - - 0"
rm -r "$sys/class"
run_tree group show
check "group: nothing at all: message" grep -q 'no peer groups in tree/sys' err
check "group: nothing at all: status" ended_with 3
run group --synthetic gpu:2 show
check "group: a synthetic topology has none: status" ended_with 2

make_tree gpus=4 topology=full pci=1 parts=2
mkdir -p "$sys/kernel/config/drm_pagemap/groups"
run_tree group --dry-run create left 04:00.0
check "group: create with all partitions of a device" \
	prints "create left" "add left pci-0000:04:00.0-0" "add left pci-0000:04:00.0-1"

[ "$failures" -eq 0 ]
