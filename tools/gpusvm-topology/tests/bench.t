#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Verification and measurement of each pair, with a fake driver of GPUs.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

mock=$GPUSVM_BUILD/obj-gpusvm-topology/tests/mock-gpu.so
a=platform-vgpusvm.0
b=platform-vgpusvm.1

# bench FAULTS ARGUMENT...
bench() {
	MOCK_GPU="$1 " LD_PRELOAD=$mock "$tool" --sysroot tree bench --size 64K "${@:2}" >out 2>err
	status=$?
}

# result_of INITIATOR ID KEY: a value of this pair in JSON.
result_of() {
	jq -r ".pairs[] | select(.initiator_uid == \"$1\" and .pagemap_id == $2) | .$3" out
}

make_gpus gpus=2
r0=$(basename "$(readlink "$sys/class/drm_pagemap_initiator/$a/render")")
bench "" -rno INITIATOR,PAGEMAP,RESULT,CAUSE,MODELLED,LOCATED
check "bench: all pairs are verified: status" ended_with 0
check "bench: all pairs are verified" prints "$a 1 verified - 1 1" "$a 2 verified - 1 1" \
	"$b 1 verified - 1 1" "$b 2 verified - 1 1"
bench "" -rno COMPARED,DIFFERENT,FIRST -b
check "bench: another process compares all bytes three times" \
	prints "196608 0 -" "196608 0 -" "196608 0 -" "196608 0 -"
# 65536 bytes in 1000 ns and 1 ns for each of 8192 words; a word in 1001 ns.
bench "" -rno MEASURED_WRITE,MEASURED_READ,WRITE_TIME,READ_TIME
check "bench: rates and latencies are those of the model" \
	test "$(sort -u out)" = "7130 7130 1001 1001"

declared=$(cat "$sys/class/drm_pagemap_link/$a--pagemap2/write_bandwidth")
bench "" -rn
check "bench: the matrix has declared, modelled and verified values" \
	grep -q "^$a .* ${declared}\\\\x20~7130\\\\x20ok\$\|^$a .*$declared ~7130 ok" out
bench "" --show read-latency
check "bench: --show latency" grep -q "~1001 ok" out
bench "timeless:$r0:2" -rno MODELLED,MEASURED_WRITE
check "bench: without a model, a clock measures" grep -q "^0 [1-9]" out
check "bench: the others have a model" test "$(grep -c ^1 out)" = 3
bench "blind:$r0:2" -rno RESULT,LOCATED
check "bench: without residency, the bytes count" prints "verified 1" "verified -" "verified 1" "verified 1"

# A rate never reads as a pass

bench "write:$r0:2" -J
check "bench: a lost write: status" ended_with 16
check "bench: a lost write: message" same_as err <<END
gpusvm-topology: $a on pagemap 2: 2 of 196608 bytes differ, the first one at offset 4097
END
check "bench: a lost write fails the pair" test "$(result_of "$a" 2 result)" = differs
check "bench: a lost write fails no other pair" \
	test "$(jq '[.pairs[] | select(.result == "verified")] | length' out)" = 3
check "bench: a lost write fails all testcases" \
	test "$(jq -c '[.testcases[].status] | unique' out)" = '["Failed"]'
check "bench: a lost write: the matrix has no rate" \
	test "$(jq -c '.testcases[0].bandwidth_matrix[0][1], .testcases[0].verified_matrix' out | paste -sd' ')" = "null [[true,false],[true,true]]"
check "bench: a lost write: the rate is in the list" \
	test "$(result_of "$a" 2 measured_write_bandwidth)" = 7130
bench "write:$r0:2"
check "bench: a lost write: the matrix shows it" grep -q "$declared ~7130 DIFFERS" out
bench "read:$r0:1"
check "bench: a wrong read: status" ended_with 16
check "bench: a wrong read: message" grep -q "$a on pagemap 1: 2 of 196608 bytes differ" err

# What was not measured

bench "elsewhere:$r0:2" -J
check "bench: a page elsewhere: status" ended_with 17
check "bench: a page elsewhere: message" \
	grep -qx "gpusvm-topology: $a on pagemap 2: pages are not on the pagemap; is it full?" err
check "bench: a page elsewhere fails the pair" \
	test "$(result_of "$a" 2 result) $(result_of "$a" 2 located)" = "elsewhere false"
check "bench: a page elsewhere is an error of the testcases" \
	test "$(jq -c '[.testcases[].status] | unique' out)" = '["Error"]'
