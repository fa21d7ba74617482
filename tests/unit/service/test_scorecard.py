from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model.article import Article, Notice, NoticeKind
from tracker.model.change import BlockChange, Change, Field, Label, LabelKind, NoticeChange, Op
from tracker.model.source import Scorecard, Share, Unseen, median_hours
from tracker.model.version import Version
from tracker.model.watch import Check, CheckOutcome, Remark
from tracker.service.scorecard import headline_only, moved_alone, scorecard, visit_gaps

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
EDIT = (BlockChange(Op.EDIT, 0, 0, (("-", "a"), ("+", "b"))),)
SAME = (BlockChange(Op.SAME, 0, 0, (("=", "a"),)),)


def version(n: int, change: Change | None = None, *, article: str = "a", **content: Any) -> Version:
    made = Article(**{"published": NOON, "modified": NOON, **content})
    return Version(article, n, "https://x.example/a", NOON + timedelta(hours=n), made, "1", "0" * 64, change=change)


def change(*kinds: LabelKind, announced: bool | None = False, **parts: Any) -> Change:
    labels = tuple(Label(kind, "x") for kind in kinds)
    return Change(**{"blocks": EDIT, "labels": labels, "announced": announced, **parts})


def test_nothing_gives_no_shares():
    assert scorecard([]) == Scorecard()
    assert median_hours(()) is None
    assert Share().share is None


def test_hours_to_correction_with_counts():
    correct = change(LabelKind.CORRECTION, announced=True)
    found = scorecard(
        [
            version(1, notices=(Notice(NoticeKind.CORRECTION, "x"),)),
            version(2, correct),
            version(4, correct),
            version(9, correct),
            version(3, correct, published=None),
            version(3, correct, published=NOON + timedelta(days=9)),
        ]
    )
    assert found.correction_hours == (2.0, 4.0, 9.0)
    assert median_hours(found.correction_hours) == 4.0
    assert (found.undated_corrections, found.early_corrections) == (2, 1)


def test_the_publishers_clock():
    later = NOON + timedelta(minutes=5)
    form = change(LabelKind.COSMETIC, announced=None)
    found = scorecard(
        [
            version(1),
            version(2, change()),
            version(3, change(), modified=later),
            version(4, form, modified=later + timedelta(minutes=1)),
            version(5, change(), modified=None),
            version(6, change()),
        ]
    )
    assert found.clock_still == Share(1, 3)
    assert found.clock_for_form == Share(1, 1)


def test_flaps_and_removed_versions_are_in_no_share():
    gone = replace(version(3, change()), removed="asked to")
    found = scorecard([version(1), version(2, change(LabelKind.FLAP)), gone])
    assert (found.flaps, found.headline_only) == (1, Share(0, 0))


def test_headline_only_means_the_headline_and_nothing_else():
    title = Field("a", "b")
    assert headline_only(Change(title=title, blocks=SAME))
    assert headline_only(Change(title=title, blocks=EDIT, layout_only=True))
    assert not headline_only(Change(title=title, blocks=EDIT))
    assert not headline_only(Change(title=title, dek=title, blocks=SAME))
    assert not headline_only(Change(title=title, notices=(NoticeChange(NoticeKind.UPDATE, "x", Op.INSERT),)))
    assert not headline_only(Change(blocks=SAME))
    assert scorecard([version(1), version(2, change(title=title, blocks=SAME))]).headline_only == Share(1, 1)


def test_a_clock_that_moves_alone_is_counted_once_for_each_time_it_shows():
    def check(minute: int, remark: Remark | None, subject: str = "") -> Check:
        at = datetime(2026, 11, 25, 9, minute, tzinfo=UTC)
        return Check("a" * 12, at, CheckOutcome.UNCHANGED, remark=remark, subject=subject)

    checks = [check(1, Remark.CLOCK, "09:10"), check(2, Remark.CLOCK, "09:10"), check(3, None)]
    checks += [check(4, Remark.CLOCK, "09:30"), check(5, Remark.BYLINE, "09:40")]
    assert moved_alone(checks) == 2


START = datetime(2026, 11, 25, 9, tzinfo=UTC)
LETTERS = {"s": CheckOutcome.UNCHANGED, "f": CheckOutcome.FAILED, "r": CheckOutcome.REFUSED, "g": CheckOutcome.GONE}


def checks(outcomes: str) -> list[Check]:
    """Return checks a minute apart: seen, failed, refused, gone."""
    return [Check("a" * 12, START + timedelta(minutes=n), LETTERS[each]) for n, each in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("outcomes", "count", "dark", "longest"),
    [
        ("", 0, 0, 0),
        ("sss", 0, 0, 0),
        ("sfs", 1, 2, 2),
        ("sffsrsg", 3, 5, 3),
        ("fs", 1, 1, 1),
        ("sff", 2, 2, 2),
        ("f", 1, 0, 0),
        ("rff", 3, 2, 2),
        ("gg", 0, 0, 0),
    ],
)
def test_checks_that_saw_nothing(outcomes: str, count: int, dark: int, longest: int) -> None:
    told = Unseen(count, len(outcomes), timedelta(minutes=dark), timedelta(minutes=longest))
    assert visit_gaps([checks(outcomes)]) == visit_gaps([checks(outcomes)[::-1]]) == told


@given(st.lists(st.text("sfrg", max_size=12), max_size=4))
def test_articles_add_up(articles: list[str]) -> None:
    whole = visit_gaps([checks(each) for each in articles])
    apart = [visit_gaps([checks(each)]) for each in articles]
    assert whole.time_unseen == sum((each.time_unseen for each in apart), timedelta(0))
    assert whole.longest == max((each.longest for each in apart), default=timedelta(0))
    assert (whole.count == 0) == (not set("".join(articles)) & {"f", "r"})
