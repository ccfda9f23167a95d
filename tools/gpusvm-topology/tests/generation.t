#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Scans that are torn by a change of the topology.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

kept_changing="tree/sys/class/drm_pagemap/topology/generation: kept changing during the scan"

make_tree gpus=2
set_generation 7
run_tree list -r -n -o ID
check "generation: odd for ever: said" warned "$kept_changing"
check "generation: odd for ever: status" ended_with 4
check "generation: odd for ever: printed all the same" prints 1 2

(sleep 0.2; set_generation 8) &
set_generation 7
run_tree list -r -n -o ID
wait $!
check "generation: odd for a while" ended_with 0
check "generation: odd for a while: printed" prints 1 2

# Broken as long as it is torn: no warning is left of that.
make_tree gpus=2
id=$sys/devices/platform/vgpusvm.0/drm_pagemap/pagemap1/id
set_generation 3
rm "$id"
(sleep 0.2; echo 1 >"$id"; set_generation 4) &
run_tree list -r -n -o ID
wait $!
check "generation: faults of a torn scan are not told" ended_with 0
check "generation: what was scanned last is printed" prints 1 2

make_tree gpus=64
(for ((i = 4; ; i += 2)); do set_generation "$i"; done) &
run_tree list -r -n -o ID
kill $!
wait $! 2>/dev/null
check "generation: moves all the time" warned "$kept_changing"
check "generation: moves all the time: printed all the same" prints {1..64}

make_tree gpus=2
rm "$topology/generation"
run_tree list -r -n -o ID
check "generation: none" warned "tree/sys/class/drm_pagemap/topology/generation: missing"
check "generation: none: printed all the same" prints 1 2

make_tree gpus=2
set_generation nonsense
run_tree list -r -n -o ID
check "generation: nonsense" \
	warned "tree/sys/class/drm_pagemap/topology/generation: not as documented"

[ "$failures" -eq 0 ]
