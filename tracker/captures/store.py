"""Blobs under their own digests, in a folder. Knows no database, no source and no change."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import zstandard

from tracker.errors import BadInput, DatabaseError, NotFound

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Blob(NamedTuple):
    """A file of the store. ``digest`` is "" for what a kill left half written, ``size`` in packed bytes."""

    digest: str
    path: Path
    size: int
    written_at: datetime


class Fault(NamedTuple):
    """What is wrong with one blob, as a sentence."""

    digest: str
    sentence: str


class Store:
    """Blobs under their digests, in one folder that is made when first needed. Safe for several writers at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, body: bytes) -> str:
        """Keep ``body`` and return its digest, ``sha256:…``. A damaged blob of that digest is made good.

        Raises DatabaseError where it cannot be written.
        """
        digest = f"sha256:{sha256(body).hexdigest()}"
        path = self._path(digest)
        try:
            if self._unpacked(digest) == body:
                os.utime(path)  # it is in use again, which keeps `prune` from it
            else:
                _write(path, zstandard.compress(body, 9))
        except OSError as error:
            raise DatabaseError(_unwritable(self.folder, error)) from error
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of that digest. Raises NotFound where they are not here, BadInput where they are damaged."""
        try:
            body = self._unpacked(digest)
        except OSError as error:
            raise BadInput(f"The capture {digest} cannot be read: {error.strerror}.") from error
        if body is None:
            raise NotFound(f"There is no capture {digest} in {self.folder}.")
        if f"sha256:{sha256(body).hexdigest()}" != digest:
            raise BadInput(
                f"The capture {digest} in {self.folder} is damaged: its bytes do not add up to its name. "
                "Put the file back from a backup; 'tracker captures verify' lists all that are damaged."
            )
        return body

    def holds(self, digest: str) -> bool:
        """Whether there is a blob of that digest, sound or not."""
        return DIGEST.fullmatch(digest) is not None and os.path.isfile(self._path(digest))

    def verify(self) -> Iterator[Fault]:
        """Read every blob; what is damaged or cannot be read."""
        for digest in self.digests():
            try:
                self.get(digest)
            except (BadInput, NotFound) as error:
                yield Fault(digest, str(error))

    def digests(self) -> Iterator[str]:
        """Every digest that is held, sorted."""
        return (blob.digest for blob in self.blobs() if blob.digest)

    def find(self, prefix: str) -> str:
        """The one digest that begins so, with or without ``sha256:``. Raises NotFound for none and for several."""
        wanted = prefix.removeprefix("sha256:").lower()
        if not re.fullmatch(r"[0-9a-f]{4,64}", wanted):
            raise NotFound(f"{prefix!r} is no digest of a capture; give at least four of its digits (0-9, a-f).")
        found = [digest for digest in self.digests() if digest.startswith(f"sha256:{wanted}")]
        if len(found) != 1:
            held = f"{len(found)} captures begin" if found else "No capture begins"
            raise NotFound(f"{held} with {wanted}. 'tracker captures list' shows their digests; give more digits.")
        return found[0]

    def drop(self, digest: str) -> None:
        """Take a blob away; nothing happens where there is none."""
        if DIGEST.fullmatch(digest):
            self.remove(self._path(digest))

    def remove(self, path: Path, before: datetime | None = None) -> bool:
        """Take a file of the store away, if it was written ``before``; whether it was there to take.

        Raises DatabaseError where that is not allowed.
        """
        try:
            if before is not None and _written_at(path.stat()) >= before:
                return False
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise DatabaseError(_unwritable(self.folder, error)) from error
        return True

    def blobs(self) -> Iterator[Blob]:
        """Every file of the store, sorted, half written ones too."""
        for path in sorted(self.folder.glob("??/*")):
            digest = f"sha256:{path.parent.name}{path.name.removesuffix('.zst')}"
            if path.suffix == ".part" or (path.suffix == ".zst" and DIGEST.fullmatch(digest)):
                with suppress(FileNotFoundError):  # another process was quicker
                    state = path.stat()
                    yield Blob("" if path.suffix == ".part" else digest, path, state.st_size, _written_at(state))

    def _path(self, digest: str) -> Path:
        name = digest.removeprefix("sha256:")
        return self.folder / name[:2] / f"{name[2:]}.zst"

    def _unpacked(self, digest: str) -> bytes | None:
        """What the file holds, b"" for one that is no Zstandard; None where there is none. The sum is not checked."""
        if DIGEST.fullmatch(digest) is None:
            return None
        try:
            packed = self._path(digest).read_bytes()
        except FileNotFoundError:
            return None
        try:
            # decompressobj, because the size that a damaged file claims must not be believed
            return zstandard.ZstdDecompressor().decompressobj().decompress(packed)
        except zstandard.ZstdError:
            return b""


def _write(path: Path, packed: bytes) -> None:
    """Write under another name, see it on the disk, and only then give it its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with suppress(OSError):  # it is why we are here that may keep us from tidying up
            part.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _written_at(state: os.stat_result) -> datetime:
    return datetime.fromtimestamp(state.st_mtime, UTC)


def _unwritable(folder: Path, error: OSError) -> str:
    return (
        f"The folder of captures {folder} cannot be written ({error.strerror}). "
        "Free some room or mend its rights, or name another folder under [captures] in config.toml."
    )
