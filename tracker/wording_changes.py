"""What we saw change, in plain sentences, and which changes are corrections of the record. Pure."""

import json
from datetime import date
from typing import Final, NamedTuple

from tracker import wording_hearings
from tracker.models import Change
from tracker.vocabulary import STATUSES
from tracker.wording import day, is_editors, law_name, listed, number_of, quoted

CORRECTIONS: Final = (
    "action_edited", "action_withdrawn", "renumbered", "removed", "returned", "law_number_changed",
    "enactment_date_changed", "final_action_date_changed", "introduction_date_changed",
)  # fmt: skip
FINAL: Final = tuple(standing.status for standing in STATUSES.values() if not standing.live)
QUIET: Final = (
    "final_action_date_changed",
    "summary_changed",
    "sponsors_changed",
    "documents_changed",
    "text_changed",
    "votes_changed",
    "committee_changed",
)

CHANGE_LABELS: Final = {
    "appeared": "New matter",
    "status_changed": "Status",
    "action_added": "New action",
    "action_edited": "Action edited",
    "action_withdrawn": "Action withdrawn",
    "renumbered": "Renumbered",
    "removed": "Removed",
    "returned": "Returned",
    "law_number_changed": "Law number",
    "enactment_date_changed": "Date of enactment",
    "final_action_date_changed": "Date of final action",
    "introduction_date_changed": "Date of introduction",
    "title_changed": "Title",
    "summary_changed": "The City's summary",
    "text_changed": "Text",
    "committee_changed": "Committee",
    "sponsors_changed": "Sponsors",
    "documents_changed": "Documents",
    "votes_changed": "Votes",
    "hearing_scheduled": "Hearing set",
    "hearing_moved": "Hearing moved",
    "hearing_deferred": "Hearing put off",
    "hearing_cancelled": "Hearing cancelled",
    "hearing_gone": "Hearing taken off",
}


class ActionFace(NamedTuple):
    """What one history row showed at one moment; how `changes` writes an edited row down."""

    acted_on: str
    name: str
    body: str
    result: str


def face(text: str) -> ActionFace:
    """Read back how an edited row looked; a text of another form is taken as the row's name."""
    try:
        parts = json.loads(text)
    except ValueError:
        return ActionFace("", text, "", "")
    if not isinstance(parts, list):
        return ActionFace("", text, "", "")
    padded = [str(part or "") for part in parts[:4]] + [""] * (4 - len(parts))
    return ActionFace(*padded)


def printed_day(text: str) -> str:
    """ "2026-01-29" or "2026-01-29T13:30:00Z" as "29 Jan 2026"; anything else as it is."""
    try:
        return day(date.fromisoformat(text[:10]))
    except ValueError:
        return text


def sentence(change: Change, source: str = "The record") -> str:
    """One change in plain words; `source` is whose record changed ("The Council's record")."""
    if change.kind.startswith("hearing_"):
        return wording_hearings.sentence(change)
    plain = _PLAIN.get(change.kind)
    if plain is not None:
        return plain.format(source=source, before=change.before, after=change.after)
    return _TOLD[change.kind](change, source)


_PLAIN: Final = {
    "removed": "{source} no longer shows this matter. What it showed is kept here.",
    "returned": "{source} shows this matter again.",
    "summary_changed": "{source} has another plain-language summary.",
}


def _appeared(change: Change, source: str) -> str:
    return "New in the record" + (f", with the status {quoted(change.after)}." if change.after else ".")


def _status(change: Change, source: str) -> str:
    if not change.before:
        return f"{source} gave the status {quoted(change.after)}."
    return f"The status went from {quoted(change.before)} to {quoted(change.after or 'none')}."


def _dated(change: Change) -> str:
    return f", dated {day(change.acted_on)}" if change.acted_on else ""


def _added(change: Change, source: str) -> str:
    return f"A new row: {quoted(change.after)}{_dated(change)}."


def _withdrawn(change: Change, source: str) -> str:
    if is_editors(change.action_id):
        return f"Our editors took out the row {quoted(change.before)}{_dated(change)}, which they had added."
    return f"{source} showed the row {quoted(change.before)}{_dated(change)}; since {_since(change)} it is gone."


def _since(change: Change) -> str:
    return day(change.observed_at)


def _edited(change: Change, source: str) -> str:
    before, after = face(change.before), face(change.after)
    if before.name != after.name:
        first = f"{source} first read {quoted(before.name)}"
        return f"{first}; since {_since(change)} the same row reads {quoted(after.name)}."
    told = [
        f"the {word} was {_or_empty(old)}, since {_since(change)} it is {_or_empty(new)}"
        for word, old, new in _differences(before, after)
    ]
    if not told:
        return f"In the row {quoted(after.name)}{_dated(change)}, only the time of day changed."
    return f"In the row {quoted(after.name)} {listed(told)}."


def _or_empty(text: str) -> str:
    return quoted(text) if text else "empty"


