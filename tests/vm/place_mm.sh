#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stock: yes
# timeout: 300
# vgpusvm: gpus=1 vram=32M
#
# mremap, munmap, madvise and mprotect on memory that is on a device: each
# page's place and content.

exec place_mm
