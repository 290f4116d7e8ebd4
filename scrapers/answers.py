"""What a source answered, and who asks it: the types between `fetch`, which knows the network, and the parsers.

A parser takes text; a road (``council_api``, ``council_web`` ...) takes a `Fetcher` and never makes one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import orjson

from scrapers.errors import PageChanged


class Answer(NamedTuple):
    """One answer that was used. Addresses have their tokens taken out; ``body`` is unpacked.

    ``address`` is what was asked for, ``final`` where redirects led. ``fetched_at`` is aware UTC, ``digest`` is
    ``sha256:`` of the body, under which the store of captures keeps it. ``unchanged`` is True where the source answered
    304 and the body is the one kept last time.
    """

    address: str
    final: str
    method: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    digest: str
    unchanged: bool = False

    @property
    def media_type(self) -> str:
        """``text/html``, without parameters, in small letters; "" where none was given."""
        return self.header("content-type").partition(";")[0].strip().lower()

    def header(self, name: str) -> str:
        """The first header of that name, whatever its case; "" where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def text(self) -> str:
        """The body as text: by its declared charset, else UTF-8, else Windows-1252, which never fails on old pages."""
        charset = self.header("content-type").lower().partition("charset=")[2].partition(";")[0].strip("\"' ")
        for encoding in (charset, "utf-8"):
            try:
                if encoding:
                    return self.body.decode(encoding)
            except (UnicodeDecodeError, LookupError):
                continue
        return self.body.decode("windows-1252", errors="replace")

    def json(self) -> Any:
        """The body as JSON. Raises PageChanged for anything else: an error page that answers 200, an empty body."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            kind = self.media_type or "no type"
            raise PageChanged(self.address, f"the answer is not JSON but {kind} ({error})") from error


class Fetcher(Protocol):
    """Whoever can ask a source. Raises FetchFailed, Refused, SourceMissing, UnsafeAddress or Stopped.

    ``secret`` parameters are sent and never written anywhere. Other parameters join the address, encoded once.
    """

    def get(
        self, address: str, params: Mapping[str, str] | None = None, *, secret: Mapping[str, str] | None = None,
        accept: str = "",
    ) -> Answer: ...  # fmt: skip

    def post(self, address: str, form: Sequence[tuple[str, str]]) -> Answer: ...


class Kept(NamedTuple):
    """What is kept of an address's last good answer: what a conditional request needs, and what a 304 leaves out."""

    etag: str
    last_modified: str
    digest: str
    headers: tuple[tuple[str, str], ...] = ()


class Keeper(Protocol):
    """Where answers are kept before anybody parses them."""

    def last(self, address: str) -> Kept | None: ...

    def body(self, digest: str) -> bytes: ...

    def keep(self, answer: Answer) -> None: ...