def _differences(before: ActionFace, after: ActionFace) -> list[tuple[str, str, str]]:
    pairs = (
        ("date", printed_day(before.acted_on), printed_day(after.acted_on)),
        ("body", before.body, after.body),
        ("result", before.result, after.result),
    )
    return [pair for pair in pairs if pair[1] != pair[2]]


def _renumbered(change: Change, source: str) -> str:
    return f"The number changed from {number_of(change.before)} to {number_of(change.after)}."


def _law_number(change: Change, source: str) -> str:
    if not change.before:
        return f"Numbered {law_name(change.after)}."
    if not change.after:
        return f"{source} gave it as {law_name(change.before)}; since {_since(change)} it has no law number."
    return f"{source} first gave it as {law_name(change.before)}; since {_since(change)} as {law_name(change.after)}."


_DATES: Final = {
    "enactment_date_changed": "enactment",
    "final_action_date_changed": "final action",
    "introduction_date_changed": "introduction",
}


def _date(change: Change, source: str) -> str:
    before, after, what = printed_day(change.before), printed_day(change.after), _DATES[change.kind]
    if not before:
        return f"{source} now gives {after} as the date of {what}."
    if not after:
        return f"{source} took back the date of {what}, {before}."
    return f"{source} gave {before} as the date of {what}; since {_since(change)} it gives {after}."


def _title(change: Change, source: str) -> str:
    """Titles run to five lines and differ in the last: what both begin with is left out."""
    before, after = change.before.split(), change.after.split()
    same = 0
    while same < min(len(before), len(after)) - 1 and before[same] == after[same]:
        same += 1
    cut = same - 2 if same > 6 else 0
    old, new = (("… " if cut else "") + " ".join(words[cut:]) for words in (before, after))
    return f"The title changed from {quoted(old)} to {quoted(new)}."


def _text(change: Change, source: str) -> str:
    before, after = change.before.split(",")[0], change.after.split(",")[0]
    return f"A new text: {after}, after {before}." if before != after else f"The text of {after} changed."


def _votes(change: Change, source: str) -> str:
    return f"The recorded votes went from {change.before or 'none'} to {change.after or 'none'}."


def _committee(change: Change, source: str) -> str:
    if not change.before or not change.after:
        return f"Committee: {change.after or 'none any more'}."
    return f"The committee changed from {change.before} to {change.after}."


def _came_and_left(change: Change, one: str, many: str) -> str:
    """`changes` writes down who or what left, and who or what came; a new prime sponsor is marked in both."""
    prime = "prime sponsor: "
    parts = []
    came = [name for name in change.after.split("; ") if name]
    left = [name for name in change.before.split("; ") if name and not name.startswith(prime)]
    if came and came[0].startswith(prime):
        parts.append(f"Prime sponsor: {came.pop(0).removeprefix(prime)}.")
    for names, verb in ((came, "added"), (left, "taken off")):
        if names:
            parts.append(f"{one if len(names) == 1 else many} {verb}: {', '.join(names)}.")
    return " ".join(parts) or f"The {many.lower()} changed."


def _sponsors(change: Change, source: str) -> str:
    return _came_and_left(change, "Sponsor", "Sponsors")


def _documents(change: Change, source: str) -> str:
    return _came_and_left(change, "Document", "Documents")


_TOLD: Final = {
    "appeared": _appeared,
    "status_changed": _status,
    "action_added": _added,
    "action_edited": _edited,
    "action_withdrawn": _withdrawn,
    "renumbered": _renumbered,
    "law_number_changed": _law_number,
    **dict.fromkeys(_DATES, _date),
    "title_changed": _title,
    "committee_changed": _committee,
    "text_changed": _text,
    "votes_changed": _votes,
    "sponsors_changed": _sponsors,
    "documents_changed": _documents,
}


def is_trifle(change: Change) -> bool:
    """An edit of the time of day, or of a full stop in a title; the Council's clerks make hundreds a year."""
    if change.kind == "title_changed":
        return _letters(change.before) == _letters(change.after)
    return change.kind == "action_edited" and hour_only(change)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def is_correction(change: Change) -> bool:
    """Whether the record took something back or said it otherwise; what fills a blank is plain news."""
    if change.kind == "status_changed":
        return change.before in FINAL
    if change.kind in ("law_number_changed", *_DATES) and not change.before:
        return False
    if change.kind == "action_edited" and _fills_in(change):
        return False
    return change.kind in CORRECTIONS and not is_trifle(change)


def _fills_in(change: Change) -> bool:
    before, after = face(change.before), face(change.after)
    return before.name == after.name and not any(old for _, old, _ in _differences(before, after))


def hour_only(change: Change) -> bool:
    """Whether an edited row differs in nothing but the time of day."""
    return (
        not _differences(face(change.before), face(change.after))
        and face(change.before).name == face(change.after).name
    )


def row_said(change: Change) -> str:
    """How an edited row read before: the parts that are different now."""
    before, after = face(change.before), face(change.after)
    said = [quoted(before.name)] if before.name != after.name else []
    said += [f"{word} {_or_empty(old)}" for word, old, _ in _differences(before, after)]
    return ", ".join(said)
