# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Prints TAP of tests that run one after the other in one VM.

# one_vm NAME... -- ARGUMENT...: run vm/run with these arguments, which prints a point for
# each name. A point that is missing, because the VM ended early, fails. One more point is for
# the VM itself. Returns non-zero if a point failed.
one_vm() {
	local output status=0 number failed=0 names=()
	while [ "$1" != -- ]; do
		names+=("$1")
		shift
	done
	shift
	output=$(mktemp)
	vm/run "$@" | tee "$output" || status=$?
	number=$(grep -cE '^(not )?ok ' "$output" || true)
	if ! grep -q '^1\.\.' "$output"; then
		echo "1..$((${#names[@]} + 1))"
	fi
	if grep -q '^not ok' "$output" || [ "$status" != 0 ]; then
		failed=1
	fi
	rm -f "$output"
	for name in "${names[@]:number}"; do
		number=$((number + 1))
		echo "not ok $number - $name # the VM ended before the test did"
	done
	if [ "$status" = 0 ]; then
		echo "ok $((number + 1)) - the kernel has no complaints and no leaks"
	else
		echo "# vm/run returned $status"
		echo "not ok $((number + 1)) - the kernel has no complaints and no leaks"
	fi
	return "$failed"
}
