"""No address is a fault of the site, whatever is in it: every page kind, asked oddly."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest
from viewing import datasette, sample

ODD = (
    "", "'", '"', "\x00", "😀", "\ud800", "%", "%zz", "%00", "..", "../../etc/passwd", "-1", "0", "1e9", "9" * 30, "٣",
    "AND", "OR NOT", "*", '"a', 'a"', "NEAR(a b)", "title:", 'portal:"', "after:2021-13-99", "before:x", "^a", "{a}: b",
    "(", ")", "a" * 3000, "hội", "ho\u0300a", "\u202e", "<script>", "2026-02-31", "0000-00-00", "9999-12-31", "--",
    "http://", "//", "\\", "\n", "\r\nX: y", "phòng -bóng", "tên*", '""', "a:b:c", "thủy lợi", "thuy loi",
)  # fmt: skip
PATHS = (
    "/", "/search", "/search.csv", "/search.jsonl", "/changes", "/removed", "/feed/articles.atom", "/feed/changes.atom",
    "/portal/{odd}", "/article/{n}", "/article/{n}/{t}", "/article/{n}/{t}.bib", "/article/{n}/{t}/diff/{t}",
    "/capture/{n}", "/capture/{n}/page", "/capture/{n}/file", "/capture/{n}/record", "/web/{t}/{odd}", "/web/{odd}",
    "/web/{t}/http://p.vn/{odd}", "/queries", "/archive/articles.json", "/archive/search_articles.json", "/{odd}",
    "/archive/attachments.json", "/archive/changes.json", "/archive/{odd}", "/a/b/c/d/{odd}.json",
)  # fmt: skip
ARGUMENTS = (
    "q", "portal", "section", "year", "after", "before", "sort", "page", "since", "until", "kind", "removed", "added",
    "skip", "_lang", "view", "_search", "words",
)  # fmt: skip


def odd_path(chance: random.Random) -> str:
    """An address that nobody should ask for, or nearly one that somebody would."""
    path = chance.choice(PATHS).format(
        odd=_quoted(chance), n=chance.choice(("0", "1", "2", "9" * 15, "9" * 20, "1x")),
        t=chance.choice(("20260228220000", "20260307220000", "00000000000000", "99999999999999", "2026", "*")),
    )  # fmt: skip
    arguments = "&".join(f"{chance.choice(ARGUMENTS)}={_quoted(chance)}" for _ in range(chance.randint(0, 4)))
    return f"{path}?{arguments}"


def _quoted(chance: random.Random) -> str:
    return quote(chance.choice(ODD).encode("utf-8", "surrogatepass"), safe=chance.choice(("", "/:")))


@pytest.mark.prove
@pytest.mark.parametrize("release", ["0.65", "1.0"])
def test_no_address_is_a_fault_of_the_site(tmp_path: Path, full: bool, release: str) -> None:
    chance = random.Random(5)
    seen: Counter[int] = Counter()
    with datasette(sample(tmp_path), release=release) as viewer:
        for _ in range(5000 if full else 80):
            path = odd_path(chance)
            found = viewer.get(path, cookie=chance.choice(("a=b", "luutru_lang=\xff", "luutru_lang=vi", ";;=")))
            assert found.status < 500, path
            assert "default-src 'none'" in found.headers["content-security-policy"], path
            seen[found.status] += 1
    print(release, dict(seen))
    assert {200, 404} <= set(seen)
