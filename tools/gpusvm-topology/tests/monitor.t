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

# changed [DEVICE]: the "topology", a "link", or another device of DRM has sent an event.
changed() {
	echo "change ${1:-topology}" >&"$events"
}

if ! command -v umockdev-wrapper >/dev/null || [ ! -x "$mock" ]; then
	skip "monitor: events" "no umockdev"
	[ "$failures" -eq 0 ]
	exit
fi

# The topology, two pagemaps, two initiators, four links and a group.
make_tree gpus=2
there=10
link=$sys/class/drm_pagemap_link/platform-vgpusvm.1--pagemap1
check "monitor: existing objects" start --count 2
echo 26500 >"$link/max_read_bandwidth"
echo 0 >"$link/usable"
changed
finish
check "monitor: a link: status" ended_with 0
check "monitor: a link" prints \
	"link platform-vgpusvm.1 1 changed usable 1 -> 0" \
	"link platform-vgpusvm.1 1 changed max_read_bandwidth 53000 -> 26500"

# A link sends its own event.
make_tree gpus=2
start --count 1
echo 700 >"$link/read_latency"
changed link
check "monitor: an event of a link" lines $((there + 1))
stop TERM
check "monitor: an event of a link: its change" prints \
	"link platform-vgpusvm.1 1 changed read_latency 900 -> 700"

# Machines send many events, and a scan takes time, so events of other subsystems cause none.
make_tree gpus=2
start
echo 700 >"$link/read_latency"
changed other
sleep 1
stop TERM
check "monitor: no scan for events of other subsystems" test ! -s out

# Changes without an event are not reported.
make_tree gpus=2
start
echo 7 | tee "$sys/class/drm_pagemap/pagemap1/free" "$link"/{read,write}_bandwidth \
	"$link"/statistics/{read,write}_bytes >"$link/write_latency"
echo active >"$sys/class/drm_pagemap/pagemap1/state"
echo 7 >"$sys/class/drm_pagemap_group/auto-platform-vgpusvm.0/users"
changed
lines $((there + 1))
stop TERM
check "monitor: changes without an event are not printed" prints \
	"link platform-vgpusvm.1 1 changed write_latency 900 -> 7"

# Not more changes than --count are reported.
make_tree gpus=2
start --count 2 -J
set_generation 3
rm tree/sys/class/drm_pagemap/pagemap2
set_generation 4
changed
finish
check "monitor: JSON" test "$(jq -rs '.[] | [.change, .object, .name] | join(" ")' out | head -n 1)" = "removed pagemap 2"
check "monitor: --count limits the changes" test "$(wc -l <out)" -eq 2
check_json "monitor: JSON: schema" lines

# The name of a link in JSON is one that programs can take apart.
make_tree gpus=2
start --count 1 -J
echo 0 >"$link/usable"
changed link
finish
check "monitor: JSON: a link" test "$(jq -c '[.object, .change, .name, .key, .before, .after]' out)" = \
	'["link","changed","platform-vgpusvm.1 1","usable","1","0"]'
check_json "monitor: JSON: a link: schema" lines

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
