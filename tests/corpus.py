"""
Make a MediaWiki XML dump of any size out of our own fixtures, for tests and benchmarks.

``python tests/corpus.py FOLDER --pages 2000 --large`` writes a multistream dump with its index, as
Wikimedia names them, and prints the dump's name. The same arguments give the same bytes. Besides
articles there are redirects, other namespaces, another content model, a deleted text, a page
without one, hostile pages, and with ``--large`` one page of 2 MB.
"""

import argparse
import bz2
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

FIXTURES = Path(__file__).resolve().parent / "fixtures"
ARTICLE = FIXTURES / "agreed_framework" / "agreed_framework.md"
STREAM_PAGES = 100
"""Pages in a stream, as at Wikimedia."""
LARGE = 2 * 1024 * 1024
"""Bytes of the large page."""

NAMESPACES = {
    -2: "Media", -1: "Special", 0: "", 1: "Talk", 2: "User", 3: "User talk", 4: "Wikipedia",
    5: "Wikipedia talk", 6: "File", 7: "File talk", 8: "MediaWiki", 9: "MediaWiki talk",
    10: "Template", 11: "Template talk", 12: "Help", 13: "Help talk", 14: "Category",
    15: "Category talk", 100: "Portal", 101: "Portal talk", 118: "Draft", 119: "Draft talk",
    828: "模块", 829: "模块讨论",
}  # fmt: skip

HOSTILE = (
    "{{" * 400, "{{a|" * 300, "{{a|" * 200 + "}}" * 200, "[[" * 500, "[[a|" * 200 + "]]" * 200,
    "'''''" * 300, "<ref>" * 200, "<div>" * 200, "-{" * 300, "{|\n|" * 100, "<!--", "&amp;#x0;",
    "\ufdd0", '<a b="' * 100, "*#:;" * 200, "[http://a " * 200, "<nowiki>" * 100,
)  # fmt: skip
"""Markup that stalls or breaks parsers, short enough to be met often."""

HEAD = """\
<mediawiki xmlns="http://www.mediawiki.org/xml/export-{version}/" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="{version}" xml:lang="zh">
  <siteinfo>
    <sitename>Wikipedia</sitename>
    <dbname>zhwiki</dbname>
    <base>https://zh.wikipedia.org/wiki/Wikipedia:%E9%A6%96%E9%A1%B5</base>
    <generator>MediaWiki 1.46.0</generator>
    <case>first-letter</case>
    <namespaces>
{namespaces}
    </namespaces>
  </siteinfo>
"""
FOOT = "</mediawiki>\n"


def head(version: str = "0.11") -> str:
    """Return what stands before the first page."""
    lines = [
        f'      <namespace key="{number}" case="first-letter" />'
        if not name
        else f'      <namespace key="{number}" case="first-letter">{name}</namespace>'
        for number, name in NAMESPACES.items()
    ]
    return HEAD.format(version=version, namespaces="\n".join(lines))


def page(
    number: int,
    title: str,
    text: str | None,
    *,
    namespace: int = 0,
    redirect: str = "",
    model: str = "wikitext",
) -> str:
    """Return the XML of a page; *text* None is one that was deleted."""
    body = (
        '      <text bytes="0" deleted="deleted" />'
        if text is None
        else f'      <text bytes="{len(text.encode())}" xml:space="preserve">{escape(text)}</text>'
    )
    lines = [
        "  <page>",
        f"    <title>{escape(title)}</title>",
        f"    <ns>{namespace}</ns>",
        f"    <id>{number}</id>",
        *([f"    <redirect title={quoteattr(redirect)} />"] if redirect else []),
        "    <revision>",
        f"      <id>{number + 90000000}</id>",
        f"      <timestamp>2026-10-{number % 28 + 1:02}T08:{number % 60:02}:00Z</timestamp>",
        "      <contributor><username>某人</username><id>7</id></contributor>",
        f"      <model>{model}</model>",
        "      <format>text/x-wiki</format>",
        body,
        "    </revision>",
        "  </page>",
    ]
    return "\n".join(lines) + "\n"


def sentences() -> list[str]:
    """Return sentences of the fixture article, without its markup."""
    return [
        f"{sentence.strip()}。"
        for line in ARTICLE.read_text(encoding="utf-8").splitlines()
        for sentence in line.split("。")
        if len(sentence) > 12 and not set(sentence) & set("[]{}<>*\\|#()")
    ]


