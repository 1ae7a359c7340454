"""
The exception tree. Markup never raises: these are for callers' mistakes and broken files.

::

    WikicleanError
    ├── SiteError            (LookupError)   no such site, or its data is not usable
    ├── UnknownFormatError   (ValueError)    no such dialect, output format or option value
    ├── SchemaError          (ValueError)    what was stored does not have the shape it should
    ├── TooComplexError      (ValueError)    a slice is beyond the guard of another library's parser
    ├── InputError           (OSError)       a file that cannot be read as text
    ├── OutputError          (OSError)       the disk is full, or a file on it is gone
    ├── DumpError            (ValueError)    a dump that is cut short, corrupt, or not a dump
    └── MissingExtraError    (ImportError)   an optional dependency is not installed

Each error's message says what to do next. Limits of size and depth are diagnostics of a
Document, not errors.
"""

from __future__ import annotations


class WikicleanError(Exception):
    """The base of all errors that this package raises on purpose."""


class SiteError(WikicleanError, LookupError):
    """Raised when a site is asked for whose data is not known, or is not usable."""


class UnknownFormatError(WikicleanError, ValueError):
    """
    Raised when a dialect, an output format or the value of an option is not one of those known.

    Attributes:
        value: What was given.
        known: What could have been given, in the order in which it is documented.
    """

    def __init__(self, what: str, value: str, known: tuple[str, ...]) -> None:
        self.what = what
        self.value = value
        self.known = known
        super().__init__(what, value, known)

    def __str__(self) -> str:
        return f"unknown {self.what} {self.value!r}; choose one of {', '.join(self.known)}"


class SchemaError(WikicleanError, ValueError):
    """Raised when what was stored has another shape than a Document, a row or a table of labels."""


class TooComplexError(WikicleanError, ValueError):
    """Raised when a slice is too large or too deep to hand to another library's parser."""


class InputError(WikicleanError, OSError):
    """Raised when a file cannot be read, or is not text in the encoding named."""


class OutputError(WikicleanError, OSError):
    """Raised in the middle of a run when its shards cannot be written any more."""


class DumpError(WikicleanError, ValueError):
    """
    Raised where a dump is cut short, corrupt or not a dump; the pages before have been given.

    Attributes:
        source: Name of the file.
        position: How many bytes of it, as stored, had been read; None if that is not known.
    """

    def __init__(self, message: str, source: str = "", position: int | None = None) -> None:
        self.source = source
        self.position = position
        super().__init__(message, source, position)

    def __str__(self) -> str:
        return str(self.args[0])


class MissingExtraError(WikicleanError, ImportError):
    """
    Raised when a function needs an optional dependency that is not installed.

    Attributes:
        extra: The name of the extra that installs it, as in ``pip install 'wikiclean[zh]'``.
    """

    def __init__(self, feature: str, extra: str) -> None:
        self.feature = feature
        self.extra = extra
        super().__init__(feature, extra)

    def __str__(self) -> str:
        return f"{self.feature} needs an extra: pip install 'wikiclean[{self.extra}]'"
