"""Portals that die, each in its own way, over loopback: what `portal probe`, `retire` and `rescue` make of them."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from running import luutru
from serving import Portal, portal
from test_tls import secure, serving

from archive import warc
from archive.store import Archive

FRESH, OLD = datetime.now(UTC) - timedelta(days=3), datetime(2025, 6, 27, tzinfo=UTC)
MENU = "".join(f'<li><a href="/chuyen-muc-{n}">Chuyên mục số {n}</a></li>' for n in range(8))


def answer(body: str, status: str = "200 OK", *, head: str = "") -> bytes:
    payload = body.encode()
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n{head}Content-Length: {len(payload)}\r\n\r\n"
    ).encode() + payload


def page(title: str, main: str) -> bytes:
    return answer(f"<html><head><title>{title}</title></head><body><ul class='menu'>{MENU}</ul>{main}</body></html>")


def working(newest: datetime, *, articles: int = 3) -> Callable[[str], bytes]:
    """A portal with a few articles, the first of them of a day."""

    def answered(path: str) -> bytes:
        if path == "/":
            links = "".join(
                f"<li><h3><a href='/tin-tuc/hoi-nghi-so-{n}-{n}00.html'>Hội nghị tổng kết, lần thứ {n}</a></h3></li>"
                for n in range(1, articles + 1)
            )
            return page("Cổng thông tin điện tử huyện", f"<div class='news'><ul>{links}</ul></div>")
        if path.startswith("/tin-tuc/hoi-nghi-so-"):
            number = int(path.rpartition("-")[2].split("00")[0])
            day = newest - timedelta(days=number - 1)
            text = "".join(
                f"<p>Ngày {day:%d/%m/%Y}, Ủy ban nhân dân huyện tổ chức hội nghị tổng kết công tác chỉ đạo, điều hành"
                f" lần thứ {number}, đoạn {part}, với sự tham dự của lãnh đạo các phòng, ban và các xã.</p>"
                for part in range(5)
            )
            return answer(
                f"<html><head><title>Hội nghị số {number}</title><meta property='og:type' content='article'>"
                f"<meta property='article:published_time' content='{day.isoformat()}'></head><body><ul>{MENU}</ul>"
                f"<article><h1>Hội nghị tổng kết công tác năm, số {number}</h1>{text}</article></body></html>"
            )
        return answer("<html><body>404</body></html>", "404 Not Found")

    return answered


def always(found: bytes) -> Callable[[str], bytes]:
    """The same for every address, but that there is no robots.txt."""
    return lambda path: answer("", "404 Not Found") if path == "/robots.txt" else found


def notice(text: str, title: str = "Thông báo") -> bytes:
    return answer(f"<html><head><title>{title}</title></head><body><h2>{text}</h2></body></html>")


GAMBLING = page(
    "KUBET - Nhà cái uy tín số 1: đăng ký nhận 88k",
    "<p>Nhà cái casino, nổ hũ, tài xỉu, đá gà trực tuyến: nạp rút siêu tốc, khuyến mãi cho thành viên mới.</p>"
    "<a href='/dang-ky'>Đăng ký KUBET</a><a href='/no-hu'>Nổ hũ đổi thưởng</a><a href='/keo'>Kèo nhà cái</a>",
)
D1N = answer(
    '<html><body><script>document.cookie="D1N=0123456789abcdef0123456789abcdef"+"; expires=Fri, 31-Dec-37 23:55:55 GMT;'
    ' path=/";window.location.reload(true);</script></body></html>'
)

STATES: dict[str, tuple[Callable[[str], bytes], str, str]] = {
    "live": (working(FRESH), "live", "published on"),
    "frozen": (working(OLD), "frozen", "2025-06-27"),
    "moved on its own host": (
        lambda path: answer("", "302 Found", head="Location: /web/guest/\r\n") if path == "/" else working(FRESH)("/"),
        "live",
        "no article with a date",
    ),
    "led to another site": (
        always(answer("", "301 Moved Permanently", head="Location: https://portal.other.example/\r\n")),
        "redirecting",
        "another site",
    ),
    "led by its markup": (
        always(answer('<html><head><meta http-equiv="refresh" content="0; url=https://portal.other.example/"></head></html>')),
        "redirecting",
        "https://portal.other.example/",
    ),
    "led by a script": (
        always(answer("<html><script>window.location.href = 'https://portal.other.example/';</script></html>")),
        "redirecting",
        "https://portal.other.example/",
    ),
    "under maintenance": (always(notice("Hệ thống đang bảo trì, vui lòng quay lại sau.")), "soft-dead", "maintenance"),
    "ended with a notice": (
        always(notice("Trang thông tin điện tử huyện đã ngừng hoạt động từ ngày 01/7/2025.")),
        "soft-dead",
        "ngừng hoạt động",
    ),
    "a blank page": (always(answer("<html><body></body></html>")), "soft-dead", "blank"),
    "a default page": (always(notice("Welcome to nginx!", "Welcome to nginx!")), "soft-dead", "nginx"),
    "for sale": (always(notice("This domain is for sale. Buy this domain now!")), "taken-over", "parked"),
    "gambling": (always(GAMBLING), "taken-over", "gambling"),
    "led to gambling": (
        always(answer("", "302 Found", head="Location: https://nhacaiuytin.example/\r\n")), "taken-over", "nhacaiuytin",
    ),
    "defaced": (always(notice("Hacked by 0wn3r team")), "taken-over", "defaced"),
    "forbidden": (always(answer("Forbidden", "403 Forbidden")), "blocked", "403"),
    "forbidden with its robots.txt": (lambda _: answer("Forbidden", "403 Forbidden"), "blocked", "403"),
    "a challenge": (always(D1N), "blocked", "challenge"),
    "a challenge everywhere": (lambda _: D1N, "blocked", "challenge"),
    "not found": (always(answer("nothing", "404 Not Found")), "dead", "404"),
    "out of order": (lambda _: answer("error", "500 Internal Server Error"), "dead", "500"),
}  # fmt: skip


@contextmanager
def silent() -> Iterator[str]:
    """A server that takes connections and says nothing."""
    held: list[socket.socket] = []

    def listen() -> None:
        with suppress(OSError):
            while True:
                held.append(server.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        server.shutdown(socket.SHUT_RDWR)


def unused() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/"


def run(folder: Path, *arguments: str) -> Any:
    done = luutru(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def probe(folder: Path, *names: str, delay: str = "0") -> list[dict[str, Any]]:
    return run(folder, "portal", "probe", *names, "--delay", delay, "--json")  # type: ignore[no-any-return]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "luutru.toml").write_text("timeout = 4\n", encoding="utf-8")
    return tmp_path


def add(folder: Path, name: str, home: str, *lines: str) -> None:
    (folder / "portals").mkdir(exist_ok=True)
    text = "\n".join((f'name = "Cổng {name}"', f'home = "{home}/"', 'family = "generic"', *lines))
    (folder / f"portals/{name}.toml").write_text(text + "\n", encoding="utf-8")


def test_each_way_to_die_is_told_with_its_evidence(folder: Path) -> None:
    with ExitStack() as stack:
        homes = {name: stack.enter_context(portal(served)).url for name, (served, _, _) in STATES.items()}
        found = dict(zip(homes, probe(folder, *homes.values()), strict=True))
    told = {name: (found[name]["state"], found[name]["why"]) for name in STATES}
    for name, (_, state, why) in STATES.items():
        assert told[name][0] == state, (name, told[name])
        assert why in told[name][1], (name, told[name])
    with Archive.open(folder) as archive:
        for row in found.values():
            evidence = row["capture"]
            block = warc.read_block(folder, evidence["filename"], evidence["offset"], evidence["length"])
            assert block.startswith(f"HTTP/1.1 {evidence['status']}".encode())
            status, kept = archive.conn.execute(
                "SELECT status, (SELECT message FROM issues WHERE portal_id = portals.id AND kind = 'lifecycle'"
                " AND capture_id = ?) FROM portals WHERE id = ?",
                [evidence["id"], row["id"]],
            ).fetchone()
            assert status == row["state"]
            assert kept == (None if status == "live" else f"{status}: {row['why']}")
    assert luutru(folder, "verify").returncode == 0


def test_what_gives_no_answer_is_told_apart(folder: Path) -> None:
    certificate = serving(trustme.CA().issue_cert("localhost"))
    with silent() as mute, secure(certificate) as (broken, _):
        homes = (mute, broken, unused(), "http://cong-huyen.invalid/")
        found = probe(folder, *homes, delay="1")
    states = [row["state"] for row in found]
    assert states == ["blocked", "tls-broken", "dead", "dns-gone"], [row["why"] for row in found]
    assert all(row["capture"] is None and row["why"] for row in found)
    with closing(sqlite3.connect(folder / "archive.db")) as conn:
        kept = conn.execute("SELECT count(*) FROM issues WHERE kind = 'lifecycle' AND capture_id IS NULL").fetchone()
        sums = conn.execute("SELECT planned, failed FROM runs").fetchone()
    assert kept == (4,)
    assert sums == (4, 4)


def test_a_portal_that_leads_to_its_successor_names_it_and_the_end_of_its_publisher(folder: Path) -> None:
    with portal(always(answer("", "301 Moved", head="Location: http://www.tuyenquang.gov.vn/tin\r\n"))) as old:
        add(folder, "hagiang", old.url, 'unit = "Ủy ban nhân dân tỉnh Hà Giang"', "end = 2025-07-01",
            'successor = "tuyenquang.gov.vn"')  # fmt: skip
        (found,) = probe(folder, "hagiang")
    assert (found["state"], found["unit"]) == ("redirecting", "Ủy ban nhân dân tỉnh Hà Giang")
    assert found["why"] == "redirects to its successor: http://www.tuyenquang.gov.vn/tin"
    assert (found["end"], found["successor"]) == ("2025-07-01", "tuyenquang.gov.vn")


def test_a_state_is_told_when_it_begins_and_when_it_ends(folder: Path) -> None:
    now: list[Callable[[str], bytes]] = [working(FRESH)]
    with portal(lambda path: now[0](path)) as served:  # noqa: PLW0108 (it changes)
        add(folder, "huyen", served.url)
        for each in (working(FRESH), always(GAMBLING), always(GAMBLING), working(FRESH), working(FRESH)):
            now[0] = each
            probe(folder)
    with closing(sqlite3.connect(folder / "archive.db")) as conn:
        told = [row[0] for row in conn.execute("SELECT message FROM issues WHERE kind = 'lifecycle' ORDER BY id")]
        assert [message.partition(":")[0] for message in told] == ["taken-over", "live"]
        assert conn.execute("SELECT status FROM portals").fetchone() == ("live",)


def test_a_crawl_and_a_rebuild_keep_what_a_probe_found(folder: Path) -> None:
    with portal(working(OLD)) as served:
        add(folder, "huyen", served.url)
        probe(folder)
        assert luutru(folder, "crawl", "--dry-run").stdout.startswith("huyen "), "a probe is no crawl: it is still due"
        assert luutru(folder, "crawl", "--delay", "0").returncode == 0
    assert _status(folder) == ("frozen", 1)
    assert luutru(folder, "rebuild").returncode == 0
    assert _status(folder) == ("frozen", 1)


def _status(folder: Path) -> tuple[str, int]:
    with closing(sqlite3.connect(folder / "archive.db")) as conn:
        return conn.execute(
            "SELECT status, (SELECT count(*) FROM issues WHERE kind = 'lifecycle') FROM portals"
        ).fetchone()  # type: ignore[no-any-return]


def test_a_retired_portal_is_never_due_and_keeps_all_that_is_held(folder: Path) -> None:
    with portal(working(FRESH)) as served:
        add(folder, "huyen", served.url)
        luutru(folder, "crawl", "huyen", "--delay", "0")
        with closing(sqlite3.connect(folder / "archive.db")) as conn:
            held = conn.execute("SELECT count(*) FROM articles").fetchone()
        assert held == (3,)
        assert luutru(folder, "portal", "retire", "huyen").returncode == 0
        for arguments in ((), ("--recheck",)):
            assert luutru(folder, "crawl", "--dry-run", *arguments).stdout == ""
        assert run(folder, "rescue", "--json") == []
        assert probe(folder) == []
        assert probe(folder, "huyen")[0]["state"] == "live"
        assert luutru(folder, "crawl", "--dry-run", "--recheck").stdout == "", "what a person said is not undone"
        luutru(folder, "portal", "retire", "huyen", "--undo")
        assert luutru(folder, "crawl", "--dry-run", "--recheck").stdout.startswith("huyen ")
    with closing(sqlite3.connect(folder / "archive.db")) as conn:
        assert conn.execute("SELECT count(*) FROM articles").fetchone() == held


def test_rescue_takes_first_what_may_be_lost_soon_and_is_not_held(folder: Path) -> None:
    with ExitStack() as stack:
        served: dict[str, Portal] = {
            name: stack.enter_context(portal(working(OLD if name == "bo" else FRESH, articles=12)))
            for name in ("giu", "bo", "cu", "moi")
        }
        gone = 'unit = "Ủy ban nhân dân huyện"', "end = 2025-07-01"
        add(folder, "giu", served["giu"].url, *gone)
        add(folder, "bo", served["bo"].url, *gone)
        add(folder, "cu", served["cu"].url)
        add(folder, "moi", served["moi"].url)
        luutru(folder, "crawl", "giu", "moi", "--delay", "0")
        for name in ("bo", "cu"):
            luutru(folder, "crawl", name, "--delay", "0", "--limit", "1")
        probe(folder, "bo")
        found = run(folder, "rescue", "--json")
        assert [row["id"] for row in found][:2] == ["bo", "cu"], found
        assert found[0]["risk"] > found[1]["risk"] >= 1
        assert {row["not_held"] for row in found[2:]} == {0}
        why = " / ".join(found[0]["why"])
        assert "frozen" in why
        assert "its publisher ended on 2025-07-01" in why
        asked = {name: len(each.asked) for name, each in served.items()}
        done = luutru(folder, "crawl", "--rescue", "--budget", "60s", "--delay", "0")
        assert done.returncode == 0, done.stderr
        assert {name for name, each in served.items() if len(each.asked) > asked[name]} == {"bo", "cu"}
    with closing(sqlite3.connect(folder / "archive.db")) as conn:
        assert dict(conn.execute("SELECT portal_id, count(*) FROM articles GROUP BY 1")) == dict.fromkeys(served, 12)
    assert luutru(folder, "crawl", "--rescue", "bo").returncode == 2
