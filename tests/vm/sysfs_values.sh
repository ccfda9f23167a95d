#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 400
#
# Every file of the four classes against the GPUs that were configured.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

ATTRIBUTES=(read_bandwidth write_bandwidth max_read_bandwidth max_write_bandwidth
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

# attributes DIRECTORY: bandwidths and latencies of a link.
attributes() {
	values "${ATTRIBUTES[@]/#/$1/}"
}

# leads LINK DIRECTORY: a symbolic link, to that.
leads() {
	[ -L "$1" ] && [ "$1" -ef "$2" ] && return
	echo "$1 -> $(readlink "$1")"
	return 1
}

# Bandwidths and latencies of local links, all different; unknown for the second region.
modprobe vgpusvm
mkdir "$GPUS/a"
put 10 "$GPUS/a/index"
UIDS[a]=platform-vgpusvm.10
region a 0 size=16M numa_node=0 read_bandwidth=801 write_bandwidth=802 \
	max_read_bandwidth=803 max_write_bandwidth=804 read_latency=805 write_latency=806
region a 3 size=8M read_bandwidth=0 write_bandwidth=0 max_read_bandwidth=0 \
	max_write_bandwidth=0 read_latency=0 write_latency=0
gpu b index=11
gpu c index=12 regions=0
gpu d index=13

# a and b reach each other, c reaches both, d is refused or one-way.
link a b type=xelink hops=2 read_bandwidth=701 write_bandwidth=702 \
	max_read_bandwidth=703 max_write_bandwidth=704 read_latency=705 write_latency=706
link b a type=xelink hops=-1 read_bandwidth=0 write_bandwidth=0 max_read_bandwidth=0 \
	max_write_bandwidth=0 read_latency=0 write_latency=0
link c a type=nvlink
link c b type=cxl
slow="read_bandwidth=10 max_read_bandwidth=10 write_bandwidth=10 max_write_bandwidth=10"
# shellcheck disable=SC2086 # words
link a d refusal=acs $slow
# shellcheck disable=SC2086 # words
link d a refusal=host-bridge $slow
link b d type=virtual
enable a b c d

# Their pagemaps, and their names as initiators of links to these.
find_id a 3
A=$PAGEMAPS/pagemap${IDS[a]} A3=$PAGEMAPS/pagemap$REPLY
B=$PAGEMAPS/pagemap${IDS[b]} D=$PAGEMAPS/pagemap${IDS[d]}
a=initiators/${UIDS[a]} b=initiators/${UIDS[b]}
c=initiators/${UIDS[c]} d=initiators/${UIDS[d]}
GROUP=$GROUPS_DIR/auto-platform-vgpusvm.10

# Pagemaps

says "each region has a pagemap" "pagemap1 pagemap2 pagemap3 pagemap4 topology" \
	names "$PAGEMAPS"
for dir in "$A" "$A3" "$B" "$D"; do
	says "${dir##*/}/id is the number in its name" "${dir##*/pagemap}" show "$dir/id"
done
says "uid of the first region" platform-vgpusvm.10-vram0 show "$A/uid"
says "uid of the other region" platform-vgpusvm.10-vram3 show "$A3/uid"
says "region_instance" "0 3" values "$A/region_instance" "$A3/region_instance"
says "size in bytes" "16777216 8388608" values "$A/size" "$A3/size"
says "free in bytes" "16777216 8388608" values "$A/free" "$A3/free"
says "numa_node, and -1 without one" "0 -1" values "$A/numa_node" "$A3/numa_node"
says "state is idle before first use" idle show "$A/state"
says "dmem_region is absent" absent values "$A/dmem_region"
ok "device leads to the GPU" leads "$A/device" /sys/devices/platform/vgpusvm.10
ok "initiator leads to the GPU's initiator" leads "$A/initiator" "$INITIATORS/platform-vgpusvm.10"
ok "render leads to the render node" \
	leads "$A/render" /sys/devices/platform/vgpusvm.10/drm/renderD*

agent user a
says "memory is placed" "ok ok" tell user vm + tell user place "${IDS[a]}"
says "state is active in use" active show "$A/state"
says "free excludes the memory in use" $((16777216 - 2097152)) show "$A/free"
says "the other region is not in use" "idle 8388608" values "$A3/state" "$A3/free"
says "users counts the VM and the pagemap" 2 show "$GROUP/users"
dismiss user
ok "state is cached after use" becomes 20 cached show "$A/state"
ok "free is the whole size again" becomes 20 16777216 show "$A/free"
ok "the group has no users" becomes 20 0 show "$GROUP/users"

# Initiators

says "each GPU has an initiator" \
	"platform-vgpusvm.10 platform-vgpusvm.11 platform-vgpusvm.12 platform-vgpusvm.13" \
	names "$INITIATORS"
for number in 10 12; do
	dir=$INITIATORS/platform-vgpusvm.$number
	ok "device of GPU $number leads to it" \
		leads "$dir/device" "/sys/devices/platform/vgpusvm.$number"
	ok "render of GPU $number leads to its render node" \
		leads "$dir/render" /sys/devices/platform/vgpusvm.$number/drm/renderD*
	ok "the render node is in /dev" test -c "/dev/dri/$(basename "$(readlink "$dir/render")")"
done
says "targets has the links of the initiator" \
	"${A##*/} ${A3##*/} ${B##*/}" names "$INITIATORS/${UIDS[c]}/targets"

# Links

says "bandwidth and latency of a local link" "801 802 803 804 805 806" attributes "$A/$a"
says "unknown bandwidth and latency of a local link" \
	"unknown unknown unknown unknown unknown unknown" \
	attributes "$A3/$a"
says "attributes of a local link" "local 0 direct 1" \
	values "$A/$a"/{type,hops,access,usable}
says "bandwidth and latency of a link to a peer" "701 702 703 704 705 706" attributes "$B/$a"
says "attributes of a link to a peer" "xelink 2 direct 1" \
	values "$B/$a"/{type,hops,access,usable}
says "unknown bandwidth and latency of the opposite link" \
	"unknown unknown unknown unknown unknown unknown" \
	attributes "$A/$b"
says "unknown hops" unknown values "$A/$b/hops"
says "each region has a link" "nvlink nvlink" values {"$A","$A3"}/"$c"/type
says "reason is none for a direct link" none values "$B/$a/reason"
says "usable_reason is none for a usable link" none values "$B/$a/usable_reason"

says "attributes of a refused link" "none acs 0" \
	values "$D/$a"/{access,reason,usable}
says "attributes of a link refused in the opposite direction" "none host-bridge 0" \
	values "$A/$d"/{access,reason,usable}
says "usable_reason is none without access" none values "$D/$a/usable_reason"
says "attributes of a one-way link" "none one-way 0" \
	values "$D/$b"/{access,reason,usable}
nok "without a path, no link exists" test -e "$B/$d"
nok "... in neither direction" test -e "$D/$c"

for type in tile pcie-p2p xelink xgmi nvlink cxl virtual; do
	disable c
	put "$type" "$GPUS/c/links/b/type"
	enable c
	says "type $type" "$type" show "$B/$c/type"
done
for reason in acs host-bridge iommu bar-size link-down one-way cross-driver driver; do
	put "$reason" "$GPUS/d/links/a/refusal"
	says "reason $reason" "$reason" show "$A/$d/reason"
done

for attribute in "${ATTRIBUTES[@]}" hops; do
	dir=$B/$c
	unknown=0
	if [ "$attribute" = hops ]; then
		unknown=-1
	fi
	put "$unknown" "$GPUS/c/links/b/$attribute"
	says "$attribute is unknown after a change" unknown values "$dir/$attribute"
	put 777 "$GPUS/c/links/b/$attribute"
	says "$attribute is known again" 777 values "$dir/$attribute"
done

# Groups

says "GPUs that reach each other form a group" "auto10=10,11,12 auto13=13" partition
says "origin of a group" hardware show "$GROUP/origin"
says "pagemap_list of a group" "${IDS[a]}-${IDS[b]}" show "$GROUP/pagemap_list"
says "pagemaps of a group" "${A##*/} ${A3##*/} ${B##*/}" names "$GROUP/pagemaps"
says "pagemap_list of the other group" "${IDS[d]}" of auto-platform-vgpusvm.13 pagemap_list
says "pending of a group" 0 show "$GROUP/pending"
says "a hardware group has no counts of members" "absent absent absent" \
	values "$GROUP"/{members_expected,members_joined,complete}
says "minimum bandwidth with an unknown one is unknown" "unknown unknown" \
	values "$GROUP/min_read_bandwidth" "$GROUP/min_write_bandwidth"
says "minimum bandwidth of a single GPU" "$(<"$D/$d/max_read_bandwidth")" \
	show "$GROUPS_DIR/auto-platform-vgpusvm.13/min_read_bandwidth"

group pair a b
put 1 "$PEERS/groups/pair/enabled"
says "attributes of a peer group" "admin 2 2 1" \
	values "$GROUPS_DIR/pair"/{origin,members_expected,members_joined,complete}
says "links in the peer group stay usable" 1 usable a b
says "usable_reason admin-group" "0 admin-group" usable c b
put 0 "$PEERS/groups/pair/enabled"
mkdir "$PEERS/groups/pair/members/pci-0000:ff:00.0"
put 1 "$PEERS/groups/pair/enabled"
is "a peer group with an absent member" \
	"$(cd "$GROUPS_DIR/pair" && cat members_expected members_joined complete)" $'3\n2\n0'
ungroup pair
nok "a disabled peer group disappears" test -e "$GROUPS_DIR/pair"

# All attributes are known
for region in 0 3; do
	put 0 "$GPUS/a/enabled"
	put 850 "$GPUS/a/regions/$region/max_read_bandwidth"
	put 860 "$GPUS/a/regions/$region/max_write_bandwidth"
	put 1 "$GPUS/a/enabled"
done
put 650 "$GPUS/b/links/a/max_read_bandwidth"
put 640 "$GPUS/b/links/a/max_write_bandwidth"
# The maximum can't be below the current value.
put 600 "$GPUS/c/links/b/read_bandwidth"
put 600 "$GPUS/c/links/b/write_bandwidth"
put 655 "$GPUS/c/links/b/max_read_bandwidth"
put 645 "$GPUS/c/links/b/max_write_bandwidth"
says "minimum bandwidth of a group" "650 640" \
	values "$GROUP/min_read_bandwidth" "$GROUP/min_write_bandwidth"

put 641 "$PEERS/auto/min_bandwidth"
says "usable_reason threshold" "0 threshold" usable a b
put 640 "$PEERS/auto/min_bandwidth"
says "a bandwidth equal to the threshold is enough" 1 usable a b
put 1 "$GPUS/b/links/a/read_bandwidth"
says "the current bandwidth has no effect on groups" 1 usable a b
put 0 "$GPUS/b/links/a/max_read_bandwidth"
says "an unknown bandwidth is never enough" "0 threshold" usable a b
agent one a
agent two b
tell one vm >/dev/null
tell two vm >/dev/null
put 0 "$PEERS/auto/min_bandwidth"
says "usable_reason held" "0 held" usable a b
says "pending while two groups are held" 1 show "$GROUP/pending"
dismiss one two
ok "the link is usable after the holders leave" becomes 20 1 usable a b
says "... and nothing is pending" 0 group_shows a pending

# d has slower links than the others, and not to all of them
put none "$GPUS/a/links/d/refusal"
put none "$GPUS/d/links/a/refusal"
says "usable_reason clique" "0 clique" usable a d

# Everywhere

ours() {
	find -H "$PAGEMAPS"/* "$INITIATORS"/* "$LINKS"/* "$GROUPS_DIR"/* "$@"
}

all_read_only() {
	! ours -type f ! -name uevent ! -perm 0444 | grep .
}
ok "every file has mode 0444" all_read_only

# An unknown attribute can't be read by any user.
nobody_reads() {
	! ours -type f ! -name uevent -print0 |
		LC_ALL=C setpriv --reuid 65534 --regid 65534 --clear-groups \
			xargs -0 cat 2>&1 >/dev/null | grep -v ': No data available$'
}
ok "an unprivileged user can read every file" nobody_reads

one_line_each() {
	# shellcheck disable=SC2016 # for perl
	! ours -type f ! -name uevent -print0 |
		xargs -0 perl -0777 -ne 'print "$ARGV\n" if !/\A[^\n]+\n\z/' 2>/dev/null | grep .
}
ok "every file is one line" one_line_each

# as_many FILE... -- FILE...: no more and no fewer of these than of those.
as_many() {
	local number=0
	while [ "$1" != -- ]; do
		number=$((number + 1))
		shift
	done
	shift
	[ "$number" = $# ] && return
	echo "$number and $#"
	return 1
}

links_agree() {
	local dir initiator pagemap
	for dir in "$PAGEMAPS"/pagemap*/initiators/*; do
		initiator=$INITIATORS/${dir##*/}
		pagemap=${dir%/initiators/*}
		leads "$dir/initiator" "$initiator" || return
		leads "$dir/pagemap" "$pagemap" || return
		leads "$dir" "$LINKS/${dir##*/}--${pagemap##*/}" || return
		leads "$initiator/targets/${pagemap##*/}" "$dir" || return
	done
	as_many "$INITIATORS"/*/targets/* -- "$PAGEMAPS"/pagemap*/initiators/* &&
		as_many "$LINKS"/* -- "$PAGEMAPS"/pagemap*/initiators/*
}
ok "links and targets agree" links_agree

groups_agree() {
	local dir
	for dir in "$INITIATORS"/*; do
		leads "$dir/group/initiators/${dir##*/}" "$dir" || return
	done
	for dir in "$PAGEMAPS"/pagemap*; do
		leads "$dir/group" "$dir/initiator/group" || return
		leads "$dir/group/pagemaps/${dir##*/}" "$dir" || return
	done
	as_many "$GROUPS_DIR"/*/initiators/* "$GROUPS_DIR"/*/pagemaps/* -- \
		"$INITIATORS"/* "$PAGEMAPS"/pagemap*
}
ok "groups and their members agree" groups_agree

usable_agrees() {
	local dir same access usable
	for dir in "$PAGEMAPS"/pagemap*/initiators/*; do
		read -r access <"$dir/access"
		read -r usable <"$dir/usable"
		same=0
		if [ "$access" = direct ] &&
			[ "$dir/initiator/group" -ef "$dir/pagemap/group" ]; then
			same=1
		fi
		if [ "$usable" != "$same" ]; then
			echo "$dir"
			return 1
		fi
	done
}
ok "usable agrees with the groups" usable_agrees
ok "the tool prints no warning" bash -c 'gpusvm-topology list links >/dev/null'

disable c b a d
says "nothing is left without GPUs" topology names "$PAGEMAPS" "$INITIATORS" "$LINKS" \
	"$GROUPS_DIR"
clean_up
done_testing
