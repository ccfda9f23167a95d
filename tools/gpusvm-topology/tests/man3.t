#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The manual page of the library: well-formed, and true to its headers. What these say of a
# function, tests/lib/check-files has the kernel's kernel-doc look at.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

source=$(dirname "$GPUSVM_TESTS")
page=$source/libgpusvm-topology.3

grep -oh 'gpusvm_[a-z_]*(' "$source"/lib/gpusvm-*.h | tr -d '(' | sort -u >declared
sed -n 's/^\.Fn \(gpusvm_[a-z_*]*\).*/\1/p' "$page" | sort -u >described
check "man: no function that is not there" diff /dev/null \
	<(grep -v '\*' described | comm -23 - declared)
check "man: every function" diff /dev/null <(comm -23 declared described |
	grep -vE '^gpusvm_((pagemap|initiator|link|group)_get|(topology|initiator|group)_get_total|nearest|link_is)_' |
	grep -v '_get_\(first\|next\)')
if command -v mandoc >/dev/null; then
	check "man: no complaint" diff /dev/null <(mandoc -T lint -W warning "$page" 2>&1)
else
	skip "man: no complaint" "no mandoc"
fi

# Without macros and comments, what is left are declarations.
sed '/^#define/{:a;/\\$/{N;ba};d}; /^\/\*\*/,/\*\//d' "$source"/lib/gpusvm-*.h |
	grep -o 'gpusvm_[a-z_]*(' | tr -d '(' | sort -u >declared
sed -n 's/^ \* \(gpusvm_[a-z_]*\)() - .*/\1/p' "$source"/lib/gpusvm-*.h | sort -u >described
check "man: the headers describe every function" diff declared described

[ "$failures" -eq 0 ]
