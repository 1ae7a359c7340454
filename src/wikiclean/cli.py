"""
The command line: arguments to the functions of ``api``, data to stdout, the rest to stderr.

Here live the options, which of them go together, and the exit codes. Files are decoded and written
in ``files``. Nothing is parsed or rendered here, and nothing here ends the process.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import attrs

from wikiclean import values
from wikiclean.api import DIALECTS, LIMITS, VARIANTS, DialectOption, detect, parse
from wikiclean.document import Diagnostic, Document
from wikiclean.errors import DumpError, InputError, OutputError, SchemaError, WikicleanError
from wikiclean.files import (
    STANDARD,
    Folder,
    Stream,
    decode,
    hold_standard_streams,
    output_to,
    silence_standard_output,
    standard_input,
    well_formed,
)
from wikiclean.parsers import NAMES
from wikiclean.passes import DEFAULT, LABELS
from wikiclean.passes.label_table import LabelTable
from wikiclean.site import SITES

DONE: Final = 0
"""Everything was written; a reader that closed the pipe early counts as done."""
FLAGGED: Final = 1
"""``--fail-on`` was met."""
USAGE: Final = 2
"""An option is wrong, a file is missing, or a directory was given for a file."""
FAILED: Final = 3
"""Some pages could not be read (the others were written), or the disk is full."""
INTERRUPTED: Final = 130
"""Stopped by Ctrl-C."""

FORMATS: Final = ("text", "json", "jsonl", "markdown", "html")
"""The values of ``-f``."""

SUFFIXES: Final = {
    ".txt": "text",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
}
"""Suffix of ``-o`` → format."""

EXTENSIONS: Final = {
    "text": ".txt",
    "json": ".json",
    "jsonl": ".jsonl",
    "markdown": ".md",
    "html": ".html",
}
"""Format → suffix of the files in ``-o DIR/``."""

FAIL_ON: Final = {None: (), "warning": ("warning", "error"), "error": ("error",)}
"""Value of ``--fail-on`` → the severities that meet it."""

SEPARATORS: Final = {"text": b"\f\n", "markdown": b"\f\n", "jsonl": b""}
"""Format → what parts several pages in one stream; the others are no form of several pages."""

_EPILOG = """\
other verbs, each with a --help:
  wikiclean dump PATH -o DIR   whole dumps into shards
  wikiclean explain FILE       source beside text, each drop and repair with its reason
  wikiclean stats PATH         what was kept, flagged and lost in a run, in shards or in pages
  wikiclean compare A B        two versions of a text, block by block
  wikiclean labels learn PATH  a table of link labels, for --labels-from
  wikiclean schema             the columns of the rows

The name of a file that is there is no verb. Texts of several files are parted by a line with a
form feed.

