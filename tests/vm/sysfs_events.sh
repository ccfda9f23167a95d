#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
#
# Uevents: one for each object that appears, changes or goes away, sent after the files
# exist and the generation is even.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

TOPOLOGY=$PAGEMAPS/topology

# On one processor, the listener comes in the moment that an event is sent.
taskset -pc 0 $$ >/dev/null

# events COMMAND...: what comes while it runs, sorted.
events() {
	local listener
	mkfifo "$TAP_TMP/ready"
	sysfs_uevents 60 >"$TAP_TMP/ready" &
	listener=$!
	{
		read -r _
		"$@" >&2
		if [ -e "$TOPOLOGY/uevent" ]; then
			echo online >"$TOPOLOGY/uevent"
		fi
		sort
	} <"$TAP_TMP/ready"
	rm "$TAP_TMP/ready"
	wait "$listener"
}

# sends NAME LINES COMMAND...: exactly these events come, one of them for each
# step of the generation.
sends() {
	local name=$1 lines=$2 before got
	shift 2
	before=$(<"$TOPOLOGY/generation")
	got=$(events "$@")
	is "$name" "$got" "$(sort <<<"$lines")"
	is "$name: each change once" "$(grep -c '^change drm_pagemap topology ' <<<"$got")" \
		$((($(<"$TOPOLOGY/generation") - before) / 2))
}

says "loading the module sends an add event" "add drm_pagemap topology even" events modprobe vgpusvm
is "the generation is even at rest" $(($(<"$TOPOLOGY/generation") % 2)) 0

gpu a
gpu b
gpu c regions=0
link a b
link b a
link c a

A=platform-vgpusvm.0 B=platform-vgpusvm.1 C=platform-vgpusvm.2

sends "a GPU appears" "\
add drm_pagemap pagemap1 even
add drm_pagemap_link $A--pagemap1 even
add drm_pagemap_group auto-platform-vgpusvm.0 even
add drm_pagemap_initiator platform-vgpusvm.0 even
change drm_pagemap topology even" \
	enable a

sends "a GPU joins a group" "\
add drm_pagemap pagemap2 even
add drm_pagemap_link $A--pagemap2 even
add drm_pagemap_link $B--pagemap1 even
add drm_pagemap_link $B--pagemap2 even
add drm_pagemap_initiator platform-vgpusvm.1 even
change drm_pagemap_group auto-platform-vgpusvm.0 even
change drm_pagemap topology even" \
	enable b

sends "a GPU without regions gets its own group" "\
add drm_pagemap_link $C--pagemap1 even
add drm_pagemap_group auto-platform-vgpusvm.2 even
add drm_pagemap_initiator platform-vgpusvm.2 even
change drm_pagemap topology even" \
	enable c

sends "an attribute of a link changes" "\
change drm_pagemap topology even
change drm_pagemap_link $A--pagemap2 even" \
	put 12345 "$GPUS/a/links/b/read_latency"

says "a write without a change sends nothing" "" events put 12345 "$GPUS/a/links/b/read_latency"
says "the current bandwidth sends nothing" "" events put 123 "$GPUS/a/links/b/read_bandwidth"

group g a
sends "one peer group is enabled, another disabled" "\
add drm_pagemap_group auto-platform-vgpusvm.1 even
add drm_pagemap_group g even
change drm_pagemap topology even
change drm_pagemap_link $A--pagemap2 even
change drm_pagemap_link $B--pagemap1 even
change drm_pagemap_link $C--pagemap1 even
remove drm_pagemap_group auto-platform-vgpusvm.0 odd" \
	put 1 "$PEERS/groups/g/enabled"

sends "a peer group is disabled" "\
add drm_pagemap_group auto-platform-vgpusvm.0 even
change drm_pagemap topology even
change drm_pagemap_link $A--pagemap2 even
change drm_pagemap_link $B--pagemap1 even
change drm_pagemap_link $C--pagemap1 even
remove drm_pagemap_group auto-platform-vgpusvm.1 odd
remove drm_pagemap_group g odd" \
	put 0 "$PEERS/groups/g/enabled"

# What is dead first, and gone then, are two changes. c joins what is left.
sends "a GPU is unbound" "\
change drm_pagemap topology even
change drm_pagemap topology even
change drm_pagemap_group auto-platform-vgpusvm.0 even
change drm_pagemap_link $A--pagemap2 even
change drm_pagemap_link $B--pagemap1 even
change drm_pagemap_link $B--pagemap2 even
change drm_pagemap_link $C--pagemap1 even
remove drm_pagemap pagemap2 odd
remove drm_pagemap_group auto-platform-vgpusvm.2 odd
remove drm_pagemap_initiator platform-vgpusvm.1 odd
remove drm_pagemap_link $A--pagemap2 odd
remove drm_pagemap_link $B--pagemap1 odd
remove drm_pagemap_link $B--pagemap2 odd" \
	unbind b

sends "a GPU is bound again, with its ID" "\
add drm_pagemap pagemap2 even
add drm_pagemap_group auto-platform-vgpusvm.2 even
add drm_pagemap_initiator platform-vgpusvm.1 even
add drm_pagemap_link $A--pagemap2 even
add drm_pagemap_link $B--pagemap1 even
add drm_pagemap_link $B--pagemap2 even
change drm_pagemap topology even
change drm_pagemap_group auto-platform-vgpusvm.0 even
change drm_pagemap_link $C--pagemap1 even" \
	bind b

# VMs and placements do not change the topology.
use() {
	agent user a
	tell user vm
	tell user place 2
	tell user touch
	dismiss user
}
is "VMs and placements send nothing" "$(events use 2>/dev/null)" ""

clean_up
says "unloading the module sends a remove event" "remove drm_pagemap topology even" \
	events modprobe -r vgpusvm drm_pagemap_topology
done_testing
