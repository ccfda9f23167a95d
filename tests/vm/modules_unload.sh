#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# vgpusvm: gpus=2 vram=8M topology=full
#
# The modules can't be unloaded while files, VMs or pages use them. After that they can,
# and no data is lost. The topology sends uevents when its module comes and goes.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

# Keep the kernel's uevents of the class drm_pagemap from now on.
listen() {
	stdbuf -oL udevadm monitor --kernel --subsystem-match=drm_pagemap >"$TAP_TMP/uevents" &
	listener=$!
	eventually 30 grep -q 'KERNEL - ' "$TAP_TMP/uevents"
}

# announced ACTION: has the topology device sent a uevent with this action?
announced() {
	grep -qE "^KERNEL.* $1 +/devices/virtual/drm_pagemap/topology " "$TAP_TMP/uevents"
}

# Before the agents, whose pipes it would keep open.
ok "udevadm monitors the kernel" listen
agent one 0
agent two 1
nok "vgpusvm can't be unloaded with an open file" rmmod vgpusvm
says "pages are on the own GPU and on a peer" "ok ok ok ok" \
	tell one vm + tell one place 1 + tell two vm + tell two place 1
nok "vgpusvm can't be unloaded with VMs" rmmod vgpusvm
nok "drm_pagemap_topology can't be unloaded below it" rmmod drm_pagemap_topology
says "the files are closed" "ok ok" tell one close + tell two close
nok "vgpusvm can't be unloaded with pages on it" rmmod vgpusvm
says "the CPU takes pages of one back" ok tell one touch
nok "vgpusvm can't be unloaded with the other's pages" rmmod vgpusvm
says "the CPU takes pages of the other back" ok tell two touch
ok "vgpusvm can be unloaded without pages" eventually 20 rmmod vgpusvm
says "all pages keep their content" "ok ok" tell one touch + tell two touch
nok "no pagemap is left" compgen -G "$PAGEMAPS/pagemap*"
group later
rmdir "$PEERS/groups/later"
ok "drm_pagemap_topology can be unloaded" rmmod drm_pagemap_topology
ok "... which sends a remove uevent" eventually 30 announced remove
nok "no class is left" test -e "$PAGEMAPS"
dismiss one two

ok "the modules can be loaded again" modprobe vgpusvm gpus=1
ok "... which sends an add uevent" eventually 30 announced add
kill "$listener"
is "IDs start again" "$(<"$PAGEMAPS/pagemap1/uid")" platform-vgpusvm.0-vram0

clean_up
done_testing
