"""The site's one secret, and the keys made of it: for sealed addresses, for links in mails, for sign-in.

It comes from the environment (``TRACKER_SECRET``), or from a file beside an SQLite database, made at first use and
readable by its owner alone. Losing it makes stored addresses unreadable and old links in mails invalid; nothing of
the record depends on it.
"""

import base64
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from tracker.errors import ConfigError

VARIABLE: Final = "TRACKER_SECRET"
LEAST: Final = 32  # characters


class Secret:
    """One secret; every use takes a key of its own, so that what is made for one is worth nothing in another."""

    def __init__(self, text: str) -> None:
        self._text = text.encode()

    @classmethod
    def fresh(cls) -> "Secret":
        """One that lives as long as the process."""
        return cls(secrets.token_urlsafe(LEAST))

    def key(self, use: str) -> bytes:
        """32 bytes for one use (HMAC-SHA256 of its name)."""
        return hmac.digest(self._text, use.encode(), "sha256")


class Seal:
    """Mail addresses, as they are stored: unreadable without the secret, and found again by a fingerprint."""

    def __init__(self, secret: Secret) -> None:
        self._box = Fernet(base64.urlsafe_b64encode(secret.key("addresses")))
        self._key = secret.key("fingerprints")

    def close(self, text: str) -> bytes:
        """A text sealed (Fernet: AES-128-CBC and HMAC-SHA256)."""
        return self._box.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """What was sealed. Raises ConfigError where it was sealed with another secret."""
        try:
            return self._box.decrypt(sealed).decode()
        except InvalidToken as error:
            raise ConfigError(
                f"A stored address cannot be read with this secret. Give {VARIABLE} the value it had before."
            ) from error

    def fingerprint(self, text: str) -> str:
        """The same for the same text, in 64 hexadecimal digits; letter case and surrounding blanks do not matter."""
        return hmac.digest(self._key, text.strip().lower().encode(), "sha256").hex()


def load_secret(environ: Mapping[str, str], database_url: str) -> Secret:
    """The secret of this site. Raises ConfigError where there is none and nowhere to keep one."""
    given = environ.get(VARIABLE, "").strip()
    if given:
        if len(given) < LEAST:
            raise ConfigError(f"{VARIABLE} is shorter than {LEAST} characters. Give it a long random text.")
        return Secret(given)
    address = sa.make_url(database_url)
    if address.get_backend_name() != "sqlite":
        raise ConfigError(f"Set {VARIABLE} to a long random text, the same for every process of this site.")
    if not address.database or address.database == ":memory:":
        return Secret.fresh()
    return Secret(_kept(Path(f"{address.database}.secret")))


def _kept(path: Path) -> str:
    """The text of the file; the first of several processes that ask at once makes it, whole or not at all."""
    try:
        if not path.exists():
            made = path.with_name(f"{path.name}.{os.getpid()}.new")
            with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(secrets.token_urlsafe(LEAST))
            try:
                os.link(made, path)
            except FileExistsError:
                pass  # another process was first; its secret is the one
            finally:
                made.unlink()
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(
            f"The site's secret cannot be kept in {path}: {error.strerror}. Or set {VARIABLE}."
        ) from error
    if len(text) < LEAST:
        raise ConfigError(f"{path} does not hold a secret of {LEAST} characters. Restore it, or set {VARIABLE}.")
    return text
