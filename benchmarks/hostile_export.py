"""
Measure how the cost of hostile exports grows.

Each family is Markdown, or a piece of it, that a careless parser reads in quadratic time or worse:
brackets that open and never close, runs of marks, quotes in quotes, many uses of one target. Every
family goes through `parse` at several sizes, and its Document through everything that reads one.

    python benchmarks/hostile_export.py                        all families, 8k to 1M characters
    python benchmarks/hostile_export.py --sizes 8000,32000     a quick look
    python benchmarks/hostile_export.py --only '<' --readers html,json

Prints, for each family and operation, the CPU seconds at the largest size and the exponent of the
growth over the last three sizes. A `!` marks what grows faster than size to the 1.1 or takes more
than 10 s; exit code 1 if there is any.
"""

import random
import sys
from collections.abc import Sequence
from typing import Final

from measuring import Family, filled, hostile_main, nested, repeated

LINK: Final = '[美國和](https://zh.wikipedia.org/wiki/美國 "wikilink")'
IMAGE: Final = '[A.jpg](https://zh.wikipedia.org/wiki/File:A.jpg "fig:A.jpg")'


def tick_runs(size: int) -> str:
    """Return runs of backticks, each longer than the one before, none of which closes another."""
    runs: list[str] = []
    length = 0
    while length < size:
        runs.append("`" * (len(runs) + 1) + "a")
        length += len(runs) + 1
    return "".join(runs)


