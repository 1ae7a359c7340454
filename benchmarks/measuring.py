"""
What the benchmarks share: CPU time, growth with size, and tables of numbers.

Here lives also the whole of a hostile benchmark but its families: `hostile_main` takes them, parses
each at several sizes, sends the Document through everything that reads one, and judges the growth.
What does not belong here: markup of any dialect.
"""

import argparse
import contextlib
import gc
import json
import math
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, NamedTuple

import wikiclean
from wikiclean import preview
from wikiclean.api import DialectOption
from wikiclean.document import Document

SIZES: Final = (8_000, 32_000, 128_000, 1_000_000)
"""Characters; the growth is judged over the last three."""
JUDGED: Final = 3

MOST_EXPONENT: Final = 1.1
MOST_SECONDS: Final = 10.0
STOP_SECONDS: Final = 2 * MOST_SECONDS
"""After so much CPU time a call is stopped."""
LEAST_SECONDS: Final = 0.1
"""Below this a time is noise, and so is the exponent fitted to it."""

REPEATS: Final = 5
REPEAT_SECONDS: Final = 0.5
"""A size is measured again, up to so many times, until this much is spent; the best counts."""


class Family(NamedTuple):
    """Texts of one shape and any size."""

    name: str
    make: Callable[[int], str]
    """Returns a text of about so many characters."""


