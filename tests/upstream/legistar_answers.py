"""The Legistar Web API's answers, made of matters and meetings in the archive's shape: what the archive does, undone.

The keys are those that webapi.legistar.com/Help lists and captured answers have. `matters_page` and `events_page` are
the lists as the API gives them, with its habits: 1,000 rows at most without a word, and no order unless asked for.
"""

import base64
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

Json = dict[str, Any]
CAP = 1000
NO_DATE = "0001-01-01"
REQUEST = "(by request of the Mayor)"
REQUEST_ID = 7631
NULL_CAST = {
    "Message": "An error has occurred.",
    "InnerException": {
        "ExceptionMessage": "The cast to value type 'System.Int32' failed because the materialized value is null."
    },
}

# what the archive calls each field of a matter
MATTER = {
    "MatterId": "ID", "MatterGuid": "GUID", "MatterFile": "File", "MatterName": "Name", "MatterTitle": "Title",
    "MatterTypeId": "TypeID", "MatterTypeName": "TypeName", "MatterStatusId": "StatusID",
    "MatterStatusName": "StatusName", "MatterBodyId": "BodyID", "MatterBodyName": "BodyName",
    "MatterEnactmentNumber": "LocalLaw", "MatterVersion": "Version", "MatterEXText5": "Summary",
}  # fmt: skip
MATTER_DATES = {
    "MatterIntroDate": "IntroDate", "MatterAgendaDate": "AgendaDate", "MatterPassedDate": "PassedDate",
    "MatterEnactmentDate": "EnactmentDate", "MatterLastModifiedUtc": "LastModified",
}  # fmt: skip
MATTER_EMPTY = (
    "MatterRequester", "MatterNotes", "MatterCost", "MatterReference", "MatterAgiloftId",
    *[f"MatterText{n}" for n in range(1, 6)], "MatterDate1", "MatterDate2",
    *[f"MatterEXText{n}" for n in range(1, 12) if n != 5], *[f"MatterEXDate{n}" for n in range(1, 11)],
)  # fmt: skip
HISTORY = {
    "EventId": "EventID", "AgendaSequence": "AgendaSequence", "MinutesSequence": "MinutesSequence",
    "AgendaNumber": "AgendaNumber", "Video": "Video", "VideoIndex": "VideoIndex", "Version": "Version",
    "AgendaNote": "AgendaNote", "MinutesNote": "MinutesNote", "ActionId": "ActionID", "ActionName": "Action",
    "ActionText": "Description", "ActionBodyId": "BodyID", "ActionBodyName": "BodyName",
    "PassedFlagName": "PassedFlagName", "RollCallFlag": "RollCallFlag", "FlagExtra": "FlagExtra", "Tally": "Tally",
    "AccelaRecordId": "AccelaRecordID", "Consent": "Consent", "MoverId": "MoverID", "MoverName": "MoverName",
    "SeconderId": "SeconderID", "SeconderName": "SeconderName", "MatterStatusId": "MatterStatusID",
}  # fmt: skip
EVENT = {
    "EventId": "ID", "EventGuid": "GUID", "EventBodyId": "BodyID", "EventBodyName": "BodyName",
    "EventVideoStatus": "VideoStatus", "EventAgendaStatusId": "AgendaStatusID",
    "EventAgendaStatusName": "AgendaStatusName", "EventMinutesStatusId": "MinutesStatusID",
    "EventMinutesStatusName": "MinutesStatusName", "EventLocation": "Location", "EventAgendaFile": "AgendaFile",
    "EventMinutesFile": "MinutesFile", "EventComment": "Comment", "EventVideoPath": "VideoPath",
    "EventMedia": "Media", "EventInSiteURL": "InSiteURL",
}  # fmt: skip
EVENT_DATES = {
    "EventAgendaLastPublishedUTC": "AgendaLastPublished", "EventMinutesLastPublishedUTC": "MinutesLastPublished",
    "EventLastModifiedUtc": "LastModified",
}  # fmt: skip
ITEM = {
    "Id": "ID", "Guid": "GUID", "AgendaSequence": "AgendaSequence", "MinutesSequence": "MinutesSequence",
    "AgendaNumber": "AgendaNumber", "Video": "Video", "VideoIndex": "VideoIndex", "Version": "Version",
    "AgendaNote": "AgendaNote", "MinutesNote": "MinutesNote", "ActionId": "ActionID", "ActionName": "ActionName",
    "ActionText": "ActionText", "PassedFlag": "PassedFlag", "PassedFlagName": "PassedFlagName",
    "RollCallFlag": "RollCallFlag", "FlagExtra": "FlagExtra", "Title": "Title", "Tally": "Tally",
    "AccelaRecordId": "AccelaRecordID", "Consent": "Consent", "MoverId": "MoverID", "Mover": "Mover",
    "SeconderId": "SeconderID", "Seconder": "Seconder", "MatterId": "MatterID", "MatterGuid": "MatterGUID",
    "MatterFile": "MatterFile", "MatterName": "MatterName", "MatterType": "MatterType", "MatterStatus": "MatterStatus",
}  # fmt: skip


