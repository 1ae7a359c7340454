"""
A Document as JSON-ready values and back, without loss.

Here live the shape of a stored Document and the checks that reading one makes. The shape is that
of the records themselves: the keys are their fields, a span is ``[start, end]``, runs, marks and
drops are flat lists of numbers. The source stands once, in the outermost Document. Views that are
derived (sections, the values of parameters) are written for readers in other languages and ignored
on reading. Rows for tables, which are a projection, live in ``row``.
"""

# ruff: noqa: ANN401 - values of any shape are read and written here.

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
import orjson

from wikiclean.document import (
    MARKUP,
    MAX_COLUMNS,
    MAX_NESTED,
    RULE,
    RUN,
    UNCONVERTED,
    Anchor,
    Document,
    Link,
    Parameter,
    Runs,
    Span,
    Table,
    Template,
    rule_entries,
)
from wikiclean.errors import SchemaError
from wikiclean.renderers.offsets import CODE_POINTS, UTF_16, converter, owner_of

SCHEMA_VERSION: Final = 1
"""Grows when a reader of the older shape could misread the newer."""

_OF_SOURCE: Final = frozenset({"source_span", "value_span", "extent"})
"""Fields that count in the source; all other spans and offsets count in the text."""
_POINTS: Final = frozenset({"offset", "breaks"})
"""Fields whose numbers are single offsets."""
_TOP_ONLY: Final = ("schema_version", "offsets", "source")
"""Keys that nested Documents leave out."""

_D = TypeVar("_D", bound=Document)
_Encode = Callable[[Any, "_Out"], Any]
_Decode = Callable[[Any, "_In"], Any]


# ---------------------------------------------------------------- writing


class _Out:
    """What writing a record needs to know: whose it is, and how offsets are counted."""

    __slots__ = ("inner", "page", "source", "text", "units")

    def __init__(self, document: Document, units: str, page: Document, source: Any) -> None:
        self.page: Final = page
        self.units: Final = units
        self.source: Final[Callable[[int], int] | None] = source
        self.text: Final = converter(document.text, units)
        self.inner: Final = _inner_templates(document)


def to_dict(document: Document, *, offsets: str) -> dict[str, Any]:
    """
    Return *document* as dicts, lists, strings, numbers, booleans and None.

    Every key is always written. A parameter's ``value`` is null in a template that stands inside
    another: the outer one's value has it.

    Raises:
        UnknownFormatError: if *offsets* is neither ``code-points`` nor ``utf-16``.
    """
    source = converter(document.source, offsets)
    return {
        "schema_version": SCHEMA_VERSION,
        "offsets": offsets,
        **_write_document(document, _Out(document, offsets, document, source), nested=False),
    }


def to_json(document: Document, *, indent: bool, offsets: str) -> str:
    """Return ``to_dict`` as JSON text, on one line or indented by two spaces."""
    return orjson.dumps(
        to_dict(document, offsets=offsets), option=orjson.OPT_INDENT_2 if indent else None
    ).decode()


def _write_document(document: Document, out: _Out, *, nested: bool) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, encode in _encoders(Document):
        if not (nested and name in _TOP_ONLY):
            value = getattr(document, name)
            result[name] = encode(value, out) if encode else value
    result["sections"] = [_write_record(section, out) for section in document.sections]
    return result


def _write_record(record: Any, out: _Out) -> dict[str, Any]:
    result: dict[str, Any] = {}
    cls: type = type(record)
    for name, encode in _encoders(cls):
        value = getattr(record, name)
        result[name] = encode(value, out) if encode else value
    return result


def _inner_templates(document: Document) -> frozenset[int]:
    """Return the identities of templates that stand within another of the same Document."""
    reached = -1
    inner = set()
    for template in sorted(
        document.templates, key=lambda t: (t.source_span.start, -t.source_span.end)
    ):
        if template.source_span.end <= reached:
            inner.add(id(template))
        reached = max(reached, template.source_span.end)
    return frozenset(inner)


@cache
def _encoders(cls: type) -> tuple[tuple[str, _Encode | None], ...]:
    """Return the fields of a record class with what writes each; None writes it as it is."""
    return tuple((name, _encoder(name, hint)) for name, hint in _fields(cls))


@cache
def _fields(cls: type) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(cls)
    return tuple((f.name, hints[f.name]) for f in attrs.fields(cls) if not f.name.startswith("_"))


