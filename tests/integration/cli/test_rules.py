"""sources rules and sources test: what is in force, and rules written for an outlet."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.archive_samples import NOW, intent, minutes
from tests.archives import archive_at
from tests.command_line import objects
from tracker.archive.articles import add_targets
from tracker.archive.commits import commit_check
from tracker.config.file import own_folder, rule_folders, shipped_config
from tracker.extraction.learned_boilerplate import line_key
from tracker.extraction.site_rules import load_rules
from tracker.model.source import Habit, HabitKind, Target

from .conftest import ARTICLE

SITE = "/2026/11/25/harbour-closed.html"
PROMO = "<p class='tips'>The Herald keeps a list of every ferry that sails today, and you should read it.</p>"


@pytest.fixture
def address(desk, site):
    kind, text = site.pages[SITE]
    site.pages[SITE] = (kind, text.replace("</article>", PROMO + "</article>"))
    return f"http://{site.address}{SITE}"


def page(tmp_path: Path) -> str:
    (tmp_path / "page.html").write_text(ARTICLE.format(count="two").replace("</article>", PROMO + "</article>"))
    return "page.html"


def editorial(found: dict[str, Any]) -> str:
    return " ".join(block["text"] for block in found["content"]["blocks"] if block["editorial"])


def test_every_field_names_its_source(desk, address):
    shown = desk("sources", "test", address).stdout
    assert "title      Harbour closed [h1]" in shown
    assert "byline     Ada Lark [" in shown
    assert "no rules for 127.0.0.1" in shown
    assert "The harbour was closed" in shown


@pytest.mark.parametrize(
    ("part", "there", "missing"),
    [
        ("text", "By Ada Lark", "paragraph  "),
        ("meta", "title ", "three boats"),
        ("classes", "  paragraph ", "title "),
        ("removed", "left out: ", "three boats"),
        ("rules", "no rules for", "three boats"),
    ],
)
def test_parts(desk, address, part, there, missing):
    shown = desk("sources", "test", address, "--show", part).stdout
    assert there in shown
    assert missing not in shown
    assert "there is no such part" in desk("sources", "test", address, "--show", "all", code=2).stderr


def test_a_saved_rule_is_in_force_and_the_service_uses_it(desk, address, tmp_path):
    (before,) = objects(desk("sources", "test", address, "--json"))
    assert "list of every ferry" in editorial(before)
    (after,) = objects(desk("sources", "test", address, "--json", "--save-rule", "drop=.tips"))
    assert "list of every ferry" not in editorial(after)
    assert after["rules"]["entries"] == [["drop", ".tips"]]
    assert Path(after["saved"]) == Path("sites/127.0.0.1.toml")
    assert load_rules(tmp_path / "sites" / "127.0.0.1.toml").drop == (".tips",)
    desk("check", "--source", "Herald")
    (version,) = objects(desk("log", "--json"))
    assert "list of every ferry" not in desk("show", version["article"]).stdout
    assert "rules from sites/127.0.0.1.toml" in desk("sources", "test", address).stdout


def test_a_rule_extends_its_file_and_keeps_the_comments(desk, address, tmp_path):
    (tmp_path / "sites").mkdir()
    file = tmp_path / "sites" / "local.toml"
    file.write_text('# ours\nhosts = ["127.0.0.1"]\ndrop = [\n    ".a",  # ads\n]\n# the end\n')
    desk("sources", "test", address, "--save-rule", "drop=.tips", "--save-rule", r"promo=^More \d+")
    text = file.read_text()
    assert text.startswith('# ours\nhosts = ["127.0.0.1"]\n')
    assert "# ads" in text
    assert "# the end" in text
    assert (load_rules(file).drop, load_rules(file).promo) == ((".a", ".tips"), (r"^More \d+",))
    desk("sources", "test", address, "--save-rule", "drop=.tips")
    assert file.read_text() == text


@pytest.mark.parametrize(
    ("rule", "code", "said"),
    [
        ("drop=p[", 2, "is not a valid CSS selector"),
        ("promo=(", 2, "is not a usable regular expression"),
        ("hosts=example.org", 2, "not a valid rule"),
        ("drop", 2, "write KEY=VALUE"),
        ("drop= ", 2, "not a valid rule"),
    ],
)
def test_a_rule_that_cannot_be_used_is_not_written(desk, address, tmp_path, rule, code, said):
    assert said in desk("sources", "test", address, "--save-rule", rule, code=code).stderr
    assert not (tmp_path / "sites").exists()


def test_rules_are_for_articles(desk, site):
    result = desk("sources", "test", f"http://{site.address}/feed.xml", "--save-rule", "drop=.x", code=2)
    assert "this is a feed, not an article" in result.stderr


def test_a_saved_page_needs_an_address_for_its_rules(run, tmp_path):
    name = page(tmp_path)
    assert "give it with --url" in run("sources", "test", name, "--save-rule", "drop=.tips", code=2).stderr
    (found,) = objects(
        run("sources", "test", name, "--url", "https://www.herald.example/a", "--save-rule", "drop=.tips", "--json")
    )
    assert "list of every ferry" not in editorial(found)
    assert load_rules(Path(found["saved"])).hosts == ("herald.example",)


def test_rules_lie_beside_the_configuration(tmp_path):
    config = tmp_path / "writethru.toml"
    assert rule_folders(config) == (shipped_config() / "sites",)
    assert own_folder(config) == tmp_path / "sites"
    (tmp_path / "sites").mkdir()
    assert rule_folders(config) == (tmp_path / "sites", shipped_config() / "sites")
    (tmp_path / "config" / "sites").mkdir(parents=True)
    assert rule_folders(config) == (tmp_path / "config" / "sites", shipped_config() / "sites")


def test_the_first_own_rule_of_an_outlet_begins_with_the_shipped_ones(run, tmp_path, monkeypatch):
    shipped = tmp_path / "shipped" / "sites"
    shipped.mkdir(parents=True)
    (shipped / "wire.toml").write_text('hosts = ["wire.example"]\ndrop = [".ad"]\n')
    (shipped / "herald.toml").write_text('hosts = ["herald.example"]\nkeep = [".key"]\n')
    monkeypatch.setattr("tracker.config.file.shipped_config", lambda: shipped.parent)
    run("sources", "test", page(tmp_path), "--url", "https://herald.example/a", "--save-rule", "drop=.tips")
    own = own_folder()
    assert [path.name for path in own.glob("*")] == ["herald.toml"]
    assert rule_folders() == (own, shipped)
    assert (load_rules(own / "herald.toml").keep, load_rules(own / "herald.toml").drop) == ((".key",), (".tips",))
    assert (shipped / "herald.toml").read_text() == 'hosts = ["herald.example"]\nkeep = [".key"]\n'


def learn(url: str) -> None:
    with archive_at(Path("writethru.db")) as store:
        (tracked,) = add_targets(store, "Herald", [Target(url, "")], NOW, ())
        learned = (
            Habit(HabitKind.HOUSE, "0" * 16, "Got a tip? \x1b[2JWrite to us.", 5, NOW + timedelta(minutes=2)),
            Habit(HabitKind.VOLATILE, "1" * 16, "12 people read this", 1, NOW),
        )
        commit_check(store, intent(tracked, 1, minutes(1), habits=learned))


def test_sources_rules_shows_rules_and_learned_lines(desk, address, tmp_path):
    learn(address)
    desk("sources", "test", address, "--save-rule", "drop=.tips")
    rows = [line.split("\t") for line in desk("sources", "rules", "Herald").stdout.splitlines()]
    assert rows[0] == ["drop", ".tips", "", "", "sites/127.0.0.1.toml"]
    assert rows[1] == ["house", "Got a tip? ␛[2JWrite to us.", "5", "2026-11-25", ""]
    hand, house, volatile = objects(desk("sources", "rules", "Herald", "--json"))
    assert (hand["origin"], hand["file"], hand["hosts"]) == ("file", "sites/127.0.0.1.toml", ["127.0.0.1"])
    assert (house["origin"], house["articles"], house["learned"]) == ("learned", 5, "2026-11-25T09:02:00Z")
    assert volatile["kind"] == "volatile"


def test_sources_rules_of_an_unknown_source(desk):
    assert "did you mean 'Herald'?" in desk("sources", "rules", "Heral", code=2).stderr


def test_sources_rules_without_a_configuration(kept):
    assert kept("sources", "rules", "Herald", "--json").stdout == ""
    assert "Nothing to list." in kept("sources", "rules", "Herald").stderr


def test_a_learned_line_is_left_out_on_trial(desk, address):
    line = "Ferries to the outer islands stayed in port, and the market on the quay was called off for the day."
    with archive_at(Path("writethru.db")) as store:
        (tracked,) = add_targets(store, "Herald", [Target(address, "")], NOW, ())
        commit_check(
            store, intent(tracked, 1, minutes(1), habits=(Habit(HabitKind.HOUSE, line_key(line), line, 5, NOW),))
        )
    (found,) = json.loads(f"[{desk('sources', 'test', address, '--json').stdout}]")
    (block,) = [b for b in found["content"]["blocks"] if b["text"] == line]
    assert block["reason"].startswith("house line")
