#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# vgpusvm: gpus=3 vram=16M topology=full
# timeout: 240
#
# Anything in any order, compared with a copy.

exec place_random
