# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A copy of the checkout in the cache, which every build starts from: it does
# not change under a compiler's feet, and object trees outlive a checkout.

# sync_sources DIR PATH...: unchanged files keep their times, so that make
# rebuilds only what changed.
sync_sources() {
	local dir=$1 path present=()
	shift
	for path; do
		if [ -e "$TOP/$path" ]; then
			present+=("$path")
		else
			rm -rf "${dir:?}/$path"
		fi
	done
	mkdir -p "$dir"
	(
		cd "$TOP"
		rsync -rlpcR --delete --include=.kunitconfig --exclude='.*' \
			--exclude='*.[oad]' \
			--exclude='*.ko' --exclude='*.cmd' --exclude='*.mod*' \
			--exclude=__pycache__ "${present[@]}" "$dir/"
	)
}
