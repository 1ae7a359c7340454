"""
Write ``src/wikiclean/data/mediawiki.json`` and ``data/sites/*.json`` from an installed MediaWiki.

What belongs here: turning what MediaWiki knows (``site_data.php`` asks it) and what only a wiki's
own configuration knows (``wiki_config.json``, kept by hand) into the files that `wikiclean.site`
loads. What does not: names of anything. They come from MediaWiki or stand in ``wiki_config.json``
with the public source they can be checked against.

    python scripts/site_data.py            write the files
    python scripts/site_data.py --check    write nothing, exit 1 when they would change

Both do the same for ``tests/fixtures/site/titles.tsv``: its first two columns, a link target and a
wiki, are written by hand, the others are MediaWiki's answer.

Needs PHP and MediaWiki 1.39 (``apt-get install --no-install-recommends mediawiki php-cli
php-mbstring php-intl php-xml php-sqlite3``). No database is set up: the settings used are written
to a temporary folder. Exit code 2: MediaWiki or PHP is not installed.
"""

import argparse
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
DATA: Final = HERE.parent / "src" / "wikiclean" / "data"
TITLES: Final = HERE.parent / "tests" / "fixtures" / "site" / "titles.tsv"
MEDIAWIKI: Final = Path("/usr/share/mediawiki")

# Extensions of Debian's package that Wikipedia has too and that add words, tags or namespaces.
EXTENSIONS: Final = (
    "CategoryTree",
    "Cite",
    "ImageMap",
    "InputBox",
    "Math",
    "ParserFunctions",
    "Poem",
    "Scribunto",
    "SyntaxHighlight_GeSHi",
    "TemplateData",
)

# Talk and project namespaces have subpages on Wikipedia; articles, files and categories have not.
SUBPAGES: Final = {1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 15, *range(100, 120), 828, 829}

# Columns of TITLES after the target and the wiki; the names are those of wikiclean.site.Title.
COLUMNS: Final = (
    "valid",
    "namespace",
    "text",
    "full",
    "fragment",
    "interwiki",
    "is_language",
    "leading_colon",
)

SETTINGS: Final = """<?php
$wiki = json_decode( file_get_contents( __DIR__ . '/wiki.json' ), true );
$wgDBtype = 'sqlite';
$wgDBname = 'none';
$wgSQLiteDataDir = __DIR__;
$wgMainCacheType = $wgMessageCacheType = $wgParserCacheType = CACHE_NONE;
$wgLocalisationCacheConf['storeClass'] = LCStoreNull::class;
$wgUseDatabaseMessages = false;
$wgSecretKey = 'none';
$wgServer = $wiki['server'];
$wgSitename = $wiki['sitename'];
$wgMetaNamespace = $wiki['metanamespace'];
$wgLanguageCode = $wiki['lang'];
foreach ( $wiki['namespaces'] as $id => $name ) {
    $wgExtraNamespaces[(int)$id] = $name;
}
foreach ( $wiki['namespacealiases'] as $alias => $id ) {
    $wgNamespaceAliases[$alias] = $id;
}
# The rule behind wmf-config/UcfirstOverrides.php: capitals as PHP 7.2 knew them.
for ( $code = 0x80; $code < 0x20000; $code++ ) {
    $letter = $code >> 11 === 0x1B ? '' : mb_chr( $code );
    $kept = !preg_match( '/^\\p{Ll}$/u', $letter )
        || preg_match( '/^[\\x{10D0}-\\x{10FF}\\x{A7B9}\\x{16E60}-\\x{16E7F}]$/u', $letter );
    $upper = $kept ? $letter : mb_convert_case( $letter, MB_CASE_UPPER_SIMPLE );
    if ( $upper !== mb_strtoupper( $letter ) ) {
        $wgOverrideUcfirstCharacters[$letter] = $upper;
    }
}
$wgLocalInterwikis = $wiki['localinterwiki'];
$wgHooks['InterwikiLoadPrefix'][] = static function ( $prefix, &$row ) use ( $wiki ) {
    if ( isset( $wiki['interwikis'][$prefix] ) ) {
        $row = [ 'iw_url' => $wiki['interwikis'][$prefix], 'iw_local' => 1, 'iw_trans' => 0 ];
    }
    return false;
};
$wgNamespacesWithSubpages = array_fill_keys( $wiki['subpages'], true );
wfLoadExtensions( $wiki['extensions'] );
"""


