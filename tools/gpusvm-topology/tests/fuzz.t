#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Trees that are broken at random: whatever is in them, each command ends by itself,
# with one of its statuses. GPUSVM_FUZZ_SEED breaks them as in an earlier run, and
# GPUSVM_FUZZ_ROUNDS more of them.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

rounds=${GPUSVM_FUZZ_ROUNDS:-40}
seed=${GPUSVM_FUZZ_SEED:-$RANDOM$RANDOM}
echo "# seed $seed"

printf 'member = platform-vgpusvm.0 platform-vgpusvm.2\n' >new.conf
commands=("list" "list -J initiators" "list -O links" "list groups" "matrix" "tree" "show 1"
	"check" "resolve 1 card0" "select" "select -c 2" "select --near card1 --all"
	"select --near cpu:3" "explain card0 card1" "group show -O" "group --dry-run apply new.conf"
	"run -p 1 -- true")

# configure: peer groups in configfs, which are broken, too.
configure() {
	local dir=$sys/kernel/config/drm_pagemap/groups
	mkdir -p "$dir"/{left,right}/members/platform-vgpusvm.{0,1}
	echo 1 >"$dir/left/enabled"
	echo 0 >"$dir/right/enabled"
}

# survives COMMAND...: it ends within the time, and not by a signal.
survives() {
	timeout 20 "$tool" --sysroot tree "$@" >out 2>err </dev/null
	status=$?
	[ "$status" -lt 14 ] || [ "$status" -eq 125 ]
}

# survives_all SEED
survives_all() {
	local command good=0
	for command in "${commands[@]}"; do
		# shellcheck disable=SC2086
		survives $command && continue
		echo "# status $status of: $command"
		good=1
	done
	return "$good"
}

for ((round = 0; round < rounds; round++)); do
	make_tree gpus=3 topology=full regions=2,1 nodes=2 refused=1
	configure
	"$GPUSVM_TESTS/fuzz-tree" tree $((seed + round)) >broken
	check "fuzz: seed $((seed + round))" survives_all
	if [ "$failures" -gt 0 ]; then
		sed 's/^/# /' broken
		break
	fi
done

# The same with memory errors made visible, for some of them
if command -v valgrind >/dev/null; then
	for ((round = 0; round < 3; round++)); do
		make_tree gpus=3 topology=full regions=2,1 nodes=2 refused=1
		configure
		"$GPUSVM_TESTS/fuzz-tree" tree $((seed + round)) >broken
		for command in "list -J" "group show -O" "select -c 2"; do
			# shellcheck disable=SC2086
			timeout 120 valgrind -q --error-exitcode=99 --leak-check=no \
				"$tool" --sysroot tree $command >out 2>err </dev/null
			status=$?
			check "fuzz: seed $((seed + round)): valgrind of $command" test "$status" -ne 99 -a "$status" -lt 124
		done
	done
else
	skip "fuzz: under valgrind" "no valgrind"
fi

[ "$failures" -eq 0 ]
