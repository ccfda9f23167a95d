# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A kernel tree with our files and patches in it. Files that don't change keep
# their times, so that a build after an edit is short.

OVERLAY=(drivers include Documentation/ABI)

# A linked copy: whatever is written later replaces files, and so leaves those
# of the source alone. A tree at hand may change, so that one is copied.
make_tree() {
	local dir=$1
	if [ -n "${KERNEL_SRC:-}" ]; then
		say "copying $SOURCE"
		mkdir -p "$dir/tree"
		rsync -a --delete --exclude=/.git --exclude-from=<(
			sed 's,^\./,/,' "$dir/manifest" 2>/dev/null || true
		) "$SOURCE/" "$dir/tree/"
	elif [ ! -e "$dir/tree" ]; then
		rm -rf "$dir/tree.tmp" "$dir/manifest"
		mkdir -p "$dir"
		cp -al "$SOURCE" "$dir/tree.tmp"
		mv "$dir/tree.tmp" "$dir/tree"
	fi
}

# Our files, and the patched ones made anew from the source's.
stage_overlay() {
	local dir=$1 patch file
	sync_sources "$dir/src" "${OVERLAY[@]}" patches
	(
		cd "$dir/src"
		rm -rf ../stage
		cp -r . ../stage
		rm -r ../stage/patches
	)
	for patch in "$dir"/src/patches/*.patch; do
		git apply --numstat "$patch" | cut -f3 | while read -r file; do
			if [ ! -e "$dir/stage/$file" ] && [ -e "$SOURCE/$file" ]; then
				(
					cd "$SOURCE"
					cp --parents "$file" "$dir/stage"
				)
			fi
		done
		(
			cd "$dir/stage"
			GIT_CEILING_DIRECTORIES=$dir git apply "$patch"
		)
	done
}

# sync_tree DIR: DIR/tree is the source with the overlay of this checkout.
sync_tree() {
	local dir=$1 file
	make_tree "$dir"
	stage_overlay "$dir"
	(
		cd "$dir/stage"
		find . -type f | LC_ALL=C sort >"$dir/manifest.new"
	)
	touch "$dir/manifest"
	LC_ALL=C comm -23 "$dir/manifest" "$dir/manifest.new" |
		while read -r file; do
			rm -f "$dir/tree/$file"
			if [ -e "$SOURCE/$file" ]; then
				cp "$SOURCE/$file" "$dir/tree/$file"
			fi
		done
	cp "$dir/manifest.new" "$dir/manifest"
	rsync -rlpc "$dir/stage/" "$dir/tree/"
}
