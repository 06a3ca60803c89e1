"""The sample portal: its truth, its oddities and its links."""

from __future__ import annotations

import io
import re
import tomllib
import unicodedata
import zipfile
from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import etree, html

from crawler.sample import Expected, Site, expected, portal_toml
from crawler.sample.addresses import DEAD_LINKS, DISALLOWED
from crawler.sample.pages import SITE_NAME
from crawler.sample.site import VIETNAM
from crawler.sample.traits import SHARES

ORIGIN = "http://portal.example"
TRUTH = expected()
SEED = TRUTH[0]
UNENDING = re.compile(r"p_p_id=8&|lienket_WAR_banner|^/c/")


def words(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text.replace("\u00ad", "")).split()


def get(site: Site, path: str) -> tuple[int, dict[str, str], bytes]:
    return site.respond(path, {"Host": urlsplit(ORIGIN).netloc})


def tree(site: Site, path: str) -> html.HtmlElement:
    status, _, body = get(site, path)
    assert status == 200, path
    return html.document_fromstring(body.decode())


def spaced_text(node: html.HtmlElement) -> str:
    """Text with a space at the end of every block, and none inside a word cut by spans."""
    node = html.fromstring(html.tostring(node, encoding="unicode"))
    for part in node.iter("p", "br", "td", "li", "div", "figure", "img"):
        part.tail = " " + (part.tail or "")
    return node.text_content()


def linked(site: Site, path: str) -> list[str]:
    status, headers, body = get(site, path)
    if status != 200 or not headers["Content-Type"].startswith("text/html"):
        return []
    page = html.document_fromstring(body.decode())
    found = page.xpath("//a/@href | //img/@src | //link/@href | //script/@src | //form/@action")
    whole = (urljoin(ORIGIN + path, address) for address in found)
    return [url.removeprefix(ORIGIN).partition("#")[0] for url in whole if url.startswith(ORIGIN)]


def walk(site: Site, without: str = "$^") -> dict[str, int]:
    """Every internal address that can be reached by links from the home page, with its status."""
    seen: dict[str, int] = {}
    queue = ["/"]
    kept = re.compile(without)
    while queue:
        path = queue.pop()
        shape = re.sub(r";jsessionid=\w+\.node1|[?&]redirect=[^&]*", "", path)
        if shape in seen or UNENDING.search(path) or kept.search(path):
            continue
        seen[shape] = get(site, path)[0]
        queue += linked(site, path)
    return seen


def leads_to(path: str, article: Expected) -> bool:
    segments = re.split(r"[/;?]", path)
    return article.path.rsplit("/", 1)[-1] in segments or str(article.entry_id) in path


def reached(site: Site, article: Expected, without: str) -> bool:
    return any(leads_to(path, article) for path in walk(site, without))


def test_there_are_sixty_articles_and_the_first_is_the_seed():
    assert len(TRUTH) == 60
    assert SEED.key == "entry:15859178"
    assert SEED.title.startswith("Hội nghị tổng kết công tác Tuyên giáo")
    assert SEED.author == "Thành Nguyên"
    assert SEED.body.endswith("ngày càng vững mạnh.\n\nThành Nguyên")
    assert len({article.key for article in TRUTH}) == len({article.path for article in TRUTH}) == 60


def test_the_seed_page_reads_like_the_text_that_the_project_began_with():
    portlet = tree(Site(), SEED.path).xpath("//section[contains(@id, 'AssetPublisher')]")[0]
    shown = " ".join(words(spaced_text(portlet)))
    head = f"Xuất bản thông tin null {SEED.title} Chi tiết bài viết Tin tức {SEED.title} "
    assert shown.startswith(head + " ".join(words(SEED.body)))


@pytest.mark.parametrize("article", TRUTH, ids=lambda article: article.key)
def test_the_page_shows_what_the_truth_says_and_no_more(article):
    page = tree(Site(), article.path)
    body = page.xpath("//*[@class='noi-dung' or @class='content']")[0]
    assert words(spaced_text(body)) == words(article.body)
    sources = [unquote(urlsplit(urljoin(ORIGIN, found)).path) for found in body.xpath(".//img/@src")]
    assert sources == [unquote(urlsplit(image.url).path) for image in article.images]
    summary = page.xpath("//*[@class='sapo' or contains(@class, 'summary ')]")
    assert words(" ".join(node.text_content() for node in summary)) == words(article.summary or "")
    titles = page.xpath("//h1[@class='tieu-de'] | //h2[@class='title']")
    assert words(titles[0].text_content()) == words(article.title)
    assert page.findtext(".//title").endswith(f" - Chi tiết bài viết - {SITE_NAME}")


