"""The sizing page: its arithmetic, and the dump that its rates are measured on."""

import gzip
import json
from pathlib import Path

import sizing
from sizing import Rate, Wiki

from wikiclean import dump


def test_tables() -> None:
    """36 GB at 10 MB/s are an hour of one core; what is short is told in minutes."""
    wiki = Wiki("awiki", "a", 8, 36)
    made = sizing.tables([Rate(wiki, "hf", 10, 640, 99, 0.5)], {"awiki": 40}).splitlines()
    assert made[2] == "| a | `hf` | 10.0 | 25% | over 100 | 99 MB | 0.5 |"
    assert made[4] == "| dump | packed | XML | profile | 1 core | 8 cores | 32 cores | 128 cores |"
    assert made[6] == "| awiki | 8 GB | 36 GB | `hf` | 1.0 h | 8 min | 2 min | < 1 min |"


def test_made_dump(tmp_path: Path) -> None:
    """Pages of one language are repeated to the size that is asked for."""
    lines = [{"lang": "zh", "wikitext": "甲" * 1000}, {"lang": "en", "wikitext": "a" * 1000}]
    with gzip.open(tmp_path / "pages-dev.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    path, size = sizing.make_dump(tmp_path, "zh", tmp_path, 1)
    pages = list(dump.read(path))
    assert {page.text for page in pages} == {"甲" * 1000}
    assert 1_000_000 <= size < 1_005_000
    assert 750_000 < len(pages) * 3000 < size


def test_page_has_a_place_for_the_tables() -> None:
    """The script finds where its tables stand, and the page has some."""
    text = sizing.PAGE.read_text(encoding="utf-8")
    _, start, rest = text.partition("<!-- tables -->")
    table, end, _ = rest.partition("<!-- end of tables -->")
    assert start
    assert end
    for wiki in sizing.WIKIS:
        assert f"| {wiki.name} | {wiki.packed:g} GB | {wiki.xml:g} GB |" in table
