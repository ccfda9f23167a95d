#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Exports, checked by the programs that read them.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

# judged WHAT PROGRAM COMMAND...: one test, which is skipped without PROGRAM.
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

# renders: lstopo shows all GPUs.
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
		check "export: $2: html needs no other file" \
			test -z "$(grep -vF xmlns= out | grep -E '(src|href)=|@import|url\(|https?://')"
		;;
	prometheus)
		judged "export: $2: prometheus" promtool accepts_metrics
		check "export: $2: prometheus: no duplicate series" \
			test -z "$(sed '/^#/d; s/ [^ ]*$//' out | sort | uniq -d)"
		;;
	nfd | dra | cdi | jgf) check "export: $2: $1" "$GPUSVM_TESTS/check-$1" out ;;
	hwloc) judged "export: $2: hwloc" lstopo-no-graphics renders ;;
	nccl)
		judged "export: $2: nccl is well-formed" xmllint xmllint --noout out
		check "export: $2: nccl" "$GPUSVM_TESTS/check-nccl" out
		;;
	esac
}

formats="dot svg html prometheus slurm dra cdi jgf nfd hwloc nccl"

# export_all WHAT ARGUMENT...
export_all() {
	local what=$1 format
	shift
	for format in $formats; do
		run "$@" export "$format" --node test
		check "export: $what: $format: status" ended_with 0
		judge "$format" "$what"
	done
}

for description in "gpu:1" "gpu:2 memless=2" "gpu:8 full bw=64000 lat=700" \
	"gpu:8 islands:2 regions=2 memless=1 refused=host-bridge type=xgmi" \
	"gpu:9 switches:3 numa=2 far-bw=16000"; do
	export_all "$description" --synthetic "$description"
done
make_tree gpus=4 topology=ring regions=2,1 memless=1 pci=1
export_all "a machine" --sysroot tree
make_tree gpus=8 topology=full pci=1 parts=4
export_all "partitions" --sysroot tree
make_tree gpus=2 bare=1 pci=1
export_all "unknown values" --sysroot tree

make_tree gpus=2
rm "$sys/devices/platform/vgpusvm.1/drm_pagemap/pagemap2/initiator" \
	tree/sys/class/drm_pagemap_initiator/platform-vgpusvm.0/group
for format in $formats; do
	run_tree export "$format" --node test
	check "export: broken: $format: status" ended_with 4
	judge "$format" broken
done

make_tree gpus=3 regions=2,1
rm tree/sys/class/drm_pagemap/pagemap{1,2}/uid
echo platform-vgpusvm.1-vram0 >tree/sys/class/drm_pagemap/pagemap4/uid
run_tree export prometheus --all-links
check "export: missing and duplicate uids: prometheus: status" ended_with 4
judge prometheus "missing and duplicate uids"
check "export: missing and duplicate uids: prometheus: one stays" \
	test "$(grep -c '^gpusvm_pagemap_info' out)" -eq 1

run --synthetic "gpu:4 islands:2 bw=64000" export dot
check "export: dot: two groups" test "$(grep -c 'subgraph cluster' out)" -eq 2
check "export: dot: one edge for both directions" test "$(grep -c 'dir=both.*64000 MB/s' out)" -eq 2
run --synthetic "gpu:3 line" export dot
check "export: dot: unusable links are dashed" test "$(grep -c 'style=dashed' out)" -eq 1

# drawn DESCRIPTION TABLES HUBS EDGES: the graph has so many nodes and edges, and dot draws it
# in time.
drawn() {
	run --synthetic "$1" export dot
	check "export: dot: $1: blocks, switches between them, lines" test "$2 $3 $4" = \
		"$(grep -c 'shape=plain' out) $(grep -c 'shape=hexagon' out) $(grep -c -e '->' out)"
	judged "export: dot: $1: dot needs less than a minute" dot \
		timeout 60 dot -Tpng -o picture.png out
}

drawn "gpu:64 switches:8 bw=200000 far-bw=25000" 8 1 8
drawn "gpu:128 switches:16 regions=8" 16 1 16
drawn "gpu:128 full" 1 0 0
drawn "gpu:128 islands:16" 16 0 0
drawn "gpu:64 ring" 0 0 64
drawn "gpu:512 ring" 256 0 0
run --synthetic "gpu:16 switches:2 far-bw=16000" export dot
check "export: dot: one line for a bundle" grep -q 'dir=both, label="64 links: .*16000 MB/s' out
check "export: dot: a block has the links between its GPUs" grep -q 'between all GPUs: 28 links<br/>virtual, 1 hop, 64000 MB/s' out
check "export: dot: the graph has all GPUs" test "$(grep -c '<td.*pci-.*pagemap' out)" -eq 16

