# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the static checks have in common. The kernel's own tools come from the source of
# the test kernel.

# Files that git knows or would take, so that a new one is not forgotten.
ours() {
	git_alone ls-files --cached --others --exclude-standard -- "$@" |
		while read -r file; do
			if [ -f "$file" ]; then
				echo "$file"
			fi
		done
}

# Without this list, all checks of files would pass.
if [ -z "$(ours .)" ]; then
	die "git lists no files of $TOP"
fi

# checked PROGRAM ARGS...: one of the kernel's tools, in the checkout. Nothing of
# the tree but the tools is looked at, so others may change it meanwhile.
checked() {
	# shellcheck disable=SC2016 # for the shell in the root
	in_root "$ROOT" "$SOURCE:/build/src" "$PWD:/build/ours" -- \
		sh -c 'cd /build/ours && GIT_DIR=none exec "$@"' sh "$@"
}

checkpatch() {
	checked /build/src/scripts/checkpatch.pl --root=/build/src --strict --quiet \
		--no-summary --show-types --color=never "$@"
}
