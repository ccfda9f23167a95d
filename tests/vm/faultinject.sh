#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# long: yes
# timeout: 3600
#
# Each allocation of each operation fails (tests/faultinject).

# shellcheck source=vm/splats.sh
. "$(dirname "$0")/../../vm/splats.sh"

modprobe vgpusvm

# Unbind and rmdir wait for RCU grace periods. Expedited ones take less time.
echo 1 >/sys/kernel/rcu_expedited
exec faultinject "$@"
