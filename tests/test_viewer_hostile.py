"""Nothing of a portal's page runs in, or is loaded by, a reader's browser: real Chromium, and a canary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsing import chromium, opened
from hostile import KINDS, written
from making import ARTICLE, Maker, verdict
from serving import Portal, portal
from viewing import Viewer, datasette

from archive.clock import VIETNAM
from archive.records import Attachment, Image, Issue, Verdict
from archive.store import Archive

BEGIN = datetime(2026, 3, 1, 5, tzinfo=VIETNAM)
PAGES = (
    "/", "/search?q=mồi", "/search?portal=p&sort=newest", "/portal/p", "/changes", "/removed", "/queries",
    "/feed/articles.atom", "/feed/changes.atom", "/archive", "/archive/articles", "/archive/articles?_search=moi",
    "/archive/articles/1", "/archive/versions", "/archive/attachments", "/archive/changes", "/archive/issues",
    "/archive/captures", "/archive/articles.json", "/archive/removed", "/archive/evidence?article=1",
    "/archive?sql=select+title,+body+from+articles",
)  # fmt: skip
EACH = ("/article/{n}", "/capture/{c}/page")
MORE = (
    "/article/{n}/20260228220000", "/article/{n}/20260228220000/diff/20260307220000", "/capture/{c}",
    "/capture/{c}?view=page", "/web/20260228220000/http://p.vn/{n}",
)  # fmt: skip


@pytest.fixture(scope="module")
def canary() -> Iterator[Portal]:
    """A server that is never to be asked; under /control/ are the attacks themselves."""

    def answer(path: str) -> bytes:
        page = b""
        if path.startswith("/control/"):
            kind = path.removeprefix("/control/")
            page = b"<!DOCTYPE html><body>" + written(kind, f"{server.url}/{kind}").encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(page), page)

    with portal(answer) as server:
        yield server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, canary: Portal) -> Path:
    """An archive in which every text that a portal can write is an attack, an article for each kind."""
    path = tmp_path_factory.mktemp("hostile")
    with Archive.open(path, write=True) as archive:
        make = Maker(archive)
        for number, kind in enumerate(KINDS, 1):
            attack = written(kind, f"{canary.url}/{kind}")
            url = f"http://p.vn/{number}"
            article = replace(
                ARTICLE, key=f"entry:{number}", url=url, title=f"mồi {attack}", summary=f"mồi {attack}",
                body=f"mồi\n\n{attack}\n\n{attack}\t{attack}\n\n- {attack}\n- ⟦{attack}⟧\n\n{attack}", author=attack,
                section=attack, source=attack, published_at=BEGIN + timedelta(days=number),
                attachments=(
                    Attachment(url=f"javascript:fetch('{canary.url}/js')", name=attack),
                    Attachment(url=f"http://p.vn/{quote(attack)}\"onclick='x'", name=attack),
                ),
                images=(Image(url=f"{canary.url}/{kind}", alt=attack, caption=attack),),
            )  # fmt: skip
            body = f"<!DOCTYPE html><html><body>{attack}<p>mồi</p></body></html>".encode()
            make.article(article, when=BEGIN, body=body)
            edited = replace(article, title=f"mồi khác {attack}", body=f"{article.body}\n\nkhác {attack} {attack}")
            make.article(edited, when=BEGIN + timedelta(days=7), body=body)
            make.visit(url, reading=verdict(Verdict.GONE, attack), when=BEGIN + timedelta(days=8))
            archive.note(Issue(kind="doubt", message=attack), portal_id="p", url=f"javascript:alert('{number}')")
        with archive.transaction() as conn:
            attack = written("breaking-out", f"{canary.url}/portal")
            conn.execute("UPDATE portals SET name = ?, home_url = 'javascript:alert(1)', successor = ?", [attack] * 2)
        make.warc.close()
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.mark.prove
def test_every_attack_works_where_nothing_keeps_it(browser: Any, canary: Portal, full: bool) -> None:
    for kind in list(KINDS)[:: 1 if full else 4]:
        with opened(browser) as page:
            canary.asked.clear()
            page.goto(f"{canary.url}/control/{kind}", wait_until="load")
            for _ in range(100):
                if any(f"/{kind}" in path and "control" not in path for path in canary.asked):
                    break
                page.wait_for_timeout(20)
            else:
                pytest.fail(f"{kind} does nothing anywhere")
    canary.asked.clear()


@pytest.mark.parametrize("release", ["0.65", "1.0"])
@pytest.mark.prove
def test_no_page_runs_or_loads_anything_of_a_portals(
    browser: Any, folder: Path, canary: Portal, full: bool, release: str
) -> None:
    canary.asked.clear()
    numbers = range(1, len(KINDS) + 1)
    short = 2 if release == "1.0" else len(KINDS)
    paths = [*PAGES]
    for number in numbers:
        for each in (*(EACH if full or number <= short else ()), *(MORE if full or number == 2 else ())):
            paths.append(each.format(n=number, c=3 * number - 2))  # three captures of each article, from the first
    outside: list[str] = []
    with datasette(folder, release=release) as viewer, opened(browser) as page:
        page.on("dialog", lambda dialog: outside.append("dialog") or dialog.dismiss())
        page.on("framenavigated", lambda frame: outside.append(frame.url) if is_outside(viewer, frame.url) else None)
        for path in paths:
            assert page.goto(viewer.url + path, wait_until="load").status == 200, path
            if path.startswith(("/article", "/portal", "/search", "/capture")):
                assert "mồi" in page.content(), path
                assert not re.search(r"(?:href|src|action)=[\"']?\s*javascript:", page.content(), re.I), path
            assert not canary.asked, (path, canary.asked)
        page.wait_for_timeout(300)
    assert not canary.asked
    assert not outside


def is_outside(viewer: Viewer, url: str) -> bool:
    return not url.startswith((viewer.url, "about:", "chrome-error:"))
