# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The comments at the head of a VM test, which tests/vm/lib.sh explains.

# What holds for a test that does not say.
declare -A HEADER_DEFAULTS=([timeout]=120 [seconds]=22 [vgpusvm]=none)

# header TEST KEY: a value from them.
header() {
	local value
	value=$(sed -n "/^[^#]/q; s/^# $2: *//p" "$1")
	echo "${value:-${HEADER_DEFAULTS[$2]}}"
}
