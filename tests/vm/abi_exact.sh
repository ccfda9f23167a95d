#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
#
# Documentation/ABI describes every file in sysfs and configfs, and every described file
# exists. See abi.sh for the kernel's own checker.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

# A machine with all kinds of objects: links that are local, direct, refused and not
# usable, groups of both origins, a GPU without regions.
modprobe vgpusvm
gpu a
gpu b
gpu c regions=0
link a b
link b a refusal=acs
link c a
enable a b c
group left a

exact() {
	"$(dirname "$0")/abi_exact.py" Documentation/ABI/testing "$@" 2>"$TAP_TMP/numbers"
}

# Debian's kernel has no dmem controller.
put 1 "$PEERS/groups/left/enabled"
says "documents and live system match exactly" "" \
	exact dmem_region
diag "$(cat "$TAP_TMP/numbers")"

# The check detects differences.
put 0 "$PEERS/groups/left/enabled"
matches "the check finds a documented file that is missing" \
	'documented, and not there: /sys/class/drm_pagemap_group/\*/complete' \
	exact
mkdir "$TAP_TMP/less"
cp Documentation/ABI/testing/* "$TAP_TMP/less"
sed -i '/^What:.*usable$/d' "$TAP_TMP/less/sysfs-class-drm_pagemap_link"
like "the check finds an undocumented file" \
	"$("$(dirname "$0")/abi_exact.py" "$TAP_TMP/less" 2>/dev/null)" \
	'not documented: /sys/class/drm_pagemap_link/platform-vgpusvm.0--pagemap1/usable'

clean_up
done_testing
