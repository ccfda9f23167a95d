#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
#
# gpusvm-topology bench on virtual GPUs: each pair that may have access is verified, and a GPU
# that loses bytes is found.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

# a and b reach each other. c reaches nothing but its own memory, which is small. d has none, and
# reaches a and b.
modprobe vgpusvm
gpu a
gpu b
gpu c size=2097152
gpu d regions=0
links a b -- read_bandwidth=20000 write_bandwidth=10000 read_latency=900 write_latency=700
links a c -- refusal=host-bridge
link d a read_bandwidth=5000 write_bandwidth=5000
link d b read_bandwidth=5000 write_bandwidth=5000
enable a b c d
A=${IDS[a]} B=${IDS[b]} C=${IDS[c]}

mkdir "$TAP_TMP/work"
cd "$TAP_TMP/work"

# bench ARGUMENT...: its status; "out" and "err" have what it prints.
PRELOAD=
bench() {
	local status=0
	LD_PRELOAD=$PRELOAD gpusvm-topology bench --size 512K "$@" >out 2>err || status=$?
	echo "$status"
}

# results: of all pairs, in the order of the matrix.
results() {
	jq -r '[.pairs[].result] | join(" ")' out
}

# rate GPU ID KEY
rate() {
	jq ".pairs[] | select(.initiator_uid == \"${UIDS[$1]}\" and .pagemap_id == $2) | .$3" out
}

# about LEAST MOST VALUE
about() {
	[ "$3" -ge "$1" ] && [ "$3" -le "$2" ]
}

says "bench: all pairs pass" 0 bench -J
says "bench: exactly the pairs with access are verified" \
	"verified verified skipped verified verified skipped skipped skipped verified verified verified skipped" \
	results
is "bench: no message" "$(<err)" ""
is "bench: the driver reports where the pages are" "$(jq -c '[.pairs[].located] | unique' out)" \
	"[null,true]"
is "bench: the values are modelled" "$(jq -r '.testcases[].source' out | sort -u)" modelled
ok "bench: the modelled write rate is near the declared one" about 8000 10000 \
	"$(rate a "$B" measured_write_bandwidth)"
ok "bench: the modelled read rate is near the declared one" about 15000 20000 \
	"$(rate a "$B" measured_read_bandwidth)"
ok "bench: a slower link is slower" about 4000 5000 "$(rate d "$B" measured_write_bandwidth)"
ok "bench: the modelled latency is near the declared one" about 700 710 \
	"$(rate a "$B" measured_write_latency)"
is "bench: the testcases have passed" "$(jq -r '.testcases[].status' out | sort -u)" Passed
cp out baseline
says "bench: as a matrix" 0 bench
diag "$(<out)"
like "bench: declared, modelled and verified values are side by side" "$(<out)" \
	"${UIDS[a]} .* 10000 ~[89][0-9]{3} ok"
like "bench: a pair without access has the reason" "$(<out)" "x host-bridge"
says "bench: nothing is left on the pagemaps" "8388608 8388608 2097152" \
	show "$PAGEMAPS/pagemap$A/free" + show "$PAGEMAPS/pagemap$B/free" + \
	show "$PAGEMAPS/pagemap$C/free"

# A GPU that loses bytes. The driver reports success, and the rate is as good.

node=$(basename "$(readlink "$INITIATORS/${UIDS[a]}/render")")
export LOSE=$node:$B
PRELOAD=liblose.so
says "bench: a GPU that loses bytes fails" 16 bench -J
PRELOAD=
says "bench: only its pair fails" \
	"verified differs skipped verified verified skipped skipped skipped verified verified verified skipped" \
	results
is "bench: the message has the pair and the byte" "$(<err)" \
	"gpusvm-topology: ${UIDS[a]} on pagemap $B: 2 of 1572864 bytes differ, the first one at offset 70001"
ok "bench: the rate of the pair is as good" about 8000 10000 \
	"$(rate a "$B" measured_write_bandwidth)"
is "bench: the matrix does not have this rate" \
	"$(jq -c '[.testcases[].bandwidth_matrix[0][1]] | unique' out)" "[null]"
is "bench: the testcases have failed" "$(jq -r '.testcases[].status' out | sort -u)" Failed

# What cannot be measured

says "bench: memory that does not fit is not measured" 17 bench --size 16M "${UIDS[a]}"
like "bench: the message has the reason" "$(<err)" "pages are not on the pagemap; is it full"
group alone a
put 1 "$PEERS/groups/alone/enabled"
says "bench: groups forbid a pair" 0 bench -J
says "bench: the pairs of the group are skipped" \
	"verified skipped skipped skipped verified skipped skipped skipped verified skipped verified skipped" \
	results
put 0 "$PEERS/groups/alone/enabled"
chmod 600 /dev/dri/renderD*
status=0
setpriv --reuid=65534 --regid=65534 --clear-groups gpusvm-topology bench >out 2>err || status=$?
says "bench: a user without rights measures nothing" 17 echo "$status"
like "bench: the message names the call" "$(<err)" "cannot open the render node: Permission denied"

clean_up
cd /
done_testing
