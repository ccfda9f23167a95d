#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The same as reach.py, by libgpusvm-topology."""

import ctypes
import sys


def reachable(root: str, node: str) -> list[int]:
    """Returns the IDs of the pagemaps that the GPU of a render node can use now."""
    library = ctypes.CDLL("libgpusvm-topology.so.0", use_errno=True)
    for name in ("initiator_find_by_node", "initiator_get_first_link", "initiator_get_next_link",
                 "link_get_pagemap"):
        getattr(library, f"gpusvm_{name}").restype = ctypes.c_void_p
        getattr(library, f"gpusvm_{name}").argtypes = [ctypes.c_void_p]
    library.gpusvm_initiator_find_by_node.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.gpusvm_link_is_usable.argtypes = [ctypes.c_void_p]
    library.gpusvm_link_is_usable.restype = ctypes.c_bool
    library.gpusvm_pagemap_get_id.argtypes = [ctypes.c_void_p]
    library.gpusvm_pagemap_get_id.restype = ctypes.c_uint32

    ctx, topology = ctypes.c_void_p(), ctypes.c_void_p()
    if library.gpusvm_new(ctypes.byref(ctx)) or \
            library.gpusvm_set_sysroot(ctx, root.encode()) or \
            library.gpusvm_topology_new(ctx, ctypes.byref(topology)):
        raise OSError("cannot read the topology")
    gpu = library.gpusvm_initiator_find_by_node(topology, node.encode())
    link = library.gpusvm_initiator_get_first_link(gpu) if gpu else None
    found: list[int] = []
    while link:
        if library.gpusvm_link_is_usable(link):
            found.append(library.gpusvm_pagemap_get_id(library.gpusvm_link_get_pagemap(link)))
        link = library.gpusvm_initiator_get_next_link(link)
    library.gpusvm_topology_unref(topology)
    library.gpusvm_unref(ctx)
    return found


def main(arguments: list[str]) -> None:
    for number in reachable(arguments[1] if len(arguments) > 1 else "/", arguments[0]):
        print(number)


if __name__ == "__main__":
    main(sys.argv[1:])
