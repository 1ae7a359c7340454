"""
Compare with MediaWiki on pages that nobody wrote: real ones, changed a little.

DATA is a folder as for `benchmarks/fidelity.py`. Of its pages some lines, or with `--whole` all of
them, are changed at one to three places, by markup that is put in or taken away, or spliced; a
local MediaWiki renders them, and where wikiclean's text is another it is printed, shortest page
first. Templates count as nothing for both. What MediaWiki says of errors is in no text of ours, so
pages for which it says some are left out.

    python fuzz/mediawiki.py DATA
    python fuzz/mediawiki.py DATA --seed 7 --count 5000 --show 20

Prints how many of the pages give the same text, but for white space, and how many give the same
words too. Needs what `benchmarks/make_pages.py` needs. Exit code 2 where it is missing; differences
are none: what is rare and odd enough is not worth following, and `docs/wikitext.md` says what is
not followed.
"""

import argparse
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

sys.path.append(str(Path(__file__).resolve().parent.parent / "benchmarks"))

from fidelity import rows
from make_pages import MEDIAWIKI, describe, is_installed, render

import wikiclean
from wikiclean import rendered

SITE: Final = "zhwiki"
MOST_LINES: Final = 4
MOST_CHARACTERS: Final = 400
"""Of what is taken from a page, if not the whole."""
WHOLE: Final = 6000
"""The longest page that is taken whole."""

MARKUP: Final = (
    *("[[", "]]", "[", "]", "'''", "''", "'", "|", "||", "!!", "{{", "}}", "{{{", "}}}"),
    *("-{", "}-", "zh-hans:", "zh-hant:", ";", "<!--", "-->", "&amp;", "&nbsp;", "\t", "http://a.b"),
    *("\n", "\n\n", " ", "\n ", "\n* ", "\n# ", "\n: ", "\n; ", " :", "\n== ", "==\n", "\n----\n"),
    *("{|\n", "\n|}", "\n|-\n", "\n|", "\n! ", "[[Category:甲]]", "[[:Category:甲]]"),
    *("<b>", "</b>", "<s>", "</s>", "<small>", "</small>", "<span>", "</span>", "<br>", "<hr>"),
    *("<p>", "</p>", "<div>", "</div>", "<center>", "</center>", "<ul>", "<li>", "</li>", "</ul>"),
    *("<table>", "<tr>", "<td>", "</td>", "</tr>", "</table>", "<blockquote>", "</blockquote>"),
    *("<ref>", "</ref>", "<references />", "<nowiki>", "</nowiki>", "<pre>", "</pre>", "<h2>"),
    *("</h2>", "[[File:甲.jpg|thumb|"),
)  # fmt: skip
_SIGN: Final = re.compile(r"\]\]|\[\[|\}\}|\{\{|\|\}|\{\||</?\w+[^<>]*+>|''+|\n|==+|\|-?")
_UNSEEN: Final = re.compile("[\u200b\ufeff\u2060\u200e\u200f\u00ad]")
_ERROR: Final = re.compile("引用错误|引用錯誤|检测到错误|檢測到錯誤")


def pieces(pages: Sequence[str], rng: random.Random, *, whole: bool) -> Iterator[str]:
    """Yield pages, or some lines of one."""
    while True:
        page = rng.choice(pages)
        if not whole:
            lines = page.split("\n")
            first = rng.randrange(len(lines))
            page = "\n".join(lines[first : first + rng.randint(1, MOST_LINES)])[:MOST_CHARACTERS]
        if page.strip():
            yield page


def mutations(pages: Sequence[str], rng: random.Random, *, whole: bool) -> Iterator[str]:
    """Yield changed pages without end."""
    source = pieces(pages, rng, whole=whole)
    while True:
        page = next(source)
        if not whole and rng.random() < 0.2:
            other = next(source)
            page = page[: rng.randint(0, len(page))] + other[rng.randint(0, len(other)) :]
        for _ in range(rng.randint(1, 3)):
            signs = list(_SIGN.finditer(page))
            if signs and rng.random() < 0.4:
                sign = rng.choice(signs)
                page = page[: sign.start()] + page[sign.end() :]
            else:
                at = rng.randint(0, len(page))
                page = page[:at] + rng.choice(MARKUP) + page[at:]
        yield page


def words(text: str) -> list[str]:
    """Return what stands between white space, and no character that nobody sees."""
    return _UNSEEN.sub("", text).split()


def main(argv: Sequence[str] | None = None) -> int:
    """Print where the texts differ; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--count", type=int, default=1000, help="pages to make (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(%(default)s)")
    parser.add_argument("--whole", action="store_true", help="change whole pages")
    parser.add_argument("--show", type=int, default=10, help="differences to print (%(default)s)")
    parser.add_argument("--mediawiki", type=Path, default=MEDIAWIKI, help="(%(default)s)")
    arguments = parser.parse_args(argv)
    if not is_installed(arguments.mediawiki):
        return 2
    pages = [row["wikitext"] for row in rows(arguments.data, "pages", "dev") if row["lang"] == "zh"]
    if arguments.whole:
        pages = [page for page in pages if len(page) <= WHOLE]
    if not pages:
        parser.error(f"{arguments.data} has no Chinese pages in pages-dev.jsonl.gz")
    made = mutations(pages, random.Random(arguments.seed), whole=arguments.whole)  # noqa: S311
    asked = [{"title": "Page", "wikitext": next(made)} for _ in range(arguments.count)]
    compared = same = close = 0
    different: list[tuple[str, str, str]] = []
    answers = render(asked, arguments.mediawiki, describe(SITE, None), "zh")
    for page, answer in zip(asked, answers, strict=True):
        theirs = "\n".join(block["text"] for block in rendered.blocks(answer.get("html", "")))
        if "error" in answer or _ERROR.search(theirs):
            continue
        ours = wikiclean.parse(
            page["wikitext"],
            dialect="wikitext",
            title="Page",
            variant="zh",
            templates={},
            passes=(),
        ).text
        compared += 1
        if words(theirs) == words(ours):
            same += 1
        elif "".join(words(theirs)) == "".join(words(ours)):
            close += 1
        else:
            different.append((page["wikitext"], theirs, ours))
    different.sort(key=lambda one: len(one[0]))
    for source, theirs, ours in different[: arguments.show]:
        print(f"{source!r}\n  MediaWiki {theirs!r}\n  wikiclean {ours!r}")
    print(f"{compared} pages: {same} the same, {close} but for white space, {len(different)} not")
    return 0


if __name__ == "__main__":
    sys.exit(main())
