"""``tracker parse SOURCE KIND FILE``: what the parser sees in a saved page or answer, before anything is stored.

The first thing to reach for when a page changed: the records come out as JSON lines, or the error a run would give.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import click
import orjson

from tracker.errors import BadInput

Parser = Callable[[bytes, str], Iterable[Any]]


def _web(kind: str) -> Parser:
    def parse(body: bytes, address: str) -> Iterator[Any]:
        from scrapers import council_meetings, council_pages

        text = body.decode("utf-8-sig", errors="replace")
        if kind == "search":
            yield from council_pages.parse_search(text, address).matters
        elif kind == "matter":
            page = council_pages.parse_matter(text, address)
            yield page.matter
            yield {"details": dict(page.details), "draft": page.draft}
        elif kind == "action":
            yield council_pages.parse_action(text, address)
        elif kind == "calendar":
            yield from council_meetings.parse_calendar(text, address).meetings
        else:
            yield council_meetings.parse_meeting(text, address).meeting

    return parse


def _api(kind: str) -> Parser:
    def parse(body: bytes, address: str) -> Iterator[Any]:
        from scrapers import council_answers

        answer = _json(body, address)
        if kind == "sponsors":
            # of the highest version that the answer has: the matter that would say which is another answer
            versions = [str(row.get("MatterSponsorMatterVersion") or "") for row in answer if isinstance(row, dict)]
            yield from council_answers.parse_sponsors(answer, max(versions, default=""), address)
            return
        parser: Callable[..., Any] = getattr(council_answers, f"parse_{kind}")
        found = parser(answer, subject=address)
        yield from [found] if isinstance(found, str) else found

    return parse


def _words(body: bytes, address: str) -> Iterator[Any]:
    """Any of the four vocabularies: which one it is shows in the keys of its rows."""
    from scrapers import council_answers

    answer = _json(body, address)
    first = answer[0] if isinstance(answer, list) and answer and isinstance(answer[0], dict) else {}
    kind = next((kind for kind, prefix in council_answers.WORDS.items() if f"{prefix}Id" in first), "actions")
    yield from council_answers.parse_words(kind, answer, address)


def _articles(kind: str) -> Parser:
    def parse(body: bytes, address: str) -> Iterator[Any]:
        from scrapers import nyc_gov

        if kind == "list":
            yield from nyc_gov.parse_list(_json(body, address), address).results
        elif body.lstrip()[:1] == b"{":
            yield nyc_gov.parse_model(_json(body, address), address)
        else:
            yield nyc_gov.parse_page(body.decode("utf-8-sig", errors="replace"), address)

    return parse


def _order(body: bytes, address: str) -> Iterator[Any]:
    """An order out of its article (JSON or page) or its PDF; the title of a PDF is the name of its file."""
    from scrapers import nyc_gov
    from scrapers.executive_orders import parse_order
    from scrapers.pdf import read_pdf
    from tracker.sync.mayor import issuer_on

    if body.lstrip()[:5].startswith(b"%PDF"):
        pdf = read_pdf(body)
        title = Path(address).stem.replace("-", " ").replace("_", " ")
        yield parse_order(title, pdf.text, "", address, address, len(pdf.pages), issuer_on)
        return
    (content,) = _articles("article")(body, address)
    text = "\n\n".join(content.blocks)
    yield parse_order(
        content.title, text, content.printed_on, address, nyc_gov.order_pdf(content.links), None, issuer_on
    )


def _archive(body: bytes, address: str) -> Iterator[Any]:
    from scrapers.council_archive import NotAMatter, Reader

    try:
        yield Reader(whole=True).parse_matter(_json(body, address))
    except NotAMatter as error:
        raise BadInput(f"{address}: {error}.") from error


PARSERS: Final[Mapping[str, Mapping[str, Parser]]] = MappingProxyType(
    {
        "council-web": {kind: _web(kind) for kind in ("search", "matter", "action", "calendar", "meeting")},
        "council-api": {
            **{
                kind: _api(kind)
                for kind in ("matters", "histories", "sponsors", "attachments", "versions", "text", "votes", "events")
            },
            "eventitems": _api("event_items"),
            "words": _words,
        },
        "executive-orders": {"list": _articles("list"), "article": _articles("article"), "order": _order},
        "mayor-news": {"list": _articles("list"), "article": _articles("article")},
        "council-archive": {"matter": _archive},
    }
)


@click.command()
@click.argument("source", type=click.Choice(list(PARSERS)))
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--address", help="Where the file was read from; links are completed with it.")
def parse(source: str, kind: str, file: Path, address: str | None) -> None:
    """Print the records that a saved page or answer holds, as JSON lines, or the error it would give.

    \b
    council-web       search, matter, action, calendar, meeting
    council-api       matters, histories, sponsors, attachments, versions, text, votes, events, eventitems, words
    executive-orders  list, article, order
    mayor-news        list, article
    council-archive   matter
    """
    kinds = PARSERS[source]
    if kind not in kinds:
        raise click.UsageError(f"{source} has no {kind}; it has: {', '.join(kinds)}.")
    try:
        body = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from error
    for record in kinds[kind](body, address or str(file)):
        click.echo(orjson.dumps(_plain(record)).decode())


def _json(body: bytes, address: str) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{address} is not JSON ({error}).") from error


def _plain(value: Any) -> Any:
    """Named tuples as objects, so that each value stands beside its name."""
    if hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return value
