# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For tests that make their own GPUs and groups. Sourced after lib.sh.

GPUS=/sys/kernel/config/vgpusvm
PEERS=/sys/kernel/config/drm_pagemap
INITIATORS=/sys/class/drm_pagemap_initiator
PAGEMAPS=/sys/class/drm_pagemap
GROUPS_DIR=/sys/class/drm_pagemap_group

# Virtual GPUs. Each test names them a, b, c ... as numbers 0, 1, 2 ...

# By name: the uid of the initiator, and, once the GPU is enabled, the ID of its first pagemap.
declare -A UIDS IDS

# gpu NAME [FIELD=VALUE]...: makes a GPU, not enabled, with one region of 8 MiB
# unless regions=N says otherwise. Fields: index, serial, size, regions.
gpu() {
	local name=$1 field regions=1 size=8388608 i
	shift
	mkdir "$GPUS/$name"
	for field; do
		case $field in
		regions=*) regions=${field#*=} ;;
		size=*) size=${field#*=} ;;
		*) put "${field#*=}" "$GPUS/$name/${field%%=*}" ;;
		esac
	done
	for ((i = 0; i < regions; i++)); do
		mkdir "$GPUS/$name/regions/$i"
		put "$size" "$GPUS/$name/regions/$i/size"
	done
	read -r i <"$GPUS/$name/index"
	UIDS[$name]=platform-vgpusvm.$i
}

# link FROM TO [FIELD=VALUE]...: a path in this direction.
link() {
	local dir=$GPUS/$1/links/$2 field
	shift 2
	mkdir "$dir"
	for field; do
		put "${field#*=}" "$dir/${field%%=*}"
	done
}

