"""
What became of many pages, in numbers: kept, lost, flagged, and how it is spread over the pages.

Here lives the one class that counts, page by page or row by row, and says what it counted as text,
JSON or a page of HTML. How charts are drawn lives in ``renderers.charts``; which files are counted,
in ``survey`` and ``run``.

Memory does not grow with the pages: spreads have fixed bins, and names (templates, codes) are held
up to a number, after which the rarest are forgotten.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sized
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Self, TypeVar

import attrs

from wikiclean.codes import CODES
from wikiclean.document import Document, outline
from wikiclean.errors import SchemaError
from wikiclean.renderers import charts
from wikiclean.renderers.row import count_losses, page_type, ranked

T = TypeVar("T")

SIZES: Final = (0, *(1 << power for power in range(27)))
"""Where bins of lengths and numbers of links begin: 0, 1, 2, 4, 8, …; the last one has no end."""

SHARES: Final = (*range(0, 100, 5), 101)
"""Where bins of kept shares begin, in percent; the last one holds texts longer than their page."""

HELD: Final = 1 << 16
"""Names that a counter holds; when it has more, the rarest half is forgotten."""

NAME: Final = 255
"""Code points of a name that are kept: MediaWiki's titles have 255 bytes at most."""

SEVERITIES: Final = ("error", "warning", "info")

_TOTALS: Final = ("pages", "rows", "source_chars", "text_chars", "template_chars", "link_count")
_NAMED: Final = ("types", "skipped", "failed", "templates")
_SPREADS: Final = MappingProxyType({"lengths": SIZES, "shares": SHARES, "links": SIZES})


