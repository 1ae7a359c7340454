"""
Charts as inline SVG, and the page of HTML that they stand on.

Here live histograms, tables with bars, and the page around them: no script, nothing fetched, and a
policy that forbids both. Every text is escaped here. What is counted is not known here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final, NamedTuple

from wikiclean.renderers.policy import security_policy


class Bar(NamedTuple):
    """A count with a name: a bin of a histogram, or a row of a table."""

    name: str
    number: int
    style: str = ""
    """``error``, ``warning`` or ``info``, which colours the bar and is written beside it."""
    note: str = ""
    """What explains the name."""


class Tick(NamedTuple):
    """A number below a histogram."""

    place: float
    """In bins from the left edge, 0 to the number of bins."""
    name: str


_CSS: Final = """
:root {
  color-scheme: light dark;
  --page: #f7f6f3; --card: #fff; --line: #e4e2dc; --text: #1c1b19; --soft: #62605a;
  --bar: #2f6db5; --error: #c23b3b; --warning: #b97400; --info: #77869a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #151514; --card: #1e1e1c; --line: #35342f; --text: #ecebe6; --soft: #a6a49b;
    --bar: #6aa3e8; --error: #ef7d7d; --warning: #dba03a; --info: #8b9bb0;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 3rem;
  background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; line-height: 1.4; margin: 0; }
