"""
A page of the export, from its source to a Document: the order of the reading.

Here lives what concerns the page as a whole: the header line, the title, braces and rules that
span lines, what parts the blocks, the footnotes' bodies. Lines and their content are read in
``blocks`` and ``inline``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Final

from wikiclean.codes import CODES
from wikiclean.document import (
    MAX_NESTED,
    BlockKind,
    Certainty,
    Document,
    Footnote,
    Math,
    Media,
    Span,
    TitleOrigin,
    most_records,
    outline,
)
from wikiclean.limits import Deadline
from wikiclean.parsers.export.blocks import BlockReader, RawBlock, find_left_marks, is_list_end
from wikiclean.parsers.export.context import Context
from wikiclean.parsers.export.destinations import Destinations, unescape_markdown
from wikiclean.parsers.export.html import image, write_figure, write_html
from wikiclean.parsers.export.inline import read_nested, write_inline
from wikiclean.parsers.export.markup import (
    display_math,
    empty_note,
    field,
    is_display,
    is_torn,
    quoted_wrap,
    torn_display,
    torn_drawing,
    torn_math,
    wrap,
)
from wikiclean.parsers.export.notes import Places, find_html_notes, find_notes
from wikiclean.parsers.export.plain import FileOptions, file_name, is_break, open_rule
from wikiclean.parsers.export.tables import Blocks, find_raw_tables, write_table
from wikiclean.parsers.export.wrapping import COLUMNS, wraps_of
from wikiclean.parsers.titles import infer_title
from wikiclean.parsers.writer import LINE, PART, Writer
from wikiclean.site import Site
from wikiclean.templates import CORE, Handler
from wikiclean.variants import variant_of

_header = re.compile(
    r"\s*(?P<line>> ?(?:本文内容由|この記事は|This article is converted from Wikipedia:) ?"
    r"\[(?P<name>(?:\\.|[^\\\]\n])*+)\]\((?P<origin>(?:\\.|[^\\()\r\n])*+)\)[^\r\n]*)"
)
_braces = re.compile(
    r"\{\{++|\}\}++|^[ \t]*(?P<fence>`{3,}|~{3,})|`[^`\n]++`|-\{|\}-"
    # A formula, whose braces are its own.
    r"|\\\[(?=[^\\\n]{0,200}\\[A-Za-z])(?:[^\\]|\\[^\[\]])*+\\\]"
    r"|\\\((?=[^\\\n]{0,200}\\[A-Za-z])(?:[^\\]|\\[^()])*+\\\)",
    re.MULTILINE,
)
_named_mark = re.compile(r"\[\^[^\]\s]{1,64}\]")
_quote_marks = re.compile(r"^[ \t]*+>(?: {0,4}+>)*+[ \t]?", re.MULTILINE)
_quote_mark = re.compile(r" {0,3}> ?")
_code_lines = re.compile(r"\s*`[^`\n]++`[ \t\r]*+(?:\n\s*`[^`\n]++`[ \t\r]*+)++\s*\Z")
_marked = re.compile(r"[\[\]`]")
MAX_TITLE: Final = COLUMNS // 2
"""Code points of the first line of an item that may be a title."""
LINE_KINDS: Final[Mapping[str, BlockKind]] = {
    "*": "item",
    "#": "item",
    ";": "term",
    ":": "definition",
}
"""Kind of a list, as wikitext writes it → kind of its lines."""

_WRAPPED: Final = frozenset({"paragraph", "item", "note", "raw_table"})
"""Kinds of blocks whose lines pandoc wrapped."""

_blank_line = re.compile(r"\n\r?\n")
_line_end = re.compile(r"\r?\n")
_code_line = re.compile(r"`([^`\n]++)`")
_code_break = re.compile(r"(?<=[^`]`)[ \\]*+\r?\n(?=`[^`])")
"""Where a line of code ends that may hold links, and another begins."""
_code_wrap = re.compile(r"``\r?\n ?``")
"""Where pandoc wrapped such a line."""
_link = re.compile(
    r"""\s*\[(?:[^\[\]\\\n]|\\.|\n)*+\]"""
    r"""\((?P<to>(?:\\.|[^\\()\s]|\((?:\\.|[^\\()\s])*+\))*+)[ ]"wikilink"\)\s*"""
)
_references = re.compile(r"\s*<references\b[^<>]*+>\s*")
_empty_brackets = re.compile(r"(?:（[ ]*+）\s*+|\([ ]*+\)\s*+)++")
"""What is left of an item that was templates in brackets."""
MAX_LEFT_OVER: Final = 3
"""Code points of punctuation that is left over of a sentence."""
_sentence_end: Final = "。．.！？!?；;，,、：:`"

MAX_GALLERY_ITEM: Final = 600
"""Code points of a paragraph that are looked at to tell whether it is a gallery."""

_file = r"(?:File|Image|文件|檔案|档案|图像|圖像|图片|圖片|ファイル|画像|파일|그림)"
_extension = r"\.(?:jpe?g|png|gif|svg|webp|tiff?|ogg|ogv|webm|pdf|djvu)"
MAX_TORN_FILE: Final = 4000
"""Code points of a file of wikitext with a caption of several blocks."""
_torn_file = re.compile(
    rf"(?:(?<=\n\n)|(?<=\n\r\n)|\A)\\\[\\\[(?:<{_file}:(?P<torn>[^>|\n]{{1,255}})>"
    rf"(?P<rest>[^|<>\[\]\n]{{0,255}})|{_file}:(?P<named>[^|<>\[\]\n]{{1,255}}))\|",
    re.IGNORECASE,
)
_no_caption = re.compile(r"\n(?:#|\\==|```)")
"""What begins a heading, or code that may hold the brackets at its end; no caption has them."""
_latin = r"[ -9;=?-Z^-{}~\u00c0-\u024f]"  # with no colon, which no name of a file has
_gallery_item = re.compile(
    rf"(?:(?<=\s)|\A)(?:<{_file}:(?P<whole>[^>|\s]{{1,255}}{_extension})>(?=\s|\Z)"
    rf"|<{_file}:(?P<torn>[^>|\n]{{1,255}})>(?P<rest>[^|<>\[\]]{{0,255}})\|"
    rf"|\[{_file}:(?P<linked>[^|\]\n]{{1,255}})\|[^\]\n]{{0,255}}\]\({_file}:[^)\s]{{1,999}}\)"
    rf"|{_file}:(?P<named>[^|<>\[\]]{{1,255}}?{_extension})(?:\||(?=\s|\Z))"
    # Where a caption ends and a name begins nothing says, but letters may.
    rf"|\A(?P<first>[^|<>\[\]\n]{{1,255}}?{_extension})\|"
    rf"""|(?:(?<=[^\x00-\x7f]\s)(?!"wikilink"\))|(?<="\)\s))"""
    rf"(?P<latin>{_latin}{{1,255}}?{_extension})\|"
    rf"|(?P<plain>[^\s|<>\[\]()]{{1,255}}(?:\([^\s()|<>\[\]]{{1,40}}\))?{_extension})\|)",
    re.IGNORECASE,
)
"""
A name in a gallery, with the bar before its caption if it has one.

Lines are joined where pandoc wrapped them: it may have done so within a name. A line end that is
left is a break in a caption, and no name begins there that has no other sign of it.
"""


