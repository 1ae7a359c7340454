"""
Threads: no state is shared that changes, so what threads read at once is what one reads alone.

The interpreter is told to switch threads as often as it can, so that what is not safe shows.
"""

import pickle
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, Final, TypeVar

import pytest
from case_files import FIXTURES, read_cases

import wikiclean
from wikiclean.document import DEFERRABLE, Document, Runs
from wikiclean.site import Site

THREADS: Final = 16
T = TypeVar("T")

EXPORT: Final = (FIXTURES / "agreed_framework" / "agreed_framework.md").read_text(encoding="utf-8")
WIKITEXT: Final = "\n\n".join(
    case.source
    for path in sorted((FIXTURES / "wikitext").glob("*.txt"))
    for case in read_cases(path)
    if not re.search(r"\[\w+=", case.title)
)
DEFERRED: Final = (
    "* '''信息'''在[[乙|電]]{{某某|甲}}電腦軟體裡{{某某|乙=[[丙]]}}。"
    "<ref>註{{某某}}<ref name=b>內</ref></ref>"
    "{{Infobox 國家|名稱=長江<ref name=b/>|人口={{某某}}|面積=[[大]]}}\n{|\n|甲||乙\n|}\n\n" * 20
)
"""A page with many of all the records that are made when they are asked for."""


@pytest.fixture(autouse=True)
def _switch_often() -> Iterator[None]:
    """Let another thread run after every few instructions."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(*functions: Callable[[], T]) -> list[T]:
    """Call the functions on `THREADS` threads that begin together; return what they gave."""
    barrier = Barrier(THREADS)

    def call(function: Callable[[], T]) -> T:
        barrier.wait(60)
        return function()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(call, (functions * THREADS)[:THREADS]))


@pytest.mark.parametrize(
    ("source", "options"),
    [
        (EXPORT, {"dialect": "export"}),
        (EXPORT, {"dialect": "export", "variant": "zh-cn"}),
        (WIKITEXT, {"dialect": "wikitext"}),
        (WIKITEXT, {"dialect": "wikitext", "variant": "zh-tw", "normalize": "NFKC"}),
        (DEFERRED, {"dialect": "wikitext"}),
    ],
    ids=["export", "export converted", "wikitext", "wikitext converted", "deferred"],
)
def test_threads_read_equal_documents(source: str, options: dict[str, Any]) -> None:
    """A page that is read on many threads at once is the Document that one thread reads."""
    alone = wikiclean.parse(source, **options)
    assert alone.text
    written = alone.to_json()
    for document in at_once(lambda: wikiclean.parse(source, **options)):
        assert document == alone
        assert document.to_json() == written


def test_threads_share_a_new_site() -> None:
    """What a site looks up the first time, and compiles then, it may look up on many threads."""
    info = {"general": {"lang": "zh"}, "interwikimap": [{"prefix": "甲", "url": "http://a/$1"}]}
    source = f"#重定向 [[甲:乙]]\n__NOTOC__\n{WIKITEXT}"
    options: Any = {"dialect": "wikitext", "title": "丙"}
    alone = wikiclean.parse(source, site=Site.from_siteinfo(info, name="x"), **options)
    assert alone.redirect_to == "甲:乙"
    site = Site.from_siteinfo(info, name="x")
    found = at_once(lambda: wikiclean.parse(source, site=site, **options))
    assert all(document == alone for document in found)


ASKED: Final[tuple[Callable[[Document], object], ...]] = (
    lambda d: [d.footnotes],
    lambda d: [d.templates],
    lambda d: d.runs.flat,
    lambda d: d.sections,
    lambda d: d.accounting(),
    lambda d: d.to_json(),
    lambda d: d.to_row(),
    lambda d: d.to_html(),
    lambda d: d.to_markdown(),
    lambda d: [*d.walk()],
    lambda d: d.to_source(len(d.text) // 2),
    lambda d: d.to_text(len(d.source) // 2),
    lambda d: d.select(footnotes="end"),
    lambda d: pickle.loads(pickle.dumps(d)),  # noqa: S301 - our own
    lambda d: hash(d),  # noqa: PLW0108 - the constant says what is asked
    lambda d: d == wikiclean.parse(DEFERRED, dialect="wikitext", variant="zh-cn"),
)
"""What threads ask of one Document at once, for each thread something else."""


@pytest.mark.parametrize("round_", range(5))
@pytest.mark.parametrize("asked", [ASKED, *((one,) for one in ASKED[:4])])
def test_threads_ask_one_document(
    asked: tuple[Callable[[Document], object], ...], round_: int
) -> None:
    """What is made when it is asked for first is made right whoever asks, and however many."""
    del round_  # each is a Document that nobody has asked anything
    alone, shared = (
        wikiclean.parse(DEFERRED, dialect="wikitext", variant="zh-cn") for _ in range(2)
    )
    functions = [lambda one=one: one(shared) for one in asked]
    for one, found in zip(asked * THREADS, at_once(*functions), strict=False):
        assert found == one(alone)


def test_deferred_records_are_made_once() -> None:
    """All threads get the same records, so that one may be looked for by its identity."""
    document = wikiclean.parse(DEFERRED, dialect="wikitext")
    for name in DEFERRABLE:
        first, *others = at_once(lambda name=name: getattr(document, name))
        assert len(first) >= 20
        assert all(other is first for other in others)
    value = document.infoboxes[0].fields[-1]
    first, *others = at_once(lambda: value.body)
    assert first.text == "大"
    assert all(other is first for other in others)


class Overtaken(Runs):
    """Runs that another thread makes whenever this one has looked whether they are made."""

    _left: Any = None

    @property
    def _build(self) -> Any:  # noqa: ANN401 - a function, or None
        build, self._left = self._left, None
        return build

    @_build.setter
    def _build(self, build: object) -> None:
        self._left = build


def test_runs_may_be_made_by_two_threads() -> None:
    """A thread that asks for runs gets them, though another has made them in the meantime."""
    flat = Runs((0, 2, 0, 2, 1)).flat
    assert Overtaken(lambda: flat).flat is flat