for fault in "busy:move the pages: Device or resource busy" \
	"denied:set the preference: Permission denied" \
	"crash:measure: Input/output error"; do
	bench "${fault%%:*}:$r0:2"
	check "bench: ${fault%%:*}: status" ended_with 17
	check "bench: ${fault%%:*}: message" \
		grep -qx "gpusvm-topology: $a on pagemap 2: cannot ${fault#*:}" err
done

# hang [OPTION]...: starts a bench whose worker hangs, and sets $bench and $worker. The options
# are those of env.
hang() {
	rm -f hung
	MOCK_GPU="hang:$r0:2 " LD_PRELOAD=$mock env "$@" \
		"$tool" --sysroot tree bench --size 64K >out 2>err &
	bench=$!
	until [ -e hung ]; do
		kill -0 "$bench" || return
		sleep 0.1
	done
	worker=$(<hung)
}

# ends PROCESS: within a minute, or it is killed. What is left of a process that nobody waited
# for has no program.
ends() {
	local tries
	for ((tries = 0; tries < 600; tries++)); do
		readlink "/proc/$1/exe" >exe || return 0
		sleep 0.1
	done
	kill -KILL "$1"
	return 1
}

check "bench: a GPU does not answer" hang --ignore-signal=ALRM --block-signal=ALRM
kill -ALRM "$worker"
check "bench: a GPU that does not answer: its time is limited" ends "$worker"
wait "$bench"
status=$?
check "bench: a GPU that does not answer: status" ended_with 17
check "bench: a GPU that does not answer: message" \
	grep -qx "gpusvm-topology: $a on pagemap 2: cannot measure: Timer expired" err
check "bench: a GPU that does not answer: the others are verified" \
	test "$(grep -o ok out | wc -l)" = 3
check "bench: a GPU does not answer again" hang
kill -KILL "$bench"
check "bench: its processes end with it" ends "$worker"
wait "$bench"
MOCK_GPU="crash:$r0:2 " LD_PRELOAD=$mock env --ignore-signal=CHLD \
	"$tool" --sysroot tree bench --size 64K -rno RESULT >out 2>err
check "bench: processes of a parent that ignores SIGCHLD" prints verified error verified verified

bench "write:$r0:2 busy:$r0:1"
check "bench: wrong bytes are the worst" ended_with 16
rm "tree/dev/dri/$r0"
bench "" -rno RESULT,CAUSE
check "bench: no render node: status" ended_with 17
check "bench: no render node: the other GPU is verified" test "$(grep -c ^verified out)" = 2

make_gpus gpus=2 topology=none refused=1
bench "" -rno RESULT,CAUSE
check "bench: refused pairs are skipped: status" ended_with 0
check "bench: refused pairs are skipped" prints "verified -" "skipped host-bridge" \
	"skipped host-bridge" "verified -"
bench ""
check "bench: refused pairs in the matrix" grep -q "x host-bridge" out
make_gpus gpus=2
echo 0 >"$sys/class/drm_pagemap_link/$a--pagemap2/usable"
echo clique >"$sys/class/drm_pagemap_link/$a--pagemap2/usable_reason"
bench ""
check "bench: pairs of different groups are skipped" grep -q "$declared !clique" out
make_gpus gpus=2 topology=none
bench "" "$b" -J
check "bench: names restrict it" test "$(jq -c '[.initiator_uids, .pagemap_ids]' out)" = "[[\"$b\"],[2]]"
make_gpus gpus=1 memless=1
bench ""
check "bench: no pagemap" ended_with 17
check "bench: no pagemap: message" grep -q "no GPU can use a pagemap" err

# JSON

make_gpus gpus=3 topology=pairs regions=2,1 memless=1 refused=1
bench "" -J
check "bench: JSON: status" ended_with 0
check_json "bench: JSON: schema"
check "bench: JSON: the names of nvbandwidth" test "$(jq -c '.testcases[0] | [.status, .min, .max] | map(type)' out)" = '["string","number","number"]'
check "bench: JSON: source" test "$(jq -r '.testcases[0].source' out)" = modelled
cp out machine.json
bench "" -J -o RESULT,INITIATOR
check_json "bench: JSON: columns: schema" chosen
bench "write:$r0:2" -J
check_json "bench: JSON: a lost write: schema"
make_gpus gpus=1 memless=1
bench "" -J
check_json "bench: JSON: no pagemap: schema"
check "bench: JSON: no pagemap: waived" test "$(jq -r '.testcases[0].status' out)" = Waived

