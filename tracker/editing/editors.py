"""Editors: made by command, signed in by password, kept out for a while after too many wrong ones.

Passwords are kept as Argon2id hashes (RFC 9106). A sign-in is a row in the database, found by the SHA-256 of a random
token that only the browser's cookie holds. The answer to a wrong password is the same, and takes the same work,
whether or not there is such an editor.
"""

import functools
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, select

from tracker.config import EditConfig
from tracker.database import reading, writing
from tracker.errors import BadInput, NotFound, SignInRefused
from tracker.models.editing import Editor, EditorSession
from tracker.models.mail import Attempt
from tracker.networks import network_of
from tracker.secret import Seal
from tracker.tokens import digest_of

LEAST_PASSWORD: Final = 12  # characters
LONGEST: Final = 1_000  # characters of a password or a name that are looked at
LONGEST_NAME: Final = 40
# who decided a link where no editor did; see `models.sources.Coverage.decided_by`
RESERVED: Final = frozenset({"press", "starter record", "editors"})
WHAT: Final = "sign-in"

_HASHER: Final = PasswordHasher()
_WRONG: Final = "The name or the password is not right."


class Rules(NamedTuple):
    """How long a sign-in lasts, and how many wrong passwords are let pass in a while."""

    idle: timedelta
    longest: timedelta
    per_name: int
    per_network: int
    lockout: timedelta


class SignedIn(NamedTuple):
    """Who asks, by a sign-in that is good now."""

    digest: str
    editor_id: int
    name: str
    csrf_key: str
    used_at: datetime


def rules_of(config: EditConfig) -> Rules:
    """The settings of ``[edit]``."""
    return Rules(
        timedelta(minutes=config.idle_minutes),
        timedelta(hours=config.longest_hours),
        config.failures_per_name,
        config.failures_per_network,
        timedelta(minutes=config.lockout_minutes),
    )


def add_editor(engine: sa.Engine, name: str, password: str, now: datetime) -> None:
    """Make an editor. Raises BadInput for a name that is taken or cannot be one, or a short password."""
    name, hashed = _fit_name(name), _hashed(password)
    with writing(engine) as session:
        taken = {held.casefold() for held in session.scalars(select(Editor.name))}
        if name.casefold() in taken:
            raise BadInput(f"There is an editor {name!r} already. Give 'tracker editor password' for a new password.")
        session.add(Editor(name=name, password=hashed, created_at=now))


def set_password(engine: sa.Engine, name: str, password: str) -> None:
    """A new password, which also lets a disabled editor in again; every sign-in of theirs ends. Raises NotFound."""
    hashed = _hashed(password)
    with writing(engine) as session:
        editor = _by_name(session, name)
        editor.password, editor.disabled_at = hashed, None
        _end_all(session, editor)


def disable(engine: sa.Engine, name: str, now: datetime) -> None:
    """Let an editor in no more, from this moment on. What they decided stays. Raises NotFound."""
    with writing(engine) as session:
        editor = _by_name(session, name)
        editor.disabled_at = editor.disabled_at or now
        _end_all(session, editor)


def list_editors(session: Session) -> Sequence[Editor]:
    """All editors, by name."""
    return session.scalars(select(Editor).order_by(Editor.name)).all()


def sign_in(engine: sa.Engine, seal: Seal, rules: Rules, name: str, password: str, address: str, now: datetime) -> str:
    """The token of a new sign-in. ``address`` is the network address that asks.

    Raises SignInRefused for a wrong name or password, and after too many of them.
    """
    who = [seal.fingerprint(f"name {name[:LONGEST]}"), seal.fingerprint(f"network {network_of(address)}")]
    tries = _note_try(engine, rules, who, now)
    with reading(engine) as session:
        editor = session.scalars(select(Editor).where(Editor.name == name.strip())).first()
        known = editor.password if editor and editor.disabled_at is None else ""
    nobody = _nobody()
    good = _is_password(known or nobody, password)
    if not (known and good):
        raise SignInRefused(_WRONG)
    with writing(engine) as session:
        editor = _by_name(session, name.strip())
        if editor.password != known or editor.disabled_at is not None:
            raise SignInRefused(_WRONG)
        if _HASHER.check_needs_rehash(known):
            editor.password = _HASHER.hash(password)
        session.execute(sa.delete(Attempt).where(sa.or_(col(Attempt.id).in_(tries), col(Attempt.who) == who[0])))
        session.execute(sa.delete(EditorSession).where(col(EditorSession.ends_at) <= now))
        return _begin(session, editor, rules, now)


