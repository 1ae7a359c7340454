"""The comparison of two texts: what is aligned with what, what is counted, and how it is shown."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import HOSTILE

import wikiclean
from wikiclean import compare as module
from wikiclean.cli import main
from wikiclean.compare import (
    MOST_CELLS,
    STYLE,
    compare,
    edits,
    lines_of,
    lines_of_html,
    lines_of_json,
    to_html,
    to_text,
)
from wikiclean.errors import SchemaError

ARTICLE = Path(__file__).parent / "fixtures/agreed_framework/agreed_framework.md"


def aligned(a: str, b: str) -> list[tuple[str, str | None, str | None]]:
    """Return the pairs of two texts whose blocks are parted by spaces."""
    found = compare(a.split(), b.split())
    return [
        (
            pair.kind,
            None if pair.a is None else found.a[pair.a],
            None if pair.b is None else found.b[pair.b],
        )
        for pair in found.pairs
    ]


CASES = {
    "equal blocks": ("甲 乙", "甲 乙", [("equal", "甲", "甲"), ("equal", "乙", "乙")]),
    "a block of each": ("甲 丙", "乙 丙", [
        ("only_a", "甲", None), ("only_b", None, "乙"), ("equal", "丙", "丙"),
    ]),
    "a block that moved stays where most blocks say": ("甲 乙 丙 丁", "乙 丙 甲 丁", [
        ("only_a", "甲", None), ("equal", "乙", "乙"), ("equal", "丙", "丙"),
        ("only_b", None, "甲"), ("equal", "丁", "丁"),
    ]),
    "blocks that stand often pair in turn": ("是 甲 是 否", "乙 是 是 是 否", [
        ("only_b", None, "乙"), ("equal", "是", "是"), ("only_a", "甲", None),
        ("only_b", None, "是"), ("equal", "是", "是"), ("equal", "否", "否"),
    ]),
    "a block that changed is found by what it kept": (
        "長江是亞洲第一大河 黃河是中國第二長河", "珠江 黃河是中國第二大河 長江",
        [
            ("only_a", "長江是亞洲第一大河", None),
            ("only_b", None, "珠江"),
            ("changed", "黃河是中國第二長河", "黃河是中國第二大河"),
            ("only_b", None, "長江"),
        ],
    ),
    "two short blocks left alone between equal ones": ("甲 概要 乙", "甲 概述 乙", [
        ("equal", "甲", "甲"), ("changed", "概要", "概述"), ("equal", "乙", "乙"),
    ]),
    "nothing on one side": ("甲", "", [("only_a", "甲", None)]),
    "nothing at all": ("", "", []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_alignment(name: str) -> None:
    """Blocks are aligned as a reader would."""
    a, b, expected = CASES[name]
    assert aligned(a, b) == expected


def test_white_space_and_bars_say_nothing() -> None:
    """Blocks are equal where only spaces differ that East Asian text does not need."""
    found = compare(
        ["長江 6300 公里", "a  b", "河\t長度"], ["長江6300公里", "a b", "| 河 | 長度 |"]
    )
    assert [pair.kind for pair in found.pairs] == ["equal"] * 3
    assert (found.recall, found.precision) == (1.0, 1.0)
    assert [found.edits(pair) for pair in found.pairs] == [[]] * 3


def test_measures() -> None:
    """Recall and precision are shares of runs of five characters, each counted as it occurs."""
    # abcdefgh has abcde bcdef cdefg defgh; abcdefxabcde has abcde twice, bcdef, and nine others.
    found = compare(["abcdefgh"], ["abcdefxabcde"])
    assert found.recall == 2 / 4
    assert found.precision == 2 / 8
    assert found.counts() == {"equal": 0, "changed": 1, "only_a": 0, "only_b": 0}


@pytest.mark.parametrize(
    ("a", "b", "recall", "precision"),
    [("", "", 1.0, 1.0), ("甲", "", 0.0, 1.0), ("", "甲", 1.0, 0.0), ("甲", "甲", 1.0, 1.0)],
)
def test_measures_of_little(a: str, b: str, recall: float, precision: float) -> None:
    """Of nothing all is found; a text shorter than five characters is one run."""
    found = compare(lines_of(a), lines_of(b))
    assert (found.recall, found.precision) == (recall, precision)


def test_where_blocks_end_does_not_matter_to_the_measures() -> None:
    """A tool that puts two paragraphs on one line has lost nothing."""
    found = compare(["長江是亞洲", "第一大河"], ["長江是亞洲第一大河"])
    assert (found.recall, found.precision) == (1.0, 1.0)


def test_edits_are_words_or_characters() -> None:
    """A word of letters changes as a whole, a Chinese text by the character."""
    assert edits("the river Yangtze", "the river Yangzi") == [(10, 17, 10, 16)]
    assert edits("長江很長", "長江不長") == [(2, 3, 2, 3)]
    assert edits("長江", "長江很長") == [(2, 2, 2, 4)]
    assert edits("甲", "甲") == []


texts = st.lists(st.text("ab 甲乙丙，\n", max_size=6), max_size=8).map("\n".join)


@given(texts, texts)
@example("甲\n乙\n" * 40, "乙\n甲\n" * 40)
def test_every_block_stands_once_and_in_order(a: str, b: str) -> None:
    """The pairs hold all blocks of both, and what is equal is."""
    found = compare(lines_of(a), lines_of(b))
    assert [pair.a for pair in found.pairs if pair.a is not None] == [*range(len(found.a))]
    assert [pair.b for pair in found.pairs if pair.b is not None] == [*range(len(found.b))]
    for pair in found.pairs:
        equal = pair.a is not None and pair.b is not None
        if equal:
            keys = [module.compared_whole(t) for t in (found.a[pair.a], found.b[pair.b])]
            assert (keys[0] == keys[1]) == (pair.kind == "equal")
        assert (pair.kind in ("equal", "changed")) == equal
    if a == b:
        assert {pair.kind for pair in found.pairs} <= {"equal"}
        assert (found.recall, found.precision) == (1.0, 1.0)


@given(st.text("ab 甲乙", max_size=40), st.text("ab 甲乙", max_size=40))
def test_edits_make_the_other(a: str, b: str) -> None:
    """Who applies the edits to A gets B, and every edit changes something."""
    made, at = [], 0
    for start, end, left, right in edits(a, b):
        assert a[start:end] != b[left:right]
        made += [a[at:start], b[left:right]]
        at = end
    assert "".join([*made, a[at:]]) == b


def test_what_is_quadratic_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard library's matcher is never given more than the bound."""
    asked: list[int] = []
    real = module.SequenceMatcher

    def matcher(junk: None, a: list[str], b: list[str], *, autojunk: bool) -> Any:  # noqa: ANN401
        asked.append(len(a) * len(b))
        return real(junk, a, b, autojunk=autojunk)

    monkeypatch.setattr(module, "SequenceMatcher", matcher)
    edits("的是" * 3000 + "甲", "是的" * 3000 + "乙")
    edits("".join(map(chr, range(0x4E00, 0x5E00))), "".join(map(chr, range(0x5E00, 0x4E00, -1))))
    edits("甲乙丙丁", "甲丙乙丁")
    assert asked
    assert max(asked) <= MOST_CELLS


