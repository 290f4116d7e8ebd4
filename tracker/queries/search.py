"""One question, everything that answers it: measures, sections, sponsors and coverage, each with the reason.

A number in any written form finds its matter at once. Otherwise all words must stand somewhere in a matter; a word
that nobody wrote is taken for the name nearest to it, and that is said.
"""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import search
from tracker.held import table
from tracker.models import TRACKED, Matter, Note, Person, SectionEffect, Sponsorship
from tracker.models.sources import Article, Coverage
from tracker.press.named import Named, named, patterns
from tracker.queries import Line, fetch_lines, lines_where
from tracker.queries.coverage import PUBLISHED

PAGE_SIZE: Final = 20
LONGEST: Final = 200  # characters of a question
PEOPLE_SHOWN, STORIES_SHOWN, NAMED_SHOWN = 5, 8, 8
NEAR: Final = 0.78  # how like a name a word must be to stand for it (difflib's ratio)
SHORTEST_NAME: Final = 4
WORD: Final = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_FACETS: Final = ("scope", "kind", "stage")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks. ``scope`` is "tracked", one of SCOPES, or "all"; "" in the others asks for nothing."""

    q: str
    scope: str = "tracked"
    kind: str = ""
    stage: str = ""
    year: int | None = None
    page: int = 1


class Result(NamedTuple):
    """A matter with the reasons: fields of the index that hold the words, and a few words of its text."""

    line: Line
    fields: tuple[str, ...]
    snippet: str


class Sponsor(NamedTuple):
    """A member whose name the question holds, and how many tracked matters they sponsored."""

    name: str
    matters: int


class Piece(NamedTuple):
    """An article whose headline, outlet or excerpt holds the words."""

    headline: str
    outlet: str
    kind: str
    address: str
    published_on: date | None
    language: str


@dataclass(frozen=True, slots=True)
class Found:
    """The answer. ``instead`` says which words were taken for which names; ``common`` that all words are everywhere.

    ``facets`` count the matters that hold the words, before any filter but the scope, by column and value;
    ``elsewhere`` counts those out of the scope that was asked for.
    """

    named: tuple[Line, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    results: tuple[Result, ...] = ()
    total: int = 0
    page: int = 1
    elsewhere: int = 0
    common: bool = False
    instead: tuple[tuple[str, str], ...] = ()
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    sponsors: tuple[Sponsor, ...] = ()
    pieces: tuple[Piece, ...] = ()

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def says_more(self) -> bool:
        """Whether the measures found by words are more than those found by number."""
        return bool(self.results) and not {r.line.id for r in self.results} <= {line.id for line in self.named}

    @property
    def empty(self) -> bool:
        return not (self.named or self.sections or self.results or self.sponsors or self.pieces)


def answer(session: Session, asked: Asked) -> Found:
    """Everything that answers the question. A question without a word or number is answered with nothing."""
    words = asked.q[:LONGEST]
    if not search.terms_of(words):
        return Found()
    numbers = named(words)
    words, instead = _nearest(session, words)
    hits = search.matters(session, words)
    facets, total, elsewhere = _counted(session, hits, asked)
    common = total + elsewhere >= search.COMMON
    page = min(max(1, asked.page), max(1, -(-total // PAGE_SIZE)))
    lines = _lines(session, hits, asked, page, common)
    return Found(
        named=_numbered(session, numbers),
        sections=_sections(session, numbers),
        results=_reasons(session, words, lines, common),
        total=total,
        page=page,
        elsewhere=elsewhere,
        common=common,
        instead=instead,
        facets=facets,
        sponsors=_sponsors(session, words),
        pieces=_pieces(session, words),
    )


def numbered(session: Session, words: str) -> tuple[tuple[Line, ...], tuple[tuple[str, str], ...]]:
    """The matters and sections that words name by number; of another year where there is none of that one."""
    numbers = named(words[:LONGEST])
    lines = _numbered(session, numbers) or _numbered(session, [number._replace(year=0) for number in numbers])
    return lines, _sections(session, numbers)


def _numbered(session: Session, numbers: Iterable[Named]) -> tuple[Line, ...]:
    """The matters of these numbers, tracked ones first, newest first."""
    which = [getattr(Matter, column).like(like) for column, like in map(patterns, _matters(numbers))]
    if not which:
        return ()
    tracked = sa.case((col(Matter.scope).in_(TRACKED), 0), else_=1)
    chosen = lines_where(sa.or_(*which)).order_by(tracked, col(Matter.introduced_on).desc().nulls_last())
    return fetch_lines(session, chosen.limit(NAMED_SHOWN))


def _matters(numbers: Iterable[Named]) -> list[Named]:
    return [name for name in numbers if name.kind != "section"]


def _sections(session: Session, numbers: Iterable[Named]) -> tuple[tuple[str, str], ...]:
    wanted = [name.number for name in numbers if name.kind == "section"]
    chosen = sa.select(col(SectionEffect.code), col(SectionEffect.section)).distinct()
    rows = session.execute(chosen.where(col(SectionEffect.section).in_(wanted))) if wanted else ()
    return tuple((code, section) for code, section in rows)


def _scoped(scope: str) -> list[Any]:
    if scope == "all":
        return []
    return [col(Matter.scope).in_(TRACKED)] if scope == "tracked" else [col(Matter.scope) == scope]


def _counted(session: Session, hits: search.Hits, asked: Asked) -> tuple[dict[str, dict[str, int]], int, int]:
    """How many matters hold the words by scope, kind and stage, how many fit what was asked, how many are elsewhere."""
    year = sa.extract("year", col(Matter.introduced_on))
    columns: list[Any] = [Matter.scope, Matter.kind, Matter.stage, year]
    chosen = sa.select(*columns, sa.func.count()).select_from(_joined(hits)).where(*_there(hits)).group_by(*columns)
    facets: dict[str, Counter[str]] = {name: Counter() for name in _FACETS}
    total = everything = inside = 0
    for scope, kind, stage, of_year, number in session.execute(chosen):
        everything += number
        facets["scope"][scope] += number
        if asked.scope not in ("all", scope) and not (asked.scope == "tracked" and scope in TRACKED):
            continue
        inside += number
        facets["kind"][kind] += number
        facets["stage"][stage] += number
        fits = asked.kind in ("", kind) and asked.stage in ("", stage) and asked.year in (None, of_year)
        total += number if fits else 0
    return {name: dict(counter.most_common()) for name, counter in facets.items()}, total, everything - inside


def _joined(hits: search.Hits) -> Any:
    return hits.index.join(table(Matter), col(Matter.id) == hits.key)


def _there(hits: search.Hits) -> list[Any]:
    return [hits.condition, col(Matter.removed_at).is_(None)]


def _lines(session: Session, hits: search.Hits, asked: Asked, page: int, common: bool) -> tuple[Line, ...]:
    """One page, best first; where every word is everywhere, the newest first, since no word tells them apart."""
    which = _there(hits) + _scoped(asked.scope)
    which += [col(Matter.kind) == asked.kind] if asked.kind else []
    which += [col(Matter.stage) == asked.stage] if asked.stage else []
    if asked.year:
        which += [col(Matter.introduced_on).between(date(asked.year, 1, 1), date(asked.year, 12, 31))]
    newest = col(Matter.introduced_on).desc().nulls_last()
    order = (newest, col(Matter.id)) if common else (hits.order, newest, col(Matter.id))
    ids = sa.select(col(Matter.id)).select_from(_joined(hits)).where(*which).order_by(*order)
    rows = session.execute(ids.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    wanted = [row.id for row in rows]
    lines = {line.id: line for line in fetch_lines(session, lines_where(col(Matter.id).in_(wanted)))}
    return tuple(lines[key] for key in wanted if key in lines)


def _reasons(session: Session, words: str, lines: Sequence[Line], common: bool) -> tuple[Result, ...]:
    ids = [line.id for line in lines]
    where = {} if common else search.fields(session, words, ids)
    only_text = [key for key in ids if where.get(key) == ("text",)]
    said = search.snippets(session, words, only_text)
    return tuple(Result(line, where.get(line.id, ()), said.get(line.id, "")) for line in lines)


def _sponsors(session: Session, words: str) -> tuple[Sponsor, ...]:
    """Members whose family name the question holds; where it holds more of one's name, only that one."""
    parts = {plain(word) for word in WORD.findall(words) if len(word) >= SHORTEST_NAME}
    tracked = select(Matter.id).where(col(Matter.scope).in_(TRACKED), col(Matter.removed_at).is_(None))
    number = sa.func.count(sa.distinct(col(Sponsorship.matter_id)))
    columns: list[Any] = [Person.name, number]
    chosen = (
        sa.select(*columns)
        .join(Sponsorship, col(Sponsorship.person_id) == Person.id)
        .where(col(Sponsorship.matter_id).in_(tracked))
        .group_by(col(Person.name))
    )
    held = [Sponsor(*row) for row in session.execute(chosen)]
    held = [sponsor for sponsor in held if parts & _parts(_family(sponsor.name))]
    best = max((len(parts & _parts(sponsor.name)) for sponsor in held), default=0)
    found = [sponsor for sponsor in held if len(parts & _parts(sponsor.name)) == best]
    return tuple(sorted(found, key=lambda sponsor: (-sponsor.matters, sponsor.name))[:PEOPLE_SHOWN])


