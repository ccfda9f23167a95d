#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Uses the library from Python with ctypes: only its ABI, without a header.

Usage: abi.py LIBRARY TREE, where "make-tree TREE gpus=4 topology=ring
regions=2,1 memless=1" made the tree. Prints TAP without numbers.
"""

import ctypes
import errno
import sys

failures = 0


def check(good, what):
    global failures
    print(f"{'ok' if good else 'not ok'} - python: {what}")
    failures += not good


def declare(library):
    """Declare the types of the functions that this test uses."""
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for result, names in {
            pointer: "pagemap_get_first pagemap_get_next initiator_find "
                     "nearest_next link_get_pagemap ranking_next "
                     "peers_get_group",
            text: "version pagemap_get_uid initiator_get_card "
                  "peers_get_error peer_group_get_name",
            ctypes.c_int: "new set_sysroot topology_new nearest_new "
                          "pagemap_get_size ranking_connected peers_new "
                          "peers_read_file",
            ctypes.c_uint32: "pagemap_get_id",
            None: "unref topology_unref nearest_free ranking_free peers_free",
    }.items():
        for name in names.split():
            getattr(library, f"gpusvm_{name}").restype = result
    return library


def ids(library, first, following, *, of=None):
    """The IDs of all that an iteration gives."""
    found, pagemap = [], first
    while pagemap:
        pagemap = ctypes.c_void_p(pagemap)
        found.append(library.gpusvm_pagemap_get_id(of(pagemap) if of else pagemap))
        pagemap = following(pagemap)
    return found


def test_nearest(library, topology):
    initiator = ctypes.c_void_p(library.gpusvm_initiator_find(topology, b"card0"))
    check(library.gpusvm_initiator_get_card(initiator) == b"card0", "a string")
    nearest = ctypes.c_void_p()
    check(library.gpusvm_nearest_new(initiator, 0, ctypes.byref(nearest)) == 0,
          "an iterator")
    found = ids(library, library.gpusvm_nearest_next(nearest),
                lambda _: library.gpusvm_nearest_next(nearest),
                of=lambda link: ctypes.c_void_p(
                    library.gpusvm_link_get_pagemap(link)))
    check(found == [1, 2, 3], "the nearest pagemaps")
    library.gpusvm_nearest_free(nearest)


def test_callback(library, topology):
    def odd(_, pagemap):
        return library.gpusvm_pagemap_get_id(ctypes.c_void_p(pagemap)) % 2 == 1

    kind = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)
    ranking = ctypes.c_void_p()
    err = library.gpusvm_ranking_connected(topology, ctypes.c_size_t(2), 0, kind(odd),
                                           None, ctypes.byref(ranking))
    check(err == 0, "a callback")
    found = ids(library, library.gpusvm_ranking_next(ranking),
                lambda _: library.gpusvm_ranking_next(ranking))
    check(found == [1, 3], "what it has chosen")
    library.gpusvm_ranking_free(ranking)


def test_errors(library, ctx):
    peers = ctypes.c_void_p()
    check(library.gpusvm_peers_new(ctx, ctypes.byref(peers)) == 0, "a set")
    err = library.gpusvm_peers_read_file(peers, b"/nonexistent/a.conf")
    check(err == -errno.ENOENT, "an error")
    check(library.gpusvm_peers_get_error(peers).startswith(b"/nonexistent/a.conf: "),
          "its text")
    check(not library.gpusvm_peers_get_group(peers, ctypes.c_size_t(0)), "nothing")
    library.gpusvm_peers_free(peers)


def main():
    library = declare(ctypes.CDLL(sys.argv[1]))
    ctx, topology, size = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_uint64()
    check(library.gpusvm_new(ctypes.byref(ctx)) == 0, "a context")
    check(library.gpusvm_set_sysroot(ctx, sys.argv[2].encode()) == 0, "a root")
    check(library.gpusvm_topology_new(ctx, ctypes.byref(topology)) == 0, "a scan")
    first = library.gpusvm_pagemap_get_first(topology)
    check(ids(library, first, library.gpusvm_pagemap_get_next) == [1, 2, 3, 4],
          "all pagemaps")
    first = ctypes.c_void_p(first)
    check(library.gpusvm_pagemap_get_size(first, ctypes.byref(size)) == 0 and
          size.value == 64 << 20, "a number")
    test_nearest(library, topology)
    test_callback(library, topology)
    test_errors(library, ctx)
    library.gpusvm_topology_unref(topology)
    library.gpusvm_unref(ctx)
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
