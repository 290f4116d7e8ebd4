"""What an address that leads nowhere seems to mean, and what the record holds that is near it."""

import re
from typing import Final, NamedTuple

from flask import request

from tracker.errors import TrackerError
from tracker.queries import Line
from tracker.queries import search as queries_search
from tracker.web.site import site

_ENDING: Final = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)
_FOLDERS: Final = frozenset(("matters", "sections", "outlets", "digests", "embed", "edit", "api", "export", "coverage"))
_HYPHEN: Final = re.compile(r"(?<=[^\W\d_])[-_+]+|[-_+]+(?=[^\W\d_])")
LONGEST: Final = 80


class Meant(NamedTuple):
    """The words of an address, and the matters and sections whose number they are."""

    words: str = ""
    lines: tuple[Line, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()


def words_of(path: str) -> str:
    """ "int 1412-2025" for ``/matters/int-1412-2025.html``: the last part that is a name, for a search. Pure."""
    parts = [part for part in path.split("/") if part and part not in _FOLDERS]
    name = _ENDING.sub("", parts[-1]) if parts else ""
    return " ".join(_HYPHEN.sub(" ", name).split())[:LONGEST]


def meant() -> Meant:
    """What the address that was asked seems to mean. Never raises: this is said on a page of an error."""
    words = words_of(request.path)
    try:
        with site().reading() as session:
            return Meant(words, *queries_search.numbered(session, words))
    except TrackerError:
        return Meant(words)
