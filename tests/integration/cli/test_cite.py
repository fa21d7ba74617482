"""`writethru cite` against a web site on loopback: articles are fetched, cited and changed."""

from pathlib import Path

import pytest

from tests.command_line import objects
from tests.integration.cli.conftest import Run, Site

BOATS = "three boats broke loose in the storm"
CRANE = "a crane has to be taken down"
PATH = "/2026/11/25/harbour-closed.html"


def address(site: Site, path: str = PATH) -> str:
    return f"http://{site.address}{path}"


def test_page_is_fetched_cited_and_followed(desk: Run, site: Site, tmp_path: Path):
    site.article("three", "/other/storm.html")
    url = address(site, "/other/storm.html")
    (added,) = objects(desk("--json", "cite", "add", BOATS, url, "--note", "my piece"))
    assert (added["state"], added["version"], added["exact"], added["note"]) == ("stands", 1, True, "my piece")
    assert url in (tmp_path / "writethru.toml").read_text(encoding="utf-8")
    site.article("five", "/other/storm.html")
    desk("check", "--all", "--no-pace")
    (listed,) = objects(desk("--json", "cite", "list"))
    assert {"quotation", "url", "article", "version", "state", "since"} <= set(listed)
    assert (listed["state"], listed["changed_in"], listed["url"], listed["quotation"]) == ("altered", 2, url, BOATS)
    assert "[-three-]{+five+} boats broke loose" in desk("cite", "show", "1").stdout
    assert desk("cite", "list", "--state", "stands").stdout == ""
    # It was there in the first version, and is found there.
    assert "already recorded" in desk("cite", "add", BOATS, url, "--note", "my piece").stdout
    assert "citation 2 recorded" in desk("cite", "add", BOATS, url, "--note", "my book").stdout
    desk("cite", "remove", "1")
    desk("cite", "remove", "2")
    assert desk("cite", "list").stdout == ""


@pytest.mark.parametrize(
    ("given", "code", "why"),
    [
        ("nobody at all was ever hurt by the storm", 1, "no stored version has the quotation"),
        ("harbour", 2, "2 passages of version 1 match"),
        ("", 2, "a quotation must have from 1 to 400 words"),
        ("word " * 401, 2, "a quotation must have from 1 to 400 words"),
    ],
)
def test_what_is_not_found_or_not_clear_is_not_recorded(desk: Run, site: Site, given: str, code: int, why: str):
    refused = desk("cite", "add", given, address(site), code=code)
    assert why in refused.stderr
    assert desk("cite", "list").stdout == ""


def test_one_of_several_places_is_chosen_by_its_number(desk: Run, site: Site):
    asked = desk("cite", "add", "harbour", address(site), code=2).stderr
    assert "2: …" in asked
    assert "recorded" in desk("cite", "add", "harbour", address(site), "--place", "2").stdout
    assert "there are 2" in desk("cite", "add", "harbour", address(site), "--place", "9", code=2).stderr


def test_words_that_differ_are_told(desk: Run, site: Site):
    shown = desk("cite", "add", "a huge crane has to be taken down", address(site)).stdout
    assert f"1 other word: “{CRANE}”" in shown
    assert CRANE in desk("cite", "list").stdout
    assert f"passage    “{CRANE}”" in desk("cite", "show", "1").stdout
    shown = desk("cite", "add", "Three Boats broke loose in the storm", address(site)).stdout
    assert f"punctuation or capitals differ: “{BOATS}”" in shown


def test_page_that_cannot_be_fetched_is_named_and_not_watched(desk: Run, site: Site, tmp_path: Path):
    before = (tmp_path / "writethru.toml").read_text(encoding="utf-8")
    refused = desk("cite", "add", BOATS, address(site, "/gone.html"), code=1)
    assert "the server answered 404" in refused.stderr
    desk("cite", "add", BOATS, "http://127.0.0.2:1/refused.html", code=1)
    assert (tmp_path / "writethru.toml").read_text(encoding="utf-8") == before
    assert "not configured" not in desk("sources", "list").stderr


def test_own_article_is_imported_and_what_is_not_found_is_named(desk: Run, site: Site, tmp_path: Path):
    piece = f"The paper said “{BOATS}” ([report]({address(site)})).\n\nIt said “no boat was lost” ({address(site)}).\n"
    (tmp_path / "piece.md").write_text(piece, encoding="utf-8")
    partly = desk("cite", "import", "piece.md", code=4)
    assert "not recorded: “no boat was lost”" in partly.stderr
    assert [each["quotation"] for each in objects(desk("--json", "cite", "list"))] == [BOATS]


@pytest.mark.parametrize("form", ["csv", "annotations"])
def test_exports_are_imported_again(desk: Run, site: Site, tmp_path: Path, form: str):
    desk("cite", "add", BOATS, address(site), "--note", "my piece")
    exported = desk("cite", "export", "--format", form).stdout_bytes
    (tmp_path / "exported").write_bytes(exported)
    desk("cite", "remove", "1")
    desk("cite", "import", "exported")
    (again,) = objects(desk("--json", "cite", "list"))
    assert (again["quotation"], again["url"], again["note"]) == (BOATS, address(site), "my piece")


def test_cited_article_stays_watched_when_it_leaves_the_configuration(desk: Run, site: Site, tmp_path: Path):
    site.article("three", "/other/storm.html")
    url = address(site, "/other/storm.html")
    desk("cite", "add", BOATS, url)
    file = tmp_path / "writethru.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(url, address(site)), encoding="utf-8")
    site.article("five", "/other/storm.html")
    desk("check", "--all", "--no-pace")
    (listed,) = objects(desk("--json", "cite", "list"))
    assert listed["state"] == "altered"
