#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 400
#
# Every file of the three classes against the GPUs that were configured.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

FIGURES=(read_bandwidth write_bandwidth max_read_bandwidth max_write_bandwidth
	read_latency write_latency)

# region GPU INSTANCE [FIELD=VALUE]...
region() {
	local dir=$GPUS/$1/regions/$2 field
	shift 2
	mkdir "$dir"
	for field; do
		put "${field#*=}" "$dir/${field%%=*}"
	done
}

# pagemap GPU [INSTANCE]; path FROM TO [INSTANCE]: their directories.
pagemap() {
	echo "$PAGEMAPS/pagemap$(id "$@")"
}

path() {
	echo "$(pagemap "${@:2}")/initiators/$(uid "$1")"
}

# value FILE: "absent" if it is not there.
value() {
	if [ -e "$1" ]; then
		cat "$1"
	else
		echo absent
	fi
}

# figures DIRECTORY: all of a link.
figures() {
	local figure out=()
	for figure in "${FIGURES[@]}"; do
		out+=("$(value "$1/$figure")")
	done
	echo "${out[*]}"
}

# names DIRECTORY...: what is in them, numbers by value.
names() {
	find "$@" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V | paste -sd' '
}

# leads LINK DIRECTORY: a symbolic link, to that.
leads() {
	[ -L "$1" ] && [ "$(readlink -f "$1")" = "$(readlink -f "$2")" ] && return
	echo "$1 -> $(readlink "$1")"
	return 1
}

# The regions' own figures, all different; none for the second region.
modprobe vgpusvm
mkdir "$GPUS/a"
put 10 "$GPUS/a/index"
region a 0 size=16M numa_node=0 read_bandwidth=801 write_bandwidth=802 \
	max_read_bandwidth=803 max_write_bandwidth=804 read_latency=805 write_latency=806
region a 3 size=8M read_bandwidth=0 write_bandwidth=0 max_read_bandwidth=0 \
	max_write_bandwidth=0 read_latency=0 write_latency=0
gpu b index=11
gpu c index=12 memories=0
gpu d index=13

# a and b reach each other, c reaches both, d is refused or one-way.
link a b type=xelink hops=2 read_bandwidth=701 write_bandwidth=702 \
	max_read_bandwidth=703 max_write_bandwidth=704 read_latency=705 write_latency=706
link b a type=xelink hops=-1 read_bandwidth=0 write_bandwidth=0 max_read_bandwidth=0 \
	max_write_bandwidth=0 read_latency=0 write_latency=0
link c a type=nvlink
link c b type=cxl
link a d refusal=acs read_bandwidth=10 write_bandwidth=10
link d a refusal=host-bridge read_bandwidth=10 write_bandwidth=10
link b d type=virtual
enable a b c d

A=$(pagemap a) A3=$(pagemap a 3) B=$(pagemap b) D=$(pagemap d)
GROUP=$GROUPS_DIR/auto-platform-vgpusvm.10

# Pagemaps

is "there is a pagemap for each region" "$(find "$PAGEMAPS"/pagemap* | wc -l)" 4
for dir in "$A" "$A3" "$B" "$D"; do
	is "${dir##*/}/id is as in the name" "$(cat "$dir/id")" "${dir##*/pagemap}"
done
is "uid of the first region" "$(cat "$A/uid")" platform-vgpusvm.10-vram0
is "uid of the other region" "$(cat "$A3/uid")" platform-vgpusvm.10-vram3
is "region_instance" "$(cat "$A/region_instance") $(cat "$A3/region_instance")" "0 3"
is "size in bytes" "$(cat "$A/size") $(cat "$A3/size")" "16777216 8388608"
is "free in bytes" "$(cat "$A/free") $(cat "$A3/free")" "16777216 8388608"
is "numa_node, and none" "$(cat "$A/numa_node") $(cat "$A3/numa_node")" "0 -1"
is "state before first use" "$(cat "$A/state")" idle
is "dmem_region where there is none" "$(value "$A/dmem_region")" absent
ok "device leads to the GPU" leads "$A/device" /sys/devices/platform/vgpusvm.10
ok "initiator leads to its own" leads "$A/initiator" "$INITIATORS/platform-vgpusvm.10"
ok "render leads to the render node" \
	leads "$A/render" /sys/devices/platform/vgpusvm.10/drm/renderD*

agent user a
tell user vm >"$TAP_TMP/answer"
tell user place "$(cat "$A/id")" >>"$TAP_TMP/answer"
is "memory was placed" "$(paste -sd' ' "$TAP_TMP/answer")" "ok ok"
is "state in use" "$(cat "$A/state")" active
is "free is less by what is in use" "$(cat "$A/free")" $((16777216 - 2097152))
is "the other region is not in use" "$(cat "$A3/state") $(cat "$A3/free")" "idle 8388608"
is "users of the group: the VM, and the pagemap" "$(cat "$GROUP/users")" 2
dismiss user
ok "state after use" becomes 20 cached cat "$A/state"
ok "free is all again" becomes 20 16777216 cat "$A/free"
ok "nobody uses the group" becomes 20 0 cat "$GROUP/users"

