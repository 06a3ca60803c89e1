"""`luutru demo`: the main job on the bundled sample portal, over loopback, and what to try next."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from archive.language import _
from archive.store import Archive
from crawler import families, portals
from crawler.crawl import crawl
from crawler.sample.server import serve
from crawler.sample.site import portal_toml

PORT = 8787
"""Always the same, so that a second demo finds the same addresses."""


def demo(folder: Path) -> int:
    """Serve the sample portal, crawl it into the archive, say what was found; returns the exit code."""
    with serve(port=PORT) as sample, Archive.open(folder, write=True) as archive:
        click.echo(_("The sample portal is at {url}").format(url=sample.url))
        file = archive.folder.portals / "sample.toml"
        file.write_text(portal_toml(sample.url), encoding="utf-8")
        portal = portals.read(file, families.families())
        code = crawl(archive, [portal], delay=0, recheck=True)
        articles, versions = archive.conn.execute(
            "SELECT count(*), sum(version_count) FROM articles WHERE portal_id = 'sample'"
        ).fetchone()
        files = archive.conn.execute(
            "SELECT (SELECT count(capture_id) FROM attachments) + (SELECT count(capture_id) FROM images)"
        ).fetchone()[0]
    click.echo(_("{articles} articles in {versions} versions, {files} documents and images are in {folder}.").format(
        articles=articles, versions=versions, files=files, folder=folder))  # fmt: skip
    click.echo(_("Try next:"))
    luutru = sys.argv[0] if Path(sys.argv[0]).name == "luutru" else "luutru"
    for command in ('search "hoi nghi tong ket"', "serve", "verify"):
        click.echo(f"  {luutru} --archive {folder} {command}")
    return code
