"""Phrases of the settings, looked for all at once. Pure.

A phrase is written as in ``[scope]``: whole words, letter case does not matter, a word in capitals ("ICE") is found
only in capitals, a star at a word's end allows any ending. ``Rikers + office*`` is found where both parts stand in the
text, in any order; ``{ice}`` in a part stands for any phrase of the group of that name. A name with one capital at its
start ("Koch") is found in either case; after an equals sign ("=Powers") letters are found only as they are.

RE2's sets read a text once however many phrases there are; Python's own `re` would read it once for each.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

import re2

_MEMORY: Final = 256 << 20  # bytes that RE2 may use for one set; with too few it would report no match
_REMEMBERED: Final = 256  # sentences: evidence is cut from them soon after, and copies of stories repeat them
_Rule = tuple[frozenset[int], str]  # the parts that a phrase needs, and the list that it stands in


class Phrases:
    """Named lists of phrases; `find` gives the names of the lists of which a phrase occurs."""

    def __init__(
        self, lists: Iterable[tuple[str, Sequence[str]]], groups: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._groups = groups or {}
        self._parts: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._patterns: list[str] = []
        self._gives: list[set[int]] = []  # of each pattern, the parts that it is a form of
        self._alone: dict[int, set[str]] = defaultdict(set)
        self._together: dict[int, list[_Rule]] = defaultdict(list)
        for name, phrases in lists:
            for phrase in phrases:
                self._add(name, [self._part(part.strip()) for part in phrase.split(" + ")])
        options = re2.Options()
        options.max_mem = _MEMORY
        self._set = re2.Set.SearchSet(options)
        for pattern in self._patterns:
            self._set.Add(pattern)
        if self._patterns:
            self._set.Compile()
        self._found = lru_cache(maxsize=_REMEMBERED)(self._find)
        self._spanned = lru_cache(maxsize=_REMEMBERED)(self._span)
        self._compiled: dict[int, re.Pattern[str]] = {}

    def _part(self, part: str) -> int:
        """The number of a part; a group is one part with many forms."""
        if part in self._parts:
            return self._parts[part]
        number = self._parts[part] = len(self._parts)
        for form in self._forms(part):
            if form not in self._numbers:
                self._numbers[form] = len(self._patterns)
                self._patterns.append(pattern_of(form))
                self._gives.append(set())
            self._gives[self._numbers[form]].add(number)
        return number

    def _forms(self, part: str) -> Iterator[str]:
        """A part as it is, or with each phrase of the group that it names."""
        before, brace, rest = part.partition("{")
        name, _, after = rest.partition("}")
        if not brace:
            yield part
        for form in self._groups[name] if brace else ():
            yield from self._forms(before + form + after)

    def _add(self, name: str, parts: list[int]) -> None:
        if len(parts) == 1:
            self._alone[parts[0]].add(name)
        else:
            self._together[parts[0]].append((frozenset(parts[1:]), name))

    def find(self, folded: str) -> frozenset[str]:
        """The names of the lists of which at least one phrase stands in the text."""
        return self._found(folded)

    def _find(self, folded: str) -> frozenset[str]:
        found: set[int] = set()
        for pattern in self._match(folded):
            found |= self._gives[pattern]
        names: set[str] = set()
        for part in found:
            if part in self._alone:
                names |= self._alone[part]
            for others, name in self._together.get(part, ()):
                if others <= found:
                    names.add(name)
        return frozenset(names)

    def _match(self, folded: str) -> Sequence[int]:
        """The patterns that stand in the text."""
        return (self._set.Match(folded) or ()) if self._patterns else ()

    def span(self, folded: str, names: Iterable[str]) -> tuple[int, int] | None:
        """From the first to the last word that made these lists be found; None if there is none."""
        return self._spanned(folded, frozenset(names))

    def _span(self, folded: str, wanted: frozenset[str]) -> tuple[int, int] | None:
        matched = self._match(folded)
        found = set().union(*(self._gives[pattern] for pattern in matched))
        told = {part for part in found if not wanted.isdisjoint(self._alone.get(part, ()))}
        for part in found:
            for others, name in self._together.get(part, ()):
                if name in wanted and others <= found:
                    told |= others | {part}
        spans = [
            hit.span() for pattern in matched if self._gives[pattern] & told for hit in self._hits(pattern, folded)
        ]
        return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None

    def _hits(self, pattern: int, folded: str) -> Iterator[re.Match[str]]:
        """Where one pattern stands; `re` is the faster of the two for a single one in a sentence."""
        if pattern not in self._compiled:
            self._compiled[pattern] = re.compile(self._patterns[pattern])
        return self._compiled[pattern].finditer(folded)


def pattern_of(phrase: str) -> str:
    """One phrase as an RE2 pattern of whole words."""
    exact, phrase = phrase.startswith("="), phrase.removeprefix("=")
    before = r"\b" if phrase[:1].isalnum() else ""
    after = r"\b" if phrase[-1:].isalnum() else ""
    return before + r"\s+".join(_word(word, exact) for word in phrase.split()) + after


def _word(word: str, exact: bool) -> str:
    plain = word.rstrip("*")
    escaped = re2.escape(plain) + (r"\w*" if word != plain else "")
    return escaped if exact or (plain.isupper() and len(plain) > 1) else f"(?i:{escaped})"