def matter(m: Json) -> Json:
    """The answer to /matters/{id}, and an element of /matters."""
    return {
        **{key: m.get(name) or None for key, name in MATTER.items()},
        **{key: _moment(m.get(name)) for key, name in MATTER_DATES.items()},
        **dict.fromkeys(MATTER_EMPTY),
        "MatterRowVersion": _row_version(m.get("LastModified")),
        "MatterRestrictViewViaWeb": False,
        "MatterReports": [],
    }


def histories(m: Json) -> list[Json]:
    """The answer to /matters/{id}/histories, by row id: not the order of the dates."""
    return sorted((_history(row) for row in m.get("History") or ()), key=lambda row: int(row["MatterHistoryId"]))


def _history(row: Json) -> Json:
    made = {f"MatterHistory{key}": row.get(name) for key, name in HISTORY.items()}
    flag = row.get("PassedFlag", 0) if row.get("PassedFlagName") else None  # the archive leaves out a 0
    return made | {
        "MatterHistoryId": row["ID"],
        "MatterHistoryGuid": f"GUID-{row['ID']}",
        "MatterHistoryLastModifiedUtc": _moment(row.get("LastModified")),
        "MatterHistoryRowVersion": _row_version(row.get("LastModified")),
        "MatterHistoryActionDate": _moment(row["Date"]),
        "MatterHistoryPassedFlag": flag,
    }


def sponsors(m: Json) -> list[Json]:
    """The answer to /matters/{id}/sponsors: of every version. Whom the archive knows no name of is a request."""
    people = m.get("Sponsors") or []
    current = m.get("Version") or ""
    made = []
    for version in _versions_before(current):
        made += [_sponsor(m, version, place, person) for place, person in enumerate(people[:1])]
    return made + [_sponsor(m, current, place, person) for place, person in enumerate(people)]


def _sponsor(m: Json, version: str, place: int, person: Json) -> Json:
    return {
        "MatterSponsorId": m["ID"] * 1000 + place,
        "MatterSponsorGuid": f"GUID-{m['ID']}-{version}-{place}",
        "MatterSponsorLastModifiedUtc": _moment(m.get("LastModified")),
        "MatterSponsorRowVersion": _row_version(m.get("LastModified")),
        "MatterSponsorMatterId": m["ID"],
        "MatterSponsorMatterVersion": version,
        "MatterSponsorNameId": person["ID"] or REQUEST_ID,
        "MatterSponsorBodyId": None,
        "MatterSponsorName": person["FullName"] if person["ID"] else REQUEST,
        "MatterSponsorSequence": place or None,
        "MatterSponsorLinkFlag": 1,
    }


def attachments(m: Json) -> list[Json]:
    """The answer to /matters/{id}/attachments."""
    return [_attachment(each) for each in m.get("Attachments") or ()]


def _attachment(each: Json) -> Json:
    link = each.get("Link") or ""
    return {
        "MatterAttachmentId": each["ID"],
        "MatterAttachmentGuid": f"GUID-{each['ID']}",
        "MatterAttachmentLastModifiedUtc": _moment(each.get("LastModified")),
        "MatterAttachmentRowVersion": _row_version(each.get("LastModified")),
        "MatterAttachmentName": each["Name"],
        "MatterAttachmentHyperlink": link,
        "MatterAttachmentFileName": link.rpartition("/")[2],
        "MatterAttachmentMatterVersion": "0",
        "MatterAttachmentIsHyperlink": False,
        "MatterAttachmentBinary": None,
        "MatterAttachmentIsSupportingDocument": False,
        "MatterAttachmentShowOnInternetPage": True,
        "MatterAttachmentIsMinuteOrder": False,
        "MatterAttachmentIsBoardLetter": False,
        "MatterAttachmentAgiloftId": 0,
        "MatterAttachmentDescription": None,
        "MatterAttachmentPrintWithReports": False,
        "MatterAttachmentSort": each.get("Sort", 0),
    }


def versions(m: Json) -> list[Json]:
    """The answer to /matters/{id}/versions: a text of the current version (``TextID``) and of each before it."""
    if not (newest := m.get("TextID")):
        return []
    current = m.get("Version") or ""
    before = _versions_before(current)
    older = [{"Key": str(newest - len(before) + n), "Value": version} for n, version in enumerate(before)]
    return [{"Key": str(newest), "Value": current}, *older]


def text(m: Json) -> Json:
    """The answer to /matters/{id}/texts/{TextID}, with the lines that the archive cuts off."""
    head = f"{m['File']}\n\n..Title\n{m.get('Title') or ''}\n..Body\n\n"
    return {
        "MatterTextId": m.get("TextID") or 0,
        "MatterTextGuid": f"GUID-{m.get('TextID')}",
        "MatterTextLastModifiedUtc": _moment(m.get("LastModified")),
        "MatterTextRowVersion": _row_version(m.get("LastModified")),
        "MatterTextMatterId": m["ID"],
        "MatterTextVersion": m.get("Version") or "",
        "MatterTextPlain": (head + (m.get("Text") or "") + "\n").replace("\n", "\r\n"),
        "MatterTextRtf": "",
    }


