"""The languages in which readers are spoken to, and which of them is spoken now.

English is written in the code; every other language is a catalogue in `locale/`, named by its tag (``zh_Hans.po``), and
nothing else: its own name and direction come from CLDR. Which language is spoken belongs to what runs now (a context
variable), as it does for every gettext, so that what makes sentences need not be handed a language at every turn.
Messages hold named places: ``_("New in %(place)s.", place=name)``. A literal percent sign is written ``%%``.
"""

import gettext
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, time
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES: Final = Path(__file__).parent / "locale"


class Language(NamedTuple):
    """`tag` is a BCP 47 tag ("zh-Hans"), `name` what its speakers call it, `direction` "ltr" or "rtl"."""

    tag: str
    name: str
    direction: str

    @property
    def locale(self) -> Locale:
        return _locale(self.tag)


ENGLISH: Final = Language("en", "English", "ltr")
_current: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def current() -> Language:
    """The language that is spoken now."""
    return _current.get()


@contextmanager
def speaking(tag: str) -> Iterator[Language]:
    """Speak another language for a while; English for a tag that has no catalogue."""
    found = available().get(tag, ENGLISH)
    token = _current.set(found)
    try:
        yield found
    finally:
        _current.reset(token)


@cache
def available() -> dict[str, Language]:
    """Every language by its tag, English first."""
    found = {ENGLISH.tag: ENGLISH}
    for path in sorted(CATALOGUES.glob("*.po")):
        locale = Locale.parse(path.stem)
        name = locale.get_display_name() or path.stem
        tag = path.stem.replace("_", "-")
        found[tag] = Language(tag, name[:1].upper() + name[1:], locale.text_direction)
    return found


def prefix(tag: str) -> str:
    """What stands before the addresses of a language: "/zh-hans"; nothing for English and what has no catalogue."""
    return "" if tag == ENGLISH.tag or tag not in available() else "/" + tag.lower()


def looked_up(message: str, context: str = "") -> str:
    """A message in the language that is spoken, its places still open."""
    spoken = current()
    if spoken is ENGLISH:
        return message
    found = _messages(spoken.tag)
    return found.pgettext(context, message) if context else found.gettext(message)


def looked_up_for(one: str, many: str, number: int) -> str:
    """A message that counts, in the form that this language has for the number."""
    spoken = current()
    if spoken is ENGLISH:
        return one if number == 1 else many
    return _messages(spoken.tag).ngettext(one, many, number)


def _(message: str, /, **values: object) -> str:
    """A message in the language that is spoken, with its places filled in."""
    return looked_up(message) % values


def pgettext(context: str, message: str, /, **values: object) -> str:
    """A message that means different things in different places."""
    return looked_up(message, context) % values


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """A message that counts; ``%(num)s`` is the number, with the language's separators."""
    return looked_up_for(one, many, number) % {"num": counted(number), **values}


def N_(message: str) -> str:  # noqa: N802 -- the name that gettext's tools look for
    """A message that is written down here and translated where it is used."""
    return message


class Words(Mapping[str, str]):
    """Words of ours by a key of the record: written down here (`N_`), read in the language that is spoken then."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words

    def __getitem__(self, key: str) -> str:
        return looked_up(self._words[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


def ours(text: str) -> str | None:
    """A sentence of ours that is kept as data, in the language that is spoken; None where the catalogue lacks it."""
    spoken = current()
    if spoken is ENGLISH or not text:
        return text
    found = _messages(spoken.tag).gettext(text)
    return None if found == text else found


def counted(number: int) -> str:
    """A number with the separators of the language: "12,345"."""
    spoken = current()
    return f"{number:,}" if spoken is ENGLISH else numbers.format_decimal(number, locale=spoken.locale)


def dated(value: date) -> str:
    """A calendar date: "31 Dec 2025", "2025年12月31日"."""
    spoken = current()
    if spoken is ENGLISH:
        return f"{value.day} {value:%b %Y}"
    return dates.format_skeleton("yMMMd", value, locale=spoken.locale)


def dated_in_full(value: date) -> str:
    """A day with its name: "Wednesday, 31 Dec 2025"."""
    spoken = current()
    return (
        f"{value:%A}, {dated(value)}"
        if spoken is ENGLISH
        else dates.format_skeleton("yMMMEEEEd", value, locale=spoken.locale)
    )


def dated_month(value: date) -> str:
    """A month: "Dec 2025", "2025年12月"."""
    spoken = current()
    return f"{value:%b %Y}" if spoken is ENGLISH else dates.format_skeleton("yMMM", value, locale=spoken.locale)


def clocked(value: time) -> str | None:
    """A time of day as the language writes it; None for English, which has a style of its own."""
    spoken = current()
    return None if spoken is ENGLISH else dates.format_skeleton("hm", value, locale=spoken.locale)


@cache
def _locale(tag: str) -> Locale:
    return Locale.parse(tag, sep="-")


@cache
def _messages(tag: str) -> gettext.NullTranslations:
    """A catalogue, made ready when it is first spoken. Raises what Babel raises for one that cannot be read."""
    compiled = BytesIO()
    with (CATALOGUES / f"{tag.replace('-', '_')}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=_locale(tag).language, abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def catalogue_of(tag: str) -> Any:
    """A catalogue as Babel reads it, for whoever checks that it is whole."""
    with (CATALOGUES / f"{tag.replace('-', '_')}.po").open("rb") as file:
        return read_po(file, locale=_locale(tag).language)
