#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
# timeout: 1200
#
# gpusvm-peer-groups makes all groups that files describe, or none.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"
# shellcheck source=tests/vm/peers.sh
. "$(dirname "$0")/peers.sh"

says "start fails without the module" \
	"3: the kernel has no peer groups: is the module drm_pagemap_topology loaded?" \
	peers start
modprobe vgpusvm

# Before there is any GPU

file left platform-vgpusvm.0 platform-vgpusvm.1
file right platform-vgpusvm.2
says "start makes groups of absent GPUs" "0:" peers start
says "the groups are enabled" \
	"left=platform-vgpusvm.0,platform-vgpusvm.1 \
right=platform-vgpusvm.2" \
	set_of_groups
says "check reports absent members" \
	"8: left: 0 of 2 joined, require all: right: 0 of 1 joined, require all" \
	peers check
says "wait times out" \
	"15: left: 0 of 2 joined, require all: right: 0 of 1 joined, require all: \
not so after 1 seconds" \
	peers wait --timeout 1

for name in a b c d; do
	gpu "$name"
done
links a b c
link a d refusal=acs
link d a refusal=acs
enable a
"$SCRIPT" wait --dir "$FILES" &
waiter=$!
sleep 1
ok "wait waits for absent members" kill -0 "$waiter"
enable b c d
ok "... and ends when all have joined" wait "$waiter"
says "the members have joined" "auto3=3 left=0,1 right=2" partition
is "status prints groups and members" "$("$SCRIPT" status --dir "$FILES" | paste -sd'|')" \
	"left: enabled, 2 of 2 joined, require all|\
    platform-vgpusvm.0: joined|    platform-vgpusvm.1: joined|\
right: enabled, 1 of 1 joined, require all|    platform-vgpusvm.2: joined"
says "check finds nothing" "0:" peers check

# Once more

before=$(everything)
says "start succeeds again" "0:" peers start
says "... and touches nothing" "$before" everything

# Groups that the kernel refuses

file far platform-vgpusvm.3 platform-vgpusvm.0
file left platform-vgpusvm.1
before=$(everything)
matches "start refuses a group that the hardware can't have" \
	"^6: the kernel refuses the change: \
ENOLINK platform-vgpusvm.(0 platform-vgpusvm.3|3 platform-vgpusvm.0)-vram0 acs$" \
	peers start
says "... and changes nothing" "$before" everything
echo broken >"$FILES/zz.conf"
says "start refuses an invalid file" "14: $FILES/zz.conf:1: not a \"key = value\"" peers start
says "... and changes nothing" "$before" everything
rm "$FILES/zz.conf" "$FILES/far.conf"
file left platform-vgpusvm.0 platform-vgpusvm.1

# Other members, while GPUs are in use

agent one a
tell one vm >/dev/null
file left platform-vgpusvm.0
before=$(everything)
matches "start fails if a group in use would lose a member, and prints its users" \
	"^7: the kernel refuses the change: EBUSY platform-vgpusvm.0 held: left has 1 users:: +\
process [0-9]+ \(svm_agent\) has renderD[0-9]+ open$" \
	peers start
says "... and changes nothing" "$before" everything
matches "stop fails on a group in use" \
	"^7: the kernel refuses the change: EBUSY platform-vgpusvm.0 held: left has 1 users:" \
	peers stop
says "... and changes nothing" "$before" everything
file left platform-vgpusvm.0 platform-vgpusvm.1
file right platform-vgpusvm.2 platform-vgpusvm.3 absent-1
matches "start refuses an impossible change of another group" \
	"^6: the kernel refuses the change: ENOLINK " peers start
file right platform-vgpusvm.2 absent-1
says "start changes another group meanwhile" "0:" peers start
says "the other group has its new members" \
	"left=platform-vgpusvm.0,platform-vgpusvm.1 \
right=absent-1,platform-vgpusvm.2" \
	set_of_groups
says "the group in use keeps its user" 1 of left users
dismiss one
file left platform-vgpusvm.0
file right platform-vgpusvm.1 platform-vgpusvm.2
says "start moves a member between groups" "0:" peers start
says "the groups have their new members" \
	"left=platform-vgpusvm.0 \
right=platform-vgpusvm.1,platform-vgpusvm.2: auto3=3 left=0 right=1,2" \
	set_of_groups +: partition
says "no temporary group is left" "left right" all_groups

# Groups that another administrator has made

group theirs d
says "another administrator enables a group" "ok: ok" switch theirs 1
group idle a d
rm "$FILES/right.conf"
says "start succeeds after a file was removed" "0:" peers start
says "... and removes its group, and no other" \
	"left=platform-vgpusvm.0 theirs=platform-vgpusvm.3: idle left theirs" \
	set_of_groups +: all_groups
file far platform-vgpusvm.3
before=$(everything)
says "start refuses a member of a group that it did not make" \
	"7: the kernel refuses the change: EBUSY platform-vgpusvm.3 group:theirs" \
	peers start
says "... and changes nothing" "$before" everything
rm "$FILES/far.conf"
file idle platform-vgpusvm.1
says "start takes over an existing group of the same name" "0:" peers start
says "... with the members of the file" \
	"idle=platform-vgpusvm.1 \
left=platform-vgpusvm.0 theirs=platform-vgpusvm.3" \
	set_of_groups
