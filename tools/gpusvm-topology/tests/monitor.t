#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The command monitor. umockdev sends the kernel's events.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

mock=$GPUSVM_BUILD/obj-gpusvm-topology/tests/mock-events

run_tree monitor --count 0
check "monitor: no count: status" ended_with 2
check "monitor: no count: message" grep -qF -e '--count takes a number from 1 on, not "0"' err
run --synthetic gpu:2 monitor
check "monitor: a synthetic topology is refused" ended_with 2

make_tree gpus=1
tar -C tree -cf machine.tar sys
run --sysroot machine.tar monitor
check "monitor: an archive is refused: status" ended_with 2
check "monitor: an archive is refused: message" \
	grep -qx 'gpusvm-topology: cannot monitor machine.tar: an archive never changes' err

# lines COUNT: waits until the monitor has printed so many lines.
lines() {
	local tries
	for ((tries = 0; tries < 300; tries++)); do
		[ "$(wc -l <printed)" -ge "$1" ] && return
		sleep 0.1
	done
	return 1
}

# start ARGUMENT...: starts the monitor, and returns after it has printed existing objects.
start() {
	: >printed
	mkfifo events
	umockdev-wrapper "$mock" "$tool" --sysroot tree monitor --initial "$@" \
		<events >printed 2>err &
	running=$!
	exec {events}>events
	rm events
	lines "$there"
}

# finish: sets $status, and writes the output after the start to "out".
finish() {
	exec {events}>&-
	status=0
	wait "$running" || status=$?
	tail -n "+$((there + 1))" printed >out
}

# stop SIGNAL: sends it to the monitor, which is a child of mock-events. The wrapper has
# become mock-events.
stop() {
	kill "-$1" "$(pgrep -P "$running")"
	finish
}

changed() {
	echo change >&"$events"
}

if ! command -v umockdev-wrapper >/dev/null || [ ! -x "$mock" ]; then
	skip "monitor: events" "no umockdev"
	[ "$failures" -eq 0 ]
	exit
fi

# The topology, two pagemaps, two initiators, four links and a group.
make_tree gpus=2
there=10
link=$sys/devices/platform/vgpusvm.0/drm_pagemap/pagemap1/initiators/platform-vgpusvm.1
check "monitor: existing objects" start --count 2
echo 26500 >"$link/read_bandwidth"
echo 0 >"$link/usable"
changed
finish
check "monitor: a link: status" ended_with 0
check "monitor: a link" prints \
	"link platform-vgpusvm.1 1 changed read_bandwidth 53000 -> 26500" \
	"link platform-vgpusvm.1 1 changed usable 1 -> 0"

# Changes without an event are not reported, nor are more changes than --count.
make_tree gpus=2
start --count 2 -J
echo 7 >"$sys/devices/platform/vgpusvm.0/drm_pagemap/pagemap1/free"
changed
set_generation 3
rm tree/sys/class/drm_pagemap/pagemap2
set_generation 4
changed
finish
check "monitor: JSON" test "$(jq -rs '.[] | [.change, .object, .name] | join(" ")' out | head -n 1)" = "removed pagemap 2"
check "monitor: --count limits the changes" test "$(wc -l <out)" -eq 2
check_json "monitor: JSON: schema" lines

make_tree gpus=2
start --count 10
mv tree/sys/class other
changed
finish
check "monitor: the module is unloaded: status" ended_with 0
check "monitor: the module is unloaded" grep -qx "topology topology removed" out
check "monitor: all objects are removed with it" test "$(grep -c ' removed$' out)" -eq 10

for signal in INT TERM; do
	make_tree gpus=2
	start
	stop "$signal"
	check "monitor: SIG$signal ends it: status" ended_with 0
	check "monitor: SIG$signal ends it: no output" test ! -s out
done

finish_json
[ "$failures" -eq 0 ]
