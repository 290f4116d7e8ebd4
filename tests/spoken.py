"""A language that no catalogue has, in which each message of the catalogues comes back inside ⟦⟧: what a page says in
it outside of them was never marked. Used by `test_language`."""

import gettext
import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import Final

import pytest
from babel.messages.catalog import Message
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from tracker import language
from tracker.locale import messages

PSEUDO: Final = language.Language("pl", "⟦Polski⟧", "ltr")
BLOCKS: Final = (
    "title", "h1", "h2", "h3", "p", "li", "dt", "dd", "td", "th", "option", "label", "legend", "summary", "text",
    "div", "figcaption", "caption", "button", "body",
)  # fmt: skip
# numbers of matters, subdivisions, addresses, forms of files, fingerprints, dates and "and" in Polish, this site's name
CODES: Final = re.compile(
    r"\b(?:Int|Res|EO|EEO|LL|LU|M) \d[\d-]*|\bhttps?://\S+|\b\S+@example\.org"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|gov|nyc|us|edu|csv|zip|json)\b"
    r"|\b(?:CSV|JSON|Atom|API|iCalendar)\b|\b\d{1,2} [a-zźń]+ \d{4}\b|\b\d{4}-W\d\d\b"
    r"|\bi\b|\(\w{1,3}\)|\bsha256\b(?: [0-9a-f]+…)?|NYC Sanctuary Law Tracker"
)
UNSAID: Final = ("script", "style", "time", "code", "pre", "textarea")
SPOKEN_ATTRIBUTES: Final = ("aria-label", "placeholder", "title", "alt", "data-label")
_SAID: Final = re.compile(r"⟦[^⟦⟧]*⟧")
_LETTER: Final = re.compile(r"[^\W\d_]")


@cache
def said() -> tuple[Message, ...]:
    """Every message of the code and the templates."""
    return tuple(message for message in messages() if message.id)


def speak_pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be English and the pseudo-language; to be called before `create_app`."""
    held = Wrapped()
    monkeypatch.setattr(language, "available", lambda: {language.ENGLISH.tag: language.ENGLISH, PSEUDO.tag: PSEUDO})
    monkeypatch.setattr(language, "_messages", lambda tag: held)


class Wrapped(gettext.NullTranslations):
    """A catalogue that holds every message there is."""

    def __init__(self) -> None:
        super().__init__()
        self._known = {(message.context or "", message.id) for message in said()}

    def gettext(self, message: str) -> str:
        return self.pgettext("", message)

    def pgettext(self, context: str, message: str) -> str:
        return f"⟦{message}⟧" if (context, message) in self._known else message

    def ngettext(self, one: str, many: str, number: int) -> str:
        return f"⟦{one if number == 1 else many}⟧" if ("", (one, many)) in self._known else many


def unsaid(page: str, names: Collection[str] = ()) -> list[str]:
    """What a page in the pseudo-language says to its readers outside of messages, but for names and codes.

    What is marked as being in another language is the record's or the press's own. A name may stand shortened.
    """
    soup = BeautifulSoup(page, "lxml")
    found, with_commas = [], [name for name in names if "," in name]
    for text in [*_texts(soup), *_attributes(soup)]:
        left, before = text, ""
        while left != before:
            before, left = left, _SAID.sub(" ", left)
        for name in with_commas:
            left = left.replace(name, " ")
        left = CODES.sub(" ", left)
        for piece in re.split(r"\s*[·,;:()|›–→←\n]\s*", left):
            if _LETTER.search(piece) and not any(name.startswith(piece.strip()) for name in names):
                found.append(piece.strip())
    return found


def _texts(soup: BeautifulSoup) -> Iterator[str]:
    """The text of each block, without that of the blocks in it and of what is in another language."""
    blocks: dict[int, list[str]] = {}
    for node in soup.find_all(string=True):
        parent = node.parent
        if parent is None or isinstance(node, PreformattedString) or not isinstance(node, NavigableString):
            continue
        said = not (parent.name in UNSAID or parent.find_parent(UNSAID) or _is_foreign(parent))
        block = parent if parent.name in BLOCKS else parent.find_parent(BLOCKS)
        blocks.setdefault(id(block), []).append(str(node) if said else " ")
    for texts in blocks.values():
        yield "".join(texts)


def _attributes(soup: BeautifulSoup) -> Iterator[str]:
    for element in soup.find_all(True):
        for name in SPOKEN_ATTRIBUTES:
            if element.has_attr(name) and not _is_foreign(element):
                yield str(element[name])
        if element.name == "meta" and element.get("name") == "description":
            yield str(element["content"])


def _is_foreign(element: Tag) -> bool:
    """Whether it is in another language than the page."""
    own = element if element.has_attr("lang") else element.find_parent(lang=True)
    return own is not None and own["lang"] != PSEUDO.tag
