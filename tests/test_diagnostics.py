"""
Diagnostics: each code has an example under ``fixtures/diagnostics``, and the documentation has it.

The examples are files of cases, for each dialect one; a title is ``code: why``. The facts are

- ``source``: the stretch of the source that the diagnostic names, and ``at``, where it begins, if
  it stands there more than once;
- ``dropped`` and ``replacement``, empty unless given;
- ``also``: codes that cannot but appear besides;
- ``inside``: the nested Document that has it.

``⏎`` is a line end and ``␣`` a space. What no source can hold is in ``made.txt``, which describes
the source, and `MADE` makes it.

The tables of ``docs/diagnostics.md`` are made of this; ``pytest --update-golden`` writes them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from case_files import FIXTURES, Case, read_cases

import wikiclean
from wikiclean.codes import CODES, SWITCHES
from wikiclean.document import Diagnostic, Document, Span
from wikiclean.limits import Limits

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "diagnostics.md"


def code_of(case: Case) -> str:
    """Return the code that a case is the example of."""
    return case.title.partition(":")[0]


EXAMPLES: Final = {
    dialect: {code_of(case): case for case in read_cases(FIXTURES / f"diagnostics/{dialect}.txt")}
    for dialect in ("export", "wikitext", "made")
}
"""Dialect → code → example."""

SELECT: Final = frozenset({"tables", "footnotes"})
"""Options of an example that are those of ``select``."""


def read(case: Case, dialect: str, **more: Any) -> Document:  # noqa: ANN401 - options of parse
    """Return the Document of an example, with the options in its title."""
    given = dict(re.findall(r"\[(\w+)=(\w+)\]", case.title))
    options: Any = {k: v for k, v in given.items() if k not in SELECT}
    if "max_chars" in options:
        options["limits"] = Limits(max_chars=int(options.pop("max_chars")))
    options |= more
    document = wikiclean.parse(case.source, dialect=dialect, **options)
    chosen: Any = {k: v for k, v in given.items() if k in SELECT}
    return document.select(**chosen) if chosen else document


def found_in(document: Document) -> Iterator[tuple[str, Diagnostic]]:
    """Yield the diagnostics of a Document with the path of the one that has them."""
    for path, one in (("", document), *document.nested()):
        for diagnostic in one.diagnostics:
            yield path, diagnostic


def facts_of(case: Case) -> dict[str, str]:
    """Return the facts of an example."""
    pairs = (line.partition(":") for line in case.facts)
    return {
        name: value.removeprefix(" ").replace("⏎", "\n").replace("␣", " ")
        for name, _, value in pairs
    }


def check(case: Case, document: Document, found: list[tuple[str, Diagnostic]]) -> None:
    """Check the diagnostics of an example's Document."""
    facts = facts_of(case)
    code = code_of(case)
    assert document.text == case.text
    assert sorted(one.code for _, one in found) == sorted([code, *facts.get("also", "").split()])
    path, diagnostic = next(pair for pair in found if pair[1].code == code)
    assert path == facts.get("inside", "")
    assert diagnostic.severity == CODES[code].severity
    start, end = diagnostic.source_span
    assert document.source[start:end] == facts["source"]
    at = facts.get("at")
    assert start == (int(at) if at else document.source.index(facts["source"]))
    assert diagnostic.dropped == facts.get("dropped", "")
    assert diagnostic.replacement == facts.get("replacement", "")


@pytest.mark.parametrize(
    ("dialect", "case"),
    [
        pytest.param(dialect, case, id=f"{dialect}: {case.title}")
        for dialect in ("export", "wikitext")
        for case in EXAMPLES[dialect].values()
    ],
)
def test_example(dialect: str, case: Case) -> None:
    """The example has exactly its diagnostic, where it says, and the text it says."""
    document = read(case, dialect)
    check(case, document, list(found_in(document)))


# ---------------------------------------------------------------- what no page holds


def boom(_: object) -> list[Any]:
    """Answer for a template with an exception, as a handler with a mistake would."""
    raise ZeroDivisionError


def tower() -> Document:
    """Return tables in tables, one more than are read."""
    return wikiclean.parse("{|\n|\n" * 40 + "{|", dialect="wikitext")


def failure() -> Document:
    """Return the Document of a page that could not be read."""
    pages = wikiclean.pipe(["長江{{某某}}"], dialect="wikitext", templates={"某某": boom})
    return next(pages)


