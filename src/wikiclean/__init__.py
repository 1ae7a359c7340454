"""
Clean text and structured documents from zh-Wikipedia-style markup.

The public names, and nothing else. ``parse`` gives a Document, ``clean`` its text.
"""

from wikiclean.api import ParseOptions, clean, detect, parse, pipe
from wikiclean.document import (
    Account,
    Anchor,
    Block,
    Category,
    Cell,
    Diagnostic,
    Document,
    Field,
    Footnote,
    Infobox,
    Interlanguage,
    Link,
    Math,
    Media,
    Parameter,
    Piece,
    Runs,
    Section,
    Span,
    Style,
    Table,
    Template,
)
from wikiclean.editing import Change, Edit, edit
from wikiclean.errors import (
    DumpError,
    InputError,
    MissingExtraError,
    OutputError,
    SchemaError,
    SiteError,
    TooComplexError,
    UnknownFormatError,
    WikicleanError,
)
from wikiclean.limits import Limits
from wikiclean.passes.label_table import LabelTable
from wikiclean.passes.options import Options
from wikiclean.site import MagicWord, Namespace, Site, Title

__version__ = "0.1.0"

__all__ = [
    "Account",
    "Anchor",
    "Block",
    "Category",
    "Cell",
    "Change",
    "Diagnostic",
    "Document",
    "DumpError",
    "Edit",
    "Field",
    "Footnote",
    "Infobox",
    "InputError",
    "Interlanguage",
    "LabelTable",
    "Limits",
    "Link",
    "MagicWord",
    "Math",
    "Media",
    "MissingExtraError",
    "Namespace",
    "Options",
    "OutputError",
    "Parameter",
    "ParseOptions",
    "Piece",
    "Runs",
    "SchemaError",
    "Section",
    "Site",
    "SiteError",
    "Span",
    "Style",
    "Table",
    "Template",
    "Title",
    "TooComplexError",
    "UnknownFormatError",
    "WikicleanError",
    "clean",
    "detect",
    "edit",
    "parse",
    "pipe",
]