def repeated(unit: str, end: str = "", name: str = "") -> Family:
    """Return the family of a unit that stands again and again."""
    return Family(name or shown(unit + "…" + end), lambda size: unit * (size // len(unit)) + end)


def filled(before: str, unit: str, after: str) -> Family:
    """Return the family of a construct with a unit in it that stands again and again."""
    return Family(
        shown(before + unit + "…" + after), lambda size: before + unit * (size // len(unit)) + after
    )


def nested(opener: str, closer: str, core: str = "a", name: str = "") -> Family:
    """Return the family of pairs in pairs."""
    pair = len(opener) + len(closer)

    def make(size: int) -> str:
        depth = size // pair
        return opener * depth + core + closer * depth

    return Family(name or shown(f"{opener}…{closer}"), make)


def shown(markup: str) -> str:
    """Write markup on one line of a table."""
    return markup.replace("\n", "⏎")


def cpu_seconds(call: Callable[[], object]) -> float:
    """Return the CPU time of one call, user and system."""
    start = time.process_time()
    call()
    return time.process_time() - start


class OvertimeError(Exception):
    """A call took more CPU time than it was given."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """
    Stop what runs inside after so much CPU time; do nothing where there is no such timer.

    The timer is one of the wall that looks at the CPU time: while a timer of CPU time runs, some
    kernels count that in ticks.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    end = time.process_time() + seconds

    def look(_signal: int, _frame: object) -> None:
        if time.process_time() > end:
            raise OvertimeError

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, seconds, min(seconds, 0.5))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the slope of log time over log size by least squares: 1 is linear, 2 quadratic."""
    xs = [math.log(size) for size in sizes]
    ys = [math.log(max(second, 1e-9)) for second in seconds]
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - x_mean) ** 2 for x in xs)
    if not spread:
        return 0.0
    return sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True)) / spread


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table: the first column to the left, the others to the right."""
    widths = [max(3, *(len(row[i]) for row in [head, *rows])) for i in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    print()
    for row in [head, rule, *rows]:
        first = row[0].ljust(widths[0])
        rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        print("|", " | ".join([first, *rest]), "|", flush=True)
    print()


# --- hostile text

READERS: Final[Mapping[str, Callable[[Document], object]]] = {
    "accounting": Document.accounting,
    "json": Document.to_json,
    "html": Document.to_html,
    "markdown": Document.to_markdown,
    "row": Document.to_row,
    "select": lambda document: document.select(tables="markdown", footnotes="inline"),
    "drop": lambda document: document.select(
        tables="drop", captions=False, math="drop", footnotes="end"
    ),
    "explain": preview.page,
}
"""Everything that reads a whole Document."""


class Times(NamedTuple):
    """What one operation took on one family."""

    sizes: list[int]
    seconds: list[float]
    """Infinite where it raised, was stopped, or was not begun because it would have to be."""

    @property
    def exponent(self) -> float:
        """Growth over the last sizes; infinite where one was stopped."""
        if math.inf in self.seconds or not self.seconds:
            return math.inf
        return exponent(self.sizes[-JUDGED:], self.seconds[-JUDGED:])

    @property
    def fails(self) -> bool:
        """Whether it grows faster, or takes longer, than is allowed."""
        if not self.seconds:
            return False
        last = self.seconds[-1]
        return last > MOST_SECONDS or (last >= LEAST_SECONDS and self.exponent > MOST_EXPONENT)

    def __str__(self) -> str:
        """Return the seconds at the largest size and the exponent, `!` where that is too much."""
        if not self.seconds:
            return "- "
        if math.isinf(self.seconds[-1]):
            return "stopped !"
        mark = "!" if self.fails else " "
        return f"{self.seconds[-1]:.2f} {self.exponent:.2f} {mark}"


def measure(
    family: Family,
    dialect: DialectOption,
    sizes: Sequence[int],
    readers: Sequence[str],
    *,
    repeats: int = REPEATS,
    collector: bool = False,
) -> dict[str, Times]:
    """
    Time `parse` and the readers on one family at every size.

    Python's collector of cycles rests meanwhile, unless *collector* says otherwise: its full passes
    begin at some size, and add 0.2 to the exponent of what is linear.
    """
    times = {name: Times([], []) for name in ("parse", *readers)}
    for size in sizes:
        text = family.make(size)
        best = _best(text, dialect, times, repeats, collector=collector)
        for name, seconds in best.items():
            if name == "parse" or math.isfinite(best["parse"]):
                times[name].sizes.append(len(text))
                times[name].seconds.append(seconds)
    return times


def least(one: Mapping[str, Times], other: Mapping[str, Times]) -> dict[str, Times]:
    """Return the lesser of the times of two measurements."""
    result = {}
    for name, seen in one.items():
        pairs = zip_longest(seen.seconds, other[name].seconds, fillvalue=math.inf)
        sizes = max(seen.sizes, other[name].sizes, key=len)
        result[name] = Times(sizes, [min(pair) for pair in pairs])
    return result


def _best(
    text: str,
    dialect: DialectOption,
    times: Mapping[str, Times],
    repeats: int,
    *,
    collector: bool,
) -> dict[str, float]:
    """Return the least time of each operation on a text, over a few repeats."""
    best = dict.fromkeys(times, math.inf)
    spent = 0.0
    for _ in range(repeats):
        documents: list[Document] = []
        for name, seen in times.items():
            if _hopeless(seen, len(text)) or (name != "parse" and not documents):
                continue

            def call(name: str = name, documents: list[Document] = documents) -> None:
                if name == "parse":
                    documents.append(wikiclean.parse(text, dialect=dialect))
                else:
                    READERS[name](documents[0])

            gc.collect()
            if not collector:
                gc.disable()
            try:
                with at_most(STOP_SECONDS):
                    seconds = cpu_seconds(call)
            except OvertimeError:
                spent += STOP_SECONDS
                continue
            except Exception as error:  # noqa: BLE001 - the other families are still to be seen
                print(f"{name}, {len(text):,} characters: {type(error).__name__}: {error}")
                continue
            finally:
                gc.enable()
            best[name] = min(best[name], seconds)
            spent += seconds
        if spent > REPEAT_SECONDS:
            break
    return best


def _hopeless(times: Times, size: int) -> bool:
    """Tell whether an operation would have to be stopped, by its growth so far."""
    if math.inf in times.seconds:
        return True
    if len(times.seconds) < 2:
        return False
    growth = exponent(times.sizes[-2:], times.seconds[-2:])
    return times.seconds[-1] * math.pow(size / times.sizes[-1], growth) > 8 * MOST_SECONDS


def hostile_main(
    families: Sequence[Family],
    dialect: DialectOption,
    description: str,
    argv: Sequence[str] | None = None,
) -> int:
    """Run the command line of a hostile benchmark; return 1 if anything grows too fast."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(part) for part in text.split(",")],
        default=SIZES,
        help="characters, joined by commas (%(default)s)",
    )
    parser.add_argument("--only", default="", help="only families whose name this pattern matches")
    parser.add_argument(
        "--readers",
        type=lambda text: text.split(",") if text else [],
        default=list(READERS),
        help=f"of {','.join(READERS)}; empty for parse alone",
    )
    parser.add_argument("--repeats", type=int, default=REPEATS, help="(%(default)s)")
    parser.add_argument(
        "--collector", action="store_true", help="leave Python's collector of cycles on"
    )
    parser.add_argument("--json", type=Path, help="file for the numbers")
    parser.add_argument("--list", action="store_true", help="name the families and stop")
    arguments = parser.parse_args(argv)
    try:
        only = re.compile(arguments.only)
    except re.error as error:
        parser.error(f"--only: {arguments.only!r} is no regular expression: {error}")
    chosen = [family for family in families if only.search(family.name)]
    if arguments.list:
        print("\n".join(family.name for family in chosen))
        return 0
    gc.collect()
    gc.freeze()  # So that the collections between the measurements are quick.
    head = ["family", "parse", *arguments.readers]
    print(f"seconds at {arguments.sizes[-1]:,} characters, and exponent")
    width = max((len(family.name) for family in chosen), default=6)
    print("  ".join([head[0].ljust(width), *(name.rjust(11) for name in head[1:])]))
    failures: list[str] = []
    numbers: dict[str, Any] = {}
    for family in chosen:
        again = partial(
            measure,
            family,
            dialect,
            arguments.sizes,
            arguments.readers,
            repeats=arguments.repeats,
            collector=arguments.collector,
        )
        times = again()
        if any(seen.fails for seen in times.values()):  # Perhaps only the machine was busy.
            times = least(times, again())
        cells = [str(times[name]).rjust(11) for name in head[1:]]
        print("  ".join([family.name.ljust(width), *cells]).rstrip(), flush=True)
        failures += [f"{family.name}: {name}" for name in times if times[name].fails]
        numbers[family.name] = {
            name: {
                "sizes": seen.sizes,
                "seconds": [None if math.isinf(second) else second for second in seen.seconds],
            }
            for name, seen in times.items()
        }
    if arguments.json:
        arguments.json.write_text(
            json.dumps(numbers, ensure_ascii=False, indent=1), encoding="utf-8"
        )
    print(f"{len(chosen)} families, {len(failures)} over the limit", *failures, sep="\n  ")
    return 1 if failures else 0
