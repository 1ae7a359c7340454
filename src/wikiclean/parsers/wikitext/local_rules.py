"""
Templates that hold rules of the language converter for their page: ``{{NoteTA}}`` and its names.

Here their arguments become entries of ``Document.rules``; what these say is read, and acts, in
``wikiclean.variants``.

Source: ``Module:NoteTA`` of the Chinese Wikipedia: ``T`` is for the title, ``1``–``30`` for the
text, ``G1``–``G30`` name groups whose rules stand on the wiki; ``d…`` describe them.
"""

from __future__ import annotations

from wikiclean.codes import CODES
from wikiclean.document import LOCAL_RULE, TITLE_RULE
from wikiclean.parsers.wikitext.flow import Flow
from wikiclean.templates import Call
from wikiclean.variants import NOTE_TA


def is_note_ta(name: str) -> bool:
    """Whether a template of that name holds rules for its page."""
    return name.partition("/")[0] in NOTE_TA


def note_ta(call: Call, flow: Flow) -> None:
    """Enter the rules that a call holds into the flow."""
    for argument in call.arguments:
        name = argument.name.strip()
        start, end = argument.start, argument.end
        if not call.source[start:end].strip():
            continue
        if name == "T" or name.isdecimal():
            flow.open_rule(start, end, TITLE_RULE if name == "T" else LOCAL_RULE)
        elif name[:1] == "G" and name[1:].isdecimal():
            code = "conversion_group_not_applied"
            severity, message = CODES[code]
            flow.diagnose(code, message, start, end, severity=severity)
