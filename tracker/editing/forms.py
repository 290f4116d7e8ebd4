"""What editors type, and what of it cannot be taken; each error is a sentence for them. Pure."""

from datetime import date
from typing import Final, NamedTuple

from tracker import identifiers
from tracker.errors import BadInput
from tracker.models.editing import CONFIDENCES
from tracker.vocabulary import ACTIONS, CURATED_FROM, Meaning

# what the City's own papers are printed in, by their ISO 639 codes
LANGUAGES: Final = {
    "en": "English", "es": "Spanish", "zh": "Chinese", "ru": "Russian", "bn": "Bengali", "ht": "Haitian Creole",
    "ko": "Korean", "ar": "Arabic", "ur": "Urdu", "fr": "French", "pl": "Polish", "yi": "Yiddish",
}  # fmt: skip
LONGEST: Final = {"headline": 200, "sentence": 600, "popular_names": 600}
FIRST_DAY, LAST_DAY = date(identifiers.FIRST_YEAR, 1, 1), date(identifiers.LAST_YEAR, 12, 31)
# what an editor may add: what courts and agencies do, in the words of the starter record
ACTS: Final[tuple[Meaning, ...]] = tuple(
    meaning for code, meaning in ACTIONS.items() if code >= CURATED_FROM and meaning.actor in ("court", "agency")
)


class NewLink(NamedTuple):
    """A link as an editor types it. Headline, outlet, day and kind count only where the article is not held yet."""

    address: str
    measure: str
    role: str
    link_kind: str
    evidence: str
    headline: str = ""
    outlet: str = ""
    published_on: str = ""
    kind: str = ""
    language: str = "en"


class NewAct(NamedTuple):
    """An act as an editor types it: an ISO date, one of `ACTS` by name, who acted, our sentence, where it is told."""

    acted_on: str
    name: str
    body: str
    note: str
    url: str
    confidence: str


def web_address(address: str) -> str:
    address = address.strip()
    if not address.startswith(("https://", "http://")) or any(letter.isspace() for letter in address):
        raise BadInput("Give the address of a page: it begins with https:// or http://.")
    return address


def check_act(act: NewAct) -> None:
    web_address(act.url)
    if act.name not in {name for meaning in ACTS for name in meaning.names}:
        raise BadInput("Choose what happened from the list.")
    if not (act.body and act.note):
        raise BadInput("Say who acted, and what happened in one plain sentence.")
    if act.confidence not in CONFIDENCES:
        raise BadInput(f"Say how sure it is: {', '.join(CONFIDENCES)}.")


def day_of(text: str, of: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"Give the day of {of} as in 2026-03-31.") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise BadInput(f"The day of {of} cannot be {day}.")
    return day


def one_line(field: str, text: str) -> str:
    """Words as they are kept: on one line; of popular names, one a line, each once, with "; " in between."""
    if field == "popular_names":
        names = (" ".join(name.split()) for line in text.splitlines() for name in line.split(";"))
        text = "; ".join(dict.fromkeys(filter(None, names)))
    text = " ".join(text.split())
    if len(text) > LONGEST[field]:
        raise BadInput(f"That is too long: {len(text):,} characters, where {LONGEST[field]} fit.")
    return text
