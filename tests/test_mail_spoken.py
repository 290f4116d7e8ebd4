"""Mails in another language: no word of ours is left in English, and what runs from right to left says so."""

import gettext
import re
from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from digest_builder import NOW, SITE, add_action, add_change, add_matter, add_run, parsed, reading_of, settings, tools
from spoken import PSEUDO, said, speak_pseudo

from tracker import language
from tracker.config import MailConfig
from tracker.database import reading
from tracker.digests.choosing import reasons_text
from tracker.digests.content import Shelf, Slip
from tracker.digests.letter import Caps, Content, Links, Writer
from tracker.mail.envelope import Envelope
from tracker.mail.notices import build, confirm_payload
from tracker.models.mail import Subscriber
from tracker.queries.digests import Piece, Trouble
from tracker.subscription.following import STAGES
from tracker.subscription.wishes import Asked

LINKS = Links("https://tracker.example.org/pl/subscriptions/x", "https://tracker.example.org/pl/unsubscribe/x")
FOLLOWED = [
    ("core", ""), ("tracked", ""), ("hearings", ""), ("orders", ""), ("introductions", ""), ("section", "admin 9-131"),
    ("section", "charter 18"), ("matter", "Int 1412-2025"), ("matter", "EO 50-2025"), ("search", "detainer"),
    *(("stage", stage) for stage in (*STAGES, "in_committee")),
]  # fmt: skip
PLACE = re.compile(r"(%\(\w+\)s)")
# the City's words, names, numbers, addresses, dates in Polish
OFFICIAL = re.compile(
    r"“[^”]*”|Title of [\w -]+|https?://\S+|reader@\S+|\bInt \d+-\d+|\bEO\b|\b[AP]M\b|NYC Sanctuary Law Tracker"
    r"|Gothamist|Committee on Immigration|City Council|A headline|1 Example Street, New York, NY 10000"
    r"|\d+ [a-zźń]+ \d{4}|Ann Lee|Bo Ray|Memo|Adams|\bA\b|\bB\b|\d+ (?:Affirmative|Negative)"
)
CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("appeared", {"after": "Committee"}),
    ("appeared", {"after": ""}),
    ("status_changed", {"before": "", "after": "Committee"}),
    ("status_changed", {"before": "Enacted", "after": "Committee"}),
    ("status_changed", {"before": "Committee", "after": ""}),
    ("action_edited", {"before": '["2026-01-29", "Hearing", "City Council", "Pass"]', "after": '["", "Other"]'}),
    ("action_edited", {"before": '["2026-01-29", "Vote", "City Council", "Pass"]', "after": '["2026-02-01", "Vote"]'}),
    ("action_edited", {"before": '["2026-01-29 10:00", "Vote"]', "after": '["2026-01-29 11:00", "Vote"]'}),
    ("action_withdrawn", {"before": "Vote", "after": "", "acted_on": date(2026, 1, 2)}),
    ("action_withdrawn", {"before": "Vote", "after": "", "action_id": "editors:1"}),
    ("action_added", {"before": "", "after": "Vote", "acted_on": date(2026, 5, 2)}),
    ("renumbered", {"before": "Int 1-2025", "after": "Int 1412-2025"}),
    ("removed", {"before": "", "after": ""}),
    ("returned", {"before": "", "after": ""}),
    ("law_number_changed", {"before": "", "after": "2026/063"}),
    ("law_number_changed", {"before": "2026/062", "after": "2026/063"}),
    ("law_number_changed", {"before": "2026/062", "after": ""}),
    ("enactment_date_changed", {"before": "", "after": "2026-01-29"}),
    ("final_action_date_changed", {"before": "2026-01-29", "after": ""}),
    ("introduction_date_changed", {"before": "2026-01-29", "after": "2026-01-30"}),
    ("title_changed", {"before": "A law", "after": "Another law"}),
    ("summary_changed", {"before": "", "after": ""}),
    ("text_changed", {"before": "version A, 123", "after": "version B, 124"}),
    ("text_changed", {"before": "version B, 123", "after": "version B, 124"}),
    ("votes_changed", {"before": "44 Affirmative", "after": ""}),
    ("committee_changed", {"before": "City Council", "after": "Committee on Immigration"}),
    ("committee_changed", {"before": "", "after": "Committee on Immigration"}),
    ("committee_changed", {"before": "Committee on Immigration", "after": ""}),
    ("sponsors_changed", {"before": "Ann Lee", "after": "prime sponsor: Bo Ray; Ann Lee; Bo Ray"}),
    ("documents_changed", {"before": "Memo; Memo", "after": "Memo"}),
    ("documents_changed", {"before": "", "after": ""}),
    ("hearing_scheduled", {"before": "", "after": "2026-09-10 10:00 Committee on Immigration"}),
    ("hearing_moved", {"before": "2026-09-10 City Council", "after": "2026-09-11 City Council"}),
    ("hearing_deferred", {"before": "2026-09-10 City Council", "after": "2026-09-10 City Council"}),
    ("hearing_cancelled", {"before": "2026-09-10 Committee on Immigration", "after": ""}),
    ("hearing_gone", {"before": "2026-09-10 Committee on Immigration", "after": ""}),
    ("hearing_gone", {"before": "", "after": "2026-09-10 Committee on Immigration"}),
)
ROWS = (
    (27, "Introduced by Council"), (43, "Referred to Comm by Council"), (54, "Hearing Held by Committee"),
    (32, "Approved by Committee"), (68, "Approved by Council"), (53, "Sent to Mayor by Council"),
    (58, "City Charter Rule Adopted"), (59, "Vetoed by Mayor"), (61, "Overridden by Council"), (69, "Filed by Council"),
    (79, "Approved by Subcommittee"), (5092, "Withdrawn"),
)  # fmt: skip


