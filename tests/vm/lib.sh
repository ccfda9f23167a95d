# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# TAP for the tests that run in the VM. A test sources this file, prints its points, and
# ends with done_testing.
#
# Comments at the head of a test are options for the runner:
#   # stock: yes            run it on Debian's own kernel as well
#   # stock: only           run it only there; for tests with many processes
#   # vgpusvm: PARAMETERS   load vgpusvm with these parameters first
#   # packages: yes         the VM gets the Debian packages; it is run by name only
#   # packages: xe          ... and what installing gpusvm-xe-dkms changes
#   # systemd: yes          alone in a VM that systemd boots when the test, called with
#                           "prepare", has made files; it is run by name only
#   # long: yes             it takes too long for make test; it is run by name only
#   # timeout: SECONDS      instead of 600
# Between tests, the runner unloads all modules, so a test must leave no users of them.

set -euo pipefail
export LC_ALL=C.UTF-8

# A new process takes long on emulated processors, even more so on a kernel that
# finds bugs. bash has these as loadable builtins.
for REPLY in basename dirname mkdir mkfifo rm rmdir sleep; do
	builtin enable -f "$REPLY" "$REPLY" 2>/dev/null || true
done

# shellcheck source=tests/lib/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/tap.sh"

# output COMMAND... [SEPARATOR COMMAND...]: sets OUTPUT to what these commands print, run
# one after the other in this shell. Separators are + for a blank, +: for a colon and a
# blank, and +, for a comma and a blank. "$(a) $(b)" is the same, in more processes.
output() {
	local words=() text='' word
	for word in "$@" +; do
		case $word in
		+ | +: | +,)
			"${words[@]}" >"$TAP_TMP/output" || true
			text+="$(<"$TAP_TMP/output")${word#+} "
			words=()
			;;
		*) words+=("$word") ;;
		esac
	done
	OUTPUT=${text% }
}

# says NAME WANTED COMMAND... [SEPARATOR COMMAND...]: the commands print WANTED, joined as by
# output().
says() {
	output "${@:3}"
	is "$1" "$OUTPUT" "$2"
}

# matches NAME REGEX COMMAND...: the output of the commands matches REGEX.
matches() {
	output "${@:3}"
	like "$1" "$OUTPUT" "$2"
}

# errno COMMAND...: the name of the error in its message, "ok" without an error.
errno() {
	if "$@" >/dev/null 2>"$TAP_TMP/errno"; then
		echo ok
		return
	fi
	case $(<"$TAP_TMP/errno") in
	*'Device or resource busy') echo EBUSY ;;
	*'Directory not empty') echo ENOTEMPTY ;;
	*'File exists') echo EEXIST ;;
	*'File name too long') echo ENAMETOOLONG ;;
	*'Invalid argument') echo EINVAL ;;
	*'Link has been severed') echo ENOLINK ;;
	*'No such device') echo ENODEV ;;
	*'No such file or directory') echo ENOENT ;;
	*'No space left on device') echo ENOSPC ;;
	*'Numerical result out of range') echo ERANGE ;;
	*'Operation not permitted') echo EPERM ;;
	*'Operation not supported') echo EOPNOTSUPP ;;
	*'Permission denied') echo EACCES ;;
	*'Read-only file system') echo EROFS ;;
	*) echo "$(<"$TAP_TMP/errno")" ;;
	esac
}

# put VALUE FILE: one write(2), as echo in a shell does it.
put() {
	printf '%s\n' "$1" >"$2"
}

# eventually SECONDS COMMAND...: COMMAND succeeds within that time.
eventually() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		if [ "$SECONDS" -ge "$end" ]; then
			return 1
		fi
		sleep 0.1
	done
}
