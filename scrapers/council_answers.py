"""Answers of the Council's Legistar Web API -> records, equal to what `council_archive` reads of the same facts. Pure.

Every function takes parsed JSON and a subject, the address it came from, and raises PageChanged where the JSON is not
what is known: another type, a key that is missing. Null is empty; keys that are not known are left alone.

What the API does not say by itself (webapi.legistar.com/Help, and 19,016 matters of the archive):

* A history is in no order; the archive's is by date, time, row id. A row without an action is an agenda's item.
* Sponsors come for every version of a bill; the first has no sequence or 0. "(by request of the Mayor)" and the like
  stand among them and are nobody.
* A text begins with number, title and the line ``..Body``, often with a line of sponsors after it; the archive drops
  all that. Its resolutions of before 2022, taken over earlier, still have the sponsors' line.
* Dates and times of acts are New York wall clock; only ``...LastModifiedUtc`` is UTC.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from scrapers.answers import Answer
from scrapers.council_archive import GATEWAY
from scrapers.errors import PageChanged
from scrapers.json_rows import Row, objects
from scrapers.records import (
    ActionRecord,
    AgendaItemRecord,
    DocumentRecord,
    MatterRecord,
    MeetingRecord,
    PersonRecord,
    VoteRecord,
    file_number_of,
)

SUBJECT = "the Council's API"
WORDS = {"actions": "Action", "mattertypes": "MatterType", "matterstatuses": "MatterStatus", "votetypes": "VoteType"}
# Introduced, Sent to Mayor, Filed (End of Session), Hearing Held by Mayor, Recved from Mayor: nobody votes on these;
# old rows of them bear a stray "Fail", and asking for their votes answers with an error
NO_ROLL_CALL = frozenset({27, 53, 5046, 5014, 5023})
BODY_LINE, SPONSORS_LINE = "..body", "By Council Member"

_CLOCK = re.compile(r"(\d{1,2}):(\d\d) ?([AP])\.?M\.?", re.IGNORECASE)


class Listed(NamedTuple):
    """A matter in a list: enough to know whether to read the rest of it.

    ``last_modified`` is aware UTC, None where the Council keeps none; ``matter`` is the object as it came, ``answer``
    the page of the list that held it.
    """

    matter_id: str
    file_number: str
    kind: str
    last_modified: datetime | None
    matter: dict[str, Any]
    answer: Answer | None = None

    @property
    def temporary(self) -> bool:
        """Whether it has no number yet, or one that is not public before introduction (``T2021-8050``)."""
        return not is_public(self.file_number)


def parse_matter(
    matter: Any,
    histories: Any,
    sponsors: Any,
    attachments: Any,
    text: str | None,
    votes_by_history: Mapping[str, tuple[VoteRecord, ...]],
    subject: str = SUBJECT,
) -> MatterRecord | None:
    """A matter of the answers to /matters/{id} and to its histories, sponsors and attachments.

    None where its number is temporary or not given yet: that is no matter of the public's.
    ``text`` is what `parse_text` gave, "" where there is no text, None where it was not asked for. The votes are by
    MatterHistoryId.
    """
    row = Row(matter, subject)
    if not is_public(file_number := file_number_of(row.word("MatterFile"))):
        return None
    source_id = str(row.id("MatterId"))
    return MatterRecord(
        source_id=source_id,
        file_number=file_number,
        kind=row.required("MatterTypeName"),
        name=row.word("MatterName"),
        title=row.word("MatterTitle"),
        status=row.word("MatterStatusName"),
        body=row.word("MatterBodyName"),
        introduced_on=row.when("MatterIntroDate")[0],
        final_action_on=row.when("MatterPassedDate")[0],
        enacted_on=row.when("MatterEnactmentDate")[0],
        local_law=row.word("MatterEnactmentNumber"),
        version=row.word("MatterVersion"),
        sponsors=parse_sponsors(sponsors, row.word("MatterVersion"), subject),
        actions=parse_histories(histories, votes_by_history, subject),
        summary=row.word("MatterEXText5"),
        documents=parse_attachments(attachments, subject),
        text=text,
        url=f"{GATEWAY}{source_id}",
    )


def parse_matters(answer: Any, subject: str = SUBJECT) -> tuple[Listed, ...]:
    """The matters of a list, in its order. One that has no number yet is there with ``file_number`` ""."""
    return tuple([_listed(row) for row in objects(answer, subject)])


def parse_listed(answer: Any, subject: str = SUBJECT) -> Listed:
    """The matter of an answer to /matters/{id}, as a list would have it."""
    return _listed(Row(answer, subject))


def _listed(row: Row) -> Listed:
    day, clock = row.when("MatterLastModifiedUtc")
    moment = datetime.fromisoformat(f"{day}T{clock or '00:00:00'}").replace(tzinfo=UTC) if day else None
    number, kind = file_number_of(row.word("MatterFile")), row.word("MatterTypeName")
    return Listed(str(row.id("MatterId")), number, kind, moment, row.row)


def parse_histories(
    answer: Any, votes_by_history: Mapping[str, tuple[VoteRecord, ...]] | None = None, subject: str = SUBJECT
) -> tuple[ActionRecord, ...]:
    """The acts by date, time and row id; rows on which nothing was done are left out. Rows that look alike are kept."""
    votes = votes_by_history or {}
    done = [row for row in objects(answer, subject) if row.number("MatterHistoryActionId") is not None]
    found = [_action(row, votes) for row in done]
    if len({action.source_id for action in found}) < len(found):
        raise PageChanged(subject, "a row of the history is there twice; nothing was taken from this answer")
    return tuple(sorted(found, key=lambda action: (action.acted_on, action.clock, int(action.source_id))))


def _action(row: Row, votes: Mapping[str, tuple[VoteRecord, ...]]) -> ActionRecord:
    source_id = str(row.id("MatterHistoryId"))
    acted_on, clock = row.when("MatterHistoryActionDate")
    if not acted_on:
        raise row.changed(f"the act of row {source_id} has no date")
    minutes, agenda = row.raw("MatterHistoryMinutesNote"), row.word("MatterHistoryAgendaNote")
    return ActionRecord(
        source_id=source_id,
        acted_on=acted_on,
        clock=clock,
        code=row.id("MatterHistoryActionId"),
        name=row.word("MatterHistoryActionName"),
        body=row.word("MatterHistoryActionBodyName"),
        result=row.word("MatterHistoryPassedFlagName"),
        version=row.word("MatterHistoryVersion"),
        note=row.word("MatterHistoryMinutesNote") if minutes else agenda,
        event_id=str(row.number("MatterHistoryEventId") or ""),
        votes=votes.get(source_id, ()),
    )


def may_have_votes(action: ActionRecord) -> bool:
    """Whether members can have voted: all 9,418 roll calls of the archive stand at a row with a result."""
    return bool(action.result) and action.code not in NO_ROLL_CALL


def parse_sponsors(answer: Any, version: str, subject: str = SUBJECT) -> tuple[PersonRecord, ...]:
    """The sponsors of that version, or of the highest where it has none yet, the prime sponsor first."""
    rows = objects(answer, subject)
    versions = {row.word("MatterSponsorMatterVersion") for row in rows}
    current = version if version in versions else max(versions, key=_rank, default="")
    mine = [row for row in rows if row.word("MatterSponsorMatterVersion") == current]
    mine.sort(key=lambda row: row.number("MatterSponsorSequence") or 0)
    named = [row for row in mine if row.number("MatterSponsorNameId")]
    people = [_person(row, "MatterSponsorNameId", "MatterSponsorName") for row in named]
    return tuple([person for person in people if not person.name.startswith("(")])


def parse_attachments(answer: Any, subject: str = SUBJECT) -> tuple[DocumentRecord, ...]:
    """The documents that the Council shows on its own page, in the page's order."""
    shown = []
    for row in objects(answer, subject):
        number = row.id("MatterAttachmentId")
        document = DocumentRecord(str(number), row.word("MatterAttachmentName"), row.word("MatterAttachmentHyperlink"))
        if row.value("MatterAttachmentShowOnInternetPage") is True:
            shown.append((row.order("MatterAttachmentSort"), number, document))
    return tuple([document for _, _, document in sorted(shown)])


