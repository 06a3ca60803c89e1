"""How well pages are read, by tier and beside other extractors: body, title, time, byline, by length.

    python bench/reading.py [--peers]

On the real pages where a machine has them (LUUTRU_PAGES), and on three portals of unknown software written for
the tests. `known family` reads as a crawl does; `learnt` learns from the other pages of the host, the page that
is read left out, with every family switched off; `generic` sees one page alone.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lxml import html

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from page_files import page_of, real_page, truth
from styles import STYLES, site

from archive.records import Article
from crawler import learnt
from crawler.families import families
from crawler.parsers import template
from crawler.parsers.page import Page
from crawler.sample.truth import expected_of

LENGTHS = ((30, "<30"), (100, "30-99"), (300, "100-299"), (10**9, "300+"))
LEAKS = (
    "Lượt xem", "Chia sẻ", "In trang", "In bài", "Gửi cho bạn bè", "Các bài viết khác", "Tin cùng chuyên mục",
    "Bản quyền", "Có thể bạn quan tâm", "Cỡ chữ", "Bình luận", "Trang chủ", "Những tin", "Tổng số điểm",
    "Ý kiến bạn đọc", "Quay lại", "Click để đánh giá", "Các tin khác", "Tin liên quan", "Đăng lại bài viết",
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    title: str
    summary: str | None
    body: str
    author: str | None
    time: str | None


@dataclass(frozen=True)
class Found:
    title: str | None
    summary: str | None
    body: str
    author: str | None
    time: str | None


Reader = Callable[[Page, "Corpus"], Found | None]
Corpus = Sequence[tuple[Page, Truth]]


def words_of(markup: str) -> str:
    tree = html.fragment_fromstring(markup or "", create_parent="div")
    for element in tree.iter():
        if element.tag not in ("a", "b", "strong", "i", "em", "u", "span", "font", "sup", "sub", "small"):
            element.text = " " + (element.text or "") if isinstance(element.tag, str) else ""
            element.tail = " " + (element.tail or "")
    return unicodedata.normalize("NFC", "".join(tree.itertext()).replace("\u00ad", "").replace("\u200b", ""))


def corpora() -> dict[str, Corpus]:
    found: dict[str, Corpus] = {}
    for software in ("liferay73", "nukeviet45"):
        items = truth()
        if items:
            found[software] = [
                (real_page(f"{software}/{item['id']}.html"), _real_truth(software, item)) for item in items
            ]
    for name, style in STYLES.items():
        found[name] = [(page_of(markup, url), _made_truth(story)) for url, markup, story in site(style)]
    return found


def _real_truth(software: str, item: dict[str, str | None]) -> Truth:
    shown = (
        datetime.fromisoformat(item["published_liferay"] or "").strftime("%d/%m/%Y %H:%M")
        if software == "liferay73"
        else item["published_nukeviet"]
    )
    nfc = {
        name: unicodedata.normalize("NFC", item[name]) if item[name] else None
        for name in ("title", "summary", "byline")
    }
    return Truth(nfc["title"] or "", nfc["summary"], words_of(item["body_html"] or ""), nfc["byline"], shown)


def _made_truth(story: object) -> Truth:
    wanted = expected_of(story)  # type: ignore[arg-type]
    return Truth(wanted.title, wanted.summary, wanted.body, wanted.author, _minute(wanted.published_at))


def _minute(moment: datetime | None) -> str | None:
    return moment.strftime("%d/%m/%Y %H:%M") if moment else None


def _of(article: Article | None) -> Found | None:
    if article is None:
        return None
    return Found(article.title, article.summary, article.body, article.author, _minute(article.published_at))


def known(page: Page, corpus: Corpus) -> Found | None:
    del corpus
    family = next((each for name, each in families().items() if name != "generic" and each.recognises(page)), None)
    return _of(family.article(page, None)) if family else None


def by_template(page: Page, corpus: Corpus) -> Found | None:
    found = template.learn(other for other, _ in corpus if other is not page)
    return _of(learnt.read(page, found)[0]) if found else None


def generic(page: Page, corpus: Corpus) -> Found | None:
    del corpus
    return _of(families()["generic"].article(page, None))


def peers() -> dict[str, Reader]:
    readers: dict[str, Reader] = {"trafilatura": _trafilatura}
    if importlib.util.find_spec("readability"):
        readers["readability"] = _readability
    if importlib.util.find_spec("newspaper"):
        readers["newspaper4k"] = _newspaper
    return readers


def _trafilatura(page: Page, corpus: Corpus) -> Found:
    import trafilatura  # noqa: PLC0415

    found = trafilatura.bare_extraction(page.text, url=page.url, with_metadata=True, include_comments=False)
    if found is None:
        return Found(None, None, "", None, None)
    return Found(found.title, None, found.text or "", found.author, found.date)


def _readability(page: Page, corpus: Corpus) -> Found:
    from readability import Document  # noqa: PLC0415

    document = Document(page.text)
    return Found(document.short_title(), None, words_of(document.summary(html_partial=True)), None, None)


def _newspaper(page: Page, corpus: Corpus) -> Found:
    import newspaper  # noqa: PLC0415

    found = newspaper.Article(page.url, language="vi")
    found.set_html(page.text)
    found.parse()
    return Found(found.title, None, found.text, ", ".join(found.authors) or None, str(found.publish_date or "") or None)


def f1(found: str, wanted: str) -> float:
    """F1 of the shingles of three words."""
    one, two = found.split(), wanted.split()
    size = min(3, len(one), len(two)) or 1
    first, second = (Counter(zip(*(each[n:] for n in range(size)), strict=False)) for each in (one, two))
    return 2 * (first & second).total() / ((first.total() + second.total()) or 1) if one or two else 1.0


def measure(name: str, reader: Reader, corpus: Corpus, *, verbose: bool) -> None:
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    spent = 0.0
    for page, wanted in corpus:
        fresh = Page(url=page.url, status=page.status, headers=page.headers, body=page.body)
        place = next(n for n, pair in enumerate(corpus) if pair[0] is page)
        begun = time.process_time()
        found = reader(fresh, [*corpus[:place], *corpus[place + 1 :]]) or Found(None, None, "", None, None)
        spent += time.process_time() - begun
        lead = "" if name in OURS else (wanted.summary or "") + " "
        exact = "".join(found.body.split()) in ("".join(wanted.body.split()), "".join((lead + wanted.body).split()))
        row = {
            "f1": max(f1(found.body, wanted.body), f1(found.body, lead + wanted.body)),
            "exact": exact,
            "title": found.title == wanted.title,
            "lead": found.summary == wanted.summary,
            "time": (found.time or "")[:10] == (wanted.time or "")[:10]
            if name in OURS
            else _same_day(found.time, wanted.time),
            "invented": bool(found.time and not wanted.time),
            "byline": found.author == wanted.author,
            "leaks": sum(leak in found.body and leak not in wanted.body for leak in LEAKS),
        }
        if verbose and name in OURS and not all(row[each] for each in ("exact", "title", "lead", "time", "byline")):
            print("   ", page.url, {key: value for key, value in row.items() if not value or key == "f1"})
            for field in ("title", "summary", "author", "time"):
                if getattr(found, field) != getattr(wanted, field):
                    print("       ", field, repr(getattr(found, field))[:150], "/", repr(getattr(wanted, field))[:150])
            if not exact:
                print("        body", repr(found.body[:150]), repr(found.body[-200:]))
                print("        want", repr(wanted.body[:150]), repr(wanted.body[-200:]))
        for length in (next(label for most, label in LENGTHS if len(wanted.body.split()) < most), "all"):
            rows[length].append(row)
    for length in (*(label for _, label in LENGTHS), "all"):
        values = rows.get(length)
        if values:
            mean = {key: sum(each[key] for each in values) / len(values) for key in values[0]}
            bad = sum(each["f1"] < 0.9 for each in values) / len(values)
            print(
                f"{name:12} {length:8} {len(values):3}  F1 {mean['f1']:.3f}  <0.9 {bad:4.0%}"
                f"  exact {mean['exact']:4.0%}"
                f"  title {mean['title']:4.0%}  lead {mean['lead']:4.0%}  date {mean['time']:4.0%}"
                f"  invented {sum(each['invented'] for each in values):2}  byline {mean['byline']:4.0%}"
                f"  leaks {mean['leaks']:.2f}" + (f"  {1000 * spent / len(corpus):.1f} ms" if length == "all" else "")
            )


def _same_day(found: str | None, wanted: str | None) -> bool:
    if not found or not wanted:
        return found == wanted
    day, month, year = wanted[:10].split("/")
    return found[:10] == f"{year}-{month}-{day}"


OURS: dict[str, Reader] = {"known family": known, "learnt": by_template, "generic": generic}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", action="store_true", help="other extractors beside ours")
    parser.add_argument("--verbose", action="store_true", help="what was read otherwise than it should")
    parser.add_argument("--only", help="one corpus")
    parser.add_argument("--reader", help="one reader")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    for name, corpus in corpora().items():
        if given.only in (None, name):
            print(f"\n{name}: {len(corpus)} pages")
            for reader, function in (OURS | (peers() if given.peers else {})).items():
                if given.reader in (None, reader) and not (reader == "known family" and name in STYLES):
                    measure(reader, function, corpus, verbose=given.verbose)


if __name__ == "__main__":
    main()
