# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The comments at the head of a VM test, which tests/vm/lib.sh explains.

# header TEST KEY DEFAULT: a value from them.
header() {
	local value
	value=$(sed -n "/^[^#]/q; s/^# $2: *//p" "$1")
	echo "${value:-$3}"
}