def main(argv: list[str] | None = None) -> int:
    """Write or check the files; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 on drift")
    parser.add_argument("--mediawiki", type=Path, default=MEDIAWIKI, help="installed tree")
    arguments = parser.parse_args(argv)
    if shutil.which("php") is None or not (arguments.mediawiki / "includes").is_dir():
        print(f"no PHP, or no MediaWiki in {arguments.mediawiki}", file=sys.stderr)
        return 2
    drifted = []
    for path, text in build(arguments.mediawiki).items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        drifted.append(path)
        if not arguments.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    for path in drifted:
        print(f"{'differs' if arguments.check else 'written'}: {path.name}", file=sys.stderr)
    return 1 if drifted and arguments.check else 0


def build(mediawiki: Path) -> dict[Path, str]:
    """Return the content of every file by its path."""
    config = json.loads((HERE / "wiki_config.json").read_text(encoding="utf-8"))
    shared = {key: entry["value"] for key, entry in config["shared"].items()}
    rows = TITLES.read_text(encoding="utf-8").rstrip("\n").split("\n")
    files = {}
    found: dict[str, Any] = {}
    for name, entries in sorted(config["sites"].items()):
        wiki = {key: entry["value"] for key, entry in entries.items()}
        found = json.loads(ask(mediawiki, wiki, shared))
        files[DATA / "sites" / f"{name}.json"] = serialise(site(found, wiki, shared))
        rows = answered(rows, name, functools.partial(ask, mediawiki, wiki, shared))
    files[DATA / "mediawiki.json"] = serialise(common(found, shared))
    files[TITLES] = "\n".join(rows) + "\n"
    return files


def answered(rows: list[str], name: str, reader: Callable[[str], str]) -> list[str]:
    """Return the rows of the fixture, those of one wiki with the answer of *reader* to each."""
    mine = [
        index
        for index, row in enumerate(rows)
        if row and not row.startswith("# ") and row.split("\t")[1] == name
    ]
    targets = [json.loads(rows[index].split("\t")[0]) for index in mine]
    answers = (
        reader("".join(json.dumps(target) + "\n" for target in targets)).rstrip("\n").split("\n")
    )
    rows = list(rows)
    for index, target, line in zip(mine, targets, answers, strict=True):
        answer = json.loads(line)
        columns = [visible(answer.get(key)) for key in COLUMNS]
        rows[index] = "\t".join([visible(target), name, *columns])
    return rows


def visible(value: object) -> str:
    """Write a value as JSON, escaped where a character would not show."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)


def ask(
    mediawiki: Path, wiki: Mapping[str, Any], shared: Mapping[str, Any], titles: str | None = None
) -> str:
    """
    Run MediaWiki with the configuration of one wiki.

    Returns:
        What it says of itself, or of *titles*, one JSON string a line.
    """
    changes = {int(number): has for number, has in wiki["subpages"].items()}
    subpages = sorted(number for number in SUBPAGES if changes.get(number, True))
    subpages += sorted(number for number, has in changes.items() if has and number not in SUBPAGES)
    aliases = {
        alias.replace(" ", "_"): number for alias, number in wiki["namespacealiases"].items()
    }
    codes = {*shared["languageprefixes"], *wiki["localinterwiki"]}
    settings = {
        **wiki["general"],
        "metanamespace": wiki["metanamespace"],
        "namespaces": wiki["namespaces"],
        "namespacealiases": aliases,
        "localinterwiki": wiki["localinterwiki"],
        "interwikis": interwikis(wiki, shared) | dict.fromkeys(sorted(codes), "$1"),
        "subpages": subpages,
        "extensions": EXTENSIONS,
    }
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "wiki.json").write_text(json.dumps(settings), encoding="utf-8")
        Path(folder, "settings.php").write_text(SETTINGS, encoding="utf-8")
        environment = {
            **os.environ,
            "MW_INSTALL_PATH": str(mediawiki),
            "MW_CONFIG_FILE": str(Path(folder, "settings.php")),
        }
        command = [
            "php",
            str(HERE / "site_data.php"),
            *(["--titles"] if titles is not None else []),
        ]
        done = subprocess.run(
            command,
            env=environment,
            input=titles,
            encoding="utf-8",
            check=True,
            capture_output=True,
        )
    return done.stdout


