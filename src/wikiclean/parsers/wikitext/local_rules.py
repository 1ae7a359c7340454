"""
Templates that hold rules of the language converter for their page: ``{{NoteTA}}`` and its names.

Here their arguments become entries of ``Document.rules``; what these say is read, and acts, in
``wikiclean.variants``.

Source: ``Module:NoteTA`` of the Chinese Wikipedia: ``T`` is for the title, ``1``–``30`` for the
text, ``G1``–``G30`` name groups whose rules stand on the wiki; ``d…`` describe them.
"""

from __future__ import annotations

from wikiclean.codes import CODES
from wikiclean.parsers.wikitext.flow import Flow
from wikiclean.templates import Call
from wikiclean.variants import note_ta_kind


def note_ta(call: Call, flow: Flow) -> None:
    """Enter the rules that a call holds into the flow."""
    for argument in call.arguments:
        start, end = argument.start, argument.end
        kind = note_ta_kind(argument.name.strip())
        if kind is None or not call.source[start:end].strip():
            continue
        if kind >= 0:
            flow.open_rule(start, end, kind)
        else:
            code = "conversion_group_not_applied"
            severity, message = CODES[code]
            flow.diagnose(code, message, start, end, severity=severity)
