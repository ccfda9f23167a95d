# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the kernel says when it is at fault, as an extended regular expression.

SPLATS='BUG:|WARNING:|KASAN|UBSAN|Oops|Kernel panic|general protection fault'
SPLATS+='|refcount_t:|possible .* detected|suspicious RCU usage'
SPLATS+='|inconsistent lock state|bad unlock balance|ODEBUG:|INFO: task .* blocked'
SPLATS+='|scheduling while atomic|sleeping function called|lock held when returning'
SPLATS+='|soft lockup|rcu.*stall|(list_(add|del)|plist) corruption'
SPLATS+='|kmemleak: unreferenced object|Bad page state|Bad rss-counter'
SPLATS+='|nobody cared|DMA-API:|Trying to free|sysfs: cannot create duplicate'
export SPLATS
