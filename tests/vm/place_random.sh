#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# vgpusvm: gpus=3 vram=16M topology=full
# timeout: 240
#
# Random operations, compared with a copy of the memory.

exec place_random
