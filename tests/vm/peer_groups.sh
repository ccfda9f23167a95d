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

is "without the module" "$(peers start)" \
	"4: the kernel has no peer groups: is the module drm_pagemap_topology loaded?"
modprobe vgpusvm

# Before there is any GPU

file left platform-vgpusvm.0 platform-vgpusvm.1
file right platform-vgpusvm.2
is "groups of GPUs that are absent" "$(peers start)" "0:"
is "they are enabled" "$(set_of_groups)" "left=platform-vgpusvm.0,platform-vgpusvm.1 \
right=platform-vgpusvm.2"
is "check" "$(peers check)" \
	"7: left: 0 of 2 joined, require all: right: 0 of 1 joined, require all"
is "wait times out" "$(peers wait --timeout 1)" \
	"8: left: 0 of 2 joined, require all: right: 0 of 1 joined, require all: \
not so after 1 seconds"

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
is "they have joined" "$(partition)" "auto3=3 left=0,1 right=2"
is "status" "$("$SCRIPT" status --dir "$FILES" | paste -sd'|')" \
	"left: enabled, 2 of 2 joined, require all|\
    platform-vgpusvm.0: joined|    platform-vgpusvm.1: joined|\
right: enabled, 1 of 1 joined, require all|    platform-vgpusvm.2: joined"
is "check has nothing to say" "$(peers check)" "0:"

# Once more

before=$(everything)
is "a second time" "$(peers start)" "0:"
is "nothing is touched" "$(everything)" "$before"

# What the kernel refuses

file far platform-vgpusvm.3 platform-vgpusvm.0
file left platform-vgpusvm.1
before=$(everything)
like "a group that the hardware can't have" "$(peers start)" "^6: cannot enable this set of \
groups: ENOLINK platform-vgpusvm.(0 platform-vgpusvm.3|3 platform-vgpusvm.0)-vram0 acs$"
is "nothing has changed" "$(everything)" "$before"
echo broken >"$FILES/zz.conf"
is "a file that is wrong" "$(peers start)" "3: $FILES/zz.conf:1: not a \"key = value\""
is "nothing has changed, either" "$(everything)" "$before"
rm "$FILES/zz.conf" "$FILES/far.conf"
file left platform-vgpusvm.0 platform-vgpusvm.1

# Other members, while GPUs are in use

agent one a
tell one vm >/dev/null
file left platform-vgpusvm.0
before=$(everything)
is "a member of a group in use goes" "$(peers start)" \
	"5: cannot enable this set of groups: EBUSY platform-vgpusvm.0 held (in use: stop what \
uses it, and try again)"
is "not: nothing has changed" "$(everything)" "$before"
is "its removal" "$(peers stop | cut -d' ' -f1-10)" \
	"5: cannot enable this set of groups: EBUSY platform-vgpusvm.0 held"
is "nothing has changed by that" "$(everything)" "$before"
file left platform-vgpusvm.0 platform-vgpusvm.1
file right platform-vgpusvm.2 platform-vgpusvm.3 absent-1
is "another group may change" "$(peers start | cut -d' ' -f1-8)" \
	"6: cannot enable this set of groups: ENOLINK"
file right platform-vgpusvm.2 absent-1
is "to what there can be" "$(peers start)" "0:"
is "it has" "$(set_of_groups)" "left=platform-vgpusvm.0,platform-vgpusvm.1 \
right=absent-1,platform-vgpusvm.2"
is "the other one is still in use" "$(of left users)" 1
dismiss one
file left platform-vgpusvm.0
file right platform-vgpusvm.1 platform-vgpusvm.2
is "members change places" "$(peers start)" "0:"
is "they have" "$(set_of_groups): $(partition)" "left=platform-vgpusvm.0 \
right=platform-vgpusvm.1,platform-vgpusvm.2: auto3=3 left=0 right=1,2"
is "nothing is left of the swap" "$(names)" "left right"

# What others have made

group theirs d
is "a group of somebody else" "$(switch theirs 1)" "ok: ok"
group idle a d
rm "$FILES/right.conf"
is "a file has gone" "$(peers start)" "0:"
is "so does its group, and no other" "$(set_of_groups): $(names)" \
	"left=platform-vgpusvm.0 theirs=platform-vgpusvm.3: idle left theirs"
file far platform-vgpusvm.3
before=$(everything)
is "a member of another's group" "$(peers start)" \
	"5: cannot enable this set of groups: EBUSY platform-vgpusvm.3 group:theirs"
is "nothing has changed then" "$(everything)" "$before"
rm "$FILES/far.conf"
file idle platform-vgpusvm.1
is "a group of that name is taken over" "$(peers start)" "0:"
is "with the members of the file" "$(set_of_groups)" "idle=platform-vgpusvm.1 \
left=platform-vgpusvm.0 theirs=platform-vgpusvm.3"
echo broken >"$FILES/zz.conf"
is "stop does not need the files" "$(peers stop)" "0:"
is "and takes away what start has made" "$(set_of_groups): $(names)" \
	"theirs=platform-vgpusvm.3: theirs"
