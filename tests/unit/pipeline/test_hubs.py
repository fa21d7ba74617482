from dataclasses import replace

import pytest

from tests.fake_fetcher import page
from tracker.model.hub import Hub, HubKind, Push
from tracker.model.listing import Listing
from tracker.pipeline.hubs import advertised
from tracker.sources.hub_reader import read_hub_or_failure

URL = "https://s.test/feed.xml"
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">
<link rel="self" href="https://s.test/feed.xml?a=1&amp;b=2"/><link rel='hub' href='/hub'/><title>S</title>
<entry><link rel="hub" href="https://evil.test/"/></entry></feed>"""
RSS = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>S</title>
<atom:link href="https://hub.test/" rel="hub" /><link>https://s.test/</link><item></item></channel></rss>"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (ATOM, Push("https://s.test/hub", "https://s.test/feed.xml?a=1&b=2")),
        (RSS, Push("https://hub.test/", URL)),
        ("<rss><channel><item><link rel='hub' href='https://evil.test/'/></item></channel></rss>", None),
        ("<feed><link rel='hub' href='javascript:alert(1)'/></feed>", None),
        ("<feed><link rel='hub' href=''/></feed>", None),
        ("not a feed at all", None),
        ("", None),
    ],
)
def test_a_feed_s_head_names_its_hub(body, expected):
    assert advertised(page(URL, body)) == expected


@pytest.mark.parametrize(
    "links",
    [
        (("Link", '<https://hub.test/>; rel="hub", <https://s.test/topic>; rel="self"'),),
        (("Link", "<https://hub.test/>; rel=hub"), ("link", '<https://s.test/topic>; title="x"; rel="self alternate"')),
    ],
)
def test_headers_come_first(links):
    found = page(URL, RSS.replace("hub.test", "other.test"))
    named = replace(found, headers=(*found.headers, *links))
    assert advertised(named) == Push("https://hub.test/", "https://s.test/topic")


def test_a_hostile_head_costs_little():
    assert advertised(page(URL, "<link " * 20_000)) is None
    assert advertised(page(URL, "<link rel='" + "a " * 200_000)) is None


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            HubKind.FEED,
            "<?xml version='1.0'?><rss><channel><item><title>{}</title><link>/a</link></item></channel></rss>",
        ),
        (HubKind.FEED, "<rss><channel><item><title>{}</title><link>/a</link><p>&nbsp;</channel></rss>"),
        (HubKind.PAGE, "<html><main><a href='/2026/11/25/harbour-fire'>{}</a></main></html>"),
    ],
)
@pytest.mark.parametrize(
    ("charset", "title"),
    [
        ("windows-1251", "Пожар в порту"),
        ("Shift_JIS", "港で火事"),
        ("iso-2022-jp", "港で火事"),
        ("utf-8", "Feuer: Überfall"),
    ],
)
def test_titles_are_decoded_as_the_header_says_where_nothing_else_does(kind, body, charset, title):
    text = body.format(title)
    labelled = page(URL, text.encode(charset), content_type=f"text/html; charset={charset}")
    wrong = page(URL, text.encode(), content_type="text/html; charset=koi8-r")
    for found in (labelled, wrong):
        listing = read_hub_or_failure(Hub("s", kind, URL), found)
        assert isinstance(listing, Listing)
        assert [target.title for target in listing.targets] == [title]


def test_a_header_that_says_utf_8_of_other_bytes_changes_nothing():
    body = b"<rss><channel><item><title>\x93Caf\xe9\x94 new</title><link>/a</link></item></channel></rss>"
    listing = read_hub_or_failure(Hub("s", HubKind.FEED, URL), page(URL, body, content_type="text/xml; charset=utf-8"))
    assert isinstance(listing, Listing)
    assert [target.title for target in listing.targets] == ["“Café” new"]
