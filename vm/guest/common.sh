# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For what runs in the VM: what vm/run wants, the environment, and the end.

# KERNEL, PARAMS, TTY and the like.
# shellcheck source=/dev/null
. /run/host/settings
export PATH=/opt/gpusvm/bin:/opt/gpusvm/src/tools/gpusvm-topology/scripts:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LD_LIBRARY_PATH=/opt/gpusvm/lib HOME=/root LC_ALL=C.UTF-8
export GPUSVM_KERNEL=$KERNEL

# port NAME: the device of a virtio port.
port() {
	local dir name
	for dir in /sys/class/virtio-ports/*; do
		read -r name <"$dir/name"
		if [ "$name" = "$1" ]; then
			echo "/dev/${dir##*/}"
		fi
	done
}

# end STATUS: of the VM.
end() {
	echo "exit $1" >"$(port control)"
	busybox reboot -f
}
