#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is exported, as programs that others wrote see it.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

# judged WHAT PROGRAM COMMAND...: one test, skipped without the program.
judged() {
	local what=$1 program=$2
	shift 2
	if command -v "$program" >/dev/null; then
		check "$what" "$@"
	else
		skip "$what" "no $program"
	fi
}

accepts_metrics() {
	promtool check metrics <out
}

# renders: with as many GPUs as there are render nodes.
renders() {
	lstopo-no-graphics -i out --of console - >rendered &&
		[ "$(grep -c 'GPU(GPUSVM)' rendered)" -eq "$(grep -c 'subtype="GPUSVM"' out)" ]
}

# judge FORMAT WHAT: the output.
judge() {
	case $1 in
	dot) judged "export: $2: dot" dot dot -Tsvg -o /dev/null out ;;
	svg) judged "export: $2: svg" xmllint xmllint --noout out ;;
	html)
		judged "export: $2: html" xmllint xmllint --noout out
		check "export: $2: html needs nothing from anywhere" \
			test -z "$(grep -vF xmlns= out | grep -E '(src|href)=|@import|url\(|https?://')"
		;;
	prometheus) judged "export: $2: prometheus" promtool accepts_metrics ;;
	nfd) check "export: $2: nfd" "$GPUSVM_TESTS/check-nfd" out ;;
	hwloc) judged "export: $2: hwloc" lstopo-no-graphics renders ;;
	nccl)
		judged "export: $2: nccl is well-formed" xmllint xmllint --noout out
		check "export: $2: nccl" "$GPUSVM_TESTS/check-nccl" out
		;;
	esac
}

formats="dot svg html prometheus slurm nfd hwloc nccl"

# export_all WHAT ARGUMENT...
export_all() {
	local what=$1 format
	shift
	for format in $formats; do
		run "$@" export "$format"
		check "export: $what: $format: status" ended_with 0
		judge "$format" "$what"
	done
}

for description in "gpu:1" "gpu:2 memless=2" "gpu:8 full bw=64000 lat=700" \
	"gpu:8 islands:2 regions=2 memless=1 refused=host-bridge type=xgmi" \
	"gpu:9 switches:3 numa=2 far-bw=16000"; do
	export_all "$description" --synthetic "$description"
done
make_tree gpus=4 topology=ring regions=2,1 memless=1
export_all "a machine" --sysroot tree
make_tree gpus=2 bare=1
export_all "nothing is known" --sysroot tree

make_tree gpus=2
rm "$sys/devices/platform/vgpusvm.1/drm_pagemap/pagemap2/initiator" \
	tree/sys/class/drm_pagemap_initiator/platform-vgpusvm.0/group
for format in $formats; do
	run_tree export "$format"
	check "export: broken: $format: status" ended_with 4
	judge "$format" broken
done

run --synthetic "gpu:4 islands:2 bw=64000" export dot
check "export: dot: two groups" test "$(grep -c 'subgraph cluster' out)" -eq 2
check "export: dot: one edge for both ways" test "$(grep -c 'dir=both.*64000 MB/s' out)" -eq 2
run --synthetic "gpu:3 line" export dot
check "export: dot: what is not usable is dashed" test "$(grep -c 'style=dashed' out)" -eq 1

run --synthetic "gpu:4 ring" export svg
check "export: svg: GPUs" test "$(grep -c '<circle' out)" -eq 4
check "export: svg: lines" test "$(grep -c '<path' out)" -eq 4
check "export: svg: not usable" test "$(grep -c '<path.*class="off"' out)" -eq 2

run --synthetic "gpu:3 none refused=acs" export html
check "export: html: cells" test "$(grep -c '<td class="refused">✕ acs</td>' out)" -eq 6

run --synthetic "gpu:2 bw=64000 lat=700 mem=1G" export prometheus
for line in 'gpusvm_pagemap_size_bytes{pagemap="pci-0000:02:00.0-vram0"} 1073741824' \
	'gpusvm_link_read_bandwidth_bytes_per_second{initiator="pci-0000:01:00.0",pagemap="pci-0000:02:00.0-vram0",type="virtual"} 64000000000' \
	'gpusvm_link_read_latency_seconds{initiator="pci-0000:01:00.0",pagemap="pci-0000:02:00.0-vram0",type="virtual"} 7e-07' \
	'gpusvm_group_initiators{group="auto-pci-0000:01:00.0",origin="hardware"} 2'; do
	check "export: prometheus: ${line%%\{*}" grep -qxF "$line" out
done

# Long names are cut off, and stay different.
make_tree gpus=2 topology=none
cd tree/sys/class/drm_pagemap_group || exit
long=$(printf 'x%.0s' {1..63})
for gpu in 0 1; do
	mv "auto-platform-vgpusvm.$gpu" "$long$gpu"
	ln -sfn "../$long$gpu" "$OLDPWD/tree/sys/class/drm_pagemap_initiator/platform-vgpusvm.$gpu/group"
	ln -sfn "../$long$gpu" "$OLDPWD/tree/sys/class/drm_pagemap/pagemap$((gpu + 1))/group"
done
cd "$OLDPWD" || exit
run_tree export nfd
check "export: nfd: long names" "$GPUSVM_TESTS/check-nfd" out
check "export: nfd: both are there" test "$(grep -c 'gpus-in.*=1$' out)" -eq 2

make_machine
export_all "CPUs" --sysroot tree
run_tree export slurm
check "export: slurm: cores by package, links both ways" diff <(grep ^Name out) - <<'END'
Name=gpu File=/dev/dri/renderD128 Cores=0-1 Links=-1,1 # platform-vgpusvm.0
Name=gpu File=/dev/dri/renderD129 Cores=2-3 Links=1,-1 # platform-vgpusvm.1
END
run_tree export nccl
check "export: nccl: nodes and affinity" diff <(grep '<cpu' out) - <<'END'
  <cpu numaid="0" affinity="55">
  <cpu numaid="1" affinity="aa">
END
run_tree export hwloc
if command -v hwloc-calc >/dev/null; then
	check "export: hwloc: CPUs of a GPU" test "$(hwloc-calc -i out os=renderD129)" = 0x000000aa
else
	skip "export: hwloc: CPUs of a GPU" "no hwloc-calc"
fi

# ends WHAT: each export of the formats that say where CPUs are.
ends() {
	local format
	for format in hwloc nccl slurm; do
		timeout 60 "$tool" --sysroot tree export "$format" >out 2>err
		status=$?
		check "export: $1: $format ends" test "$status" -eq 0
	done
}

for list in cpu/present cpu/online node/has_cpu node/node1/cpulist; do
	for number in 4294967296 0,4294967296 4294967295-4294967296 0-18446744073709551616; do
		make_machine
		echo "$number" >"$sys/devices/system/$list"
		ends "$number in $list"
	done
done
run --synthetic "gpu:4 switches:2 bw=64000 far-bw=16000" export slurm
check "export: slurm: faster paths count more" diff <(sed -n 's/.*Links=\([^ ]*\).*/\1/p' out) - <<'END'
-1,4,1,1
4,-1,1,1
1,1,-1,4
1,1,4,-1
END
run --synthetic "gpu:3 line" export slurm
check "export: slurm: other groups are not connected" diff <(sed -n 's/.*Links=\([^ ]*\).*/\1/p' out) - <<'END'
-1,0,0
0,-1,1
0,1,-1
END

[ "$failures" -eq 0 ]
