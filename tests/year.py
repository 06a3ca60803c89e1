"""A simulated year: the real runs, archive and alerts over living portals, by a clock in a file.

    python tests/year.py FOLDER CLOCK [--portals 20] [--days 365] [--seed 1] [--articles N]

To be run under libfaketime, which reads the clock from the file CLOCK (see test_year.py): what asks for the time gets
the simulated one, and nothing is replaced. Answers come from memory instead of sockets. Prints figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from year_sites import DAY, SECTIONS, Fault, LivingPortal

from archive import coverage
from archive.alerts import Alert
from archive.clock import VIETNAM, moment, now
from archive.records import Exchange, Lease, Visit
from archive.store import Archive
from crawler.drift import watch
from crawler.learning import cross_check, learn
from crawler.parts import complete, whole
from crawler.portals import Portal
from crawler.run import Run
from crawler.visit import no_answer, visit
from crawler.wire.errors import NoAnswerError

BEGIN = datetime(2026, 1, 1, 5, tzinfo=VIETNAM)
MOST = 100_000
"""Requests and pauses of a run."""
LOOK_BACK = 45 * DAY
"""Lists are looked through within so long: what was shown before that must be held."""
_ALERTS = ", ".join(f"'{each}'" for each in Alert)
ENDS = ("gambling", "parked", "moved", "dead")


class Clock:
    """The time that libfaketime gives."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.at = BEGIN

    def set(self, at: datetime) -> None:
        self.at = at
        self._file.write_text(f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}\n", encoding="ascii")
        assert abs(now() - at) < timedelta(seconds=1), "not run under libfaketime"

    def forward(self, seconds: int) -> None:
        self.set(self.at + timedelta(seconds=seconds))


def portal_of(site: LivingPortal) -> Portal:
    home = f"http://{site.host}/"
    sections = [{"name": name, "url": home + name} for name in SECTIONS]
    return Portal.model_validate({
        "id": site.id, "name": site.id, "home": home, "family": "articlecontent", "sections": sections,
        "verified": True, "schedule": "0 5 * * *",
    })  # fmt: skip


def answered(run: Run, lease: Lease, site: LivingPortal) -> Visit:
    at, each = now(), run.portals[lease.portal_id]
    raw = site.respond(lease.url, at)
    if raw is None:
        return no_answer(lease, NoAnswerError("the connection was refused"), run.politeness)
    request = f"GET {lease.url} HTTP/1.1\r\nHost: {site.host}\r\n\r\n".encode()
    exchange = Exchange(url=lease.url, request=request, response=raw, started_at=at)
    return visit(each.portal, lease, exchange, run.store(exchange, lease), run.politeness, each.templates)


def crawl(archive: Archive, portals: list[Portal], sites: dict[str, LivingPortal], clock: Clock) -> None:
    """A run as `crawler.crawl` makes it, but for Scrapy and the network."""
    run = Run(archive, portals)
    run.begin()
    for _ in range(MOST):
        lease = run.next_lease()
        if lease is not None:
            clock.forward(1)
            found = answered(run, lease, sites[lease.portal_id])
            run.finish(whole(run, found))
            complete(run, found)
            learn(run, run.portals[lease.portal_id])
            continue
        if not run.is_waiting():
            for each in run.portals.values():
                learn(run, each, at_end=True)
            if not run.is_waiting():
                break
        clock.forward(2)
    else:
        raise AssertionError("the run does not end")
    cross_check(run)
    run.end()
    watch(run, now())


def sites_of(seed: int, count: int, days: int) -> list[LivingPortal]:
    """Portals of many kinds: every third that is fast, every seventh that says nothing any more."""
    chance = random.Random(seed)
    rates = (3.0, 0.5, 0.14, 1.0, 0.3, 2.0, 0.0)
    made = []
    for place in range(count):
        site = LivingPortal(
            id=f"p{place:02}", seed=seed * 1000 + place, rate=rates[place % 7], begin=BEGIN,
            size=chance.choice((120, 200, 300)), soft=place % 3 == 1, has_sitemap=place % 4 == 1,
            has_feed=place % 5 == 2,
        )  # fmt: skip
        if site.rate:
            site.faults = _faults(chance, place, days)
        made.append(site)
    return made