# ---------------------------------------------------------------- what is compared


def test_blocks_of_html() -> None:
    """The cells of a row are a block, as they are a line of our text; notes are left out."""
    html = "<h2>河</h2><p>長<sup class=note>[1]</sup>江<br>很長</p><table><tr><th>河<th>長度<tr>"
    html += "<td>長江<td>6300</table><ul><li>甲<li>乙</ul><section class=notes><p>註</section>"
    assert lines_of_html(html) == ["河", "長江", "很長", "河\t長度", "長江\t6300", "甲", "乙"]


def test_our_html_has_our_blocks() -> None:
    """What `to_html` writes is read back as the text."""
    document = wikiclean.parse(ARTICLE.read_text(encoding="utf-8"))
    found = compare(lines_of(document.text), lines_of_html(document.to_html()))
    assert {pair.kind for pair in found.pairs} == {"equal"}


@pytest.mark.parametrize(
    "html",
    [
        *(
            "</p></div>甲",
            "<div><p>甲</span></div>",
            "<p>甲<p>",
            "<li>甲</ul></ul>",
            "<table><td>甲",
        ),
        *("甲<a b='", "甲<!--", "甲" + '<a b="' * 20_000, "<div hidden>乙<p>丙</div>甲", "&#x7532"),
    ],
)
def test_html_with_tags_missing(html: str) -> None:
    """End tags without a beginning and elements without an end do no harm."""
    assert lines_of_html(html) == ["甲"]


def test_blocks_of_json() -> None:
    """Our JSON and our rows have their text where other tools have theirs."""
    document = wikiclean.parse("長江\n\n很長", dialect="wikitext")
    assert lines_of_json(document.to_json()) == ["長江", "很長"]
    assert lines_of_json(json.dumps(document.to_row())) == ["長江", "很長"]


@pytest.mark.parametrize("value", ["", "[]", '{"text": 1}', '{"a": "b"}', "{}\n{}", "[" * 100_000])
def test_json_without_a_text(value: str) -> None:
    """JSON that has no text is refused."""
    with pytest.raises(SchemaError):
        lines_of_json(value)


# ---------------------------------------------------------------- forms


def test_text_form() -> None:
    """The text form has the measures, and what differs with its numbers."""
    # Of six runs in A, 長江是亞洲 is in B too, and B has three.
    found = compare(["長江是亞洲大河", "甲乙丙"], ["長江是亞洲長河"])
    assert to_text(found, "a.txt", "b.txt") == (
        "A: a.txt\n"
        "B: b.txt\n"
        "recall 16.67% (of A's runs of 5 characters, those that B has)\n"
        "precision 33.33% (of B's, those that A has)\n"
        "blocks: 0 equal, 1 changed, 1 only in A, 0 only in B\n"
        "\n"
        "    1     1  長江是亞洲[-大-]{+長+}河\n"
        "    2        [-甲乙丙-]\n"
    )


