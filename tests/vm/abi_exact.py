#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the live system with the documents, both ways.

Usage: abi_exact.py DIRECTORY [OPTIONAL...]

The kernel's own checker treats a path as documented if its beginning is. Here, a What
line must match the whole path of each file and link below the topology's directories.
Each What line must match an existing file, except if it ends in one of OPTIONAL. Prints
all differences.
"""

import os
import re
import sys

CLASSES = ("drm_pagemap", "drm_pagemap_initiator", "drm_pagemap_link", "drm_pagemap_group")
CONFIGFS = ("/sys/kernel/config/drm_pagemap", "/sys/kernel/config/vgpusvm")
# Files of every class device
STANDARD = ("device", "subsystem", "uevent")

PLACEHOLDERS = (
    (re.escape("<ID>"), "[0-9]+"),
    (r"<[^>]*>", "[^/]+"),
    (re.escape("\\.\\.\\."), ".+"),
    (re.escape("\\*"), "[^/]+"),
)


def to_regex(what):
    regex = re.escape(what).replace(r"\<", "<").replace(r"\>", ">")
    for pattern, replacement in PLACEHOLDERS:
        regex = re.sub(pattern, lambda _, new=replacement: new, regex)
    return re.compile(regex)


def read_whats(directory):
    whats = []
    for name in sorted(os.listdir(directory)):
        with open(os.path.join(directory, name), encoding="utf8") as stream:
            for line in stream:
                if line.startswith("What:"):
                    whats.append(line.split(":", 1)[1].strip())
    return whats


def walk(top):
    """Files and links below a directory; links are not followed."""
    for entry in sorted(os.scandir(top), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            yield entry.path, True
            yield from walk(entry.path)
        else:
            yield entry.path, False


def live_paths():
    """Yields paths, and whether they may be the parent of what is documented."""
    for name in CLASSES:
        top = f"/sys/class/{name}"
        for device in sorted(os.listdir(top)):
            for start in f"{top}/{device}", os.path.realpath(f"{top}/{device}"):
                yield start, False
                for path, is_dir in walk(start):
                    if os.path.dirname(path) != start or \
                       os.path.basename(path) not in STANDARD:
                        yield path, is_dir
    for top in CONFIGFS:
        yield from walk(top)


def parents(what):
    parts = what.split("/")
    return ["/".join(parts[:count]) for count in range(2, len(parts))]


def main():
    whats = read_whats(sys.argv[1])
    optional = sys.argv[2:]
    exact = {what: to_regex(what) for what in whats}
    above = [to_regex(parent) for what in whats for parent in parents(what)]
    found = set()
    paths = 0
    for path, is_dir in live_paths():
        paths += 1
        matches = [what for what, regex in exact.items() if regex.fullmatch(path)]
        found.update(matches)
        if not matches and not (is_dir and any(regex.fullmatch(path) for regex in above)):
            print(f"not documented: {path}")
    for what in whats:
        if what not in found and os.path.basename(what) not in optional:
            print(f"documented, and not there: {what}")
    print(f"# {paths} paths, {len(whats)} documented", file=sys.stderr)


if __name__ == "__main__":
    main()
