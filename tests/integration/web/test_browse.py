import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.archive_samples import content, intent, minutes, watch
from tests.archives import temporary_url
from tests.integration.stories.decided_stories import decided_stories
from tests.integration.web.conftest import ORIGIN, client_of
from tests.integration.web.newsroom_archive import NOW, OPENED, at, build, build_in, copied, store_article
from tests.postgres import Server
from tracker.archive.archive import Archive
from tracker.archive.articles import list_by_last_change, summarise_articles
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.search import stood_since
from tracker.archive.sources import summarise_sources
from tracker.archive.stories import get_story_book, save_readings
from tracker.archive.summaries import (
    labelled_of_source,
    largest_changes,
    latest_labelled,
    page_of_summaries,
    words_by_version,
)
from tracker.archive.versions import get_changes, get_version, get_versions, newest_row
from tracker.model.change import LabelKind, Op
from tracker.model.story import Home, StoryReading
from tracker.model.version import VersionQuery, VersionSummary
from tracker.service import story_list
from tracker.service.story_list import StoryLine, list_stories, newest_stories, stories_of
from tracker.service.story_timelines import gather
from tracker.stories.current_stories import current_stories
from tracker.web.guard import Site
from tracker.web.pages.changes import Filter, FilteredPage
from tracker.web.pages.stories import PLACE, place_text


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def browse(request, tmp_path_factory) -> Iterator[tuple[Archive, dict[str, str]]]:
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        kept = build_in(server.create(request.getfixturevalue("postgres_template")))
    else:
        kept = build(tmp_path_factory.mktemp("browse") / "w.db")
    with open_archive(kept.url, readonly=True) as archive:
        yield archive, kept.articles


def test_pages_follow_one_another_without_gap_or_repeat(browse):
    archive, _ = browse
    query = VersionQuery(changes_only=True)
    whole = page_of_summaries(archive, query, size=500)
    assert whole.after is None
    seen: list[VersionSummary] = []
    after = None
    while True:
        page = page_of_summaries(archive, query, after, size=7)
        seen += page.summaries
        after = page.after
        if after is None:
            break
    assert tuple(seen) == whole.summaries
    assert [each.seen for each in seen] == sorted((each.seen for each in seen), reverse=True)


def test_the_newest_and_the_largest_changes_are_listed_by_article(browse):
    archive, _ = browse
    everything = page_of_summaries(archive, VersionQuery(changes_only=True), size=500).summaries
    for name in ("The Harbor Ledger", "Inland Courier", "Broken Post"):
        mine = tuple(each for each in everything if each.source == name)
        for size in (1, 3, 200):
            page = page_of_summaries(archive, VersionQuery(source=name, changes_only=True), size=size)
            assert page.summaries == mine[:size]
            assert (page.after is None) is (len(mine) <= size)
    archive, articles = browse
    found = largest_changes(archive, OPENED, 4)
    assert len({each.article for each in found}) == len(found) == 4
    assert [each.words for each in found] == sorted((each.words for each in found), reverse=True)
    assert largest_changes(archive, NOW + timedelta(days=1)) == ()
    assert articles["bridge"] in {each.article for each in found}
    archive, articles = browse
    found = latest_labelled(archive, [LabelKind.CORRECTION, LabelKind.CLARIFICATION], 5)
    assert {each.article for each in found} == {articles[each] for each in ("budget", "hostile", "arabic")}
    silent = latest_labelled(archive, [LabelKind.NOT_NOTED], 5)
    assert len({each.article for each in silent}) == len(silent)
    assert all(LabelKind.NOT_NOTED in each.kinds for each in silent)
    assert latest_labelled(archive, [LabelKind.FLAP]) == ()
    assert newest_row(archive) >= 40


@pytest.mark.parametrize("kind", [LabelKind.CORRECTION, LabelKind.HEADLINE, LabelKind.INSERT, LabelKind.FLAP])
def test_the_newest_of_a_source_with_a_label(browse, kind):
    archive, _ = browse
    for name in ("The Harbor Ledger", "Inland Courier"):
        query = VersionQuery(source=name, kinds=(kind,), changes_only=True)
        whole = page_of_summaries(archive, query, size=500).summaries
        expected = {(each.article, each.n): each.seen for each in whole}
        found = labelled_of_source(archive, name, kind, 500)
        assert list(found.items()) == list(expected.items())
        # Of fewer articles only, but in the same order.
        first = list(labelled_of_source(archive, name, kind, 1).items())
        assert len(first) == min(len(whole), 1)
        assert set(first) <= expected.items()


