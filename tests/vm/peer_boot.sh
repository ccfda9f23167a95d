#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
# systemd: yes
#
# The service for peer groups and the udev rule, in a VM that systemd has booted: at boot,
# when GPUs come and go, and when the module is loaded later. Each line of the unit and of
# the rule has a point in this test.

UNIT=gpusvm-peer-groups.service
GROUPS_D=/etc/gpusvm/groups.d
MODPROBE_D=/etc/modprobe.d
UNITS=/run/systemd/system
STATE=/run/gpusvm-peer-groups

# Disable the parts of systemd that take most of the time and that this test does not need:
# generators of units, drivers for other devices, and some units.
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

# The module loads slowly, so that the service fails if it does not wait.
slow_module() {
	echo "install drm_pagemap_topology sleep 5;" \
		"modprobe --ignore-install drm_pagemap_topology" >"$MODPROBE_D/slow.conf"
}

# Before systemd starts: write the files of the package and of an administrator.
prepare() {
	without_others
	make -s -C tools/gpusvm-topology prefix=/usr install-system
	# The service has neither the PATH nor the LD_LIBRARY_PATH of this VM.
	cp "$(type -P gpusvm-topology)" /usr/bin
	cp -P "$LD_LIBRARY_PATH"/libgpusvm-topology.so.* /usr/lib
	systemctl enable "$UNIT"
	echo 'member = platform-vgpusvm.0 platform-vgpusvm.1' >"$GROUPS_D/left.conf"
	printf '%s\n' 'member = platform-vgpusvm.3' 'require = any' >"$GROUPS_D/alone.conf"
	echo 'options vgpusvm gpus=3' >"$MODPROBE_D/gpus.conf"
	slow_module
	# /run is no tmpfs in this VM, so systemd does not remove the directory of the service.
	mkdir "$STATE"
	mount -t tmpfs state "$STATE"
}

# can WHAT COMMAND...: prints WHAT if COMMAND succeeds.
can() {
	if "${@:2}" >/dev/null 2>&1; then
		echo "$1"
	fi
}

# Prints the rights of the caller that the service does not need.
abilities() {
	can write touch /etc/gpusvm/written
	can home ls /root
	can capabilities grep '^CapBnd:.*[1-9a-f]' /proc/self/status
	can privileges grep '^NoNewPrivs:.*0' /proc/self/status
	can personality setarch --addr-no-randomize true
	can namespaces unshare --user true
	# shellcheck disable=SC2016 # for the other shell
	can sockets bash -c ': >/dev/udp/127.0.0.1/9'
	can executable python3 -c 'import mmap; mmap.mmap(-1, 4096, prot=7)'
}

case ${1:-} in
prepare)
	set -e
	prepare
	exit
	;;
abilities)
	abilities | paste -sd' ' >"$2"
	exit
	;;
esac

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

# now PROPERTY...: prints properties of the service, as systemd reports them.
now() {
	local property
	for property; do
		systemctl show --value --property "$property" "$UNIT"
	done | paste -sd' '
}

# since UNIT: prints when it became active, in microseconds since boot.
since() {
	systemctl show --value --property ActiveEnterTimestampMonotonic "$1"
}

# away: unload the modules and unmount configfs.
away() {
	systemctl stop "$UNIT" &&
		modprobe -r vgpusvm drm_pagemap_topology &&
		systemctl stop sys-kernel-config.mount &&
		! mountpoint -q /sys/kernel/config
}

# unit NAME LINE...: describes a unit, or a part of one.
unit() {
	mkdir -p "$(dirname "$UNITS/$1")"
	printf '%s\n' "${@:2}" >"$UNITS/$1"
	systemctl daemon-reload
}

# At boot

is "systemd is the first process" "$(</proc/1/comm)" systemd
is "the service has run at boot" "$(now ActiveState Result ExecMainStatus)" \
	"active success 0"
diag "service: $(since "$UNIT"), sysinit.target: $(since sysinit.target)"
ok "... before units that start after sysinit.target" \
	[ "$(since "$UNIT")" -le "$(since sysinit.target)" ]
