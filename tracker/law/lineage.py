"""Which bill of an earlier session a new one brings back, with a score and the reasons in words. Pure.

Council files die with their session (Charter § 25) and are filed anew under another number, and no field of the
Council's record says so. Four things do: the note that the drafters leave at the foot of a text ("Int. #1092-2018"),
the title, the prime sponsor, and the words. Two texts are compared by their runs of five words, since a bill that
returns keeps its sentences even where it gains clauses, and bills on one subject share words but not runs of them.

`Titles` finds what is worth comparing among all earlier files, by title and by drafting note; the words themselves are
compared for those few only. A bill is proposed once: from the latest earlier session that fits, since what returns
for the third time comes back from the second.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import exp
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from tracker import identifiers
from tracker.errors import BadIdentifier
from tracker.language import N_, _, looked_up, ours
from tracker.lifecycle import session_end

SOURCE: Final = "lineage rule"  # whose word a relation is that was found here
PUBLISHED, PROPOSED = "published", "proposed"
PUBLISH_FROM: Final = 0.8
PROPOSE_FROM: Final = 0.5
KINDS: Final = frozenset({"Introduction", "Resolution"})

_RUN: Final = 5  # words
_FOOT: Final = 600  # characters of a text in which the drafters' note stands
_ALIKE: Final = 60  # out of 100: titles below this are not worth a look
_MANY: Final = 30  # candidates whose texts are read
_SAME: Final = 0.95
_LONG_TITLE: Final = 20  # characters; a shorter official subject says too little
_PROBES, _PROBE_WORDS = 8, 6
# Weights of a logistic score, fitted on the archive's own lists of resubmitted bills and rounded.
_BASE, _NOTE, _TITLE, _SPONSOR, _PART, _WHOLE = -9.5, 6.0, 6.0, 2.5, 1.5, 4.5
_BOTH: Final = 2.0  # one sponsor under one title, which says more than each alone
_BORNE_OUT: Final = 2.0  # a note that the words bear out

_WORD: Final = re.compile(r"[a-z0-9]+")
_SUBJECT: Final = re.compile(r"in relation to (.*)", re.IGNORECASE | re.DOTALL)
_NOTED: Final = re.compile(
    r"\b(Int|Res)[a-z]*[\s.#:]*(?:Nos?\b)?[\s.#:]*(\d{1,4})(?:-[A-C]\b)?\s*[-/.]\s*((?:19|20)\d\d)\b"
)
# Approvals of zoning, appointments and designations, and the Council's own rules, come every year in the same words.
_ROUTINE: Final = re.compile(
    r"(?:preconsidered )?(?:lu|m) \d|approving (?:the )?(?:new )?designation|.*\brules of the council\b"
)


class Form(NamedTuple):
    """One Council file as lineage sees it. `title` is the short name, `subject` what follows "in relation to".

    `ends` is the last day of its session, an ISO date; `sponsor` the prime sponsor's name, "" where none is known.
    `enacted` files do not return: what comes after a law amends or replaces it.
    """

    file_number: str
    kind: str
    title: str
    subject: str
    sponsor: str
    ends: str
    enacted: bool = False


# what speaks for a return: clauses of one sentence
NOTED: Final = N_("the drafting note names the earlier file")
SHARED: Final = N_("%(share)s of the shorter text's runs of five words are in both texts")
SAME_TITLE: Final = N_("the titles are the same")
LIKE_TITLE: Final = N_("the titles are nearly the same")
SAME_SPONSOR: Final = N_("the prime sponsor is the same")
_SHARE: Final = re.compile(re.escape(SHARED).replace(re.escape("%(share)s"), r"(\d+%)"))


class Proposal(NamedTuple):
    """That `later` brings `earlier` back. `score` is between 0 and 1, the reasons are clauses in plain words."""

    earlier: str
    later: str
    score: float
    reasons: tuple[str, ...]

    @property
    def outcome(self) -> str:
        return PUBLISHED if self.score >= PUBLISH_FROM else PROPOSED

    @property
    def evidence(self) -> str:
        """The reasons as one sentence: "The titles are the same, and so is the prime sponsor."."""
        text = "; ".join(self.reasons)
        return f"{text[:1].upper()}{text[1:]}."


class Finding(NamedTuple):
    """What two files have in common: shares are between 0 and 1, None where a text is not at hand."""

    noted: bool
    title: float
    sponsor: bool
    part: float | None  # of the shorter text's runs of words
    whole: float | None  # of all runs of both


def form(
    file_number: str, kind: str, name: str, title: str, sponsor: str, introduced_on: str, enacted: bool = False
) -> Form:
    """A file made ready; `introduced_on` is an ISO date or "", when the number's own year counts."""
    subject = _SUBJECT.search(title)
    ends = session_end(introduced_on or f"{_year(file_number)}-01-01")
    return Form(file_number, kind, plain(name), plain(subject[1] if subject else title), sponsor, ends, enacted)


def _year(file_number: str) -> str:
    found = re.search(r"-((?:19|20)\d\d)\b", file_number)
    return found[1] if found else ""


def plain(text: str) -> str:
    """Lower-case words and nothing else: the form in which titles are compared."""
    return " ".join(_WORD.findall(text.lower()))


def runs(text: str) -> frozenset[int]:
    """The runs of five words of a text, as numbers that are good within this process."""
    words = _WORD.findall(text.lower())
    return frozenset(hash(run) for run in zip(*(words[start:] for start in range(_RUN)), strict=False))


def noted(text: str) -> frozenset[str]:
    """The file numbers in the note at the foot of a text."""
    found = set()
    for kind, number, year in _NOTED.findall(text[-_FOOT:]):
        try:
            found.add(str(identifiers.FileNumber.parse(f"{kind} {number}-{year}")))
        except BadIdentifier:
            continue
    return frozenset(found)


