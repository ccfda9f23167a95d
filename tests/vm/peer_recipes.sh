#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
#
# The recipes for peer groups: the test types the commands of the document into one shell,
# and each command prints exactly the output in the document.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

RECIPES=tools/gpusvm-topology/recipes.md
PATH=$PWD/tools/gpusvm-topology/scripts:$PATH

# steps: prints the commands of the document, each followed by its output.
steps() {
	sed -n 's/^    //p' "$RECIPES"
}

# A shell that runs each step, and prints a separator after it.
coproc SHELL_ { exec bash 2>&1; }

# answer: prints the output of the last command.
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
