"""
Templates: what a call leaves in the text.

A handler is a function from a `Call` to *parts*: literal wikitext, and arguments of the call, so
that text out of an argument keeps its place in the source. The parts are read in the place of the
call as MediaWiki reads what a template expands to. A handler that returns None leaves the call to
be dropped, with a diagnostic that holds it.

Here is what those who write handlers import. Calls are in ``calls``, what all wikis share in
``core``, with ``notes`` and ``citations``; ``shapes`` and ``measures`` are what the tables of a
wiki, such as ``zh``, are put together from.
"""

from wikiclean.templates.calls import (
    Argument,
    Call,
    Handler,
    Part,
    Surroundings,
    argument,
    constant,
    fields,
    items,
    joined,
    nothing,
    trimmed,
)
from wikiclean.templates.core import CORE

__all__ = [
    "CORE",
    "Argument",
    "Call",
    "Handler",
    "Part",
    "Surroundings",
    "argument",
    "constant",
    "fields",
    "items",
    "joined",
    "nothing",
    "trimmed",
]