is "stop again" "$(peers stop)" "0:"
rm "$FILES/zz.conf" "$FILES/idle.conf"
ungroup theirs

# What a dry run prints is what is done

file left platform-vgpusvm.0 platform-vgpusvm.1
file right platform-vgpusvm.2
is "made by hand as a dry run says" "$(bash -e <("$SCRIPT" --dir "$FILES" --dry-run start) 2>&1)" ""
is "it is made" "$(set_of_groups)" "left=platform-vgpusvm.0,platform-vgpusvm.1 \
right=platform-vgpusvm.2"
file left platform-vgpusvm.0
file right platform-vgpusvm.2 platform-vgpusvm.1
is "members change by hand" "$(bash -e <("$SCRIPT" --dir "$FILES" --dry-run start) 2>&1)" ""
is "they have changed" "$(set_of_groups)" "left=platform-vgpusvm.0 \
right=platform-vgpusvm.1,platform-vgpusvm.2"
is "start takes them over" "$(peers start)" "0:"
is "removed by hand" "$(bash -e <("$SCRIPT" --dir "$FILES" --dry-run stop) 2>&1)" ""
is "nothing is left" "$(names)$(<"$PEERS/enabled_groups")" ""

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
is "it leaves nothing" "$(everything)" "$before"
is "and no harm" "$(peers start)" "0:"

rm "$FILES/right.conf"
is "a group less" "$(peers start): $(partition)" "0:: auto2=2 auto3=3 left=0,1"
file left platform-vgpusvm.0 platform-vgpusvm.2
halt_at left/members/platform-vgpusvm.2
is "while members change, the new ones are in force" "$(partition)" \
	"auto1=1 auto3=3 left.swap-1=0,2"
agent one a
tell one vm >/dev/null
resume
wait "$RUNNING" && status=0 || status=$?
is "they come into use at once" "$status: $(cut -d' ' -f2- "$TAP_TMP/said" | paste -sd: )" \
	"5: cannot enable this set of groups: EBUSY platform-vgpusvm.0 held (in use: stop what \
uses it, and try again):the new groups are in force, but these under another name until start is \
run again: left.swap-1"
is "so they stay" "$(set_of_groups)" "left.swap-1=platform-vgpusvm.0,platform-vgpusvm.2"
is "check says it" "$(peers check)" \
	"7: left: not enabled: left: 0 of 2 joined, require all: left.swap-1: enabled, and in no \
file any more"
dismiss one
is "until it is run again" "$(peers start)" "0:"
is "and all is as it should be" "$(set_of_groups): $(names)" \
	"left=platform-vgpusvm.0,platform-vgpusvm.2: left"

# Two at once

cp -r "$FILES" "$FILES.2"
file right platform-vgpusvm.1
printf 'member = platform-vgpusvm.1 platform-vgpusvm.0\n' >"$FILES.2/left.conf"
statuses=
for ((i = 0; i < 6; i++)); do
	"$SCRIPT" --dir "$FILES" start &
	first=$!
	"$SCRIPT" --dir "$FILES.2" start &
	wait "$first" && statuses+=0 || statuses+=$?
	wait $! && statuses+=0 || statuses+=$?
done
is "two at once, again and again" "$statuses" 000000000000
like "one was the last" "$(set_of_groups)" "^left=platform-vgpusvm.0,platform-vgpusvm.(1|2 \
right=platform-vgpusvm.1)$"
"$SCRIPT" --dir "$FILES" start &
"$SCRIPT" stop
wait $! && status=0 || status=$?
is "start and stop at once" "$status" 0
like "one was the last, too" "$(set_of_groups)" "^(left=platform-vgpusvm.0,platform-vgpusvm.2 \
right=platform-vgpusvm.1)?$"
is "and that's it" "$(peers stop): $(set_of_groups)$(names)" "0:: "

# Beside the tool, which would put back what it has read before

halt_at groups/right
gpusvm-topology group create --enable theirs platform-vgpusvm.3 2>"$TAP_TMP/theirs" &
theirs=$!
ok "the tool waits for the script" eventually 20 grep -q waiting "$TAP_TMP/theirs"
is "it has done nothing yet" "$(names)" "left right"
resume
wait "$RUNNING" && status=0 || status=$?
wait "$theirs" && status+=0 || status+=$?
is "both go on" "$status" 00
is "all of it is in force" "$(set_of_groups)" "left=platform-vgpusvm.0,platform-vgpusvm.2 \
right=platform-vgpusvm.1 theirs=platform-vgpusvm.3"
ungroup theirs
is "and no more" "$(peers stop): $(set_of_groups)$(names)" "0:: "

clean_up
done_testing
