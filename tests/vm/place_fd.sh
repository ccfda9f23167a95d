#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# vgpusvm: gpus=4 vram=8M topology=pairs regions=2,1,1,1 fd_placement=1
#
# Placement by an open file and an instance instead of an ID.

exec place_fd
