#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# timeout: 240
# vgpusvm: gpus=2 vram=16M topology=full
#
# A GPU is unbound and bound again while it and another GPU run operations.

exec place_load
