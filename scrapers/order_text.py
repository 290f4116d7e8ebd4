"""The parts of a mayoral order's text: number, date and subject from its heading, the name and office under it.

Pure. An article's text begins with "Download Executive Order 13" and the subject; a PDF's with the City's letterhead,
the number, the date and the subject, in that order for most of fifty years. Scans garble any of them.
"""

import re
from typing import Final, NamedTuple

from scrapers.order_names import find_orders
from scrapers.printed_dates import DAY, MONTH, read_day


class Heading(NamedTuple):
    """What stands over an order; "" for what is not there. ``unread`` is a date that is there and cannot be read."""

    number: str
    dated_on: str
    subject: str
    unread: str


class Signature(NamedTuple):
    """What stands under an order: ``name`` is "" where it cannot be read, ``office`` where there is none."""

    name: str
    office: str


HEAD: Final = 2500  # characters in which the heading must begin
REGION: Final = 1200  # characters from there to its end
SUBJECT: Final = 300
TAIL: Final = 700  # characters in which an order's last sentence and signature stand, with a page number or a stamp

_ORDER: Final = re.compile(
    r"^[^\w\n]*(?:Download\s+)?(?:Emergency\s*)?\w{0,3}x[eqo]\w{3,8}\s*[o0]rder\b(?P<rest>.{0,24})", re.I | re.M
)
_BODY: Final = re.compile(
    r"\bW[HI{][\w{-]{0,3}REAS|\bBy (?:the )?(?:virtue|power|authority)|\bNOW\b,? ?THERE|§"
    r"|\bS[ec]{1,3}tion\W{0,3}[1Il]\b|\bPursuant to (?:the (?:pow|prov|auth)|section)|\bIt is (?:hereby|ordered)"
    r"|\bIn order to\b|\bI hereby\b",
    re.IGNORECASE,
)
_DATE_LINE: Final = re.compile(rf"(?:^|\A)\W*(?:Dated:\W*)?(?P<day>{DAY})\W*$", re.IGNORECASE | re.MULTILINE)
_FIRST_DATE: Final = re.compile(rf"\A\W*(?P<day>{DAY})")
_LIKE_A_DATE: Final = re.compile(rf"^\W*(?:{MONTH})\b.{{1,20}}$", re.IGNORECASE | re.MULTILINE)
_DATED: Final = re.compile(rf"\bDated\s*:\s*(?P<day>{DAY})", re.IGNORECASE)
_NO_SUBJECT: Final = re.compile(
    r"(?:emergency )?executive order|\W*(?:the )?city of new york|office of the mayor|new york,? n\W{0,3}y.*",
    re.IGNORECASE,
)
_OFFICE: Final = re.compile(
    r"^(?P<same>.*?[A-Za-z.]{2,},\s*)?\W*(?P<office>(?:(?:First )?Deputy )?Mayor)\W*\d{0,2}\W*$", re.IGNORECASE
)
_NAME: Final = re.compile(r"[A-Z][\w’'-]{2,}(?: (?:de|[A-Z])[\w.’'-]*){0,2} [A-Z][\w’'-]{2,}")
_ENDS: Final = re.compile(
    r"\b(?:shal[il1]|will) (?:take|be) eff|\bremain in\s+eff|\beffective (?:date|immediately)", re.I
)
_ORDERS: Final = re.compile(
    r"\bWHEREAS\b|\bSection\W{0,3}[1I]\b|§\s*\d|\bhereby ordered\b|\bby the power vested|\bI hereby\b", re.IGNORECASE
)


def reads_like_an_order(text: str) -> bool:
    """Whether a text orders anything: a page that only links to a PDF does not."""
    return _ORDERS.search(text) is not None


def read_heading(text: str) -> Heading:
    """What stands over an order; fields that are not there, or not legible, are ""."""
    order, words = _ORDER.search(text[:HEAD]), _BODY.search(text)
    if order and words and words.start() < order.start():
        order = None  # the heading is lost, and a line of the body begins with another order's name
    begin = order.start("rest") if order else 0
    body = _BODY.search(text, begin)
    region = text[begin : min(body.start() if body else begin + SUBJECT, begin + REGION)]
    number, after = "", region
    if order and (named := next(find_orders("Executive Order " + " ".join(region.split())), None)):
        number = named.number
        after = re.sub(r"\A\W*(?:N[o0]s?\b\W*)?[\w.]+", "", region, count=1, flags=re.I)
    first = _FIRST_DATE.match(after) or _DATE_LINE.search(after)
    above = _DATE_LINE.search(text[:begin])
    found = [hit["day"] for hit in (first, above, _DATED.search(text)) if hit]
    day = next((day for day in map(read_day, found) if day), "")
    like = _LIKE_A_DATE.search(after)
    unread = " ".join((found[0] if found else like[0] if like else "").split()) if not day else ""
    if order is None and not _is_plain(region):
        return Heading(number, day, "", unread)
    return Heading(number, day, _subject(after, first.end() if first and _FIRST_DATE.match(after) else 0), unread)


def _is_plain(region: str) -> bool:
    """Whether what stands over a body without a heading can be a subject, and not the end of a lost page."""
    return region.strip()[:1].isupper() and len(region) < SUBJECT and not re.search(r"[.;]\s", region)


def _subject(region: str, start: int) -> str:
    """The lines of a heading that are neither date nor letterhead, from the first that begins with a capital."""
    lines = (" ".join(line.split()) for line in _DATE_LINE.sub("\n", region[start:]).split("\n"))
    said: list[str] = []
    for line in lines:
        if not re.search(r"[A-Za-z]{3}", line) or _NO_SUBJECT.fullmatch(line) or _LIKE_A_DATE.fullmatch(line):
            continue
        if said or line.lstrip('"“(')[:1].isupper():
            said.append(line)
    return " ".join(said)[:SUBJECT].strip(" .,:;-*'\"")


def read_signature(text: str) -> Signature:
    """The last name over "Mayor" or "First Deputy Mayor", in the second half of the text; an appendix may follow it."""
    lines = [" ".join(line.split()) for line in text.split("\n") if line.strip(" _\t\r\n")]
    for n in range(len(lines) - 1, max(len(lines) // 2, 1) - 1, -1):
        if office := _OFFICE.match(lines[n]):
            above = (office["same"] or lines[n - 1]).strip(" ,_")
            name = above if _NAME.fullmatch(above) else ""
            return Signature(name, " ".join(office["office"].split()).title())
    return Signature("", "")


def ends_like_an_order(text: str) -> bool:
    """Whether its last lines are signed or say when it takes effect."""
    signed = read_signature(text)
    return bool(signed.office) or _ENDS.search(" ".join(text[-TAIL:].split())) is not None
