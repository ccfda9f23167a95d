#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# vgpusvm: none
#
# The programs that the fuzzer has kept: after each has run, nothing is left of it, the
# kernel has not complained, and the modules can be unloaded.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

corpus=tests/fuzz/corpus
wanted=$(grep -c '^$' "$corpus")

tests/fuzz/in-vm --replay --seed 1 "$corpus" >"$TAP_TMP/fuzz" && status=0 || status=$?
while read -r line; do
	diag "$line"
done <"$TAP_TMP/fuzz"

is "the programs end, and all GPUs are idle then" "$status" 0
is "each program of the corpus can be read" \
	"$(sed -n "s,^$corpus: \([0-9]*\) programs,\1,p" "$TAP_TMP/fuzz")" "$wanted"
while read -r _ reason; do
	skip "$reason" "programs use it"
done < <(grep '^skipped: ' "$TAP_TMP/fuzz")

done_testing
