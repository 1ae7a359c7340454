"""
The tools that the benchmarks compare wikiclean with, each as a function from a page to a reading.

Here live the calls that a user of each tool would write, and nothing that judges them. This module
runs in the environment of each tool, so it imports the standard library alone; wikiclean itself is
in `ours.py`, and what runs in JavaScript in `worker.js`. To add a tool, write a function that
imports it and returns a `Tool`, and name it in `PEERS`.
"""

import logging
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, Final, NamedTuple, TypeAlias

Row: TypeAlias = Mapping[str, Any]
"""A page: `wikitext`, `title`, `lang` and perhaps `variant` and `dialect`."""


class Reading(NamedTuple):
    """What a tool made of a page; None where it does not tell."""

    text: str
    """A line for each block; the cells of a row parted by tabs."""
    links: list[str] | None = None
    """Titles of the wiki's own pages that the page links to."""
    categories: list[str] | None = None
    headings: list[list[Any]] | None = None
    """Level and text of each."""


Tool: TypeAlias = Callable[[Row], Reading]


def load_mwparserfromhell() -> Tool:
    """Return `parse` and `strip_code`."""
    import mwparserfromhell

    return lambda row: Reading(str(mwparserfromhell.parse(row["wikitext"]).strip_code()))


def load_huggingface() -> Tool:
    """
    Return what the scripts of Hugging Face and of NeMo Curator do, told from their description.

    Section by section, files, references and tables are taken out of mwparserfromhell's tree,
    categories keep their name, and the code is stripped; then magic words go.
    """
    import mwparserfromhell
    from mwparserfromhell.nodes import Tag, Wikilink

    def is_file(link: Wikilink) -> bool:
        return bool(_file_prefix.match(str(link.title)))

    def is_left_out(tag: Tag) -> bool:
        return str(tag.tag) in {"ref", "table"}

    def read(row: Row) -> Reading:
        parts = []
        code = mwparserfromhell.parse(row["wikitext"])
        for section in code.get_sections(flat=True, include_lead=True, include_headings=True):
            unwanted = [
                *section.ifilter_wikilinks(recursive=True, matches=is_file),
                *section.ifilter_tags(recursive=True, matches=is_left_out),
            ]
            for node in unwanted:
                try:
                    section.remove(node)
                except ValueError:
                    continue  # It went with the node around it.
            for link in section.ifilter_wikilinks(recursive=True):
                if _category_prefix.match(str(link.title)):
                    link.text = _category_prefix.sub("", str(link.text or link.title))
            parts.append(_magic_word.sub("", str(section.strip_code()).strip()))
        return Reading("\n\n".join(parts))

    return read


_file_prefix = re.compile("(?:File|Image|Media|文件|檔案|档案|图像|圖像|媒体文件):", re.IGNORECASE)
_category_prefix = re.compile("(?:Category|分类|分類):", re.IGNORECASE)
_magic_word = re.compile("__[A-Z]*__")


def load_wikitextparser() -> Tool:
    """Return `parse` and `plain_text`, less the marks of lines, which it leaves to its user."""
    import wikitextparser

    def read(row: Row) -> Reading:
        text = wikitextparser.parse(row["wikitext"]).plain_text()
        return Reading(_line_marks.sub("", text))

    return read


_line_marks = re.compile(r"^(?:[*#:;]+|=+)[ \t]*|[ \t]*=+[ \t]*$", re.MULTILINE)


def load_wikitextparser_records() -> Tool:
    """Return the sections, links, templates and tables of `parse`, with the cells' text."""
    import wikitextparser

    def read(row: Row) -> Reading:
        page = wikitextparser.parse(row["wikitext"])
        for section in page.sections:
            _ = section.title, section.level
        for template in page.templates:
            _ = template.name, [(one.name, one.value) for one in template.arguments]
        for table in page.tables:
            table.data()
        return Reading("", [link.title for link in page.wikilinks])

    return read


def load_wikiextractor() -> Tool:
    """Return the cleaner as the program uses it by default."""
    return _wikiextractor(html=False)


def load_wikiextractor_html() -> Tool:
    """Return the cleaner as the program uses it with `--html`, which keeps lists, less the tags."""
    return _wikiextractor(html=True)


def _wikiextractor(*, html: bool) -> Tool:
    from wikiextractor.extract import Extractor

    logging.getLogger("wikiextractor").setLevel(logging.CRITICAL)

    def read(row: Row) -> Reading:
        extractor = Extractor(0, "", "", row["title"], [], HtmlFormatting=html)
        lines = extractor.clean_text(row["wikitext"], expand_templates=False, html_safe=False)
        text = "\n".join(lines)
        return Reading(_html_tag.sub("", text) if html else text)

    return read