def _encoder(name: str, hint: Any) -> _Encode | None:
    if hint in (str, bool) or get_origin(hint) is Literal:
        return None
    if hint is int:
        return _write_offset if name in _POINTS else None
    if hint is Span:
        return _write_source_span if name in _OF_SOURCE else _write_span
    if hint is Runs:
        return _write_runs
    if hint is Document:
        return _write_nested
    if get_origin(hint) in (Union, UnionType):
        (some,) = (arm for arm in get_args(hint) if arm is not NoneType)
        inner = _encoder(name, some)
        return inner and (lambda value, out: None if value is None else inner(value, out))
    if get_origin(hint) is tuple:
        if name in ("marks", "drops"):
            return _write_triples
        if name == "rules":
            return _write_rules
        each = _encoder(name, get_args(hint)[0])
        if each is None:
            return lambda value, _: list(value)
        return lambda value, out: [each(one, out) for one in value]
    special: _Encode = _SPECIAL.get(hint, _write_record)
    return special


def _write_offset(value: int, out: _Out) -> int:
    return out.text(value) if out.text else value


def _write_span(value: Span, out: _Out) -> list[int]:
    return [out.text(value.start), out.text(value.end)] if out.text else list(value)


def _write_source_span(value: Span, out: _Out) -> list[int]:
    return [out.source(value.start), out.source(value.end)] if out.source else list(value)


def _write_runs(value: Runs, out: _Out) -> list[int]:
    flat = value.flat.tolist()
    for column, convert in enumerate((out.text, out.text, out.source, out.source)):
        if convert:
            flat[column::RUN] = map(convert, flat[column::RUN])
    return flat


def _write_triples(value: tuple[int, ...], out: _Out) -> list[int]:
    flat = list(value)
    if out.source:
        flat[0::3] = map(out.source, flat[0::3])
        flat[1::3] = map(out.source, flat[1::3])
    return flat


def _write_rules(value: tuple[int, ...], out: _Out) -> list[int]:
    flat = list(value)
    for column, convert in enumerate((out.text, out.text, out.source, out.source)):
        if convert:
            flat[column::RULE] = map(convert, flat[column::RULE])
    return flat


def _write_nested(value: Document, out: _Out) -> dict[str, Any]:
    return _write_document(value, _Out(value, out.units, out.page, out.source), nested=True)


def _write_anchor(value: Anchor, out: _Out) -> dict[str, Any]:
    result = _write_record(value, out)
    if value.owner and out.units == UTF_16:
        owner = owner_of(out.page, value.owner)
        convert = owner and converter(owner.text, out.units)
        result["offset"] = convert(value.offset) if convert else value.offset
    return result


def _write_template(value: Template, out: _Out) -> dict[str, Any]:
    result = _write_record(value, out)
    outer = id(value) not in out.inner
    for parameter, written in zip(value.parameters, result["parameters"], strict=True):
        written["value"] = parameter.value if outer else None
    return result


_SPECIAL: Final[Mapping[type, _Encode]] = {Anchor: _write_anchor, Template: _write_template}


# ---------------------------------------------------------------- reading


