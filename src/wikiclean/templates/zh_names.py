"""
What zh-Wikipedia calls languages and lands.

Here live the names, out of ``data/zh_names.json``, and which of the two scripts is printed. Which
templates print them is said in ``zh`` and ``zh_blocks``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from wikiclean.templates.calls import Call
from wikiclean.templates.shapes import script, wording

_NAMES: Final[Mapping[str, Any]] = json.loads(
    resources.files("wikiclean").joinpath("data/zh_names.json").read_text(encoding="utf-8")
)
LANGUAGES: Final[Mapping[str, Sequence[str]]] = MappingProxyType(_NAMES["languages"])
"""Names of languages in simplified and traditional script, by code."""
LANDS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(_NAMES["lands"])
"""Names of lands in both scripts, by three-letter code; by English name where there is none."""
LAND_CODES: Final[Mapping[str, str]] = MappingProxyType(_NAMES["codes"])
"""Keys of `LANDS` by what else a land is called: codes of sports, English names."""


def language_name(call: Call, code: str) -> str:
    """Return what zh-Wikipedia calls a language: in the script of the page if that is known."""
    hans, hant = LANGUAGES[code]
    if not script(call):
        # What the templates themselves print on a page that is not converted.
        return hans if code in ("ja", "ko") else hant
    return wording(call, hans, hant)


__all__ = ["LANDS", "LAND_CODES", "LANGUAGES", "language_name"]
