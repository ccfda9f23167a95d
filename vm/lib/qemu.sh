# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Starting the VM.

# Sets QEMU, the command: that of the small root, by that root's own loader, so that it
# need not be entered.
emulator() {
	local libraries=$ROOT/usr/lib/x86_64-linux-gnu
	QEMU=("$libraries/ld-linux-x86-64.so.2" --library-path "$libraries"
		"$ROOT/usr/bin/qemu-system-x86_64"
		-L "$ROOT/usr/share/qemu" -L "$ROOT/usr/share/seabios")
}

# Hardware virtualisation is only worth something if a guest boots on it: a
# device node alone says nothing in nested or restricted hosts.
kvm_boots() {
	local trial
	if [ ! -w /dev/kvm ] || ! grep -qwE 'vmx|svm' /proc/cpuinfo; then
		return 1
	fi
	trial=$CACHE/kvm-$( (uname -r; echo "${ROOT##*-}"
		grep -m 1 'model name' /proc/cpuinfo) | key)
	if [ ! -e "$trial" ]; then
		try_kvm >"$trial.tmp"
		mv "$trial.tmp" "$trial"
	fi
	grep -q yes "$trial"
}

# The kernel has no root to mount, and so panics, once it is up.
try_kvm() {
	timeout 20 "${QEMU[@]}" -accel kvm -cpu host -m 512 -nodefaults \
		-nographic -no-reboot -serial stdio -kernel "$VMLINUZ" \
		-append 'console=ttyS0 panic=-1' </dev/null 2>&1 |
		grep -q 'Unable to mount root fs' && echo yes || echo no
}

# The machine and its processor, which a description may change (vm/lib/machine.sh).
QEMU_MACHINE=q35
CPU_MODEL=

# Sets ACCELERATOR and what the kernel is told with it.
accelerator() {
	if kvm_boots; then
		ACCELERATOR=(-accel kvm -cpu "${CPU_MODEL:-host}")
	else
		# Five-level page tables are slower to walk, and an interrupt early at
		# boot has been seen to hit KASAN with them.
		ACCELERATOR=(-accel "tcg,thread=multi" -cpu "${CPU_MODEL:-max,la57=off}")
		CMDLINE+=" maxcpus=1"
	fi
}

# share NAME DIR: a 9p share that the guest can't write to.
share() {
	echo -virtfs "local,path=$2,mount_tag=$1,security_model=none,readonly=on,multidevs=remap"
}

# chardev NAME: what the guest writes to its virtio port NAME comes to a pipe or
# file of that name in the run's directory.
port() {
	echo -chardev "file,id=$1,path=$RUN/$1"
	echo -device "virtserialport,chardev=$1,name=$1"
}

# hot_plug_arguments: ports handle hot-plug themselves, as those of a server do, not by ACPI. The
# guest's virtio port "monitor" is QEMU's monitor: QEMU is the client and the server of its socket.
hot_plug_arguments() {
	echo -global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off
	echo -qmp "unix:$RUN/monitor,server=on,wait=off"
	echo -chardev "socket,id=monitor,path=$RUN/monitor"
	echo -device "virtserialport,chardev=monitor,name=monitor"
}

# Boots and returns when the VM is gone; its parameters are vm/run's variables.
# The VM does not outlive who started it. The disk of the root is a device, because QEMU adds
# one with if=virtio after all devices, to the host bridge that came last.
boot() {
	emulator
	accelerator
	# shellcheck disable=SC2046
	exec setpriv --pdeathsig TERM timeout --foreground --kill-after=5 "$TIMEOUT" \
		setpriv --pdeathsig KILL "${QEMU[@]}" "${ACCELERATOR[@]}" \
		-machine "$QEMU_MACHINE" -m "$MEM" -smp "$CPUS" \
		-nodefaults -nographic -no-reboot \
		-kernel "$VMLINUZ" -initrd "$INITRAMFS" \
		-append "console=ttyS0 panic=-1 oops=panic mitigations=off $CMDLINE" \
		-serial "file:$RUN/console" \
		-drive "file=$IMAGE,format=raw,readonly=on,if=none,id=root" \
		-device virtio-blk-pci,drive=root \
		$(share layer "$LAYER") $(share user "$PROGRAMS") \
		$(share run "$RUN/share") \
		-device virtio-serial \
		$(port control) $(port out) $(port err) ${HOT_PLUG:+$(hot_plug_arguments)} \
		"$@"
}
