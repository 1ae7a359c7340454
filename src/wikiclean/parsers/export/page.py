"""
A page of the export, from its source to a Document: the order of the reading.

Here lives what concerns the page as a whole: the header line, the title, braces and rules that
span lines, what parts the blocks, the footnotes' bodies. Lines and their content are read in
``blocks`` and ``inline``.
"""

from __future__ import annotations

import re
from typing import Final

from wikiclean.codes import CODES
from wikiclean.document import Block, Certainty, Document, Footnote, Math, Media, Span, TitleOrigin
from wikiclean.parsers.export.blocks import BlockReader, RawBlock
from wikiclean.parsers.export.destinations import Destinations, unescape_markdown
from wikiclean.parsers.export.inline import read_nested, write_inline
from wikiclean.parsers.export.notes import find_notes
from wikiclean.parsers.export.scan import Context
from wikiclean.parsers.export.tables import write_html_table, write_pipe_table
from wikiclean.parsers.export.wrapping import is_wrapped
from wikiclean.parsers.writer import LINE, PART, Writer
from wikiclean.site import Site
from wikiclean.variants import dominant

_header = re.compile(
    r"> ?(?:本文内容由|この記事は|This article is converted from Wikipedia:) ?"
    r"\[((?:\\.|[^\\\]\n])*+)\]\(((?:\\.|[^\\()\s])*+)\)[^\n]*"
)
_braces = re.compile(
    r"\{\{++|\}\}++|^[ \t]*(?P<fence>`{3,}|~{3,})|`[^`\n]++`|-\{|\}-", re.MULTILINE
)
_generation4 = re.compile(r"[ⓦⓇ]\]\(|^\[\^[^\]\s]{1,64}\]:|\[\^[^\]\s]{1,64}\]", re.MULTILINE)
_quote_marks = re.compile(r"^[ \t]*(?:>[ \t]?)++", re.MULTILINE)
_code_lines = re.compile(r"\s*`[^`\n]++`\s*(?:\n\s*`[^`\n]++`\s*)++\Z")
_code_line = re.compile(r"`([^`\n]++)`")
_display_math = re.compile(r"\\\[((?:[^\\]|\\[^\[\]])*+)\\\]\Z")
_link = re.compile(
    r"""\s*\[(?:[^\[\]\\\n]|\\.|\n)*+\]\((?P<to>(?:\\.|[^\\()\s])*+)[ ]"wikilink"\)\s*"""
)
_sentence_end: Final = "。．.！？!?；;，,、：:`"
_opening: Final = '《「『“‘"（(【〈 \u3000'
_pairs: Final = {"《": "》", "「": "」", "『": "』", "“": "”", "‘": "’", '"': '"', "〈": "〉"}

_file = r"(?:File|Image|文件|檔案|档案|图像|圖像|图片|圖片|ファイル|画像|파일|그림)"
_extension = r"\.(?:jpe?g|png|gif|svg|webp|tiff?|ogg|ogv|webm|pdf|djvu)"
_gallery_item = re.compile(
    rf"(?:(?<=\s)|\A)(?:<{_file}:(?P<torn>[^>|\n]{{1,255}})>(?P<rest>[^|\n]{{0,255}})\|"
    rf"|\[{_file}:(?P<linked>[^|\]\n]{{1,255}})\|[^\]\n]{{0,255}}\]\({_file}:[^)\s]{{1,999}}\)"
    rf"|(?:{_file}:)?(?P<plain>[^\s|<>\[\]()]{{1,255}}{_extension})\|)",
    re.IGNORECASE,
)


def parse(
    source: str, site: Site, *, title: str | None = None, variant: str = "source"
) -> Document:
    """
    Read a page of the Markdown export.

    Args:
        source: The file's text, without lone surrogates.
        site: The wiki it came from.
        title: The page's title, if the caller knows it.
        variant: Which wording ``-{…}-`` chooses; ``source`` takes the script that dominates.

    Returns:
        The Document, not repaired. Never raises for markup.
    """
    return _Page(source, site, title, variant).read()


