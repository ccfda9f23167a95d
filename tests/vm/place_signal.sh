#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# timeout: 300
# vgpusvm: gpus=1 vram=16M
#
# Signals while a GPU is at work.

exec place_signal