def article(chance: random.Random, prose: list[str], size: int) -> str:
    """Return the wikitext of an article of at least *size* characters."""

    def sentence() -> str:
        text = chance.choice(prose)
        match chance.randrange(7):
            case 0:
                return f"[[{text[:4]}|{text[:2]}]]{text[4:]}<ref>{{{{cite web|title={text}|url=http://example.org/{chance.randrange(999)}}}}}</ref>"
            case 1:
                return f"'''{text[:3]}'''{text[3:]}"
            case 2:
                template = f"{{{{未知模板{chance.randrange(5)}|{text[:5]}}}}}"
                return f"-{{zh-hans:信息; zh-hant:資訊;}}-{text}{template}"
            case 3:
                return f"[[{text[1:5]}]]{text}"
        return text

    people = chance.randrange(10**6)
    parts = [
        f"{{{{Infobox 國家\n| 名稱 = {chance.choice(prose)}\n| 人口 = {people}\n}}}}\n",
        f"[[File:例.jpg|thumb|圖說：{chance.choice(prose)}]]\n",
    ]
    length = sum(map(len, parts))
    while length < size:
        match chance.randrange(6):
            case 0:
                part = f"\n== {chance.choice(prose)[:6]} ==\n"
            case 1:
                part = "".join(f"* {sentence()}\n" for _ in range(3)) + "\n"
            case 2:
                rows = "".join(f"|-\n| {sentence()} || {chance.randrange(99)}\n" for _ in range(3))
                part = f'{{| class="wikitable"\n! 名稱 !! 數\n{rows}|}}\n'
            case _:
                part = "".join(sentence() for _ in range(4)) + "\n\n"
        parts.append(part)
        length += len(part)
    return (
        "".join(parts)
        + f"\n== 參考資料 ==\n{{{{reflist}}}}\n[[Category:{chance.choice(prose)[:4]}]]\n"
    )


def pages(count: int, *, seed: int = 0, size: int = 1500, large: bool = True) -> Iterator[str]:
    """Yield the XML of *count* pages, of about *size* characters each."""
    chance = random.Random(seed)  # noqa: S311 - the same pages each time
    prose = sentences()
    # A large dump repeats texts: making each anew would take longer than reading it.
    pool: list[str] = []
    for number in range(1, count + 1):
        if len(pool) < 400:
            pool.append(article(chance, prose, chance.randrange(size // 4, size * 2)))
            text = pool[-1]
        else:
            text = chance.choice(pool)
        title = f"{chance.choice(prose)[:5].strip('。')} {number}"
        match number % 20:
            case 3:
                yield page(number, title, f"#重定向 [[頁面 {number}]]", redirect=f"頁面 {number}")
            case 5:
                yield page(number, f"Talk:{title}", text[:200], namespace=1)
            case 7:
                yield page(number, f"Template:{title}", text[:100], namespace=10)
            case 9 if number % 40 == 9:
                yield page(number, f"模块:{title}", "return {}", namespace=828, model="Scribunto")
            case 11 if number % 100 == 11:
                yield page(number, title, None)
            case 13 if number % 100 == 13:
                yield page(number, title, "")
            case 15:
                yield page(number, title, text + chance.choice(HOSTILE))
            case _:
                huge = large and number == count // 2
                yield page(number, title, text * (LARGE // len(text.encode())) if huge else text)


def write(
    folder: Path,
    count: int,
    *,
    seed: int = 0,
    size: int = 1500,
    stream_pages: int = STREAM_PAGES,
    large: bool = True,
) -> Path:
    """Write a multistream dump of *count* pages with its index; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "zhwiki-test-pages-articles-multistream.xml.bz2"
    lines = []
    with path.open("wb") as file:
        file.write(bz2.compress(head().encode()))
        block: list[str] = []

        def flush() -> None:
            at = file.tell()
            for one in block:
                title = one.split("<title>", 1)[1].split("</title>", 1)[0]
                number = one.split("<id>", 1)[1].split("</id>", 1)[0]
                lines.append(f"{at}:{number}:{title}\n")
            file.write(bz2.compress("".join(block).encode()))
            block.clear()

        for one in pages(count, seed=seed, size=size, large=large):
            block.append(one)
            if len(block) == stream_pages:
                flush()
        if block:
            flush()
        file.write(bz2.compress(FOOT.encode()))
    index = path.with_name(path.name.replace("multistream.xml", "multistream-index.txt"))
    index.write_bytes(bz2.compress("".join(lines).encode()))
    return path


def main() -> None:
    """Write a dump as the command line asks."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--size", type=int, default=1500, help="characters of a page, about")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--large", action="store_true", help="with a page of 2 MB")
    options = parser.parse_args()
    path = write(
        options.folder, options.pages, seed=options.seed, size=options.size, large=options.large
    )
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
