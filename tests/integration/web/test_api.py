import os
from collections.abc import Iterator
from datetime import datetime

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator, FormatChecker
from schemathesis import GenerationMode
from starlette.applications import Starlette

from tests.integration.web.newsroom_archive import NOW, Kept
from tests.integration.web.test_pages import get_json, said, words
from tracker.archive.opening import open_archive
from tracker.web.api import ENDPOINTS, openapi
from tracker.web.app import build
from tracker.web.data import CachedArchive
from tracker.web.guard import Site
from tracker.web.operations import OPERATIONS

EXAMPLES = int(os.environ.get("WRITETHRU_EXAMPLES", "6"))


@pytest.fixture(scope="module")
def app(kept: Kept) -> Iterator[Starlette]:
    cache = CachedArchive(open_archive(kept.url, readonly=True))
    yield build(cache, Site(hosts=frozenset({"testserver"})), lambda: NOW)
    cache.archive.close()


@pytest.fixture(scope="module")
def described(app):
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


@pytest.mark.parametrize("endpoint", [each.template for each in ENDPOINTS])
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_one_that_is_described(described, endpoint, mode):
    operation = described[endpoint]["GET"]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
        database=None,
        derandomize=True,
    )
    def ask(case):
        case.call_and_validate()

    try:
        ask()
    except Unsatisfiable:
        # Nothing about it can be wrong: it takes no parameters.
        assert mode is GenerationMode.NEGATIVE


async def test_questions_of_no_sense_are_refused_and_all_others_listed(client, kept):
    ident = kept.articles["bridge"]
    for path in (
        f"/api/v1/articles/{ident}/diff",
        f"/api/v1/articles/{ident}/diff?from=1&to=x",
        f"/api/v1/articles/{ident}/diff?from=2&to=2",
        f"/api/v1/articles/{ident}/diff?from=1&from=2&to=3",
        "/api/v1/changes?kind=",
        "/api/v1/changes?limt=5",
        "/api/v1/articles?limit=0",
        "/api/v1/articles?limit=x",
        "/api/v1/search",
    ):
        answer = await client.get(path)
        assert answer.status_code == 400, path
        assert answer.json()["error"]["message"]
    for query, reason in (
        ("/changes?label=typo", "label must be one of headline, dek, "),
        ("/articles?limit=900", "limit must be a whole number from 1 to 200"),
        ("/changes?after=9", "after must be a text that matches ^"),
        ("/search?q=", "q must be a text that is not empty"),
    ):
        assert reason in (await get_json(client, f"/api/v1{query}", 400))["error"]["message"]
    for query in ("-x", "%0A", "%22"):
        answer = await client.get(f"/api/v1/search?q={query}")
        assert (answer.status_code, answer.json()["hits"]) == (200, [])
        assert answer.json()["problem"]
    page = await client.get("/api/v1")
    assert all(each.template in page.text for each in ENDPOINTS)
    assert "as written by <code>diff --json</code>." in page.text


