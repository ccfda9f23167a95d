# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Functions for KUnit suites in a VM. A suite runs when its module is loaded. Skips all if
# the kernel has no KUnit.

KUNIT_RESULTS=/sys/kernel/debug/kunit

if [ ! -d "$KUNIT_RESULTS" ]; then
	echo "1..0 # SKIP this kernel has no KUnit"
	exit
fi

# kunit_modules REGEX: print the paths of modules that run suites and match REGEX. The code
# of a suite may be in another module.
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
			echo "# module $(module_name "$module") can't be loaded"
	done
}

# Last in, first out.
unload_modules() {
	while [ $# -gt 0 ]; do
		modprobe -r "$(module_name "${!#}")"
		set -- "${@:1:$#-1}"
	done
}

# report_suite NAME NUMBER: print the results of a suite, without the header of the file.
report_suite() {
	sed -nE 's/^(not )?ok [0-9]+ (- )?/\1ok '"$2"' - /p; /^    /p' \
		"$KUNIT_RESULTS/$1/results"
}

# report_suites NAME...: print KTAP. A suite without results fails.
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
