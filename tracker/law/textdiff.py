"""Two texts of a bill -> what was removed and what was inserted, word by word, by paragraph. Pure.

Paragraphs are matched first, then the words of those that differ; both by the longest common sequence. Where only a
word or two stay between two changes they are counted into the change, since nobody can read such lace. Putting `same`
and `removed` together gives the old text, `same` and `inserted` the new one, to the letter.

`laid_out` first: the Council's texts come with other blanks and line ends each time, and those are no change.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, Literal, NamedTuple

from rapidfuzz.distance import Indel

LONGEST: Final = 1_000_000  # characters of one text; above this a reader is better served by the documents
_CELLS: Final = 400_000_000  # words of one side times words of the other, in one changed passage
_LACE: Final = 3  # words; fewer of them between two changes are no hold for the eye
_WORD: Final = re.compile(r"\w+(?:[-.'’]\w+)*\s*|[^\w\s]\s*|\s+")

Kind = Literal["same", "removed", "inserted"]


class Piece(NamedTuple):
    """A stretch of text, never empty."""

    kind: Kind
    text: str


class Paragraph(NamedTuple):
    """One paragraph of either text, with its changes."""

    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        return any(piece.kind != "same" for piece in self.pieces)


class Difference(NamedTuple):
    """All paragraphs in order. `coarse` where a passage was too long to be compared by words, and is shown whole."""

    paragraphs: tuple[Paragraph, ...]
    coarse: bool

    @property
    def old(self) -> str:
        return self._side("inserted")

    @property
    def new(self) -> str:
        return self._side("removed")

    def _side(self, without: Kind) -> str:
        return "".join(piece.text for each in self.paragraphs for piece in each.pieces if piece.kind != without)


def laid_out(text: str) -> str:
    """A text with one blank between words, one line for each paragraph, and no empty lines."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line)


def difference(old: str, new: str) -> Difference:
    """What must be done to the old text to have the new one."""
    coarse, pieces = False, list[Piece]()
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for same, lines, others in _matched(before, after):
        if same:
            pieces.append(Piece("same", "".join(lines)))
            continue
        words, other_words = _words("".join(lines)), _words("".join(others))
        if len(words) * len(other_words) > _CELLS:
            coarse = True
            pieces += [Piece("removed", "".join(words)), Piece("inserted", "".join(other_words))]
        else:
            pieces += _by_words(words, other_words)
    return Difference(tuple(_paragraphs(_joined(pieces))), coarse)


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _matched(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """Stretches of both sides in turn: (alike, of the old, of the new); what differs side by side is one stretch."""
    codes = Indel.opcodes(before, after)
    for same, group in groupby(codes, key=lambda code: code.tag == "equal"):
        found = list(group)
        first, last = found[0], found[-1]
        yield same, before[first.src_start : last.src_end], after[first.dest_start : last.dest_end]


def _by_words(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    stretches = list(_matched(before, after))
    last = len(stretches) - 1
    for at, (same, words, others) in enumerate(stretches):
        if same and (len(words) >= _LACE or at in (0, last)):
            yield Piece("same", "".join(words))
        else:
            yield Piece("removed", "".join(words))
            yield Piece("inserted", "".join(others))


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Changes that follow each other as one removal and one insertion; nothing empty."""
    for same, group in groupby(pieces, key=lambda piece: piece.kind == "same"):
        found = list(group)
        kinds: tuple[Kind, ...] = ("same",) if same else ("removed", "inserted")
        for kind in kinds:
            text = "".join(piece.text for piece in found if piece.kind == kind)
            if text:
                yield Piece(kind, text)


def _paragraphs(pieces: Iterable[Piece]) -> Iterator[Paragraph]:
    """The pieces cut where a line ends, on whichever side it does."""
    held: list[Piece] = []
    for kind, text in pieces:
        for line in text.splitlines(keepends=True):
            held.append(Piece(kind, line))
            if line.splitlines()[0] != line:
                yield Paragraph(tuple(held))
                held = []
    if held:
        yield Paragraph(tuple(held))
