"""
A Document as CommonMark, with pipe tables, ``[^1]`` notes and ``$…$`` formulas.

Here live the forms and the escapes. A reader of CommonMark gets the text of the Document back, and
no character of it as markup. What Markdown has no sign for is written as an inline HTML element.
"""

# ruff: noqa: S101 - the tag of an event says what its record is.

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, assert_never

from wikiclean.document import Block, Cell, Document, Link, Table
from wikiclean.renderers.addresses import address
from wikiclean.renderers.events import Close, Event, Formula, Mark, Marks, Open, events, marks_of
from wikiclean.renderers.events import Text as Characters

_SIGNS: Final = MappingProxyType({"bold": "**", "italic": "*"})
_ELEMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bold": "b",
        "italic": "i",
        "underline": "u",
        "strike": "s",
        "small": "small",
        "big": "big",
        "sub": "sub",
        "sup": "sup",
        "mark": "mark",
        "quote": "q",
        "ruby": "ruby",
    }
)
"""What a style is where it has no sign, or where a reader would not take the sign for one."""

_ACTIVE: Final = re.compile(
    r"""(?x)
    [\\`*\[\]<|~$^]
    | (?<![^\W_]) _ | _ (?![^\W_])     # between letters or digits it is never markup
    | & (?= [#A-Za-z] )
    """
)
_BLOCK_START: Final = re.compile(
    r"""(?x)
    (?: [#]{1,6} (?=\s|$) | > | [-+] (?=\s|$) | [-=:|+][-=:|+ \\]* $ | :{1,3} (?=\s) )
    """
)
_NUMBERED: Final = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_CLOSING_SIGNS: Final = re.compile(r"(?:(?<=\s)|^)#+$")
_ENTITY: Final = re.compile(r"&(?=#?[A-Za-z0-9]++;)")
_RUN_OF_TICKS: Final = re.compile(r"`+")
_FENCE: Final = re.compile(r"^ *(`{3,})", re.MULTILINE)
_UNNAMED: Final = re.compile(r"[^A-Za-z0-9+#_.-]+")
_BLANK_LINES: Final = re.compile(r"\n\s*\n")
_PLAIN_DOLLAR: Final = re.compile(r"(?<!\\)(?:\\\\)*\$")


def to_markdown(document: Document) -> str:
    """
    Return the page as Markdown; its title is not in it, as it is not in the text.

    Bold and italic are ``**`` and ``*`` where the rules of CommonMark let a reader see them so;
    they do not beside CJK punctuation (``**《甲》**，`` is not bold), and there ``<b>`` and ``<i>``
    stand. A definition list becomes a bullet list, preformatted text a code block. A table has one
    header row, a spanned cell's text stands once, a line break in a cell is ``<br>``. A formula
    that ``$`` cannot hold becomes code, and of the formatting within code its links stay. A note
    without text is defined as empty.
    """
    marks = marks_of(document)
    writer = _Writer(document)
    writer.write(document, marks.get("", ()))
    if marks:
        for index, note in enumerate(document.footnotes):
            writer.begin_note(index + 1)
            if note.body is not None:
                writer.write(note.body, marks.get(f"footnotes/{index}", ()))
            elif note.text:
                writer.paragraph(note.text)
            writer.end_note()
    return "".join(f"{line}\n" for line in writer.lines)


# ---------------------------------------------------------------- inline


class _Plain(NamedTuple):
    """Text, not escaped yet."""

    value: str


class _Raw(NamedTuple):
    """Markdown that stands as it is; *sort* tells neighbours what it must not touch."""

    value: str
    sort: Literal["link", "link-end", "code", "math", "mark"]


class _Sign(NamedTuple):
    """The beginning or the end of a style."""

    kind: str
    opens: bool
    pair: int


_Token = _Plain | _Raw | _Sign


