"""Which addresses are one page, and which pages are one story. Pure.

News is copied: by agencies' customers, by sites that reword, by one outlet under two addresses. `fold` puts the copies
of a story together, so that it counts once and is shown once, under whoever told it first. A wrong fold hides a story
and a missed one shows it twice, so everything here leans to the second: two headlines must be the same, or the same but
for spelling, for the order of their parts, and for few words that one of them has more and that change nothing
("Rikers", "Rikers Island"). A word of what was done or decided, a negation, a number is never one of those.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from difflib import SequenceMatcher
from itertools import product
from math import ceil
from typing import Final, Generic, NamedTuple, Protocol, TypeVar
from urllib.parse import urlsplit

DAYS: Final = 7  # between two copies with the same headline; a later one is a new event, or a column
NEAR_DAYS: Final = 3  # between two whose headlines are only nearly the same
ALIKE: Final = 0.75  # the share of common words, of all words of both, from which headlines are nearly the same
ROUGHLY: Final = 0.6  # the same before words that differ in spelling are counted as common: who is looked at at all
# words of a headline, little ones not counted
LEAST_WORDS: Final = 4  # of two that are the same; a shorter one ("Letters to the Editor") says too little
LEAST_WORDS_UNDATED: Final = 6  # the same, where one of the two has no date
LEAST_WORDS_NEAR: Final = 7  # of two that are nearly the same

_TRACKING: Final = frozenset((
    "fbclid", "gclid", "gclsrc", "gbraid", "wbraid", "dclid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "igsh",
    "mc_cid", "mc_eid", "mkt_tok", "srsltid", "_ga", "_gl", "_hsenc", "_hsmi", "hsctatracking", "vero_id", "xtor",
    "ref", "ref_src", "ref_url", "referrer", "referringsource", "smid", "smtyp", "emc", "partner", "cmpid", "cmp",
    "ocid", "ncid", "icid", "taid", "ftag", "spm", "sr_share", "soc_src", "soc_trk", "tblci", "dicbo", "guccounter",
    "traffic_source", "unlocked_article_code", "searchresultposition", "wpmobileexternal", "__twitter_impression",
    "amp", "amp_js_v", "amp_gsa", "usqp", "share", "sharetoken", "campaign_id", "mibextid", "sfnsn",
))  # fmt: skip
_FAMILIES: Final = ("utm_", "at_", "ns_", "guce_", "oly_", "pk_", "mtm_", "hsa_")
_AMP_HOST: Final = re.compile(r"(?:www\.)?google(?:\.[a-z]{2,3}){1,2}|(?:[a-z0-9-]+\.)*cdn\.ampproject\.org")
_AMP_PATH: Final = re.compile(r"/(?:amp|c|v)/(?:s/)?([^/]+\.[^/]+(?:/.*)?)", re.DOTALL)
_AMP_END: Final = re.compile(r"(?:/amp(?:\.html)?|\.amp)$")
_MOBILE: Final = re.compile(r"(?:www|m|amp|mobile)\.(?=[^.]+\.)")
_INDEX: Final = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|shtml)$", re.IGNORECASE)
_ENCODED: Final = re.compile(r"%([0-9A-Fa-f]{2})|([^!-~])")
_UNRESERVED: Final = frozenset(map(ord, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"))

# Cyrillic letters that look like Latin ones: some copies carry them so as not to be found
_LOOK_ALIKES: Final = str.maketrans("аеорсухіјѕԁһԛԝАВЕКМНОРСТУХІЈЅ", "aeopcyxijsdhqwABEKMHOPCTYXIJS")
_WORD: Final = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_INITIALS: Final = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_PARTS: Final = re.compile(r"\s[|–—-]\s")
_LITTLE: Final = frozenset((
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "have", "in", "into", "is", "it", "its",
    "of", "on", "or", "over", "that", "the", "this", "to", "was", "with",
))  # fmt: skip
# words, and beginnings of words, that change what a headline says
_WEIGHTY: Final = re.compile(
    r"(?:no|not|nor|never|without|dont|doesnt|didnt|wont|isnt|arent|cant|again|another|second|third|former|ex|if|when|"
    r"may|might|could|would|will|wants?|sues?|sued|suing|suits?|lawsuits?|end|ends|stops?|vot(?:e|es|ed|ing))$|"
    r"(?:anti|sign|veto|pass|approv|adopt|reject|block|ban|halt|rul(?:e|ing)|judge|court|appeal|overrid|overturn|"
    r"introduc|propos|plan|oppos|support|back|delay|repeal|amend|den[iy]|admit|fail|state|federal|senat|albany)"
)


class Told(Protocol):
    """What a story must say of itself; ``published_on`` is an ISO date or ""."""

    @property
    def address(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def outlet(self) -> str: ...
    @property
    def published_on(self) -> str: ...


S = TypeVar("S", bound=Told)


class Copy(NamedTuple, Generic[S]):
    """A further telling of a story, and the sentence that says why it is held to be one."""

    story: S
    because: str


class Group(NamedTuple, Generic[S]):
    """One story: who is shown for it, and its copies by date."""

    lead: S
    copies: tuple[Copy[S], ...] = ()


class _Headed(NamedTuple):
    """What of a telling is compared. ``size`` counts the words that are not little; ``day`` is an ordinal."""

    words: tuple[str, ...]
    size: int
    outlet: str
    day: int | None


class _Run(NamedTuple):
    """Words that stand in one headline and not there in the other; ``instead`` if others stand in their place."""

    words: tuple[str, ...]
    instead: bool


def canonical(address: str) -> str:
    """The address under which a page is known, whatever road led to it. Doing it twice changes nothing.

    https, the host in small letters without www, m or amp, no usual port, no user, no AMP cache and no AMP path, no
    index file, no slash at the end, no fragment; parameters that follow the reader are dropped, the others sorted. What
    is no address of the web is given back trimmed.
    """
    known = address.strip()
    while (shorter := _plainer(known)) != known:  # a cache may hold the address of a cache
        known = shorter
    return known


def shown(address: str) -> str:
    """The address for a link, host and scheme as published, because not every site answers at the canonical one."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return canonical(address)
    if parts.scheme not in ("http", "https") or _AMP_HOST.fullmatch(parts.hostname or ""):
        return canonical(address)
    netloc = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=netloc, query="&".join(_meaningful(parts.query)), fragment="").geturl()