# Initiators

is "there is an initiator for each GPU" "$(names "$INITIATORS")" \
	"platform-vgpusvm.10 platform-vgpusvm.11 platform-vgpusvm.12 platform-vgpusvm.13"
for number in 10 12; do
	dir=$INITIATORS/platform-vgpusvm.$number
	ok "device of GPU $number" leads "$dir/device" "/sys/devices/platform/vgpusvm.$number"
	ok "render of GPU $number" \
		leads "$dir/render" /sys/devices/platform/vgpusvm.$number/drm/renderD*
	ok "its node is in /dev" test -c "/dev/dri/$(basename "$(readlink "$dir/render")")"
done
is "targets" "$(names "$INITIATORS/$(uid c)/targets")" "${A##*/} ${A3##*/} ${B##*/}"

# Links

is "figures of own memory" "$(figures "$(path a a)")" "801 802 803 804 805 806"
is "figures of own memory that are not known" "$(figures "$(path a a 3)")" \
	"absent absent absent absent absent absent"
is "own memory" "$(cd "$(path a a)" && cat type hops access usable)" $'local\n0\ndirect\n1'
is "figures of a link" "$(figures "$(path a b)")" "701 702 703 704 705 706"
is "a link" "$(cd "$(path a b)" && cat type hops access usable)" $'xelink\n2\ndirect\n1'
is "figures of the other direction are not known" "$(figures "$(path b a)")" \
	"absent absent absent absent absent absent"
is "hops that are not known" "$(value "$(path b a)/hops")" absent
is "a link to each region" "$(cat "$(path c a)/type" "$(path c a 3)/type")" $'nvlink\nnvlink'
is "no reason for a direct link" "$(value "$(path a b)/reason")" absent
is "none for a usable one" "$(value "$(path a b)/usable_reason")" absent

is "refused" "$(cd "$(path a d)" && cat access reason usable)" $'none\nacs\n0'
is "refused the other way" "$(cd "$(path d a)" && cat access reason usable)" \
	$'none\nhost-bridge\n0'
is "no usable_reason where there is no access" "$(value "$(path a d)/usable_reason")" absent
is "one way only" "$(cd "$(path b d)" && cat access reason usable)" $'none\none-way\n0'
nok "no path, no directory: no link" test -e "$(path d b)"
nok "no path, no directory: nothing said of it" test -e "$(path c d)"

for type in tile pcie-p2p xelink xgmi nvlink cxl virtual; do
	disable c
	put "$type" "$GPUS/c/links/b/type"
	enable c
	is "type $type" "$(cat "$(path c b)/type")" "$type"
done
for reason in acs host-bridge iommu bar-size link-down one-way cross-driver driver; do
	put "$reason" "$GPUS/d/links/a/refusal"
	is "reason $reason" "$(cat "$(path d a)/reason")" "$reason"
done

for figure in "${FIGURES[@]}" hops; do
	dir=$(path c b)
	unknown=0
	if [ "$figure" = hops ]; then
		unknown=-1
	fi
	put "$unknown" "$GPUS/c/links/b/$figure"
	is "$figure goes with what is known" "$(value "$dir/$figure")" absent
	put 777 "$GPUS/c/links/b/$figure"
	is "$figure comes back" "$(value "$dir/$figure")" 777
done

# Groups

is "there is a group of those that reach each other" "$(partition)" "auto10=10,11,12 auto13=13"
is "origin" "$(cat "$GROUP/origin")" hardware
is "pagemap_list" "$(cat "$GROUP/pagemap_list")" "$(id a)-$(id b)"
is "pagemaps" "$(names "$GROUP/pagemaps")" "${A##*/} ${A3##*/} ${B##*/}"
is "pagemap_list of the other" "$(of auto-platform-vgpusvm.13 pagemap_list)" "$(id d)"
is "pending" "$(cat "$GROUP/pending")" 0
is "no members of a group that nobody has set" \
	"$(cd "$GROUP" && ls members_expected members_joined complete 2>/dev/null)" ""
is "slowest links where one is not known" \
	"$(value "$GROUP/min_read_bandwidth") $(value "$GROUP/min_write_bandwidth")" "absent absent"
is "slowest links of a GPU by itself" \
	"$(cat "$GROUPS_DIR/auto-platform-vgpusvm.13/min_read_bandwidth")" \
	"$(cat "$(path d d)/read_bandwidth")"

group pair a b
put 1 "$PEERS/groups/pair/enabled"
is "an admin's group" "$(cd "$GROUPS_DIR/pair" && cat origin members_expected members_joined complete)" \
	$'admin\n2\n2\n1'
is "own links stay usable" "$(usable a b)" 1
is "not usable: admin-group" "$(usable c b)" "0 admin-group"
put 0 "$PEERS/groups/pair/enabled"
mkdir "$PEERS/groups/pair/members/pci-0000:ff:00.0"
put 1 "$PEERS/groups/pair/enabled"
is "an admin's group with a member that is absent" \
	"$(cd "$GROUPS_DIR/pair" && cat members_expected members_joined complete)" $'3\n2\n0'