run --synthetic 'gpu:2 type=a"b\c' export dot
check "export: dot: a type with a quote: status" ended_with 0
check "export: dot: a type with a quote is quoted" grep -qF 'label="a\"b\\c, 1 hop\n' out
judge dot "a type with a quote"

run --synthetic "gpu:4 ring" export svg
check "export: svg: GPUs" test "$(grep -c '<circle' out)" -eq 4
check "export: svg: lines" test "$(grep -c '<path' out)" -eq 4
check "export: svg: unusable links" test "$(grep -c '<path.*class="off"' out)" -eq 2

run --synthetic "gpu:3 none refused=acs" export html
check "export: html: cells" test "$(grep -c '<td class="refused">✕ acs</td>' out)" -eq 6

run --synthetic "gpu:2 bw=64000 lat=700 mem=1G" export prometheus
for line in 'gpusvm_pagemap_size_bytes{pagemap="pci-0000:02:00.0-vram0"} 1073741824' \
	'gpusvm_link_read_bandwidth_bytes_per_second{initiator="pci-0000:01:00.0",pagemap="pci-0000:02:00.0-vram0",type="virtual"} 64000000000' \
	'gpusvm_link_read_latency_seconds{initiator="pci-0000:01:00.0",pagemap="pci-0000:02:00.0-vram0",type="virtual"} 7e-07' \
	'gpusvm_group_initiators{group="auto-pci-0000:01:00.0",origin="hardware"} 2'; do
	check "export: prometheus: ${line%%\{*}" grep -qxF "$line" out
done

# Counters are printed with all digits.
make_tree gpus=2 pci=1
link=$sys/class/drm_pagemap_link/pci-0000:03:00.0--pagemap2
echo 1234567890123456789 >"$link/statistics/read_bytes"
rm "$link/statistics/write_bytes"
run_tree export prometheus
for line in '# TYPE gpusvm_link_read_bytes_total counter' \
	'gpusvm_link_read_bytes_total{initiator="pci-0000:03:00.0",pagemap="pci-0000:04:00.0-vram0",type="xelink"} 1234567890123456789' \
	'gpusvm_link_write_bytes_total{initiator="pci-0000:04:00.0",pagemap="pci-0000:03:00.0-vram0",type="xelink"} 1048576'; do
	check "export: prometheus: ${line%%\{*}" grep -qxF "$line" out
done
check "export: prometheus: an unknown counter" \
	test "$(grep -c '^gpusvm_link_write_bytes_total{' out)" -eq 1
judge prometheus statistics

# Two pairs of GPUs without access to each other.
run --synthetic "gpu:4 islands:2 refused=acs" export prometheus
check "export: prometheus: direct links between GPUs by default" \
	test "$(grep -c '^gpusvm_link_direct{' out)" -eq 4
run --synthetic "gpu:4 islands:2 refused=acs" export --all-links prometheus
check "export: prometheus: all links" test "$(grep -c '^gpusvm_link_direct{' out)" -eq 16
judge prometheus "all links"

# Long names are truncated, and stay different.
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
check "export: nfd: both groups exist" test "$(grep -c 'gpus-in.*=1$' out)" -eq 2

make_machine pci=1
export_all "CPUs" --sysroot tree
run_tree export slurm --node n1
check "export: slurm: cores by package, links in both directions" diff <(grep -v '^#' out) - <<'END'
NodeName=n1 AutoDetect=off
NodeName=n1 Name=gpu File=/dev/dri/renderD128 Cores=0-1 Links=-1,1 # pci-0000:03:00.0
NodeName=n1 Name=gpu File=/dev/dri/renderD129 Cores=2-3 Links=1,-1 # pci-0000:04:00.0
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

# ends WHAT: each export with CPUs ends in time.
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
		make_machine pci=1
		echo "$number" >"$sys/devices/system/$list"
		ends "$number in $list"
	done
done
make_machine pci=1
echo 2147483647 >tree/sys/class/drm_pagemap/pagemap1/numa_node
ends "the highest node"

