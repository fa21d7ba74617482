"""People’s verdicts on changes: what is stored, found, logged and verified."""

from dataclasses import replace
from typing import Any

import pytest

from tests.archive_samples import grow, minutes, watch
from tracker.archive.archive import Archive
from tracker.archive.verdicts import list_verdicts, save_verdict, verdicts_by_version
from tracker.errors import NotKnown
from tracker.model.change import LabelKind, Verdict, Weight


def verdict(article: str, **changes: Any) -> Verdict:
    said = Verdict(article, 2, minutes(5), "ada", Weight.SIGNIFICANT, (LabelKind.NUMBER,), note="100% sure")
    return replace(said, **changes)


def test_verdicts_are_stored_and_found(store: Archive) -> None:
    tracked = watch(store)
    grow(store, tracked, 3)
    one = verdict(tracked.id, labels=(LabelKind.NAME, LabelKind.QUOTE), link="https://x.example/")
    other = verdict(tracked.id, version=3, at=minutes(6), weight=None, labels=(), note="")
    assert save_verdict(store, one)
    assert save_verdict(store, other)
    assert list_verdicts(store) == [other, one]
    assert list_verdicts(store, tracked.id) == [other, one]
    assert list_verdicts(store, find="100% SURE") == [one]
    assert list_verdicts(store, find="1001") == list_verdicts(store, find="100_") == []
    assert list_verdicts(store, find="river FLOODS", limit=1) == [other]
    judged = verdict(tracked.id, at=minutes(7), note="Die Ärzte bestätigten es.")
    assert save_verdict(store, judged)
    assert list_verdicts(store, find="Ärzte") == list_verdicts(store, find="ärzte BESTÄTIGTEN") == [judged]


def test_verdicts_are_listed_by_version(store: Archive) -> None:
    tracked = watch(store)
    grow(store, tracked, 3)
    one = verdict(tracked.id, labels=(LabelKind.NAME, LabelKind.QUOTE))
    other = verdict(tracked.id, version=3, at=minutes(6))
    assert save_verdict(store, one)
    assert save_verdict(store, other)
    assert verdicts_by_version(store) == {(tracked.id, 2): [one], (tracked.id, 3): [other]}
    assert (one.wrong, one.missing) == ((LabelKind.NUMBER,), (LabelKind.NAME, LabelKind.QUOTE))


def test_the_same_verdict_is_stored_once(store: Archive) -> None:
    tracked = watch(store)
    grow(store, tracked, 2)
    assert save_verdict(store, verdict(tracked.id))
    assert not save_verdict(store, verdict(tracked.id))
    assert len(list_verdicts(store)) == 1


def test_a_verdict_on_nothing_is_refused(store: Archive) -> None:
    tracked = watch(store)
    grow(store, tracked, 2)
    with pytest.raises(NotKnown, match="no such version"):
        save_verdict(store, verdict(tracked.id, version=3))
    with pytest.raises(NotKnown, match="no such article"):
        save_verdict(store, verdict("abcdefabcdef"))
