import tempfile
from pathlib import Path

import pytest

from tests.unit.render.samples import NOON
from tracker.cli.commands.sources_rules import lines
from tracker.cli.siterules import RuleFile, save
from tracker.errors import UsageError
from tracker.extraction.site_rules import SiteRules, load_rules
from tracker.model.habits import Habit, HabitKind
from tracker.render.text import cells

HERALD = RuleFile(Path("config/sites/herald.example.toml"), SiteRules(hosts=["herald.example"], drop=[".tips"]))
RULES = [(HERALD, ["herald.example", "www.herald.example"])]
HABITS = [
    Habit(HabitKind.HOUSE, "a", "Got a tip? \x1b[2JWrite to the news desk at any time of the day.", 5, NOON),
    Habit(HabitKind.VOLATILE, "b", "12 people read this", 1, NOON),
]


@pytest.mark.parametrize("width", [40, 80, None])
def test_all_of_it_is_said(width):
    shown = list(lines("Herald", RULES, HABITS, width))
    assert width is None or max(map(cells, shown)) <= width
    text = " ".join(" ".join(shown).split())
    assert "rules from config/sites/herald.example.toml, for herald.example, www.herald.example drop .tips" in text
    assert "(5 articles, learned on 25 Nov 2026)" in text
    assert "“12 people read this” (1 article, learned" in text
    assert "\x1b" not in text


def test_rules_are_saved_without_a_folder_for_temporary_files(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    path = save(tmp_path / "writethru.toml", "www.tribune.example", [("drop", ".tips")])
    assert load_rules(path) == SiteRules(hosts=("tribune.example",), drop=(".tips",))


def test_rules_that_cannot_be_used_leave_the_file_as_it_was(tmp_path):
    path = save(tmp_path / "writethru.toml", "tribune.example", [("drop", ".tips")])
    before = path.read_bytes()
    with pytest.raises(UsageError, match="not a valid CSS selector") as caught:
        save(tmp_path / "writethru.toml", "tribune.example", [("drop", "p:nth-child(")])
    assert (caught.value.resource, caught.value.hint) == (str(path), "nothing was written")
    assert path.read_bytes() == before


def test_nothing_is_said_so():
    text = "\n".join(lines("Herald", [], [], 80))
    assert "no rule files" in text
    assert "no house lines learned yet" in text
    assert "no volatile lines learned yet" in text
