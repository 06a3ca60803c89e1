"""The WARC files of an archive, in the order of the runs that wrote them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from archive.clock import VIETNAM
from archive.members import Member, members, moment_of
from archive.warc import RUN


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A WARC file of the archive, the run that wrote it, and the head that every file has."""

    path: Path
    name: str
    """Relative to the archive's folder."""
    run_id: int | None
    at: datetime
    software: str
    head_length: int
    head_sha256: str


def files_of(folder: Path) -> list[File]:
    """The WARC files of an archive in the order of their runs.

    Those of which no run is told come first, each a run of its own.
    """
    files = [_file(folder, path) for path in sorted((folder / "warc").rglob("*.warc.gz"), key=lambda each: each.name)]
    unknown = [file for file in files if file.run_id is None]
    first = min((file.run_id for file in files if file.run_id is not None), default=len(files) + 1) - len(unknown)
    files = [file for file in files if file.run_id is not None]
    files += [replace(file, run_id=first + place) for place, file in enumerate(unknown)]
    return sorted(files, key=lambda file: (file.run_id or 0, file.path.name))


def _file(folder: Path, path: Path) -> File:
    head = next(members(path), None)
    fields: dict[str, str] = {}
    length, sha256, date = 0, hashlib.sha256().hexdigest(), ""
    if isinstance(head, Member) and head.kind == "warcinfo":
        lines = head.block.decode("utf-8", "replace").splitlines()
        fields = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length, sha256, date = head.length, head.sha256, head.fields.get("warc-date", "")
    run = fields.get(RUN, "")
    return File(
        path=path, name=path.relative_to(folder).as_posix(), run_id=int(run) if run.isdecimal() else None,
        at=moment_of(date) or datetime.fromtimestamp(path.stat().st_mtime, VIETNAM),
        software=fields.get("software", ""), head_length=length, head_sha256=sha256,
    )  # fmt: skip
