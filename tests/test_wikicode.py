"""mwparserfromhell's nodes for exact slices, and the guard before its parser."""

import pytest

import wikiclean
from wikiclean import Document, Span, TooComplexError

SOURCE = "'''長江'''是{{lang|en|[[Yangtze]]}}，見{{cite web|title=長江|url=https://example.org}}。"


def test_template_gives_its_own_nodes() -> None:
    """Each Template has the nodes of its own call and no more."""
    document = wikiclean.parse(SOURCE, dialect="wikitext")
    codes = {template.name: template.wikicode for template in document.templates}
    assert {name: str(code) for name, code in codes.items()} == {
        "Lang": "{{lang|en|[[Yangtze]]}}",
        "Cite web": "{{cite web|title=長江|url=https://example.org}}",
    }
    (call,) = codes["Cite web"].filter_templates()
    assert str(call.get("title").value) == "長江"


def test_templates_read_from_json_have_their_nodes() -> None:
    """The source is attached again when a Document is read back."""
    document = wikiclean.parse(SOURCE, dialect="wikitext")
    again = Document.from_dict(document.to_dict())
    assert [str(t.wikicode) for t in again.templates] == [
        str(t.wikicode) for t in document.templates
    ]


def test_document_gives_any_slice() -> None:
    """Without a span it is the whole source."""
    document = wikiclean.parse(SOURCE, dialect="wikitext")
    assert str(document.wikicode()) == SOURCE
    assert str(document.wikicode(Span(3, 5))) == "長江"


@pytest.mark.parametrize(
    "source",
    ["{{a|" * 200, "<b>" * 8000, "[http://" * 8000, "{{a|[[b|" * 8000, "長" * 500_001],
    ids=["nested calls", "tags", "external links", "mixed", "length"],
)
def test_slices_that_would_hang_are_refused(source: str) -> None:
    """The error says what to do, before their parser sees the slice."""
    document = wikiclean.parse(source, dialect="export")
    with pytest.raises(TooComplexError, match="ask for a smaller span"):
        document.wikicode()
