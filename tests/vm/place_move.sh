#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
# vgpusvm: gpus=2 vram=32M topology=full
#
# Faults, prefetches, moves between devices, evictions, CPU access: each page's
# place and content.

exec place_move
