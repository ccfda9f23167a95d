#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# gpusvm-selftest, with a fake driver of GPUs and a fake lspci.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

mkdir bin
ln -s "$tool" bin/gpusvm-topology
cat >bin/lspci <<'END'
#!/bin/bash
# Prints a device with a link of $LSPCI
echo "${*: -1} Display controller: GPU"
[[ " $* " != *" -vv "* ]] || echo "		LnkSta:	Speed ${LSPCI% *}GT/s, Width x${LSPCI#* }"
END
chmod +x bin/lspci
PATH=$PWD/bin:$PATH
export LSPCI="32 16"

# selftest ARGUMENT...: with the faults of $faults.
faults=
selftest() {
	rm -f report.tar.gz
	MOCK_GPU="$faults " LD_PRELOAD=$GPUSVM_BUILD/obj-gpusvm-topology/tests/mock-gpu.so \
		"$GPUSVM_TESTS/../scripts/gpusvm-selftest" --sysroot tree --size 64K \
		--output report.tar.gz "$@" >out 2>err
	status=$?
}

# failed NAME...: exactly these checks have failed.
failed() {
	[ "$status" -eq 1 ] && printf '%s\n' "$@" |
		diff - <(sed -n 's/^not ok [0-9]* - //p' out)
}

make_gpus gpus=3 topology=pairs regions=2,1 pci=1
a=$("$tool" --sysroot tree list initiators -rno UID | head -n 1)
selftest
check "selftest: a good machine" ended_with 0
check "selftest: a plan" grep -qx "1\.\.$(grep -c '^ok ' out)" out
check "selftest: each pair is checked" grep -q " - $a reads and writes pagemap 1, in place\$" out
check "selftest: without IGT programs" grep -q "# SKIP no IGT programs" out
mkdir report
check "selftest: the report is an archive" tar -xzf report.tar.gz -C report
check "selftest: the report has the results" diff <(grep -v '^# the report' out) report/results.tap
check "selftest: the report has a snapshot" \
	diff <("$tool" --sysroot tree list links -O) <("$tool" --sysroot report/snapshot.tar list links -O)
check "selftest: the report has measurements" \
	test "$(jq -r '.testcases[0].status' report/bench.json)" = Passed
check "selftest: the report has lspci" grep -q LnkSta report/lspci

r=$(basename "$(readlink "$sys/class/drm_pagemap_initiator/$a/render")")
faults=write:$r:1
selftest
check "selftest: wrong bytes" failed "$a reads and writes pagemap 1, in place"
check "selftest: wrong bytes: the reason" grep -q "^# .*bytes differ" out
faults=

LSPCI="2.5 1"
echo pcie-p2p | tee "$sys"/class/drm_pagemap_link/*/type >/dev/null
selftest
check "selftest: a link is declared faster than its slot" \
	failed "no link over PCIe is faster than lspci says"
LSPCI="32 16"

echo 1 >"$sys/class/drm_pagemap/pagemap4/id"
selftest
check "selftest: a pagemap with the ID of another one" test "$status" -eq 1
check "selftest: a pagemap with the ID of another one: the reason" \
	grep -q "^not ok 1 - the topology is complete" out
make_gpus gpus=2 pci=1
link=$sys/class/drm_pagemap_link/$("$tool" --sysroot tree list links -rno INITIATOR,PAGEMAP |
	sed -n '2s/ /--pagemap/p')
echo 0 >"$link/usable"
selftest
check "selftest: a group that is no clique" \
	failed "each GPU can use all pagemaps of its group, and no others"

mkdir igt
cat >igt/svm_pagemap_id <<'END'
#!/bin/sh
exit $STATUS
END
chmod +x igt/svm_pagemap_id
echo 1 >"$link/usable"
STATUS=0 selftest --igt igt
check "selftest: an IGT program passes" grep -qx "ok .* - IGT: svm_pagemap_id" out
STATUS=77 selftest --igt igt
check "selftest: an IGT program skips" grep -q "IGT: svm_pagemap_id # SKIP" out
export STATUS=98
selftest --igt igt
check "selftest: an IGT program fails" failed "IGT: svm_pagemap_id"
selftest --igt .
check "selftest: IGT programs that are missing" failed "IGT: programs"

selftest --unbind nothing
check "selftest: unbind an unknown GPU" failed "unbind nothing"
selftest --frobnicate
check "selftest: wrong usage" ended_with 2
selftest --size
check "selftest: an option without a value" ended_with 2
mkdir empty
"$GPUSVM_TESTS/../scripts/gpusvm-selftest" --sysroot empty >out 2>err
status=$?
check "selftest: no topology" ended_with 3

[ "$failures" -eq 0 ]
