"""
Make the data that `fidelity.py` measures against: wikitext, and what MediaWiki makes of it.

PAGES is a folder of `.wikitext` files, each named for its page (`%2F` stands for a slash, `_` for a
space). Their rendering goes into DATA/pages-SPLIT.jsonl.gz, beside the other sets that file holds.

    python benchmarks/make_pages.py PAGES DATA --set mine
    python benchmarks/fidelity.py DATA --sets mine

The wiki that renders them is made for the occasion, of an installed MediaWiki and what wikiclean
knows of the site: its language, namespaces and interwiki prefixes. It has no pages and no files, so
every link is red, and every picture is taken to exist. A template counts as nothing unless its text
is in the folder that `--templates` names, as NAME.wikitext. Tags and functions of extensions that
are not installed show their text where a wiki would show text, and nothing otherwise.

Needs PHP and MediaWiki 1.39 (`apt-get install --no-install-recommends mediawiki php-cli
php-mbstring php-intl php-xml php-sqlite3`). Exit code 2 where they are missing.
"""

import argparse
import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import IO, Any, Final

from fidelity import rows

from wikiclean import rendered

HERE: Final = Path(__file__).resolve().parent
MEDIAWIKI: Final = Path("/usr/share/mediawiki")

EXTENSIONS: Final = ("Cite", "ImageMap", "InputBox", "ParserFunctions", "Poem", "TemplateData")
"""Those of Debian's package that are switched on."""

HIDDEN_TAGS: Final = (
    *("categorytree", "charinsert", "graph", "hiero", "languages", "listing", "mapframe"),
    *("maplink", "phonos", "quiz", "rss", "score", "section", "templatestyles", "timeline"),
)
HIDDEN_FUNCTIONS: Final = (
    *("babel", "coordinates", "invoke", "lst", "lsth", "lstx", "property", "related", "section"),
    *("section-h", "section-x", "statements"),
)
"""Those whose result only the wiki itself can know."""

SETTINGS: Final = r"""<?php
$wiki = json_decode( file_get_contents( __DIR__ . '/wiki.json' ), true );
$wgDBtype = 'sqlite';
$wgDBname = 'wiki';
$wgSQLiteDataDir = __DIR__;
$wgMainCacheType = $wgMessageCacheType = $wgParserCacheType = CACHE_NONE;
$wgSessionCacheType = CACHE_NONE;
$wgLocalisationCacheConf['storeClass'] = LCStoreNull::class;
$wgUseDatabaseMessages = false;
$wgSecretKey = 'none';
$wgServer = $wgCanonicalServer = $wiki['server'];
$wgArticlePath = '/wiki/$1';
$wgSitename = $wiki['sitename'];
$wgMetaNamespace = $wiki['metanamespace'];
$wgLanguageCode = $wiki['lang'];
$wgEnableUploads = false;
$wgMaxArticleSize = 4096;
$wgRestrictDisplayTitle = false;
$wgPFEnableStringFunctions = true;
$wgEnableMagicLinks = [ 'ISBN' => true, 'PMID' => true, 'RFC' => true ];
$wgTemplateFolder = $wiki['templates'];
foreach ( $wiki['namespaces'] as $id => $name ) {
    $wgExtraNamespaces[(int)$id] = $name;
}
foreach ( $wiki['namespacealiases'] as $alias => $id ) {
    $wgNamespaceAliases[$alias] = $id;
}
$wgNamespacesWithSubpages = array_fill_keys( $wiki['subpages'], true );
$wgHooks['InterwikiLoadPrefix'][] = static function ( $prefix, &$row ) use ( $wiki ) {
    if ( isset( $wiki['interwikis'][$prefix] ) ) {
        $row = [ 'iw_url' => $wiki['interwikis'][$prefix], 'iw_local' => 1, 'iw_trans' => 0 ];
    }
    return false;
};
wfLoadExtensions( $wiki['extensions'] );
wfLoadSkin( 'Vector' );
$wgExtensionMessagesFiles['Hidden'] = __DIR__ . '/words.php';

# A wiki's pictures exist; what is read of one is its caption, which a frame shows.
$wgHooks['ImageBeforeProduceHTML'][] = static function (
    $linker, $title, $file, &$frame, &$handler, &$time, &$result
) {
    $align = $frame['align'] ?? '';
    if ( array_intersect_key( $frame, [ 'thumbnail' => 1, 'framed' => 1, 'manualthumb' => 1 ] ) ) {
        $caption = $frame['caption'] ?? '';
        $result = "<div class=\"thumb\"><div class=\"thumbcaption\">$caption</div></div>";
    } elseif ( $align !== '' && $align !== 'none' ) {
        $result = "<div class=\"float$align\"><span></span></div>";
    } else {
        $result = '<span></span>';
    }
    return false;
};
$wgHooks['ParserFirstCallInit'][] = static function ( $parser ) use ( $wiki ) {
    $escaped = static fn ( $text ) => htmlspecialchars( (string)$text, ENT_NOQUOTES );
    foreach ( [ 'math', 'chem', 'ce' ] as $tag ) {
        $parser->setHook( $tag, static fn ( $text ) => [
            '<span>' . $escaped( trim( (string)$text ) ) . '</span>',
            'markerType' => 'nowiki',
        ] );
    }
    foreach ( [ 'syntaxhighlight', 'source' ] as $tag ) {
        $parser->setHook( $tag, static function ( $text, $given, $parser ) use ( $escaped ) {
            $text = $escaped( $parser->getStripState()->unstripNoWiki( (string)$text ) );
            $inline = isset( $given['inline'] ) || ( $given['enclose'] ?? '' ) === 'none';
            $html = $inline ? '<code>' . trim( $text ) . '</code>'
                : '<div><pre>' . trim( $text, "\n" ) . '</pre></div>';
            return [ $html, 'markerType' => 'nowiki' ];
        } );
    }
    foreach ( $wiki['hiddentags'] as $tag ) {
        $parser->setHook( $tag, static fn () => '' );
    }
    foreach ( $wiki['hiddenfunctions'] as $name ) {
        $parser->setFunctionHook( "hidden-$name", static fn () => '' );
    }
};
"""

