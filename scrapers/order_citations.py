"""What a mayoral order does to other orders, in its own words.

Pure: a text in, `Citation`s out. Which stored order is meant, and what follows from it, is decided elsewhere. Only what
the order itself does counts: recitals (WHEREAS ...) and what earlier orders did ("as amended by Executive Order 78") do
not. The phrases are those of some 2,300 orders of 1974 to 2026, many of them scans.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import zip_longest
from typing import Final, NamedTuple

from scrapers.order_names import OrderName, find_orders
from scrapers.printed_dates import DAY, read_day


class Citation(NamedTuple):
    """One thing that an order does to another one, or to all of a time.

    ``verb`` is revokes, amends, supersedes, continues or extends. ``series`` is "EO" or "EEO" as printed, ``number``
    without leading zeros ("34", "2.38"). ``year`` is 0 and ``dated_on`` "" where the text does not say them.

    A mass effect has no number: it is on every order of ``series`` issued on or after ``since`` and *before* ``before``
    (ISO dates, "" for no limit) that was in effect then. "In effect on December 31, 1989" is before 1990-01-01.

    ``partial`` is True where the words name a part ("Section 2 of ...") or an exception. ``words`` is the phrase that
    says so, its white space tidied, 240 characters at most; it holds the name and the verb.
    """

    verb: str
    series: str
    number: str
    year: int
    dated_on: str
    since: str
    before: str
    partial: bool
    words: str


LONGEST_WORDS: Final = 240
FARTHEST: Final = 1200  # characters between the first order of a list and what is done to it
AHEAD: Final = 400  # characters in which what follows "I hereby amend" is still its object
NEAR: Final = 100  # characters between a verb and the first order that it hits, and for an exception
HEADING: Final = 700  # characters in which a heading must have ended

_STEMS: Final = (
    ("revokes", r"r[ea]vo[ck]|repeal|resci[ns]"),
    ("supersedes", r"super[sc]ed"),
    ("amends", r"amend|modif|renumber|re-?letter|add"),
    ("extends", r"exten[dst]"),
    ("continues", r"continu|shall|remain"),
)
_DONE: Final = r"r[ea]vok|repeal|rescin|super[sc]ed|amend|modif|renumber|re-?letter|exten[dst]|continu"
_HEREBY: Final = r"he\w{1,3}by"  # a scan's "herby", "hercby"
# "... is hereby revoked": what is hit stands before
_PASSIVE: Final = re.compile(
    rf"(?:\b(?:is|are|be|{_HEREBY})\b|[{{(\[]s\b)(?:\W{{1,3}}(?:is|are|be|{_HEREBY}|further|also|therefore)\b)*"
    rf"\W{{1,3}}(?P<stem>{_DONE})\w*",
    re.IGNORECASE,
)
_REMAINS: Final = re.compile(
    r"\b(?P<stem>shall|continue|remain)s?\b[\w ,]{0,40}?\b(?:in|of) (?:full )?(?:force|effect)\b", re.IGNORECASE
)
# "I hereby amend ...", "... is added to ...": what is hit comes after
_ACTIVE: Final = re.compile(
    rf"(?:(?:\b{_HEREBY}\b|\border\b|\b(?:and|also|shall)\b(?! continu)|[(])\W+(?:[a-z]\W{{1,3}})?"
    r"|^|[.;:] (?:[a-z]\. )?)"
    r"(?P<stem>revoke|repeal|rescind|super[sc]ede|amend|modify|extend|continue|add)s?\b(?! by\b)"
    rf"|\b(?:is|are|{_HEREBY})\W+(?P<added>added)\b",
    re.IGNORECASE,
)
# "AMENDMENT OF EXECUTIVE ORDER NO. 34", "(Supersedes Executive Order No. 120 ...)", in a heading
_TITLE: Final = re.compile(
    r"\b(?P<stem>revo[ck]|repeal|resci[ns]|super[sc]ed|amend|exten[dst]|continu)(?:e?s|ing|ment|s?ions?|ation)?\b"
    r"(?! by\b)",
    re.IGNORECASE,
)
_FOLLOWING: Final = re.compile(r"\bfollowing\b[^.;]*$", re.IGNORECASE)
# What ends the reach of a name: a sentence, a clause, the next section; not the items of a list of orders.
_END: Final = re.compile(
    r"(?<!\bNo)(?<!\bNos)(?<!\bdated)(?<!\b[A-Z])(?:[.:] +|; +(?!(?:and )?(?:Emergency )?Executive))"
    r"(?=[\"“”'(\[]*(?:[A-Z§$]|\d{1,2}\.|[a-z]\. |\([a-z]))|\bprovided\b"
)
_PLACE: Final = (
    r"(?:sections?|seetions?|paragraphs?|subdivisions?|subsections?|subparagraphs?|clauses?|items?|parts?|§§?)"
)
# An order named only to say where something else comes from: "as amended by section 4 of ..."
_ASIDE: Final = re.compile(
    rf"(?:\b(?:by|under|to|per|with|through)\W+(?:{_PLACE}\W[\w(),\s]{{1,40}}of\W+)?(?:the )?"
    r"(?:prior |Mayoral |such )?|\bwhich\b[^,;]{0,60}|\b[Ww]hereas\b.*)$",
    re.IGNORECASE,
)
_AND: Final = re.compile(rf"\W*and\W+(?:{_PLACE}\W[\w(),\s]{{1,40}}of\W+)?", re.IGNORECASE)
_PART: Final = re.compile(
    rf"(?:\b|(?=§))(?:{_PLACE}|provisions?|references?)\W[^;:]*\b(?:of|in|to)\W+(?:the |such |said )?"
    r"(?:prior |Mayoral )?$|(?<!declared )\bin\W+$",
    re.IGNORECASE,
)
_EXCEPT: Final = re.compile(r"\bexcept\b|\bto the extent\b|\binsofar\b|\bin part\b", re.IGNORECASE)
_START: Final = re.compile(
    rf"NOW,? ?THEREFORE|\bit is\W+(?:\w{{1,2}} )?(?:{_HEREBY}\W+)?ordered|\bSection\W{{0,3}}[1Il]\b"
    rf"|\bI {_HEREBY} (?:direct|order)|§ ?[1I]\b",
    re.IGNORECASE,
)
_RECITAL: Final = re.compile(
    rf"\bWHEREAS\b[^;]*?(?=;|\bWHEREAS\b|\bNOW\b|(?<=\.) (?=Section|§)|\bit is\W+{_HEREBY}|$)", re.IGNORECASE
)
_MASS: Final = re.compile(
    rf"\bAl[lt1I]\b (?:other |prior )?(?P<kind>(?:Emergency )?Executive Orders) "
    rf"(?P<which>(?:issued|in effect)\b.{{0,250}}?)(?:is|are) (?:hereby )?(?P<stem>{_DONE})\w*",
    re.IGNORECASE,
)
_SINCE: Final = re.compile(rf"\b(?:on or after|since) ({DAY})", re.IGNORECASE)
_PRIOR: Final = re.compile(rf"\b(?:prior to|before) ({DAY})", re.IGNORECASE)
_LAST: Final = re.compile(rf"\b(?:in effect on|on or before|through) ({DAY})", re.IGNORECASE)


def citations(text: str) -> tuple[Citation, ...]:
    """What an order's text does to other orders, each effect once; mass effects first. Never raises."""
    heading, ordered = _parts(" ".join(text.split()))
    found = _once([*_mass(ordered), *_before(ordered), *_after(ordered, _ACTIVE)])
    said = {(each.verb, each.series, each.number) for each in found}
    # a heading says "AMENDMENT OF" whole and part alike: it counts where the sections were not understood
    return found + _once(each for each in _after(heading, _TITLE) if (each.verb, each.series, each.number) not in said)


