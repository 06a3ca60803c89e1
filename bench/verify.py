"""How fast `verify` reads an archive, plainly and `--deep`, in MB of the WARC files a second.

    python bench/verify.py [--megabytes 300]

The archive is made for it: pages of the size and the compressibility of real ones, with their requests and rows.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from making import ARTICLE, Maker

from archive.integrity import verify
from archive.store import Archive

WORDS = "Ủy ban nhân dân xã tổ chức hội nghị tổng kết công tác năm có đông đủ đại biểu các ấp về dự".split()


def page(chance: random.Random) -> bytes:
    """About 90 KB of markup, half of it the same on every page."""
    text = " ".join(chance.choices(WORDS, k=6000)) + chance.randbytes(8000).hex()
    return ("<div class='menu'><a href='/tin-tuc'>Tin tức</a></div>" * 500 + text).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=300)
    wanted = parser.parse_args().megabytes * 1_000_000
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as place, Archive.open(place, write=True) as archive:
        archive.conn.execute("PRAGMA synchronous = OFF")
        make = Maker(archive)
        make.warc.sync = lambda: None  # what is measured is reading
        number = 0
        while make.warc._end < wanted:
            number += 1
            own = {"key": f"entry:{number}", "url": f"http://p.vn/{number}"}
            make.article(replace(ARTICLE, **own), body=page(chance))
        make.warc.close()
        for deep in (False, True):
            started = time.perf_counter()
            report = verify(archive, deep=deep)
            took = time.perf_counter() - started
            assert report.damage == []
            rate = report.bytes / took / 1e6
            print(
                f"{'deep' if deep else 'plain'}: {report.records} records, {report.bytes / 1e6:.0f} MB: {rate:.0f} MB/s"
            )


if __name__ == "__main__":
    main()
