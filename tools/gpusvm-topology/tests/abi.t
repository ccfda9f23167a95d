#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The library in programs of other languages.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

make_tree gpus=4 topology=ring regions=2,1 memless=1
library=$GPUSVM_BUILD/libgpusvm-topology.so
printf 'member = platform-vgpusvm.0\n' >left.conf

"$GPUSVM_TESTS/abi.py" "$library" tree >out 2>err
status=$?
cat out
check "abi: python" test "$status" -eq 0

if command -v "${CXX:-c++}" >/dev/null; then
	check "abi: C++ builds" "${CXX:-c++}" -std=c++17 -Wall -Wextra -Wpedantic -Werror \
		-I"$(dirname "$GPUSVM_TESTS")/lib" -o user "$GPUSVM_TESTS/user.cpp" \
		-L"$GPUSVM_BUILD" -lgpusvm-topology -Wl,-rpath,"$GPUSVM_BUILD"
	./user tree left.conf >out 2>err
	check "abi: C++" prints 1 2 3 left 1
else
	skip "abi: C++" "no C++ compiler"
fi

[ "$failures" -eq 0 ]
