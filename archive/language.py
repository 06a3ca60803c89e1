"""The language of messages: English, or Vietnamese where the locale or the user says so."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib.resources import files

_chosen: str | None = None


def choose(language: str | None) -> None:
    """Set the language of this process (`vi` or `en`); `None` goes by the locale."""
    global _chosen  # noqa: PLW0603 (one process speaks one language)
    _chosen = language


def _(message: str) -> str:
    """The message in the user's language; the English text is its key."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    language = _chosen or ("vi" if locale.startswith("vi") else "en")
    return said(message, language)


def said(message: str, language: str) -> str:
    """The message in a language."""
    return vietnamese().get(message, message) if language == "vi" else message


@cache
def vietnamese() -> dict[str, str]:
    """English messages and their Vietnamese."""
    text = files("archive").joinpath("tables/messages.vi.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text))
