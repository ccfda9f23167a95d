#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The plugin of hwloc, loaded by the programs of hwloc and by a program that uses it.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

reader=$GPUSVM_BUILD/obj-gpusvm-topology/tests/read-hwloc
if [ ! -e "$GPUSVM_BUILD/hwloc/hwloc_gpusvm.so" ]; then
	skip "hwloc" "no headers of hwloc"
	exit 0
fi

# machine COMMAND...: hwloc sees the machine of the tree, and has only this plugin.
machine() {
	HWLOC_FSROOT=$PWD/tree HWLOC_COMPONENTS=linux,gpusvm,stop \
		HWLOC_PLUGINS_PATH=$GPUSVM_BUILD/hwloc "$@" >out 2>err
	status=$?
}

# add_pci DEVICE...: puts devices on the PCI bus of the tree.
add_pci() {
	local device dir
	mkdir -p "$sys/bus/pci/devices"
	for device; do
		dir=$sys/devices/pci0000:00/$device
		ln -s "../../../devices/pci0000:00/$device" "$sys/bus/pci/devices/$device"
		echo 0x038000 >"$dir/class"
		echo 0x8086 | tee "$dir/vendor" >"$dir/subsystem_vendor"
		echo 0x0bd5 >"$dir/device"
		echo 0x0000 >"$dir/subsystem_device"
		echo ff >"$dir/local_cpus"
		head -c 256 /dev/zero >"$dir/config"
	done
}

# distances NAME: prints one matrix of the output.
distances() {
	sed -n "/^$1 /,/^[A-Z]/ { /^$1 /p; /^[^A-Z]/p }" out
}

make_machine pci=1
add_pci 0000:03:00.0
machine "$reader"
check "hwloc: status" ended_with 0
check "hwloc: devices, below PCI devices or nodes" diff - <(grep KiB out | sort) <<'END'
gpusvm1 pci-0000:03:00.0-vram0 group auto-pci-0000:03:00.0, 65536 KiB, in PCI, CPUs 0-7
gpusvm2 pci-0000:04:00.0-vram0 group auto-pci-0000:03:00.0, 65536 KiB, in Package, CPUs 1,3,5,7
END
check "hwloc: bandwidths" diff - <(distances GPUSVMBandwidth) <<'END'
GPUSVMBandwidth from-os bandwidth
gpusvm1: 400000 53000
gpusvm2: 53000 400000
END
check "hwloc: latencies" diff - <(distances GPUSVMLatency) <<'END'
GPUSVMLatency from-os latency
gpusvm1: 300 900
gpusvm2: 900 300
END
check "hwloc: hops" diff - <(distances GPUSVMHops) <<'END'
GPUSVMHops from-os latency
gpusvm1: 0 1
gpusvm2: 1 0
END

machine lstopo-no-graphics --of console
check "hwloc: lstopo shows pagemaps" test "$(grep -c 'GPU(GPUSVM) "gpusvm[12]"' out)" -eq 2
machine lstopo-no-graphics --distances
check "hwloc: lstopo shows matrices" test "$(grep -c 'matrix (name GPUSVM' out)" -eq 3
machine hwloc-info os=gpusvm2
check "hwloc: hwloc-info has the uid" grep -q 'info GPUSVMPagemap = pci-0000:04:00.0-vram0' out
check "hwloc: hwloc-info has the size" grep -q 'info GPUSVMMemorySize = 65536' out
machine hwloc-calc os=gpusvm2
check "hwloc: hwloc-calc has the CPUs" grep -qx 0x000000aa out
machine lstopo-no-graphics --of xml
cp out exported.xml
machine lstopo-no-graphics -i exported.xml --of console
check "hwloc: XML keeps pagemaps" test "$(grep -c 'GPU(GPUSVM) "gpusvm[12]"' out)" -eq 2

# Of three GPUs, the first and the second do not reach the third. It has no known latency.
make_tree gpus=4 topology=pairs refused=1 regions=1,1,1,0
make_cpus() {
	printf '%s\n' "0 0 0" "1 0 1" | put_cpus 0-1 0 1
}
make_cpus
rm "$sys"/class/drm_pagemap_link/platform-vgpusvm.2--pagemap3/{read_latency,hops}
echo 20000 >"$sys/class/drm_pagemap_link/platform-vgpusvm.0--pagemap2/write_bandwidth"
machine "$reader"
check "hwloc: without paths: status" ended_with 0
check "hwloc: the slower direction counts, and no path is 0" diff - <(distances GPUSVMBandwidth) <<'END'
GPUSVMBandwidth from-os bandwidth
gpusvm1: 400000 20000 0
gpusvm2: 53000 400000 0
gpusvm3: 0 0 400000
END
check "hwloc: no path and an unknown latency are far" diff - <(distances GPUSVMLatency) <<'END'
GPUSVMLatency from-os latency
gpusvm1: 300 900 far
gpusvm2: 900 300 far
gpusvm3: far far far
END

make_tree gpus=2 bare=1
make_cpus
machine "$reader"
check "hwloc: unknown values: devices" test "$(grep -c KiB out)" -eq 2
check "hwloc: unknown values: no matrix" test "$(grep -c '^GPUSVM' out)" -eq 0
make_tree gpus=1
make_cpus
machine "$reader"
check "hwloc: one pagemap: no matrix" test "$(grep -c '^GPUSVM' out)" -eq 0
rm -r "$sys"/class/drm_pagemap*
machine "$reader"
check "hwloc: no topology: nothing" eval 'ended_with 0 && test ! -s out'

# A machine from a synthetic description of hwloc is not this one.
HWLOC_PLUGINS_PATH=$GPUSVM_BUILD/hwloc HWLOC_SYNTHETIC=pu:2 "$reader" >out 2>err
status=$?
check "hwloc: a synthetic machine has no pagemaps" eval 'ended_with 0 && test ! -s out'

make_machine pci=1
run_tree snapshot machine.tar
rm -rf tree
mkdir tree
tar -C tree -xf machine.tar
machine "$reader"
check "hwloc: a snapshot: status" ended_with 0
check "hwloc: a snapshot: devices" test "$(grep -c KiB out)" -eq 2

if command -v valgrind >/dev/null; then
	machine valgrind --quiet --error-exitcode=99 --leak-check=full "$reader"
	check "hwloc: valgrind finds nothing" test "$status" -eq 0
else
	skip "hwloc: valgrind" "no valgrind"
fi

[ "$failures" -eq 0 ]
