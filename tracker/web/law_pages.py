"""The law on a day, what changed between two days, and one section: asked of `queries.law`, decided in `law`."""

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

from flask import Blueprint, render_template, request

from tracker import wording
from tracker.errors import NotFound
from tracker.identifiers import FIRST_YEAR, LAST_YEAR
from tracker.language import N_, _
from tracker.law import sections as law
from tracker.law.sections import Law, SectionOn, Standing
from tracker.law.standing import State
from tracker.queries import law as queries_law
from tracker.queries import sources as queries_sources
from tracker.queries.law import Book
from tracker.web.filters import section_name
from tracker.web.site import site

blueprint = Blueprint("law", __name__)

YEAR: Final = timedelta(days=365)
_SLUG: Final = re.compile(r"(admin|charter)-(\d+(?:-\d+)?(?:\.\d+)?)", re.ASCII)


class Asked(NamedTuple):
    """A day as the address gives it: `typed` is what stood there, `wrong` a sentence where that is no day."""

    day: date | None
    typed: str
    wrong: str = ""


def asked_day(name: str, default: date) -> Asked:
    """The day of this name in the address; the default where none is given."""
    typed = request.args.get(name, "").replace("\0", "").strip()[:40]
    if not typed:
        return Asked(default, default.isoformat())
    try:
        day = date.fromisoformat(typed) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed, re.ASCII) else None
    except ValueError:
        day = None
    if day is None:
        return Asked(
            None, typed, _("“%(typed)s” is not a date. Write year, month and day, like 2018-02-01.", typed=typed)
        )
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        far = N_("“%(typed)s” is too far away: give a day from %(first)s to %(last)s.")
        return Asked(None, typed, _(far, typed=typed, first=FIRST_YEAR, last=LAST_YEAR))
    return Asked(day, typed)


@blueprint.get("/law")
def on_a_day() -> tuple[str, int]:
    asked, then = asked_day("on", site().today()), request.args.get("known") == "then"
    with site().reading() as session:
        book = queries_law.book(session, site().today())
        page = render_template(
            "law.html",
            sources=queries_sources.sources(session),
            asked=asked,
            then=then,
            book=book,
            law=_law(book, asked.day, then),
            unseen=_unseen(book, asked.day) if then else "",
            Standing=Standing,
        )
    return page, 400 if asked.wrong else 200


def _law(book: Book, day: date | None, then: bool) -> Law | None:
    if day is None:
        return None
    return (book.known_on(day) if then and day < book.today else book).on(day)


def _unseen(book: Book, day: date | None) -> str:
    """What must be said where our record is younger than the day that is asked for; "" where it is not."""
    bills, others = book.began_on(council=True), book.began_on(council=False)
    began = min((each for each in (bills, others) if each), default=None)
    if day is None or began is None:
        return "" if began else _("Nothing is recorded yet.")
    asked = wording.day(day)
    if day < began:
        return _("Our record began on %(began)s: on %(day)s it said nothing yet.", began=wording.day(began), day=asked)
    if bills and bills > day:
        late = N_("On %(day)s our record was not whole yet. Bills came into it on %(late)s.")
        return _(late, day=asked, late=wording.day(bills))
    if others and others > day:
        late = N_("On %(day)s our record was not whole yet. Orders, directives and suits came into it on %(late)s.")
        return _(late, day=asked, late=wording.day(others))
    return ""


@blueprint.get("/compare")
def compare() -> tuple[str, int]:
    today, then = site().today(), request.args.get("known") == "then"
    first, second = asked_day("from", today - YEAR), asked_day("to", today)
    with site().reading() as session:
        book = queries_law.book(session, today)
        page = render_template(
            "compare.html",
            sources=queries_sources.sources(session),
            first=first,
            second=second,
            then=then,
            book=book,
            found=_compared(book, first.day, second.day, then),
            unseen=[said for each in (first, second) if then and (said := _unseen(book, each.day))],
            Standing=Standing,
        )
    return page, 400 if first.wrong or second.wrong else 200


class Compared(NamedTuple):
    """Two days, the earlier one first; `turned` where the address had them the other way round."""

    before: Law
    after: Law
    sections: tuple[law.Difference, ...]
    others: tuple[law.Moved, ...]
    bills: tuple[law.Moved, ...]
    turned: bool


def _compared(book: Book, first: date | None, second: date | None, then: bool) -> Compared | None:
    early, late = sorted(day for day in (first, second) if day) if first and second else (None, None)
    before, after = _law(book, early, then), _law(book, late, then)
    if before is None or after is None:
        return None
    return Compared(
        before,
        after,
        law.differences(before, after),
        law.moved(before.others, after.others),
        law.moved(before.bills, after.bills),
        turned=first != early,
    )


@blueprint.get("/sections/<slug>")
def section(slug: str) -> str:
    code, number = _place(slug)
    with site().reading() as session:
        book = queries_law.book(session, site().today())
        now = book.on(book.today)
        here = next((each for each in now.sections if (each.code, each.section) == (code, number)), None)
        if here is None:
            raise NotFound(_nowhere(code, number))
        numbers = [step.file_number for step in (*here.done, *here.coming)]
        return render_template(
            "section.html",
            sources=queries_sources.sources(session),
            book=book,
            found=here,
            name=section_name(code, number),
            full=_full_name(code, number),
            tried=_tried(book, now, here),
            touches=queries_law.touching(session, book, numbers, number),
            states=now.others,
            Standing=Standing,
        )


def _place(slug: str) -> tuple[str, str]:
    found = _SLUG.fullmatch(slug)
    if found is None:
        raise NotFound(_("Sections have addresses like /sections/admin-9-131 and /sections/charter-18."))
    return found[1], found[2]


class Trial(NamedTuple):
    """What a bill that is not law would do to a section, or would have done: effects, each with its subdivisions."""

    file_number: str
    effects: dict[str, list[str]]
    state: State


def _tried(book: Book, now: Law, here: SectionOn) -> list[Trial]:
    """Bills that are not law and name the section, the newest first; those that can still move are live."""
    grouped: dict[str, dict[str, list[str]]] = {}
    for effect in book.effects:
        state = now.bills.get(effect.file_number)
        if (effect.code, effect.section) == (here.code, here.section) and state and not state.is_law:
            parts = grouped.setdefault(effect.file_number, {}).setdefault(effect.effect, [])
            parts += [effect.subdivision] if effect.subdivision else []
    found = [Trial(number, effects, now.bills[number]) for number, effects in grouped.items()]
    return sorted(found, key=lambda trial: book.lines[trial.file_number].introduced_on or date.min, reverse=True)


def _full_name(code: str, section: str) -> str:
    name = section_name(code, section)
    if code == "charter":
        return _("%(section)s of the New York City Charter", section=name)
    return _("%(section)s of the Administrative Code", section=name)


def _nowhere(code: str, section: str) -> str:
    if code == "charter":
        return _("No matter in this record names section %(number)s of the Charter.", number=section)
    return _("No matter in this record names section %(number)s of the Administrative Code.", number=section)
