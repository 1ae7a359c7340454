"""
What stands in the round brackets of an export's links, read as a page, a file or a URL.

Here lives the table of link forms. Labels and where a link stands are ``inline``'s affair.
"""

from __future__ import annotations

import re
from typing import Final

import attrs

from wikiclean.document import LinkForm, LinkKind
from wikiclean.errors import SiteError
from wikiclean.site import CATEGORY, FILE, MAIN, MEDIA, SITES, Site

_escape = re.compile(r"\\([!-/:-@\[-`{-~])")
_relative = re.compile(r"\.\./([A-Za-z]+)/")
_wikipedia = re.compile(
    r"(?:https?:)?//([a-z-]{2,12})\.(?:m\.)?(wikipedia|wiki\.chinapedia)\.org/wiki/", re.IGNORECASE
)

FOLDERS: Final[dict[str, tuple[LinkForm, str]]] = {
    "Page": ("relative", ""),
    "Redirect": ("redirect", ""),
    "Category": ("relative", "Category:"),
    "MediaWiki": ("relative", "MediaWiki:"),
    "Template": ("relative", "Template:"),
}
"""Folder of a relative destination → its form, and the namespace that the folder stands for."""


def unescape_markdown(value: str) -> str:
    """Return *value* with backslash escapes of ASCII punctuation undone."""
    return _escape.sub(r"\1", value) if "\\" in value else value


@attrs.frozen
class Place:
    """What a link leads to."""

    kind: LinkKind
    form: LinkForm
    target: str
    name: str = ""
    """A file's or category's title without the namespace."""
    fragment: str = ""
    interwiki: str = ""
    is_language: bool = False
    """Whether the prefix names another language's edition and nothing before it says ``:``."""
    colon: bool = False
    """Whether a leading colon makes it a link in the text."""

    @property
    def internal(self) -> bool:
        """Whether pandoc wrote it from ``[[…]]``."""
        return self.form not in ("external", "bare")

    @property
    def has_trail(self) -> bool:
        """Whether its label may have swallowed the text behind it."""
        return self.internal and self.kind not in ("category", "file")


class Destinations:
    """Reads destinations for one page; each only once."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._read: dict[tuple[str, str], Place] = {}
        self._sites: dict[str, Site] = {site.language: site}

    def read(self, destination: str, title: str) -> Place:
        """
        Read a destination.

        Args:
            destination: As written, escapes included.
            title: What stood in quotes behind it: ``wikilink`` for links of the wiki.
        """
        key = (destination, title)
        place = self._read.get(key)
        if place is None:
            place = self._read[key] = self._place(unescape_markdown(destination), title)
        return place

    def _place(self, destination: str, title: str) -> Place:
        if title.startswith("fig:"):
            name = destination.rpartition("/wiki/")[2] or destination
            return self._page(name, "absolute", self.site)
        if title != "wikilink":
            if self._names_file(destination):
                return self._page(destination, "absolute", self.site)
            return Place("external", "external", destination)
        m = _relative.match(destination)
        if m and m[1] in FOLDERS:
            form, prefix = FOLDERS[m[1]]
            return self._page(prefix + destination[m.end() :].removesuffix(".md"), form, self.site)
        m = _wikipedia.match(destination)
        if m:
            form = "absolute" if m[2].lower() == "wikipedia" else "mirror"
            return self._page(destination[m.end() :], form, self._site(m[1].lower()))
        if "://" in destination:
            return Place("external", "external", destination)
        return self._page(destination, "relative", self.site)

    def _names_file(self, destination: str) -> bool:
        prefix, colon, _ = destination.partition(":")
        return bool(colon) and self.site.namespace_id(prefix) == FILE

    def _site(self, language: str) -> Site:
        """Return the wiki of a host, whose namespaces an export of its pages uses."""
        site = self._sites.get(language)
        if site is None:
            name = language.replace("-", "_") + "wiki"
            try:
                site = Site.load(name) if name in SITES else self.site
            except SiteError:
                site = self.site
            self._sites[language] = site
        return site

    def _page(self, name: str, form: LinkForm, site: Site) -> Place:
        title = site.title(name)
        if not title.valid:
            # What MediaWiki would not link: keep the name as it stands, spaces for underscores.
            plain, _, fragment = name.replace("_", " ").partition("#")
            kind: LinkKind = "article" if plain else "anchor"
            return Place(kind, form, plain, plain, fragment)
        if title.interwiki:
            return Place(
                "interwiki",
                form,
                title.text,
                title.text,
                title.fragment,
                title.interwiki,
                is_language=title.is_language and not title.leading_colon,
                colon=title.leading_colon,
            )
        if not title.full:
            return Place("anchor", form, "", "", title.fragment)
        kinds: dict[int, LinkKind] = {
            MAIN: "article",
            CATEGORY: "category",
            FILE: "file",
            MEDIA: "file",
        }
        return Place(
            kinds.get(title.namespace, "page"),
            form,
            title.full,
            title.text,
            title.fragment,
            colon=title.leading_colon,
        )
