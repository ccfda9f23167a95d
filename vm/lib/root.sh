# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The root: Debian with the stock kernel, its headers and its compiler. It is
# entered to compile, and its image is what the VM boots from.

root_packages() {
	sed '/^#/d' "$TOP/vm/packages"
	echo "linux-image-$KERNEL_RELEASE"
	echo "linux-headers-$KERNEL_RELEASE"
}

make_root() {
	local suites include
	read -ra suites <<<"$SUITES"
	include=$(root_packages | paste -sd,)
	say "making a root of $SUITES with Linux $KERNEL_RELEASE"
	sources "${suites[@]}" >"$CACHE/sources.list"
	logged root mmdebstrap --mode="$ROOT_MODE" --variant=essential \
		--format=directory --architectures=amd64 \
		--include="$include" \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--aptopt="APT::Default-Release \"${suites[-1]}\"" \
		--dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/info/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"${suites[0]}" "$1" "$CACHE/sources.list"
}

root_path() {
	echo "$CACHE/root-$( (root_packages; echo "$SUITES"
		declare -f make_root) | key)"
}

# Sets ROOT.
stock_root() {
	stock_kernel
	if [ ! -e "$(root_path)" ]; then
		choose_kernel_of_today
	fi
	ROOT=$(root_path)
	product "$ROOT" make_root
}
