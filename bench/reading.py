"""How well pages are read, by tier and beside other extractors: body, title, time, byline, by length.

    python bench/reading.py [--peers] [--pin]

On the real pages where a machine has them (LUUTRU_PAGES), and on eight portals of unknown software written for
the tests. `known family` reads as a crawl does; `learnt` learns from three quarters of the host's pages and reads
the fourth, with every family switched off; `generic` sees one page alone.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from lxml import html

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from page_files import page_of, real_page, truth
from styles import STYLES, site
from styles_more import STYLES as MORE

from archive.records import Article
from crawler import learnt
from crawler.families import families
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
    for name, style in (STYLES | MORE).items():
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


@lru_cache(maxsize=4)
def _learnt(pages: tuple[Page, ...]) -> learnt.Templates:
    return learnt.learn(pages)


def by_template(page: Page, corpus: Corpus) -> Found | None:
    found = _learnt(tuple(other for other, _ in corpus))
    return _of(learnt.read(page, found).article)


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
    found.download(input_html=page.text)
    found.parse()
    return Found(found.title, None, found.text, ", ".join(found.authors) or None, str(found.publish_date or "") or None)


def f1(found: str, wanted: str) -> float:
    """F1 of the shingles of three words."""
    one, two = found.split(), wanted.split()
    size = min(3, len(one), len(two)) or 1
    first, second = (Counter(zip(*(each[n:] for n in range(size)), strict=False)) for each in (one, two))
    return 2 * (first & second).total() / ((first.total() + second.total()) or 1) if one or two else 1.0


def figures(name: str, reader: Reader, corpus: Corpus, *, verbose: bool = False) -> dict[str, dict[str, float]]:
    """What a reader makes of a corpus, by length of the body and over all."""
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    others = [[pair for place, pair in enumerate(corpus) if place % 4 != fourth] for fourth in range(4)]
    for place, (page, wanted) in enumerate(corpus):
        fresh = Page(url=page.url, status=page.status, headers=page.headers, body=page.body)
        begun = time.process_time()
        found = reader(fresh, others[place % 4]) or Found(None, None, "", None, None)
        spent = time.process_time() - begun
        row = _row(found, wanted, ours=name in OURS) | {"ms": 1000 * spent}
        if verbose:
            _explain(page, found, wanted, row)
        for length in (next(label for most, label in LENGTHS if len(wanted.body.split()) < most), "all"):
            rows[length].append(row)
    return {length: _means(rows[length]) for length in (*(label for _, label in LENGTHS), "all") if length in rows}


def _row(found: Found, wanted: Truth, *, ours: bool) -> dict[str, float]:
    lead = "" if ours else (wanted.summary or "") + " "  # others have no field for it: either way is right
    bodies = {"".join(wanted.body.split()), "".join((lead + wanted.body).split())}
    same_time = (found.time or "")[:10] == (wanted.time or "")[:10] if ours else _same_day(found.time, wanted.time)
    return {
        "f1": max(f1(found.body, wanted.body), f1(found.body, lead + wanted.body)),
        "exact": "".join(found.body.split()) in bodies,
        "title": found.title == wanted.title,
        "lead": found.summary == wanted.summary,
        "time": same_time,
        "invented": bool(found.time and not wanted.time),
        "byline": found.author == wanted.author,
        "leaks": sum(leak in found.body and leak not in wanted.body for leak in LEAKS),
    }


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    mean = {key: sum(row[key] for row in rows) / len(rows) for key in rows[0]}
    return {"pages": len(rows), "bad": sum(row["f1"] < 0.9 for row in rows) / len(rows), **mean}


def _explain(page: Page, found: Found, wanted: Truth, row: dict[str, float]) -> None:
    if all(row[each] for each in ("exact", "title", "lead", "time", "byline")):
        return
    print("   ", page.url, f"F1 {row['f1']:.3f}")
    for field in ("title", "summary", "author", "time"):
        if getattr(found, field) != getattr(wanted, field):
            print("       ", field, repr(getattr(found, field))[:150], "/", repr(getattr(wanted, field))[:150])
    if not row["exact"]:
        print("        body", repr(found.body[:150]), repr(found.body[-200:]))
        print("        want", repr(wanted.body[:150]), repr(wanted.body[-200:]))


def show(name: str, measured: dict[str, dict[str, float]]) -> None:
    """A line for each length."""
    for length, mean in measured.items():
        print(
            f"{name:12} {length:8} {mean['pages']:3.0f}  F1 {mean['f1']:.3f}  <0.9 {mean['bad']:4.0%}"
            f"  exact {mean['exact']:4.0%}  title {mean['title']:4.0%}  lead {mean['lead']:4.0%}"
            f"  date {mean['time']:4.0%}  invented {mean['invented'] * mean['pages']:2.0f}"
            f"  byline {mean['byline']:4.0%}  leaks {mean['leaks']:.2f}"
            + (f"  {mean['ms']:.1f} ms" if length == "all" else "")
        )


GATE = Path(__file__).parents[1] / "tests" / "reading_gate.json"
BETTER_HIGH = ("f1", "exact", "title", "lead", "time", "byline")
BETTER_LOW = ("leaks", "invented")
Floors = dict[str, dict[str, dict[str, dict[str, float]]]]
"""Corpus, reader, length, figure."""


def readers_of(corpus: str) -> dict[str, Reader]:
    """Our readers that a corpus is read by: no family knows the made portals."""
    return {name: reader for name, reader in OURS.items() if not (name == "known family" and corpus in STYLES | MORE)}


def fallen(pinned: dict[str, dict[str, float]], measured: dict[str, dict[str, float]]) -> list[str]:
    """The figures that are worse than pinned, each in words."""
    found = []
    for length, floors in pinned.items():
        for key, floor in floors.items():
            value = round(measured.get(length, {}).get(key, -1), 4)
            if value < floor if key in BETTER_HIGH else value > floor:
                found.append(f"{length}: {key} {value} was {floor}")
    return found


def pin(measured: Floors, *, lower: bool) -> None:
    """Write what was measured as the floors. Refuses to lower one without `lower`."""
    pinned: Floors = json.loads(GATE.read_text(encoding="utf-8")) if GATE.exists() else {}
    worse = [
        f"{corpus}, {reader}: {line}"
        for corpus, readers in pinned.items()
        for reader, floors in readers.items()
        for line in fallen(floors, measured.get(corpus, {}).get(reader, {}))
        if corpus in measured
    ]
    if worse and not lower:
        sys.exit("These would be lowered; say --lower if that is meant:\n" + "\n".join(worse))
    kept = {
        corpus: {
            reader: {
                length: {key: round(value, 4) for key, value in mean.items() if key in BETTER_HIGH + BETTER_LOW}
                for length, mean in by_length.items()
            }
            for reader, by_length in readers.items()
        }
        for corpus, readers in measured.items()
    }
    GATE.write_text(json.dumps(pinned | kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


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
    parser.add_argument("--pin", action="store_true", help="make what was measured the floors of the tests")
    parser.add_argument("--lower", action="store_true", help="with --pin: also where that lowers a floor")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    measured: Floors = {}
    for corpus, pages in corpora().items():
        if given.only not in (None, corpus):
            continue
        print(f"\n{corpus}: {len(pages)} pages")
        for name, reader in (readers_of(corpus) | (peers() if given.peers else {})).items():
            if given.reader in (None, name):
                found = figures(name, reader, pages, verbose=given.verbose and name in OURS)
                show(name, found)
                if name in OURS:
                    measured.setdefault(corpus, {})[name] = found
    if given.pin:
        pin(measured, lower=given.lower)


if __name__ == "__main__":
    main()
