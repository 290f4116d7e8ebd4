"""A text of the press made ready for matching, and its sentences. Pure.

Copies of stories carry ligatures, typographic quotes and Cyrillic letters that look like Latin ones. `clean` settles
what Unicode calls equal; `fold` then gives one plain letter for each letter, so that a place in the folded text is the
same place in the clean one, and evidence is cut from the words as they stand.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

# Letters of other scripts that are printed like Latin ones: Cyrillic, then Greek.
_LOOKALIKES: Final = dict(
    zip(
        "АВЕЗІЈКМНОРСТУХЅаеіјорсухѕԁһ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
        "ABE3IJKMHOPCTYXSaeijopcyxsdh" + "ABEZHIKMNOPTYXo",
        strict=True,
    )
)
_MARKS: Final = {
    **dict.fromkeys("‘’‚‛ʼ`´′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": ".",
    "ł": "l",
    "Ł": "L",
    "ø": "o",
    "đ": "d",
    "ı": "i",
    "ß": "s",
}
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# A full stop that ends no sentence: after a short form, a single capital, or a number sign.
_SHORT: Final = (
    r"No|Nos|Int|Intro|Res|Sec|Art|Mr|Mrs|Ms|Dr|St|Jr|Sr|Rep|Sen|Gov|Ald|vs|v|cf|Inc|Co|Dept|Ave|approx"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|[A-Z]|a\.m|p\.m|U\.S|N\.Y|E\.O|L\.L"
)
_SHORT_BEFORE: Final = re.compile(rf"(?<![A-Za-z])(?:{_SHORT})\.$")
_LONGEST_SHORT: Final = 8
_STOP: Final = re.compile(r"[.!?][\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])|;\s+|\n\s*")


class _Letters(dict[int, str]):
    """One plain letter for each letter, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        plain = _LOOKALIKES.get(letter) or _MARKS.get(letter)
        if plain is None:
            parts = [part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)]
            plain = parts[0] if len(parts) == 1 else letter
            if letter.isspace() and letter != "\n":
                plain = " "
        self[code] = plain
        return plain


_LETTERS: Final = _Letters()


class Sentence(NamedTuple):
    """One sentence, or one line: where it stands in the text, and its folded words."""

    start: int
    end: int
    words: str


def clean(text: str) -> str:
    """The text in Unicode's NFKC form, without characters that are not seen."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE))


def fold(text: str) -> str:
    """The same text in plain letters, quotes and dashes; every character stays in its place."""
    return text if text.isascii() else text.translate(_LETTERS)


def sentences(folded: str) -> Iterator[Sentence]:
    """The sentences of a folded text, in its order, without white space around them."""
    start = 0
    for stop in _STOP.finditer(folded):
        at = stop.start()
        if folded[at] == "." and _SHORT_BEFORE.search(folded, max(0, at - _LONGEST_SHORT), at + 1):
            continue
        yield from _sentence(folded, start, stop.end())
        start = stop.end()
    yield from _sentence(folded, start, len(folded))


def _sentence(folded: str, start: int, end: int) -> Iterator[Sentence]:
    words = folded[start:end]
    lead = len(words) - len(words.lstrip())
    words = words.strip()
    if words:
        yield Sentence(start + lead, start + lead + len(words), words)