class _MismatchError(Exception):
    """Something is not of the shape; carries the keys that lead to it, innermost first."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.path: list[str | int] = []


class _In:
    """What reading a record needs to know: the texts it counts in, and how deep it is."""

    __slots__ = ("depth", "source", "text")

    def __init__(self, text: str, source: str, depth: int) -> None:
        self.text: Final = text
        self.source: Final = source
        self.depth: Final = depth


def from_dict(cls: type[_D], value: Mapping[str, Any]) -> _D:
    """
    Read what ``to_dict`` made, checking all of it; keys that are not known are ignored.

    Raises:
        SchemaError: if a key is missing, a value has the wrong type, an offset is outside its
            text, the label of a link is not the text it spans, or the schema version or the unit
            of offsets is not the one read here.
    """
    try:
        _check_head(value)
        return _read_document(cls, value, _read_str(value["source"], None), 0)
    except _MismatchError as exc:
        path = "".join(
            f"[{key}]" if isinstance(key, int) else f".{key}" for key in reversed(exc.path)
        )
        where = path.removeprefix(".") or "the document"
        raise SchemaError(f"{where}: {exc}; write it anew with Document.to_dict()") from None


def from_json(cls: type[_D], value: str | bytes) -> _D:
    """
    Read what ``to_json`` made.

    Raises:
        SchemaError: if *value* is not JSON, or ``from_dict`` refuses it.
    """
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError as exc:
        raise SchemaError(
            f"the text is not JSON: {exc}; pass what Document.to_json() gave"
        ) from exc
    return from_dict(cls, parsed)


def _check_head(value: Any) -> None:
    if not isinstance(value, Mapping):
        raise _MismatchError(f"an object is expected, not {_name(value)}")
    for key in _TOP_ONLY:
        if key not in value:
            raise _MismatchError(f"the key {key!r} is missing")
    version = value["schema_version"]
    if type(version) is not int or version != SCHEMA_VERSION:
        raise _at(f"{version!r} is not known, only {SCHEMA_VERSION} is", "schema_version")
    if value["offsets"] != CODE_POINTS:
        raise _at(f"only {CODE_POINTS!r} can be read back, not {value['offsets']!r}", "offsets")
    if not isinstance(value["source"], str):
        raise _at(f"a string is expected, not {_name(value['source'])}", "source")


def _at(what: str, *path: str | int) -> _MismatchError:
    """Return the error that *what* is wrong, with the keys that lead there, outermost first."""
    error = _MismatchError(what)
    error.path.extend(reversed(path))
    return error


def _name(value: object) -> str:
    return "null" if value is None else f"a value of type {type(value).__name__}"


def _read_document(cls: type[_D], value: Any, source: str, depth: int) -> _D:
    if depth > MAX_NESTED:
        raise _MismatchError(f"Documents nest at most {MAX_NESTED} deep")
    text = value.get("text") if isinstance(value, Mapping) else None
    context = _In(text if isinstance(text, str) else "", source, depth)
    fields = _read_fields(Document, value, context, skip="source")
    document = cls(source=source, **fields)
    _check_blocks(document)
    _check_links(document)
    _check_tables(document)
    _check_runs(document)
    _check_rules(document)
    for name, records in (("marks", document.blocks), ("drops", document.diagnostics)):
        _check_triples(name, getattr(document, name), len(source), len(records))
    return document


def _read_fields(cls: type, value: Any, context: _In, skip: str = "") -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _MismatchError(f"an object is expected, not {_name(value)}")
    fields: dict[str, Any] = {}
    name = ""
    try:
        for name, decode in _decoders(cls):
            if name != skip:
                fields[name] = decode(value[name], context)
    except KeyError:
        raise _MismatchError(f"the key {name!r} is missing") from None
    except _MismatchError as exc:
        exc.path.append(name)
        raise
    return fields


@cache
def _decoders(cls: type) -> tuple[tuple[str, _Decode], ...]:
    return tuple((name, _decoder(name, hint)) for name, hint in _fields(cls))


def _decoder(name: str, hint: Any) -> _Decode:
    if hint is str:
        return _read_str
    if hint is bool:
        return _read_bool
    if hint is int:
        return _read_offset if name == "offset" else _read_int
    if get_origin(hint) is Literal:
        return _one_of(get_args(hint))
    if hint is Span:
        return _read_source_span if name in _OF_SOURCE else _read_span
    if hint is Runs:
        return _read_runs
    if hint is Document:
        return lambda value, context: _read_document(
            Document, value, context.source, context.depth + 1
        )
    if get_origin(hint) in (Union, UnionType):
        (some,) = (arm for arm in get_args(hint) if arm is not NoneType)
        inner = _decoder(name, some)
        return lambda value, context: None if value is None else inner(value, context)
    if get_origin(hint) is tuple:
        return _many(_read_offset if name in _POINTS else _decoder("", get_args(hint)[0]))
    if hint in (Parameter, Template):
        return lambda value, context: hint(
            **_read_fields(hint, value, context), source=context.source
        )
    if hint is Anchor:
        return _read_anchor
    return lambda value, context: hint(**_read_fields(hint, value, context))


def _read_str(value: Any, _: Any) -> str:
    if type(value) is not str:
        raise _MismatchError(f"a string is expected, not {_name(value)}")
    return value


def _read_bool(value: Any, _: Any) -> bool:
    if type(value) is not bool:
        raise _MismatchError(f"a boolean is expected, not {_name(value)}")
    return value


def _read_int(value: Any, _: Any) -> int:
    if type(value) is not int:
        raise _MismatchError(f"a whole number is expected, not {_name(value)}")
    return value


def _read_offset(value: Any, context: _In) -> int:
    if not 0 <= _read_int(value, None) <= len(context.text):
        raise _MismatchError(f"{value} is outside the text of {len(context.text)} characters")
    return int(value)


def _one_of(known: tuple[str, ...]) -> _Decode:
    def read(value: Any, _: Any) -> str:
        if type(value) is not str or value not in known:
            raise _MismatchError(f"{value!r} is not one of {', '.join(known)}")
        return value

    return read


def _many(each: _Decode) -> _Decode:
    def read(value: Any, context: _In) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise _MismatchError(f"a list is expected, not {_name(value)}")
        done: list[Any] = []
        try:
            for one in value:
                done.append(each(one, context))  # noqa: PERF401 - its length is the index if it fails
        except _MismatchError as exc:
            exc.path.append(len(done))
            raise
        return tuple(done)

    return read


def _read_range(value: Any, length: int, of: str) -> Span:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise _MismatchError("a pair [start, end] is expected")
    start, end = (_read_int(one, None) for one in value)
    if not 0 <= start <= end <= length:
        raise _MismatchError(f"[{start}, {end}] is not a range of the {of} of {length} characters")
    return Span(start, end)


def _read_span(value: Any, context: _In) -> Span:
    return _read_range(value, len(context.text), "text")


def _read_source_span(value: Any, context: _In) -> Span:
    return _read_range(value, len(context.source), "source")


def _read_anchor(value: Any, context: _In) -> Anchor:
    fields = {
        name: (_read_int if name == "offset" else decode) for name, decode in _decoders(Anchor)
    }
    if not isinstance(value, Mapping):
        raise _MismatchError(f"an object is expected, not {_name(value)}")
    done: dict[str, Any] = {}
    for name, decode in fields.items():
        if name not in value:
            raise _MismatchError(f"the key {name!r} is missing")
        try:
            done[name] = decode(value[name], context)
            if name == "offset" and not done[name] >= 0:
                raise _MismatchError(f"{done[name]} is before the text")  # noqa: TRY301
        except _MismatchError as exc:
            exc.path.append(name)
            raise
    if not done["owner"] and done["offset"] > len(context.text):
        raise _at(f"{done['offset']} is outside the text", "offset")
    return Anchor(**done)


def _read_runs(value: Any, context: _In) -> Runs:
    flat = _many(_read_int)(value, context)
    if len(flat) % RUN:
        raise _MismatchError(f"runs come in groups of {RUN} numbers, not {len(flat)}")
    reached = 0
    for i in range(0, len(flat), RUN):
        start, end, source_start, source_end, verbatim = flat[i : i + RUN]
        if not (
            reached <= start <= end <= len(context.text)
            and 0 <= source_start <= source_end <= len(context.source)
            and verbatim in (0, 1)
            and not (verbatim and end - start != source_end - source_start)
        ):
            error = _MismatchError(f"{list(flat[i : i + RUN])} is not a run of this text")
            error.path.append(i)
            raise error
        reached = end
    return Runs(flat)


def _check_runs(document: Document) -> None:
    """Refuse verbatim runs that are not the source unchanged."""
    for i, run in enumerate(document.runs):
        if run.verbatim and (
            document.text[run.text_start : run.text_end]
            != document.source[run.source_start : run.source_end]
        ):
            raise _at(f"run {i} is called verbatim and is not the source unchanged", "runs")


def _check_rules(document: Document) -> None:
    flat = document.rules
    if len(flat) % RULE:
        raise _at(f"numbers come in groups of {RULE}, not {len(flat)}", "rules")
    for start, end, source_start, source_end, kind in rule_entries(flat):
        if not (
            0 <= start <= end <= len(document.text)
            and 0 <= source_start <= source_end <= len(document.source)
            and MARKUP <= kind <= UNCONVERTED
        ):
            entry = [start, end, source_start, source_end, kind]
            raise _at(f"{entry} is not a rule of this text and source", "rules")


def _check_blocks(document: Document) -> None:
    """Refuse headings of a level that there is not, and blocks deeper than their page can say."""
    for i, block in enumerate(document.blocks):
        low, high = (1, 6) if block.kind == "heading" else (0, len(document.source))
        if not low <= block.level <= high:
            raise _at(f"a {block.kind} has none of {block.level}", "blocks", i, "level")


def _check_links(document: Document) -> None:
    link: Link
    for i, link in enumerate(document.links):
        if link.label != document.text[link.span.start : link.span.end]:
            what = f"{link.label!r} is not the text that the link spans"
            raise _at(what, "links", i, "label")


def _check_tables(document: Document) -> None:
    """Refuse tables whose cells are not in their grid, or which have rows without any."""
    for i, table in enumerate(document.tables):
        what = _fault_of(table)
        if what:
            raise _at(what, "tables", i)


def _fault_of(table: Table) -> str:
    """Return what is wrong with the grid of a table; nothing if it is right."""
    if len({cell.row for cell in table.cells}) != table.rows or not (
        0 <= table.header_rows <= table.rows
    ):
        return f"{table.rows} rows with {table.header_rows} of headers are not those of the cells"
    if not 0 <= table.columns <= MAX_COLUMNS:
        return f"a table has at most {MAX_COLUMNS} columns, not {table.columns}"
    for cell in table.cells:
        if not (
            0 <= cell.row < cell.row + cell.rowspan <= table.rows
            and 0 <= cell.column < cell.column + cell.colspan <= table.columns
        ):
            place = [cell.row, cell.column, cell.rowspan, cell.colspan]
            return f"the cell at {place} is outside of the grid"
    return ""


def _check_triples(name: str, flat: tuple[int, ...], length: int, records: int) -> None:
    if len(flat) % 3:
        raise _at(f"numbers come in groups of three, not {len(flat)}", name)
    for i in range(0, len(flat), 3):
        start, end, index = flat[i : i + 3]
        if not (0 <= start <= end <= length and 0 <= index < records):
            raise _at(f"{list(flat[i : i + 3])} is not a stretch of the source and a record", name)
