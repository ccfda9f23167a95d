#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
# timeout: 300
#
# The recipes for peer groups: what the document shows is typed into one shell, and
# each command prints what the document says, no more and no less.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

RECIPES=tools/gpusvm-topology/recipes.md
PATH=$PWD/tools/gpusvm-topology/scripts:$PATH

# steps: the commands of the document, each followed by what it prints.
steps() {
	sed -n 's/^    //p' "$RECIPES"
}

# A shell that does what it is told, and closes each step with a line of its own.
coproc SHELL_ { exec bash 2>&1; }

# answer: what the shell prints for the last command.
answer() {
	local line
	echo 'echo "=end="' >&"${SHELL_[1]}"
	while IFS= read -r -t 60 -u "${SHELL_[0]}" line && [ "$line" != "=end=" ]; do
		printf '%s\n' "$line"
	done
}

# step COMMAND OUTPUT
step() {
	printf '%s\n' "$1" >&"${SHELL_[1]}"
	is "$1" "$(answer)" "$2"
}

command=
wanted=
while IFS= read -r line; do
	if [[ $line != '$ '* ]]; then
		wanted+=${wanted:+$'\n'}$line
		continue
	fi
	if [ -n "$command" ]; then
		step "$command" "$wanted"
	fi
	command=${line#??}
	wanted=
done < <(steps)
step "$command" "$wanted"

is "the document has as many commands as were run" "$TAP_POINTS" "$(steps | grep -c '^\$ ')"
is "no group is left" "$(ls /sys/kernel/config/drm_pagemap/groups)" ""
rm -r /etc/gpusvm

done_testing