class _Line:
    """The inline content of one block in the making."""

    def __init__(self, document: Document) -> None:
        self._document: Final = document
        self._tokens: list[_Token] = []
        self._pairs: list[int] = []
        self._next_pair = 0
        self._code: list[str] | None = None
        self._links: list[str] = []

    def event(self, event: Event) -> None:
        match event:
            case Characters():
                self.text(event.value)
            case Formula():
                self._formula(event.value)
            case Mark():
                self._tokens.append(_Raw(f"[^{event.note + 1}]", "mark"))
            case Open():
                self._open(event)
            case Close():
                self._close(event)
            case _:
                assert_never(event)

    def text(self, value: str) -> None:
        value = value.replace("\r", " ")
        if self._code is not None:
            self._code.append(value)
        elif self._tokens and isinstance(self._tokens[-1], _Plain):
            self._tokens[-1] = _Plain(self._tokens[-1].value + value)
        else:
            self._tokens.append(_Plain(value))

    def _formula(self, value: str) -> None:
        if self._code is not None:
            self._code.append(value)
            return
        tex = " ".join(value.split())
        backslashes = len(tex) - len(tex.rstrip("\\"))
        if not tex or _PLAIN_DOLLAR.search(tex) or backslashes % 2:
            self._tokens.append(_Raw(value, "code"))
        else:
            self._tokens.append(_Raw(f"${tex}$", "math"))

    def _open(self, event: Open) -> None:
        if event.tag == "style" and event.kind == "code":
            self._code = []
        elif isinstance(event.record, Link):
            href = address(event.record, self._document)
            self._links.append(_destination(href) if href else "")
            if href:
                self._bracket("[", "link")
        elif self._code is None:
            self._pairs.append(self._next_pair)
            self._tokens.append(_Sign(event.kind, opens=True, pair=self._next_pair))
            self._next_pair += 1

    def _close(self, event: Close) -> None:
        if event.tag == "style" and event.kind == "code":
            self._end_code()
            self._code = None
        elif isinstance(event.record, Link):
            href = self._links.pop()
            if href:
                self._bracket(f"]({href})", "link-end")
        elif self._code is None:
            self._tokens.append(_Sign(event.kind, opens=False, pair=self._pairs.pop()))

    def _bracket(self, value: str, sort: Literal["link", "link-end"]) -> None:
        """Write what begins or ends a link; code around it ends there and begins anew."""
        self._end_code()
        self._tokens.append(_Raw(value, sort))

    def _end_code(self) -> None:
        if self._code:
            self._tokens.append(_Raw("".join(self._code), "code"))
            self._code = []

    def finish(self, line_feed: str, *, in_cell: bool = False) -> str:
        """Return the Markdown; *line_feed* is what a line break becomes."""
        tokens = _joined(self._tokens)
        parts: list[str] = []
        for i, token in enumerate(tokens):
            before = tokens[i - 1] if i else None
            after = tokens[i + 1] if i + 1 < len(tokens) else None
            if isinstance(token, _Plain):
                parts.append(_escaped(token.value, before, after))
            elif isinstance(token, _Raw):
                value = _code_span(token.value) if token.sort == "code" else token.value
                if in_cell:
                    value = value.replace("|", "\\|")
                if token.sort == "math" and isinstance(before, _Raw) and before.sort == "math":
                    value = f"<!-- -->{value}"  # $a$$b$ would be one formula of two dollars
                parts.append(value)
            else:
                parts.append("")
        _write_signs(tokens, parts)
        lines = "".join(parts).split("\n")
        return line_feed.join(_edges(line) for line in lines)


def _joined(tokens: list[_Token]) -> list[_Token]:
    """Join code to code: between two spans of it there is nothing to part their backticks."""
    done: list[_Token] = []
    for token in tokens:
        last = done[-1] if done else None
        if isinstance(token, _Raw) and isinstance(last, _Raw) and token.sort == last.sort == "code":
            done[-1] = _Raw(last.value + token.value, "code")
        elif not (isinstance(token, _Raw) and token.sort == "code" and not token.value.strip()):
            done.append(token)
        else:
            done.append(_Plain(token.value))
    return done


def _escaped(value: str, before: _Token | None, after: _Token | None) -> str:
    result = _ACTIVE.sub(r"\\\g<0>", value)
    if result.endswith("!") and isinstance(after, _Raw) and after.sort in ("link", "mark"):
        result = result[:-1] + "\\!"
    if isinstance(before, _Raw):
        if before.sort == "mark" and result[:1] in (":", "("):
            result = "\\" + result
        elif before.sort == "math" and result[:1].isdigit():
            result = f"<!-- -->{result}"
    return result


