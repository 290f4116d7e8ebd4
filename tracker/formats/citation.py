"""How a matter's page is cited: in a sentence, as lawyers and scholars do, and as BibTeX. Pure; always in English."""

import re
from datetime import date, datetime
from typing import Final, NamedTuple

from tracker import identifiers, wording
from tracker.errors import BadIdentifier
from tracker.models import Matter

_BIBTEX: Final = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
})  # fmt: skip


class Print(NamedTuple):
    """The fingerprint of a document: ``kind`` is "sha256", or "git blob sha1" for a file of a git repository."""

    kind: str
    value: str

    @property
    def text(self) -> str:
        return f"{self.kind} {self.value}"


class Citation(NamedTuple):
    """One page in four forms; ``seen_at`` is the moment for which the page vouches."""

    plain: str
    legal: str
    apa: str
    bibtex: str


def print_of(digest: str) -> Print | None:
    """A stored digest ("sha256:1a2b", "sha1:3c4d") as readers can check it; None where there is none."""
    kind, colon, value = digest.partition(":")
    if not colon or not value:
        return None
    return Print("git blob sha1" if kind == "sha1" else kind, value)


def cite(matter: Matter, subject: str, site: str, address: str, seen_at: datetime, shown: Print | None) -> Citation:
    """The citations of a matter's page. ``subject`` is its headline, ``shown`` what the newest document hashes to."""
    number, seen = wording.number_of(matter.file_number), seen_at.astimezone(wording.NEW_YORK)
    name = f"{wording.law_name(matter.local_law)} ({number})" if matter.is_law and matter.local_law else number
    headed = f"{name}: {subject}" if subject != number else name
    moment = f"{_long(seen.date())}, {seen:%H:%M} New York time"
    shown_by = f" The record it shows: {shown.text}." if shown else ""
    return Citation(
        plain=f"“{headed}.” {site}. Data as of {moment}. {address}.{shown_by}",
        legal=f"{_legal(matter, subject)}, {address} (data as of {seen:%b}. {seen.day}, {seen.year}).".replace(
            "May.", "May"
        ),
        apa=f"{site}. ({seen.year}, {seen:%B} {seen.day}). {headed} [Legislative record]. {address}",
        bibtex=_bibtex(matter, headed, site, address, seen.date(), shown),
    )


def _legal(matter: Matter, subject: str) -> str:
    """After the pattern of the Bluebook."""
    on = matter.enacted_on or matter.introduced_on
    dated = f" ({on:%b}. {on.day}, {on.year})".replace("May.", "May") if on else ""
    try:
        if matter.is_law and matter.local_law:
            law = identifiers.LocalLaw.parse(matter.local_law)
            return f"N.Y.C. Local Law No. {law.number} of {law.year}{dated}"
        found = identifiers.parse(matter.file_number)
    except BadIdentifier:
        return f"{subject}{dated}"
    if isinstance(found, identifiers.OrderNumber):
        return f"N.Y.C. {found.title.replace('Executive Order', 'Exec. Order No.')}{dated}"
    return f"N.Y.C. Council {found.short.replace(' ', '. No. ', 1)}{dated}"


def _long(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def _bibtex(matter: Matter, headed: str, site: str, address: str, seen: date, shown: Print | None) -> str:
    fields = {
        "title": "{" + headed.translate(_BIBTEX) + "}",
        "author": "{" + site.translate(_BIBTEX) + "}",
        "year": str(seen.year),
        "url": address,
        "urldate": seen.isoformat(),
        "note": f"Data as of {_long(seen)}" + (f"; {shown.text}" if shown else ""),
    }
    key = re.sub(r"[^a-z0-9-]", "-", matter.slug.lower())
    return "\n".join([f"@misc{{{key},", *(f"  {name} = {{{value}}}," for name, value in fields.items()), "}"])
