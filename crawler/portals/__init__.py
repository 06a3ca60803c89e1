"""Portals as data: one TOML file each, read and checked here."""

from __future__ import annotations

import ipaddress
import re
import socket
import tomllib
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from archive.clock import VIETNAM
from archive.errors import ConfigError
from archive.folder import mistakes

SHIPPED = Path(__file__).parent
"""The folder of the portals that come with the package."""

POLITE_DELAY = 0.5
"""Seconds: nobody's public host is asked more often than this, whatever is configured."""


def _http(url: str) -> str:
    if not is_address(url):
        raise ValueError("must be an http or https address")
    return url


def is_address(url: str) -> bool:
    """Whether it is an http or https address that can be asked for, without a user's name in it."""
    try:
        parts = urlsplit(url)
        sound = parts.port != 0  # which raises where it is no port
    except ValueError:
        return False
    named = bool(parts.hostname) and "@" not in parts.netloc and not re.search(r"[\s\x00-\x1f\x7f]", url)
    return sound and named and parts.scheme in ("http", "https")


def _cron(expression: str) -> str:
    try:
        next(CronSim(expression, datetime(2026, 1, 1, tzinfo=VIETNAM)))
    except CronSimError as error:
        raise ValueError(f"is not a five-field cron expression: {error}") from error
    except StopIteration:
        raise ValueError("is a cron expression of a day that never comes") from None
    return expression


def _hours(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", text) or text[:5] == text[6:]:
        raise ValueError("must be two different times of day, e.g. 07:30-17:00")
    return text


def _rate(given: object) -> object:
    """Bytes a second of what a person writes: a number, or a text such as 200KB/s (1 KB is 1000 bytes)."""
    if not isinstance(given, str):
        return given
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KM]?)B/s", given.strip(), re.IGNORECASE)
    if not match:
        raise ValueError("must be bytes a second, e.g. 200000 or 200KB/s")
    return int(float(match[1]) * {"": 1, "K": 1_000, "M": 1_000_000}[match[2].upper()])


