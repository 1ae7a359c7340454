"""
The tags of extensions: notes, preformatted text, code, formulas, poems, galleries.

Each reads the content of a node and writes into the flow of the reader that met its marker. What
has text of its own, away from the sentence, becomes a Document of its own, at most ``max_depth``
deep.

Sources: MediaWiki 1.39 ``includes/parser/CoreTagHooks.php`` and the extensions Cite, Poem,
SyntaxHighlight and Math.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

import attrs

from wikiclean.codes import CODES
from wikiclean.document import (
    MARKUP,
    UNCONVERTED,
    Anchor,
    Block,
    Deferrable,
    Diagnostic,
    Document,
    Field,
    Footnote,
    Infobox,
    Outline,
    Parameter,
    Runs,
    Span,
    Template,
    deferred,
    evolve,
)
from wikiclean.parsers.titles import infer_title
from wikiclean.parsers.wikitext import markup
from wikiclean.parsers.wikitext.blocks import LINE_SIGNS, Reader
from wikiclean.parsers.wikitext.calls import arguments_of
from wikiclean.parsers.wikitext.expand import Expansion, expand
from wikiclean.parsers.wikitext.flow import Flow, Leaf
from wikiclean.parsers.wikitext.notes import Note
from wikiclean.parsers.wikitext.page import Page
from wikiclean.parsers.wikitext.preprocess import Node, scan
from wikiclean.site import FILE
from wikiclean.templates import Handler
from wikiclean.templates.calls import without_spaces
from wikiclean.variants import Rule, read_rule, shown


class PageReader(Reader):
    """A reader that knows the tags of extensions."""

    __slots__ = ()

    def item(self, node: Node, s: int) -> None:
        """Read what a marker stands for."""
        read(self, node, s)

    def nested(self, start: int, end: int, path: str) -> Document | None:
        """Read a stretch of the source as a Document of its own."""
        return nested(self.page, self.flow, self.depth, start, end, path)


def read(reader: Reader, node: Node, s: int) -> None:
    """Read what the marker at *s* stands for."""
    if node.kind == "variant":
        _variant(reader, node, s)
        return
    if node.kind == "template":
        _infobox(reader, node, s)
        return
    how = TAGS.get(node.name)
    if how is None:
        reader.flow.drop("tag_dropped", "A tag that leaves no text.", node.start, node.end)
        return
    how(reader, node)


def given(reader: Reader, node: Node) -> dict[str, str]:
    """Return the attributes of a tag."""
    return _attributes(reader.page.source, node)


def _attributes(source: str, node: Node) -> dict[str, str]:
    if node.attributes is not None:
        return markup.attributes(node.attributes)
    opening = node.inner_start if node.inner_start <= node.inner_end else node.end
    if opening - node.start == len(node.name) + 2:
        return {}
    return markup.attributes(source[node.start + 1 + len(node.name) : opening - 1].rstrip("/"))


def content(node: Node) -> tuple[int, int]:
    """Return where the content of a tag stands; empty for one that closes itself."""
    return node.inner_start, max(node.inner_start, node.inner_end)


def nested(
    page: Page,
    outer: Flow,
    depth: int,
    start: int,
    end: int,
    path: str,
    *,
    behind_tag: bool = False,
    words: Handler | None = None,
) -> Document | None:
    """
    Read a stretch of the source as a Document of its own.

    Args:
        page: Where it stands.
        outer: The flow of the Document that holds it.
        depth: How deep that one is nested itself.
        start: Where the stretch begins in the source.
        end: Where it ends.
        path: Of the new Document in the one that holds it, as ``Document.nested()`` yields it.
        behind_tag: Whether its first line stands behind a tag, so that it begins no list.
        words: What the call leaves that the stretch is, if it is one that makes a note of itself.
    """
    if depth + 1 > page.max_depth or start >= end:
        if start < end:
            outer.drop("too_deep", "Texts nest too deep.", start, end)
        return None
    source = page.source
    is_line = not behind_tag and source[start] in LINE_SIGNS
    if not is_line and _ACTIVE.search(source, start, end) is None:
        return _plain_document(page, start, end)
    expansion = expand(page, start, end, scan(source, start, end, page.tags), words=words)
    if not expansion.items and (not expansion.text or expansion.text.isspace()):
        # A note that is a call of a citation template and nothing else: nothing is left to read.
        flow = Flow(source)
        for _, code, message, left, right in expansion.drops:
            flow.drop(code, message, left, right)
        _templates(flow, expansion, source)
        return Document(
            text="",
            source=source,
            dialect="wikitext",
            site=page.site.name,
            templates=_template_records(flow),
            diagnostics=tuple(flow.diagnostics),
            runs=Runs(()),
            drops=tuple(flow.drops),
            extent=Span(start, end),
        )
    flow = Flow(source)
    above = page.paths.get(id(outer), "")
    page.paths[id(flow)] = f"{above}/{path}" if above else path
    page.flows.append(flow)  # an id is good only while its owner lives
    inner = PageReader(page, flow, expansion, depth + 1)
    inner.read(behind_tag=behind_tag)
    return finish(inner, Span(start, end))


_ACTIVE: Final = re.compile(r"[\[{<&\n\x7f]|''|:(?! )|__|ISBN|RFC|PMID")
"""What may mean something in a stretch that is one line; without it there is only text."""


def _plain_document(page: Page, start: int, end: int) -> Document:
    """Make the Document of a stretch that is plain text, as most values of infoboxes are."""
    value = page.source[start:end]
    text = value.strip()
    if not text:
        return Document(
            text="",
            source=page.source,
            dialect="wikitext",
            site=page.site.name,
            extent=Span(start, end),
        )
    left = start + value.index(text[0])
    right = left + len(text)
    block = Block("paragraph", Span(0, len(text)), Span(left, end))
    return Document(
        text=text,
        source=page.source,
        dialect="wikitext",
        site=page.site.name,
        blocks=(block,),
        runs=Runs((0, len(text), left, right, 1)),
        extent=Span(start, end),
    )


def finish(reader: Reader, extent: Span, *, top: bool = False) -> Document:
    """Make the Document of what was read; with the notes if it is the page itself."""
    flow, page = reader.flow, reader.page
    flow.close_leaves(extent.end)
    _templates(flow, reader.expansion, page.source)
    flow.nest()
    reader.release()
    fields: dict[str, object] = {"templates": _template_records(flow)}
    if top:
        title = page.title or infer_title(flow)
        fields |= {
            "title": title,
            "title_from": "given" if page.title else "bold" if title else "none",
            "redirect_to": page.redirect_to,
            "footnotes": _footnotes(page, flow),
        }
    document = flow.finish(dialect="wikitext", site=page.site.name, extent=extent, **fields)
    flow.release()
    return document


def _templates(flow: Flow, expansion: Expansion, source: str) -> None:
    """Note the calls that stand on the page, and report those that are dropped."""
    length = flow.reached()
    diagnostics, drops, called = flow.diagnostics, flow.drops, flow.called
    for call in expansion.calls:
        node = call.node
        left, right = node.start, node.end
        start = min(call.start, length)
        action = call.action
        called.append((call.name, action, node, start, call.end))
        if action == "dropped":
            drops += (left, right, len(diagnostics))
            diagnostics.append(
                Diagnostic(
                    "template_dropped",
                    "info",
                    "No handler knows this template.",
                    _new(Span, (left, right)),
                    start,
                    source[left:right],
                )
            )


def _template_records(flow: Flow) -> Deferrable:
    """Return the records of the calls; they are made when somebody asks for them."""
    called, source, length = flow.called, flow.source, flow.reached()

    def outline() -> Iterator[Outline]:
        for name, action, node, start, end in called:
            begin = min(start, length)
            kind = "rendered" if action == "tag" else action
            yield Outline(kind, name, begin, max(begin, min(end, length)), node.start, node.end)

    def make() -> tuple[Template, ...]:
        records: list[Template] = []
        for brief, (_, _, node, *_) in zip(outline(), called, strict=True):
            parts = arguments_of(source, node)
            parameters = tuple(
                [Parameter(key, _new(Span, (a, b)), place, source) for key, a, b, place in parts]
            )
            records.append(
                Template(
                    brief.name,
                    brief.kind,  # type: ignore[arg-type]
                    parameters,
                    _new(Span, (brief.start, brief.end)),
                    _new(Span, (brief.left, brief.right)),
                    source,
                )
            )
        return tuple(records)

    return deferred(make, outline) if called else ()


_new = tuple.__new__  # a Span is made by the thousand, and its own constructor takes twice as long


MANY: Final = 20
"""How many notes without a text are looked for in the texts of others, one by one."""


def _footnotes(page: Page, flow: Flow) -> Deferrable:
    """
    Return the footnotes of a page that was read through.

    Their texts are read when they are asked for: they change nothing of the page. But where a note
    has no text so far, a template that was dropped, or another note that holds its name, may hold
    it.
    """
    notes = page.notes.all
    if not notes:
        return ()
    missing = [note for note in notes if note.body is None and note.marks]
    if missing and page.templates:
        _look_in_dropped(page, flow, missing)
        missing = [note for note in missing if note.body is None]
    source = page.source
    read: Deferrable
    if len(missing) > MANY or any(
        source.find(note.name, *other.body) >= 0
        for note in missing
        for other in notes
        if other.body is not None
    ):
        read = _read_notes(page, flow)
    else:
        texts = [(note.name, note.body or (0, 0)) for note in notes]
        read = deferred(
            lambda: _read_notes(page, flow),
            lambda: (Outline("note", name, 0, 0, *body) for name, body in texts),
        )
    for note in missing:
        if note.body is None:
            _, point, (start, end) = note.marks[0]
            code = "footnote_definition_missing"
            severity, message = CODES[code]
            flow.diagnose(code, message, start, end, severity=severity, offset=point.offset)
    return read


def _look_in_dropped(page: Page, flow: Flow, missing: list[Note]) -> None:
    """Give notes the texts that templates hold which no handler knows: boxes, mostly."""
    sought = {(note.group, note.name): note for note in missing if note.name}
    source = page.source
    work = [call for _, action, call, *_ in reversed(flow.called) if action == "dropped"]
    while work and sought:
        node = work.pop()
        if node.kind != "tag":
            work += reversed(node.children)
        elif node.name == "ref":
            start, end = content(node)
            if not source[start:end].strip():
                continue
            own = _attributes(source, node)
            key = own.get("group", "").strip(), own.get("name", "").strip()
            note = sought.pop(key, None)
            if note is not None:
                note.body = (start, end)
                note.source_span = Span(node.start, node.end)


def _read_notes(page: Page, flow: Flow) -> tuple[Footnote, ...]:
    """Read the texts of the footnotes, and make their records."""
    notes = page.notes.all
    known = len(notes)
    # A text may hold marks of further notes, so the list grows while it is read.
    bodies: list[Document | None] = []
    while len(bodies) < len(notes):
        note = notes[len(bodies)]
        path = f"footnotes/{len(bodies)}"
        bodies.append(
            note.body
            and nested(page, flow, note.depth, *note.body, path, behind_tag=True, words=note.words)
        )
    for note in notes[known:]:
        if note.body is None and note.marks:
            _report_missing(page, note, bodies)
    numbers: dict[str, int] = {}
    for note in notes:
        numbers[note.group] = max(numbers.get(note.group, 0), note.number)
    paths = page.paths
    footnotes: list[Footnote] = []
    for note, document in zip(notes, bodies, strict=True):
        number = note.number
        if not number:
            number = numbers[note.group] = numbers[note.group] + 1
        anchors = tuple(
            Anchor(
                min(point.offset, writer.reached()),  # white space at its end is gone by now
                span,
                "" if writer is flow else paths.get(id(writer), ""),
            )
            for writer, point, span in note.marks
        )
        footnotes.append(
            Footnote(
                number,
                note.name,
                note.group,
                document.text if document is not None else "",
                document is not None and document.text != "",
                anchors,
                document,
                note.source_span,
            )
        )
    return tuple(footnotes)


def _report_missing(page: Page, note: Note, bodies: list[Document | None]) -> None:
    """Say, in the text of the note that holds its mark, that a note has no text."""
    writer, point, span = note.marks[0]
    path = page.paths[id(writer)].split("/")
    index = int(path[1])
    holder = bodies[index]
    if holder is None:
        return
    code = "footnote_definition_missing"
    severity, message = CODES[code]
    at = min(point.offset, writer.reached()) if len(path) == 2 else 0
    found = Diagnostic(code, severity, message, span, at)
    bodies[index] = evolve(holder, diagnostics=(*holder.diagnostics, found))


# ---------------------------------------------------------------- text as it is


def _lines(reader: Reader, start: int, end: int, *, decode: bool, soft: bool) -> None:
    """Write source as text; line ends are soft or stand."""
    flow = reader.flow
    source = reader.page.source
    at = start
    # White space at the start of a block is text in code, but not within an item or a cell.
    put = flow.put if soft or (flow.leaves and flow.leaves[-1].box) else flow.put_code
    pattern = _PLAIN if decode else _LINE_END
    for match in pattern.finditer(source, start, end):
        s, e = match.span()
        if match[0] == "\n":
            if s > at:
                put(at, s)
            if soft:
                flow.soft_end(s, e)
            else:
                flow.put_literal("\n", s, e)
        else:
            value = markup.character(match[0])
            if value is None:
                continue
            if s > at:
                put(at, s)
            flow.put_literal(value, s, e)
        at = e
    if at < end:
        put(at, end)


_LEFT_AS_IT_IS: Final = "A tag that leaves its content as it is."
_PLAIN: Final = re.compile(r"\n|&(?:\#[0-9]++|\#[xX][0-9A-Fa-f]++|[A-Za-z0-9\x80-\U0010ffff]++);")
_LINE_END: Final = re.compile(r"\n")


def _nowiki(reader: Reader, node: Node) -> None:
    start, end = content(node)
    flow = reader.flow
    index = flow.drop("nowiki", _LEFT_AS_IT_IS, node.start, start if start < end else node.end)
    if start < end < node.end:
        flow.also_drop(index, end, node.end)
    entry = flow.open_rule(node.start, node.end, UNCONVERTED)
    _lines(reader, start, end, decode=True, soft=reader.paragraph != "pre")
    flow.close_rule(entry)


def _block(reader: Reader, node: Node, leaf: Leaf, write: Callable[[], None]) -> None:
    """Write a block of its own, or lines of the box around it."""
    flow = reader.flow
    start, end = content(node)
    leaf.marks = (
        [(node.start, start), (end, node.end)] if start <= end else [(node.start, node.end)]
    )
    boundary(reader, node.start)
    leaves = flow.leaves
    inside = bool(leaves) and leaves[-1].box
    if inside:
        for a, b in leaf.marks:
            flow.drop("html_tag_removed", "A tag that leaves no text.", a, b)
        leaf.marks = []
        write()
    else:
        flow.open(leaf)
        write()
        while flow.leaves and leaf in flow.leaves:
            flow.close(node.end)
    boundary(reader, node.end)


def boundary(reader: Reader, source_end: int) -> None:
    """End the block that is open, if it ends by itself."""
    reader.end_quotes_before(source_end)
    reader.end_styles_before(source_end)
    reader.flow.boundary(source_end)


def _pre(reader: Reader, node: Node) -> None:
    start, end = content(node)
    if reader.page.source.startswith("\n", start) and start < end:
        start += 1
    leaf = Leaf("preformatted", node.start)
    _block(reader, node, leaf, lambda: _preformatted(reader, start, end))


def _preformatted(reader: Reader, start: int, end: int) -> None:
    """Write the content of ``<pre>``, which takes pairs of ``<nowiki>`` out of its text."""
    source, at = reader.page.source, start
    opened: re.Match[str] | None = None
    for match in _NOWIKI.finditer(source, start, end):
        if opened is None and not match[1]:
            opened = match
        elif opened is not None and match[1]:
            _lines_and_rules(reader, at, opened.start())
            index = reader.flow.drop("nowiki", _LEFT_AS_IT_IS, *opened.span())
            _lines_and_rules(reader, opened.end(), match.start())
            reader.flow.also_drop(index, *match.span())
            at, opened = match.end(), None
    _lines_and_rules(reader, at, end)


_NOWIKI: Final = re.compile("<(/?)nowiki>", re.IGNORECASE)


def _lines_and_rules(reader: Reader, start: int, end: int) -> None:
    """Write preformatted text, in which rules are the only markup."""
    page, flow = reader.page, reader.flow
    source, site = page.source, page.site
    at = start
    rules = list(_outermost_rules(source, start, end)) if site.variants else []
    # Preformatted text is not converted, unless a rule tears its tags apart.
    whole = None if rules else flow.open_rule(start, end, UNCONVERTED)
    for left, right in rules:
        _lines(reader, at, left, decode=True, soft=False)
        rule = read_rule(source, left, right, site)
        what = shown(rule, page.chosen_variant, site, source)
        entry = _open_rule(flow, rule, what)
        if isinstance(what, Span):
            _lines(reader, *what, decode=True, soft=False)
        else:
            flow.put_literal(what, right, right)
        flow.close_rule(entry)
        at = right
    _lines(reader, at, end, decode=True, soft=False)
    if whole is not None:
        flow.close_rule(whole)


def _outermost_rules(source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    open_: list[int] = []
    for match in _RULE.finditer(source, start, end):
        if match[0] == "-{":
            open_.append(match.start())
        elif open_:
            left = open_.pop()
            if not open_:
                yield left, match.end()


_RULE: Final = re.compile(r"-\{|\}-")


def _code(reader: Reader, node: Node) -> None:
    start, end = content(node)
    attributes = given(reader, node)
    source = reader.page.source
    flow = reader.flow
    if "inline" in attributes or attributes.get("enclose") == "none":
        value = source[start:end]
        start += len(value) - len(value.lstrip())
        end = max(start, end - len(value) + len(value.rstrip()))
        place = flow.position
        _lines(reader, start, end, decode=False, soft=False)
        flow.style("code", min(place, flow.reached()), node.start, node.end)
        return
    while start < end and source[start] == "\n":
        start += 1
    while end > start and source[end - 1].isspace():
        end -= 1
    leaf = Leaf("code", node.start, marker=attributes.get("lang", ""))
    _block(reader, node, leaf, lambda: _unconverted_lines(reader, start, end))


def _unconverted_lines(reader: Reader, start: int, end: int) -> None:
    entry = reader.flow.open_rule(start, end, UNCONVERTED)
    _lines(reader, start, end, decode=False, soft=False)
    reader.flow.close_rule(entry)


def _math(reader: Reader, node: Node) -> None:
    reader.math(node)


# ---------------------------------------------------------------- wikitext inside


def _inner(reader: Reader, start: int, end: int) -> Reader:
    """Return a reader of a stretch of the source that writes into the same flow."""
    page: Page = reader.page
    expansion = expand(page, start, end, scan(page.source, start, end, page.tags))
    return PageReader(page, reader.flow, expansion, reader.depth + 1)


_CAPTION: Final = re.compile(r"""(?i:caption)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")


