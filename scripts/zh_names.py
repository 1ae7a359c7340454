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
that of ISO 3166-1; `SPORTS` adds the codes by which teams go, `ENGLISH` further English names.
`LANGUAGES` and `LANDS` are the names that zh-Wikipedia's own templates print instead, and those of
what the standard has no code for.
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
    "ami": "阿美语 阿美語",
    "ang": "古英语 古英語",
    "arc": "亚拉姆语 亞拉姆語",
    "bnn": "布农语 布農語",
    "bo": "藏语 藏語",
    "ca": "加泰罗尼亚语 加泰隆尼亞語",
    "cdo": "闽东语 閩東語",
    "cmn": "现代标准汉语 現代標準漢語",
    "cy": "威尔士语 威爾士語",
    "dng": "东干语 東干語",
    "dru": "鲁凯语 魯凱語",
    "en-gb": "英式英文 英式英文",
    "en-us": "美式英文 美式英文",
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
    "pt-br": "巴西葡萄牙语 巴西葡萄牙語",
    "pwn": "排湾语 排灣語",
    "pyu": "卑南语 卑南語",
    "ryu": "冲绳语 沖繩語",
    "sh": "塞尔维亚-克罗地亚语 塞爾維亞-克羅埃西亞語",
    "sr": "塞尔维亚语 塞爾維亞語",
    "sr-latn": "塞尔维亚语拉丁字母 塞爾維亞語拉丁字母",
    "ta": "泰米尔语 泰米爾語",
    "tao": "达悟语 達悟語",
    "tay": "泰雅语 泰雅語",
    "tl": "他加禄语 他加祿語",
    "tsu": "邹语 鄒語",
    "ug": "维吾尔语 維吾爾語",
    "xsy": "赛夏语 賽夏語",
    "yue": "粤语 粵語",
    "za": "壮语 壯語",
    "zh": "汉语 漢語",
    "zh-hans": "简体中文 簡體中文",
    "zh-hant": "繁体中文 繁體中文",
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
    "ROK": "大韩民国 大韓民國",
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
    # What is called by its English name only: states of the past, parts of states.
    "Austria-Hungary": "奥匈帝国 奧匈帝國",
    "Austrian Empire": "奥地利帝国 奧地利帝國",
    "British Empire": "大英帝国 大英帝國",
    "British Hong Kong": "英属香港 英屬香港",
    "British Raj": "英属印度 英屬印度",
    "Byzantine Empire": "拜占庭帝国 拜占庭帝國",
    "Catalonia": "加泰罗尼亚 加泰隆尼亞",
    "Confederate States of America": "美利坚联盟国 美利堅聯盟國",
    "Dutch Republic": "荷兰共和国 荷蘭共和國",
    "Empire of Brazil": "巴西帝国 巴西帝國",
    "Empire of Japan": "大日本帝国 大日本帝國",
    "First French Empire": "法兰西第一帝国 法蘭西第一帝國",
    "Free France": "自由法国 自由法國",
    "German Empire": "德意志帝国 德意志帝國",
    "Holy Roman Empire": "神圣罗马帝国 神聖羅馬帝國",
    "Kingdom of Bulgaria": "保加利亚王国 保加利亞王國",
    "Kingdom of England": "英格兰王国 英格蘭王國",
    "Kingdom of France": "法兰西王国 法蘭西王國",
    "Kingdom of Great Britain": "大不列颠王国 大不列顛王國",
    "Kingdom of Greece": "希腊王国 希臘王國",
    "Kingdom of Hungary": "匈牙利王国 匈牙利王國",
    "Kingdom of Italy": "意大利王国 義大利王國",
    "Kingdom of Prussia": "普鲁士王国 普魯士王國",
    "Kingdom of Romania": "罗马尼亚王国 羅馬尼亞王國",
    "Kingdom of Yugoslavia": "南斯拉夫王国 南斯拉夫王國",
    "Korean Empire": "大韩帝国 大韓帝國",
    "Manchukuo": "满洲国 滿洲國",
    "Nazi Germany": "纳粹德国 納粹德國",
    "Netherlands Antilles": "荷属安的列斯 荷屬安地列斯",
    "North Vietnam": "北越 北越",
    "Northern Cyprus": "北塞浦路斯 北賽普勒斯",
    "Ottoman Empire": "奥斯曼帝国 鄂圖曼帝國",
    "Polish–Lithuanian Commonwealth": "波兰立陶宛联邦 波蘭立陶宛聯邦",
    "Qing dynasty": "清朝 清朝",
    "Russian Empire": "俄罗斯帝国 俄羅斯帝國",
    "SFR Yugoslavia": "南斯拉夫社会主义联邦共和国 南斯拉夫社會主義聯邦共和國",
    "South Vietnam": "南越 南越",
    "Taiwan": "台湾 臺灣",
    "United Nations": "联合国 聯合國",
    "Vichy France": "维希法国 維琪法國",
    "Weimar Republic": "魏玛共和国 威瑪共和國",
    "Alabama": "亚拉巴马州 阿拉巴馬州",
    "Alaska": "阿拉斯加州 阿拉斯加州",
    "Arizona": "亚利桑那州 亞利桑那州",
    "Arkansas": "阿肯色州 阿肯色州",
    "California": "加利福尼亚州 加利福尼亞州",
    "Colorado": "科罗拉多州 科羅拉多州",
    "Connecticut": "康涅狄格州 康乃狄克州",
    "Delaware": "特拉华州 德拉瓦州",
    "Florida": "佛罗里达州 佛羅里達州",
    "Georgia (U.S. state)": "佐治亚州 喬治亞州",
    "Hawaii": "夏威夷州 夏威夷州",
    "Idaho": "爱达荷州 愛達荷州",
    "Illinois": "伊利诺伊州 伊利諾州",
    "Indiana": "印第安纳州 印第安納州",
    "Iowa": "艾奥瓦州 愛荷華州",
    "Kansas": "堪萨斯州 堪薩斯州",
    "Kentucky": "肯塔基州 肯塔基州",
    "Louisiana": "路易斯安那州 路易斯安那州",
    "Maine": "缅因州 緬因州",
    "Maryland": "马里兰州 馬里蘭州",
    "Massachusetts": "马萨诸塞州 麻薩諸塞州",
    "Michigan": "密歇根州 密西根州",
    "Minnesota": "明尼苏达州 明尼蘇達州",
    "Mississippi": "密西西比州 密西西比州",
    "Missouri": "密苏里州 密蘇里州",
    "Montana": "蒙大拿州 蒙大拿州",
    "Nebraska": "内布拉斯加州 內布拉斯加州",
    "Nevada": "内华达州 內華達州",
    "New Hampshire": "新罕布什尔州 新罕布夏州",
    "New Jersey": "新泽西州 紐澤西州",
    "New Mexico": "新墨西哥州 新墨西哥州",
    "New York": "纽约州 紐約州",
    "North Carolina": "北卡罗来纳州 北卡羅來納州",
    "North Dakota": "北达科他州 北達科他州",
    "Ohio": "俄亥俄州 俄亥俄州",
    "Oklahoma": "俄克拉何马州 奧克拉荷馬州",
    "Oregon": "俄勒冈州 奧勒岡州",
    "Pennsylvania": "宾夕法尼亚州 賓夕法尼亞州",
    "Rhode Island": "罗得岛州 羅德島州",
    "South Carolina": "南卡罗来纳州 南卡羅來納州",
    "South Dakota": "南达科他州 南達科他州",
    "Tennessee": "田纳西州 田納西州",
    "Texas": "得克萨斯州 德克薩斯州",
    "Utah": "犹他州 猶他州",
    "Vermont": "佛蒙特州 佛蒙特州",
    "Virginia": "弗吉尼亚州 維吉尼亞州",
    "Washington": "华盛顿州 華盛頓州",
    "West Virginia": "西弗吉尼亚州 西維吉尼亞州",
    "Wisconsin": "威斯康星州 威斯康辛州",
    "Wyoming": "怀俄明州 懷俄明州",
}