exit codes:
  0    done (also when the reader closed the pipe)
  1    --fail-on was met
  2    wrong usage, a missing file, a directory where a file is meant
  3    some pages could not be read (the others were written), or the disk is full
  130  interrupted
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; see ``--help`` for both."""
    hold_standard_streams()
    words = list(sys.argv[1:] if argv is None else argv)
    # Not a Path's `is_file`, which raises where a folder is closed to us or a name is too long.
    verb = VERBS.get(words[0]) if words and not os.path.isfile(words[0]) else None  # noqa: PTH113
    try:
        try:
            options = (verb.arguments() if verb else _arguments()).parse_args(
                words[1:] if verb else words
            )
        except SystemExit as exit_:  # argparse has said why, or printed what was asked for
            if sys.stdout is not None:
                _print(b"")
            return exit_.code if isinstance(exit_.code, int) else USAGE
        _refuse_contradictions(options)
        return verb.run(options) if verb else _run(options)
    except BrokenPipeError:
        silence_standard_output()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except (DumpError, OutputError) as error:
        _say(str(error))
        return FAILED
    except WikicleanError as error:
        _say(str(error))
        return USAGE


def _refuse_contradictions(options: argparse.Namespace) -> None:
    """
    See that options go together which several verbs have, and that what is read has a name.

    Raises:
        InputError: if they do not.
    """
    given = vars(options)
    names = (
        given.get("files") or given.get("paths") or [given.get(one) for one in ("a", "b", "file")]
    )
    if "" in names or given.get("labels_from") == "":
        # To Python it is the folder where the command stands, and a variable that is not set.
        raise InputError("cannot read a file without a name; give it one")
    if names.count(STANDARD) > 1:
        raise InputError("standard input can be read only once; name - once, or a file")
    since, until = given.get("since"), given.get("until")
    if since and until and since > until:
        raise InputError("--since is later than --until, so no revision is of that time")


class _Version(argparse.Action):
    """Prints the version; the metadata are read only then, for that takes longer than the rest."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print and leave, as argparse's own action does."""
        from importlib.metadata import version

        from wikiclean.parsers import is_compiled

        compiled = "yes" if is_compiled() else "no"
        _print(f"wikiclean {version('wikiclean')} (compiled: {compiled})\n".encode())
        parser.exit()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wikiclean",
        description="Clean text and structured documents from zh-Wikipedia-style markup.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="a page; - is standard input")
    add("-f", "--format", choices=FORMATS, help="output (default: by the suffix of -o, else text)")
    add("-o", "--output", metavar="PATH", help="write to a file, or to a folder if it ends in /")
    _dialect_option(parser)
    _reading_one(parser)
    add("--on-error", choices=("skip", "stop"), default="skip", help="when a file cannot be read")
    _fail_on_option(parser)
    add("-q", "--quiet", action="store_true", help="nothing on stderr but errors")
    add("-v", "--verbose", action="store_true", help="every diagnostic on stderr")
    add("--version", action=_Version, nargs=0, help="show the version and exit")
    return parser


def _dialect_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dialect", choices=DIALECTS, default="auto", help="default: auto")


def _fail_on_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fail-on", choices=("warning", "error"), help="exit 1 if such a diagnostic is found"
    )


