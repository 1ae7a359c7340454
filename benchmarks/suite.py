"""
Run all benchmarks, of wikiclean and of other tools, and write RESULTS.md.

    python -m benchmarks                    pages that the project makes, and those of
                                            WIKICLEAN_DATA if that is set
    python -m benchmarks DATA PAGES         and those of these folders, which are as for `speed.py`
    python -m benchmarks --quick            a few pages, small sizes: minutes
    python -m benchmarks --only speed --peers gensim,wtf_wikipedia

Each other tool is installed, by pip or npm, in an environment of its own under the folder that
`--cache` names, and stays there for the next run; one that cannot be is listed with the reason. It
runs in a process of its own, as wikiclean does for the comparison; the tools take turns round by
round, and every process measures its own CPU time.

RESULTS.md says what was run on, and nothing in it is written by hand. The benchmarks are

    speed       throughput and memory of all tools                              (`speed.py`)
    growth      cost of large pages                                             (`growth.py`)
    hostile     cost of hostile pages, of all tools      (`hostile.py`, `hostile_export.py`)
    dump        cost of a whole dump                                              (`dump.py`)
    fidelity    text and records beside MediaWiki's, of all tools             (`fidelity.py`)
    labels      labels of exported links                                        (`labels.py`)
    conversion  conversion of Chinese pages to variants                     (`conversion.py`)

The last three need what only a folder of data holds: `make_pages.py` makes it for the first of
them and the last.
"""

import argparse
import contextlib
import datetime as dt
import importlib
import io
import json
import math
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import conversion
import fidelity
import growth
import hostile
import labels
import ours
import results
import speed
from environments import NotInstalledError, Worker, command_for
from measuring import Times, print_table
from peers import PEERS, Peer, Reading, Row, Tool

import wikiclean
from wikiclean import rendered
from wikiclean.errors import MissingExtraError
from wikiclean.parsers import is_compiled

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent
FIXTURE: Final = ROOT / "tests" / "fixtures" / "agreed_framework"
MADE: Final = "made"
"""The group of pages that the project makes."""
MADE_SIZES: Final = (500, 60_000)
"""Least and most characters of such a page."""
WARMTH: Final = 5
"""Pages that a process reads before the clock runs."""
HOSTILE_SECONDS: Final = 5.0
"""Of the wall, for a hostile page of another tool."""
QUADRATIC: Final = 1.5
NOISE_SECONDS: Final = 0.05
"""A time below this says nothing of its growth."""

Numbers = dict[str, Any]


class Scale(NamedTuple):
    """How much is measured."""

    pages: int
    """Of each group."""
    rounds: int
    sizes: tuple[int, ...]
    """Bytes of large pages."""
    repeats: int
    hostile: tuple[int, ...]
    """Characters of wikiclean's hostile pages."""
    hostile_peers: tuple[int, ...]
    """Characters of hostile pages of all tools."""
    families: str
    """A pattern for the names of the hostile families."""
    dump: int
    """Pages of a dump."""


FULL: Final = Scale(
    40, 5, growth.SIZES, growth.REPEATS, (8_000, 32_000, 128_000), (1_000, 4_000, 16_000), "", 5000
)
QUICK: Final = Scale(3, 2, (16_000, 64_000), 1, (500, 2_000), (500, 2_000), "^(<ref|!!)", 40)


# --- pages


def make_pages(folder: Path, count: int) -> None:
    """Write the pages that the project has and makes: files of wikitext, and one export."""
    sys.path.insert(0, str(ROOT / "tests"))
    corpus = importlib.import_module("corpus")
    for path in (FIXTURE / "agreed_framework.wikitext", FIXTURE / "agreed_framework.md"):
        shutil.copy(path, folder)
    chance = random.Random(0)  # noqa: S311 - the same pages each time
    prose = corpus.sentences()
    least, most = map(math.log, MADE_SIZES)
    for number in range(1, count):
        text = corpus.article(chance, prose, int(math.exp(chance.uniform(least, most))))
        (folder / f"made {number}.wikitext").write_text(text, encoding="utf-8")


