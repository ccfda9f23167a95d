#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
#
# gpusvm-selftest on virtual GPUs, with an unbind, and with a GPU that loses bytes.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

modprobe vgpusvm
gpu a
gpu b
gpu c
links a b
links a c -- refusal=acs
enable a b c
selftest=$PWD/tools/gpusvm-topology/scripts/gpusvm-selftest
mkdir "$TAP_TMP/work"
cd "$TAP_TMP/work"

status=0
"$selftest" --size 512K --output report.tar.gz --unbind "${UIDS[b]}" >out 2>err || status=$?
diag "$(grep "^not ok" out err || true)"
says "selftest: virtual GPUs pass" 0 echo "$status"
for name in "IDs are unique" "each GPU is in one group" \
	"${UIDS[a]} reads and writes pagemap ${IDS[b]}, in place" \
	"${UIDS[b]} has the same IDs after it was bound again"; do
	ok "selftest: $name" grep -q "^ok .* - $name\$" out
done
mkdir report
ok "selftest: the report is an archive" tar -xzf report.tar.gz -C report
says "selftest: the report has a snapshot" "$(gpusvm-topology list links -o INITIATOR,PAGEMAP,USABLE)" \
	gpusvm-topology --sysroot report/snapshot.tar list links -o INITIATOR,PAGEMAP,USABLE

LOSE=$(basename "$(readlink "$INITIATORS/${UIDS[a]}/render")"):${IDS[b]}
export LOSE
status=0
LD_PRELOAD=liblose.so "$selftest" --size 512K --output report.tar.gz >out 2>err || status=$?
says "selftest: a GPU that loses bytes fails" 1 echo "$status"
is "selftest: exactly its pair fails" "$(sed -n 's/^not ok [0-9]* - //p' out)" \
	"${UIDS[a]} reads and writes pagemap ${IDS[b]}, in place"

clean_up
cd /
done_testing
