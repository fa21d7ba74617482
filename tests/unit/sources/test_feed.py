import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import PageError
from tracker.model.source import HubKind, Target
from tracker.sources import feed

URL = "https://x.org/feeds/news.xml"
RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News &amp; Views</title>
<link>https://x.org/</link>
<item><title><![CDATA[Mayor &amp; <b>council</b> agree]]></title><link>/2026/03/deal?a=1&amp;b=2</link>
<pubDate>Mon, 02 Mar 2026 10:00:00 +0100</pubDate></item>
<item><title>Second</title><guid>https://x.org/second?utm_source=rss</guid><dc:date>2026-03-01T08:00:00Z</dc:date></item>
<item><title>Deal, again</title><link>https://x.org/2026/03/deal?a=1&amp;b=2&amp;utm_source=rss</link></item>
<item><title>Script</title><guid isPermaLink="false">tag:1</guid><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://x.org/z/"><title type="html">Atom</title>
<entry><title>One</title><link rel="self" href="s"/><link rel="alternate" href="one.html"/>
<published>2026-03-01T10:00:00+02:00</published><updated>2026-03-02T10:00:00Z</updated></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://x.org"><title>R</title></channel>
<item rdf:about="https://x.org/1"><title>One</title><link>https://x.org/1</link><dc:date>2026-01-01</dc:date></item>
</rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "items": [
            {"id": "1", "url": "/one", "title": "One", "date_published": "2026-01-01T00:00:00Z"},
            {"id": "https://x.org/two", "date_modified": "2026-01-02T00:00:00+02:00"},
            {"id": 3, "url": ["no"], "title": None, "date_published": 7},
            "no item",
        ],
    }
).encode()


def test_rss_gives_targets_in_order_each_once():
    listing = feed.read(RSS, URL)
    assert listing.kind is HubKind.FEED
    assert listing.title == "News & Views"
    assert listing.targets == (
        Target(
            "https://x.org/2026/03/deal?a=1&b=2",
            "Mayor & council agree",
            datetime(2026, 3, 2, 9, tzinfo=UTC),
        ),
        Target("https://x.org/second", "Second", datetime(2026, 3, 1, 8, tzinfo=UTC)),
    )
    assert listing.warnings == ("left out 1 of its links: not web addresses",)


def test_atom_reads_its_base_and_both_dates():
    (target,) = feed.read(ATOM, URL).targets
    assert target == Target(
        "https://x.org/z/one.html",
        "One",
        datetime(2026, 3, 1, 8, tzinfo=UTC),
        datetime(2026, 3, 2, 10, tzinfo=UTC),
    )