Url = Annotated[str, AfterValidator(_http)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Record(BaseModel):
    """What every part of a portal's file has in common: no unknown fields, no changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Section(Record):
    """A page that lists articles: where a crawl begins beside the home page. A feed's address serves too."""

    name: Text
    url: Url


class Expect(Record):
    """What a portal is expected to give; `new_articles_per_week` is least and most."""

    new_articles_per_week: tuple[int, int] | None = None


class Portal(Record):
    """A portal's file (the fields are described in docs/add-a-portal.md). `id` is the file's name."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    name: Text
    province: Text | None = None
    home: Url
    family: Text
    schedule: Annotated[str, AfterValidator(_cron)] | None = None
    sections: tuple[Section, ...] = ()
    expect: Expect = Expect()
    start: date | None = None
    end: date | None = None
    successor: Text | None = None
    unit: Text | None = None
    delay: float | None = Field(default=None, ge=0, le=3600)
    quiet_hours: Annotated[str, AfterValidator(_hours)] | None = None
    bandwidth: Annotated[int, BeforeValidator(_rate)] | None = Field(default=None, ge=1000)
    budget_pages: int = Field(default=100_000, ge=1)
    images: bool = True
    tls: Literal["verify", "accept", "legacy"] = "verify"
    challenge: Literal["refuse", "answer"] = "refuse"
    render: Literal["js"] | None = None
    options: dict[str, str | int | bool] = {}
    verified: bool = False

    @property
    def host(self) -> str:
        """Host and port of the home page, as they stand in addresses."""
        return urlsplit(self.home).netloc.lower()

    def following(self, moment: datetime) -> datetime:
        """When the schedule comes round first after a moment. Without a schedule: a day later."""
        if self.schedule is None:
            return moment + timedelta(days=1)
        return next(CronSim(self.schedule, moment.astimezone(VIETNAM)))

    def is_due(self, last_run: datetime | None, now: datetime) -> bool:
        """Whether the schedule has come round since the last run."""
        return last_run is None or self.following(last_run) <= now

    def quiet_until(self, moment: datetime) -> datetime | None:
        """When the quiet hours end in which a moment lies; `None` where it lies in none."""
        if self.quiet_hours is None:
            return None
        local = moment.astimezone(VIETNAM)
        begin, end = (time.fromisoformat(each) for each in self.quiet_hours.split("-"))
        clock = local.time()
        if not (begin <= clock < end if begin < end else clock >= begin or clock < end):
            return None
        last = datetime.combine(local.date(), end, VIETNAM)
        return last if last > local else last + timedelta(days=1)

    def row(self) -> dict[str, str | None]:
        """The portal as the table `portals` has it, but for where it stands, which no file tells."""
        return {
            "id": self.id, "name": self.name, "province": self.province, "home_url": self.home,
            "family": self.family, "end_date": self.end.isoformat() if self.end else None,
            "successor": self.successor,
        }  # fmt: skip


def read(file: Path, families: Collection[str]) -> Portal:
    """Read one portal's file. Raises `ConfigError` with a line for every wrong field."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        portal = Portal.model_validate({**values, "id": file.stem})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: is not valid TOML: {error}") from error
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        lines = mistakes(file, error)
        lines += _unknown_family(file, values.get("family"), families)
        raise ConfigError("\n".join(lines)) from error
    if wrong := _unknown_family(file, portal.family, families):
        raise ConfigError(wrong[0])
    return portal


def _unknown_family(file: Path, family: object, families: Collection[str]) -> list[str]:
    if not isinstance(family, str) or family in families:
        return []
    return [f"{file}: family: there is no family {family!r}; there are: {', '.join(sorted(families))}"]


def read_all(files: Iterable[Path], families: Collection[str]) -> dict[str, Portal]:
    """Read portals by id. Raises one `ConfigError` with every mistake of every file."""
    portals: dict[str, Portal] = {}
    wrong: list[str] = []
    for file in files:
        try:
            portals[file.stem] = read(file, families)
        except ConfigError as error:
            wrong.append(str(error))
    if wrong:
        raise ConfigError("\n".join(wrong))
    return portals


def known(own: Path, families: Collection[str]) -> dict[str, Portal]:
    """The portals that are shipped and the archive's own, which take precedence, by id. Raises as `read_all`."""
    return read_all([*sorted(SHIPPED.glob("*.toml")), *sorted(own.glob("*.toml"))], families)


def find(name: str, folders: Iterable[Path]) -> Path:
    """The file of a portal, from the first folder that has it. Raises `ConfigError` for an unknown one."""
    folders = tuple(folders)
    for folder in folders:
        file = folder / f"{name}.toml"
        if re.fullmatch(r"[\w.-]+", name) and file.is_file():
            return file
    known = {file.stem for folder in folders for file in folder.glob("*.toml")}
    alike = get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(alike)}? " if alike else ""
    raise ConfigError(
        f"There is no portal {name!r}; {hint}See those there are with: luutru portal list; add one with:"
        " luutru portal add ADDRESS"
    )


def home_of(name: str, folders: Iterable[Path]) -> str | None:
    """The home page of a portal by its id; None where no folder has it, or its file is wrong."""
    for file in (folder / f"{name}.toml" for folder in folders):
        if re.fullmatch(r"[\w.-]+", name) and file.is_file():
            home = tomllib.loads(file.read_text(encoding="utf-8")).get("home")
            return home if isinstance(home, str) else None
    return None


def id_of(host: str) -> str:
    """The id that a portal gets from its host."""
    return re.sub(r"[^a-z0-9.]+", "-", host).removeprefix("www.").strip("-.")


def at(address: str, known: Iterable[Portal]) -> Portal | None:
    """The portal on whose host an address is, among those that are known."""
    return next((each for each in known if same_host(each.home, address)), None)


def same_host(one: str, other: str) -> bool:
    """Whether two addresses are on one host, with or without www."""
    return urlsplit(one).netloc.lower().removeprefix("www.") == urlsplit(other).netloc.lower().removeprefix("www.")


def is_private(host: str) -> bool:
    """Whether a host (name or address, without port) is on a private or loopback address only."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(not ipaddress.ip_address(str(address).partition("%")[0]).is_global for address in found)


def polite(portal: Portal, delay: float) -> float:
    """The delay if it may be used for this portal. Raises `ConfigError` for a public host below 0.5 s."""
    if delay < POLITE_DELAY and not is_private(urlsplit(portal.home).hostname or ""):
        raise ConfigError(
            f"{portal.id}: a delay of {delay:g} s is only for hosts on private or loopback addresses,"
            f" and {portal.host} is not one; use {POLITE_DELAY:g} s or more."
        )
    return delay
