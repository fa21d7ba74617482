"""The API answers as its description says, whatever it is asked."""

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
from tracker.web.api import ENDPOINTS, openapi
from tracker.web.app import build
from tracker.web.data import open_pages
from tracker.web.guard import Site
from tracker.web.operations import OPERATIONS

EXAMPLES = int(os.environ.get("WRITETHRU_EXAMPLES", "6"))


@pytest.fixture(scope="module")
def app(kept: Kept) -> Iterator[Starlette]:
    cache = open_pages(kept.url)
    yield build(cache, Site(hosts=frozenset({"testserver"})), lambda: NOW)
    cache.close()


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
    for words in ("-x", "%0A", "%22"):
        answer = await client.get(f"/api/v1/search?q={words}")
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
