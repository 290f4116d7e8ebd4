"""The Council's record by way of its Legistar Web API: ``https://webapi.legistar.com/v1/nyc``, OData options, JSON.

The API wants a token, which the fetcher adds to the address and leaves out of everything that is written down. What
one has to know of it (reports on the reference clients, and five years of the archive):

* A list stops at 1,000 rows without a word: a full page means that there is more. Without ``$orderby`` pages overlap.
* ``MatterLastModifiedUtc`` does not move for every change (of sponsors, of rows of the history): asking for what moved
  needs an overlap, and beside it a daily read of what is followed and a monthly one of everything.
* MatterHistoryId is the EventItemId of the meeting, which is where the votes are. Where there was no roll call the
  answer is 404, or for ever 500 with "the materialized value is null": that is "no votes", not an outage.
* Text changes under the same text id: it is always asked for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from scrapers.answers import Answer, Fetcher
from scrapers.council_answers import (
    WORDS,
    Listed,
    may_have_votes,
    parse_event_items,
    parse_events,
    parse_histories,
    parse_listed,
    parse_matter,
    parse_matters,
    parse_text,
    parse_versions,
    parse_votes,
    parse_words,
    text_id_of,
)
from scrapers.errors import FetchFailed, PageChanged, Refused, SourceMissing
from scrapers.fetch import ServerError
from scrapers.json_rows import objects
from scrapers.records import ActionRecord, AgendaItemRecord, MatterRecord, MeetingRecord, VoteRecord

KINDS = ("Introduction", "Resolution")
PAGE = 1000  # the API's own limit; asking for more has been answered with four rows
NO_VOTES = b"materialized value is null"
ASK_FOR_A_TOKEN = "the Council's API answers nobody without a token: ask for one at council.nyc.gov/legislation/api"
CHECK_THE_TOKEN = "if it no longer takes the token, ask for another at council.nyc.gov/legislation/api"
CHECK_THE_CLIENT = "an unknown client's name in the address is answered with 500 too: check that {} is right"

Votes = Mapping[str, tuple[VoteRecord, ...]]


class Dossier(NamedTuple):
    """One matter with all its parts, and the answers it was made of. ``record`` is None without a public number."""

    record: MatterRecord | None
    answers: tuple[Answer, ...]
    last_modified: datetime | None


class Api:
    """The road. ``address`` ends in the client's name; ``kinds`` are the types of matters that the lists give.

    Every call raises what the fetcher raises (Refused with a sentence on tokens), and PageChanged for an answer of
    another shape.
    """

    def __init__(self, fetcher: Fetcher, address: str, token: str = "", *, kinds: Sequence[str] = KINDS) -> None:
        self._fetcher = fetcher
        self._address = address.rstrip("/")
        self._secret = {"token": token} if token else None
        self._kinds = tuple(kinds)

    def changed_since(self, moment: datetime) -> Iterator[Listed]:
        """The matters that the Council touched after an aware moment, each once; page after page as they are taken."""
        # cut to the second, which is never later than the moment
        after = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
        for kind in self._kinds:
            terms = (f"MatterLastModifiedUtc gt datetime'{after}'", _is("MatterTypeName", kind))
            for answer, rows in self._pages("matters", "MatterId", *terms):
                yield from _listed(answer, rows)

    def all_matters(self, after_id: int, limit: int = PAGE) -> tuple[Listed, ...]:
        """The next matters by MatterId, ``limit`` at most (1 to 1,000). Fewer than ``limit``: these were the last."""
        if not 1 <= limit <= PAGE:
            raise ValueError(f"a batch has 1 to {PAGE} matters, not {limit}")
        found: list[Listed] = []
        for kind in self._kinds:
            terms = f"MatterId gt {int(after_id)} and {_is('MatterTypeName', kind)}"
            answer = self._get("matters", {"$filter": terms, "$orderby": "MatterId", "$top": str(limit)})
            found += _listed(answer, answer.json())
        return tuple(sorted(found, key=lambda listed: int(listed.matter_id))[:limit])

    def matter(
        self,
        matter_id: str | int,
        matter: Listed | None = None,
        *,
        votes_known: Votes | None = None,
        results_known: Mapping[str, str] | None = None,
    ) -> Dossier:
        """A matter with all its parts; ``matter`` saves asking for what a list has just shown.

        ``votes_known`` holds, by history id, votes that need not be asked for again; with ``results_known`` only where
        the row still has that result. A row known without votes is asked again: votes come later than results.
        Raises SourceMissing where the Council has no such matter (any more).
        """
        listed = matter or self._one(str(matter_id))
        answers = [listed.answer] if listed.answer else []
        if listed.temporary:
            return Dossier(None, tuple(answers), listed.last_modified)
        place = f"matters/{listed.matter_id}"
        histories = self._part(f"{place}/histories", answers, {"AgendaNote": "1", "MinutesNote": "1"})
        sponsors = self._part(f"{place}/sponsors", answers)
        attachments = self._part(f"{place}/attachments", answers)
        text = self._text(place, str(listed.matter.get("MatterVersion") or "").strip(), answers)
        subject = f"{self._address}/{place}"
        votes = {
            action.source_id: _held(action, votes_known, results_known) or self._votes(action, answers)
            for action in parse_histories(histories, subject=subject)
            if may_have_votes(action)
        }
        record = parse_matter(listed.matter, histories, sponsors, attachments, text, votes, subject)
        return Dossier(record, tuple(answers), listed.last_modified)

    def events(self, since: date, until: date) -> tuple[MeetingRecord, ...]:
        """The meetings of these days, the last one included, without their agendas."""
        terms = (f"EventDate ge datetime'{since}'", f"EventDate lt datetime'{until + timedelta(days=1)}'")
        pages = self._pages("events", "EventId", *terms)
        return tuple([meeting for answer, rows in pages for meeting in parse_events(rows, answer.address)])

    def agenda(self, event_id: str | int) -> tuple[AgendaItemRecord, ...]:
        """The matters on a meeting's agenda. Raises SourceMissing where the Council took the meeting away."""
        answer = self._get(f"events/{event_id}/eventitems", {"AgendaNote": "1", "MinutesNote": "1", "Attachments": "1"})
        return parse_event_items(_whole(answer), answer.address)

    def words(self) -> dict[str, tuple[tuple[int, str], ...]]:
        """The Council's vocabularies, (id, word) by the keys of `WORDS`: a new word is told before it is met."""
        found: dict[str, tuple[tuple[int, str], ...]] = {}
        for kind, prefix in WORDS.items():
            pages = self._pages(kind, f"{prefix}Id")
            found[kind] = tuple([word for answer, rows in pages for word in parse_words(kind, rows, answer.address)])
        return found

    def _one(self, matter_id: str) -> Listed:
        answer = self._get(f"matters/{matter_id}")
        listed = parse_listed(answer.json(), answer.address)
        if listed.matter_id != matter_id:
            raise PageChanged(answer.address, f"matter {listed.matter_id} was given where {matter_id} was asked for")
        return listed._replace(answer=answer)

    def _part(self, path: str, answers: list[Answer], params: Mapping[str, str] | None = None) -> Any:
        """A part of a matter that is there: that the part is missing must not pass for the matter being gone."""
        try:
            answer = self._get(path, params)
        except SourceMissing as error:
            raise PageChanged(
                error.subject, "the matter is there and this part of it answers 404; ask again later"
            ) from error
        answers.append(answer)
        return _whole(answer)

    def _text(self, place: str, version: str, answers: list[Answer]) -> str:
        versions = parse_versions(self._part(f"{place}/versions", answers), f"{self._address}/{place}/versions")
        if not (text_id := text_id_of(versions, version)):
            return ""
        text = self._part(f"{place}/texts/{text_id}", answers)
        return parse_text(text, f"{self._address}/{place}/texts/{text_id}")

    def _votes(self, action: ActionRecord, answers: list[Answer]) -> tuple[VoteRecord, ...]:
        try:
            answer = self._get(f"eventitems/{action.source_id}/votes")
        except SourceMissing:
            return ()
        except ServerError as error:
            if error.status == 500 and NO_VOTES in error.body:
                return ()
            raise
        answers.append(answer)
        return parse_votes(_whole(answer), answer.address)

    def _pages(self, path: str, key: str, *terms: str) -> Iterator[tuple[Answer, list[dict[str, Any]]]]:
        """Each page with those of its rows that no page before it had, until one is not full."""
        params = {"$filter": " and ".join(terms)} if terms else {}
        seen: set[int] = set()
        for number in count():
            page = {"$orderby": key, "$top": str(PAGE), "$skip": str(number * PAGE)}
            answer = self._get(path, params | page)
            rows = objects(answer.json(), answer.address)
            fresh = list({row.id(key): row.row for row in rows if row.id(key) not in seen}.values())
            if len(rows) >= PAGE and not fresh:
                raise PageChanged(
                    answer.address, f"page {number + 1} of the list has nothing that was not there before"
                )
            seen.update(row[key] for row in fresh)
            yield answer, fresh
            if len(rows) < PAGE:
                return

    def _get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        address = f"{self._address}/{path}"
        try:
            return self._fetcher.get(address, params, secret=self._secret, accept="application/json")
        except Refused as error:
            advice = CHECK_THE_TOKEN if self._secret else ASK_FOR_A_TOKEN
            raise Refused(error.subject, f"{error.message}; {advice}") from error
        except ServerError as error:
            if error.status == 500 and NO_VOTES not in error.body:
                raise FetchFailed(
                    error.subject, f"{error.message}; {CHECK_THE_CLIENT.format(self._address)}"
                ) from error
            raise


