"""Everybody can use the viewer: on a phone, by keyboard, without scripts, in both colour schemes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browsing import chromium, opened
from viewing import NEW, OLD, Viewer, datasette, sample

PAGES = (
    "/", "/search", "/search?q=thuy+loi", "/article/1", f"/article/1/{OLD}", f"/article/1/{OLD}/diff/{NEW}",
    "/article/2", "/article/99", "/portal/p", "/changes", "/removed", "/queries", "/capture/1", "/capture/1?view=page",
)  # fmt: skip


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    with datasette(sample(tmp_path_factory.mktemp("viewed"))) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault_of_accessibility(browser: Any, viewer: Viewer, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    language = {"light": "en-US", "dark": "vi-VN"}[scheme]
    with opened(browser, color_scheme=scheme, locale=language, viewport={"width": 1000, "height": 800}) as page:
        page.set_content("<img src=x>")
        assert _serious(axe, page), "axe finds nothing anywhere"
        for path in PAGES if scheme == "light" else PAGES[::3]:
            page.goto(viewer.url + path)
            found = _serious(axe, page)
            assert not found, (path, [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found])


def _serious(axe: Any, page: Any) -> list[Any]:
    return [each for each in axe.run(page).response["violations"] if each["impact"] in ("serious", "critical")]


def test_pages_fit_a_phone(browser: Any, viewer: Viewer) -> None:
    with opened(browser, viewport={"width": 360, "height": 700}) as page:
        for path in PAGES:
            page.goto(viewer.url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_the_keyboard_alone_finds_an_article(browser: Any, viewer: Viewer) -> None:
    with opened(browser) as page:
        page.goto(viewer.url)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "q"
        page.keyboard.type("thuy loi")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=thuy+loi")
        for _ in range(40):
            if "/article/" in (page.evaluate("document.activeElement.href") or ""):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/article/*")


def test_everything_works_without_scripts(browser: Any, viewer: Viewer) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{viewer.url}/search")
        page.fill("#q", "thu hồi đất")
        page.get_by_label("Order").select_option("newest")
        page.get_by_role("button", name="Search").click()
        assert "sort=newest" in page.url
        page.get_by_role("link", name="Thu hồi đất").click()
        page.get_by_role("link", name="Tiếng Việt").click()
        assert page.locator("#cite").inner_text() == "Cách trích dẫn"


def test_datasettes_own_pages_still_run_their_scripts(browser: Any, viewer: Viewer) -> None:
    faults: list[str] = []
    with opened(browser) as page:
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(f"{viewer.url}/archive/articles")
        page.locator("th .dropdown-menu-icon").first.click()
        assert page.locator(".dropdown-menu").first.is_visible()
        page.goto(f"{viewer.url}/archive?sql=select+1")
        assert page.locator(".CodeMirror, .cm-editor").count() == 1
    assert not faults
