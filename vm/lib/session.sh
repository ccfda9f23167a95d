# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# One run of a VM: what the guest is told, and what comes back.

# The files of this checkout that the guest gets.
SHOWN=(Documentation Kbuild README.md bench demo drivers examples include tests tools vm)

# make_share COMMAND...: the directory that tells the guest what to do, and a
# copy of the checkout that later edits don't reach.
make_share() {
	local share=$RUN/share
	sync_sources "$share/src" "${SHOWN[@]}"
	if [ -n "$MODULES" ]; then
		cp -r "$MODULES" "$share/modules"
	fi
	{
		echo '#!/bin/bash'
		if [ $# -gt 0 ]; then
			echo "exec ${*@Q}"
		else
			echo "exec bash -i"
		fi
	} >"$share/command"
	chmod +x "$share/command"
	if [ -n "$STDIN" ]; then
		cat >"$share/stdin"
	else
		: >"$share/stdin"
	fi
	guest_settings "$#" >"$share/settings"
}

guest_settings() {
	local rows=24 cols=80
	echo "KERNEL=$KERNEL SYSTEMD=${SYSTEMD@Q} MACHINE=${MACHINE@Q}"
	if [ -n "${PARAMS+set}" ]; then
		echo "PARAMS=${PARAMS@Q}"
	fi
	if [ "$1" = 0 ]; then
		read -r rows cols < <(stty size 2>/dev/null || echo 24 80)
		echo "TTY=yes TERMINAL=${TERM:-dumb} ROWS=$rows COLS=$cols"
	else
		echo "TTY="
	fi
}

# Standard output and error are pipes with a reader each, so that they are
# passed on as they come, wherever they go. Holding both ends open keeps the
# readers from waiting for a qemu that does not come to open them.
boot_command() {
	local readers status=0
	rm -f "$RUN/out" "$RUN/err"
	mkfifo "$RUN/out" "$RUN/err"
	: >"$RUN/control"
	: >"$RUN/console"
	exec 5<>"$RUN/out" 6<>"$RUN/err"
	cat "$RUN/out" 5<&- 6<&- &
	readers=$!
	cat "$RUN/err" 5<&- 6<&- >&2 &
	readers="$readers $!"
	(boot "$@" </dev/null >"$RUN/qemu" 2>&1 5<&- 6<&-) || status=$?
	exec 5<&- 6<&-
	# shellcheck disable=SC2086
	wait $readers || true
	return "$status"
}

# run_command [ARGUMENT...]: further ones for qemu, as for run_shell(). Emulated
# processors sometimes trip over code that is patched at boot, or get interrupts
# that early: what did not come up without a complaint is tried once more.
run_command() {
	local status=0
	boot_command "$@" || status=$?
	if ! grep -q '^begin' "$RUN/control"; then
		say "the VM did not boot; trying once more"
		status=0
		boot_command "$@" || status=$?
	fi
	verdict "$status"
}

run_shell() {
	local status=0
	: >"$RUN/control"
	(boot -chardev stdio,id=tty,signal=off -device virtconsole,chardev=tty \
		"$@") || status=$?
	verdict "$status"
}
