"""The query parameters of lists: `label` as on the command line, and an answer to one that is not known."""

import pytest

FILTERED = ("/", "/changes", "/stories", "/sources/The%20Harbor%20Ledger", "/search?q=bridge", "/alerts")


def with_parameter(path: str, pair: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{pair}"


async def test_label_is_kind_by_the_name_of_the_command_line(opened):
    async with opened() as client:
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
async def test_an_unknown_parameter_of_a_list_is_named_and_not_ignored(opened, path):
    async with opened() as client:
        answer = await client.get(with_parameter(path, "labels=correction"))
        assert (await client.get(with_parameter(path, "label=correction"))).status_code == 200
    assert answer.status_code == 400
    assert "labels: there is no such parameter" in answer.text
    assert "did you mean &#39;label&#39;?" in answer.text


async def test_feeds_and_json_name_an_unknown_parameter_too(opened, kept):
    async with opened() as client:
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


async def test_what_other_sites_add_to_links_is_ignored(opened):
    async with opened() as client:
        for path in (*FILTERED, "/changes.atom"):
            answer = await client.get(with_parameter(path, "utm_source=newsletter&fbclid=x"))
            assert answer.status_code == 200, path


async def test_a_list_that_finds_nothing_says_if_its_source_does_not_exist(opened):
    async with opened() as client:
        for path in ("/", "/changes", "/stories", "/alerts"):
            page = (await client.get(with_parameter(path, "source=Ledgers"))).text
            assert "There is no source named “<bdi>Ledgers</bdi>”." in page, path
