# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Debian suites through private apt directories. The machine's own apt
# configuration only says which mirror it uses.

# mirror [OPTION]...: the Debian mirror in the package lists that apt has with these
# options.
mirror() {
	# apt fills these in.
	# shellcheck disable=SC2016
	apt-get "$@" indextargets --format '$(SITE) $(ORIGIN)' 'Created-By: Packages' |
		awk '$2 == "Debian" && $1 !~ /security/ { print $1; exit }'
}

# The same where the machine has no package lists: they are fetched into the cache.
mirror_without_lists() {
	local dir=$CACHE/apt/host
	local options=(-o "Dir::State::lists=$dir/lists" -o "Dir::Cache=$dir/cache"
		-o APT::Sandbox::User=root)
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	logged apt-host apt-get "${options[@]}" update
	mirror "${options[@]}"
}

# sources SUITE...: the lines of a sources.list.
sources() {
	local site suite
	site=$(mirror)
	if [ -z "$site" ]; then
		site=$(mirror_without_lists)
	fi
	if [ -z "$site" ]; then
		die "no Debian mirror in the configuration of apt (apt-get indextargets)"
	fi
	for suite; do
		echo "deb [signed-by=$KEYRING] $site $suite main"
	done
}

# apt_in DIR COMMAND...: an apt program on the private directory.
apt_in() {
	local dir=$1
	shift
	APT_CONFIG=$dir/apt.conf "$@"
}

# apt_dir SUITE...: the private directory of these suites, lists fetched and
# verified; prints its path.
apt_dir() {
	local dir
	dir=$CACHE/apt/$(echo "$@" | tr ' ' _)
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	sources "$@" >"$dir/sources.list"
	cat >"$dir/apt.conf" <<-END
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		Dir::State::lists "$dir/lists";
		Dir::State::status "/dev/null";
		Dir::Cache "$dir/cache";
		Acquire::Check-Valid-Until "false";
		Acquire::Languages "none";
		APT::Architecture "amd64";
		APT::Architectures "amd64";
		APT::Sandbox::User "root";
		APT::Update::Error-Mode "any";
	END
	say "fetching the package lists of $*"
	logged "apt-${1}" apt_in "$dir" apt-get update
	echo "$dir"
}