def _plainer(address: str) -> str:
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # a port of letters, brackets without an end
        return address
    if parts.scheme not in ("http", "https") or not host:
        return address
    path = re.sub("/{2,}", "/", _encoded(parts.path))
    if _AMP_HOST.fullmatch(host) and (inner := _AMP_PATH.fullmatch(path)):
        return f"https://{inner[1]}" + (f"?{parts.query}" if parts.query else "")
    while found := _MOBILE.match(host):
        host = host[found.end() :]
    path = path.removeprefix("/amp") if path.startswith("/amp/") and path != "/amp/" else path
    path = _INDEX.sub("/", path).rstrip("/")
    path = _AMP_END.sub("", path).rstrip("/")
    query = "&".join(sorted(_meaningful(parts.query)))
    return f"https://{_spelled(host)}{_port(port)}{path}{'?' if query else ''}{query}"


def _spelled(host: str) -> str:
    """A host in letters that any program takes: an international name in its ASCII form."""
    if ":" in host:
        return f"[{host}]"
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return _encoded(host)


def _port(port: int | None) -> str:
    return "" if port in (None, 80, 443) else f":{port}"


def _meaningful(query: str) -> Iterator[str]:
    for pair in _encoded(query).split("&"):
        name, _, value = pair.partition("=")
        name = name.lower()
        follows = name in _TRACKING or name.startswith(_FAMILIES) or (name, value.lower()) == ("outputtype", "amp")
        if pair and not follows:
            yield pair


def _encoded(text: str) -> str:
    """Percent signs in one form (RFC 3986, 6.2.2): only where needed, in capitals."""

    def one(found: re.Match[str]) -> str:
        if found[2]:
            return "".join(f"%{byte:02X}" for byte in found[2].encode("utf-8", errors="replace"))
        code = int(found[1], 16)
        return chr(code) if code in _UNRESERVED else f"%{code:02X}"

    return _ENCODED.sub(one, re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text))


def outlet_of(address: str, outlets: Mapping[str, str]) -> str:
    """The outlet's name by the host or any host above it; the host where none is known, "" for no address of the web.

    ``coverage.outlets`` has hosts as `canonical` writes them ("gothamist.com") and names.
    """
    try:
        host = urlsplit(canonical(address)).hostname or ""
    except ValueError:
        return ""
    above = host
    while above:
        if above in outlets:
            return outlets[above]
        above = above.partition(".")[2]
    return host


def fold(stories: Iterable[S], originals: Container[str] = frozenset()) -> list[Group[S]]:
    """The stories, each with its copies, by date; the order in which they are given makes no difference.

    Copies are tellings at one canonical address, or with the same or nearly the same headline within a few days of the
    first; of two at one outlet with the same headline, only within a day, because columns keep their headlines. The
    lead is the earliest telling of an outlet in ``originals``, or if none is, the earliest.
    """
    bundles: dict[str, list[S]] = {}
    for story in sorted(stories, key=_order):
        bundles.setdefault(_place(story), []).append(story)
    return [_group(heads, originals) for heads in _gathered(list(bundles.values()))]


def _place(story: Told) -> str:
    """What stories of one page have in common. A front page is no story's address, though broken feeds give it."""
    known = canonical(story.address)
    parts = known.removeprefix("https://")
    return known if "/" in parts or "?" in parts else repr(_order(story))


def _order(story: Told) -> tuple[str, ...]:
    return (story.published_on or "9999", canonical(story.address), story.address, story.outlet, story.title)


