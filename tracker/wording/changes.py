"""What we saw change, in plain sentences, and which changes are corrections of the record. Pure."""

import json
from datetime import date
from typing import Final, NamedTuple

from tracker.language import N_, _, ngettext
from tracker.models import Change
from tracker.vocabulary import STATUSES
from tracker.wording import day, is_editors, isolated, law_name, listed, number_of, quoted
from tracker.wording import hearings as wording_hearings

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
    "appeared": N_("New matter"),
    "status_changed": N_("Status"),
    "action_added": N_("New action"),
    "action_edited": N_("Action edited"),
    "action_withdrawn": N_("Action withdrawn"),
    "renumbered": N_("Renumbered"),
    "removed": N_("Removed"),
    "returned": N_("Returned"),
    "law_number_changed": N_("Law number"),
    "enactment_date_changed": N_("Date of enactment"),
    "final_action_date_changed": N_("Date of final action"),
    "introduction_date_changed": N_("Date of introduction"),
    "title_changed": N_("Title"),
    "summary_changed": N_("The City's summary"),
    "text_changed": N_("Text"),
    "committee_changed": N_("Committee"),
    "sponsors_changed": N_("Sponsors"),
    "documents_changed": N_("Documents"),
    "votes_changed": N_("Votes"),
    "hearing_scheduled": N_("Hearing set"),
    "hearing_moved": N_("Hearing moved"),
    "hearing_deferred": N_("Hearing put off"),
    "hearing_cancelled": N_("Hearing cancelled"),
    "hearing_gone": N_("Hearing taken off"),
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


def sentence(change: Change, source: str = "") -> str:
    """One change in plain words; `source` is whose record changed: by default "The record", see `wording.source_of`."""
    if change.kind.startswith("hearing_"):
        return wording_hearings.sentence(change)
    plain = _PLAIN.get(change.kind)
    if plain is not None:
        return _(plain, source=source or _("The record"))
    return _TOLD[change.kind](change, source or _("The record"))


_PLAIN: Final = {
    # Translators: %(source)s is "The record" or "The Council’s record", here and in the sentences that follow
    "removed": N_("%(source)s no longer shows this matter. What it showed is kept here."),
    "returned": N_("%(source)s shows this matter again."),
    "summary_changed": N_("%(source)s has another plain-language summary."),
}


def _appeared(change: Change, source: str) -> str:
    if not change.after:
        return _("New in the record.")
    return _("New in the record, with the status %(status)s.", status=quoted(change.after))


def _status(change: Change, source: str) -> str:
    if not change.before:
        return _("%(source)s gave the status %(status)s.", source=source, status=quoted(change.after))
    before, after = quoted(change.before), change.after and quoted(change.after)
    if not after:
        return _("The status went from %(before)s to none.", before=before)
    return _("The status went from %(before)s to %(after)s.", before=before, after=after)


def _row_of(change: Change, name: str) -> str:
    """A row as it stands in a sentence: its name, and its date where it has one."""
    if change.acted_on is None:
        return quoted(name)
    # Translators: names a row of the record within a sentence: "the row “Hearing Held by Committee”, dated 2 Feb 2026"
    return _("%(row)s, dated %(day)s", row=quoted(name), day=day(change.acted_on))


def _added(change: Change, source: str) -> str:
    # Translators: %(row)s may be followed by its date: “Hearing Held by Committee”, dated 2 Feb 2026
    return _("A new row: %(row)s.", row=_row_of(change, change.after))


def _withdrawn(change: Change, source: str) -> str:
    row = _row_of(change, change.before)
    if is_editors(change.action_id):
        return _("Our editors took out the row %(row)s, which they had added.", row=row)
    return _("%(source)s showed the row %(row)s; since %(day)s it is gone.", source=source, row=row, day=_since(change))


def _since(change: Change) -> str:
    return day(change.observed_at)


def _edited(change: Change, source: str) -> str:
    before, after, since = face(change.before), face(change.after), _since(change)
    if before.name != after.name:
        told = N_("%(source)s first read %(before)s; since %(day)s the same row reads %(after)s.")
        return _(told, source=source, before=quoted(before.name), day=since, after=quoted(after.name))
    parts = [
        _(_WAS[field], before=_or_empty(old), day=since, after=_or_empty(new))
        for field, old, new in _differences(before, after)
    ]
    if not parts:
        return _("In the row %(row)s, only the time of day changed.", row=_row_of(change, after.name))
    # Translators: %(changes)s is one or more of "the date was …, since … it is …", joined by "and"
    return _("In the row %(row)s %(changes)s.", row=quoted(after.name), changes=listed(parts))


_WAS: Final = {
    "date": N_("the date was %(before)s, since %(day)s it is %(after)s"),
    "body": N_("the body was %(before)s, since %(day)s it is %(after)s"),
    "result": N_("the result was %(before)s, since %(day)s it is %(after)s"),
}
_SAID: Final = {"date": N_("date %(text)s"), "body": N_("body %(text)s"), "result": N_("result %(text)s")}


def _or_empty(text: str) -> str:
    return quoted(text) if text else _("empty")


def _differences(before: ActionFace, after: ActionFace) -> list[tuple[str, str, str]]:
    pairs = (
        ("date", printed_day(before.acted_on), printed_day(after.acted_on)),
        ("body", before.body, after.body),
        ("result", before.result, after.result),
    )
    return [pair for pair in pairs if pair[1] != pair[2]]


