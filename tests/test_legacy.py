"""Texts in the fonts of the time before Unicode come out letter for letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from legacy_text import tcvn3, vni
from page_files import page_of

from crawler.parsers import legacy, text
from crawler.reading import read
from crawler.sample.site import Site

ARTICLES = [article for article in Site().expected() if len(article.body) > 300]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.key)
def test_tcvn3_and_vni_texts_are_read_letter_for_letter(article) -> None:
    words = f"{article.title}\n{article.body}"
    small = legacy.unicode_of(tcvn3(words))
    assert small.lower() == words.lower()  # capitals with a tone are typed small: only the font shows them
    assert legacy.unicode_of(vni(words)) == words


def test_text_in_unicode_and_in_other_languages_is_left_as_it_is() -> None:
    for words in (
        *(article.body for article in ARTICLES),
        "Les élèves français étaient à l'école, où ils ont reçu un prêt. Noël, maïs, cœur, aiguë " * 20,
        "Für die Prüfung müssen Schüler größere Übungen schön lösen, häufig in Köln " * 20,
        "Åse går på skolen, også i Tromsø, hvor hun prøver å lære " * 20,
        "25 m² · 3½ km · 18°C · ©2008 «Tuổi trẻ» ®",
    ):
        assert legacy.unicode_of(words) == words


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáãèéìíòóùúýñøûïµ¸¶·¹¨»¾¼½®ª¬­ÖÔ .,-\n", max_size=300))
def test_no_text_stops_it(words: str) -> None:
    assert isinstance(legacy.unicode_of(words), str)


def page(words: str, *, charset: str, codec: str, face: str = ".VnTime"):
    lines = "".join(f"<p><font face='{face}'>{line}</font></p>" for line in words.split("\n") if line)
    body = f"<html><head><title>Cổng</title></head><body><div>{lines}</div></body></html>"
    declared = "text/html" + (f"; charset={charset}" if charset else "")
    return page_of(body.encode(codec, "xmlcharrefreplace"), content_type=declared)


@pytest.mark.parametrize(("charset", "codec"), [("", "cp1252"), ("iso-8859-1", "cp1252"), ("windows-1258", "cp1252"),
                                                ("utf-8", "utf-8"), ("utf-8", "cp1252")])  # fmt: skip
@pytest.mark.parametrize("keys", [tcvn3, vni])
def test_a_page_in_such_a_font_is_read_whatever_it_declares(keys, charset: str, codec: str) -> None:
    words = ARTICLES[0].body.lower()
    shown = page(keys(words), charset=charset, codec=codec)
    assert text.joined(text.blocks(shown.tree.find("body/div"))).split() == words.split()


def test_the_font_of_capitals_shows_small_keys_as_capitals() -> None:
    words = "hội nghị tổng kết công tác tuyên giáo\nủy ban kiểm tra"
    shown = page(tcvn3(words), charset="utf-8", codec="utf-8", face=".VnTimeH")
    assert text.joined(text.blocks(shown.tree)).startswith("HỘI NGHỊ TỔNG KẾT CÔNG TÁC TUYÊN GIÁO")


def test_an_article_in_such_a_font_is_archived_in_unicode() -> None:
    body = tcvn3("\n".join(ARTICLES[0].body.split("\n\n")))
    paragraphs = "".join(f"<p>{line}</p>" for line in body.split("\n"))
    title = "Hội nghị tổng kết công tác năm 2004"
    head = f"<head><meta property='og:type' content='article'><title>{tcvn3(title)}</title></head>"
    source = f"<html>{head}<body><h1>{tcvn3(title)}</h1><div>{paragraphs}</div>"
    reading, _ = read(page_of(source.encode()), None)
    assert reading.article
    assert reading.article.title == title
    assert "µ" not in reading.article.body
