"""Atom feeds (RFC 4287), written out. Pure: entries in, bytes out.

Written by hand: it is one small vocabulary, and the one library for it has had no release since 2023. Texts are never
markup here (``type`` stays "text"), so that a headline with a tag in it is read as its words.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple
from xml.etree import ElementTree

from tracker.language import current

CONTENT_TYPE: Final = "application/atom+xml; charset=utf-8"
ATOM: Final = "http://www.w3.org/2005/Atom"
XML: Final = "http://www.w3.org/XML/1998/namespace"
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2

ElementTree.register_namespace("", ATOM)


class Entry(NamedTuple):
    """One entry. ``id`` is a tag: address (RFC 4151) that never means anything else; moments are aware.

    ``category`` is a pair of term and label; ``author`` is "" where it is the feed's own.
    """

    id: str
    title: str
    link: str
    updated: datetime
    text: str
    category: tuple[str, str]
    author: str = ""
    language: str = ""
    related: tuple[str, ...] = ()


class Feed(NamedTuple):
    """A feed: ``link`` is the page that shows the same, ``own`` the address of the feed itself."""

    id: str
    title: str
    subtitle: str
    author: str
    link: str
    own: str
    updated: datetime
    entries: tuple[Entry, ...]


def write(feed: Feed) -> bytes:
    """The feed as a document in UTF-8, in the language that is spoken."""
    root = ElementTree.Element(f"{{{ATOM}}}feed", {f"{{{XML}}}lang": current().tag})
    _texts(root, (("id", feed.id), ("title", feed.title), ("subtitle", feed.subtitle), ("updated", _at(feed.updated))))
    _person(root, feed.author)
    _link(root, "self", feed.own, "application/atom+xml")
    _link(root, "alternate", feed.link, "text/html")
    for entry in feed.entries:
        _write_entry(root, entry)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def tag(host: str, *parts: str) -> str:
    """An id that lasts: ``tag:tracker.example.org,2026:change/12``. The year is the one this form was first used."""
    return f"tag:{host},2026:{'/'.join(parts)}"


def _write_entry(root: ElementTree.Element, entry: Entry) -> None:
    given = {f"{{{XML}}}lang": entry.language} if entry.language else {}
    element = ElementTree.SubElement(root, f"{{{ATOM}}}entry", given)
    moment = _at(entry.updated)
    _texts(element, (("id", entry.id), ("title", entry.title), ("updated", moment), ("published", moment)))
    if entry.author:
        _person(element, entry.author)
    _link(element, "alternate", entry.link, "text/html")
    for address in entry.related:
        _link(element, "related", address, "text/html")
    term, label = (_FORBIDDEN.sub("", text) for text in entry.category)
    ElementTree.SubElement(element, f"{{{ATOM}}}category", {"term": term, "label": label})
    _texts(element, (("content", entry.text),))


def _texts(parent: ElementTree.Element, named: Iterable[tuple[str, str]]) -> None:
    for name, text in named:
        ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = _FORBIDDEN.sub("", text)


def _person(parent: ElementTree.Element, name: str) -> None:
    _texts(ElementTree.SubElement(parent, f"{{{ATOM}}}author"), (("name", name),))


def _link(parent: ElementTree.Element, relation: str, address: str, kind: str) -> None:
    href = _FORBIDDEN.sub("", address)
    ElementTree.SubElement(parent, f"{{{ATOM}}}link", {"rel": relation, "href": href, "type": kind})


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
