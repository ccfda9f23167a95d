#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# GPUs that are visible, but not usable.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

make_tree gpus=3
run_tree list initiators -rn -o RIGHTS
check "rights: unknown without /dev" prints - - -

mkdir -p tree/dev/dri
touch tree/dev/dri/renderD128 tree/dev/dri/renderD129
chmod 666 tree/dev/dri/renderD128
chmod 444 tree/dev/dri/renderD129
chmod 755 . tree

run_tree list initiators -rn -o UID,RIGHTS
check "rights: no node" grep -qx "platform-vgpusvm.2 no-node" out
check "rights: a missing node causes no warning" ended_with 0

# Root may read and write all files, whatever their modes are.
if [ "$(id -u)" -ne 0 ]; then
	as_other=()
else
	as_other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
if "${as_other[@]}" "$tool" --sysroot tree list -rn -o ID >/dev/null 2>&1; then
	"${as_other[@]}" "$tool" --sysroot tree list -rn -o ID,RIGHTS >out 2>err
	check "rights: of pagemaps" prints "1 ok" "2 denied" "3 no-node"
	"${as_other[@]}" "$tool" --sysroot tree list initiators -rn -o RIGHTS >out 2>err
	check "rights: of initiators" prints ok denied no-node
	"${as_other[@]}" "$tool" --sysroot tree list -J >out 2>err
	check_json "rights: in JSON"
	check "rights: in JSON, the same" test "$(json '[.pagemaps[].rights]')" = '["ok","denied","no-node"]'
else
	for what in "of pagemaps" "of initiators" "in JSON" "in JSON, the same"; do
		skip "rights: $what" "nobody cannot reach the tree"
	done
fi

finish_json
[ "$failures" -eq 0 ]
