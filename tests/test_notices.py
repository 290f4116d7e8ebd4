"""Mails about a subscription itself: what they say, as text and as HTML, and that nobody writes headers into them."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from tracker.config import MailConfig, SiteConfig
from tracker.errors import BadInput
from tracker.mail.notices import build, confirm_payload
from tracker.mail.server import ON_THE_WIRE, MailFailed
from tracker.models.mail import PERIODS, Subscriber
from tracker.secret import Secret
from tracker.subscription.following import told
from tracker.subscription.wishes import Asked, Wish
from tracker.tokens import Tokens

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKENS = Tokens(Secret("a text that is long enough to be one, for tests alone"))
SITE = SiteConfig(title="Tracker", contact="", base_url="https://tracker.example.org")
MAIL = MailConfig(host="x", port=25, security="none", sender="Tracker <updates@example.org>", operator="")
ASKED = [Asked(12, "core", "", "daily"), Asked(13, "matter", "Int 1412-2025", "now")]


def subscriber() -> Subscriber:
    return Subscriber(
        id=7, fingerprint="f", sealed=b"", state="pending", nonce="n", created_at=NOW, state_since=NOW
    )  # fmt: skip


def confirm(asked: list[Asked] = ASKED, to: str = "reader@example.org", site: SiteConfig = SITE) -> EmailMessage:
    payload = confirm_payload(asked, language="en", quiet_weeks=True, hours=48)
    return build("confirm", to, subscriber(), payload, site, MAIL, TOKENS, NOW, "<confirm-1@tracker.example.org>")


def parse_html(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "lxml")


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def links(message: EmailMessage) -> list[str]:
    return [str(link["href"]) for link in parse_html(part(message, "html")).find_all("a")]


def test_text_and_html_name_what_was_asked_for_and_hold_the_same_links() -> None:
    message = confirm()
    text, page = part(message, "plain"), parse_html(part(message, "html")).get_text(" ")
    for words in (
        "Everything about cooperation with federal immigration enforcement, once a day",
        "Int 1412-2025, as it happens",
        "A short note in weeks when nothing changed",
        "We do not know who asked",
        "ends after 48 hours",
    ):
        assert words in text and words in page
    assert all(link in text for link in links(message))
    assert "<img" not in part(message, "html") and "<script" not in part(message, "html")


def test_the_confirm_link_begins_what_its_mail_names_and_nothing_else() -> None:
    link = next(link for link in links(confirm()) if "/subscribe/confirm/" in link)
    granted = TOKENS.read("confirm", link.rpartition("/")[2], NOW, timedelta(hours=48))
    assert Wish.parse(granted.subject) == Wish(7, "en", True, {12: "daily", 13: "now"})
    assert granted.nonce == "n"


def test_a_notice_can_be_sorted_answered_by_nobody_and_ended_by_one_click() -> None:
    message = confirm()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "Tracker <updates.tracker.example.org>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = message["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert TOKENS.read("unsubscribe", token, NOW, None).subject == "7"


def test_the_link_to_ones_subscriptions_is_sent_with_a_warning_not_to_pass_it_on() -> None:
    message = build("manage", "reader@example.org", subscriber(), {}, SITE, MAIL, TOKENS, NOW, "<m@example.org>")
    token = next(link for link in links(message) if "/subscriptions/" in link).rpartition("/")[2]
    assert TOKENS.read("manage", token, NOW, None) == ("7", "n", NOW)
    assert "do not pass this mail on" in part(message, "plain")


@pytest.mark.parametrize("to", ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "", "a b@x.org"])
def test_what_is_not_one_address_is_written_to_nobody(to: str) -> None:
    with pytest.raises(MailFailed, match="is no mail address"):
        confirm(to=to)


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_of_a_stranger_begin_no_header_and_no_markup(words: str, title: str) -> None:
    asked = [Asked(1, "search", f"{words}\r\nBcc: b@example.org <img src=x>", "weekly")]
    sent = confirm(asked, site=SITE.model_copy(update={"title": f"{title}\r\nBcc: b@example.org"}))
    read = message_from_bytes(sent.as_bytes(policy=ON_THE_WIRE), policy=policy.default)
    assert sorted(read.keys()) == sorted(sent.keys())
    assert "Bcc" not in read
    assert not parse_html(part(sent, "html")).find_all("img")


@given(st.dictionaries(st.integers(0, 10**9), st.sampled_from(PERIODS), max_size=30), st.booleans())
def test_a_wish_is_read_back_as_it_was(periods: dict[int, str], quiet: bool) -> None:
    wish = Wish(7, "en", quiet, periods)
    assert Wish.parse(str(wish)) == wish


@pytest.mark.parametrize("text", ["", "7", "7 en", "x en q 1d", "7 en q 1", "7 en q d1"])
def test_a_text_that_is_no_wish_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not one of ours"):
        Wish.parse(text)


def test_what_is_followed_is_said_in_words() -> None:
    assert told("matter", "EO 50-2025") == "EO 50 of 2025"
    assert told("section", "admin 9-131") == "§ 9-131 of the Administrative Code"
    assert told("section", "charter 22") == "§ 22 of the Charter"
    assert told("stage", "law") == "anything that becomes law"
    assert told("stage", "laid_over") == "anything that reaches the stage “Heard, laid over in committee”"
