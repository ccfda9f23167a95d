# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the host has to have, and what this user may do there.

HOST_NEEDS=(
	apt-get:apt
	flock:util-linux
	git:git
	mmdebstrap:mmdebstrap
	rsync:rsync
	shellcheck:shellcheck
	unshare:util-linux
)

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# An ordinary user makes and enters roots with a user namespace.
if [ "$(id -u)" = 0 ]; then
	ROOT_MODE=root
	NAMESPACE=()
else
	ROOT_MODE=unshare
	NAMESPACE=(--map-auto --map-root-user)
	HOST_NEEDS+=(newuidmap:uidmap)
fi

missing_packages() {
	local need
	for need in "${HOST_NEEDS[@]}"; do
		if ! command -v "${need%%:*}" >/dev/null; then
			echo "${need#*:}"
		fi
	done
	if [ ! -e "$KEYRING" ]; then
		echo debian-archive-keyring
	fi
}

host_packages() {
	if [ -n "$(missing_packages)" ]; then
		locked host-packages add_packages
	fi
}

# Another run may have done that meanwhile.
add_packages() {
	local missing
	mapfile -t missing < <(missing_packages | sort -u)
	if [ "${#missing[@]}" = 0 ]; then
		return
	fi
	if [ "$ROOT_MODE" != root ]; then
		die "please run: sudo apt-get install -y --no-install-recommends ${missing[*]}"
	fi
	say "installing ${missing[*]}"
	if ! install_packages "${missing[@]}"; then
		logged apt-update apt-get update
		logged apt-install install_packages "${missing[@]}"
	fi
}

install_packages() {
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
		--no-install-recommends "$@" >/dev/null </dev/null
}

# remove PATH...: also what belongs to the ids of a user namespace.
remove() {
	if [ "$ROOT_MODE" = root ]; then
		rm -rf -- "$@"
	else
		rm -rf -- "$@" 2>/dev/null ||
			unshare "${NAMESPACE[@]}" rm -rf -- "$@"
	fi
}

# in_root ROOT [SOURCE:TARGET]... -- COMMAND...: COMMAND in that root, with the
# directories mounted, without a network. It does not outlive who called.
in_root() {
	setpriv --pdeathsig KILL -- \
		unshare "${NAMESPACE[@]}" --mount --net --pid --fork --kill-child -- \
		"$TOP/vm/lib/enter" "$@"
}
