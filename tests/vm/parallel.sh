#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
#
# The example gpusvm-parallel, on profiles of vgpusvm-machine: the results are those of the CPU,
# near placement needs no system memory, and a wrong byte is a failure.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

SCRIPT=$PWD/tools/gpusvm-topology/scripts/vgpusvm-machine

cd "$TAP_TMP"

# parallel ARGUMENT...: its status; "results" and "err" have what it prints.
PRELOAD=
parallel() {
	local status=0
	LD_PRELOAD=$PRELOAD gpusvm-parallel "$@" >results 2>err || status=$?
	echo "$status"
}

# each PLACEMENT EXPRESSION: the values of all patterns with this placement.
each() {
	jq -c "[.results[] | select(.placement == \"$1\") | $2]" results
}

# pattern PATTERN PLACEMENT EXPRESSION
pattern() {
	jq -c ".results[] | select(.pattern == \"$1\" and .placement == \"$2\") | $3" results
}

# profile NAME GPUS: what holds for each machine. Bytes do not depend on links.
profile() {
	local gpus=$2 size=524288
	"$SCRIPT" apply "$1"
	says "$1: all results are those of the CPU" 0 parallel --size 512K --rounds 2 --json
	is "$1: no message" "$(<err)" ""
	is "$1: all GPUs of the largest group took part" "$(jq '.gpus | length' results)" "$gpus"
	is "$1: all patterns ran" "$(jq -r '[.results[].pattern] | unique | join(" ")' results)" \
		"all-reduce layer pipeline"
	is "$1: default placement leaves all pages in system memory" \
		"$(each default '.pages.local + .pages.peer')" "[0,0,0]"
	is "... and all accesses go there" "$(each default '.bytes.local + .bytes.peer')" "[0,0,0]"
	is "$1: near placement has all pages on the GPU that uses them most" \
		"$(each near '.pages.peer + .pages.system + .absent_pages')" "[0,0,0]"
	is "... and there are pages" "$(each near '.pages.local > 0')" "[true,true,true]"
	is "... so no access goes to system memory" "$(each near .bytes.system)" "[0,0,0]"
	is "... and nothing moves any more" "$(each near .moved_bytes)" "[0,0,0]"
	is "... and GPUs read from their peers" "$(each near '.bytes.peer > 0')" "[true,true,true]"
	# Of the n-1 parts of a round, each GPU adds and copies each once, with a read of the peer.
	is "$1: an all-reduce reads the parts of peers" \
		"$(pattern all-reduce near .bytes.peer)" $((2 * 2 * (gpus - 1) * size))
	is "... and reads and writes its own" \
		"$(pattern all-reduce near .bytes.local)" $((2 * 3 * (gpus - 1) * size))
	# The first stage has its input beside it.
	is "$1: each stage but the first reads from a peer" \
		"$(pattern pipeline near .bytes.peer)" $((2 * (gpus - 1) * size))
	is "$1: a modelled time" "$(jq '[.results[].modelled_ns > 0] | unique' -c results)" "[true]"
	"$SCRIPT" remove
}

modprobe vgpusvm
profile two-pairs 2
profile full-mesh-8 8

# A GPU that loses bytes, and reports success

"$SCRIPT" --size 2M apply switch-pair
for last in "$INITIATORS"/*/; do :; done
node=$(basename "$(readlink "${last}render")")
target=("$last"targets/*)
for target in "${target[@]}"; do
	read -r type <"$target/type"
	if [ "$type" = local ]; then
		break
	fi
done
read -r id <"$target/pagemap/id"
export LOSE=$node:$id
PRELOAD=liblose.so
says "a GPU that loses a byte is a failure" 1 parallel --size 1M
PRELOAD=
like "... and the message has the pattern" "$(<err)" "all-reduce with near placement has failed"
like "... and the byte" "$(<err)" "bytes differ, the first one at offset"
is "... and no result is printed" "$(<results)" ""
says "as a table" 0 parallel --size 64K
diag "$(<results)"
like "... says that the time is modelled" "$(<results)" "the time is modelled, not measured"

# What cannot run

says "memory that does not fit is a failure" 1 parallel --size 4M
like "... with the reason" "$(<err)" "cannot place 4194304 bytes: No space left on device"
says "a group that does not exist is a failure" 1 parallel --group nowhere
group alone
mkdir "$PEERS/groups/alone/members/$(basename "$last")"
put 1 "$PEERS/groups/alone/enabled"
says "a group of one GPU is a failure" 1 parallel --group alone
like "... with the reason" "$(<err)" "the group alone has fewer than two GPUs"
put 0 "$PEERS/groups/alone/enabled"
ungroup alone
says "--size wants a size" 2 parallel --size 0
says "--rounds wants a number" 2 parallel --rounds none
"$SCRIPT" remove
says "without a GPU, it fails" 1 parallel

clean_up
cd /
done_testing
