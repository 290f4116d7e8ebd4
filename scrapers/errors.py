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


class PageChanged(SourceBroken):
    """Raised where a page or an answer is not in the shape the parser knows; nothing was guessed from it."""


class FetchFailed(ScrapeError):
    """Raised where no usable answer came: unreachable, slow, too large, cut short, or an error to the last retry."""


class Refused(ScrapeError):
    """Raised where the source said no: 401, 403, a lasting 429, robots.txt, a captcha. It is reported, never evaded."""


class UnsafeAddress(ScrapeError):
    """Raised for an address that no source has business with: a private network, another scheme."""


class Stopped(ScrapeError):
    """Raised between two requests when the program was told to stop; nothing of the run is kept but its row."""
