# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the kernel says when it is at fault, as an extended regular expression. The log
# has to pass without_foreign_races first.
#
# NO_SPLAT is no fault where a test lets allocations fail: x86's add_pages() warns then,
# although it returns the error, and no caller of memremap_pages() can avoid that.

SPLATS='BUG:|WARNING:|KASAN|UBSAN|Oops|Kernel panic|general protection fault'
SPLATS+='|refcount_t:|possible .* detected|suspicious RCU usage'
SPLATS+='|inconsistent lock state|bad unlock balance|ODEBUG:|INFO: task .* blocked'
SPLATS+='|scheduling while atomic|sleeping function called|lock held when returning'
SPLATS+='|soft lockup|rcu.*stall|(list_(add|del)|plist) corruption'
SPLATS+='|kmemleak: unreferenced object|Bad page state|Bad rss-counter'
SPLATS+='|nobody cared|DMA-API:|Trying to free|sysfs: cannot create duplicate'
export SPLATS
export NO_SPLAT='WARNING: .* at add_pages\+'

# without_foreign_races: the kernel log on standard input, with blank lines in place of
# NO_SPLAT during tests/vm/faultinject.sh, and of reports of KCSAN on races that are not in
# this project's modules. It is one of theirs if one of the two accesses is, or if both are
# in what the modules have called just before: on lists, trees and bits, say, or in
# drm_gpusvm.
without_foreign_races() {
	awk -v depth=4 '
	/test: begin / { failing = /faultinject/ }
	failing && $0 ~ ENVIRON["NO_SPLAT"] { print ""; next }
	function flush_report(    i) {
		for (i = 1; i <= lines; i++)
			print (own || (called[1] && called[2]) ? report[i] : "")
		lines = own = accesses = 0
		called[1] = called[2] = 0
	}
	/BUG: KCSAN:/ {
		if (lines)
			flush_report()
		inside = 1
		lines = own = accesses = 0
		called[1] = called[2] = 0
	}
	!inside { print; next }
	{ report[++lines] = $0 }
	/(read|write|race at unknown origin).* (to|of) 0x/ { accesses++; frame = 0 }
	/\+0x[0-9a-f]+\/0x[0-9a-f]+/ && accesses {
		frame++
		if (/\[(vgpusvm|drm_pagemap_topology)\]/ && frame <= depth) {
			called[accesses] = 1
			if (frame == 1)
				own = 1
		}
	}
	/Reported by Kernel Concurrency Sanitizer/ { inside = 0; flush_report() }
	END { if (lines) flush_report() }'
}

# races: all of these reports on standard input, in one line each: how many, and where.
races() {
	sed -n 's/.*BUG: KCSAN: \(.*\)/\1/p' | LC_ALL=C sort | uniq -c
}