_html_tag = re.compile("</?[a-z]+[^<>]*>")


def load_gensim() -> Tool:
    """Return `filter_wiki`."""
    from gensim.corpora.wikicorpus import filter_wiki

    return lambda row: Reading(filter_wiki(row["wikitext"]))


def load_wikicleaner() -> Tool:
    """Return `clean_article_text`; `post_processing` would join all lines into one."""
    from wikicleaner import clean_article_text

    return lambda row: Reading(clean_article_text(row["wikitext"]))


def _pandoc() -> str:
    try:
        import pypandoc
    except ImportError:
        path = shutil.which("pandoc")
        if path is None:
            raise
        return path
    return str(pypandoc.get_pandoc_path())


def load_pandoc() -> Tool:
    """Return the program, from `mediawiki` to `plain`."""
    command = [_pandoc(), "--from=mediawiki", "--to=plain", "--wrap=none"]

    def read(row: Row) -> Reading:
        done = subprocess.run(
            command,
            input=row["wikitext"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            check=True,
        )
        return Reading(done.stdout)

    return read


def version_of_pandoc() -> str:
    """Return the version of the program, whoever brought it."""
    return subprocess.check_output([_pandoc(), "--version"], encoding="utf-8").split()[1]


def load_markdown_it() -> Tool:
    """Return the tokens of a CommonMark page with tables."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")

    def read(row: Row) -> Reading:
        parser.parse(row["wikitext"])
        return Reading("")

    return read


class Peer(NamedTuple):
    """A tool, where it comes from, and what it does not do."""

    load: Callable[[], Tool] | None
    """Returns the tool; None for those of `worker.js`."""
    package: str
    """Its name at PyPI, or npm for those of `worker.js`."""
    gives: str
    lacks: str
    """What a Document has and a reading of this tool has not."""
    texts: bool = True
    """Whether it gives a text that can be compared."""
    html: bool = False
    """Whether that text is HTML."""
    program: bool = False
    """Whether it is a program started for each page; an empty page's time is taken off."""
    dialect: str = "wikitext"
    version: Callable[[], str] | None = None

    @property
    def is_javascript(self) -> bool:
        """Whether Node.js runs it."""
        return self.load is None


NO_RECORDS: Final = "records of any kind, offsets"

PEERS: Final[Mapping[str, Peer]] = {
    "mwparserfromhell": Peer(
        load_mwparserfromhell,
        "mwparserfromhell",
        "tree and text",
        "resolved notes and tables, blocks, offsets; notes and captions stand in the text",
    ),
    "huggingface": Peer(
        load_huggingface,
        "mwparserfromhell",
        "text",
        f"tables, captions, notes, {NO_RECORDS}",
    ),
    "wikitextparser": Peer(load_wikitextparser, "wikitextparser", "text", NO_RECORDS),
    "wikitextparser-records": Peer(
        load_wikitextparser_records,
        "wikitextparser",
        "sections, links, templates, tables",
        "text, notes, categories, infoboxes, offsets into the text",
        texts=False,
    ),
    "wikiextractor": Peer(
        load_wikiextractor, "wikiextractor", "text", f"lists, tables, {NO_RECORDS}"
    ),
    "wikiextractor-html": Peer(
        load_wikiextractor_html, "wikiextractor", "text with HTML's tags", f"tables, {NO_RECORDS}"
    ),
    "gensim": Peer(
        load_gensim, "gensim", "text", f"notes; marks of lists, headings stay; {NO_RECORDS}"
    ),
    "wikicleaner": Peer(
        load_wikicleaner,
        "wikicleaner",
        "text",
        f"templates, tables; marks of bold, lists, headings stay; {NO_RECORDS}",
    ),
    "wtf_wikipedia": Peer(
        None,
        "wtf_wikipedia",
        "sections, links, templates, tables and text",
        "offsets, accounting for what was dropped; the text has no tables",
    ),
    "wikiparser-node": Peer(
        None,
        "wikiparser-node",
        "tree of the source",
        "text, resolved tables and notes, offsets into a text",
        texts=False,
    ),
    "wikiparser-node-html": Peer(
        None, "wikiparser-node", "HTML", "offsets, resolved tables, repairs", html=True
    ),
    "pandoc": Peer(
        load_pandoc,
        "pypandoc_binary",
        "text",
        f"templates; language conversion; {NO_RECORDS}",
        program=True,
        version=version_of_pandoc,
    ),
    "markdown-it": Peer(
        load_markdown_it,
        "markdown-it-py",
        "tokens",
        "text, records, offsets in characters, repairs",
        texts=False,
        dialect="export",
    ),
}


def version_of(name: str) -> str:
    """Return the version of a tool that runs in this environment."""
    peer = PEERS[name]
    return peer.version() if peer.version else version(peer.package)
