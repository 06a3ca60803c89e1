"""The answers in a WARC file of others, each with its request where that stands nearby, and who wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.foreign import Flaw, Record

MOST_WAITING = 64
"""Requests that are held until their response comes."""
_ANSWERS = ("response", "resource", "revisit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response, resource or revisit record; `request` is `None` where none was found."""

    record: Record
    request: Record | None
    software: str
    """As the file's warcinfo record says; "" where there is none."""

    @property
    def method(self) -> str:
        """How the address was asked for."""
        return self.request.block.partition(b" ")[0].decode("latin-1").upper() if self.request else "GET"


def answers(records: Iterable[Record | Flaw]) -> Iterator[Answer | Flaw]:
    """The answers among records, in their order. The request may stand before its response, or soon behind it."""
    pairs = _Pairs()
    for record in records:
        if isinstance(record, Flaw):
            yield record
        else:
            yield from pairs.take(record)
    yield from pairs.rest()


class _Pairs:
    """Requests that wait for their answers, and the answer that waits for its request."""

    def __init__(self) -> None:
        self.software = ""
        self.requests: dict[str, Record] = {}
        self.waiting: Record | None = None

    def take(self, record: Record) -> Iterator[Answer]:
        """The answers that are whole now that a further record has come."""
        if record.kind == "request":
            yield from self._request(record)
            return
        yield from self.rest()
        if record.kind == "warcinfo":
            self.software = _software(record)
        elif record.kind in _ANSWERS:
            request = next((each for each in self.requests.values() if _belong_together(each, record)), None)
            if request is None:
                self.waiting = record
            else:
                del self.requests[request.id]
                yield Answer(record=record, request=request, software=self.software)

    def _request(self, record: Record) -> Iterator[Answer]:
        if self.waiting and _belong_together(record, self.waiting):
            yield from self.rest(record)
            return
        self.requests[record.id] = record
        if len(self.requests) > MOST_WAITING:
            del self.requests[next(iter(self.requests))]

    def rest(self, request: Record | None = None) -> Iterator[Answer]:
        """The answer that waits, with its request or without."""
        if self.waiting:
            yield Answer(record=self.waiting, request=request, software=self.software)
        self.waiting = None


def _belong_together(request: Record, answer: Record) -> bool:
    named = request.fields.get("warc-concurrent-to", ""), answer.fields.get("warc-concurrent-to", "")
    return bool(request.id and request.id in named[1]) or bool(answer.id and answer.id in named[0])


def _software(record: Record) -> str:
    for line in record.block.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "software":
            return value.strip()[:200]
    return ""
