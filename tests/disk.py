"""A model of a disk that loses power: replays what a process wrote, as `strace` saw it, to any moment.

A write that was not followed by an fsync of its file may be there, missing or torn; a new file or folder
whose parent was not synced may be missing. Kill -9 cannot see a missing fsync; this can.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

CALLS = "openat,creat,write,pwrite64,writev,fsync,fdatasync,ftruncate,rename,renameat2,unlink,unlinkat,mkdir,mkdirat"
SECTOR = 512

_LINE = re.compile(r"^(?:(\d+)\s+)?(\w+)\((.*)\)\s+= (-?\d+)(?:<(.*)>)?")
_PAUSED = re.compile(r"^(\d+)\s+(\w+)\((.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$")


@dataclass(frozen=True)
class Op:
    """One call that changed the disk, or a line on standard output (`ack`)."""

    kind: str
    path: str
    offset: int = 0
    data: bytes = b""


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _text(text: str) -> str:
    return _bytes(text).decode("utf-8", "surrogateescape") if "\\x" in text else text


def record(trace: Path, folder: Path) -> list[Op]:
    """The operations under `folder` in the order in which they were done, and the lines on stdout."""
    paused: dict[str, str] = {}
    ops: list[Op] = []
    sizes: dict[str, int] = {}
    for raw in trace.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        line = raw
        if match := _PAUSED.match(line):
            paused[match[1]] = f"{match[1]} {match[2]}({match[3]}"
            continue
        if match := _RESUMED.match(line):
            line = paused.pop(match[1]) + match[3]
        match = _LINE.match(line)
        if match and int(match[4]) >= 0:
            assert not match[2].startswith(("rename", "writev")) or str(folder) not in line, line[:200]
            _add(ops, sizes, match[2], match[3], int(match[4]), match[5], str(folder))
    return ops


def _add(
    ops: list[Op], sizes: dict[str, int], call: str, arguments: str, result: int, opened: str | None, root: str
) -> None:
    quoted = [_text(each) for each in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', arguments)]
    handle = re.match(r"\d+<((?:\\x[0-9a-f]{2}|[^>])*)>", arguments)
    path = _text(handle[1]) if handle else ""
    if call in ("write", "pwrite64") and arguments.startswith("1<"):
        ops.append(Op("ack", "", data=_data(arguments)))
    elif call in ("write", "pwrite64", "fsync", "fdatasync", "ftruncate") and path.startswith(root):
        if call == "write":
            data = _data(arguments)[:result]
            ops.append(Op("write", path, sizes.get(path, 0), data))
            sizes[path] = sizes.get(path, 0) + len(data)
        elif call == "pwrite64":
            offset = int(arguments.rsplit(",", 1)[1])
            data = _data(arguments)[:result]
            ops.append(Op("write", path, offset, data))
            sizes[path] = max(sizes.get(path, 0), offset + len(data))
        elif call == "ftruncate":
            sizes[path] = int(arguments.rsplit(",", 1)[1])
            ops.append(Op("truncate", path, sizes[path]))
        else:
            ops.append(Op("sync", path))
    elif call == "openat" and "O_CREAT" in arguments:
        name = _text(opened or "")
        if name.startswith(root) and name not in sizes:
            sizes[name] = 0
            ops.append(Op("create", name))
    elif call in ("mkdir", "mkdirat") and quoted and quoted[0].startswith(root):
        ops.append(Op("mkdir", quoted[0]))
    elif call in ("unlink", "unlinkat") and quoted and quoted[0].startswith(root):
        sizes.pop(quoted[0], None)
        ops.append(Op("unlink", quoted[0]))


def _data(arguments: str) -> bytes:
    match = re.search(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?', arguments)
    assert match, arguments[:100]
    assert not match[2], "strace cut a write short"
    return _bytes(match[1])


@dataclass
class Disk:
    """What is durable, and what is only on its way."""

    files: dict[str, bytearray] = field(default_factory=dict)
    pending: dict[str, list[Op]] = field(default_factory=dict)
    entries: set[str] = field(default_factory=set)
    """Files and folders whose names are durable."""
    named: set[str] = field(default_factory=set)
    """… and those that exist for the running process."""

    def do(self, op: Op) -> None:
        """Take in one operation."""
        if op.kind in ("create", "mkdir"):
            self.named.add(op.path)
            if op.kind == "create":
                self.files[op.path] = bytearray()
                self.pending[op.path] = []
        elif op.kind == "unlink":
            self.named.discard(op.path)
        elif op.kind == "sync":
            for name in self.named | self.entries:
                if name.rpartition("/")[0] == op.path:
                    (self.entries.add if name in self.named else self.entries.discard)(name)
            if op.path in self.files:
                for each in self.pending[op.path]:
                    _apply(self.files[op.path], each)
                self.pending[op.path] = []
        elif op.kind in ("write", "truncate"):
            self.pending.setdefault(op.path, []).append(op)
            self.files.setdefault(op.path, bytearray())

    def after_power_cut(self, chance: random.Random, root: str) -> dict[str, bytes | None]:
        """One state that the disk may be in when the power comes back: contents by path, `None` for a folder."""
        state: dict[str, bytes | None] = {}
        mood = chance.random()  # some cuts lose almost everything on its way, some almost nothing
        for name in sorted(self.named | self.entries, key=len):
            durable = name in self.entries and name in self.named
            parent = name.rpartition("/")[0]
            if (not durable and chance.random() < 0.5) or (parent != root and parent not in state):
                continue
            if name not in self.files:
                state[name] = None
                continue
            content = bytearray(self.files[name])
            for op in self.pending[name]:
                if chance.random() < mood:
                    _apply(content, _torn(op, chance) if chance.random() < 0.3 else op)
            state[name] = bytes(content)
        return state


def _apply(content: bytearray, op: Op) -> None:
    if op.kind == "truncate":
        del content[op.offset :]
        content.extend(bytes(op.offset - len(content)))
        return
    if len(content) < op.offset:
        content.extend(bytes(op.offset - len(content)))
    content[op.offset : op.offset + len(op.data)] = op.data


def _torn(op: Op, chance: random.Random) -> Op:
    if op.kind != "write" or len(op.data) <= SECTOR:
        return op
    cut = chance.randrange(0, len(op.data), SECTOR)
    return Op("write", op.path, op.offset, op.data[:cut])
