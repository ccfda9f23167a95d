#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
# vgpusvm: gpus=2 vram=8M topology=full
#
# The modules can't be unloaded while somebody uses them, be it by pages alone;
# then they can, and nobody's data is gone.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

agent one 0
agent two 1
nok "with an open file" rmmod vgpusvm
says "pages on the own GPU, and on a peer" "ok ok ok ok" \
	tell one vm + tell one place 1 + tell two vm + tell two place 1
nok "with VMs" rmmod vgpusvm
nok "nor what is below" rmmod drm_pagemap_topology
says "the files are closed" "ok ok" tell one close + tell two close
nok "with pages, and no file" rmmod vgpusvm
says "one's pages come back" ok tell one touch
nok "with the other's pages" rmmod vgpusvm
says "and the other's" ok tell two touch
ok "without pages" eventually 20 rmmod vgpusvm
says "the pages have what they had" "ok ok" tell one touch + tell two touch
nok "all devices are gone" compgen -G "$PAGEMAPS/pagemap*"
group later
rmdir "$PEERS/groups/later"
ok "and the module below" rmmod drm_pagemap_topology
nok "all of it is gone" test -e "$PAGEMAPS"
dismiss one two

ok "they can be loaded again" modprobe vgpusvm gpus=1
is "with IDs from the start" "$(<"$PAGEMAPS/pagemap1/uid")" platform-vgpusvm.0-vram0

clean_up
done_testing
