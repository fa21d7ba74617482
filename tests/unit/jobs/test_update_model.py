import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tracker.jobs.cadence_signals import NO_SIGNAL
from tracker.jobs.curve import SHIPPED, Curve
from tracker.jobs.update_model import UpdateModel, from_json, to_json
from tracker.model.check import Tracked
from tracker.model.hint_tally import HintTally

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LEARNED = UpdateModel(
    Curve(alpha=0.5, sources={"s": 2.0}, hours={"s": [1.0] * 24}),
    {"s": 0.2},
    {"slow.test": 0.9},
    NOW - timedelta(days=1),
    700,
    NOW,
)


def article(source: str = "s", host: str = "s.test", **kwargs) -> Tracked:
    return Tracked(id="a7f3c0ffee12", source=source, url=f"https://{host}/a", host=host, first_seen_at=NOW, **kwargs)


def test_what_is_kept_comes_back():
    assert from_json(to_json(LEARNED)) == LEARNED
    assert from_json("") == UpdateModel()
    assert from_json(to_json(LEARNED), {"s": HintTally(1)}).tallies == {"s": HintTally(1)}


@pytest.mark.parametrize("text", ["[]", "{", '{"form": 9}', '{"form": 1, "curve": 3}', '{"form": 1, "curve": {}}'])
def test_what_another_release_kept_is_passed_over(text):
    assert from_json(text) == UpdateModel()


def test_what_an_older_release_kept_comes_back():
    text = (
        '{"form": 1, "curve": {"alpha": 0.5, "scale": 1.3, "sources": {"s": 2.0}, "hours": {"s": [1.0, 0.5]}}, '
        '"sources": {"s": 0.2}, "hosts": {"slow.test": 0.9}, "articles": 700, '
        '"fitted_at": "2026-11-24T12:00:00+00:00", "tried_at": null}'
    )
    curve = Curve(alpha=0.5, scale=1.3, sources={"s": 2.0}, hours={"s": [1.0, 0.5]})
    assert from_json(text) == replace(LEARNED, curve=curve, tried_at=None)


def test_a_constant_that_is_no_more_is_passed_over():
    data = json.loads(to_json(LEARNED))
    data["curve"]["mood"] = 1
    assert from_json(json.dumps(data)) == LEARNED


def test_a_source_with_a_budget_has_its_own_price_and_a_slow_host_a_higher_one():
    assert LEARNED.curve_for(article("other")) is LEARNED.curve
    assert LEARNED.curve_for(article()).threshold == 0.2
    assert LEARNED.curve_for(article(host="slow.test")).threshold == 0.9
    assert UpdateModel(SHIPPED, {}, {"slow.test": 0.001}).threshold("s", "slow.test") == SHIPPED.threshold


def test_a_hub_is_believed_as_far_as_its_source_was_right():
    told = article(told_at=NOW, listed_until=NOW + timedelta(hours=5))
    assert LEARNED.signal(article(), NOW) is NO_SIGNAL
    assert LEARNED.signal(told, NOW).recall == 0
    assert replace(LEARNED, tallies={"s": HintTally(90)}).signal(told, NOW).recall > 0.9


def test_it_is_learned_weekly_and_tried_daily_while_there_is_too_little():
    assert UpdateModel().due_for_a_fit(NOW)
    assert not UpdateModel(tried_at=NOW).due_for_a_fit(NOW + timedelta(hours=23))
    assert UpdateModel(tried_at=NOW).due_for_a_fit(NOW + timedelta(days=1))
    assert not LEARNED.due_for_a_fit(NOW + timedelta(days=6))
    assert LEARNED.due_for_a_fit(NOW + timedelta(days=7))
