"""Sitemaps (sitemaps.org, protocol 0.9), written out. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree

CONTENT_TYPE: Final = "application/xml; charset=utf-8"
NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
LARGEST: Final = 50_000  # addresses of one sitemap, by the protocol

Place = tuple[str, datetime | None]  # an address, and when what it shows last changed


def pages(places: Iterable[Place]) -> bytes:
    """A sitemap of pages."""
    return _write("urlset", "url", places)


def index(places: Iterable[Place]) -> bytes:
    """A sitemap of sitemaps."""
    return _write("sitemapindex", "sitemap", places)


def _write(root: str, each: str, places: Iterable[Place]) -> bytes:
    top = ElementTree.Element(root, {"xmlns": NAMESPACE})
    for address, changed_at in places:
        element = ElementTree.SubElement(top, each)
        ElementTree.SubElement(element, "loc").text = address
        if changed_at is not None:
            ElementTree.SubElement(element, "lastmod").text = f"{changed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    written: bytes = ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)
    return written
