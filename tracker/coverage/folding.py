"""Articles and the words by which they name a measure, folded by story: copies of one story are one line. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from tracker.language import N_, Words

KINDS: Final = Words(
    {"news": N_("News"), "opinion": N_("Opinion"), "government": N_("Government"), "advocacy": N_("Advocacy")}
)


# marks that turn the direction of what follows, whole lines of other words too; what Hebrew and Arabic need stays
_TURNS: Final = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def tame(text: str) -> str:
    """A stranger's words without marks that turn the writing around them."""
    return text.translate(_TURNS)


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One article as it covers one measure; ``others`` are copies and rewrites of the same story elsewhere.

    ``evidence`` are the words that tie it to the measure, ``role`` says whether the measure is the news or its
    background.
    """

    headline: str
    outlet: str
    kind: str
    address: str
    published_on: date | None
    language: str
    role: str
    link_kind: str
    evidence: str
    decided_by: str
    story: str = ""
    author: str = ""
    others: tuple["StoryLine", ...] = ()

    @property
    def label(self) -> str:
        """What kind of piece it is, in a word."""
        return KINDS.get(self.kind, self.kind.capitalize())


def fold(lines: Iterable[StoryLine]) -> tuple[StoryLine, ...]:
    """One line a story, the earliest of its copies first in it; stories newest first, undated ones last."""
    stories: dict[str, list[StoryLine]] = {}
    for line in lines:
        stories.setdefault(line.story or line.address, []).append(line)
    folded = []
    for copies in stories.values():
        first, *others = sorted(copies, key=_age)
        folded.append(replace(first, others=tuple(others)))
    return tuple(sorted(folded, key=lambda line: (line.published_on or date.min, line.address), reverse=True))


def _age(line: StoryLine) -> tuple[date, str, str]:
    return line.published_on or date.max, line.outlet, line.address
