"""What a site's robots.txt allows programs to read, and how slowly (RFC 9309). Asks nobody itself."""

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Final

from protego import Protego

from scrapers.addresses import host_of, origin_of, redacted
from scrapers.errors import Refused

SLOWEST: Final = 120.0  # seconds: a site that asks for a longer pause is not read at all rather than read too fast


class Robots:
    """The rules of every site that is asked, each read once.

    ``read`` gives the text at an address, b"" where there is none: then everything is allowed. ``slow_down`` is told
    the host and the seconds where a site asks for a pause.
    """

    def __init__(self, agent: str, read: Callable[[str], bytes], slow_down: Callable[[str, float], None]) -> None:
        self._agent = agent
        self._read = read
        self._slow_down = slow_down
        self._rules: dict[str, Protego] = {}
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def obey(self, address: str) -> None:
        """Raises Refused where programs are not to read that address, and what ``read`` raises."""
        rules = self._of(address)
        if not rules.can_fetch(address, self._agent):
            raise Refused(redacted(address), "its robots.txt does not allow this address to be read by programs")
        if (pause := self._pause(rules)) > SLOWEST:
            raise Refused(redacted(address), f"its robots.txt asks for {pause:,.0f} seconds between two requests")

    def _of(self, address: str) -> Protego:
        origin = origin_of(address)
        with self._locks[origin]:
            if origin not in self._rules:
                # some editors put a mark before the first line, which would then be no line of robots.txt any more
                text = self._read(f"{origin}/robots.txt").decode("utf-8-sig", errors="replace")
                rules = self._rules[origin] = Protego.parse(text)
                if 0 < (pause := self._pause(rules)) <= SLOWEST:
                    self._slow_down(host_of(address), pause)
            return self._rules[origin]

    def _pause(self, rules: Protego) -> float:
        return float(rules.crawl_delay(self._agent) or 0)
