"""A page with an attack on the reader of its explanation in every field that has text."""

ATTACKS = (
    "<script>window.attacked=1</script>",
    "</script><script>window.attacked=1</script>",
    "</style><script>window.attacked=1</script>",
    "</title><script>window.attacked=1</script>",
    '<img src=x onerror="window.attacked=1">',
    '"><svg/onload="window.attacked=1">',
    '" onmouseover="window.attacked=1" autofocus onfocus="window.attacked=1',
    "' onmouseover='window.attacked=1",
    "<style>*{display:none!important}</style>",
    '" style="position:fixed;inset:0;background:red',
    "<base href=//attack.example/>",
    '<meta http-equiv=refresh content="0;url=data:text/html,attacked">',
    '<iframe srcdoc="<script>parent.attacked=1</script>">',
    '<a href="javascript:window.attacked=1">x</a>',
    "--><script>window.attacked=1</script>",
    "]]><script>window.attacked=1</script>",
    "&lt;script&gt;window.attacked=1&lt;/script&gt;",
    "</div></main></body></html>",
    "${window.attacked=1}",
)

_FIELDS = """\
'''@''' [[@|@]] [[a#@|b]] [[@]]@ [javascript:window.attacked=1 @] [https://e.example/"@ @]
[data:text/html,@ @] https://e.example/@ {{lang|@|@}} {{@|@=@}} {{link-en|@|@}}
-{zh-hans:@;zh-hant:@}-
<ref name="@" group="@">@</ref> <math>@</math> <nowiki>@</nowiki> <span style="@" @>@</span>

<pre>@</pre>

<syntaxhighlight lang="@">@</syntaxhighlight>

{{Infobox @|@=@|甲=[[@|@]] [javascript:window.attacked=1 @]}}
[[File:@.jpg|thumb|alt=@|@]]
<gallery>
@.jpg|@
</gallery>
== @ ==
* @
; @ : @
{| class="@"
|+ @
! @ !! style="@" | @
|-
| @ || @
|}
<ref @>@
[[Category:@|@]] [[en:@]] {{DEFAULTSORT:@}} <!-- @ -->

"""

WIKITEXT = "".join(_FIELDS.replace("@", attack) for attack in ATTACKS)

_EXPORTED = """\
**@**（）是[@](javascript:window.attacked=1 "wikilink")[@](../Page/@.md "wikilink")@
[@](data:text/html,@) [@](https://zh.wikipedia.org/wiki/@ "wikilink")
![@](@ "@") `@` \\(@\\) \\[1\\]

## @

  - @

| @ | @ |
|---|---|
| @ | @ |

```@
@
```

[Category:@](https://zh.wikipedia.org/wiki/Category:@ "wikilink")

"""

EXPORT = "".join(_EXPORTED.replace("@", attack) for attack in ATTACKS) + "1.  <script>\n"