def parse(
    source: str,
    site: Site,
    *,
    title: str | None = None,
    variant: str = "source",
    templates: Mapping[str, Handler] = CORE,
    max_depth: int = MAX_NESTED,
    deadline: Deadline | None = None,
) -> Document:
    """
    Read a page of the Markdown export.

    Args:
        source: The file's text, without lone surrogates.
        site: The wiki it came from.
        title: The page's title, if the caller knows it.
        variant: Which wording ``-{…}-`` chooses; ``source`` takes the script that dominates.
        templates: Not asked: the few templates that pandoc left are torn, and all are dropped.
        max_depth: How deep Documents nest, and rules of the converter.
        deadline: When to stop; it is asked before each block.

    Returns:
        The Document, not repaired. Never raises for markup.

    Raises:
        OutOfTime: at the deadline.
    """
    del templates
    return _Page(source, site, title, variant, max_depth, deadline).read()


class _Page:
    """One page being read."""

    def __init__(
        self,
        source: str,
        site: Site,
        title: str | None,
        variant: str,
        max_depth: int,
        deadline: Deadline | None,
    ) -> None:
        self.deadline = deadline
        self.source = source
        self.site = site
        self.title = title
        self.title_from: TitleOrigin = "given" if title else "none"
        self.origin = ""
        self.writer = Writer(source)
        braces, rules = _pair_braces(source)
        torn = [m.span() for m in empty_note.finditer(source)] if "<ref" in source else []
        if "<math" in source:
            torn += [m.span() for m in torn_math.finditer(source)]
        torn += [
            m.span()
            for m in torn_drawing.finditer(source)
            if source[m.start() - 1 : m.start()] != "`"
        ]
        torn += [m.span() for m in torn_display.finditer(source) if is_torn(m)]
        files = _torn_files(source) if "\\[\\[" in source else {}
        torn += [(start, end) for start, (_, end, _) in files.items()]
        self.ranges = sorted((*braces.items(), *rules.items(), *torn))
        """Where each pair of braces or tags starts and ends, whose line ends part no blocks."""
        self.depth = 0
        """How many rules that hold blocks are being written."""
        begin = 1 if source.startswith("\ufeff") else 0
        start = self._lift_header(begin)
        blocks = self._read_blocks(start, len(source))
        self.notes = find_notes(source, blocks)
        self.html_notes, links_to_notes = find_html_notes(source, blocks)
        self.wraps = wraps_of(
            source,
            [p for b in blocks if b.kind in _WRAPPED for p in b.parts],
            has_header=start > begin,
        )
        if variant == "source":
            variant = variant_of(source, site) if rules else "zh"
        self.context = Context(
            source,
            Destinations.of(site),
            notes=self.notes.marks,
            links_to_notes=links_to_notes,
            braces=braces,
            rules=rules,
            variant=variant,
            wraps=self.wraps,
            max_depth=max_depth,
            dollars=_has_dollars(source),
        )
        self.context.torn_files = files
        if self.wraps == "columns":
            self._part_titles(self.notes.rest)

    def read(self) -> Document:
        """Return the Document."""
        writer, notes = self.writer, self.notes
        named = [b for b in notes.rest if b.kind == "note"] + self.html_notes
        self._write_blocks(writer, [*self._without_notes(notes.rest)])
        self._write_notes(named)
        if notes.mismatch is not None:
            self._diagnose("footnote_mismatch", notes.mismatch.start, notes.rest[-1].end)
        self._find_empty_sections()
        if not self.title:
            self.title = infer_title(writer)
            self.title_from = "bold" if self.title else "none"
        return writer.finish(
            dialect="export",
            site=self.site.name,
            title=self.title or None,
            title_from=self.title_from,
            origin=self.origin,
        )

    def _diagnose(
        self,
        code: str,
        start: int,
        end: int,
        *,
        certainty: Certainty = "certain",
        replacement: str = "",
        offset: int | None = None,
    ) -> None:
        severity, message = CODES[code]
        self.writer.diagnose(
            code,
            message,
            start,
            end,
            severity=severity,
            certainty=certainty,
            replacement=replacement,
            offset=offset,
        )

    # ---------------------------------------------------------------- header and title

    def _lift_header(self, start: int) -> int:
        """Take the line out that names the source page; return where the page goes on."""
        m = _header.match(self.source, start)
        if m is None:
            return start
        severity, message = CODES["header_lifted"]
        self.writer.drop("header_lifted", message, *m.span("line"), severity=severity)
        self.origin = unescape_markdown(m["origin"])
        name = unescape_markdown(m["name"]).replace("_", " ")
        # The converter has left out hanzi and hangul of some titles, and spaces where they stood.
        torn = name != name.strip() or "  " in name or "()" in name or name.endswith(":")
        if not self.title and name and not torn:
            self.title, self.title_from = name, "header"
        return m.end()

    # ---------------------------------------------------------------- blocks

    def _read_blocks(self, start: int, end: int) -> list[RawBlock]:
        """Return the blocks of ``source[start:end]``; no line end within braces parts any."""
        source = self.source
        opaque: list[tuple[int, int]] = []
        reached = start
        for index in range(bisect_left(self.ranges, (start, 0)), len(self.ranges)):
            first, last = self.ranges[index]
            if first >= end:
                break
            if first < reached or last > end:
                continue  # within another pair, or not within these blocks
            reached = last
            if source.find("\n", first, last) >= 0:
                opaque.append((first, last))
        blocks = BlockReader(source, start, end, opaque).read()
        return find_raw_tables(source, blocks) if source.find("|}", start, end) >= 0 else blocks

    def _part_titles(self, blocks: list[RawBlock]) -> None:
        """
        Part the first line of an item from what stands below, where it is a title.

        The next word may be too long for the line, and then nothing says whether it was broken on
        purpose. But items of one list are alike: one in which that is certain tells of the others.
        """
        source = self.source
        certain: set[tuple[int, str]] = set()
        others: list[tuple[RawBlock, tuple[int, int]]] = []
        for block in blocks:
            if block.kind != "item" or block.tight or block.quote:
                continue
            start, end = block.parts[0]
            m = wrap.search(source, start, end)
            if m is None or not _is_title(source[start : min(m.start(), start + MAX_TITLE + 1)]):
                continue
            if is_break(self.context, *m.span()):
                certain.add((block.list_id, block.chain))
            else:
                others.append((block, m.span()))
        for block, (start, end) in others:
            if (block.list_id, block.chain) in certain:
                first, last = block.parts[0]
                block.parts[:1] = [(first, start), (end, last)]

    @staticmethod
    def _without_notes(blocks: list[RawBlock]) -> Iterator[RawBlock]:
        """Yield the blocks that are no notes; in a quote, what has its marks in place of a note."""
        for block in blocks:
            if block.kind != "note":
                yield block
            elif block.quote:
                at = block.start
                yield RawBlock("bare", at, block.end, [(at, at)], quote=block.quote)

    def _write_blocks(self, writer: Writer, blocks: list[RawBlock]) -> None:
        """Write blocks in order, with what parts them and the quotes around them."""
        last_list = 0
        quotes: list[tuple[int, int]] = []  # (index of the block, source start) of those open

        for i, block in enumerate(blocks):
            if self.deadline is not None:
                self.deadline.check(block.start)
            kind = block.kind
            if (
                kind == "paragraph"
                and block.end - block.start <= MAX_LEFT_OVER
                and i
                and self._is_left_over(blocks[i - 1], block)
            ):
                severity, message = CODES["stray_punctuation"]
                writer.drop("stray_punctuation", message, block.start, block.end, severity=severity)
                continue
            while len(quotes) > block.quote:
                self._close_quote(writer, quotes, blocks[i - 1].end)
            in_list = block.list_id > 0 and kind in ("item", "paragraph")
            writer.part(LINE if in_list and block.list_id == last_list else PART)
            while len(quotes) < block.quote:
                start = self.source.rfind("\n", 0, block.start) + 1
                index = writer.open_block("quote", start, level=len(quotes) + 1)
                quotes.append((index, start))
            before = writer.length
            if kind == "paragraph":
                self._write_paragraph(writer, block)
            elif kind == "item":
                self._write_item(writer, block, has_inner=_has_inner(blocks, i))
            else:
                self._write_block(writer, block)
            if writer.length != before:
                self.context.torn = False
                last_list = block.list_id if in_list else 0
        while quotes:
            self._close_quote(writer, quotes, blocks[-1].end)

    def _is_left_over(self, before: RawBlock, block: RawBlock) -> bool:
        """Whether a block is the full stop of a sentence that a table interrupted."""
        return (
            before.kind in ("table", "html_table", "raw_table")
            and before.quote == block.quote
            and not self.source[block.start : block.end].strip("。，、；：.,;:")
        )

    def _close_quote(self, writer: Writer, quotes: list[tuple[int, int]], end: int) -> None:
        index, start = quotes.pop()
        if not quotes:
            for m in _quote_marks.finditer(self.source, start, end):
                writer.mark(index, m.start(), m.end())
        writer.close_block(index, end)

    def _write_block(self, writer: Writer, block: RawBlock) -> None:
        """Write a block that is no paragraph and no item."""
        source, start, end = self.source, block.start, block.end
        first, last = block.parts[0]
        if block.kind == "heading":
            index = writer.open_block("heading", start, level=block.number)
            writer.mark(index, start, first)
            write_inline(self.context, writer, first, last, quoted=bool(block.quote))
            if last < end:
                writer.mark(index, last, end)
            writer.close_block(index, end)
        elif block.kind == "code":
            self._write_code(writer, block)
        elif block.kind in ("table", "html_table", "raw_table"):
            # Not kept: it would hold the page, and the page it.
            blocks = Blocks(self._read_blocks, self._write_blocks)
            write_table(self.context, writer, block, blocks)
        elif block.kind == "figure" and image.search(source, start, end):
            write_figure(self.context, writer, start, end)
        elif block.kind == "notes" and (found := self._html_notes_in(block)):
            severity, message = CODES["footnote_list_lifted"]
            at = found[0].start
            index = writer.drop("footnote_list_lifted", message, start, at, severity=severity)
            for note, stop in zip(found, [*(n.start for n in found[1:]), end], strict=True):
                writer.also_drop(index, note.end, stop)
        elif block.kind in ("figure", "notes"):
            self._write_paragraph(writer, block)
        elif block.kind == "bare":
            pass  # the quote around it has its marks
        elif block.kind == "comment":
            code = "end_list_comment" if is_list_end(source, start, end) else "comment"
            writer.drop(code, CODES[code].message, start, end)
        else:
            writer.drop("rule_removed", CODES["rule_removed"].message, start, end)

    def _html_notes_in(self, block: RawBlock) -> list[RawBlock]:
        """Return the notes that were taken from a list in HTML."""
        notes = self.html_notes
        first, last = (bisect_left(notes, at, key=_start_of) for at in (block.start, block.end))
        return notes[first:last]

    def _write_paragraph(self, writer: Writer, block: RawBlock) -> None:
        source = self.source
        first, last = block.start, block.end
        begins = source[first : first + 1]
        if begins == "|" and self.context.torn:
            first = block.start = self._drop_fields(writer, first, last)
            if first == last:
                return
            begins = source[first]
        m = display_math.match(source, first, last) if begins == "\\" else None
        if m and m.end() == last and is_display(m[1]) and first not in self.notes.marks:
            index = writer.open_block("math", first)
            a, b = m.span(1)
            while a < b and source[a].isspace():
                a += 1
            while b > a and source[b - 1].isspace():
                b -= 1
            start = writer.position
            writer.text(a, b)
            if writer.close_block(index, last):
                span = Span(start, writer.position)
                writer.math.append(
                    Math(source[a:b], display=True, span=span, source_span=Span(first, last))
                )
            return
        if (
            self.context.rules.get(first) == last
            and self.depth < self.context.max_depth
            and _blank_line.search(source, first, last)
        ):
            self._write_rule(writer, first, last)
            return
        if begins == "`" and _code_lines.match(source, first, last):
            self._write_code_lines(writer, block)
            return
        if begins == "`" == source[last - 1] and (breaks := self._code_breaks(block)):
            self._write_marked_code(writer, block, breaks)
            return
        if (
            source.find("|", first, min(first + MAX_GALLERY_ITEM, last)) >= 0
            and _gallery_item.match(self._joined(first, min(first + MAX_GALLERY_ITEM, last)))
            and self._write_gallery(writer, block)
        ):
            return
        if block.chain.endswith(":") or (
            begins in (":", ";", "\\") and find_left_marks(source, first, last)
        ):
            self._open_line(writer, block, block.chain, first, [(first, last)])
            return
        index = writer.open_block("paragraph", first, level=len(block.chain))
        write_inline(
            self.context,
            writer,
            first,
            last,
            quoted=bool(block.quote),
            lift_languages=(begins in "[<" or begins.isspace()) and self._only_lifted(first, last),
        )
        writer.close_block(index, last)

    @staticmethod
    def _drop_fields(writer: Writer, start: int, end: int) -> int:
        """Drop the fields of a torn infobox; return where text begins behind the last of them."""
        source = writer.source
        if field.match(source, start, end) is None:
            return start
        stop = max(m.end() for m in field.finditer(source, start, end))
        severity, message = CODES["template_removed"]
        writer.drop("template_removed", message, start, stop, severity=severity)
        while stop < end and source[stop].isspace():
            stop += 1
        return stop

    def _write_rule(self, writer: Writer, start: int, end: int) -> None:
        """Write the blocks of the choice of a rule that holds some."""
        entry, chosen = open_rule(self.context, writer, start, end, start)
        kept = Span(end, end) if isinstance(chosen, str) else chosen
        self.depth += 1
        self._write_blocks(writer, self._read_blocks(*kept))
        self.depth -= 1
        writer.close_rule(entry)

    def _only_lifted(self, start: int, end: int) -> bool:
        """
        Whether a paragraph holds only links to categories and to other languages.

        The place of the notes may stand before them, where no blank line did.
        """
        source = self.source
        notes = _references.match(source, start, end)
        at = notes.end() if notes else start
        while at < end:
            m = _link.match(source, at, end)
            if m is None:
                return False
            place = self.context.destinations.read(m["to"], "wikilink")
            if not (place.is_language or (place.kind == "category" and not place.colon)):
                return False
            at = m.end()
        return True

    # ---------------------------------------------------------------- items

    def _write_item(self, writer: Writer, block: RawBlock, *, has_inner: bool) -> None:
        source = self.source
        parts = block.parts
        if len(parts) > 1 or parts[0][0] >= parts[0][1]:
            parts = [(a, b) for a, b in parts if a < b]
        if not parts or (len(parts) == 1 and _empty_brackets.fullmatch(source, *parts[0])):
            code = "empty_list_item"
            severity, message = CODES[code]
            end = max(block.marker_end, parts[0][1] if parts else 0)
            writer.drop(code, message, block.start, end, severity=severity)
            return
        quoted = bool(block.quote)
        if block.tight and block.chain[-1] == ":":
            severity, message = CODES["indent_block"]
            certainty = "certain" if self.wraps == "none" else "likely"
            writer.diagnose(
                "indent_block",
                message,
                block.start,
                block.end,
                severity=severity,
                certainty=certainty,  # type: ignore[arg-type]
            )
            self._open_line(writer, block, block.chain, block.start, parts)
            return
        if block.defined:
            self._write_term(writer, block, parts)
            return
        if (
            self.wraps == "none"
            and block.chain[-1] == "*"  # pandoc numbers no terms
            and (line_end := source.find("\n", *parts[0])) >= 0
            and not quoted
            and not has_inner
            and (line := source[block.start : line_end].rstrip("\r"))[-1] not in _sentence_end
            and "`" not in line
            and all(
                line.count("[") == line.count("]")
                for line in source[parts[0][0] : parts[0][1]].split("\n")
            )
        ):
            self._write_term(writer, block, parts)
            return
        self._open_line(writer, block, block.chain, block.start, parts)

    def _open_line(
        self,
        writer: Writer,
        block: RawBlock,
        chain: str,
        start: int,
        parts: list[tuple[int, int]],
    ) -> None:
        """Write one line of a list; *parts* after the first stand below it."""
        source, (first, last) = self.source, parts[0]
        behind = first
        if source[first : first + 1] in (":", ";", "\\"):
            found = find_left_marks(source, first, last, in_item=block.kind == "item")
            if found is not None:
                chain, behind = chain + found[0], found[1]
                parts = [(behind, last), *parts[1:]]
        index = writer.open_block(LINE_KINDS[chain[-1]], start, level=len(chain), marker=chain)
        if start == block.start:
            writer.mark(index, start, block.marker_end)
        writer.mark(index, first, behind)
        if len(parts) == 1:
            write_inline(self.context, writer, *parts[0], quoted=bool(block.quote))
        else:
            self._write_parts(writer, parts, quoted=bool(block.quote))
        writer.close_block(index, min(parts[-1][1], block.end))

    def _write_parts(self, writer: Writer, parts: list[tuple[int, int]], *, quoted: bool) -> None:
        for i, (a, b) in enumerate(parts):
            if i:
                writer.line_break(parts[i - 1][1], a)
            write_inline(self.context, writer, a, b, quoted=quoted)

    def _write_term(self, writer: Writer, block: RawBlock, parts: list[tuple[int, int]]) -> None:
        """Write an item whose further lines define its first one."""
        source, wraps = self.source, quoted_wrap if block.quote else wrap
        outer = block.chain[:-1]
        lines: list[tuple[int, int]] = []
        for a, b in parts:
            begin = at = a
            opened = ticks = 0
            for m in wraps.finditer(source, a, b):
                opened += source.count("[", at, m.start()) - source.count("]", at, m.start())
                ticks += source.count("`", at, m.start())
                at = m.end()
                # A label or a piece of code that goes on holds its lines together.
                if not opened and ticks % 2 == 0 and is_break(self.context, *m.span()):
                    lines.append((begin, m.start()))
                    begin = at
            lines.append((begin, b))
        for i, line in enumerate(lines):
            if i:
                writer.part(LINE)
            start = line[0] if i else block.start
            self._open_line(writer, block, outer + (":" if i else ";"), start, [line])

    # ---------------------------------------------------------------- code

    def _write_code(self, writer: Writer, block: RawBlock) -> None:
        """Write code verbatim, without the indentation of the list it stands in."""
        source = self.source
        first, last = block.parts[0]
        indented = block.info == " "
        width = block.column + (4 if indented else 0)
        index = writer.open_block(
            "code", block.start, level=len(block.chain), marker="" if indented else block.info
        )
        writer.mark(index, block.start, min(first, block.end))
        writer.mark(index, max(last, block.marker_end), block.end)
        at = first
        while at < last:
            stop = source.find("\n", at, last)
            stop = last if stop < 0 else stop
            for _ in range(block.quote):
                m = _quote_mark.match(source, at, stop)
                at = m.end() if m else at
            begin = at
            while begin < stop and begin < at + width and source[begin] == " ":
                begin += 1
            line_end = stop - 1 if stop > begin and source[stop - 1] == "\r" else stop
            writer.verbatim(begin, line_end)
            writer.literal("", line_end, stop)
            if stop < last:
                writer.verbatim(stop, stop + 1)
            at = stop + 1
        writer.close_block(index, block.end)

    def _write_code_lines(self, writer: Writer, block: RawBlock) -> None:
        """Write a paragraph of lines that each stand in backticks."""
        index = writer.open_block("preformatted", block.start, level=len(block.chain))
        last_end = block.start
        for i, m in enumerate(_code_line.finditer(self.source, block.start, block.end)):
            if i:
                writer.literal("\n", last_end, m.start())
            writer.mark(index, m.start(), m.start() + 1)
            writer.verbatim(*m.span(1))
            writer.mark(index, m.end(1), m.end())
            last_end = m.end()
        writer.close_block(index, block.end)

    def _code_breaks(self, block: RawBlock) -> list[tuple[int, int]]:
        """Return the line ends of a paragraph, if all are such between pieces of code."""
        found = [m.span() for m in _code_break.finditer(self.source, block.start, block.end)]
        wraps = _code_wrap.findall(self.source, block.start, block.end)
        lines = self.source.count("\n", block.start, block.end)
        return found if len(found) + len(wraps) == lines else []

    def _write_marked_code(
        self, writer: Writer, block: RawBlock, breaks: list[tuple[int, int]]
    ) -> None:
        """Write a paragraph of lines that begin and end with code; there may be links in them."""
        index = writer.open_block("preformatted", block.start, level=len(block.chain))
        at, quoted = block.start, bool(block.quote)
        writer.keep_space()
        for start, end in breaks:
            write_inline(self.context, writer, at, start, quoted=quoted)
            writer.literal("\n", start, end)
            at = end
        write_inline(self.context, writer, at, block.end, quoted=quoted)
        writer.close_block(index, block.end)

    # ---------------------------------------------------------------- galleries

    def _write_gallery(self, writer: Writer, block: RawBlock) -> bool:
        """Take a paragraph that is a gallery out of the text; its captions are Documents."""
        source, begin = self.source, block.start
        paragraph = self._joined(begin, block.end)
        matches = list(_gallery_item.finditer(paragraph))
        if not any(m[0].endswith(("|", ")")) for m in matches):
            return False
        if paragraph[: matches[0].start()].strip():
            return False
        self._diagnose("gallery_lifted", begin, block.end, certainty="likely")
        for m, following in zip(matches, [*matches[1:], None], strict=True):
            end = begin + following.start() if following else block.end
            name = next(
                m[g] + (m["rest"] or "" if g == "torn" else "")
                for g in ("whole", "torn", "linked", "named", "first", "latin", "plain")
                if m[g]
            )
            start = begin + m.end()
            options = FileOptions(self.site)
            if m["linked"]:
                # The label was torn at its bar: caption in the label, the rest behind the link.
                behind = start
                start = begin + m.end("linked") + 1
                captions = [(start, source.index("]", start)), (behind, end)]
            else:
                # Options may stand before the caption.
                while (bar := source.find("|", start, end)) >= 0:
                    if not options.take(source[start:bar]):
                        break
                    start = bar + 1
                captions = [(start, end)]
            owner = f"media/{len(writer.media)}"
            nested = read_nested(self.context, captions, owner, depth=1)
            writer.media.append(
                Media(
                    file_name(name),
                    "gallery",
                    writer.position,
                    Span(begin + m.start(), end),
                    caption=nested,
                    alt=options.alt,
                    options=tuple(options.others),
                )
            )
        return True

    def _joined(self, start: int, end: int) -> str:
        """Return ``source[start:end]`` with spaces where pandoc wrapped its lines."""
        text = self.source[start:end]
        if self.wraps == "none" or "\n" not in text:
            return text

        def join(m: re.Match[str]) -> str:
            # As long as what it stands for, so that places in the text are those in the source.
            is_wrap = not is_break(self.context, start + m.start(), start + m.end())
            return " " * len(m[0]) if is_wrap else m[0]

        return _line_end.sub(join, text)

    # ---------------------------------------------------------------- footnotes

    def _write_notes(self, named: list[RawBlock]) -> None:
        """Make the footnotes: of the list at the end, of named definitions, of lone marks."""
        context, notes = self.context, self.notes
        if notes.definitions:
            start, end = notes.definitions[0][0].start, notes.definitions[-1][-1].end
            self._diagnose("footnote_list_lifted", start, end, certainty="likely")
        keys: list[tuple[str, int]] = [("", i + 1) for i in range(len(notes.definitions))]
        found = list(notes.definitions)
        # Those with names, in the order of their first mark, then those without a mark.
        for block in named:
            context.number(block.info)
        named = [*named, *context.tag_notes]
        by_name = {block.info: block for block in reversed(named)}
        for name, number in list(context.named.items()):
            keys.append(("", number))
            found.append([by_name[name]] if name in by_name else [])
        for block in named:
            if by_name[block.info] is not block:  # the name is taken
                keys.append(("", len(notes.marks) + len(keys) + 1))
                found.append([block])
        bodies: list[Document | None] = []
        met, listed = len(context.tag_notes), set(context.named)
        for index, blocks in enumerate(found):
            context.owner = f"footnotes/{index}"
            context.note_depth = blocks[0].number if blocks and blocks[0].info else 0
            bodies.append(self._note_body(blocks) if blocks else None)
            for block in context.tag_notes[met:]:  # those in this one
                if block.info not in listed:
                    listed.add(block.info)
                    keys.append(("", context.named[block.info]))
                    found.append([block])
            met = len(context.tag_notes)
        context.owner = ""
        context.places[""] = Places(self.writer.outline())
        # Bodies hold marks too, so what is referred to is known only now.
        known = set(keys)
        keys += [key for key in context.anchors if key not in known]
        names = {
            number: name
            for name, number in context.named.items()
            if name not in by_name or by_name[name].kind == "note"
        }
        for key, blocks, body in zip_longest(keys, found, bodies):
            name = names.get(key[1], "") if not key[0] else ""
            self._record_note(key, name, blocks or [], body)

    def _record_note(
        self, key: tuple[str, int], name: str, blocks: list[RawBlock], body: Document | None
    ) -> None:
        group, number = key
        places = self.context.places
        anchors = tuple(places[a.owner].settle(a) for a in self.context.anchors.get(key, ()))
        span = Span(blocks[0].start, blocks[-1].end) if blocks else None
        text = body.text if body is not None else ""
        if not text:
            code = "footnote_definition_empty" if blocks else "footnote_definition_missing"
            where = span or (anchors[0].source_span if anchors else Span(0, 0))
            self._diagnose(code, *where)
        self.writer.footnotes.append(
            Footnote(number, name, group, text, bool(text), anchors, body, span)
        )

    def _note_body(self, blocks: list[RawBlock]) -> Document | None:
        first = blocks[0]
        parts = [(a, b) for a, b in first.parts if a < b]
        if not parts and len(blocks) == 1:
            return None
        writer = Writer(self.source)
        met = self.context.met
        start = parts[0][0] if parts else blocks[1].start
        at = start
        for a, b in parts:
            writer.part(PART)
            index = writer.open_block("paragraph", a)
            if first.quote:
                for m in _quote_marks.finditer(self.source, at, a):
                    writer.mark(index, *m.span())
            at = b
            if first.kind == "html_note":
                write_html(self.context, writer, a, b)
            else:
                write_inline(self.context, writer, a, b, quoted=bool(first.quote))
            writer.close_block(index, b)
        self._write_inner(writer, blocks[1:])
        document = writer.finish(
            dialect="export", site=self.site.name, extent=Span(start, blocks[-1].end)
        )
        self.context.places[self.context.owner] = Places(outline(document, "blocks"))
        return document if self.context.met > met or most_records(document) else None

    def _write_inner(self, writer: Writer, blocks: list[RawBlock]) -> None:
        """Write what stands below the first paragraph of a note, one list level further out."""
        for block in blocks:
            block.chain = block.chain[1:]
        if blocks:
            writer.part(PART)
            self._write_blocks(writer, blocks)

    # ---------------------------------------------------------------- sections

    def _find_empty_sections(self) -> None:
        """Report headings that nothing stands under."""
        blocks = [*zip(self.writer.outline(), self.writer.levels(), strict=True)]
        for (block, level), after in zip_longest(blocks, blocks[1:]):
            if block.kind == "heading" and (
                after is None or (after[0].kind == "heading" and after[1] <= level)
            ):
                self._diagnose("section_empty", block.left, block.right, offset=block.start)


