"""What can go wrong, one class per meaning, each with the exit code that the command line ends with."""

from __future__ import annotations


class LuutruError(Exception):
    """A failure that is told to the user as one sentence.

    `exit_code` is the command's; `kind` is the word under which `issues` keeps it.
    """

    exit_code = 1
    kind = "error"


class OutOfSpaceError(LuutruError):
    """The disk is full or cannot be written to."""

    exit_code = 3
    kind = "disk"


class ConfigError(LuutruError):
    """A portal's file, `luutru.toml` or a name given on the command line is wrong."""

    exit_code = 4
    kind = "config"


class UnreachableError(LuutruError):
    """A portal's home page could not be fetched."""

    exit_code = 5
    kind = "unreachable"


class NewerSchemaError(LuutruError):
    """The archive was written by a newer luutru than this one."""

    exit_code = 6
    kind = "schema"


class OlderSchemaError(LuutruError):
    """The archive was written by an older luutru and has not been migrated."""

    kind = "schema"


class UnreadableError(LuutruError):
    """The database is damaged, or no SQLite file."""

    kind = "damage"


class DamageError(LuutruError):
    """`verify` found damage."""

    exit_code = 7
    kind = "damage"


class CrawlFailedError(LuutruError):
    """Too many pages failed or were suspect."""

    exit_code = 9
    kind = "crawl"


class AlreadyRunningError(LuutruError):
    """Another process is writing to this archive."""

    exit_code = 75
    kind = "running"