def _code_span(value: str) -> str:
    value = value.replace("\n", " ")
    if not value.strip():
        return value
    runs = {len(run) for run in _RUN_OF_TICKS.findall(value)}
    fence = "`" * next(n for n in range(1, len(value) + 2) if n not in runs)
    # A reader takes one space off both ends if there is one at both.
    pad = " " if value[0] in " `" or value[-1] in " `" else ""
    return f"{fence}{pad}{value}{pad}{fence}"


def _destination(href: str) -> str:
    # An address holds nothing else that acts between these: ``addresses`` writes it in ``%XX``.
    return f"<{_ENTITY.sub('&amp;', href)}>"


def _write_signs(tokens: list[_Token], parts: list[str]) -> None:
    """Write styles as ``**`` and ``*`` where a reader would see them, else as elements."""
    places: dict[int, list[int]] = {}
    for i, token in enumerate(tokens):
        if isinstance(token, _Sign):
            places.setdefault(token.pair, []).append(i)
    plain: set[int] = set()  # the pairs that stay signs
    touched: set[int] = set()  # tokens next to a sign, which must not be one too
    for pair, ends in places.items():
        sign = tokens[ends[0]]
        assert isinstance(sign, _Sign)
        if (
            sign.kind in _SIGNS
            and len(ends) == 2
            and ends[0] + 1 < ends[1]
            and not touched.intersection(ends)
            and not isinstance(tokens[ends[0] + 1], _Sign)
            and not isinstance(tokens[ends[1] - 1], _Sign)
        ):
            plain.add(pair)
            touched.update(place + step for place in ends for step in (-1, 1))
    for token, i in ((token, i) for i, token in enumerate(tokens) if isinstance(token, _Sign)):
        if token.pair not in plain and token.kind in _ELEMENTS:
            slash = "" if token.opens else "/"
            parts[i] = f"<{slash}{_ELEMENTS[token.kind]}>"
    for pair in plain:
        first, last = places[pair]
        sign = tokens[first]
        assert isinstance(sign, _Sign)
        around = (
            _last_character(parts, first - 1),
            _first_character(parts, first + 1),
            _last_character(parts, last - 1),
            _first_character(parts, last + 1),
        )
        if _flanks(around[0], around[1]) and _flanks(around[3], around[2]):
            parts[first] = parts[last] = _SIGNS[sign.kind]
        else:
            name = _ELEMENTS[sign.kind]
            parts[first], parts[last] = f"<{name}>", f"</{name}>"


def _last_character(parts: list[str], i: int) -> str:
    while i >= 0 and not parts[i]:
        i -= 1
    return parts[i][-1] if i >= 0 else "\n"


def _first_character(parts: list[str], i: int) -> str:
    while i < len(parts) and not parts[i]:
        i += 1
    return parts[i][0] if i < len(parts) else "\n"


def _flanks(outside: str, inside: str) -> bool:
    """Whether a run of ``*`` between these two is a delimiter towards *inside*."""
    if inside.isspace() or inside == "*" or outside == "*":
        return False
    return not _is_punctuation(inside) or _is_white(outside) or _is_punctuation(outside)


def _is_white(character: str) -> bool:
    """Whether a reader of CommonMark takes a character for white space: U+2028 is none."""
    return character in "\t\n\f\r" or unicodedata.category(character) == "Zs"


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _edges(line: str) -> str:
    """Write white space at the ends of a line so that a reader keeps it."""
    stripped = line.strip()
    if stripped == line:
        return line
    start = len(line) - len(line.lstrip())
    if not stripped:
        return "".join(_reference(c) for c in line)
    end = len(line.rstrip())
    return (
        "".join(_reference(c) for c in line[:start])
        + stripped
        + "".join(_reference(c) for c in line[end:])
    )


def _reference(space: str) -> str:
    # Control characters have no reference that a reader would accept.
    return space if (space < " " and space != "\t") or space == "\x85" else f"&#{ord(space)};"


def _guarded(line: str) -> str:
    """Escape what would begin a block at the start of a line."""
    if _BLOCK_START.match(line):
        return "\\" + line
    return _NUMBERED.sub(r"\1\\\2", line, count=1) if _NUMBERED.match(line) else line


# ---------------------------------------------------------------- blocks


class _Prefix:
    """What stands before the lines of something: a list item, a quote, a note."""

    def __init__(self, first: str, rest: str) -> None:
        self.first = first
        self.rest: Final = rest

    def take(self) -> str:
        first, self.first = self.first, self.rest
        return first


