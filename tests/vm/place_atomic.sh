#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# vgpusvm: gpus=2 vram=8M topology=full
#
# Atomic operations of the CPU and two GPUs on the same memory.

exec place_atomic
