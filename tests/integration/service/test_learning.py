"""Beliefs that are learned, priced and shown: a real archive with a log, a child process, the command line."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.archives import inline, new_archive_at
from tests.command_line import command
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article
from tracker.archive.commits import commit_check
from tracker.archive.memos import get_memo, save_memo
from tracker.archive.opening import open_archive
from tracker.config.root import Config
from tracker.config.tables import ServiceConfig, SourceConfig
from tracker.errors import TrackerError
from tracker.jobs.curve import SHIPPED
from tracker.jobs.update_model import MEMO, UpdateModel, from_json, to_json
from tracker.model.check import Check, CheckOutcome
from tracker.model.intent import Intent
from tracker.model.listing import Target
from tracker.service import refit, update_model_store
from tracker.service.update_model_store import UpdateModelStore

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BORN = NOW - timedelta(days=3)


def fill(store: Archive, articles: int) -> None:
    """Keep a log of *articles*, half of them of a source that updates often, half of one that hardly does."""
    dice = random.Random(5)
    for source, lively in (("fast", 0.5), ("slow", 0.06)):
        targets = [Target(f"https://{source}.test/{n}", published=BORN) for n in range(articles // 2)]
        for tracked in add_targets(store, source, targets, BORN):
            ages, intents = (0.0, 0.5, 1.5, 4.0, 12.0, 40.0), []
            for place, age in enumerate(ages):
                at = BORN + timedelta(hours=age)
                changed = dice.random() < lively / (1 + age / 6)
                outcome = CheckOutcome.CHANGED if place and changed else CheckOutcome.UNCHANGED
                due = NOW + timedelta(hours=3)
                intents.append(Intent(tracked.id, Check(tracked.id, at, outcome), 0, due))
            with store.write():
                for intent in intents:
                    commit_check(store, intent)
    with store.write() as connection:
        connection.run("UPDATE article SET versions = 1")


@pytest.fixture
def database(tmp_path: Path) -> str:
    return new_archive_at(tmp_path / "w.db")


async def test_it_learns_in_a_child_and_keeps_what_it_learned(database: str) -> None:
    with open_archive(database) as store:
        fill(store, 360)
        held = UpdateModelStore(inline(store))
        await held.load()
        await held.learn(database, NOW)
        kept = from_json(get_memo(store, MEMO))
        assert kept.gain is not None
        assert (kept.fitted_at is not None) == (kept.gain >= 0) == bool(kept.curve.sources)
        assert kept.articles == (360 if kept.fitted_at else 0)
        assert kept.curve.threshold == SHIPPED.threshold
        assert held.current.curve == kept.curve
        before = kept.tried_at
        await held.learn(database, NOW + timedelta(hours=12))
        assert from_json(get_memo(store, MEMO)).tried_at == before, "it is not time yet"


async def test_below_300_articles_the_shipped_constants_serve(database: str) -> None:
    with open_archive(database) as store:
        fill(store, 40)
        learned = refit.learned(store, UpdateModel(), NOW)
        assert learned == UpdateModel(tried_at=NOW)


async def test_what_goes_wrong_in_the_child_is_tried_again_in_a_day(database: str) -> None:
    with open_archive(database) as store:
        held = UpdateModelStore(inline(store))
        await held.learn("sqlite:////nowhere/at/all.db", NOW)
        assert held.current == UpdateModel(tried_at=NOW)
    with pytest.raises(TrackerError, match="fitting the update model failed: "):
        await refit.learn("sqlite:////nowhere/at/all.db", UpdateModel())


async def test_a_child_that_takes_too_long_is_ended(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refit, "MAX_FIT_SECONDS", 0.01)
    with pytest.raises(TrackerError, match="longer than"):
        await refit.learn(database, UpdateModel())


async def test_without_scipy_nothing_is_learned(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_model_store, "can_learn", lambda: False)
    with open_archive(database) as store:
        held = UpdateModelStore(inline(store))
        await held.learn(database, NOW)
        assert held.current == UpdateModel()
        assert get_memo(store, MEMO) == ""


async def test_the_price_moves_towards_the_budget_and_is_there_after_a_restart(database: str) -> None:
    config = Config(service=ServiceConfig(budget=0.05), sources=(SourceConfig(name="fast"), SourceConfig(name="slow")))
    with open_archive(database) as store:
        fill(store, 40)
        held = UpdateModelStore(inline(store))
        for _ in range(3):
            await held.price(config, NOW)
        price = held.current.curve.threshold
        assert price == pytest.approx(SHIPPED.threshold * 1.5**3)
        again = UpdateModelStore(inline(store))
        await again.load()
        assert again.current.curve.threshold == price


def run(*args: str) -> str:
    return command("stats", "cadence", *args).stdout


async def test_stats_cadence_shows_beliefs_budget_and_next_visits(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "writethru.toml").write_text(
        f'[archive]\ndatabase = "{database}"\n[service]\nbudget = "50/h"\n'
        '[[sources]]\nname = "fast"\nbudget = "20/h"\nfeeds = ["https://fast.test/feed"]\n[[sources]]\nname = "slow"\n'
    )
    with open_archive(database) as store:
        fill(store, 40)
        add_targets(store, "slow", [Target("https://slow.test/told")], NOW)
        touched = get_article(store, "https://slow.test/told")
        look = Intent(touched.id, Check(touched.id, NOW, CheckOutcome.CHANGED), 0, NOW, touched=True)
        commit_check(store, look)
        learned = UpdateModel(
            replace(SHIPPED, sources={"fast": 1.7, "slow": 0.2}), {"fast": 0.1}, {"slow.test": 0.4}, NOW, 360
        )
        save_memo(store, MEMO, to_json(learned), NOW)
    shown = run()
    assert "the budget is 50" in shown
    assert "from the checks of 360 articles" in shown
    assert "fast: updated 1.70 times as often as other sources; budget 20/h, threshold 0.1" in shown
    assert "right in 67% of the updates they report" in shown
    assert "(1 right, 0 wrong, 0 missed)" in shown
    assert "slow.test: its slow rate raises the threshold to 0.4" in shown
    assert "next checks" in shown
    told = json.loads(run("--json"))
    assert told["budget_an_hour"] == 50.0
    assert told["sources"]["slow"]["hub_precision"] == pytest.approx(2 / 3, abs=0.01)
    assert told["requests_an_hour"]["lists"] == 6.0
    assert told["next"]


async def test_the_policies_are_played_against_the_log(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WRITETHRU_DB", database)
    (tmp_path / "writethru.toml").write_text("")
    with open_archive(database) as store:
        assert "nothing to replay" in run("--replay")
        fill(store, 60)
    shown = run("--replay")
    for policy in ("equal loss", "fixed interval", "newsdiffs ladder", "exponential backoff", "share of age"):
        assert policy in shown
    # Colours are for a terminal, so that its width holds too.
    assert max(map(len, run("--replay", "--color", "always").splitlines())) <= 80 < max(map(len, shown.splitlines()))
    told = json.loads(run("--replay", "--json"))
    assert told["articles"] == 60
    assert told["updates"] > 10
    at_ten = {row["policy"]: row for row in told["results"] if (row["span"], row["checks_an_article"]) == ("A", 10.0)}
    assert at_ten["fixed interval"]["found_percent"] <= at_ten["equal loss"]["found_percent"] <= 100
    assert "against a check every hour, this schedule" in " ".join(run().split())
    assert json.loads(run("--json"))["beside_fixed_hour"]["articles"] == 60