def _group(bundle: list[Copy[S]], originals: Container[str]) -> Group[S]:
    lead = min(bundle, key=lambda copy: (copy.story.outlet not in originals, _order(copy.story)))
    return Group(lead.story, tuple(copy for copy in bundle if copy is not lead))


def _gathered(bundles: list[list[S]]) -> list[list[Copy[S]]]:
    """Bundles of one address each, oldest first -> groups. Each is compared with the first bundle of a group alone.

    So no chain of small steps leads from one story to another. Only groups that share one of the rarer words are looked
    at: two headlines with the share `ROUGHLY` of their words in common cannot do without.
    """
    headed = [tuple(dict.fromkeys(map(_headed, bundle))) for bundle in bundles]
    count = Counter(word for lines in headed for line in lines for word in set(line.words))
    groups: list[tuple[tuple[_Headed, ...], list[Copy[S]]]] = []
    holding: defaultdict[str, list[int]] = defaultdict(list)
    for bundle, lines in zip(bundles, headed, strict=True):
        near = {number for line in lines for word in _rarest(line.words, count) for number in holding[word]}
        for number in sorted(near):
            head, members = groups[number]
            if because := next(filter(None, (_same(*pair) for pair in product(head, lines))), ""):
                members.extend(Copy(each, because) for each in bundle)
                break
        else:
            for word in {word for line in lines for word in line.words}:
                holding[word].append(len(groups))
            groups.append((lines, [Copy(each, "the same address") for each in bundle]))
    return [members for _, members in groups]


def _rarest(line: tuple[str, ...], count: Counter[str]) -> list[str]:
    own = sorted(set(line), key=lambda word: (count[word], word))
    return own[: len(own) - ceil(ROUGHLY * len(own)) + 1]


def same_story(first: Told, second: Told) -> str:
    """Why two tellings are held to be one story, by headline and date; "" if they are not."""
    return _same(_headed(first), _headed(second))


def _same(one: _Headed, other: _Headed) -> str:
    shorter = min(one.size, other.size)
    days = None if one.day is None or other.day is None else abs(one.day - other.day)
    if one.words == other.words:
        if shorter < LEAST_WORDS:
            return ""
        if one.outlet == other.outlet:
            return "the same headline at one outlet within a day" if days is not None and days <= 1 else ""
        if days is None:
            return "the same headline" if shorter >= LEAST_WORDS_UNDATED else ""
        return f"the same headline within {DAYS} days" if days <= DAYS else ""
    if one.outlet == other.outlet or shorter < LEAST_WORDS_NEAR or (days or 0) > NEAR_DAYS:
        return ""
    return "nearly the same headline" if _nearly_same(one.words, other.words) else ""


def _headed(story: Told) -> _Headed:
    words = headline(story)
    try:
        day = date.fromisoformat(story.published_on).toordinal()
    except ValueError:  # it has no date
        day = None
    return _Headed(words, len(set(words) - _LITTLE), story.outlet, day)


def headline(story: Told) -> tuple[str, ...]:
    """The words of a headline in their order, without what differs between copies: case, quotes, an outlet's name."""
    *parts, last = _PARTS.split(unicodedata.normalize("NFKC", story.title))
    if not (parts and set(_words(last)) <= set(_words(story.outlet))):
        parts.append(last)
    return _words(" ".join(parts))


def _words(text: str) -> tuple[str, ...]:
    text = _INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    words = (_latin(word).casefold() for word in _WORD.findall(text))
    joined = " ".join(re.sub(r"['’ʼ]s?", "", word) for word in words)
    return tuple(joined.replace("new york city", "nyc").split())


def _latin(word: str) -> str:
    latin = word.translate(_LOOK_ALIKES)
    return latin if latin.isascii() else word


def _nearly_same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two headlines differ by nothing that matters, by the rule in the module's docstring."""
    if len(set(one) & set(other)) < ROUGHLY * len(set(one) | set(other)):
        return False
    gone: list[_Run] = []
    come: list[_Run] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        left, right = one[a:b], other[c:d]
        if kind == "equal" or (len(left) == len(right) and all(map(_spelled_alike, left, right))):
            continue
        gone.extend([_Run(left, kind == "replace")] if left else [])
        come.extend([_Run(right, kind == "replace")] if right else [])
    for run in list(gone):  # a part that only stands elsewhere; two that changed places may be who did it and to whom
        if found := next(
            (each for each in come if each.words == run.words and not (each.instead and run.instead)), None
        ):
            gone.remove(run)
            come.remove(found)
    if gone and come:
        return False
    extra = [word for run in (*gone, *come) for word in run.words]
    if any(_WEIGHTY.match(word) or any(map(str.isdigit, word)) for word in extra):
        return False
    fewer = min(len(one), len(other))
    return fewer >= ALIKE * (fewer + len(extra))


def _spelled_alike(one: str, other: str) -> bool:
    """advance, advances; sanctuary, sanctuaries: the same but for the last two letters, and no number."""
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return same >= max(4, len(one) - 2, len(other) - 2) and not any(map(str.isdigit, one + other))
