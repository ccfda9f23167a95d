# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# How a run ended: the command's own status, unless the kernel complained.

# shellcheck source=vm/splats.sh
. "$TOP/vm/splats.sh"

STATUS_KERNEL=123
STATUS_TIMEOUT=124
STATUS_VM=125

complain() {
	local kept=$CACHE/log/console
	mkdir -p "$CACHE/log"
	cp "$RUN/console" "$kept"
	printf 'vm: error: %s; the end of the kernel log (%s):\n' "$1" "$kept" >&2
	tail -n "${2:-40}" "$RUN/console" >&2
}

verdict() {
	local status
	touch "$RUN/console"
	if [ -n "$LOG" ]; then
		cp "$RUN/console" "$LOG"
	fi
	status=$(sed -n 's/^exit //p' "$RUN/control")
	if grep -qE "$SPLATS" "$RUN/console"; then
		complain "$(grep -m 1 -E "$SPLATS" "$RUN/console")" 60
		exit "$STATUS_KERNEL"
	fi
	if [ -z "$status" ]; then
		if [ "$SECONDS" -ge "$TIMEOUT" ]; then
			complain "no end after $TIMEOUT seconds"
			exit "$STATUS_TIMEOUT"
		fi
		cat "$RUN/qemu" >&2 2>/dev/null || true
		complain "the VM ended without the command's status"
		exit "$STATUS_VM"
	fi
	exit "$status"
}
