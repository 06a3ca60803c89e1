"""Where an answer ends: its bytes are looked at as they come, and judged by `archive.http` once they are there."""

from __future__ import annotations

from archive.http import CHUNK, HEAD_END, head, length_of

MOST_HEAD = 256 * 1024
"""Bytes of one head, as browsers take them: cookies may be huge."""
MOST_INTERIM = 16
"""Interim answers (1xx) before the one that counts."""
_MOST_SIZE_LINE = 4096
"""Bytes of the line that gives a chunk's size."""


class Framing:
    """Follows one answer. Feed it the bytes received so far until `is_done`.

    What cannot be an answer, or breaks off its own rules, is done too: `archive.http.parse` says what is wrong.
    """

    def __init__(self) -> None:
        self.is_done = False
        self.keeps_open = False
        """Whether another request may be sent on the connection once it is done."""
        self.is_other = False
        """Whether what came is not what the answer declares itself to be: more of it, or no chunks."""
        self.end: int | None = None
        """Where the answer ends, once that is known."""
        self.media_type = ""
        self.body_at: int | None = None
        """Where the body begins, once the head has come."""
        self.length: int | None = None
        """The length that the head declares, in bytes."""
        self._head_at = 0
        self._interim = 0
        self._chunk_at: int | None = None

    @property
    def ends_with_connection(self) -> bool:
        """Whether the answer is whole when the server closes the connection."""
        return self.body_at is not None and self.end is None and self._chunk_at is None

    def feed(self, received: bytearray) -> None:
        """Look at what has come so far."""
        while self.body_at is None and not self.is_done:
            if not self._see_head(received):
                return
        if self._chunk_at is not None:
            self._see_chunks(received)
        if self.end is not None and len(received) >= self.end:
            self.is_done, self.is_other = True, bool(received[self.end :].strip())
            self.keeps_open = self.keeps_open and len(received) == self.end

    def _see_head(self, received: bytearray) -> bool:
        """Read one head, if it is there; whether it is."""
        start = bytes(received[self._head_at : self._head_at + 5])
        found = HEAD_END.search(received, self._head_at)
        if not b"HTTP/".startswith(start):
            self._give_up()
        elif not found:
            if len(received) - self._head_at > MOST_HEAD:
                self._give_up()
            return False
        else:
            self._take_head(bytes(received[self._head_at : found.end()]), found.end())
        return True

    def _take_head(self, raw: bytes, end: int) -> None:
        status, _, headers, _ = head(raw)
        if not status or len(raw) > MOST_HEAD:
            self._give_up()
        elif 100 <= status < 200:
            self._interim += 1
            self._head_at = end
            if self._interim > MOST_INTERIM:
                self._give_up()
        else:
            self._take_body(status, {name: value.lower() for name, value in headers}, end)
            closes = "close" in dict(headers).get("connection", "").lower()
            self.keeps_open = self.keeps_open and raw.startswith(b"HTTP/1.1") and not closes

    def _take_body(self, status: int, headers: dict[str, str], at: int) -> None:
        self.body_at = at
        self.media_type = headers.get("content-type", "").partition(";")[0].strip()
        chunked = "chunked" in headers.get("transfer-encoding", "")
        self.length = length_of(headers)
        self.keeps_open = not (chunked and "content-length" in headers)
        if status in (204, 304):
            self.end = at
        elif chunked:
            self._chunk_at = at
        elif self.length is not None:
            self.end = at + self.length
        else:  # until the server closes
            self.keeps_open = False

    def _see_chunks(self, received: bytearray) -> None:
        while self._chunk_at is not None:
            at = self._chunk_at
            line = CHUNK.match(received, at)
            if not line:
                if len(received) - at > _MOST_SIZE_LINE or b"\n" in received[at:]:
                    self.is_other = True
                    self._give_up()
                return
            size = int(line[1], 16)
            if size == 0:
                self._see_trailer(received, line.end())
                return
            after = line.end() + size
            if len(received) < after + 2:
                return
            if received[after : after + 2] == b"\r\n":
                self._chunk_at = after + 2
            else:
                self._chunk_at = after + (received[after : after + 1] == b"\n")

    def _see_trailer(self, received: bytearray, at: int) -> None:
        """The end behind the last chunk: an empty line, or header fields and then one."""
        if received[at : at + 2] == b"\r\n":
            self._chunk_at, self.end = None, at + 2
        elif received[at : at + 1] == b"\n":
            self._chunk_at, self.end = None, at + 1
        elif found := HEAD_END.search(received, at):
            self._chunk_at, self.end = None, found.end()
        elif len(received) - at > MOST_HEAD:
            self._give_up()

    def _give_up(self) -> None:
        self.is_done, self.keeps_open = True, False
