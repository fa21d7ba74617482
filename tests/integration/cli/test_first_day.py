"""From `init` to the first versions: the contact, a home page that leads to its feed, and how long a check takes."""

import time
import tomllib

import pytest

from tests.command_line import objects

LINK = "<link rel='alternate' type='application/rss+xml' href='/world.xml'>"
HOME = f"<title>Herald</title>{LINK}<h1>Herald</h1><a href='/about'>About us</a>"
NEWS_SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>http://{0}/2026/11/25/harbour-closed.html</loc></url></urlset>"""


@pytest.mark.parametrize(
    ("home", "place"),
    [
        (HOME, "/world.xml"),
        (HOME + '<script type="application/ld+json">{"@type": "NewsArticle"}</script>', "/world.xml"),
        (HOME.replace("rss+xml", "atom+xml"), "/world.xml"),
        (HOME.replace(LINK, ""), "/feed"),
        (HOME.replace(LINK, ""), "/news-sitemap.xml"),
    ],
    ids=["linked", "taken-for-an-article", "atom", "usual-place", "sitemap"],
)
def test_a_home_page_leads_to_its_feed(desk, site, tmp_path, home, place):
    feed = site.pages.pop("/feed.xml")
    site.pages |= {"/": ("text/html", home), place: feed}
    if place == "/news-sitemap.xml":
        site.pages[place] = ("application/xml", NEWS_SITEMAP.format(site.address))
        site.pages["/robots.txt"] = ("text/plain", f"User-agent: *\nSitemap: http://{site.address}{place}\n")
    result = desk("add", "--json", "--source", "World", f"http://{site.address}/")
    (added,) = objects(result)
    assert (added["url"], added["found_at"]) == (f"http://{site.address}{place}", f"http://{site.address}/")
    assert (added["articles"], added["added"]) == (1, True)
    source = tomllib.loads((tmp_path / "writethru.toml").read_text())["sources"][-1]
    assert source == {"name": "World", "sitemaps" if "sitemap" in place else "feeds": [added["url"]]}
    said = desk("add", "--dry-run", f"http://{site.address}/").stderr
    assert f"found at http://{site.address}/: http://{site.address}{place}" in said


def test_an_article_and_a_page_with_rules_do_not_lead_to_a_feed(desk, site):
    site.pages |= {"/": ("text/html", HOME), "/world.xml": site.pages["/feed.xml"]}
    path = "/2026/11/25/harbour-closed.html"
    kind, text = site.pages[path]
    site.pages[path] = (kind, text.replace("</head>", f"{LINK}</head>"))
    (article,) = objects(desk("add", "--json", f"http://{site.address}{path}"))
    assert (article["kind"], article["found_at"]) == ("article", "")
    (page,) = objects(desk("add", "--json", "--pattern", "/2026/", f"http://{site.address}/"))
    assert (page["kind"], page["found_at"]) == ("page", "")


def test_a_section_page_with_articles_does_not_lead_to_the_feed_of_its_site(desk, site):
    links = "".join(f"<li><a href='/2026/11/25/story-{n}.html'>Story {n}</a></li>" for n in range(3))
    site.pages |= {"/politics": ("text/html", f"<title>Politics</title>{links}"), "/feed": site.pages["/feed.xml"]}
    (page,) = objects(desk("add", "--json", f"http://{site.address}/politics"))
    assert (page["kind"], page["articles"], page["found_at"]) == ("page", 3, "")


@pytest.mark.parametrize(
    ("kind", "text"), [("application/pdf", "%PDF-1.7 a report"), ("application/rss+xml", "No feed today")]
)
def test_a_document_that_is_no_page_is_not_watched(desk, site, kind, text):
    site.pages["/report"] = (kind, text)
    result = desk("add", f"http://{site.address}/report", code=1)
    assert f"not added: the server sent '{kind}', which is not a web page" in " ".join(result.stderr.split())
    assert "check the address" in result.stderr


@pytest.mark.parametrize(
    ("path", "page", "problem"),
    [
        ("/deep", ("text/html", "<div>" * 60_000), "nested deeper than"),
        ("/photo", ("image/png", "\x89PNG\r\n\x00\x00"), "not a web page, feed or sitemap"),
        ("/private", ("text/html", "<p>Hello</p>"), "does not let writethru fetch this page"),
        ("/login", 401, "requires a login"),
        ("/closed", 403, "does not let writethru read the page"),
    ],
)
def test_a_page_that_can_never_be_read_is_not_to_be_added_unread(desk, site, path, page, problem):
    site.pages |= {"/robots.txt": ("text/plain", "User-agent: *\nDisallow: /private\n"), path: page}
    said = desk("add", f"http://{site.address}{path}", code=1).stderr
    assert f"{path}: not added: " in said
    assert problem in said
    assert "--as" not in said
    assert "stop watching" not in said


def test_a_failed_feed_is_named_once(desk, site):
    site.pages["/feed.xml"] = ("application/rss+xml", "<rss><channel><item>")
    url = f"http://{site.address}/feed.xml"
    assert f"{url}: the feed's XML" in (line := desk("check", "--all", code=4).stdout)
    assert line.count(f"{url}: ") == 1
    assert desk("sources", "check", code=1).stdout.count(url) == 1
    assert desk("sources", "test", url, code=1).stderr.count(url) == 1


def test_add_of_a_private_address_says_what_would_help(desk, tmp_path, monkeypatch):
    monkeypatch.delenv("WRITETHRU_ALLOW_PRIVATE", raising=False)
    (tmp_path / "writethru.toml").write_text("")
    for address in ("http://10.0.0.1/news", "http://herald.example:9999/news"):
        said = desk("add", address, code=1).stderr
        assert "hint: give a public address" in said
        assert "allow_private = true" in said
        assert "--as" not in said


def test_init_writes_the_contact_that_is_given_and_keeps_the_comments(run, tmp_path):
    run("init", "plain")
    run("init", "mine", "--contact", 'desk "x" <me@example.org>')
    plain, mine = ((tmp_path / name / "writethru.toml").read_text().splitlines() for name in ("plain", "mine"))
    assert tomllib.loads("\n".join(mine))["contact"] == 'desk "x" <me@example.org>'
    assert [old for old, new in zip(plain, mine, strict=True) if old != new] == ['# contact = "newsdesk@example.org"']


def test_without_a_contact_the_first_article_comes_at_once(desk, site, tmp_path):
    config = tmp_path / "writethru.toml"
    config.write_text(config.read_text().replace('contact = "desk@example.org"', ""))
    kind, feed = site.pages["/feed.xml"]
    more = f"<item><link>http://{site.address}/2026/11/25/closed-to-us.html</link></item></channel>"
    site.pages["/feed.xml"] = (kind, feed.replace("</channel>", more))
    site.pages["/robots.txt"] = ("text/plain", "User-agent: *\nDisallow: /2026/11/25/closed-to-us.html\n")
    began = time.monotonic()
    said = desk("check", code=4).stderr
    assert time.monotonic() - began < 20
    assert "1 new" in said