def _reading_one(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a file of one page is read."""
    add = parser.add_argument
    add("--site", choices=SITES, default="zhwiki", help="the wiki (default: zhwiki)")
    add("--title", help="title of the page, where the file does not say")
    _reading(parser)
    add("--encoding", default="utf-8", metavar="NAME", help="of what is read (default: utf-8)")
    add("--errors", choices=("strict", "replace"), default="strict", help="undecodable bytes")


def _reading(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a page is read and what stands in its text."""
    add = parser.add_argument
    add("--variant", choices=VARIANTS, default="source", help="of the text (default: source)")
    add("--labels", choices=LABELS, default="certain", help="which cuts of link labels to apply")
    add("--labels-from", metavar="FILE", help="a table that wikiclean labels learn made")
    add("--passes", choices=("default", "none"), default="default", help="repairs (default: all)")
    add("--tables", choices=("text", "markdown", "drop"), default="text")
    add("--captions", action=argparse.BooleanOptionalAction, default=True)
    add("--math", choices=("tex", "drop"), default="tex")
    add("--footnotes", choices=("drop", "inline", "end"), default="drop")


def _say(message: str) -> None:
    with suppress(OSError):  # what cannot be told ends no run
        sys.stderr.write(f"wikiclean: {message}\n")


def _print(data: bytes) -> None:
    """
    Print what is no page.

    Raises:
        InputError: if stdout is closed.
        OutputError: if it cannot be written.
    """
    _write(output_to(None, ()), data)


def _write(output: Stream | Folder, data: bytes) -> None:
    with closing(output):
        output.write(data)


# -------------------------------------------------------------------- the run


def _run(options: argparse.Namespace) -> int:
    format_ = _format(options)
    files: list[str] = options.files
    several = len(files) > 1
    if several and options.title is not None:
        raise InputError("--title names one page, and several files are given; name one file")
    # A single file that is not there is wrong usage: nothing is written.
    sources = {} if several else {files[0]: _read(files[0], options)}
    output = _output(options, files, format_)
    if several and isinstance(output, Stream) and format_ not in SEPARATORS:
        lines = "-f jsonl for a line each, or " if format_ == "json" else ""
        raise InputError(f"-f {format_} holds one page; use {lines}-o DIR/ for a file each")
    _load_labels(options)
    flagged = failed = False
    with closing(output):
        for number, name in enumerate(files):
            try:
                source = sources[name] if name in sources else _read(name, options)
            except InputError as error:
                _say(str(error))
                failed = True
                if options.on_error == "stop":
                    break
                continue
            document = _parse(source, _dialect(source, name, options), options)
            found = _flags(document)
            page = _render(document, name, format_, options)
            output.write(page if page.endswith(b"\n") or not page else page + b"\n", number)
            if not options.quiet:
                _report(name, source, document, found, options)
            flagged = flagged or _is_met(found, options)
    if failed:
        return FAILED
    return FLAGGED if flagged else DONE


def _format(options: argparse.Namespace) -> str:
    """Return the format of the output: as it is given, or by the suffix of ``-o``."""
    suffix = Path(options.output or "").suffix.lower()
    found: str = options.format or SUFFIXES.get(suffix, "text")
    return found


def _output(
    options: argparse.Namespace, files: Iterable[str], format_: str | None, *also_read: str
) -> Stream | Folder:
    """
    Return where the output goes; with a format it may be a folder.

    Raises:
        InputError: if it cannot be written, or is one of the files that are read.
    """
    table = getattr(options, "labels_from", None)
    return output_to(
        options.output,
        files,
        also_read=[*also_read, table] if table else also_read,
        suffix=EXTENSIONS[format_] if format_ else None,
        separator=SEPARATORS.get(format_ or "", b""),
    )


def _read(name: str, options: argparse.Namespace) -> str:
    """
    Return the text of a file.

    Raises:
        InputError: if it is not there, not a file, or not in the encoding named.
    """
    try:
        data = standard_input().read() if name == STANDARD else Path(name).read_bytes()
    except InputError:
        raise
    except IsADirectoryError as error:
        raise InputError(f"{name} is a directory; name the files in it") from error
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error
    except ValueError as error:
        raise InputError(f"cannot read {name!r}: {error}") from error
    try:
        return decode(data, options.encoding, options.errors)
    except LookupError as error:
        raise InputError(f"no encoding is called {options.encoding}") from error
    except ValueError as error:
        where = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        raise InputError(
            f"{name} is not {options.encoding}{where}; name its --encoding, or use --errors replace"
        ) from error


def _load_labels(options: argparse.Namespace) -> None:
    """
    Put the table of ``--labels-from`` in the place of its name, before anything is written.

    Raises:
        InputError: if the file cannot be read.
        SchemaError: if it is no table of labels.
    """
    if options.labels_from is not None:
        options.labels_from = LabelTable.load(options.labels_from)


def _parse(source: str, dialect: str, options: argparse.Namespace) -> Document:
    return parse(
        source,
        dialect=cast("DialectOption", dialect),
        site=options.site,
        title=options.title,
        variant=options.variant,
        labels=options.labels,
        labels_from=options.labels_from,
        passes=DEFAULT if options.passes == "default" else (),
    )


def _dialect(source: str, name: str, options: argparse.Namespace) -> str:
    """Return the dialect of a file: as it is given, or as its content and name say."""
    return _detected(source, name)[0] if options.dialect == "auto" else str(options.dialect)


def _detected(source: str, name: str) -> tuple[str, str]:
    return detect(source[: LIMITS.max_chars], name=name)


def _render(document: Document, name: str, format_: str, options: argparse.Namespace) -> bytes:
    selected = _selected(document, options)
    if format_ == "json":
        return selected.to_json(indent=True).encode()
    if format_ == "jsonl":
        row = selected.to_row(source_file=None if name == STANDARD else well_formed(name))
        return json.dumps(row, ensure_ascii=False).encode()
    if format_ == "markdown":
        return selected.to_markdown().encode()
    if format_ == "html":
        return selected.to_html().encode()
    return selected.text.encode()


def _selected(document: Document, options: argparse.Namespace) -> Document:
    return document.select(
        tables=options.tables,
        captions=options.captions,
        math=options.math,
        footnotes=options.footnotes,
    )


def _flags(document: Document) -> list[Diagnostic]:
    """Return the diagnostics of a page, those of its nested Documents included."""
    return [record for record in document.walk() if isinstance(record, Diagnostic)]


def _is_met(found: Iterable[Diagnostic], options: argparse.Namespace) -> bool:
    """Whether something was flagged that ``--fail-on`` names."""
    return any(one.severity in FAIL_ON[options.fail_on] for one in found)


def _report(
    name: str,
    source: str,
    document: Document,
    found: list[Diagnostic],
    options: argparse.Namespace,
) -> None:
    """Say on stderr what was flagged: a line a page, or a line a diagnostic."""
    if options.verbose:
        if options.dialect == "auto":
            _say(f"{name}: read as {document.dialect}, for {_detected(source, name)[1]}")
        line, at = 1, 0
        for one in sorted(found, key=lambda d: d.source_span):
            line += document.source.count("\n", at, one.source_span.start)
            at = one.source_span.start
            detail = f" {one.dropped!r}" if one.dropped else ""
            detail += f" → {one.replacement!r}" if one.replacement else ""
            _say(f"{name}:{line}: {one.severity}: {one.code}: {one.message}{detail}")
    elif found:
        counts = Counter(diagnostic.code for diagnostic in found)
        summary = ", ".join(f"{code} ×{n}" if n > 1 else code for code, n in counts.most_common())
        _say(f"{name}: {len(found)} flagged: {summary}")


# -------------------------------------------------------------------- other verbs


class Verb(NamedTuple):
    """A first word that is no file, and what it does."""

    arguments: Callable[[], argparse.ArgumentParser]
    run: Callable[[argparse.Namespace], int]
    """Returns the exit code."""


def _value(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return *read* for argparse, which else keeps to itself why a value is refused."""

    def check(text: str) -> Any:  # noqa: ANN401 - whatever it reads
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return check


_SIZE: Final = _value(values.size)
_SECONDS: Final = _value(values.seconds)
_NAMESPACES: Final = _value(values.namespaces)


def _whole(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        with suppress(ValueError):
            if (number := int(text)) >= least:
                return number
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} on")

    return read


def _moment(text: str) -> datetime:
    from wikiclean.dump import moment

    found = moment(text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time such as 2026-01-31 or 2026-01-31T12:00:00Z"
        )
    return found


def _dump_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wikiclean dump",
        description="Read whole dumps into a folder of shards. The same command again goes on "
        "where it was interrupted.",
    )
    add = parser.add_argument
    add(
        "paths",
        nargs="+",
        metavar="PATH",
        help=f"{_PAGES}; - is standard input",
    )
    add("-o", "--output", required=True, metavar="DIR", help="the folder of the shards")
    add("-f", "--format", choices=("jsonl", "parquet"), default="jsonl")
    add("--profile", default="full", help="columns; see wikiclean schema (default: full)")
    add("--shard-size", type=_SIZE, default="256M", metavar="BYTES", help="default: 256M")
    add("--keep-source", action="store_true", help="a column with the source of the page")
    add("--fresh", action="store_true", help="begin anew where the folder holds a run")
    _reading_many(parser)
    return parser


_PAGES: Final = (
    "a dump (.xml, plain or .bz2 .gz .zst .7z), .jsonl, .parquet, a page (.md, .wikitext) or a "
    "folder of pages"
)


def _reading_many(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which pages of a dump are read, how, and by how many processes."""
    add = parser.add_argument
    add("--redirects", action="store_true", help="take pages that redirect, too")
    add("--all-revisions", action="store_true", help="of a page, not only the last one")
    _finding_many(parser)
    _reading(parser)


def _finding_many(parser: argparse.ArgumentParser) -> None:
    """Add what is left of these options where pages make no text."""
    add = parser.add_argument
    add("-j", "--processes", type=_whole(1), default=os.cpu_count() or 1, metavar="N")
    add("--namespaces", type=_NAMESPACES, default="0", metavar="N,N", help="or all (default: 0)")
    add("--since", type=_moment, metavar="TIME", help="revisions from this time on")
    add("--until", type=_moment, metavar="TIME", help="revisions up to this time")
    add("--limit", type=_whole(0), metavar="N", help="read the first N pages")
    add("--site", choices=SITES, help="the wiki (default: what the dump says, else zhwiki)")
    _dialect_option(parser)
    add("--page-timeout", type=_SECONDS, default=60.0, metavar="SECONDS", help="default: 60")
    add("--page-size", type=_SIZE, default="4M", metavar="CHARS", help="the most (default: 4M)")
    add("--on-error", choices=("skip", "stop"), default="skip", help="when a page fails")
    add("--progress", choices=("auto", "bar", "plain", "none"), default="auto")
    add("-q", "--quiet", action="store_true", help="nothing on stderr but errors")


def _chosen(options: argparse.Namespace) -> Any:  # noqa: ANN401 - Options, not yet imported
    """Return what the options of ``_reading_many`` say."""
    # Imported here, for they bring in pyarrow, which no other verb should wait for.
    from wikiclean.dump import Select
    from wikiclean.run import Options

    _load_labels(options)
    return Options(
        select=Select(
            namespaces=options.namespaces,
            redirects=options.redirects,
            revisions="all" if options.all_revisions else "last",
            since=options.since,
            until=options.until,
        ),
        limit=options.limit,
        site=options.site,
        dialect=options.dialect,
        variant=options.variant,
        labels=options.labels,
        labels_from=options.labels_from,
        repairs=options.passes == "default",
        tables=options.tables,
        captions=options.captions,
        math=options.math,
        footnotes=options.footnotes,
        page_timeout=options.page_timeout,
        page_size=options.page_size,
    )


def _dump(options: argparse.Namespace) -> int:
    from wikiclean.run import reasons, run

    if not options.output:
        raise InputError("cannot write to a folder without a name; give -o one")
    if options.output == STANDARD:
        raise InputError("shards are files, and standard output is none; give -o a folder")
    chosen = attrs.evolve(
        _chosen(options),
        profile=options.profile,
        format=options.format,
        shard_size=options.shard_size,
        keep_source=options.keep_source,
    )
    tally = run(
        options.paths,
        options.output,
        chosen,
        processes=options.processes,
        progress="none" if options.quiet else options.progress,
        on_error=options.on_error,
        fresh=options.fresh,
    )
    if not options.quiet:
        for line in tally.to_text().splitlines():
            _say(line)
    if tally.failed:
        for reason in reasons(options.output, most=REASONS):
            _say(reason)
    return FAILED if tally.failed else DONE


REASONS: Final = 3
"""Error records of a run that are told; all are in its folder."""


REPORTS: Final = {"": "text", ".json": "json", ".html": "html", ".htm": "html"}
"""Suffix of ``-o`` → the value of ``stats --format``; any other suffix is text."""


def _stats_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wikiclean stats",
        description="Tell what was kept, flagged and lost, and which templates cost most. "
        "The options below -o are for pages that no run has read yet.",
    )
    add = parser.add_argument
    add(
        "paths",
        nargs="+",
        metavar="PATH",
        help=f"a folder that dump wrote, shards of the profile full, or pages: {_PAGES}; "
        "- is standard input",
    )
    add("-f", "--format", choices=("text", "json", "html"), help="default: by the suffix of -o")
    add("-o", "--output", metavar="FILE", help="write to a file")
    _reading_many(parser)
    return parser


def _stats(options: argparse.Namespace) -> int:
    from wikiclean.survey import survey

    output = _output(options, _files_of(options.paths), None)
    found = survey(
        options.paths,
        _chosen(options),
        processes=options.processes,
        progress="none" if options.quiet else options.progress,
        on_error=options.on_error,
        tell=_say,
    )
    suffix = Path(options.output or "").suffix.lower()
    match options.format or REPORTS.get(suffix, "text"):
        case "json":
            report = found.to_json()
        case "html":
            names = [Path(name).resolve().name or name for name in options.paths]
            report = found.to_html(title=well_formed(", ".join(names)))
        case _:
            report = found.to_text()
    _write(output, report.encode())
    return FAILED if found.failed else DONE


def _files_of(paths: Iterable[str]) -> Iterator[str]:
    """Yield what is read where *paths* are: the files themselves, and those of folders."""
    from wikiclean.survey import files_of

    return (str(file) for path in paths for file in files_of(Path(path)))


def _labels_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wikiclean labels",
        description="Tables of the labels that links have, for --labels-from.",
    )
    learn = parser.add_subparsers(metavar="learn", required=True).add_parser(
        "learn",
        help="learn a table from a corpus",
        description="Learn from a corpus which labels the links to each page have. With "
        "--labels-from the table finds the ends of labels in the Markdown export.",
    )
    add = learn.add_argument
    add("paths", nargs="+", metavar="PATH", help=f"{_PAGES}; - is standard input")
    add("-o", "--output", metavar="FILE", help="write to a file")
    add("--min-pages", type=_whole(1), default=1, metavar="N", help="a label is in (default: 1)")
    add(
        "--most", type=_whole(1), default=500_000, metavar="N", help="labels kept (default: 500000)"
    )
    _finding_many(learn)
    return parser