h2 + table { margin-top: .5rem; }
p { margin: 0 0 .75rem; color: var(--soft); font-size: .875rem; }
dl, main { display: grid; gap: .75rem; margin: 0 0 .75rem; }
dl { grid-template-columns: repeat(auto-fit, minmax(min(9rem, 40%), 1fr)); }
main { grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
dl div, section {
  min-width: 0; padding: .75rem 1rem;
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
}
dt { color: var(--soft); font-size: .8125rem; }
dd { margin: 0; font-size: 1.5rem; line-height: 1.3; }
section { display: flex; flex-direction: column; }
.wide { grid-column: 1 / -1; }
svg { display: block; width: 100%; }
section > svg { margin-top: auto; }
svg text { font-size: 11px; fill: var(--soft); }
.axis { stroke: var(--soft); }
.grid { stroke: var(--line); }
rect { fill: var(--bar); }
rect.error { fill: var(--error); }
rect.warning { fill: var(--warning); }
rect.info { fill: var(--info); }
rect.over { fill: transparent; }
rect.over:hover { fill: var(--soft); fill-opacity: .15; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { padding: .25rem .75rem .25rem 0; vertical-align: top; border-top: 1px solid var(--line); }
tr:first-child > * { border-top: 0; }
th { width: 50%; text-align: left; font-weight: 400; overflow-wrap: anywhere; }
td { width: 1%; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.bar { width: auto; padding: .5625rem 0 .25rem; }
td.bar svg { height: .625rem; }
small { display: block; color: var(--soft); font-size: .8125rem; line-height: 1.35; }
td small { display: inline; }
details { font-size: .875rem; }
summary { color: var(--soft); cursor: pointer; }
@media (max-width: 36rem) {
  tr { display: grid; grid-template-columns: 1fr auto auto; border-top: 1px solid var(--line); }
  tr:first-child { border-top: 0; }
  th, td { border: 0; width: auto; }
  td:nth-last-child(2) { padding-right: 0; }
  td.bar { grid-column: 1 / -1; padding: 0 0 .375rem; }
  td.bar svg { height: .375rem; }
}
"""

_POLICY: Final = security_policy(_CSS)


def printable(text: str) -> str:
    """Return *text* with U+FFFD for what shows nothing of itself or changes what stands around."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _text(text: str) -> str:
    return escape(printable(text))


def page(title: str, parts: Iterable[str]) -> str:
    """Return a whole page; *parts* are HTML, *title* is text."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{_text(title)}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n"
        f"<h1>{_text(title)}</h1>\n{''.join(parts)}</body>\n</html>\n"
    )


def tiles(facts: Iterable[tuple[str, str]]) -> str:
    """Return names with the figures that sum all up."""
    inner = "".join(
        f"<div><dt>{_text(name)}</dt><dd>{_text(figure)}</dd></div>\n" for name, figure in facts
    )
    return f"<dl>\n{inner}</dl>\n"


def section(title: str, note: str, body: str, *, wide: bool = False) -> str:
    """Return HTML under a heading, with a note between if it is not empty."""
    said = f"<p>{_text(note)}</p>\n" if note else ""
    start = '<section class="wide">' if wide else "<section>"
    return f"{start}\n<h2>{_text(title)}</h2>\n{said}{body}</section>\n"


def sections(parts: Iterable[str]) -> str:
    """Return sections side by side where there is room."""
    return f"<main>\n{''.join(parts)}</main>\n"


def table(rows: Sequence[Bar]) -> str:
    """Return names, counts and bars, one below the other."""
    most = max((row.number for row in rows), default=0) or 1
    lines = []
    for row in rows:
        note = f"<small>{_text(row.note)}</small>" if row.note else ""
        style = f"<td><small>{_text(row.style)}</small></td>" if row.style else ""
        colour = f' class="{_text(row.style)}"' if row.style else ""
        lines.append(
            f'<tr><th scope="row"><bdi>{_text(row.name)}</bdi>{note}</th>{style}'
            f'<td>{row.number:,}</td><td class="bar"><svg aria-hidden="true">'
            f'<rect{colour} width="{100 * row.number / most:.2f}%" height="100%" rx="2"/>'
            "</svg></td></tr>\n"
        )
    return f"<table>\n{''.join(lines)}</table>\n"


_WIDTH: Final = 320
_HEIGHT: Final = 160
_LEFT: Final = 36
_RIGHT: Final = 18
_TOP: Final = 8
_BOTTOM: Final = 22
_GAP: Final = 1


def histogram(bins: Sequence[Bar], ticks: Sequence[Tick], *, label: str) -> str:
    """
    Return a histogram with its numbers.

    Args:
        bins: From left to right, all as wide; at least one.
        ticks: Numbers below it.
        label: What it shows, for who does not see it.
    """
    steps = _steps(max(one.number for one in bins))
    top = steps[-1] or 1
    wide = (_WIDTH - _LEFT - _RIGHT) / len(bins)
    high = _HEIGHT - _TOP - _BOTTOM
    floor = _HEIGHT - _BOTTOM
    out = [f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{_text(label)}">\n']
    for step in steps:
        y = floor - high * step / top
        out.append(
            f'<path class="{"grid" if step else "axis"}" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>'
            f'<text x="{_LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{short(step)}</text>\n'
        )
    for place, one in enumerate(bins):
        x = _LEFT + place * wide
        # A single page among millions is still to be seen.
        tall = max(high * one.number / top, 1.0) if one.number else 0.0
        out.append(
            f'<rect x="{x + _GAP / 2:.2f}" y="{floor - tall:.2f}" width="{wide - _GAP:.2f}" '
            f'height="{tall:.2f}"/><rect class="over" x="{x:.2f}" y="{_TOP}" width="{wide:.2f}" '
            f'height="{high}"><title>{_text(one.name)}: {one.number:,}</title></rect>\n'
        )
    for tick in ticks:
        x = _LEFT + tick.place * wide
        out.append(
            f'<path class="axis" d="M{x:.1f} {floor}v4"/>'
            f'<text x="{x:.1f}" y="{floor + 16}" text-anchor="middle">{_text(tick.name)}</text>\n'
        )
    out.append("</svg>\n<details><summary>Numbers</summary>\n")
    out.append(table([one for one in bins if one.number]))
    out.append("</details>\n")
    return "".join(out)


def _steps(most: int) -> list[int]:
    """Return round numbers from 0 up to *most* or just above it, at most six."""
    if not most:
        return [0]
    power = 10 ** int(math.log10(most))
    fitting = (step for step in (power // 5, power // 2, power, 2 * power) if most <= 5 * step)
    step = next(fitting)
    return list(range(0, most + step, step))


def short(number: int) -> str:
    """Return a number in few characters, as ``2.5k``."""
    for size, letter in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return str(number)
