"""Addresses brought into one form, so that equal addresses are equal strings."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

from crawler.parsers.tokens import tokens

NOISE = tokens(
    """
    fbclid gclid dclid msclkid zarsrc mc_cid mc_eid yclid igshid _ga phpsessid jsessionid aspsessionid
    asp.net_sessionid sid sessionid session_id nv4_sess
    """
)
"""Parameters (lower case) that name a visit, never a page."""

_SAFE = "!$&'()*+,;=:@/?-._~"
_PLAIN = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?/[A-Za-z0-9!$&'()*+,;=:@/?\-._~]*\Z")
_DEFAULT_PORT = re.compile(r"(?:http://[^/]*:80|https://[^/]*:443)/")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def normalise(url: str) -> str | None:
    """An absolute http(s) address without fragment, in one spelling (RFC 3986, section 6.2); else None.

    >>> normalise("HTTP://Tinh.gov.vn:80/a/../văn bản.pdf?q=%c3%a0#x")
    'http://tinh.gov.vn/v%C4%83n%20b%E1%BA%A3n.pdf?q=%C3%A0'
    """
    if _PLAIN.match(url) and "/." not in url and not _DEFAULT_PORT.match(url):
        return url[:-1] if url.find("?") == len(url) - 1 else url
    try:
        parts = urlsplit(_CONTROLS.sub("", url.strip()))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    authority = _authority(scheme, host, port)
    if authority is None:
        return None
    path = escape(_without_dots(parts.path or "/"))
    query = "?" + escape(parts.query) if parts.query else ""
    return f"{scheme}://{authority}{path}{query}"


def join(base: str, reference: str) -> str | None:
    """What `reference` on the page `base` points at, normalised; None for anything but http(s)."""
    reference = reference.strip()
    if _SCHEME.match(reference):
        return normalise(reference) if reference[:4].lower() == "http" else None
    if not reference or reference[0] == "#":
        return None
    try:
        return normalise(urljoin(base, _CONTROLS.sub("", reference).replace("\\", "/")))
    except ValueError:
        return None


def escape(part: str) -> str:
    """A path or query with upper-case escapes, only where they are needed; other letters as UTF-8."""
    if "%" in part:
        part = _ESCAPE.sub(_one_escape, _BARE_PERCENT.sub("%25", part))
    return quote(part, safe=_SAFE + "%", errors="ignore")


def site(url: str) -> str:
    """Host and port without `www.`: what two addresses of one portal have in common."""
    start = url.find("://") + 3
    end = url.find("/", start)
    host = url[start : end if end > 0 else len(url)].lower()
    return host.removeprefix("www.").removesuffix(":80").removesuffix(":443")


def query_pairs(query: str) -> list[tuple[str, str]]:
    """The parameters in their order, escapes left as they are; a parameter without `=` has the value ""."""
    return [(name, value) for name, _, value in (p.partition("=") for p in query.split("&") if p)]


def with_query(base: str, pairs: list[tuple[str, str]]) -> str:
    """`base` and the parameters."""
    query = "&".join(f"{name}={value}" if value else name for name, value in pairs)
    return f"{base}?{query}" if query else base


def is_noise(name: str) -> bool:
    """Whether a query parameter says how a visitor came, not what he sees."""
    lower = name.lower()
    return lower in NOISE or lower.startswith("utm_")


def _authority(scheme: str, host: str | None, port: int | None) -> str | None:
    if scheme not in ("http", "https") or not host:
        return None
    try:
        ascii_host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    if not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", ascii_host):
        return None
    name = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    default = {"http": 80, "https": 443}[scheme]
    return name if port in (None, default) else f"{name}:{port}"


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4, for an absolute path."""
    if "/." not in path:
        return path if path[0] == "/" else "/" + path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    slash = "/" if kept and segments[-1] in (".", "..") else ""
    return "/" + "/".join(kept) + slash


def _one_escape(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 16))
    return letter if letter in _UNRESERVED else "%" + found[1].upper()
