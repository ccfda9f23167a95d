#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The manual page of the library is well-formed, and lists the functions of the headers.
# tests/lib/check-files checks the comments of functions, by the kernel's kernel-doc.

# shellcheck source=tools/gpusvm-topology/tests/lib.bash
. "$GPUSVM_TESTS/lib.bash"

source=$(dirname "$GPUSVM_TESTS")
page=$source/libgpusvm-topology.3

grep -oh 'gpusvm_[a-z_]*(' "$source"/lib/gpusvm-*.h | tr -d '(' | sort -u >declared
sed -n 's/^\.Fn \(gpusvm_[a-z_*]*\).*/\1/p' "$page" | sort -u >described
check "man: all functions of the page exist" diff /dev/null \
	<(grep -v '\*' described | comm -23 - declared)
check "man: the page has all functions" diff /dev/null <(comm -23 declared described |
	grep -vE '^gpusvm_((pagemap|initiator|link|group)_get|(topology|initiator|group)_get_total|nearest|link_is)_' |
	grep -v '_get_\(first\|next\)')
if command -v mandoc >/dev/null; then
	check "man: mandoc accepts the page" diff /dev/null <(mandoc -T lint -W warning "$page" 2>&1)
else
	skip "man: mandoc accepts the page" "no mandoc"
fi

# Without macros and comments, only declarations remain.
sed '/^#define/{:a;/\\$/{N;ba};d}; /^\/\*\*/,/\*\//d' "$source"/lib/gpusvm-*.h |
	grep -o 'gpusvm_[a-z_]*(' | tr -d '(' | sort -u >declared
sed -n 's/^ \* \(gpusvm_[a-z_]*\)() - .*/\1/p' "$source"/lib/gpusvm-*.h | sort -u >described
check "man: the headers describe all functions" diff declared described

[ "$failures" -eq 0 ]
