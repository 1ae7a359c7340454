"""
Random Documents, built the way parsers build them: through a Writer, from a source made for it.

The source's markup is of no dialect; every character of it is text, claimed by a record, or white
space, so that all laws of a Document hold for what is drawn.
"""

from array import array
from collections.abc import Callable, Sequence
from typing import Any, get_args

from hypothesis import strategies as st

from wikiclean.document import (
    Anchor,
    Category,
    Document,
    Field,
    Footnote,
    Infobox,
    Interlanguage,
    Link,
    LinkKind,
    Math,
    Media,
    Parameter,
    Span,
    Style,
    StyleKind,
    Template,
)
from wikiclean.parsers.writer import LINE, PART, Writer

ACTIVE = "\\`*_[]{}()<>&#+-.!|~$^=:;'\"/%@"
"""Characters that some markup gives a meaning."""
LETTERS = "aZé1 9 　の中文《》，。、（）「」한😀𠮷\u0301\xa0"

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    "&lt;b&gt;",
    "&amp;#60;",
    "]]>",
    "-->",
    "</article>",
    "[a](javascript:alert(1))",
    "![a](b)",
    "```",
    "~~~",
    "***",
    "1. a",
    "- a",
    "# a #",
    "===",
    "---",
    "| a |",
    "[^1]: a",
    "<b>",
    "http://a_b_c/",
    "\\",
    "$$",
)
TARGETS = (
    "javascript:alert(1)",
    "JaVa\tScRiPt:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "https://example.org/a b\"'<>",
    "//example.org/|",
    "mailto:a@b.c",
    "http://a/\\)>",
    "中文 (消歧義)",
    'A"B<C>',
)

texts = st.one_of(
    st.text(alphabet=LETTERS, min_size=1, max_size=8),
    st.text(alphabet=ACTIVE + LETTERS, min_size=1, max_size=8),
    st.sampled_from(HOSTILE),
)

Step = Callable[[Writer], None]


