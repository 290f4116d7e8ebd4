"""The client that every source is asked with, over real sockets: what it keeps to, and what it makes of each fault."""

import gzip
import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from upstream import faults
from upstream.server import App, Clock, MemoryKeeper, Reply, Request, Upstream

from scrapers.addresses import check, redacted, resolve, with_params
from scrapers.answers import Answer
from scrapers.errors import FetchFailed, Refused, ScrapeError, SourceMissing, Stopped, UnsafeAddress
from scrapers.fetch import Client, Manners, ServerError, unpacked
from scrapers.walls import wall_of

TOKEN = "s3cr3t/token=="
PAGE = "<html><title>Int 1412-2025</title><p>Avilés</p></html>".encode()
ROBOTS = "User-agent: *\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 3\n"


def site(robots: str | bytes = "", page: Reply | None = None) -> App:
    """A site with this robots.txt, and everywhere else this page."""
    text = robots.encode() if isinstance(robots, str) else robots

    def app(request: Request) -> Reply:
        if request.path == "/robots.txt":
            return Reply(200, (), text)
        return page or healthy(request)

    return app


def healthy(request: Request) -> Reply:
    if request.path == "/robots.txt":
        return Reply(404)
    if request.path == "/etag" and request.headers.get("If-None-Match") == '"1"':
        return Reply(304, (("ETag", '"1"'),))
    return Reply(200, (("Content-Type", "text/html; charset=utf-8"), ("ETag", '"1"')), PAGE)


