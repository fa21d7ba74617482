import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.archive_samples import article_id
from tracker.addresses import urls
from tracker.addresses.same_article import is_amp, is_same_document, may_be_alias, site_of
from tracker.addresses.urls import host_without_port, is_loopback_host, registrable_domain, split_host_port
from tracker.errors import UsageError

PATHS = st.text(st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_characters="?#\\\x85\xa0"), max_size=30)
NAMES = st.sampled_from(["utm_source", "UTM_Medium", "utm%5Fterm", "fbclid", "id", "p", "page", "b", "at_medium", ""])
QUERIES = st.lists(st.tuples(NAMES, st.text("ab1%25&=+ü", max_size=5)), max_size=5)
HOSTS = st.sampled_from(
    ["x.org", "x.org.", "News.Example", "bücher.example", "[::1]", "127.1", "x.org:80", "x.org:8080"]
)


@given(st.sampled_from(["http", "https", "HTTPS"]), HOSTS, PATHS, QUERIES)
@example("http", "x.org", "%%341", [])
@example("http", "x.org", "/index.html/index.php", [])
@example("https", "x.org:443", "a%c3%a4", [("", "")])
def test_identity_of_an_identity_is_itself(scheme, host, path, query):
    url = f"{scheme}://{host}/{path}" + ("?" + "&".join(f"{k}={v}" for k, v in query) if query else "")
    try:
        once = urls.identity(url)
    except UsageError:
        return
    assert urls.identity(f"https://{once}") == once
    assert urls.identity(f"http://{once}") == once
    assert urls.identity(url + "#part") == once


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://x.org/a?utm_source=rss&utm_medium=feed", "https://x.org/a"),
        ("https://x.org/a?at_medium=RSS&id=7&fbclid=x#top", "https://x.org/a?id=7"),
        ("https://x.org/a?id=7&UTM%5Fsource=x&page=2", "https://x.org/a?id=7&page=2"),
        ("https://x.org/a?outputType=amp&ref=home&utm_term=x", "https://x.org/a?outputType=amp&ref=home"),
        ("https://x.org/a?mtm_campaign=feed&__twitter_impression=true&id=7", "https://x.org/a?id=7"),
        ("https://x.org/a?xtref=x&xtcr=2&fref=gs&fb_action_ids=1&mibextid=2&_guc_consent_skip=3", "https://x.org/a"),
        ("https://x.org/a?sessionid=1&wpamp&srsltid=2", "https://x.org/a?sessionid=1&wpamp"),
        ("https://x.org/a?", "https://x.org/a?"),
        ("https://x.org/a?&b=1&&", "https://x.org/a?&b=1&&"),
    ],
)
def test_what_only_says_where_a_reader_came_from_is_left_out(url, clean):
    assert urls.untracked(url) == clean
    assert urls.identity(clean) == urls.identity(url)


