"""What the exports hold, said once: CSV headers, datapackage.json and docs/data-dictionary.md all come from here.

Core tables rather than models: an export reads hundreds of thousands of rows and needs no objects.
"""

from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import SQLModel

from tracker.export.cells import Column, Export, Owner, day, day_seen, days_late, flag, key, moment, text, whole
from tracker.lifecycle import Stage
from tracker.models import CHANGE_KINDS, RUN_MODES, SCOPES
from tracker.vocabulary import VOTE_VALUES

# ---- what they are read from -----------------------------------------------------------------------------------

_tables = SQLModel.metadata.tables
matter, action, change, run = (_tables[name] for name in ("matter", "action", "change", "run"))
capture, vote, person, sponsorship = (_tables[name] for name in ("capture", "vote", "person", "sponsorship"))
relation, section, note, override = (_tables[name] for name in ("relation", "section_effect", "note", "scope_override"))


def scope_of(matters: sa.FromClause, overrides: sa.FromClause) -> Any:
    """The editor's word on scope, else the rule's."""
    return sa.func.coalesce(overrides.c.scope, matters.c.scope)


def _with_scope(rows: sa.FromClause) -> sa.Join:
    return rows.outerjoin(override, override.c.file_number == matter.c.file_number)


def holder(rows: sa.FromClause, file_number: Any, name: str) -> tuple[sa.FromClause, Any, sa.FromClause]:
    """The matter we hold under a file number, how to join it, and its override.

    A removed matter can share its number with the one that took it over; the one that is there wins.
    """
    found, candidate, overrides = matter.alias(name), matter.alias(f"{name}_candidate"), override.alias(f"{name}_scope")
    pick = (
        sa.select(candidate.c.id)
        .where(candidate.c.file_number == file_number)
        .order_by(candidate.c.removed_at.is_not(None), candidate.c.id)
        .limit(1)
        .correlate(rows)
        .scalar_subquery()
    )
    return found, found.c.id == pick, overrides


def _votes(meaning: str) -> Any:
    """How many votes of an action mean yes, no or something else; null where no vote is recorded."""
    words = [value for value, meant in VOTE_VALUES.items() if meant == meaning]
    counted = vote.c.value.in_(words)
    if meaning == "other":  # also what the vocabulary does not know: never lost from the sum
        counted = vote.c.value.not_in([value for value, meant in VOTE_VALUES.items() if meant != "other"])
    return (
        sa.select(sa.func.sum(sa.case((counted, 1), else_=0)))
        .where(vote.c.action_id == action.c.id)
        .correlate(action)
        .scalar_subquery()
    )


_prime_sponsor = (
    sa.select(person.c.name)
    .join(sponsorship, sponsorship.c.person_id == person.c.id)
    .where(sponsorship.c.matter_id == matter.c.id, sponsorship.c.position == 0)
    .correlate(matter)
    .scalar_subquery()
)
_sponsor_count = (
    sa.select(sa.func.count())
    .select_from(sponsorship)
    .where(sponsorship.c.matter_id == matter.c.id)
    .correlate(matter)
    .scalar_subquery()
)
_scope = scope_of(matter, override)
_scope_reason = sa.case((override.c.scope.is_not(None), override.c.reason), else_=matter.c.scope_reason)
_action_last_seen = sa.func.coalesce(action.c.last_seen_at, matter.c.last_seen_at)
_matter_of_row = (Owner(matter.c.id, _scope),)
_ACTION_ROWS: Final = _with_scope(action.join(matter))
_CHANGE_ROWS: Final = _with_scope(
    change.join(matter).join(run, run.c.id == change.c.run_id).join(capture, capture.c.id == change.c.capture_id)
)

_must: Final = {"required": True}
_counts: Final = {"minimum": 0}

# What several files say in the same words.
_MATTER_SOURCE_ID: Final = "The source's own id of the matter: the Council's MatterId, or an order's number."
_MATTER_NUMBER: Final = "The file number that the matter bears now."
_SLUG: Final = "The matter's address on the site, after /matters/."
_ROW_ID: Final = "The source's own id of the row in the matter's history: the only safe key of an action."
_FIRST_SEEN: Final = "When we first saw it."

# ---- the files -------------------------------------------------------------------------------------------------

