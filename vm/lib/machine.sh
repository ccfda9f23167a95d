# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A machine from its description (vm/machines/README.md): arguments for QEMU. The memory of a
# GPU is BAR 2 of an ivshmem-plain device, to which vm/guest/session binds vgpusvm.

# Device numbers on the root bus from here on; QEMU's own devices have lower ones.
MACHINE_SLOT=16

machine_fault() {
	die "$MACHINE: line $MACHINE_LINE: $1"
}

# object NAME KEY=VALUE...: sets the array OPTION. Only the keys of ALLOWED may be there.
machine_options() {
	local word key
	declare -gA OPTION=()
	for word; do
		key=${word%%=*}
		if [ "$key" = "$word" ] || [[ " $ALLOWED " != *" $key "* ]]; then
			machine_fault "$word: expected KEY=VALUE with one of: $ALLOWED"
		fi
		OPTION[$key]=${word#*=}
	done
}

# machine_option KEY DEFAULT REGEX: sets REPLY.
machine_option() {
	REPLY=${OPTION[$1]:-$2}
	if ! [[ $REPLY =~ ^($3)$ ]]; then
		machine_fault "$1=$REPLY: expected $3"
	fi
}

# Names of all objects, and what is known of each: its bus for QEMU, its place for the
# kernel's pci= parameters, and how many devices it has below it.
machine_new() {
	if ! [[ $1 =~ ^[a-z][a-z0-9-]*$ ]]; then
		machine_fault "'$1' is no name: expected [a-z][a-z0-9-]*"
	elif [ -n "${KIND[$1]:-}" ]; then
		machine_fault "$1 exists already"
	fi
	KIND[$1]=$2
}

# machine_parent NAME KINDS: sets PARENT.
machine_parent() {
	PARENT=${OPTION[on]:-}
	if [ -z "$PARENT" ] || [[ " $2 " != *" ${KIND[$PARENT]:-} "* ]]; then
		machine_fault "$1: expected on=NAME of an earlier ${2// / or }"
	fi
}

# acs PLACE on|off: redirect requests of peers to the root complex, or do not.
machine_acs() {
	case $2 in
	on) ACS+=("0011101@$1") ;;
	off) ACS+=("0000000@$1") ;;
	esac
}

machine_platform() {
	ALLOWED="p2p iommu"
	machine_options "$@"
	machine_option p2p off 'on|off'
	# Linux allows peer-to-peer requests between root ports on Zen and newer.
	if [ "$REPLY" = on ]; then
		CPU_MODEL=EPYC
	fi
	machine_option iommu off 'on|off'
	if [ "$REPLY" = on ]; then
		QEMU_MACHINE+=,kernel-irqchip=split
		ARGUMENTS+=(-device "intel-iommu,intremap=off")
		CMDLINE+=" intel_iommu=on"
	fi
}

# slot NUMBER NAME: sets REPLY to the device number of NAME on its bus.
machine_slot() {
	if [ "$1" -gt 31 ]; then
		machine_fault "$2: its bus has no free slot"
	fi
	REPLY=$(printf %02x "$1")
}

