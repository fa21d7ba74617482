"""Which addresses can lead to one article."""

import pytest

from tracker.addresses.same_article import is_amp, is_same_document, may_be_alias, site_of

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
