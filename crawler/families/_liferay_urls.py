"""Liferay's addresses: one article has many of them (asset-publisher-friendly-url-routes.xml of 6.2, 7.x)."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from crawler.parsers import urls
from crawler.parsers.tokens import tokens

_SESSION = re.compile(r";jsessionid=[^/?]*", re.IGNORECASE)
_ROUTE = re.compile(r"(?P<site>.*?)/-/asset_publisher/(?P<instance>[^/]+)/(?P<rest>.+)\Z")
_STATES = frozenset(("maximized", "pop_up", "normal", "exclusive", "minimized"))
_DROPPED = tokens(
    """
    redirect inheritRedirect p_p_state p_p_mode p_p_col_id p_p_col_pos p_p_col_count p_p_auth p_auth
    p_t_lifecycle doAsUserId doAsGroupId doAsUserLanguageId backURL p_l_back_url p_l_back_url_title
    returnToFullPageURL refererPlid refererGroupId controlPanelCategory saveLastPath p_p_cacheability
    p_p_isolated p_v_l_s_g_id p_l_mode
    """
)
_DROPPED_TAILS = (
    "_redirect",
    "_backURL",
    "_delta",
    "_keywords",
    "_advancedSearch",
    "_andOperator",
    "_resetCur",
    "_viewMode",
    "_returnToFullPageURL",
    "_inheritRedirect",
    "_tabs1",
    "_orderByCol",
    "_orderByType",
)
_PUBLISHER = re.compile(r"101_INSTANCE_|101\Z|com_liferay_asset_publisher_web_portlet_")
_VIEW = re.compile(r"asset_publisher(?:/|%2F)view_content|view_content\.jsp", re.IGNORECASE)
_ASSET_PARTS = ("_assetEntryId", "_urlTitle", "_groupId", "_type")


class Asset(NamedTuple):
    """What an address of the asset publisher says of the article it shows."""

    entry: str | None
    title: str | None
    group: str


def canonical(url: str) -> str:
    """The address without what says only how, by whom or in which window a page is looked at.

    >>> canonical("http://x.vn/tin;jsessionid=A1?p_p_id=101_INSTANCE_q&p_p_lifecycle=0&_101_INSTANCE_q_cur=1")
    'http://x.vn/tin'
    >>> canonical("http://x.vn/tin/-/asset_publisher/q/content/hoi-nghi/maximized?redirect=%2Ftin")
    'http://x.vn/tin/-/asset_publisher/q/content/hoi-nghi'
    """
    url = urls.normalise(url) or url
    base, _, query = url.partition("?")
    if ";" in base:
        base = _SESSION.sub("", base)
    if base.endswith("/") and base.count("/") > 3:
        base = base.rstrip("/")
    if "/-/asset_publisher/" in base and (route := _ROUTE.match(base)):
        parts = [part for part in route["rest"].split("/") if part]
        while len(parts) > 1 and parts[-1] in _STATES:
            parts.pop()
        base = f"{route['site']}/-/asset_publisher/{route['instance']}/{'/'.join(parts)}"
        if len(parts) > 1:
            return base
    return urls.with_query(base, _kept(urls.query_pairs(query))) if query else base


def asset(url: str) -> Asset | None:
    """The article that an asset publisher's address names; None for every other address."""
    parts = urlsplit(url)
    path = _SESSION.sub("", parts.path)
    site = _site(parts.netloc, path)
    if route := _ROUTE.match(path):
        steps = [unquote(step) for step in route["rest"].split("/") if step and step not in _STATES]
        if len(steps) < 2:
            return None
        if steps[1] == "id" and len(steps) > 2 and steps[2].isdigit():
            return Asset(steps[2], None, site)
        return Asset(None, steps[1], steps[2] if len(steps) > 2 and steps[2].isdigit() else site)
    return _raw_asset(parts.query, site) if "sset" in parts.query else None


def is_feed(url: str) -> bool:
    """Whether an address is the asset publisher's feed."""
    return bool(re.search(r"/-/asset_publisher/[^/]+/rss\b|asset_publisher(?:/|%2F)rss\b", url))


def _raw_asset(query: str, site: str) -> Asset | None:
    """`?p_p_id=101_INSTANCE_x&…_struts_action=/asset_publisher/view_content&…_assetEntryId=N`, and in 7.x."""
    pairs = urls.query_pairs(query)
    if not _is_view(pairs):
        return None
    values = {tail: value for name, value in pairs for tail in _ASSET_PARTS if name.endswith(tail)}
    entry = values.get("_assetEntryId", "")
    title = unquote(values.get("_urlTitle", "")) or None
    if not entry.isdigit() and title is None:
        return None
    return Asset(entry if entry.isdigit() else None, title, values.get("_groupId") or site)


def _is_view(pairs: list[tuple[str, str]]) -> bool:
    if any(_VIEW.search(value) for _, value in pairs):
        return True
    return any(name.endswith("_assetEntryId") and _PUBLISHER.search(name) for name, _ in pairs)


def _kept(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    lifecycle = dict(pairs).get("p_p_lifecycle", "0")
    kept = [pair for pair in pairs if _says_something(*pair)]
    if lifecycle == "0" and _is_view(kept):
        return _view(kept)
    own = [name for name, _ in kept if not name.startswith("p_p_")]
    if not own and any(name == "p_p_id" and _PUBLISHER.search(value) for name, value in kept):
        kept = [pair for pair in kept if pair[0] != "p_p_id"]
    return kept


def _view(kept: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What a raw article address needs, in one order; the title only where no entry is named."""
    named = any(name.endswith("_assetEntryId") for name, _ in kept)
    unneeded = ("_urlTitle", "_groupId") if named else ()
    kept = [pair for pair in kept if not (unneeded and pair[0].endswith(unneeded))]
    return sorted(dict(kept).items(), key=lambda pair: (pair[0] != "p_p_id", pair[0]))


def _says_something(name: str, value: str) -> bool:
    if name in _DROPPED or name.endswith(_DROPPED_TAILS) or urls.is_noise(name):
        return False
    if name == "p_p_lifecycle":
        return value != "0"
    if name == "viewMode":
        return value not in ("print", "view", "")
    return not (name.endswith("_cur") and value in ("", "1"))


def _site(host: str, path: str) -> str:
    """The site of an address: Liferay's `/web/<name>`, else the host, whose default site is `guest`."""
    found = re.match(r"(?:/[a-z]{2}(?:_[A-Z]{2})?)?/web/([^/]+)", path)
    return found[1] if found and found[1] != "guest" else host.lower().removeprefix("www.")
