import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.config.source_names import name_for
from tracker.config.tables import SourceConfig
from tracker.errors import PageError
from tracker.model.source import Hub, HubKind
from tracker.sources import opml

LIST = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News"><outline type="rss" text="The X: World" xmlUrl="https://x.org/world.rss" htmlUrl="https://x.org"/>
<outline type="rss" title="Y" xmlUrl="https://y.org/feed"/><outline type="rss" text="Y again" xmlUrl="https://y.org/feed"/></outline>
<outline type="rss" xmlUrl="https://www.z.org/feed"/><outline type="link" text="No feed" url="https://x.org/"/>
<outline type="rss" text="Bad" xmlUrl="file:///etc/passwd"/><outline type="rss" text="Relative" xmlUrl="feed.xml"/>
</body></opml>"""


def test_a_readers_list_gives_its_feeds_each_once_and_keeps_ampersands():
    assert opml.read(LIST).hubs == (
        Hub("The X World", HubKind.FEED, "https://x.org/world.rss"),
        Hub("Y", HubKind.FEED, "https://y.org/feed"),
        Hub("z.org", HubKind.FEED, "https://www.z.org/feed"),
    )
    (hub,) = opml.read(b'<opml><body><outline xmlUrl="https://x.org/?a=1&copy=2&amp;b=3"/>').hubs
    assert hub.url == "https://x.org/?a=1&copy=2&b=3"
    hub = Hub("Herald", HubKind.PAGE, "https://herald.example/city", "h2 a", "/city/")
    written = opml.text([hub])
    assert ".example/opml" not in written
    assert opml.read(written.encode()).hubs == (hub,)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("feed://x.org/rss", "http://x.org/rss"),
        ("feed:https://x.org/rss", "https://x.org/rss"),
        ("feed://https://x.org/rss", "https://x.org/rss"),
        ("https://feed.x.org/feed:all", "https://feed.x.org/feed:all"),
    ],
)
def test_addresses_as_browsers_hand_feeds_to_readers(address, url):
    body = f'<opml><body><outline text="X" xmlUrl="{address}"/></body></opml>'.encode()
    assert [hub.url for hub in opml.read(body).hubs] == [url]


@pytest.mark.parametrize(
    ("body", "message"),
    [(b"<opml><body><outline", "no feeds could be read"), (b"<rss/>", "not an OPML"), (b"x", "not an OPML")],
)
def test_what_is_no_list_is_refused_with_a_hint(body, message):
    with pytest.raises(PageError, match=message) as caught:
        opml.read(body)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        (b"</opml>", b""),
        (b"</body></opml>", b"</bo"),
        (b'text="Y again"', b'text="Y & Z"'),
        (b'text="Y again"', b'text="Caf&eacute;&nbsp;Y"'),
        (b'text="Y again"', b'text="The "best" of Y"'),
        (b'text="Y again"', b'text="1 < 2"'),
        (b"</outline>\n", b"</outline></outline>\n"),
    ],
)
def test_a_broken_list_gives_what_it_names_and_a_warning(whole, broken):
    assert whole in LIST
    found = opml.read(LIST.replace(whole, broken))
    assert {hub.url for hub in found.hubs} == {hub.url for hub in opml.read(LIST).hubs}
    assert "not well-formed" in found.warning


@example(b"\0", 0)
@given(st.binary(max_size=60), st.integers(0, len(LIST)))
def test_any_bytes_are_a_list_or_a_page_error(noise, at):
    try:
        found = opml.read(LIST[:at] + noise + LIST[at:])
    except PageError:
        return
    assert all(hub.url.startswith(("http://", "https://")) for hub in found.hubs)


def test_entities_are_not_read(tmp_path):
    kept = tmp_path / "secret"
    kept.write_text("SECRET", encoding="utf-8")
    body = f'<!DOCTYPE opml [<!ENTITY x SYSTEM "file://{kept}">]>'.encode() + LIST[21:].replace(
        b"</body>", b"&x;</body>"
    )
    assert len(opml.read(body).hubs) == 3
    assert "SECRET" not in repr(opml.read(body))


def test_other_readers_see_feeds_as_feeds_and_the_rest_as_links():
    written = opml.text(
        [Hub("A & B", HubKind.FEED, "https://a.org/f"), Hub("A & B", HubKind.PAGE, "https://a.org/", "h2 > a", "<x>")]
    )
    assert re.findall(r'type="(\w+)"', written) == ["rss", "link"]
    assert 'text="A &amp; B"' in written
    assert written.endswith("</opml>\n")


NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
HUBS = st.builds(
    Hub,
    NAMES.filter(lambda name: name_for(name, "") == name),
    st.sampled_from(HubKind),
    st.integers().map("https://x.org/{}?a=1&b".format),
    st.text(st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_characters="\x7f\x85\xa0"), max_size=10),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=10),
)


@given(st.lists(HUBS, max_size=6, unique_by=lambda hub: hub.url))
def test_what_is_written_reads_back(hubs):
    assert opml.read(opml.text(hubs).encode()) == opml.Subscriptions(tuple(hubs))


@given(st.text(max_size=100), st.text(max_size=20))
def test_every_name_is_one_the_configuration_takes(title, host):
    assert SourceConfig(name=name_for(title, f"https://{host}/")).name


def test_a_name_comes_from_the_title_else_from_the_host():
    assert name_for("BBC News | World", "https://feeds.bbci.co.uk/x") == "BBC News World"
    assert name_for(" | ", "https://www.x.org:8080/x") == "x.org"
    assert name_for("", "nowhere") == "source"
    assert name_for("", "http://[::1]/") == "1"
    assert len(name_for("A" * 200, "")) == 80
