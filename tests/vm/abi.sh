#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# vgpusvm: gpus=4 vram=32M topology=pairs
#
# Documentation/ABI describes every file of the topology. The kernel's own checker
# compares it with the live system; "make check" has it validate the documents. It treats
# every file below a documented directory as documented; abi_exact.sh does not.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

LINUX=/usr/src/linux
CONFIGFS=/sys/kernel/config
GROUP=$CONFIGFS/drm_pagemap/groups/abi
GPUS=$CONFIGFS/vgpusvm

if [ ! -e "$LINUX/tools/docs/get_abi.py" ]; then
	skip_all "no ABI checker for this kernel"
fi

# Only the directories of the topology: the checker is slow, and leaves a directory at the
# first name that it ignores, so that it never reaches configfs from /sys.
view() {
	local dir
	for dir in class/drm_pagemap{,_group,_initiator,_link} devices/platform \
		devices/virtual kernel/config; do
		mkdir -p "$TAP_TMP/sys/$dir"
		mount --bind "/sys/$dir" "$TAP_TMP/sys/$dir"
	done
}

# The documents of this project, and those of common attributes of devices: reading all
# 700 takes minutes.
documents() {
	mkdir "$TAP_TMP/ABI"
	cp -t "$TAP_TMP/ABI" Documentation/ABI/testing/* \
		"$LINUX"/Documentation/ABI/testing/sysfs-{devices-power,uevent}
}

# Documented and undocumented files.
check() {
	python3 "$LINUX/tools/docs/get_abi.py" --dir "$TAP_TMP/ABI" \
		undefined --sysfs-dir "$TAP_TMP/sys" --found \
		--search-string 'drm_pagemap|config/vgpusvm' \
		>"$TAP_TMP/abi" 2>"$TAP_TMP/log"
}

saw() {
	ok "the checker sees files of $1" grep -q "$1.*: regex:" "$TAP_TMP/abi"
}

mkdir "$GROUP" "$GROUP/members/platform-vgpusvm.0"
put 1 "$GROUP/enabled"
mkdir "$GPUS/a" "$GPUS/a/regions/0" "$GPUS/b" "$GPUS/a/links/b"

documents
view
ok "the checker runs" check
umount "$TAP_TMP"/sys/*/*

# Directories without a document of their own; their files are documented.
DIRECTORIES="/sys/(class|devices/platform/vgpusvm\.[0-9]|devices/virtual)/drm_pagemap"
DIRECTORIES+="|$CONFIGFS/(vgpusvm|drm_pagemap(/auto)?)"

saw /drm_pagemap/pagemap
saw /drm_pagemap_group/
saw /drm_pagemap_initiator/
saw /drm_pagemap_link/
saw "$GROUP"
saw "$GPUS/a"
is "every file below these directories is documented" \
	"$(sed -n 's/ not found\.$//p' "$TAP_TMP/abi" |
	grep -vxE "$DIRECTORIES" | head -n 50)" ""

rmdir "$GPUS/a/links/b" "$GPUS/b" "$GPUS/a/regions/0" "$GPUS/a"
put 0 "$GROUP/enabled"
rmdir "$GROUP/members/platform-vgpusvm.0" "$GROUP"
done_testing