def _labels(options: argparse.Namespace) -> int:
    from wikiclean.dump import Select
    from wikiclean.labels import learn
    from wikiclean.run import Options

    output = _output(options, _files_of(options.paths), None)
    found = learn(
        options.paths,
        Options(
            select=Select(
                namespaces=options.namespaces,
                since=options.since,
                until=options.until,
            ),
            limit=options.limit,
            site=options.site,
            dialect=options.dialect,
            page_timeout=options.page_timeout,
            page_size=options.page_size,
        ),
        min_pages=options.min_pages,
        most=options.most,
        processes=options.processes,
        progress="none" if options.quiet else options.progress,
        on_error=options.on_error,
        tell=_say,
    )
    _write(output, found.table.to_bytes())
    if not options.quiet:
        _say(f"{len(found.table):,} labels from {found.table.pages:,} pages")
    return FAILED if found.stats.failed else DONE


def _schema_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wikiclean schema", description="Print the columns of the rows that dump writes."
    )
    add = parser.add_argument
    add("--format", choices=("arrow", "json", "hf", "spark"), default="arrow")
    add("--profile", default="full", help="full, hf, wikiextractor, dolma, nemo, sections, chunks")
    return parser


def _schema(options: argparse.Namespace) -> int:
    from wikiclean.records import describe

    _print(describe(options.profile, format=options.format).encode() + b"\n")
    return DONE


