#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: only
#
# Containers that podman makes from "gpusvm-topology export cdi": they have the render nodes of
# a GPU or of a group, read the topology, and may place on the GPUs whose nodes they have.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

KIND=gpusvm-topology/gpu
MAJOR=226

# A root without a file of its own: programs and libraries are those of this machine.
make_root() {
	mkdir -p "$ROOT/opt/gpusvm" "$ROOT/usr" "$ROOT/proc" "$ROOT/sys" "$ROOT/dev" "$ROOT/tmp"
	ln -s usr/bin usr/lib usr/lib64 "$ROOT"
}

# in_container OPTION... -- COMMAND...: runs COMMAND in a container with these options.
in_container() {
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	podman --root "$TAP_TMP/storage" --runroot "$TAP_TMP/run" --cgroup-manager cgroupfs \
		run --rm --network none --log-driver none \
		--volume /usr:/usr:ro --volume /opt/gpusvm:/opt/gpusvm:ro \
		--env PATH=/opt/gpusvm/bin:/usr/bin --env LD_LIBRARY_PATH=/opt/gpusvm/lib \
		"${options[@]}" --rootfs "$ROOT" "$@"
}

# render NAME: the render node of a GPU.
render() {
	basename "$(readlink -f "$INITIATORS/${UIDS[$1]}/render")"
}

# place GPU WHERE OPTION...: a container with these options computes on GPU with a file that it
# places. Prints the checksum, and where the pages were then.
file=/usr/bin/bash
place() {
	local gpu=$1 where=$2
	shift 2
	in_container "$@" -- gpusvm-crc32 --gpu "${UIDS[$gpu]}" --pagemap "$where" "$file" \
		>"$TAP_TMP/out" 2>"$TAP_TMP/err" || echo "exit $?"
	sed -n 's/^crc32 *\([0-9]*\) .*/\1/p; s/^pages *//p' "$TAP_TMP/out" | head -n 2
}

# placed ID: what place prints if all pages are on this pagemap.
placed() {
	local size pages
	size=$(stat -c %s "$file")
	pages=$(((size + $(getconf PAGESIZE) - 1) / $(getconf PAGESIZE)))
	printf '%s on pagemap %s\n' "$pages" "$1"
	python3 -c 'import sys, zlib; print(zlib.crc32(open(sys.argv[1], "rb").read()))' "$file"
}

modprobe vgpusvm
gpu a
gpu b
gpu c
links a b
enable a b c
mkdir -p /run/cdi
gpusvm-topology export cdi >/run/cdi/gpusvm.json
ROOT=$TAP_TMP/root
make_root
one=(--device "$KIND=${UIDS[a]}")
group=(--device "$KIND=group-auto-${UIDS[a]}")

is "a container has the render node of its GPU" "$(in_container "${one[@]}" -- ls /dev/dri)" \
	"$(render a)"
is "a container has the render nodes of a group" "$(in_container "${group[@]}" -- ls /dev/dri)" \
	"$(render a)
$(render b)"
for command in "list links -J" "list groups -J" "matrix"; do
	# shellcheck disable=SC2086 # words
	is "... and reads the topology: $command" \
		"$(in_container "${group[@]}" -- gpusvm-topology $command)" \
		"$(gpusvm-topology $command)"
done
is "... and which GPUs it may use" \
	"$(in_container "${group[@]}" -- gpusvm-topology list initiators -rn -o UID,RIGHTS)" \
	"${UIDS[a]} ok
${UIDS[b]} ok
${UIDS[c]} no-node"
nok "a container without a GPU has no render node" in_container -- test -e /dev/dri

is "a container places on the own GPU" "$(place a "${IDS[a]}" "${one[@]}")" \
	"$(placed "${IDS[a]}")"
is "... and on another one whose node it has" "$(place a "${IDS[b]}" "${group[@]}")" \
	"$(placed "${IDS[b]}")"
is "... not on one whose node it lacks" "$(place a "${IDS[b]}" "${one[@]}")" "exit 3"
like "... with the reason" "$(<"$TAP_TMP/err")" "pagemap ${IDS[b]}: EACCES"

# The device cgroup of a container has the devices that it may use, with or without nodes.
put cgroup "$PEERS/auto/foreign_access"
is "foreign_access=cgroup: a container places where its cgroup allows it, without the node" \
	"$(place a "${IDS[b]}" "${one[@]}" \
		--device-cgroup-rule "c $MAJOR:$(($(render b | tr -d a-zA-Z))) rw")" \
	"$(placed "${IDS[b]}")"
is "... not elsewhere" "$(place a "${IDS[b]}" "${one[@]}")" "exit 3"
put none "$PEERS/auto/foreign_access"
is "foreign_access=none: a container places nowhere else" \
	"$(place a "${IDS[b]}" "${group[@]}")" "exit 3"

rm /run/cdi/gpusvm.json
clean_up
done_testing
