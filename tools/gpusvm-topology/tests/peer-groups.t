#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# gpusvm-peer-groups, without a kernel: what it would do, what it prints, and its options.
# tests/vm/peer_groups.sh tests what it does, test-peer-files.c the files that it reads.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

PATH=$GPUSVM_BUILD:$PATH
tool=${GPUSVM_TESTS%/tests}/scripts/gpusvm-peer-groups
config=root/sys/kernel/config/drm_pagemap
files=root/etc/gpusvm/groups.d

# fresh: a kernel without groups, and no files.
fresh() {
	rm -rf root
	mkdir -p root/sys/class/drm_pagemap{_group,_initiator,/topology} "$config/groups" "$files"
	echo 2 >root/sys/class/drm_pagemap/topology/generation
	echo >"$config/enabled_groups"
	echo ok >"$config/last_error"
}

# group NAME 0|1 UID=STATE[:REASON]...: one as configfs shows it.
group() {
	local dir=$config/groups/$1 member
	mkdir -p "$dir/members"
	echo "$2" >"$dir/enabled"
	shift 2
	for member; do
		mkdir "$dir/members/${member%%=*}"
		member=$dir/members/$member
		echo "${member#*=}" | cut -d: -f1 >"${member%%=*}/state"
		echo "${member#*=}" | cut -d: -f2- >"${member%%=*}/reason"
	done
}

# file NAME LINE...
file() {
	printf '%s\n' "${@:2}" >"$files/$1.conf"
}

# made NAME...: what earlier runs remember.
made() {
	mkdir -p root/run/gpusvm-peer-groups
	printf '%s\n' "$@" >root/run/gpusvm-peer-groups/groups
}

script() {
	run --sysroot root "$@"
}

# said LINE...: exactly these messages.
said() {
	printf 'gpusvm-topology: %s\n' "$@" | same_as err
}

# planned LINE...: what a dry run prints, where CONFIG stands for configfs.
planned() {
	sed -i "s,$config,CONFIG,g" out
	prints "$@"
}

listing() {
	find root -printf '%p %s %T@\n' | LC_ALL=C sort
}

# What is planned

fresh
script --dry-run start
check "peer-groups: no files, nothing to do" ended_with 0
check "peer-groups: nothing is printed" test ! -s out

cat >odd <<'END'
virtual-[a]?(b){c,d};&|<>!
pci-*=$HOME"`~\\
it's-one
END
file odd "member = $(paste -sd' ' odd)"
script --dry-run start
sed -e '/^echo/d' -e 's/^mkdir/& -p/' out >commands
bash commands
check "peer-groups: a shell takes all uids literally" diff <(sort odd) \
	<(find "$config/groups/odd/members" -mindepth 1 -printf '%f\n' | sort)

fresh
file left "member = pci-0 pci-1"
file right "member = pci-2"
listing >before
script --dry-run start
check "peer-groups: new groups" planned \
	"mkdir 'CONFIG/groups/left'" \
	"mkdir 'CONFIG/groups/left/members/pci-0'" \
	"mkdir 'CONFIG/groups/left/members/pci-1'" \
	"mkdir 'CONFIG/groups/right'" \
	"mkdir 'CONFIG/groups/right/members/pci-2'" \
	"echo 'left right' >'CONFIG/enabled_groups'"
listing >after
check "peer-groups: a dry run changes nothing" diff before after

group left 1 pci-0=joined pci-1=absent
group right 1 pci-2=joined
script --dry-run start
check "peer-groups: all is as it should be" ended_with 0
check "peer-groups: so nothing is done" test ! -s out

group other 1 pci-7=joined
group idle 0 pci-8=configured
rm "$files/right.conf"
script --dry-run start
check "peer-groups: groups of others stay as they are" test ! -s out
made left right gone
script --dry-run start
check "peer-groups: what has lost its file goes" planned \
	"echo 'left other' >'CONFIG/enabled_groups'" \
	"rmdir 'CONFIG/groups/right/members/pci-2'" \
	"rmdir 'CONFIG/groups/right'"
