"""What can go wrong between a source and a record. Every error names its subject."""


class ScrapeError(Exception):
    """A source could not be read; ``subject`` is the address, path or file that was being read."""

    def __init__(self, subject: str, message: str) -> None:
        super().__init__(f"{subject}: {message}")
        self.subject = subject
        self.message = message


class SourceMissing(ScrapeError):
    """Raised where there is nothing at the given place: no such file, folder, repository or commit."""


class SourceBroken(ScrapeError):
    """Raised where a source is cut short or is not in the shape it must have."""


class NothingFound(ScrapeError):
    """Raised where a source that must hold matters holds none: an empty answer is never "no change"."""