def probes(text: str) -> Iterator[str]:
    """A few groups of long words from places spread over a text: what a search index is asked for its likes."""
    words = [word for word in _WORD.findall(text.lower()) if len(word) > 6 and word.isalpha()]
    step = max(len(words) // _PROBES, _PROBE_WORDS)
    for start in range(0, len(words) - _PROBE_WORDS, step):
        yield " ".join(dict.fromkeys(words[start : start + _PROBE_WORDS]))


def routine(title: str) -> bool:
    """Whether a file of this plain title is one whose words always repeat, so that likeness means nothing."""
    return _ROUTINE.match(title) is not None


class Titles:
    """All files at hand, looked through by title: twenty thousand in a few hundredths of a second."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self.forms: dict[str, Form] = {each.file_number: each for each in forms}
        self._numbers = list(self.forms)
        self._titles = [each.title for each in self.forms.values()]
        self._subjects = [each.subject for each in self.forms.values()]

    def candidates(self, later: Form, text: str, others: Iterable[str] = ()) -> list[Form]:
        """Earlier files worth a comparison: named in the note, alike in title, or given in `others`."""
        found = dict.fromkeys([*sorted(noted(text)), *others])
        for wanted, choices in ((later.title, self._titles), (later.subject, self._subjects)):
            if len(wanted) > _LONG_TITLE // 2:
                near = process.extract(wanted, choices, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_MANY)
                found |= dict.fromkeys(self._numbers[place] for _, _, place in near)
        known = (self.forms[number] for number in found if number in self.forms)
        return [each for each in known if _may_return(each, later)]


def _may_return(earlier: Form, later: Form) -> bool:
    return earlier.kind == later.kind and earlier.ends < later.ends and not earlier.enacted


def compare(later: Form, earlier: Form, text: str, earlier_text: str, mine: frozenset[int]) -> Finding:
    """What the two have in common; `mine` are the runs of `text`, counted once for all candidates."""
    titles = [fuzz.ratio(later.title, earlier.title)]
    if min(len(later.subject), len(earlier.subject)) > _LONG_TITLE:
        titles.append(fuzz.ratio(later.subject, earlier.subject))
    theirs = runs(earlier_text)
    shared = len(mine & theirs)
    both = bool(mine and theirs)
    return Finding(
        noted=earlier.file_number in noted(text),
        title=max(titles) / 100,
        sponsor=bool(later.sponsor) and later.sponsor == earlier.sponsor,
        part=shared / min(len(mine), len(theirs)) if both else None,
        whole=shared / len(mine | theirs) if both else None,
    )


def score(found: Finding) -> float:
    """How sure it is, between 0 and 1; without a text the titles must carry it, and do not carry it far."""
    title = max(0.0, 2 * found.title - 1)
    total = _BASE + _NOTE * found.noted + _TITLE * title + _SPONSOR * found.sponsor
    total += _BOTH * (found.sponsor and found.title >= _SAME)
    total += _PART * (found.part or 0.0) + _WHOLE * (found.whole or 0.0)
    total += _BORNE_OUT * found.noted * (found.part or 0.0)
    return round(1 / (1 + exp(-total)), 3)


def reasons(found: Finding) -> Iterator[str]:
    """The findings that speak for it, strongest first, as clauses; in English, as they are kept."""
    if found.noted:
        yield NOTED
    if found.part is not None and found.part >= 0.1:
        yield SHARED % {"share": f"{found.part:.0%}"}
    if found.title >= 0.995:
        yield SAME_TITLE
    elif found.title >= 0.8:
        yield LIKE_TITLE
    if found.sponsor:
        yield SAME_SPONSOR


def told(evidence: str) -> str | None:
    """What is kept as the evidence of a return, in the language that is spoken; None where that has no words for it."""
    said = [_told(clause) for clause in evidence.rstrip(".").split("; ")]
    if None in said:
        return ours(evidence)
    text = "; ".join(filter(None, said))
    return f"{text[:1].upper()}{text[1:]}."


def _told(clause: str) -> str | None:
    clause = clause[:1].lower() + clause[1:]
    if found := _SHARE.fullmatch(clause):
        return _(SHARED, share=found[1])
    return looked_up(clause) if clause in (NOTED, SAME_TITLE, LIKE_TITLE, SAME_SPONSOR) else None


def propose(later: Form, text: str, candidates: Sequence[Form], texts: Mapping[str, str]) -> Proposal | None:
    """The file that `later` brings back, if any is likely enough. `texts` are the candidates', where at hand."""
    if routine(later.title):
        return None
    mine = runs(text)
    scored = []
    for earlier in candidates:
        found = compare(later, earlier, text, texts.get(earlier.file_number, ""), mine)
        scored.append((score(found), earlier, found))
    good = [each for each in scored if each[0] >= PUBLISH_FROM] or [each for each in scored if each[0] >= PROPOSE_FROM]
    if not good:
        return None
    sure, earlier, found = max(good, key=lambda each: (each[1].ends, each[0], each[1].file_number))
    return Proposal(earlier.file_number, later.file_number, sure, tuple(reasons(found)))


def chain(number: str, pairs: Iterable[tuple[str, str]]) -> frozenset[str]:
    """All files that are one bill across sessions with this one, itself among them; pairs are (earlier, later)."""
    beside: dict[str, set[str]] = {}
    for earlier, later in pairs:
        beside.setdefault(earlier, set()).add(later)
        beside.setdefault(later, set()).add(earlier)
    found, ahead = {number}, [number]
    while ahead:
        new = beside.get(ahead.pop(), set()) - found
        found |= new
        ahead += new
    return frozenset(found)
