"""
What RESULTS.md says: the machine, the tools, the tables, and where another tool is better.

Here numbers become sentences; nothing is measured here, and no number stands here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import speed
from peers import PEERS

Numbers = Mapping[str, Any]

HEAD: Final = """\
# Results

Made by the command below, which writes all of this page; `benchmarks/README.md` tells how to repeat
it. Compare ratios: absolute figures move with the machine, and with what else it does.
"""

EXPLAINED: Final[Mapping[str, str]] = {
    "speed": """\
Every tool reads the same pages, each in a process of its own, all in turn, round by round.
`document` is `wikiclean.parse`; `records` has every record made besides, which `parse` leaves until
somebody asks; `clean` is `wikiclean.clean`; `bare` is the parser without templates and repairs. Of
a program that is started for each page, the start is taken off. `bz2` only unpacks.

- **MB/s** is UTF-8 in a second of CPU time, user and system, all threads together: throughput of a
  core. It is the median of the rounds.
- **times** is how often `document` reads all pages while the tool reads them once: the median of
  the rounds, the least and the most. Below 1 the tool is faster.
- **page** is the same of single pages: the median, the first and the third quartile.
- **failed** are pages that the tool raised on or took too long for; they count for neither side.
- **MB** is the most that was resident in the tool's process, **MB before** the same before the
  first page.
""",
    "growth": """\
Pages of a group joined to one, CPU seconds of wikiclean at each size, and the exponent of the
growth over the last three: 1 is linear, 2 quadratic. Each operation takes the Document that the one
before left; `parse` is without the repairs, which are `passes`, and `records` is `parse` with every
record made.
""",
    "hostile": """\
Markup that a careless parser reads in quadratic time or worse. For wikiclean, every family goes
through `parse` and all forms of output; over the limit is what grows faster than size to the 1.1 or
takes over 10 s. For all tools, every family goes through the same call as above.
""",
    "dump": """\
A whole run over a packed dump: **pages/s** of wall time, **CPU s** of all processes, **main s** of
the one that hands out and writes, **MB/s** of XML in a second of CPU time, **times** the CPU time
of `split`, which unpacks and cuts into pages only. `hf` and `full` are profiles of `wikiclean
dump`, with so many workers; `legacy` is the function of Hugging Face's script.
""",
    "fidelity": """\
How close the text is to what MediaWiki shows, in percent; `python benchmarks/fidelity.py --help`
says what each column counts. Templates count as nothing for all tools, so `wikiclean` is asked to
drop them; `wikiclean-default` is what a user gets who asks for nothing.
""",
    "labels": """\
The exports' converter glued the letters behind a link to its label. How many labels are right, and
how many of those that are called so: `keep` leaves them as exported.
""",
    "conversion": """\
