#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Colours are for people only.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

make_tree gpus=4 topology=ring refused=1
escape=$'\e['

has_color() {
	grep -qF "$escape" out
}

has_no_color() {
	! has_color
}

run_tree list links --color always
check "color: with --color always" has_color
run_tree matrix --color=always
check "color: in the matrix" has_color
for option in -r -P -J; do
	run_tree list links --color always "$option"
	check "color: never with $option" has_no_color
done
run_tree list links
check "color: none without a terminal" has_no_color

# on_terminal ENVIRONMENT... -- ARGUMENT...: the tool with a terminal for stdout.
on_terminal() {
	local environment=()
	while [ "$1" != -- ]; do
		environment+=("$1")
		shift
	done
	shift
	env "${environment[@]}" script -qec "$(printf '%q ' "$tool" --sysroot tree "$@")" \
		/dev/null </dev/null >out 2>err
}

if command -v script >/dev/null; then
	on_terminal TERM=xterm -- list links
	check "color: on a terminal" has_color
	on_terminal TERM=xterm -- list links --color never
	check "color: not with --color never" has_no_color
	on_terminal TERM=dumb -- list links
	check "color: not on a dumb terminal" has_no_color
	on_terminal TERM=xterm NO_COLOR=1 -- list links
	check "color: not with NO_COLOR" has_no_color
else
	for what in "on a terminal" "not with --color never" "not on a dumb terminal" "not with NO_COLOR"; do
		skip "color: $what" "no script(1)"
	done
fi

[ "$failures" -eq 0 ]
