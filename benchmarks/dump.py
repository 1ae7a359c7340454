"""
Measure what a whole run costs: pages a second, memory, and what several processes gain.

DUMP is a MediaWiki dump; without it one is made of our own fixtures, of `--pages` pages.

    python benchmarks/dump.py --pages 20000
    python benchmarks/dump.py zhwiki-latest-pages-articles-multistream.xml.bz2 --limit 20000

Prints for each way of going through the dump

    pages/s   wanted pages in a second of wall time
    CPU s     user and system time of all processes
    main s    the part of it that one process spends, however many others work: it bounds the run
    MB/s      XML (not packed) in a second of CPU time
    times     CPU time over that of unpacking the dump and splitting it into pages alone
    peak MB   the largest resident size that any process of it reached
    late/early  the same in the last quarter of the run over the second quarter, of the process in
              which that is most: 1 is flat

`split` unpacks and splits; `hf 1` is a run with the profile `hf` and one worker, `hf 2` with two,
`full 1` with all columns; `legacy` does what Hugging Face's script for Wikipedia does (`peers.py`
tells it) over the same reader.
`wikiextractor 1` and `2` are whole runs of WikiExtractor, if it is installed, without templates and
with so many extracting processes beside the two that it always has; it reads the dump to its end,
so it is left out with `--limit`.

The last line tells how much less wall time two workers take than one. It is that of the program
only where nothing else runs, so it also tells how busy the machine was.

Memory over time needs a long run. This makes a dump of 2 GB of XML in some minutes, runs through
it with two workers, and writes the resident size of each process, now and then, as a table:

    python benchmarks/dump.py --pages 256000 --only "hf 2" --memory memory.tsv
"""

import argparse
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import peers
from measuring import print_table

from wikiclean import dump

ROOT: Final = Path(__file__).resolve().parent.parent
LEGACY_SHARE: Final = 20
"""One of so many pages goes through the legacy function, which is slow."""
SAMPLE_SECONDS: Final = 0.2
MEMORY_LINES: Final = 40

Samples = Mapping[int, list[tuple[float, float]]]
"""Process → when it was looked at, in seconds from the start, and its resident size in bytes."""


class Measured(NamedTuple):
    """What a way of going through the dump cost."""

    name: str
    pages: int
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of all processes."""
    main: float
    """Seconds of the process that starts the others; 0 if there is but one."""
    peak: float
    """Bytes of the largest process; 0 if it was not watched."""
    drift: float
    """Late over early resident size; 0 if it was not watched."""
    written: int = 0
    """Bytes of its shards, as JSONL."""
    load: float = 0
    """Processes that wanted to run when it began, in the last minute."""
    memory: Samples = MappingProxyType({})
    """Resident sizes of its processes, the one that starts the others first."""


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
    return Measured(name, pages, cpu, cpu, 0, 0, 0)


def run(name: str, path: Path, limit: int | None, profile: str, processes: int) -> Measured:
    """Run the command in processes of its own, and watch their memory."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "wikiclean", "dump", str(path), "-o", folder, "-q"]
        command += ["--profile", profile, "-j", str(processes)]
        command += [] if limit is None else ["--limit", str(limit)]
        found = watched(name, command)
        told: dict[str, Any] = json.loads(Path(folder, "manifest.json").read_bytes())
    written = sum(shard["bytes"] for shard in told["shards"])
    return found._replace(pages=told["counts"]["pages"], written=written)


