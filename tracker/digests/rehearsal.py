"""What a digest run would mail, as files that a mail program opens. Nothing is kept, nothing goes out."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from tracker.digests.composing import drafts
from tracker.errors import BadInput
from tracker.held import table
from tracker.mail.envelope import Envelope
from tracker.mail.outbox import digest_message_id, message_id
from tracker.mail.sender import Tools, links_of
from tracker.models.mail import Subscriber


def rehearse(engine: sa.Engine, period: str, now: datetime, tools: Tools, folder: Path) -> int:
    """Write the mails of a period into a folder, one file a subscriber, and say how many."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} cannot be made: {error.strerror}.") from error
    people, host, count = table(Subscriber), urlsplit(tools.site.base_url).hostname or "localhost", 0
    for session, subscriber_id, subject, content in drafts(engine, period, now):
        chosen = sa.select(people.c.sealed, people.c.nonce, people.c.language).where(people.c.id == subscriber_id)
        sealed, nonce, language = session.execute(chosen).one()
        links = links_of(tools, subscriber_id, nonce, language, now)
        envelope = Envelope(
            tools.seal.open(sealed), message_id(digest_message_id(subscriber_id), host), now, links.unsubscribe
        )
        letter = tools.writer.write(content, links)._replace(subject=subject)
        (folder / f"{period}-{subscriber_id}.eml").write_bytes(tools.packer.pack(letter, envelope, language))
        count += 1
    return count