MB/s of text that become a variant: with links and tables where they are now, and with every record,
which otherwise waits until somebody asks; the `engine` alone, on bare text, and how many **times**
it converts the text meanwhile.
""",
}

INTRODUCED: Final[Mapping[str, str]] = {
    "Faster": "Time over that of `document`, and in brackets over that of `records`.",
    "Smaller": "The most that was resident in the process.",
    "Faster over a whole dump": "CPU time for a page over that of `hf 1`.",
    "Closer to MediaWiki": "`wikiclean` is as in the tables of fidelity.",
    "Steadier on hostile pages": "Families that take too long, fail, or grow too fast.",
}

MEASURES: Final[Mapping[str, str]] = {
    "recall": "recall",
    "precision": "precision",
    "prose_recall": "recall of prose",
    "blocks": "blocks exactly right",
    "cells": "cells exactly right",
    "lines": "lines exactly right",
    "link_recall": "recall of links",
    "link_precision": "precision of links",
    "categories": "pages with the right categories",
    "headings": "pages with the right headings",
    "clean": "pages without left-over markup",
}
"""Those of `fidelity.py` of which more is better."""


LEAST_PAGES: Final = 1000
"""Of a dump: of fewer, the start of a run is most of its cost."""


class Tools(NamedTuple):
    """The other tools of a run: the versions of those that are there, why others are not."""

    versions: Mapping[str, str]
    missing: Mapping[str, str]


def page(
    machine: Sequence[tuple[str, str]], tools: Tools, numbers: Numbers, parts: Mapping[str, str]
) -> str:
    """Return the whole page: *parts* are what the benchmarks printed."""
    rows = [
        [f"`{name}`", tools.versions.get(name, ""), peer.gives, peer.lacks]
        for name, peer in PEERS.items()
        if name in tools.versions
    ]
    sections = [
        HEAD,
        "## Machine\n\n" + table(["", ""], machine),
        "## Other tools\n\n" + (table(["tool", "version", "gives", "lacks"], rows) if rows else ""),
        "\n".join(f"- `{name}` was not compared: {why}." for name, why in tools.missing.items()),
        "## Where others are better\n\n" + better(numbers),
    ]
    for name, part in parts.items():
        title = name[0].upper() + name[1:]
        sections.append(f"## {title}\n\n{EXPLAINED[name]}\n{part.strip()}\n")
    text = "\n\n".join(part.strip() for part in sections if part.strip()) + "\n"
    return re.sub(r"\n{3,}", "\n\n", text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table of words."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["--"] * len(head), *rows])


def better(numbers: Numbers) -> str:
    """Return a list for each benchmark of where a tool beats wikiclean."""
    lists = {
        "Faster": [*faster(numbers.get("speed", {}))],
        "Smaller": [*smaller(numbers.get("speed", {}))],
        "Faster over a whole dump": [*faster_dump(numbers.get("dump", {}))],
        "Closer to MediaWiki": [*closer(numbers.get("fidelity", {}))],
        "Steadier on hostile pages": [*steadier(numbers.get("hostile", {}))],
    }
    told = [
        f"### {title}\n\n{INTRODUCED[title]}\n\n" + "\n".join(f"- {line}" for line in lines)
        for title, lines in lists.items()
        if lines
    ]
    return "\n\n".join(told) or "Nowhere, in what this run measured."


def faster(groups: Numbers) -> Iterator[str]:
    """Tell of the tools that take less time than `document` somewhere, and what they lack."""
    for name, peer in PEERS.items():
        told = []
        for group, figures in groups.items():
            took = figures[name]["times"][0] if name in figures else 1.0
            if took < 1:
                every = figures["records"]["times"][0]
                failed = figures[name]["failed"]
                less = f", {failed} pages failed" if failed else ""
                told.append(f"{group} {took:.2f} ({took / every:.2f}{less})")
        if told:
            yield f"`{name}`: {'; '.join(told)}. It gives {peer.gives}. It lacks: {peer.lacks}."


def smaller(groups: Numbers) -> Iterator[str]:
    """Tell of the tools whose process needs less memory than that of `document`."""
    for group, figures in groups.items():
        ours = figures[speed.BASE].get("peak", 0)
        peers = [
            name for name in figures if name in PEERS and 0 < figures[name].get("peak", 0) < ours
        ]
        if peers:
            sizes = ", ".join(
                f"`{name}` {figures[name]['peak'] / 1e6:.0f} MB"
                for name in sorted(peers, key=lambda name: int(figures[name]["peak"]))
            )
            yield f"{group}: {sizes}; `document` {ours / 1e6:.0f} MB."


def faster_dump(rows: Numbers) -> Iterator[str]:
    """Tell of the programs that cost less CPU time a page than a run of wikiclean."""
    ours = rows.get("hf 1")
    if ours and ours["pages"] < LEAST_PAGES:
        return
    for name, row in rows.items():
        if ours and name.startswith(("legacy", "wikiextractor")) and row["pages"]:
            share = row["cpu"] / row["pages"] / (ours["cpu"] / ours["pages"])
            if share < 1:
                yield f"`{name}`: {share:.2f}."


def closer(sets: Numbers) -> Iterator[str]:
    """Tell of the measures of fidelity in which a tool is ahead of `wikiclean`."""
    for group, tools in sets.items():
        if group == "all pages":
            continue
        measures = MEASURES if "speaking" not in tools["wikiclean"] else {"speaking": "texts equal"}
        for key, title in measures.items():
            mine = tools["wikiclean"].get(key)
            ahead = {
                name: row[key]
                for name, row in tools.items()
                if name in PEERS and row.get(key) is not None and mine is not None
            }
            # As many digits as the tables have: what is equal there is equal.
            ahead = {name: share for name, share in ahead.items() if round(share - mine, 4) > 0}
            if ahead:
                names = ", ".join(
                    f"`{name}` {share:.2%}"
                    for name, share in sorted(ahead.items(), key=lambda item: -item[1])
                )
                yield f"{group}, {title}: {names}; `wikiclean` {mine:.2%}."


def steadier(tools: Numbers) -> Iterator[str]:
    """Tell of the tools that fail, or grow too fast, on fewer hostile families than `document`."""

    def bad(told: Numbers) -> int:
        return sum(len(told[key]) for key in ("stopped", "failed", "quadratic"))

    ours = tools.get(speed.BASE)
    for name, told in tools.items():
        if ours and name in PEERS and bad(told) < bad(ours):
            yield f"`{name}` {bad(told)}; `document` {bad(ours)}."