def wikiextractor(name: str, path: Path, processes: int) -> Measured:
    """Run WikiExtractor over the dump; its pages are those that it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "wikiextractor.WikiExtractor", str(path), "-o", folder]
        command += ["--json", "--no-templates", "--quiet", "--processes", str(processes)]
        found = watched(name, command)
        files = (one for one in Path(folder).rglob("*") if one.is_file())
        pages = sum(one.read_bytes().count(b"\n") for one in files)
    return found._replace(pages=pages)


def watched(name: str, command: list[str]) -> Measured:
    """Run a command and measure it, but for its pages; leave if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    load = os.getloadavg()[0]
    begun = time.perf_counter()
    memory: dict[int, list[tuple[float, float]]] = {}
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        while not has_ended(process.pid):
            now = time.perf_counter() - begun
            for pid in (process.pid, *children(process.pid)):
                if size := resident(pid):
                    memory.setdefault(pid, []).append((now, size))
            time.sleep(SAMPLE_SECONDS)
        main = own_seconds(process.pid)  # which is known until somebody waits for it
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        sys.exit(f"exit code {process.returncode}: {' '.join(command)}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    peak = max((size for samples in memory.values() for _, size in samples), default=0.0)
    grown = max((drift(samples, wall) for samples in memory.values()), default=0.0)
    return Measured(name, 0, wall, cpu, main, peak, grown, 0, load, memory)


def drift(samples: list[tuple[float, float]], wall: float) -> float:
    """Return the largest size in the last quarter over that in the second; 0 if unknown."""
    early = [size for time, size in samples if wall / 4 <= time < wall / 2]
    late = [size for time, size in samples if time >= wall * 3 / 4]
    return max(late) / max(early) if early and late else 0.0


def better(one: Measured, other: Measured) -> Measured:
    """Return the least time and the most memory of two rounds."""
    return other._replace(
        wall=min(one.wall, other.wall),
        cpu=min(one.cpu, other.cpu),
        main=min(one.main, other.main),
        peak=max(one.peak, other.peak),
        drift=max(one.drift, other.drift),
        load=max(one.load, other.load),
    )


def has_ended(pid: int) -> bool:
    """Whether a child of this process has ended; it is not waited for."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def own_seconds(pid: int) -> float:
    """Return the CPU time of a process without its children; 0 if unknown."""
    try:
        # The name, in brackets, may hold blanks; user and system time are fields 14 and 15.
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """Return the processes that a process has started; none if unknown."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def resident(pid: int) -> float:
    """Return the resident size of a process in bytes; 0 if unknown."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0.0
    return float(pages) * resource.getpagesize()


def memory_lines(found: list[Measured], most: int = MEMORY_LINES) -> Iterator[str]:
    """Yield a table with *most* lines a process: the largest size between one and the next."""
    yield "row\tprocess\tseconds\tMB\n"
    for one in found:
        for number, samples in enumerate(one.memory.values()):
            name = f"child {number}" if number else "main"
            step = max(len(samples) / most, 1)
            for line in range(min(most, len(samples))):
                part = samples[int(line * step) : int((line + 1) * step)]
                largest = max(size for _, size in part) / 1e6
                yield f"{one.name}\t{name}\t{part[-1][0]:.0f}\t{largest:.1f}\n"


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
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these rows, besides `split`")
    parser.add_argument("--rounds", type=int, default=1, help="of all rows; the least time counts")
    parser.add_argument("--json", type=Path, help="write the numbers here")
    parser.add_argument("--memory", type=Path, help="write resident sizes over time here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path: Path | None = options.dump
        if path is None:
            command = [sys.executable, str(ROOT / "tests" / "corpus.py"), folder]
            command += ["--pages", str(options.pages), "--size", str(options.size)]
            path = Path(subprocess.check_output(command, text=True).strip())
        size, limit = unpacked(path), options.limit
        huggingface = peers.load_huggingface()

        def legacy(text: str) -> peers.Reading:
            return huggingface({"wikitext": text})

        ways: dict[str, Callable[[], Measured]] = {
            "legacy": lambda: in_this_process("legacy", path, limit, legacy, LEGACY_SHARE),
            "hf 1": lambda: run("hf 1", path, limit, "hf", 1),
            "hf 2": lambda: run("hf 2", path, limit, "hf", 2),
            "full 1": lambda: run("full 1", path, limit, "full", 1),
        }
        if limit is None and importlib.util.find_spec("wikiextractor"):
            ways["wikiextractor 1"] = lambda: wikiextractor("wikiextractor 1", path, 1)
            ways["wikiextractor 2"] = lambda: wikiextractor("wikiextractor 2", path, 2)
        ways = {
            "split": lambda: in_this_process("split", path, limit, len),
            **{name: way for name, way in ways.items() if name in (options.only or ways)},
        }
        best: dict[str, Measured] = {}
        for _ in range(options.rounds):
            for name, way in ways.items():
                measured = way()
                best[name] = better(best.get(name, measured), measured)
        found = [*best.values()]
    base = found[0]
    share = 1.0 if limit is None else min(1.0, limit / base.pages)
    print_table(
        ("", "pages/s", "CPU s", "main s", "MB/s", "times", "peak MB", "late/early"),
        [
            (
                one.name,
                f"{one.pages / one.wall:,.0f}",
                f"{one.cpu:.1f}",
                f"{one.main:.1f}" if one.main else "",
                f"{size * share / one.cpu / 1e6:.1f}",
                f"{one.cpu / base.cpu:.1f}",
                f"{one.peak / 1e6:.0f}" if one.peak else "",
                f"{one.drift:.2f}" if one.drift else "",
            )
            for one in found
        ],
    )
    if "hf 1" in best and "hf 2" in best:
        one, two = best["hf 1"], best["hf 2"]
        load = max(one.load, two.load)
        print(f"\nTwo workers: {one.wall / two.wall:.2f} times one (load {load:.1f} at the start).")
    if options.memory:
        options.memory.write_text("".join(memory_lines(found)), encoding="utf-8")
    if options.json:
        numbers = [{**one._asdict(), "memory": None} for one in found]
        options.json.write_text(json.dumps(numbers), encoding="utf-8")


if __name__ == "__main__":
    main()