COMPARED: Final = {
    ".json": "json",
    ".jsonl": "json",
    ".html": "html",
    ".htm": "html",
    **dict.fromkeys(NAMES, "page"),
}
"""Suffix of a file to be compared → what it holds; text unless it is named here."""


def _compare_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wikiclean compare",
        description="Align two versions of a text block by block, with recall and precision of "
        "their runs of five characters: what B has of A, and what A has of B.",
    )
    forms = ("auto", "text", "json", "html", "wikitext", "export")
    add = parser.add_argument
    add("a", metavar="A", help="a text, our JSON, a rendered page, or a page; - is standard input")
    add("b", metavar="B", help="the same; what it lacks of A is named first")
    add("-f", "--format", choices=("text", "html", "json"), help="default: by the suffix of -o")
    add("-o", "--output", metavar="PATH", help="write to a file")
    add("--a", dest="a_form", choices=forms, default="auto", help="what A holds (by its suffix)")
    add("--b", dest="b_form", choices=forms, default="auto", help="what B holds (by its suffix)")
    _reading_one(parser)
    return parser


def _compare(options: argparse.Namespace) -> int:
    from wikiclean import compare

    format_ = _format(options)
    output = _output(options, [options.b], format_, options.a)
    _load_labels(options)
    sides = [
        _blocks(options.a, options.a_form, options),
        _blocks(options.b, options.b_form, options),
    ]
    found = compare.compare(*sides)
    names = well_formed(options.a), well_formed(options.b)
    if format_ in ("json", "jsonl"):
        page = json.dumps(found.to_dict(), ensure_ascii=False, indent=1) + "\n"
    elif format_ == "html":
        page = compare.to_html(found, *names)
    else:
        page = compare.to_text(found, *names)
    _write(output, page.encode())
    return DONE