def _note_try(engine: sa.Engine, rules: Rules, who: Sequence[str], now: datetime) -> list[int]:
    """Count this try before the password is looked at, so that many at once are no way around the limit."""
    with writing(engine) as session:
        mine = col(Attempt.what) == WHAT
        session.execute(sa.delete(Attempt).where(mine, col(Attempt.at) <= now - rules.lockout))
        for fingerprint, most in zip(who, (rules.per_name, rules.per_network), strict=True):
            counted = select(sa.func.count()).select_from(Attempt).where(mine, col(Attempt.who) == fingerprint)
            if session.scalars(counted).one() >= most:
                minutes = rules.lockout // timedelta(minutes=1)
                raise SignInRefused(f"Too many wrong passwords. Wait {minutes} minutes, then try again.", locked=True)
        rows = [Attempt(what=WHAT, who=fingerprint, at=now) for fingerprint in who]
        session.add_all(rows)
        session.flush()
        return [row.id or 0 for row in rows]


def _begin(session: Session, editor: Editor, rules: Rules, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        EditorSession(
            digest=digest_of(token),
            editor_id=editor.id or 0,
            csrf_key=secrets.token_urlsafe(32),
            created_at=now,
            used_at=now,
            ends_at=now + rules.longest,
        )
    )
    return token


def signed_in(session: Session, rules: Rules, token: str, now: datetime) -> SignedIn | None:
    """Whose sign-in a cookie's token is; None for one that is not good, or no more."""
    found = session.execute(
        sa.select(EditorSession, Editor)
        .join(Editor, col(Editor.id) == col(EditorSession.editor_id))
        .where(col(EditorSession.digest) == digest_of(token), col(Editor.disabled_at).is_(None))
    ).first()
    if found is None:
        return None
    mine, editor = found
    if now >= mine.ends_at or now - mine.used_at >= rules.idle:
        return None
    return SignedIn(mine.digest, editor.id, editor.name, mine.csrf_key, mine.used_at)


def touch(engine: sa.Engine, signed: SignedIn, rules: Rules, now: datetime) -> None:
    """Note that a sign-in is in use; seldom enough that reading pages rarely waits for a writer."""
    if now - signed.used_at >= rules.idle / 4:
        with writing(engine) as session:
            mine = col(EditorSession.digest) == signed.digest
            session.execute(sa.update(EditorSession).where(mine).values(used_at=now))


def sign_out(engine: sa.Engine, token: str) -> None:
    """End one sign-in."""
    with writing(engine) as session:
        session.execute(sa.delete(EditorSession).where(col(EditorSession.digest) == digest_of(token)))


def _end_all(session: Session, editor: Editor) -> None:
    session.execute(sa.delete(EditorSession).where(col(EditorSession.editor_id) == editor.id))


def _by_name(session: Session, name: str) -> Editor:
    editor = session.scalars(select(Editor).where(Editor.name == name)).first()
    if editor is None:
        raise NotFound(f"There is no editor {name!r}. 'tracker editor list' names them all.")
    return editor


def _fit_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or name.casefold() in RESERVED:
        raise BadInput(f"Give a name of 1 to {LONGEST_NAME} letters, and none of {', '.join(sorted(RESERVED))}.")
    return name


def _hashed(password: str) -> str:
    if len(password) < LEAST_PASSWORD:
        raise BadInput(f"The password is too short: give {LEAST_PASSWORD} characters or more, a few words for example.")
    if len(password) > LONGEST:
        raise BadInput(f"The password is longer than {LONGEST:,} characters.")
    return _HASHER.hash(password)


def _is_password(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


@functools.cache
def _nobody() -> str:
    """A hash that no password fits, so that a name nobody bears costs the same work as one that somebody does."""
    return _HASHER.hash(secrets.token_urlsafe(32))
