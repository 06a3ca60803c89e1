"""WARC files: what was on the wire comes back, torn tails are cut, nothing is deleted."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker
from wire import exchanges

from archive import warc
from archive.errors import OutOfSpaceError
from archive.records import Exchange, Stored
from archive.warc import WarcWriter, read_block, recover

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def exchange(path: str = "/gzip", truncated: str | None = None) -> Exchange:
    raw = exchanges()[path][0]
    request = f"GET {path} HTTP/1.1\r\nHost: p.vn\r\n\r\n".encode()
    return Exchange(
        url=f"http://p.vn{path}", request=request, response=raw, started_at=NOON, ip="10.0.0.1", truncated=truncated
    )


def write(folder: Path, *paths: str) -> list[Stored]:
    writer = WarcWriter(folder, operator="mailto:a@b.vn")
    stored = [writer.append(exchange(path)) for path in paths]
    writer.sync()
    writer.close()
    return stored


def committed(stored: list[Stored]) -> dict[str, int]:
    return {each.filename: each.offset + each.length for each in stored}


def test_every_exchange_is_read_again_byte_for_byte(tmp_path: Path) -> None:
    paths = list(exchanges())
    for path, stored in zip(paths, write(tmp_path, *paths), strict=True):
        made = exchange(path)
        request_at = stored.offset - stored.request_length
        assert read_block(tmp_path, stored.filename, stored.offset, stored.length) == made.response
        assert read_block(tmp_path, stored.filename, request_at, stored.request_length) == made.request
        member = (tmp_path / stored.filename).read_bytes()[stored.offset : stored.offset + stored.length]
        assert warc.payload_digest(member) == stored.digest


def test_head_requests_and_responses_cover_every_byte(tmp_path: Path) -> None:
    stored = write(tmp_path, "/plain", "/gzip", "/binary")
    end = stored[0].head_length
    for each in stored:
        assert each.offset - each.request_length == end
        end = each.offset + each.length
    assert (tmp_path / stored[0].filename).stat().st_size == end


def test_a_record_says_when_where_and_what(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path)
    stored = writer.append(exchange("/utf8-header", truncated="disconnect"))
    writer.close()
    with (tmp_path / stored.filename).open("rb") as file:
        records = [(record.rec_type, dict(record.rec_headers.headers)) for record in ArchiveIterator(file)]
    kinds = [kind for kind, _ in records]
    request, response = records[1][1], records[2][1]
    assert kinds == ["warcinfo", "request", "response"]
    assert response["WARC-Date"] == "2026-11-24T05:00:00.000000Z"
    assert response["WARC-Target-URI"] == "http://p.vn/utf8-header"
    assert response["WARC-IP-Address"] == "10.0.0.1"
    assert response["WARC-Truncated"] == "disconnect"
    assert response["WARC-Concurrent-To"] == request["WARC-Record-ID"]
    assert request["WARC-Concurrent-To"] == response["WARC-Record-ID"]


def test_warcio_finds_the_digests_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """But for chunked responses: it digests the chunks as they came, the standard means the entity."""
    paths = [path for path in exchanges() if "chunked" not in path]
    stored = write(tmp_path, *paths)

    class Command:
        inputs = (str(tmp_path / stored[0].filename),)
        verbose = False

    code = Checker(Command()).process_all()
    assert (code, capsys.readouterr().out.count("failed")) == (0, 0)


def test_a_full_file_is_followed_by_another(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, roll_over=2000)
    stored = [writer.append(exchange()) for _ in range(6)]
    writer.sync()
    writer.close()
    assert len({each.filename for each in stored}) > 1
    assert recover(tmp_path, committed(stored)) == []


def test_a_file_torn_at_any_byte_loses_nothing_committed(tmp_path: Path) -> None:
    stored = write(tmp_path, "/204", "/302", "/204")
    (tmp_path / "lost+found").mkdir()
    path = tmp_path / stored[0].filename
    whole = path.read_bytes()
    end = stored[1].offset + stored[1].length
    for size in range(end, len(whole)):
        path.write_bytes(whole[:size])
        cuts = recover(tmp_path, {stored[0].filename: end})
        assert path.read_bytes() == whole[:end]
        assert [cut.kind for cut in cuts] == (["torn"] if size > end else [])
    tails = b"".join(tail.read_bytes()[:1] for tail in (tmp_path / "lost+found").iterdir())
    assert len(tails) == len(whole) - end - 1, "a tail replaced another"


def test_a_file_that_nothing_was_committed_to_is_moved_whole(tmp_path: Path) -> None:
    (stored,) = write(tmp_path, "/plain")
    (tmp_path / "lost+found").mkdir()
    content = (tmp_path / stored.filename).read_bytes()
    (cut,) = recover(tmp_path, {})
    assert stored.filename in cut.message
    assert (tmp_path / "lost+found" / Path(stored.filename).name).read_bytes() == content


def test_a_file_shorter_than_committed_is_told_and_left(tmp_path: Path) -> None:
    (stored,) = write(tmp_path, "/plain")
    cuts = recover(tmp_path, {stored.filename: 10**6, "warc/2026/gone.warc.gz": 9})
    assert [cut.kind for cut in cuts] == ["damage", "damage"]
    assert recover(tmp_path, committed([stored])) == []


@pytest.fixture
def failing_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bool]]:
    """A disk on which fsync fails when told to, as where space is allocated late."""
    state = {"full": False}
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if state["full"]:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return state


def test_a_sync_that_fails_is_said(tmp_path: Path, failing_disk: dict[str, bool]) -> None:
    writer = WarcWriter(tmp_path)
    writer.append(exchange())
    failing_disk["full"] = True
    with pytest.raises(OutOfSpaceError, match="No space left"):
        writer.sync()
    writer.close()


def test_a_write_that_fails_leaves_whole_records(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path)
    stored = writer.append(exchange())
    file = writer._file
    assert file is not None

    class Full(BytesIO):
        def write(self, data: object) -> int:
            file.write(bytes(data)[:7])  # type: ignore[arg-type]
            raise OSError(errno.ENOSPC, "No space left on device")

        def truncate(self, size: int | None = None) -> int:
            return file.truncate(size)

    writer._file = Full()
    with pytest.raises(OutOfSpaceError):
        writer.append(exchange())
    file.close()
    assert (tmp_path / stored.filename).stat().st_size == stored.offset + stored.length
