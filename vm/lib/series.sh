# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Overlay and patches as a series of mails for a kernel tree. patches/README.md
# tells what it is made of.

SERIES_SOURCES=("${OVERLAY[@]}" patches)

# overlay_files SRC: what is a new file of the kernel.
overlay_files() {
	(
		cd "$1"
		find "${OVERLAY[@]}" -type f | LC_ALL=C sort
	)
}

# series_mails SRC: their names, in order.
series_mails() {
	grep -E '^[^#[:space:]]' "$1/patches/series"
}

# series_mails_for SRC KERNEL: those for a kernel tree. The file "omitted" beside the
# patches for that version names the others.
series_mails_for() {
	local omitted
	omitted=$1/patches/$(kernel_version "$2")/omitted
	if [ -e "$omitted" ]; then
		series_mails "$1" | grep -vxFf <(grep -v '^#' "$omitted")
	else
		series_mails "$1"
	fi
}

# series_plan SRC: a line "MAIL FILE" for each file that a mail adds, and one
# without a file for each pattern that none fits.
series_plan() {
	local src=$1 line mail=none file files fits
	mapfile -t files < <(overlay_files "$src")
	while IFS= read -r line; do
		case $line in
		'' | \#*) ;;
		$'\t'*)
			fits=
			for file in "${files[@]}"; do
				# The right side is a pattern.
				# shellcheck disable=SC2053
				if [[ $file == ${line#?} ]]; then
					fits=yes
					echo "$mail $file"
				fi
			done
			if [ -z "$fits" ]; then
				echo "$mail"
			fi
			;;
		*)
			mail=$line
			;;
		esac
	done <"$src/patches/series"
}

# series_faults SRC: what is wrong with patches/series, a line each.
series_faults() {
	local src=$1 plan
	plan=$(series_plan "$src")
	awk 'NF == 1 { print "no file fits a pattern of " $1 }' <<<"$plan"
	plan=$(awk 'NF == 2 { print $2 }' <<<"$plan" | LC_ALL=C sort)
	uniq -d <<<"$plan" | sed 's/$/: in two mails/'
	LC_ALL=C comm -13 <(uniq <<<"$plan") <(overlay_files "$src") | sed 's/$/: in no mail/'
	diff <(series_mails "$src" | grep '\.patch$') \
		<(cd "$src/patches" && printf '%s\n' *.patch) |
		sed -nE 's/^< (.*)/\1: no such patch, or not in this place/p
			s/^> (.*)/\1: a patch that is in no mail, or not in this place/p' || true
	diff <(series_mails "$src" | grep -v '\.patch$' | LC_ALL=C sort) \
		<(cd "$src/patches/messages" && printf '%s\n' * | LC_ALL=C sort) |
		sed -nE 's/^< (.*)/\1: no such message, or used twice/p
			s/^> (.*)/\1: a message that is used nowhere/p' || true
}

series_check_list() {
	local faults
	faults=$(series_faults "$1")
	if [ -n "$faults" ]; then
		printf '%s\n' "$faults" >&2
		return 1
	fi
}

# in_repository DIR ARGS...: git there. The author is in the environment, and other
# settings of this user do not change the mails.
in_repository() {
	git_alone -C "$@"
}

# add_base KERNEL REPO: commit files of a kernel tree that the repository lacks. Their names
# are the input.
add_base() {
	local kernel=$1 repo=$2 file
	LC_ALL=C sort -u | while read -r file; do
		if [ -e "$kernel/$file" ] && [ ! -e "$repo/$file" ]; then
			(
				cd "$kernel"
				cp --parents "$file" "$repo"
			)
		fi
	done
	in_repository "$repo" add -A
	in_repository "$repo" commit -q --allow-empty -m "Linux $(kernel_version "$kernel")"
}

# series_base SRC KERNEL REPO: a repository with those files of a kernel tree that
# the series changes or would replace, and no others.
series_base() {
	local src=$1 kernel=$2 repo=$3 patches
	mapfile -t patches < <(patches_for "$src" "$kernel")
	in_repository . init -q -b series "$repo"
	{
		patched_files "${patches[@]}"
		overlay_files "$src"
	} | add_base "$kernel" "$repo"
}

# fixes_base SRC KERNEL REPO: as series_base(), for the fixes; tagged "base".
fixes_base() {
	local src=$1 kernel=$2 repo=$3 patches
	mapfile -t patches < <(fixes "$src")
	in_repository . init -q -b series "$repo"
	patched_files "${patches[@]}" | add_base "$kernel" "$repo"
	in_repository "$repo" tag base
}

# The author of what has no other, and when: who runs this, at the last commit.
series_identity() {
	GIT_AUTHOR_NAME=${GIT_AUTHOR_NAME:-$(git -C "$TOP" config user.name || true)}
	GIT_AUTHOR_EMAIL=${GIT_AUTHOR_EMAIL:-$(git -C "$TOP" config user.email || true)}
	if [ -z "$GIT_AUTHOR_NAME" ] || [ -z "$GIT_AUTHOR_EMAIL" ]; then
		die "the mails need an author: set user.name and user.email by git config"
	fi
	GIT_AUTHOR_DATE=$(git -C "$TOP" log -1 --format=%aI 2>/dev/null || date -Is)
	GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME
	GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
	GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
	export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE
	export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_COMMITTER_DATE
}

# For mails that are only looked at.
series_by_nobody() {
	export GIT_AUTHOR_NAME=check GIT_AUTHOR_EMAIL=check@example.org
	export GIT_COMMITTER_NAME=check GIT_COMMITTER_EMAIL=check@example.org
}

# series_commits SRC KERNEL REPO: a commit for each mail.
series_commits() {
	local src=$1 kernel=$2 repo=$3 plan mail commit
	plan=$(series_plan "$src")
	for mail in $(series_mails_for "$src" "$kernel"); do
		if [[ $mail == *.patch ]]; then
			in_repository "$repo" am -q "$(patch_for "$src" "$kernel" "$mail")"
			commit=(--amend --no-edit)
		else
			commit=(-F "$src/patches/messages/$mail")
		fi
		(
			cd "$src"
			awk -v mail="$mail" '$1 == mail { print $2 }' <<<"$plan" |
				xargs -r cp --parents -t "$repo"
		)
		in_repository "$repo" add -A
		in_repository "$repo" commit -q "${commit[@]}"
	done
}

# fixes_commits SRC REPO: a commit for each fix.
fixes_commits() {
	local patches
	mapfile -t patches < <(fixes "$1")
	in_repository "$2" am -q "${patches[@]}"
}

# series_cover KERNEL LETTER: the cover letter, with what it applies to.
series_cover() {
	local kernel=$1 base
	cat "$2"
	printf '\nApplies to Linux %s.\n' "$(kernel_release "$kernel")"
	if [ -e "$kernel/.git" ] && base=$(git -C "$kernel" rev-parse -q --verify HEAD); then
		printf '\nbase-commit: %s\n' "$base"
	fi
}

# make_mails WHAT KERNEL OUT ARGS...: the mails of the series or of the fixes, for a kernel
# tree, into an empty directory; ARGS for git format-patch.
make_mails() (
	what=$1 kernel=$2 out=$3
	shift 3
	mkdir -p "$out" "$CACHE/run"
	if [ -n "$(ls -A "$out")" ]; then
		die "$out must be empty, because all files in it would be mailed"
	fi
	out=$(realpath "$out")
	work=$(mktemp -d "$CACHE/run/series-XXXXXXXX")
	trap 'rm -rf "$work"' EXIT
	sync_sources "$work/src" "${SERIES_SOURCES[@]}"
	series_identity
	"make_$what" "$work" "$kernel"
	in_repository "$work/repo" config branch.series.description \
		"$(series_cover "$kernel" "$LETTER")"
	in_repository "$work/repo" format-patch -q -o "$out" --stat \
		--cover-letter --cover-from-description=subject "$@" base
)

# make_series WORK KERNEL: the commits, and LETTER, the cover letter.
make_series() {
	if ! series_check_list "$1/src"; then
		die "patches/series has the faults above"
	fi
	LETTER=$1/src/patches/cover-letter
	series_base "$1/src" "$2" "$1/repo"
	in_repository "$1/repo" tag base
	series_commits "$1/src" "$2" "$1/repo"
}

# make_fixes WORK KERNEL: likewise.
make_fixes() {
	LETTER=$1/src/patches/fixes/cover-letter
	fixes_base "$1/src" "$2" "$1/repo"
	fixes_commits "$1/src" "$1/repo"
}

# apply_series SRC KERNEL MAILS REPO: what git am makes of the mails.
apply_series() {
	series_base "$1" "$2" "$4"
	apply_mails "$3" "$4"
}

# apply_fixes SRC KERNEL MAILS REPO: likewise, of the fixes.
apply_fixes() {
	fixes_base "$1" "$2" "$4"
	apply_mails "$3" "$4"
}

# apply_mails MAILS REPO: the cover letter is the empty one.
apply_mails() {
	in_repository "$2" am -q --empty=drop "$1"/*.patch
}

# add_tested_fixes SRC KERNEL REPO: what the tested kernels have on top of the series.
add_tested_fixes() {
	local src=$1 kernel=$2 repo=$3 patches
	mapfile -t patches < <(tested_fixes "$src")
	patched_files "${patches[@]}" | add_base "$kernel" "$repo"
	in_repository "$repo" am -q "${patches[@]}"
}
