#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion in bash, and checks of manual pages.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

source=$(dirname "$GPUSVM_TESTS")
# shellcheck source=tools/gpusvm-topology/completions/gpusvm-topology
. "$source/completions/gpusvm-topology"

# completes LINE WORD...: completion of LINE has exactly these words.
completes() {
	local line=$1
	shift
	COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
	_gpusvm_topology here
	if ! diff <(printf '%s\n' "${COMPREPLY[@]}" | sort) <(printf '%s\n' "$@" | sort) >differences; then
		sed 's/^/# /' differences
		return 1
	fi
}

# has LINE WORD...: completion of LINE has these words, among others.
has() {
	local line=$1 word
	shift
	COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
	_gpusvm_topology here
	for word; do
		if [[ " ${COMPREPLY[*]} " != *" $word "* ]]; then
			echo "# not $word, but ${COMPREPLY[*]}"
			return 1
		fi
	done
}

# The tool on a machine with these GPUs. The completion has its own $tool.
here() {
	"$GPUSVM_BUILD/gpusvm-topology" --synthetic "gpu:3 islands:3" "$@"
}

mapfile -t commands < <("$tool" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
check "completion: --help lists commands" test "${#commands[@]}" -ge 10
check "completion: commands" completes "gpusvm-topology " "${commands[@]}"
check "completion: a command" completes "gpusvm-topology mat" matrix
check "completion: options" has "gpusvm-topology list --" --output --bytes --json --no-headings
check "completion: short options" has "gpusvm-topology list -" -o -b -J -n
check "completion: no option of another command" \
	eval '! has "gpusvm-topology list --" --against >/dev/null'
check "completion: kinds" completes "gpusvm-topology list " pagemaps initiators links groups
for words in "list links" matrix tree groups "export dot"; do
	check "completion: names of objects for $words" has "gpusvm-topology $words " 1 \
		pci-0000:01:00.0 auto-pci-0000:03:00.0
done
check "completion: properties" has "gpusvm-topology matrix --show " type read-bandwidth latency group
check "completion: properties of bench" completes "gpusvm-topology bench --show " write-bandwidth \
	read-bandwidth write-latency read-latency
check "completion: names of objects for bench" has "gpusvm-topology bench " 1 pci-0000:01:00.0
check "completion: columns" has "gpusvm-topology groups -o " NAME ORIGIN USERS
check "completion: columns to sort by" has "gpusvm-topology list --sort " ID FREE
check "completion: formats" completes "gpusvm-topology export " dot svg html prometheus slurm dra cdi jgf nfd hwloc nccl
check "completion: one format" completes "gpusvm-topology export pr" prometheus
check "completion: IDs, uids, render nodes, groups" completes "gpusvm-topology show " 1 2 3 \
	pci-0000:0{1,2,3}:00.0-vram0 pci-0000:0{1,2,3}:00.0 renderD12{8,9} renderD130 \
	auto-pci-0000:0{1,2,3}:00.0
check "completion: groups" completes "gpusvm-topology select --group " auto-pci-0000:0{1,2,3}:00.0
check "completion: commands of group" completes "gpusvm-topology group " show create add remove \
	enable disable delete save apply restore start stop status check wait
check "completion: a group for group" completes "gpusvm-topology group --dry-run add auto" \
	auto-pci-0000:0{1,2,3}:00.0
check "completion: GPUs for a group" completes "gpusvm-topology group add one p" \
	pci-0000:0{1,2,3}:00.0
check "completion: groups of a command" completes "gpusvm-topology group delete one " \
	auto-pci-0000:0{1,2,3}:00.0
check "completion: a new name" completes "gpusvm-topology group create " ""
check "completion: pagemaps for a program" has "gpusvm-topology run -p " 1 2 3 pci-0000:01:00.0-vram0
COMP_WORDBREAKS=' :'
check "completion: after a colon" completes "gpusvm-topology show pci-0000:03:" 00.0 00.0-vram0
COMP_WORDBREAKS=' '
check "completion: with colons as a part of words" completes "gpusvm-topology show pci-0000:03:" \
	pci-0000:03:00.0 pci-0000:03:00.0-vram0
check "completion: after a sysroot" completes "gpusvm-topology --sysroot . mat" matrix
touch machine.tar.gz
check "completion: a snapshot" completes "gpusvm-topology --sysroot mach" machine.tar.gz
check "completion: no words for numbers" completes "gpusvm-topology monitor --count " ""

for page in "$source"/*.[1-9]; do
	if command -v mandoc >/dev/null; then
		check "manual: ${page##*/}" test -z "$(mandoc -T lint -W warning "$page" 2>&1 | tee out)"
	else
		skip "manual: ${page##*/}" "no mandoc"
	fi
done
for command in "${commands[@]}"; do
	check "manual: the page has the command $command" grep -q "^\.It Cm $command\|^\.Cm $command" "$source/gpusvm-topology.1"
done
for key in $(jq -r '[.. | objects | .properties? // empty | keys[]] | unique[]' \
	"$source/gpusvm-topology.schema.json"); do
	check "manual: the page has the key $key" grep -qw -- "$key" "$source/gpusvm-topology.json.5"
done

[ "$failures" -eq 0 ]
