"""
A function over many items in several processes: in order, lazily, whatever a worker does.

Here lives the handling of processes and of their deaths. What the function is, and what a page is,
is not known here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD: Final = 3
"""Chunks a process is given beyond the one it works on: enough that none waits for the reader."""


def map_in_order(
    function: Callable[[list[Item]], list[Result]],
    items: Iterable[Item],
    *,
    failed: Callable[[Item, str], Result],
    processes: int,
    chunk_size: int,
) -> Iterator[Result]:
    """
    Yield the results of *function* for chunks of *items*, in the order of the items.

    Args:
        function: Takes a list and returns a list of the same length; must be picklable.
        items: Read as far ahead as the workers need, and no further.
        failed: Makes the result of an item whose worker ended without an answer.
        processes: How many workers; started with ``spawn``.
        chunk_size: Items a worker is handed at a time.
    """
    source = iter(items)
    pool = _pool(processes)
    waiting: deque[tuple[list[Item], Future[list[Result]]]] = deque()
    try:
        while True:
            while len(waiting) < processes * (1 + AHEAD) and (
                chunk := list(islice(source, chunk_size))
            ):
                waiting.append((chunk, pool.submit(function, chunk)))
            if not waiting:
                return
            chunk, future = waiting.popleft()
            try:
                results = future.result()
            except BrokenProcessPool:
                # A worker ended: a crash, or somebody killed it. All chunks that were under way
                # are lost with the pool, and any page of them may be the cause.
                pool.shutdown(wait=False, cancel_futures=True)
                pool = _pool(processes)
                lost = [chunk, *(one for one, _ in waiting)]
                waiting.clear()
                for chunk in lost:
                    for item in chunk:
                        try:
                            yield from pool.submit(function, [item]).result()
                        except BrokenProcessPool:
                            pool = _pool(processes)
                            yield failed(item, "the process that read the page ended")
                continue
            yield from results
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
