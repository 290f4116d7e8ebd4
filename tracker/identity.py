"""Who is meant: pages number bills, rows and members otherwise than the Council's own system does. Pure.

An id with a prefix (``web:7696059``) is a page's own. The matter behind it is found by its file number, the member by
their name, as long as only one bears it; what is not found keeps the page's id until the Council's comes along.
"""

from collections.abc import Iterable

from scrapers.records import ActionRecord, MatterRecord, PersonRecord
from tracker.vocabulary import code_of, tidy

FOREIGN = ("web:", "name:")


def is_foreign(source_id: str) -> bool:
    """Whether an id is a page's own."""
    return source_id.startswith(FOREIGN)


class Identity:
    """File numbers and names as we know them, and the Council's ids behind them."""

    def __init__(self, matters: Iterable[tuple[str, str]], people: Iterable[tuple[str, str]]) -> None:
        """``matters`` and ``people`` are (id, file number or name) of all that is held and not removed."""
        self._by_file = {file_number: source_id for source_id, file_number in matters}
        self._people: dict[str, set[str]] = {}
        for source_id, name in people:
            self._learn_person(source_id, name)

    def learn(self, source_id: str, file_number: str) -> None:
        """A matter bears this number from now on."""
        self._by_file[file_number] = source_id

    def of(self, record: MatterRecord) -> MatterRecord:
        """A page's record under the ids by which we know the matter and its people; any other as it is."""
        if not is_foreign(record.source_id):
            return record
        known = self._by_file.get(record.file_number, record.source_id)
        # a page prints no ActionIDs; what its words mean is found by the words
        actions = tuple(row._replace(code=row.code or code_of(row.name) or 0) for row in record.actions)
        return self.with_people(record._replace(source_id=known, actions=actions))

    def learn_people(self, record: MatterRecord) -> None:
        """The members named in a record, for those who are held under a page's id."""
        for person in (*record.sponsors, *(vote.person for row in record.actions for vote in row.votes)):
            self._learn_person(person.source_id, person.name)

    def heir_of(self, record: MatterRecord) -> str:
        """The page's id under which we hold the matter that now comes with the Council's own; "" where we do not."""
        held = self._by_file.get(record.file_number, "")
        return held if is_foreign(held) and not is_foreign(record.source_id) else ""

    def with_people(self, record: MatterRecord) -> MatterRecord:
        """The record with every member under the Council's id where it is known."""
        sponsors = tuple(self._person(each) for each in record.sponsors)
        actions = tuple(self._action(row) for row in record.actions)
        if sponsors == record.sponsors and actions == record.actions:
            return record
        return record._replace(sponsors=sponsors, actions=actions)

    def _action(self, row: ActionRecord) -> ActionRecord:
        if not any(is_foreign(vote.person.source_id) for vote in row.votes):
            return row
        return row._replace(votes=tuple(vote._replace(person=self._person(vote.person)) for vote in row.votes))

    def _person(self, person: PersonRecord) -> PersonRecord:
        if not is_foreign(person.source_id):
            return person
        known = self._people.get(_name(person.name), set())
        return PersonRecord(next(iter(known)), person.name) if len(known) == 1 else person

    def _learn_person(self, source_id: str, name: str) -> None:
        if not is_foreign(source_id):
            self._people.setdefault(_name(name), set()).add(source_id)


def _name(name: str) -> str:
    return tidy(name).casefold()