def _blocks(name: str, form: str, options: argparse.Namespace) -> list[str]:
    """
    Return the blocks of a file.

    Raises:
        InputError: if it cannot be read, or does not hold what it is said to.
    """
    from wikiclean import compare

    source = _read(name, options)
    if form == "auto":
        form = COMPARED.get(Path(name).suffix.lower(), "text")
    if form == "html":
        return compare.lines_of_html(source)
    if form == "json":
        try:
            return compare.lines_of_json(source)
        except SchemaError as error:
            raise InputError(f"{name}: {error}") from error
    if form != "text":
        dialect = _detected(source, name)[0] if form == "page" else form
        source = _selected(_parse(source, dialect, options), options).text
    return compare.lines_of(source)


def _explain_arguments() -> argparse.ArgumentParser:
    from wikiclean.preview import KINDS

    parser = argparse.ArgumentParser(
        prog="wikiclean explain",
        description="Show what became of a page: what was kept, moved, dropped and repaired, and "
        "why. In a terminal as lines, with -o page.html for a browser.",
    )
    add = parser.add_argument
    add("file", metavar="FILE", help="a page; - is standard input")
    add("-f", "--format", choices=("text", "html", "json"), help="default: by the suffix of -o")
    add("--json", action="store_const", const="json", dest="format", help="the same as -f json")
    add("-o", "--output", metavar="PATH", help="write to a file, or to a folder if it ends in /")
    add(
        "--only",
        action="append",
        choices=tuple(KINDS),
        default=[],
        metavar="KIND",
        help=f"this kind alone; may be given again: {', '.join(KINDS)}",
    )
    _dialect_option(parser)
    _reading_one(parser)
    _fail_on_option(parser)
    return parser


