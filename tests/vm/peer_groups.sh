#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
# timeout: 1200
#
# gpusvm-peer-groups: groups from files, as a whole or not at all.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"
# shellcheck source=tests/vm/peers.sh
. "$(dirname "$0")/peers.sh"

says "without the module" \
	"3: the kernel has no peer groups: is the module drm_pagemap_topology loaded?" \
	peers start
modprobe vgpusvm

# Before there is any GPU

file left platform-vgpusvm.0 platform-vgpusvm.1
file right platform-vgpusvm.2
says "groups of GPUs that are absent" "0:" peers start
says "they are enabled" \
	"left=platform-vgpusvm.0,platform-vgpusvm.1 \
right=platform-vgpusvm.2" \
	set_of_groups
says "check" "8: left: 0 of 2 joined, require all: right: 0 of 1 joined, require all" \
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
ok "wait waits for those that come" kill -0 "$waiter"
enable b c d
ok "and ends when all are there" wait "$waiter"
says "they have joined" "auto3=3 left=0,1 right=2" partition
is "status" "$("$SCRIPT" status --dir "$FILES" | paste -sd'|')" \
	"left: enabled, 2 of 2 joined, require all|\
    platform-vgpusvm.0: joined|    platform-vgpusvm.1: joined|\
right: enabled, 1 of 1 joined, require all|    platform-vgpusvm.2: joined"
says "check has nothing to say" "0:" peers check

# Once more

before=$(everything)
says "a second time" "0:" peers start
says "nothing is touched" "$before" everything

# What the kernel refuses

file far platform-vgpusvm.3 platform-vgpusvm.0
file left platform-vgpusvm.1
before=$(everything)
matches "a group that the hardware can't have" \
	"^6: cannot enable this set of \
groups: ENOLINK platform-vgpusvm.(0 platform-vgpusvm.3|3 platform-vgpusvm.0)-vram0 acs$" \
	peers start
says "nothing has changed" "$before" everything
echo broken >"$FILES/zz.conf"
says "a file that is wrong" "14: $FILES/zz.conf:1: not a \"key = value\"" peers start
says "nothing has changed, either" "$before" everything
rm "$FILES/zz.conf" "$FILES/far.conf"
file left platform-vgpusvm.0 platform-vgpusvm.1

# Other members, while GPUs are in use

agent one a
tell one vm >/dev/null
file left platform-vgpusvm.0
before=$(everything)
says "a member of a group in use goes" \
	"7: cannot enable this set of groups: EBUSY platform-vgpusvm.0 held (in use: stop what \
uses it, and try again)" \
	peers start
says "not: nothing has changed" "$before" everything
is "its removal" "$(peers stop | cut -d' ' -f1-10)" \
	"7: cannot enable this set of groups: EBUSY platform-vgpusvm.0 held"
says "nothing has changed by that" "$before" everything
file left platform-vgpusvm.0 platform-vgpusvm.1
file right platform-vgpusvm.2 platform-vgpusvm.3 absent-1
is "another group may change" "$(peers start | cut -d' ' -f1-8)" \
	"6: cannot enable this set of groups: ENOLINK"
file right platform-vgpusvm.2 absent-1
says "to what there can be" "0:" peers start
says "it has" \
	"left=platform-vgpusvm.0,platform-vgpusvm.1 \
right=absent-1,platform-vgpusvm.2" \
	set_of_groups
says "the other one is still in use" 1 of left users
dismiss one
file left platform-vgpusvm.0
file right platform-vgpusvm.1 platform-vgpusvm.2
says "members change places" "0:" peers start
says "they have" \
	"left=platform-vgpusvm.0 \
right=platform-vgpusvm.1,platform-vgpusvm.2: auto3=3 left=0 right=1,2" \
	set_of_groups +: partition
says "nothing is left of the swap" "left right" all_groups

# What others have made

group theirs d
says "a group of somebody else" "ok: ok" switch theirs 1
group idle a d
rm "$FILES/right.conf"
says "a file has gone" "0:" peers start
says "so does its group, and no other" \
	"left=platform-vgpusvm.0 theirs=platform-vgpusvm.3: idle left theirs" \
	set_of_groups +: all_groups
file far platform-vgpusvm.3
before=$(everything)
says "a member of another's group" \
	"7: cannot enable this set of groups: EBUSY platform-vgpusvm.3 group:theirs" \
	peers start
says "nothing has changed then" "$before" everything
rm "$FILES/far.conf"
file idle platform-vgpusvm.1
says "a group of that name is taken over" "0:" peers start
says "with the members of the file" \
	"idle=platform-vgpusvm.1 \
left=platform-vgpusvm.0 theirs=platform-vgpusvm.3" \
	set_of_groups
