#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# timeout: 240
#
# Programs place more on a pagemap than it has room for.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/gpus.sh
. "$(dirname "$0")/gpus.sh"

modprobe vgpusvm
gpu a index=0 size=8388608
gpu b index=1 size=2097152
link a b
link b a
enable a b

place_pressure