def _explain(options: argparse.Namespace) -> int:
    from wikiclean import preview

    format_ = _format(options)
    output = _output(options, [options.file], format_)
    _load_labels(options)
    source = _read(options.file, options)
    document = _selected(_parse(source, _dialect(source, options.file, options), options), options)
    if format_ == "html":
        page = preview.page(document, only=options.only)
    elif format_ in ("json", "jsonl"):
        report = preview.report(preview.explain(document), only=options.only)
        page = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    else:
        colour = options.output in (None, "-") and _has_colour()
        lines = preview.listing(preview.explain(document), only=options.only, colour=colour)
        page = "".join(f"{line}\n" for line in lines)
    _write(output, page.encode())
    return FLAGGED if _is_met(_flags(document), options) else DONE


def _has_colour() -> bool:
    """Whether stdout is a terminal that shows colours, and nobody has set NO_COLOR."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and sys.stdout.isatty()


VERBS: Final[Mapping[str, Verb]] = {
    "compare": Verb(_compare_arguments, _compare),
    "dump": Verb(_dump_arguments, _dump),
    "explain": Verb(_explain_arguments, _explain),
    "labels": Verb(_labels_arguments, _labels),
    "stats": Verb(_stats_arguments, _stats),
    "schema": Verb(_schema_arguments, _schema),
}
"""First word → what it does."""