def _poem(reader: Reader, node: Node) -> None:
    start, end = content(node)
    if reader.depth >= reader.page.max_depth:
        reader.flow.drop("too_deep", "Texts nest too deep.", node.start, node.end)
        return

    def write() -> None:
        source = reader.page.source
        left, right = start, end
        if source.startswith("\n", left):
            left += 1
        if right > left and source[right - 1] == "\n":
            right -= 1
        inner = _inner(reader, left, right)
        inner.poem = True
        inner.read()
        _templates(reader.flow, inner.expansion, source)

    _block(reader, node, Leaf("poem", node.start, box=True), write)


_BAR: Final = re.compile(r"\|")
_BAR_OR_CALL: Final = re.compile(r"\||\{\{\s*+!\s*+\}\}")


def _gallery(reader: Reader, node: Node) -> None:
    """Read a gallery: a file a line, with what stands behind it."""
    source = reader.page.source
    flow = reader.flow
    start, end = content(node)
    boundary(reader, node.start)
    index = flow.drop(
        "gallery", "Markup of a gallery.", node.start, start if start <= end else node.end
    )
    if reader.depth >= reader.page.max_depth:
        flow.drop("too_deep", "Texts nest too deep.", start, node.end)
        return
    named = _CAPTION.search(source, node.start, start) if node.attributes is None else None
    if named and start <= end:
        which = 1 if named[1] is not None else 2
        inner = _inner(reader, *named.span(which))
        inner.label(0, len(inner.text))
        inner.close_all(len(inner.text))
        _templates(flow, inner.expansion, source)
        boundary(reader, named.end())
    # What ``#tag:`` is given is expanded before it is a gallery.
    bars = _BAR if node.attributes is None else _BAR_OR_CALL
    at = start
    while at < end:
        stop = source.find("\n", at, end)
        if stop < 0:
            stop = end
        bar = bars.search(source, at, stop)
        raw = source[at : bar.start() if bar else stop]
        title = reader.site.title(raw, default_namespace=FILE)
        if not raw.strip() or not title.valid:
            if source[at:stop].strip():
                flow.drop("gallery", "A line of a gallery that names no file.", at, stop)
            at = stop + 1
            continue
        inner = _inner(reader, bar.end() if bar else stop, stop)
        text = inner.text
        caption: tuple[int, int] | None = None
        alt = ""
        options: list[str] = []
        if text.strip():
            for part in inner.options(-1, len(text)):
                a, b = inner.trimmed(*part)
                found = reader.site.image_option(text[a:b])
                if found is not None and found[0] in ("img_alt", "img_link"):
                    options.append(text[a:b])
                    if found[0] == "img_alt":
                        alt = markup.decode(found[1])
                    continue
                caption = (a, b)
        inner.gallery_line(at, stop, title.text, caption, alt, tuple(options))
        inner.close_all(len(text))
        _templates(flow, inner.expansion, source)
        at = stop + 1
    if start <= end:
        flow.also_drop(index, end, node.end)
    boundary(reader, node.end)