# English names that are neither CLDR's nor ISO 3166-1's, and what zh-Wikipedia takes for the same.
ENGLISH: Final = {
    "Burma": "MMR", "Chinese Taipei": "TPE", "Congo DR": "COD", "Curacao": "CUW",
    "Czech Republic": "CZE", "Czechoslovakia": "TCH", "DR Congo": "COD",
    "Democratic Republic of the Congo": "COD", "East Germany": "GDR", "East Timor": "TLS",
    "England": "ENG", "European Union": "EUR", "FR Yugoslavia": "SCG",
    "Federated States of Micronesia": "FSM", "German Democratic Republic": "GDR",
    "Great Britain": "GBR", "Ivory Coast": "CIV", "Kosovo": "XKX", "Macau": "MAC",
    "Macedonia": "MKD", "Northern Ireland": "NIR", "Palestine": "PSE",
    "People's Republic of China": "PRC", "Qing Dynasty": "Qing dynasty",
    "Republic of China": "ROC", "Republic of Ireland": "IRL", "Republic of Korea": "ROK",
    "Republic of Macedonia": "MKD", "Republic of the Congo": "COG",
    "Saint Helena": "SHN", "Scotland": "SCO", "Serbia and Montenegro": "SCG",
    "Soviet Union": "URS", "State of Palestine": "PSE", "Swaziland": "SWZ",
    "São Tomé and Príncipe": "STP", "The Bahamas": "BHS", "The Gambia": "GMB", "Turkey": "TUR",
    "United States Virgin Islands": "VIR", "United States of America": "USA", "Wales": "WAL",
    "West Germany": "FRG", "Yugoslavia": "YUG", "the Soviet Union": "URS",
}  # fmt: skip

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
    # Names of templates, not of committees.
    "CSK": "TCH", "DDR": "GDR", "GB": "GBR", "HK": "HKG", "KR": "KOR", "SG": "SGP", "SUN": "URS",
    "TW": "TWN",
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
    """Return the names of lands by code or English name, and other ways to name them."""
    simplified, traditional = names("zh_Hans", "territories"), names("zh_Hant", "territories")
    english = names("en", "territories")
    result: dict[str, list[str]] = {}
    codes = {**SPORTS, **ENGLISH}
    for entry in json.loads(CODES.read_text(encoding="utf-8"))["3166-1"]:
        two, three = entry["alpha_2"], entry["alpha_3"]
        if two not in simplified:
            continue
        result[three] = [simplified[two], traditional[two]]
        for name in (entry["name"], entry.get("common_name"), english[two]):
            if name and "," not in name and name not in LANDS:
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
