"""The starter record's curated facts agree with each other, with the sources, and are in our own words."""

import csv
import datetime
import io
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import zstandard
from conftest import shared_data

RECORD = Path(__file__).resolve().parents[1] / "tracker" / "record"
SHARED = shared_data() or Path("the shared folder of real data")
AS_OF = datetime.date(2026, 11, 24)

COUNCIL_FILE = re.compile(r"(Int|Res) \d{4}-(19|20)\d{2}")
ORDER_FILE = re.compile(r"E?EO [1-9]\d*-(19|20)\d{2}")
ORDER_KINDS = {"Executive Order", "Emergency Executive Order"}
KINDS = ORDER_KINDS | {"Directive", "Lawsuit"}
STATES = {
    "in_force", "amended", "revoked", "void", "enjoined", "superseded", "pending", "decided", "issued", "unknown",
}  # fmt: skip
ACTS = {
    "order_signed", "order_amended", "order_revoked", "order_blocked",
    "order_voided", "order_continued",
    "issued", "reported", "suit_filed", "ruling", "decision", "announced", "replaced", "order_replaced",
}  # fmt: skip
RELATION_KINDS = {
    "reintroduces", "amends", "repeals", "supersedes", "revokes", "continues", "companion",
    "implements", "challenges", "answers",
}  # fmt: skip
LOADED_WORDS = re.compile(
    r"\b(protect(s|ed|ing|ions?)?|loopholes?|harm(s|ful|ed)?|draconian|crackdowns?|illegals?|abusive)\b", re.IGNORECASE
)

# The 34 core bills, as read and labelled by hand.
CORE = """
Int 0326-2002, Int 0656-2011, Int 0982-2012, Int 0989-2012, Int 0486-2014, Int 0487-2014, Int 1558-2017,
Int 1565-2017, Int 1568-2017, Int 1579-2017, Int 1588-2017, Int 1092-2018, Int 1129-2018, Int 2053-2020,
Int 2348-2021, Int 2351-2021, Int 2352-2021, Int 2469-2021, Int 0158-2022, Int 0184-2022, Int 0185-2022,
Int 0841-2022, Int 0214-2024, Int 0274-2024, Int 0395-2024, Int 0396-2024, Int 0945-2024, Int 1268-2025,
Int 1412-2025, Int 0055-2026, Int 0209-2026, Int 0261-2026, Int 0515-2026, Int 0739-2026
"""
CORE_FILES = frozenset(name.strip() for name in CORE.split(","))

# Core or related entries of the chronology that are neither a matter nor an action here, each with its reason.
NOT_AN_ACTION = {
    "nycmayor-016": "the municipal ID card: context by the scope rules, and a Council file",
    "nycmayor-017": "the municipal ID card: context by the scope rules",
    "nycmayor-020": "the municipal ID card: context by the scope rules",
    "nycmayor-037": "remarks, which order nothing",
    "nycmayor-041": "remarks, which order nothing; told in the signing of EO 50-2025",
    "nycmayor-061": "a deadline, told in the signing of EO 13-2026",
    "nycmayor-062": "a deadline, told in the signing of EO 13-2026",
    "nycmayor-063": "a deadline, told in the signing of EO 13-2026",
}
COUNCIL_ACTS = {"bill_signing", "bill_lapsed_into_law", "council_resolution", "veto", "veto_override"}