def _imagemap(reader: Reader, node: Node) -> None:
    """Read a map of an image: its first line is a file link without brackets."""
    source = reader.page.source
    flow = reader.flow
    start, end = content(node)
    line = start
    while line < end and (source[line].isspace() or source[line] == "#"):
        stop = source.find("\n", line, end) if source[line] == "#" else line
        line = end if stop < 0 else stop + 1
    stop = source.find("\n", line, end)
    stop = end if stop < 0 else stop
    boundary(reader, node.start)
    if line < stop and reader.depth < reader.page.max_depth:
        inner = _inner(reader, line, stop)
        text = inner.text
        bar = text.find("|")
        title = reader.site.title(text if bar < 0 else text[:bar])
        if title.valid and title.namespace == FILE:
            inner.file(-2, bar if bar >= 0 else len(text), len(text), len(text))
            flow.media[-1] = attrs.evolve(flow.media[-1], source_span=Span(node.start, node.end))
            inner.close_all(len(text))
            _templates(flow, inner.expansion, source)
            boundary(reader, node.end)
            return
    flow.drop("tag_dropped", "A tag that leaves no text.", node.start, node.end)
    boundary(reader, node.end)


def _inputbox(reader: Reader, node: Node) -> None:
    """Read a form: it stands on lines of its own and has no text."""
    boundary(reader, node.start)
    message = "A tag that leaves no text."
    reader.flow.drop("tag_dropped", message, node.start, node.end)


