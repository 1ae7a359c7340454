"""
Write ``src/wikiclean/data/zh_names.json``: what zh-Wikipedia's templates call languages and lands.

What belongs here: joining the names of CLDR with the codes that templates use, and the list of
names that zh-Wikipedia prints otherwise. What does not: how a template prints them, which
``wikiclean.templates.zh`` knows.

    python scripts/zh_names.py            write the file
    python scripts/zh_names.py --check    write nothing, exit 1 when it would change

Sources: CLDR as the package ``Babel`` on PyPI carries it (names; Unicode License v3), and the
Debian package ``iso-codes`` (three-letter codes of ISO 3166-1; LGPL-2.1-or-later, of which only
the standard's own codes are taken). Exit code 2: one of them is not installed.

Method. A language's name in simplified script is CLDR's for ``zh``. CLDR's for ``zh_Hant`` ends in
文 where zh-Wikipedia writes 語, so that ending is exchanged. A land's names are CLDR's, its code is
that of ISO 3166-1; `SPORTS` adds the codes by which teams go. `LANGUAGES` and `LANDS` are
the names that zh-Wikipedia's own templates print instead.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import re
import sys
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).resolve().parent.parent / "src" / "wikiclean" / "data"
CODES: Final = Path("/usr/share/iso-codes/json/iso_3166-1.json")

# Where the name that ``{{lang-xx}}`` prints on zh-Wikipedia is not CLDR's: simplified, traditional.
LANGUAGES: Final = {
    "af": "南非语 南非語",
    "ang": "古英语 古英語",
    "arc": "亚拉姆语 亞拉姆語",
    "bo": "藏语 藏語",
    "ca": "加泰罗尼亚语 加泰隆尼亞語",
    "cmn": "现代标准汉语 現代標準漢語",
    "cy": "威尔士语 威爾士語",
    "dng": "东干语 東干語",
    "fil": "菲律宾语 菲律賓語",
    "ga": "爱尔兰语 愛爾蘭語",
    "gd": "苏格兰盖尔语 蘇格蘭蓋爾語",
    "gsw": "瑞士德语 瑞士德語",
    "hak": "客家话 客家話",
    "id": "印尼语 印尼語",
    "ko": "韩语 韓語",
    "ku": "库尔德语 庫爾德語",
    "mnc": "满语 滿語",
    "ms": "马来语 馬來語",
    "my": "缅甸语 緬甸語",
    "nan": "闽南语 閩南語",
    "nb": "挪威语 挪威語",
    "no": "挪威语 挪威語",
    "nn": "新挪威语 新挪威語",
    "or": "奥里亚语 奧里亞語",
    "ota": "奥斯曼土耳其语 鄂圖曼土耳其語",
    "sh": "塞尔维亚-克罗地亚语 塞爾維亞-克羅埃西亞語",
    "sr": "塞尔维亚语 塞爾維亞語",
    "ta": "泰米尔语 泰米爾語",
    "tl": "他加禄语 他加祿語",
    "ug": "维吾尔语 維吾爾語",
    "yue": "粤语 粵語",
    "za": "壮语 壯語",
    "zh": "汉语 漢語",
}

# Where the name that ``{{XXX}}`` prints is not CLDR's.
LANDS: Final = {
    "COD": "刚果民主共和国 剛果民主共和國",
    "COG": "刚果共和国 剛果共和國",
    "HKG": "香港 香港",
    "MAC": "澳门 澳門",
    "MMR": "缅甸 緬甸",
    "PRK": "朝鲜 朝鮮",
    "PSE": "巴勒斯坦 巴勒斯坦",
    "KOR": "韩国 韓國",
    "TWN": "中华民国 中華民國",
    # No state of ISO 3166-1, or none any more.
    "CHNML": "中国大陆 中國大陸",
    "ROC": "中华民国 中華民國",
    "PRC": "中华人民共和国 中華人民共和國",
    "ENG": "英格兰 英格蘭",
    "SCO": "苏格兰 蘇格蘭",
    "WAL": "威尔士 威爾斯",
    "NIR": "北爱尔兰 北愛爾蘭",
    "EUR": "欧洲联盟 歐洲聯盟",
    "URS": "苏联 蘇聯",
    "GDR": "东德 東德",
    "FRG": "西德 西德",
    "YUG": "南斯拉夫 南斯拉夫",
    "TCH": "捷克斯洛伐克 捷克斯洛伐克",
    "SCG": "塞尔维亚和黑山 塞爾維亞和蒙特內哥羅",
    "XKX": "科索沃 科索沃",
    "TPE": "中华台北 中華臺北",
}

# Codes of the Olympic committees that differ from ISO 3166-1's. Source: the International Olympic
# Committee's list of national committees.
SPORTS: Final = {
    "ALG": "DZA", "ANG": "AGO", "ANT": "ATG", "ARU": "ABW", "BAH": "BHS", "BAN": "BGD",
    "BAR": "BRB", "BER": "BMU", "BHU": "BTN", "BIZ": "BLZ", "BOT": "BWA", "BRU": "BRN",
    "BUL": "BGR", "BUR": "BFA", "CAM": "KHM", "CAY": "CYM", "CGO": "COG", "CHA": "TCD",
    "CHI": "CHL", "CRC": "CRI", "CRO": "HRV", "DEN": "DNK", "ESA": "SLV", "FIJ": "FJI",
    "GAM": "GMB", "GBS": "GNB", "GEQ": "GNQ", "GER": "DEU", "GRE": "GRC", "GRN": "GRD",
    "GUA": "GTM", "GUI": "GIN", "HAI": "HTI", "HON": "HND", "INA": "IDN", "IRI": "IRN",
    "ISV": "VIR", "IVB": "VGB", "KSA": "SAU", "KUW": "KWT", "LAT": "LVA", "LBA": "LBY",
    "LES": "LSO", "MAD": "MDG", "MAS": "MYS", "MAW": "MWI", "MGL": "MNG", "MON": "MCO",
    "MRI": "MUS", "MTN": "MRT", "MYA": "MMR", "NCA": "NIC", "NED": "NLD", "NEP": "NPL",
    "NGR": "NGA", "NIG": "NER", "OMA": "OMN", "PAR": "PRY", "PHI": "PHL", "PLE": "PSE",
    "POR": "PRT", "PUR": "PRI", "RSA": "ZAF", "SAM": "WSM", "SEY": "SYC", "SIN": "SGP",
    "SKN": "KNA", "SLO": "SVN", "SOL": "SLB", "SRI": "LKA", "SUD": "SDN", "SUI": "CHE",
    "TAN": "TZA", "TGA": "TON", "TOG": "TGO", "UAE": "ARE", "URU": "URY", "VAN": "VUT",
    "VIE": "VNM", "VIN": "VCT", "ZAM": "ZMB", "ZIM": "ZWE", "KOS": "XKX", "UK": "GBR",
    "EU": "EUR", "USSR": "URS", "US": "USA",
}  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Write or check the file; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 on drift")
    arguments = parser.parse_args(argv)
    if importlib.util.find_spec("babel") is None:
        print("not installed: pip install babel", file=sys.stderr)
        return 2
    if not CODES.exists():
        print("not installed: apt-get install iso-codes", file=sys.stderr)
        return 2
    path = DATA / "zh_names.json"
    text = serialise({"languages": languages(), **lands()})
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return 0
    if arguments.check:
        print(f"differs: {path.name}", file=sys.stderr)
        return 1
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"written: {path.name}, CLDR of Babel {importlib.metadata.version('babel')}")
    return 0


def names(locale: str, what: str) -> dict[str, str]:
    """Return CLDR's names of languages or territories by code."""
    babel = importlib.import_module("babel")
    return dict(getattr(babel.Locale.parse(locale), what))