def read_csv(name: str) -> list[dict[str, str]]:
    with (RECORD / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def read_matters() -> list[dict[str, Any]]:
    matters: list[dict[str, Any]] = json.loads((RECORD / "mayor.json").read_text(encoding="utf-8"))
    return matters


NOTES = read_csv("notes.csv")
SECTIONS = read_csv("sections.csv")
RELATIONS = read_csv("relations.csv")
MATTERS = read_matters()
ACTIONS: list[dict[str, str]] = [action for matter in MATTERS for action in matter["actions"]]
MAYOR_FILES = {matter["file_number"] for matter in MATTERS}


def by_number(file_number: str) -> dict[str, Any]:
    return next(matter for matter in MATTERS if matter["file_number"] == file_number)


def note(file_number: str) -> dict[str, str]:
    return next(row for row in NOTES if row["file_number"] == file_number)


def repeated(values: list[Any]) -> list[Any]:
    return sorted({value for value in values if values.count(value) > 1})


def own_words() -> Iterator[tuple[str, str]]:
    """Every text that is ours, with where it stands. Titles are the City's and are not ours."""
    for row in NOTES:
        yield f"notes.csv {row['file_number']} headline", row["headline"]
        yield f"notes.csv {row['file_number']} sentence", row["sentence"]
    for row in RELATIONS:
        yield f"relations.csv {row['later']} -> {row['earlier']}", row["evidence"]
    for matter in MATTERS:
        for field in ("status", "scope_reason", "unverified"):
            yield f"mayor.json {matter['file_number']} {field}", matter[field]
        for action in matter["actions"]:
            yield f"mayor.json {action['source_id']}", action["text"]


# --- the files by themselves


def test_files_are_plain_utf8_without_byte_order_mark() -> None:
    for name in ("notes.csv", "sections.csv", "relations.csv", "mayor.json"):
        text = (RECORD / name).read_bytes().decode("utf-8")
        assert not text.startswith("\ufeff"), name
        assert text.endswith("\n"), name


def test_the_json_file_is_written_the_agreed_way() -> None:
    assert (RECORD / "mayor.json").read_text(encoding="utf-8") == (
        json.dumps(MATTERS, indent=1, ensure_ascii=False) + "\n"
    )


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("notes.csv", ["file_number", "headline", "sentence", "popular_names"]),
        ("sections.csv", ["file_number", "code", "section", "subdivision", "effect"]),
        ("relations.csv", ["earlier", "later", "kind", "evidence", "confidence"]),
    ],
)
def test_csv_columns_and_no_stray_white_space(name: str, columns: list[str]) -> None:
    rows = read_csv(name)
    assert rows
    for row in rows:
        assert list(row) == columns
        assert all(value is not None and value == value.strip() and "\n" not in value for value in row.values()), row


def test_every_file_number_is_a_matter_of_ours_or_a_council_file() -> None:
    used = [row["file_number"] for row in NOTES + SECTIONS] + [
        row[end] for row in RELATIONS for end in ("earlier", "later")
    ]
    strangers = {number for number in used if number not in MAYOR_FILES and not COUNCIL_FILE.fullmatch(number)}
    assert not strangers


def test_everything_named_has_a_note_of_its_own() -> None:
    noted = {row["file_number"] for row in NOTES}
    named = {row["file_number"] for row in SECTIONS} | {row[end] for row in RELATIONS for end in ("earlier", "later")}
    assert named | MAYOR_FILES <= noted


def test_every_core_matter_has_a_sentence_and_its_sections() -> None:
    assert len(CORE_FILES) == 34
    assert {row["file_number"] for row in NOTES if row["sentence"]} >= CORE_FILES
    assert {row["file_number"] for row in SECTIONS} >= CORE_FILES


def test_nothing_stands_twice() -> None:
    assert not repeated([row["file_number"] for row in NOTES])
    assert not repeated([tuple(row.values()) for row in SECTIONS])
    assert not repeated([(row["earlier"], row["later"], row["kind"]) for row in RELATIONS])
    assert not repeated([matter["source_id"] for matter in MATTERS])
    assert not repeated([matter["file_number"] for matter in MATTERS])
    assert not repeated([action["source_id"] for action in ACTIONS])


@pytest.mark.parametrize("row", NOTES, ids=lambda row: row["file_number"])
def test_a_note_is_one_short_sentence(row: dict[str, str]) -> None:
    headline, sentence = row["headline"], row["sentence"]
    assert 0 < len(headline) <= 70
    assert headline[0].isupper() and not headline.endswith(".")
    assert len(sentence.split()) <= 45
    assert sentence.endswith(".") and ". " not in sentence
    names = [name for name in row["popular_names"].split("; ") if name]
    assert not repeated(names)
    assert not [name for name in names if COUNCIL_FILE.search(name)]


def test_our_words_take_no_side() -> None:
    assert [(where, text) for where, text in own_words() if LOADED_WORDS.search(text)] == []