def _parts(text: str) -> tuple[str, str]:
    """The heading, and what is ordered, both without recitals."""
    start, recital = _START.search(text), _RECITAL.search(text)
    ends = [hit.start() for hit in (start, recital) if hit is not None]
    return text[: min(ends, default=HEADING)][:HEADING], _RECITAL.sub(" ", text[start.start() if start else 0 :])


def _mass(text: str) -> Iterator[Citation]:
    for hit in _MASS.finditer(text):
        since, prior, last = (pattern.search(hit["which"]) for pattern in (_SINCE, _PRIOR, _LAST))
        limits = [read_day(prior[1])] if prior else []
        if last and (day := read_day(last[1])):
            limits.append((date.fromisoformat(day) + timedelta(days=1)).isoformat())
        if since or limits:
            series = "EEO" if hit["kind"].lower().startswith("emergency") else "EO"
            words = _short(hit[0])
            partial = "designating" in words  # only what they say of officials by name
            yield Citation(
                _verb(hit["stem"]), series, "", 0, "", read_day(since[1]) if since else "", min(limits, default=""),
                partial, words,
            )  # fmt: skip


def _before(text: str) -> Iterator[Citation]:
    """What stands before "is hereby revoked", back to the last sentence, clause or verb; or after "the following"."""
    orders = list(find_orders(text))
    ends = [0, *(end.end() for end in _ends(text, orders))]
    done = 0
    for verb in sorted((*_PASSIVE.finditer(text), *_REMAINS.finditer(text)), key=re.Match.start):
        start = max(done, verb.start() - FARTHEST, ends[bisect_right(ends, verb.start()) - 1])
        done = verb.end()
        named = [order for order in orders if start <= order.start and order.end <= verb.start()]
        if not named and _FOLLOWING.search(text[start : verb.start()]):
            start, named = verb.end(), [order for order in orders if 0 <= order.start - done < FARTHEST]
        yield from _hit(text, start, named, verb)


