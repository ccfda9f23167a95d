#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The reading commands under valgrind: no error, and no leak.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

if ! command -v valgrind >/dev/null; then
	skip "valgrind: commands" "no valgrind"
	exit
fi

# clean STATUS ARGUMENT...: the tool exits with STATUS, and valgrind finds no error.
clean() {
	local wanted=$1
	shift
	status=0
	valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=all \
		--errors-for-leak-kinds=all --log-file=valgrind "$tool" "$@" >out 2>err || status=$?
	check "valgrind: $*" test "$status" -eq "$wanted"
	if [ "$status" -eq 99 ]; then
		sed 's/^/# /' valgrind
	fi
}

make_tree gpus=3 topology=pairs regions=2,1 memless=1 refused=1 pci=1
run_tree list links -J
cp out baseline
for command in "list" "list links -J" tree "tree -J" "show 1 renderD128" matrix "matrix -J" \
	groups "check --against baseline" "check --against tree -J" "snapshot archive.tar" \
	"export dot" "export svg" "export html" "export prometheus" "export slurm" \
	"export nfd" "export hwloc" "export nccl" "export dra --node n1" "export cdi" \
	"export jgf" "matrix --show all" "list links -x HOPS" \
	"tree 1 card2"; do
	# Split it into words.
	# shellcheck disable=SC2086
	clean 0 --sysroot tree $command
done
mkdir -p "$sys"/kernel/config/drm_pagemap/groups/{left,right}/members/pci-0000:03:00.0
echo 1 | tee "$sys"/kernel/config/drm_pagemap/{enabled_groups,groups/left/enabled} >/dev/null
echo refused >"$sys/kernel/config/drm_pagemap/groups/left/members/pci-0000:03:00.0/state"
mkdir -p tree/run/gpusvm-peer-groups
echo right >tree/run/gpusvm-peer-groups/groups
echo 'member = pci-0000:04:00.0' >left.conf
clean 0 --sysroot tree group show -O
clean 0 --sysroot tree group --shell start left.conf
clean 0 --sysroot tree group --dry-run -J stop
clean 8 --sysroot tree group status left.conf
clean 15 --sysroot tree group wait --timeout 0 left.conf
clean 17 --sysroot tree bench
clean 17 --sysroot tree bench -J
clean 2 --sysroot archive.tar bench
clean 0 --sysroot archive.tar list
clean 0 --sysroot tree check --against archive.tar
gzip archive.tar
clean 0 --sysroot archive.tar.gz matrix 1 2
clean 0 --synthetic "gpu:12 switches:3 regions=2 far-bw=5" snapshot synthetic.tar
clean 0 --sysroot synthetic.tar snapshot again.tar
clean 0 --sysroot synthetic.tar export dot
clean 0 --synthetic "gpu:300 ring" export dot
clean 1 --sysroot "$0" list
clean 0 --synthetic "gpu:5 ring refused=acs" list
clean 2 --synthetic "gpu:5 rin" list
clean 5 --synthetic "gpu:5" show nothing
echo '{' >baseline
clean 1 --sysroot tree check --against baseline

[ "$failures" -eq 0 ]