def parse_versions(answer: Any, subject: str = SUBJECT) -> tuple[tuple[str, str], ...]:
    """(version, text id) of each text, the newest last: ``*`` before ``A`` before ``B``."""
    found = []
    for row in objects(answer, subject):
        key = row.value("Key")
        if not str(key).isdecimal():
            raise row.changed(f"Key must be a text's id and is {str(key)[:40]!r}")
        found.append((row.word("Value"), str(key)))
    return tuple(sorted(found, key=lambda each: (_rank(each[0]), int(each[1]))))


def text_id_of(versions: tuple[tuple[str, str], ...], version: str) -> str:
    """The id of that version's text, or of the newest text where it has none; "" where there is no text at all."""
    mine = [text_id for name, text_id in versions if name == version] or [text_id for _, text_id in versions]
    return mine[-1] if mine else ""


def _rank(version: str) -> tuple[int, str]:
    # NYC counts *, A, B ...; other cities 0, 1, ... 10
    return (0, "") if version == "*" else (len(version), version)


def parse_text(answer: Any, subject: str = SUBJECT) -> str:
    """What is enacted or resolved, without the lines of number, title and sponsors before it."""
    row = Row(answer, subject)
    row.value("MatterTextId")
    lines = row.word("MatterTextPlain").replace("\r\n", "\n").split("\n")
    heads = [n for n, line in enumerate(lines) if line.startswith(SPONSORS_LINE) or line.strip().lower() == BODY_LINE]
    return "\n".join(lines[heads[-1] + 1 :] if heads else lines).strip()


