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

# has_links ROOT COUNT: so many links are devices of the class drm_pagemap_link, and are also
# reached from both of their ends.
has_links() {
	local class=$1/sys/class link name initiator pagemap count=0
	for link in "$class"/drm_pagemap_link/*; do
		name=${link##*/}
		initiator=${name%--*} pagemap=${name##*--}
		for name in "$class/drm_pagemap/$pagemap/initiators/$initiator" \
			"$class/drm_pagemap_initiator/$initiator/targets/$pagemap"; do
			if ! [ -L "$name" ] || ! [ "$name" -ef "$link" ]; then
				echo "# $name does not lead to $link"
				return 1
			fi
		done
		if ! [ "$link/initiator" -ef "$class/drm_pagemap_initiator/$initiator" ] ||
			! [ "$link/pagemap" -ef "$class/drm_pagemap/$pagemap" ] ||
			! [ "$link/device" -ef "$link/initiator/device" ] ||
			! [ "$link/device/drm_pagemap_link/${link##*/}" -ef "$link" ] ||
			! [ -s "$link/reason" ] || ! [ -s "$link/usable_reason" ]; then
			echo "# $link is not as documented"
			return 1
		fi
		count=$((count + 1))
	done
	[ "$count" -eq "$2" ]
}

make_tree gpus=4 topology=ring regions=2,1 memless=1 refused=1
check "snapshot: links of the tree" has_links tree 16
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
check "snapshot: links" has_links copy 16
check "snapshot: a symbolic link stays one" test "$(readlink copy/sys/class/drm_pagemap/pagemap1)" = "$(readlink tree/sys/class/drm_pagemap/pagemap1)"

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

# What was written before links were devices shows the same.
make_tree gpus=4 topology=ring refused=1 bare=1
cp -a tree new
make_tree gpus=4 topology=ring refused=1 bare=1 old=1
check "snapshot: links as directories: none is a device" test ! -e "$sys/class/drm_pagemap_link"
check "snapshot: links as directories" diff <(show_all tree) <(show_all new)
round "links as directories" 0

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
	rm -rf copy
	mkdir copy
	tar -xf synthetic.tar -C copy
	check "snapshot: $description: links" has_links copy \
		"$("$tool" --synthetic "$description" list links -rn | wc -l)"
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