def languages() -> dict[str, list[str]]:
    """Return the names of each language in simplified and in traditional script."""
    simplified, traditional = names("zh_Hans", "languages"), names("zh_Hant", "languages")
    result = {
        code: [name, re.sub("文$", "語", traditional[code]) if name[-1] == "语" else name]
        for code, name in simplified.items()
        if re.fullmatch("[a-z]{2,3}", code) and code in traditional
    }
    result.update((code, both.split()) for code, both in LANGUAGES.items())
    return dict(sorted(result.items()))


def lands() -> dict[str, object]:
    """Return the names of lands by three-letter code, and other ways to name a code."""
    simplified, traditional = names("zh_Hans", "territories"), names("zh_Hant", "territories")
    english = names("en", "territories")
    result: dict[str, list[str]] = {}
    codes = dict(SPORTS)
    for entry in json.loads(CODES.read_text(encoding="utf-8"))["3166-1"]:
        two, three = entry["alpha_2"], entry["alpha_3"]
        if two not in simplified:
            continue
        result[three] = [simplified[two], traditional[two]]
        for name in (entry["name"], entry.get("common_name"), english[two]):
            if name and "," not in name:
                codes[name] = three
    result.update((code, both.split()) for code, both in LANDS.items())
    clash = sorted(set(codes) & set(result))
    if clash:
        raise ValueError(f"codes that stand for two lands: {clash}")
    return {"lands": dict(sorted(result.items())), "codes": dict(sorted(codes.items()))}


def serialise(tables: dict[str, object]) -> str:
    """Return the file: one line an entry."""
    parts = []
    for key, table in tables.items():
        assert isinstance(table, dict)  # noqa: S101
        lines = [
            f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}"
            for name, value in table.items()
        ]
        parts.append(f' "{key}": {{\n' + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