def test_sections_are_sections() -> None:
    for row in SECTIONS:
        assert row["code"] in {"admin", "charter"}, row
        assert row["effect"] in {"adds", "amends", "repeals"}, row
        pattern = r"\d+" if row["code"] == "charter" else r"\d{1,2}-\d{2,4}(\.\d+)?"
        assert re.fullmatch(pattern, row["section"]), row
        assert re.fullmatch(r"([a-z](\(\w+\))*)?", row["subdivision"]), row


def test_a_section_is_added_by_a_law_before_a_law_changes_it() -> None:
    added = {(row["code"], row["section"]) for row in SECTIONS if row["effect"] == "adds" and not row["subdivision"]}
    older_than_the_record = {("admin", "14-188"), ("charter", "8"), ("charter", "18")}
    changed = {(row["code"], row["section"]) for row in SECTIONS if row["effect"] != "adds" or row["subdivision"]}
    assert changed <= added | older_than_the_record


def test_relations_are_relations() -> None:
    for row in RELATIONS:
        assert row["kind"] in RELATION_KINDS, row
        assert row["confidence"] in {"high", "medium"}, row
        assert row["earlier"] != row["later"], row
        assert row["evidence"].endswith(".") and len(row["evidence"].split()) <= 45, row


def first_day(file_number: str) -> str:
    """The year of a Council file, the first action of another matter."""
    if file_number in MAYOR_FILES:
        return str(by_number(file_number)["actions"][0]["acted_on"])
    return file_number[-4:]


def test_the_later_matter_is_not_older() -> None:
    for row in RELATIONS:
        earlier, later = first_day(row["earlier"]), first_day(row["later"])
        width = min(len(earlier), len(later))
        assert earlier[:width] <= later[:width], row


# --- orders, directives, lawsuits


@pytest.mark.parametrize("matter", MATTERS, ids=lambda matter: matter["file_number"])
def test_a_matter_has_the_agreed_shape(matter: dict[str, Any]) -> None:
    assert list(matter) == [
        "source_id", "file_number", "kind", "title", "issuer", "signer", "status", "state", "scope", "scope_reason",
        "url", "confidence", "unverified", "actions",
    ]  # fmt: skip
    assert matter["kind"] in KINDS
    assert matter["state"] in STATES
    assert matter["scope"] in {"core", "related", "context"}
    assert matter["confidence"] in {"high", "medium"}
    assert matter["issuer"] and matter["status"] and matter["scope_reason"].endswith(".")
    assert not matter["unverified"] or matter["unverified"].endswith(".")
    assert matter["actions"]
    assert bool(ORDER_FILE.fullmatch(matter["file_number"])) == (matter["kind"] in ORDER_KINDS)
    for action in matter["actions"]:
        assert list(action) == ["source_id", "acted_on", "precision", "act", "body", "text", "url", "confidence"]
        assert re.fullmatch(r"nycmayor-\d{3}(-[a-z])?", action["source_id"])
        assert action["act"] in ACTS
        assert action["confidence"] in {"high", "medium"}
        assert action["body"] and action["text"].endswith(".")


def test_addresses_are_web_addresses() -> None:
    for place in [*MATTERS, *ACTIONS]:
        assert place["url"] == "" or re.fullmatch(r"https?://[^\s()]+", place["url"]), place["url"]


def test_dates_are_real_and_not_in_the_future() -> None:
    for action in ACTIONS:
        day = datetime.date.fromisoformat(action["acted_on"])
        assert day <= AS_OF, action
        assert action["precision"] in {"day", "month"}
        assert action["precision"] == "day" or day.day == 1, action


def test_actions_are_in_order_and_an_order_begins_with_its_signing() -> None:
    for matter in MATTERS:
        days = [action["acted_on"] for action in matter["actions"]]
        assert days == sorted(days), matter["file_number"]
        acts = [action["act"] for action in matter["actions"]]
        if matter["kind"] in ORDER_KINDS:
            assert acts[0] == "order_signed", matter["file_number"]
            assert acts.count("order_signed") == 1
            year = matter["file_number"][-4:]
            assert days[0].startswith(year) and f":{year}-" in matter["source_id"]


