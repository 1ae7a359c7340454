"""
Measure how the cost of hostile wikitext grows.

Each family is markup that a careless parser reads in quadratic time or worse: an opener again and
again, pairs in pairs, openers of several kinds mixed. Every family goes through `parse` at several
sizes, and its Document through everything that reads one.

    python benchmarks/hostile.py                        all families, 8k to 1M characters
    python benchmarks/hostile.py --sizes 8000,32000     a quick look
    python benchmarks/hostile.py --only '<' --readers html,json

Prints, for each family and operation, the CPU seconds at the largest size and the exponent of the
growth over the last three sizes. A `!` marks what grows faster than size to the 1.1 or takes more
than 10 s; exit code 1 if there is any.
"""

import random
import sys
from collections.abc import Sequence
from typing import Final

from measuring import Family, hostile_main, nested, repeated


def many_rows(size: int) -> str:
    """Return one table of many rows."""
    return "{|\n" + "|-\n|a||b\n" * (size // 9) + "|}"


def many_cells(size: int) -> str:
    """Return one table of one row of many header cells."""
    return "{|\n!a" + "!!a" * (size // 3) + "\n|}"


def cell_marks_in_tag(size: int) -> str:
    """Return a header cell in which a tag holds what looks like the marks between cells."""
    return "{|\n!a<" + "!!" * (size // 2) + ">\n|}"


def cell_marks_in_no_tag(size: int) -> str:
    """Return header cells each of which begins what looks like a tag."""
    return "{|\n!a" + "<!!" * (size // 3) + "\n|}"


def tables_in_tables(size: int) -> str:
    """Return a table in a cell of a table, and so on."""
    depth = size // 9
    return "{|\n|\n" * depth + "a\n" + "|}\n" * depth


def wide_and_long(size: int) -> str:
    """Return a table of one row of many cells and many rows of one cell: a grid with few in it."""
    return "{|\n|a" + "||a" * (size // 6) + "\n" + "|-\n|b\n" * (size // 12) + "|}"


def wide_tables(size: int) -> str:
    """Return tables of a cell that claims a thousand columns."""
    return "{|\n|colspan=999|a\n|}\n" * (size // 22)


def spanned_cells(size: int) -> str:
    """Return a table whose cells all claim a thousand rows and columns."""
    return "{|\n" + "|-\n|rowspan=1000 colspan=1000|a\n" * (size // 32) + "|}"


def ragged_spans(size: int) -> str:
    """Return a table in which each row claims all rows below it."""
    return "{|\n" + "|-\n|rowspan=65534|a||b\n" * (size // 24) + "|}"


def used_notes(size: int) -> str:
    """Return one note, used again and again."""
    return "<ref name=x>a</ref>" + "<ref name=x/>" * (size // 13)


def named_notes(size: int) -> str:
    """Return notes of as many names, each used before it is defined."""
    count = size // 45
    uses = "".join(f"<ref name=n{i} />" for i in range(count))
    texts = "".join(f"<ref name=n{i}>a</ref>" for i in range(count))
    return uses + "<references>" + texts + "</references>"


def links_in_open_tags(size: int) -> str:
    """Return many tags without ends, and as many links with labels."""
    tag, link = "<b>", "[[a|<i>b</i>]]"
    return tag * (size // 2 // len(tag)) + link * (size // 2 // len(link))


def one_line_mix(size: int) -> str:
    """Return openers and closers of every kind in an order that chance chose, always the same."""
    return _mix(size, TOKENS)


def many_line_mix(size: int) -> str:
    """Return the same with line ends and what counts at the start of a line."""
    return _mix(size, (*TOKENS, *LINE_TOKENS))


def _mix(size: int, tokens: Sequence[str]) -> str:
    chance = random.Random(1)  # noqa: S311 - the same text each time is what is wanted
    parts: list[str] = []
    length = 0
    while length < size:
        parts.append(chance.choice(tokens))
        length += len(parts[-1])
    return "".join(parts)


TOKENS: Final = (
    *("{{", "}}", "{{{", "}}}", "[[", "]]", "[", "]", "|", "||", "=", "a", " ", "-{", "}-", ";"),
    *("''", "'''", "'", "http://a", "[http://a ", "<ref>", "</ref>", "<b>", "</b>", "<div>"),
    *("</div>", "<nowiki>", "</nowiki>", "<!--", "-->", "<", ">", "&", "&amp;", "__TOC__", "_"),
    *("字", ":", '"', "<span a=", "/>", "#if:", "File:a|", "Category:a|"),
)
LINE_TOKENS: Final = (
    *("\n", "\n\n", "\n*", "\n#", "\n:", "\n;", "\n==", "==\n", "\n{|", "\n|-", "\n|", "\n!"),
    *("!!", "\n|}", "\n ", "\n----", "\n<pre>", "</pre>\n"),
)

FAMILIES: Final = (
    # Templates and their parameters.
    repeated("{{"),
    repeated("{{a|"),
    nested("{{a|", "}}"),
    repeated("{{a|}}"),
    repeated("{{{"),
    nested("{{{a|", "}}}"),
    nested("{{{{", "}}"),
    nested("{{#if:a|", "}}"),
    nested("{{#if:", "|a}}"),
    nested("{{#iferror:", "}}"),
    nested("{{#iferror:{{a}}", "}}"),
    repeated("{{a|b=", "}}"),
    nested("{{#switch:a|b=", "}}"),
    nested("{{NoteTA|1=", "}}"),
    nested("{{efn|", "}}"),
    nested("{{sfn|a|", "}}"),
    repeated("{{end}}"),
    nested("{{uc:", "}}"),
    repeated("{{#expr:1+1}}{{#time:Y|2008-08-08}}"),
    repeated("}}"),
    # Links.
    repeated("[["),
    repeated("[[a|"),
    nested("[[a|", "]]"),
    repeated("[[a]]"),
    repeated("[[a|b", "]]"),
    nested("[[File:a|thumb|", "]]"),
    repeated("[[File:a|thumb|"),
    repeated("[[File:a|thumb|a\nb]]\n"),
    repeated("<ref>[[a|b\nc]]</ref>"),
    repeated("[[Category:a"),
    repeated("[[Category:a]]"),
    repeated("[[分类:a|\n"),
    repeated("[[{{"),
    repeated("{{["),
    repeated("{{[["),
    repeated("{{a|[[b|"),
    repeated("]]"),
    repeated("[http://"),
    repeated("[http://a b "),
    repeated("[http://a b] "),
    repeated("http://a"),
    repeated("http://a "),
    repeated("http://a[["),
    repeated("["),
    # Quotes.
    repeated("'"),
    repeated("'''"),
    repeated("''a"),
    repeated("'''a ''b "),
    repeated("''a'''b\n"),
    # Tags.
    repeated("<ref>"),
    repeated("<ref name=x>"),
    repeated("<ref>a</ref>"),
    Family("one note used often", used_notes),
    Family("named notes", named_notes),
    nested("<ref>", "</ref>"),
    repeated("<b>"),
    nested("<b>", "</b>"),
    repeated("<div>"),
    nested("<div>", "</div>"),
    repeated("<div><ref>"),
    repeated("</div>"),
    repeated("<b><i>", "</b>"),
    repeated("<s><b>", "</s>"),
    repeated("<b>a\n\n"),
    repeated("[[a|<b>b]]"),
    repeated("<h2>a"),
    Family("links in open tags", links_in_open_tags),
    repeated("<p>"),
    repeated("<li>"),
    repeated("<table><tr><td>"),
    repeated('<a b="'),
    repeated('<b c="'),
    repeated("<b a='b' "),
    repeated("<nowiki>"),
    repeated("<nowiki/>"),
    repeated("<pre>"),
    repeated("<math>"),
    repeated("<gallery>\n"),
    repeated("a.jpg|b\n", "</gallery>"),
    repeated("<poem>"),
    nested("<poem>", "</poem>"),
    repeated("<includeonly>"),
    repeated("<onlyinclude>"),
    repeated("<ruby><rt>"),
    repeated("<!--"),
    repeated("<!---->"),
    repeated("<"),
    repeated(">"),
    repeated("&"),
    repeated("&amp"),
    repeated("&amp;"),
    repeated("&#x"),
    # Language conversion.
    repeated("-{"),
    repeated("-{a|"),
    repeated("-{zh-hans:"),
    nested("-{", "}-"),
    repeated("-{zh-hans:a;zh-hant:b}-"),
    repeated("-{H|zh-hans:a;zh-hant:b;}-"),
    repeated("zh-hans:a;", "}-"),
    repeated("}-"),
    # Tables.
    repeated("{|"),
    nested("{|", "|}"),
    repeated("{|\n|"),
    Family("tables in cells", tables_in_tables),
    Family("rows", many_rows),
    Family("!! cells", many_cells),
    Family("!! in a tag", cell_marks_in_tag),
    Family("<!! cells", cell_marks_in_no_tag),
    Family("wide and long table", wide_and_long),
    Family("wide tables", wide_tables),
    Family("spanned cells", spanned_cells),
    Family("ragged spans", ragged_spans),
    repeated("\n|-"),
    repeated("{|\n|+"),
    repeated("{|\n|a\n|}\n"),
    # Lines.
    repeated("== a\n"),
    repeated("== a ==\n"),
    repeated("="),
    repeated("=\n"),
    repeated("====== a ======\n== b ==\n"),
    repeated("*"),
    repeated("* "),
    repeated("* a\n"),
    repeated("*#:;"),
    repeated("*\n**\n"),
    repeated(":;"),
    repeated(";a:b"),
    repeated(";a:b\n"),
    repeated("; "),
    repeated("----\n"),
    repeated(" a\n"),
    repeated("\n"),
    repeated("a\n"),
    repeated("a\n\n"),
    repeated("\n<div>\n"),
    repeated("\n:{|\n"),
    # Words.
    repeated("__A"),
    repeated("__TOC__"),
    repeated("_"),
    repeated("ISBN 1"),
    repeated("RFC 1 "),
    repeated("~~~~"),
    repeated("a", name="one word"),
    repeated("字", name="one word of Han letters"),
    repeated("a ", name="words"),
    repeated("#"),
    repeated("\0"),
    repeated("\x7f'\"`UNIQ-"),
    repeated("🙂", name="wide characters"),
    # Everything at once.
    Family("one line at random", one_line_mix),
    Family("lines at random", many_line_mix),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the families; return the exit code."""
    return hostile_main(FAMILIES, "wikitext", __doc__ or "", argv)


if __name__ == "__main__":
    sys.exit(main())
