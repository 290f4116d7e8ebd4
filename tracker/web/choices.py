"""The form that says what to follow: what it offers, what was filled in, and what is wrong with that."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from sqlmodel import Session, col, select
from werkzeug.datastructures import MultiDict

from tracker import queries
from tracker.digests.choosing import STANDARD
from tracker.errors import BadInput
from tracker.language import _, available, current
from tracker.models import Matter
from tracker.queries import lists as queries_lists
from tracker.subscription.following import PERIODS, PERIODS_HEADED, STAGES, headed, section_told
from tracker.subscription.subscribing import Wanted, checked_words

BOXES: Final = ("core", "tracked", "hearings", "orders", "introductions")  # kinds that are chosen whole, with a tick
LONGEST: Final = 200  # letters of any field

Values = MultiDict[str, str]


@dataclass
class Form:
    """What somebody filled in, kept as it came so that a form with a mistake can be shown again."""

    ticked: tuple[str, ...] = ()
    matter: str = ""
    section: str = ""
    stage: str = ""
    words: str = ""
    period: str = "daily"
    quiet_weeks: bool = False
    language: str = field(default_factory=lambda: current().tag)
    address: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the form offers to choose from: pairs of a value and its words."""

    boxes: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, str], ...]
    stages: tuple[tuple[str, str], ...]
    periods: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]


def offered(session: Session) -> Offered:
    """What can be followed now."""
    sections = (f"{each.code} {each.section}" for each in queries.sections(session))
    return Offered(
        boxes=tuple((kind, headed(kind)) for kind in BOXES),
        sections=tuple((value, section_told(value)) for value in sections),
        stages=tuple((value, headed("stage", value)) for value in STAGES),
        periods=tuple(PERIODS_HEADED.items()),
        languages=tuple((tag, spoken.name) for tag, spoken in available().items()),
    )


def prefilled(session: Session, asked: Values) -> Form:
    """The form as a link of another page fills it in; a value that means nothing is left out."""
    offer = offered(session)
    section, stage = _field(asked, "section"), _field(asked, "stage")
    form = Form(
        ticked=tuple(kind for kind in asked.getlist("follow") if kind in BOXES),
        matter=_number_at(session, _field(asked, "matter")),
        section=section if section in dict(offer.sections) else "",
        stage=stage if stage in STAGES else "",
        words=_field(asked, "q"),
    )
    if not (form.ticked or form.matter or form.section or form.stage or form.words):
        form.ticked = (STANDARD[0],)
    return form


def filled_in(values: Values) -> Form:
    """The form as it was sent."""
    period, language = _field(values, "period"), _field(values, "language")
    return Form(
        ticked=tuple(kind for kind in values.getlist("follow") if kind in BOXES),
        matter=_field(values, "matter"),
        section=_field(values, "section"),
        stage=_field(values, "stage"),
        words=_field(values, "q"),
        period=period if period in PERIODS else "daily",
        quiet_weeks=bool(_field(values, "quiet")),
        language=language if language in available() else current().tag,
        address=_field(values, "address", 400),
    )


def wanted(session: Session, form: Form) -> list[Wanted]:
    """What the form asks for. What is wrong with it is noted in ``form.errors``."""
    targets = [(kind, "") for kind in form.ticked]
    if form.matter:
        targets += _matter(session, form)
    if form.section:
        targets += _offered(form, "section", form.section, dict(offered(session).sections))
    if form.stage:
        targets += _offered(form, "stage", form.stage, STAGES)
    if form.words:
        targets += _search(form)
    if not targets and not form.errors:
        form.errors["follow"] = _("Choose at least one thing to follow.")
    return [Wanted(kind, value, form.period) for kind, value in targets]


def _matter(session: Session, form: Form) -> list[tuple[str, str]]:
    condition = queries_lists.number_given(form.matter)
    found = None if condition is None else session.scalars(select(Matter.file_number).where(condition)).first()
    if found is None:
        form.errors["matter"] = _("We hold no measure with this number. Numbers look like Int 1412-2025 or EO 50-2025.")
        return []
    return [("matter", found)]


def _search(form: Form) -> list[tuple[str, str]]:
    try:
        words = checked_words(form.words)
    except BadInput as error:
        form.errors["q"] = str(error)
        return []
    return [("search", words)] if words else []


def _offered(form: Form, kind: str, value: str, choices: Collection[str]) -> list[tuple[str, str]]:
    if value not in choices:
        form.errors[kind] = _("Choose one of those in the list.")
        return []
    return [(kind, value)]


def _number_at(session: Session, slug: str) -> str:
    """The number of the matter at an address; "" where there is none."""
    if not slug:
        return ""
    return session.scalars(select(Matter.file_number).where(Matter.slug == slug).order_by(col(Matter.id))).first() or ""


def _field(values: Values, name: str, longest: int = LONGEST) -> str:
    return values.get(name, "").replace("\0", "").strip()[:longest]