echo broken >"$FILES/zz.conf"
says "stop does not need the files" "0:" peers stop
says "and takes away what start has made" "theirs=platform-vgpusvm.3: theirs" \
	set_of_groups +: all_groups
says "stop again" "0:" peers stop
rm "$FILES/zz.conf" "$FILES/idle.conf"
ungroup theirs

# What a dry run prints is what is done

file left platform-vgpusvm.0 platform-vgpusvm.1
file right platform-vgpusvm.2
is "made by hand as a dry run says" "$(bash -e <("$SCRIPT" --dir "$FILES" --dry-run start) 2>&1)" ""
says "it is made" "left=platform-vgpusvm.0,platform-vgpusvm.1 \
right=platform-vgpusvm.2" \
	set_of_groups
file left platform-vgpusvm.0
file right platform-vgpusvm.2 platform-vgpusvm.1
is "members change by hand" "$(bash -e <("$SCRIPT" --dir "$FILES" --dry-run start) 2>&1)" ""
says "they have changed" \
	"left=platform-vgpusvm.0 \
right=platform-vgpusvm.1,platform-vgpusvm.2" \
	set_of_groups
says "start takes them over" "0:" peers start
is "removed by hand" "$(bash -e <("$SCRIPT" --dir "$FILES" --dry-run stop) 2>&1)" ""
is "nothing is left" "$(all_groups)$(<"$PEERS/enabled_groups")" ""

# Interrupted, or overtaken

file left platform-vgpusvm.0 platform-vgpusvm.1
file right platform-vgpusvm.2
before=$(everything)
halt_at groups/right
interrupted=$RUNNING
kill "$interrupted"
resume
wait "$interrupted" && status=0 || status=$?
is "killed before it is in force" "$status" 143
says "it leaves nothing" "$before" everything
says "and no harm" "0:" peers start

rm "$FILES/right.conf"
says "a group less" "0:: auto2=2 auto3=3 left=0,1" peers start +: partition
file left platform-vgpusvm.0 platform-vgpusvm.2
halt_at left/members/platform-vgpusvm.2
says "while members change, the new ones are in force" "auto1=1 auto3=3 left.swap-1=0,2" \
	partition
agent one a
tell one vm >/dev/null
resume
wait "$RUNNING" && status=0 || status=$?
is "they come into use at once" "$status: $(cut -d' ' -f2- "$TAP_TMP/said" | paste -sd: )" \
	"7: cannot enable this set of groups: EBUSY platform-vgpusvm.0 held (in use: stop what \
uses it, and try again):the new groups are in force, but these under another name until start is \
run again: left.swap-1"
says "so they stay" "left.swap-1=platform-vgpusvm.0,platform-vgpusvm.2" set_of_groups
says "check says it" \
	"8: left: not enabled: left: 0 of 2 joined, require all: left.swap-1: enabled, and in no \
file any more" \
	peers check
dismiss one
says "until it is run again" "0:" peers start
says "and all is as it should be" "left=platform-vgpusvm.0,platform-vgpusvm.2: left" \
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
is "two at once, again and again" "$statuses" 000000000000
matches "one was the last" \
	"^left=platform-vgpusvm.0,platform-vgpusvm.(1|2 \
right=platform-vgpusvm.1)$" \
	set_of_groups
"$SCRIPT" --dir "$FILES" start &
"$SCRIPT" stop
wait $! && status=0 || status=$?
is "start and stop at once" "$status" 0
matches "one was the last, too" \
	"^(left=platform-vgpusvm.0,platform-vgpusvm.2 \
right=platform-vgpusvm.1)?$" \
	set_of_groups
is "and that's it" "$(peers stop): $(set_of_groups)$(all_groups)" "0:: "

# Beside the tool, which would put back what it has read before

halt_at groups/right
gpusvm-topology group create --enable theirs platform-vgpusvm.3 2>"$TAP_TMP/theirs" &
theirs=$!
ok "the tool waits for the script" eventually 20 grep -q waiting "$TAP_TMP/theirs"
says "it has done nothing yet" "left right" all_groups
resume
wait "$RUNNING" && status=0 || status=$?
is "the script goes on" "$status" 0
wait "$theirs" && status=0 || status=$?
is "and the tool" "$status" 0
says "all of it is in force" \
	"left=platform-vgpusvm.0,platform-vgpusvm.2 \
right=platform-vgpusvm.1 theirs=platform-vgpusvm.3" \
	set_of_groups
ungroup theirs
is "and no more" "$(peers stop): $(set_of_groups)$(all_groups)" "0:: "

clean_up
done_testing
