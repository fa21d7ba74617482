"""Sums that are kept for a while."""

from __future__ import annotations

from threading import Event
from typing import Any, cast

from tracker.web.data import Archive


def test_a_sum_is_made_once_until_it_is_forgotten_or_old():
    archive = Archive(cast("Any", None), cast("Any", None))
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [archive.kept("a", make), archive.kept("a", make), archive.kept("b", make)] == [1, 1, 2]
    archive.forget()
    assert archive.kept("a", make) == 3
    assert archive.kept("old", make, fresh=0.0) == 4
    Event().wait(0.1)  # a hundred times what it took, and more
    assert archive.kept("old", make) == 5
