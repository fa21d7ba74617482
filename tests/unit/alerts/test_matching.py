from dataclasses import replace
from typing import Any

import pytest

from tests.alert_samples import rule
from tracker.alerts.matching import match_rules
from tracker.alerts.payload import version_alert
from tracker.model.article import Article, NoticeKind
from tracker.model.change import BlockChange, Change, Field, Label, LabelKind, NoticeChange, Op
from tracker.service.sample_alerts import sample


def told(kind: str = "correction", change: Change | None = None, **conditions: Any) -> bool:
    version, previous = sample(kind)
    if change is not None:
        version = replace(version, change=change)
    return bool(match_rules([rule(**conditions)], version, previous, link=""))


def test_a_rule_without_conditions_matches_every_change():
    version, previous = sample("correction")
    (alert,) = match_rules([rule()], version, previous, link="")
    assert (alert.rule, alert.target, alert.article, alert.version) == ("R", "desk", version.article, 2)
    assert alert.payload["id"] == alert.key


def test_each_rule_sends_one_alert_to_each_of_its_targets():
    version, previous = sample("update")
    rules = [rule(to=["desk", "chat", "desk"]), rule(name="S", to=["desk"])]
    alerts = match_rules(rules, version, previous, link="")
    assert [(a.rule, a.target) for a in alerts] == [("R", "desk"), ("R", "chat"), ("S", "desk")]
    assert len({a.key for a in alerts}) == 3


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"sources": ["sample"]}, True),
        ({"sources": ["Herald", "sample"]}, True),
        ({"sources": ["Herald"]}, False),
        ({"stories": ["Bridge"]}, False),
        ({"urls": [r"/2026/harbour"]}, True),
        ({"urls": [r"^harbour"]}, False),
        ({"labels": ["number", "quote"]}, True),
        ({"labels": ["headline"]}, False),
        ({"min_words": 2}, True),
        ({"min_words": 3}, False),
        ({"added": r"21,000"}, True),
        ({"added": r"gave a wrong .* not 12,000"}, True),
        ({"added": r"zero"}, False),
        ({"added": r"\d+,000 vehicles"}, True),
        ({"added": r"port authority"}, False),
        ({"added": r"wrong number"}, True),
        ({"removed": r"About 12"}, True),
        ({"removed": r"21,000"}, False),
        ({"labels": ["number"], "added": r"nothing of the kind"}, False),
    ],
)
def test_every_condition_that_is_given_must_hold(conditions, expected):
    assert told(**conditions) is expected


def test_unchanged_text_is_neither_added_nor_removed():
    assert told("silent", added="21,000")
    assert not told("silent", added="12,000")
    assert told("silent", removed="12,000")
    assert not told("silent", removed="vehicles cross")


def test_stories_are_those_of_the_article():
    version, previous = sample("correction")
    version = replace(version, stories=("Bridge", "Harbour"))
    assert match_rules([rule(stories=["Harbour"])], version, previous, link="")


def test_headline_dek_and_byline_count_as_text():
    assert told("headline", added="for a month")
    assert not told("headline", added="Harbour bridge")
    byline = Change(byline=Field("A. One", "B. Two", (("-", "A. One"), ("+", "B. Two"))))
    assert told(change=byline, added="B. Two")


def test_a_notice_that_goes_away_is_removed_text():
    gone = Change(notices=(NoticeChange(NoticeKind.CORRECTION, "Correction: not so", Op.DELETE),))
    assert told(change=gone, removed="not so")
    assert not told(change=gone, added="not so")
    kept = replace(gone.notices[0], op=Op.SAME)
    assert not told(change=Change(title=Field("a", "b", (("-", "a"), ("+", "b"))), notices=(kept,)), added="not so")


def test_an_empty_change_matches_no_rule():
    assert not told(change=Change())
    assert not told(change=Change(blocks=(BlockChange(Op.SAME, 0, 0, (("=", "x"),)),), labels=()))
    version, _ = sample("correction")
    assert not match_rules([rule()], version, version.content, link="")


@pytest.mark.parametrize("back", [(), (LabelKind.FLAP,), (LabelKind.RESTORED,)])
def test_a_cosmetic_change_matches_only_rules_that_name_it(back: tuple[LabelKind, ...]):
    labels = tuple(Label(kind, "a b → a  b") for kind in (*back, LabelKind.COSMETIC))
    cosmetic = replace(sample("silent")[0].change or Change(), labels=labels)
    assert not told(change=cosmetic)
    assert told(change=cosmetic, labels=["cosmetic"])


def test_a_first_version_matches_only_rules_that_ask_for_it():
    version, _ = sample("correction")
    first = replace(version, n=1, change=None, previous_seen=None)

    def meets(**conditions: Any) -> bool:
        return bool(match_rules([rule(**conditions)], first, None, link=""))

    assert not meets()
    assert meets(first_version=True)
    assert meets(first_version=True, labels=["correction"], min_words=10, added="crack in the third")
    assert meets(first_version=True, added="Harbour bridge closed")
    others: list[dict[str, Any]] = [{"min_words": 500}, {"added": "nowhere"}, {"removed": "x"}, {"sources": ["Herald"]}]
    assert not any(meets(first_version=True, **conditions) for conditions in others)


def test_a_page_taken_down_matches_although_no_text_changed():
    version, _ = sample("correction")
    event = replace(version, change=Change(labels=(Label(LabelKind.UNPUBLISHED, "the page is gone"),)))
    named: dict[str, Any] = {"event": "unpublished:2026-01-01T12:00:00+00:00"}
    (alert,) = match_rules([rule(labels=["unpublished"])], event, event.content, link="", **named)
    assert alert.payload["type"] == "article.unpublished"
    assert alert.payload["previous_version"] is None
    assert not match_rules([rule(min_words=1)], event, event.content, link="", **named)
    (again,) = match_rules([rule()], event, event.content, link="", event="unpublished:2026-01-02T12:00:00+00:00")
    assert again.key != alert.key


def test_the_key_depends_on_all_that_makes_an_alert_and_on_nothing_else():
    version, previous = sample("correction")
    base = version_alert("R", "desk", version, previous, link="")
    assert version_alert("R", "desk", version, previous, link="") == base
    assert version_alert("R", "desk", replace(version, signature="x"), None, link="http://other").key == base.key
    others = [
        version_alert("S", "desk", version, previous, link=""),
        version_alert("R", "chat", version, previous, link=""),
        version_alert("R", "desk", replace(version, n=3), previous, link=""),
        version_alert("R", "desk", replace(version, article="x"), previous, link=""),
        version_alert("R", "desk", replace(version, content=Article(title="x")), previous, link=""),
        version_alert("R", "desk", version, previous, link="", event="restored"),
        version_alert("R", "desk", version, previous, link="", salt="1"),
    ]
    assert len({alert.key for alert in [base, *others]}) == 8
    assert all(alert.key.isascii() and alert.key.replace("_", "").isalnum() for alert in others)
