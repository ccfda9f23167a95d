#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
#
# What MADVISE and QUERY_PLACEMENT say to an ID, depending on who asks. svm_ask
# looks that both say the same, and that a failure changes nothing.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

CGROUP=/sys/fs/cgroup/gpusvm-test

render() {
	readlink -f "$INITIATORS/$(uid "$1")/render"
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
gpu a memories=2
gpu b
gpu c
gpu m memories=0
links a b
links a c -- refusal=host-bridge
link m a
link m b
enable a b c m

# In a VM of a: none, its own two, its peer's, another island's, nobody's ever.
ids="0 ${IDS[a]} $(id a 1) ${IDS[b]} ${IDS[c]} 4000000000 4294967295"

# all COMMAND...: the answers to all of them.
all() {
	# shellcheck disable=SC2086
	"$@" "$(number a)" $ids 2>&1 | tail -n 1
}

free="ok ok ok ok ENOLINK ENOENT ENOENT"
no_foreign="ok ok ok EACCES EACCES ENOENT ENOENT"
chmod 600 "$(node b)" "$(node c)"
chmod 666 "$(node a)"

is "root" "$(all svm_ask)" "$free"
is "an unprivileged process, though other render nodes are closed to it" \
	"$(all nobody svm_ask)" "$free"

# shellcheck disable=SC2086
is "a GPU without memory" "$(svm_ask "$(number m)" $ids)" "$free"

unbind b
is "while the peer is away" "$(all svm_ask)" "ok ok ok ENODEV ENOLINK ENOENT ENOENT"
unbind c
is "while all others are away" "$(all nobody svm_ask)" \
	"ok ok ok ENODEV ENODEV ENOENT ENOENT"
bind b
bind c
is "when they are back" "$(all svm_ask)" "$free"

put none "$PEERS/auto/foreign_access"
is "foreign_access none: with CAP_SYS_ADMIN" "$(all svm_ask)" "$free"
is "foreign_access none: root without it" "$(all without_admin svm_ask)" "$no_foreign"
is "foreign_access none: an unprivileged process" "$(all nobody svm_ask)" "$no_foreign"
unbind b
is "foreign_access none: gone comes before not allowed" "$(all nobody svm_ask)" \
	"ok ok ok ENODEV EACCES ENOENT ENOENT"
bind b
put cgroup "$PEERS/auto/foreign_access"
is "foreign_access cgroup again" "$(all nobody svm_ask)" "$free"

agent granted a nobody
tell granted vm >"$TAP_TMP/null"
is "a grant" "$(tell granted place "${IDS[b]}")" ok
put none "$PEERS/auto/foreign_access"
is "is no grant for later" "$(tell granted ask "${IDS[b]}")" EACCES
is "but stays with the range: the CPU takes the pages" "$(tell granted touch)" ok
is "and a prefetch brings them there again" \
	"$(tell granted prefetch) $(tell granted where) $(tell granted check)" "ok ${IDS[b]} ok"
put cgroup "$PEERS/auto/foreign_access"
dismiss granted

status=0
denying b rw 2>"$TAP_TMP/why" || status=$?
if [ "$status" = 77 ]; then
	skip "$(<"$TAP_TMP/why")" "device cgroups"
else
	denied_b="ok ok ok EACCES ENOLINK ENOENT ENOENT"
	is "a cgroup that denies the peer's render node" \
		"$status $(all svm_ask -c "$CGROUP")" "0 $denied_b"
	is "an unprivileged process in it" "$(all in_cgroup setpriv --reuid 65534 \
		--regid 65534 --clear-groups svm_ask)" "$denied_b"
	is "and who is not in it" "$(all svm_ask)" "$free"
	put none "$PEERS/auto/foreign_access"
	is "CAP_SYS_ADMIN does not help against it" "$(all svm_ask -c "$CGROUP")" "$denied_b"
	put cgroup "$PEERS/auto/foreign_access"

	denying b r
	is "one that denies only reading" "$(all svm_ask -c "$CGROUP")" "$denied_b"
	denying b w
	is "one that denies only writing" "$(all svm_ask -c "$CGROUP")" "$denied_b"
	denying b m
	is "one that denies making nodes" "$(all svm_ask -c "$CGROUP")" "$free"
	denying c rw
	is "not allowed comes before not linked" "$(all svm_ask -c "$CGROUP")" \
		"ok ok ok ok EACCES ENOENT ENOENT"
	denying a rw
	is "one that denies the own render node, opened before" \
		"$(all svm_ask -c "$CGROUP")" "$free"
	rmdir "$CGROUP"
fi

clean_up
done_testing
