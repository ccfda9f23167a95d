#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
#
# gpusvm-topology on a machine with virtual GPUs: each command that only reads, and the
# monitor across changes.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

modprobe vgpusvm

gpu a regions=2
gpu b
gpu c regions=0
links a b
link c a
enable a b c

cd "$TAP_TMP"
tool() {
	gpusvm-topology "$@" 2>err
}

# No command may print a warning.
quiet() {
	tool "$@" >out && [ ! -s err ]
}

for command in "list" "list initiators" "list links" "list groups" tree groups matrix \
	"matrix --show read-bandwidth" "show ${UIDS[a]} ${IDS[b]}" check \
	"resolve ${IDS[a]}" "select"; do
	# Words are wanted.
	# shellcheck disable=SC2086
	ok "$command" quiet $command
	# shellcheck disable=SC2086
	ok "$command -J" quiet $command -J
done
for format in dot svg html prometheus slurm nfd hwloc; do
	ok "export $format" quiet export "$format"
done
nok "export nccl fails without a GPU on PCI" quiet export nccl

is "root may use every pagemap" "$(tool list initiators -rn -o RIGHTS | sort -u)" ok
chmod 600 /dev/dri/renderD*
is "a user without rights sees its GPUs and may not use them" \
	"$(setpriv --reuid=65534 --regid=65534 --clear-groups gpusvm-topology list -rn -o RIGHTS | sort -u)" denied

ok "snapshot writes an archive" quiet snapshot machine.tar
mkdir machine
ok "tar unpacks the archive" tar -xf machine.tar -C machine
for command in "list -o ID,UID,SIZE,NODE,GROUP,RENDER,INITIATOR,DMEM" "list links -O" \
	"list groups -O" matrix "export slurm --node node1" "export hwloc"; do
	# shellcheck disable=SC2086
	says "the snapshot gives the same: $command" \
		"$(tool $command)" tool --sysroot machine $command
done

tool list links -J >baseline
ok "check: no finding without a change" quiet check --against baseline
put 26500 "$GPUS/a/links/b/read_bandwidth"
nok "check: a slower link is a finding" quiet check --against machine
is "check: the finding names the link" "$(tool check -rn --against baseline | head -n 1)" \
	"degraded ${UIDS[a]} ${UIDS[b]}-vram0 read_bandwidth 106000 26500"
put 106000 "$GPUS/a/links/b/read_bandwidth"

# crc32 WHERE: runs the example on a, with the placement that "gpusvm-topology run" sets.
file=$BASH
crc32() {
	tool run --pagemap "$1" -- gpusvm-crc32 --gpu "${UIDS[a]}" "$file" >out
}

pages_of_file() {
	local size
	size=$(stat -c %s "$file")
	echo $(((size + $(getconf PAGESIZE) - 1) / $(getconf PAGESIZE)))
}

ok "run: a program places its memory" crc32 "${IDS[b]}"
is "run: all pages are there" "$(sed -n 's/^pages *//p' out | head -n 1)" \
	"$(pages_of_file) on pagemap ${IDS[b]}"
nok "run: an unknown pagemap is refused" crc32 nowhere

# watch: starts the monitor in the background, and waits until it has printed the topology.
watch() {
	gpusvm-topology monitor --initial "$@" >changes 2>err &
	monitor=$!
	eventually 60 grep -q "^group " changes
	sleep 1
	initial=$(wc -l <changes)
}

changes() {
	tail -n "+$((initial + 1))" changes
}

told_of() {
	changes | grep -qx "$1"
}

watch
group left a
put 1 "$PEERS/groups/left/enabled"
ok "monitor: a group appears" eventually 60 told_of "group left added"
ok "monitor: a GPU joins the group" eventually 60 told_of \
	"initiator ${UIDS[a]} changed group auto-${UIDS[a]} -> left"
ok "monitor: a link becomes unusable" eventually 60 told_of \
	"link ${UIDS[b]} ${IDS[a]} changed usable 1 -> 0"
unbind b
ok "monitor: a GPU is unbound" eventually 60 told_of "initiator ${UIDS[b]} removed"
ok "monitor: its pagemap goes with it" eventually 60 told_of "pagemap ${IDS[b]} removed"
bind b
ok "monitor: it comes back, with its ID" eventually 60 told_of "pagemap ${IDS[b]} added"
ok "monitor: the program still runs" kill -0 "$monitor"
kill -TERM "$monitor"
ok "monitor: SIGTERM ends it" wait "$monitor"
says "monitor: no warning was printed" "" show err

watch --count 1
put 0 "$PEERS/groups/left/enabled"
ok "monitor: --count ends it" wait "$monitor"
is "monitor: after one change" "$(changes | wc -l)" 1

clean_up
cd /
done_testing