def test_changes_and_versions_are_read_in_one_go(browse):
    archive, articles = browse
    bridge, long = articles["bridge"], articles["long"]
    found = get_changes(archive, [(bridge, 1), (bridge, 3), (bridge, 3), (long, 3), (long, 5), ("nobody", 2)])
    assert set(found) == {(bridge, 3), (long, 5)}
    assert "Five" in "".join(text for block in found[bridge, 3].blocks for op, text in block.hunks if op == "+")
    assert get_changes(archive, []) == {}
    wanted = [(bridge, 1), (bridge, 3), (long, 5)]
    versions = get_versions(archive, [*wanted, ("nobody", 2), (bridge, 99)])
    assert versions == {pair: get_version(archive, *pair) for pair in wanted}
    assert get_versions(archive, []) == {}


def test_since_when_an_error_had_stood(browse):
    archive, articles = browse
    budget, bridge = articles["budget"], articles["bridge"]
    led = get_changes(archive, [(budget, 2), (bridge, 3)])
    gone = {
        key: [block.old_text for block in made.blocks if block.op is Op.EDIT]
        for key, made in led.items()
    }  # fmt: skip
    found = stood_since(archive, gone | {("nobody", 2): ["x"]})
    # The first version of the budget was published before it was seen, the sentence on the bridge stood from the start.
    assert set(found) == {(budget, 2), (bridge, 3)}
    assert all(since <= NOW for since in found.values())
    assert stood_since(archive, {(budget, 2): ["nothing like it"]}) == {}
    assert stood_since(archive, {}) == {}


def test_sparks_count_the_words_of_each_version(browse):
    archive, articles = browse
    found = words_by_version(archive, [articles["bridge"], articles["bare"], "nobody"])
    assert len(found[articles["bridge"]]) == 5
    assert found[articles["bridge"]][0] == 0
    assert all(found[articles["bridge"]][1:])
    assert found[articles["bare"]] == found["nobody"] == ()


def test_sources_at_a_glance(browse):
    archive, _ = browse
    found = {each.name: each for each in summarise_sources(archive)}
    ledger, broken, resting = (found[name] for name in ("The Harbor Ledger", "Broken Post", "Resting Star"))
    assert (ledger.articles, ledger.changed, ledger.gone, ledger.hubs) == (8, 5, 1, 0)
    assert ledger.last_change is not None
    assert ledger.last_change > at(30)
    assert ledger.next_visit is not None
    assert (broken.hubs, broken.hubs_failing, broken.error) == (1, 1, "the host's name does not resolve")
    assert broken.last_ok is None
    assert resting.paused
    assert resting.next_visit is None
    assert summarise_sources(archive, "Broken Post") == [broken]
    assert summarise_sources(archive, "Nobody") == []


def test_articles_are_listed_by_source_and_in_a_few_words(browse):
    archive, articles = browse
    ledger = list_by_last_change(archive, source="The Harbor Ledger", limit=3)
    assert len(ledger) == 3
    assert all(each.source == "The Harbor Ledger" for each in ledger)
    assert list_by_last_change(archive, failing=True) == [], "a page that is gone does not fail"
    found = summarise_articles(archive, [articles["arabic"], articles["bare"], "nobody"])
    assert found[articles["arabic"]].title == "تأجيل الزيارة بعد العاصفة"
    assert found[articles["bare"]].title == "Not visited yet"
    assert found[articles["bare"]].last_change is None
    assert set(found) == {articles["arabic"], articles["bare"]}


NEW = '<strong class="unread">new</strong>'


def store_changes(url: str, count: int, name: str = "later") -> str:
    """Store an article with so many changes, and return its ID."""
    states = [(NOW + timedelta(minutes=n), b"x", content(n)) for n in range(1, count + 2)]
    return store_article(url, f"https://courier.example/{name}", states, "Inland Courier")


@pytest.fixture
def own(kept, tmp_path):
    return copied(kept, tmp_path / "w.db")