@given(st.text(max_size=60))
@example("http://\ud800.org/")
@example("http://[::1")
@example("//[")
@example("\0")
def test_any_text_is_an_address_or_a_usage_error(text):
    for given_text in (text, f"http://{text}", f"https://x.org/{text}"):
        try:
            href = urls.fetchable(given_text)
        except UsageError:
            continue
        assert href.startswith(("http://", "https://"))
        assert "#" not in href
        assert urls.fetchable(href) == href
        assert re.fullmatch("[0-9a-f]{12}", article_id(href))
    assert (urls.join("https://x.org/", text) or "https://").startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("http://x.org/a", "https://x.org/a"),
        ("https://x.org/a", "https://X.ORG/a#comments"),
        ("https://x.org/a", "https://x.org/a?utm_source=rss&utm_medium=feed"),
        ("https://x.org/a", "https://x.org/a?UTM_Source=x&fbclid=1&at_medium=RSS&at_campaign=rss"),
        ("https://x.org/a?id=7", "https://x.org/a?gclid=3&id=7&smid=tw"),
        ("https://x.org/a?id=7", "https://x.org/a?utm%5Fsource=3&id=7"),
        ("https://x.org/a/", "https://x.org/a/index.html"),
        ("https://x.org/", "https://x.org/default.aspx"),
        ("https://x.org/a", "https://x.org:443/a"),
        ("https://x.org/a", "http://x.org:80/a"),
        ("https://x.org/a", "https://x.org./a"),
        ("https://x.org/b", "https://x.org/a/../b"),
        ("https://x.org/%D8%A7", "https://x.org/%d8%a7"),
        ("https://x.org/ا", "https://x.org/%d8%a7"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("http://127.0.0.1/a", "http://2130706433/a"),
        ("http://127.0.0.1/a", "http://0x7f.1/a"),
        ("http://127.0.0.1/a", "http://127。0。0。1/a"),
        ("https://x.org/a", "https:\\\\x.org\\a"),
        ("https://x.org/a", " https://x.org/a\n"),
        ("https://x.org/a", "https://x.org/a?"),
        ("https://x.org/a?b=1", "https://x.org/a?&b=1&&"),
    ],
)
def test_one_article_has_one_identity(left, right):
    assert urls.identity(left) == urls.identity(right)
    assert article_id(left) == article_id(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("https://x.org/a", "https://x.org/b"),
        ("https://x.org/a?id=1", "https://x.org/a?id=2"),
        ("https://x.org/a?a=1&b=2", "https://x.org/a?b=2&a=1"),
        ("https://x.org/a", "https://www.x.org/a"),
        ("https://x.org/a", "https://x.org:8443/a"),
        ("https://x.org/A", "https://x.org/a"),
        ("https://x.org/a", "https://x.org/a/"),
        ("https://x.org/my-index.html", "https://x.org/my-"),
    ],
)
def test_two_articles_keep_two_identities(left, right):
    assert urls.identity(left) != urls.identity(right)


@pytest.mark.parametrize("name", "s m p q id sid uid eid cid aid source keyword feature mode output platform".split())
def test_what_selects_an_article_on_some_site_is_kept(name):
    assert urls.identity(f"https://x.org/a?{name}=1") == f"x.org/a?{name}=1"


def test_sessions_and_what_identity_drops_stay_in_the_fetched_address_without_credentials():
    # Java servers write it into every link for visitors without cookies, and it differs at each visit.
    plain = urls.identity("https://x.org/news/fire.html?id=3")
    assert urls.identity("https://x.org/news/fire.html;jsessionid=0A1B.node2?id=3") == plain
    assert urls.identity("https://x.org/news/fire.html;JSESSIONID=77!-3;v=2?id=3") == "x.org/news/fire.html;v=2?id=3"
    assert urls.identity("https://x.org/a;jsessionid=1/b", version=1) == "x.org/a;jsessionid=1/b"
    assert urls.fetchable("HTTPS://X.org/a?utm_source=rss#top") == "https://x.org/a?utm_source=rss"
    assert urls.without_credentials("see https://me:hunter2@x.org/a?b@c") == "see https://…@x.org/a?b@c"


