"""The archive's folder: where things lie, how it is made, its settings, and the lock of its one writer."""

from __future__ import annotations

import errno
import fcntl
import os
import tomllib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from archive.errors import AlreadyRunningError, ConfigError, OutOfSpaceError

WRITER = ".writer.lock"
"""The lock file of the archive's one writer."""

SETTINGS = """\
# Settings of this archive.

# Where a portal's administrator can reach you: an e-mail address or a web page.
# It is sent with every request, in the User-Agent. Please set it.
contact = ""

# Seconds between two requests to one host, for portals whose file does not say.
delay = 1.0

# Seconds that a page may take, and a file ten times as long. A server may say nothing for three fifths of it.
timeout = 25.0

# How `luutru alerts --send` tells what should be looked at; any of them, or several.
# [alerts]
# email = "archivist@example.org"
# smtp = "smtps://user:password@mail.example.org:465"
# webhook = "https://example.org/hook"
# command = ["notify-send", "luutru"]
"""


class Hooks(BaseModel):
    """`[alerts]`: where alerts are sent. A command and a webhook get them as JSON, a list of objects."""

    model_config = ConfigDict(extra="forbid")

    email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")
    sender: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")
    smtp: str = Field(default="smtp://localhost:25", pattern=r"^smtps?://")
    webhook: str | None = Field(default=None, pattern=r"^https?://")
    command: list[str] | None = Field(default=None, min_length=1)


class Settings(BaseModel):
    """`luutru.toml`: the contact address for the user agent, and defaults for all portals."""

    model_config = ConfigDict(extra="forbid")

    contact: str = ""
    delay: float = Field(default=1.0, ge=0.5, le=3600)
    timeout: float = Field(default=25.0, ge=1, le=600)
    alerts: Hooks = Hooks()


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths of one archive."""

    path: Path
    name: str = "archive.db"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / self.name

    @property
    def portals(self) -> Path:
        """The archivist's own portal files."""
        return self.path / "portals"

    @property
    def settings_file(self) -> Path:
        """The archive's settings."""
        return self.path / "luutru.toml"

    def exists(self) -> bool:
        """Whether an archive has been made here."""
        return self.database.exists()

    def make(self) -> None:
        """Make the folders and the settings file where they are missing; what is there stays."""
        with out_of_space(self.path):
            for folder in (self.path, self.path / "warc", self.portals, self.path / "lost+found"):
                folder.mkdir(parents=True, exist_ok=True)
            if not self.settings_file.exists():
                self.settings_file.write_text(SETTINGS, encoding="utf-8")
            sync_folder(self.path)

    def settings(self) -> Settings:
        """Read `luutru.toml`. Raises `ConfigError` with every wrong field."""
        if not self.settings_file.exists():
            return Settings()
        try:
            return Settings(**tomllib.loads(self.settings_file.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self.settings_file} is not valid TOML: {error}") from error
        except ValidationError as error:
            raise ConfigError("\n".join(mistakes(self.settings_file, error))) from error

    def writing(self) -> AbstractContextManager[None]:
        """Hold the archive's writer lock. Raises `AlreadyRunningError` if another process holds it."""
        return self.held(WRITER, "writing to")

    @contextmanager
    def held(self, name: str, doing: str) -> Iterator[None]:
        """Hold a lock file; the system lets go of it however the process ends. Raises `AlreadyRunningError`."""
        with out_of_space(self.path):
            descriptor = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
                raise AlreadyRunningError(
                    f"Another luutru (process {holder}) is {doing} {self.path}; wait until it ends."
                ) from None
            with out_of_space(self.path):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
            yield
        finally:
            os.close(descriptor)

    def holder(self, name: str) -> str | None:
        """The number of the process that holds a lock file; `None` where nobody does."""
        try:
            descriptor = os.open(self.path / name, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
        finally:
            os.close(descriptor)
        return None


def mistakes(file: Path, error: ValidationError) -> list[str]:
    """One line per wrong field of a TOML file: file, field, what is wrong, what stands there."""
    lines = []
    for mistake in error.errors():
        field = ".".join(str(part) for part in mistake["loc"]) or "(file)"
        given = mistake.get("input")
        shown = "" if mistake["type"] == "missing" or isinstance(given, dict) else f" (it says {given!r})"
        lines.append(f"{file}: {field}: {mistake['msg'].removeprefix('Value error, ')}{shown}")
    return lines


@contextmanager
def out_of_space(path: Path) -> Iterator[None]:
    """Turn "disk full" and "read-only" errors into `OutOfSpaceError`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM):
            raise OutOfSpaceError(f"Cannot write to {error.filename or path}: {error.strerror}.") from error
        raise


def sync_folder(path: Path) -> None:
    """Make the entries of a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