def _family(name: str) -> str:
    """The last word of a name that is more than an initial or "Jr."."""
    return next((word for word in reversed(WORD.findall(name)) if len(word) >= SHORTEST_NAME), "")


def _parts(name: str) -> set[str]:
    """The words of a name, and the parts of a double name."""
    words = [plain(word) for word in WORD.findall(name)]
    return {part for word in words for part in (word, *re.split(r"[-’']", word))}


def plain(word: str) -> str:
    """A word as people type it: small letters, without accents."""
    apart = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).lower()


def _pieces(session: Session, words: str) -> tuple[Piece, ...]:
    """Articles with a published link, best first."""
    hits = search.articles(session, words)
    linked = select(Coverage.article_id).where(Coverage.outcome == PUBLISHED)
    columns: list[Any] = [getattr(Article, name) for name in Piece._fields]
    columns[Piece._fields.index("address")] = sa.func.coalesce(
        sa.func.nullif(Article.shown_address, ""), Article.address
    )
    chosen = (
        sa.select(*columns)
        .select_from(hits.index.join(table(Article), col(Article.id) == hits.key))
        .where(hits.condition, col(Article.id).in_(linked))
        .order_by(hits.order, col(Article.published_on).desc().nulls_last(), col(Article.id))
    )
    return tuple(Piece(*row) for row in session.execute(chosen.limit(STORIES_SHOWN)))


