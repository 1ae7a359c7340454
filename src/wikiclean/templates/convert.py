"""
Measures: units, their conversion, and how many digits of a result are given.

Here live the units that ``{{convert}}`` is most often asked for, and its rule of rounding. How a
call is read and what is printed around the numbers belongs to the handlers. A unit that is not
here is not converted: no number is better than a wrong one.

Sources: the factors are exact by definition (the International System of Units; the international
yard and pound of 1959; the imperial and the United States gallon). Which unit answers which, and
the rounding, are those of Wikipedia's Module:Convert as its documentation gives them ("Default
rounding"). The Chinese names are those zh-Wikipedia prints for simplified and traditional script.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType
from typing import Final, NamedTuple


class Unit(NamedTuple):
    """A unit of measurement."""

    quantity: str
    """What it measures; only units of one quantity are converted into each other."""
    scale: Decimal
    """How many of the base unit of that quantity it is."""
    offset: Decimal
    """Of temperatures: where it counts from, in kelvins."""
    hans: str
    hant: str
    symbol: str
    """What zh-Wikipedia prints when abbreviations are asked for."""
    latin: str
    """What wikis print whatever their language is."""
    default: str
    """Codes of the units it is converted to when none is named, parted by spaces."""

    def name(self, script: str) -> str:
        """Return its name in the script ``zh-hant``, or else in simplified."""
        return self.hant if script == "zh-hant" else self.hans


# Code; factor; name in simplified and in traditional script; abbreviation; what it is turned into.
# A dash for the traditional name or the abbreviation: as the name before it. A unit whose
# abbreviation is a dash goes by its code off Chinese wikis, or by what ``_LATIN`` has.
_UNITS: Final = {
    "length": """
        m 1 米 公尺 m ft
        km 1000 公里 - km mi
        dm 0.1 分米 公寸 dm in
        cm 0.01 厘米 公分 cm in
        mm 0.001 毫米 公釐 mm in
        um 0.000001 微米 - μm in
        nm 0.000000001 纳米 奈米 nm in
        in 0.0254 英寸 - - mm
        ft 0.3048 英尺 - - m
        yd 0.9144 码 碼 - m
        mi 1609.344 英里 - - km
        nmi 1852 海里 - - km_mi
        AU 149597870700 天文单位 天文單位 AU km
        ly 9460730472580800 光年 - ly pc
        pc 30856775814913673 秒差距 - pc ly
        fathom 1.8288 英寻 英尋 - ft_m
        furlong 201.168 弗隆 - - mi_km
        chain 20.1168 链 鏈 - ft_m
    """,
    "area": """
        m2 1 平方米 平方公尺 m<sup>2</sup> sqft
        km2 1000000 平方公里 - km<sup>2</sup> sqmi
        cm2 0.0001 平方厘米 平方公分 cm<sup>2</sup> sqin
        mm2 0.000001 平方毫米 平方公釐 mm<sup>2</sup> sqin
        ha 10000 公顷 公頃 ha acre
        acre 4046.8564224 英亩 英畝 - ha
        sqmi 2589988.110336 平方英里 - - km2
        sqft 0.09290304 平方英尺 - - m2
        sqyd 0.83612736 平方码 平方碼 - m2
        sqin 0.00064516 平方英寸 - - cm2
    """,
    "volume": """
        m3 1 立方米 立方公尺 m<sup>3</sup> cuft
        km3 1000000000 立方公里 - km<sup>3</sup> cumi
        cm3 0.000001 立方厘米 立方公分 cm<sup>3</sup> cuin
        cc 0.000001 立方厘米 立方公分 cc cuin
        L 0.001 升 公升 L impgal_USgal
        mL 0.000001 毫升 - mL impfloz_USfloz
        cuft 0.028316846592 立方英尺 - - m3
        cuin 0.000016387064 立方英寸 - - cm3
        cuyd 0.764554857984 立方码 立方碼 - m3
        cumi 4168181825.440579584 立方英里 - - km3
        impgal 0.00454609 英制加仑 英制加侖 - L_USgal
        USgal 0.003785411784 美制加仑 美制加侖 - L_impgal
        impfloz 0.0000284130625 英制液盎司 - - mL_USfloz
        USfloz 0.0000295735295625 美制液盎司 - - mL_impfloz
        oilbbl 0.158987294928 桶 - - m3
    """,
    "mass": """
        kg 1 公斤 - - lb
        g 0.001 克 公克 g oz
        mg 0.000001 毫克 - mg gr
        t 1000 公吨 公噸 - LT_ST
        lb 0.45359237 英磅 - 磅 kg
        oz 0.028349523125 盎司 - - g
        st 6.35029318 英石 - - lb_kg
        LT 1016.0469088 长吨 長噸 - ST_t
        ST 907.18474 短吨 短噸 - LT_t
        gr 0.00006479891 格令 - - g
        ozt 0.0311034768 金衡盎司 - - ozt_g
        carat 0.0002 克拉 - - g
    """,
    "speed": """
        km/h 0.2777777777777777777777777778 公里每小时 公里每小時 km/h mph
        m/s 1 米每秒 公尺每秒 m/s ft/s
        mph 0.44704 英里每小时 英里每小時 mph km/h
        ft/s 0.3048 英尺每秒 - ft/s m/s
        kn 0.5144444444444444444444444444 节 節 - km/h_mph
    """,
    "power": """
        W 1 瓦特 - W hp
        kW 1000 千瓦 - kW hp
        MW 1000000 兆瓦 百萬瓦 MW hp
        hp 745.69987158227022 匹 - hp kW
        bhp 745.69987158227022 匹 - bhp kW
        PS 735.49875 公制马力 公制馬力 PS kW
    """,
    "force": """
        N 1 牛顿 牛頓 N lbf
        kN 1000 千牛 千牛頓 kN lbf
        lbf 4.4482216152605 磅力 - - N
        kgf 9.80665 公斤力 - - N
    """,
    "pressure": """
        Pa 1 帕斯卡 - Pa psi
        hPa 100 百帕 - hPa inHg
        kPa 1000 千帕 - kPa psi
        MPa 1000000 兆帕 - MPa psi
        psi 6894.757293168361 磅力每平方英寸 - psi kPa
        bar 100000 巴 - bar kPa
        mbar 100 毫巴 - mbar hPa
        atm 101325 标准大气压 標準大氣壓 atm kPa
        inHg 3386.388640341 英寸汞柱 英吋汞柱 inHg kPa
    """,
    "torque": """
        Nm 1 牛顿米 牛頓米 N·m lbft
        lbft 1.3558179483314004 磅英尺 - - Nm
    """,
    "temperature": """
        C 1 摄氏度 攝氏度 °C F
        F 0.5555555555555555555555555556 华氏度 華氏度 °F C
        K 1 开尔文 克耳文 K C_F
    """,
}
_LATIN: Final = {
    "sqmi": "sq mi", "sqft": "sq ft", "sqyd": "sq yd", "sqin": "sq in", "cuft": "cu ft",
    "cuin": "cu in", "cuyd": "cu yd", "cumi": "cu mi", "impgal": "imp gal", "USgal": "US gal",
    "impfloz": "imp fl oz", "USfloz": "US fl oz", "oilbbl": "bbl", "LT": "long ton",
    "ST": "short ton", "lb": "lb", "ozt": "oz t", "carat": "ct", "lbft": "lb⋅ft",
}  # fmt: skip
_OFFSETS: Final = {"C": "273.15", "F": "255.3722222222222222222222222"}
_OTHER_CODES: Final = {
    "metre": "m", "meter": "m", "metres": "m", "meters": "m", "kilometre": "km",
    "kilometer": "km", "mile": "mi", "miles": "mi", "foot": "ft", "feet": "ft", "inch": "in",
    "yard": "yd", "l": "L", "litre": "L", "liter": "L", "ml": "mL", "lbs": "lb", "pound": "lb",
    "tonne": "t", "MT": "t", "knot": "kn", "knots": "kn", "kmh": "km/h", "kph": "km/h",
    "°C": "C", "°F": "F", "degC": "C", "degF": "F", "μm": "um", "µm": "um",
    "acres": "acre", "hectare": "ha", "sqkm": "km2", "sqm": "m2", "sqcm": "cm2", "cum": "m3",
    "long ton": "LT", "short ton": "ST", "lb-f": "lbf", "lb.ft": "lbft", "lbfft": "lbft",
    "ftlb": "lbft", "N.m": "Nm", "Nm": "Nm", "U.S.gal": "USgal", "usgal": "USgal", "gal": "USgal",
    "oilbarrel": "oilbbl", "impoz": "impfloz", "USoz": "USfloz", "foot/s": "ft/s", "kgs": "kg",
}  # fmt: skip


def _read_units() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for quantity, table in _UNITS.items():
        for line in table.strip().splitlines():
            code, scale, hans, hant, symbol, default = line.split()
            units[code] = Unit(
                quantity,
                Decimal(scale),
                Decimal(_OFFSETS.get(code, "0")),
                hans,
                hans if hant == "-" else hant,
                hans if symbol == "-" else symbol,
                _LATIN.get(code, code if symbol == "-" else symbol),
                default.replace("_", " "),
            )
    units |= {other: units[code] for other, code in _OTHER_CODES.items() if code in units}
    return units


UNITS: Final[Mapping[str, Unit]] = MappingProxyType(_read_units())
"""By the code that is written in ``{{convert|1|CODE}}``."""

_NUMBER: Final = re.compile(
    r"([+\-−–]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE]([+-]?\d{1,2}))?"
)
_CONTEXT: Final = Context(prec=60, rounding=ROUND_HALF_UP, traps=[])
_FUDGE: Final = 1e-14
"""Keeps a power of ten from being taken for a little less, as in Module:Convert."""


_MAX_SIZE: Final = 25
"""Powers of ten of a number that is read; the digits of its conversion must fit the context."""


class Number(NamedTuple):
    """A number as it was written."""

    value: Decimal
    decimals: int
    """Digits behind the point; less the zeros at the end of a whole number, below 0."""
    text: str
    """As it is printed: thousands parted by commas, a real minus sign."""


def read_number(text: str) -> Number | None:
    """Read a number; None if it is not one in digits (``5+1/2``, ``{{formatnum:…}}``)."""
    match = _NUMBER.fullmatch(text.strip().replace("&minus;", "−"))
    if match is None:
        return None
    sign, digits, exponent = match.groups()
    plain = digits.replace(",", "")
    negative = sign not in ("", "+")
    value = Decimal(plain + (f"e{exponent}" if exponent else ""))
    if value and not -_MAX_SIZE < value.adjusted() < _MAX_SIZE:
        return None
    whole, point, decimals = plain.partition(".")
    places = len(decimals) if point else len(whole.rstrip("0")) - len(whole)
    if exponent:
        places -= int(exponent)
    shown = f"{int(whole or '0'):,}" + (f".{decimals}" if decimals else "")
    if exponent:
        shown += f"×10<sup>{int(exponent)}</sup>".replace("-", "−")
    return Number(-value if negative else value, places, ("−" if negative else "") + shown)


def converted(value: Decimal, unit: Unit, to: Unit) -> Decimal:
    """Return *value* of *unit* in another unit of the same quantity."""
    base = _CONTEXT.add(_CONTEXT.multiply(value, unit.scale), unit.offset)
    return _CONTEXT.divide(_CONTEXT.subtract(base, to.offset), to.scale)


def precision(number: Number, unit: Unit, to: Unit) -> int:
    """
    Return how many digits behind the point a result is given with when nobody says.

    As many as the given number has, one more or less for each power of ten between the values,
    and at least two significant digits.
    """
    if unit.quantity == "temperature":
        kelvin = abs(float(number.value * unit.scale + unit.offset))
        least = 2 if kelvin < 1e-8 else 2 - math.floor(math.log10(kelvin) + _FUDGE)
        return max(number.decimals, least)
    result = abs(float(converted(number.value, unit, to)))
    given = abs(float(number.value))
    if not result or not given:
        return max(number.decimals, 0)
    adjusted = math.floor(number.decimals + math.log10(given / result) + math.log10(2))
    return max(adjusted, 1 - math.floor(math.log10(result) + _FUDGE))


def significant(value: Decimal, digits: int) -> int:
    """Return how many digits behind the point leave *digits* significant ones."""
    size = abs(float(value))
    return digits - 1 - math.floor(math.log10(size) + _FUDGE) if size else 0


def printed(value: Decimal, decimals: int) -> str:
    """Round and print: half away from zero, thousands parted by commas, a real minus sign."""
    decimals = max(-20, min(20, decimals))
    rounded = value.quantize(Decimal(1).scaleb(-decimals), context=_CONTEXT)
    text = f"{abs(rounded):,.{max(0, decimals)}f}"
    return ("−" if rounded < 0 else "") + text


__all__ = ["UNITS", "Number", "Unit", "converted", "precision", "printed", "read_number"]
