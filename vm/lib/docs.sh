# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A root that makes documents.

docs_packages() {
	sed '/^#/d' "$TOP/vm/packages-docs"
}

# Made like the other roots, of other packages.
make_docs_root() (
	# shellcheck disable=SC2317,SC2329 # make_root() calls it
	root_packages() {
		docs_packages
	}
	make_root docs "$1"
)

# Sets DOCS_ROOT.
docs_root() {
	DOCS_ROOT=$CACHE/root-$( (docs_packages; echo "$SUITES"
		declare -f make_root make_docs_root) | key)
	product "$DOCS_ROOT" make_docs_root
}