# A baseline of "check"

# checks STATUS LINE...: check without a fault, or with those of $faults.
faults=
checks() {
	MOCK_GPU="$faults " LD_PRELOAD=$mock "$tool" --sysroot tree check -rn "${options[@]}" >out 2>err
	status=$?
	[ "$status" -eq "$1" ] || return
	shift
	printf "%s\n" "$@" | sed "/^$/d" | same_as out
}

make_gpus gpus=2
echo 7500 | tee "$sys"/class/drm_pagemap_link/*/{,max_}{read,write}_bandwidth >/dev/null
bench "" -J
cp out baseline
options=(--against baseline)
check "bench: check accepts it: declared rates" checks 0
echo 6760 >"$sys/class/drm_pagemap_link/$a--pagemap2/read_bandwidth"
check "bench: check tolerates 10 percent" checks 0
options+=(--tolerance 5)
check "bench: check --tolerance" checks 11 "degraded $a $b-vram0 read_bandwidth 7130 6760" \
	"asymmetric $a $b-vram0 read_bandwidth 7500 6760"
echo 7500 >"$sys/class/drm_pagemap_link/$a--pagemap2/read_bandwidth"
options=(--against baseline --measure)
check "bench: check --measure against a baseline" checks 0
# "check" measures with 4 MiB, which comes to 7985 MB/s.
echo 8500 | tee "$sys"/class/drm_pagemap_link/*/max_{read,write}_bandwidth >/dev/null
options=(--measure)
check "bench: check --measure against the maximum" checks 0
options=(--measure --tolerance 1)
check "bench: check --measure --tolerance" checks 11 \
	"degraded $a $a-vram0 read_bandwidth 8500 7985" "degraded $a $a-vram0 write_bandwidth 8500 7985" \
	"degraded $b $a-vram0 read_bandwidth 8500 7985" "degraded $b $a-vram0 write_bandwidth 8500 7985" \
	"degraded $a $b-vram0 read_bandwidth 8500 7985" "degraded $a $b-vram0 write_bandwidth 8500 7985" \
	"degraded $b $b-vram0 read_bandwidth 8500 7985" "degraded $b $b-vram0 write_bandwidth 8500 7985"
faults="write:$r0:2"
options=(--against baseline --measure)
check "bench: check --measure: wrong bytes" checks 10 "missing $a $b-vram0 result verified failed"
faults="busy:$r0:2"
check "bench: check --measure: not measured" checks 10 "missing $a $b-vram0 result verified failed"
faults=
bench "write:$r0:2" -J
cp out baseline
options=(--against baseline)
check "bench: a baseline with wrong bytes is no baseline" \
	checks 10 "missing $a $b-vram0 result verified failed"
jq '.pairs = {}' baseline >no-pairs
run_tree check --against no-pairs
check "bench: check refuses pairs that are no array" ended_with 1
check "bench: check refuses pairs that are no array: message" same_as err <<END
gpusvm-topology: no-pairs: "pairs" is not an array
END
sed -i 's/"result": "differs"/"result": 7/' baseline
run_tree check --against baseline
check "bench: check refuses a wrong baseline" ended_with 1
check "bench: check refuses a wrong baseline: message" same_as err <<END
gpusvm-topology: baseline: pair 1: "result" is missing or has the wrong type
END
for arguments in "--tolerance 100" "--tolerance x" "--tolerance -1"; do
	# shellcheck disable=SC2086
	run_tree check $arguments
	check "bench: check $arguments" ended_with 2
done
run --synthetic gpu:2 check --measure
check "bench: check --measure of a synthetic topology" ended_with 2

# Usage

for arguments in "--rounds 0" "--rounds x" "--size 0" "--size much" "--show speed" "-o SPEED"; do
	# Split it into words.
	# shellcheck disable=SC2086
	bench "" $arguments
	check "bench: $arguments" ended_with 2
	check "bench: $arguments: no output" test ! -s out
done
run --synthetic gpu:2 bench
check "bench: a synthetic topology" ended_with 2
run --synthetic gpu:2 snapshot machine.tar
run --sysroot machine.tar bench
check "bench: an archive" ended_with 2
check "bench: an archive: message" grep -q "an archive has no GPUs to measure" err

finish_json
[ "$failures" -eq 0 ]
