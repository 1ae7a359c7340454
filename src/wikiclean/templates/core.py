"""
The templates that mean the same on all wikis, and what each leaves in the text.

Here lives the table of their handlers. What prints words of a language is in the table of a wiki.

Source: the templates' pages on English Wikipedia, which other wikis have copied under their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from wikiclean.templates.calls import (
    Handler,
    argument,
    constant,
    fields,
    items,
    joined,
    nothing,
)
from wikiclean.templates.citations import cite
from wikiclean.templates.notes import (
    footnote,
    note_list,
    note_marks,
    short,
    short_in_brackets,
    short_in_text,
    short_note,
)

CORE: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        # A key that ends in `` *`` serves all names that begin so, one that begins with ``* `` all
        # that end so.
        "Infobox *": fields,
        "Infobox": fields,
        "* infobox": fields,
        "Infobox/*": fields,
        "Taxobox": fields,
        "Automatic taxobox": fields,
        "Speciesbox": fields,
        "Chembox": fields,
        "Drugbox": fields,
        "Navbox": fields,
        "Navbox *": fields,
        "Sidebar": fields,
        "Lang": argument(2, "text"),
        "Nowrap": argument(1),
        "Nobr": argument(1),
        "Nobold": argument(1),
        "Small": argument(1),
        "Smaller": argument(1),
        "Big": argument(1),
        "Larger": argument(1),
        "Color": argument(2, 3),
        "Font color": argument(3, 2, "text"),
        "Abbr": argument(1),
        "Tooltip": argument(1),
        "Sub": argument(1, before="<sub>", after="</sub>"),
        "Sup": argument(1, before="<sup>", after="</sup>"),
        "Code": argument(1, 2, before="<code>", after="</code>"),
        "Mono": argument(1, before="<code>", after="</code>"),
        "Strong": argument(1, before="'''", after="'''"),
        "Em": argument(1, before="''", after="''"),
        "Ruby": lambda call: tuple(
            part
            for part in (
                "<ruby>",
                call.get("1") or "",
                "<rt>",
                call.get("2") or "",
                "</rt></ruby>",
            )
            if part != ""
        ),
        "Plainlist": argument(1),
        "Flatlist": argument(1),
        "Unbulleted list": items,
        "Ubl": items,
        "Hlist": joined(" · "),
        "Quote": argument(1, "text", "quote", before="<blockquote>", after="</blockquote>"),
        "Blockquote": argument(1, "text", "quote", before="<blockquote>", after="</blockquote>"),
        "Cquote": argument(1, "text", "quote", before="<blockquote>", after="</blockquote>"),
        "·": constant("&nbsp;· "),
        "•": constant("&nbsp;• "),
        "Spaces": constant("&nbsp;"),
        "Nbsp": constant("&nbsp;"),
        "Snd": constant("&nbsp;– "),
        "Spaced ndash": constant("&nbsp;– "),
        "Ndash": constant("–"),
        "Mdash": constant("—"),
        "Clear": nothing,
        "-": nothing,
        "Authority control": nothing,
        "Dead link": nothing,
        "TOC": nothing,
        "Toc": nothing,
        # Notes; of templates that differ in their marks alone each has a group of its own.
        "Efn": footnote("lower-alpha"),
        "Efn-ua": footnote("upper-alpha"),
        "Efn-lr": footnote("lower-roman"),
        "Efn-ur": footnote("upper-roman"),
        "Efn-lg": footnote("lower-greek"),
        "Refn": footnote(),
        "Refnest": footnote(),
        "R": note_marks,
        "Rp": nothing,
        "Sfn": short_note,
        "Sfnp": short_note,
        "Sfnm": short_note,
        "Harvnb": short,
        "Harv": short_in_brackets,
        "Harvtxt": short_in_text,
        "Reflist": note_list(),
        "Notelist": note_list("lower-alpha"),
        "Notelist-ua": note_list("upper-alpha"),
        "Notelist-lr": note_list("lower-roman"),
        "Notelist-ur": note_list("upper-roman"),
        "Notelist-lg": note_list("lower-greek"),
        "Cite *": cite,
        "Citation": partial(cite, comma=True),
    }
)
"""Handlers of templates that mean the same on all wikis."""