class _Page:
    """One page being read."""

    def __init__(self, source: str, site: Site, title: str | None, variant: str) -> None:
        self.source = source
        self.site = site
        self.title = title
        self.title_from: TitleOrigin = "given" if title else "none"
        self.origin = ""
        self.writer = Writer(source)
        braces, rules = _pair_braces(source)
        opaque = _opaque(source, braces, rules)
        blocks = BlockReader(source, 1 if source.startswith("\ufeff") else 0, opaque).read()
        blocks = self._lift_header(blocks)
        self.notes = find_notes(source, blocks)
        self.wrapped = is_wrapped(
            source,
            [p for b in blocks if b.kind in ("paragraph", "item", "note") for p in b.parts],
        )
        if variant == "source":
            variant = dominant(source) if rules else "zh"
        self.context = Context(
            source,
            Destinations(site),
            notes=self.notes.marks,
            braces=braces,
            rules=rules,
            variant=variant,
            wrapped=self.wrapped,
            dollars=bool(_generation4.search(source)),
        )

    def read(self) -> Document:
        """Return the Document."""
        writer, notes = self.writer, self.notes
        named = [b for b in notes.rest if b.kind == "note"]
        self._write_blocks(writer, [b for b in notes.rest if b.kind != "note"])
        self._write_notes(named)
        if notes.mismatch is not None:
            self._diagnose("footnote_mismatch", notes.mismatch.start, notes.rest[-1].end)
        self._find_empty_sections()
        if not self.title:
            self._infer_title()
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

    def _lift_header(self, blocks: list[RawBlock]) -> list[RawBlock]:
        m = _header.match(self.source, blocks[0].start - 2) if blocks and blocks[0].quote else None
        if m is None or blocks[0].start - 2 < 0:
            return blocks
        severity, message = CODES["header_lifted"]
        self.writer.drop("header_lifted", message, m.start(), m.end(), severity=severity)
        self.origin = unescape_markdown(m[2])
        name = unescape_markdown(m[1]).replace("_", " ").strip()
        if not self.title and name and not name.endswith(":"):
            self.title, self.title_from = name, "header"
        return [b for b in blocks if b.start >= m.end()]

    def _infer_title(self) -> None:
        """Take the title from the first bold run, if it opens the page."""
        writer = self.writer
        lead = next((b for b in writer.blocks if b is not None), None)
        if lead is None or lead.kind != "paragraph":
            return
        bold = min(
            (s for s in writer.styles if s.kind == "bold" and s.span.end <= lead.span.end),
            key=lambda s: s.span.start,
            default=None,
        )
        emptied = any(
            d.code == "empty_bold" and bold and d.source_span.start < bold.source_span.start
            for d in writer.diagnostics
        )
        if bold is None or emptied:
            return
        text = writer.since(0)
        before = text[: bold.span.start]
        value = text[bold.span.start : bold.span.end].strip()
        if before.strip(_opening) or not value:
            return
        while len(value) > 2 and _pairs.get(value[0]) == value[-1]:
            value = value[1:-1].strip()
        self.title, self.title_from = value, "bold"
        self._diagnose(
            "title_inferred",
            *bold.source_span,
            certainty="likely",
            replacement=value,
            offset=bold.span.start,
        )

    # ---------------------------------------------------------------- blocks

    def _write_blocks(self, writer: Writer, blocks: list[RawBlock]) -> None:
        """Write blocks in order, with what parts them and the quotes around them."""
        last_list = 0
        quotes: list[tuple[int, int]] = []  # (index of the block, source start) of those open

        for i, block in enumerate(blocks):
            while len(quotes) > block.quote:
                self._close_quote(writer, quotes, blocks[i - 1].end)
            in_list = bool(block.chain) and block.kind in ("item", "paragraph")
            writer.part(LINE if in_list and block.list_id == last_list else PART)
            while len(quotes) < block.quote:
                start = self.source.rfind("\n", 0, block.start) + 1
                index = writer.open_block("quote", start, level=len(quotes) + 1)
                quotes.append((index, start))
            before = writer.length
            self._write_block(writer, block, has_inner=_has_inner(blocks, i))
            if writer.length != before:
                last_list = block.list_id if in_list else 0
        while quotes:
            self._close_quote(writer, quotes, blocks[-1].end)

    def _close_quote(self, writer: Writer, quotes: list[tuple[int, int]], end: int) -> None:
        index, start = quotes.pop()
        if not quotes:
            for m in _quote_marks.finditer(self.source, start, end):
                writer.mark(index, m.start(), m.end())
        writer.close_block(index, end)

    def _write_block(self, writer: Writer, block: RawBlock, *, has_inner: bool) -> None:
        source, start, end = self.source, block.start, block.end
        first, last = block.parts[0]
        if block.kind == "paragraph":
            self._write_paragraph(writer, block)
        elif block.kind == "item":
            self._write_item(writer, block, has_inner=has_inner)
        elif block.kind == "heading":
            index = writer.open_block("heading", start, level=block.number)
            writer.mark(index, start, first)
            write_inline(self.context, writer, first, last, quoted=bool(block.quote))
            writer.close_block(index, end)
        elif block.kind == "code":
            self._write_code(writer, block)
        elif block.kind == "table":
            write_pipe_table(self.context, writer, block)
        elif block.kind == "html_table":
            write_html_table(self.context, writer, block)
        elif block.kind == "comment":
            code = "end_list_comment" if "end list" in source[start:end] else "comment"
            writer.drop(code, CODES[code].message, start, end)
        else:
            writer.drop("rule_removed", CODES["rule_removed"].message, start, end)

    def _write_paragraph(self, writer: Writer, block: RawBlock) -> None:
        source = self.source
        first, last = block.start, block.end
        m = _display_math.match(source, first, last)
        if m and not m[1].strip().isdigit():
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
        if source.startswith("`", first) and _code_lines.match(source, first, last):
            self._write_code_lines(writer, block)
            return
        if _gallery_item.match(source[first : first + 600]) and self._write_gallery(writer, block):
            return
        index = writer.open_block("paragraph", first, level=len(block.chain))
        write_inline(
            self.context,
            writer,
            first,
            last,
            quoted=bool(block.quote),
            lift_languages=self._only_lifted(first, last),
        )
        writer.close_block(index, last)

    def _only_lifted(self, start: int, end: int) -> bool:
        """Whether a paragraph holds only links to categories and to other languages."""
        source, at = self.source, start
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
        parts = [(a, b) for a, b in block.parts if a < b]
        if not parts:
            code = "empty_list_item"
            severity, message = CODES[code]
            writer.drop(code, message, block.start, block.marker_end, severity=severity)
            return
        quoted = bool(block.quote)
        if block.tight:
            severity, message = CODES["indent_block"]
            certainty = "likely" if self.wrapped else "certain"
            writer.diagnose(
                "indent_block",
                message,
                block.start,
                block.end,
                severity=severity,
                certainty=certainty,  # type: ignore[arg-type]
            )
            self._open_line(writer, block, block.chain[:-1] + ":", block.start, parts)
            return
        line_end = source.find("\n", *parts[0])
        if (
            line_end >= 0
            and not self.wrapped
            and not quoted
            and not has_inner
            and source[line_end - 1] not in _sentence_end
            and "`" not in source[block.start : line_end]
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
        kind = {"*": "item", "#": "item", ";": "term", ":": "definition"}[chain[-1]]
        index = writer.open_block(kind, start, level=len(chain), marker=chain)  # type: ignore[arg-type]
        writer.mark(index, block.start, block.marker_end) if start == block.start else None
        self._write_parts(writer, parts, quoted=bool(block.quote))
        writer.close_block(index, parts[-1][1])

    def _write_parts(self, writer: Writer, parts: list[tuple[int, int]], *, quoted: bool) -> None:
        for i, (a, b) in enumerate(parts):
            if i:
                writer.line_break(parts[i - 1][1], a)
            write_inline(self.context, writer, a, b, quoted=quoted)

    def _write_term(self, writer: Writer, block: RawBlock, parts: list[tuple[int, int]]) -> None:
        """Write an item whose further lines define its first one."""
        outer = block.chain[:-1]
        lines: list[tuple[int, int]] = []
        for a, b in parts:
            at = a
            while at < b:
                stop = self.source.find("\n", at, b)
                stop = b if stop < 0 else stop
                begin = at
                while begin < stop and self.source[begin].isspace():
                    begin += 1
                if begin < stop:
                    lines.append((begin, stop))
                at = stop + 1
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
            begin = at
            while begin < stop and begin < at + width and source[begin] == " ":
                begin += 1
            writer.verbatim(begin, stop)
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

    # ---------------------------------------------------------------- galleries

    def _write_gallery(self, writer: Writer, block: RawBlock) -> bool:
        """Take a paragraph that is a gallery out of the text; its captions are Documents."""
        source = self.source
        matches = []
        at = block.start
        while at < block.end:
            m = _gallery_item.search(source, at, block.end) if at > block.start else None
            if at == block.start:
                m = _gallery_item.match(source, at, block.end) or _gallery_item.search(
                    source, at, block.end
                )
            if m is None:
                break
            matches.append(m)
            at = m.end()
        if not matches or source[block.start : matches[0].start()].strip():
            return False
        self._diagnose("gallery_lifted", block.start, block.end, certainty="likely")
        for m, following in zip(matches, [*matches[1:], None], strict=True):
            end = following.start() if following else block.end
            name = next(
                m[g] + (m["rest"] or "" if g == "torn" else "")
                for g in ("torn", "linked", "plain")
                if m[g]
            )
            start = m.end()
            if m["linked"]:
                # The label was torn at its bar: caption in the label, the rest behind the link.
                start = m.end("linked") + 1
                bracket = source.index("]", start)
                captions = [(start, bracket), (m.end(), end)]
            else:
                captions = [(start, end)]
            owner = f"media/{len(writer.media)}"
            nested = None
            for a, b in captions:
                nested = nested or read_nested(self.context, a, b, owner, depth=1)
            writer.media.append(
                Media(
                    unescape_markdown(name).replace("_", " ").strip(),
                    "gallery",
                    writer.position,
                    Span(m.start(), end),
                    caption=nested,
                )
            )
        return True

    # ---------------------------------------------------------------- footnotes

    def _write_notes(self, named: list[RawBlock]) -> None:
        """Make the footnotes: of the list at the end, of named definitions, of lone marks."""
        writer, context, notes = self.writer, self.context, self.notes
        if notes.definitions:
            start, end = notes.definitions[0][0].start, notes.definitions[-1][-1].end
            self._diagnose("footnote_list_lifted", start, end, certainty="likely")
        for blocks in notes.definitions:
            number = len(writer.footnotes) + 1
            self._write_note(("", number), "", blocks, blocks[0].start)
        by_name = {b.info: b for b in reversed(named)}
        for name, number in list(context.named.items()):
            block = by_name.pop(name, None)
            self._write_note(
                ("", number), name, [block] if block else [], block.start if block else -1
            )
        for name, block in by_name.items():
            self._write_note(("", len(writer.footnotes) + 1), name, [block], block.start)
        for key in sorted(context.anchors):
            self._write_note(key, "", [], -1)

    def _write_note(
        self, key: tuple[str, int], name: str, blocks: list[RawBlock], start: int
    ) -> None:
        writer, context = self.writer, self.context
        group, number = key
        index = len(writer.footnotes)
        context.owner = f"footnotes/{index}"
        body = self._note_body(blocks) if blocks else None
        context.owner = ""
        anchors = tuple(context.anchors.pop(key, ()))
        span = Span(start, blocks[-1].end) if blocks else None
        text = body.text if body is not None else ""
        if not text:
            code = "footnote_definition_empty" if blocks else "footnote_definition_missing"
            where = span or (anchors[0].source_span if anchors else Span(0, 0))
            self._diagnose(code, *where)
        writer.footnotes.append(
            Footnote(number, name, group, text, bool(text), anchors, body, span)
        )

    def _note_body(self, blocks: list[RawBlock]) -> Document | None:
        first = blocks[0]
        parts = [(a, b) for a, b in first.parts if a < b]
        if not parts and len(blocks) == 1:
            return None
        writer = Writer(self.source)
        start = parts[0][0] if parts else blocks[1].start
        if parts:
            index = writer.open_block("paragraph", start)
            self._write_parts(writer, parts, quoted=bool(first.quote))
            writer.close_block(index, parts[-1][1])
        self._write_inner(writer, blocks[1:])
        document = writer.finish(
            dialect="export", site=self.site.name, extent=Span(start, blocks[-1].end)
        )
        return document if any(True for _ in document.own_records()) else None

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
        blocks = [b for b in self.writer.blocks if b is not None]
        following: list[Block | None] = [*blocks[1:], None]
        for block, after in zip(blocks, following, strict=False):
            if block.kind == "heading" and (
                after is None or (after.kind == "heading" and after.level <= block.level)
            ):
                self._diagnose("section_empty", *block.source_span, offset=block.span.start)


def _has_inner(blocks: list[RawBlock], index: int) -> bool:
    """Whether the block behind an item stands in it."""
    block = blocks[index]
    after = blocks[index + 1] if index + 1 < len(blocks) else None
    return after is not None and len(after.chain) > len(block.chain) > 0


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


def _opaque(source: str, braces: dict[int, int], rules: dict[int, int]) -> list[tuple[int, int]]:
    """Return the outermost ranges whose line ends part no blocks, in source order."""
    result: list[tuple[int, int]] = []
    for start, end in sorted((*braces.items(), *rules.items())):
        if (not result or start >= result[-1][1]) and "\n" in source[start:end]:
            result.append((start, end))
    return result
