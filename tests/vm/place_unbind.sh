#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
# vgpusvm: gpus=3 vram=32M topology=full
#
# A GPU with pages is unbound and bound again.

exec place_unbind