def _is_title(line: str) -> bool:
    """Whether the first line of an item may be a title: short, of words, with no end of its own."""
    last = line.rstrip(" \t)）」』》”*")[-1:]
    return len(line) <= MAX_TITLE and last.isalnum() and not _marked.search(line)


def _torn_files(source: str) -> dict[int, tuple[int, int, str]]:
    """
    Return the files of wikitext of which pandoc made text, for their captions hold several blocks.

    Those of one paragraph are what authors write of files.
    """
    found: dict[int, tuple[int, int, str]] = {}
    for m in _torn_file.finditer(source):
        limit = m.end() + MAX_TORN_FILE
        close = source.find("\\]\\]", m.end(), limit)
        if close < 0:
            continue
        caption = source[m.end() : close]
        if caption.count("\\[") != caption.count("\\]") or "\\[\\[" in caption:
            continue  # those that close it belong to what stands in it
        if _blank_line.search(caption) and not _no_caption.search(caption):
            name = m["named"] or m["torn"] + m["rest"]
            found[m.start()] = (m.end(), close + 4, name)
    return found


def _start_of(block: RawBlock) -> int:
    return block.start


def _has_dollars(source: str) -> bool:
    """Whether a page is of the generation of exports that writes formulas in dollars."""
    if "ⓦ](" in source or "Ⓡ](" in source:
        return True
    return "[^" in source and _named_mark.search(source) is not None