# A socket with processors, memory and a host bridge of its own.
machine_node() {
	local name=$1 number=${#NODES[@]}
	ALLOWED=
	machine_options "${@:2}"
	if [ "$number" = 3 ]; then
		machine_fault "$name: there are bus numbers for 3 nodes only"
	fi
	machine_new "$name" node
	NODES+=("$name")
	BUS[$name]=$name
	PLACE[$name]=$(printf '%02x' $((32 + 96 * number)))
	BELOW[$name]=0
	BRIDGES+=(-device "pxb-pcie,id=$name,bus=pcie.0,addr=$(printf 0x%x \
		$((MACHINE_SLOT + number))),bus_nr=0x${PLACE[$name]},numa_node=$number")
}

# port NAME BUS PLACE NUMBER ACS [PROPERTY]...: a port that can have ACS. QEMU's downstream
# ports have none, so its root port takes their place in a switch with ACS.
machine_port() {
	CHASSIS=$((CHASSIS + 1))
	ARGUMENTS+=(-device "pcie-root-port,id=$1,bus=$2,addr=0x$4,chassis=$CHASSIS${6:-}")
	machine_acs "$3" "$5"
}

machine_root_port() {
	local name=$1 bus=pcie.0 place=00 number=$MACHINE_SLOT speed width acs
	ALLOWED="on speed width acs"
	machine_options "${@:2}"
	machine_new "$name" root-port
	if [ -n "${OPTION[on]:-}" ]; then
		machine_parent "$name" node
		bus=$PARENT place=${PLACE[$PARENT]} number=${BELOW[$PARENT]}
		BELOW[$PARENT]=$((number + 1))
	else
		number=$((MACHINE_SLOT + 8 + ROOT_PORTS))
		ROOT_PORTS=$((ROOT_PORTS + 1))
	fi
	machine_option speed 16 '2_5|5|8|16|32|64'
	speed=$REPLY
	machine_option width 16 '1|2|4|8|16|32'
	width=$REPLY
	machine_option acs none 'on|off|none'
	acs=$REPLY
	machine_slot "$number" "$name"
	number=$REPLY
	BUS[$name]=$name
	PLACE[$name]=$place:$number.0
	BELOW[$name]=0
	machine_port "$name" "$bus" "${PLACE[$name]}" "$number" "$acs" \
		",x-speed=$speed,x-width=$width"
}

machine_switch() {
	local name=$1
	ALLOWED="on acs"
	machine_options "${@:2}"
	machine_new "$name" switch
	machine_parent "$name" "root-port switch"
	machine_option acs none 'on|off|none'
	SWITCH_ACS[$name]=$REPLY
	machine_below "$PARENT" "$name-up"
	BUS[$name]=$name
	PLACE[$name]=$NEXT_PLACE/00.0
	BELOW[$name]=0
	ARGUMENTS+=(-device "x3130-upstream,id=$name,bus=$NEXT_BUS")
}

# below PARENT NAME: sets NEXT_BUS and NEXT_PLACE for a device there. A switch gets one more
# downstream port for it.
machine_below() {
	local number
	NEXT_BUS=${BUS[$1]} NEXT_PLACE=${PLACE[$1]}
	number=${BELOW[$1]}
	BELOW[$1]=$((number + 1))
	if [ "${KIND[$1]}" = root-port ]; then
		if [ "$number" != 0 ]; then
			machine_fault "$1 has a device already"
		fi
		return
	fi
	machine_slot "$number" "${2%-up}"
	number=$REPLY
	NEXT_BUS=$2-port
	NEXT_PLACE+=/$number.0
	if [ "${SWITCH_ACS[$1]}" != none ]; then
		machine_port "$NEXT_BUS" "$1" "$NEXT_PLACE" "$number" "${SWITCH_ACS[$1]}"
		return
	fi
	CHASSIS=$((CHASSIS + 1))
	ARGUMENTS+=(-device "xio3130-downstream,id=$NEXT_BUS,bus=$1,addr=0x$number,chassis=$CHASSIS")
}

machine_gpu() {
	local name=$1 bar
	ALLOWED="on bar"
	machine_options "${@:2}"
	machine_new "$name" gpu
	machine_parent "$name" "root-port switch"
	machine_option bar 64M '(1|2|4|8|16|32|64|128|256|512)[MG]'
	bar=$REPLY
	machine_below "$PARENT" "$name"
	ARGUMENTS+=(-object "memory-backend-ram,id=$name-memory,size=$bar,share=on"
		-device "ivshmem-plain,id=$name,bus=$NEXT_BUS,memdev=$name-memory")
}

# Processors and memory are the same in all nodes.
machine_share() {
	local node share first number=${#NODES[@]}
	if [ "$number" = 0 ]; then
		return
	fi
	if [ "$CPUS" -lt "$number" ]; then
		CPUS=$number
	fi
	CPUS=$((CPUS / number * number))
	MEM=$((MEM / number * number))
	share=$((CPUS / number))
	for ((node = 0; node < number; node++)); do
		first=$((share * node))
		ARGUMENTS+=(-object "memory-backend-ram,id=node$node,size=$((MEM / number))M"
			-numa "node,nodeid=$node,memdev=node$node,cpus=$first-$((first + share - 1))")
	done
	CPUS+=,sockets=$number
}

# machine FILE: sets MACHINE_ARGUMENTS, and changes CPU_MODEL, QEMU_MACHINE, CPUS, MEM and
# CMDLINE.
machine() {
	local words NODES=() ACS=() ARGUMENTS=() BRIDGES=() ROOT_PORTS=0 CHASSIS=0
	local ALLOWED PARENT NEXT_BUS NEXT_PLACE MACHINE_LINE=0
	local -A KIND=() BUS=() PLACE=() BELOW=() SWITCH_ACS=()
	MACHINE=$1
	if [ ! -r "$MACHINE" ] || [ -d "$MACHINE" ]; then
		die "no machine: $MACHINE can't be read"
	fi
	while read -ra words || [ "${#words[@]}" != 0 ]; do
		MACHINE_LINE=$((MACHINE_LINE + 1))
		case ${words[0]:-#} in
		\#*) ;;
		platform) machine_platform "${words[@]:1}" ;;
		node) machine_node "${words[1]:-}" "${words[@]:2}" ;;
		root-port) machine_root_port "${words[1]:-}" "${words[@]:2}" ;;
		switch) machine_switch "${words[1]:-}" "${words[@]:2}" ;;
		gpu) machine_gpu "${words[1]:-}" "${words[@]:2}" ;;
		*) machine_fault "'${words[0]}': expected platform, node, root-port, switch or gpu" ;;
		esac
	done <"$MACHINE"
	machine_share
	if [ "${#ACS[@]}" != 0 ]; then
		CMDLINE+=" pci=config_acs=$(IFS=';'; echo "${ACS[*]}")"
	fi
	MACHINE_ARGUMENTS=("${BRIDGES[@]}" "${ARGUMENTS[@]}")
}
