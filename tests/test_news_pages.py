"""One page of an outlet: what it says of itself, what it asks of programs, and what is no article."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from upstream import faults
from upstream.news_pages import answer, client, json_ld, meta, page
from upstream.server import Reply, Request, Upstream

from scrapers.errors import FetchFailed, PageChanged, Refused, SourceMissing
from scrapers.news_pages import parse_article, read_article
from scrapers.news_stories import StoryRecord

ADDRESS = "https://www.amny.com/politics/council-overrides-veto/"
LD: dict[str, Any] = {
    "headline": "Council overrides veto of Int 1412-2025",
    "author": [{"@type": "Person", "name": "A Reporter"}, {"@type": "Person", "name": "Another"}],
    "datePublished": "2026-01-29T22:30:00-05:00",
    "publisher": {"@type": "Organization", "name": "amNewYork"},
    "description": "44 members voted for it.",
    "inLanguage": "en-US",
}
BODY = """<main><article><h1>Council overrides veto</h1><p>The Council voted, 44 to 7.</p>
<aside><p>Subscribe to our newsletter</p></aside><figure><p>A photograph</p></figure>
<p>It becomes a law.</p><form><p>Sign up</p></form></article>
<article><p>Another story, of which only this stands here</p></article></main>"""


def read(head: str = "", body: str = BODY, address: str = ADDRESS, language: str = "en", **headers: str) -> StoryRecord:
    return parse_article(answer(page(head, body, language), "text/html; charset=utf-8", address, **headers))


# What a page says of itself


def test_an_article_is_read_by_its_json_ld() -> None:
    assert read(json_ld(**LD)) == StoryRecord(
        address=ADDRESS,
        title="Council overrides veto of Int 1412-2025",
        outlet="amNewYork",
        author="A Reporter, Another",
        published_at="2026-01-30T03:30:00+00:00",
        published_on="2026-01-29",
        language="en",
        excerpt="44 members voted for it.",
        text="The Council voted, 44 to 7.\nIt becomes a law.",
        kind="news",
    )


def test_an_article_is_read_by_its_metas() -> None:
    head = meta(
        og__title="Council overrides veto | amNewYork", og__site_name="amNewYork", og__type="article",
        og__description="44 members voted for it.", article__published_time="2026-01-30T03:30:00Z", author="A Reporter",
    )  # fmt: skip
    found = read(head)
    assert (found.title, found.outlet, found.author) == ("Council overrides veto", "amNewYork", "A Reporter")
    assert (found.published_on, found.excerpt, found.doubts) == ("2026-01-29", "44 members voted for it.", ())


@pytest.mark.parametrize(
    ("printed", "author"),
    [
        ("By Ann Lee", "Ann Lee"),
        ("byron Wells", "byron Wells"),
        ("ann@example.org (Ann Lee)", "Ann Lee"),
        ("Ann Lee, https://example.org/ann", "Ann Lee"),
        ("https://www.facebook.com/thepaper", ""),
        ("amNewYork", ""),  # the outlet's own name says nothing
        ("", ""),
        ("Ann Lee and " * 60, ("Ann Lee and " * 16).strip() + " Ann…"),
    ],
)
def test_a_byline_is_a_name_or_nothing(printed: str, author: str) -> None:
    assert read(json_ld(**LD | {"author": printed}), "<h1>x</h1>").author == author


def test_an_article_without_any_of_that_is_read_by_its_heading_its_time_and_its_host() -> None:
    body = BODY.replace("<p>The", '<time datetime="2026-01-29">Jan. 29</time><p>The')
    found = read("", body)
    assert (found.title, found.outlet, found.published_on) == ("Council overrides veto", "amny.com", "2026-01-29")
    assert found.excerpt == "The Council voted, 44 to 7. It becomes a law."


def test_the_text_is_the_articles_own_without_boxes_and_other_stories() -> None:
    assert read().text == "The Council voted, 44 to 7.\nIt becomes a law."


def test_the_body_of_the_json_ld_goes_before_the_page() -> None:
    assert read(json_ld(**LD, articleBody="The  whole\n\nstory &amp; more.")).text == "The whole story & more."


def test_a_main_without_an_article_is_the_article_and_the_doubt_is_told() -> None:
    found = read("", "<main><h1>Veto</h1><p>Words</p></main>")
    assert found.text == "Words"
    assert "the page does not say that it is an article" in found.doubts


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/ld+json">{broken</script>',
        '<script type="application/ld+json"></script>',
        '<script type="application/ld+json">[1, null, {"@type": "WebSite"}]</script>',
        '<script type="application/ld+json">' + "[" * 5000 + "</script>",
    ],
)
def test_json_ld_that_is_none_is_passed_over(script: str) -> None:
    assert read(script + json_ld(**LD)).title == LD["headline"]
    assert read(script).title == "Council overrides veto"


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/ld+json">[{"@type": ["NewsArticle"], "headline": "Veto"}]</script>',
        '<script type="application/ld+json; charset=utf-8">{"@type": "Article", "headline": "Veto"}</script>',
        '<script type="application/ld+json">//<![CDATA[\n{"@type": "BlogPosting", "headline": "Veto"}\n//]]></script>',
        '<script type="application/ld+json"><!-- {"@type": "ReportageNewsArticle", "headline": "Ve\nto"} --></script>',
    ],
)
def test_json_ld_is_read_in_every_dress(script: str) -> None:
    assert read(script).title.replace(" ", "") == "Veto"


@pytest.mark.parametrize("odd", [None, 3, [], {}, [[]], {"name": 5}, [None], True])
def test_json_ld_of_odd_types_falls_back_on_the_rest_of_the_page(odd: Any) -> None:
    strange = dict.fromkeys([*LD, "articleBody", "isAccessibleForFree"], odd)
    found = read(json_ld(**strange) + meta(og__title="Veto"))
    assert (found.title, found.outlet) == ("Veto", "amny.com")


def test_an_opinion_is_one_by_its_type_and_by_its_address() -> None:
    assert read(json_ld(**LD, **{"@type": "OpinionNewsArticle"})).kind == "opinion"
    assert read(json_ld(**LD), address="https://www.amny.com/opinion/veto/").kind == "opinion"


@pytest.mark.parametrize(("said", "code"), [("es", "es"), ("pt-BR", "pt"), ("", "en")])
def test_the_language_is_the_pages(said: str, code: str) -> None:
    assert read(language=said).language == code


def test_the_first_date_that_can_be_right_counts() -> None:
    head = json_ld(**LD | {"datePublished": "1970-01-01T00:00:00Z"}) + meta(
        article__published_time="2026-01-30T03:30:00Z"
    )
    assert read(head).published_on == "2026-01-29"


def test_a_page_without_a_date_says_so() -> None:
    assert "it has no date" in read().doubts


def test_an_old_article_keeps_its_year() -> None:
    assert read(json_ld(**LD | {"datePublished": "1989-08-08"})).published_on == "1989-08-08"


def test_a_headline_is_plain_text() -> None:
    assert read(meta(og__title="<script>alert(1)</script>Veto &amp; more")).title == "Veto &amp; more"
    assert read(json_ld(**LD | {"headline": "<b>Veto</b> &#8217;n"})).title == "Veto ’n"


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_page_holds_no_tag_comes_out_of_it(words: str, markup: str) -> None:
    try:
        found = read(json_ld(**LD | {"headline": words, "articleBody": markup}), BODY.replace("It becomes", markup))
    except PageChanged:
        return
    assert "<script" not in f"{found.title} {found.text} {found.excerpt}"
    assert "\0" not in repr(found)


# Its address


def link(address: str) -> str:
    return f'<link rel="canonical" href="{address}">'


def test_the_canonical_address_of_the_site_counts() -> None:
    found = read(link("/politics/council-overrides-veto/"), address=f"{ADDRESS}?utm_source=x")
    assert found.address == ADDRESS
    assert read(link(ADDRESS), address=ADDRESS.replace("www", "amp")).address == ADDRESS


def test_a_canonical_address_on_another_site_is_told_and_not_followed() -> None:
    found = read(link("https://gothamist.com/news/veto"))
    assert found.address == ADDRESS
    assert "the page names https://gothamist.com/news/veto as its original; look there" in found.doubts


def test_a_front_page_is_no_articles_address() -> None:
    found = read(link("https://www.amny.com/"))
    assert found.address == ADDRESS
    assert any("front page" in doubt for doubt in found.doubts)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "", "https://[x"])
def test_a_canonical_address_that_is_none_is_passed_over(address: str) -> None:
    assert read(link(address)).address == ADDRESS


# What it asks of programs


@pytest.mark.parametrize("free", [False, "False", "false", "no"])
def test_a_paywall_is_respected(free: Any) -> None:
    found = read(json_ld(**LD, articleBody="Paid words", isAccessibleForFree=free))
    assert (found.text, found.excerpt) == ("", "44 members voted for it.")
    assert found.doubts == ("the text stands behind a paywall and was not read",)


@pytest.mark.parametrize("tier", ["locked", "metered"])
def test_a_tier_that_is_paid_for_is_respected(tier: str) -> None:
    assert read(json_ld(**LD) + meta(article__content_tier=tier)).text == ""


def test_a_free_article_is_read() -> None:
    assert read(json_ld(**LD, isAccessibleForFree=True) + meta(article__content_tier="free")).text != ""


@pytest.mark.parametrize("word", ["noarchive", "NOARCHIVE, follow"])
def test_noarchive_leaves_the_text_alone(word: str) -> None:
    for found in (read(json_ld(**LD) + meta(robots=word)), read(json_ld(**LD), X_Robots_Tag=word)):
        assert (found.text, found.excerpt) == ("", "44 members voted for it.")
        assert found.doubts == ("the page asks programs not to keep it, so its text was not read",)


@pytest.mark.parametrize("word", ["noindex", "none", "nosnippet"])
def test_noindex_and_nosnippet_leave_the_excerpt_alone_too(word: str) -> None:
    found = read(json_ld(**LD) + meta(robots="max-image-preview:large") + meta(robots=word))
    assert (found.text, found.excerpt, len(found.doubts)) == ("", "", 2)


def test_max_snippet_shortens_the_excerpt() -> None:
    assert read(json_ld(**LD) + meta(robots="index, max-snippet:12")).excerpt == "44 members…"
    assert read(json_ld(**LD) + meta(robots="max-snippet:-1")).excerpt == LD["description"]
    assert read(json_ld(**LD) + meta(robots="max-snippet:0")).excerpt == ""


# What is no article


def test_a_page_without_a_headline_is_a_change_of_the_source() -> None:
    with pytest.raises(PageChanged, match="no headline"):
        read("", "<p>Not found</p>")


def test_a_file_is_no_page() -> None:
    with pytest.raises(PageChanged, match="there is application/pdf"):
        parse_article(answer(b"%PDF-1.7", "application/pdf", ADDRESS))


def test_an_empty_page_is_a_failure() -> None:
    with pytest.raises(FetchFailed, match="empty"):
        parse_article(answer(" ", "text/html", ADDRESS))


# Over the wire


def app(request: Request) -> Reply:
    if request.path == "/robots.txt":
        return Reply(200, (), b"User-agent: *\nDisallow: /members/\n")
    return Reply(200, faults.HTML, page(json_ld(**LD), BODY).encode())


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(app) as server:
        yield server


def test_an_article_is_read_over_the_wire(upstream: Upstream) -> None:
    with client() as asking:
        assert read_article(asking, f"{upstream.base}/veto", kind="advocacy").kind == "advocacy"


@pytest.mark.parametrize("fault", [faults.refuse(), faults.captcha(), faults.answering(401), faults.too_often("9999")])
def test_a_refusal_passes_through(upstream: Upstream, fault: Any) -> None:
    upstream.misbehave("/veto", fault)
    with client() as asking, pytest.raises(Refused):
        read_article(asking, f"{upstream.base}/veto")


def test_what_robots_txt_closes_is_not_asked_for(upstream: Upstream) -> None:
    with client() as asking, pytest.raises(Refused, match=r"robots\.txt"):
        read_article(asking, f"{upstream.base}/members/veto")
    assert [request.path for request in upstream.asked] == ["/robots.txt"]


def test_a_page_that_is_gone_is_missing(upstream: Upstream) -> None:
    upstream.misbehave("/veto", faults.answering(410))
    with client() as asking, pytest.raises(SourceMissing):
        read_article(asking, f"{upstream.base}/veto")


def test_a_page_in_another_charset_than_it_says_is_read(upstream: Upstream) -> None:
    upstream.app = lambda request: Reply(
        404 if "robots" in request.path else 200, (("Content-Type", "text/html"),),
        page(meta(og__title="Avilés’ bill"), BODY).replace('<meta charset="utf-8">', "").encode("windows-1252"),
    )  # fmt: skip
    with client() as asking:
        assert read_article(asking, f"{upstream.base}/veto").title == "Avilés’ bill"
