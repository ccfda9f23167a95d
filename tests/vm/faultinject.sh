#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# long: yes
# timeout: 10800
#
# Fail each allocation of each operation once (tests/faultinject).

# shellcheck source=vm/splats.sh
. "$(dirname "$0")/../../vm/splats.sh"

modprobe vgpusvm

# From here on, vm/splats.sh permits NO_SPLAT. tests/lib/in-vm writes such a line, vm/run
# does not.
echo "<6>test: begin faultinject" >/dev/kmsg

# Unbind and rmdir wait for RCU grace periods. Expedited ones take less time.
echo 1 >/sys/kernel/rcu_expedited
exec faultinject "$@"
