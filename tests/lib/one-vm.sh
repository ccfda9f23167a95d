# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# TAP of tests that run one after the other in one VM.

# one_vm NAME... -- ARGUMENT...: vm/run with these arguments makes a point for each
# name. Those that the VM does not live to are failed ones. One more point is for the
# VM itself. Fails if a point does.
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
		echo "not ok $number - $name # the VM did not live to its end"
	done
	if [ "$status" = 0 ]; then
		echo "ok $((number + 1)) - the kernel has no complaints and no leaks"
	else
		echo "# vm/run ended with $status"
		echo "not ok $((number + 1)) - the kernel has no complaints and no leaks"
	fi
	return "$failed"
}