async def test_a_reader_who_did_not_ask_is_not_remembered_whatever_the_cookie_holds(own):
    async with client_of(own.url) as client:
        for path in ("/", "/changes", f"/articles/{own.articles['bridge']}"):
            page = await client.get(path)
            assert "set-cookie" not in page.headers
            assert NEW not in page.text
        for headers in ({}, {"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
            assert (await client.post("/read", data={"next": "/"}, headers=headers)).status_code == 403
    for cookie in ("x", "1.2.3", "999999999999999.1", "5." + "9" * 15, '"><script>'):
        async with client_of(own.url, cookies={"writethru-read": cookie}) as client:
            for path in ("/", "/changes?new=1", f"/articles/{own.articles['bridge']}"):
                assert (await client.get(path)).status_code == 200, cookie


async def test_what_came_since_is_new_until_it_is_opened(own):
    async with client_of(own.url) as client:
        (row,) = set(re.findall(r'name="row" value="(\d+)"', (await client.get("/")).text))
        marked = await client.post("/read", data={"row": row, "next": "//evil.example"}, headers=ORIGIN)
        assert (marked.status_code, marked.headers["location"]) == (303, "/")
        cookie = marked.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Nothing new since you last looked" in (await client.get("/")).text
        ident = store_changes(own.url, 3)
        page = (await client.get("/")).text
        assert "<strong>3 changes</strong> since you last looked" in page
        assert page.count(NEW) >= 3
        new = (await client.get("/changes.json?new=1")).json()["changes"]
        assert [(each["article"], each["version"]) for each in new] == [(ident, n) for n in (4, 3, 2)]
        await client.get(f"/articles/{ident}/2..3")
        assert (await client.get("/changes?new=1")).text.count(NEW) == 2
        assert (await client.get("/index.json")).json()["unread"] == 2
        await client.get(f"/articles/{ident}/1..4")
        assert NEW not in (await client.get("/changes")).text
        store_changes(own.url, 1, "latest")
        assert (await client.get("/changes")).text.count(NEW) == 1
        await client.post("/read", data={"next": "/changes"}, headers=ORIGIN)
        assert (await client.get("/index.json")).json()["unread"] == 0


async def test_an_account_is_known_in_every_browser(own):
    site = Site(header="x-remote-user")
    headers = {"x-remote-user": "ana@example.org"}
    async with client_of(own.url, site, headers=headers, web={"marks": own.url}) as client:
        await client.post("/read", headers=ORIGIN, data={"next": "/"})
    store_changes(own.url, 2)
    for user, count in (("ana@example.org", 2), ("ben@example.org", 0)):
        async with client_of(own.url, site, headers={"x-remote-user": user}) as client:
            assert (await client.get("/index.json")).json()["unread"] == count


async def test_every_list_is_filtered(client, kept):
    bridge = kept.articles["bridge"]
    for path in ("/changes", "/", "/sources/The%20Harbor%20Ledger", "/stories", "/alerts", "/search?q=bridge"):
        page = (await client.get(path)).text
        assert all(f'name="{name}"' in page for name in ("kind", "story", "min_significance", "verdict")), path
        joined = "&" if "?" in path else "?"
        for wrong in ("kind=x", "min_words=x", *(f"min_significance={each}" for each in ("2", ".", "1e0", "1.5"))):
            assert (await client.get(f"{path}{joined}{wrong}")).status_code == 400, (path, wrong)
    changes = "/api/v1/changes"
    story = (await client.get(f"{changes}?story=Narrows%20Bridge")).json()["changes"]
    assert {each["article"] for each in story} == {bridge}
    both = (await client.get(f"{changes}?story=Narrows%20Bridge&source=The%20Harbor%20Ledger")).json()["changes"]
    assert [each["version"] for each in both] == [each["version"] for each in story] == [5, 4, 3, 2]
    weighty = (await client.get(f"{changes}?min_significance=high")).json()["changes"]
    assert weighty
    assert all(each["significance"] == "high" for each in weighty)
    # As clients and bookmarks of release 0.1 ask.
    assert (await client.get(f"{changes}?min_significance=0.8")).json()["changes"] == weighty
    silent = [(await client.get(f"{changes}?label={word}")).json()["changes"] for word in ("not-noted", "stealth")]
    assert silent[0] == silent[1] != []
    assert len(weighty) < len((await client.get(changes)).json()["changes"])
    one = (await client.get("/sources/The%20Harbor%20Ledger.json?kind=correction")).json()["changes"]
    assert all("correction" in {label["kind"] for label in each["change"]["labels"]} for each in one)
    assert one
    start = (await client.get("/index.json?kind=headline")).json()
    assert start["newest"]
    assert not start["largest"]
    assert (await client.get("/stories.json?story=Narrows%20Bridge")).json()["stories"]
    assert not (await client.get("/stories.json?kind=flap")).json()["stories"]
    hits = (await client.get("/search.json?q=bridge")).json()["hits"]
    unnoted = (await client.get("/search.json?q=bridge&kind=not-noted&story=Narrows%20Bridge")).json()["hits"]
    assert 0 < len(unnoted) < len(hits)
    alerts = (await client.get("/alerts.json?story=Narrows%20Bridge")).json()["alerts"]
    assert len(alerts) < len((await client.get("/alerts.json")).json()["alerts"])


@pytest.fixture(scope="module", params=range(6))
def url(request: pytest.FixtureRequest) -> str:
    return decided_stories(int(request.param))


@pytest.fixture
def archive(url: str) -> Iterator[Archive]:
    with open_archive(url, readonly=True) as opened:
        yield opened


def test_the_newest_stories_are_those_of_the_whole_list(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story_list, "MAX_MEMBERSHIPS_AT_ONCE", 0)
    monkeypatch.setattr(story_list, "ARTICLES_PER_STORY", 1)
    whole = list_stories(archive)
    for size in range(1, len(whole) + 2):
        newest = newest_stories(archive, size)
        assert (list(newest.lines), newest.more) == (whole[:size], max(len(whole) - size, 0))
        for one, other in zip(newest.lines, whole, strict=False):
            assert gather(archive, one.settled, one.ident, most=1) == gather(archive, other.settled, one.ident, most=1)


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("at_once", [0, 1000])
def test_pages_of_stories_together_are_the_whole_list(
    archive: Archive, size: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story_list, "MAX_MEMBERSHIPS_AT_ONCE", at_once)
    monkeypatch.setattr(story_list, "ARTICLES_PER_STORY", 1)
    whole = list_stories(archive)
    found: list[StoryLine] = []
    after = None
    while True:
        page = newest_stories(archive, size, after)
        found += page.lines
        assert page.more == len(whole) - len(found)
        after = page.after
        if after is None:
            break
        assert re.fullmatch(PLACE, place_text(after))
    assert found == whole


async def test_articles_are_found_by_every_story_of_the_list(url: str, archive: Archive) -> None:
    async with client_of(url) as client:
        for each in list_stories(archive):
            found = (await client.get("/api/v1/articles", params={"story": each.ident, "limit": "200"})).json()
            assert len(found["articles"]) == each.articles
            assert (await client.get(f"/stories/{each.ident}.atom")).status_code == 200


async def test_the_pages_lead_on_and_their_json_does_too(url: str, archive: Archive, monkeypatch) -> None:
    monkeypatch.setattr("tracker.web.pages.stories.MAX_STORIES", 3)
    whole = [each.ident for each in list_stories(archive)]
    async with client_of(url) as client:
        for path in ("/stories.json", "/api/v1/stories"):
            found, following = [], path
            while following:
                assert following.partition("?")[0] == path
                value = (await client.get(following)).json()
                found += [each["ident"] for each in value["stories"]]
                assert value["more"] == len(whole) - len(found)
                following = value["next"]
            assert found == whole, path
        html = (await client.get("/stories")).text
        (link,) = re.findall(r'<a href="([^"]+)" rel="next">', html)
        assert (await client.get(link)).status_code == 200
        for wrong in ("1", "1-2-", "x-1-Storm"):
            assert (await client.get(f"/stories?after={wrong}")).status_code == 400


def test_the_next_page_has_the_same_filters() -> None:
    page = FilteredPage(Filter(kind="correction"), "1764000000000-100-Storm", "/stories")
    assert page.next == "?kind=correction&after=1764000000000-100-Storm"


def test_the_stories_of_some_articles_are_those_of_the_whole_list(archive: Archive) -> None:
    whole, members = list_stories(archive), current_stories(get_story_book(archive)).of_article
    articles = sorted(members)[::5]
    stories = {story for each in articles for story in members[each]}
    assert stories_of(archive, articles) == [each for each in whole if each.ident in stories]


def test_a_name_that_looks_like_an_id_is_no_other_story(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story_list, "MAX_MEMBERSHIPS_AT_ONCE", 0)
    with open_archive(temporary_url()) as archive:
        first = watch(archive, stories=("Ferry",))
        second, third = (watch(archive, f"https://herald.example/{n}", stories=(first.id,)) for n in (1, 2))
        for each in (first, second, third):
            commit_check(archive, intent(each, 1, minutes(1)))
        homes = [Home(each.id, first.id) for each in (first, second, third)]
        save_readings(archive, [StoryReading(home.article, 1, minutes(1), homes=(home,)) for home in homes])
        whole, newest = list_stories(archive), newest_stories(archive, 5)
        assert (list(newest.lines), newest.more) == (whole, 0)
