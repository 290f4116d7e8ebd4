"""Records of every shape that a source could give, for properties that must hold for all of them."""

from datetime import date

from hypothesis import strategies as st

from scrapers.records import ActionRecord, DocumentRecord, MatterRecord, PersonRecord, VoteRecord

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat)
NO_DAY = st.just("")

# A member has one name at a time: what is held is their latest.
NAMES = {"1": "Jane Doe", "2": "Richard Roe", "3": "Ann Poe", "4": "José Núñez"}
PEOPLE = st.sampled_from(sorted(NAMES.items())).map(lambda pair: PersonRecord(*pair))
VOTES = st.builds(VoteRecord, PEOPLE, st.sampled_from(["Affirmative", "Negative", "Absent", "Excused"]))

ACTIONS = st.builds(
    ActionRecord,
    source_id=st.integers(1, 6).map(str),
    acted_on=DAYS,
    clock=st.sampled_from(["", "00:00:00", "13:25:00"]),
    code=st.integers(0, 6000),
    name=st.sampled_from(["Introduced by Council", "Approved by Council", "Vetoed by Mayor"]) | WORDS,
    body=WORDS,
    result=st.sampled_from(["", "Pass", "Fail"]),
    version=WORDS,
    note=WORDS,
    event_id=WORDS,
    votes=st.lists(VOTES, max_size=4).map(tuple),
    url=WORDS,
    confidence=st.sampled_from(["", "high", "low"]),
)
DOCUMENTS = st.builds(DocumentRecord, WORDS, WORDS, WORDS)
MATTERS = st.builds(
    MatterRecord,
    source_id=st.just("76557"),
    file_number=st.sampled_from(["Int 1412-2025", "Res 0001-2026", "Int 0272-1996-A", "Something else"]),
    kind=st.sampled_from(["Introduction", "Resolution", "Executive Order", "Lawsuit"]),
    name=WORDS,
    title=WORDS,
    status=st.sampled_from(["Committee", "Enacted", ""]) | WORDS,
    body=WORDS,
    introduced_on=DAYS | NO_DAY,
    final_action_on=DAYS | NO_DAY,
    enacted_on=DAYS | NO_DAY,
    local_law=st.sampled_from(["", "2026/063", "2017/228"]),
    version=WORDS,
    sponsors=st.lists(PEOPLE, max_size=3, unique=True).map(tuple),
    actions=st.lists(ACTIONS, max_size=4, unique_by=lambda action: action.source_id).map(tuple),
    summary=WORDS,
    documents=st.none() | st.lists(DOCUMENTS, max_size=3).map(tuple),
    text=st.none() | WORDS,
    url=WORDS,
    issuer=WORDS,
    signer=WORDS,
    scope=st.just(""),
    scope_reason=st.just(""),
    partial=st.just(False),
)
