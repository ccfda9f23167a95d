#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Programs with a default placement.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

make_tree gpus=3 regions=2,1 memless=1

# gets NAMES IDS: a program finds these IDs in its environment.
gets() {
	run_tree run --pagemap "$1" -- printenv GPUSVM_PAGEMAP
	check "run: $1" prints "$2"
	check "run: $1: status" ended_with 0
}

gets 2 2
gets 3,1 3,1
gets platform-vgpusvm.1-vram0,1 3,1
gets renderD128 1,2
gets card1,platform-vgpusvm.0 3,1,2

make_tree gpus=8 topology=full pci=1 parts=4
gets 04:00.0 5,6,7,8
gets pci-0000:04:00.0-2,03:00.0 7,1,2,3,4
make_tree gpus=3 regions=2,1 memless=1

# shellcheck disable=SC2016
GPUSVM_PAGEMAP_STRICT=1 run_tree run -p 1 -- sh -c 'echo "${GPUSVM_PAGEMAP_STRICT-not set}"'
check "run: not strict" prints "not set"
run_tree run --strict -p 1 -- printenv GPUSVM_PAGEMAP_STRICT
check "run: strict" prints 1
run_tree run -p 1 -- printf '%s|' -n "a b" ''
check "run: arguments" test "$(<out)" = "-n|a b||"
run_tree run -p 1 -- sh -c 'exit 42'
check "run: the program's status" test "$status" -eq 42
# shellcheck disable=SC2016
run_tree run -p 1 -- sh -c 'kill -TERM $$'
check "run: killed" test "$status" -eq 143

# fails STATUS MESSAGE ARGUMENT...
fails() {
	local wanted=$1 message=$2
	shift 2
	run_tree run "$@"
	check "run: $*: $message" grep -qF -e "gpusvm-topology: $message" err
	check "run: $*: status" ended_with "$wanted"
}

fails 125 'pagemap or GPU "7" does not exist' -p 1,7 -- true
fails 125 'pagemap or GPU "" does not exist' -p 1, -- true
fails 125 'GPU "card2" has no pagemap' -p card2 -- true
fails 125 '--pagemap is required' -- true
fails 125 'a PROGRAM is required' -p 1
fails 126 'cannot run /: Permission denied' -p 1 -- /
fails 127 'cannot run nosuch-program: No such file or directory' -p 1 -- nosuch-program
run --sysroot /dev run -p 1 -- true
check "run: no topology: status" ended_with 125

[ "$failures" -eq 0 ]