# links NAME... -- [FIELD=VALUE]...: paths between each two, both ways.
links() {
	local names=() a b
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		names+=("$1")
		shift
	done
	if [ $# -gt 0 ]; then
		shift
	fi
	for a in "${names[@]}"; do
		for b in "${names[@]}"; do
			if [ "$a" != "$b" ]; then
				link "$a" "$b" "$@"
			fi
		done
	done
}

enable() {
	local name
	for name; do
		put 1 "$GPUS/$name/enabled"
		find_id "$name"
		IDS[$name]=$REPLY
	done
}

disable() {
	local name
	for name; do
		put 0 "$GPUS/$name/enabled"
	done
}

# The functions below are called hundreds of times, and a new process takes long on emulated
# processors. So they start none where possible.

# find_id NAME [I]: sets REPLY to the ID of one of its regions.
find_id() {
	local dir wanted=${UIDS[$1]}-vram${2:-0} uid
	REPLY=
	for dir in "$PAGEMAPS"/pagemap*; do
		if [ -e "$dir/uid" ] && read -r uid <"$dir/uid" && [ "$uid" = "$wanted" ]; then
			REPLY=${dir##*/pagemap}
		fi
	done
}

unbind() {
	put "$(<"$GPUS/$1/device")" /sys/bus/platform/drivers/vgpusvm/unbind
}

bind() {
	put "$(<"$GPUS/$1/device")" /sys/bus/platform/drivers/vgpusvm/bind
}

# Groups

# group NAME GPU...: makes a group with these members. It is not enabled.
group() {
	local name=$1 gpu
	shift
	mkdir "$PEERS/groups/$name"
	for gpu; do
		mkdir "$PEERS/groups/$name/members/${UIDS[$gpu]}"
	done
}

ungroup() {
	local name
	for name; do
		if [ "$(<"$PEERS/groups/$name/enabled")" = 1 ]; then
			put 0 "$PEERS/groups/$name/enabled"
		fi
		rmdir "$PEERS/groups/$name"/members/*/ 2>/dev/null || true
		rmdir "$PEERS/groups/$name"
	done
}

# show FILE...: the lines of these files, with a colon and a blank between them.
show() {
	local file text=
	for file; do
		REPLY=
		read -r REPLY <"$file" || true
		text+=": $REPLY"
	done
	echo "${text#: }"
}

# values FILE...: the values of these files in one line, "absent" for a file that does not
# exist, and "unknown" for one that can't be read.
values() {
	local file text=
	for file; do
		REPLY=absent
		if [ -e "$file" ]; then
			REPLY=unknown
			read -r REPLY <"$file" 2>/dev/null || true
		fi
		text+=" $REPLY"
	done
	echo "${text# }"
}

# switch GROUP 0|1: enables or disables a group, and prints the errno and last_error.
switch() {
	errno put "$2" "$PEERS/groups/$1/enabled" >"$TAP_TMP/switch"
	show "$TAP_TMP/switch" "$PEERS/groups/$1/last_error"
}

# of GROUP FILE: the value of a file of the group in sysfs.
of() {
	show "$GROUPS_DIR/$1/$2"
}

# partition: all groups with their initiators by number, as in
# "auto0=0,1 left=2", where auto0 is auto-platform-vgpusvm.0.
partition() {
	local dir entry name uids out=
	for dir in "$GROUPS_DIR"/*/; do
		if [ ! -d "$dir" ]; then
			break
		fi
		uids=
		for entry in "$dir"/initiators/*; do
			if [ -L "$entry" ]; then
				uids+=,${entry##*.}
			fi
		done
		name=${dir%/}
		name=${name##*/}
		out+=" ${name/#auto-platform-vgpusvm./auto}=${uids#,}"
	done
	echo "${out# }"
}

# becomes SECONDS WANTED COMMAND...: COMMAND prints WANTED within that time.
prints() {
	output "${@:2}"
	[ "$OUTPUT" = "$1" ]
}

becomes() {
	local seconds=$1 wanted=$2
	shift 2
	if ! eventually "$seconds" prints "$wanted" "$@"; then
		echo "printed: $OUTPUT"
		echo "wanted:  $wanted"
		return 1
	fi
}

# Agents: processes that use a GPU on command, see svm_agent.c.

declare -A AGENT_IN AGENT_OUT AGENT_PID

# In a child: open ends of other agents' pipes would keep these agents running.
agent_close_others() {
	local fd
	for fd in "${AGENT_IN[@]}" "${AGENT_OUT[@]}"; do
		exec {fd}>&-
	done
}

# agent NAME GPU [COMMAND...]: starts an agent, by COMMAND if given. GPU is the name of the
# GPU, or its number if a module parameter made it.
agent() {
	local name=$1 gpu=$2 in out
	shift 2
	if [ -e "$GPUS/$gpu" ]; then
		read -r gpu <"$GPUS/$gpu/index"
	fi
	mkfifo "$TAP_TMP/agent.in" "$TAP_TMP/agent.out"
	{
		agent_close_others
		"$@" svm_agent "$gpu"
	} <"$TAP_TMP/agent.in" >"$TAP_TMP/agent.out" &
	AGENT_PID[$name]=$!
	exec {in}>"$TAP_TMP/agent.in" {out}<"$TAP_TMP/agent.out"
	AGENT_IN[$name]=$in
	AGENT_OUT[$name]=$out
	rm "$TAP_TMP/agent.in" "$TAP_TMP/agent.out"
	agent_answer "$name" >/dev/null
}

# Read the answer of an agent, and skip lines that only explain.
agent_answer() {
	local line
	while IFS= read -r -t 60 -u "${AGENT_OUT[$1]}" line; do
		if [[ $line != '#'* ]]; then
			echo "$line"
			return
		fi
		diag "$1: $line" >&2
	done
	echo "no answer"
}

# tell NAME WORD...: sends a command to an agent, and prints its answer.
tell() {
	local name=$1
	shift
	echo "$*" >&"${AGENT_IN[$name]}"
	agent_answer "$name"
}

# dismiss NAME...
dismiss() {
	local name in out
	for name; do
		in=${AGENT_IN[$name]} out=${AGENT_OUT[$name]}
		exec {in}>&- {out}<&-
		wait "${AGENT_PID[$name]}" || true
		unset "AGENT_IN[$name]" "AGENT_OUT[$name]" "AGENT_PID[$name]"
	done
}

# Removes all groups and GPUs, so that the modules can be unloaded.
clean_up() {
	local dir
	dismiss "${!AGENT_PID[@]}"
	put "" "$PEERS/enabled_groups"
	for dir in "$PEERS"/groups/*/; do
		if [ -d "$dir" ]; then
			dir=${dir%/}
			ungroup "${dir##*/}"
		fi
	done
	put 0 "$PEERS/auto/min_bandwidth"
	put open "$PEERS/auto/foreign_access"
	for dir in "$GPUS"/*/; do
		if [ -d "$dir" ]; then
			put 0 "$dir/enabled"
			rmdir "$dir"/regions/*/ "$dir"/links/*/ 2>/dev/null || true
			rmdir "$dir"
		fi
	done
}

# Also if a test fails and exits early.
give_up() {
	set +e
	clean_up >/dev/null 2>&1
	rm -rf "$TAP_TMP"
}
trap give_up EXIT
trap 'exit 124' TERM
