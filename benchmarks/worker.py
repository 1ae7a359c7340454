"""
Read pages with one tool, in an environment of its own, and answer how long each took.

    python benchmarks/worker.py TOOL

A line of JSON comes in for each page: `wikitext`, `title`, `lang`, and `show` if the reading is
wanted. A line of JSON goes out: `seconds` of CPU time, user and system, of this process and of
those it started; `peak`, the most bytes that were resident so far; and what the reading holds; or
`error`. The first line out, before any page, has `version` and `peak`, or the `error` that says
why there is no such tool here. `worker.js` does the same for Node.js.

Besides the tools of `peers.py` there are wikiclean's own of `ours.py`. Only the standard library is
imported, and what the tool needs.
"""

import contextlib
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import peers
from peers import Reading, Row

Answer: TypeAlias = dict[str, Any]

try:
    import resource
except ImportError:  # Windows has neither it nor the time of ended processes.
    resource = None  # type: ignore[assignment]


def cpu_seconds() -> float:
    """Return the CPU time of this process and of those it started."""
    own = time.process_time()
    if resource is None:
        return own
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own + usage.ru_utime + usage.ru_stime


def peak_bytes(*, program: bool) -> int:
    """Return the most bytes that were resident, of this process or its programs; 0 if unknown."""
    if program and resource:
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    with contextlib.suppress(OSError):
        # Not `getrusage`: that begins with what the process was before it became this program.
        for line in Path("/proc/self/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def load(name: str) -> tuple[Callable[[Row], object], str, bool]:
    """Return a tool, its version, and whether it is a program started for each page."""
    if name in peers.PEERS:
        peer = peers.PEERS[name]
        if peer.load is None:
            raise ImportError(f"{name} runs in Node.js")
        return peer.load(), peers.version_of(name), peer.program
    import ours

    import wikiclean

    return ours.READERS[name], wikiclean.__version__, False


def read(tool: Callable[[Row], object], row: Row) -> tuple[float, object]:
    """Return the CPU seconds of a page, and the reading."""
    gc.collect()
    start = cpu_seconds()
    reading = tool(row)
    return cpu_seconds() - start, reading


def main() -> int:
    """Answer until there are no more pages."""
    out, sys.stdout = sys.stdout, sys.stderr  # Whatever a tool prints is no answer.

    def answer(**said: object) -> None:
        print(json.dumps(said), file=out, flush=True)

    try:
        tool, version, program = load(sys.argv[1])
        empty: Row = {"wikitext": "", "title": "", "lang": "zh"}
        start = statistics.median(read(tool, empty)[0] for _ in range(5)) if program else 0.0
    except Exception as error:  # noqa: BLE001 - whatever it is, the tool cannot be used
        answer(error=f"{type(error).__name__}: {error}")
        return 1
    gc.freeze()
    answer(version=version, peak=peak_bytes(program=program))
    for line in sys.stdin:
        row = json.loads(line)
        try:
            seconds, reading = read(tool, row)
        except Exception as error:  # noqa: BLE001 - this page has failed
            answer(error=f"{type(error).__name__}: {error}"[:200])
            continue
        shown = reading._asdict() if row.get("show") and isinstance(reading, Reading) else {}
        peak = peak_bytes(program=program)
        answer(seconds=max(seconds - start, 1e-6), peak=peak, **shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
