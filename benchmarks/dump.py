"""
Measure what a whole run costs: pages a second, memory, and what several processes gain.

DUMP is a MediaWiki dump; without it one is made of our own fixtures, of `--pages` pages.

    python benchmarks/dump.py --pages 20000
    python benchmarks/dump.py zhwiki-latest-pages-articles-multistream.xml.bz2 --limit 20000

Prints for each way of going through the dump

    pages/s   wanted pages in a second of wall time
    CPU s     user and system time of all processes
    MB/s      XML (not packed) in a second of CPU time
    times     CPU time over that of unpacking the dump and splitting it into pages alone
    peak MB   the largest resident size that any process of it reached
    late/early  the same in the last quarter of the run over the second quarter: 1 is flat

`split` unpacks and splits; `hf 1` is a run with the profile `hf` and one worker, `hf 2` with two,
`full 1` with all columns; `legacy` does what Hugging Face's old script for Wikipedia did (parse
with mwparserfromhell, remove references, tables and images, strip the code) over the same reader.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import mwparserfromhell
from measuring import print_table

from wikiclean import dump

ROOT: Final = Path(__file__).resolve().parent.parent
LEGACY_SHARE: Final = 20
"""One of so many pages goes through the legacy function, which is slow."""
SAMPLE_SECONDS: Final = 0.2


class Measured(NamedTuple):
    """What a way of going through the dump cost."""

    name: str
    pages: int
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of all processes."""
    peak: float
    """Bytes of the largest process; 0 if it was not watched."""
    drift: float
    """Late over early resident size; 0 if it was not watched."""


def pages_of(path: Path, limit: int | None) -> Iterator[dump.Page]:
    """Yield the wanted pages of the dump."""
    for number, page in enumerate(dump.read(path)):
        if limit is not None and number >= limit:
            return
        yield page


def in_this_process(
    name: str, path: Path, limit: int | None, work: Callable[[str], object], every: int = 1
) -> Measured:
    """Read the dump here, with *work* for one of *every* pages; its time counts for all."""
    pages = 0
    cpu = time.process_time()
    spent = 0.0
    for page in pages_of(path, limit):
        if pages % every == 0:
            begun = time.process_time()
            work(page.text or "")
            spent += time.process_time() - begun
        pages += 1
    cpu = time.process_time() - cpu + spent * (every - 1)
    return Measured(name, pages, cpu, cpu, 0, 0)


def legacy(source: str) -> str:
    """Return the text as Hugging Face's script of 2022 made it of a page."""
    code = mwparserfromhell.parse(source)
    for kind in (code.ifilter_tags, code.ifilter_wikilinks):
        for node in list(kind(recursive=True)):
            name = str(getattr(node, "tag", "")) or str(getattr(node, "title", ""))
            unwanted = name in ("ref", "table") or name.lower().startswith(
                ("file:", "image:", "category:")
            )
            if unwanted:
                try:
                    code.remove(node)
                except ValueError:
                    continue  # it went with the node around it
    return str(code.strip_code())


def run(name: str, path: Path, limit: int | None, profile: str, processes: int) -> Measured:
    """Run the command in processes of its own, and watch their memory."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "wikiclean", "dump", str(path), "-o", folder, "-q"]
        command += ["--profile", profile, "-j", str(processes)]
        command += [] if limit is None else ["--limit", str(limit)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.perf_counter()
        sizes: list[float] = []
        with subprocess.Popen(command) as process:
            while process.poll() is None:
                sizes.append(largest(process.pid))
                time.sleep(SAMPLE_SECONDS)
        wall = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if process.returncode:
            sys.exit(process.returncode)
        told: dict[str, Any] = json.loads(Path(folder, "manifest.json").read_bytes())
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    quarter = max(len(sizes) // 4, 1)
    early, late = max(sizes[quarter : 2 * quarter], default=0), max(sizes[-quarter:], default=0)
    drift = late / early if early else 0
    return Measured(name, told["counts"]["pages"], wall, cpu, max(sizes), drift)


def largest(pid: int) -> float:
    """Return the resident size in bytes of a process or of its largest child; 0 if unknown."""
    sizes = [0.0]
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            said = dict(
                line.split(":\t", 1)
                for line in path.read_text("utf-8").splitlines()
                if ":\t" in line
            )
        except OSError:
            continue  # it has just ended
        if str(pid) in (said["Pid"], said["PPid"]) and "VmRSS" in said:
            sizes.append(int(said["VmRSS"].split()[0]) * 1024.0)
    return max(sizes)


def unpacked(path: Path) -> int:
    """Return the size in bytes of the XML."""
    _, chunks = dump.unpack(path)
    return sum(len(chunk) for chunk in chunks if isinstance(chunk, bytes))


def main() -> None:
    """Measure each way, and print them side by side."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dump", type=Path, nargs="?")
    parser.add_argument("--pages", type=int, default=5000, help="of a dump that is made")
    parser.add_argument("--size", type=int, default=4000, help="characters of a page of it, about")
    parser.add_argument("--limit", type=int, help="wanted pages that are read")
    parser.add_argument("--json", type=Path, help="write the numbers here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.dump
        if path is None:
            command = [sys.executable, str(ROOT / "tests" / "corpus.py"), folder]
            command += ["--pages", str(options.pages), "--size", str(options.size)]
            path = Path(subprocess.check_output(command, text=True).strip())
        size, limit = unpacked(path), options.limit
        found = [
            in_this_process("split", path, limit, len),
            in_this_process("legacy", path, limit, legacy, LEGACY_SHARE),
            run("hf 1", path, limit, "hf", 1),
            run("hf 2", path, limit, "hf", 2),
            run("full 1", path, limit, "full", 1),
        ]
    base = found[0]
    share = 1.0 if limit is None else min(1.0, limit / base.pages)
    print_table(
        ("", "pages/s", "CPU s", "MB/s", "times", "peak MB", "late/early"),
        [
            (
                one.name,
                f"{one.pages / one.wall:,.0f}",
                f"{one.cpu:.1f}",
                f"{size * share / one.cpu / 1e6:.1f}",
                f"{one.cpu / base.cpu:.1f}",
                f"{one.peak / 1e6:.0f}" if one.peak else "",
                f"{one.drift:.2f}" if one.drift else "",
            )
            for one in found
        ],
    )
    if options.json:
        options.json.write_text(json.dumps([one._asdict() for one in found]), encoding="utf-8")


if __name__ == "__main__":
    main()