ungroup pair
nok "no group is left of it" test -e "$GROUPS_DIR/pair"

# Known figures everywhere
for region in 0 3; do
	put 0 "$GPUS/a/enabled"
	put 850 "$GPUS/a/regions/$region/read_bandwidth"
	put 860 "$GPUS/a/regions/$region/write_bandwidth"
	put 1 "$GPUS/a/enabled"
done
put 650 "$GPUS/b/links/a/read_bandwidth"
put 640 "$GPUS/b/links/a/write_bandwidth"
put 655 "$GPUS/c/links/b/read_bandwidth"
put 645 "$GPUS/c/links/b/write_bandwidth"
is "slowest links" "$(value "$GROUP/min_read_bandwidth") $(value "$GROUP/min_write_bandwidth")" \
	"650 640"

put 641 "$PEERS/auto/min_bandwidth"
is "not usable: threshold" "$(usable a b)" "0 threshold"
put 640 "$PEERS/auto/min_bandwidth"
is "as fast as the threshold is fast enough" "$(usable a b)" 1
put 0 "$GPUS/b/links/a/read_bandwidth"
is "not known is never fast enough" "$(usable a b)" "0 threshold"
agent one a
agent two b
tell one vm >/dev/null
tell two vm >/dev/null
put 0 "$PEERS/auto/min_bandwidth"
is "not usable: held" "$(usable a b)" "0 held"
is "pending while two groups are held" "$(cat "$GROUP/pending")" 1
dismiss one two
ok "usable when those who held are gone" becomes 20 1 usable a b
is "and not pending" "$(cat "$GROUP/pending")" 0

# d, by slower links than the others have, and not to all of them
put none "$GPUS/a/links/d/refusal"
put none "$GPUS/d/links/a/refusal"
is "not usable: clique" "$(usable a d)" "0 clique"

# Everywhere

ours() {
	find -H "$PAGEMAPS"/* "$INITIATORS"/* "$GROUPS_DIR"/* "$@"
}

all_read_only() {
	! ours -type f ! -name uevent ! -perm 0444 | grep .
}
ok "every file has mode 0444" all_read_only

nobody_reads() {
	ours -type f ! -name uevent -print0 |
		setpriv --reuid 65534 --regid 65534 --clear-groups xargs -0 cat >/dev/null
}
ok "nobody can read every file" nobody_reads

one_line_each() {
	# shellcheck disable=SC2016 # for perl
	! ours -type f ! -name uevent -print0 |
		xargs -0 perl -0777 -ne 'print "$ARGV\n" if !/\A[^\n]*\n\z/' | grep .
}
ok "every file is one line" one_line_each

links_agree() {
	local dir initiator pagemap
	for dir in "$PAGEMAPS"/pagemap*/initiators/*/; do
		initiator=$INITIATORS/$(basename "$dir")
		pagemap=$(dirname "$(dirname "$dir")")
		leads "${dir}initiator" "$initiator" || return
		leads "${dir}pagemap" "$pagemap" || return
		leads "$initiator/targets/${pagemap##*/}" "$pagemap" || return
	done
	[ "$(find "$INITIATORS"/*/targets/ -type l | wc -l)" = \
		"$(find "$PAGEMAPS"/*/initiators/ -mindepth 1 -maxdepth 1 -type d | wc -l)" ]
}
ok "links lead to both ends, and targets to the links" links_agree

groups_agree() {
	local dir group
	for dir in "$INITIATORS"/*; do
		group=$(readlink -f "$dir/group")
		leads "$group/initiators/${dir##*/}" "$dir" || return
	done
	for dir in "$PAGEMAPS"/pagemap*; do
		leads "$dir/group" "$dir/initiator/group" || return
		leads "$(readlink -f "$dir/group")/pagemaps/${dir##*/}" "$dir" || return
	done
	[ "$(find "$GROUPS_DIR"/*/initiators/ "$GROUPS_DIR"/*/pagemaps/ -type l | wc -l)" = \
		"$(find "$INITIATORS"/* "$PAGEMAPS"/pagemap* | wc -l)" ]
}
ok "groups lead to their members, and these to the groups" groups_agree

usable_agrees() {
	local dir same
	for dir in "$PAGEMAPS"/pagemap*/initiators/*/; do
		same=0
		if [ "$(cat "${dir}access")" = direct ] &&
			[ "$(readlink -f "${dir}initiator/group")" = "$(readlink -f "${dir}pagemap/group")" ]; then
			same=1
		fi
		if [ "$(cat "${dir}usable")" != "$same" ]; then
			echo "$dir"
			return 1
		fi
	done
}
ok "usable is what the groups say" usable_agrees
ok "the tool has nothing to warn of" bash -c 'gpusvm-topology list links >/dev/null'

disable c b a d
is "nothing is left without GPUs" "$(names "$PAGEMAPS" "$INITIATORS" "$GROUPS_DIR")" topology
clean_up
done_testing