is "... and has loaded the module, which nothing else needs" "$(ls "$PAGEMAPS")" topology
is "the groups exist before any GPU" "$(<"$PEERS/enabled_groups")" "alone left"
is "starting and stopping the service have timeouts" "$(now TimeoutStartUSec TimeoutStopUSec)" \
	"1min 30s 1min 30s"
modprobe vgpusvm
is "GPUs join their groups" "$(partition)" "alone= auto2=2 left=0,1"

# GPUs come and go

put vgpusvm.1 /sys/bus/platform/drivers/vgpusvm/unbind
ok "a GPU that is unbound leaves its group" becomes 30 "alone= auto2=2 left=0" partition
put vgpusvm.1 /sys/bus/platform/drivers/vgpusvm/bind
ok "it joins its group after bind" becomes 30 "alone= auto2=2 left=0,1" partition
gpu d
is "a GPU appears after boot" "${UIDS[d]}" platform-vgpusvm.3
enable d
ok "... and joins its group" becomes 30 "alone=3 auto2=2 left=0,1" partition
disable d
rmdir "$GPUS"/d/regions/0 "$GPUS/d"

# The files change

echo 'member = platform-vgpusvm.2' >"$GROUPS_D/right.conf"
ok "reload succeeds" systemctl reload "$UNIT"
is "... and takes the new files" "$(partition)" "alone= left=0,1 right=2"
ok "stop succeeds" systemctl stop "$UNIT"
is "... and removes the groups" "$(partition): $(<"$PEERS/enabled_groups")" "auto0=0,1,2: "
ok "... and leaves the lock, for which another process may wait" [ -e "$STATE/lock" ]

# Started by hand, the service loads the module and mounts configfs

ok "the module and configfs are gone" away
unit "$UNIT.d/abilities.conf" '[Service]' "ExecStartPost=$(realpath "$0") abilities $STATE/abilities"
ok "start succeeds without them" systemctl start "$UNIT"
ok "... mounts configfs" mountpoint -q /sys/kernel/config
is "... loads the module, and makes the groups" "$(<"$PEERS/enabled_groups")" \
	"alone left right"
is "... without abilities that it does not need" "$(<"$STATE/abilities")" ""
"$0" abilities "$TAP_TMP/abilities"
is "... which other services have" "$(<"$TAP_TMP/abilities")" \
	"write home capabilities privileges personality namespaces sockets executable"
rm -r "$UNITS/$UNIT.d" "$MODPROBE_D/slow.conf"
systemctl daemon-reload

# A kernel without the module, and one that comes later

ok "the module and configfs are gone again" away
echo 'install drm_pagemap_topology false' >"$MODPROBE_D/none.conf"
nok "without the module, start fails" systemctl start "$UNIT"
is "... with an exit status for that" "$(now ActiveState Result ExecMainStatus)" \
	"failed exit-code 3"
rm "$MODPROBE_D/none.conf"
modprobe vgpusvm
ok "when the module comes, udev starts the service" \
	becomes 60 "active success 0" now ActiveState Result ExecMainStatus
is "... and the groups are in force" "$(partition)" "alone= left=0,1 right=2"

# Without files, and with files that are elsewhere

mv "$GROUPS_D" "$GROUPS_D.kept"
mkdir "$GROUPS_D"
ok "stop succeeds before the files go" systemctl stop "$UNIT"
ok "start succeeds without files" systemctl start "$UNIT"
is "... is no failure, and does nothing" "$(now ActiveState Result ConditionResult)" \
	"inactive success no"
unit "$(systemd-escape --path --suffix=mount "$GROUPS_D")" \
	'[Mount]' "What=$GROUPS_D.kept" "Where=$GROUPS_D" Options=bind
ok "start succeeds with files on their own file system" systemctl start "$UNIT"
is "... and waits for its mount" "$(now ActiveState): $(<"$PEERS/enabled_groups")" \
	"active: alone left right"
systemctl stop "$UNIT"

done_testing
