"""
The public names, used as a caller would.

Mypy reads this file and nothing runs it: it breaks when a signature no longer fits its callers.
"""

from typing import assert_type

import wikiclean

document = wikiclean.parse("[[長江]]是河流。", dialect="wikitext", site="zhwiki", title="河流")
assert_type(document, wikiclean.Document)
assert_type(document.text, str)
assert_type([document.text[link.span.start : link.span.end] for link in document.links], list[str])
assert_type(wikiclean.clean("'''長江'''", variant="zh-tw", passes=()), str)
assert_type(wikiclean.detect("[[長江]]")[1], str)
assert_type(next(wikiclean.pipe(["[[長江]]"])), wikiclean.Document)
table = wikiclean.LabelTable({}, {})
assert_type(wikiclean.parse("[[長江]]", labels_from=table), wikiclean.Document)
assert_type(next(wikiclean.pipe(["[[長江]]"], labels_from="labels.json")), wikiclean.Document)
assert_type(next(wikiclean.pipe([("[[長江]]", 1)], as_tuples=True)), tuple[wikiclean.Document, int])
assert_type(wikiclean.Document.from_json(document.to_json()), wikiclean.Document)
