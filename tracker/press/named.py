"""What a question names by number: bills, laws, orders, sections, in every written form. Pure."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from tracker.press.citations import find_citations
from tracker.press.text import fold

_BARE: Final = re.compile(r"\W*(?P<number>\d{1,4})(?:-?[A-H])?(?:\s?[-/]\s?(?P<year>(?:19|20)\d\d))?\W*", re.ASCII)
_BARE_SECTION: Final = re.compile(r"\W*(?P<number>\d{1,2}-\d{3,4}(?:\.\d+)?)\W*", re.ASCII)
ANY: Final = ("Int", "Res", "LL", "EO")
FIRST_YEAR: Final = 1898


class Named(NamedTuple):
    """A number in a question: ``kind`` is Int, Res, LL, EO, EEO or section; ``year`` 0 where none is given."""

    kind: str
    number: str
    year: int


def named(question: str) -> tuple[Named, ...]:
    """Every number that the question may mean; a number that stands alone may be of any kind."""
    return tuple(dict.fromkeys(_named(question)))


def _named(question: str) -> Iterator[Named]:
    folded = fold(question)
    if bare := _BARE_SECTION.fullmatch(folded):
        number, _, year = bare["number"].partition("-")
        if not year.isdigit() or int(year) < FIRST_YEAR:
            yield Named("section", bare["number"], 0)
            return
    if bare := _BARE.fullmatch(folded):
        yield from (Named(kind, str(int(bare["number"])), int(bare["year"] or 0)) for kind in ANY)
        return
    yield from (Named(cited.kind, cited.number, cited.year) for cited in find_citations(folded))


def patterns(name: Named) -> tuple[str, str]:
    """Where such a number is found: the column of a matter, and what it is LIKE."""
    if name.kind == "LL":
        return "local_law", f"{name.year or '____'}/{int(name.number):03}"
    if name.kind in ("EO", "EEO"):
        return "file_number", f"{name.kind} {name.number}-{name.year or '____'}"
    return "file_number", f"{name.kind} {int(name.number):04}-{name.year or '____'}%"