MATTERS: Final = Export(
    "matters",
    "Matters",
    "One row for each introduction, resolution, mayoral order, agency directive or lawsuit.",
    (
        key("source_id", matter.c.source_id, _MATTER_SOURCE_ID, required=True, unique=True),
        text("file_number", matter.c.file_number, _MATTER_NUMBER, **_must),
        text("slug", matter.c.slug, f"{_SLUG} Unique among matters that are not removed.", **_must),
        text("kind", matter.c.kind, "The source's own type: Introduction, Resolution, Executive Order ...", **_must),
        text("name", matter.c.name, "The official short name."),
        text("title", matter.c.title, "The official long title."),
        text("headline", note.c.headline, "Our own headline."),
        text("sentence", note.c.sentence, "Our own neutral sentence on what it does."),
        text("popular_names", note.c.popular_names, "Names that the press and the public give it."),
        text("status", matter.c.status, "The source's own status, word for word: it can run ahead or go stale."),
        text("stage", matter.c.stage, "Where it stands, derived from its actions.", enum=list(Stage), required=True),
        day("stage_since", matter.c.stage_since, "The City's date of the act that brought it to this stage."),
        flag("is_law", matter.c.is_law, "Whether at least two of the four signs of law agree."),
        text("how", matter.c.how, "How it became law.", enum=["signed", "lapsed", "overridden"]),
        text("signals", matter.c.signals, "Which signs of law the record shows."),
        flag("provisional", matter.c.provisional, "Whether the law is so new that its number may still be corrected."),
        text("local_law", matter.c.local_law, "The Local Law, as year/number.", pattern=r"\d{4}/\d{3}"),
        day("introduced_on", matter.c.introduced_on, "The City's date of introduction or issue."),
        day("enacted_on", matter.c.enacted_on, "The City's date of enactment."),
        day(
            "final_action_on",
            matter.c.final_action_on,
            "Legistar's PassedDate: the date of the last action, whatever it was. Set on bills that never passed.",
        ),
        text("body", matter.c.body, "Who holds it, as the source says."),
        text("version", matter.c.version, "The version of the text: * is the first, then A, B ..."),
        text("prime_sponsor", _prime_sponsor, "The first sponsor in the Council's order."),
        whole("sponsor_count", _sponsor_count, "How many sponsors it has now, with the prime sponsor.", **_counts),
        text("scope", _scope, "How it bears on the subject; an editor's word wins.", enum=list(SCOPES), required=True),
        text("scope_reason", _scope_reason, "Why it has that scope: what the rule found, or the editor's reason."),
        text("issuer", matter.c.issuer, "For orders: who issued it."),
        text("signer", matter.c.signer, "For orders: who signed it, where that is somebody else."),
        text("url", matter.c.url, "Its page at the source."),
        moment("first_seen_at", matter.c.first_seen_at, _FIRST_SEEN, **_must),
        moment("last_seen_at", matter.c.last_seen_at, "When we last saw it at the source.", **_must),
        moment("removed_at", matter.c.removed_at, "When we first saw that the source no longer has it."),
        text("disagreement", matter.c.disagreement, "In words, where the record disagrees with itself."),
    ),
    _with_scope(matter.outerjoin(note, note.c.file_number == matter.c.file_number)),
    matter.c.id,
    _matter_of_row,
    ("source_id",),
    of_matters=False,
)

ACTIONS: Final = Export(
    "actions",
    "Actions",
    "One row for each dated act by a body, as the City says it happened, with those it has since withdrawn.",
    (
        key("source_id", matter.c.source_id, _MATTER_SOURCE_ID, **_must),
        key("action_id", action.c.source_id, _ROW_ID, **_must),
        text("file_number", matter.c.file_number, _MATTER_NUMBER, **_must),
        text("slug", matter.c.slug, _SLUG, **_must),
        day("acted_on", action.c.acted_on, "The City's date.", **_must),
        text("clock", action.c.clock, "New York wall clock as printed; often only the hour of typing."),
        whole(
            "code", action.c.code, "Legistar's ActionID. From 90000 on our own, for what is not in Legistar.", **_must
        ),
        text("name", action.c.name, "The act in the source's words."),
        text("body", action.c.body, "Who acted."),
        text("result", action.c.result, "The outcome of a vote, in the source's words."),
        text("version", action.c.version, "The version of the text that was acted on."),
        whole("yes", _votes("yes"), "Votes in favor; empty where no votes are recorded.", **_counts),
        whole("no", _votes("no"), "Votes against; empty where no votes are recorded.", **_counts),
        whole(
            "other", _votes("other"), "Members who are listed with neither: absent, abstaining, excused ...", **_counts
        ),
        text("note", action.c.note, "What the source adds to the row."),
        text("url", action.c.url, "Where the act itself can be read, for acts that are not in Legistar."),
        text("confidence", action.c.confidence, "For curated acts: how well the date and the act are known."),
        moment("first_seen_at", action.c.first_seen_at, _FIRST_SEEN, **_must),
        moment("last_seen_at", _action_last_seen, "When it was last there.", **_must),
        moment("withdrawn_at", action.c.withdrawn_at, "When we first saw that the source no longer lists it."),
    ),
    _ACTION_ROWS,
    action.c.id,
    _matter_of_row,
    ("source_id", "action_id"),
)

