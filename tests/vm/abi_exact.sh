#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
# timeout: 300
#
# Nothing in sysfs and configfs that is not described in Documentation/ABI, and
# nothing described that there is not. See abi.sh for the kernel's own checker.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

# A machine that has everything that can be there: links that are local, direct,
# refused and not usable, groups of both origins, a GPU without memory.
modprobe vgpusvm
gpu a
gpu b
gpu c memories=0
link a b
link b a refusal=acs
link c a
enable a b c
group left a

exact() {
	"$(dirname "$0")/abi_exact.py" Documentation/ABI/testing "$@" 2>"$TAP_TMP/numbers"
}

# vgpusvm has no region in the dmem controller.
put 1 "$PEERS/groups/left/enabled"
says "documents and live system agree" "" exact dmem_region
diag "$(cat "$TAP_TMP/numbers")"

# The check is worth something.
put 0 "$PEERS/groups/left/enabled"
matches "it finds what is documented and not there" \
	'documented, and not there: /sys/class/drm_pagemap_group/\*/complete' \
	exact
mkdir "$TAP_TMP/less"
cp Documentation/ABI/testing/* "$TAP_TMP/less"
sed -i '/^What:.*usable$/d' "$TAP_TMP/less/sysfs-class-drm_pagemap"
like "it finds what is not documented" \
	"$("$(dirname "$0")/abi_exact.py" "$TAP_TMP/less" 2>/dev/null)" \
	'not documented: /sys/class/drm_pagemap/pagemap1/initiators/platform-vgpusvm.0/usable'

clean_up
done_testing
