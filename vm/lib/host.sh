# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the host has to have, and what this user may do there.

HOST_NEEDS=(
	apt-get:apt
	flock:util-linux
	git:git
	mmdebstrap:mmdebstrap
	mount:mount
	rsync:rsync
	unshare:util-linux
)

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# An ordinary user makes and enters roots with a user namespace, as root of which that
# user can enter a home that is closed to others.
NAMESPACE=()
if [ "$(id -u)" != 0 ]; then
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
	if [ "$(id -u)" != 0 ] && ! unshare "${NAMESPACE[@]}" true; then
		die "no user namespace for $(id -un): the kernel must allow them, and" \
			"/etc/subuid and /etc/subgid must have ids for $(id -un)"
	fi
}

# Another run may have done that meanwhile.
add_packages() {
	local missing
	mapfile -t missing < <(missing_packages | sort -u)
	if [ "${#missing[@]}" = 0 ]; then
		return
	fi
	if [ "$(id -u)" != 0 ]; then
		die "please run as root: apt-get update &&" \
			"apt-get install -y --no-install-recommends ${missing[*]}"
	fi
	say "installing ${missing[*]}"
	# The machine may have no lists of packages yet, or old ones.
	if ! install_packages "${missing[@]}" 2>/dev/null; then
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
	unshare "${NAMESPACE[@]}" rm -rf -- "$@"
}

# in_namespaces OPTION... -- COMMAND...: COMMAND as root, with mounts and processes that end
# with it, and what OPTIONs of unshare add. It does not outlive who called.
in_namespaces() {
	setpriv --pdeathsig KILL -- \
		unshare "${NAMESPACE[@]}" --mount --pid --fork --kill-child "$@"
}

# in_root ROOT [SOURCE:TARGET]... -- COMMAND...: COMMAND in that root, with the
# directories mounted, without a network.
in_root() {
	in_namespaces --net -- "$TOP/vm/lib/enter" "$@"
}

# in_checkout ROOT COMMAND...: COMMAND in the checkout, which that root has at
# /build/ours. Programs that judge run so: the host's may be of any version.
in_checkout() {
	# shellcheck disable=SC2016 # for the shell in the root
	in_root "$1" "$TOP:/build/ours" -- \
		sh -c 'cd /build/ours && exec "$@"' sh "${@:2}"
}
