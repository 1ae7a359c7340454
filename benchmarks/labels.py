"""
Measure how often the end of a link's label is found.

pandoc glued the letters behind a link to its label; `wikiclean.passes.link_trail.recover_label`
says where the true label ends. DATA is a folder with `link_truth.tsv`: labels as exported, their
targets, and the labels that the articles had.

    python benchmarks/labels.py DATA
    python benchmarks/labels.py DATA --wrong

Prints, for links whose label was the target itself (unpiped) or was not (piped), and that had
swallowed something (overflow) or not (clean), how many labels are right; then how many of those
that the library calls certain, likely and ambiguous. `keep` leaves every label as it was exported.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from measuring import print_table

from wikiclean.passes.link_trail import recover_label
from wikiclean.site import fold


class Trial(NamedTuple):
    """A link whose true label is known, and what was found."""

    page: str
    exported: str
    target: str
    truth: str
    label: str
    certainty: str
    rule: str
    kind: str
    """``unpiped`` or ``piped``, and ``clean`` or ``overflow``."""


def trials(data: Path) -> Iterator[Trial]:
    """Yield a trial for each row of the table."""
    with (data / "link_truth.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    labels: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        labels.setdefault((row["page"], row["target"]), set()).add(fold(row["label_exported"]))
    for row in rows:
        exported, truth = row["label_exported"], row["true_label"]
        target, _, fragment = row["target"].partition("#")
        others = sorted(labels[row["page"], row["target"]])
        found = recover_label(exported, target, fragment=fragment, others=others)
        piped = "piped" if row["piped"] == "y" else "unpiped"
        yield Trial(
            row["page"],
            exported,
            row["target"],
            truth,
            exported[: found.length],
            found.certainty,
            found.rule,
            f"{piped} {'clean' if exported == truth else 'overflow'}",
        )


def share(found: Sequence[bool]) -> str:
    """Write how many are right."""
    percent = f" {sum(found) / len(found):6.1%}" if found else ""
    return f"{sum(found)}/{len(found)}{percent}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--wrong", action="store_true", help="list the labels that were missed")
    arguments = parser.parse_args(argv)
    if not (arguments.data / "link_truth.tsv").is_file():
        parser.error(f"{arguments.data} has no link_truth.tsv")
    found = list(trials(arguments.data))
    kinds = ("unpiped clean", "unpiped overflow", "piped clean", "piped overflow")
    table = [
        [
            kind,
            share([t.exported == t.truth for t in some]),
            share([t.label == t.truth for t in some]),
        ]
        for kind in (*kinds, "all")
        for some in [[t for t in found if kind in (t.kind, "all")]]
    ]
    print_table(["links", "keep", "wikiclean"], table)
    print()
    table = [
        [certainty, share([t.label == t.truth for t in found if t.certainty == certainty])]
        for certainty in ("certain", "likely", "ambiguous")
    ]
    print_table(["called", "right"], table)
    if arguments.wrong:
        print()
        for t in found:
            if t.label != t.truth:
                print(
                    f"{t.page}: [{t.exported}]({t.target}) is {t.truth}, not {t.label} ({t.rule})"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