def next_watermark(
    previous: datetime | None, seen: Iterable[datetime | None], overlap_days: int, now: datetime | None = None
) -> datetime | None:
    """From when `Api.changed_since` is to be asked next time: the newest moment seen less the overlap.

    It never goes back, and stays where nothing was seen. To be kept only after every list and every matter was read.
    Given ``now``, a moment that lies ahead of it (a wrong clock at the source) counts as now.
    """
    moments = [moment if now is None else min(moment, now) for moment in seen if moment is not None]
    if not moments:
        return previous
    newest = max(moments) - timedelta(days=overlap_days)
    return newest if previous is None else max(previous, newest)


def _held(
    action: ActionRecord, votes_known: Votes | None, results_known: Mapping[str, str] | None
) -> tuple[VoteRecord, ...]:
    """The votes already held of a row, () where they are to be asked for."""
    if results_known is not None and results_known.get(action.source_id) != action.result:
        return ()
    return (votes_known or {}).get(action.source_id, ())


def _listed(answer: Answer, rows: Any) -> list[Listed]:
    return [listed._replace(answer=answer) for listed in parse_matters(rows, answer.address)]


def _is(field: str, value: str) -> str:
    return "{} eq '{}'".format(field, value.replace("'", "''"))


def _whole(answer: Answer) -> Any:
    """An answer that is not paged. One as long as a page was cut, and nobody says so."""
    parsed = answer.json()
    if isinstance(parsed, list) and len(parsed) >= PAGE:
        raise PageChanged(answer.address, f"the list has {len(parsed)} rows, the most that the API gives: it was cut")
    return parsed