def test_state_follows_from_the_actions() -> None:
    needs = {"revoked": "order_revoked", "void": "order_voided", "amended": "order_amended"}
    for matter in MATTERS:
        if matter["state"] in needs:
            assert needs[matter["state"]] in {action["act"] for action in matter["actions"]}, matter["file_number"]
    for row in RELATIONS:
        if row["kind"] == "revokes":
            assert by_number(row["earlier"])["state"] in {"revoked", "void"}, row
        if row["kind"] == "supersedes" and row["earlier"] in MAYOR_FILES:
            assert by_number(row["earlier"])["state"] == "superseded", row


# --- what is often told wrongly


def test_executive_order_50_was_signed_by_the_first_deputy_mayor() -> None:
    order = by_number("EO 50-2025")
    assert order["signer"] == "First Deputy Mayor Randy Mastro"
    assert order["issuer"] == "Mayor Eric Adams"
    assert order["state"] == "void"


def test_executive_order_1_of_2026_draws_its_line_by_date() -> None:
    sentence = note("EO 1-2026")["sentence"]
    assert "26 September 2024" in sentence
    revoked = {row["earlier"]: row for row in RELATIONS if row["later"] == "EO 1-2026" and row["kind"] == "revokes"}
    continued = {row["earlier"] for row in RELATIONS if row["later"] == "EO 1-2026" and row["kind"] == "continues"}
    assert set(revoked) == {"EO 49-2025", "EO 50-2025"}
    assert continued == {"EO 34-2003", "EO 41-2003"}
    for number in revoked:
        assert by_number(number)["actions"][0]["acted_on"] >= "2024-09-26"
        assert revoked[number]["confidence"] == "medium", "the order names no order: an inference from the date"
    for number in continued:
        assert by_number(number)["actions"][0]["acted_on"] < "2024-09-26"


def test_executive_order_13_covers_city_lots_only() -> None:
    order = by_number("EO 13-2026")
    assert "city lots" in note("EO 13-2026")["sentence"]
    assert "city lots and garages only" in order["actions"][0]["text"]
    assert not [text for where, text in own_words() if "EO 13-2026" in where and "city property" in text.lower()]


def test_section_9_131_was_created_in_2011_and_has_five_laws() -> None:
    laws = {"Int 0656-2011", "Int 0989-2012", "Int 0486-2014", "Int 1568-2017", "Int 1412-2025"}
    rows = [row for row in SECTIONS if row["section"] == "9-131" and row["file_number"] in laws]
    assert {row["file_number"] for row in rows} == laws
    assert [row["file_number"] for row in rows if row["effect"] == "adds" and not row["subdivision"]] == [
        "Int 0656-2011"
    ]
    assert [row["file_number"] for row in rows if row["subdivision"] == "h"] == ["Int 0486-2014"]


def test_no_sentence_calls_a_lapsed_or_overridden_law_signed() -> None:
    unsigned = {
        "Int 1557-2017", "Int 1558-2017", "Int 1565-2017", "Int 1568-2017", "Int 1579-2017", "Int 1588-2017",
        "Int 1412-2025", "Int 0055-2026",
    }  # fmt: skip
    assert not [row for row in NOTES if row["file_number"] in unsigned and "sign" in row["sentence"].split()]
    assert not [row for row in RELATIONS if row["later"] in unsigned and "signed" in row["evidence"]]


# --- against the sources, where they are present


def shared(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"source data absent: {path} (set TRACKER_SHARED to its folder)")
    return path


def zst_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        for line in io.TextIOWrapper(stream, encoding="utf-8"):
            yield json.loads(line)


@cache
def council_matters() -> dict[str, dict[str, Any]]:
    wanted = {row["file_number"] for row in NOTES}
    return {m["File"]: m for m in zst_lines(shared("council", "matters.jsonl.zst")) if m["File"] in wanted}


@cache
def chronology() -> dict[str, dict[str, Any]]:
    entries = json.loads(shared("mayor", "chronology.json").read_text(encoding="utf-8"))["entries"]
    return {entry["id"]: entry for entry in entries}


def test_every_council_file_exists() -> None:
    ours = {row["file_number"] for row in NOTES if row["file_number"] not in MAYOR_FILES}
    assert ours <= set(council_matters())


