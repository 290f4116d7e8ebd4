"""Everything the tracker refuses, as one small tree; ``cli`` turns each into a sentence and an exit code.

Each class carries its exit code (after sysexits.h) so that a script can tell them apart.
"""


class TrackerError(Exception):
    """The root: a message for people that says what to do."""

    exit_code = 70


class ConfigError(TrackerError):
    """Raised by `config` for a key or value it does not understand; names the key."""

    exit_code = 78


class BadIdentifier(TrackerError):
    """Raised by `identifiers` for a text that is no file number, law number or order number."""

    exit_code = 65

    def __init__(self, text: str, expected: str) -> None:
        super().__init__(f"{text!r} is not {expected}")
        self.text = text


class BadInput(TrackerError):
    """Raised where a file or a source cannot be read as what it must be."""

    exit_code = 65


class SignInRefused(BadInput):
    """Raised by `editing.editors` for a wrong name or password; ``locked`` after too many of them."""

    def __init__(self, message: str, *, locked: bool = False) -> None:
        super().__init__(message)
        self.locked = locked


class NotFound(TrackerError):
    """Raised by `queries` for a matter, a section or an export that does not exist."""

    exit_code = 66


class SourceShrank(TrackerError):
    """Raised by `ingest` when a source lost more matters at once than ordinary life explains; nothing is stored."""

    exit_code = 75


class Held(TrackerError):
    """Raised by `tracker digest` when so much is due that a person has to look first; nothing is written."""

    exit_code = 75


class DatabaseError(TrackerError):
    """Raised for a database that cannot be used: newer than this program, full, locked or unreachable."""

    exit_code = 74