def _renumbered(change: Change, source: str) -> str:
    before, after = number_of(change.before), number_of(change.after)
    return _("The number changed from %(before)s to %(after)s.", before=before, after=after)


def _law_number(change: Change, source: str) -> str:
    before, after, since = law_name(change.before), law_name(change.after), _since(change)
    if not change.before:
        return _("Numbered %(law)s.", law=after)
    if not change.after:
        told = N_("%(source)s gave it as %(law)s; since %(day)s it has no law number.")
        return _(told, source=source, law=before, day=since)
    told = N_("%(source)s first gave it as %(before)s; since %(day)s as %(after)s.")
    return _(told, source=source, before=before, day=since, after=after)


# for each date of a matter: given where there was none, taken back, changed
_DATES: Final = {
    "enactment_date_changed": (
        N_("%(source)s now gives %(after)s as the date of enactment."),
        N_("%(source)s took back the date of enactment, %(before)s."),
        N_("%(source)s gave %(before)s as the date of enactment; since %(day)s it gives %(after)s."),
    ),
    "final_action_date_changed": (
        N_("%(source)s now gives %(after)s as the date of final action."),
        N_("%(source)s took back the date of final action, %(before)s."),
        N_("%(source)s gave %(before)s as the date of final action; since %(day)s it gives %(after)s."),
    ),
    "introduction_date_changed": (
        N_("%(source)s now gives %(after)s as the date of introduction."),
        N_("%(source)s took back the date of introduction, %(before)s."),
        N_("%(source)s gave %(before)s as the date of introduction; since %(day)s it gives %(after)s."),
    ),
}


def _date(change: Change, source: str) -> str:
    before, after = printed_day(change.before), printed_day(change.after)
    given, taken_back, changed = _DATES[change.kind]
    told = given if not before else taken_back if not after else changed
    return _(told, source=source, before=before, after=after, day=_since(change))


def _title(change: Change, source: str) -> str:
    """Titles run to five lines and differ in the last: what both begin with is left out."""
    before, after = change.before.split(), change.after.split()
    same = 0
    while same < min(len(before), len(after)) - 1 and before[same] == after[same]:
        same += 1
    cut = same - 2 if same > 6 else 0
    old, new = (("… " if cut else "") + " ".join(words[cut:]) for words in (before, after))
    return _("The title changed from %(before)s to %(after)s.", before=quoted(old), after=quoted(new))


def _text(change: Change, source: str) -> str:
    """`changes` writes down which version a text is, "version A", and the start of its digest."""
    before, after = (_version(text.split(",")[0]) for text in (change.before, change.after))
    if before == after:
        return _("The text of %(version)s changed.", version=after)
    return _("A new text: %(after)s, after %(before)s.", before=before, after=after)


def _version(text: str) -> str:
    letter = text.removeprefix("version ")
    return _("version %(letter)s", letter=letter) if letter != text else text


def _votes(change: Change, source: str) -> str:
    before, after = isolated(change.before) or _("none"), isolated(change.after) or _("none")
    return _("The recorded votes went from %(before)s to %(after)s.", before=before, after=after)


def _committee(change: Change, source: str) -> str:
    before, after = isolated(change.before), isolated(change.after)
    if not after:
        return _("Committee: none any more.")
    if not before:
        return _("Committee: %(committee)s.", committee=after)
    return _("The committee changed from %(before)s to %(after)s.", before=before, after=after)


def _came_and_left(change: Change) -> tuple[str, list[str], list[str]]:
    """`changes` writes down who or what left, and who or what came; a new prime sponsor is marked in both."""
    prime = "prime sponsor: "
    came = [name for name in change.after.split("; ") if name]
    left = [name for name in change.before.split("; ") if name and not name.startswith(prime)]
    first = came.pop(0).removeprefix(prime) if came and came[0].startswith(prime) else ""
    return first, came, left


def _sponsors(change: Change, source: str) -> str:
    first, came, left = _came_and_left(change)
    parts = [_("Prime sponsor: %(name)s.", name=isolated(first))] if first else []
    if came:
        parts.append(ngettext("Sponsor added: %(who)s.", "Sponsors added: %(who)s.", len(came), who=_names(came)))
    if left:
        parts += [ngettext("Sponsor taken off: %(who)s.", "Sponsors taken off: %(who)s.", len(left), who=_names(left))]
    return " ".join(parts) or _("The sponsors changed.")


def _documents(change: Change, source: str) -> str:
    _prime, came, left = _came_and_left(change)
    parts = []
    if came:
        parts += [ngettext("Document added: %(what)s.", "Documents added: %(what)s.", len(came), what=_names(came))]
    if left:
        parts += [ngettext("Document taken off: %(it)s.", "Documents taken off: %(it)s.", len(left), it=_names(left))]
    return " ".join(parts) or _("The documents changed.")


def _names(names: list[str]) -> str:
    return isolated(", ".join(names))


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
    return before.name == after.name and not any(old for _field, old, _new in _differences(before, after))


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
    said += [_(_SAID[field], text=_or_empty(old)) for field, old, _new in _differences(before, after)]
    return ", ".join(said)