class Builder:
    """A source in the making, and the steps that write the Document once the source is whole."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any], notes: int) -> None:
        self.draw = draw
        self.pieces: list[str] = []
        self.length = 0
        self.steps: list[Step] = []
        self.anchors: list[list[Anchor]] = [[] for _ in range(notes)]
        self.owner = ""

    def put(self, value: str) -> Span:
        """Append to the source."""
        start = self.length
        self.pieces.append(value)
        self.length += len(value)
        return Span(start, self.length)

    @property
    def source(self) -> str:
        """The source so far."""
        return "".join(self.pieces)

    # ------------------------------------------------------------ inline

    def inlines(self, depth: int = 2, *, least: int = 1) -> None:
        """Write inline constructs."""
        for _ in range(self.draw(st.integers(least, 3))):
            self.inline(depth)

    def inline(self, depth: int) -> None:
        """Write one inline construct."""
        kinds = ["text", "text", "text", "entity", "break", "note", "drop", "template", "math"]
        if depth:
            kinds += ["link", "link", "style", "style"]
        getattr(self, f"_{self.draw(st.sampled_from(kinds))}")(depth)

    def _text(self, _: int) -> None:
        span = self.put(self.draw(texts))
        self.steps.append(lambda w: w.text(*span))

    def _entity(self, _: int) -> None:
        value = self.draw(st.sampled_from("<&中 _*"))
        span = self.put("&x;")
        self.steps.append(lambda w: w.literal(value, *span))

    def _break(self, _: int) -> None:
        span = self.put("<br>")
        self.steps.append(lambda w: w.line_break(*span))

    def _note(self, _: int) -> None:
        if not self.anchors:
            return
        anchors = self.anchors[self.draw(st.integers(0, len(self.anchors) - 1))]
        span, owner = self.put("^^"), self.owner
        self.steps.append(lambda w: anchors.append(Anchor(w.position, span, owner)))

    def _drop(self, _: int) -> None:
        span = self.put("<!---->")
        self.steps.append(lambda w: void(w.drop("comment", "A comment.", *span)))

    def _template(self, _: int) -> None:
        span = self.put("{{t|v}}")
        value = Span(span.start + 4, span.end - 2)

        def step(w: Writer) -> None:
            here = Span(w.position, w.position)
            parameter = Parameter("1", value, positional=True, source=w.source)
            w.templates.append(Template("T", "dropped", (parameter,), here, span))

        self.steps.append(step)

    def _math(self, _: int) -> None:
        start = self.put("$").start
        tex = self.put(self.draw(st.sampled_from(["x", "a_b", "|x|", "\\$", "a\\", "x$y", "\\|"])))
        end = self.put("$").end

        def step(w: Writer) -> None:
            begin = w.position
            w.text(*tex)
            w.math.append(
                Math(
                    w.since(begin),
                    display=False,
                    span=Span(begin, w.position),
                    source_span=Span(start, end),
                )
            )

        self.steps.append(step)

    def _link(self, depth: int) -> None:
        kind: LinkKind = self.draw(st.sampled_from(get_args(LinkKind)))
        target = self.draw(st.sampled_from(TARGETS) | texts)
        fragment = self.draw(st.sampled_from(["", 'a"b', "中"]))
        interwiki = self.draw(st.sampled_from(["en", "wikt", "evil.example", "x/y"]))
        start, begin = self.put("[[").start, self._remember()
        self.inlines(depth - 1, least=0)
        end = self.put("]]").end

        def step(w: Writer) -> None:
            first = min(begin(), w.position)
            span = Span(first, w.position)
            w.links.append(
                Link(
                    w.since(first),
                    target,
                    fragment,
                    kind,
                    "wikitext",
                    span,
                    Span(start, end),
                    interwiki=interwiki if kind == "interwiki" else "",
                )
            )

        self.steps.append(step)

    def _style(self, depth: int) -> None:
        kind: StyleKind = self.draw(st.sampled_from(get_args(StyleKind)))
        start, begin = self.put("''").start, self._remember()
        self.inlines(depth - 1, least=0)
        end = self.put("''").end

        def step(w: Writer) -> None:
            w.style(kind, begin(), start, end)

        self.steps.append(step)

    def _remember(self) -> Callable[[], int]:
        """Note where the text stands when the step made here is reached."""
        noted: list[int] = []
        self.steps.append(lambda w: noted.append(w.position))
        return lambda: noted[-1]

    # ------------------------------------------------------------ blocks

    def block(
        self, kind: str, body: Callable[[], None], *, level: int = 0, marker: str = ""
    ) -> Callable[[], Span]:
        """Write a block with its marker; return what tells its span afterwards."""
        opening = self.put(marker or "¶")
        index: list[int] = []
        known = [0] * len(self.anchors)
        first: list[int] = []

        def begin(w: Writer) -> None:
            known[:] = [len(a) for a in self.anchors]
            first.append(w.position)
            index.append(w.open_block(kind, opening.start, level=level, marker=marker))  # type: ignore[arg-type]
            w.mark(index[0], *opening)

        spans: list[Span] = []
        self.steps.append(begin)
        body()
        end = self.length

        def close(w: Writer) -> None:
            w.close_block(index[0], end)
            last = w.position
            for anchors, count in zip(self.anchors, known, strict=True):
                for i in range(count, len(anchors)):
                    a = anchors[i]
                    anchors[i] = Anchor(min(a.offset, last), a.source_span, a.owner)
            spans.append(Span(min(first[0], last), last))

        self.steps.append(close)
        return lambda: spans[0]

    def part(self, separator: str) -> None:
        """Say what parts the next block from this one."""
        self.put("\n")
        self.steps.append(lambda w: w.part(separator))

    def blocks(self, depth: int = 1, *, most: int = 4) -> None:
        """Write blocks."""
        kinds = ["paragraph", "paragraph", "items", "items", "heading", "leaf"]
        if depth:
            kinds += ["table", "quote", "thumb"]
        for i in range(self.draw(st.integers(1, most))):
            if i:
                self.part(PART)
            getattr(self, f"_{self.draw(st.sampled_from(kinds))}")(depth)

    def _paragraph(self, _: int) -> None:
        self.block("paragraph", self.inlines)

    def _heading(self, _: int) -> None:
        self.block("heading", self.inlines, level=self.draw(st.integers(1, 6)))

    def _leaf(self, _: int) -> None:
        kind = self.draw(st.sampled_from(["code", "math", "preformatted", "poem", "hatnote"]))
        language = self.draw(st.sampled_from(["", "c++", 'x" onclick="', "py thon"]))
        plain = kind in ("code", "math")
        self.block(
            kind,
            (lambda: self._text(0)) if plain else self.inlines,
            marker=language if kind == "code" else "",
        )

    def _items(self, _: int) -> None:
        for i in range(self.draw(st.integers(1, 4))):
            if i:
                self.part(LINE)
            chain = self.draw(st.text("*#:", max_size=3)) + self.draw(st.sampled_from("*#;:"))
            kind = {";": "term", ":": "definition"}.get(chain[-1], "item")
            self.block(kind, self.inlines, level=len(chain), marker=chain)

    def _quote(self, depth: int) -> None:
        self.block("quote", lambda: self.blocks(depth - 1, most=2), level=1)

    def _thumb(self, _: int) -> None:
        start = self.put("[[File:").start
        shown = self.draw(st.booleans())
        if not shown:
            caption = self.nested("media", self.inlines)
        else:
            span = self.block("caption", self.inlines)
        end = self.put("]]").end

        def step(w: Writer) -> None:
            if shown:
                where = span()
                stands = where.start < where.end
                w.media.append(
                    Media(
                        "F.png",
                        "thumb",
                        where.start,
                        Span(start, end),
                        where if stands else None,
                    )
                )
            else:
                w.media.append(
                    Media("F.png", "inline", w.position, Span(start, end), None, caption(w.source))
                )

        self.steps.append(step)

    def _table(self, depth: int) -> None:
        rows, columns = self.draw(st.integers(1, 3)), self.draw(st.integers(1, 3))
        header_rows = self.draw(st.integers(0, 1))
        wide = columns > 1 and self.draw(st.booleans())
        start, begin = self.put("{|").start, self._remember()
        captioned = self.draw(st.booleans())
        if captioned:
            caption = self.block("caption", lambda: self.inlines(1))
            self.put("\n")
        places: list[tuple[int, int, Callable[[], Span], Span]] = []
        for row in range(rows):
            for column in range(columns):
                if column or row or captioned:
                    separator = "\t" if column else "\n"
                    self.put("\n")
                    self.steps.append(lambda w, s=separator: w.layout(s))  # type: ignore[misc]
                if wide and row == 0 and column:
                    continue
                first = self.length
                marker = "!" if row < header_rows else "|"
                span = self.block("cell", lambda: self._cell_content(depth), marker=marker)
                places.append((row, column, span, Span(first, self.length)))
        end = self.put("|}").end

        def step(w: Writer) -> None:
            cells = array("i")
            last = w.position
            for r, c, place, source in places:
                span, over = place(), columns if wide and r == 0 else 1
                cells.extend([r, c, 1, over, r < header_rows, *span, *source])
                last = max(last, span.end)
            whole = Span(min(begin(), last), last)
            shown = caption() if captioned else None
            if shown is not None and shown.start == shown.end:
                shown = None
            w.table(whole, (start, end), (rows, columns, header_rows), shown, cells)

        self.steps.append(step)

    def _cell_content(self, depth: int) -> None:
        what = self.draw(st.sampled_from(["inline", "inline", "empty", "items"]))
        if what == "inline":
            self.inlines(1)
        elif what == "items":
            self._items(depth)

    # ------------------------------------------------------------ what is not in the text

    def nested(self, owner: str, body: Callable[[], None]) -> Callable[[str], Document]:
        """Write a Document of its own; return what makes it from the whole source."""
        outer, self.steps = self.steps, []
        outer_owner, self.owner = self.owner, owner
        start = self.length
        kept, self.anchors = self.anchors, self.anchors if owner.startswith("footnotes") else []
        self.block("paragraph", body)
        self.anchors = kept
        steps, self.steps = self.steps, outer
        self.owner = outer_owner
        extent = Span(start, self.length)

        def make(source: str) -> Document:
            writer = Writer(source)
            for step in steps:
                step(writer)
            return writer.finish(dialect="wikitext", site="zhwiki", extent=extent)

        return make


def void(_: object) -> None:
    """Return nothing."""


@st.composite
def documents(draw: Any, most: int = 4) -> Document:  # noqa: ANN401 - Hypothesis's own
    """Return a random page of up to *most* blocks, with notes, an infobox and categories."""
    notes = draw(st.integers(0, 3))
    b = Builder(draw, notes)
    b.blocks(most=most)
    made: list[tuple[Callable[[str], Document] | None, Span]] = []
    for i in range(notes):
        b.put("\n")
        start = b.put("note:").start
        body = b.nested(f"footnotes/{i}", b.inlines) if draw(st.booleans()) else None
        made.append((body, Span(start, b.put(";").end)))
    b.put("\n")
    box_start = b.put("{{box|").start
    boxed = [b.nested("infobox", b.inlines) for _ in range(draw(st.integers(0, 2)))]
    box_end = b.put("}}").end
    category, language = b.put("[[Category:甲]]"), b.put("[[en:A]]")

    source = b.source
    writer = Writer(source)
    for step in b.steps:
        step(writer)
    bodies = [body(source) if body else None for body, _ in made]
    for i, (body, (_, span)) in enumerate(zip(bodies, made, strict=True)):
        group = draw(st.sampled_from(["", "", "註"]))
        writer.footnotes.append(
            Footnote(
                i + 1,
                "n" if i % 2 else "",
                group,
                body.text if body else "",
                body is not None,
                tuple(sorted(b.anchors[i], key=lambda a: (a.owner, a.offset))),
                body,
                span,
            )
        )
    fields = tuple(Field(f"k{i}", make(source)) for i, make in enumerate(boxed))
    writer.infoboxes.append(Infobox("Box", fields, Span(box_start, box_end)))
    writer.categories.append(Category("甲", "", category))
    writer.interlanguage.append(Interlanguage("en", "A", language))
    return writer.finish(
        dialect="wikitext",
        site=draw(st.sampled_from(["zhwiki", "enwiki", "nowhere"])),
        title=draw(st.sampled_from([None, "標題"])),
    )


def laminar(spans: Sequence[Span]) -> bool:
    """Whether any two spans are apart or one holds the other."""
    open_: list[int] = []
    for start, end in sorted(spans, key=lambda s: (s[0], -s[1])):
        while open_ and open_[-1] <= start:
            open_.pop()
        if open_ and end > open_[-1]:
            return False
        open_.append(end)
    return True


def inline_spans(document: Document) -> list[Span]:
    """Return the spans of links, styles and formulas that have text."""
    records: list[Link | Style | Math] = [*document.links, *document.styles, *document.math]
    return [r.span for r in records if r.span.start < r.span.end]
