"""
Worker processes with a budget for each page: a job that kills its worker costs one page.

Here lives the handling of processes: how they start, are handed a job at a time, are watched, and
are replaced when they end or take too long, and how often a page is tried again. What a job is,
and what its result is for, is not known here.
"""

from __future__ import annotations

import gc
import math
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from ctypes import c_double
from functools import partial
from itertools import islice
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess, parent_process
from multiprocessing.reduction import ForkingPickler
from multiprocessing.sharedctypes import RawArray
from typing import Any, Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from wikiclean.errors import WikicleanError

if sys.platform == "linux":
    import fcntl

Job = TypeVar("Job")
Result = TypeVar("Result")
Item = TypeVar("Item")
Answer = TypeVar("Answer")

AHEAD: Final = 4
"""Chunks for each process that are under way or wait for their turn to be given back."""

STARTS: Final = 3
"""How often in a row a worker may end before it was ready; then nothing is to be hoped for."""

DEATHS: Final = 2
"""How often a worker may end at the same page before the page is given up."""

_POLL: Final = 0.2
"""Seconds between two looks at how long pages have taken."""


class Beat:
    """
    What a worker says of itself without a message: the page it is at, and since when.

    Args:
        numbers: Two numbers that both processes see.
    """

    def __init__(self, numbers: Any) -> None:  # noqa: ANN401 - ctypes does not name the type
        self._numbers = numbers
        self.rest()

    def page(self, index: int) -> None:
        """Say that page *index* of the job begins."""
        self._numbers[1] = time.monotonic()
        self._numbers[0] = index

    def rest(self) -> None:
        """Say that no page is being read."""
        self._numbers[0] = -1


