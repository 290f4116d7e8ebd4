"""Addresses: which may be asked at all, and how they are written down without the secrets in them. Pure but for DNS."""

import ipaddress
import re
import socket
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from scrapers.errors import FetchFailed, UnsafeAddress

Resolve = Callable[[str], Iterable[str]]
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

HIDDEN = "HIDDEN"
_SECRETS = re.compile(r"(?i)\b(token|key|api_key|apikey|password|secret)=[^&\s'\"<>]+")
_USER = re.compile(r"(?<=://)[^/?#\s@]+@")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def forms(secret: str) -> list[str]:
    """The ways in which a secret may stand in a text, the longest first: as it is, and encoded more or less."""
    encoded = {quote(secret), quote(secret, safe="")}
    lower = {re.sub("%..", lambda found: found[0].lower(), form) for form in encoded}
    return sorted({secret, *encoded, *lower} - {""}, key=len, reverse=True)


def hidden(text: str, secrets: Iterable[str]) -> str:
    """A text without these secrets, in whatever form they stand there."""
    for secret in secrets:
        for form in forms(secret):
            text = text.replace(form, HIDDEN)
    return text


def cleaned(body: bytes, secret: Mapping[str, str]) -> bytes:
    """A body without these parameters' values: some error messages repeat the whole address, and bodies are kept.

    Only ``name=value`` is replaced: a bare value could be a word of the page.
    """
    for name, value in secret.items():
        for form in forms(value):
            body = body.replace(f"{name}={form}".encode(), f"{name}={HIDDEN}".encode())
    return body


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without these secrets, without what stands after ``token=`` and the like, and without names of users."""
    return _USER.sub(f"{HIDDEN}@", _SECRETS.sub(rf"\1={HIDDEN}", hidden(text, secrets)))


def split(address: str) -> SplitResult:
    """The parts of an address. Raises UnsafeAddress for a text that is none."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # looked at only when asked for
    except ValueError as error:
        raise UnsafeAddress(redacted(address), f"this is no address ({error})") from error
    return parts


def redirected(address: str, where: str, secret: Container[str]) -> str:
    """Where a redirect leads, without the secret parameters: some sources repeat all they were asked.

    Raises UnsafeAddress where that is no address.
    """
    try:
        parts = split(urljoin(address, where))
    except ValueError as error:
        raise UnsafeAddress(redacted(address), f"it redirects to what is no address ({error})") from error
    stay = [pair for pair in parts.query.split("&") if unquote(pair.partition("=")[0]) not in secret]
    return urlunsplit(parts._replace(query="&".join(stay)))


def with_params(address: str, params: Mapping[str, str] | None) -> str:
    """An address with these parameters after those it has, encoded once: a blank is ``%20``, a quote ``%27``."""
    if not params:
        return address
    parts = split(address)
    query = "&".join(filter(None, (parts.query, urlencode(params, quote_via=quote))))
    return urlunsplit(parts._replace(query=query))


def host_of(address: str) -> str:
    """``host:port`` in small letters; what the pause between requests goes by."""
    return split(address).netloc.rpartition("@")[2].lower()


def origin_of(address: str) -> str:
    """``https://host:port`` in small letters: what a robots.txt holds for, and a secret is meant for."""
    return f"{split(address).scheme}://{host_of(address)}"


def resolve(host: str) -> list[str]:
    """The IP addresses behind a name. Raises OSError where there are none, UnicodeError for what cannot be a name."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def check(address: str, allowed: Iterable[str], look_up: Resolve) -> None:
    """Refuse what no source has business with: other schemes, users' names, and hosts in a private network.

    Looked at before each request; a name that changes its address until the connection is made is a risk that is left,
    because httpx2 has no public way to connect to the very address that was looked at. ``allowed`` are hosts that may
    be private all the same. Raises UnsafeAddress, or FetchFailed for a name that nobody knows.
    """
    parts = split(address)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise UnsafeAddress(redacted(address), "only http and https addresses are asked")
    if "@" in parts.netloc:
        raise UnsafeAddress(redacted(address), "an address that brings a user's name along is not asked")
    if host in allowed:
        return
    try:
        found = [ipaddress.ip_address(each.partition("%")[0]) for each in look_up(host)]
    except OSError as error:
        raise FetchFailed(redacted(address), f"no machine of the name {host} is known ({error.strerror})") from error
    except UnicodeError as error:
        raise UnsafeAddress(redacted(address), f"{host} cannot be the name of a machine") from error
    for each in found:
        meant = _meant(each)
        if not meant.is_global or meant.is_multicast:
            raise UnsafeAddress(redacted(address), f"{host} is {each}, an address in a private network; not asked")


def _meant(ip: Ip) -> Ip:
    """The IPv4 address in an IPv6 one that only wraps it (RFC 4291, 3056, 6052): that is where a request would go."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return ip.ipv4_mapped or ip.sixtofour or ip
    return ip
