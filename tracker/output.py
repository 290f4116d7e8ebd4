"""Where a command writes: the screen, or a file that is there whole or not at all."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from tracker.errors import BadInput


@contextmanager
def to_file(path: Path | None) -> Iterator[IO[bytes]]:
    """The screen where no path is given. Raises BadInput for a file that cannot be written."""
    if path is None:
        yield sys.stdout.buffer
        return
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):  # what cannot be written may not be there to take away
            part.unlink()