def test_identities_of_earlier_tables_and_of_circumflexes_stay_as_they_were():
    assert urls.identity("https://x.org/a?mtm_kwd=1&utm_source=2", version=1) == "x.org/a?mtm_kwd=1"
    assert urls.identity("https://x.org/a?mtm_kwd=1&utm_source=2") == "x.org/a"
    assert urls.untracked("https://x.org/a?mtm_kwd=1&utm_source=2", version=1) == "https://x.org/a?mtm_kwd=1"
    # The standard has escaped it in paths since 2024.
    assert urls.fetchable("https://x.org/^a?^b#^c") == "https://x.org/^a?^b"
    assert urls.join("https://x.org/^a/b", "../%5ec") == "https://x.org/%5ec"
    assert article_id("http://caps.fool.com/ticker/^DJI.aspx") == "3048cbc13d22"
    assert article_id("http://caps.fool.com/ticker/%5eDJI.aspx") == "898092e78d13"
    with pytest.raises(UsageError):
        urls.fetchable("https://x^.org/")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x.org/news", "did you mean https://x.org/news?"),
        ("news", "write it in full"),
        ("", "write it in full"),
        ("http://exa mple/", "write it in full"),
        ("file:///etc/passwd", "write it in full"),
        ("javascript:alert(1)", "write it in full"),
        ("https://me:hunter2@x.org/", "remove everything between"),
    ],
)
def test_what_is_not_a_web_address_is_refused_with_a_hint(text, hint):
    with pytest.raises(UsageError) as caught:
        urls.fetchable(text)
    assert hint in caught.value.hint
    assert "hunter2" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/a", "https://x.org/a"),
        ("a?b=1#c", "https://x.org/n/a?b=1"),
        ("//y.org/a", "https://y.org/a"),
        ("http://y.org", "http://y.org/"),
        ("mailto:a@x.org", None),
        ("javascript:void(0)", None),
        ("ftp://x.org/a", None),
        ("http://[bad", None),
        ("https://user@x.org/", None),
        # As browsers do (WHATWG), where RFC 3986 and urljoin do otherwise.
        ("?", "https://x.org/n/?"),
        ("b//c", "https://x.org/n/b//c"),
        ("http:///h", "http://h/"),
        ("http:\\/\\/y.org\\/a", "http://y.org//a"),
        ("https:a", "https://x.org/n/a"),
        ("https://", None),
        ("//", None),
        ("\ta\n/b", "https://x.org/n/a/b"),
    ],
)
def test_links_are_resolved_or_dropped(link, expected):
    assert urls.join("https://x.org/n/", link) == expected


def test_hosts_are_told_apart_by_their_port_and_split_from_it_without_brackets():
    assert urls.host_of("http://x.org:80/a") == "x.org"
    assert urls.host_of("http://x.org:8080/a") == "x.org:8080"
    assert urls.hostname_of("http://[::1]:8080/a") == "::1"
    assert urls.origin_of("https://x.org/a?b") == "https://x.org"
    for ask in (urls.host_of, urls.hostname_of, urls.origin_of):
        with pytest.raises(UsageError):
            ask("nowhere")
    assert split_host_port("[::1]:0") == ("::1", 0)
    assert split_host_port("localhost:65535") == ("localhost", 65535)
    assert all(map(is_loopback_host, ("127.0.0.1", "127.9.9.9", "::1", "localhost")))
    assert not any(map(is_loopback_host, ("0.0.0.0", "::", "10.0.0.1", "example.org", "")))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8000/", True),
        ("http://news.localhost/", True),
        ("http://localhost./", True),
        ("http://127.1/", True),
        ("http://0x7f.1/", True),
        ("http://[::1]/", True),
        ("http://[::ffff:7f00:1]/", True),
        ("http://10.0.0.1/", False),
        ("http://[2001:db8::1]/", False),
        ("http://localhost.example.org/", False),
        ("http://0.0.0.0/", False),
    ],
)
def test_loopback_is_told_without_resolving(url, expected):
    assert urls.is_loopback(url) is expected


@pytest.mark.parametrize(
    "text", ["", "8766", "127.0.0.1", "127.0.0.1:", ":80", "127.0.0.1:x", "127.0.0.1:99999", "a:٨"]
)
def test_what_is_not_a_host_and_port_is_refused(text):
    with pytest.raises(ValueError, match=r'is not a host and port; write it as in "127\.0\.0\.1:8765"'):
        split_host_port(text)


