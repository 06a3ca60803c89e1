"""A crawl never overwrites an archived version: every way for a page to go bad, on every article, by the real crawl."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import page_modes as modes
import pytest
from page_modes import Mode, Right, Shown
from page_site import Site, served
from running import luutru
from serving import Portal

from archive.store import OUTCOMES

KINDS = ("liferay", "nukeviet", "flat")
SHARE = 0.14
"""Articles of a portal that are bad in one run: more than a fifth, or ten in a row, would stop it, as it should."""
LAST = ("answer cut short or damaged", "503 or 429")
"""These come last and on all articles at once: they stop no portal, and each waits for its retries."""


@dataclass
class Place:
    """One article on its portal, and how far it has got through the modes."""

    site: Site
    path: str
    url: str
    shown: Shown
    modes: list[Mode]
    good: tuple[str, ...] = ()
    """The title, summary and body that are held of it."""


@dataclass
class Tally:
    """What became of bad pages, by wording."""

    exposed: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str, str, str]] = field(default_factory=list)
    accepted: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    """Good texts that a page which is no edit has taken the place of."""


class Proof:
    """Some portals of known articles, crawled again and again into one archive."""

    def __init__(self, folder: Path, portals: dict[str, tuple[Portal, Site]]) -> None:
        self.folder = folder
        self.places: list[Place] = []
        for name, (server, site) in portals.items():
            (folder / "portals").mkdir(parents=True, exist_ok=True)
            text = f'name = "P"\nhome = "{server.url}/"\nfamily = "{site.kept.family}"\ndelay = 0\n'
            (folder / f"portals/{name}.toml").write_text(text, encoding="utf-8")
            for path, shown in site.kept.articles.items():
                self.places.append(Place(site, path, f"{server.url}{path}", shown, []))
        self.names = list(portals)

    def crawl(self, *more: str) -> int:
        """Crawl all portals; the run must add up. Returns the exit code."""
        done = luutru(self.folder, "crawl", *self.names, *more, timeout=590)
        assert "Traceback" not in done.stderr, done.stderr
        assert self.rows(f"SELECT id FROM runs WHERE planned != {' + '.join(OUTCOMES)}") == []
        return done.returncode

    def rows(self, sql: str, *values: object) -> list[tuple[str, ...]]:
        with sqlite3.connect(self.folder / "archive.db") as conn:
            return conn.execute(sql, values).fetchall()

    def texts(self) -> dict[str, tuple[str, ...]]:
        """The title, summary and body that stand for each address."""
        return {row[0]: row[1:] for row in self.rows("SELECT url, title, summary, body FROM articles")}

    def became(self, url: str) -> str:
        """What the last run made of an address."""
        last = "(SELECT max(id) FROM runs)"
        found = self.rows(
            "SELECT readings.verdict, versions.id IS NOT NULL FROM captures"
            " JOIN readings ON readings.capture_id = captures.id"
            " LEFT JOIN versions ON versions.capture_id = captures.id"
            f" WHERE captures.url = ? AND run_id = {last} ORDER BY readings.id DESC LIMIT 1",
            url,
        )
        if not found:
            return "failed"
        verdict, is_version = found[0]
        return "changed" if is_version else {"good": "unchanged"}.get(verdict, verdict)

    def issues(self, url: str) -> set[str]:
        found = self.rows("SELECT kind FROM issues WHERE url = ? AND run_id = (SELECT max(id) FROM runs)", url)
        return {row[0] for row in found}


def is_right(mode: Mode, became: str, issues: set[str]) -> bool:
    told = mode.issue is None or mode.issue in issues
    if mode.right is Right.NOT_ACCEPTED:
        return became != "changed"
    return told and became == mode.right.value


def go_bad(proof: Proof, wordings: dict[str, str], tally: dict[str, Tally]) -> None:
    """Show every mode of every article once, as many at a time as a portal may have, and count."""
    turn = 0
    while any(place.modes for place in proof.places):
        shown: list[tuple[Place, Mode]] = []
        for site in {id(place.site): place.site for place in proof.places}.values():
            mine = [place for place in proof.places if place.site is site]
            site.bad = {}
            most = int(SHARE * len(mine))
            waiting = sorted((place for place in mine if place.modes), key=lambda place: -len(place.modes))[:most]
            for place in waiting:
                mode = place.modes.pop(0)
                site.bad[place.path] = mode.make(place.shown)
                shown.append((place, mode))
        before = proof.texts()
        code = proof.crawl("--recheck")
        assert code == 0, f"run {turn} ended with {code}"
        more = proof.rows("SELECT url, title FROM articles WHERE id > ?", len(proof.places))
        assert more == [], f"run {turn} took a bad page for a new article"
        after = proof.texts()
        for place, mode in shown:
            count(proof, tally[wordings[place.url]], place, mode, before[place.url] == after[place.url])
        turn += 1


def all_at_once(proof: Proof, name: str, wordings: dict[str, str], tally: dict[str, Tally]) -> None:
    """Show one mode on all articles, and count."""
    chosen = []
    for place in proof.places:
        all_ = modes.TUNED if wordings[place.url] == "tuned on" else modes.APART
        mode = next(mode for mode in all_ if mode.name == name)
        place.site.bad[place.path] = mode.make(place.shown)
        chosen.append((place, mode))
    before = proof.texts()
    proof.crawl("--recheck")
    after = proof.texts()
    for place, mode in chosen:
        count(proof, tally[wordings[place.url]], place, mode, before[place.url] == after[place.url])


def count(proof: Proof, tally: Tally, place: Place, mode: Mode, same: bool) -> None:
    became = proof.became(place.url)
    tally.exposed[mode.name] += 1
    if mode.right is not Right.CHANGED:
        tally.changed += not same
        tally.accepted[mode.name] += became == "changed"
    if not is_right(mode, became, proof.issues(place.url)):
        reason = proof.rows(
            "SELECT reason FROM readings JOIN captures ON captures.id = capture_id WHERE url = ? ORDER BY readings.id"
            " DESC LIMIT 1",
            place.url,
        )
        tally.wrong.append((mode.name, became, place.path, str(reason)))


def edit(proof: Proof, name: str) -> tuple[int, int]:
    """Let every article be edited, and put right again; returns how many there were and how many were stored."""
    chosen = [place for place in proof.places if name != "a lead" or place.shown.lead]
    for place in proof.places:
        place.site.bad = {}
    for place in chosen:
        place.site.bad[place.path] = modes.EDITS[name](place.shown)
    proof.crawl("--recheck")
    stored = sum(proof.became(place.url) == "changed" for place in chosen)
    for place in proof.places:
        place.site.bad = {}
    proof.crawl("--recheck")
    return len(chosen), stored


@pytest.mark.prove
def test_no_bad_page_takes_the_place_of_a_good_version(tmp_path: Path, full: bool) -> None:
    each = 67 if full else 24
    with ExitStack() as stack:
        proof = Proof(tmp_path, {kind: stack.enter_context(served(kind, each)) for kind in KINDS})
        assert proof.crawl() == 0
        assert len(proof.texts()) == len(proof.places)
        originals = proof.texts()
        firsts = proof.rows("SELECT id, article_id, text_sha256, body FROM versions ORDER BY id")
        wordings = {}
        for number, place in enumerate(proof.places):
            wording = ("tuned on", "apart")[number % 2]
            wordings[place.url] = wording
            all_ = modes.TUNED if wording == "tuned on" else modes.APART
            ordered = [mode for mode in all_ if mode.name not in LAST]
            place.modes = ordered[number % 29 :] + ordered[: number % 29]
            if not full:
                place.modes = place.modes[:1]
        tally = {"tuned on": Tally(), "apart": Tally()}
        edited = [edit(proof, name) for name in (modes.EDITS if full else ("a typo", "a sentence more"))]
        for place in proof.places:
            place.site.bad[place.path] = modes.counted(place.shown)
        proof.crawl("--recheck")
        moved = [place.url for place in proof.places if proof.became(place.url) != "unchanged"]
        go_bad(proof, wordings, tally)
        for name in LAST if full else ():
            all_at_once(proof, name, wordings, tally)
        for wording, found in tally.items():
            print(
                f"\n{wording}: {found.exposed.total()} bad pages in {len(found.exposed)} ways, {found.changed} good"
                f" texts changed by what is no edit, {found.accepted.total()} accepted, {len(found.wrong)} taken for"
                f" something else than they are: {Counter(one[:2] for one in found.wrong)}"
            )
        print(f"edits: {sum(stored for _, stored in edited)} of {sum(many for many, _ in edited)} stored")
        print(f"view counters: {len(moved)} of {len(proof.places)} stored something")
        for place in proof.places:
            place.site.bad = {}
        proof.crawl("--recheck")
        waiting = {row[0] for row in proof.rows("SELECT url FROM _frontier WHERE state != 'done'")}
        assert {url: text for url, text in proof.texts().items() if url not in waiting} == {
            url: text for url, text in originals.items() if url not in waiting
        }
    assert proof.rows("SELECT id, article_id, text_sha256, body FROM versions ORDER BY id")[: len(firsts)] == firsts
    assert moved == []
    assert sum(stored for _, stored in edited) >= 0.99 * sum(many for many, _ in edited)
    for wording, found in tally.items():
        assert found.changed == 0, (wording, found.wrong)
        assert found.accepted.total() <= 0.01 * found.exposed.total(), (wording, found.wrong)
        assert len(found.wrong) <= 0.01 * found.exposed.total(), (wording, found.wrong)
