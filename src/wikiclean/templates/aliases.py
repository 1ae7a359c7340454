"""
Other names of the templates that all wikis share, and how tables of such names are read.

Here live redirects, and templates that leave the same as another; what a template leaves is said in
``core``. A name stands once: it belongs to one template. Names in Chinese, and those that only
Chinese wikis have, are in ``zh_aliases``.

Source: redirects of English Wikipedia, as they are remembered; a name that no page uses does no
harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from wikiclean.templates.calls import Handler


def read_aliases(table: str) -> Mapping[str, tuple[str, ...]]:
    """
    Read other names by the name that a template goes by in the tables of handlers.

    Args:
        table: Lines of a template, an equals sign, and its other names parted by bars; what
            follows a bar at the end of a line is on the next, behind four spaces.
    """
    result: dict[str, tuple[str, ...]] = {}
    for line in table.replace("|\n   ", "|").strip().splitlines():
        name, _, others = line.partition(" = ")
        result[name] = tuple(other.strip() for other in others.split("|"))
    return MappingProxyType(result)


def with_aliases(
    handlers: Mapping[str, Handler], *aliases: Mapping[str, tuple[str, ...]]
) -> Mapping[str, Handler]:
    """Return handlers by all names that their templates have."""
    table = dict(handlers)
    for names in aliases:
        for name, others in names.items():
            for other in others:
                table[other] = table[name]
    return MappingProxyType(table)


CORE_ALIASES: Final[Mapping[str, tuple[str, ...]]] = read_aliases(
    """
