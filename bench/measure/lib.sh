# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by the scripts of this directory. Each runs in the VM, measures once, and prints lines
# for bench/collect. The comments at its head are:
#
#   title:     what it measures
#   baseline:  what it compares with
#   rounds:    how often bench/run runs it, each time with the baseline
#   vm:        options of vm/run
#   modules:   test_hmm, if the VM gets this module of the kernel's source
#   plot:      KEY of the words KEY=VALUE that plots have on their horizontal axis
#   plotted:   what has a plot; one comment for each

set -euo pipefail

PARAMETERS=/sys/module/topology_bench/parameters
CLASS=/sys/class/drm_pagemap

# row WHAT AT UNIT VALUE BASELINE AIM: print what was measured. BASELINE may be null.
row() {
	printf '{"what": "%s", "at": "%s", "unit": "%s", "value": %s, "baseline": %s, "aim": "%s"}\n' \
		"$@"
}

# run OPERATION VALUE: of topology_bench. Sets RESULT[NAME] for each value that it reports.
declare -A RESULT
run() {
	local name value
	echo "$2" >"$PARAMETERS/$1"
	RESULT=()
	while read -r name value; do
		RESULT[$name]=$value
	done <"$PARAMETERS/result"
}

# calc EXPRESSION: of awk.
calc() {
	awk "BEGIN { printf \"%.6g\", $1 }"
}

# microseconds COMMAND...: print how long it runs.
microseconds() {
	local begin=${EPOCHREALTIME/./}
	"$@" >&2
	echo $((${EPOCHREALTIME/./} - begin))
}

# The next round, and the next measurement, load them with other parameters.
trap 'modprobe -rq topology_bench vgpusvm' EXIT

# The programs count system calls.
if [ ! -e /sys/kernel/tracing/events ]; then
	mount -t tracefs none /sys/kernel/tracing
fi
