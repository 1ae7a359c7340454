"""Workers that end, hang or cannot start: what becomes of their jobs."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wikiclean import crew as crew_module
from wikiclean.crew import Beat, Crew, Event, map_in_order
from wikiclean.errors import WikicleanError

Job = tuple[str, int]


def begin(factor: int) -> Callable[[Job, Beat], int]:
    """Return a function that multiplies, or comes to the end its job names."""

    def work(job: Job, beat: Beat) -> int:
        what, number = job
        beat.page(number)
        match what:
            case "end":
                os._exit(1)
            case "hang":
                time.sleep(60)
            case "match":  # one call that lets nothing else in this process run
                re.match("(a*)*b", "a" * 40)
            case "next":  # late at one page, and soon at another
                time.sleep(0.5)
                beat.page(number + 1)
                time.sleep(60)
            case "fail":
                raise LookupError(number)
        return number * factor

    return work


def begin_badly(_: object) -> Callable[[Job, Beat], int]:
    """End the process before it can work."""
    os._exit(1)


def outcomes(crew: Crew[Job, int], jobs: list[Job]) -> list[Event[Job, int]]:
    """Hand out jobs as workers become idle; return what became of them, in order of the jobs."""
    events: list[Event[Job, int]] = []
    waiting = jobs[:]
    while len(events) < len(jobs):
        while waiting and crew.idle:
            crew.give(waiting.pop(0))
        events += crew.wait()
    return sorted(events, key=lambda event: jobs.index(event.job))


def test_each_job_has_one_outcome() -> None:
    """A worker that ends or takes too long costs its job, says at which page, and is replaced."""
    jobs = [("do", 1), ("end", 2), ("do", 3), ("hang", 4), ("do", 5), ("end", 6), ("do", 7)]
    with Crew(begin, 10, processes=2, budget=1.0) as crew:
        events = outcomes(crew, jobs)
        assert crew.idle == 2
    assert [(e.kind, e.result, e.page) for e in events] == [
        ("done", 10, -1),
        ("died", None, 2),
        ("done", 30, -1),
        ("late", None, 4),
        ("done", 50, -1),
        ("died", None, 6),
        ("done", 70, -1),
    ]


def test_page_that_was_seen_to_be_late_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that goes on to another page before it is ended is late at the first one."""
    end = crew_module._Worker.end  # noqa: SLF001

    def end_later(worker: Any) -> None:  # noqa: ANN401
        until = time.monotonic() + 10
        while worker.numbers[0] == 4 and time.monotonic() < until:
            time.sleep(0.02)
        end(worker)

    with Crew(begin, 10, processes=1, budget=0.2) as crew:
        crew.give(("next", 4))
        with monkeypatch.context() as patch:
            patch.setattr(crew_module._Worker, "end", end_later)  # noqa: SLF001
            (event,) = crew.wait()
    assert (event.kind, event.page) == ("late", 4)


def test_job_that_cannot_travel() -> None:
    """What cannot be pickled is said at once, and costs no worker."""
    with Crew(begin, 10, processes=1, budget=60.0) as crew:
        outcomes(crew, [("do", 1)])
        with pytest.raises(TypeError, match="pickle"):
            crew.give(("do", (n for n in "a")))  # type: ignore[arg-type]
        assert crew.idle == 1
        assert outcomes(crew, [("do", 2)])[0].result == 20


def begin_items(_: object) -> Callable[[object], object]:
    """Return a function that gives strings back, and ends its process at one that says so."""

    def work(item: object) -> object:
        if item == "end":
            os._exit(1)
        return item

    return work


def test_items_in_order_whatever_becomes_of_them() -> None:
    """An item that ends its worker, or cannot be handed to one, costs itself alone."""
    made = (n for n in "a")
    items = ["a", made, "b", "end", "c", "end", "end", "d"]
    found = list(
        map_in_order(
            begin_items,
            None,
            items,
            failed=lambda item, why: (item, why),
            processes=2,
            chunk_size=3,
        )
    )
    ended = ("end", "The process that read it ended.")
    assert [one for n, one in enumerate(found) if n != 1] == [
        *("a", "b", ended, "c", ended, ended, "d")
    ]
    assert found[1][0] is made
    assert "cannot be handed to a process: TypeError" in found[1][1]


def test_idle_worker_that_is_killed_is_replaced() -> None:
    """A worker killed from outside while it has nothing to do is no event at all."""
    with Crew(begin, 10, processes=1, budget=60.0) as crew:
        outcomes(crew, [("do", 1)])
        os.kill(crew.pids[0], signal.SIGTERM)
        crew.give(("do", 2))
        kinds = []
        while not kinds or kinds[-1] != "done":
            (event,) = crew.wait()
            kinds.append(event.kind)
            if event.kind == "died":
                crew.give(event.job)
        assert event.result == 20


def test_error_of_a_job_is_raised_here() -> None:
    """What a job raises, its owner hears."""
    with Crew(begin, 10, processes=1, budget=60.0) as crew:
        crew.give(("fail", 5))
        with pytest.raises(LookupError, match="5"):
            crew.wait()


def begin_asking(_: object) -> Callable[[object, Beat], bool]:
    """Return a function that tells whether Ctrl-C is held back from its process."""
    held = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    return lambda *_: held


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="needs pthread_sigmask")
def test_ctrl_c_does_not_reach_a_worker_that_starts() -> None:
    """Else it would print a traceback; here the signal comes through as before."""
    with Crew(begin_asking, None, processes=2, budget=60.0) as crew:
        assert [event.result for event in outcomes(crew, [("do", 1), ("do", 2)])] == [True, True]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_workers_that_cannot_start() -> None:
    """Workers that end before they are ready are not started for ever."""
    with Crew(begin_badly, None, processes=1, budget=60.0) as crew:
        crew.give(("do", 1))
        with pytest.raises(WikicleanError, match="end before they can work"):
            crew.wait()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("job", ["do", "hang", "match"])
def test_workers_end_with_their_owner(job: str) -> None:
    """When the process that started them is killed, no worker stays behind, at a page or not."""
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); import test_crew as t\n"
        "crew = t.Crew(t.begin, 10, processes=2, budget=60.0)\n"
        "t.outcomes(crew, [('do', 1), ('do', 2), ('do', 3)])\n"
        "crew.give((sys.argv[2], 4)); time.sleep(0.3)\n"
        "print(*crew.pids, flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent), job]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pids = [int(pid) for pid in owner.stdout.readline().split()]
        owner.kill()
    assert len(pids) == 2
    until = time.monotonic() + 10
    while any(map(is_alive, pids)):
        assert time.monotonic() < until
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Tell whether a process is there, and is no corpse."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
