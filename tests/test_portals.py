"""Laws over the portals that come with luutru, and how they are listed, found and taken up."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from running import luutru

from archive.folder import Folder
from archive.provinces import mapping, provinces_now
from archive.store import Archive
from crawler import families, portals
from crawler.probe import add
from crawler.sample.server import serve

SHIPPED = portals.read_all(sorted(portals.SHIPPED.glob("*.toml")), families.families())
OLD = {row["old_name"]: row for row in mapping()}


def test_no_two_shipped_portals_are_on_one_host() -> None:
    hosts = [portal.host.removeprefix("www.") for portal in SHIPPED.values()]
    assert len(hosts) == len(set(hosts)) > 70


@pytest.mark.parametrize("portal", SHIPPED.values(), ids=SHIPPED)
def test_a_shipped_portal_is_short_unverified_and_of_a_province_that_was(portal: portals.Portal) -> None:
    assert portal.province is None or portal.province in OLD
    assert not portal.verified
    assert portal.schedule is None
    text = (portals.SHIPPED / f"{portal.id}.toml").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 17


@pytest.mark.parametrize("portal", SHIPPED.values(), ids=SHIPPED)
def test_the_portal_of_an_abolished_province_names_its_end_and_a_successor_that_is_shipped(
    portal: portals.Portal,
) -> None:
    if portal.province is None or "tỉnh" not in portal.name.split(portal.province)[0]:
        return  # of a ministry, a city, a district
    now = provinces_now()[portal.province]
    if now == portal.province:
        assert portal.end is portal.successor is None
        return
    assert str(portal.end) == "2025-07-01"
    assert portal.successor is not None
    assert SHIPPED[portal.successor].province == now


def test_each_province_of_the_34_has_a_portal() -> None:
    assert {row["new_name"] for row in mapping()} <= {portal.province for portal in SHIPPED.values()}


def test_the_table_of_provinces_groups_portals_by_the_34(tmp_path: Path) -> None:
    with Archive.open(tmp_path, write=True) as archive:
        for portal in SHIPPED.values():
            archive.put_portal(portal.row())
        conn = archive.conn
        assert conn.execute("SELECT count(*), count(DISTINCT new_code) FROM provinces").fetchone() == (63, 34)
        found = conn.execute(
            "SELECT new_name, group_concat(portals.id, ' ') FROM provinces JOIN portals ON province = old_name"
            " WHERE new_code = '25' GROUP BY new_name"
        ).fetchall()
        assert found[0][0] == "Phú Thọ"
        assert {"phutho.gov.vn", "vinhphuc.gov.vn", "hoabinh.gov.vn"} <= set(found[0][1].split())
        assert not conn.execute(
            "SELECT 1 FROM portals LEFT JOIN provinces ON province = old_name"
            " WHERE province_now IS NOT new_name"
        ).fetchall()  # fmt: skip


def test_a_bare_crawl_takes_no_shipped_portal(tmp_path: Path) -> None:
    for arguments in (("--dry-run",), ("--dry-run", "--recheck"), ()):
        done = luutru(tmp_path, "crawl", *arguments)
        assert done.returncode == 0, done.stderr
        assert not [portal for portal in SHIPPED if portal in done.stdout]
    with sqlite3.connect(tmp_path / "archive.db") as conn:
        assert conn.execute("SELECT count(*) FROM runs").fetchone() == (0,)
    named = luutru(tmp_path, "crawl", "hagiang.gov.vn", "--dry-run")
    assert named.stdout == "hagiang.gov.vn  http://www.hagiang.gov.vn/\n"


def test_portals_are_listed_by_province_with_or_without_signs(tmp_path: Path) -> None:
    done = luutru(tmp_path, "portal", "list", "--province", "phu tho", "--json")
    assert {row["id"] for row in json.loads(done.stdout)} == {"phutho.gov.vn", "vinhphuc.gov.vn", "hoabinh.gov.vn"}
    lines = luutru(tmp_path, "portal", "list").stdout.splitlines()
    assert len(lines) == len(SHIPPED)
    assert max(map(len, lines)) < 130
    assert luutru(tmp_path, "portal", "list", "--own").stdout == ""


def test_a_shipped_portal_that_is_added_keeps_what_is_known_of_its_publisher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    monkeypatch.setattr(portals, "SHIPPED", shipped)
    with serve() as sample:
        (shipped / "cong.toml").write_text(
            'name = "Cổng tỉnh Hà Giang"\nprovince = "Hà Giang"\nfamily = "generic"\nunit = "Ủy ban nhân dân"\n'
            f'home = "{sample.url}/"\nend = 2025-07-01\nsuccessor = "tuyenquang.gov.vn"\n',
            encoding="utf-8",
        )
        found = add(Folder(tmp_path / "archive"), sample.url, delay=0).portal
    assert (found.name, found.province, found.unit) == ("Cổng tỉnh Hà Giang", "Hà Giang", "Ủy ban nhân dân")
    assert (str(found.end), found.successor) == ("2025-07-01", "tuyenquang.gov.vn")
    assert found.family != "generic", "the software is as it was found"
    assert found.sections


def test_an_unknown_name_is_answered_with_names_like_it(tmp_path: Path) -> None:
    done = luutru(tmp_path, "crawl", "hagiang.gov.v")
    assert done.returncode == 4
    assert "did you mean hagiang.gov.vn" in done.stderr
    assert len(done.stderr) < 300
