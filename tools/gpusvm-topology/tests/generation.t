#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Scans during changes of the topology.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

kept_changing="tree/sys/class/drm_pagemap/topology/generation: kept changing during the scan"

make_tree gpus=2
set_generation 7
run_tree list -r -n -o ID
check "generation: always odd: warning" warned "$kept_changing"
check "generation: always odd: status" ended_with 4
check "generation: always odd: output" prints 1 2

(sleep 0.2; set_generation 8) &
set_generation 7
run_tree list -r -n -o ID
wait $!
check "generation: odd for a while" ended_with 0
check "generation: odd for a while: output" prints 1 2

# The entry is broken only during the change: no warning remains.
make_tree gpus=2
id=$sys/devices/platform/vgpusvm.0/drm_pagemap/pagemap1/id
set_generation 3
rm "$id"
(sleep 0.2; echo 1 >"$id"; set_generation 4) &
run_tree list -r -n -o ID
wait $!
check "generation: no warnings of repeated scans" ended_with 0
check "generation: the output is that of the last scan" prints 1 2

make_tree gpus=64
(for ((i = 4; ; i += 2)); do set_generation "$i"; done) &
run_tree list -r -n -o ID
kill $!
wait $! 2>/dev/null
check "generation: changes all the time: warning" warned "$kept_changing"
check "generation: changes all the time: output" prints {1..64}

make_tree gpus=2
rm "$topology/generation"
run_tree list -r -n -o ID
check "generation: missing: warning" warned "tree/sys/class/drm_pagemap/topology/generation: missing"
check "generation: missing: output" prints 1 2

make_tree gpus=2
set_generation nonsense
run_tree list -r -n -o ID
check "generation: malformed: warning" \
	warned "tree/sys/class/drm_pagemap/topology/generation: not as documented"

[ "$failures" -eq 0 ]
