"""Signed links in mails: who may do what, until when. Pure.

A token is good for one purpose. It bears the subject's nonce, so that a new nonce ends every link given before, and
the moment it was made. That it is used once is the caller's to see to (`models.mail.SpentToken`, by `digest_of`).
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

from itsdangerous import BadData, Serializer, URLSafeSerializer
from itsdangerous.encoding import base64_encode

from tracker.errors import BadInput
from tracker.language import N_, _
from tracker.secret import Secret

Purpose = Literal["confirm", "manage", "unsubscribe"]
LONGEST: Final = 1_000  # characters; ours are some 120
NOT_OURS: Final = N_("This link is not one of ours, or a part of it is missing. Copy it whole.")


class Granted(NamedTuple):
    """What a token says: whose it is, the nonce it was made with, and when."""

    subject: str
    nonce: str
    made_at: datetime


class _Uncompressed(URLSafeSerializer):
    """Without the library's try at compressing: what we sign is short, and the try costs more than signing."""

    def dump_payload(self, obj: object) -> bytes:
        return base64_encode(Serializer.dump_payload(self, obj))


class Tokens:
    """Gives and reads tokens, all with keys made of one secret."""

    def __init__(self, secret: Secret) -> None:
        self._key = secret.key("tokens")

    def give(self, purpose: Purpose, subject: str, nonce: str, now: datetime) -> str:
        """A token, fit for an address, of about 120 characters."""
        return str(self._signer(purpose).dumps([subject, nonce, int(now.timestamp())]))

    def read(self, purpose: Purpose, token: str, now: datetime, good_for: timedelta | None) -> Granted:
        """What a token grants. ``good_for`` of None: for ever.

        Raises BadInput for one that is forged, of another purpose, or too old.
        """
        try:
            subject, nonce, made = self._signer(purpose).loads(token[:LONGEST])
            granted = Granted(str(subject), str(nonce), datetime.fromtimestamp(int(made), UTC))
        except (BadData, ValueError, TypeError, OverflowError, OSError) as error:
            raise BadInput(_(NOT_OURS)) from error
        if self.give(purpose, *granted) != token:
            # the last letter of a signature can be written in four ways: a spent token must not come back as another
            raise BadInput(_(NOT_OURS))
        if good_for is not None and now - granted.made_at > good_for:
            raise BadInput(_("This link is too old. Ask for a new one; it comes by mail."))
        return granted

    def _signer(self, purpose: Purpose) -> URLSafeSerializer:
        return _Uncompressed(self._key, salt=f"tracker.{purpose}", signer_kwargs={"digest_method": hashlib.sha256})


def digest_of(token: str) -> str:
    """By what a spent token is remembered: SHA-256 in hexadecimal digits, never the token."""
    return hashlib.sha256(token.encode()).hexdigest()
