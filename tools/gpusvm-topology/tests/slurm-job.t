#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A job of Slurm that asks for two GPUs gets two that are linked.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

for program in slurmd slurmctld salloc scontrol ip; do
	if ! command -v "$program" >/dev/null; then
		skip "slurm-job" "no $program"
		exit 0
	fi
done

export HWLOC_SYNTHETIC="core:8 pu:1" SLURM_CONF=$PWD/slurm/slurm.conf
daemons=()
trap 'kill "${daemons[@]}" 2>/dev/null' EXIT

# configure: makes a cluster of one node with the GPUs of the output. Their nodes must exist.
configure() {
	local node
	mkdir -p slurm/{dri,state,spool}
	while read -r node; do
		ln -s /dev/null "slurm/dri/$node"
	done < <(sed -n 's,.*File=/dev/dri/\([^ ]*\).*,\1,p' out)
	sed "s,File=/dev/,File=$PWD/slurm/," out >slurm/gres.conf
	echo CgroupPlugin=disabled >slurm/cgroup.conf
	cat >slurm/slurm.conf <<-CONF
		ClusterName=test
		SlurmctldHost=$(hostname)(127.0.0.1)
		SlurmUser=$(id -un)
		SlurmdUser=$(id -un)
		StateSaveLocation=$PWD/slurm/state
		SlurmdSpoolDir=$PWD/slurm/spool
		SlurmctldPidFile=$PWD/slurm/slurmctld.pid
		SlurmdPidFile=$PWD/slurm/slurmd.pid
		AuthType=auth/none
		CredType=cred/none
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_Core
		ReturnToService=2
		GresTypes=gpu
		$(slurmd -C | sed -n 's/^NodeName=[^ ]*/NodeName=test NodeHostname=localhost NodeAddr=127.0.0.1/p') Gres=gpu:4
		PartitionName=all Nodes=test Default=YES State=UP
	CONF
}

# start COMMAND...: runs a daemon until the test ends.
start() {
	"$@" >"$1.log" 2>&1 &
	daemons+=($!)
}

# becomes_idle: the node has registered with all GPUs of the lines.
becomes_idle() {
	local tries
	for tries in {1..300}; do
		[[ $(scontrol show node test 2>&1) = *State=IDLE[!*]* ]] && return
		kill -0 "${daemons[@]}" || break
		sleep 0.2
	done
	echo "# not idle after $tries tries"
	scontrol show node test | sed 's/^/# /'
	tail -n 20 slurmctld.log slurmd.log | sed 's/^/# /'
	return 1
}

# gets GPUS OPTION...: a job with these options gets the GPUs with these numbers.
gets() {
	local job
	salloc --no-shell -n1 "${@:2}" >out 2>err || return
	job=$(sed -n 's/.*Granted job allocation //p' err)
	scontrol -d show job "$job" | sed -n 's/.*GRES=gpu:.*(IDX:\(.*\)).*/\1/p' >gpus
	diff <(echo "$1") gpus
}

# Slurm asks for addresses of the machine, of which the loopback is none.
ip link set lo up
ip address add 192.0.2.1/32 dev lo
make_tree gpus=4 topology=pairs pci=1
for cpu in {0..7}; do
	echo "$cpu 0 $cpu"
done | put_cpus 0-7 "0 1 2 3" "4 5 6 7"
run_tree export slurm --node test
check "slurm-job: without a NUMA node, a GPU has all cores" \
	test "$(grep -c ' Cores=0-7 ' out)" -eq 4
configure
start slurmctld -D -c
start slurmd -D -N test
check "slurm-job: the node takes the lines, and is not drained" becomes_idle
check "slurm-job: one GPU" gets 0 --gpus=1
check "slurm-job: two GPUs are linked, though two others have lower numbers" gets 2-3 --gpus=2
check "slurm-job: the rest" gets 1 --gpus=1

[ "$failures" -eq 0 ]
