"""Hugging Face: the pages of dumps as a Dataset. Here lives what ``datasets`` must be told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from wikiclean import partitions, records
from wikiclean.errors import MissingExtraError
from wikiclean.partitions import Job, Partition, Paths

try:
    from datasets import Dataset, Features, IterableDataset
except ImportError as error:
    raise MissingExtraError("wikiclean.adapters.huggingface", "huggingface") from error


def dataset(
    paths: Paths,
    *,
    profile: str = "hf",
    num_proc: int | None = None,
    cache_dir: str | None = None,
    **options: Any,  # noqa: ANN401 - each has a type of its own, see partitions.OPTIONS
) -> Dataset:
    """
    Return the pages of dumps as a Dataset in the cache of ``datasets``.

    The same files and options are read once; a file that was changed is read again. A page that
    cannot be read is a row with its error record in the column ``error``.

    Args:
        paths: Files or folders; a name with a scheme is an address of another file system.
        profile: One of ``PROFILES``.
        num_proc: How many processes read.
        cache_dir: As for ``datasets.load_dataset``.
        options: Those of ``partitions.OPTIONS``.

    Raises:
        InputError: if an input is not there or cannot be opened.
        UnknownFormatError: if there is no such option, or its value is not one of those known.
    """
    job = Job.of({"profile": profile, **options})
    parts = partitions.partitions(paths, job, least=num_proc or 1)
    return Dataset.from_generator(
        _rows,
        features=_features(job),
        gen_kwargs={"parts": parts, "job": job},
        num_proc=None if num_proc is None else min(num_proc, len(parts)),
        cache_dir=cache_dir,
    )


def iterable_dataset(
    paths: Paths,
    *,
    profile: str = "hf",
    **options: Any,  # noqa: ANN401
) -> IterableDataset:
    """
    Return the pages of dumps as an IterableDataset, which reads while it is iterated.

    It has a shard for each partition, so a ``DataLoader`` with several workers shares them out.

    Args:
        paths: As for ``dataset``.
        profile: As for ``dataset``.
        options: As for ``dataset``.

    Raises:
        InputError: if an input is not there or cannot be opened.
        UnknownFormatError: if there is no such option, or its value is not one of those known.
    """
    job = Job.of({"profile": profile, **options})
    parts = partitions.partitions(paths, job)
    return IterableDataset.from_generator(
        _rows, features=_features(job), gen_kwargs={"parts": parts, "job": job}
    )


def _features(job: Job) -> Features:
    return Features.from_dict(json.loads(job.describe("hf")))


def _rows(parts: list[Partition], job: Job) -> Iterator[records.Row]:
    for part in parts:
        for batch in partitions.read(part, job):
            yield from batch.to_pylist()