def test_the_sentence_speaks_in_the_tense_of_the_outcome() -> None:
    for number, matter in council_matters().items():
        sentence, status = note(number)["sentence"], matter["StatusName"]
        if status in {"Enacted", "Adopted"}:
            assert not sentence.startswith("Would "), number
        elif status.startswith("Filed"):
            assert sentence.startswith("Would have "), number
        else:
            assert status in {"Committee", "Laid Over in Committee"}, number
            assert sentence.startswith("Would "), number
            assert not re.match(r"Would have \w+(ed|en|t) ", sentence), number


def test_labelled_matters_all_have_a_note_and_their_sections() -> None:
    with shared("relevance", "labels.csv").open(encoding="utf-8", newline="") as stream:
        labels = {row["file"]: row for row in csv.DictReader(stream) if row["label"] in {"core", "related"}}
    assert set(labels) <= {row["file_number"] for row in NOTES}
    for number, label in labels.items():
        expected = set(re.findall(r"\d+-\d+(?:\.\d+)?|(?<=charter )\d+", label["sections"]))
        ours = {row["section"] for row in SECTIONS if row["file_number"] == number}
        assert expected <= ours, number
        assert bool(expected) == bool(ours), number


def test_every_relation_between_tracked_matters_is_there() -> None:
    noted = {row["file_number"] for row in NOTES}
    ours = {(row["earlier"], row["later"], row["kind"]) for row in RELATIONS}
    with shared("relevance", "lineage.csv").open(encoding="utf-8", newline="") as stream:
        known = {
            (row["earlier"], row["later"], row["kind"])
            for row in csv.DictReader(stream)
            if row["earlier"] in noted and row["later"] in noted
        }
    assert known <= ours
    assert {row for row in ours if not {row[0], row[1]} & MAYOR_FILES} <= known


def test_dates_are_those_of_the_chronology() -> None:
    for action in ACTIONS:
        entry = chronology()[action["source_id"][:12]]
        told = json.dumps(entry)
        if entry["date_precision"] == "day" and "-" not in action["source_id"][12:]:
            assert action["acted_on"] == entry["date"], action
        assert action["acted_on"].startswith(entry["date"]) or action["acted_on"] in told, action


def test_core_and_related_entries_of_the_chronology_are_told() -> None:
    told = {action["source_id"][:12] for action in ACTIONS}
    for number, entry in chronology().items():
        if entry["relevance"] in {"core", "related"} and entry["type"] not in COUNCIL_ACTS:
            assert number in told or number in NOT_AN_ACTION, (number, entry["title"])


# --- our own words


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs(tokens: list[str], length: int = 8) -> Iterator[tuple[str, ...]]:
    return zip(*(tokens[start:] for start in range(length)), strict=False)


def foreign_texts() -> Iterator[tuple[str, str]]:
    for text in zst_lines(shared("council", "texts.jsonl.zst")):
        yield text["File"], text["Text"] or ""
    for order in zst_lines(shared("executive_orders", "orders.jsonl.zst")):
        yield order["eo_id"], order["text"] or ""
    for entry in chronology().values():
        for field in ("description", "not_verified", "status", "verified_from"):
            yield f"{entry['id']} {field}", entry[field] or ""
    for number, matter in council_matters().items():
        yield f"{number} summary", f"{matter.get('Summary') or ''}\n{matter['Title']}"
    for article in ("eo13_article_item.json", "eo13_audit_release_item.json"):
        yield article, json.loads(shared("mayor", article).read_text(encoding="utf-8"))["text"]
    yield "labels.csv", shared("relevance", "labels.csv").read_text(encoding="utf-8")
    yield "lineage.csv", shared("relevance", "lineage.csv").read_text(encoding="utf-8")
    for notes in ("scope.md", "mayor.md", "legistar.md"):
        path = SHARED.parent / "notes" / notes
        if path.exists():
            yield notes, path.read_text(encoding="utf-8")


def test_no_eight_words_in_a_row_are_borrowed() -> None:
    ours = {run: where for where, text in own_words() for run in runs(words(text))}
    assert len(ours) > 1000
    borrowed = {
        (ours[run], source, " ".join(run))
        for source, text in foreign_texts()
        for run in runs(words(text))
        if run in ours
    }
    assert borrowed == set()