def test_the_truth_is_plain_composed_text():
    for article in TRUTH:
        for text in (article.title, article.summary or "", article.body, article.author or ""):
            assert unicodedata.is_normalized("NFC", text)
            assert not re.search(r"<\w|&\w+;|\u00ad|\u00a0|null|  ", text)
            assert text == text.strip()
        assert article.title not in article.body


def test_times_have_a_zone_and_minutes_and_some_pages_show_none():
    times = [article.published_at for article in TRUTH if article.published_at]
    assert len(times) == 57
    assert all(time.utcoffset() == timedelta(hours=7) and time.second == 0 for time in times)
    for article in TRUTH:
        if article.published_at:
            body = get(Site(), article.path)[2].decode()
            assert article.published_at.strftime("%d/%m/%Y") in body
            assert article.published_at.strftime("%H:%M") in body


def test_traits_have_the_shares_of_real_portals():
    counted = Counter(trait for article in TRUTH for trait in article.traits)
    assert {trait: round(count / 60 * 100) for trait, count in counted.items()} == pytest.approx(SHARES, abs=1)


@pytest.mark.parametrize(
    ("real", "count"),
    [
        (70, sum(bool(article.images) for article in TRUTH)),
        (23, sum(bool(article.author) for article in TRUTH)),
        (18, sum(article.title.isupper() for article in TRUTH)),
        (15, sum(len(article.body.split()) < 30 for article in TRUTH)),
        (8, sum("\t" in article.body for article in TRUTH)),
        (29, sum("%E1%BB" in str((article.images, article.attachments)) for article in TRUTH)),
    ],
    ids=["images", "bylines", "capitals", "short", "tables", "Vietnamese file names"],
)
def test_contents_have_the_shares_of_real_articles(real, count):
    assert count / 60 * 100 == pytest.approx(real, abs=6)


def test_most_images_have_no_alternative_text():
    images = [image for article in TRUTH for image in article.images]
    assert sum(image.alt is None for image in images) / len(images) == pytest.approx(0.78, abs=0.03)


def test_titles_and_bodies_repeat_under_ids_of_their_own():
    titles = Counter(article.title for article in TRUTH)
    bodies = Counter(article.body for article in TRUTH)
    assert [count for count in titles.values() if count > 1] == [2, 2]
    assert [count for count in bodies.values() if count > 1] == [2, 2]


def test_no_internal_link_is_dead_but_the_traps():
    statuses = walk(Site())
    assert len(statuses) > 250
    assert {path for path, status in statuses.items() if status not in (200, 302)} == set(DEAD_LINKS)
    assert DISALLOWED in statuses


def test_every_article_can_be_found_one_deep_one_by_the_feed_and_one_by_the_sitemap():
    site = Site()
    every = walk(site)
    hidden = [article for article in TRUTH if not any(leads_to(path, article) for path in every)]
    assert [article.entry_id for article in hidden] == [20255036, 20070944]
    assert hidden[0].path in get(site, "/-/asset_publisher/1mQzTrGkvdBE/rss")[2].decode()
    assert hidden[1].path in get(site, "/sitemap.xml")[2].decode()
    deep = next(article for article in TRUTH if article.entry_id == 2514077)
    assert reached(site, deep, "$^")
    assert not reached(site, deep, r"_cur=3|_delta=(5|20|30)")


def test_feeds_and_sitemap_are_well_formed_and_lead_to_articles():
    site = Site()
    paths = [path for path in walk(site) if path.endswith("/rss")]
    assert len(paths) == 4
    for path in [*paths, "/sitemap.xml"]:
        body = get(site, path)[2].decode()
        etree.fromstring(body.encode())
        for url in re.findall(r'<(?:link|loc)>([^<]+)<|rel="alternate" href="([^"]+)"', body):
            assert get(site, "".join(url).removeprefix(ORIGIN))[0] == 200