@attrs.define
class Stats:
    """
    Counts of pages; those of two parts make those of the whole.

    A name's count is exact while a counter has met no more than ``HELD`` names; of more, those that
    count little may be missing or too low. The totals are always exact. A run keeps fewer names:
    see ``run.KEPT_NAMES``.
    """

    pages: int = 0
    """Pages that were wanted, the failed ones included."""
    rows: int = 0
    """Rows that a run wrote for them."""
    source_chars: int = 0
    """Code points of the pages that were read."""
    text_chars: int = 0
    """Code points of their texts."""
    template_chars: int = 0
    """Code points of the source lost to templates that no handler knows."""
    link_count: int = 0
    """Links in the texts."""
    types: Counter[str] = attrs.field(factory=Counter)
    """Pages that were read, by ``page_type``."""
    skipped: Counter[str] = attrs.field(factory=Counter)
    """Pages that were not wanted, by reason."""
    failed: Counter[str] = attrs.field(factory=Counter)
    """Pages, or places of a file, that could not be read, by kind."""
    diagnostics: dict[str, Counter[str]] = attrs.field(
        factory=lambda: {severity: Counter() for severity in SEVERITIES}
    )
    """Severity → code → how many, those of notes and infoboxes included if they were read."""
    templates: Counter[str] = attrs.field(factory=Counter)
    """``template_chars`` by name: the first is the handler to write next."""
    lengths: Counter[int] = attrs.field(factory=Counter)
    """Pages by the length of their text: where the bin begins (see ``SIZES``) → how many."""
    shares: Counter[int] = attrs.field(factory=Counter)
    """Pages that are not empty by the share that was kept, text over source: where the bin begins
    (see ``SHARES``) → how many."""
    links: Counter[int] = attrs.field(factory=Counter)
    """Pages by the links in their text, as ``lengths``."""

    # ---------------------------------------------------------------- counting

    def add(self, document: Document, *, namespace: int | None = None, nested: bool = True) -> None:
        """
        Count a page.

        Args:
            document: As ``parse`` gives it. One that ``pipe`` could not read counts as failed.
            namespace: Its number, if it is known better than by the title.
            nested: Whether what was flagged and lost in notes, infoboxes and hidden captions counts
                too; they are read for it, which can take as long as the page.
        """
        flags, losses = count_losses(document, nested=nested)
        if ("page_failed", "error") in flags:
            self.pages += 1
            self.failed["failed"] += 1
            return
        self._count(
            page_type(document, namespace),
            len(document.source),
            len(document.text),
            sum(1 for _ in outline(document, "links")),
            [(severity, code, count) for (code, severity), count in flags.items()],
            losses.items(),
        )

    def add_row(self, row: Mapping[str, Any]) -> None:
        """
        Count a page by its row: what ``Document.to_row`` gives, or a line of a shard.

        Args:
            row: Of the columns ``page_type``, ``links`` and ``stats`` are used. Where a column
                ``error`` holds an error record, that is counted instead.

        Raises:
            SchemaError: if they are missing or are not what they should be; nothing is counted.
        """
        try:
            if row.get("error") is not None:
                kind = _name(row["error"]["error"])
                self.failed[kind] += 1
                self.pages += kind != "damage"  # which is of a place in a file, not of a page
                return
            said = row["stats"]
            flags = [
                (_known(one["severity"], SEVERITIES), _name(one["code"]), _whole(one["count"]))
                for one in said["diagnostics"]
            ]
            counts = (
                _name(row["page_type"]),
                _whole(said["src_chars"]),
                _whole(said["text_chars"]),
                len(row["links"]),
                flags,
                [(_name(one["name"]), _whole(one["chars"])) for one in said["templates"]],
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SchemaError(
                f"it is no row of the profile full: {type(error).__name__}: {error}"
            ) from error
        self._count(*counts)

    def _count(
        self,
        kind: str,
        source: int,
        text: int,
        links: int,
        flags: Iterable[tuple[str, str, int]],
        lost: Iterable[tuple[str, int]],
    ) -> None:
        self.pages += 1
        self.types[kind] += 1
        self.source_chars += source
        self.text_chars += text
        self.link_count += links
        for severity, code, count in flags:
            self.diagnostics[severity][code] += count
        for name, chars in lost:
            self.templates[_name(name)] += chars
            self.template_chars += chars
        self.lengths[_bin(SIZES, text)] += 1
        self.links[_bin(SIZES, links)] += 1
        if source:
            self.shares[_bin(SHARES, 100 * text // source)] += 1
        self._bound()

    def merge(self, other: Stats) -> None:
        """Add the counts of other pages."""
        for name in _TOTALS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in (*_NAMED, *_SPREADS):
            getattr(self, name).update(getattr(other, name))
        for severity in SEVERITIES:
            self.diagnostics[severity].update(other.diagnostics[severity])
        self._bound()

    def _bound(self) -> None:
        for counter in self._names():
            if len(counter) > HELD:
                _forget(counter, HELD // 2)

    def forget(self, kept: int) -> None:
        """Keep that many names of each kind, those that count most."""
        for counter in self._names():
            if len(counter) > kept:
                _forget(counter, kept)

    def _names(self) -> Iterator[Counter[str]]:
        for name in _NAMED:
            yield getattr(self, name)
        yield from self.diagnostics.values()

    # ---------------------------------------------------------------- JSON

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as JSON, the same for the same counts; the largest of a kind first."""
        value: dict[str, Any] = {name: getattr(self, name) for name in _TOTALS}
        value |= {name: dict(ranked(getattr(self, name))) for name in _NAMED}
        value["diagnostics"] = {
            severity: dict(ranked(counter)) for severity, counter in self.diagnostics.items()
        }
        for name in _SPREADS:
            value[name] = {
                str(start): count for start, count in sorted(getattr(self, name).items())
            }
        return value

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """
        Return the counts that ``to_dict`` gave.

        Raises:
            SchemaError: if *value* does not have that shape.
        """
        stats = cls()
        try:
            for name in _TOTALS:
                setattr(stats, name, _whole(value[name]))
            for name in _NAMED:
                setattr(stats, name, _counter(value[name]))
            for severity in SEVERITIES:
                stats.diagnostics[severity] = _counter(value["diagnostics"][severity])
            for name, starts in _SPREADS.items():
                found = _counter(value[name])
                spread = {_known(int(key), starts): count for key, count in found.items()}
                setattr(stats, name, Counter(spread))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SchemaError(f"these are no counts: {type(error).__name__}: {error}") from error
        return stats

    def to_json(self) -> str:
        """Return ``to_dict`` as JSON for people and programs, with a line end."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n"

    # ---------------------------------------------------------------- text

    @property
    def kept(self) -> str:
        """The share of the source that is text, in percent; ``nothing`` if there is no source."""
        return f"{self.text_chars / self.source_chars:.1%}" if self.source_chars else "nothing"

    def to_text(self, *, top: int = 10) -> str:
        """
        Return what a person wants to know at the end of a run, in lines.

        Args:
            top: How many names of a kind are told.
        """
        rows = f", {self.rows:,} rows" if self.rows else ""
        lines = [
            f"{self.pages:,} pages{rows}; kept {self.kept} of {self.source_chars:,} characters"
        ]
        for what, counter, unit in (
            ("pages", self.types, ""),
            ("skipped", self.skipped, ""),
            ("failed", self.failed, ""),
            ("errors", self.diagnostics["error"], ""),
            ("warnings", self.diagnostics["warning"], ""),
            ("notices", self.diagnostics["info"], ""),
            ("dropped templates", self.templates, " characters"),
        ):
            if counter:
                said = ", ".join(
                    f"{charts.printable(name)} {number:,}{unit}"
                    for name, number in ranked(counter)[:top]
                )
                lines.append(f"{what}: {said}")
        return "\n".join(lines) + "\n"

    # ---------------------------------------------------------------- HTML

    def to_html(self, *, title: str = "wikiclean", top: int = 30) -> str:
        """
        Return one page with plots: self-contained, no script, all names escaped.

        Args:
            title: Of the page.
            top: How many names of a kind are shown.
        """
        tiles = [
            ("Pages", f"{self.pages:,}"),
            ("Kept", self.kept),
            ("Characters of source", charts.short(self.source_chars)),
            ("Characters of text", charts.short(self.text_chars)),
            ("Links", charts.short(self.link_count)),
            ("Failed", f"{self.failed.total():,}"),
        ]
        parts = []
        if read := self.lengths.total():
            mean = f"mean {self.text_chars / read:,.0f}"
            spread = _sizes(self.lengths)
            parts.append(_plot("Page length", "Characters of text", mean, self.lengths, spread))
        if self.shares.total():
            spread = _shares(self.shares)
            whole = f"{self.kept} of all"
            parts.append(_plot("Kept share", "Text over source", whole, self.shares, spread))
        if read := self.links.total():
            mean = f"mean {self.link_count / read:,.1f}"
            spread = _sizes(self.links)
            parts.append(_plot("Links a page", "Links in the text", mean, self.links, spread))
        for name, counter, style in (
            ("Pages by type", self.types, ""),
            ("Left out", self.skipped, ""),
            ("Failed", self.failed, "error"),
        ):
            if counter:
                bars = [charts.Bar(key, count, style) for key, count in ranked(counter)[:top]]
                parts.append(charts.section(name, _more(counter, top), charts.table(bars)))
        parts += self._diagnostics_html(top)
        if self.templates:
            bars = [charts.Bar(name, count) for name, count in ranked(self.templates)[:top]]
            share = self.template_chars / self.source_chars if self.source_chars else 0
            note = (
                f"Characters of the source lost to templates that no handler knows: "
                f"{self.template_chars:,} in all, {share:.1%} of the source."
            )
            note = f"{note} {_more(self.templates, top)}".strip()
            parts.append(charts.section("What templates cost", note, charts.table(bars), wide=True))
        return charts.page(title, [charts.tiles(tiles), charts.sections(parts)])

    def _diagnostics_html(self, top: int) -> Iterator[str]:
        found = [
            charts.Bar(code, count, severity, CODES[code].message if code in CODES else "")
            for severity, counter in self.diagnostics.items()
            for code, count in ranked(counter)
        ]
        if found:
            more = _more(found, top)
            yield charts.section("Diagnostics by kind", more, charts.table(found[:top]), wide=True)


class _Spread(NamedTuple):
    bins: list[charts.Bar]
    ticks: list[charts.Tick]


def _sizes(counts: Counter[int]) -> _Spread:
    """Return the bins from the first to the last that holds a page, and ticks at powers of ten."""
    held = [index for index, start in enumerate(SIZES) if counts[start]]
    first, last = held[0], held[-1]
    ticks: list[charts.Tick] = []
    while len(ticks) < 2:
        ticks = [charts.Tick(0.5, "0")] if first == 0 else []
        for power in range(9):
            place = 1 + math.log2(10**power) - first
            if max(1 - first, 0) <= place <= last + 1 - first:
                ticks.append(charts.Tick(place, charts.short(10**power)))
        if len(ticks) < 2:  # few bins, and 0, which would have two ticks, is not among them
            first, last = max(first - 1, 1), min(last + 1, len(SIZES) - 1)
    bins = [
        charts.Bar(_range(SIZES, index), counts[SIZES[index]]) for index in range(first, last + 1)
    ]
    return _Spread(bins, ticks)


def _shares(counts: Counter[int]) -> _Spread:
    last = len(SHARES) if counts[SHARES[-1]] else len(SHARES) - 1
    bins = [charts.Bar(_range(SHARES, index, "%"), counts[SHARES[index]]) for index in range(last)]
    ticks = [charts.Tick(share / 5, f"{share}%") for share in (0, 25, 50, 75, 100)]
    return _Spread(bins, ticks)


def _range(starts: tuple[int, ...], index: int, unit: str = "") -> str:
    """Return what a bin holds, in words."""
    first = starts[index]
    if index + 1 == len(starts):
        return f"{first:,}{unit} or more"
    last = starts[index + 1] - 1
    return f"{first:,}{unit}" if first == last else f"{first:,} to {last:,}{unit}"


def _plot(title: str, unit: str, whole: str, counts: Counter[int], spread: _Spread) -> str:
    half = 0
    for middle in spread.bins:
        half += middle.number
        if 2 * half >= counts.total():
            break
    note = f"{unit}; {whole}, median {middle.name}."
    label = f"{title}: number of pages by {unit.lower()}"
    return charts.section(title, note, charts.histogram(*spread, label=label))


def _more(names: Sized, top: int) -> str:
    return f"The first {top} of {len(names):,}." if len(names) > top else ""


def _bin(starts: tuple[int, ...], value: int) -> int:
    """Return where the bin begins that holds *value*."""
    return starts[bisect_right(starts, value) - 1]


def _forget(counter: Counter[str], kept: int) -> None:
    for name, _ in ranked(counter)[kept:]:
        del counter[name]


def _name(value: object) -> str:
    """
    Return a name as it is kept: short, and such that it can be written as UTF-8.

    Raises:
        TypeError: if it is no string.
    """
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} for a name")
    if len(value) > NAME:
        value = value[: NAME - 1] + "…"
    return value if value.isascii() else value.encode(errors="replace").decode()


def _whole(value: object) -> int:
    """
    Return a count.

    Raises:
        ValueError: if it is none, or none that 64 bits hold.
    """
    if not isinstance(value, int) or not 0 <= value < 1 << 63:
        raise ValueError("a number")
    return value


def _known(value: T, values: tuple[T, ...]) -> T:
    """
    Return a value that is one of those named.

    Raises:
        ValueError: if it is not.
    """
    if value not in values:
        raise ValueError(value)
    return value


def _counter(value: Mapping[str, Any]) -> Counter[str]:
    return Counter({_name(name): _whole(count) for name, count in value.items()})
