"""Events on the sample portal over several passes of real crawls: which of them the archive tells, and as what."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from running import add_sample, luutru

from crawler.sample import addresses
from crawler.sample.server import serve
from crawler.sample.site import Answer, Site
from crawler.sample.story import Document, Paragraph, Story

NEW = ("Đoàn công tác đã ghi nhận các kiến nghị của bà con.", "Buổi lễ kết thúc vào lúc 11 giờ cùng ngày.")
NAMES = ("Lò Văn Pẩu", "Hoàng Thị Yến Nhi", "Đinh Công Tráng")
BYLINES = ("Diệu Hoa", "Quốc Khánh")


class EventSite(Site):
    """The sample portal, which can be out of order and put an article back."""

    out = False

    def respond(self, path_and_query: str, headers: Mapping[str, str]) -> Answer:
        if self.out and addresses.asked_article(path_and_query.partition("?")[0]):
            return 404, {"Content-Type": "text/html"}, b"<html><body>404</body></html>"
        return super().respond(path_and_query, headers)

    def story(self, entry: int) -> Story:
        return self._stories[entry]

    def restore(self, story: Story) -> None:
        self._stories[story.entry_id] = story


Edit = Callable[[Story, random.Random], dict[str, Any] | None]
"""The fields of a story that an edit changes; None where it cannot be made."""


def _in_text(change: Callable[[str, random.Random], str | None]) -> Edit:
    """An edit of one paragraph."""

    def edit(story: Story, chance: random.Random) -> dict[str, Any] | None:
        blocks = list(story.blocks)
        places = [at for at, block in enumerate(blocks) if isinstance(block, Paragraph) and len(block.text) > 60]
        chance.shuffle(places)
        for at in places:
            text = change(blocks[at].text, chance)  # type: ignore[union-attr]
            if text is not None:
                blocks[at] = replace(blocks[at], text=text)  # type: ignore[call-arg]
                return {"blocks": tuple(blocks)}
        return None

    return edit


def _one(pattern: str, by: Callable[[re.Match[str], random.Random], str]) -> Callable[[str, random.Random], str | None]:
    def change(text: str, chance: random.Random) -> str | None:
        found = list(re.finditer(pattern, text))
        if not found:
            return None
        match = chance.choice(found)
        return text[: match.start()] + by(match, chance) + text[match.end() :]

    return change


def _slip(match: re.Match[str], chance: random.Random) -> str:
    word = match[0]
    at = chance.randrange(1, len(word) - 1)
    return chance.choice((word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]))


def _last_sentence(text: str, chance: random.Random) -> str | None:
    parts = re.split(r"(?<=\.) (?=[A-ZĐ])", text)
    return " ".join(parts[:-1]) if len(parts) > 1 else None


def _without_document(story: Story, chance: random.Random) -> dict[str, Any] | None:
    rest = tuple(block for block in story.blocks if not isinstance(block, Document))
    has_text = any(isinstance(block, Paragraph) and len(block.text) > 60 for block in rest)
    return {"blocks": rest} if has_text and len(rest) < len(story.blocks) else None


EDITS: dict[str, Edit] = {
    "number": _in_text(_one(r"(?<![\d/.,])\d{2,3}(?![\d/.,])", lambda match, chance: str(int(match[0]) + 7))),
    "name": _in_text(
        _one(r"(?<=[a-zđ] )[A-ZĐ]\w+(?: [A-ZĐÁÀẢÂÊÔƠƯ]\w*){1,3}(?= [a-zđ])", lambda match, chance: chance.choice(NAMES))
    ),
    "typo": _in_text(_one(r"(?<= )[a-zà-ỹđ]{4,}(?= )", _slip)),
    "sentence removed": _in_text(_last_sentence),
    "sentence added": _in_text(lambda text, chance: f"{text} {chance.choice(NEW)}" if text.endswith(".") else None),
    "title": lambda story, chance: {"title": f"{story.title} năm nay"},
    "summary": lambda story, chance: {"summary": f"{story.summary} Cập nhật."} if story.summary else None,
    "byline": lambda story, chance: {"byline": chance.choice(BYLINES)} if story.byline else None,
    "time": lambda story, chance: {"published": story.published + timedelta(hours=1)} if story.time_shown else None,
    "attachment": _without_document,
}


def _told(folder: Path, after: int) -> tuple[dict[str, set[str]], int]:
    """The kinds of the changes that the archive has told since a row, by article, and the last row."""
    with sqlite3.connect(folder / "archive.db") as conn:
        rows = conn.execute(
            "SELECT changes.id, article_key, kind FROM changes JOIN articles ON articles.id = article_id"
            " WHERE changes.id > ?", [after],
        ).fetchall()  # fmt: skip
    kinds: dict[str, set[str]] = {}
    for _number, key, kind in rows:
        kinds.setdefault(key, set()).add(kind)
    return kinds, max((row[0] for row in rows), default=after)


def _status(folder: Path) -> dict[str, str]:
    with sqlite3.connect(folder / "archive.db") as conn:
        return dict(conn.execute("SELECT article_key, status FROM articles"))


def _edit(site: EventSite, entries: list[int], chance: random.Random) -> dict[str, str]:
    """Edit articles, each in one way; returns the kinds by article."""
    done = {}
    for entry in entries:
        for kind in chance.sample(list(EDITS), len(EDITS)):
            change = EDITS[kind](site.story(entry), chance)
            if change and not all(getattr(site.story(entry), name) == value for name, value in change.items()):
                site.edit(entry, **change)
                done[f"entry:{entry}"] = kind
                break
    return done


@pytest.mark.prove
def test_events_on_a_portal_are_told_for_what_they_are(tmp_path: Path, full: bool) -> None:
    chance = random.Random(20261125)
    passes, share, copies = (8, 120, 3) if full else (1, 30, 1)
    site, row, taken = EventSite(copies=copies), 0, []
    counts = dict.fromkeys(("edits", "found", "right", "exact", "invented", "deleted", "restored", "outages"), 0)
    wrong: list[tuple[str, str, set[str]]] = []
    with serve(site=site) as portal:
        add_sample(tmp_path, portal)
        assert luutru(tmp_path, "crawl", "sample").returncode == 0
        reachable = {int(key.partition(":")[2]) for key in _status(tmp_path) if key.startswith("entry:")}
        for _ in range(passes):
            back, taken = taken, []
            for story in back:
                site.restore(story)
            entries = sorted(reachable - {story.entry_id for story in back})
            chance.shuffle(entries)
            edited = _edit(site, entries[3 : 3 + share], chance)
            taken = [site.story(entry) for entry in entries[:3]]
            for story in taken:
                site.remove(story.entry_id)
            luutru(tmp_path, "crawl", "sample", "--recheck")
            kinds, row = _told(tmp_path, row)
            status = _status(tmp_path)
            counts["edits"] += len(edited)
            counts["found"] += sum(key in kinds for key in edited)
            counts["right"] += sum(kind in kinds.get(key, ()) for key, kind in edited.items())
            counts["exact"] += sum(kinds.get(key) == {kind} for key, kind in edited.items())
            counts["invented"] += len(kinds.keys() - edited.keys())
            wrong += [(key, kind, kinds.get(key, set())) for key, kind in edited.items() if kinds.get(key) != {kind}]
            counts["deleted"] += sum(status[f"entry:{story.entry_id}"] == "gone" for story in taken)
            gone = {f"entry:{story.entry_id}" for story in taken}
            counts["restored"] += sum(status[f"entry:{s.entry_id}"] == "live" for s in back)
            site.out = True
            luutru(tmp_path, "crawl", "sample", "--recheck")
            site.out = False
            after = _status(tmp_path)
            counts["outages"] += sum(after[key] != status[key] for key in after if key not in gone)
    print(counts, *wrong, sep="\n")
    assert counts["outages"] == counts["invented"] == 0
    assert counts["deleted"] == 3 * passes
    assert counts["restored"] == 3 * (passes - 1)
    assert counts["found"] >= 0.99 * counts["edits"]
    assert counts["right"] >= 0.9 * counts["edits"]