Lang = Langue | Rtl-lang
Transl = Transliteration | Tlit
IPA = IPA2
IPAc-en = IPAEng
Script = Script/* | Unicode | Polytonic
Audio = Listen-inline
Ill = Illm | Interlanguage link | Ill2 | Interlanguage link multi | Ill-multi
Start date = End date | Birth date | Birth date and age | Death date | Film date | Birth-date |
    Dob | Bda | Start date and age
Death date and age = Dda | Death-date and age
Section link = Slink
FlagIOCmedalist = FlagIOC2medalist | Flagmedalist
FlagIOCathlete = FlagIOC2athlete | Flagathlete
FlagIOC = FlagIOC2 | FlagIOCteam
Circa = C. | Ca.
Floruit = Fl.
Radic = Sqrt
Bibleref = Bibleref2
Frac = Fraction | Sfrac | Tfrac
Exp10 = E
Chem = Chemical formula
Formatnum = Nts | Commas | Number format
Mvar = Math variable
Coord = Coordinate
US$ = USD
HK$ = HKD
NT$ = NTD
GBP = £
€ = Euro
JPY = ¥
INR = ₹
KRW = ₩
OCLC = Oclc
Doi = DOI
Arxiv = ArXiv
JSTOR = Jstor
LCCN = Lccn
OldStyleDate = Oldstyledate
Track gauge = RailGauge | Rail gauge
ISBN = Isbn
ISSN = Issn | ISSN link
Small = Smalldiv
Big = Large | Huge
Nowrap begin = Nowrap end
MongolUnicode = ManchuSibeUnicode | Bo-textonly | Nastaliq
Key press = Keypress | Key
Background color = Bgcolor
Nowrap = Nobreak | Nwr | Nowr | NoWrap | Noswrap
Color = Colour | Colored text
Font color = Font colour | Fontcolor
Small caps = Smallcaps | Sc
Spaces = Space
· = Dot | Middot | ·w
• = Bull | •w
Thin space = Thinsp | Thinspace
Dagger = †
Double dagger = ‡
Nbhyph = Nbhyphen | Nbh
Snd = Snds | – | Spnd | Sndash | Spaced en dash
Mdash = Em dash | Emdash | Mdashb
Ndash = En dash | Endash
Abbr = Abbrlink | Define | H:title
Code = Inlinecode | Codett | Mono2 | Kbd | Samp
Mono = Monospace | Tt
Sup = Superscript
Strong = Bold
Em = Italic
Strikethrough = Strike | Del
Efn = Efn-la | Efn-ug
Refn = Reference note
R = Ref name
Sfn = Harvard citation no brackets footnote | Snf
Harvnb = Harvard citation no brackets
Harv = Harvard citation | Harvard
Harvtxt = Harvard citation text | Harvcol | Harvp
Reflist = References | RefList | Refs | Reflist2
Cite * = Vcite *
Fact = Cn | Citation needed | Facts | Fact2 | Original research inline | Sourceinline | Specify |
    Need citation | Citation needed span | Cn-span | Cn span | Fact span | Clarify span
Clarify = Who | When | Why | Which | Where | How | Whom | Vague | By whom | Clarification needed |
    Elucidate
Dead link = Deadlink | Broken link | Dubious | Page needed | Page number needed | Verify source |
    Failed verification | Unreliable source? | Better source | Request quotation |
    Better source needed | Unreliable source | Update inline | Update after | Needs update |
    Full citation needed | Full | Self-published inline | Self-published source | Volume needed |
    Primary source inline | Non-primary source needed | According to whom | Weasel inline |
    Peacock inline | POV statement | Relevance inline | Importance inline | Disputed inline |
    Undue weight inline | Medical citation needed | Year needed | Date missing | Ambiguous |
    Disambiguation needed | Dn | Permanent dead link | Where? | Who? | Which? | ISBN missing |
    Notability inline | Need translation inline
Flag = Flagcountry | Flagu
Flagicon = Fbaicon | Cricon | Flagdeco | Flag icon | Fbicon | Flagicon image | Flagiconmil |
    Player flag | Flagcollection
Rint = RINT | Ric | BSicon | Access icon
Quote = Quotation | Bquote | Quoteblock
Cquote = Cquote2 | Cquote3 | Centered pull quote
Quote box = Quotebox
Legend = Legend2 | Legend inline
Color box = Colorbox | Colour box | Colourbox
Center = Centre
URL = Url
Clade = Cladex
External media = External image | External images | External video | External audio
Familytree = Family tree | Chart | Tree chart | Treechart
Multiple image = Multiple images
Wide image = Tall image | Panorama
Columns-list = Column list | Colist
Col-begin = Col-break | Col-end | Col-2 | Col-3 | Col-4 | Col-5 | Div col | Div col end | Div end |
    Multicol | Multicol-break | Multicol-end | Colbegin | Colend | Colbreak | Refbegin | Refend |
    Flex columns | Familytree/start | Familytree/end | Family tree/start | Family tree/end |
    Chart/start | Chart/end | Chart top | Chart bottom | Tree chart/start | Tree chart/end
Plainlist = Plain list | Plainlist/*
Increase = Decrease | Steady | IncreaseNegative | DecreasePositive | Tick | X mark | Aye | Nay |
    Check mark | Gold01 | Silver02 | Bronze03 | Gold1 | Silver2 | Bronze3 | Gold medal |
    Silver medal | Bronze medal
Comma separated entries = Cslist
Glossary = Glossary end | Glossary begin
Block indent = Blockindent
Poem quote = Poemquote
Hlist = HList | Horizontal list
Ubl = Bulleted list | Bulletedlist | Blist | Unbulleted List | UBL | Ublist | Unbullet
Ordered list = Numbered list
Flowlist = Flow list
Main = Main article | Mainarticle | Main page | Main articles
See also = Seealso | SeeAlso | See
Details = Detail | Further | Further information
Hatnote = Dablink | Rellink | Selfref | Self reference
Anchor = Anchors
Clear = Clr | Clearleft | Clearright | Clear left | Clear right | TOC limit | TOCright | TOC right |
    TOCleft | TOC left | TOC hidden | CompactTOC | Compact ToC
Multiple issues = Articleissues | Multiple Issues | Unreferenced | Noref | Refimprove |
    More citations needed | Refimprovesect | Unreferencedsect | Unreferenced section | Expand |
    Expand section | Expand language | Expand English | Cleanup | Cleanup-jargon | Rewrite |
    Copyedit | Copy edit | Wikify | Notability | POV | Original research | No footnotes |
    Nofootnotes | More footnotes | Morefootnotes | Primary sources | Update | Lead too short |
    Lead too long | Weasel | Advert | Fansite | Trivia | In-universe | Tone | Globalize | Orphan |
    Roughtranslation | Confusing | Peacock | BLP sources | Blpunsourced | BLP unsourced |
    Citation style | Current | Underconstruction | In use | Inuse | Pp | Protected | Merge |
    Merge to | Merge from | Split | Vfd | Afd | Delete | Copyvio | Fringe | Missing information |
    Disputed | Unbalanced | Recentism | External links | Linkrot | Self-published |
    Too few opinions | Hoax | Contradict | Autobiography | COI | Disambig-cleanup | RoughTranslation
Stub = * stub | Disambig | Disambiguation | Dab | Hndis | Geodis
Authority control = Normdaten | Commons category | Commonscat | Commons | Commons cat | Wikiquote |
    Wikisource | Wiktionary | Wikispecies | Wikibooks | Wikinews | Wikivoyage |
    Sister project links | Sisterlinks | Portal | Portal bar | Portalbar | Taxonbar | Good article |
    Featured article | Use dmy dates | Use mdy dates | Short description | Italic title |
    Use British English | Use American English | Use Australian English | Use Canadian English |
    Use Indian English | EngvarB | Library resources box | Wikipedia books | Spoken Wikipedia |
    Commons and category | Contains special characters |
    Lowercase title | Lowercase | Wrongtitle | Correct title | Coord missing
"""
)
"""Other names by the name a template goes by in ``core``."""
