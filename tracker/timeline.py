"""The dated story of a matter: actions, and what we saw the record do to them, as one list. Pure.

Both dates stand on every entry: when the City says it happened, and when we first saw it recorded. A row that was
there when we first saw the matter carries no recorded date, since we cannot know it. Rows of one body on one day,
seen at the same moment, are one entry with steps ("held a hearing, amended it and approved version A, 5 to 0").
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from tracker import wording
from tracker.coverage.folding import StoryLine
from tracker.language import N_, _, looked_up, ngettext
from tracker.models import Action, Change, Matter
from tracker.vocabulary import ACTIONS, CURATED_FROM, VOTE_VALUES, Act, Meaning
from tracker.wording import changes as wording_changes

Ballot = tuple[str, str]  # a member's name and the Council's word for the vote

LATE_AFTER_DAYS: Final = 1  # the sources are read once a day or so: one day is no lateness
_LAST: Final = 10_000  # acts that nobody knows come last within their day
_BODIES: Final = {"Mayor": "mayor", "Administration": "agency"}
_ACTORS: Final = {
    "council": N_("Council"),
    "mayor": N_("Mayor"),
    "court": N_("Court"),
    "agency": N_("Agency"),
    "voters": N_("Voters"),
}
_VOTED: Final = frozenset({Act.COMMITTEE_APPROVED, Act.COUNCIL_APPROVED, Act.ADOPTED, Act.OVERRIDDEN})
_WITH_VERSION: Final = {
    Act.COMMITTEE_APPROVED: N_("approved version %(letter)s"),
    Act.COUNCIL_APPROVED: N_("passed version %(letter)s"),
}
# Translators: what a body did, and by which vote: "passed it, 44 to 5"
_COUNTED: Final = N_("%(verb)s, %(votes)s")
_FEW_RENEWALS: Final = 4  # so many are told one by one
_PLAIN_RENEWAL: Final = ("extends it.", "goes on with it.")
ON_THE_LINE: Final = frozenset({"renumbered", "law_number_changed", "removed", "returned"})


@dataclass(frozen=True, slots=True)
class Tally:
    """A roll call: the two words that count, and everybody by the Council's own word."""

    yes: int
    no: int
    members: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def text(self) -> str:
        # Translators: the votes for and against: "44 to 5"
        return _("%(yes)s to %(no)s", yes=self.yes, no=self.no)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a row read before, until we saw it read otherwise."""

    said: str
    until: date
    capture_id: int


@dataclass(frozen=True, slots=True)
class Step:
    """One action: our words for it, and the Council's. `verb` follows the name of the body; "" where we have none."""

    verb: str
    sentence: str
    action: Action
    tally: Tally | None
    before: tuple[Earlier, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `on` is the City's date, or ours where only the record moved (`actor` "record")."""

    on: date
    actor: str
    who: str
    text: str
    steps: tuple[Step, ...] = ()
    recorded_on: date | None = None
    corrected_on: date | None = None
    withdrawn_on: date | None = None
    scheduled: bool = False
    told: bool = False  # `text` is a whole sentence of ours, which names who acted
    url: str = ""
    confidence: str = ""
    folded: tuple["Entry", ...] = ()  # what this line stands for, the oldest first
    story: StoryLine | None = None  # what was written about it that day
    kind: str = ""  # of the change, where only the record moved

    @property
    def late_days(self) -> int:
        """Days between the act and our first sight of it; 0 when it was in time or is not known."""
        days = (self.recorded_on - self.on).days if self.recorded_on else 0
        return days if days > LATE_AFTER_DAYS and not self.by_editor else 0

    @property
    def by_editor(self) -> bool:
        """Whether an editor of ours added it, and no source shows it: then it was not the City that was late."""
        return any(wording.is_editors(step.action.source_id) for step in self.steps)


class _Row(NamedTuple):
    """One action with all that an entry is made of; rows that agree on `together` are one entry."""

    step: Step
    meaning: Meaning | None
    actor: str
    who: str
    recorded_on: date | None
    withdrawn_on: date | None

    @property
    def together(self) -> tuple[object, ...]:
        on, alone = self.step.action.acted_on, self.step.action.id if _own_words(self.step.action) else 0
        recorded = None if self.recorded_on == on else self.recorded_on  # a second date only where there is one
        return on, self.actor, self.who, recorded, self.withdrawn_on, alone

    @property
    def order(self) -> tuple[date, int, int]:
        rank = self.meaning.rank if self.meaning else _LAST
        return self.step.action.acted_on, rank, self.step.action.position


def build(
    matter: Matter,
    actions: Iterable[Action],
    changes: Sequence[Change],
    votes: Mapping[int, Sequence[Ballot]],
    today: date,
    stories: Iterable[StoryLine] = (),
    moved: Container[str] = ON_THE_LINE,
) -> list[Entry]:
    """Every entry, newest first. `votes` is keyed by `Action.id`; `today` is the New York date.

    `stories` are what was written about the matter; those without a date have no place on the line. `moved` are the
    kinds of changes that are entries of their own.
    """
    edits = _edits(changes)
    rows = [_row(action, matter, edits.get(action.source_id, ()), votes.get(action.id, ())) for action in actions]
    rows.sort(key=lambda row: row.order)
    entries = [_entry(group, today) for group in _groups(rows)]
    entries = _fold_renewals(entries)
    entries += [_moved(change, matter) for change in changes if change.kind in moved]
    entries += [
        Entry(story.published_on, "press", story.outlet, story.headline, told=True, url=story.address, story=story)
        for story in stories
        if story.published_on is not None
    ]
    entries.sort(key=lambda entry: entry.on)  # stable: the legal order within a day stays
    return entries[::-1]


def _fold_renewals(entries: list[Entry]) -> list[Entry]:
    """An emergency order is renewed every five days: between the first and the last renewal one line says how often.

    A renewal that does more than renew has words of its own, and stays a line of its own.
    """
    renewals = [entry for entry in entries if _only_renews(entry)][1:-1]
    if len(renewals) < _FEW_RENEWALS:
        return entries
    first, last = renewals[0], renewals[-1]
    text = ngettext(
        "Renewed %(num)s more time, from %(first)s to %(last)s.",
        "Renewed %(num)s more times, from %(first)s to %(last)s.",
        len(renewals), first=wording.day(first.on), last=wording.day(last.on),
    )  # fmt: skip
    line = replace(last, text=text, steps=(), recorded_on=None, url="", confidence="", folded=tuple(renewals))
    kept = [entry for entry in entries if entry not in renewals[:-1]]
    return [line if entry is last else entry for entry in kept]


def _only_renews(entry: Entry) -> bool:
    meanings = [ACTIONS.get(step.action.code) for step in entry.steps]
    extends = [meaning.act is Act.ORDER_EXTENDED for meaning in meanings if meaning]
    return bool(extends) and all(extends) and entry.text.endswith(_PLAIN_RENEWAL) and entry.withdrawn_on is None


def tally(ballots: Sequence[Ballot]) -> Tally | None:
    """Count a roll call; None where no vote is recorded."""
    if not ballots:
        return None
    by_word: dict[str, list[str]] = {}
    for name, word in ballots:
        by_word.setdefault(word, []).append(name)
    yes, no = (sum(VOTE_VALUES.get(word) == side for _, word in ballots) for side in ("yes", "no"))
    ordered = sorted(
        by_word.items(),
        key=lambda item: (VOTE_VALUES.get(item[0]) != "yes", -len(item[1])),
    )
    return Tally(yes, no, tuple((word, tuple(names)) for word, names in ordered))


def actor_of(code: int, body: str) -> str:
    """council, mayor, court, agency or voters: by what the act is, else by the body that is named."""
    meaning = ACTIONS.get(code)
    return meaning.actor if meaning else _BODIES.get(body, "council")


def _edits(changes: Iterable[Change]) -> dict[str, tuple[Earlier, ...]]:
    """What each row read before, by the row's id; an edit of the hour alone is no reading worth showing."""
    found: dict[str, tuple[Earlier, ...]] = {}
    for change in changes:
        if change.kind == "action_edited" and not wording_changes.hour_only(change):
            said = wording_changes.row_said(change)
            earlier = Earlier(said, wording.new_york_date(change.observed_at), change.capture_id)
            found[change.action_id] = (*found.get(change.action_id, ()), earlier)
    return found


def _row(action: Action, matter: Matter, before: Sequence[Earlier], ballots: Sequence[Ballot]) -> _Row:
    meaning = ACTIONS.get(action.code)
    counted = tally(ballots)
    step = Step(
        _verb(action, meaning, counted),
        _sentence(action, meaning),
        action,
        counted,
        tuple(before),
    )
    recorded: date | None = wording.new_york_date(action.first_seen_at)
    # what was done before we first saw an order may have been recorded at any time: its sources come one by one
    past = matter.kind not in wording.COUNCIL_KINDS and action.acted_on < wording.new_york_date(matter.first_seen_at)
    if past or action.first_seen_at <= matter.first_seen_at:
        recorded = None
    withdrawn = wording.new_york_date(action.withdrawn_at) if action.withdrawn_at else None
    actor = actor_of(action.code, action.body)
    return _Row(step, meaning, actor, _who(action, meaning, actor), recorded, withdrawn)


def _who(action: Action, meaning: Meaning | None, actor: str) -> str:
    act = meaning.act if meaning else None
    if act is Act.LAPSED:
        return _("Became law")
    if act is Act.RETURNED_UNSIGNED or (
        actor == "mayor" and action.body in ("", "Mayor") and action.code < CURATED_FROM
    ):
        return wording.mayor_on(action.acted_on)
    if action.body == "City Council":
        return _("Council")
    return action.body or (_(_ACTORS[actor]) if actor in _ACTORS else actor)


def _verb(action: Action, meaning: Meaning | None, counted: Tally | None) -> str:
    if meaning is None or (meaning.act is Act.COMMITTEE_APPROVED and meaning.code != 32):
        return ""
    if meaning.act in _VOTED and action.result not in ("", "Pass"):
        verb = _("voted on it, result %(result)s", result=wording.quoted(action.result))
        return _(_COUNTED, verb=verb, votes=counted.text) if counted else verb
    if meaning.act is Act.LAPSED:
        # Translators: follows "Became law"
        return _("without the Mayor’s signature, under the Charter’s thirty-day rule")
    verb = looked_up(wording.VERBS[meaning.act]) if meaning.act in wording.VERBS else ""
    if meaning.act in _WITH_VERSION and action.version not in ("", "*"):
        verb = _(_WITH_VERSION[meaning.act], letter=action.version)
    return _(_COUNTED, verb=verb, votes=counted.text) if verb and counted and counted.yes + counted.no else verb


def _sentence(action: Action, meaning: Meaning | None) -> str:
    return f"{looked_up(meaning.sentence) if meaning else wording.quoted(action.name)}."


def _groups(rows: Sequence[_Row]) -> list[list[_Row]]:
    groups: list[list[_Row]] = []
    for row in rows:
        if groups and groups[-1][-1].together == row.together:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _entry(rows: Sequence[_Row], today: date) -> Entry:
    first, action = rows[0], rows[0].step.action
    corrected = [earlier.until for row in rows for earlier in row.step.before]
    return Entry(
        on=action.acted_on,
        actor=first.actor,
        who=first.who,
        text=action.note and action.code >= 90_000 and action.note or text_of([row.step for row in rows]),
        steps=tuple(row.step for row in rows),
        recorded_on=first.recorded_on,
        corrected_on=max(corrected, default=None),
        withdrawn_on=first.withdrawn_on,
        scheduled=action.acted_on > today,
        told=bool(_own_words(action)),
        url=action.url,
        confidence=action.confidence,
    )


def _own_words(action: Action) -> str:
    """Our sentence for a row of an order, directive or lawsuit; the Council's notes on its rows are agenda jargon."""
    return action.note if action.code >= CURATED_FROM else ""


def text_of(steps: Sequence[Step]) -> str:
    """What the body did: its verbs in one clause, then the acts for which there is only a sentence."""
    verbs = list(dict.fromkeys(step.verb for step in steps if step.verb))
    clause = [_("%(acts)s.", acts=wording.listed(verbs))] if verbs else []
    return " ".join(clause + [step.sentence for step in steps if not step.verb])


def _moved(change: Change, matter: Matter) -> Entry:
    """What only the record did, on the day we saw it."""
    source = wording.source_of(matter.kind)
    return Entry(
        wording.new_york_date(change.observed_at),
        "record",
        _("The record"),
        wording_changes.sentence(change, source),
        kind=change.kind,
    )
