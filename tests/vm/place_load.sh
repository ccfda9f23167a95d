#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# timeout: 240
# vgpusvm: gpus=2 vram=16M topology=full
#
# A GPU goes and comes back while it and another one are at work.

exec place_load
