"""An article's structured text as the markup that editors' tools leave behind, oddities included."""

from __future__ import annotations

import unicodedata
from html import escape
from html.entities import codepoint2name

from markupsafe import Markup

from crawler.sample.addresses import file_path
from crawler.sample.story import (
    Block,
    Breaks,
    Document,
    Items,
    Lines,
    Outward,
    Paragraph,
    Picture,
    Story,
    Table,
)
from crawler.sample.traits import traits_of

_SPAN = '<span lang="VI" style="font-size:14.0pt;mso-bidi-font-size:12.0pt;font-family:&quot;Times New Roman&quot;">'
_WORD_HEAD = (
    "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom>"
    "<w:LidThemeOther>VI</w:LidThemeOther></w:WordDocument></xml><![endif]-->\n<!--StartFragment-->\n"
)
_LETTERS = {code: f"&{name};" for code, name in codepoint2name.items() if code > 127}
_JUSTIFIED = ' style="text-align: justify;"'
_CENTRED = ' style="text-align: center;"'


def shown(text: str, story: Story) -> str:
    """The text in the letters that the article's editor typed: composed, or decomposed in NFD articles."""
    return unicodedata.normalize("NFD", text) if "nfd" in traits_of(story) else text


def body_html(story: Story, origin: str) -> Markup:
    """The article's body; `origin` is the portal's scheme and host for absolute addresses of files."""
    return Markup(_Writer(story, origin).body())  # noqa: S704 - put together from escaped pieces only


def summary_html(story: Story) -> Markup:
    """The summary, in the same letters as the body."""
    return Markup(_Writer(story, "").run(story.summary or ""))  # noqa: S704 - escaped pieces only


class _Writer:
    def __init__(self, story: Story, origin: str) -> None:
        self.story = story
        self.origin = origin
        self.traits = traits_of(story)
        self.word = "word" in self.traits

    def body(self) -> str:
        parts = [self.block(block) for block in self.story.blocks]
        right = ' style="text-align: right;"' if self.story.byline_style == "right" else ""
        for line in self.story.closing:
            text = self.run(line)
            parts.append(self.paragraph(f"<strong>{text}</strong>" if right else text, right))
        if "spaces" in self.traits:
            parts.insert(1, "<p>&nbsp;</p>")
        text = "\n".join(parts)
        return f"{_WORD_HEAD}{text}\n<!--EndFragment-->" if self.word else text

    def paragraph(self, text: str, attributes: str = "") -> str:
        if not self.word:
            return f"<p{attributes or _JUSTIFIED}>{text}</p>"
        align = "text-align:right" if attributes else "text-align:justify"
        return f'<p class="MsoNormal" style="margin-top:6.0pt;{align};mso-pagination:none">{text}<o:p></o:p></p>'

    def block(self, block: Block) -> str:
        match block:
            case Paragraph(text=text, heading=heading):
                run = self.run(text)
                return self.paragraph(f"<strong>{run}</strong>" if heading else run)
            case Lines(lines=lines):
                return self.paragraph("<br />\n".join(map(self.run, lines)))
            case Breaks(paragraphs=paragraphs):
                return f"<div>{'<br /><br />'.join(map(self.run, paragraphs))}</div>"
            case Items(items=items, ordered=ordered):
                tag = "ol" if ordered else "ul"
                return f"<{tag}>\n" + "\n".join(f"<li>{self.run(item)}</li>" for item in items) + f"\n</{tag}>"
            case Table(rows=rows):
                return self.table(rows)
            case Picture():
                return self.picture(block)
            case Document(text=text, lead=lead, tail=tail):
                address = escape(self.address(block))
                link = f'<a href="{address}" target="_blank">{self.encoded(text)}</a>'
                return self.paragraph(f"{self.encoded(lead)}{link}{self.encoded(tail)}")
            case Outward(url=url, text=text):
                return self.paragraph(f'<a href="{escape(url)}">{self.encoded(text)}</a>')

    def table(self, rows: tuple[tuple[str, ...], ...]) -> str:
        inner = "<p class=MsoNormal align=center>{}<o:p></o:p></p>" if self.word else "{}"
        lines = (
            "<tr>" + "".join(f"<td>{inner.format(self.encoded(cell))}</td>" for cell in row) + "</tr>" for row in rows
        )
        style = "border-collapse:collapse;mso-yfti-tbllook:1184" if self.word else "width: 100%;"
        return (
            f'<table border="1" cellpadding="4" style="{style}">\n<tbody>\n' + "\n".join(lines) + "\n</tbody>\n</table>"
        )

    def picture(self, picture: Picture) -> str:
        alt = "" if self.story.number % 2 else ' alt=""'
        if picture.alt:
            alt = f' alt="{escape(picture.alt)}"'
        image = f'<img{alt} src="{escape(self.address(picture))}" style="width: 640px; height: 426px;" />'
        caption = self.run(picture.caption) if picture.caption else ""
        if not caption:
            return f"<p{_CENTRED}>{image}</p>"
        match picture.style:
            case "figure":
                return f'<figure class="image">{image}\n<figcaption>{caption}</figcaption></figure>'
            case "table":
                cells = f"<tr><td>{image}</td></tr>\n<tr><td{_CENTRED}><em>{caption}</em></td></tr>"
                return f'<table align="center" border="0">\n<tbody>\n{cells}\n</tbody>\n</table>'
        return f"<p{_CENTRED}>{image}</p>\n<p{_CENTRED}><em>{caption}</em></p>"

    def address(self, block: Picture | Document) -> str:
        path = file_path(self.story, block)
        if "rooted" not in self.traits:
            return self.origin + path
        return "../" * 8 + path[1:] if self.story.number % 10 == 3 else path

    def run(self, text: str) -> str:
        """Running text; pasted Word text is cut into spans, some of them inside a word."""
        if not self.word:
            return self.encoded(text)
        out: list[str] = []
        for place, word in enumerate(text.split(" ")):
            if place % 4 == 1 and len(word) > 3:
                piece = f"{self.encoded(word[:1])}{_SPAN}{self.encoded(word[1:])}</span>"
            elif place % 4 == 3:
                piece = f"{_SPAN}{self.encoded(word)}</span>"
            else:
                piece = self.encoded(word)
            out.append(piece)
            out.append("\n" if place % 14 == 13 else " ")
        return "".join(out[:-1])

    def encoded(self, text: str) -> str:
        """Escaped text in the article's letters."""
        if "hyphens" in self.traits:
            text = " ".join(f"{w[:3]}\u00ad{w[3:]}" if len(w) > 5 and w.isalpha() else w for w in text.split(" "))
        text = escape(shown(text, self.story), quote=False)
        if "spaces" in self.traits:
            text = text.replace(". ", ".\u00a0\u00a0\u00a0 ").replace(" đồng", "\u00a0đồng")
        if "entities" in self.traits:
            return text.translate(_LETTERS)
        return text.replace("\u00ad", "&shy;")
