# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Reads the comments at the head of a VM test. tests/vm/lib.sh explains them.

# Values for tests without such a comment.
declare -A HEADER_DEFAULTS=([timeout]=600 [vgpusvm]=none)

# header TEST KEY: print the value.
header() {
	local value
	value=$(sed -n "/^[^#]/q; s/^# $2: *//p" "$1")
	echo "${value:-${HEADER_DEFAULTS[$2]}}"
}

# name_of TEST: that of its points, also if it is a command of a script and what it runs.
name_of() {
	case $1 in
	*' '*) echo "${1##* }" ;;
	*) basename "$1" .sh ;;
	esac
}