# ---------------------------------------------------------------- notes


def _ref(reader: Reader, node: Node) -> None:
    page = reader.page
    flow = reader.flow
    attributes = given(reader, node)
    name = attributes.get("name", "").strip()
    group = attributes.get("group", "").strip()
    start, end = content(node)
    span = Span(node.start, node.end)
    blank = not page.source[start:end].strip()
    if not name and blank:
        flow.drop("empty_note", "A footnote without text or name.", node.start, node.end)
        return
    if reader.depth >= page.max_depth:
        flow.drop("too_deep", "Footnotes nest too deep.", node.start, node.end)
        return
    note = page.notes.note(group, name or attributes.get("follow", "").strip())
    if not blank and note.body is None and note.source_span is None:
        note.body = (start, end)
        note.depth = reader.depth
        note.words = node.words
        note.source_span = span
    elif not blank:
        flow.drop("note_twice", "A footnote of this name has a text already.", node.start, node.end)
    page.notes.use(note, flow, span)
    if id(flow) in page.paths:
        flow.drop("note_mark", "The mark of a footnote of the page.", node.start, node.end)


def _references(reader: Reader, node: Node) -> None:
    """Read a list of references: the notes it defines, and nothing else."""
    page = reader.page
    flow = reader.flow
    attributes = given(reader, node)
    group = attributes.get("group", "").strip()
    start, end = content(node)
    if page.notes.all or start < end:
        boundary(reader, node.start)  # An empty list is nothing at all.
    flow.drop("references_placeholder", "The list of footnotes.", node.start, node.end)
    if start >= end:
        return
    # Templates and parser functions make notes, too, so what they leave is looked at.
    listed = expand(page, start, end, scan(page.source, start, end, page.tags))
    for inner in listed.items.values():
        if inner.kind != "tag" or inner.name != "ref":
            continue
        own = given(reader, inner)
        name = own.get("name", "").strip()
        a, b = content(inner)
        if not name or not page.source[a:b].strip():
            continue
        note = page.notes.note(own.get("group", "").strip() or group, name)
        if note.body is None:
            note.body = (a, b)
            note.depth = reader.depth
            note.words = inner.words
            note.source_span = Span(inner.start, inner.end)