def interwikis(wiki: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, str]:
    """Return the address of each prefix that is no language."""
    language = wiki["general"]["lang"]
    addresses = dict(shared["interwikimap"])
    for prefix, project in shared["sisterprojects"].items():
        addresses[prefix] = f"https://{language}.{project}.org/wiki/$1"
    return addresses


def site(
    found: Mapping[str, Any], wiki: Mapping[str, Any], shared: Mapping[str, Any]
) -> dict[str, Any]:
    """Return one wiki's siteinfo: what MediaWiki says and what its own configuration adds."""
    general = {**found["general"], **wiki["general"], "localinterwiki": wiki["localinterwiki"]}
    general["fallback"] = [{"code": code} for code in general["fallback"]]
    words = {word["name"]: word for word in found["magicwords"]}
    for word in [*shared["magicwords"], *wiki.get("magicwords", ())]:
        words[word["name"]] = word
    addresses = interwikis(wiki, shared)
    return {
        "general": dict(sorted(general.items())),
        "namespaces": {
            key: found["namespaces"][key] for key in sorted(found["namespaces"], key=int)
        },
        "namespacealiases": sorted(
            found["namespacealiases"], key=lambda row: (row["id"], row["alias"])
        ),
        "magicwords": [
            {key: words[name][key] for key in ("name", "aliases", "case-sensitive")}
            for name in sorted(words)
        ],
        "languageurl": shared["languageurl"],
        "interwikimap": [{"prefix": p, "url": url} for p, url in sorted(addresses.items())],
    }


def common(found: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is the same for every wiki."""
    lists = (
        "protocols",
        "extensiontags",
        "functionhooks",
        "functionhooksnohash",
        "variables",
        "doubleunderscores",
    )
    # English is in MediaWiki's list for Pig Latin only, which no wiki switches on.
    variants = {
        code: chains
        for code, chains in (found["languagevariants"] | shared["languagevariants"]).items()
        if len(chains) > 1
    }
    return {
        "generator": found["general"]["generator"],
        "languages": sorted(found["languages"]),
        "languageprefixes": sorted(shared["languageprefixes"]),
        "languagehosts": dict(sorted(shared["languagehosts"].items())),
        **{key: sorted({*found[key], *shared.get(key, ())}) for key in lists},
        "languagevariants": dict(sorted(variants.items())),
    }


def serialise(data: Mapping[str, Any]) -> str:
    """
    Write *data* as JSON that a diff reads well: a line for each entry of a mapping or list.

    A list of strings takes one line, however long, for each of them is a set.
    """
    parts = []
    for key, value in data.items():
        rows: list[str] = []
        if isinstance(value, dict):
            rows = [f"{compact(k)}: {compact(v)}" for k, v in value.items()]
        elif isinstance(value, list) and not isinstance(value[0], str):
            rows = [compact(row) for row in value]
        opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
        inner = ",\n".join(rows)
        body = f"{opening}\n{inner}\n{closing}" if rows else compact(value)
        parts.append(f"{compact(key)}: {body}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def compact(value: object) -> str:
    """Write one value on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.exit(main())
