# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
# Common functions of the demo's scripts. They print a command as one would type it, run
# exactly this command, and check its result.

set -euo pipefail
shopt -s inherit_errexit

CLASS=/sys/class/drm_pagemap
LINKS=/sys/class/drm_pagemap_link
GROUPS_CLASS=/sys/class/drm_pagemap_group
PEER_GROUPS=/sys/kernel/config/drm_pagemap
DRIVER=/sys/bus/platform/drivers/vgpusvm

# The output of the last command.
OUTPUT=$(mktemp)
trap 'rm -f "$OUTPUT"' EXIT

headline() {
	printf '\n== %s\n' "$*"
}

say() {
	printf '\n%s\n' "$*"
}

die() {
	printf 'demo: failed: %s\n' "$*" >&2
	exit 1
}

enter() {
	printf '$ cd %s\n' "$1"
	cd "$1" || die "expected the directory $1"
}

try() {
	local status=0
	printf '$ %s\n' "$1"
	bash -c "$1" >"$OUTPUT" 2>&1 || status=$?
	cat "$OUTPUT"
	return "$status"
}

# run COMMAND: the command must succeed.
run() {
	try "$1" || die "expected this to succeed: $1"
}

# refused COMMAND: the command must fail.
refused() {
	! try "$1" || die "expected this to be refused: $1"
}

# expect REGEX MEANING: a line of the output of the last command matches.
expect() {
	grep -qE -- "$1" "$OUTPUT" ||
		die "expected $2, as \"$1\" in the output of the last command"
}

# value FILE: the only line of a file of sysfs or configfs.
value() {
	local text
	read -r text <"$1" || true
	printf '%s\n' "$text"
}

# eventually MEANING COMMAND...: the command must succeed within a minute.
eventually() {
	local meaning=$1
	shift
	for _ in {1..600}; do
		if "$@"; then
			return
		fi
		sleep 0.1
	done
	die "expected that $meaning"
}

# id_of UID: the ID of a pagemap.
id_of() {
	local file
	for file in "$CLASS"/pagemap*/uid; do
		if [ "$(value "$file")" = "$1" ]; then
			value "${file%/uid}/id"
			return
		fi
	done
	die "expected a pagemap with the uid $1"
}

# Existing peer groups would be in the way, and the demo would remove them at the end.
expect_no_groups() {
	local groups=("$PEER_GROUPS"/groups/*)
	[ ! -e "${groups[0]}" ] || die "peer groups exist already, remove them: ${groups[*]##*/}"
}