CHANGES: Final = Export(
    "changes",
    "Changes",
    "One row for each change that we saw, dated by us. Rows are only ever added.",
    (
        key("source_id", matter.c.source_id, _MATTER_SOURCE_ID, **_must),
        text("file_number", change.c.file_number, "The file number that the matter bore at that moment.", **_must),
        moment("observed_at", change.c.observed_at, "When we saw it.", **_must),
        key("kind", change.c.kind, "What changed.", enum=list(CHANGE_KINDS), required=True),
        key("action_id", change.c.action_id, f"{_ROW_ID} Empty for changes of the matter itself."),
        text("before", change.c.before, "What it read before."),
        text("after", change.c.after, "What it reads since."),
        day("acted_on", change.c.acted_on, "The City's date of the action, or the day of the hearing."),
        text("matter_file_number", matter.c.file_number, _MATTER_NUMBER, **_must),
        text("slug", matter.c.slug, _SLUG, **_must),
        key("mode", run.c.mode, "live; replay of an archive's history; or the starter record.", enum=list(RUN_MODES)),
        text("source", run.c.source, "The source that was read.", **_must),
        text("capture", capture.c.address, "Where the version that showed it can be read.", **_must),
        key("digest", capture.c.digest, "The content of that version: sha1 (git blob) or sha256; empty where unknown."),
        whole("change_id", change.c.id, "Our own number of the row.", required=True, unique=True),
        days_late(change.c.acted_on, change.c.observed_at),
    ),
    _CHANGE_ROWS,
    change.c.id,
    _matter_of_row,
    ("change_id",),
)

_earlier, _is_earlier, _earlier_override = holder(relation, relation.c.earlier, "earlier_matter")
_later, _is_later, _later_override = holder(relation, relation.c.later, "later_matter")

RELATIONS: Final = Export(
    "relations",
    "Relations",
    "One row for each way in which a later matter stands to an earlier one. Either may be a matter that we do not "
    "hold, or that this export leaves out.",
    (
        text("earlier", relation.c.earlier, "File number of the earlier matter.", **_must),
        text("earlier_slug", _earlier.c.slug, "Its address on the site, if we hold it."),
        text("later", relation.c.later, "File number of the later matter.", **_must),
        text("later_slug", _later.c.slug, "Its address on the site, if we hold it."),
        text("kind", relation.c.kind, "Read from the later to the earlier: reintroduces, amends, repeals ...", **_must),
        text("evidence", relation.c.evidence, "What says so."),
        text("confidence", relation.c.confidence, "How sure that is."),
    ),
    relation.outerjoin(_earlier, _is_earlier)
    .outerjoin(_later, _is_later)
    .outerjoin(_earlier_override, _earlier_override.c.file_number == _earlier.c.file_number)
    .outerjoin(_later_override, _later_override.c.file_number == _later.c.file_number),
    relation.c.id,
    (
        Owner(_earlier.c.id, scope_of(_earlier, _earlier_override)),
        Owner(_later.c.id, scope_of(_later, _later_override)),
    ),
    ("earlier", "later", "kind"),
    of_matters=False,
)

_affecting, _is_affecting, _affecting_override = holder(section, section.c.file_number, "affecting")

