# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# KUnit's suites in a VM: they run when their modules are loaded. Skips all if this
# kernel has none.

KUNIT_RESULTS=/sys/kernel/debug/kunit

if [ ! -d "$KUNIT_RESULTS" ]; then
	echo "1..0 # SKIP this kernel has no KUnit"
	exit
fi

# kunit_modules REGEX: the modules that have suites, as paths, of those that it fits. A
# suite may be in another module than the one that runs it.
kunit_modules() {
	find "/lib/modules/$(uname -r)/kernel" -name '*.ko' |
		grep -E "$1" | LC_ALL=C sort | xargs grep -lF .kunit_test_suites
}

module_name() {
	basename "$1" .ko
}

load_modules() {
	local module
	for module; do
		modprobe "$(module_name "$module")" ||
			echo "# $(module_name "$module") can't be loaded"
	done
}

# Last in, first out.
unload_modules() {
	while [ $# -gt 0 ]; do
		modprobe -r "$(module_name "${!#}")"
		set -- "${@:1:$#-1}"
	done
}

# report_suite NAME NUMBER. The file has a header for a run of one suite around the
# suite's results.
report_suite() {
	sed -nE 's/^(not )?ok [0-9]+ (- )?/\1ok '"$2"' - /p; /^    /p' \
		"$KUNIT_RESULTS/$1/results"
}

# report_suites NAME...: KTAP; one that has no results is a failure.
report_suites() {
	local suite number=0
	echo "KTAP version 1"
	echo "1..$#"
	for suite; do
		number=$((number + 1))
		if [ -e "$KUNIT_RESULTS/$suite/results" ]; then
			report_suite "$suite" "$number"
		else
			echo "not ok $number - $suite # did not run"
		fi
	done
}
