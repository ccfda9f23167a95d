# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Functions that all static checks share. The kernel's tools come from the source of the
# test kernel.

# Tracked files, and new ones that git does not ignore, of this project.
project_files() {
	git_alone ls-files --cached --others --exclude-standard -- "$@" |
		while read -r file; do
			if [ -f "$file" ]; then
				echo "$file"
			fi
		done
}

# With an empty list, all checks of files would pass.
if [ -z "$(project_files .)" ]; then
	die "git lists no files of $TOP"
fi

# checked PROGRAM ARGS...: run one of the kernel's tools in the checkout. It reads no other
# files of the kernel tree, so another run may change that tree meanwhile.
checked() {
	# shellcheck disable=SC2016 # for the shell in the root
	in_root "$ROOT" "$SOURCE:/build/src" "$PWD:/build/ours" -- \
		sh -c 'cd /build/ours && GIT_DIR=none exec "$@"' sh "$@"
}

checkpatch() {
	checked /build/src/scripts/checkpatch.pl --root=/build/src --strict --quiet \
		--no-summary --show-types --color=never "$@"
}