@pytest.mark.parametrize(
    ("host", "bare"),
    [
        ("Example.ORG:80", "example.org"),
        ("example.org.", "example.org"),
        ("[::1]:80", "::1"),
        ("[::1]", "::1"),
        ("::1", "::1"),
        ("[::1].evil", "[::1].evil"),
        ("", ""),
    ],
)
def test_hosts_without_ports(host, bare):
    assert host_without_port(host) == bare


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("x.org", "x.org"),
        ("www.x.org", "x.org"),
        ("edition.news.x.org:8080", "x.org:8080"),
        ("www.x.co.uk", "x.co.uk"),
        ("x.com.au", "x.com.au"),
        ("www.x.co.at", "x.co.at"),
        ("live.x.ne.jp", "x.ne.jp"),
        ("docs.user.github.io", "user.github.io"),
        ("user.wordpress.com", "user.wordpress.com"),
        ("fly.dev", "fly.dev"),
        ("co.uk", "co.uk"),
        ("127.0.0.1:8001", "127.0.0.1:8001"),
        ("[::1]:8001", "[::1]:8001"),
        ("localhost:80", "localhost:80"),
    ],
)
def test_hosts_of_one_outlet_share_a_site(host, site):
    assert registrable_domain(host) == site


STORY = "https://www.x.test/news/flood"


@pytest.mark.parametrize(
    "form",
    [
        "http://x.test/news/flood",
        f"{STORY}/",
        f"{STORY}.html",
        f"{STORY}/amp/",
        f"{STORY}.amp.html",
        "https://amp.x.test/amp/news/flood",
        "https://m.x.test/news/flood",
        f"{STORY}?page=1",
        f"{STORY}#comments",
    ],
)
def test_other_forms_of_a_page_are_one_document(form):
    assert is_same_document(STORY, form)
    assert may_be_alias(form, STORY)


@pytest.mark.parametrize(
    "url",
    [
        f"{STORY}/amp",
        f"{STORY}/amp/",
        f"{STORY}.amp",
        f"{STORY}.amp.html",
        "https://amp.x.test/a",
        "https://x.test/amp/a",
    ],
)
def test_addresses_of_amp_pages_are_told_by_their_form(url):
    assert is_amp(url)
    assert not is_amp(STORY)
    assert not is_amp("https://www.x.test/news/lamp")
    assert not is_amp("https://www.x.test/ampere/camp")


@pytest.mark.parametrize(
    ("one", "other", "alias"),
    [
        (STORY, "https://www.x.test/news/flood-in-town", True),
        (STORY, "https://www.x.test/world/flood", False),
        (STORY, "https://www.y.test/news/flood", False),
        (STORY, "https://blog.x.test/news/flood", False),
        (STORY, "https://www.x.test:8443/news/flood", False),
        ("https://x.test/~evil/a", "https://x.test/~victim/a", False),
        ("https://amp.github.io/news/flood", "https://m.github.io/news/flood", False),
        ("https://feeds.co.uk/news/flood", "https://www.co.uk/news/flood", False),
        ("https://www.fly.dev/news/flood", "https://m.fly.dev/news/flood", False),
        ("https://x.test/view?user=1", "https://x.test/view?user=2", False),
    ],
)
def test_another_page_is_an_alias_only_in_the_same_directory(one, other, alias):
    assert not is_same_document(one, other)
    assert may_be_alias(one, other) is alias


def test_a_site_is_a_host_without_the_name_of_a_service():
    hosts = ["www.x.test", "x.test", "feeds.x.test:443", "m.test", "www", "news.x.test", "127.0.0.1:8080", "[::1]"]
    sites = ["x.test", "x.test", "x.test", "m.test", "www", "news.x.test", "127.0.0.1:8080", "[::1]"]
    assert [site_of(f"https://{host}/a") for host in hosts] == sites
    for host in ("m.github.io", "feeds.blogspot.com", "www.com.au", "m.co.uk:8080", "m.fly.dev", "www.substack.com"):
        assert site_of(f"https://{host}/a") == host, (
            "another user of the hoster or the registry may have the other name"
        )
    assert site_of("https://www.x.co.uk/a") == "x.co.uk"
