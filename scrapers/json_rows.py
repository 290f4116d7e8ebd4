"""JSON objects that are asked key by key, where a source promises their shape: what is not as promised is PageChanged.

Null is empty: "" for text and dates, None for numbers. Keys nobody asks for are left alone.
"""

import re
from contextlib import suppress
from datetime import datetime
from typing import Any

from scrapers.errors import PageChanged

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d(?:\.\d+)?))?")


class Row:
    """One JSON object, asked key by key."""

    def __init__(self, row: Any, subject: str) -> None:
        if not isinstance(row, dict):
            raise PageChanged(subject, f"there must be an object and there is {_shown(row)}")
        self.row: dict[str, Any] = row
        self.subject = subject

    def changed(self, message: str) -> PageChanged:
        """The error to raise for what stands in this object."""
        return PageChanged(
            self.subject, f"{message}; the answer has another shape than before, and nothing was taken from it"
        )

    def value(self, key: str) -> Any:
        """Whatever stands there; the key must be there."""
        try:
            return self.row[key]
        except KeyError:
            raise self.changed(f"{key} is missing") from None

    def raw(self, key: str) -> str:
        """Text as it came, null as ""."""
        value = self.value(key)
        if value is not None and not isinstance(value, str):
            raise self.changed(f"{key} must be text and is {_shown(value)}")
        return value or ""

    def word(self, key: str) -> str:
        """Trimmed text, null as ""; NUL, which a few texts hold and no database takes, is dropped."""
        return self.raw(key).replace("\x00", "").strip()

    def required(self, key: str) -> str:
        """A word that must not be empty."""
        word = self.word(key)
        if not word:
            raise self.changed(f"{key} is empty")
        return word

    def number(self, key: str) -> int | None:
        """A whole number, or None for null."""
        value = self.value(key)
        if value is not None and type(value) is not int:
            raise self.changed(f"{key} must be a number and is {_shown(value)}")
        return value

    def id(self, key: str) -> int:
        """A whole number that must not be null."""
        number = self.number(key)
        if number is None:
            raise self.changed(f"{key} is null")
        return number

    def order(self, key: str) -> int:
        """A place in an order; not every city's Legistar gives one."""
        return (self.number(key) or 0) if key in self.row else 0

    def when(self, key: str) -> tuple[str, str]:
        """(date, time) of a moment without a zone, as printed: ("2025-10-09", "13:25:00"); ("", "") for null."""
        printed = self.raw(key).strip()
        if not printed:
            return "", ""
        if found := _MOMENT.fullmatch(printed):
            with suppress(ValueError):  # a day or an hour that there is not: told below, as any text that is no date
                datetime.fromisoformat(printed)
                return found[1], found[2] or ""
        raise self.changed(f"{key} must be a date and is {_shown(printed)}")


def objects(answer: Any, subject: str) -> list[Row]:
    """The objects of an answer that must be a list of them."""
    if not isinstance(answer, list):
        raise PageChanged(subject, f"there must be a list and there is {_shown(answer)}; nothing was taken from it")
    return [Row(row, subject) for row in answer]


def _shown(value: Any) -> str:
    """A value in an error's sentence: an error page may stand there, whole."""
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:120]}…"
