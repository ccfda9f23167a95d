# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Roots: Debian with the stock kernel, its headers and its compiler. They are
# entered to compile, and an image of one is what the VM boots from. The small one
# does for that, and runs the VM; "full" has what tests need, too.

# root_packages small|full
root_packages() {
	sed '/^#/d' "$TOP/vm/packages"
	case $1 in
	small) sed '/^#/d' "$TOP/vm/packages-qemu" ;;
	full) sed '/^#/d' "$TOP/vm/packages-test" ;;
	esac
	echo "linux-image-$KERNEL_RELEASE"
	echo "linux-headers-$KERNEL_RELEASE"
}

# make_root small|full DIR
make_root() {
	local suites include
	read -ra suites <<<"$SUITES"
	include=$(root_packages "$1" | paste -sd,)
	say "making a root of $SUITES with Linux $KERNEL_RELEASE ($1)"
	sources "${suites[@]}" >"$2.list"
	# VMs have an initramfs of their own.
	logged root in_namespaces -- env INITRD=No mmdebstrap --mode=root \
		--variant=essential --format=directory --architectures=amd64 \
		--include="$include" \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--aptopt="APT::Default-Release \"${suites[-1]}\"" \
		--dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/info/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"${suites[0]}" "$2" "$2.list"
	rm "$2.list"
}

# root_path small|full
root_path() {
	echo "$CACHE/root-$( (root_packages "$1"; echo "$SUITES"
		declare -f make_root) | key)"
}

# Sets ROOT, the small one, where everything is compiled.
stock_root() {
	stock_kernel
	if [ ! -e "$(root_path small)" ]; then
		choose_kernel_of_today
	fi
	ROOT=$(root_path small)
	product "$ROOT" make_root small
}

# Sets FULL_ROOT, and ROOT to the small one of the same kernel.
full_root() {
	if [ ! -e "$(root_path full)" ]; then
		choose_kernel_of_today
		stock_root
	fi
	FULL_ROOT=$(root_path full)
	product "$FULL_ROOT" make_root full
}

OLDEST_SUITE=bookworm

oldest_packages() {
	sed '/^#/d' "$TOP/vm/packages-oldest"
}

# Made like the other roots, of other packages and another suite.
make_oldest_root() (
	# shellcheck disable=SC2317,SC2329 # make_root() calls it
	root_packages() {
		oldest_packages
	}
	SUITES=$OLDEST_SUITE
	KERNEL_RELEASE=none
	make_root oldest "$1"
)

# Sets OLDEST_ROOT.
oldest_root() {
	OLDEST_ROOT=$CACHE/root-$( (oldest_packages; echo "$OLDEST_SUITE"
		declare -f make_root make_oldest_root) | key)
	product "$OLDEST_ROOT" make_oldest_root
}