class _Writer:
    """The lines of the page in the making."""

    def __init__(self, page: Document) -> None:
        self.lines: Final[list[str]] = []
        self._document = page
        self._prefixes: list[_Prefix] = []
        self._parted = False  # whether a blank line is due before the next block
        self._line: _Line | None = None
        self._math = False
        self._lists: list[tuple[str, int]] = []  # sign and number of the lists that are open
        self._last_sign: dict[int, str] = {}  # of the list before, by depth
        self._table: _Grid | None = None
        self._depth = 0  # tables that are open

    def write(self, document: Document, marks: Marks) -> None:
        """Write the page's text or that of a Document nested in it."""
        outer, self._document = self._document, document
        for event in events(document, marks):
            if self._table is not None:
                self._in_table(event)
            elif isinstance(event, Open):
                self._open(event)
            elif isinstance(event, Close):
                self._close(event)
            elif self._line is not None:
                self._line.event(event)
        self._document = outer

    def begin_note(self, number: int) -> None:
        self._part()
        self._prefixes.append(_Prefix(f"[^{number}]: ", "    "))

    def end_note(self) -> None:
        prefix = self._prefixes.pop()
        if prefix.first != prefix.rest:
            self.lines.append(prefix.first.rstrip())
        self._parted = True
        self._last_sign.clear()

    def paragraph(self, text: str) -> None:
        """Write plain text as a paragraph."""
        line = _Line(self._document)
        line.text(text)
        self._block(_guard_lines(line.finish("\\\n")))

    def _part(self) -> None:
        if self._parted:
            self.lines.append("".join(p.rest for p in self._prefixes if p.first == p.rest).rstrip())
        self._parted = False

    def _block(self, lines: Iterable[str]) -> None:
        self._part()
        for line in lines:
            self.lines.append(("".join(p.take() for p in self._prefixes) + line).rstrip(" "))
        self._parted = True

    def _open(self, event: Open) -> None:
        tag, record = event.tag, event.record
        if tag == "list":
            self._open_list(event.kind)
        elif tag in ("item", "term", "definition"):
            sign, number = self._lists[-1]
            self._lists[-1] = (sign, number + 1)
            first = f"{number}{sign} " if sign in ".)" else f"{sign} "
            self._prefixes.append(_Prefix(first, " " * len(first)))
            self._last_sign.pop(len(self._lists) + 1, None)
            self._parted = self._parted and len(self._lists) == 1 and number == 1
            self._line = _Line(self._document)
        elif tag == "quote":
            self._part()
            self._last_sign.clear()
            self._prefixes.append(_Prefix("> ", "> "))
            self._parted = False
        elif tag == "table":
            assert record is None or isinstance(record, Table)
            self._table = _Grid(self._document)
            self._depth = 1
        elif tag in ("link", "style"):
            if self._line is not None:
                self._line.event(event)
        else:
            self._last_sign.clear()
            self._line = _Line(self._document)

    def _open_list(self, kind: str) -> None:
        self._flush_item()
        depth = len(self._lists) + 1
        signs = ".)" if kind == "#" else "-*"
        # Two lists of one kind that follow each other would be read as one.
        sign = signs[1] if self._last_sign.get(depth) == signs[0] else signs[0]
        self._last_sign[depth] = sign
        self._lists.append((sign, 1))
        if depth > 1:
            self._parted = False

    def _flush_item(self) -> None:
        """Write the text of the item that is open, if there is any and it is not written."""
        line, self._line = self._line, None
        if line is None or not self._lists:
            return
        content = line.finish("\\\n")
        if content:
            self._block(_guard_lines(content))
            self._parted = False

    def _close(self, event: Close) -> None:
        tag = event.tag
        if tag == "list":
            self._lists.pop()
            self._parted = not self._lists or self._parted
        elif tag in ("item", "term", "definition"):
            self._flush_item()
            prefix = self._prefixes.pop()
            if prefix.first != prefix.rest:
                self.lines.append("".join(p.take() for p in self._prefixes) + prefix.first.rstrip())
        elif tag == "quote":
            self._prefixes.pop()
            self._parted = True
            self._last_sign.clear()
        elif tag in ("link", "style"):
            if self._line is not None:
                self._line.event(event)
        else:
            line, self._line = self._line, None
            if line is not None:
                self._leaf(event, line)

    def _leaf(self, event: Close, line: _Line) -> None:
        record = event.record
        if event.tag in ("code", "preformatted", "math") and isinstance(record, Block):
            value = self._document.text[record.span.start : record.span.end].replace("\r", " ")
            self._block(_fenced(event.tag, value, record.marker))
        elif event.tag == "heading":
            level = min(max(record.level, 1), 6) if isinstance(record, Block) else 2
            content = line.finish("<br>")
            content = _CLOSING_SIGNS.sub(r"\\\g<0>", content)
            self._block([f"{'#' * level} {content}"])
        else:
            content = line.finish("\\\n")
            if content:
                self._block(_guard_lines(content))

    def _in_table(self, event: Event) -> None:
        assert self._table is not None
        if isinstance(event, Open) and event.tag == "table":
            self._depth += 1
        elif isinstance(event, Close) and event.tag == "table":
            self._depth -= 1
            if not self._depth:
                grid, self._table = self._table, None
                self._last_sign.clear()
                if grid.caption:
                    self._block(_guard_lines(grid.caption))
                rows = grid.rows(event.record if isinstance(event.record, Table) else None)
                if rows:
                    self._block(rows)
                return
        self._table.event(event, self._depth)