def _nearest(session: Session, words: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The question with every word that stands nowhere replaced by the name most like it, if one is like it."""
    instead = []
    unknown = [word for word in dict.fromkeys(WORD.findall(words)) if not _written(session, word)]
    names = {plain(name): name for name in _names(session)} if unknown else {}
    for word in unknown:
        near = [] if plain(word) in names else difflib.get_close_matches(plain(word), names, n=1, cutoff=NEAR)
        if near:
            instead.append((word, names[near[0]]))
            words = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", names[near[0]], words)
    return words, tuple(instead)


def _written(session: Session, word: str) -> bool:
    """Whether a word is too short to be a name, or stands in any matter or article."""
    hits = (search.matters(session, word), search.articles(session, word))
    return len(word) < SHORTEST_NAME or any(search.count(session, found) for found in hits)


def _names(session: Session) -> set[str]:
    """Words of the names people ask for: members who sponsored anything, and what the press calls measures."""
    people = session.scalars(select(Person.name).where(col(Person.id).in_(select(Sponsorship.person_id)))).all()
    notes = session.execute(sa.select(col(Note.popular_names), col(Note.headline)))
    texts = [*people, *(text for row in notes for text in row)]
    words = {word for text in texts for word in WORD.findall(text)}
    parts = {part for word in words for part in (word, *re.split(r"[-’']", word))}
    return {part for part in parts if len(part) >= SHORTEST_NAME}
