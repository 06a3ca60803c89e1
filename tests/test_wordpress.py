"""A real WordPress is crawled: every post once, title, time and body exact."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import missing
from running import luutru
from wordpress_site import SOURCE, wordpress

from archive.clock import iso
from crawler.sample.markup import body_html
from crawler.sample.story import base_stories
from crawler.sample.truth import expected_of

TEXTURE = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "×": "x", "…": "."})
"""WordPress prints other quotation marks and dashes than were typed."""


def plain(text: str) -> str:
    return "".join(text.replace("...", ".").translate(TEXTURE).replace("--", "-").split())


def split(content: str) -> str:
    """A long post on two pages: the break stands between two paragraphs."""
    first, end, rest = content.partition("</p>")
    long = rest.count("<p") > 2 and "<table" not in content
    return f"{first}{end}\n<!-- wp:nextpage -->\n<!--nextpage-->\n<!-- /wp:nextpage -->\n{rest}" if long else content


@pytest.mark.parametrize("theme", ["twentytwentythree", "twentytwentyone"])
def test_every_post_of_a_real_wordpress_is_found_once_and_exact(
    tmp_path: Path, need: Callable[[str], str], theme: str
) -> None:
    need("php")
    need("mariadbd")
    if not (SOURCE / "wp-content/themes" / theme).is_dir():
        missing(f"wordpress with the theme {theme}")
    stories = base_stories()
    posts: list[dict[str, object]] = [
        {
            "title": story.title, "content": split(str(body_html(story, "http://other.example"))),
            "date": f"{story.published:%Y-%m-%d %H:%M:%S}",
            "tags": ["xã", "nông thôn mới"] if story.number % 9 == 0 else [],
            "categories": [story.section.name] + (["Nổi bật"] if story.number % 5 == 0 else []),
            "sticky": story.number == 3,
        }
        for story in stories
    ]  # fmt: skip
    posts.append(
        {"title": "Nội bộ", "content": "Kín", "date": "2020-01-01 08:00:00", "categories": [], "password": "x"}
    )
    with wordpress(posts, theme) as (url, made):
        assert len(made) == len(posts)
        (tmp_path / "portals").mkdir()
        file = f'name = "P"\nhome = "{url}/"\nfamily = "wordpress"\ndelay = 0\nimages = false\n'
        (tmp_path / "portals/p.toml").write_text(file, encoding="utf-8")
        done = luutru(tmp_path, "crawl", "p")
        assert done.returncode == 0, done.stdout + done.stderr
    with sqlite3.connect(tmp_path / "archive.db") as conn:
        rows = conn.execute(
            "SELECT article_key, title, summary, body, author, published_at, version_count FROM articles"
        ).fetchall()
        tiers = conn.execute("SELECT DISTINCT tier FROM readings WHERE kind = 'article'").fetchall()
        parts = conn.execute("SELECT count(DISTINCT url) FROM _frontier WHERE kind = 'part'").fetchone()[0]
        pages = conn.execute("SELECT count(*) FROM captures WHERE mimetype = 'text/html'").fetchone()[0]
    held = {row[0]: row for row in rows}
    assert len(held) == len(rows)
    wrong = []
    for post, story in zip(made, stories, strict=False):
        wanted = expected_of(story)
        key, title, summary, body, author, time, versions = held.get(f"post:{post['id']}", ("",) * 7)
        text = f"{summary or ''}{body}"
        right = {
            "title": plain(title) == plain(wanted.title), "body": plain(text) == plain(wanted.body),
            "author": author == wanted.author, "time": time == iso(story.published), "versions": versions == 1,
        }  # fmt: skip
        if not all(right.values()):
            wrong.append(
                (key, story.title, [name for name, ok in right.items() if not ok], body[:200], wanted.body[:200])
            )
    assert wrong == []
    assert parts > 5
    print(f"\n{len(stories)} posts exact, {parts} of them on two pages; {len(rows)} articles; {pages} pages; {tiers}")
    titles = {plain(story.title) for story in stories}
    assert {row[1] for row in rows if plain(row[1]) not in titles} == {"Giới thiệu", "Sample Page"}
