"""What is known of outlets: who publishes what under which hosts, and who owns it as far as we know. No ratings.

The facts ship with the package (``record/outlets.csv``), each with the address that says so; what is not certain is
left out. A site's own name for an outlet that is not listed there is taken as it comes.
"""

import csv
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from tracker.coverage.stories import canonical, outlet_of

FILE: Final = Path(__file__).parents[1] / "record" / "outlets.csv"


class Outlet(NamedTuple):
    """One outlet. ``kind`` is what it mostly publishes; a piece of its may be of another kind.

    ``owner``, ``since`` (a year) and ``place`` are "" where they are not certain; ``source`` is where the owner can be
    looked up. ``hosts`` are as `coverage.stories.canonical` writes them.
    """

    name: str
    hosts: tuple[str, ...] = ()
    kind: str = ""
    owner: str = ""
    since: str = ""
    place: str = ""
    source: str = ""

    @property
    def slug(self) -> str:
        """Its address on the site, after /outlets/."""
        return slug_of(self.name)


def slug_of(name: str) -> str:
    """ "City & State" -> "city-and-state"; a code where nothing of a name can stand in an address."""
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ")).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    return slug or "outlet-" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@cache
def known(path: Path = FILE) -> Mapping[str, Outlet]:
    """The outlets of the file, by name."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Outlet(row["outlet"], tuple(row["hosts"].split()), row["kind"], row["owner"], row["since"], row["place"],
                   row["source"])
            for row in csv.DictReader(file)
        ]  # fmt: skip
    return MappingProxyType({outlet.name: outlet for outlet in rows})


@cache
def _by_host() -> Mapping[str, str]:
    return {host: outlet.name for outlet in known().values() for host in outlet.hosts}


def name_of(address: str, given: str) -> str:
    """One name for one outlet: the file's, by the host; where it knows none, the given name, else the host."""
    found = outlet_of(address, _by_host())
    host = urlsplit(canonical(address)).hostname or ""
    return given or found if found == host else found


def kind_of(name: str, given: str) -> str:
    """The kind of a piece: as it is given, but what calls itself news is what its outlet publishes."""
    outlet = known().get(name)
    return outlet.kind if given == "news" and outlet else given
