"""Alerts: what is broken in silence is told, by the portal's own past, and closes by itself when it is healed."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from making import ARTICLE, Maker, good, verdict
from running import luutru
from serving import portal as serving
from wire import head, sized

from archive import alerts
from archive.alerts import Alert
from archive.clock import VIETNAM, iso
from archive.records import Article, Kind, Verdict
from archive.store import Archive
from crawler.drift import drift
from crawler.portals import Portal

BEGIN = datetime(2026, 3, 1, 5, tzinfo=VIETNAM)
DAY = timedelta(days=1)
PORTAL = Portal.model_validate({"id": "p", "name": "Cổng", "home": "http://p.vn/", "family": "liferay"})


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Maker]:
    """An archive whose first run found 60 articles, one a day, and a later run that is under way."""
    with Archive.open(tmp_path / "a", write=True) as archive:
        first = Maker(archive)
        for number in range(60):
            first.article(story(number), when=BEGIN)
        archive.end_run(first.run, 0)
        with archive.transaction() as conn:
            conn.execute("UPDATE runs SET started_at = ?1, ended_at = ?1", [iso(BEGIN)])
        yield Maker(archive)


def story(number: int, **changes: object) -> Article:
    """An article of a day: 60 of them before the beginning, and so on."""
    name = f"http://p.vn/-/{number}"
    article = replace(
        ARTICLE, key=f"entry:{number}", url=name, title=f"Hội nghị {number}", body=f"{ARTICLE.body} {number} " * 9,
        published_at=BEGIN + (number - 60) * DAY,
    )  # fmt: skip
    return replace(article, **changes)  # type: ignore[arg-type]


def found(make: Maker, at: datetime, portal: Portal = PORTAL) -> set[Alert]:
    return set(drift(make.archive.conn, portal, at))


def test_a_portal_that_is_as_ever_is_no_alert(make: Maker) -> None:
    for number in range(60, 80):
        make.article(story(number), when=BEGIN + (number - 59) * DAY)
    assert found(make, BEGIN + 20 * DAY) == set()


@pytest.mark.parametrize(
    ("alert", "changes"),
    [
        (Alert.FIELDS, {"author": None}),
        (Alert.FIELDS, {"published_at": None}),
        (Alert.SHORT, {"body": "Ngắn gọn"}),
        (Alert.LEAKS, {"body": f"{ARTICLE.body} dài hơn " * 9 + "\nXuất bản thông tin\nChi tiết bài viết"}),
    ],
)
def test_articles_that_are_read_worse_than_before_are_one(
    make: Maker, alert: Alert, changes: dict[str, object]
) -> None:
    for number in range(60, 70):
        make.article(story(number, **changes), when=BEGIN + (number - 59) * DAY)
    assert found(make, BEGIN + 10 * DAY) == {alert}


def test_silence_is_one_only_where_it_is_longer_than_the_portals_own(make: Maker) -> None:
    assert found(make, BEGIN + 6 * DAY) == set()
    assert found(make, BEGIN + 9 * DAY) == {Alert.SILENT}
    ended = PORTAL.model_copy(update={"end": BEGIN.date()})
    assert found(make, BEGIN + 9 * DAY, ended) == set()


def test_a_section_that_lists_nothing_any_more_is_one(make: Maker) -> None:
    listing = replace(verdict(Verdict.GOOD), kind=Kind.LISTING)
    make.visit("http://p.vn/", reading=listing, kind=Kind.LISTING)
    assert found(make, BEGIN) == set()
    make.visit("http://p.vn/", reading=verdict(Verdict.OTHER), kind=Kind.LISTING)
    assert found(make, BEGIN) == {Alert.NO_LIST}


def test_the_nine_days_of_tet_are_no_silence_where_the_last_tet_is_not_held(make: Maker) -> None:
    with make.archive.transaction() as conn:
        conn.execute("UPDATE articles SET published_at = '2026-02-12T08:30:00+07:00' WHERE published_at > '2026-02-12'")
    assert found(make, datetime(2026, 2, 22, 5, tzinfo=VIETNAM)) == set()
    assert found(make, datetime(2026, 3, 2, 5, tzinfo=VIETNAM)) == {Alert.SILENT}


def test_the_silence_of_tet_is_no_habit_of_the_rest_of_the_year(make: Maker) -> None:
    with make.archive.transaction() as conn:
        conn.execute(
            "UPDATE articles SET published_at = '2026-02-12T08:30:00+07:00'"
            " WHERE published_at BETWEEN '2026-02-12' AND '2026-02-23'"
        )
    assert found(make, BEGIN + 9 * DAY) == {Alert.SILENT}


def test_what_a_person_expects_counts(make: Maker) -> None:
    at = BEGIN + 8 * DAY
    make.article(story(67), when=at)
    expecting = Portal.model_validate({**PORTAL.model_dump(), "expect": {"new_articles_per_week": [3, 200]}})
    assert found(make, at, expecting) == {Alert.AMOUNT}


@pytest.mark.parametrize(("planned", "alerts"), [(1, {Alert.UNREACHABLE}), (5, set())])
def test_a_portal_of_which_robots_txt_alone_is_answered_is_unreachable(
    make: Maker, planned: int, alerts: set[Alert]
) -> None:
    runs = [make.run, make.archive.begin_run()]
    with make.archive.transaction() as conn:
        conn.execute("DELETE FROM run_portals")
        conn.executemany(
            "INSERT INTO run_portals (run_id, portal_id, planned, other) VALUES (?, 'p', ?, ?)",
            [(run, planned, planned) for run in runs],
        )
    assert found(make, BEGIN) == alerts


def test_an_alert_opens_once_and_closes_when_it_is_healed(make: Maker) -> None:
    conn = make.archive.conn
    for day, what in enumerate([{Alert.SILENT: "a"}, {Alert.SILENT: "b"}, {}, {Alert.SILENT: "c"}]):
        with make.archive.transaction():
            alerts.settle(conn, "p", what, BEGIN + day * DAY, make.run)
    rows = conn.execute("SELECT message, substr(at, 9, 2), substr(closed_at, 9, 2) FROM issues").fetchall()
    assert rows == [("a", "01", "03"), ("c", "04", None)]


def test_the_loudest_is_first_and_the_exit_code_says_that_one_is_open(make: Maker, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    make.archive.close()
    assert luutru(folder, "alerts").returncode == 0
    with Archive.open(folder, write=True) as archive, archive.transaction() as conn:
        alerts.settle(conn, "p", {Alert.UNREACHABLE: "x", Alert.FIELDS: "y"}, BEGIN, None)
    done = luutru(folder, "alerts", "--json")
    assert done.returncode == 9
    assert [each["kind"] for each in json.loads(done.stdout)] == ["fields", "unreachable"]


def test_each_alert_is_sent_once_by_every_hook(make: Maker, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    with make.archive.transaction() as conn:
        alerts.settle(conn, "p", {Alert.SILENT: "nothing new for 9 days"}, BEGIN, None)
    make.archive.close()
    said = tmp_path / "said"
    command = [sys.executable, "-c", f"import sys; open({str(said)!r}, 'a').write(sys.stdin.read())"]
    settings = folder / "luutru.toml"
    with serving(lambda path: head(b"200 OK", sized(b"ok")) + b"ok") as hook, _mail_server() as mails:
        settings.write_text(
            f"{settings.read_text()}\n[alerts]\ncommand = {json.dumps(command)}\nwebhook = '{hook.url}/hook'\n"
            f"email = 'a@example.org'\nsmtp = 'smtp://127.0.0.1:{mails.port}'\n"
        )
        assert luutru(folder, "alerts", "--send").returncode == 9
        assert luutru(folder, "alerts", "--send").returncode == 9
    assert json.loads(said.read_text())[0]["message"] == "nothing new for 9 days"
    assert hook.asked.count("/hook") == 1
    assert len(mails.received) == 1
    assert "nothing new for 9 days" in mails.received[0]


def test_what_could_not_be_sent_is_said_and_sent_the_next_time(make: Maker, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    with make.archive.transaction() as conn:
        alerts.settle(conn, "p", {Alert.SILENT: "x"}, BEGIN, None)
    make.archive.close()
    settings = folder / "luutru.toml"
    before = settings.read_text()
    settings.write_text(f"{before}\n[alerts]\nwebhook = 'http://127.0.0.1:9/'\n")
    done = luutru(folder, "alerts", "--send")
    assert (done.returncode, "alerts.webhook" in done.stderr) == (1, True)
    said = tmp_path / "said"
    settings.write_text(f"{before}\n[alerts]\ncommand = ['touch', '{said}']\n")
    assert luutru(folder, "alerts", "--send").returncode == 9
    assert said.exists()
    settings.write_text(before)
    assert luutru(folder, "alerts", "--send").returncode == 4


class _Mails:
    """A mail server that takes everything, as far as smtplib speaks."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.received: list[str] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> _Mails:
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb", buffering=0) as stream:
                stream.write(b"220 hello\r\n")
                while line := stream.readline():
                    word = line[:4].upper().strip()
                    if word == b"DATA":
                        stream.write(b"354 go on\r\n")
                        lines = []
                        while (line := stream.readline()).strip() != b".":
                            lines.append(line.decode())
                        self.received.append("".join(lines))
                    stream.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")


def _mail_server() -> _Mails:
    return _Mails()


def test_a_good_reading_of_the_same_again_opens_nothing(make: Maker) -> None:
    make.visit(ARTICLE.url, reading=good(ARTICLE))
    assert found(make, BEGIN) == set()
