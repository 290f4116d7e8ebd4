"""Each mail in the language of its reader: how it is chosen, and that no two languages are mixed."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from digest_builder import NOW, SITE, add_action, add_change, add_matter, add_run, parsed, reading_of, subscribe, tools
from test_mail import Inbox, server
from test_subscribers import READER
from test_subscribing_by_mail import FORM, Town, town  # noqa: F401 -- a fixture

from tracker.digests.composing import compose
from tracker.digests.rehearsal import rehearse
from tracker.language import available
from tracker.mail.sender import send

OTHERS = [tag for tag in available() if tag != "en"]


def mails(inbox: Inbox) -> dict[str, tuple[str, str, str]]:
    """Language, plain text and HTML of each mail, by its address."""
    found = {}
    for envelope in inbox.taken:
        mail = parsed(envelope.content)
        found[str(mail["To"])] = (str(mail["Content-Language"]), reading_of(mail, "plain"), reading_of(mail, "html"))
    return found


def begin(town: Town) -> str:  # noqa: F811
    """Sign up in English and confirm; the address of one's own page."""
    town.client.post("/subscribe", data=FORM)
    (links,) = town.post()
    own = re.search(r'href="(/subscriptions/[^"]+)"', town.client.post(links["subscribe"]).text)
    assert own is not None
    return own[1]


def test_one_digest_for_readers_of_every_language_is_written_in_each(database: sa.Engine) -> None:
    """Dates come from CLDR, so they differ even where a catalogue has no words yet."""
    for tag in available():
        subscribe(database, ("core", ""), address=f"{tag}@example.org", language=tag)
    add_action(database, add_run(database), add_matter(database), 61, "Overridden by Council", NOW.date())
    compose(database, "daily", NOW)
    inbox = Inbox()
    with server(inbox) as port:
        send(database, tools(port), lambda: NOW)
    dates = {"en": "2 Mar 2026", "es": "2 mar 2026", "zh-Hans": "2026年3月2日"}
    for address, (tag, plain, html) in mails(inbox).items():
        folder = "" if tag == "en" else f"/{tag.lower()}"
        direction = available()[tag].direction
        assert address == f"{tag}@example.org"
        assert f'<html lang="{tag}" dir="{direction}"' in html
        for each in re.findall(rf"{SITE.base_url}(/[^\s\"<>]*)", plain + html):
            assert f"{each}/".startswith(f"{folder}/"), each
        assert f"{SITE.base_url}{folder}/unsubscribe/" in plain
        shown = [known for known, day in dates.items() if day in plain]
        assert shown == [tag] if tag in dates else not shown
    assert len(inbox.taken) == len(available())


@pytest.mark.parametrize("tag", OTHERS)
def test_the_page_on_which_one_signs_up_sets_the_language_of_all_mail(
    town: Town,  # noqa: F811
    tag: str,
) -> None:
    folder = f"/{tag.lower()}"
    form = town.client.get(f"{folder}/subscribe").text
    assert re.search(rf'<option value="{tag}" lang="{tag}" selected>', form)
    assert town.client.post(f"{folder}/subscribe", data=FORM).status_code == 202
    town.post()
    (mail,) = mails(town.inbox).values()
    assert mail[0] == tag and f"{SITE.base_url}{folder}/subscribe/confirm/" in mail[1]
    token = re.search(r"/subscribe/confirm/(\S+)", mail[1])
    assert token is not None
    begun = town.client.post(f"{folder}/subscribe/confirm/{token[1]}").text
    assert f'href="{folder}/subscriptions/' in begun
    with town.desk.open() as session:
        subscriber = town.desk.who(session)
        assert subscriber is not None and subscriber.language == tag


def test_a_stranger_changes_no_language(town: Town) -> None:  # noqa: F811
    """A sign-up in another language says so in its own mail; the held one stays until its owner confirms."""
    begin(town)
    town.client.post("/es/subscribe", data=FORM | {"follow": "orders"})
    with town.desk.open() as session:
        subscriber = town.desk.who(session, READER)
        assert subscriber is not None and subscriber.language == "en"
    assert town.post()
    assert [str(parsed(each.content)["Content-Language"]) for each in town.inbox.taken][-1] == "es"


def test_the_language_is_changed_on_ones_own_page_which_then_speaks_it(town: Town) -> None:  # noqa: F811
    page = begin(town)
    assert re.search(r'<option value="en" lang="en" selected>', town.client.get(page).text)
    saved = town.client.post(page, data={"language": "ar"})
    assert saved.headers["Location"] == f"/ar{page}?done=saved"
    shown = town.client.get(saved.headers["Location"]).text
    assert '<html lang="ar" dir="rtl">' in shown and 'href="/ar/unsubscribe/' in shown
    assert town.client.post(f"/ar{page}", data={"language": "en"}).headers["Location"] == f"{page}?done=saved"
    town.client.post(page, data={"language": "xx"})
    with town.desk.open() as session:
        subscriber = town.desk.who(session)
        assert subscriber is not None and subscriber.language == "en"


def test_a_language_that_is_gone_is_english(record: sa.Engine) -> None:
    subscribe(record, ("core", ""), language="tlh")
    add_change(record, add_run(record), add_matter(record))
    compose(record, "daily", NOW)
    inbox = Inbox()
    with server(inbox) as port:
        send(record, tools(port), lambda: NOW)
    ((tag, plain, html),) = mails(inbox).values()
    assert tag == "en"
    assert '<html lang="en"' in html and f"{SITE.base_url}/unsubscribe/" in plain


def test_a_rehearsal_speaks_each_language_too(record: sa.Engine, tmp_path: Path) -> None:
    key = subscribe(record, ("core", ""), language="zh-Hans")
    add_action(record, add_run(record), add_matter(record), 61, "Overridden by Council", NOW.date())
    assert rehearse(record, "daily", NOW + timedelta(hours=1), tools(), tmp_path) == 1
    mail = parsed((tmp_path / f"daily-{key}.eml").read_bytes())
    assert "2026年3月2日" in reading_of(mail, "plain")
    assert str(mail["Content-Language"]) == "zh-Hans"
