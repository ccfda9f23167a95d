# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For tests of gpusvm-peer-groups. Sourced after gpus.sh.

SCRIPT=$PWD/tools/gpusvm-topology/scripts/gpusvm-peer-groups
FILES=$TAP_TMP/groups.d
mkdir "$FILES"

# file NAME UID...: describes a group.
file() {
	printf 'member = %s\n' "${*:2}" >"$FILES/$1.conf"
}

# peers COMMAND...: prints the exit status and the output, without the names of programs.
peers() {
	local status=0 line said=
	"$SCRIPT" --dir "$FILES" "$@" >"$TAP_TMP/said" 2>&1 || status=$?
	while read -r line; do
		said+=${line#gpusvm-topology}
	done <"$TAP_TMP/said"
	echo "$status:${said#:}"
}

# set_of_groups: prints the groups that are enabled, with all their members, as in
# "left=pci-1,pci-2 right=pci-3".
set_of_groups() {
	local name dir uids out=
	for name in $(<"$PEERS/enabled_groups"); do
		uids=
		for dir in "$PEERS/groups/$name/members"/*/; do
			dir=${dir%/}
			uids+=,${dir##*/}
		done
		out+=" $name=${uids#,}"
	done
	echo "${out# }"
}

# all_groups: prints all groups, also those that are not enabled.
all_groups() {
	find "$PEERS/groups" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | paste -sd' '
}

# everything: prints the state that a run must not change if it fails or has nothing to do.
everything() {
	find "$PEERS/groups" -type d -printf '%P %i\n' | sort
	set_of_groups
	show "$PAGEMAPS/topology/generation"
}

# halt_at PATH: starts gpusvm-peer-groups in the background (RUNNING). preload/halt.c stops it
# after it has made a directory whose path ends with PATH. resume lets it continue.
halt_at() {
	local dir=$TAP_TMP/halt
	rm -rf "$dir"
	mkdir "$dir"
	mkfifo "$dir/there" "$dir/go"
	HALT_AT=$1 HALT_DIR=$dir LD_PRELOAD=libhalt.so \
		"$SCRIPT" --dir "$FILES" start 2>"$TAP_TMP/said" &
	RUNNING=$!
	read -r <"$dir/there"
}

resume() {
	echo >"$TAP_TMP/halt/go"
}
