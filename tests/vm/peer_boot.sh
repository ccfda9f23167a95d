#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
# systemd: yes
# timeout: 600
#
# The service of gpusvm-peer-groups and the rule for udev, in a VM that systemd has
# booted: at boot, when GPUs come and go, and when the module comes later than that.

UNIT=gpusvm-peer-groups.service
GROUPS_D=/etc/gpusvm/groups.d
MODPROBE_D=/etc/modprobe.d

# What has to do with neither peer groups nor devices would take most of the time:
# generators of units, drivers for other devices, and a part of the units.
without_others() {
	local generator
	mkdir -p /etc/systemd/system-generators
	for generator in /usr/lib/systemd/system-generators/*; do
		ln -s /dev/null "/etc/systemd/system-generators/${generator##*/}"
	done
	ln -s /dev/null /etc/udev/rules.d/80-drivers.rules
	systemctl mask {dev-{hugepages,mqueue},sys-fs-fuse-connections,run-lock}.mount \
		proc-sys-fs-binfmt_misc.automount \
		systemd-{binfmt,journal-flush,pstore,random-seed,sysctl,sysusers}.service \
		systemd-{tmpfiles-setup{,-dev,-dev-early},udev-load-credentials}.service \
		systemd-{journal-catalog-update,remount-fs,update-done}.service \
		{dracut-shutdown,kmod-static-nodes,ldconfig}.service
}

# Before systemd is there: what a package installs, and what an administrator writes.
prepare() {
	without_others
	make -s -C tools/gpusvm-topology prefix=/usr install-system
	systemctl enable "$UNIT"
	echo 'member = platform-vgpusvm.0 platform-vgpusvm.1' >"$GROUPS_D/left.conf"
	printf '%s\n' 'member = platform-vgpusvm.3' 'require = any' >"$GROUPS_D/alone.conf"
	echo vgpusvm >/etc/modules-load.d/gpus.conf
	echo 'options vgpusvm gpus=3' >"$MODPROBE_D/gpus.conf"
}

if [ "${1:-}" = prepare ]; then
	set -e
	prepare
	exit
fi

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

# now PROPERTY...: what systemd says of the service.
now() {
	local property
	for property; do
		systemctl show --value --property "$property" "$UNIT"
	done | paste -sd' '
}

# since UNIT: when it became active, in microseconds since the boot.
since() {
	systemctl show --value --property ActiveEnterTimestampMonotonic "$1"
}

# away: without modules and configfs, as before anybody has asked for them.
away() {
	systemctl stop "$UNIT" &&
		modprobe -r vgpusvm drm_pagemap_topology &&
		systemctl stop sys-kernel-config.mount &&
		! mountpoint -q /sys/kernel/config
}

# At boot

is "systemd is the first process" "$(</proc/1/comm)" systemd
is "the service has run at boot" "$(now ActiveState Result ExecMainStatus)" \
	"active success 0"
ok "... before what is started after sysinit.target" \
	[ "$(since "$UNIT")" -le "$(since sysinit.target)" ]
is "the groups are in force, with who is there" "$(partition)" "alone= auto2=2 left=0,1"

# GPUs come and go

put vgpusvm.1 /sys/bus/platform/drivers/vgpusvm/unbind
ok "a GPU goes" becomes 30 "alone= auto2=2 left=0" partition
put vgpusvm.1 /sys/bus/platform/drivers/vgpusvm/bind
ok "it comes back into its group" becomes 30 "alone= auto2=2 left=0,1" partition
gpu d
is "a GPU that was not there at boot" "$(uid d)" platform-vgpusvm.3
enable d
ok "has a group, too" becomes 30 "alone=3 auto2=2 left=0,1" partition
disable d
rmdir "$GPUS"/d/regions/0 "$GPUS/d"

# The files change

echo 'member = platform-vgpusvm.2' >"$GROUPS_D/right.conf"
ok "reload" systemctl reload "$UNIT"
is "... takes the files as they are now" "$(partition)" "alone= left=0,1 right=2"
ok "stop" systemctl stop "$UNIT"
is "... takes the groups away" "$(partition): $(<"$PEERS/enabled_groups")" "auto0=0,1,2: "

# Started by hand, it brings what it needs

ok "nothing is there" away
ok "start" systemctl start "$UNIT"
ok "... mounts configfs" mountpoint -q /sys/kernel/config
is "... loads the module, and makes the groups" "$(<"$PEERS/enabled_groups")" \
	"alone left right"

# A kernel without the module, and one that comes later

ok "nothing is there again" away
echo 'install drm_pagemap_topology false' >"$MODPROBE_D/none.conf"
nok "without the module, it fails" systemctl start "$UNIT"
is "... with a status that tells why" "$(now ActiveState Result ExecMainStatus)" \
	"failed exit-code 4"
rm "$MODPROBE_D/none.conf"
modprobe vgpusvm
ok "with the module, udev has it started" \
	becomes 60 "active success 0" now ActiveState Result ExecMainStatus
is "... and the groups are in force" "$(partition)" "alone= left=0,1 right=2"

mv "$GROUPS_D" "$GROUPS_D.kept"
mkdir "$GROUPS_D"
ok "stop" systemctl stop "$UNIT"
ok "without files, start" systemctl start "$UNIT"
is "... is no failure, and does nothing" "$(now ActiveState Result ConditionResult)" \
	"inactive success no"

done_testing