def test_one_article_has_many_addresses():
    site = Site()
    paths = [path for path in walk(site) if leads_to(path, TRUTH[9])]
    variants = [*paths, TRUTH[9].path + ";jsessionid=A1.node1", TRUTH[9].path + "/maximized"]
    assert len(variants) > 4
    for path in variants:
        assert "".join(words("Ngày hội đọc sách thu hút")) in "".join(words(tree(site, path).text_content()))


def test_a_page_number_too_high_shows_the_last_page():
    site = Site(clock=lambda: datetime(2026, 1, 5, 8, 0, tzinfo=VIETNAM))
    own = "_101_INSTANCE_kT4pWq7sLmN2_cur"
    shown = [tree(site, f"/web/guest/hoat-dong?{own}={page}").xpath("//h3/a/@href") for page in (3, 99)]
    assert len(shown[0]) == len(shown[1]) == 1


def test_every_view_differs_in_counters_and_banners():
    site = Site()
    first, second = (get(site, SEED.path)[2] for _ in range(2))
    assert first != second


def test_the_clock_is_an_argument():
    site = Site(clock=lambda: datetime(2026, 11, 24, 9, 30, tzinfo=VIETNAM))
    shown = get(site, SEED.path)[2].decode()
    assert "Hôm nay: Thứ ba, ngày 24/11/2026" in shown
    assert "(tự động cập nhật vào lúc 09:30:00 24/11/2026)" in shown


def test_the_calendar_has_no_end():
    site, path = Site(), "/web/guest/lich-cong-tac"
    for _ in range(30):
        path = tree(site, path).xpath("//a[@class='next']/@href")[-1]
    assert get(site, path)[0] == 200


def test_files_are_what_they_claim_to_be():
    site, kinds = Site(), Counter()
    for article in TRUTH:
        for found in (*article.images, *article.attachments):
            status, headers, body = get(site, found.url)
            assert status == 200
            kinds[headers["Content-Type"].rsplit("/", 1)[-1].rsplit(".", 1)[-1]] += 1
            if "wordprocessing" in headers["Content-Type"]:
                assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None
            else:
                assert body.startswith((b"%PDF-1.4", b"\x89PNG\r\n\x1a\n"))
            assert site.respond(found.url, {"If-None-Match": headers["ETag"]})[0] == 304
    assert set(kinds) == {"png", "pdf", "document"}


def test_an_edit_changes_page_and_truth():
    site = Site()
    new = site.edit(SEED.entry_id, title="Hội nghị tổng kết", blocks=["Đoạn thứ nhất.", "Đoạn thứ hai."])
    assert new.body == "Đoạn thứ nhất.\n\nĐoạn thứ hai.\n\nThành Nguyên"
    assert site.expected()[0] == new
    assert "Đoạn thứ hai." in unicodedata.normalize("NFC", tree(site, SEED.path).text_content())
    assert expected()[0] == SEED


def test_a_removed_article_is_a_soft_404_of_liferay_6_and_a_404_of_liferay_7():
    site = Site()
    old = next(article for article in TRUTH if article.section == "Hoạt động")
    for article, status in ((SEED, 404), (old, 200)):
        site.remove(article.entry_id)
        answer = get(site, article.path)
        assert answer[0] == status
        assert "Không tìm thấy tài sản." in answer[2].decode()
    assert len(site.expected()) == 58


def test_copies_are_articles_of_their_own():
    site = Site(copies=5)
    truth = site.expected()
    assert len(truth) == len({article.key for article in truth}) == len({article.path for article in truth}) == 300
    assert truth[60].title == f"{SEED.title} (bản 2)"
    assert all(get(site, article.path)[0] == 200 for article in truth[-60:])


def test_the_portal_file_names_the_sections():
    fields = tomllib.loads(portal_toml("http://127.0.0.1:8765/"))
    assert fields["family"] == "liferay"
    assert fields["home"] == "http://127.0.0.1:8765/"
    assert [section["name"] for section in fields["sections"]] == list(dict.fromkeys(a.section for a in TRUTH))
