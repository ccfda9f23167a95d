#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
draw.py DIRECTORY

From the files *.json that "run" has written there, writes the table of README.md in this
directory anew, and ratios.svg, a bar for each machine and pattern.
"""

import json
import pathlib
import sys
from typing import NamedTuple

BEGIN = "<!-- The table: written by refresh -->\n"
END = "<!-- End of the table -->\n"

COLORS = {"all-reduce": "#4477aa", "layer": "#ee6677", "pipeline": "#228833"}

MIB = 1 << 20


class Row(NamedTuple):
    """A pattern on a machine, with both placements."""

    machine: str
    gpus: int
    pattern: str
    default_ns: int
    near_ns: int
    default_system: int
    near_local: int
    near_peer: int
    near_system: int

    @property
    def ratio(self) -> float:
        return self.default_ns / self.near_ns


def rows_of(path: pathlib.Path) -> list[Row]:
    report = json.loads(path.read_text(encoding="utf-8"))
    found = {(result["pattern"], result["placement"]): result for result in report["results"]}
    rows = []
    for pattern in COLORS:
        default, near = found[pattern, "default"], found[pattern, "near"]
        rows.append(Row(path.stem, len(report["gpus"]), pattern,
                        default["modelled_ns"], near["modelled_ns"],
                        default["bytes"]["system"], near["bytes"]["local"],
                        near["bytes"]["peer"], near["bytes"]["system"]))
    return rows


def table(rows: list[Row]) -> str:
    lines = [
        "| machine | GPUs | pattern | default: µs | near: µs | ratio "
        "| default: system MiB | near: local MiB | near: peer MiB | near: system MiB |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        lines.append(f"| {row.machine} | {row.gpus} | {row.pattern} "
                     f"| {row.default_ns / 1e3:.1f} | {row.near_ns / 1e3:.1f} "
                     f"| {row.ratio:.1f} | {row.default_system / MIB:.1f} "
                     f"| {row.near_local / MIB:.1f} | {row.near_peer / MIB:.1f} "
                     f"| {row.near_system / MIB:.1f} |")
    return "\n".join(lines) + "\n"


def bars(rows: list[Row]) -> str:
    left, width, height = 190, 560, 18
    scale = width / max(row.ratio for row in rows)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 60}" '
        f'height="{height * (len(rows) + 2)}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="8" y="{height - 4}">Modelled time with default placement / '
        'with near placement</text>',
    ]
    for number, row in enumerate(rows):
        y = height * (number + 1.5)
        out += [
            f'<text x="{left - 8}" y="{y + 12:g}" text-anchor="end">'
            f'{row.machine}, {row.pattern}</text>',
            f'<rect x="{left}" y="{y + 2:g}" width="{row.ratio * scale:.1f}" '
            f'height="{height - 4}" fill="{COLORS[row.pattern]}"/>',
            f'<text x="{left + row.ratio * scale + 6:.1f}" y="{y + 12:g}">'
            f'{row.ratio:.1f}</text>',
        ]
    return "\n".join(out + ["</svg>"]) + "\n"


def main() -> int:
    if len(sys.argv) != 2:
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    directory = pathlib.Path(sys.argv[1])
    rows = [row for path in sorted(directory.glob("*.json")) for row in rows_of(path)]
    page = directory / "README.md"
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{table(rows)}\n{END}{after}", encoding="utf-8")
    (directory / "ratios.svg").write_text(bars(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
