"""Addresses: which may be asked at all, and how they are written down without the secrets in them. Pure but for DNS."""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from scrapers.errors import FetchFailed, UnsafeAddress

Resolve = Callable[[str], Iterable[str]]

HIDDEN = "HIDDEN"
_SECRETS = re.compile(r"(?i)\b(token|key|api_key|apikey|password|secret)=[^&\s'\"<>]+")


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without these secrets, and without what stands after ``token=`` and the like."""
    for secret in secrets:
        for form in {secret, quote(secret, safe="")} - {""}:
            text = text.replace(form, HIDDEN)
    return _SECRETS.sub(rf"\1={HIDDEN}", text)


def with_params(address: str, params: Mapping[str, str] | None) -> str:
    """An address with these parameters after those it has, encoded once: a blank is ``%20``, a quote ``%27``."""
    if not params:
        return address
    parts = urlsplit(address)
    query = "&".join(filter(None, (parts.query, urlencode(params, quote_via=quote))))
    return urlunsplit(parts._replace(query=query))


def host_of(address: str) -> str:
    """``host:port`` in small letters; what the pause between requests goes by."""
    return urlsplit(address).netloc.rpartition("@")[2].lower()


def resolve(host: str) -> list[str]:
    """The IP addresses behind a name. Raises OSError where there are none."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def check(address: str, allowed: Iterable[str], look_up: Resolve) -> None:
    """Refuse what no source has business with: other schemes, and hosts that lie in a private network.

    Looked at right before connecting; a name that changes its address in between is a risk that is left. ``allowed``
    are hosts that may be private all the same. Raises UnsafeAddress, or FetchFailed for a name that nobody knows.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise UnsafeAddress(redacted(address), "only http and https addresses are asked")
    if host in allowed:
        return
    try:
        found = [ipaddress.ip_address(each.partition("%")[0]) for each in look_up(host)]
    except OSError as error:
        raise FetchFailed(redacted(address), f"no machine of the name {host} is known ({error.strerror})") from error
    for each in found:
        if not each.is_global or each.is_multicast:
            raise UnsafeAddress(redacted(address), f"{host} is {each}, an address in a private network; not asked")
