"""Commands in processes of their own: started, waited for, and ended when it is time to stop."""

import logging
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from tempfile import TemporaryFile
from time import monotonic
from typing import IO, Final

PATIENCE_SECONDS: Final = 20.0  # between the wish that a process ends and its being killed
LIMIT_SECONDS: Final = 6 * 3600.0  # longer than the longest read of everything; a process that hangs is no use
TAIL_BYTES: Final = 4096

log = logging.getLogger(__name__)


class Stop:
    """A wish to stop. May be asked from a signal handler, where an Event could wait for itself for ever."""

    def __init__(self) -> None:
        self.asked = False
        self._bell: SimpleQueue[None] = SimpleQueue()  # its put is safe in the middle of its own get

    def ask(self) -> None:
        """Wake whoever waits."""
        self.asked = True
        self._bell.put(None)

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until asked to stop; say which. One thread waits."""
        if not self.asked:
            with suppress(Empty):
                self._bell.get(timeout=seconds)
        return self.asked


class Children:
    """The processes of one scheduler. ``command`` begins every command line (``("python", "-m", "tracker")``)."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._command = tuple(command)
        self._environment = dict(environment)
        self._patience = patience_seconds
        self._guard = threading.Lock()
        self._stopping = False
        self._alive: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, name: str, arguments: Sequence[str]) -> None:
        """Run one command to its end and log what came of it: its last line, and its exit code where that is not 0.

        Nothing is started once `stop` was called.
        """
        with TemporaryFile() as output:
            with self._guard:
                if self._stopping:
                    return
                process = self._alive[name] = self._start(arguments, output)
            try:
                process.wait(LIMIT_SECONDS)
            except subprocess.TimeoutExpired:
                log.error("%s did not end within %d hours and is ended now.", name, LIMIT_SECONDS // 3600)
                self._end([process])
            finally:
                with self._guard:
                    del self._alive[name]
            _tell(name, process.returncode, _last_line(output))

    def _start(self, arguments: Sequence[str], output: IO[bytes]) -> subprocess.Popen[bytes]:
        # into a file, not a pipe: a pipe stays open as long as any grandchild of it lives
        # a session of its own keeps Ctrl-C at a terminal from reaching it before us
        return subprocess.Popen(
            [*self._command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=self._environment,
            start_new_session=True,
        )

    def stop(self) -> None:
        """Start nothing more, ask all that run to end, and kill what has not ended after a while."""
        with self._guard:
            self._stopping = True
            processes = list(self._alive.values())
        self._end(processes)

    def _end(self, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        for process in processes:
            process.terminate()
        until = monotonic() + self._patience
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - monotonic()))
            with suppress(ProcessLookupError):  # the whole group: git and readers of PDFs are children of its own
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _tell(name: str, code: int, said: str) -> None:
    if code == 0:
        log.info("%s: %s", name, said or "done")
    elif code < 0:
        log.error("%s was ended by signal %d: %s", name, -code, said or "it said nothing")
    else:
        log.error("%s ended with %d: %s", name, code, said or "it said nothing")


def _last_line(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - TAIL_BYTES))
    lines = output.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