class Pieces(gettext.NullTranslations):
    """A catalogue that marks what a message says, but not what is put into its places."""

    def __init__(self) -> None:
        super().__init__()
        self._known = {message.id for message in said()}

    def gettext(self, message: str) -> str:
        return _marked(message) if message in self._known else message

    def ngettext(self, one: str, many: str, number: int) -> str:
        return _marked(one if number == 1 else many) if (one, many) in self._known else many


def _marked(message: str) -> str:
    return "".join(part if PLACE.fullmatch(part) else f"⟦{part}⟧" for part in PLACE.split(message) if part)


@pytest.fixture(autouse=True)
def _spoken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    speak_pseudo(monkeypatch)
    pieces = Pieces()
    monkeypatch.setattr(language, "_messages", lambda tag: pieces)
    yield


def unsaid(text: str) -> list[str]:
    """The words of a text that stand in no message and are not the City's."""
    return re.findall(r"[^\W\d_]{2,}", OFFICIAL.sub(" ", re.sub(r"⟦[^⟦⟧]*⟧", " ", " ".join(text.split()))))


def shown(html: str) -> str:
    soup = BeautifulSoup(html, "lxml")
    for hidden in soup(["style"]):
        hidden.decompose()
    return soup.get_text(" ")


def told(engine: sa.Engine, writer: Writer) -> tuple[Content, str, str]:
    """A digest of all that the record has; its content and both of its readings, as a mail program shows them."""
    shelf = Shelf(PSEUDO.tag)
    with reading(engine) as session:
        shelf.refresh(session, NOW)
        ids = session.execute(sa.text("SELECT id FROM change ORDER BY id")).scalars().all()
        shelf.learn(session, ((key, NOW) for key in ids))
    rows = tuple((key, reasons_text(FOLLOWED)) for key in ids)
    content = shelf.content(Slip(1, "daily", NOW, "{}"), rows)
    day = NOW - timedelta(days=2)
    piece = Piece(1, 1, "x", "A headline", "Gothamist", "https://gothamist.com/x", date(2026, 3, 1), NOW)
    content = content._replace(
        pieces=(piece,) * 12, troubles=(Trouble(1, "council-api", day, None), Trouble(2, "hearings", day, NOW))
    )
    kit = tools()
    mail = parsed(
        kit.packer.pack(writer.write(content, LINKS), Envelope("reader@example.org", "<x@example.org>", NOW, "x"), "pl")
    )
    return content, f"{mail['Subject']}\n{reading_of(mail, 'plain')}", reading_of(mail, "html")


