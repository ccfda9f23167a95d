#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The examples for authors of runtimes: all print the same pagemaps.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

source=$(dirname "$GPUSVM_TESTS")
examples=$source/../../examples/runtime
warnings=(-std=gnu11 -Wall -Wextra -Wno-format-truncation -Werror)
export LD_LIBRARY_PATH=$GPUSVM_BUILD

check "runtime: reach.c compiles without the library" \
	"${CC:-cc}" "${warnings[@]}" -o reach "$examples/reach.c"
check "runtime: reach-library.c compiles" "${CC:-cc}" "${warnings[@]}" -I"$source/lib" \
	-o reach-library "$examples/reach-library.c" -L"$GPUSVM_BUILD" -lgpusvm-topology

programs=(./reach ./reach-library "python3 $examples/reach.py" "python3 $examples/reach-library.py")

# agree WHAT NODE ID...: all programs print these pagemaps for the GPU of a render node.
agree() {
	local what=$1 node=$2 program
	shift 2
	printf '%s\n' "$@" >expected
	for program in "${programs[@]}"; do
		# Split it into words.
		# shellcheck disable=SC2086
		$program "$node" tree >out 2>err
		status=$?
		check "runtime: $what: ${program##*/}: status" ended_with 0
		check "runtime: $what: ${program##*/}" diff expected <(sort -n out)
	done
}

make_tree gpus=4 topology=ring regions=2,1 refused=1
agree "two pagemaps and a neighbour" renderD128 1 2 3
agree "not those of other groups" renderD130 4 5
make_tree gpus=12 topology=full pci=1
agree "many" renderD130 {1..12}
make_tree gpus=4 topology=none pci=1 parts=2
agree "partitions of one device" renderD129 2
echo no >"$sys/class/drm_pagemap_link/pci-0000:03:00.0-1--pagemap2/usable"
for program in "${programs[@]}"; do
	# shellcheck disable=SC2086
	$program renderD129 tree >out 2>err
	check "runtime: a wrong value is not usable: ${program##*/}" test ! -s out
done

set_generation 3
python3 "$examples/reach.py" renderD128 tree >out 2>err
check "runtime: reach.py does not trust a scan during a change" test $? -ne 0

if command -v mypy >/dev/null; then
	for program in reach reach-library; do
		check "runtime: mypy accepts the types of $program.py" \
			mypy --strict --no-incremental "$examples/$program.py"
	done
else
	skip "runtime: types of Python" "no mypy"
fi

[ "$failures" -eq 0 ]
