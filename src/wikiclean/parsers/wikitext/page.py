"""
What is the same everywhere on a page that is being read.

A `Page` holds the source, the wiki and the choices of the caller, and what the parts of the page
share while they are read: footnotes, the numbers of bare links, answers to calls. It reads no
markup of its own; the stages do.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from wikiclean.document import MAX_NESTED
from wikiclean.parsers.wikitext.flow import Flow
from wikiclean.parsers.wikitext.notes import Notes
from wikiclean.site import Site, Title
from wikiclean.templates import Handler
from wikiclean.variants import variant_of


class Page:
    """The page, for all its parts."""

    def __init__(
        self,
        source: str,
        site: Site,
        title: str | None,
        variant: str,
        templates: Mapping[str, Handler],
        max_depth: int = MAX_NESTED,
    ) -> None:
        self.source: Final = source
        self.site: Final = site
        self.title: Final = title
        self.name: Final[Title | None] = site.title(title) if title else None
        self._chosen = None if variant == "source" else variant
        self.templates: Final = templates
        self.max_depth: Final = max_depth
        """How deep Documents nest."""
        self.notes: Final = Notes()
        self.bare_links = 0
        """How many external links without a label there were: ``[1]``, ``[2]``."""
        self.errors = 0
        """How many parser functions could not make sense of what they were given."""
        self.expanded: dict[tuple[int, int], tuple[str, bool]] = {}
        """Range of an argument of a parser function → its text, and whether there is an error."""
        self.expanded_length = 0
        """How long these texts are together."""
        self.paths: dict[int, str] = {}
        """Paths of the Documents inside the page's, by the id of their writer."""
        self.flows: list[Flow] = []
        self.redirect_to: str | None = None
        trailless = "()" in site.link_trail or not site.link_trail
        self.trail: Final = None if trailless else site.link_trail_end
        """Where the trail of a link ends; None on wikis where a link takes nothing behind it."""
        self.tags: Final = _with_core(site.extension_tags)
        """Names of the extension tags."""

    @property
    def chosen_variant(self) -> str:
        """The variant whose texts ``-{ }-`` shows."""
        if self._chosen is None:
            self._chosen = variant_of(self.source, self.site)
        return self._chosen

    def redirect(self, flow: Flow) -> int:
        """Read the line of a redirect; return where the text behind it, or a BOM, begins."""
        start = 1 if self.source.startswith("\ufeff") else 0
        match = self.site.redirect_pattern.match(self.source, start)
        if match is None:
            return start
        title = self.site.title(match["target"])
        if not title.valid:
            return start
        full = f"{title.interwiki}:{title.text}" if title.interwiki else title.full
        self.redirect_to = f"{full}#{title.fragment}" if title.fragment else full
        flow.drop("redirect", "This page redirects to another.", match.start(), match.end())
        return match.end()


_CORE_TAGS: Final = frozenset({"nowiki", "pre", "gallery", "ref", "references"})
"""Tags that every wiki is taken to have, for old dumps do not list their tags."""


@lru_cache(maxsize=16)
def _with_core(tags: frozenset[str]) -> frozenset[str]:
    return tags | _CORE_TAGS