def _faults(chance: random.Random, place: int, days: int) -> list[Fault]:
    """Outages of one to five days, in each half of the time; at the end of some a fate."""
    found = []
    for half in range(2):
        begins = BEGIN + (days * (0.1 + half / 2) + chance.random() * days * 0.2) * DAY
        kind = ("503", "refused", "missing", "maintenance")[(place + half) % 4]
        found.append(Fault(kind, begins, begins + chance.uniform(1, min(5, days / 5)) * DAY))
    fates = ("redesign", "gambling", "stuck", "moved", "parked", "dead")
    if place % 2 == 1:
        begins = BEGIN + (0.85 * days - chance.random() * 0.05 * days) * DAY
        found.append(Fault(fates[place // 2 % 6], begins))
    return found


class Observer:
    """Watches the archive from outside, run by run."""

    def __init__(self, archive: Archive, sites: dict[str, LivingPortal]) -> None:
        self.conn, self.sites = archive.conn, sites
        self.false_gone: set[str] = set()
        self.false_unlisted: set[str] = set()
        self.worst_coverage: dict[str, float] = {}
        self.covered: list[tuple[int, float]] = []

    def after_run(self, at: datetime) -> None:
        """Note articles that are taken for gone, or for unlisted, and are not."""
        for portal_id, url in self.conn.execute(
            "SELECT portal_id, url FROM articles WHERE status IN ('gone', 'removed')"
        ):
            site = self.sites[portal_id]
            if not self._item(site, url).removed_at:
                self.false_gone.add(f"{url} at {at:%d/%m}, {self._fault(site, at)}")

        for portal_id, url in self.conn.execute("SELECT portal_id, url FROM articles WHERE status = 'unlisted'"):
            self.false_unlisted.add(f"{url} at {at:%d/%m}, {self._fault(self.sites[portal_id], at)}")  # none ever is

    def count_coverage(self, day: int, at: datetime) -> None:
        """What the archive says is held of what was ever shown, beside the truth, in per cent of the truth."""
        for site in self.sites.values():
            if self._fault(site, at) != "-":
                continue
            told = coverage.of(self.conn, site.id).total
            truth = sum(not item.removed_at or item.shown_at < item.removed_at - DAY for item in site.items.values())
            self.covered.append((day, abs(told.expected + told.gone - truth) / truth * 100))

    def figures(self, end: datetime) -> dict[str, object]:
        return {
            "articles": self._news(end), "edits": self._edits(end), "deletions": self._deletions(end),
            "outages taken for deletions": sorted(self.false_gone), "taken for unlisted": sorted(self.false_unlisted),
            "versions of no text": self._untrue(),
            "alerts": self._alerts(end), "requests": self._requests(end),
            "coverage off by %": _spread([off for _, off in self.covered]),
            "coverage at the end off by %": _spread([off for day, off in self.covered if day == self.covered[-1][0]]),
        }  # fmt: skip

    @staticmethod
    def _fault(site: LivingPortal, at: datetime) -> str:
        return ", ".join(fault.kind for fault in site.faults if fault.is_at(at)) or "-"

    @staticmethod
    def _visible(site: LivingPortal, at: datetime) -> datetime:
        """When something could first be seen: after the outage, where one was on."""
        return max([at, *(fault.ends for fault in site.faults if fault.ends and fault.is_at(at))])

    @staticmethod
    def _item(site: LivingPortal, url: str) -> object:
        return site.items[int(url.rpartition("-")[2].partition(".")[0])]

    def _news(self, end: datetime) -> dict[str, object]:
        """Days from the moment that an article was shown until it was held."""
        days, missed, waiting = defaultdict(list), [], 0
        for site in self.sites.values():
            seen = {
                row[0]: datetime.fromisoformat(row[1])
                for row in self.conn.execute("SELECT url, first_seen FROM articles WHERE portal_id = ?", [site.id])
            }
            ended = min((fault.begins for fault in site.faults if fault.kind in (*ENDS, "stuck")), default=end)
            for item in site.items.values():
                at = seen.get(f"http://{site.host}{item.path}")
                if at and item.shown_at < BEGIN:
                    continue
                if at:
                    is_late = item.shown_at - item.published > DAY
                    wait = (at - self._visible(site, item.shown_at)) / DAY
                    days["back-dated" if is_late else "new"].append(max(0.0, wait))
                elif item.removed_at is None and item.shown_at < ended - LOOK_BACK:
                    missed.append(f"{site.id}{item.path} shown {item.shown_at:%d/%m}, of {item.published:%d/%m}")
                elif item.removed_at is None and item.shown_at < ended:
                    waiting += 1
        return {
            "missed": missed,
            "not yet looked back for": waiting,
            **{f"days until held, {kind}": _spread(found) for kind, found in days.items()},
        }

    def _edits(self, end: datetime) -> dict[str, object]:
        days, unseen, overtaken = defaultdict(list), Counter(), 0
        for site in self.sites.values():
            versions = defaultdict(list)
            for url, at in self.conn.execute(
                "SELECT url, timestamp FROM versions JOIN articles ON articles.id = article_id WHERE portal_id = ?"
                " ORDER BY timestamp", [site.id],
            ):  # fmt: skip
                versions[url].append(moment(at))
            for item in site.items.values():
                for place, (at, _) in enumerate(item.edits):
                    age = (at - item.published) / DAY
                    kind = "a week" if age < 7 else "a month" if age < 30 else "older"
                    found = next((each for each in versions[f"http://{site.host}{item.path}"] if each >= at), None)
                    after = item.edits[place + 1][0] if place + 1 < len(item.edits) else item.removed_at
                    if after and (found is None or found > after):
                        overtaken += 1
                    elif found is None:
                        unseen[kind] += 1
                    else:
                        days[kind].append(max(0.0, (found - self._visible(site, at)) / DAY))
        return {
            "overtaken before a visit": overtaken,
            "not yet seen": dict(unseen),
            **{f"days until seen, {kind}": _spread(found) for kind, found in days.items()},
        }

    def _deletions(self, end: datetime) -> dict[str, object]:
        days, unseen, never = [], 0, 0
        for site in self.sites.values():
            gone = {row[0]: row for row in self.conn.execute(
                "SELECT url, gone_since FROM articles WHERE portal_id = ?", [site.id])}  # fmt: skip
            for item in site.items.values():
                if item.removed_at is None:
                    continue
                row = gone.get(f"http://{site.host}{item.path}")
                never += row is None
                if row and row[1]:
                    wait = datetime.fromisoformat(row[1]) - self._visible(site, item.removed_at)
                    days.append(max(0.0, wait / DAY))
                elif row:
                    unseen += 1
        return {"days until seen": _spread(days), "not yet seen": unseen, "gone before a visit": never}

    def _untrue(self) -> list[str]:
        """Versions whose text the portal never had."""
        wrong = []
        for portal_id, url, body, reader in self.conn.execute(
            "SELECT portal_id, url, versions.body, versions.reader FROM versions"
            " JOIN articles ON articles.id = article_id"
        ):
            item = self._item(self.sites[portal_id], url)
            if body not in {item.first, *(text for _, text in item.edits)}:
                wrong.append(f"{url} by {reader}: {body[:60]!r}")
        return wrong

    def _alerts(self, end: datetime) -> dict[str, object]:
        """Each fault with the days until an alert and from its end until all is closed; alerts without a fault."""
        told, false = [], []
        alive = [site for site in self.sites.values() if site.rate]  # the others are silent, which is an alert
        for site in alive:
            rows = [
                (kind, datetime.fromisoformat(at), datetime.fromisoformat(closed) if closed else None)
                for kind, at, closed in self.conn.execute(
                    f"SELECT kind, at, closed_at FROM issues WHERE portal_id = ? AND kind IN ({_ALERTS})", [site.id]
                )
            ]  # fmt: skip
            for fault in site.faults:
                until = (fault.ends or end) + 2 * DAY
                mine = [row for row in rows if fault.begins <= row[1] < until]
                first = min((row[1] for row in mine), default=None)
                line = f"{site.id} {fault.kind}: " + (
                    f"{sorted({row[0] for row in mine})} after {(first - fault.begins) / DAY:.1f} days"
                    if first
                    else "no alert"
                )
                if fault.ends and mine:
                    closed = [row[2] for row in mine]
                    line += ", healed after " + (
                        f"{(max(each for each in closed if each) - fault.ends) / DAY:.1f} days"
                        if all(closed)
                        else "never"
                    )
                if fault.begins < end:
                    told.append(line)
            for kind, at, closed in rows:
                if not any(fault.begins <= at < (fault.ends or end) + 2 * DAY for fault in site.faults):
                    false.append(
                        f"{site.id} {kind} {at:%d/%m} to {closed:%d/%m}" if closed else f"{site.id} {kind} {at:%d/%m}"
                    )
        years = len(alive) * ((end - BEGIN) / DAY) / 365
        return {"faults": told, "false": false, "false a portal-year": round(len(false) / years, 2) if alive else 0}

    def _requests(self, end: datetime) -> dict[str, object]:
        """Of portals where nothing happens: requests a day since the first crawl's day, and by known article."""
        still = [site for site in self.sites.values() if not site.rate]
        found = {}
        for site in still:
            rows = self.conn.execute(
                "SELECT count(*) FROM captures WHERE portal_id = ? AND run_id > 1 GROUP BY run_id", [site.id]
            )
            days = [float(row[0]) for row in rows]
            found[site.id] = {
                "articles": len(site.items), "a run": _spread(days),
                "a known article and day": round(sum(days) / len(site.items) / ((end - BEGIN) / DAY), 4),
            }  # fmt: skip
        return found


def _spread(found: list[float]) -> dict[str, float]:
    if not found:
        return {}
    ranked = sorted(found)
    return {
        "n": len(ranked),
        "median": round(median(ranked), 2),
        "p90": round(ranked[math.ceil(0.9 * len(ranked)) - 1], 2),
        "max": round(ranked[-1], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("clock", type=Path)
    parser.add_argument("--portals", type=int, default=20)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, help="one portal of so many, where nothing happens")
    given = parser.parse_args()
    clock = Clock(given.clock)
    clock.set(BEGIN)
    if given.articles:
        made = [LivingPortal(id="p00", seed=given.seed, rate=0.0, begin=BEGIN, size=given.articles)]
    else:
        made = sites_of(given.seed, given.portals, given.days)
    sites = {site.id: site for site in made}
    portals = {site.id: portal_of(site) for site in made}
    with Archive.open(given.folder, write=True) as archive:
        observer = Observer(archive, sites)
        for day in range(given.days):
            at = BEGIN + day * DAY
            for site in made if day else ():
                site.live(at - DAY, at)
            clock.set(max(at, clock.at))
            last = dict(archive.conn.execute("SELECT portal_id, started_at FROM _passes").fetchall())
            due = [
                portal
                for portal in portals.values()
                if portal.is_due(datetime.fromisoformat(last[portal.id]) if portal.id in last else None, now())
            ]
            crawl(archive, due, sites, clock)
            observer.after_run(at)
            if day % 30 == 29 or day == given.days - 1:
                observer.count_coverage(day, at)
        print(json.dumps(observer.figures(clock.at), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
