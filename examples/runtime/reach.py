#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""reach.py renderD128 [ROOT]: prints the IDs of the pagemaps that this GPU can use now."""

import sys
from collections.abc import Iterator
from pathlib import Path


class TopologyChanged(Exception):
    """The kernel changed the topology during the scan."""


def word(directory: Path, file: str) -> str | None:
    """Returns a value of one word; None if it is unknown."""
    try:
        return (directory / file).read_text(encoding="ascii").strip()
    except OSError:
        return None


def is_of_node(link: Path, node: str) -> bool:
    """Whether the link begins at the GPU of a render node."""
    return (link / "initiator" / "render").resolve().name == node


def scan(root: Path, node: str) -> Iterator[int]:
    """Yields the IDs of usable pagemaps, from a single state of the topology."""
    classes = root / "sys" / "class"
    generation = word(classes / "drm_pagemap" / "topology", "generation")
    found = [word(link / "pagemap", "id")
             for link in (classes / "drm_pagemap_link").iterdir()
             if is_of_node(link, node) and word(link, "access") == "direct"
             and word(link, "usable") == "1"]
    if generation != word(classes / "drm_pagemap" / "topology", "generation") or \
            generation is None or int(generation) % 2:
        raise TopologyChanged
    return (int(number) for number in found if number)


def reachable(root: Path, node: str, tries: int = 10) -> list[int]:
    """Returns the IDs of usable pagemaps, sorted."""
    for _ in range(tries):
        try:
            return sorted(scan(root, node))
        except TopologyChanged:
            continue
    raise TopologyChanged


def main(arguments: list[str]) -> None:
    root = Path(arguments[1]) if len(arguments) > 1 else Path("/")
    for number in reachable(root, arguments[0]):
        print(number)


if __name__ == "__main__":
    main(sys.argv[1:])