# No primary key: it would need the subdivision, which may be empty, and Table Schema allows no empty cell in a key.
SECTIONS: Final = Export(
    "sections",
    "Sections",
    "One row for each thing a matter does, or would do, to a section of the Administrative Code or the Charter. No two "
    "rows agree in file_number, code, section, subdivision and effect.",
    (
        key("source_id", _affecting.c.source_id, "The source's own id of the matter, if we hold it."),
        text("file_number", section.c.file_number, "File number of the matter.", **_must),
        text("slug", _affecting.c.slug, "Its address on the site, if we hold it."),
        text("code", section.c.code, "Administrative Code or Charter.", enum=["admin", "charter"], required=True),
        text("section", section.c.section, "The section's number.", **_must),
        text("subdivision", section.c.subdivision, "The subdivision; empty for the whole section."),
        text("effect", section.c.effect, "What it does.", enum=["adds", "amends", "repeals"], required=True),
    ),
    section.outerjoin(_affecting, _is_affecting).outerjoin(
        _affecting_override, _affecting_override.c.file_number == _affecting.c.file_number
    ),
    section.c.id,
    (Owner(_affecting.c.id, scope_of(_affecting, _affecting_override)),),
)  # fmt: skip

EXPORTS: Final = {export.name: export for export in (MATTERS, ACTIONS, CHANGES, RELATIONS, SECTIONS)}


# ---- one matter's history: two exports with the same columns ------------------------------------------------------

_nothing = sa.null()
_HISTORY: Final[tuple[tuple[Callable[..., Column], str, Any, Any, str], ...]] = (
    (moment, "seen_at", action.c.first_seen_at, change.c.observed_at, "When we first saw the action or the change."),
    (key, "what", sa.literal("action"), sa.literal("change"), "action: the City says so. change: we saw it."),
    (key, "kind", _nothing, change.c.kind, "For a change: what changed."),
    (text, "file_number", matter.c.file_number, change.c.file_number, "The number now; for a change, at that moment."),
    (day, "acted_on", action.c.acted_on, change.c.acted_on, "The City's date of the action, or of the one changed."),
    (text, "body", action.c.body, _nothing, "For an action: who acted."),
    (text, "name", action.c.name, _nothing, "For an action: the act in the source's words."),
    (text, "result", action.c.result, _nothing, "For an action: the outcome of a vote, in the source's words."),
    (whole, "yes", _votes("yes"), _nothing, "For an action: votes in favor."),
    (whole, "no", _votes("no"), _nothing, "For an action: votes against."),
    (whole, "other", _votes("other"), _nothing, "For an action: members listed with neither."),
    (text, "before", _nothing, change.c.before, "For a change: what it read before."),
    (text, "after", _nothing, change.c.after, "For a change: what it reads since."),
    (key, "action_id", action.c.source_id, change.c.action_id, _ROW_ID),
    (moment, "withdrawn_at", action.c.withdrawn_at, _nothing, "For an action: when the source was seen without it."),
    (key, "mode", _nothing, run.c.mode, "For a change: live, replay or starter."),
    (text, "capture", _nothing, capture.c.address, "For a change: where the version that showed it can be read."),
    (key, "digest", _nothing, capture.c.digest, "For a change: the content of that version."),
)


def _history(side: int, date: Column, late: Column) -> tuple[Column, ...]:
    """The columns of one kind of row: 0 is an action, 1 a change."""
    same = (make(name, sources[side], words) for make, name, *sources, words in _HISTORY)
    return (date, *same, late)


_HISTORY_TITLE: Final = "History of one matter"
_HISTORY_WORDS: Final = (
    "The actions and the changes of one matter in one table, by date, then by the moment we saw them. It is at, say, "
    "/matters/int-1412-2025.csv and not part of the data package."
)
_DATE_WORDS: Final = "For an action the City's date; for a change the New York date on which we saw it."

HISTORY_ACTIONS: Final = Export(
    "history",
    _HISTORY_TITLE,
    _HISTORY_WORDS,
    _history(
        0,
        day("date", action.c.acted_on, _DATE_WORDS, **_must),
        days_late(action.c.acted_on, action.c.first_seen_at),
    ),
    _ACTION_ROWS,
    action.c.id,
    _matter_of_row,
    of_matters=False,
)
HISTORY_CHANGES: Final = Export(
    "history",
    _HISTORY_TITLE,
    _HISTORY_WORDS,
    _history(
        1,
        day_seen("date", change.c.observed_at, _DATE_WORDS, **_must),
        days_late(change.c.acted_on, change.c.observed_at),
    ),
    _CHANGE_ROWS,
    change.c.id,
    _matter_of_row,
    of_matters=False,
)
