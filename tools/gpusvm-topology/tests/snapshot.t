#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Snapshots show the same as the machine.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

# show_all ROOT: prints the output of several commands.
show_all() {
	local command
	for command in "list -O" "list initiators -O" "list links -O" "list groups -O" \
		"matrix" "export slurm" "export nccl" "export hwloc" "group show -J"; do
		# Split it into words.
		# shellcheck disable=SC2086
		"$tool" --sysroot "$1" $command 2>/dev/null
	done
}

# round WHAT STATUS: makes a snapshot of "tree", and unpacks it in "copy".
round() {
	rm -rf copy archive.tar
	mkdir copy
	run_tree snapshot archive.tar
	check "snapshot: $1: status" test "$status" -eq "$2"
	check "snapshot: $1: unpacks" tar -xf archive.tar -C copy
	check "snapshot: $1: shows the same" diff <(show_all tree) <(show_all copy)
}

make_tree gpus=4 topology=ring regions=2,1 memless=1 refused=1
device=$sys/devices/platform/vgpusvm.0
mkdir -p "$sys/devices/system/cpu/cpu0/topology" "$sys/devices/system/node/node0" "$device/power"
echo 0 | tee "$sys/devices/system/cpu/present" "$sys/devices/system/cpu/online" \
	"$sys/devices/system/node/has_cpu" "$sys/devices/system/node/node0/cpulist" \
	"$sys/devices/system/cpu/cpu0/topology/core_id" \
	"$sys/devices/system/cpu/cpu0/topology/physical_package_id" >"$device/numa_node"
echo secret >"$device/serial"
echo x >"$device/uevent"
mkdir -p "$sys/kernel/config/drm_pagemap/groups/left/members/platform-vgpusvm.0"
echo 0 >"$sys/kernel/config/drm_pagemap/groups/left/enabled"
round "a machine" 0
check "snapshot: it has the files of configfs" test -d copy/sys/kernel/config/drm_pagemap/groups/left/members/platform-vgpusvm.0
check "snapshot: it has no files that are not needed" \
	test -z "$(find copy \( -name serial -o -name uevent -o -name power \) -print)"
check "snapshot: a link stays a link" test "$(readlink copy/sys/class/drm_pagemap/pagemap1)" = "$(readlink tree/sys/class/drm_pagemap/pagemap1)"

cp archive.tar first.tar
rm archive.tar
run_tree snapshot >archive.tar
check "snapshot: stdout gets the same" cmp first.tar out
run_tree snapshot first.tar
check "snapshot: an existing file is kept: status" ended_with 1
check "snapshot: an existing file is kept: message" grep -qx "gpusvm-topology: cannot create first.tar: File exists" err
run --sysroot copy snapshot again.tar
check "snapshot: a snapshot of a snapshot is the same" cmp first.tar again.tar

# Names that are too long for a header of tar.
make_tree gpus=2 topology=none
long=$(printf 'y%.0s' {1..120})
mv "$sys/devices/virtual/drm_pagemap_group/auto-platform-vgpusvm.1" "$sys/devices/virtual/drm_pagemap_group/$long"
rm tree/sys/class/drm_pagemap_group/auto-platform-vgpusvm.1
ln -s "../../devices/virtual/drm_pagemap_group/$long" "tree/sys/class/drm_pagemap_group/$long"
ln -sfn "../$long" tree/sys/class/drm_pagemap/pagemap2/group
ln -sfn "../$long" tree/sys/class/drm_pagemap_initiator/platform-vgpusvm.1/group
round "long names" 0
check "snapshot: long names: the group" grep -q "$long" <("$tool" --sysroot copy groups)

make_tree gpus=2
rm "$sys/devices/platform/vgpusvm.1/drm_pagemap/pagemap2/size"
round "a broken entry" 4
echo 3 >"$topology/generation"
run_tree snapshot torn.tar
check "snapshot: torn: status" ended_with 4
check "snapshot: torn: warning" grep -qx "gpusvm-topology: warning: the topology kept changing: the snapshot may be inconsistent" err
check "snapshot: torn: the archive is written" tar -tf torn.tar

run --sysroot /dev snapshot none.tar
check "snapshot: no topology: status" ended_with 3
check "snapshot: no topology: no file" test ! -e none.tar

# A snapshot of a synthetic topology shows the same as the description.
for description in "gpu:1" "gpu:8 islands:2 regions=2 memless=1 refused=host-bridge lat=700" \
	"gpu:5 line type=xelink numa=2" "gpu:4 none memless=2"; do
	rm -f synthetic.tar
	run --synthetic "$description" snapshot synthetic.tar
	check "snapshot: $description: status" ended_with 0
	for command in "list -O" "list initiators -O" "list links -O" "list groups -O" \
		"matrix --show read-bandwidth" "export hwloc" check; do
		# Split it into words.
		# shellcheck disable=SC2086
		check "snapshot: $description: $command" \
			diff <("$tool" --synthetic "$description" $command 2>&1) \
			<("$tool" --sysroot synthetic.tar $command 2>&1)
	done
done

[ "$failures" -eq 0 ]