# ---------------------------------------------------------------- others


def _variant(reader: Reader, node: Node, s: int) -> None:
    """Account for the markup of ``-{ }-``; what it shows is in the text of the expansion."""
    flow = reader.flow
    rules = reader.rules.get(s)
    if rules is None:
        entry = reader.rule_entries.get(reader.rule_starts.get(s, -1))
        if entry is not None:
            flow.close_rule(entry)
        else:
            # Its beginning went with other markup, as the attributes of a table.
            flow.drop("variant_text", _CONVERTER, node.inner_end, node.end)
        return
    reader.rule_entries[s] = _open_rule(flow, *rules)


_CONVERTER: Final = "Markup of the language converter, and what it shows in other variants."


def _open_rule(flow: Flow, rule: Rule, what: Span | str) -> int:
    """Account for the markup of a rule, and enter it; what it shows comes next."""
    left, right = rule.source_span
    code = "variant_text" if not rule.texts and not rule.one_way else "variant_resolved"
    if isinstance(what, str) or what.start >= what.end:
        flow.drop(code, _CONVERTER, left, right)
    else:
        index = flow.drop(code, _CONVERTER, left, what.start)
        flow.also_drop(index, what.end, right)
    return flow.open_rule(left, right, MARKUP)


def _infobox(reader: Reader, node: Node, s: int) -> None:
    """Take an infobox out of the text."""
    call = reader.expansion.infoboxes.get(s)
    if call is None:
        return
    page, flow = reader.page, reader.flow
    number = len(flow.infoboxes)
    flow.infoboxes.append(Infobox(call.name, (), Span(node.start, node.end)))
    fields: list[Field] = []
    for item in call.arguments:
        cut = without_spaces(call, item)
        if cut.start >= cut.end:
            continue
        where = (page, flow, reader.depth, cut.start, cut.end, f"infoboxes/{number}/{len(fields)}")
        if reader.depth < page.max_depth and _is_alone(page.source[cut.start : cut.end]):
            body: Deferrable = deferred(partial(nested, *where))
        else:
            body = nested(*where)
        if body is not None:
            fields.append(Field(item.name, body))
    call.release()
    flow.infoboxes[number] = Infobox(call.name, tuple(fields), Span(node.start, node.end))


def _is_alone(value: str) -> bool:
    """Whether to read a stretch changes nothing of the page: no note, no number of a link."""
    return (
        "{{" not in value
        and ("<" not in value or _REMOVED_OR_NOTE.search(value) is None)
        and ("[" not in value or (":" not in value and "//" not in value))
    )


_REMOVED_OR_NOTE: Final = re.compile(r"<(?:!--|/?(?i:ref|noinclude|onlyinclude|includeonly))")
"""Tags of notes, and those that go before anything is read, so that what is around them meets."""


TAGS: Final[Mapping[str, Callable[[Reader, Node], None]]] = MappingProxyType(
    {
        "nowiki": _nowiki,
        "pre": _pre,
        "syntaxhighlight": _code,
        "source": _code,
        "math": _math,
        "chem": _math,
        "ce": _math,
        "poem": _poem,
        "gallery": _gallery,
        "imagemap": _imagemap,
        "inputbox": _inputbox,
        "ref": _ref,
        "references": _references,
    }
)
"""What is read of a tag, by its name; other extension tags leave no text."""
