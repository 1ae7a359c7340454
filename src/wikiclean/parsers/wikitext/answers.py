"""
Who answers a call: a variable, a parser function, a handler; or nobody.

Names of calls are read here, as MediaWiki's ``Parser::braceSubstitution()`` does. What
the functions and handlers answer is theirs to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from wikiclean.parsers.wikitext.functions import Frame, answer_function, answer_variable
from wikiclean.parsers.wikitext.markup import TITLE_BAD
from wikiclean.parsers.wikitext.page import Page
from wikiclean.site import TEMPLATE
from wikiclean.templates import Call, Handler, Part, fields
from wikiclean.variants import is_note_ta

_BEYOND: Final = ("#", "../")
"""What begins no title, and yet is no text on a wiki that has another function or subpages."""
_SUBSTITUTION: Final = ("subst:", "safesubst:", "msg:", "msgnw:", "raw:")


def answer(frame: Frame, call: Call) -> Sequence[Part] | None:
    """Name a call and say what it leaves in its place; None if it is to be dropped."""
    page = frame.page
    head = call.head
    if head is None:
        return _dynamic(frame, call)
    name = head.strip()
    if ":" in name:
        lowered = name.lower()
        for prefix in _SUBSTITUTION:
            if lowered.startswith(prefix):
                name = name[len(prefix) :].strip()
                lowered = name.lower()
        word, colon, _ = name.partition(":")
        if colon:
            function = page.site.parser_function(word)
            if function is not None:
                call.name = word
                return answer_function(frame, call, function)
    elif call.head_end == call.node.inner_end:
        variable = page.site.variable(name)
        if variable is not None:
            call.name = name
            return answer_variable(page, call, variable)
    if not name or TITLE_BAD.search(name.partition("#")[0] or name):
        call.action = "text"  # no page can have that name, so MediaWiki shows the braces
        return None
    call.name, valid = _template_name(page, name)
    if not valid and not name.startswith(_BEYOND):
        call.action = "text"
        return None
    handler = handler_of(page, call.name)
    if handler is None:
        if is_note_ta(call.name):
            call.action = "rendered"
            return ()
        return None
    if handler is fields:
        call.action = "extracted"
        return ()
    parts = handler(call)
    if parts is not None:
        call.action = "rendered"
    return parts


def _template_name(page: Page, raw: str) -> tuple[str, bool]:
    """Return a template's name as its record has it, and whether a page can have it."""
    if "_" in raw:
        raw = raw.replace("_", " ").strip()
    title = page.site.title(raw, default_namespace=TEMPLATE)
    if not title.valid:
        return raw, False
    return title.text if title.namespace == TEMPLATE else (title.full or raw), True


def handler_of(page: Page, name: str) -> Handler | None:
    """Return the handler for a template: by its name, else by how the name begins or ends."""
    templates = page.templates
    if not templates:
        return None
    for key in keys_of(name):
        found = templates.get(key)
        if found is not None:
            return found
    return None


def keys_of(name: str) -> Iterator[str]:
    """Yield the keys by which a template of that name is looked up in a table, in order."""
    yield name
    first, space, rest = name.partition(" ")
    if space:
        yield f"{first} *"
        yield f"* {rest.rpartition(' ')[2]}"
    for sign in "/-":
        if sign in name:
            yield f"{name.partition(sign)[0]}{sign}*"


def _dynamic(frame: Frame, call: Call) -> Sequence[Part] | None:
    """Answer a call in whose head another stands: a function of it, or an unknown template."""
    source = call.source
    pieces: list[str] = []
    at = call.head_start
    for child in call.node.children:
        pieces.append(source[at : child.start])
        if child.kind != "comment":
            break
        at = child.end
    word, colon, _ = "".join(pieces).strip().partition(":")
    if colon:
        if word.lower() in ("subst", "safesubst"):
            word, colon, _ = "".join(pieces).strip().partition(":")[2].partition(":")
        function = frame.page.site.parser_function(word.strip()) if colon else None
        if function is not None:
            call.name = word.strip()
            return answer_function(frame, call, function)
    call.name = source[call.head_start : min(call.head_end, call.head_start + 80)].strip()
    if any(child.kind == "tag" and child.start < call.head_end for child in call.node.children):
        call.action = "text"  # no page can have that name either
    return None