def gather(folders: Sequence[Path], scale: Scale) -> dict[str, list[Row]]:
    """Return the pages that are read, of what the project makes and of some folders, by group."""
    pages: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        make_pages(Path(name), scale.pages)
        pages += (
            page if "dialect" in page else {**page, "group": MADE}
            for page in speed.load_pages(Path(name), "dev", "zh")
        )
    for folder in folders:
        pages += speed.load_pages(folder, "dev", "zh")
    unique = {(page["lang"], page["wikitext"]): page for page in pages}
    return speed.grouped(unique.values(), scale.pages)


# --- what is run


def machine(command: str) -> list[tuple[str, str]]:
    """Return what is needed to judge the numbers."""
    told = [
        ("date", f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC"),
        ("command", f"`{command}`"),
        ("wikiclean", " ".join([wikiclean.__version__, *_commit()])),
        ("compiled", "yes" if is_compiled() else "no"),
        ("processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("memory", f"{_memory() / 1e9:.0f} GB"),
        ("system", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
    ]
    if node := shutil.which("node"):
        version = subprocess.check_output([node, "--version"], encoding="utf-8").strip()
        told.append(("Node.js", version.removeprefix("v")))
    if hasattr(os, "getloadavg"):
        told.append(("load at the start", f"{os.getloadavg()[0]:.1f}"))
    return told


def _commit() -> list[str]:
    git = shutil.which("git")
    if not git:
        return []
    command = [git, "-C", str(ROOT), "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    return [] if done.returncode else [f"({done.stdout.strip()})"]


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _memory() -> int:
    if not hasattr(os, "sysconf"):
        return 0
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


class Found(NamedTuple):
    """The other tools of a run."""

    commands: dict[str, list[str]]
    """Of each tool's process."""
    versions: dict[str, str]
    missing: dict[str, str]
    """Why a tool is not there."""

    @classmethod
    def of(cls, names: Sequence[str], cache: Path | None) -> "Found":
        """Install tools and start each once."""
        found = cls({}, {}, {})
        for name in names:
            try:
                command = command_for(name, cache)
                with Worker(command) as worker:
                    found.versions[name] = worker.version
            except NotInstalledError as error:
                found.missing[name] = _path.sub("…", str(error))
            else:
                found.commands[name] = command
        return found


_path = re.compile(r"(?:/[\w.@-]+){2,}/?")
"""The machine's, of which the page says nothing."""


class Suite(NamedTuple):
    """What all benchmarks of a run share; each gives its part of RESULTS.md and its numbers."""

    scale: Scale
    folders: Sequence[Path]
    groups: Mapping[str, Sequence[Row]]
    found: Found
    whole: Path | None = None
    """A dump; one is made if there is none."""

    def workers(self, names: Sequence[str], rows: Sequence[Row]) -> dict[str, Worker]:
        """Start the processes of some tools."""
        commands = {
            name: self.found.commands.get(name) or command_for(name, None) for name in names
        }
        return {name: Worker(command, rows[:WARMTH]) for name, command in commands.items()}

    def speed(self) -> Numbers:
        """Compare all tools on each group of pages."""
        numbers: Numbers = {}
        for group, pages in self.groups.items():
            names = (*ours.READERS, *self.found.commands)
            workers = self.workers([name for name in names if speed.reads(name, group)], pages)
            timers: dict[str, speed.Timer] = {one: w.seconds for one, w in workers.items()}
            if group == speed.EXPORTS:
                timers[speed.UNPACKING] = speed.time_unpacking
            seconds = speed.time_rounds(timers, pages, self.scale.rounds, by_page=False)
            figures = speed.compare(seconds, pages)
            for name, worker in workers.items():
                worker.close()
                if name in figures:
                    figures[name] |= {"loaded": worker.loaded, "peak": worker.peak}
            numbers[group] = figures
            size = sum(map(speed.utf8_size, pages)) / 1e6
            print(f"**{group}**: {len(pages)} pages, {size:.2f} MB, {self.scale.rounds} rounds")
            head = ["tool", "MB/s", "times", "page", "failed", "MB", "MB before"]
            rows = [
                [
                    *speed.cells(name, row),
                    str(row["failed"] or ""),
                    *(
                        f"{row[key] / 1e6:.0f}" if row.get(key) else ""
                        for key in ("peak", "loaded")
                    ),
                ]
                for name, row in figures.items()
            ]
            print_table(head, rows)
        return numbers

    def growth(self) -> Numbers:
        """Measure wikiclean on large pages."""
        numbers: Numbers = {}
        for group, pages in self.groups.items():
            if group != speed.EXPORTS:
                numbers[group] = growth.measure_sizes(
                    pages, pages[0]["lang"], self.scale.sizes, self.scale.repeats
                )
                growth.report(group, numbers[group])
        return numbers

    def hostile(self) -> Numbers:
        """Measure wikiclean's growth on hostile pages, then that of all tools on smaller ones."""
        numbers: Numbers = {}
        rows = []
        sizes = ",".join(map(str, self.scale.hostile))
        for script in ("hostile.py", "hostile_export.py"):
            found = run_script(script, f"--sizes={sizes}", f"--only={self.scale.families}")
            numbers[script] = found
            rows.append([f"`{script}`", *summary(found)])
        print(f"wikiclean, to {self.scale.hostile[-1]:,} characters:")
        print_table(
            ["", "families", "operations", "over the limit", "largest exponent", "slowest, s"], rows
        )
        largest = self.scale.hostile_peers[-1]
        print(f"All tools, wikitext to {largest:,} characters, {HOSTILE_SECONDS:.0f} s a page:")
        rows = []
        for name in ("document", *self.found.commands):
            if not speed.reads(name, "zh"):
                continue
            told = self.hostile_of(name)
            numbers[name] = told
            worst = max(told["slowest"].items(), key=lambda item: item[1], default=("", 0))
            family = worst[0].replace("|", r"\|")
            shown = f"{worst[1]:.2f} (`{family}`)" if family else ""
            counts = [len(told[key]) for key in ("stopped", "failed", "quadratic")]
            rows.append([name, str(told["families"]), *map(str, counts), shown])
        print_table(
            ["tool", "families", "too long", "failed", f"exponent over {QUADRATIC}", "slowest, s"],
            rows,
        )
        return numbers

    def hostile_of(self, name: str) -> Numbers:
        """Return how a tool fares on each hostile family."""
        command = self.found.commands.get(name) or command_for(name, None)
        told: Numbers = {"families": 0, "stopped": [], "failed": [], "quadratic": [], "slowest": {}}
        with Worker(command, self.groups[MADE][:1], limit=HOSTILE_SECONDS) as worker:
            for family in hostile.FAMILIES:
                if not re.search(self.scale.families, family.name):
                    continue
                told["families"] += 1
                times = Times([], [])
                for size in self.scale.hostile_peers:
                    row = {"wikitext": family.make(size), "title": "a", "lang": "zh"}
                    seconds = worker.seconds(row)
                    if math.isnan(seconds):
                        break
                    times.sizes.append(len(row["wikitext"]))
                    times.seconds.append(seconds)
                if len(times.seconds) < len(self.scale.hostile_peers):
                    told["failed" if worker.running else "stopped"].append(family.name)
                    continue
                told["slowest"][family.name] = times.seconds[-1]
                if times.seconds[-1] > NOISE_SECONDS and times.exponent > QUADRATIC:
                    told["quadratic"].append(family.name)
        return told

    def dump(self) -> Numbers:
        """Measure runs over a dump."""
        environment = dict(os.environ)
        command = self.found.commands.get("wikiextractor", [""])[0]
        if command not in ("", sys.executable):  # For `dump.py` to find it.
            code = "import sysconfig; print(sysconfig.get_path('purelib'))"
            path = subprocess.check_output([command, "-c", code], encoding="utf-8").strip()
            environment["PYTHONPATH"] = path
        with tempfile.TemporaryDirectory() as name:
            numbers = Path(name, "numbers.json")
            arguments = ["--json", str(numbers)]
            if self.whole:
                arguments += [str(self.whole), "--limit", str(self.scale.dump)]
            else:
                arguments += ["--pages", str(self.scale.dump)]
            done = subprocess.run(
                [sys.executable, str(HERE / "dump.py"), *arguments],
                stdout=subprocess.PIPE,
                encoding="utf-8",
                env=environment,
                check=True,
            )
            kind = "the first of a dump that was named" if self.whole else "made"
            print(f"{self.scale.dump:,} pages, {kind}.")
            print(done.stdout)
            return {row["name"]: row for row in json.loads(numbers.read_bytes())}

    def fidelity(self) -> Numbers:
        """Compare the text of all tools with MediaWiki's."""
        sets = {
            group: [page for page in pages if "blocks" in page]
            for group, pages in self.groups.items()
        }
        for folder in self.folders:
            cases = list(fidelity.rows(folder, fidelity.PARSER_TESTS, "dev"))
            if cases:
                sets.setdefault(fidelity.PARSER_TESTS, []).extend(cases)
        sets = {name: rows for name, rows in sets.items() if rows}
        if not sets:
            print("No folder has pages that MediaWiki rendered; `make_pages.py` makes them.")
            return {}
        names = [
            name for name in self.found.commands if PEERS[name].texts and speed.reads(name, "zh")
        ]
        workers = self.workers(names, self.groups[MADE])
        tools: dict[str, Tool] = {
            "wikiclean": ours.load_wikiclean(),
            "wikiclean-default": ours.load_wikiclean_default(),
            **{name: partial(reading, workers[name], PEERS[name]) for name in names},
        }
        numbers = fidelity.measure(tools, sets)
        for worker in workers.values():
            worker.close()
        fidelity.report(numbers, without=("kchar/s",))
        return numbers

    def labels(self) -> Numbers:
        """Count the labels whose end is found."""
        folders = [folder for folder in self.folders if (folder / "link_truth.tsv").is_file()]
        for folder in folders:
            labels.main([str(folder)])
        if not folders:
            print("No folder has a `link_truth.tsv`.")
        return {}

    def conversion(self) -> Numbers:
        """Time the conversion to variants."""
        pages = [page for folder in self.folders for page in conversion.chinese(folder)]
        if not pages:
            print("No folder has Chinese pages.")
            return {}
        try:
            conversion.report(pages[: conversion.PAGES], self.scale.rounds)
        except MissingExtraError as error:
            print(error)
        return {}


BENCHMARKS: Final[Mapping[str, Callable[[Suite], Numbers]]] = {
    "speed": Suite.speed,
    "growth": Suite.growth,
    "hostile": Suite.hostile,
    "dump": Suite.dump,
    "fidelity": Suite.fidelity,
    "labels": Suite.labels,
    "conversion": Suite.conversion,
}


def reading(worker: Worker, peer: Peer, row: Row) -> Reading:
    """Return what a worker's tool makes of a page, its HTML read as MediaWiki's is."""
    said = worker.ask(row, show=True)
    text = said["text"]
    if peer.html:
        text = "\n".join(block["text"] for block in rendered.blocks(text))
    return Reading(text, said.get("links"), said.get("categories"), said.get("headings"))


def run_script(script: str, *arguments: str) -> Numbers:
    """Run a hostile benchmark, which fails if it finds something, and return its numbers."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "numbers.json")
        command = [sys.executable, str(HERE / script), *arguments, "--json", str(path)]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        numbers: Numbers = json.loads(path.read_bytes())
        return numbers


def summary(found: Numbers) -> list[str]:
    """Return the cells that sum up a hostile benchmark."""
    times = [
        Times(told["sizes"], [math.inf if second is None else second for second in told["seconds"]])
        for operations in found.values()
        for told in operations.values()
    ]
    judged = [one for one in times if one.seconds]
    slow = [one.exponent for one in judged if one.seconds[-1] >= NOISE_SECONDS]
    return [
        str(len(found)),
        str(len(judged)),
        str(sum(one.fails for one in judged)),
        f"{max(slow):.2f}" if slow else "",
        f"{max((one.seconds[-1] for one in judged), default=0):.2f}",
    ]


# --- the command


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, write RESULTS.md, and return the exit code."""
    given = sys.argv[1:] if argv is None else list(argv)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", nargs="*", type=Path, help="folders of pages")
    parser.add_argument("--quick", action="store_true", help="measure little of everything")
    parser.add_argument("--pages", type=int, help=f"so many a group ({FULL.pages})")
    parser.add_argument("--rounds", type=int, help=f"({FULL.rounds})")
    parser.add_argument("--huge", action="store_true", help="grow to 16 MB")
    parser.add_argument("--dump", type=Path, help="a MediaWiki dump; one is made if not given")
    parser.add_argument(
        "--only", default=",".join(BENCHMARKS), help="benchmarks, joined by commas (%(default)s)"
    )
    parser.add_argument(
        "--peers", default=",".join(PEERS), help="other tools, joined by commas (%(default)s)"
    )
    parser.add_argument(
        "--installed",
        action="store_true",
        help="install nothing: take the tools that this environment has",
    )
    parser.add_argument(
        "--cache", type=Path, default=ROOT / ".benchmarks", help="folder of their environments"
    )
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    arguments = parser.parse_args(given)
    chosen, names = (
        [name for name in text.split(",") if name] for text in (arguments.only, arguments.peers)
    )
    for name in [*chosen, *names]:
        if name not in BENCHMARKS and name not in PEERS:
            parser.error(f"no such benchmark or tool: {name}")
    folders = list(arguments.data)
    if not folders and os.environ.get("WIKICLEAN_DATA"):
        folders = [Path(os.environ["WIKICLEAN_DATA"])]
    for folder in folders:
        if not folder.is_dir():
            parser.error(f"no such folder: {folder}")
    scale = QUICK if arguments.quick else FULL
    scale = scale._replace(
        pages=arguments.pages or scale.pages,
        rounds=arguments.rounds or scale.rounds,
        sizes=(*scale.sizes, *[growth.HUGE] * arguments.huge),
    )
    shown = " ".join(["python -m benchmarks", *_without_paths(given)])
    told = machine(shown)
    found = Found.of(names, None if arguments.installed else arguments.cache)
    suite = Suite(scale, folders, gather(folders, scale), found, arguments.dump)
    numbers: Numbers = {}
    parts: dict[str, str] = {}
    for name in chosen:
        print(f"{name} …", file=sys.stderr, flush=True)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            numbers[name] = BENCHMARKS[name](suite)
        parts[name] = out.getvalue()
        print(parts[name], flush=True)
    tools = results.Tools(found.versions, found.missing)
    arguments.output.write_text(results.page(told, tools, numbers, parts), encoding="utf-8")
    print(f"written: {arguments.output}", file=sys.stderr)
    if arguments.json:
        text = json.dumps(numbers, ensure_ascii=False, indent=1)
        arguments.json.write_text(text, encoding="utf-8")
    return 0


def _without_paths(arguments: Sequence[str]) -> list[str]:
    """Return a command's arguments, folders by their last name: the others are the machine's."""
    return [Path(one).name if os.sep in one else one for one in arguments]
