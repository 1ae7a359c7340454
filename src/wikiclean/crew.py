"""
Worker processes with a budget for each page: a job that kills its worker costs one page.

Here lives the handling of processes: how they start, are handed a job at a time, are watched, and
are replaced when they end or take too long. What a job is, and what its result is for, is not
known here.
"""

from __future__ import annotations

import gc
import math
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from ctypes import c_double
from functools import partial
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import RawArray
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar

from wikiclean.errors import WikicleanError

Job = TypeVar("Job")
Result = TypeVar("Result")
Item = TypeVar("Item")
Answer = TypeVar("Answer")

AHEAD: Final = 4
"""Chunks for each process that are under way or wait for their turn to be given back."""

STARTS: Final = 3
"""How often in a row a worker may end before it was ready; then nothing is to be hoped for."""

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
        self.ready = False

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


class Crew(Generic[Job, Result]):
    """
    Processes that work on jobs; a context manager that ends them all.

    Workers are started with ``spawn``, so a script that makes a Crew needs the usual
    ``if __name__ == "__main__":``. They end by themselves when this process ends, however it does.

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
        """Hand a job to an idle worker; there must be one."""
        worker = next(one for one in self._workers if one.job is None)
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
                elif worker.job is not None and self._is_late(worker):
                    event = self._lose(position, "late")
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
        process.start()
        there.close()
        return _Worker(process, here, numbers)

    def _send(self, worker: _Worker[Job]) -> None:
        with suppress(OSError):  # it has just ended, and `wait` will hear of it
            worker.connection.send(worker.job)

    def _hear(self, position: int) -> Event[Job, Result] | None:
        worker = self._workers[position]
        try:
            result = worker.connection.recv()
        except (EOFError, OSError):
            return self._lose(position, "died")
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

    def _is_late(self, worker: _Worker[Job]) -> bool:
        page, since = worker.numbers
        if page < 0 or time.monotonic() - since < self._budget:
            return False
        # The worker may have gone on to another page between the two numbers.
        return bool(worker.numbers[0] == page and worker.numbers[1] == since)

    def _lose(self, position: int, kind: Literal["died", "late"]) -> Event[Job, Result] | None:
        """Replace a worker that ended or must end; return what became of its job."""
        worker = self._workers[position]
        worker.end()
        if not worker.ready:
            self._false_starts += 1
            if self._false_starts >= STARTS:
                raise WikicleanError(
                    "worker processes end before they can work; a script that starts them needs "
                    'if __name__ == "__main__":'
                )
        page = int(worker.numbers[0])
        self._workers[position] = self._start()
        if worker.job is None:
            return None
        if not worker.ready:
            self._workers[position].job = worker.job
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
    again: list[tuple[int, list[Item], frozenset[int]]] = []
    answers: dict[int, list[Answer]] = {}
    blamed: Counter[tuple[int, int]] = Counter()
    first = 0
    work = (begin, setup)
    with Crew(_begin_chunks, work, processes=processes, budget=math.inf) as crew:
        while more is not None or again or crew.idle < processes:
            while crew.idle and (
                again or (more is not None and more[0] < first + processes * AHEAD)
            ):
                if again:
                    crew.give(again.pop())
                elif more is not None:
                    crew.give((*more, frozenset()))
                    more = next(source, None)
            for event in crew.wait():
                number, chunk, skipped = event.job
                if event.result is None:
                    # Pages of the chunk that were done are lost with the worker, and done again.
                    blamed[number, event.page] += 1
                    bad = frozenset(i for i in range(len(chunk)) if blamed[number, i] > 1)
                    if blamed[number, -1] > 1:
                        bad = frozenset(range(len(chunk)))
                    again.append((number, chunk, bad))
                    continue
                rest = iter(event.result)
                answers[number] = [
                    failed(item, "The process that read it ended.") if i in skipped else next(rest)
                    for i, item in enumerate(chunk)
                ]
            while first in answers:
                yield from answers.pop(first)
                first += 1


def _chunk(items: Iterator[Item], size: int) -> list[Item]:
    return list(islice(items, size))


def _begin_chunks(
    work: tuple[Callable[[Any], Callable[[Item], Answer]], object],
) -> Callable[[tuple[int, list[Item], frozenset[int]], Beat], list[Answer]]:
    """Return the function that does a chunk; runs in the worker."""
    begin, setup = work
    answer = begin(setup)

    def do(job: tuple[int, list[Item], frozenset[int]], beat: Beat) -> list[Answer]:
        _, chunk, skipped = job
        answers = []
        for i, item in enumerate(chunk):
            if i not in skipped:
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


def _answer(work: Callable[[Any, Beat], Any], job: object, beat: Beat) -> object:
    try:
        return work(job, beat)
    except Exception as error:  # noqa: BLE001 - it is raised where the job came from
        return error
    finally:
        beat.rest()