def test_json_feeds_take_an_address_from_url_or_id_in_any_version():
    listing = feed.read(JSON, URL)
    assert [target.url for target in listing.targets] == ["https://x.org/one", "https://x.org/two"]
    assert listing.targets[0].published == datetime(2026, 1, 1, tzinfo=UTC)
    assert listing.targets[1].updated == datetime(2026, 1, 1, 22, tzinfo=UTC)
    assert listing.title == "J"
    items = [{"id": "1", "external_url": "https://y.org/a"}, {"url": "/b"}]
    body = json.dumps({"version": "1.0", "title": "J", "items": items}).encode()
    assert [target.url for target in feed.read(body, URL).targets] == ["https://y.org/a", "https://x.org/b"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "not valid JSON"),
        (b"{" + b'"a":[' * 100_000, "not valid JSON"),
        (b'{"items": []}', "not a JSON Feed"),
        (b'{"items": [{"id": "a"}], "version": "1.0"}', "not a JSON Feed"),
        (b'{"items": 3, "version": "https://jsonfeed.org/version/1"}', "not a JSON Feed"),
        (b"<html><body><p>Sign in</p></body></html>", "not a feed that can be read"),
        (b"", "empty"),
        (b"<rss>" + b" " * feed.MAX_FEED_BYTES, "larger than 8 MiB"),
        (b"<rss><item>" + b"<" * feed.MAX_BROKEN_FEED_BYTES, "larger than 2 MiB"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_hint(body, message):
    with pytest.raises(PageError) as caught:
        feed.read(body, URL)
    assert message in caught.value.message
    assert caught.value.hint


# --- broken feeds

ITEM = b"<rss version='2.0'><channel><title>T</title><item><title>%s</title><link>%s</link>%s</item></channel></rss>"
DATE = b"<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>"
WHOLE = ITEM % (b"Head", b"https://x.org/a?p=1&amp;q=2", DATE)


@pytest.mark.parametrize(
    "body",
    [
        ITEM % (b"Head", b"https://x.org/a?p=1&q=2", DATE),
        ITEM % (b"Head&nbsp;", b"https://x.org/a?p=1&amp;q=2", DATE),
        ITEM % (b"He\x0bad", b"https://x.org/a?p=1&amp;q=2", DATE),
        WHOLE.removesuffix(b"</channel></rss>"),
        b"\n\n<?xml version='1.0'?>" + WHOLE,
        b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>" + WHOLE,
        b"<?xml version='1.0' encoding='iso-8859-1'?>" + WHOLE,
        ("<?xml version='1.0' encoding='utf-16'?>" + WHOLE.decode()).encode("utf-16"),
        b"<?xml version='1.0' encoding='utf-16'?>" + WHOLE,
        b"\xef\xbb\xbf\n<?xml version='1.0' encoding='iso-8859-1'?>" + WHOLE,
    ],
    ids="bare-& entity control cut blank-lines bom latin-1 utf-16 wrong-utf-16 bom-and-blank-line".split(),
)
def test_a_broken_feed_keeps_address_title_and_date(body):
    (target,) = feed.read(body, URL).targets
    assert target.url == "https://x.org/a?p=1&q=2"
    assert target.title == "Head"
    assert target.published == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_entities_of_a_dtd_are_those_of_html_and_latin_1_is_windows_1252():
    dtd = b'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://x.org/rss-0.91.dtd">'
    body = dtd + ITEM % (b"Caf&eacute; &ldquo;Pier&rdquo; &amp; &quay;", b"https://x.org/a?p=1&amp;q=2", b"")
    (target,) = feed.read(body, URL).targets
    assert (target.url, target.title) == ("https://x.org/a?p=1&q=2", "Café “Pier” & &quay;")
    body = b"<?xml version='1.0' encoding='ISO-8859-1'?>" + ITEM % (b"\x93Caf\xe9\x94 \x96 new", b"/a", b"")
    assert feed.read(body, URL).targets[0].title == "“Café” – new"


@pytest.mark.parametrize("link", [b"/a?p=1&amp;amp;q=2", b"<![CDATA[/a?p=1&amp;q=2]]>"])
def test_an_address_that_was_escaped_twice_is_set_right(link):
    assert feed.read(ITEM % (b"A", link, b""), URL).targets[0].url.endswith("/a?p=1&q=2")


def test_broken_and_empty_feeds_say_so_and_a_date_without_a_known_zone_is_left_out():
    assert "not well-formed" in feed.read(ITEM % (b"A", b"https://x.org/a?p=1&q=2", b""), URL).warnings[0]
    assert feed.read(b"<rss version='2.0'><channel><title>T</title></channel></rss>", URL).warnings == (
        "it lists no articles",
    )
    body = ITEM % (b"A", b"https://x.org/a?b&c", b"<pubDate>Mon, 02 Mar 2026 10:00:00 QQQ</pubDate>")
    assert feed.read(body, URL).targets[0].published is None


@pytest.mark.parametrize("rest", [b"", b"<item><title>A &nbsp; <b></item>", b"<item><title>Cut"])
def test_a_broken_feed_of_which_nothing_can_be_read_is_no_empty_list(rest):
    with pytest.raises(PageError, match="not well-formed, and no article could be read"):
        feed.read(b"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title>" + rest, URL)


def test_items_are_read_outside_a_channel_and_in_atom_but_not_within_an_item():
    body = b"<rss version='2.0'><item><title>A</title><link>https://x.org/a</link></item></rss>"
    assert [target.url for target in feed.read(body, URL).targets] == ["https://x.org/a"]
    (target,) = entry("", '<feed xmlns="http://www.w3.org/2005/Atom"><item><link>https://x.org/1</link></item></feed>')
    assert target.url == "https://x.org/1"
    nested = "<rss><channel><item><link>https://x.org/1</link><x><item><link>https://x.org/2</link></item></x></item></channel></rss>"
    assert [target.url for target in feed.read(nested.encode(), URL).targets] == ["https://x.org/1"]


@pytest.mark.parametrize("stamp", [b"3675679999", b"9999-12-31T23:59:59-14:00", b"0000-01-01", b"soon", b"1970-01-01"])
@pytest.mark.parametrize("link", [b"https://x.org/a", b"https://x.org/a?b&c"], ids=["whole", "broken"])
def test_an_absurd_date_is_no_date(stamp, link):
    (target,) = feed.read(ITEM % (b"A", link, b"<pubDate>%s</pubDate>" % stamp), URL).targets
    assert target.published is None


# --- what feeds in use do


def entry(
    markup: str, root: str = '<feed xmlns="http://www.w3.org/2005/Atom"><entry>{}</entry></feed>'
) -> tuple[Target, ...]:
    return feed.read(root.format(markup).encode(), URL).targets


@pytest.mark.parametrize(
    "namespace", ["http://my.netscape.com/rdf/simple/0.9/", "http://purl.org/rss/1.0/", "urn:x", ""]
)
def test_rdf_is_read_in_any_namespace(namespace):
    body = (
        f'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{namespace}"><channel><title>T</title>'
        "</channel><item><title>One</title><link>https://x.org/1</link></item></r:RDF>"
    )
    listing = feed.read(body.encode(), URL)
    assert listing.title == "T"
    assert listing.targets == (Target("https://x.org/1", "One"),)


@pytest.mark.parametrize(
    "title",
    [
        '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Mayor <b>and</b> council</div></title>',
        '<title type="html">Mayor &lt;b&gt;and&lt;/b&gt; council</title>',
        "<title>Mayor <b>and</b> council</title>",
        "<title><![CDATA[Mayor <b>and</b> council]]></title>",
        '<title mode="base64">TWF5b3IgPGI+YW5kPC9iPiBjb3VuY2ls</title>',
        '<title type="application/octet-stream">\nTWF5b3IgPGI+YW5kPC9iPiBjb3VuY2ls\n</title>',
        '<title type="html">Mayor &lt;script&gt;if (a) b()&lt;/script&gt;and council</title>',
        "<title>Mayor <script>if (a) b()</script>and council</title>",
        '<m:title xmlns:m="urn:media">Photo</m:title><title>Mayor and council</title>',
        '<d:title xmlns:d="http://purl.org/dc/elements/1.1/">Mayor and council</d:title>',
        "<title>Mayor <!-- no --> and council</title>",
        "<title><![CDATA[Mayor<br/>and council]]></title>",
        "<title><![CDATA[<p>Mayor</p><p>and council</p>]]></title>",
        "<title>&lt;![CDATA[Mayor and council]]&gt;</title>",
    ],
)
def test_a_title_comes_out_whole(title):
    (target,) = entry(f'<link href="https://x.org/a"/>{title}')
    assert target.title == "Mayor and council"


@pytest.mark.parametrize("title", ["R&D budget: is x < y? And y > z", "Q&A with <Ada> and R&nbsp;D"])
def test_signs_in_a_title_are_no_markup_and_a_bare_ampersand_breaks_none(title):
    escaped = title.replace("<", "&lt;").replace(">", "&gt;")
    (target,) = entry(f'<link href="https://x.org/a"/><title>{escaped}</title>')
    assert target.title == title.replace("&nbsp;", " ").replace(" <Ada>", "")


def test_what_is_said_to_be_base64_and_is_not_stays_text_and_an_update_is_no_publication():
    (target,) = entry('<link href="https://x.org/a"/><title mode="base64">Not base64!</title>')
    assert target.title == "Not base64!"
    (target,) = entry('<link href="https://x.org/a"/><updated>2026-03-02T10:00:00Z</updated>')
    assert target == Target("https://x.org/a", updated=datetime(2026, 3, 2, 10, tzinfo=UTC))


@pytest.mark.parametrize("relation", ["enclosure", "self", "license", "via", "related", "https://x.org/rel"])
def test_a_link_to_something_else_is_not_the_article(relation):
    assert entry(f'<link rel="{relation}" href="https://x.org/other"/>') == ()
    (target,) = entry(f'<link rel="{relation}" href="https://x.org/other"/><link href="https://x.org/a"/>')
    assert target.url == "https://x.org/a"


def test_the_page_comes_before_other_forms_and_relative_links_belong_to_the_site_of_the_channel():
    (target,) = entry('<link type="application/json" href="a.json"/><link type="text/html" href="https://x.org/a"/>')
    assert target.url == "https://x.org/a"
    body = "<rss><channel><link>https://site.org/</link><item><link>news/1</link></item></channel></rss>"
    (target,) = feed.read(body.encode(), "https://feeds.example/x.rss").targets
    assert target.url == "https://site.org/news/1"


@pytest.mark.parametrize(
    "link",
    [
        '<link href="https://x.org/a"/>',
        '<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="self" href="https://x.org/feed"/><guid>https://x.org/a</guid>',
        '<a:link xmlns:a="http://www.w3.org/2005/Atom" href="https://x.org/a"/><guid>https://x.org/b</guid>',
        '<guid isPermaLink="true">https://x.org/a</guid>',
        '<enclosure url="https://x.org/a.mp3"/><link> https://x.org/a\n</link>',
    ],
)
def test_an_rss_item_names_its_address_in_many_ways(link):
    (target,) = entry(link, "<rss><channel><item>{}</item></channel></rss>")
    assert target.url == "https://x.org/a"


def test_titles_are_text_and_a_guid_that_is_no_permalink_is_no_address():
    link = '<guid isPermaLink="false">https://x.org/a</guid>'
    assert entry(link, "<rss><channel><item>{}</item></channel></rss>") == ()
    other = "<item><link>https://x.org/b</link></item>"
    found = entry(f"{link}<title>&nbsp;</title>", f"<rss><channel><item>{{}}</item>{other}</channel></rss>")
    assert [target.url for target in found] == ["https://x.org/b"]
    title = b"<![CDATA[<script>alert(1)</script>\x1b[31m A &lt;i&gt;b&lt;/i&gt; 5 < 6 &amp;amp; more]]>"
    (target,) = feed.read(ITEM % (title.replace(b"\x1b", b""), b"https://x.org/a", b""), URL).targets
    assert target.title == "[31m A b 5 < 6 & more"
    (target,) = feed.read(ITEM % (b"A" * 5000, b"https://x.org/a", b""), URL).targets
    assert len(target.title) == 500


def test_the_language_of_a_feed_decides_what_a_zone_means():
    item = "<link>https://x.org/a</link><pubDate>Mon, 02 Mar 2026 10:00:00 IST</pubDate>"
    rss = "<rss><channel><language>{}</language><item>{}</item></channel></rss>"
    assert feed.read(rss.format("en-in", item).encode(), URL).targets[0].published == datetime(
        2026, 3, 2, 4, 30, tzinfo=UTC
    )
    assert feed.read(rss.format("en", item).encode(), URL).targets[0].published is None


# --- hostile feeds


@pytest.fixture
def no_outside(monkeypatch, tmp_path):
    """Any name lookup fails the test; the file is what must not be read."""
    import socket

    def refuse(*args, **kwargs):
        raise AssertionError(f"a feed reached out: {args}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    kept = tmp_path / "secret.xml"
    kept.write_bytes(ITEM % (b"SECRET", b"https://x.org/secret", b""))
    return kept


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/meta", "feed://127.0.0.1:9/meta", "https://127.0.0.1:9/", "{file}", "file://{file}"]
)
def test_a_feed_that_consists_of_an_address_reaches_nothing(no_outside, address):
    with pytest.raises(PageError):
        feed.read(address.format(file=no_outside).encode(), URL)


def test_entities_do_not_grow_and_external_ones_are_not_read(no_outside):
    body = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{no_outside}"><!ENTITY y SYSTEM "http://127.0.0.1:9/">]>'.encode()
    listing = feed.read(body + ITEM % (b"A &x;&y;", b"https://x.org/a", b""), URL)
    assert "SECRET" not in repr(listing)
    assert listing.targets[0].url == "https://x.org/a"
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    body = b'<!DOCTYPE rss [<!ENTITY l0 "ha">' + laughs + b"]>" + ITEM % (b"&l9;", b"https://x.org/a", b"")
    assert len(repr(feed.read(body, URL))) < 1000


@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                [RSS, ATOM, RDF, JSON, b"<item>", b"</channel>", b"&", b"<![CDATA[", b"\0", b"<link>http://[</link>"]
            ),
            max_size=5,
        ).map(b"".join),
        st.tuples(st.sampled_from([RSS, ATOM, RDF, JSON]), st.integers(0, 400), st.binary(max_size=4)).map(
            lambda t: t[0][: t[1]] + t[2] + t[0][t[1] + len(t[2]) :]
        ),
    )
)
def test_any_bytes_are_a_listing_or_a_page_error(body):
    try:
        listing = feed.read(body, URL)
    except PageError:
        return
    assert all(target.url.startswith(("http://", "https://")) for target in listing.targets)
