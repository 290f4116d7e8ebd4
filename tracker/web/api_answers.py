"""Rows of the record -> answers of the API. Pure but for the addresses of pages."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from tracker import as_of, models, queries, wording
from tracker.as_of import Known
from tracker.formats.calendars import Meeting
from tracker.models.sources import Article
from tracker.queries import Dossier
from tracker.queries.api import Covering, Listed
from tracker.queries.changes import Seen
from tracker.queries.sources import SourceState
from tracker.timeline import Ballot, tally
from tracker.web import api_models as api
from tracker.web.addresses import absolute

_SHOWN: Final = ("slug", "kind", "scope", "first_seen_at")
_THEN: Final = ("status", "local_law", "introduced_on", "enacted_on")


def source(state: SourceState) -> api.Source:
    return api.Source(
        source=state.source,
        name=wording.source_name(state.source),
        last_good_at=state.good_at,
        last_try_at=state.last_try.started_at,
        last_try_outcome=state.last_try.outcome,
    )


def matter(listed: Listed) -> api.Matter:
    """A matter of a list, as it is or as it was known."""
    held, known = listed.matter, listed.known
    name = known.name if known else held.name
    return api.Matter(
        **{field: getattr(held, field) for field in _SHOWN},
        **{field: getattr(known or held, field) for field in _THEN},
        **_stage(held, known),
        number=known.file_number if known else held.file_number,
        title=(listed.headline or name or "").rstrip(". ") or None,
        removed=known.removed if known else held.removed_at is not None,
        page=absolute("pages.matter", slug=held.slug),
    )


def _stage(held: models.Matter, known: Known | None) -> dict[str, object]:
    if known is None:
        return {"stage": held.stage, "stage_since": held.stage_since, "is_law": held.is_law, "how": held.how}
    standing = known.standing
    since = date.fromisoformat(standing.since) if standing.since else None
    return {"stage": standing.stage.value, "stage_since": since, "is_law": standing.is_law, "how": standing.how}


def matter_in_full(dossier: Dossier, known: Known | None) -> api.MatterInFull:
    """Everything that is held of a matter, or what was known of it then."""
    held, note = dossier.matter, dossier.note
    short = matter(Listed(held, note.headline, known))
    capture = None if known else dossier.last_capture
    return api.MatterInFull(
        **short.model_dump(),
        name=known.name if known else held.name,
        official_title=(known or held).title,
        summary=(known or held).summary,
        sentence=note.sentence,
        body=(known or held).body,
        issuer=held.issuer,
        signer=held.signer,
        final_action_on=(known or held).final_action_on,
        provisional=known.standing.provisional if known else held.provisional,
        disagreements=list(known.standing.disagreements) if known else held.disagreement.splitlines(),
        scope_reason=held.scope_reason,
        official_address=held.url,
        last_seen_at=None if known else held.last_seen_at,
        last_capture=api.Capture.model_validate(capture, from_attributes=True) if capture else None,
        actions=actions(dossier, known),
        sponsors=None if known else list(dossier.sponsors),
        sections=None if known else [api.Section.model_validate(e, from_attributes=True) for e in dossier.effects],
        relations=None if known else [_relation(link) for link in dossier.links],
        documents=None if known else [api.Document(name=one.name, url=one.url) for one in dossier.documents],
    )


def actions(dossier: Dossier, known: Known | None) -> list[api.Action]:
    """The rows of the history, withdrawn ones too; of an earlier moment those that were shown then."""
    by_id = {row.source_id: row for row in dossier.actions}
    if known is None:
        return [_action(row, None) for row in sorted(dossier.actions, key=lambda row: (row.acted_on, row.position))]
    rows = sorted(known.actions, key=lambda row: (row.acted_on, row.position))
    return [_action(by_id[row.source_id], row) for row in rows]


def _action(held: models.Action, then: as_of.Row | None) -> api.Action:
    read = then or held
    return api.Action(
        id=held.source_id,
        acted_on=date.fromisoformat(then.acted_on) if then else held.acted_on,
        **{field: getattr(read, field) for field in ("clock", "code", "name", "body", "result")},
        version=None if then else held.version,
        note=None if then else held.note,
        url=held.url,
        confidence=held.confidence,
        first_seen_at=held.first_seen_at,
        withdrawn_at=None if then else held.withdrawn_at,
    )


def _relation(link: queries.Link) -> api.Relation:
    return api.Relation(
        kind=link.kind,
        forward=link.forward,
        number=link.file_number,
        slug=link.slug or None,
        evidence=link.evidence,
        confidence=link.confidence,
    )


def change(seen: Seen) -> api.Change:
    held = seen.change
    return api.Change(
        **{field: getattr(held, field) for field in ("id", "kind", "observed_at", "acted_on", "action_id")},
        before=held.before,
        after=held.after,
        matter=seen.matter_slug,
        number=held.file_number,
        sentence=seen.sentence,
        capture=seen.capture,
        page=absolute("pages.matter", slug=seen.matter_slug, _anchor=f"change-{held.id}"),
    )


def article(row: Article, covering: Iterable[Covering]) -> api.Article:
    shown = ("headline", "author", "outlet", "kind", "address", "language", "published_on", "first_seen_at")
    measures = [
        api.Covered(number=one.file_number, slug=one.slug or None, role=one.role, evidence=one.evidence)
        for one in covering
    ]
    return api.Article(**{field: getattr(row, field) for field in shown}, measures=measures)


def votes(dossier: Dossier) -> list[api.Vote]:
    """Every roll call of a matter, the oldest first."""
    ordered = sorted(dossier.actions, key=lambda row: (row.acted_on, row.position))
    return [_vote(row, dossier.votes[row.id]) for row in ordered if row.id in dossier.votes]


def _vote(row: models.Action, ballots: Sequence[Ballot]) -> api.Vote:
    counted = tally(ballots)
    return api.Vote(
        action_id=row.source_id,
        acted_on=row.acted_on,
        body=row.body,
        action=row.name,
        result=row.result,
        yes=counted.yes if counted else 0,
        no=counted.no if counted else 0,
        members=[api.Ballot(name=name, vote=word) for name, word in ballots],
    )


def hearing(meeting: Meeting) -> api.Hearing:
    return api.Hearing(**meeting._asdict() | {"measures": [one._asdict() for one in meeting.measures]})


def section(history: queries.SectionHistory) -> api.SectionHistory:
    deeds = [
        api.Deed(
            number=deed.file_number,
            slug=deed.line.slug if deed.line else None,
            effect=deed.effect,
            subdivisions=list(deed.subdivisions),
            is_law=bool(deed.line and deed.line.is_law),
            on=deed.on or None,
        )
        for deed in history.deeds
    ]
    return api.SectionHistory(code=history.code, section=history.section, deeds=deeds)