def _after(text: str, verbs: re.Pattern[str]) -> Iterator[Citation]:
    """What stands after "I hereby amend", to the end of the sentence or the next verb."""
    orders = list(find_orders(text))
    ends = [*(end.start() for end in _ends(text, orders)), len(text)]
    found = list(verbs.finditer(text))
    for verb, later in zip_longest(found, found[1:]):
        stop = min(later.start() if later else len(text), verb.end() + AHEAD, ends[bisect_left(ends, verb.end())])
        named = [order for order in orders if verb.end() <= order.start < stop]
        if named and named[0].start - verb.end() < NEAR:
            yield from _hit(text, verb.end(), named, verb)


def _ends(text: str, orders: list[OrderName]) -> Iterator[re.Match[str]]:
    """Where sentences and clauses end; the points of a name ("No. 2. I 9") end none."""
    for end in _END.finditer(text):
        if not any(order.start < end.start() < order.end for order in orders):
            yield end


def _hit(text: str, start: int, orders: Iterable[OrderName], verb: re.Match[str]) -> Iterator[Citation]:
    """A citation for each order that is hit; ``start`` is where the words about them begin."""
    stem = next(word for word in verb.groupdict().values() if word).lower()
    first, aside = start, False
    rest = text[verb.end() : verb.end() + NEAR]
    for order in orders:
        gap = text[start : order.start]
        new = start == first and stem.startswith("add")  # "add a subdivision to section 3 of": this one is hit
        aside = (aside and bool(_AND.fullmatch(gap))) or (not new and bool(_ASIDE.search(gap)))
        start = order.end
        if not aside:
            partial = bool(_PART.search(gap) or _EXCEPT.search(rest))
            words = _said(text, sorted(((verb.start(), verb.end()), (order.start, order.end))))
            yield Citation(_verb(stem), order.series, order.number, order.year, order.dated_on, "", "", partial, words)


def _verb(stem: str) -> str:
    return next(verb for verb, stems in _STEMS if re.match(stems, stem, re.IGNORECASE))


def _said(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The words from the first span to the last; only the spans, where what lies between is too long."""
    words = text[spans[0][0] : spans[-1][1]]
    return _short(words if len(words) <= LONGEST_WORDS else " … ".join(text[start:end] for start, end in spans))


def _short(words: str) -> str:
    words = re.sub(r"^(?:\W|and\b)+", "", words).strip()
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1].rstrip() + "…"


def _once(found: Iterable[Citation]) -> tuple[Citation, ...]:
    """Each effect on each order once: the best dated wording, and partial only if every wording is."""
    kept: dict[tuple[str, ...], Citation] = {}
    for each in found:
        key = (each.verb, each.series, each.number, each.since, each.before)
        dated = next((k for k in kept if k[:5] == key and (not each.year or kept[k].year in (0, each.year))), None)
        if dated is None:
            kept[(*key, str(each.year))] = each
            continue
        held = kept[dated]
        best = max(held, each, key=lambda one: (bool(one.dated_on), bool(one.year)))
        kept[dated] = best._replace(partial=held.partial and each.partial)
    return tuple(kept.values())