def unclaimed() -> Document:
    """Return a Document without the records that would claim its source, accounted for."""
    document = Document("", "長江", "wikitext", "zhwiki", extent=Span(0, 2))
    (row,) = document.accounting()
    assert isinstance(row.record, Diagnostic)
    return wikiclean.Document("", "長江", "wikitext", "zhwiki", diagnostics=(row.record,))


MADE: Final[Mapping[str, Callable[[], Document]]] = {
    "too_deep": tower,
    "page_failed": failure,
    "lone_surrogate": lambda: wikiclean.parse("長\ud800江", dialect="wikitext"),
    "unaccounted": unclaimed,
}
"""Code → what has it."""


@pytest.mark.parametrize("code", MADE)
def test_made_example(code: str) -> None:
    """What is made for a code has it."""
    case = EXAMPLES["made"][code]
    document = MADE[code]()
    check(case, document, list(found_in(document)))


# ---------------------------------------------------------------- switches

OFF: Final[Mapping[str, Mapping[str, Any]]] = {
    "passes": {"passes": ()},
    "labels": {"labels": "none"},
    "title": {"title": "黃河"},
    "templates": {"templates": {"某某": lambda _: ["很"]}},
    "variant": {"variant": "zh-hant"},
    "limits": {"limits": Limits()},
    "select": {},
}
"""Switch → the arguments of ``parse`` that put it."""


def test_switches_do_what_they_say() -> None:
    """With its switch put, an example no longer has the diagnostic it had, or has another."""
    assert set(OFF) == set(SWITCHES)
    for name, switch in SWITCHES.items():
        for code in switch.codes:
            dialect = next(d for d in ("export", "wikitext") if code in EXAMPLES[d])
            case = EXAMPLES[dialect][code]
            before = [one for _, one in found_in(read(case, dialect)) if one.code == code]
            bare = case._replace(title=code) if name == "select" else case
            after = [one for _, one in found_in(read(bare, dialect, **OFF[name]))]
            assert before, code
            assert before != [one for one in after if one.code == code], f"{name}: {code}"


# ---------------------------------------------------------------- the documentation


def test_every_code_has_one_example() -> None:
    """No code is without an example, and none has two."""
    listed = [code for examples in EXAMPLES.values() for code in examples]
    assert sorted(listed) == sorted(CODES)
    switched = {code for switch in SWITCHES.values() for code in switch.codes}
    assert switched <= set(CODES)


def code(text: str) -> str:
    """Write text as code in a cell of a Markdown table."""
    assert "`" not in text
    shown = text.replace("\n", "⏎").replace("\t", "⇥").replace("|", "\\|")
    return f"`{shown}`" if shown else "nothing"


def tables() -> dict[str, str]:
    """Return the tables of the page by name."""
    switches = ["| switch | in Python | on the command line | what it does |", "|--|--|--|--|"]
    for name, switch in SWITCHES.items():
        flags = ", ".join(map(code, switch.flag.split(", "))) if switch.flag else ""
        switches.append(f"| {name} | {code(switch.call)} | {flags} | {switch.effect} |")
    codes = ["| code, severity | meaning | before, after | switch |", "|--|--|--|--|"]
    for name, (severity, message) in CODES.items():
        dialect = next(dialect for dialect, examples in EXAMPLES.items() if name in examples)
        case = EXAMPLES[dialect][name]
        before = case.source if dialect == "made" else code(case.source)
        if dialect != "made" and wikiclean.detect(case.source)[0] != dialect:
            before += "<br>" + code(f'dialect="{dialect}"')
        switch = ", ".join(key for key, switch in SWITCHES.items() if name in switch.codes)
        why = re.sub(r" \[.*", "", case.title).partition(": ")[2]
        meaning = f"{message} Here: {why}."
        codes.append(
            f"| `{name}`<br>{severity} | {meaning} | {before}<br>→ {code(case.text)} | {switch} |"
        )
    return {"switches": "\n".join(switches), "codes": "\n".join(codes)}


def test_page_is_up_to_date(golden: Callable[[Path, str], None]) -> None:
    """The tables of the page are those of the code and the examples."""
    page = PAGE.read_text(encoding="utf-8")
    for name, table in tables().items():
        pattern = rf"(?<=<!-- table: {name} -->\n\n).*?(?=\n\n<!-- end -->)"
        page, count = re.subn(pattern, lambda _, table=table: table, page, flags=re.DOTALL)
        assert count == 1, f"no place for the table {name}"
    golden(PAGE, page)
