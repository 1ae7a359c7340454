"""What a pass is told besides the Document: the wiki, and how far repairs may go."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from wikiclean.passes.label_table import LabelTable
from wikiclean.site import Site

Labels: TypeAlias = Literal["certain", "likely", "none"]


@attrs.frozen
class Options:
    """The options of one call of ``parse`` that passes look at."""

    site: Site
    labels: Labels = "certain"
    """Which cuts of labels are applied: the certain ones, all, or none. The guess is recorded
    whichever it is."""
    labels_from: LabelTable | None = None
    """What is known of the labels of each target."""
