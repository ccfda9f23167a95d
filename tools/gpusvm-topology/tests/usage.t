#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Options, messages and exit statuses.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

make_tree gpus=1

# wrong WHAT MESSAGE ARGUMENT...: a usage error without output.
wrong() {
	local what=$1 message=$2
	shift 2
	run_tree "$@"
	check "usage: $what: status" ended_with 2
	check "usage: $what: message" grep -qF -e "$message" err
	check "usage: $what: no output" test ! -s out
}

wrong "no command" 'a command is required'
wrong "unknown command" 'unknown command "lst"' lst
wrong "unknown option" 'unrecognized option' list --frobnicate
check "usage: unknown option: the message begins with the program" \
	grep -q '^gpusvm-topology: unrecognized option' err
wrong "unknown kind" 'unknown kind of objects "gpus"' list gpus
wrong "unknown column" 'pagemaps have no column "WEIGHT"' list -o ID,WEIGHT
wrong "column of another kind" 'groups have no column "ID"' list groups -o ID
wrong "empty column" 'pagemaps have no column ""' list -o ID,
wrong "unknown property" 'unknown property "weight"' matrix --show weight
wrong "no format" 'a FORMAT is required' export
wrong "unknown format" 'unknown format "pdf"' export pdf
wrong "help for an unknown command" 'unknown command "lst"' help lst
wrong "help for two commands" 'too many arguments: "tree"' help list tree
wrong "nothing to show" 'a NAME is required' show
wrong "argument of check" 'too many arguments: "x"' check x
wrong "two formats" '-J, -P and -r exclude each other' list -J -r
wrong "unknown value of --color" '--color takes auto, always or never, not "red"' list --color red

for help in --help "list --help" "matrix --help" "groups --help" "tree --help" \
	"show --help" "check --help" "bench --help" "resolve --help" "select --help" \
	"group --help" "explain --help" "run --help" -h; do
	# Split it into words.
	# shellcheck disable=SC2086
	run $help
	check "usage: $help" ended_with 0
	check "usage: $help is on stdout" grep -q ^Usage: out
done

run list --help
mv out expected
run help list
check "usage: help of a command: status" ended_with 0
check "usage: help of a command is what its --help prints" cmp -s expected out
run --help
mv out expected
run help
check "usage: help alone: status" ended_with 0
check "usage: help alone is what --help prints" cmp -s expected out

for version in --version "list -V" "matrix --version"; do
	# shellcheck disable=SC2086
	run $version
	check "usage: $version" grep -qx 'gpusvm-topology [0-9.]*' out
done

run --sysroot /dev list
check "usage: no topology: status" ended_with 3
check "usage: no topology: message" \
	grep -qx 'gpusvm-topology: cannot read /dev/sys/class/drm_pagemap: No such file or directory' err

run --sysroot /nonexistent list
check "usage: no root: status" ended_with 1
check "usage: no root: message" \
	grep -qx 'gpusvm-topology: cannot open /nonexistent: No such file or directory' err

"$tool" --sysroot tree list >/dev/full 2>err
status=$?
check "usage: a failure to write the output: status" ended_with 1

[ "$failures" -eq 0 ]