async def test_the_descriptions_are_whole(client, kept):
    """Every key of every answer is described, with its type."""
    described = (await client.get("/api/v1/openapi.json")).json()
    for schema in described["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    formats = FormatChecker(())
    formats.checks("date-time", ValueError)(lambda at: at is None or datetime.fromisoformat(at))
    paths = {each.template.removeprefix("/api/v1"): each.template for each in ENDPOINTS}
    named = {"ident": kept.articles["bridge"], "n": 2, "name": ""}
    asked = {each: [each.format(**named)] for each in paths if "{name}" not in each}
    asked["/articles/{ident}/diff"] = [f"/articles/{named['ident']}/diff?from={n}&to={n + 1}" for n in (1, 2, 3, 4)]
    asked["/articles/{ident}/versions/{n}"] += [f"/articles/{ident}/versions/1" for ident in kept.articles.values()]
    asked["/articles/{ident}"] = [f"/articles/{ident}" for ident in kept.articles.values()]
    asked["/articles/{ident}/diff"] += [f"/articles/{named['ident']}/diff?from=4&to=1"]
    asked["/articles/{ident}/checks"] += [f"/articles/{named['ident']}/checks?limit=3"]
    asked["/articles"] += ["/articles?story=Narrows%20Bridge", "/articles?source=Inland%20Courier&limit=2"]
    asked["/alerts"] += ["/alerts?state=pending", "/alerts?state=dead"]
    asked["/search"] = ["/search?q=bridge", "/search?q=-x", "/search?q=bridge&in=removed&ranked=1"]
    asked["/changes"] += ["/changes?kind=headline&min_words=3"]
    asked["/sources/{name}"] = [
        f"/sources/{name}" for name in ("Inland%20Courier", "Broken%20Post", "The%20Harbor%20Ledger")
    ]
    asked["/stories/{name}"] = ["/stories/Narrows%20Bridge"]
    assert set(asked) == set(paths)
    for template, addresses in asked.items():
        responses = described["paths"][paths[template]]["get"]["responses"]
        expected = responses["200"]["content"]["application/json"]["schema"]
        check = Draft202012Validator(expected | {"components": described["components"]}, format_checker=formats)
        for address in addresses:
            answer = await client.get(f"/api/v1{address}")
            if answer.status_code == 200:
                check.validate(found := answer.json())
                assert found.pop("schema") == (2 if template.endswith(("/diff", "{n}")) else 1)
                assert any(found.values()), address
            else:
                assert "versions/1" in address, address


def test_a_closed_site_says_that_it_wants_a_token():
    described = openapi("https://news.example", closed=True)
    assert described["security"] == [{"token": []}]
    assert described["servers"] == [{"url": "https://news.example"}]
    templates = {each.template for each in ENDPOINTS} | {each.template for each in OPERATIONS}
    assert set(described["paths"]) == templates
    posts = [each["post"] for each in described["paths"].values() if "post" in each]
    assert len({each["operationId"] for each in posts}) == len(posts) == len(OPERATIONS)
    assert all(each["security"] == [{"token": []}] for each in posts)


FILTERED = ("/", "/changes", "/stories", "/sources/The%20Harbor%20Ledger", "/search?q=bridge", "/alerts")


def with_parameter(path: str, pair: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{pair}"


async def test_label_is_kind_by_the_name_of_the_command_line(client):
    for path in ("/changes.json", "/api/v1/changes", "/changes.atom"):
        everything, by_label, by_kind = [
            (await client.get(f"{path}{query}")).text for query in ("", "?label=correction", "?kind=correction")
        ]
        assert by_label.replace("label=", "kind=") == by_kind
        assert len(by_label) < len(everything)
    both = (await client.get("/changes.json?label=correction&kind=stealth")).json()
    assert both["given"] == {"kind": "correction"}
    assert (await client.get("/changes?label=nothing")).status_code == 400


@pytest.mark.parametrize("path", FILTERED)
async def test_an_unknown_parameter_of_a_list_is_named_and_not_ignored(client, path):
    answer = await client.get(with_parameter(path, "labels=correction"))
    assert (await client.get(with_parameter(path, "label=correction"))).status_code == 200
    assert answer.status_code == 400
    assert "labels: there is no such parameter" in answer.text
    assert "did you mean &#39;label&#39;?" in answer.text


async def test_feeds_and_json_name_an_unknown_parameter_too(client, kept):
    for path in (
        "/changes.json",
        "/changes.atom",
        "/search.atom?q=bridge",
        f"/articles/{kept.articles['bridge']}.atom",
    ):
        answer = await client.get(with_parameter(path, "outlet=Ledger"))
        assert answer.status_code == 400, path
        assert "there is no such parameter" in answer.text
    assert (await client.get("/changes?source=Ledger&source=Courier")).status_code == 400


async def test_unknown_parameters_of_others_are_ignored_and_a_source_takes_no_other(client):
    for path in (*FILTERED, "/changes.atom"):
        answer = await client.get(with_parameter(path, "utm_source=newsletter&fbclid=x"))
        assert answer.status_code == 200, path
    assert (await client.get("/sources/Inland%20Courier?source=The%20Harbor%20Ledger")).status_code == 400


LISTS = ("/", "/changes", "/stories", "/search?q=bridge", "/alerts", "/index.json", "/changes.json", "/changes.atom")


@pytest.mark.parametrize("path", [*LISTS, "/api/v1/changes", "/api/v1/articles"])
@pytest.mark.parametrize(("name", "near"), [("source", "Inland Couriers"), ("story", "Narrow Bridge")])
async def test_a_list_of_a_source_or_story_that_does_not_exist_is_an_error_that_says_so(client, path, name, near):
    answer = await client.get(with_parameter(path, f"{name}={near}"))
    assert answer.status_code == 404
    assert f"{near}: " in answer.text
    assert f"no such {name}" in answer.text
    assert "did you mean" in answer.text


@pytest.mark.parametrize("path", ["/feed", "/articles", "/articles/zzz/4...5"])
async def test_the_page_for_a_wrong_address_repeats_it_and_says_where_to_look(client, path):
    page = words(await said(client, path, 404))
    assert f"Nothing is at {path}." in page
    assert "search for words of the article" in page


@pytest.mark.parametrize("path", ["/articles/zzz", "/stories/Nothing"])
async def test_a_reader_of_the_pages_is_not_sent_to_the_command_line(client, path):
    page = words(await said(client, path, 404))
    assert "writethru log" not in page
    assert "writethru stories" not in page
    assert "look under Changes, Stories or Sources" in page


async def test_a_program_is_told_which_addresses_and_kinds_of_request_there_are(client):
    missing = (await get_json(client, "/api/v1/nothing", 404))["error"]
    assert missing["hint"] == "/api/v1/openapi.json describes every address of the API"
    assert (await get_json(client, "/articles/zzzz.json", 404))["error"]["status"] == 404
    unknown = (await get_json(client, "/api/v1/articles/zzz", 404))["error"]
    assert unknown["hint"].startswith("/api/v1/articles, ")
    answer = await client.delete("/")
    for_program = (await client.delete("/api/v1/counts")).json()["error"]
    assert for_program["hint"] == "This address accepts only these methods: GET, HEAD."
    assert (answer.status_code, "GET" in answer.headers["allow"]) == (405, True)
    assert "accepts only these methods" in answer.text
    assert "Check the address" not in answer.text


async def test_only_an_article_that_exists_is_linked_to_and_a_comparison_needs_both_texts(client, kept):
    page, long = (f"/articles/{kept.articles[name]}" for name in ("bridge", "long"))
    for path, status in ((f"{page}/99", 404), (f"{page}/1..99", 404), (f"{page}/3..3", 400)):
        assert f'<a href="{page}">All versions of this article</a>' in await said(client, path, status)
    for path in (f"{long}/3", f"{long}/3..4"):  # version 3 was taken out
        assert f'<a href="{long}">All versions of this article</a>' in await said(client, path, 404)
    for path in ("/articles/zzz", "/articles/zzz/3", "/articles/zzz/1..2"):
        assert "All versions of this article" not in await said(client, path, 404)
    page = f"/stories/Narrows%20Bridge/texts?left={kept.articles['bridge']}"
    assert "right: the parameter is missing" in words(await said(client, page, 400))


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59", "yesterday"])
async def test_a_time_that_no_clock_shows_is_refused(client, kept, time):
    path = f"/articles/{kept.articles['bridge']}/5/raw?at={time}"
    assert "at must be a time as in 2026-11-25T09:00:00Z" in words(await said(client, path, 400))


@pytest.mark.parametrize(
    ("path", "goal"),
    [
        ("/changes/?label=headline", "/changes?label=headline"),
        ("/articles/a%20b/", "/articles/a%20b"),
        ("/stories/", "/stories"),
        ("/sources/", "/sources"),
        ("/api/v1/stories/?after=1", "/api/v1/stories?after=1"),
        ("//other.example/", "/other.example"),
        ("/%5Cother.example/", "/%5Cother.example"),
    ],
)
async def test_a_slash_at_the_end_is_dropped_on_the_same_site(client, path, goal):
    """The address that the browser used is kept, https:// behind a proxy included, because only a path is named."""
    answer = await client.get(f"http://127.0.0.1:8766{path}")
    assert (answer.status_code, answer.headers["location"]) == (308, goal)
