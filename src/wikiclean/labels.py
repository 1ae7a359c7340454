"""
Tables of labels, learned from a corpus: which labels links to a page have, and in how many pages.

Here lives what a page teaches, and how much of it is kept. What the table is lives in
``passes.label_table``, what is made of it in ``passes.link_trail``, how pages are read in ``run``.

A label of wikitext ends where its author ended it. A label of the export is known as well where
its end is certain; where it is not, it is kept apart as exported. A redirect teaches that its title
is a name of its target.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, Final, Literal, NamedTuple

import attrs
import orjson

from wikiclean.document import Document, Link
from wikiclean.dump import Paths
from wikiclean.passes.label_table import MAX_LABEL, LabelTable, key_of
from wikiclean.passes.link_trail import EXPORTED_FORMS, TRAILLESS
from wikiclean.run import Options, Progress, gather
from wikiclean.site import fold
from wikiclean.stats import Stats

MOST: Final = 500_000
"""Labels that are kept, counted for each target. While they are learned there may be twice as many,
which takes about 300 MB."""

_DEFAULT: Final = Options()


class Learned(NamedTuple):
    """What was learned from a corpus."""

    table: LabelTable
    stats: Stats
    """What became of its pages; ``failed`` is not empty if some could not be read."""


def learn(
    paths: Paths,
    options: Options = _DEFAULT,
    *,
    min_pages: int = 1,
    most: int = MOST,
    processes: int = 1,
    progress: Progress = "none",
    on_error: Literal["skip", "stop"] = "skip",
    tell: Callable[[str], object] = lambda _: None,
) -> Learned:
    """
    Learn a table of labels from dumps, files of pages and folders.

    The same inputs and options give the same table, whatever the number of processes.

    Args:
        paths: As for ``run``.
        options: How pages are found and read; redirects are always taken, and of a page with
            several revisions the last one. What they say of texts and rows has no effect.
        min_pages: In how many pages a label must stand to be kept.
        most: How many labels are kept, counted for each target; those of the fewest pages go first.
        processes: As for ``run``.
        progress: As for ``run``.
        on_error: As for ``run``.
        tell: Called with a sentence for each error.

    Raises:
        DumpError: at the first error, if *on_error* is ``stop``.
        InputError: if an input cannot be opened.
        UnknownFormatError: if an option has a value that is not one of those known.
        ValueError: if *min_pages*, *most* or *processes* is less than 1.
    """
    learner = Learner(most)
    if min_pages < 1:
        raise ValueError("min_pages must be at least 1")
    stats = gather(
        paths,
        attrs.evolve(
            options,
            select=attrs.evolve(options.select, redirects=True, revisions="last"),
            variant="source",
            labels_from=None,
            repairs=True,
        ),
        _lesson,
        learner.take,
        processes=processes,
        progress=progress,
        on_error=on_error,
        tell=tell,
    )
    return Learned(learner.table(min_pages), stats)


class Lesson(NamedTuple):
    """What a page teaches: pairs of a target and a label, both folded, each pair once."""

    page: str
    """The dialect and the title; empty if the title is not known."""
    labels: list[tuple[str, str]]
    """Labels that end where they should."""
    exported: list[tuple[str, str]]
    """Labels of which that is not known."""


def lesson(document: Document) -> Lesson:
    """Return what a page teaches; it was read with the default passes, and without a table."""
    labels: set[tuple[str, str]] = set()
    exported: set[tuple[str, str]] = set()
    for link in document.walk():
        if not isinstance(link, Link) or not link.target or link.kind in TRAILLESS:
            continue
        if link.form == "wikitext":
            known, label = True, link.label
        elif link.form in EXPORTED_FORMS:
            known, label = link.certainty == "certain", link.label_exported
            if known and link.overflow:
                label = label[: -len(link.overflow)]
        else:
            continue
        _add(labels if known else exported, key_of(link.target, link.interwiki), fold(label))
    if document.redirect_to and document.title:
        _add(labels, key_of(document.redirect_to.partition("#")[0]), fold(document.title))
    page = f"{document.dialect} {document.title}" if document.title else ""
    return Lesson(page, sorted(labels), sorted(exported))


def _add(pairs: set[tuple[str, str]], target: str, label: str) -> None:
    label = label.strip()
    if label and target and max(len(label), len(target)) <= MAX_LABEL:
        pairs.add((target, label))


def _lesson(document: Document, _: object) -> list[dict[str, Any]]:
    return [lesson(document)._asdict()]


class Learner:
    """
    Counts what pages teach, of a page with several versions the first.

    Args:
        most: How many labels it keeps, counted for each target.

    Raises:
        ValueError: if *most* is less than 1.
    """

    def __init__(self, most: int = MOST) -> None:
        if most < 1:
            raise ValueError("most must be at least 1")
        self.most = most
        self.pages = 0
        self._met: set[int] = set()
        self._labels: Counts = {}
        self._exported: Counts = {}
        self._held = 0

    def take(self, lines: bytes) -> None:
        """Learn from lines of JSON, a lesson each."""
        for line in lines.splitlines():
            self.add(Lesson(**orjson.loads(line)))

    def add(self, page: Lesson) -> None:
        """Learn from a page."""
        if page.page:
            # A number in place of a title: a corpus has millions.
            if hash(page.page) in self._met:
                return
            self._met.add(hash(page.page))
        self.pages += 1
        for counts, pairs in ((self._labels, page.labels), (self._exported, page.exported)):
            for target, label in pairs:
                of_target = counts.setdefault(target, {})
                self._held += label not in of_target
                of_target[label] = of_target.get(label, 0) + 1
        if self._held > 2 * self.most:
            self._forget()

    def _forget(self) -> None:
        """Forget labels of so few pages that no more than ``most`` are left."""
        found = sorted(
            pages
            for counts in (self._labels, self._exported)
            for of_target in counts.values()
            for pages in of_target.values()
        )
        least = found[-self.most - 1] + 1 if len(found) > self.most else 1
        self._labels = _of_pages(self._labels, least)
        self._exported = _of_pages(self._exported, least)
        self._held = sum(map(len, chain(self._labels.values(), self._exported.values())))

    def table(self, min_pages: int = 1) -> LabelTable:
        """
        Return what was learned.

        The title of a target is a label of it like others. It is left out where it decides nothing:
        where no longer label begins with it.
        """
        self._forget()
        labels = {
            target: {
                label: pages
                for label, pages in of_target.items()
                if label != target or any(map(_begins(target), of_target))
            }
            for target, of_target in _of_pages(self._labels, min_pages).items()
        }
        return LabelTable(_of_pages(labels, 1), _of_pages(self._exported, min_pages), self.pages)


Counts = dict[str, dict[str, int]]


def _of_pages(counts: Counts, least: int) -> Counts:
    """Return the labels of as many pages, and no target without one."""
    kept = (
        (target, {label: pages for label, pages in of_target.items() if pages >= least})
        for target, of_target in counts.items()
    )
    return {target: of_target for target, of_target in kept if of_target}


def _begins(target: str) -> Callable[[str], bool]:
    return lambda label: len(label) > len(target) and label.startswith(target)
