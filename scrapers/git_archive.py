"""The git plumbing under `council_archive`: which files changed in which commit, and their bytes, as a stream.

Only ``git`` itself is used (log, ls-tree, cat-file --batch), so that 133,000 versions stream through two pipes and
nothing is ever checked out. A remote repository is kept as a bare mirror beside the database; the mirror is shallow
until somebody asks for a replay.
"""

import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import IO, NamedTuple

from scrapers.errors import SourceBroken, SourceMissing

FOLDERS = ("introduction", "resolution")
MATTER_FILE = re.compile(r"(?:introduction|resolution)/\d{4}/\d{4}\.json", re.IGNORECASE)
NETWORK_SECONDS = 1800


class FileVersion(NamedTuple):
    """A file as one commit left it; ``blob`` is "" where the commit deleted it. ``at`` is unix seconds."""

    commit: str
    at: int
    path: str
    blob: str


class Repository:
    """A git directory with the archive in it, bare or not."""

    def __init__(self, folder: Path, origin: str) -> None:
        self.folder = folder
        self.origin = origin

    def head(self) -> str:
        """The newest commit."""
        return self._git("rev-parse", "HEAD").strip()

    def has(self, commit: str) -> bool:
        """Whether a commit read earlier is (still) here, with the way from it to the newest."""
        return self._run("merge-base", "--is-ancestor", commit, "HEAD").returncode == 0

    def current(self) -> Iterator[FileVersion]:
        """Every matter file as the newest commit has it."""
        commit, at = self._git("log", "-1", "--format=%H %ct").split()
        for line in self._git("ls-tree", "-r", "HEAD", "--", *FOLDERS).splitlines():
            meta, path = line.split("\t", 1)
            if MATTER_FILE.fullmatch(path):
                yield FileVersion(commit, int(at), path, meta.split()[2])

    def versions(self, since: str = "") -> Iterator[FileVersion]:
        """Every version of every matter file, oldest first, after the commit ``since`` ("": from the beginning)."""
        span = f"{since}..HEAD" if since else "HEAD"
        arguments = ("--reverse", "--first-parent", "-m", "--no-renames", "--raw", "--no-abbrev", "--format=%H %ct")
        commit, at = "", 0
        for line in self._git("log", *arguments, span, "--", *FOLDERS).splitlines():
            if not line.startswith(":"):
                if line:
                    commit, moment = line.split()
                    at = int(moment)
                continue
            meta, path = line.split("\t", 1)
            blob, status = meta.split()[3:5]
            if MATTER_FILE.fullmatch(path):
                yield FileVersion(commit, at, path, "" if status == "D" else blob)

    def contents(self, versions: Iterable[FileVersion]) -> Iterator[tuple[FileVersion, bytes | None]]:
        """The bytes of each version, in the order given; None where the repository lists a blob it does not hold."""
        versions = list(versions)
        with self._batch(version.blob for version in versions if version.blob) as answers:
            for version in versions:
                yield version, self._next(answers, version) if version.blob else None

    def _next(self, answers: IO[bytes], version: FileVersion) -> bytes | None:
        header = answers.readline().split()
        if len(header) == 2 and header[1] == b"missing":
            return None
        if len(header) != 3:
            raise SourceBroken(self.origin, f"git stopped in the middle of {version.path} at {version.commit[:10]}")
        size = int(header[2])
        content = answers.read(size + 1)
        if len(content) != size + 1:
            raise SourceBroken(self.origin, f"{version.path} at {version.commit[:10]} is cut short")
        return content

    @contextmanager
    def _batch(self, blobs: Iterable[str]) -> Iterator[IO[bytes]]:
        command = ["git", "-C", str(self.folder), "cat-file", "--batch", "--buffer"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1 << 20)
        assert process.stdin is not None and process.stdout is not None
        feeder = Thread(target=_feed, args=(process.stdin, blobs), daemon=True)
        feeder.start()
        try:
            yield process.stdout
        finally:
            process.stdout.close()
            process.terminate()
            process.wait()
            feeder.join()

    def _git(self, *arguments: str) -> str:
        answer = self._run(*arguments)
        if answer.returncode:
            raise SourceBroken(self.origin, f"git says: {answer.stderr.strip() or 'nothing'}")
        return answer.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["git", "-C", str(self.folder), "-c", "core.quotePath=false", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def _feed(pipe: IO[bytes], blobs: Iterable[str]) -> None:
    try:
        for blob in blobs:
            pipe.write(blob.encode() + b"\n")
        pipe.close()
    except (BrokenPipeError, ValueError):
        return  # the reader stopped early and says why itself


def is_address(place: str) -> bool:
    """Whether a place is a remote repository rather than a folder of this machine."""
    return "://" in place or place.startswith("git@")


def open_repository(place: str, mirror: Path, *, whole: bool) -> Repository:
    """A repository to read: a local folder as it is, or a mirror of a remote one brought up to date.

    ``whole`` asks for all history; without it a new mirror holds the newest commit alone.
    Raises SourceMissing where there is no repository, SourceBroken where git cannot bring it.
    """
    if is_address(place):
        return _mirrored(place, mirror, whole)
    folder = Path(place)
    if not folder.exists():
        raise SourceMissing(place, "there is no such folder or file")
    repository = Repository(folder, place)
    if repository._run("rev-parse", "--git-dir").returncode or repository._run("rev-parse", "HEAD").returncode:
        raise SourceMissing(place, "this is not a git repository with a commit in it")
    return repository


def _mirrored(address: str, mirror: Path, whole: bool) -> Repository:
    repository = Repository(mirror, address)
    if not (mirror / "HEAD").exists():
        mirror.mkdir(parents=True, exist_ok=True)
        repository._git("init", "--bare", "--quiet", ".")
    depth: tuple[str, ...]
    if repository._run("rev-parse", "--verify", "--quiet", "refs/heads/archive").returncode:
        depth = () if whole else ("--depth", "1")  # new, or a first fetch that broke off
    else:
        shallow = (mirror / "shallow").exists()
        depth = ("--unshallow",) if whole and shallow else ()
    command = ["git", "-C", str(mirror), "fetch", "--quiet", *depth, "--force", address, "+HEAD:refs/heads/archive"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=NETWORK_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise SourceBroken(address, f"no answer within {NETWORK_SECONDS // 60} minutes") from error
    if answer.returncode:
        raise SourceMissing(address, f"git cannot bring it: {answer.stderr.strip()}")
    repository._git("symbolic-ref", "HEAD", "refs/heads/archive")
    return repository
