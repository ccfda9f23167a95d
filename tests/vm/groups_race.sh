#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# timeout: 300
#
# Concurrency: shells make, enable, disable and remove groups, others read, programs open
# and close VMs, GPUs come and go. Afterwards the groups are as before.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

SECONDS_EACH=8

# Each of these runs until it has to stop. Their commands may fail.

running() {
	[ -e "$TAP_TMP/running" ]
}

# One group of its own, and one that both shells want.
shell() {
	local mine=$PEERS/groups/shell$1 both=$PEERS/groups/both
	while running; do
		mkdir "$mine" "$mine/members/${UIDS[a]}" "$mine/members/${UIDS[$2]}"
		put 1 "$mine/enabled"
		mkdir "$both" "$both/members/${UIDS[c]}"
		put 1 "$both/enabled"
		rmdir "$both"/members/*/
		put 0 "$both/enabled"
		rmdir "$both"/members/*/
		rmdir "$both"
		put 0 "$mine/enabled"
		rmdir "$mine"/members/*/
		rmdir "$mine"
		echo x >>"$TAP_TMP/turns"
	done
}

switcher() {
	RANDOM=$seed
	local sets=("fixed" "shell1 fixed" "shell2" "both shell1" "") set
	while running; do
		for set in "${sets[@]}"; do
			put "$set" "$PEERS/enabled_groups"
		done
		put $((RANDOM % 2 * 200000)) "$PEERS/auto/min_bandwidth"
	done
}

comer_and_goer() {
	while running; do
		unbind d
		bind d
		disable e
		enable e
	done
}

user() {
	while running; do
		printf 'vm\nplace %s\nnovm\n' "${IDS[a]}" | svm_agent "${UIDS[$1]##*.}"
	done
}

reader() {
	while running; do
		cat "$GROUPS_DIR"/*/{users,pending,complete,pagemap_list}
		cat "$PEERS"/groups/*/{enabled,last_error} "$PEERS"/groups/*/members/*/*
		cat "$PAGEMAPS"/*/initiators/*/usable "$PEERS/enabled_groups"
		ls -lR "$GROUPS_DIR"/*/
	done
}

# The links between groups, initiators and pagemaps agree with each other.
consistent() {
	local dir link
	for dir in "$INITIATORS"/* "$PAGEMAPS"/pagemap*; do
		link=${dir##*/}
		if ! [ -e "$dir/group/initiators/$link" ] &&
			! [ -e "$dir/group/pagemaps/$link" ]; then
			echo "$link is not in $(readlink "$dir/group")"
			return 1
		fi
	done
	for link in "$GROUPS_DIR"/*/{initiators,pagemaps}/*; do
		if [ -L "$link" ] && ! [ "$link/group" -ef "${link%/*/*}" ]; then
			echo "$link leads to what is in another group"
			return 1
		fi
	done
	if [ $(($(<"$PAGEMAPS/topology/generation") % 2)) != 0 ]; then
		echo "the generation is odd"
		return 1
	fi
}

modprobe vgpusvm
for name in a b c d e; do
	gpu "$name"
done
links a b c d e
enable a b c d e
group fixed c d
before=$(partition)

seed=${SEED:-$RANDOM}
diag "seed $seed"
touch "$TAP_TMP/running"
for job in "shell 1 b" "shell 2 d" switcher comer_and_goer "user a" "user b" reader; do
	# Words.
	# shellcheck disable=SC2086
	(set +e; $job; true) >"$TAP_TMP/log" 2>&1 &
	jobs+=($!)
done
sleep "$SECONDS_EACH"
rm "$TAP_TMP/running"
ok "all jobs end" wait "${jobs[@]}"
ok "the shells changed groups" test -s "$TAP_TMP/turns"
diag "$(wc -l <"$TAP_TMP/turns") turns"

ok "sysfs is consistent" consistent
ok "the group has no users" becomes 10 0 group_shows a users
says "enabled_groups accepts a set" ok errno put fixed "$PEERS/enabled_groups"
ok "sysfs is consistent with the set" consistent
put 0 "$PEERS/auto/min_bandwidth"
for dir in "$PEERS"/groups/*/; do
	name=$(basename "$dir")
	says "$name can be removed" ok errno ungroup "$name"
done
ok "the groups are as before" becomes 10 "$before" partition
ok "sysfs is consistent at the end" consistent
agent last a
says "a GPU still serves a VM" "ok ok ok ok" tell last vm + tell last place "${IDS[e]}" + \
	tell last check + tell last touch

clean_up
done_testing
