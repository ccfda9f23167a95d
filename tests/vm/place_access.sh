#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
#
# Results of MADVISE and QUERY_PLACEMENT for an ID, for different callers. svm_ask checks
# that both agree, and that a failure changes nothing.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

CGROUP=/sys/fs/cgroup/gpusvm-test

render() {
	readlink -f "$INITIATORS/${UIDS[$1]}/render"
}

node() {
	echo "/dev/dri/$(basename "$(render "$1")")"
}

nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"
}

without_admin() {
	setpriv --bounding-set -sys_admin --inh-caps -sys_admin "$@"
}

# denying GPU ACCESS: a new control group that denies it that.
denying() {
	rmdir "$CGROUP" 2>/dev/null || true
	mkdir "$CGROUP"
	cgroup_deny "$CGROUP" "$(cat "$(render "$1")/dev")" "$2"
}

in_cgroup() {
	# shellcheck disable=SC2016
	bash -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$CGROUP" "$@"
}

modprobe vgpusvm
gpu a regions=2
gpu b
gpu c
gpu m regions=0
links a b
links a c -- refusal=host-bridge
link m a
link m b
enable a b c m

# In a VM of a: none, its own two, its peer's, another island's, nobody's ever.
find_id a 1
ids="0 ${IDS[a]} $REPLY ${IDS[b]} ${IDS[c]} 4000000000 4294967295"

# answer COMMAND...: the last line that it prints.
answer() {
	local lines
	"$@" >"$TAP_TMP/answers" 2>&1 || true
	mapfile -t lines <"$TAP_TMP/answers"
	echo "${lines[-1]-}"
}

# all COMMAND...: the answers to all of them.
all() {
	# shellcheck disable=SC2086
	answer "$@" "${UIDS[a]##*.}" $ids
}

free="ok ok ok ok ENOLINK ENOENT ENOENT"
no_foreign="ok ok ok EACCES EACCES ENOENT ENOENT"
chmod 666 "$(node a)" "$(node b)" "$(node c)"

says "root" "$free" all svm_ask
says "an unprivileged process may place on any GPU" "$free" all nobody svm_ask
chmod 600 "$(node b)" "$(node c)"
says "an unprivileged process may not, if other render nodes are closed" "$no_foreign" \
	all nobody svm_ask
chmod 666 "$(node b)" "$(node c)"

# shellcheck disable=SC2086
says "a GPU without pagemaps places on others" "$free" answer svm_ask "${UIDS[m]##*.}" $ids

unbind b
says "a peer that is away fails with ENODEV" "ok ok ok ENODEV ENOLINK ENOENT ENOENT" all svm_ask
unbind c
says "all GPUs that are away fail with ENODEV" \
	"ok ok ok ENODEV ENODEV ENOENT ENOENT" all nobody svm_ask
bind b
bind c
says "GPUs that are back are usable" "$free" all svm_ask

put none "$PEERS/auto/foreign_access"
says "foreign_access none: CAP_SYS_ADMIN suffices" "$free" all svm_ask
says "foreign_access none: root without it may not" "$no_foreign" all without_admin svm_ask
says "foreign_access none: an unprivileged process may not" "$no_foreign" all nobody svm_ask
unbind b
says "foreign_access none: ENODEV comes before EACCES" \
	"ok ok ok ENODEV EACCES ENOENT ENOENT" \
	all nobody svm_ask
bind b
chmod 666 "$(node b)" "$(node c)"
put cgroup "$PEERS/auto/foreign_access"
says "foreign_access cgroup: an unprivileged process may" "$free" all nobody svm_ask

agent granted a nobody
tell granted vm >"$TAP_TMP/null"
says "a placement is granted" ok tell granted place "${IDS[b]}"
put none "$PEERS/auto/foreign_access"
says "after a restriction, a new placement fails" EACCES tell granted ask "${IDS[b]}"
says "the granted range stays, and the CPU takes the pages" ok tell granted touch
says "a prefetch brings the granted range back" "ok ${IDS[b]} ok" \
	tell granted prefetch + tell granted where + tell granted check
put cgroup "$PEERS/auto/foreign_access"
dismiss granted

status=0
denying b rw 2>"$TAP_TMP/why" || status=$?
if [ "$status" = 77 ]; then
	skip "$(<"$TAP_TMP/why")" "device cgroups"
else
	denied_b="ok ok ok EACCES ENOLINK ENOENT ENOENT"
	is "a cgroup can deny the peer's render node" "$status" 0
	says "placement in the cgroup fails with EACCES" "$denied_b" all svm_ask -c "$CGROUP"
	is "... for an unprivileged process, too" "$(all in_cgroup setpriv --reuid 65534 \
		--regid 65534 --clear-groups svm_ask)" "$denied_b"
	says "placement outside of the cgroup succeeds" "$free" all svm_ask
	put none "$PEERS/auto/foreign_access"
	says "foreign_access none: CAP_SYS_ADMIN suffices in the cgroup, too" \
		"$free" all svm_ask -c "$CGROUP"
	put cgroup "$PEERS/auto/foreign_access"

	denying b r
	says "denying only reading suffices" "$denied_b" all svm_ask -c "$CGROUP"
	denying b w
	says "denying only writing suffices" "$denied_b" all svm_ask -c "$CGROUP"
	denying b m
	says "denying mknod does not matter" "$free" all svm_ask -c "$CGROUP"
	denying c rw
	says "EACCES comes before ENOLINK" "ok ok ok ok EACCES ENOENT ENOENT" \
		all svm_ask -c "$CGROUP"
	denying a rw
	says "denying the own render node, which is open already, does not matter" "$free" \
		all svm_ask -c "$CGROUP"
	rmdir "$CGROUP"
fi

clean_up
done_testing
