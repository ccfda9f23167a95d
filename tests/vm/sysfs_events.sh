#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
#
# Uevents: one for each thing that comes, changes or goes, not before the files
# are there, and not before the generation is even.

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

says "the topology comes" "add drm_pagemap topology even" events modprobe vgpusvm
is "the generation is even at rest" $(($(<"$TOPOLOGY/generation") % 2)) 0

gpu a
gpu b
gpu c memories=0
link a b
link b a
link c a

sends "a GPU comes" "\
add drm_pagemap pagemap1 even
add drm_pagemap_group auto-platform-vgpusvm.0 even
add drm_pagemap_initiator platform-vgpusvm.0 even
change drm_pagemap topology even" \
	enable a

sends "another joins its group" "\
add drm_pagemap pagemap2 even
add drm_pagemap_initiator platform-vgpusvm.1 even
change drm_pagemap_group auto-platform-vgpusvm.0 even
change drm_pagemap topology even" \
	enable b

sends "one without memory comes, to a group of its own" "\
add drm_pagemap_group auto-platform-vgpusvm.2 even
add drm_pagemap_initiator platform-vgpusvm.2 even
change drm_pagemap topology even" \
	enable c

sends "a figure changes" "\
change drm_pagemap topology even" \
	put 12345 "$GPUS/a/links/b/read_bandwidth"

says "nothing changes, nothing is sent" "" events put 12345 "$GPUS/a/links/b/read_bandwidth"

group g a
sends "a group of the admin comes, and another one goes" "\
add drm_pagemap_group auto-platform-vgpusvm.1 even
add drm_pagemap_group g even
change drm_pagemap topology even
remove drm_pagemap_group auto-platform-vgpusvm.0 odd" \
	put 1 "$PEERS/groups/g/enabled"

sends "it goes" "\
add drm_pagemap_group auto-platform-vgpusvm.0 even
change drm_pagemap topology even
remove drm_pagemap_group auto-platform-vgpusvm.1 odd
remove drm_pagemap_group g odd" \
	put 0 "$PEERS/groups/g/enabled"

# What is dead first, and gone then, are two changes. c joins what is left.
sends "a GPU is unbound" "\
change drm_pagemap topology even
change drm_pagemap topology even
change drm_pagemap_group auto-platform-vgpusvm.0 even
remove drm_pagemap pagemap2 odd
remove drm_pagemap_group auto-platform-vgpusvm.2 odd
remove drm_pagemap_initiator platform-vgpusvm.1 odd" \
	unbind b

sends "it is bound again, with its ID" "\
add drm_pagemap pagemap2 even
add drm_pagemap_group auto-platform-vgpusvm.2 even
add drm_pagemap_initiator platform-vgpusvm.1 even
change drm_pagemap topology even
change drm_pagemap_group auto-platform-vgpusvm.0 even" \
	bind b

# Use is no change of the topology.
use() {
	agent user a
	tell user vm
	tell user place 2
	tell user touch
	dismiss user
}
is "use sends nothing" "$(events use 2>/dev/null)" ""

clean_up
says "the topology goes" "remove drm_pagemap topology even" \
	events modprobe -r vgpusvm drm_pagemap_topology
done_testing