script --dry-run stop
check "peer-groups: stop takes what was made" planned \
	"echo 'other' >'CONFIG/enabled_groups'" \
	"rmdir 'CONFIG/groups/left/members/pci-0'" \
	"rmdir 'CONFIG/groups/left/members/pci-1'" \
	"rmdir 'CONFIG/groups/left'" \
	"rmdir 'CONFIG/groups/right/members/pci-2'" \
	"rmdir 'CONFIG/groups/right'"
file broken "broken"
cp out planned
script --dry-run stop
check "peer-groups: stop doesn't need the files" planned "$(<planned)"
rm "$files/broken.conf"

fresh
file left "member = pci-0 pci-2"
group left 0 pci-0=configured pci-1=configured
script --dry-run start
check "peer-groups: a group that is not enabled is filled where it is" planned \
	"mkdir 'CONFIG/groups/left/members/pci-2'" \
	"rmdir 'CONFIG/groups/left/members/pci-1'" \
	"echo 'left' >'CONFIG/enabled_groups'"

fresh
file left "member = pci-0 pci-2"
group left 1 pci-0=joined pci-1=joined
group left.swap-1 0
group other 1 pci-7=joined
script --dry-run start
check "peer-groups: for one that is enabled, another stands in" planned \
	"mkdir 'CONFIG/groups/left.swap-2'" \
	"mkdir 'CONFIG/groups/left.swap-2/members/pci-0'" \
	"mkdir 'CONFIG/groups/left.swap-2/members/pci-2'" \
	"echo 'left.swap-2 other' >'CONFIG/enabled_groups'" \
	"mkdir 'CONFIG/groups/left/members/pci-2'" \
	"rmdir 'CONFIG/groups/left/members/pci-1'" \
	"echo 'left other' >'CONFIG/enabled_groups'" \
	"rmdir 'CONFIG/groups/left.swap-2/members/pci-0'" \
	"rmdir 'CONFIG/groups/left.swap-2/members/pci-2'" \
	"rmdir 'CONFIG/groups/left.swap-2'"

long=$(printf 'a%062d' 0)
fresh
file "$long" "member = pci-0"
group "$long" 1 pci-1=joined
script --dry-run start
check "peer-groups: also with a name as long as can be" grep -qx \
	"mkdir '$config/groups/${long:0:50}.swap-1'" out

# What is shown

fresh
script status
check "peer-groups: status of nothing" prints "no peer groups"
file all "member = pci-0 pci-1"
file any "require = any" "member = pci-2 pci-3"
file none "require = none" "member = pci-4"
group all 1 pci-0=joined pci-1=joined
group any 1 pci-2=joined pci-3=absent
group none 1 pci-4=absent
group other 1 pci-5=joined
script status
check "peer-groups: status: all is well" ended_with 0
check "peer-groups: status: what it shows" prints \
	"all: enabled, 2 of 2 joined, require all" \
	"    pci-0: joined" \
	"    pci-1: joined" \
	"any: enabled, 1 of 2 joined, require any" \
	"    pci-2: joined" \
	"    pci-3: absent" \
	"none: enabled, 0 of 1 joined, require none" \
	"    pci-4: absent" \
	"other: enabled by others"
script check
check "peer-groups: check: all is well" ended_with 0
check "peer-groups: check: says nothing" test ! -s out
script wait --timeout 0
check "peer-groups: wait: all is well" ended_with 0

