"""The query parameters of lists: `label` as on the command line, and an answer to one that is not known."""

import pytest

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


async def test_what_other_sites_add_to_links_is_ignored(client):
    for path in (*FILTERED, "/changes.atom"):
        answer = await client.get(with_parameter(path, "utm_source=newsletter&fbclid=x"))
        assert answer.status_code == 200, path


LISTS = ("/", "/changes", "/stories", "/search?q=bridge", "/alerts", "/index.json", "/changes.json", "/changes.atom")


@pytest.mark.parametrize("path", [*LISTS, "/api/v1/changes", "/api/v1/articles"])
@pytest.mark.parametrize(("name", "near"), [("source", "Inland Couriers"), ("story", "Narrow Bridge")])
async def test_a_list_of_a_source_or_story_that_does_not_exist_is_an_error_that_says_so(client, path, name, near):
    answer = await client.get(with_parameter(path, f"{name}={near}"))
    assert answer.status_code == 404
    assert f"{near}: " in answer.text
    assert f"no such {name}" in answer.text
    assert "did you mean" in answer.text


async def test_the_page_of_a_source_takes_no_other_source(client):
    assert (await client.get("/sources/Inland%20Courier?source=The%20Harbor%20Ledger")).status_code == 400