def parse_votes(answer: Any, subject: str = SUBJECT) -> tuple[VoteRecord, ...]:
    """The roll call in the Council's order; a member whose vote was left blank has the value ""."""
    rows = sorted(objects(answer, subject), key=lambda row: row.order("VoteSort"))
    people = [_person(row, "VotePersonId", "VotePersonName") for row in rows]
    return tuple([VoteRecord(person, row.word("VoteValueName")) for person, row in zip(people, rows, strict=True)])


def parse_events(answer: Any, subject: str = SUBJECT) -> tuple[MeetingRecord, ...]:
    """The meetings of a list, in its order, without their agendas."""
    return tuple([_meeting(row) for row in objects(answer, subject)])


def _meeting(row: Row) -> MeetingRecord:
    time, comment = row.word("EventTime"), row.word("EventComment")
    clock = _clock(time)
    held_on, _ = row.when("EventDate")
    if not held_on:
        raise row.changed("EventDate is null")
    return MeetingRecord(
        source_id=str(row.id("EventId")),
        body=row.word("EventBodyName"),
        held_on=held_on,
        clock=clock,
        location=row.word("EventLocation"),
        status=row.word("EventAgendaStatusName"),
        # "after the Stated Meeting" is no time of the clock; a reader still gets to see it
        topic=comment if clock else ". ".join(filter(None, (time, comment))),
        url=row.word("EventInSiteURL"),
    )


def _clock(printed: str) -> str:
    """``1:30 PM`` -> ``13:30:00``; "" for what is no time of the clock."""
    if not (found := _CLOCK.fullmatch(printed)):
        return ""
    hour, minute, half = int(found[1]), int(found[2]), found[3].upper()
    if not (1 <= hour <= 12 and minute < 60):
        return ""
    return f"{hour % 12 + 12 * (half == 'P'):02}:{minute:02}:00"


def parse_event_items(answer: Any, subject: str = SUBJECT) -> tuple[AgendaItemRecord, ...]:
    """The matters on an agenda in the meeting's order: that of the minutes where there are some, else the agenda's."""
    places = []
    for row in objects(answer, subject):
        number, agenda = row.id("EventItemId"), row.number("EventItemAgendaSequence") or 0
        if matter_id := row.number("EventItemMatterId"):
            item = AgendaItemRecord(
                source_id=str(number),
                file_number=file_number_of(row.word("EventItemMatterFile")),
                matter_id=str(matter_id),
                title=row.word("EventItemTitle") or row.word("EventItemMatterName"),
                action=row.word("EventItemActionName"),
            )
            places.append((row.number("EventItemMinutesSequence") or agenda, agenda, number, item))
    return tuple([item for *_, item in sorted(places)])


def parse_words(kind: str, answer: Any, subject: str = SUBJECT) -> tuple[tuple[int, str], ...]:
    """(id, word) of a vocabulary in the order of the ids; ``kind`` is a key of `WORDS`."""
    prefix = WORDS[kind]
    return tuple(sorted((row.id(f"{prefix}Id"), row.word(f"{prefix}Name")) for row in objects(answer, subject)))


def _person(row: Row, id_key: str, name_key: str) -> PersonRecord:
    number, name = row.number(id_key), " ".join(row.word(name_key).split())
    return PersonRecord(str(number) if number else name, name)


def is_public(file_number: str) -> bool:
    """Whether a matter of that number is on the record: a T number is not public before introduction."""
    return bool(file_number) and not file_number.startswith("T")
