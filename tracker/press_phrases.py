"""Phrases of the settings, looked for all at once. Pure.

A phrase is written as in ``[scope]``: whole words, letter case does not matter, a word in capitals ("ICE") is found
only in capitals, a star at a word's end allows any ending. ``Rikers + office*`` is found where both parts stand in the
text, in any order. A name with one capital at its start ("Koch") is found in either case, so names of persons that
are also words do not belong in such a list.

RE2's sets read a text once however many phrases there are; Python's own `re` would read it once for each.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import re2

_MEMORY = 256 << 20  # bytes that RE2 may use for one set; with too few it would report no match


class Phrases:
    """Named lists of phrases; `find` gives the names of the lists of which a phrase occurs."""

    def __init__(self, lists: Iterable[tuple[str, Sequence[str]]]) -> None:
        self._patterns: list[str] = []
        self._alone: dict[int, set[str]] = {}
        self._together: list[tuple[frozenset[int], str]] = []
        self._parts: dict[str, set[int]] = {}
        known: dict[str, int] = {}
        for name, phrases in lists:
            for phrase in phrases:
                self._add(name, [known.setdefault(part.strip(), len(known)) for part in phrase.split(" + ")])
        self._patterns = [pattern_of(part) for part in known]
        options = re2.Options()
        options.max_mem = _MEMORY
        self._set = re2.Set.SearchSet(options)
        for pattern in self._patterns:
            self._set.Add(pattern)
        if self._patterns:
            self._set.Compile()
        self._compiled: dict[str, Any] = {}

    def _add(self, name: str, parts: list[int]) -> None:
        self._parts.setdefault(name, set()).update(parts)
        if len(parts) == 1:
            self._alone.setdefault(parts[0], set()).add(name)
        else:
            self._together.append((frozenset(parts), name))

    def find(self, folded: str) -> set[str]:
        """The names of the lists of which at least one phrase stands in the text."""
        found = set(self._set.Match(folded) or ()) if self._patterns else set()
        names: set[str] = set()
        for part in found:
            names |= self._alone.get(part, set())
        for parts, name in self._together:
            if parts <= found:
                names.add(name)
        return names

    def span(self, folded: str, names: Iterable[str]) -> tuple[int, int] | None:
        """From the first to the last word that made these lists be found; None if there is none."""
        spans = [hit.span() for name in names for hit in self._regex(name).finditer(folded)]
        return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None

    def _regex(self, name: str) -> Any:
        if name not in self._compiled:
            parts = sorted(self._parts.get(name, ()))
            self._compiled[name] = re2.compile("|".join(self._patterns[part] for part in parts) or r"\z.")
        return self._compiled[name]


def pattern_of(phrase: str) -> str:
    """One phrase as an RE2 pattern of whole words."""
    before = r"\b" if phrase[:1].isalnum() else ""
    after = r"\b" if phrase[-1:].isalnum() else ""
    return before + r"\s+".join(_word(word) for word in phrase.split()) + after


def _word(word: str) -> str:
    plain = word.rstrip("*")
    escaped = re2.escape(plain) + (r"\w*" if word != plain else "")
    return escaped if plain.isupper() and len(plain) > 1 else f"(?i:{escaped})"
