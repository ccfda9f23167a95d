# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Messages, the cache and its locks.

set -euo pipefail
shopt -s inherit_errexit

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${GPUSVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gpusvm-topology}
QUIET=${QUIET:-}
# Debian has chroot in /usr/sbin, which is not in an ordinary user's PATH.
PATH=$PATH:/usr/sbin:/sbin
JOBS=$(nproc)

say() {
	if [ -z "$QUIET" ]; then
		printf 'vm: %s\n' "$*" >&2
	fi
}

die() {
	printf 'vm: error: %s\n' "$*" >&2
	exit 125
}

# A key short enough for a file name, of standard input.
key() {
	sha256sum | cut -c1-16
}

# git_alone ARGS...: git as if this user and this machine had configured nothing, also in a
# checkout of somebody else.
git_alone() {
	GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null git -c safe.directory='*' "$@"
}

# Names and contents of all files below the given paths of a directory.
tree_list() {
	local dir=$1
	shift
	(
		cd "$dir"
		find "$@" -type f ! -name '.*' -print0 2>/dev/null |
			LC_ALL=C sort -z | xargs -0r sha256sum
		find "$@" -type f -perm -u+x -printf 'x %p\n' 2>/dev/null |
			LC_ALL=C sort
	)
}

# locked NAME COMMAND...: one at a time, over all checkouts and users of the
# cache. What the command started holds the lock, too, should it live longer.
locked() {
	local name=$1
	shift
	mkdir -p "$CACHE/lock"
	(
		exec {lock}>"$CACHE/lock/$name"
		if ! flock -n "$lock"; then
			say "waiting for another run to finish with $name"
			flock "$lock"
		fi
		"$@"
	)
}

# product PATH FUNCTION ARGS...: FUNCTION ARGS... TEMPORARY makes it; only a
# whole one is ever seen under PATH. PATH carries the key of what it is made of.
product() {
	if [ ! -e "$1" ]; then
		locked "$(basename "$1")" make_product "$@"
	fi
}

make_product() {
	local path=$1
	shift
	if [ -e "$path" ]; then
		return
	fi
	mkdir -p "$(dirname "$path")"
	remove "$path.tmp"
	"$@" "$path.tmp"
	mv -T "$path.tmp" "$path"
}

# prune KEEP USED PRODUCT...: drops all but the KEEP that were used last, of which
# USED is the latest. A VM holds a shared lock on each directory that it shows to
# its guest: those stay.
prune() {
	local keep=$1 old
	touch "$2"
	shift 2
	# The names are ours: no spaces, one a line.
	# shellcheck disable=SC2012
	ls -dt "$@" 2>/dev/null | tail -n "+$((keep + 1))" |
		while read -r old; do
			if flock -n "$old" true; then
				remove "$old"
			fi
		done
}

# logged NAME COMMAND...: its output goes to a log of that name, whose end is
# shown when it fails.
logged() {
	local log=$CACHE/log/$1
	shift
	mkdir -p "$CACHE/log"
	if ! "$@" >"$log" 2>&1 </dev/null; then
		tail -n 40 "$log" >&2
		die "failed: $* (log: $log)"
	fi
}
