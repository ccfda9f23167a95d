#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# vgpusvm: none
# stock: only
#
# The fuzzer shortens programs that failed. Here, a harmless message of the kernel is the
# failure: that there is one more GPU. A process of the fuzzer stands in for each VM that
# tests/lib/fuzz-shorten would boot.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

new_gpu='Initialized vgpusvm .* for vgpusvm\.[3-9]'
gpu=/sys/kernel/config/vgpusvm/g1_0
trials=$TAP_TMP/trials
boots=0

remove_gpu() {
	if [ -e "$gpu" ]; then
		echo 0 >"$gpu/enabled"
		rmdir "$gpu"
	fi
}

lives() {
	wait "$1" || true
}

# dies PID: end the process, as a kernel that does not survive the message.
dies() {
	local watcher
	exec 3< <(exec dmesg --follow-new)
	watcher=$!
	(grep -q -m 1 "$new_gpu" <&3 && kill -9 "$1") &
	wait "$1" 2>/dev/null || true
	kill "$watcher"
	exec 3<&-
}

# run_trials SPLATS lives|dies: run the trials of the history in $trials.
run_trials() {
	boots=0
	while [ "$boots" -lt 12 ] && ! grep -qx '# done' "$trials"; do
		boots=$((boots + 1))
		: >"$TAP_TMP/new"
		SPLATS=$1 gpusvm-fuzz --shorten --log "$TAP_TMP/new" <"$trials" \
			>"$TAP_TMP/fuzz" 2>&1 &
		"$2" $!
		cat "$TAP_TMP/new" >>"$trials"
		remove_gpu
	done
}

history() {
	cat <<-'END'
		# batch 1: gpus=3 vram=8M topology=full
		# worker 0, after 4 calls and 1 s
		open
		vm_create
		query_caps 0 0x28 0 m14+0x20000

		# worker 1, after 7 calls and 1 s
		open
		query_caps 0 0x28 0 m14+0x20000
		& mkdir kernel/config/vgpusvm/@
		query_caps 0 0x28 0 m14+0x20000
		& query_stats 0 0 0 m14+0x20000 0xb0
		& write kernel/config/vgpusvm/@/enabled 0 0 0 "1\n"
		query_caps 0 0x28 0 m14+0x20000

		# worker 0, after 13 calls and 1 s
		open 0 1
		query_caps 0 0x28 0 m14+0x20000

	END
}

shortest() {
	cat <<-'END'
		# batch 0: gpus=3 vram=8M topology=full
		# worker 1
		mkdir kernel/config/vgpusvm/@
		write kernel/config/vgpusvm/@/enabled 0 0 0 "1\n"

	END
}

shortened() {
	gpusvm-fuzz --shortened <"$trials" | sed 1d
}

history >"$trials"
run_trials "$new_gpu" dies
ok "trials end after a few VMs whose kernels died" grep -qx '# done' "$trials"
says "the calls that the failure needs are left, in one lane" "$(shortest)" shortened
ok "each failure needed another VM" test "$boots" -gt 1

history >"$trials"
run_trials "$new_gpu" lives
says "the same calls are left if the kernel survives" "$(shortest)" shortened
is "one VM is enough then" "$boots" 1

# At rest, a program looks for objects that are left, and the VM survives.
cat >"$TAP_TMP/leaks" <<END
#!/bin/bash
dmesg | grep -c '$new_gpu' >$TAP_TMP/now
if ! cmp -s $TAP_TMP/now $TAP_TMP/before; then
	echo "<6>pretended leak" >/dev/kmsg
	cp $TAP_TMP/now $TAP_TMP/before
fi
END
chmod +x "$TAP_TMP/leaks"
dmesg | grep -c "$new_gpu" >"$TAP_TMP/before"
{
	history
	echo "# rest"
} >"$trials"
LEAKS=$TAP_TMP/leaks run_trials 'pretended leak' lives
says "the calls that leave a leak are left" "$(shortest)" shortened
is "one VM is enough for leaks" "$boots" 1

{
	history
	echo "# trial 0"
	echo "# survives"
	echo "# trial 1"
	echo "# given up"
} >"$trials"
nok "a trial without an end is no failure" gpusvm-fuzz --shortened <"$trials"

done_testing