# nccl LINE...: the GPUs and links of the output, such as "0000:03:00.0: 0000:04:00.0=2".
nccl() {
	printf '%s\n' "$@" | diff -u - <(sed -n '
		s/.*<pci busid="\([^"]*\)".*/\1:/; T link; x; s/\n//gp; d
		:link
		s/.*target="\([^"]*\)" count="\([^"]*\)".*/ \1=\2/; T end; H
		:end
		$ { x; s/\n//gp }' out | grep .) >differences && return
	sed 's/^/# /' differences
	return 1
}

make_tree gpus=8 topology=full pci=1 parts=4
run_tree export nccl
check "export: nccl: partitions are one GPU" nccl \
	"0000:03:00.0: 0000:04:00.0=2" "0000:04:00.0: 0000:03:00.0=2"
run_tree export hwloc
check "export: hwloc: partitions have one PCI device" \
	test "$(grep -c 'object type="PCIDev"' out)/$(grep -c 'object type="OSDev"' out)" = 2/8

make_tree gpus=3 pci=1
rm -r "$(readlink -f tree/sys/class/drm_pagemap/pagemap1)/initiators/pci-0000:04:00.0"
run_tree export nccl
check "export: nccl: links in one direction are omitted" nccl "0000:03:00.0: 0000:05:00.0=2" \
	"0000:04:00.0: 0000:05:00.0=2" "0000:05:00.0: 0000:03:00.0=2 0000:04:00.0=2"

make_tree gpus=2 bare=1 pci=1
run_tree export nccl
check "export: nccl: unknown bandwidths" nccl \
	"0000:03:00.0: 0000:04:00.0=1" "0000:04:00.0: 0000:03:00.0=1"

make_tree gpus=2
run_tree export nccl
check "export: nccl: GPUs that are not on PCI are omitted" prints \
	'<system version="1">' '</system>'
check "export: nccl: ... with a warning" warned "platform-vgpusvm.0 is omitted: it is not on PCI" \
	"platform-vgpusvm.1 is omitted: it is not on PCI"
check "export: nccl: ... and status 4" test "$status" -eq 4

# counts DESCRIPTION COUNT...: the links of the synthetic machine have these counts.
counts() {
	run --synthetic "$1" export nccl
	check "export: nccl: $1" test "${*:2}" = \
		"$(sed -n 's/.*count="\([0-9]*\)".*/\1/p' out | sort -nu | paste -sd' ')"
}

counts "gpu:4 switches:2 type=xgmi bw=64000 far-bw=16000" 1 4
counts "gpu:4 switches:2 type=xgmi bw=64000 far-bw=48000" 3 4
counts "gpu:4 switches:2 type=xgmi bw=100000 far-bw=50000" 2 4
counts "gpu:4 full type=xgmi bw=53000" 2
counts "gpu:4 switches:2 type=xgmi bw=1000000000 far-bw=1" 1 1000000

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

# Names, attributes and links of a machine for Kubernetes.
make_machine pci=1
link=$sys/class/drm_pagemap_link/pci-0000:03:00.0--pagemap2
echo 1000 >"$link/read_bandwidth"
echo 1000 >"$link/write_bandwidth"
run_tree export dra --node n1.example
check "export: dra: attributes, capacity and taints" test "$(json '.items[].spec.devices[0]')" = \
	'{"name":"pci-0000-03-00-0","attributes":{"uid":{"string":"pci-0000:03:00.0"},"group":{"string":"auto-pci-0000:03:00.0"},"resource.kubernetes.io/pcieRoot":{"string":"pci0000:00"},"resource.kubernetes.io/pciBusID":{"string":"0000:03:00.0"},"resource.kubernetes.io/numaNode":{"int":0}},"capacity":{"vram0":{"value":"67108864"}},"taints":[{"key":"gpusvm-topology/link-degraded","value":"1","effect":"NoSchedule"}]}'
check "export: dra: a GPU with good links has no taints" test \
	"$(json '.items[].spec.devices[1] | has("taints")')" = false
echo none >"$link/access"
echo link-down >"$link/reason"
echo 53000 >"$link/read_bandwidth"
echo 53000 >"$link/write_bandwidth"
run_tree export dra --node n1
check "export: dra: a link is down" test "$(json '.items[].spec.devices[0].taints')" = \
	'[{"key":"gpusvm-topology/link-down","value":"1","effect":"NoSchedule"}]'
judge dra "a link is down"
run --synthetic "gpu:100 none" export dra --node n1
check "export: dra: slices of 64" test "$(json '[.items[].spec.devices | length]')" = "[64,36]"
judge dra "100 GPUs"
make_tree gpus=1 regions=40 pci=1
run_tree export dra --node n1
check "export: dra: too many pagemaps: status" ended_with 4
check "export: dra: too many pagemaps: warning" warned \
	"pci-0000:03:00.0 has 40 pagemaps: Kubernetes has room for 27"
judge dra "too many pagemaps"
for name in UPPER a..b a-.b -a a- .a a. a_b; do
	run --synthetic gpu:1 export dra --node "$name"
	check "export: dra: $name is no name" ended_with 2
done
run --synthetic gpu:1 export dra
check "export: dra: --node is required for other machines" ended_with 2

# damaged FILTER: the check of a format finds the error that jq makes.
damaged() {
	jq "$2" out >damaged.json
	check "export: check-$1 finds $2" refuses_damaged "$1"
}

refuses_damaged() {
	! "$GPUSVM_TESTS/check-$1" damaged.json 2>/dev/null
}

run --synthetic "gpu:2 regions=2" export dra --node n1
for filter in '.items[0].spec.nodeName = "N1"' '.items[0].spec.extra = 1' \
	'.items[0].spec.devices[0].name = "a.b"' '.items[0].spec.devices[1].name = "pci-0000-01-00-0"' \
	'.items[0].spec.devices[0].attributes["a-b"] = {int: 1}' \
	'.items[0].spec.devices[0].attributes.uid = {string: ("x" * 65)}' \
	'.items[0].spec.devices[0].attributes.uid.int = 1' \
	'.items[0].spec.devices[0].capacity.vram0.value = "x"' \
	'.items[0].spec.pool.resourceSliceCount = 2' 'del(.items[0].spec.driver)'; do
	damaged dra "$filter"
done

run --synthetic "gpu:4 islands:2" export cdi
check "export: cdi: GPUs and groups with their nodes" diff - <(jq -r \
	'.devices[] | "\(.name) \([.containerEdits.deviceNodes[].path] | join(" "))"' out) <<'END'
pci-0000:01:00.0 /dev/dri/renderD128
pci-0000:02:00.0 /dev/dri/renderD129
pci-0000:03:00.0 /dev/dri/renderD130
pci-0000:04:00.0 /dev/dri/renderD131
group-auto-pci-0000:01:00.0 /dev/dri/renderD128 /dev/dri/renderD129
group-auto-pci-0000:03:00.0 /dev/dri/renderD130 /dev/dri/renderD131
END
for filter in '.kind = "gpu"' '.devices[0].name = "a/b"' '.devices[1].name = .devices[0].name' \
	'.devices[0].containerEdits.deviceNodes = []' '.extra = 1' '.cdiVersion = "1.2.3"'; do
	damaged cdi "$filter"
done
make_tree gpus=2
rm tree/sys/devices/platform/vgpusvm.1/{drm_pagemap_initiator,drm_pagemap}/*/render
run_tree export cdi
check "export: cdi: a GPU without a render node is omitted" test \
	"$(json '[.devices[].name]')" = '["platform-vgpusvm.0","group-auto-platform-vgpusvm.0"]'
check "export: cdi: ... with a warning" warned "platform-vgpusvm.1 is omitted: it has no render node"
check "export: cdi: ... and status 4" test "$status" -eq 4

run --synthetic "gpu:3 islands:3 regions=2" export jgf --node n1
check "export: jgf: a tree" diff - <(jq -r '.graph.nodes[].metadata |
	select(.name | test("2$|n1|memory5")) | "\(.paths.containment) \(.size) \(.properties)"' out) <<'END'
/cluster0/n1 1 {}
/cluster0/n1/gpugroup0/gpu0/memory2 65536 {"uid":"pci-0000:01:00.0-vram1"}
/cluster0/n1/gpugroup2 1 {"name":"auto-pci-0000:03:00.0"}
/cluster0/n1/gpugroup2/gpu2 1 {"uid":"pci-0000:03:00.0"}
/cluster0/n1/gpugroup2/gpu2/memory5 65536 {"uid":"pci-0000:03:00.0-vram0"}
END
for filter in '.graph.nodes[2].id = "0"' '.graph.nodes[3].metadata.paths.containment = "/gpu0"' \
	'del(.graph.edges[1])' 'del(.graph.nodes[1].metadata.size)' \
	'.graph.edges[0].metadata.subsystem = "power"'; do
	damaged jgf "$filter"
done

[ "$failures" -eq 0 ]