def test_text_form_is_safe_for_a_terminal() -> None:
    """What a terminal would obey is replaced."""
    shown = to_text(compare(["\x1b[31m甲\u202e\u200f"], []), "a\x07", "b")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200f\u202e]", shown)


class Page(HTMLParser):
    """Reads the page, and refuses what is not its own."""

    def __init__(self) -> None:
        super().__init__()
        self.policy = ""
        self.parts: list[str] = []
        self.style = ""
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check an element."""
        assert tag in {
            *("html", "head", "meta", "title", "style", "body", "p", "br", "table", "tr", "td"),
            *("details", "summary", "del", "ins"),
        }
        given = dict(attrs)
        assert set(given) <= {"charset", "http-equiv", "content", "class"}
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(given["content"])
        self._within = "t" if given.get("class") == "t" else tag if tag == "style" else self._within

    def handle_endtag(self, tag: str) -> None:
        """Leave a cell or the style sheet."""
        if tag in ("td", "style"):
            self._within = ""

    def handle_data(self, data: str) -> None:
        """Take the text of the blocks."""
        if self._within == "t":
            self.parts.append(data)
        elif self._within == "style":
            self.style += data


@given(
    st.lists(st.sampled_from(HOSTILE), max_size=4), st.lists(st.sampled_from(HOSTILE), max_size=4)
)
def test_html_form_holds_any_text(a: list[str], b: list[str]) -> None:
    """No text becomes an element, and the policy lets in nothing but our style sheet."""
    found = compare(a, b)
    page = Page()
    page.feed(to_html(found, "<a>", '"b"'))
    page.close()
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert page.style == STYLE
    assert page.policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    shown = "".join(page.parts)
    assert all(text in shown for pair in found.pairs if pair.b is None for text in [a[pair.a]])


def test_json_form() -> None:
    """The JSON form has every pair, with its texts and its edits."""
    value = compare(["長江", "甲乙丙丁戊己"], ["長江", "甲乙丙丁戊庚"]).to_dict()
    assert json.loads(json.dumps(value)) == {
        "recall": 3 / 4,
        "precision": 3 / 4,
        "blocks": {"equal": 1, "changed": 1, "only_a": 0, "only_b": 0},
        "pairs": [
            {"kind": "equal", "a": "長江", "b": "長江", "edits": []},
            {"kind": "changed", "a": "甲乙丙丁戊己", "b": "甲乙丙丁戊庚", "edits": [[5, 6, 5, 6]]},
        ],
    }


# ---------------------------------------------------------------- the command


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder with the same page in several forms."""
    monkeypatch.chdir(tmp_path)
    page = "'''長江'''（{{原名}}）是[[河流]]。<ref>註</ref>"
    document = wikiclean.parse(page, dialect="wikitext")
    Path("page.wikitext").write_text(page, encoding="utf-8")
    Path("page.txt").write_text(document.text, encoding="utf-8")
    Path("page.json").write_text(document.to_json(), encoding="utf-8")
    Path("page.html").write_text(document.to_html(), encoding="utf-8")
    Path("page.md").write_text("**長江**是河流。", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["page.txt", "page.json", "page.html", "page.md"])
def test_command_reads_files_by_their_suffix(
    files: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """The same page in any form has the same blocks."""
    assert (files / name).is_file()
    assert main(["compare", "page.wikitext", name]) == 0
    assert "blocks: 1 equal, 0 changed, 0 only in A, 0 only in B" in capsys.readouterr().out


def test_command_takes_the_options_of_reading(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pages are read as the options say, texts are not."""
    argv = ["compare", "page.wikitext", "page.txt", "--passes", "none", "--footnotes", "inline"]
    assert main([*argv, "-f", "json"]) == 0
    (pair,) = json.loads(capsys.readouterr().out)["pairs"]
    assert (pair["a"], pair["b"]) == ("長江（）是河流。（註）", "長江是河流。")
    assert main([*argv, "--a", "text", "-o", "out.html"]) == 0
    page = (files / "out.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "<ins>長江是河流。</ins>" in page


def test_command_refuses_what_it_cannot_read(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is missing, or is not what its suffix says, is wrong usage."""
    assert main(["compare", "page.txt", "none.txt"]) == 2
    (files / "bad.json").write_text("[]", encoding="utf-8")
    assert main(["compare", "page.txt", "bad.json"]) == 2
    assert main(["compare", "page.txt"]) == 2
    errors = capsys.readouterr().err
    assert "cannot read none.txt" in errors
    assert 'bad.json: no JSON object with a string under "text"' in errors