echo broken >"$FILES/zz.conf"
says "stop succeeds with an invalid file" "0:" peers stop
says "... and removes exactly the groups that start has made" "theirs=platform-vgpusvm.3: theirs" \
	set_of_groups +: all_groups
says "stop succeeds again" "0:" peers stop
rm "$FILES/zz.conf" "$FILES/idle.conf"
ungroup theirs

# The commands of a dry run do the same

file left platform-vgpusvm.0 platform-vgpusvm.1
file right platform-vgpusvm.2
is "the commands of start --dry-run run in a shell" \
	"$(bash -e <("$SCRIPT" --dir "$FILES" --dry-run start) 2>&1)" ""
says "... and make the groups" "left=platform-vgpusvm.0,platform-vgpusvm.1 \
right=platform-vgpusvm.2" \
	set_of_groups
file left platform-vgpusvm.0
file right platform-vgpusvm.2 platform-vgpusvm.1
is "they also change members" "$(bash -e <("$SCRIPT" --dir "$FILES" --dry-run start) 2>&1)" ""
says "the members have changed" \
	"left=platform-vgpusvm.0 \
right=platform-vgpusvm.1,platform-vgpusvm.2" \
	set_of_groups
says "start takes over the groups" "0:" peers start
is "the commands of stop --dry-run run in a shell" \
	"$(bash -e <("$SCRIPT" --dir "$FILES" --dry-run stop) 2>&1)" ""
is "... and remove all groups" "$(all_groups)$(<"$PEERS/enabled_groups")" ""

# Interrupted, or overtaken

file left platform-vgpusvm.0 platform-vgpusvm.1
file right platform-vgpusvm.2
before=$(everything)
halt_at groups/right
interrupted=$RUNNING
kill "$interrupted"
resume
wait "$interrupted" && status=0 || status=$?
is "start ends when it is killed before groups are in force" "$status" 143
says "... and changes nothing" "$before" everything
says "... and a new start succeeds" "0:" peers start

rm "$FILES/right.conf"
says "start removes the group of a removed file" \
	"0:: auto2=2 auto3=3 left=0,1" peers start +: partition
file left platform-vgpusvm.0 platform-vgpusvm.2
halt_at left/members/platform-vgpusvm.2
says "while members change, the new group is in force" "auto1=1 auto3=3 left.swap-1=0,2" \
	partition
agent one a
tell one vm >/dev/null
resume
wait "$RUNNING" && status=0 || status=$?
is "start fails if the new group comes into use" \
	"$status: $(head -n 1 "$TAP_TMP/said")" \
	"7: gpusvm-topology: the kernel refuses the change: EBUSY platform-vgpusvm.0 held; left is \
enabled under the name left.swap-1"
says "... and the new group stays in force" \
	"left.swap-1=platform-vgpusvm.0,platform-vgpusvm.2" set_of_groups
says "check reports the temporary group" \
	"8: left: not enabled: left: 0 of 2 joined, require all: left.swap-1: enabled, and in no \
file any more" \
	peers check
dismiss one
says "start succeeds after the user leaves" "0:" peers start
says "... and makes the group of the file" "left=platform-vgpusvm.0,platform-vgpusvm.2: left" \
	set_of_groups +: all_groups

# Two at once

cp -r "$FILES" "$FILES.2"
file right platform-vgpusvm.1
printf 'member = platform-vgpusvm.1 platform-vgpusvm.0\n' >"$FILES.2/left.conf"
statuses=
for ((i = 0; i < 6; i++)); do
	"$SCRIPT" --dir "$FILES" start &
	first=$!
	"$SCRIPT" --dir "$FILES.2" start &
	second=$!
	wait "$first" && status=0 || status=$?
	statuses+="$status"
	wait "$second" && status=0 || status=$?
	statuses+="$status"
done
is "concurrent starts all succeed" "$statuses" 000000000000
matches "the groups are those of one of them" \
	"^left=platform-vgpusvm.0,platform-vgpusvm.(1|2 \
right=platform-vgpusvm.1)$" \
	set_of_groups
"$SCRIPT" --dir "$FILES" start &
"$SCRIPT" stop
wait $! && status=0 || status=$?
is "start succeeds beside a concurrent stop" "$status" 0
matches "the groups are those of one of them" \
	"^(left=platform-vgpusvm.0,platform-vgpusvm.2 \
right=platform-vgpusvm.1)?$" \
	set_of_groups
is "stop removes everything" "$(peers stop): $(set_of_groups)$(all_groups)" "0:: "

# Concurrently with a change of one group, which would otherwise restore an older set

halt_at groups/right
gpusvm-topology group create --enable theirs platform-vgpusvm.3 2>"$TAP_TMP/theirs" &
theirs=$!
ok "create waits for start" eventually 20 grep -q waiting "$TAP_TMP/theirs"
says "... and does nothing meanwhile" "left right" all_groups
resume
wait "$RUNNING" && status=0 || status=$?
is "start ends" "$status" 0
wait "$theirs" && status=0 || status=$?
is "create ends" "$status" 0
says "the groups of both are in force" \
	"left=platform-vgpusvm.0,platform-vgpusvm.2 \
right=platform-vgpusvm.1 theirs=platform-vgpusvm.3" \
	set_of_groups
ungroup theirs
is "stop removes the groups of the files" "$(peers stop): $(set_of_groups)$(all_groups)" "0:: "

clean_up
done_testing