WORDS: Final = r"""<?php
$magicWords = [ 'en' => [] ];
$wiki = json_decode( file_get_contents( __DIR__ . '/wiki.json' ), true );
foreach ( $wiki['hiddenfunctions'] as $name ) {
    $magicWords['en']["hidden-$name"] = [ 0, $name ];
}
"""


def read_pages(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the pages of a folder in the order of their files' names."""
    for path in sorted(folder.glob("*.wikitext")):
        title = path.stem.replace("%2F", "/").replace("_", " ")
        text = path.read_text(encoding="utf-8", errors="replace")
        yield {"name": path.name, "title": title, "wikitext": text}


def is_installed(mediawiki: Path) -> bool:
    """Tell whether there is what renders pages, and say so where it is missing."""
    if shutil.which("php") and (mediawiki / "includes").is_dir():
        return True
    print(f"no PHP, or no MediaWiki in {mediawiki}", file=sys.stderr)
    return False


def describe(site: str, templates: Path | None) -> dict[str, Any]:
    """Return what the settings say of the wiki, from the data of the package."""
    data = resources.files("wikiclean") / "data"
    info = json.loads((data / "sites" / f"{site}.json").read_text(encoding="utf-8"))
    common = json.loads((data / "mediawiki.json").read_text(encoding="utf-8"))
    general = info["general"]
    hosts = common["languagehosts"]
    interwikis = {
        code: info["languageurl"].replace("$2", hosts.get(code, code))
        for code in [*common["languageprefixes"], *general["localinterwiki"]]
    }
    interwikis |= {entry["prefix"]: entry["url"] for entry in info["interwikimap"]}
    spaces = {int(key): space for key, space in info["namespaces"].items()}
    return {
        "lang": general["lang"],
        "server": general["server"],
        "sitename": general["sitename"],
        "metanamespace": spaces[4]["name"].replace(" ", "_"),
        "namespaces": {
            key: space["name"].replace(" ", "_") for key, space in spaces.items() if key >= 100
        },
        "namespacealiases": {
            entry["alias"].replace(" ", "_"): entry["id"] for entry in info["namespacealiases"]
        },
        "subpages": [key for key, space in spaces.items() if space["subpages"]],
        "interwikis": interwikis,
        "extensions": EXTENSIONS,
        "hiddentags": HIDDEN_TAGS,
        "hiddenfunctions": HIDDEN_FUNCTIONS,
        "templates": str(templates.resolve()) if templates else None,
    }


def make_wiki(folder: Path, mediawiki: Path, wiki: Mapping[str, Any]) -> None:
    """Write settings and an empty database into a folder."""
    (folder / "wiki.json").write_text(json.dumps(wiki), encoding="utf-8")
    (folder / "settings.php").write_text(SETTINGS, encoding="utf-8")
    (folder / "words.php").write_text(WORDS, encoding="utf-8")
    tables = (mediawiki / "maintenance/sqlite/tables-generated.sql").read_text(encoding="utf-8")
    database = sqlite3.connect(folder / "wiki.sqlite")
    database.executescript(tables)
    database.close()


def render(
    pages: Sequence[Mapping[str, str]], mediawiki: Path, wiki: Mapping[str, Any], variant: str
) -> Iterator[dict[str, Any]]:
    """Yield for each page what MediaWiki answers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_wiki(folder, mediawiki, wiki)
        environment = {
            **os.environ,
            "MW_INSTALL_PATH": str(mediawiki),
            "MW_CONFIG_FILE": str(folder / "settings.php"),
        }
        asked = folder / "pages.jsonl"
        with asked.open("w", encoding="utf-8") as lines:
            for page in pages:
                line = {"title": page["title"], "wikitext": page["wikitext"], "variant": variant}
                lines.write(json.dumps(line) + "\n")
        command = ["php", "-d", "memory_limit=2G", str(HERE / "make_pages.php")]
        with (
            asked.open(encoding="utf-8") as source,
            subprocess.Popen(
                command, env=environment, stdin=source, stdout=subprocess.PIPE, encoding="utf-8"
            ) as process,
        ):
            answers: IO[str] | None = process.stdout
            for answer in answers or ():
                yield json.loads(answer)


def make_row(
    page: Mapping[str, str], answer: Mapping[str, Any], lang: str, of: str
) -> dict[str, Any]:
    """Return the line of the data for a page."""
    found = {key: value for key, value in answer.items() if key != "html"}
    head = {"set": of, "name": page["name"], "title": page["title"], "lang": lang}
    return {
        **head,
        "wikitext": page["wikitext"],
        "blocks": rendered.blocks(answer["html"]),
        **found,
    }


def write_rows(folder: Path, split: str, of: str, made: Sequence[Mapping[str, Any]]) -> Path:
    """Write a set beside those that are there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"pages-{split}.jsonl.gz"
    others = [row for row in rows(folder, "pages", split) if row["set"] != of]
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        for row in [*others, *made]:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def main(argv: Sequence[str] | None = None) -> int:
    """Render the pages; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=Path, help="folder of .wikitext files")
    parser.add_argument("data", type=Path, help="folder for the data")
    parser.add_argument("--set", default="mine", help="name of the set (%(default)s)")
    parser.add_argument("--split", default="dev", help="(%(default)s)")
    parser.add_argument("--site", default="zhwiki", help="the wiki (%(default)s)")
    parser.add_argument("--variant", help="language variant; the wiki's language if not given")
    parser.add_argument("--templates", type=Path, help="folder of templates, NAME.wikitext")
    parser.add_argument("--mediawiki", type=Path, default=MEDIAWIKI, help="(%(default)s)")
    arguments = parser.parse_args(argv)
    if not is_installed(arguments.mediawiki):
        return 2
    pages = list(read_pages(arguments.pages))
    if not pages:
        parser.error(f"no .wikitext file in {arguments.pages}")
    wiki = describe(arguments.site, arguments.templates)
    variant = arguments.variant or wiki["lang"]
    made = []
    answers = render(pages, arguments.mediawiki, wiki, variant)
    for page, answer in zip(pages, answers, strict=True):
        if "error" in answer:
            print(f"{page['name']}: {answer['error']}", file=sys.stderr)
        else:
            made.append(make_row(page, answer, wiki["lang"], arguments.set))
    path = write_rows(arguments.data, arguments.split, arguments.set, made)
    print(f"{len(made)} of {len(pages)} pages in {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
