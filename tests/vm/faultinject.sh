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
exec faultinject "$@"