class Deaths:
    """How often workers ended at each page of each job."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, int]] = Counter()

    def too_many(self, job: int, page: int) -> bool:
        """Count that a worker ended at a page of a job; tell whether to give the page up."""
        self._counts[job, page] += 1
        return self._counts[job, page] >= DEATHS


class Event(NamedTuple, Generic[Job, Result]):
    """What became of a job."""

    kind: Literal["done", "died", "late"]
    """``done`` with a result; ``died``, its process ended; ``late``, a page took too long, and its
    process was ended."""
    job: Job
    result: Result | None
    page: int
    """Index of the page that was being read when the process ended; -1 if none was."""


class _Worker(Generic[Job]):
    def __init__(self, process: BaseProcess, connection: Connection, numbers: Any) -> None:  # noqa: ANN401
        self.process = process
        self.connection = connection
        self.numbers = numbers
        self.job: Job | None = None
        self.data = b""
        """The job as it travels."""
        self.ready = False

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


class Crew(Generic[Job, Result]):
    """
    Processes that work on jobs; a context manager that ends them all.

    Workers are started with ``spawn``, so a script that makes a Crew needs the usual
    ``if __name__ == "__main__":``. They end by themselves when this process ends, however it does;
    in the middle of a page on Linux alone.

    Args:
        begin: Called once in each worker with *setup*; returns the function that does a job.
        setup: Anything picklable.
        processes: How many.
        budget: Seconds that a page may take.
    """

    def __init__(
        self,
        begin: Callable[[Any], Callable[[Job, Beat], Result]],
        setup: object,
        *,
        processes: int,
        budget: float,
    ) -> None:
        self._begin = begin
        self._setup = setup
        self._budget = budget
        self._context = get_context("spawn")
        self._false_starts = 0
        self._workers: list[_Worker[Job]] = []
        try:
            for _ in range(processes):
                self._workers.append(self._start())
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Crew[Job, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all workers at once."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    @property
    def idle(self) -> int:
        """How many workers have nothing to do."""
        return sum(worker.job is None for worker in self._workers)

    @property
    def pids(self) -> list[int]:
        """The numbers of the worker processes."""
        return [worker.process.pid or 0 for worker in self._workers]

    def give(self, job: Job) -> None:
        """
        Hand a job to an idle worker; there must be one.

        Raises:
            Exception: whatever pickling the job raises; the worker is idle still.
        """
        worker = next(one for one in self._workers if one.job is None)
        worker.data = bytes(ForkingPickler.dumps(job))
        worker.job = job
        if worker.ready:
            self._send(worker)

    def wait(self) -> list[Event[Job, Result]]:
        """
        Wait until something became of a job.

        Raises:
            WikicleanError: if workers cannot be started.
        """
        events: list[Event[Job, Result]] = []
        while not events and self.idle < len(self._workers):
            ready = wait([one.connection for one in self._workers], _POLL)
            for position, worker in enumerate(self._workers):
                if worker.connection in ready:
                    event = self._hear(position)
                elif worker.job is not None and (page := self._late_page(worker)) is not None:
                    event = self._lose(position, "late", page)
                else:
                    continue
                if event is not None:
                    events.append(event)
        return events

    def _start(self) -> _Worker[Job]:
        here, there = self._context.Pipe()
        numbers = RawArray(c_double, 2)
        numbers[0] = -1
        process = self._context.Process(
            target=_serve, args=(there, numbers, self._begin, self._setup), daemon=True
        )
        with _uninterrupted():
            process.start()
        there.close()
        return _Worker(process, here, numbers)

    def _send(self, worker: _Worker[Job]) -> None:
        with suppress(OSError):  # it has just ended, and `wait` will hear of it
            worker.connection.send_bytes(worker.data)

    def _hear(self, position: int) -> Event[Job, Result] | None:
        worker = self._workers[position]
        try:
            result = worker.connection.recv()
        except (EOFError, OSError):
            return self._lose(position, "died", None)
        if not worker.ready:
            worker.ready = True
            self._false_starts = 0
            if worker.job is not None:
                self._send(worker)
            return None
        if isinstance(result, Exception):
            raise result
        job, worker.job = worker.job, None
        return None if job is None else Event("done", job, result, -1)

    def _late_page(self, worker: _Worker[Job]) -> int | None:
        """Return the page that takes too long, or None if none does."""
        page, since = worker.numbers
        if page < 0 or time.monotonic() - since < self._budget:
            return None
        # The worker may have gone on to another page between the two numbers.
        same = worker.numbers[0] == page and worker.numbers[1] == since
        return int(page) if same else None

    def _lose(
        self, position: int, kind: Literal["died", "late"], page: int | None
    ) -> Event[Job, Result] | None:
        """
        Replace a worker that ended or must end; return what became of its job.

        Args:
            position: Of the worker.
            kind: Of the event.
            page: At which it must end; a late one may go on to the next page until it does. None
                is the one at which it ended.
        """
        worker = self._workers[position]
        worker.end()
        if not worker.ready:
            self._false_starts += 1
            if self._false_starts >= STARTS:
                raise WikicleanError(
                    "worker processes end before they can work; a script that starts them needs "
                    'if __name__ == "__main__":'
                )
        if page is None:
            page = int(worker.numbers[0])
        new = self._workers[position] = self._start()
        if worker.job is None:
            return None
        if not worker.ready:
            new.job, new.data = worker.job, worker.data
            return None
        return Event(kind, worker.job, None, page)


def map_in_order(
    begin: Callable[[Any], Callable[[Item], Answer]],
    setup: object,
    items: Iterable[Item],
    *,
    failed: Callable[[Item, str], Answer],
    processes: int,
    chunk_size: int,
) -> Iterator[Answer]:
    """
    Yield what a function makes of each item, in their order, whatever becomes of a worker.

    Args:
        begin: Called once in each worker with *setup*; returns the function.
        setup: Anything picklable.
        items: Read as far ahead as the workers need, and no further.
        failed: Makes the answer for an item that ended its worker twice, and says why.
        processes: How many workers.
        chunk_size: Items that a worker is handed at a time.

    Raises:
        WikicleanError: if workers cannot be started.
    """
    source = enumerate(iter(partial(_chunk, iter(items), chunk_size), []))
    more: tuple[int, list[Item]] | None = next(source, None)
    again: list[int] = []
    chunks: dict[int, list[Item]] = {}
    lost: dict[int, dict[int, str]] = {}  # number of a chunk → index of an item → why
    answers: dict[int, list[Answer]] = {}
    deaths = Deaths()
    first = 0
    work = (begin, setup)
    with Crew(_begin_chunks, work, processes=processes, budget=math.inf) as crew:
        while more is not None or again or crew.idle < processes:
            while crew.idle and (
                again or (more is not None and more[0] < first + processes * AHEAD)
            ):
                if again:
                    number = again.pop()
                elif more is not None:
                    number, chunks[number] = more
                    lost[number] = {}
                    more = next(source, None)
                _give(crew, number, chunks[number], lost[number])
            for event in crew.wait():
                number = event.job[0]
                if event.result is None:
                    # Items of the chunk that were done are lost with the worker, and done again.
                    if deaths.too_many(number, event.page):
                        whole = range(len(chunks[number]))
                        bad = whole if event.page < 0 else [event.page]
                        lost[number] |= dict.fromkeys(bad, "The process that read it ended.")
                    again.append(number)
                    continue
                rest, why = iter(event.result), lost.pop(number)
                answers[number] = [
                    failed(item, why[i]) if i in why else next(rest)
                    for i, item in enumerate(chunks.pop(number))
                ]
            while first in answers:
                yield from answers.pop(first)
                first += 1


def _chunk(items: Iterator[Item], size: int) -> list[Item]:
    return list(islice(items, size))


_Chunk: TypeAlias = tuple[int, list[tuple[int, Any]]]
"""The number of a chunk, and its items with their indexes, the lost ones left out."""


def _give(
    crew: Crew[_Chunk, list[Any]], number: int, chunk: Sequence[object], lost: dict[int, str]
) -> None:
    """Hand a chunk to a worker, but for items that are lost or cannot be pickled."""

    def rest() -> _Chunk:
        return number, [(i, item) for i, item in enumerate(chunk) if i not in lost]

    try:
        crew.give(rest())
    except Exception:  # noqa: BLE001 - what pickles an object may be its own
        for i, item in rest()[1]:
            try:
                ForkingPickler.dumps(item)
            except Exception as error:  # noqa: BLE001
                lost[i] = f"It cannot be handed to a process: {type(error).__name__}: {error}"
        crew.give(rest())


def _begin_chunks(
    work: tuple[Callable[[Any], Callable[[Item], Answer]], object],
) -> Callable[[_Chunk, Beat], list[Answer]]:
    """Return the function that does a chunk; runs in the worker."""
    begin, setup = work
    answer = begin(setup)

    def do(job: _Chunk, beat: Beat) -> list[Answer]:
        answers = []
        for i, item in job[1]:
            beat.page(i)
            answers.append(answer(item))
        return answers

    return do


COLLECT_AT: Final = 10_000
"""How many new objects have a worker look for cycles."""


def _serve(
    connection: Connection,
    numbers: Any,  # noqa: ANN401 - ctypes does not name the type
    begin: Callable[[Any], Callable[[Any, Beat], Any]],
    setup: object,
) -> None:
    """Do jobs until the other end is closed, which it is when that process ends."""
    # Ctrl-C reaches every process of the terminal; the one that started the others handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    beat = Beat(numbers)
    work = begin(setup)
    # What was made so far lives on: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    # A page makes records by the thousand and leaves few cycles: looking for them at every 700
    # objects, as Python does, takes a tenth of the time and more.
    gc.set_threshold(COLLECT_AT)
    try:
        connection.send(None)
        while True:
            connection.send(_answer(work, connection.recv(), beat))
    except (EOFError, OSError):
        return


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """
    Hold Ctrl-C back, and from a process that is started meanwhile for good.

    It cannot ignore it before it has read its modules, and would tell of it with a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Which the first process would start, and which lets the signal through when it has started.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """
    Have the system end this process when the one that started it ends, where it can.

    A thread that waits for that would have to wait for the page as well, where its time is spent
    in one regular expression.
    """
    parent = parent_process()
    if sys.platform != "linux" or parent is None:
        return
    # The other end of this pipe is closed then, which sends the signal, and that ends a process.
    pipe = parent.sentinel
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)


def _answer(work: Callable[[Any, Beat], Any], job: object, beat: Beat) -> object:
    try:
        return work(job, beat)
    except Exception as error:  # noqa: BLE001 - it is raised where the job came from
        return error
    finally:
        beat.rest()
