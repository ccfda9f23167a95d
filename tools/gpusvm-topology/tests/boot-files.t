#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the boot needs and what one reads, as installed, in the eyes of the programs
# that use it.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

source=$(dirname "$GPUSVM_TESTS")

# judged WHAT COMMAND...: it succeeds, and says nothing.
judged() {
	local what=$1
	shift
	if ! command -v "$1" >/dev/null; then
		skip "boot-files: $what" "no $1"
		return
	fi
	"$@" >out 2>err
	check "boot-files: $what" eval "[ $? = 0 ] && [ ! -s out ] && [ ! -s err ]"
}

make -s -C "$source" DESTDIR="$PWD/root" prefix=/usr install-system >make.log 2>&1
check "boot-files: make install-system" test $? -eq 0
check "boot-files: a directory for the groups" test -d root/etc/gpusvm/groups.d

# systemd looks for the program and for the units that this one names.
unit=root/usr/lib/systemd/system/gpusvm-peer-groups.service
check "boot-files: the unit runs the tool where it is installed" \
	test "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")" = /usr/bin/gpusvm-topology
sed "s,/usr/bin/,$GPUSVM_BUILD/," "$unit" >gpusvm-peer-groups.service
judged "the unit" systemd-analyze verify --man=no --recursive-errors=one \
	./gpusvm-peer-groups.service

rules=root/usr/lib/udev/rules.d/70-gpusvm-topology.rules
if udevadm verify --help >/dev/null 2>&1; then
	judged "the rules" udevadm verify --no-summary "$rules"
else
	skip "boot-files: the rules" "no udevadm verify"
fi
for page in root/usr/share/man/man*/*; do
	judged "${page##*/}" mandoc -T lint -W warning "$page"
done

[ "$failures" -eq 0 ]