def _guard_lines(content: str) -> list[str]:
    return [_guarded(line) for line in content.split("\n")]


def _fenced(tag: str, value: str, name: str) -> list[str]:
    if tag == "math" and "$" not in value:
        tex = _BLANK_LINES.sub("\n", value).strip()
        return ["$$", *tex.split("\n"), "$$"]
    longest = max((len(run) for run in _FENCE.findall(value)), default=2)
    fence = "`" * (longest + 1)
    info = "math" if tag == "math" else _UNNAMED.sub("", name)
    return [fence + info, *value.split("\n"), fence]


class _Grid:
    """A table in the making; what stands in a cell is put on one line."""

    def __init__(self, document: Document) -> None:
        self._document: Final = document
        self._cells: list[tuple[Cell | None, str]] = []
        self._line: _Line | None = None
        self._done: list[str] = []
        self.caption = ""

    def event(self, event: Event, depth: int) -> None:
        """Take what stands in the table; *depth* counts the tables that are open, this one too."""
        if isinstance(event, Open | Close) and event.tag not in ("link", "style"):
            self._break(in_cell=event.tag != "caption" or depth > 1)
            if isinstance(event, Close) and depth == 1:
                if event.tag == "caption":
                    self.caption = "\\\n".join(self._take())
                elif event.tag == "cell":
                    cell = event.record if isinstance(event.record, Cell) else None
                    self._cells.append((cell, "<br>".join(self._take())))
            return
        if self._line is None:
            self._line = _Line(self._document)
        self._line.event(event)

    def _break(self, *, in_cell: bool) -> None:
        """Begin a new line: a block begins or ends in the cell."""
        if self._line is not None:
            done = self._line.finish("<br>" if in_cell else "\\\n", in_cell=in_cell)
            if done:
                self._done.append(done)
        self._line = None

    def _take(self) -> list[str]:
        done, self._done = self._done, []
        return done

    def rows(self, table: Table | None) -> list[str]:
        """Return the lines of the table."""
        if table is None or table.columns < 1:
            return [text for _, text in self._cells if text]
        by_place: dict[tuple[int, int], str] = {}
        loose: list[str] = []
        for cell, text in self._cells:
            place = (cell.row, cell.column) if cell else (-1, -1)
            if cell is None or cell.column >= table.columns or place in by_place:
                loose.append(text)
            else:
                by_place[place] = text
        last = max((row for row, _ in by_place), default=-1)
        if loose:
            last += 1
            by_place[last, 0] = "<br>".join(loose)
        if last < 0:
            return []
        # A reader fills up short rows; writing a hostile page's empty fields could take for ever.
        width = Counter[int]()
        for row, column in by_place:
            width[row] = max(width[row], column + 1)
        lines = [
            "|"
            + "".join(
                f" {text} |" if (text := by_place.get((row, column), "")) else "  |"
                for column in range(max(width[row], 1) if row else table.columns)
            )
            for row in range(last + 1)
        ]
        if not table.header_rows:
            lines.insert(0, "|" + "  |" * table.columns)
        lines.insert(1, "|" + " --- |" * table.columns)
        return lines