def votes(m: Json, history_id: int | str) -> list[Json]:
    """The answer to /eventitems/{history_id}/votes; KeyError where the matter has no such row."""
    for row in m.get("History") or ():
        if row["ID"] == int(history_id):
            return [_vote(row, number, vote) for number, vote in enumerate(row.get("Votes") or ())]
    raise KeyError(history_id)


def _vote(row: Json, number: int, vote: Json) -> Json:
    return {
        "VoteId": row["ID"] * 100 + number,
        "VoteGuid": f"GUID-{row['ID']}-{number}",
        "VoteLastModifiedUtc": _moment(row.get("LastModified")),
        "VoteRowVersion": _row_version(row.get("LastModified")),
        "VotePersonId": vote["ID"],
        "VotePersonName": vote["FullName"],
        "VoteValueId": vote.get("VoteID") or None,
        "VoteValueName": vote["Vote"] or None,
        "VoteSort": vote.get("Sort", number),
        "VoteResult": vote.get("Result", 0),
        "VoteEventItemId": row["ID"],
    }


def event(e: Json) -> Json:
    """The answer to /events/{id}, and an element of /events: without its items."""
    held = datetime.fromisoformat(e["Date"])
    return {
        **{key: e.get(name) for key, name in EVENT.items()},
        **{key: _moment(e.get(name)) for key, name in EVENT_DATES.items()},
        "EventRowVersion": _row_version(e.get("LastModified")),
        "EventDate": f"{held:%Y-%m-%d}T00:00:00",
        "EventTime": f"{held:%I:%M %p}".lstrip("0") if held.hour else "",
        "EventItems": [],
    }


def event_items(e: Json) -> list[Json]:
    """The answer to /events/{id}/eventitems."""
    return [_item(e, item) for item in e.get("Items") or ()]


def _item(e: Json, item: Json) -> Json:
    return {
        **{f"EventItem{key}": item.get(name) for key, name in ITEM.items()},
        "EventItemLastModifiedUtc": _moment(item.get("LastModified")),
        "EventItemRowVersion": _row_version(item.get("LastModified")),
        "EventItemEventId": e["ID"],
        "EventItemMatterAttachments": [],
    }


def matters_page(ms: Iterable[Json], params: Mapping[str, str]) -> list[Json]:
    """The answer to /matters. Raises ValueError for options that the API would answer with 400."""
    return _page([matter(m) for m in _kept(ms, params.get("$filter", ""), _matter_value)], params)


def events_page(es: Iterable[Json], params: Mapping[str, str]) -> list[Json]:
    """The answer to /events. Raises ValueError for options that the API would answer with 400."""
    return _page([event(e) for e in _kept(es, params.get("$filter", ""), lambda e, key: event(e)[key])], params)


def _matter_value(m: Json, key: str) -> Any:
    """One field, without making the other sixty: a city has 19,000 matters."""
    if key in MATTER_DATES:
        return _moment(m.get(MATTER_DATES[key]))
    return m.get(MATTER[key]) or None


TERM = re.compile(r"(\w+) (eq|ne|gt|ge|lt|le) (?:datetime'([^']*)'|'((?:[^']|'')*)'|(\d+))( and |$)")
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
}  # fmt: skip


def _kept(rows: Iterable[Json], expression: str, value_of: Callable[[Json, str], Any]) -> list[Json]:
    """The rows for which every term of a $filter holds; null is never greater or less than anything."""
    terms = list(TERM.finditer(expression))
    if "".join(term[0] for term in terms) != expression or len(terms) > 16 or expression.endswith(" and "):
        raise ValueError(f"no $filter: {expression}")
    kept = []
    for row in rows:
        for key, compare, moment, string, number, _ in (term.groups() for term in terms):
            there = value_of(row, key)
            asked: Any = (
                moment if moment is not None else string.replace("''", "'") if string is not None else int(number)
            )
            if moment is not None:
                there, asked = there and datetime.fromisoformat(there), datetime.fromisoformat(asked)
            if there is None or not COMPARE[compare](there, asked):
                break
        else:
            kept.append(row)
    return kept


def _page(rows: list[Json], params: Mapping[str, str]) -> list[Json]:
    if order := params.get("$orderby"):
        key, _, way = order.partition(" ")
        rows = sorted(rows, key=lambda row: (row[key] is not None, row[key]), reverse=way == "desc")
    top, skip = int(params.get("$top", CAP)), int(params.get("$skip", 0))
    return rows[skip : skip + (top if top <= CAP else 4)]  # $top=2000 has been answered with four rows


def _versions_before(version: str) -> list[str]:
    """``B`` comes after ``*`` and ``A``."""
    letters = "ABCDEFGH"
    return ["*", *letters[: letters.index(version)]] if version in tuple(letters) else []


def _moment(printed: str | None) -> str | None:
    """The archive's ``2025-10-09T13:25:00Z``, without the Z that it adds and null where it has the year 1."""
    return None if not printed or printed.startswith(NO_DATE) else printed.removesuffix("Z")


def _row_version(printed: str | None) -> str:
    return base64.b64encode(zlib.crc32((printed or "").encode()).to_bytes(8, "big")).decode()
