# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The choice of a kernel: the newest tested version that a suite has, else the newest 7.x.

# shellcheck source=vm/kernels.conf
. "$TOP/vm/kernels.conf"

# images APT-DIR VERSION-REGEX: stock kernel releases on offer, newest first.
images() {
	apt_in "$1" apt-cache search --names-only "^linux-image-$2" |
		sed -nE "s/^linux-image-($2[0-9.]*\+?[a-z0-9]*-amd64) .*/\1/p" |
		sort -rV
}

# choose VERSION-REGEX: "RELEASE SUITES" of the first suite that has one.
choose() {
	local suites dir release
	for suites in "${KERNEL_SUITES[@]}"; do
		# shellcheck disable=SC2086
		dir=$CACHE/apt/$(echo $suites | tr ' ' _)
		if [ ! -e "$dir/fresh" ]; then
			# shellcheck disable=SC2086
			dir=$(apt_dir $suites)
			touch "$dir/fresh"
		fi
		release=$(images "$dir" "$1" | head -n 1)
		if [ -n "$release" ]; then
			echo "$release $suites"
			return
		fi
		say "no linux-image-${1//\\/}*-amd64 in $suites"
	done
}

choose_kernel() {
	local version choice
	rm -f "$CACHE"/apt/*/fresh
	for version in "${TESTED_KERNELS[@]}"; do
		choice=$(choose "${version//./\\.}\\.")
		if [ -n "$choice" ]; then
			echo "$choice" >"$1"
			return
		fi
	done
	choice=$(choose '7\.')
	if [ -z "$choice" ]; then
		die "no package linux-image-7.*-amd64 in any of:$(printf ' [%s]' "${KERNEL_SUITES[@]}")"
	fi
	say "warning: none of the tested kernels (${TESTED_KERNELS[*]}); taking ${choice%% *}"
	echo "$choice" >"$1"
}

choice_file() {
	echo "$CACHE/kernel-$(key <"$TOP/vm/kernels.conf")"
}

# Sets KERNEL_RELEASE and SUITES. The choice stays until the cache is cleared
# or vm/build update asks for another look.
stock_kernel() {
	product "$(choice_file)" choose_kernel
	read -r KERNEL_RELEASE SUITES <"$(choice_file)"
}

# A suite drops old kernels: to download one, the choice has to be of today.
choose_kernel_of_today() {
	if [ -n "$(find "$(choice_file)" -mtime +0)" ]; then
		rm -f "$(choice_file)"
		stock_kernel
	fi
}
