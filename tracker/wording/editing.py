"""Decisions of editors in plain words: what read how before, and how after. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

Row = Mapping[str, Any]
Rows = Mapping[str, Mapping[str, Row | None]]

KINDS: Final = {
    "link": "Link judged",
    "link-added": "Link added",
    "words": "Words",
    "scope": "Scope",
    "act-added": "Act added",
    "act-withdrawn": "Act taken out",
    "suggestion": "Suggestion",
    "return": "Return judged",
}
OUTCOMES: Final = {"published": "published", "review": "waiting for an editor", "rejected": "rejected"}
ROLES: Final = {"main": "its subject", "background": "in the background"}
FIELDS: Final = {"headline": "Headline", "sentence": "Summary", "popular_names": "Popular names"}


class Told(NamedTuple):
    """One thing that a decision made different."""

    what: str
    before: str
    after: str


def told(before: Rows, after: Rows, headlines: Mapping[int, str]) -> list[Told]:
    """Everything that reads differently; ``headlines`` are those of articles by their id."""
    found = []
    for name, keyed in after.items():
        for key, row in keyed.items():
            old = before.get(name, {}).get(key)
            if old != row and not (name == "scope_override" and "matter" in after):
                found.append(_told(name, old, row, headlines))
    return found


def _told(name: str, old: Row | None, new: Row | None, headlines: Mapping[int, str]) -> Told:
    known = new or old
    assert known is not None
    if name == "coverage":
        title = headlines.get(known["article_id"], "")
        return Told(f"{title} › {known['file_number']}", _link(old), _link(new))
    if name == "editor_word":
        before = _word(old) if old else known["over"] or "nothing"
        return Told(FIELDS[known["field"]], before, _word(new) if new else "as the starter record has it")
    what, said = _SAID[name]
    return Told(what, said(old) if old else "none", said(new) if new else "none")


def _link(row: Row | None) -> str:
    return f"{OUTCOMES[row['outcome']]}, {ROLES[row['role']]}" if row else "no link"


def _word(row: Row) -> str:
    return row["text"] or "nothing"


def _act(row: Row) -> str:
    return (
        f"{row['acted_on']}, {row['body']}: {row['note']} ({row['name']}; confidence {row['confidence']}; {row['url']})"
    )


def _scope(row: Row) -> str:
    return ": ".join(_parts(row["scope"], row.get("scope_reason") or row.get("reason") or ""))


def _parts(*parts: str) -> Iterator[str]:
    yield from filter(None, parts)


_SAID: Final[dict[str, tuple[str, Callable[[Row], str]]]] = {
    "article": ("Article", lambda row: f"{row['headline']} ({row['outlet']})"),
    "curated_action": ("Act", _act),
    "scope_override": ("Scope", _scope),
    "matter": ("Scope", _scope),
    "relation_word": ("Return", lambda row: f"{row['verdict']}, {row['later']} brings {row['earlier']} back"),
    "suggestion": ("Suggestion", lambda row: f"{row['state']}: {row['address']}"),
}
