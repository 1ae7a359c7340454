"""
What stands in the round brackets of an export's links, read as a page, a file or a URL.

Here lives the table of link forms. Labels and where a link stands are ``inline``'s affair.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import attrs

from wikiclean.document import LinkForm, LinkKind
from wikiclean.errors import SiteError
from wikiclean.site import CATEGORY, FILE, MAIN, MEDIA, SITES, Site

escape: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_relative = re.compile(r"\.\./([A-Za-z]+)/")
_wikipedia = re.compile(
    r"(?:https?:)?//([a-z-]{2,12})\.(?:m\.)?(wikipedia|wiki\.chinapedia)\.org/wiki/", re.IGNORECASE
)

CACHE_SIZE: Final = 4096
"""Destinations that are remembered of a wiki."""
MAX_CACHED: Final = 500
"""Code points of a destination that is remembered; longer ones would fill memory."""
MAX_SITES: Final = 8
"""Wikis whose destinations are remembered at a time."""

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
    return escape.sub(r"\1", value) if "\\" in value else value


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
    site: Site | None = None
    """The wiki of a page; None for an address."""
    collected: bool = False
    """Whether pandoc knows it for a category, and puts those of the page in one paragraph."""

    internal: bool = attrs.field(init=False)
    """Whether pandoc wrote it from ``[[…]]``."""
    has_trail: bool = attrs.field(init=False)
    """Whether its label may have swallowed the text behind it."""
    may_lift: bool = attrs.field(init=False)
    """Whether a link to it may be taken out of the text."""

    def __attrs_post_init__(self) -> None:
        # Asked for each link, and the same of all links to a place.
        internal = self.form not in ("external", "bare")
        out = self.kind in ("category", "file")
        object.__setattr__(self, "internal", internal)
        object.__setattr__(self, "has_trail", internal and not out)
        object.__setattr__(self, "may_lift", (out and not self.colon) or self.is_language)


class Destinations:
    """Reads destinations for the pages of one wiki, and remembers the last ones."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._sites: dict[str, Site] = {site.language: site}
        self._read = lru_cache(CACHE_SIZE)(self._read_any)
        self._read_link = lru_cache(CACHE_SIZE)(self._read_any)

    @staticmethod
    @lru_cache(MAX_SITES)
    def of(site: Site) -> Destinations:
        """Return the reader of a wiki, the same one each time."""
        return Destinations(site)

    def read(self, destination: str, title: str) -> Place:
        """
        Read a destination.

        Args:
            destination: As written, escapes included.
            title: What stood in quotes behind it: ``wikilink`` for links of the wiki.
        """
        if title == "wikilink":
            return self.read_link(destination)
        if len(destination) + len(title) > MAX_CACHED:
            return self._read_any(destination, title)
        return self._read(destination, title)

    def read_link(self, destination: str) -> Place:
        """Read the destination of a link of the wiki."""
        if len(destination) > MAX_CACHED:
            return self._read_any(destination)
        return self._read_link(destination)

    def _read_any(self, destination: str, title: str = "wikilink") -> Place:
        return self._place(unescape_markdown(destination), title)

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
            return Place(kind, form, plain, plain, fragment, site=site)
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
                site=site,
            )
        if not title.full:
            return Place("anchor", form, "", "", title.fragment, site=site)
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
            site=site,
            collected=name.startswith("Category:"),
        )
