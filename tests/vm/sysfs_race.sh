#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 600
#
# Processes read all files in sysfs and configfs while GPUs are unbound and bound again and
# groups change.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

TURNS=10
READERS=3

# ids: the IDs by uid, which are to be the same afterwards.
ids() {
	gpusvm-topology list -r -o UID,ID,GROUP
}

modprobe vgpusvm
gpu a regions=2
gpu b
gpu c regions=0
links a b
link c a
link c b
enable a b c
group left a
group right b c

before=$(ids)
flag=$TAP_TMP/running
touch "$flag"
for ((i = 0; i < READERS; i++)); do
	sysfs_read_all "$flag" "$PAGEMAPS" "$INITIATORS" "$LINKS" "$GROUPS_DIR" "$PEERS" "$GPUS" \
		>"$TAP_TMP/reader.$i" 2>&1 &
	readers[i]=$!
done

turn() {
	unbind a
	put "left right" "$PEERS/enabled_groups"
	bind a
	unbind b
	unbind c
	put "" "$PEERS/enabled_groups"
	bind c
	bind b
	disable a
	enable a
}

turns() {
	local i
	for ((i = 0; i < TURNS; i++)); do
		turn || return
	done
}
ok "GPUs are unbound and bound $TURNS times" turns

rm "$flag"
for ((i = 0; i < READERS; i++)); do
	ok "reader $i meets no error except that a file is gone" wait "${readers[i]}"
	sed 's/^/# /' "$TAP_TMP/reader.$i"
	like "reader $i has read, and some files were gone" "$(tail -n 1 "$TAP_TMP/reader.$i")" \
		'^[1-9][0-9]{2,} read, [1-9][0-9]* gone$'
done
is "the generation is even" $(($(<"$PAGEMAPS/topology/generation") % 2)) 0
says "all IDs are as before" "$before" ids

# A file that is open when its device goes
exec {size}<"$PAGEMAPS/pagemap${IDS[a]}/size" {users}<"$INITIATORS/${UIDS[a]}/group/users"
disable a b c
is "an open file of a removed pagemap fails with ENODEV" "$(errno cat <&"$size")" ENODEV
is "an open file of a removed group fails with ENODEV" "$(errno cat <&"$users")" ENODEV
exec {size}<&- {users}<&-

clean_up
done_testing