class Desk:
    """A server, and a client whose clock moves only when it sleeps."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream, self.clock, self.keeper = upstream, Clock(), MemoryKeeper()
        self.stopped = False
        self.client = Client(
            Manners("Tracker-Test/1", "editor@example.org", 1.0, 5.0, 120.0, 4, 1 << 20, ("127.0.0.1",)),
            self.keeper,
            clock=self.clock.now,
            sleep=self.clock.sleep,
            monotonic=self.clock.monotonic,
            stop=lambda: self.stopped,
            look_up=self.look_up,
        )
        self.names: list[list[str]] = []  # what the name server says next, nothing for a failure; then the real one

    def look_up(self, host: str) -> list[str]:
        found = self.names.pop(0) if self.names else resolve(host)
        if not found:
            raise OSError(-3, "Temporary failure in name resolution")
        return found

    def get(self, path: str = "/page", **more: object) -> Answer:
        return self.client.get(self.upstream.base + path, **more)  # type: ignore[arg-type]

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.upstream.asked]


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(healthy) as server:
        yield server


@pytest.fixture
def desk(upstream: Upstream) -> Iterator[Desk]:
    made = Desk(upstream)
    yield made
    made.client.close()


def test_it_says_who_it_is_and_whom_to_write_to(desk: Desk) -> None:
    desk.get()
    assert {request.headers["User-Agent"] for request in desk.upstream.asked} == {
        "Tracker-Test/1 (+mailto:editor@example.org)"
    }


def test_an_answer_is_kept_as_it_came_under_the_digest_of_its_bytes(desk: Desk) -> None:
    answer = desk.get()
    assert answer.text() == PAGE.decode()
    *_, kept = desk.keeper.kept
    assert kept == answer
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", answer.digest)


def test_two_requests_to_one_host_keep_their_pause(desk: Desk) -> None:
    for _ in range(3):
        desk.get()
    assert desk.paths == ["/robots.txt", "/page", "/page", "/page"]
    assert sum(desk.clock.naps) == pytest.approx(3.0)


def test_one_host_is_asked_one_thing_at_a_time_however_many_ask(desk: Desk) -> None:
    desk.get()
    lock, busy, overtaken, first_done = Lock(), 0, Event(), Event()

    def app(request: Request) -> Reply:
        nonlocal busy
        with lock:
            busy += 1
            if busy > 1:
                overtaken.set()
        if not first_done.is_set():
            overtaken.wait(0.1)  # as long as somebody who does not wait for their turn needs to get here
            first_done.set()
        with lock:
            busy -= 1
        return healthy(request)

    desk.upstream.app = app
    with ThreadPoolExecutor(4) as pool:
        assert {answer.status for answer in pool.map(desk.get, ["/page"] * 8)} == {200}
    assert not overtaken.is_set()


def test_robots_txt_is_read_once_however_many_ask(desk: Desk) -> None:
    def app(request: Request) -> Reply:
        if request.path == "/robots.txt":
            Event().wait(0.1)  # meanwhile the others come to want it too
        return healthy(request)

    desk.upstream.app = app
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(desk.get, ["/page"] * 4))
    assert desk.paths == ["/robots.txt"] + ["/page"] * 4


def test_robots_txt_is_obeyed_and_read_once(desk: Desk) -> None:
    desk.upstream.app = site(ROBOTS)
    with pytest.raises(Refused, match=r"robots\.txt does not allow"):
        desk.get("/private/x")
    desk.get("/private/open")
    desk.get("/page")
    assert desk.paths == ["/robots.txt", "/private/open", "/page"]


def test_a_longer_pause_of_robots_txt_holds_from_the_first_page_on(desk: Desk) -> None:
    moments: list[float] = []

    def app(request: Request) -> Reply:
        moments.append(desk.clock.monotonic())
        return site(ROBOTS)(request)

    desk.upstream.app = app
    for _ in range(3):
        desk.get()
    assert [later - earlier for earlier, later in zip(moments, moments[1:], strict=False)] == pytest.approx([3.0] * 3)


def test_a_site_that_asks_for_an_hour_between_two_requests_is_not_read(desk: Desk) -> None:
    desk.upstream.app = site("User-agent: *\nCrawl-delay: 3600\n")
    with pytest.raises(Refused, match=r"asks for 3,600 seconds between two requests"):
        desk.get()
    assert (desk.paths, sum(desk.clock.naps)) == (["/robots.txt"], 0)


@pytest.mark.parametrize(
    "robots",
    [
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /page\n",  # as editors on Windows save it
        b"User-agent: *\nAllow: /\n\nUser-agent: tracker-test\nDisallow: /page\n",  # our name, without the version
        b"User-agent: *\r\nDisallow: /*?*secret\r\nDisallow: /pa*e$\r\n",
    ],
)
def test_robots_txt_is_understood_in_all_its_dialects(desk: Desk, robots: bytes) -> None:
    desk.upstream.app = site(robots)
    with pytest.raises(Refused, match=r"robots\.txt does not allow"):
        desk.get()
    assert desk.paths == ["/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_robots_txt_allows_everything(desk: Desk, status: int) -> None:
    """RFC 9309, 2.3.1.3: "unavailable" is the whole range of 400 to 499."""
    desk.upstream.misbehave("/robots.txt", faults.answering(status))
    assert desk.get().body == PAGE


def test_a_robots_txt_that_lies_elsewhere_is_followed(desk: Desk) -> None:
    with Upstream(site("User-agent: *\nDisallow: /page\n")) as other:
        desk.upstream.misbehave("/robots.txt", faults.to(f"{other.base}/robots.txt"))
        with pytest.raises(Refused, match=r"robots\.txt does not allow"):
            desk.get()
    assert "/page" not in desk.paths


def test_a_robots_txt_in_a_private_network_is_not_asked_for(desk: Desk) -> None:
    desk.upstream.misbehave("/robots.txt", faults.to("http://10.1.2.3/robots.txt"))
    with pytest.raises(UnsafeAddress):
        desk.get()


def test_the_robots_txt_of_the_host_that_a_redirect_leads_to_is_obeyed_too(desk: Desk) -> None:
    with Upstream(site("User-agent: *\nDisallow: /\n")) as other:
        desk.upstream.misbehave("/page", faults.to(f"{other.base}/page"))
        with pytest.raises(Refused, match=r"robots\.txt does not allow"):
            desk.get()
        assert [request.path for request in other.asked] == ["/robots.txt"]


def test_a_robots_txt_that_fails_allows_nothing_for_now(desk: Desk) -> None:
    desk.upstream.misbehave("/robots.txt", faults.server_error())
    with pytest.raises(FetchFailed, match="without it nothing else is asked"):
        desk.get()
    assert desk.paths == ["/robots.txt"] * 4


def test_what_did_not_change_comes_from_what_is_kept(desk: Desk) -> None:
    first, second = desk.get("/etag"), desk.get("/etag")
    assert (first.unchanged, second.unchanged) == (False, True)
    assert (second.body, second.digest, second.status) == (PAGE, first.digest, 200)


def test_a_304_that_nobody_asked_for_is_no_answer(desk: Desk) -> None:
    desk.upstream.misbehave("/page", faults.answering(304))
    with pytest.raises(ServerError, match="HTTP 304"):
        desk.get()
    assert not desk.keeper.kept


def test_not_modified_is_asked_of_the_address_itself_and_not_of_where_it_redirects(desk: Desk) -> None:
    desk.get("/etag")
    desk.upstream.misbehave("/etag", faults.to("/page"))
    assert not desk.get("/etag").unchanged
    asked = {request.path: request.headers.get("If-None-Match") for request in desk.upstream.asked}
    assert asked == {"/robots.txt": None, "/etag": '"1"', "/page": None}


def test_a_mark_that_cannot_be_sent_back_is_left_out(desk: Desk) -> None:
    desk.upstream.app = site(page=Reply(200, (("ETag", '"é"'), ("Last-Modified", "Tue, 10 Feb 2026 15:00:00 GMT"))))
    desk.get()
    desk.get()
    sent = desk.upstream.asked[-1].headers
    assert (sent.get("If-None-Match"), sent["If-Modified-Since"]) == (None, "Tue, 10 Feb 2026 15:00:00 GMT")


def test_a_token_goes_over_the_wire_and_nowhere_else(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answer = desk.get("/page", params={"$filter": "MatterId gt 5"}, secret={"token": TOKEN})
    assert desk.upstream.asked[-1].params == {"$filter": "MatterId gt 5", "token": TOKEN}
    desk.upstream.misbehave("/page", faults.hang_up())
    with pytest.raises(FetchFailed) as failed:
        desk.get("/page", secret={"token": TOKEN})
    desk.upstream.behave()
    desk.upstream.misbehave("/page", faults.refuse())
    with pytest.raises(Refused) as refused:
        desk.get("/page", secret={"token": TOKEN})
    told = [repr(answer), caplog.text, repr(desk.keeper.kept), str(failed.value), str(refused.value)]
    told += [repr(error) for error in (failed.value.__cause__, failed.value.__context__)]
    assert not [text for text in told if TOKEN in text or "s3cr3t" in text]


def test_a_secret_is_not_carried_to_another_host(desk: Desk) -> None:
    with Upstream(healthy) as other:
        desk.upstream.misbehave("/page", faults.to(f"{other.base}/elsewhere"))
        desk.get("/page", secret={"token": TOKEN})
        assert other.asked[-1].path == "/elsewhere"
        assert not [request for request in other.asked if request.query]


def test_a_source_that_repeats_the_token_does_not_get_it_kept_or_carried_on(desk: Desk) -> None:
    """ASP.NET does: "No HTTP resource was found that matches the request URI ..." with all of the address."""

    def app(request: Request) -> Reply:
        if request.path in ("/robots.txt", "/elsewhere"):
            return healthy(request)
        if request.path == "/moved":
            return Reply(302, (("Location", f"{other.base}/elsewhere?a=1&{request.query}"),))
        told = f"no resource at /v1?{request.query}".encode()
        return Reply(400 if request.path == "/bad" else 200, (("Content-Location", f"/x?{request.query}"),), told)

    with Upstream(healthy) as other:
        desk.upstream.app = app
        secret = {"token": TOKEN, "sig": "0th3r"}  # a name that nothing but the caller knows to be secret
        moved, told = desk.get("/moved", secret=secret), desk.get("/told", secret=secret)
        with pytest.raises(ServerError) as bad:
            desk.get("/bad", secret=secret)
        assert other.asked[-1].query == "a=1"
    assert told.body == b"no resource at /v1?token=HIDDEN&sig=HIDDEN"
    everything = f"{moved!r} {told!r} {bad.value} {bad.value.body!r} {desk.keeper.kept!r}"
    assert "s3cr3t" not in everything
    assert "0th3r" not in everything


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_what_cannot_go_better_is_not_tried_again(desk: Desk, status: int) -> None:
    desk.upstream.misbehave("/page", faults.answering(status))
    expected = {401: Refused, 403: Refused, 404: SourceMissing, 410: SourceMissing}.get(status, ServerError)
    with pytest.raises(expected):
        desk.get()
    assert desk.paths.count("/page") == 1


def test_a_row_without_a_roll_call_is_an_error_for_ever_and_asked_once(desk: Desk) -> None:
    desk.upstream.misbehave("/page", faults.null_cast())
    with pytest.raises(ServerError) as failed:
        desk.get()
    assert (failed.value.status, b"materialized value is null" in failed.value.body) == (500, True)
    assert desk.paths.count("/page") == 1


def test_an_outage_is_waited_out_longer_each_time(desk: Desk) -> None:
    moments: list[float] = []

    def failing(request: Request, app: App) -> Reply:
        moments.append(desk.clock.monotonic())
        return Reply(503)

    desk.upstream.misbehave("/page", failing, times=3)
    assert desk.get().body == PAGE
    assert desk.paths.count("/page") == 4
    waits = [later - earlier for earlier, later in zip(moments, moments[1:], strict=False)]
    assert waits == sorted(waits)


def test_an_outage_that_lasts_is_an_error_after_the_last_try(desk: Desk) -> None:
    desk.upstream.misbehave("/page", faults.server_error())
    with pytest.raises(ServerError, match="HTTP 500"):
        desk.get()
    assert desk.paths.count("/page") == 4


def test_a_name_server_that_does_not_know_is_asked_again(desk: Desk) -> None:
    public = ["93.184.216.34"]  # looked up for the page and for its robots.txt
    desk.names = [[], public, public, *[[]] * 4]
    by_name = desk.upstream.base.replace("127.0.0.1", "localhost")
    assert desk.client.get(f"{by_name}/page").body == PAGE
    with pytest.raises(FetchFailed, match="no machine of the name localhost is known"):
        desk.client.get(f"{by_name}/page")


@pytest.mark.parametrize("wait", ["7", "Tue, 10 Feb 2026 15:00:07 GMT"])
def test_a_source_is_left_alone_for_as_long_as_it_asks(desk: Desk, wait: str) -> None:
    desk.upstream.misbehave("/page", faults.too_often(wait), times=1)
    desk.get()
    assert 6.0 <= sum(desk.clock.naps) <= 9.0


def test_a_source_that_asks_for_an_hour_is_asked_at_the_next_run(desk: Desk) -> None:
    desk.upstream.misbehave("/page", faults.too_often("3600"))
    with pytest.raises(Refused, match="left alone for 3,600 seconds"):
        desk.get()
    assert desk.paths.count("/page") == 1


def test_a_lasting_429_is_a_refusal(desk: Desk) -> None:
    desk.upstream.misbehave("/page", faults.too_often())
    with pytest.raises(Refused, match="asked too often"):
        desk.get()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (faults.truncated_gzip(), "breaks off in the middle"),
        (faults.cut_short(), "no whole answer came"),
        (faults.hang_up(), "no whole answer came"),
    ],
)
def test_an_answer_that_is_not_whole_is_none(desk: Desk, fault: faults.Fault, words: str) -> None:
    desk.upstream.misbehave("/page", fault)
    with pytest.raises(FetchFailed, match=words):
        desk.get()
    assert not [answer for answer in desk.keeper.kept if answer.address.endswith("/page")]
    assert desk.paths.count("/page") == 4


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(PAGE), gzip.compress(PAGE[:20]) + gzip.compress(PAGE[20:])],
    ids=["one member", "two members"],
)
def test_a_packed_answer_is_unpacked_to_its_end(desk: Desk, packed: bytes) -> None:
    desk.upstream.app = site(page=Reply(200, (("Content-Encoding", "gzip"),), packed))
    assert desk.get().body == PAGE


@given(st.binary(max_size=400), st.binary(max_size=400), st.integers(1, 50), st.integers(0, 1 << 20))
@example(b"", b"", 1, 10)
def test_what_is_packed_is_whole_or_an_error(first: bytes, second: bytes, step: int, cut: int) -> None:
    packed = gzip.compress(first) + gzip.compress(second)
    blocks = [packed[at : at + step] for at in range(0, len(packed), step)]
    assert b"".join(unpacked(blocks)) == first + second
    end = cut % len(packed)
    if end not in (0, len(gzip.compress(first))):  # between two members nothing shows that one is missing
        with pytest.raises(EOFError):
            list(unpacked([packed[:end]]))


def test_an_answer_packed_in_a_way_that_was_not_asked_for_is_none(desk: Desk) -> None:
    desk.upstream.app = site(page=Reply(200, (("Content-Encoding", "br"),), b"x"))
    with pytest.raises(FetchFailed, match="packed as br"):
        desk.get()


def test_an_answer_that_comes_drop_by_drop_is_given_up(desk: Desk) -> None:
    desk.upstream.misbehave("/page", faults.slow_drip(desk.clock.sleep))
    with pytest.raises(FetchFailed, match="not there after 120 seconds"):
        desk.get()


def test_an_answer_that_unpacks_without_end_is_stopped_at_the_limit(desk: Desk) -> None:
    desk.upstream.misbehave("/page", faults.bomb())
    with pytest.raises(FetchFailed, match="larger than 1 MB"):
        desk.get()


def test_a_page_against_programs_is_a_refusal_and_is_not_kept(desk: Desk) -> None:
    desk.upstream.misbehave("/page", faults.captcha())
    with pytest.raises(Refused, match="Pardon Our Interruption"):
        desk.get()
    assert not [answer for answer in desk.keeper.kept if answer.address.endswith("/page")]


@pytest.mark.parametrize(
    ("title", "wall"),
    [
        ("Access Denied", True), ("Just a moment...", True), ("Attention Required! | Cloudflare", True),
        ("Access Denied: How ICE uses city data - THE CITY", False), ("Security check-in at courts", False),
        ("CAPTCHA rules adopted", False),
    ],
)  # fmt: skip
def test_a_story_whose_headline_begins_like_a_wall_is_a_story(title: str, wall: bool) -> None:
    page = f"<html><title>{title}</title></html>".encode()
    answer = Answer("", "", "GET", 200, (("Content-Type", "text/html"),), page, Clock().now(), "")
    assert bool(wall_of(answer)) is wall


def test_a_page_that_did_not_change_is_still_of_the_kind_it_was(desk: Desk) -> None:
    assert [desk.get("/etag").media_type for _ in range(2)] == ["text/html", "text/html"]


def test_a_bill_about_access_is_no_page_against_programs() -> None:
    page = b"<html><title>The New York City Council - File #: Int 55-2026</title><p>captcha, access denied</p></html>"
    answer = Answer("", "", "GET", 200, (("Content-Type", "text/html"),), page, Clock().now(), "")
    assert wall_of(answer) == ""


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("text/html; charset=utf-8", "windows-1252"),
        ("text/html", "windows-1252"),
        ("text/html; charset=nonsense", "utf-8"),
    ],
)
def test_a_page_in_another_charset_than_it_says_is_read_all_the_same(desk: Desk, declared: str, encoding: str) -> None:
    desk.upstream.misbehave("/page", faults.charset(encoding, declared))
    assert "Avilés" in desk.get().text()


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest", "http://10.1.2.3/", "http://[::1]/", "http://localhost/", "file:///etc/passwd",
        "http://[::ffff:10.1.2.3]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[2002:a01:203::1]/", "http://100.64.0.1/",
        "http://user:word@127.0.0.1/", "http://[broken/", "http://127.0.0.1:99999/", "//a..b/",
    ],
)  # fmt: skip
def test_a_redirect_to_where_no_source_lies_is_not_followed(desk: Desk, address: str) -> None:
    desk.upstream.misbehave("/page", faults.to(address))
    with pytest.raises(UnsafeAddress):
        desk.get()
    assert desk.paths == ["/robots.txt", "/page"]


def test_a_name_that_leads_into_a_private_network_is_not_asked() -> None:
    with pytest.raises(UnsafeAddress, match=r"10\.0\.0\.8"):
        check("https://www.example.org/x", (), lambda host: ["93.184.216.34", "10.0.0.8"])
    check("https://www.example.org/x", (), lambda host: ["93.184.216.34"])


def test_an_endless_redirect_ends(desk: Desk) -> None:
    desk.upstream.misbehave("/page", faults.to("/page"))
    with pytest.raises(FetchFailed, match="redirects more than 5 times"):
        desk.get()


def test_a_form_is_sent_and_its_answer_kept(desk: Desk) -> None:
    desk.client.post(f"{desk.upstream.base}/page", [("a b", "ä&="), ("c", "")])
    assert (desk.upstream.asked[-1].method, desk.upstream.asked[-1].form) == ("POST", {"a b": "ä&=", "c": ""})


def test_a_form_may_be_sent_again_and_is_never_asked_for_as_not_modified(desk: Desk) -> None:
    desk.get("/etag")
    desk.upstream.misbehave("/etag", faults.answering(503), times=1)
    assert not desk.client.post(f"{desk.upstream.base}/etag", [("a", "b")]).unchanged
    sent = desk.upstream.asked[-2:]
    assert [(request.method, request.form) for request in sent] == [("POST", {"a": "b"})] * 2
    assert not [request for request in sent if "If-None-Match" in request.headers]


@pytest.mark.parametrize(("status", "method", "body"), [(302, "GET", b""), (303, "GET", b""), (307, "POST", b"a=b")])
def test_a_form_that_is_redirected_goes_on_as_the_source_says(
    desk: Desk, status: int, method: str, body: bytes
) -> None:
    desk.upstream.misbehave("/page", faults.answering(status, b"", (("Location", "/found"),)))
    answer = desk.client.post(f"{desk.upstream.base}/page", [("a", "b")])
    last = desk.upstream.asked[-1]
    assert (last.method, last.path, last.body) == (method, "/found", body)
    assert ("Content-Type" in last.headers) == bool(body)
    assert answer.final == f"{desk.upstream.base}/found"


def test_the_word_to_stop_is_heard_between_two_requests_and_in_a_wait(desk: Desk) -> None:
    desk.get()
    desk.stopped = True
    with pytest.raises(Stopped):
        desk.get()
    assert desk.paths.count("/page") == 1


def test_a_filter_of_the_councils_api_arrives_encoded_once(desk: Desk) -> None:
    desk.get("/page?$top=1000", params={"$filter": "MatterLastModifiedUtc gt datetime'2026-08-01T00:00:00'"})
    sent = desk.upstream.asked[-1]
    assert sent.params["$filter"] == "MatterLastModifiedUtc gt datetime'2026-08-01T00:00:00'"
    assert sent.query == "$top=1000&%24filter=MatterLastModifiedUtc%20gt%20datetime%272026-08-01T00%3A00%3A00%27"


@given(st.dictionaries(st.text("abc$", min_size=1), st.text(min_size=1), max_size=3))
def test_parameters_arrive_as_they_were_meant(params: dict[str, str]) -> None:
    request = Request("GET", "/", with_params("https://example.org/", params).partition("?")[2], {}, b"")
    assert request.params == params


@given(
    st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=6), st.text(max_size=9), st.text(max_size=9)
)
def test_no_secret_survives_in_a_text(secret: str, before: str, after: str) -> None:
    told = redacted(f"{before}?token={secret}&x={after}", [secret])
    assert f"token={secret}" not in told


def test_every_error_of_the_client_is_one_of_the_tree() -> None:
    assert issubclass(ServerError, ScrapeError)
