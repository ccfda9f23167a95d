# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# How a run ended: the command's own status, unless the kernel complained.

# shellcheck source=vm/splats.sh
. "$TOP/vm/splats.sh"

STATUS_KERNEL=123
STATUS_TIMEOUT=124
STATUS_VM=125

# complain WHAT [LINE]: the kernel log from shortly before that line, and its end.
complain() {
	local kept
	kept=$CACHE/log/console-${RUN##*/}
	mkdir -p "$CACHE/log"
	cp "$RUN/console" "$kept"
	prune 20 "$kept" "$CACHE"/log/console-*
	printf 'vm: error: %s\nvm: the kernel log: %s\n' "$1" "$kept" >&2
	if [ -n "${2:-}" ]; then
		sed -n "$(($2 > 5 ? $2 - 5 : 1)),$(($2 + 44))p" "$RUN/console" >&2
		printf 'vm: the end of the log:\n' >&2
	fi
	tail -n 20 "$RUN/console" >&2
}

# verdict STATUS: that of timeout(1) with qemu. Exits with the run's.
verdict() {
	local status splat
	if [ -n "$LOG" ]; then
		cp "$RUN/console" "$LOG"
	fi
	status=$(sed -n 's/^exit //p' "$RUN/control")
	splat=$(without_foreign_races <"$RUN/console" | grep -nE -m 1 "$SPLATS" || true)
	if [ -n "$splat" ]; then
		complain "the kernel complained: ${splat#*:}" "${splat%%:*}"
		exit "$STATUS_KERNEL"
	elif [ -n "$status" ]; then
		exit "$status"
	elif [ "$1" = 124 ] || [ "$1" = 137 ]; then
		complain "no end after $TIMEOUT seconds"
		exit "$STATUS_TIMEOUT"
	fi
	cat "$RUN/qemu" >&2 2>/dev/null || true
	complain "the VM ended without the command's status"
	exit "$STATUS_VM"
}
