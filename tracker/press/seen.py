"""What is seen in each sentence of an article: the words of the settings by kind, years, and ages. Pure."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from tracker.press.resolve import Context, years_in
from tracker.press.text import Sentence

_NUMBERS: Final = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_NONE: Final = frozenset[str]()
_NO_YEARS: Final = frozenset[int]()
_TALLY: Final = re.compile(r"(?<![\d-])(?P<yes>[2-5]\d)\s*(?:-|to|-to-)\s*(?P<no>\d{1,2})(?![\d-])", re.IGNORECASE)
_DECADE: Final = 10  # years
_A_DECADE: Final = re.compile(
    r"\b(?:a decade (?:ago|after|later|earlier)|for (?:over |more than )?a decade|decade-(?:old|long))\b", re.IGNORECASE
)
_YEAR: Final = r"(?:19[89]\d|20[0-4]\d)"
_WORKS: Final = (
    r"(?:laws?|bills?|legislation|measures?|ordinances?|statutes?|orders?|polic\w+|resolutions?|rules?|provisions?)"
)
_MADE: Final = (
    r"(?:pass|sign|enact|adopt|approv|vot|issu|creat|establish|introduc|amend|expand|chang|strengthen|limit|restrict"
    r"|bar|bann|prohibit|forb|overr)\w*"
)
_RANGE: Final = re.compile(
    rf"\b(?:{_WORKS}|{_MADE})(?:\W+\w+){{0,3}}?\W+(?P<both>between\s+)?(?P<first>{_YEAR})\s*"
    rf"(?(both)and|(?:-|to|through))\s*(?P<last>{_YEAR})\b",
    re.IGNORECASE,
)
_NEXT: Final = r"\s+(?!(?:after|since|under|because|when|as)\b)[\w.'-]+"  # a word that begins no other clause
_BOUND: Final = re.compile(
    rf"\b({_YEAR})(?:{_NEXT}){{0,4}}\s+{_WORKS}\b"
    rf"|\b{_WORKS}\s+(?:of|from|in|dating from|dating to)\s+(?:[A-Z]\w+\s+)?({_YEAR})\b"
    rf"|\b{_MADE}(?:\W+\w+){{0,4}}\s+(?:in|of|from|since|to)\s+(?:[A-Z]\w+\s+)?({_YEAR})\b"
    rf"|\bin\s+(?:[A-Z]\w+\s+)?({_YEAR}),?(?:{_NEXT}){{0,8}}?\s+{_MADE}\b",
    re.IGNORECASE,
)
_CARRIED: Final = 2  # sentences, over which a text goes on about a bill without saying so
_WHOLE: Final = 6  # words; a shorter line is no sentence that goes on
_MATTERS: Final = frozenset({"law", "bill", "order", "resolution"})
_UNITS: Final = {word: number for number, word in enumerate(_NUMBERS, start=1)}
_AGE: Final = re.compile(
    rf"\b(?P<number>\d{{1,2}}|{'|'.join(_UNITS)})(?:-|\s+)years?(?:-old|\s+(?:ago|after|since|later|earlier))",
    re.IGNORECASE,
)


class Seen(NamedTuple):
    """One sentence and what was found in it.

    ``marks`` are all names of lists that were found, as ``kind:name`` or a plain name; the sets after the years are
    the names of one kind each. ``aged`` are the years that "eight years ago" may mean, ``tallies`` votes as "43-5".
    ``bound`` are the years by which it calls a law, a bill or an order: "the 2014 law", "passed in 2014".
    ``before`` are the kinds of the sentence before, where this one says none: "Two bills were signed. They bar ..."
    """

    place: int
    sentence: Sentence
    marks: frozenset[str]
    years: frozenset[int]
    aged: frozenset[int]
    objects: frozenset[str]
    agencies: frozenset[str]
    kinds: frozenset[str]
    acts: frozenset[str]
    mayors: frozenset[str]
    people: frozenset[str]
    tallies: frozenset[str]
    before: frozenset[str] = frozenset()
    bound: frozenset[int] = frozenset()

    @property
    def general(self) -> str:
        """The general words for the subject: "cooperation", else "policy", else ""."""
        return next((mark for mark in ("cooperation", "policy") if mark in self.marks), "")

    @property
    def foreign_order(self) -> bool:
        """Whether an order in it is the President's or the Governor's."""
        return "hand" in self.marks and not self.mayors


def see_all(marked: Iterable[tuple[Sentence, frozenset[str]]], context: Context) -> Iterator[Seen]:
    """Every sentence with its marks and years; what follows a semicolon is still about the same kind of matter."""
    goes_on, kinds, before, since = False, _NONE, _NONE, 0
    for place, (sentence, marks) in enumerate(marked):
        own = frozenset(mark for mark in marks if mark.startswith("kind:"))
        inherited = kinds if goes_on and sentence.words[:1].islower() and not own else _NONE
        seen = _see(place, sentence, marks | inherited, context)
        told = seen.kinds & _MATTERS or (since and len(sentence.words.split()) < _WHOLE)
        yield seen._replace(before=_NONE if told else before)
        goes_on, kinds = sentence.words.endswith(";"), own or inherited
        since = 0 if seen.kinds & _MATTERS else since + 1
        before = seen.kinds if since == 0 or since > _CARRIED else seen.kinds | before


@lru_cache(maxsize=4096)
def _by_kind(marks: frozenset[str]) -> dict[str, frozenset[str]]:
    """The names of each kind of marks; sentences with the same marks are many."""
    names: dict[str, set[str]] = {}
    for mark in marks:
        kind, colon, name = mark.partition(":")
        if colon:
            names.setdefault(kind, set()).add(name)
    return {kind: frozenset(found) for kind, found in names.items()}


def _see(place: int, sentence: Sentence, marks: frozenset[str], context: Context) -> Seen:
    names, years = _by_kind(marks), years_in(sentence.words)
    return Seen(
        place,
        sentence,
        marks,
        years | _ranges_in(sentence.words) if len(years) > 1 else years,
        _ages_in(sentence.words, context),
        objects=names.get("object", _NONE),
        agencies=names.get("agency", _NONE),
        kinds=names.get("kind", _NONE),
        acts=names.get("act", _NONE),
        mayors=names.get("mayor") or names.get("speaker", _NONE),
        people=names.get("sponsor", _NONE),
        tallies=_tallies_in(sentence.words),
        bound=_bound_in(sentence.words) if years else _NO_YEARS,
    )


def _ranges_in(words: str) -> frozenset[int]:
    """The years between two of them: "laws passed from 2014 to 2018"."""
    spans = ((int(found["first"]), int(found["last"])) for found in _RANGE.finditer(words))
    return frozenset(year for first, last in spans for year in range(first, last) if last - first < _DECADE)


def _bound_in(words: str) -> frozenset[int]:
    """The years of laws and orders."""
    return frozenset(int(next(filter(None, found.groups()))) for found in _BOUND.finditer(words))


def _tallies_in(words: str) -> frozenset[str]:
    """Votes for and against, as "43-5"."""
    return frozenset(f"{found['yes']}-{found['no']}" for found in _TALLY.finditer(words))


def _ages_in(words: str, context: Context) -> frozenset[int]:
    """The years that "eight years ago" may mean; the day of publication and rounding leave a year to either side."""
    if context.published is None or not ("year" in words.lower() or "decade" in words.lower()):
        return frozenset()
    ages = (age["number"].lower() for age in _AGE.finditer(words))
    then = [context.published.year - (_UNITS.get(age) or int(age)) for age in ages]
    then += [context.published.year - _DECADE] if _A_DECADE.search(words) else []
    last = frozenset({context.published.year - 1} if "last year" in words.lower() else ())
    return last | frozenset(year + step for year in then for step in (-1, 0, 1))
