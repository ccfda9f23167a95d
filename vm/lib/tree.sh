# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A kernel tree with our files and patches in it. Files that don't change keep
# their times, so that a build after an edit is short.

OVERLAY=(drivers include Documentation/ABI Documentation/gpu)

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

# kernel_release TREE: 7.3.4
kernel_release() {
	sed -nE 's/^(VERSION|PATCHLEVEL|SUBLEVEL) = //p' "$1/Makefile" | paste -sd.
}

# kernel_version TREE: 7.3
kernel_version() {
	kernel_release "$1" | cut -d. -f1,2
}

# patch_for SRC TREE NAME: a patch for a kernel tree. One in a directory that is
# named as the version of the tree stands in for the one of the same name.
patch_for() {
	local own
	own=$1/patches/$(kernel_version "$2")/$3
	if [ -e "$own" ]; then
		echo "$own"
	else
		echo "$1/patches/$3"
	fi
}

# patches_for SRC TREE: all of them, in order.
patches_for() {
	local patch
	for patch in "$1"/patches/*.patch; do
		patch_for "$1" "$2" "${patch##*/}"
	done
}

# fixes SRC: the fixes of mainline, in order. They apply to a tree without the series.
fixes() {
	printf '%s\n' "$1"/patches/fixes/*.patch
}

# fixes_on_series SRC: those that a tree with the series needs, as they apply to it. The
# directory "on-series" has stand-ins for some, and the list "omitted" has those that it
# makes unnecessary.
fixes_on_series() {
	local dir=$1/patches/fixes/on-series fix
	fixes "$1" | while read -r fix; do
		if [ -e "$dir/${fix##*/}" ]; then
			echo "$dir/${fix##*/}"
		elif ! grep -qxF "${fix##*/}" "$dir/omitted"; then
			echo "$fix"
		fi
	done
}

# tested_fixes SRC: those that the tested kernels have. Without the others, tests show that
# this project works with the core of the kernel as it is.
tested_fixes() {
	fixes_on_series "$1" | grep '/00[^/]*$'
}

# patched_files PATCH...: the files that they are about.
patched_files() {
	git_alone apply --numstat "$@" | cut -f3
}

# Our files, and the patched ones made anew from the source's: what differs from it.
stage_overlay() {
	local dir=$1 patch file
	if [ -z "$OURS" ]; then
		rm -rf "$dir/stage"
		mkdir "$dir/stage"
		return
	fi
	sync_sources "$dir/src" "${OVERLAY[@]}" patches
	(
		cd "$dir/src"
		rm -rf ../stage
		cp -r . ../stage
		rm -r ../stage/patches
	)
	{
		patches_for "$dir/src" "$SOURCE"
		tested_fixes "$dir/src"
	} | while read -r patch; do
		patched_files "$patch" | while read -r file; do
			if [ ! -e "$dir/stage/$file" ] && [ -e "$SOURCE/$file" ]; then
				(
					cd "$SOURCE"
					cp --parents "$file" "$dir/stage"
				)
			fi
		done
		(
			cd "$dir/stage"
			GIT_CEILING_DIRECTORIES=$dir git_alone apply "$patch"
		)
	done
}

# sync_stage DIR: DIR/tree is the source with what is in DIR/stage.
sync_stage() {
	local dir=$1 file
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

# sync_tree DIR: DIR/tree is the source with the overlay of this checkout, or as it is.
sync_tree() {
	make_tree "$1"
	stage_overlay "$1"
	sync_stage "$1"
}
