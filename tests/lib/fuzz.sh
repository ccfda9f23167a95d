# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# VMs that run the fuzzer.

# fuzz_vm LOG: sets FUZZ_VM, the options of vm/run for a VM whose fuzzer writes to LOG. KERNEL
# (test) names the kernel, MODULES a directory of modules that replace its own.
fuzz_vm() {
	FUZZ_VM=(--kernel "${KERNEL:-test}"
		--qemu -chardev --qemu "file,id=fuzz,path=$1"
		--qemu -device --qemu "virtserialport,chardev=fuzz,name=fuzz")
	if [ -n "${MODULES:-}" ]; then
		FUZZ_VM+=(--modules "$MODULES")
	fi
}
