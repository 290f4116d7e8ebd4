"""An order's subject as a title: headings are printed in capitals, pages are easier to read without. Pure.

Only a subject that is all capitals is changed, word by word: "CITY POLICY CONCERNING ALIENS" is "City Policy Concerning
Aliens". Initials that are known stay ("NYPD"), and so does what no word of English is (a number, "2(m)").
"""

import re
from typing import Final

SMALL: Final = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "nor", "of", "on", "or", "per", "the", "to"}
    | {"under", "upon", "via", "with", "within", "without"}
)
INITIALS: Final = frozenset(
    {"ADA", "AIDS", "CETA", "COVID", "DOC", "DOHMH", "DSS", "EMS", "FDNY", "HIV", "HRA", "ICE", "IDNYC", "LGBTQ"}
    | {"M/WBE", "MWBE", "NYC", "NYCHA", "NYPD", "OEM", "PPE", "SRO", "U.S."}
)
_WORD: Final = re.compile(r"[^\s\-–—/]+|[\s\-–—/]+")
_BARE: Final = re.compile(r"[^\w./]+|[.,;:]+$")


def title_of(subject: str) -> str:
    """The subject in title case where it is all capitals, else as it is."""
    if subject != subject.upper() or not re.search(r"[A-Z]{3}", subject):
        return subject
    words = [word for part in subject.split(" ") for word in (part, " ")][:-1]
    return "".join(_cased(word, first=at == 0) for at, word in enumerate(words))


def _cased(word: str, *, first: bool) -> str:
    """One word as printed between spaces; the parts of "CITY-WIDE" are words of their own."""
    bare = _BARE.sub("", word)
    if bare in INITIALS or re.search(r"\d", bare):
        return word
    if bare.lower() in SMALL and not first:
        return word.lower()
    return "".join(part[:1] + part[1:].lower() if part[:1].isalnum() else _inner(part) for part in _WORD.findall(word))


def _inner(part: str) -> str:
    """A word that begins with a sign: "(ALIENS" is "(Aliens"."""
    at = next((n for n, sign in enumerate(part) if sign.isalnum()), len(part))
    return part[: at + 1] + part[at + 1 :].lower()
