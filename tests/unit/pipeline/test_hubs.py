from dataclasses import replace

import pytest

from tests.fake_fetcher import page
from tracker.model.source import Push
from tracker.pipeline.hubs import advertised

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
