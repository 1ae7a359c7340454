"""
Addresses that are safe to put into a link, and the language a wiki is written in.

Here lives the one decision about what may stand in an ``href``: pages of wikis that a fixed table
names, and external addresses whose scheme is on a list. Escaping for a format is the format's.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from wikiclean.document import Document, Link

PROJECTS: Final = MappingProxyType(
    {
        "wiki": "wikipedia",
        "wiktionary": "wiktionary",
        "wikisource": "wikisource",
        "wikibooks": "wikibooks",
        "wikinews": "wikinews",
        "wikiquote": "wikiquote",
        "wikiversity": "wikiversity",
        "wikivoyage": "wikivoyage",
    }
)
"""Ends of database names, and the domain (under ``.org``) each means."""

SINGLE: Final = MappingProxyType(
    {
        "commons": "commons.wikimedia.org",
        "commonswiki": "commons.wikimedia.org",
        "c": "commons.wikimedia.org",
        "d": "www.wikidata.org",
        "wikidata": "www.wikidata.org",
        "wikidatawiki": "www.wikidata.org",
        "m": "meta.wikimedia.org",
        "meta": "meta.wikimedia.org",
        "metawiki": "meta.wikimedia.org",
        "mw": "www.mediawiki.org",
        "mediawikiwiki": "www.mediawiki.org",
        "species": "species.wikimedia.org",
        "specieswiki": "species.wikimedia.org",
    }
)
"""Wikis that are not of one language, by database name and by interwiki prefix."""

PREFIXES: Final = MappingProxyType(
    {
        "w": "wikipedia",
        "wikipedia": "wikipedia",
        "wikt": "wiktionary",
        "wiktionary": "wiktionary",
        "s": "wikisource",
        "wikisource": "wikisource",
        "b": "wikibooks",
        "wikibooks": "wikibooks",
        "n": "wikinews",
        "wikinews": "wikinews",
        "q": "wikiquote",
        "wikiquote": "wikiquote",
        "v": "wikiversity",
        "wikiversity": "wikiversity",
        "voy": "wikivoyage",
        "wikivoyage": "wikivoyage",
    }
)
"""Interwiki prefixes of the sister projects. Source: meta.wikimedia.org, Interwiki map, 2026."""

SCHEMES: Final = frozenset(
    {
        "http",
        "https",
        "ftp",
        "ftps",
        "sftp",
        "mailto",
        "tel",
        "sms",
        "news",
        "nntp",
        "irc",
        "ircs",
        "xmpp",
        "sip",
        "sips",
        "gopher",
        "git",
        "svn",
        "ssh",
        "magnet",
        "bitcoin",
        "geo",
        "urn",
    }
)
"""Schemes an external link may have.

Source: MediaWiki's ``$wgUrlProtocols`` (includes/MainConfigSchema.php, 1.39), without those that a
browser hands to a program that runs things.
"""

_LANGUAGE: Final = re.compile(r"simple|[a-z]{2,3}(?:-[a-z]{2,12}){0,3}")
_DATABASE: Final = re.compile(rf"([a-z][a-z_]*?)({'|'.join(PROJECTS)})")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_UNSEEN: Final = re.compile(
    r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
)
"""White space and control characters: browsers skip some of them when they look for a scheme."""


def language(site: str) -> str:
    """Return the language of a wiki by its database name: ``zhwiki`` → ``zh``; else empty."""
    match = _DATABASE.fullmatch(site)
    if match is None or site in SINGLE:
        return ""
    return match[1].replace("_", "-")


def language_tag(document: Document) -> str:
    """Return the BCP 47 tag of a text: that of its variant, or else of its wiki; may be empty."""
    code = document.variant if document.variant != "source" else language(document.site)
    if not _LANGUAGE.fullmatch(code):
        return ""
    first, *rest = code.split("-")
    return "-".join(
        [first] + [p.title() if len(p) == 4 else p.upper() if len(p) == 2 else p for p in rest]
    )


def address(link: Link, document: Document) -> str | None:
    """Return the URL that *link* of *document* leads to, or None if none is safe to follow."""
    if link.kind == "external":
        return external(link.target)
    host = _host(link.interwiki, document.site)
    title = link.target
    if link.kind == "anchor" and not title:
        title = document.title or ""
    if link.interwiki:
        title = title.removeprefix(f"{link.interwiki}:")
    if host is None or not (title or link.interwiki):
        return None
    fragment = f"#{_quoted(link.fragment)}" if link.fragment else ""
    return f"https://{host}/wiki/{_quoted(title)}{fragment}"


def external(target: str) -> str | None:
    """Return an external address if its scheme is one of ``SCHEMES``, without unseen characters."""
    cleaned = _UNSEEN.sub("", target)
    if cleaned.startswith("//"):
        cleaned = f"https:{cleaned}"
    match = _SCHEME.match(cleaned)
    if match is None or match[1].lower() not in SCHEMES:
        return None
    return _valid(cleaned)


def _valid(url: str) -> str:
    """Write in ``%XX`` what may not stand in a URL for any reader, lone surrogates included."""
    return quote(url.encode("utf-8", "replace"), safe="!#$%&'()*+,-./:;=?@[]_~")


def _quoted(title: str) -> str:
    return quote(title.replace(" ", "_").encode("utf-8", "replace"), safe="!$()*,-./:;@_~")


def _host(interwiki: str, site: str) -> str | None:
    if not interwiki:
        return SINGLE.get(site) or _of(site)
    if interwiki in SINGLE:
        return SINGLE[interwiki]
    home = _DATABASE.fullmatch(site)
    if interwiki in PREFIXES:
        code = language(site) or "en"
        return f"{code}.{PREFIXES[interwiki]}.org"
    if _LANGUAGE.fullmatch(interwiki):
        project = PROJECTS[home[2]] if home and site not in SINGLE else "wikipedia"
        return f"{interwiki}.{project}.org"
    return None


def _of(site: str) -> str | None:
    match = _DATABASE.fullmatch(site)
    code = language(site)
    return f"{code}.{PROJECTS[match[2]]}.org" if match and _LANGUAGE.fullmatch(code) else None
