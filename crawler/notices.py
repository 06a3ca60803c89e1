"""What a page says in an article's place: maintenance, a login, an error, "not found"."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from lxml import html

from archive.normalise import fold
from crawler.parsers import text
from crawler.parsers.page import Page
from crawler.parsers.thresholds import CHALLENGE_MOST, EMPTY_MOST, NOTICE_MOST, PROSE_LINE, PROSE_MOST
from crawler.parsers.tokens import tokens
from crawler.parsers.xpath import elements, holds

NOT_FOUND = "not found"
LOGIN = "login"
CHALLENGE = "challenge"
DEFACED = "defaced"
LOUD = frozenset(("maintenance", "database error", "outage", "WAF block", CHALLENGE))
"""Kinds that say that the portal does not work as it should, wherever they stand."""
_CHALLENGE = re.compile(
    rb"slowAES|[\"'; ]D1N=|_cf_chl|challenge-platform|jschl|__ddg|ddos-guard|sgcaptcha|_Incapsula_|/TSPD/"
    rb"|cf-browser-verification|hcaptcha|recaptcha/api"
    rb"|document\.cookie\s*=[^;]{0,400};.{0,600}location(?:\.href)?\s*(?:=|\.(?:reload|replace|assign))",
    re.DOTALL,
)
_APP = re.compile(
    rb"<(?:app-root|div[^>]+id=[\"']?(?:root|app|__next|__nuxt|main-app|application)\b)|type=[\"']module[\"']"
    rb"|bundle\.js|chunk",
    re.IGNORECASE,
)
_PASSWORD = holds('//input[@type="password"]')
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*\s*\Z")
_TITLES = elements("//head/title")
_FRAME = tokens("a nav header footer select option button label script style noscript")


def sign(page: Page) -> str | None:
    """What a page without an article says instead, a kind of `tables/notices.toml`; None where it says nothing."""
    words = said(page.tree)
    is_short = len(words) <= EMPTY_MOST
    if is_short and len(page.body) <= CHALLENGE_MOST and _CHALLENGE.search(page.body):
        return CHALLENGE
    names = " ".join(each.text or "" for each in _TITLES(page.tree))
    found = named(f"{names}. {words}") if len(words) <= NOTICE_MOST else None
    if found == NOT_FOUND and sum(len(line) for line in _lines(page.tree) if _is_prose(line)) > PROSE_MOST:
        found = None  # a text that mentions it, which nobody could read
    if found and found != "placeholder":
        return found
    if _PASSWORD(page.tree):
        return LOGIN
    if is_short and b"<script" in page.body and _APP.search(page.body):
        return "empty single-page app"
    return found or ("blank" if not words else None)


def named(words: str) -> str | None:
    """The first kind of notice whose words are in a text."""
    folded = " ".join(fold(words).replace("’", "'").split())
    return next((name for name, pattern in _kinds() if pattern.search(folded)), None)


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    listed = tomllib.loads(files("crawler").joinpath("tables/notices.toml").read_text(encoding="utf-8"))["kinds"]
    return tuple((kind["name"], re.compile("|".join(f"(?:{each})" for each in kind["patterns"]))) for kind in listed)


def _is_prose(line: str) -> bool:
    """Whether a line is a sentence of a text: long, ended as such, not of dates and numbers; nor the notice itself."""
    is_long = len(line) >= PROSE_LINE and sum(letter.isdigit() for letter in line) < len(line) / 10
    return is_long and bool(_SENTENCE_END.search(line)) and (len(line) > 2 * PROSE_LINE or named(line) != NOT_FOUND)


def said(tree: html.HtmlElement) -> str:
    """The text of a page that is seen, without links and what frames it."""
    return " ".join(_lines(tree))


def _lines(tree: html.HtmlElement) -> list[str]:
    body = tree.find("body")
    if body is None:
        return []
    return [block.text.replace("\n", " ") for block in text.blocks(body, set(body.iter(*_FRAME)))]
