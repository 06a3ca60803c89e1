"""The frozen records that pass between the crawler and the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What an address is expected to hold, or a page turned out to hold.

    `PAGE` is an address on the portal of which nothing more is known before it has been read;
    `PART` is a further page of an article that is split over several. `OTHER` is a page that was read and is
    neither an article nor a listing.
    """

    ARTICLE = "article"
    PART = "part"
    LISTING = "listing"
    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"
    DOCUMENT = "document"
    IMAGE = "image"
    ROBOTS = "robots"
    OTHER = "other"


class Verdict(StrEnum):
    """What a capture is worth as evidence for an article."""

    GOOD = "good"
    SUSPECT = "suspect"
    GONE = "gone"
    OTHER = "other"
    UNREADABLE = "unreadable"


class Tier(StrEnum):
    """Which layer made a reading: a family's rules, a learnt template, or the generic extractor."""

    FAMILY = "family"
    LEARNT = "learnt"
    GENERIC = "generic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An absolute http(s) address found on a page, without fragment, in its family's canonical form.

    `key` is the identity of the article there, where the address alone tells it; `changed_at` is when the portal
    says that it last changed it.
    """

    url: str
    kind: Kind
    key: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """An address of the frontier that the crawler has taken up; a crash gives it back."""

    id: int
    portal_id: str
    url: str
    kind: Kind
    attempts: int
    article_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A document that an article links; `name` is the link's text, or the file's name."""

    url: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image of an article; `None` where the page has no alternative text or caption."""

    url: str
    alt: str | None = None
    caption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as one page shows it. `None` means: the page does not say.

    All text is NFC. `body`: paragraphs and captions in reading order, one blank line between them,
    table rows on lines with a tab between cells, list items on lines, the closing byline as printed;
    never the summary again, never the title. Times carry a zone.
    """

    key: str
    """The portal's own identity of the article, e.g. `entry:15859178`; stable over its addresses."""
    url: str
    """The canonical address."""
    title: str
    body: str
    summary: str | None = None
    author: str | None = None
    source: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    section: str | None = None
    attachments: tuple[Attachment, ...] = ()
    images: tuple[Image, ...] = ()
    parts: tuple[str, ...] = ()
    """The addresses of its further pages, in order, where it is split over several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader made of one page."""

    reader: str
    """Name and version, e.g. `liferay/1`."""
    tier: Tier | None
    kind: Kind
    verdict: Verdict
    reason: str | None = None
    article: Article | None = None
    missing: tuple[str, ...] = ()
    """The article's fields that the reader looked for and did not find."""
    doubts: tuple[str, ...] = ()
    """What a person should look at, each in a sentence: fields that nobody found, tiers that disagree."""
    repeats: bool = False
    """Whether it shows the version that is held under other markup, so that it is no new one."""
    confidence: float | None = None
    """Of an article: the share, from 0 to 1, of what the reader looked for that the page showed. Of a learnt
    template: the share of its recurring lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The version of an article that the archive holds as its current one."""

    article_id: int
    key: str
    title: str
    summary: str | None
    body: str
    reader: str
    is_open: bool = False
    """Whether its page had no end of its markup."""
    is_gone: bool = False
    """Whether the portal is known to show it no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its response, byte for byte as they were on the wire (TLS removed)."""

    url: str
    request: bytes
    response: bytes
    started_at: datetime
    ip: str | None = None
    truncated: str | None = None
    """`length`, `time`, `disconnect` or `unspecified` (WARC 1.1, WARC-Truncated) where the response is not whole.

    `unspecified`: what came is not what the response declared itself to be: more of it, or no chunks.
    """
    tls: str | None = None
    """`accept: …` or `legacy: …` with the reason, where TLS was not verified: the portal's file allows it."""
    origin: str | None = None
    """Where it was imported from: the file, the place there, the record's identity and the software that wrote it."""
    rendered: str | None = None
    """The browser whose scripts made this page of the answer before it: it was not on the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Where an exchange lies in the WARC files: what a row of `captures` needs to find it again.

    `offset` and `length` are of the response record (one gzip member); the request record lies
    directly before it and is `request_length` bytes long. Digests are of the bytes in the file.
    """

    filename: str
    offset: int
    length: int
    record_sha256: str
    request_length: int
    request_sha256: str
    digest: str
    """`sha1:<base32>` of the payload with the transfer encoding removed (WARC-Payload-Digest)."""
    head_length: int
    """Length of the `warcinfo` record at the head of the file, in bytes."""
    head_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A stored exchange as `captures` describes it. `status` is `None` where no status line came."""

    url: str
    at: datetime
    status: int | None
    mimetype: str | None
    truncated: str | None
    stored: Stored
    tls: str | None = None
    origin: str | None = None
    rendered: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A document or image that a capture holds: its size in bytes and SHA-256 (hex)."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Something a person should look at."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """All that is to be kept of one visit to one address: it is written in one transaction.

    Exactly one of these ends it: a `reading` (the address was answered), `failed` or `refused` (with
    the reason), or `again_at` (it is to be asked again, not before that time).
    """

    lease: Lease
    capture: Capture | None = None
    reading: Reading | None = None
    file: File | None = None
    links: tuple[Link, ...] = ()
    issues: tuple[Issue, ...] = ()
    failed: str | None = None
    refused: str | None = None
    again_at: datetime | None = None
    before: Visit | None = None
    """The answer of the wire that a browser made the page of: its capture and reading are kept before this one's."""
