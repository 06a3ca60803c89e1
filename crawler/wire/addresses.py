"""Which network addresses may be connected to: those of the public internet, and an archivist's own machines.

Whoever runs a portal, or writes on it, decides where its names and links point to. Without this rule they could
make us call machines that only we can reach: routers, databases, a cloud's metadata service.
"""

from __future__ import annotations

import re
import socket
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from urllib.parse import urlsplit

HOSTS = Path("/etc/hosts")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAMES = re.compile(
    r"[^.]+|(.+\.)?(localhost|local|internal|intranet|lan|home\.arpa|test|example|invalid)", re.IGNORECASE
)
"""Names that nobody can register (RFC 6761, RFC 6762, RFC 8375, ICANN's list), so no outsider decides about them."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is globally routable unicast; one that carries an IPv4 address is judged by that too.

    >>> [is_public(ip_address(each)) for each in ("8.8.8.8", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0")]
    [True, False, False, False, False]
    >>> [is_public(ip_address(each)) for each in ("2400:cb00::1", "::1", "::ffff:127.0.0.1", "2002:7f00:1::")]
    [True, False, False, False]
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not (address.is_multicast or address.is_reserved)
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    carried = address.sixtofour
    return address in _GLOBAL_UNICAST and address.is_global and (carried is None or is_public(carried))


def permits(url: str, own: str | None, address: str) -> bool:
    """Whether an address that the host of `url` resolved to may be connected to.

    `own` is the `host:port` of the home page in the portal's file. An address that is not public is for that host
    and port alone, and only where an outsider cannot have chosen it: the file gives the address itself, a name
    that cannot be registered, or a name that this machine's own hosts file maps to the address.
    """
    found = _address(address)
    if found is None:
        return False
    if is_public(found):
        return True
    parts = urlsplit(url)
    if own is None or parts.netloc.lower().removeprefix("www.") != own.lower().removeprefix("www."):
        return False
    host = (parts.hostname or "").rstrip(".")
    given = _address(host)
    if given is not None:
        return given == found
    return bool(_LOCAL_NAMES.fullmatch(host)) or found in _of_hosts_file(HOSTS).get(host, ())


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address, also in the forms that the system's resolver takes: 2130706433, 0x7f.1, 127.1."""
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError):
        return None


@cache
def _of_hosts_file(path: Path) -> dict[str, tuple[IPv4Address | IPv6Address, ...]]:
    """Names and their addresses in the machine's own hosts file."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    found: dict[str, tuple[IPv4Address | IPv6Address, ...]] = {}
    for line in lines:
        text, *names = line.partition("#")[0].split() or [""]
        address = _address(text) if text else None
        for name in names if address else ():
            assert address is not None
            found[name.lower()] = (*found.get(name.lower(), ()), address)
    return found
