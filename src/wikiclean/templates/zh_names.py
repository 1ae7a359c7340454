"""
What zh-Wikipedia calls languages and lands, and what the elements are called.

Here live the names, those of languages and lands out of ``data/zh_names.json``, and which of the
two scripts is printed. Which templates print them is said in ``zh`` and ``zh_blocks``.
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

_SYMBOLS: Final = """
    H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br
    Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho
    Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U
"""
_HANS: Final = (
    "氢氦锂铍硼碳氮氧氟氖钠镁铝硅磷硫氯氩钾钙钪钛钒铬锰铁钴镍铜锌镓锗砷硒溴氪铷锶钇锆铌钼锝钌铑钯银镉铟锡锑碲碘氙铯钡"
    "镧铈镨钕钷钐铕钆铽镝钬铒铥镱镥铪钽钨铼锇铱铂金汞铊铅铋钋砹氡钫镭锕钍镤铀"
)
_HANT: Final = (
    "氫氦鋰鈹硼碳氮氧氟氖鈉鎂鋁矽磷硫氯氬鉀鈣鈧鈦釩鉻錳鐵鈷鎳銅鋅鎵鍺砷硒溴氪銣鍶釔鋯鈮鉬鎝釕銠鈀銀鎘銦錫銻碲碘氙銫鋇"
    "鑭鈰鐠釹鉕釤銪釓鋱鏑鈥鉺銩鐿鎦鉿鉭鎢錸鋨銥鉑金汞鉈鉛鉍釙砈氡鍅鐳錒釷鏷鈾"
)
ELEMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: symbol
        for names in (_HANS, _HANT)
        for name, symbol in zip(names, _SYMBOLS.split(), strict=True)
    }
)
"""Symbols of the elements up to uranium by their names in both scripts, in the order of numbers."""


def language_name(call: Call, code: str) -> str:
    """Return what zh-Wikipedia calls a language: in the script of the page if that is known."""
    hans, hant = LANGUAGES[code]
    if not script(call):
        # What the templates themselves print on a page that is not converted.
        return hans if code in ("ja", "ko") else hant
    return wording(call, hans, hant)


__all__ = ["ELEMENTS", "LANDS", "LAND_CODES", "LANGUAGES", "language_name"]