def star_runs(size: int) -> str:
    """Return runs of stars of lengths 1 to 9, in turns, with letters between."""
    return "".join("*" * (i % 9 + 1) + "a" for i in range(size // 6))


def deep_items(size: int) -> str:
    """Return items that each stand in the one before, as deep as the size allows."""
    lines: list[str] = []
    length = 0
    while length < size:
        lines.append("  " * len(lines) + "- a\n")
        length += len(lines[-1])
    return "".join(lines)


def deep_quotes(size: int) -> str:
    """Return lines that are each quoted once more than the one before."""
    lines: list[str] = []
    length = 0
    while length < size:
        lines.append("> " * (len(lines) + 1) + "a\n")
        length += len(lines[-1])
    return "".join(lines)


def blank_rows(size: int) -> str:
    """Return rows of a table with nothing in them, again and again, text behind each."""
    return "|  |\n" * (size // 5) + "a\n"


def wide_table(size: int) -> str:
    """Return a table of two rows with very many columns."""
    columns = size // 11
    return "|a" * columns + "|\n" + "|---" * columns + "|\n" + "|b" * columns + "|\n"


def long_table(size: int) -> str:
    """Return a table of very many rows."""
    return "| a | b |\n| --- | --- |\n" + "| c |  |\n" * (size // 9)


def wide_and_long(size: int) -> str:
    """Return a table of one row of many cells and many rows of one cell: a grid with few in it."""
    columns = size // 12
    return "|a" * columns + "|\n" + "|---" * columns + "|\n" + "|b|\n" * (size // 8)


def html_rows(size: int) -> str:
    """Return an HTML table of very many rows."""
    return "<table>\n" + "<tr><td>a</td><td>b</td></tr>\n" * (size // 30) + "</table>\n"


def wide_attributes(size: int) -> str:
    """Return an HTML table of one row of attributes and many rows of one cell."""
    return (
        "<table><tr>"
        + "<td>rowspan=2" * (size // 26)
        + "<tr><td>rowspan=2" * (size // 34)
        + "</table>"
    )


def html_spans(size: int) -> str:
    """Return an HTML table whose cells all claim a thousand rows and columns."""
    row = '<tr><td rowspan="1000" colspan="1000">a</td></tr>\n'
    return "<table>\n" + row * (size // len(row)) + "</table>\n"


def notes(size: int) -> str:
    """Return marks with the numbers of a page, and as many definitions."""
    count = min(size // 20, 9000)
    marks = "".join(f"a\\[{i + 1}\\]" for i in range(count))
    return marks + "\n\n" + "".join(f"{i + 1}.  b\n" for i in range(count))


def named_notes(size: int) -> str:
    """Return notes of as many names, each used before it is defined."""
    count = size // 30
    marks = "".join(f"a[^n{i}]" for i in range(count))
    return marks + "\n\n" + "".join(f"[^n{i}]: b\n\n" for i in range(count))


def same_target(size: int) -> str:
    """Return links to one target whose labels all differ."""
    return "".join(f"[字{i}甲乙丙](../Page/丁.md)，" for i in range(size // 24)).replace(
        ".md)", '.md "wikilink")'
    )


def other_targets(size: int) -> str:
    """Return links that all have their own target."""
    return "".join(f'[甲{i}](../Page/甲{i}.md "wikilink")和' for i in range(size // 36))


def many_lists(size: int) -> str:
    """Return lists that each count from 1."""
    return "1.  a\n2.  b\n\nc\n\n" * (size // 17)


def any_marks(size: int) -> str:
    """Return active characters in any order, on one line."""
    chooser = random.Random(1)  # noqa: S311 - not for secrets
    return "".join(chooser.choices('[]()!\\*_`<>{}|-#$&^:"~+=. a字', k=size))


def any_lines(size: int) -> str:
    """Return pieces of the dialect in any order, on many lines."""
    chooser = random.Random(2)  # noqa: S311 - not for secrets
    pieces = [
        *("\n", "\n\n", "  - ", "      - ", "1.  ", "> ", "## ", "| ", "a", "字", " ", "**", "*"),
        *("[a", LINK, IMAGE, "](b)", "\\[1\\]", "\\]\\]", "\\(", "\\)", "`", "```\n", "{{", "}}"),
        *("-{", "}-", "<table>\n", "</table>\n", "<td>", "<sub>", "</sub>", "<!--", "-->", "$"),
    ]
    text = "".join(chooser.choices(pieces, k=size // 4))
    return text[:size]


FAMILIES: Final = (
    # Links.
    repeated("["),
    repeated("]"),
    repeated("!["),
    repeated("[a]("),
    repeated("](u)"),
    repeated("[", "](u)"),
    nested("[", "](u)"),
    nested("[a", '](../Page/甲.md "wikilink")'),
    repeated('[a](b "'),
    repeated("[a](b\\"),
    repeated("[a]((((("),
    repeated("[a](b c d ", '"wikilink")'),
    repeated("[]()"),
    repeated('[a](b "wikilink")', name="links without spaces"),
    repeated('[a b*](<b> "wikilink")'),
    repeated('[a](b "fig:'),
    repeated("<a:"),
    repeated("<http://a>"),
    repeated("http://a"),
    repeated("http://a)"),
    repeated("://"),
    filled("\\[", "http://", "\\]"),
    Family("links to one target", same_target),
    Family("links to other targets", other_targets),
    repeated(LINK, name="links"),
    repeated("_" * 40 + "(", '](b "wikilink")'),
    # Images and captions.
    repeated(IMAGE, name="images"),
    repeated(IMAGE + "a\\]\\]", name="images with captions"),
    repeated(IMAGE, "a\\]\\]", name="images, one caption"),
    repeated("\\]\\]"),
    repeated("\\[\\["),
    nested("\\[\\[", "\\]\\]"),
    repeated("a.jpg|b "),
    repeated("a.jpg|"),
    repeated("<File:a> b.jpg|c "),
    repeated("<File:"),
    # Escapes, formulas, dollars.
    repeated("\\"),
    repeated("\\["),
    repeated("\\[\n"),
    repeated("\\[a\\]\n"),
    repeated("\\("),
    repeated("\\(a\\)"),
    repeated("\\(字"),
    repeated("$"),
    repeated("$", "[^1]"),
    repeated("$ a", "[^1]"),
    repeated("$$a$", "[^1]"),
    # Emphasis and code.
    repeated("*"),
    repeated("*a "),
    repeated("**a"),
    repeated("***a"),
    repeated("*a**b"),
    repeated("**[a](b)"),
    repeated("*[a*](b)"),
    Family("runs of stars", star_runs),
    repeated("~~"),
    repeated("~~a "),
    repeated("~~a~~"),
    nested("**~~", "~~**"),
    repeated("`"),
    repeated("`a\n"),
    repeated("``a`"),
    Family("runs of backticks", tick_runs),
    # HTML.
    repeated("<"),
    repeated("<a"),
    repeated("<b>"),
    repeated("</b>"),
    repeated("<b>a</i>"),
    nested("<b>", "</b>"),
    repeated("<b *"),
    repeated("<div>\n"),
    repeated("<!--"),
    repeated("<!--\n"),
    repeated("<!---->"),
    repeated("<!-- end list -->\n"),
    repeated("<br>"),
    repeated("a<br>\n"),
    repeated("&"),
    repeated("&amp;"),
    repeated("&#x"),
    # Braces and rules.
    repeated("{{"),
    repeated("{{a "),
    repeated("{{a|b=\n"),
    repeated("{"),
    repeated("}}"),
    nested("{{", "}}"),
    nested("{{{", "}}}"),
    repeated("{{}}\n"),
    repeated("-{"),
    nested("-{", "}-"),
    filled("-{", "<!--", "}-"),
    nested("-{\n\n", "\n\n}-"),
    repeated("-{\n\na\n\n}-\n\n", name="rules of blocks"),
    repeated("-{zh-hans:a;zh-hant:b}-"),
    repeated("-{zh-hans:"),
    repeated("zh-hans:a;", "}-"),
    repeated("{{-{}}}-"),
    # Notes.
    repeated("\\[1\\]"),
    repeated("[^1]"),
    repeated("[^1]: a\n\n"),
    repeated("\\[註 1\\]"),
    repeated("1. \n"),
    repeated("1.  a\n\n"),
    Family("numbered notes", notes),
    Family("named notes", named_notes),
    Family("lists from 1", many_lists),
    # Lines.
    repeated("\n"),
    repeated("a\n"),
    repeated("a\n\n"),
    repeated("a\r\n"),
    repeated("## a\n"),
    repeated("#"),
    repeated("# \n"),
    repeated("---\n"),
    repeated("  - \n"),
    repeated("  -\n"),
    repeated("  - a\n\n"),
    repeated("  -\n    a\n\n"),
    repeated("  - a\n    b\n"),
    repeated("  - a\n      - b\n"),
    repeated("  - a\n      -\n        b\n    c\n", name="terms"),
    filled("  - a\n      - b\n    c\n", "      - b\n    c\n", ""),
    filled("  - a\n", "    [b\n", "      - c\n    d\n"),
    filled("  - a\n", "    - b\n", ""),
    filled("  - a\n    b\n", "  - a\n    " + "b" * 72 + "\n", ""),
    repeated("  - （）\n"),
    filled("  - ", "（）", "a\n"),
    repeated(":"),
    repeated("::a\n\n"),
    repeated("\\*:"),
    filled("  - ", "\\*", "\n"),
    repeated("  - \\*a\n"),
    repeated("  - a\n\n    ::b\n\n"),
    repeated("— \n—\n"),
    repeated("- "),
    repeated("1. "),
    repeated("-   -   a\n"),
    Family("items in items", deep_items),
    repeated("> "),
    repeated(">\n"),
    repeated("> a\n"),
    repeated("> a\n\n"),
    repeated("> a\n>> b\n"),
    Family("quotes in quotes", deep_quotes),
    repeated("```\n"),
    repeated("```a\n"),
    repeated("~~~\n"),
    repeated("~~~~\n~~~\n"),
    repeated("    a\n"),
    repeated("    a\n\n"),
    repeated("> 本文内容由"),
    # Tables.
    repeated("|"),
    repeated("| "),
    repeated("|\n"),
    repeated("|  |\n"),
    repeated("|  |\na\n"),
    Family("blank rows", blank_rows),
    Family("wide table", wide_table),
    Family("long table", long_table),
    Family("wide and long table", wide_and_long),
    repeated("| a |\n| - |\n\n"),
    repeated("<table>"),
    repeated("<table>\n"),
    repeated("</table>\n"),
    nested("<table>\n<tr><td>\n", "\n</td></tr>\n</table>\n"),
    repeated("<td>", "</table>", name="<table> of cells without ends"),
    filled("<table><td ", "a", ">b</table>"),
    filled("<table><td><a ", "a", ">b</table>"),
    filled("<table><td>", "<!--", "</table>"),
    filled("<table><td>", "\\(", "</table>"),
    repeated("|a=}}"),
    repeated("[a|b=](c)}}"),
    filled("<table><td>", "-{", "</table>"),
    filled("<table><td>", "-{a", "}-</table>"),
    repeated("<math>"),
    repeated("<ref> "),
    repeated("(甲, "),
    filled("  -\n    {|\n\n", "| a ", "|}"),
    filled("  -\n    {|\n\n", "|- | a ", "|}"),
    filled("  -\n    {|\n\n", '|rowspan="9" colspan="9"', "|}"),
    filled("  -\n    {|\n\n| ", "rowspan=1 ", "|}"),
    filled("  -\n    {|\n\n| ", "\\(", "|}"),
    filled("  -\n    {|\n\n| ", "[a", "|}"),
    filled("  -\n    {|\n\n| ", "`", "|}"),
    filled("  -\n    {|\n\n| ", "-{", "|}"),
    repeated("  -\n    {|\n\n| a\n\n"),
    repeated("  -\n    {|\n\n| a |}\n\n"),
    filled("  -\n    {|\n\n| a\n\n", "<b>\n\n", "|}"),
    filled("  -\n    {|\n\n| a\n\n", "| a\n\n- ", "|}"),
    repeated("{|\n\n| a\n\n", "|}"),
    repeated("{|\n\n", "| a |}"),
    repeated("{|\n\n| a\n\n|}\n\n"),
    repeated("- a\n    {|\n\n| b |}\n\n"),
    repeated("- a\n    {|\n\n|}\n\n"),
    repeated("\\! a |- | b\n\n", "|}"),
    repeated("\\! a |- | b |}\n\n"),
    filled("\\! ", "a ", "|}"),
    filled("\\! a |- ", "| a ", "|}"),
    filled("|- | ", "\\[\\[<File:A>", "|}"),
    filled("|+ ", "a |- | b ", "|}"),
    repeated("{{\\#tag:ref|a|name=b}}"),
    repeated("\\== a ==\n\n"),
    repeated("\\[\\[File:A|thumb|a\n\n"),
    repeated("\\[\\[File:A|thumb|a\n\nb\\]\\]\n\n"),
    repeated("（甲乙：）"),
    nested("（甲乙：", "）"),
    filled("{|\n\n", "| |", "|}"),
    filled("<table><td>", "\u3000", "</table>"),
    filled("<table><td>", "<figure>", "</table>"),
    filled("<table><td>", "<figure>", "</figure></table>"),
    filled("<table><td>", "<b>", "</table>"),
    filled("<table><td>", 'rowspan = "2" ', "</table>"),
    nested("<table><tr><td>a", "b</td></tr></table>"),
    nested("<table>\n\n<tr>\n\n<td>\n\na\n\n", "\n\n</td>\n\n</tr>\n\n</table>\n\n"),
    filled("<table><td>\n\n", "<table><td>\n\n", "</table>"),
    filled("<table><td>\n\n", "- a\n\n", "</table>"),
    filled("<table><td>\n\n", "    a\n", "</table>"),
    filled("<table><td>\n\n", "- ", "</table>"),
    filled("<table>", "<td>\n\n", "</table>"),
    filled("<table>", "<td>\n\n- a\n\n", "</table>"),
    filled("<table><td>", "<table><td>a</table>", "</table>"),
    filled("<table><td>", "<table>", "</table>"),
    filled("<table><td>a", "<table></table>", "b</table>"),
    filled("<table>", '<td>rowspan="2" ', "</table>"),
    filled("<table>", "<tr><td>rowspan=2<td>a", "</table>"),
    Family("attributes in a wide and long table", wide_attributes),
    filled("<table>", "<td>|a", "</table>"),
    filled("<table>", "<td><p>|</p>", "</table>"),
    filled("<table><td>", "[字", "</table>"),
    filled("<table><td>", "[字]]", "</table>"),
    filled("<table><td>", "</ol><p># ", "</table>"),
    filled("<table><td>", "</ol> ", "<p># </table>"),
    filled("<table><td>", "&lt;!--", "</table>"),
    filled("<table><td>", "&lt;!--", "</td>--&gt;</table>"),
    filled("<table>", "<td>&lt;!--</td>", "</table>"),
    filled("<table>", "<td>&lt;!--</td><td>--&gt;", "</table>"),
    filled("<table>", "<td>&lt;!----&gt;</td>", "</table>"),
    Family("HTML rows", html_rows),
    Family("HTML spans", html_spans),
    # Figures and notes in HTML.
    repeated("<figure>\n"),
    filled("<figure>", "<img ", "</figure>"),
    filled("<figure>", '<img src="a">', "</figure>"),
    filled("<figure><img ", "a", "/></figure>"),
    filled('<figure><img src="a">', "<figcaption>", "</figure>"),
    filled('<figure><img src="a"><figcaption>', "<b>", "</figcaption></figure>"),
    repeated('<video src="a">'),
    repeated('<video src="a">', "</video>"),
    repeated('<video src="a"></video>'),
    repeated("![a[b](c)", name="images with links, without ends"),
    nested("![", "](a.jpg)"),
    repeated('<section class="footnotes">\n'),
    filled('<section class="footnotes">', '<li id="fn1">', "</section>"),
    filled('<section class="footnotes"><li id="fn1">', "<b>", "</section>"),
    # Categories and husks.
    repeated('[Category:甲](https://zh.wikipedia.org/wiki/Category:甲 "wikilink")\n'),
    repeated("[a](b\n"),
    repeated("（"),
    nested("（", "）"),
    repeated("（）"),
    repeated("（，"),
    repeated("、"),
    repeated("、 "),
    repeated("「」"),
    repeated("a（） \n"),
    repeated("(, "),
    repeated(", ,"),
    repeated("（{{x}}，"),
    # What pandoc left as it was.
    repeated("''' a "),
    repeated("'' a"),
    repeated("''' a '''"),
    repeated("\\[<http://a.example/x> "),
    repeated("\\[<http://a.example/x> a\\]"),
    repeated("\\[a=\n\n"),
    repeated("\\[\\a\n\n\\]\n"),
    repeated("<timeline>"),
    repeated("<timeline><score>"),
    repeated("\\<\\!--"),
    repeated("\\<\\!--a\n\n--\\>"),
    repeated('|a=[x](../Page/x.md "wikilink")}}'),
    repeated('[-{A](../Page/x.md "wikilink")'),
    repeated("\\(0\\)"),
    # Words.
    repeated("a", name="one word"),
    repeated("字", name="one word of hanzi"),
    repeated("a ", name="words"),
    repeated(" "),
    repeated("  "),
    repeated("a  "),
    repeated("字 \n"),
    repeated("\0"),
    repeated("\u2028"),
    repeated("__A"),
    repeated("__NOTOC__"),
    repeated("_"),
    # Everything at once.
    Family("one line at random", any_marks),
    Family("lines at random", any_lines),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the families; return the exit code."""
    return hostile_main(FAMILIES, "export", __doc__ or "", argv)


if __name__ == "__main__":
    sys.exit(main())