file missing "member = pci-9"
file altered "member = pci-10 pci-11"
file off "require = none" "member = pci-12"
group altered 1 pci-10=joined
group off 0 pci-12=configured
group stale 1 pci-13=joined
made stale
echo refused >"$config/groups/all/members/pci-1/state"
echo "ENOLINK pci-1 pci-0-vram0 acs" >"$config/groups/all/members/pci-1/reason"
echo absent >"$config/groups/any/members/pci-2/state"
script status
check "peer-groups: status: all is wrong" test "$status" = 8
check "peer-groups: status: what is wrong" prints \
	"all: enabled, 1 of 2 joined, require all: not met" \
	"    pci-0: joined" \
	"    pci-1: refused: ENOLINK pci-1 pci-0-vram0 acs" \
	"altered: enabled with other members, 1 of 1 joined, require all" \
	"    pci-10: joined" \
	"any: enabled, 0 of 2 joined, require any: not met" \
	"    pci-2: absent" \
	"    pci-3: absent" \
	"missing: missing" \
	"none: enabled, 0 of 1 joined, require none" \
	"    pci-4: absent" \
	"off: not enabled, 0 of 1 joined, require none" \
	"    pci-12: configured" \
	"other: enabled by others" \
	"stale: enabled, and in no file any more"
script check
check "peer-groups: check: all is wrong" ended_with 8
check "peer-groups: check: what is wrong" said \
	"all: 1 of 2 joined, require all" \
	"altered: enabled with other members" \
	"any: 0 of 2 joined, require any" \
	"missing: missing" \
	"off: not enabled" \
	"stale: enabled, and in no file any more"
script wait --timeout 1
check "peer-groups: wait: times out" ended_with 15
check "peer-groups: wait: says why" grep -qx 'gpusvm-topology: off: not enabled' err

fresh
file left "member = pci-0"
group left 1 pci-0=absent
(sleep 1; echo joined >"$config/groups/left/members/pci-0/state") &
script wait
check "peer-groups: wait: who comes later" ended_with 0
wait

# Without a kernel

rm -r root/sys
for command in start "start --dry-run" status check; do
	# shellcheck disable=SC2086
	script $command
	check "peer-groups: $command without the module" ended_with 3
done
check "peer-groups: without the module: message" said \
	"the kernel has no peer groups: is the module drm_pagemap_topology loaded?"
script stop
check "peer-groups: stop without the module" ended_with 0
script wait --timeout 0
check "peer-groups: wait without the module" ended_with 15
check "peer-groups: nothing is left of it" test ! -e root/run
mkdir -p root/sys/class/drm_pagemap
for command in start stop status check; do
	script "$command"
	check "peer-groups: $command without configfs" ended_with 3
done
check "peer-groups: without configfs: message" said \
	"/${config#root/} is missing: is configfs mounted?"
rm -r root/etc
script start
check "peer-groups: no directory" ended_with 14
check "peer-groups: no directory: message" said "$files: No such file or directory"

# The command line

# wrong MESSAGE ARGUMENT...
wrong() {
	local message=$1
	shift
	script "$@"
	check "peer-groups: wrong: $*: status" test "$status" = 2
	check "peer-groups: wrong: $*: message" grep -qx "gpusvm-[a-z-]*: $message" err
	check "peer-groups: wrong: $*: where to look" grep -q ': see "gpusvm-.*--help"$' err
	check "peer-groups: wrong: $*: no output" test ! -s out
}

wrong "no command"
wrong "no such command: restart" restart
wrong "more than one command: stop" start stop
wrong "no such option: --force" start --force
wrong "--dir needs a value" start --dir
wrong "--dir needs a value" start --dir=
wrong "--timeout is for wait" start --timeout 1
wrong '--timeout takes a number of seconds, not "soon"' wait --timeout soon
wrong '--timeout takes a number of seconds, not "-1"' wait --timeout=-1
wrong "--dry-run and --shell are for commands that change groups" status --dry-run
run --help
check "peer-groups: --help" ended_with 0
check "peer-groups: --help is on stdout" grep -q ^Usage: out
run status --help
check "peer-groups: --help after a command" grep -q ^Usage: out

[ "$failures" -eq 0 ]
