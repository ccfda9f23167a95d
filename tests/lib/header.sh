# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Reads the comments at the head of a VM test. tests/vm/lib.sh explains them.

# Values for tests without such a comment.
declare -A HEADER_DEFAULTS=([timeout]=120 [seconds]=22 [vgpusvm]=none)

# header TEST KEY: print the value.
header() {
	local value
	value=$(sed -n "/^[^#]/q; s/^# $2: *//p" "$1")
	echo "${value:-${HEADER_DEFAULTS[$2]}}"
}