def test_a_digest_of_every_kind_of_change_has_no_word_of_ours_in_english(record: sa.Engine) -> None:
    run, matter, order = (
        add_run(record),
        add_matter(record),
        add_matter(record, "EO 50-2025", kind="Executive Order", stage="in_force"),
    )
    for kind, given in CHANGES:
        add_change(record, run, matter, kind, **given)
        add_change(record, run, order, kind, **given)
    for code, name in ROWS:
        add_action(record, run, matter, code, name, date(2026, 1, 2))
        add_action(record, run, order, code, name, NOW.date())
    content, plain, html = told(record, Writer(SITE, settings().postal, Caps(None, None, None)))
    assert len(content.entries) == 2
    assert unsaid(plain) == []
    assert unsaid(shown(html)) == []
    _, plain, html = told(record, Writer(SITE, settings().postal, Caps(1, 3, 2)))
    assert unsaid(plain) == []
    assert unsaid(shown(html)) == []


@pytest.mark.parametrize("troubled", [False, True])
def test_a_mail_without_news_has_no_word_of_ours_in_english(troubled: bool) -> None:
    trouble = Trouble(1, "mayor-news", NOW - timedelta(days=2), None)
    content = Content("weekly", NOW.date(), (), (), (trouble,) if troubled else (), "", PSEUDO.tag)
    letter = Writer(SITE, "").write(content, LINKS)
    assert unsaid(letter.subject) == unsaid(letter.plain) == unsaid(shown(letter.html)) == []


@pytest.mark.parametrize("kind", ["confirm", "manage"])
def test_a_notice_has_no_word_of_ours_in_english(kind: str) -> None:
    asked = [Asked(number, what, value, "daily") for number, (what, value) in enumerate(FOLLOWED)]
    payload = confirm_payload(asked, language=PSEUDO.tag, quiet_weeks=True, hours=48) if kind == "confirm" else {}
    mail = notice(kind, payload, PSEUDO.tag)
    assert unsaid(str(mail["Subject"])) == []
    assert unsaid(reading_of(mail, "plain")) == []
    assert unsaid(shown(reading_of(mail, "html"))) == []


def test_a_mail_in_arabic_runs_from_right_to_left_and_keeps_the_citys_words_together(
    monkeypatch: pytest.MonkeyPatch, record: sa.Engine
) -> None:
    arabic = language.Language("ar", "x", "rtl")
    monkeypatch.setattr(language, "available", lambda: {"en": language.ENGLISH, "ar": arabic})
    add_change(record, add_run(record), add_matter(record), before="Committee", after="Vetoed")
    shelf = Shelf("ar")
    with reading(record) as session:
        shelf.refresh(session, NOW)
        shelf.learn(session, [(1, NOW)])
    letter = Writer(SITE, "").write(shelf.content(Slip(1, "daily", NOW, "{}"), ((1, "core "),)), LINKS)
    page = BeautifulSoup(letter.html, "lxml")
    assert page.html is not None and (page.html["lang"], page.html["dir"]) == ("ar", "rtl")
    assert "“\u2068Vetoed\u2069”" in letter.plain
    assert page.find("bdi", lang="en", string="Title of Int 1412-2025")
    assert 'dir="rtl"' in reading_of(notice("manage", {}, "ar"), "html")


def notice(kind: str, payload: dict[str, Any], tag: str) -> EmailMessage:
    subscriber = Subscriber(
        id=7, fingerprint="f", sealed=b"", state="active", nonce="n", created_at=NOW, state_since=NOW, language=tag
    )
    mail = MailConfig(host="x", port=25, security="none", sender="updates@example.org", operator="")
    made = build(kind, "reader@example.org", subscriber, payload, SITE, mail, tools().tokens, NOW, "<x@example.org>")
    return parsed(made.as_bytes())
