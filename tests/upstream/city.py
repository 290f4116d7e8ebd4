"""One city that speaks as all of its sites at once, made of plain facts: Legistar's API and pages, and the City's site.

`City` holds matters and meetings in the archive's shape, and articles as `nyc_gov_pages` describes them. A test edits
them between two reads, as the City does. Everything is made anew for each request; nothing of a request is kept but
what the page itself carries back in its form.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import unquote

import orjson

from upstream import legistar_answers as answers
from upstream import legistar_pages as pages
from upstream import nyc_gov_pages as news
from upstream.server import Reply, Request

Json = dict[str, Any]

TOKEN = "secret"
CLIENT = "nyc"
ROBOTS = "User-agent: *\nDisallow: /private/\n"
# the Council's vocabularies, as far as the matters here need them
WORDS: dict[str, tuple[str, tuple[tuple[int, str], ...]]] = {
    "mattertypes": ("MatterType", ((2, "Introduction"), (1, "Resolution"))),
    "matterstatuses": ("MatterStatus", ((35, "Enacted"), (33, "Committee"), (37, "Vetoed"))),
    "votetypes": ("VoteType", ((12, "Affirmative"), (15, "Negative"), (13, "Absent"))),
}


class City:
    """The facts, and what each address answers. ``today`` decides what "This Month" is; ``per_page`` cuts lists.

    ``draft_events`` are the ids of meetings whose minutes are not final: no page shows what was done there.
    """

    def __init__(
        self,
        matters: Iterable[Json] = (),
        events: Iterable[Json] = (),
        articles: Iterable[Json] = (),
        *,
        today: date = date(2026, 2, 10),
        per_page: int = 100,
    ) -> None:
        self.matters = list(matters)
        self.events = list(events)
        self.articles = list(articles)
        self.today = today
        self.per_page = per_page
        self.token = TOKEN
        self.robots = ROBOTS
        self.draft_events: set[int] = set()

    def matter(self, file_number: str) -> Json:
        """The matter of that number, to be edited."""
        return next(m for m in self.matters if m["File"] == file_number)

    def app(self, request: Request) -> Reply:
        """What the city answers, whichever of its sites is asked."""
        path = unquote(request.path)
        if path == "/robots.txt":
            return Reply(200, (("Content-Type", "text/plain"),), self.robots.encode())
        if path.startswith("/v1/"):
            return _Api(self).answer(request, path)
        if path.lower().endswith((".aspx", ".ashx")):
            return _Site(self).answer(request, path.lower().lstrip("/"))
        return _Newsroom(self).answer(request, path)


class _Api:
    """webapi.legistar.com: JSON, a token, lists of 1,000 rows at most, and errors where one expects an empty list."""

    def __init__(self, city: City) -> None:
        self._city = city

    def answer(self, request: Request, path: str) -> Reply:
        client, _, rest = path.removeprefix("/v1/").partition("/")
        if client != CLIENT:
            return _json({"Message": "An error has occurred."}, 500)  # that is all it says of an unknown client
        if request.params.get("token") != self._city.token:
            return _json({"Message": "Token is required"}, 403)
        if request.method != "GET":
            return _json({"Message": "The requested resource does not support http method."}, 405)
        kind, *more = rest.split("/")
        try:
            return self._get(kind, more, request)
        except (KeyError, StopIteration):
            return _json({"Message": "Not found"}, 404)
        except ValueError as error:
            return _json({"Message": f"The query specified in the URI is not valid. {error}"}, 400)

    def _get(self, kind: str, more: list[str], request: Request) -> Reply:
        if kind == "eventitems":
            return self._votes(int(more[0]))
        if not more:
            return _json(self._list(kind, request))
        number, part = int(more[0]), more[1] if more[1:] else ""
        held = next(each for each in self._all(kind) if each["ID"] == number)
        if part == "texts" and int(more[2]) != held.get("TextID"):
            raise KeyError(more[2])
        return _json(PARTS[kind][part](held))

    def _all(self, kind: str) -> list[Json]:
        return {"matters": self._city.matters, "events": self._city.events}[kind]

    def _list(self, kind: str, request: Request) -> list[Json]:
        if kind == "matters":
            return answers.matters_page(self._city.matters, request.params)
        if kind == "events":
            return answers.events_page(self._city.events, request.params)
        prefix, words = ("Action", self._actions()) if kind == "actions" else WORDS[kind]
        return [{f"{prefix}Id": number, f"{prefix}Name": word} for number, word in words]

    def _actions(self) -> tuple[tuple[int, str], ...]:
        rows = (row for m in self._city.matters for row in m.get("History") or ())
        return tuple(sorted({(row["ActionID"], row["Action"]) for row in rows if row.get("ActionID")}))

    def _votes(self, history_id: int) -> Reply:
        """Where nobody voted, 404; where there is a result all the same, an error that stays for ever."""
        matter, row = next(
            (m, row) for m in self._city.matters for row in m.get("History") or () if row["ID"] == history_id
        )
        if row.get("Votes"):
            return _json(answers.votes(matter, history_id))
        return _json(answers.NULL_CAST, 500) if row.get("PassedFlagName") else _json({"Message": "Not found"}, 404)


PARTS: dict[str, dict[str, Callable[[Json], Any]]] = {
    "matters": {
        "": answers.matter, "histories": answers.histories, "sponsors": answers.sponsors,
        "attachments": answers.attachments, "versions": answers.versions, "texts": answers.text,
    },
    "events": {"": answers.event, "eventitems": answers.event_items},
}  # fmt: skip


class _Site:
    """legistar.council.nyc.gov: pages that carry their state in their form, and errors that answer 200."""

    def __init__(self, city: City) -> None:
        self._city = city

    def answer(self, request: Request, page: str) -> Reply:
        known = {
            "legislation.aspx": self._search, "legislationdetail.aspx": self._bill, "historydetail.aspx": self._action,
            "calendar.aspx": self._calendar, "meetingdetail.aspx": self._meeting, "gateway.aspx": self._gateway,
            "view.ashx": self._document,
        }  # fmt: skip
        if page == "error.aspx":
            return _html(pages.error_page())
        if page not in known:
            return _html("<html><title>404</title><p>The resource cannot be found.</p></html>", 404)
        return known[page](request)

    def _search(self, request: Request) -> Reply:
        form = request.form
        target, button = form.get("__EVENTTARGET", ""), f"{pages.N}btnSwitch"
        if button in form or not form:
            return _html(pages.search_form("Advanced" in form.get(button, "")))
        # without its ClientState the site ignores what a list shows, and says nothing
        window = pages.chosen(form, "lstYearsAdvanced") or "All Years"
        kind = pages.chosen(form, "lstType")
        found = [
            m
            for m in self._city.matters
            if self._within(m.get("IntroDate"), window) and kind in ("", "-Select-", m["TypeName"])
        ]
        number = pages.page_of_target(target) if "gridMain" in target else 1
        return _html(pages.search_page(found, number, self._city.per_page, window=window, kind=kind or "-Select-"))

    def _calendar(self, request: Request) -> Reply:
        form = request.form
        window = pages.chosen(form, "lstYears") or "This Month"
        found = [event for event in self._city.events if self._within(event["Date"], window)]
        target = form.get("__EVENTTARGET", "")
        number = pages.page_of_target(target) if "gridCalendar" in target else 1
        return _html(pages.calendar_page(found, number, self._city.per_page, window=window))

    def _bill(self, request: Request) -> Reply:
        public = [m for m in self._city.matters if not m["File"].upper().startswith("T")]
        matter = self._named(request, "bill", public)
        if isinstance(matter, Reply):
            return matter
        if request.params.get("FullText") != "1":
            matter = {**matter, "Text": None}
        rows = matter.get("History") or ()
        drafts = {row["ID"] for row in rows if row.get("EventID") in self._city.draft_events}
        return _html(pages.bill_page(matter, drafts))

    def _action(self, request: Request) -> Reply:
        rows = [row for m in self._city.matters for row in m.get("History") or ()]
        row = self._named(request, "action", rows)
        return row if isinstance(row, Reply) else _html(pages.history_page(row))

    def _meeting(self, request: Request) -> Reply:
        event = self._named(request, "meeting", self._city.events)
        if isinstance(event, Reply):
            return event
        if event["ID"] in self._city.draft_events:
            event = {**event, "MinutesStatusName": "Draft"}
        target = request.form.get("__EVENTTARGET", "")
        number = pages.page_of_target(target) if "gridMain" in target else 1
        return _html(pages.meeting_page(event, number, self._city.per_page))

    def _gateway(self, request: Request) -> Reply:
        """From the Council's own number to the page's; whatever is not public leads to the error page."""
        number = request.params.get("id", "")
        public = {str(m["ID"]) for m in self._city.matters if not m["File"].upper().startswith("T")}
        found = request.params.get("m", "").lower() == "l" and number in public
        return Reply(302, (("Location", "/" + (pages.bill_address(int(number)) if found else "Error.aspx")),), b"")

    def _document(self, request: Request) -> Reply:
        documents = [each for m in self._city.matters for each in m.get("Attachments") or ()]
        document = self._named(request, "document", documents)
        return document if isinstance(document, Reply) else _pdf([document["Name"]])

    def _named(self, request: Request, kind: str, held: Sequence[Json]) -> Json | Reply:
        """The record that an address names by the site's number and GUID, or what the site says instead."""
        if kind == "meeting" and "LEGID" in request.params:  # the address that the API gives: the Council's own number
            number = request.params["LEGID"]
            return next((each for each in held if str(each["ID"]) == number), None) or _html(pages.gone_page())
        number, guid = request.params.get("ID", ""), request.params.get("GUID", "")
        ident = int(number) - pages.web_id(0) if number.isdecimal() else 0
        if guid != pages.guid(kind, ident):
            return _html(pages.invalid_page())
        return next((each for each in held if each["ID"] == ident), None) or _html(pages.gone_page())

    def _within(self, moment: str | None, window: str) -> bool:
        """Whether a day falls into a choice of the lists of years."""
        if window == "All Years":
            return True
        if not moment or moment.startswith("0001"):
            return False
        day, today = date.fromisoformat(moment[:10]), self._city.today
        months = 12 * (day.year - today.year) + day.month - today.month
        asked = {"This Month": months == 0, "Last Month": months == -1, "Next Month": months == 1,
                 "This Year": day.year == today.year, "Last Year": day.year == today.year - 1,
                 "Today": day == today}  # fmt: skip
        return asked.get(window, window == str(day.year))


class _Newsroom:
    """www.nyc.gov: the list of the Mayor's articles, each as JSON and as a page, and PDFs."""

    def __init__(self, city: City) -> None:
        self._city = city

    def answer(self, request: Request, path: str) -> Reply:
        if path == "/bin/nyc/articlesearch.json":
            return _json(news.list_answer(self._city.articles, request.params))
        for article in self._city.articles:
            link = article["link"].removesuffix(".html")
            if path.removesuffix(".html") == link:
                return _html(news.html_page(article))
            if path == f"/content/nycgov/mayors-office/en/news/{link.partition('/news/')[2]}.model.json":
                return _json(news.model_answer(article))
            if article.get("pdf") and path == article["pdf"]:
                return _pdf(article.get("pages", ()))
        return _html("<html><head><title>Page not found</title></head><body><h1>404</h1></body></html>", 404)


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(status, (("Content-Type", "application/json; charset=utf-8"),), orjson.dumps(value))


def _html(page: str, status: int = 200) -> Reply:
    return Reply(status, (("Content-Type", "text/html; charset=utf-8"),), page.encode())


def _pdf(text: Sequence[str]) -> Reply:
    return Reply(200, (("Content-Type", "application/pdf"),), news.pdf(text))
