#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# vgpusvm: gpus=4 vram=32M topology=pairs
# timeout: 600
#
# Every file that the topology shows is described in Documentation/ABI: the
# kernel's own checker says so of the live system.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

LINUX=/usr/src/linux
CONFIGFS=/sys/kernel/config
GROUP=$CONFIGFS/drm_pagemap/groups/abi

if [ ! -e "$LINUX/tools/docs/get_abi.py" ]; then
	skip_all "no ABI checker for this kernel"
fi

# check SYSFS: what is and what is not documented there, to abi.
check() {
	python3 "$LINUX/tools/docs/get_abi.py" --dir "$LINUX/Documentation/ABI" \
		undefined --sysfs-dir "$1" --found \
		--search-string 'drm_pagemap|config/vgpusvm' \
		>>"$TAP_TMP/abi" 2>>"$TAP_TMP/log"
}

saw() {
	ok "the checker saw $1" grep -q "$1.*: regex:" "$TAP_TMP/abi"
}

mkdir "$GROUP" "$GROUP/members/platform-vgpusvm.0"
put 1 "$GROUP/enabled"

ok "the checker runs" check /sys
# It leaves a directory at the first name in it that it ignores, and so never
# comes from /sys/kernel/debug to this.
mkdir -p "$TAP_TMP/sys/kernel/config"
mount --bind "$CONFIGFS" "$TAP_TMP/sys/kernel/config"
ok "the checker runs on configfs" check "$TAP_TMP/sys"
umount "$TAP_TMP/sys/kernel/config"

saw /drm_pagemap/pagemap
saw /drm_pagemap_group/
saw /drm_pagemap_initiator/
saw "$CONFIGFS/drm_pagemap/groups/abi"
is "nothing is undocumented" \
	"$(sed -n 's/ not found\.$//p' "$TAP_TMP/abi" | head -n 50)" ""

put 0 "$GROUP/enabled"
rmdir "$GROUP/members/platform-vgpusvm.0" "$GROUP"
done_testing
