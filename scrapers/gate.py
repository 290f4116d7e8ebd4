"""One thing at a time from one host, and a pause in between."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Gate:
    """Turns for each host: at least ``pause`` seconds from the end of one request to the beginning of the next."""

    def __init__(self, pause: float, monotonic: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._pause = pause
        self._monotonic = monotonic
        self._sleep = sleep
        self._pauses: dict[str, float] = {}
        self._free_at: dict[str, float] = {}
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def slow_down(self, host: str, pause: float) -> None:
        """A host asks for a longer pause than ours."""
        self._pauses[host] = max(pause, self._pause)

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait for the turn, and hold it while the request lasts."""
        with self._locks[host]:
            wait = self._free_at.get(host, 0.0) - self._monotonic()
            if wait > 0:
                self._sleep(wait)
            try:
                yield
            finally:
                self._free_at[host] = self._monotonic() + self._pauses.get(host, self._pause)
