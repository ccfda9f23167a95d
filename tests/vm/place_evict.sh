#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
# vgpusvm: gpus=1 vram=8M
#
# Pages are evicted while they are unmapped.

exec place_evict