def _has_inner(blocks: list[RawBlock], index: int) -> bool:
    """Whether the block behind an item stands in it."""
    after = index + 1
    return after < len(blocks) and len(blocks[after].chain) > len(blocks[index].chain)


def _pair_braces(source: str) -> tuple[dict[int, int], dict[int, int]]:
    """Return the start of each ``{{`` and each ``-{`` with a partner → where that one ends."""
    braces: dict[int, int] = {}
    rules: dict[int, int] = {}
    if "{{" not in source and "-{" not in source:
        return braces, rules
    open_braces: list[int] = []
    open_rules: list[int] = []
    skip = 0
    for m in _braces.finditer(source):
        if m.start() < skip:
            continue
        found = m[0]
        if m["fence"]:
            end = source.find("\n" + m["fence"], m.end())
            skip = end + 1 + len(m["fence"]) if end >= 0 else len(source)
        elif found.startswith("{{"):
            at = m.end()
            while at - 2 >= m.start():  # {{{{ is two pairs
                at -= 2
            open_braces += range(at, m.end() - 1, 2)
        elif found.startswith("}}"):
            at = m.start()
            while open_braces and at + 2 <= m.end():
                braces[open_braces.pop()] = at + 2
                at += 2
        elif found == "-{":
            open_rules.append(m.start())
        elif found == "}-" and open_rules:
            rules[open_rules.pop()] = m.end()
    return braces, rules
